"""Answers after a change equal answers afresh, and most places are not asked again."""

from __future__ import annotations

from dataclasses import fields, replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import access.travel.again as again_module

pytest.importorskip("numba")

from access.engine.chains import weigh_chains
from access.engine.change import repair
from access.engine.hierarchy import slots_of, weigh_hierarchy
from access.engine.roads import prepare
from access.engine.table import Ends
from access.network.build import build
from access.network.costs import CLOSED, restricted, weigh
from access.network.edits import add_way, close_ways
from access.network.modes import Permit, mode
from access.network.snap import Snaps, snap
from access.testing import draw_town, lonlat
from access.travel.again import search_afresh, search_again
from access.travel.asked import Asked
from access.travel.street import search
from tests.dice import dice
from tests.laws.towns import towns, turning_towns, weights

law = settings(max_examples=500, derandomize=True, deadline=None)


def changed(costs, segments, weight):
    """Return costs with segments closed, or given a new time both ways where they are open."""
    new = {}
    for name in ("forward", "backward"):
        times = getattr(costs, name).copy()
        for s in segments:
            times[s] = CLOSED if weight == CLOSED or times[s] == CLOSED else weight
        new[name] = times
        new[f"local_{name}"] = getattr(costs, f"local_{name}") & (times != CLOSED)
    return replace(costs, **new)


@patch("access.engine.hierarchy.FEW", 1.0)
@given(
    st.one_of(towns(), turning_towns()),
    st.lists(st.integers(0, 30), min_size=1, max_size=3),
    st.one_of(st.just(CLOSED), st.integers(0, 80)),
    st.one_of(st.none(), st.integers(0, 120)),
)
@law
def test_after_a_change_as_afresh(town, numbers, weight, limit):
    network, costs, cells, places = town
    other = changed(costs, [number % len(network) for number in numbers], weight)
    points = np.concatenate([cells.segment, places.segment])
    assume(other.usable[points].all())
    times = search(network, costs, cells, places, limit, engine="engine")
    asked = Asked(network, other, cells, places, limit)
    before = Asked(network, costs, cells, places, limit)
    again = search_again(asked, before, times, engine="engine")
    assert again.tolist() == search(network, other, cells, places, limit, engine="scipy").tolist()


@patch("access.engine.hierarchy.FEW", 1.0)
@given(
    st.one_of(towns(), turning_towns()),
    st.lists(st.integers(0, 30), min_size=1, max_size=4),
    st.integers(0, 80),
)
@law
def test_weighing_again_equals_weighing_afresh(town, numbers, weight):
    """To the last number of every array, also of those the searches do not use."""
    network, costs, _, _ = town
    roads = prepare(network, costs)
    for new in (weight, CLOSED):
        other = changed(costs, [number % len(network) for number in numbers], new)
        again = prepare(network, other, roads)
        if again.shape is not roads.shape:
            continue
        slots = slots_of(again.shape.hierarchy, again.arcs)
        fresh = weigh_hierarchy(again.shape.hierarchy, slots, again.arcs)
        same_arrays(again.weighted, fresh)
        same_arrays(again.weighted.customised, fresh.customised)
        links, running = weigh_chains(again.shape.chains, other)
        for name in ("forward", "backward", "forward_shut", "backward_shut"):
            assert np.array_equal(getattr(again.links, name), getattr(links, name))
        first = again.shape.chains.first
        for mine, theirs in zip(again.running, running, strict=True):
            begins = np.repeat(first[:-1], np.diff(first))
            slots = np.arange(first[-1])
            assert np.array_equal(mine[slots] - mine[begins], theirs[slots] - theirs[begins])


def same_arrays(one, other):
    for field in fields(one):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, np.ndarray):
            assert np.array_equal(mine, theirs), field.name


@given(st.one_of(towns(), turning_towns()))
@law
def test_without_a_change_nobody_is_asked_again(town):
    network, costs, cells, places = town
    roads = prepare(network, costs)
    same = prepare(network, replace(costs, forward=costs.forward.copy()), roads)
    table = search(network, costs, cells, places, engine="engine")
    ends = [Ends.of(same, snaps) for snaps in (cells, places)]
    hits = repair(roads, same, *ends, table, None)
    assert hits is not None
    assert not any(hit.any() for hit in hits)


@st.composite
def additions(draw):
    """A town before and after new streets, some of them private, and some over new nodes."""
    network, costs, cells, places = draw(st.one_of(towns(), turning_towns()))
    thrown = draw(dice(32))
    nodes = len(network.node_id) + thrown.one(0, 2)
    count = thrown.one(1, 3)
    tail, head = thrown.throw(2, count)
    tail = (tail % nodes).astype(np.int32)
    head = ((tail + 1 + head % (nodes - 1)) % nodes).astype(np.int32)
    forward, backward = weights(thrown.throw(2, count), 30)
    private = thrown.one(0, 3) == 3
    more = nodes - len(network.node_id)
    after = replace(
        network,
        node_id=np.arange(nodes, dtype=np.int64),
        lonlat=np.zeros((nodes, 2)),
        xy=np.zeros((nodes, 2)),
        tail=np.append(network.tail, tail),
        head=np.append(network.head, head),
        length=np.ones(len(network) + count),
        way=np.arange(len(network) + count, dtype=np.int32),
        way_id=np.arange(len(network) + count, dtype=np.int64),
        tags=np.zeros(len(network) + count, dtype=np.int32),
    )
    other = replace(
        costs,
        forward=np.append(costs.forward, forward),
        backward=np.append(costs.backward, backward),
        local_forward=np.append(costs.local_forward, private & (forward != CLOSED)),
        local_backward=np.append(costs.local_backward, private & (backward != CLOSED)),
        gates=np.append(costs.gates, np.full(more, Permit.OPEN, dtype=np.int8)),
        snap=np.append(costs.snap, np.ones(count, dtype=bool)),
    )
    if len(network.restrictions):
        other = restricted(after, other)
    usable = np.flatnonzero(other.usable)
    segment = cells.segment.copy()
    for cell in (0, -1):
        if thrown.one(0, 1):
            segment[cell] = usable[thrown.one(0, len(usable) - 1)]
    metres = cells.metres.copy()
    metres[0] = (0.0, 7.0)[thrown.one(0, 1)]
    then, now = cells, replace(cells, segment=segment, metres=metres)
    if thrown.one(0, 1):
        then, now = (off(snaps, thrown.one(0, 1) == 1) for snaps in (then, now))
        places = off(places, thrown.one(0, 1) == 1)
    return Asked(network, costs, then, places), Asked(after, other, now, places)


def off(snaps, whether):
    """Return points of which the first is off the streets."""
    first = (np.arange(len(snaps.segment)) == 0) & whether
    return Snaps(
        np.where(first, -1, snaps.segment).astype(np.int32),
        snaps.fraction,
        np.where(first, np.nan, snaps.metres),
        np.where(first, -1, snaps.component).astype(np.int32),
    )


@given(additions(), st.one_of(st.none(), st.integers(0, 120)))
@settings(max_examples=1500, derandomize=True, deadline=None)
def test_new_streets_as_afresh(asked, limit):
    before, now = (replace(a, limit=limit) for a in asked)
    times = search_afresh(before, "scipy")
    again = search_again(now, before, times, engine="engine")
    assert again.tolist() == search_afresh(now, "scipy").tolist()


def test_a_bridge_and_a_closure_together_need_no_new_shape(monkeypatch):
    """What is told from earlier times is not searched afresh."""
    town = build(draw_town("a b c\n\nd e f", {"abc": {}, "def": {}, "be": {}}))
    walk = mode("walk")
    plan = add_way(close_ways(town, [3]), [ord("c"), ord("f")], {"highway": "footway"})
    at = town.lonlat[[0, 3]] + 1e-5
    sides = []
    for streets in (town, plan):
        costs = weigh(streets, walk)
        cells, places, _ = snap(streets, costs, at, at, 500)
        sides.append(Asked(streets, costs, cells, places))
    before, now = sides
    times = search_afresh(before, "engine")
    want = search_afresh(now, "scipy")
    assert times.tolist() != want.tolist()
    monkeypatch.setattr(again_module, "search_afresh", None)
    assert search_again(now, before, times, engine="engine").tolist() == want.tolist()


NEAR_DEAD_END = """
  b

a v w   e   z

    k
y
"""
NEAR_MIDDLE = """
  b

a v w e     z


y   k
"""


@pytest.mark.parametrize("town", [NEAR_DEAD_END, NEAR_MIDDLE])
@pytest.mark.parametrize("end", "kez")
def test_a_new_street_makes_places_to_turn_and_takes_them_away(end, town):
    """Who may not turn left at v drives on, turns, comes back: where, the bridge decides."""
    ways = {"av": {}, "vb": {}, "vw": {}, "wk": {}, "wez": {}, "ay": {}}
    streets = build(draw_town(town, ways, restrictions={"av v vb": "no_left_turn"}))
    plan = add_way(streets, [ord(end), ord("w")], {"highway": "residential"})
    at = np.array([lonlat(streets, "a"), lonlat(streets, "b")]) + 1e-6
    sides = []
    for network in (streets, plan):
        costs = weigh(network, mode("drive"))
        cells, places, _ = snap(network, costs, at, at, 500)
        sides.append(Asked(network, costs, cells, places))
    before, now = sides
    times = search_afresh(before, "engine")
    again = search_again(now, before, times, engine="engine")
    assert again.tolist() == search_afresh(now, "scipy").tolist()


def test_where_a_new_street_begins_one_may_turn_round():
    """From a to b over v, w, e and back: e was a bend of the road, and is a junction now."""
    town = """
      b   m n o

    a v w e     z


        k
    """
    ways = {"av": {}, "vb": {}, "vw": {}, "wk": {}, "wez": {}, "mno": {}}
    streets = build(draw_town(town, ways, restrictions={"av v vb": "no_left_turn"}))
    plan = add_way(streets, [ord("e"), ord("n")], {"highway": "residential"})
    at = np.array([lonlat(streets, "a"), lonlat(streets, "b")]) + 1e-6
    sides = []
    for network in (streets, plan):
        costs = weigh(network, mode("drive"))
        cells, places, _ = snap(network, costs, at, at, 500)
        sides.append(Asked(network, costs, cells, places))
    before, now = sides
    times = search_afresh(before, "engine")
    again = search_again(now, before, times, engine="engine")
    assert again[0, 1] < times[0, 1]
    assert again.tolist() == search_afresh(now, "scipy").tolist()


def test_a_cell_on_a_new_street_obeys_the_turn_at_its_other_end():
    """From the bridge e-f, over f and a, back to e: there is no way right to b."""
    town = """
    f   p
    a   e   d   q
        b
    """
    ways = {"ae": {}, "eb": {}, "edq": {}, "afp": {}}
    streets = build(draw_town(town, ways, restrictions={"ae e eb": "no_right_turn"}))
    plan = add_way(streets, [ord("e"), ord("f")], {"highway": "residential", "oneway": "yes"})
    middle = (np.array(lonlat(streets, "e")) + np.array(lonlat(streets, "f"))) / 2
    at, to = middle[None], np.array([lonlat(streets, "b")])
    sides = []
    for network in (streets, plan):
        costs = weigh(network, mode("drive"))
        cells, places, _ = snap(network, costs, at, to, 500)
        sides.append(Asked(network, costs, cells, places))
    before, now = sides
    assert now.cells.segment[0] == len(streets)
    times = search_afresh(before, "engine")
    again = search_again(now, before, times, engine="engine")
    assert again.tolist() == search_afresh(now, "scipy").tolist()
