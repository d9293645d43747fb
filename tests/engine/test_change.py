"""Answers after a change equal answers afresh, and most places are not asked again."""

from __future__ import annotations

from dataclasses import fields, replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from access.engine.chains import weigh_chains
from access.engine.change import Ends, repair
from access.engine.hierarchy import slots_of, weigh_hierarchy
from access.engine.roads import prepare
from access.network.costs import CLOSED
from access.travel.street import search, search_again
from tests.laws.towns import towns, turning_towns

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
    again = search_again(network, costs, other, cells, places, times, limit, engine="engine")
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
    ends = [
        Ends(same.points(snaps), np.zeros(len(snaps.segment), dtype=np.int64))
        for snaps in (cells, places)
    ]
    hits = repair(roads, same, *ends, table, None)
    assert hits is not None
    assert not any(hit.any() for hit in hits)
