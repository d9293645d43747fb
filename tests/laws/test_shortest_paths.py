"""Laws of shortest paths, on drawn and random towns with snaps inside their streets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access._frozen import frozen
from access._geo import great_circle
from access.network.build import build
from access.network.costs import CLOSED, Costs, weigh
from access.network.graph import Network
from access.network.modes import mode
from access.network.snap import Snaps
from access.travel.street import search
from tests.laws.towns import open_towns, snaps_on, towns, ways_of

law = settings(max_examples=100, derandomize=True, deadline=None)


def reached(times):
    """Return times as floats, infinite where there is no way."""
    return np.where(times >= 0, times.astype(float), np.inf)


@given(towns())
@law
def test_nobody_travels_for_less_than_nothing_and_oneself_is_at_no_distance(town):
    """M3."""
    network, costs, cells, _ = town
    times = search(network, costs, cells, cells)
    assert (np.diag(times) == 0).all()
    assert ((times >= 0) | (times == -3)).all()


@given(open_towns())
@law
def test_a_detour_is_never_shorter(town):
    """M4, on points that anybody may pass through."""
    network, costs, cells, _ = town
    d = reached(search(network, costs, cells, cells))
    # Each point is rounded to a tenth within its segment, once towards either end.
    assert (d[:, None, :] <= d[:, :, None] + d[None, :, :] + 2).all()


@given(towns())
@law
def test_reversing_every_street_turns_the_table_over(town):
    """M5: D(reversed) is the transpose of D."""
    network, costs, cells, places = town
    there = search(network, costs, cells, places)
    turned = replace(
        costs,
        forward=costs.backward,
        backward=costs.forward,
        local_forward=costs.local_backward,
        local_backward=costs.local_forward,
    )
    assert (np.abs(reached_diff(there, search(network, turned, places, cells).T)) <= 2).all()


def reached_diff(a, b):
    """Return the difference of two tables; 0 where neither has a way."""
    a, b = reached(a), reached(b)
    assert (np.isinf(a) == np.isinf(b)).all()
    return np.where(np.isinf(a), 0.0, a - np.where(np.isinf(b), 0.0, b))


@given(towns(), st.integers(0, 30))
@law
def test_closing_a_street_never_helps_anyone(town, number):
    """M7, with snaps held fast: trips may not start on the closed street."""
    network, costs, cells, places = town
    closed = number % len(network)
    if closed in set(cells.segment.tolist()) | set(places.segment.tolist()):
        return
    shut = replace(
        costs,
        forward=with_value(costs.forward, closed, CLOSED),
        backward=with_value(costs.backward, closed, CLOSED),
    )
    before = reached(search(network, costs, cells, places))
    assert (reached(search(network, shut, cells, places)) >= before).all()


@given(open_towns(), st.integers(0, 30), st.integers(1, 50))
@law
def test_a_slower_street_costs_at_most_its_delay_each_time(town, number, delay):
    """M8: raising one cost by x raises a time by 0..x."""
    network, costs, cells, places = town
    slow = number % len(network)
    if slow in set(cells.segment.tolist()) | set(places.segment.tolist()):
        return
    if costs.forward[slow] == CLOSED:
        return
    slower = replace(costs, forward=with_value(costs.forward, slow, costs.forward[slow] + delay))
    before = reached(search(network, costs, cells, places))
    after = reached(search(network, slower, cells, places))
    known = np.isfinite(before)
    assert (after[known] >= before[known]).all()
    assert (after[known] <= before[known] + delay).all()


@given(towns(), st.integers(0, 30), st.sampled_from([0.25, 0.5, 0.9]))
@law
def test_splitting_a_street_changes_nothing(town, number, at):
    """M9: a new node inside a segment without snaps."""
    network, costs, cells, places = town
    split = number % len(network)
    if split in set(cells.segment.tolist()) | set(places.segment.tolist()):
        return
    assert (search(*halved(network, costs, split, at), cells, places) == search(*town)).all()


@given(towns(), st.randoms(use_true_random=False))
@law
def test_numbering_nodes_otherwise_changes_nothing(town, random):
    """M10."""
    network, costs, cells, places = town
    order = list(range(len(network.node_id)))
    random.shuffle(order)
    renumber = np.array(order)
    gates = np.empty_like(costs.gates)
    gates[renumber] = costs.gates
    shuffled = replace(
        network,
        tail=frozen(renumber[network.tail], np.int32),
        head=frozen(renumber[network.head], np.int32),
    )
    again = search(shuffled, replace(costs, gates=frozen(gates)), cells, places)
    assert (again == search(*town)).all()


@given(towns(), st.integers(0, 30), st.integers(-20, 40))
@law
def test_of_parallel_streets_the_faster_counts(town, number, extra):
    """M11: a costlier double changes nothing, a cheaper one is the same as making it cheaper."""
    network, costs, cells, places = town
    one = number % len(network)
    if costs.forward[one] == CLOSED:
        return
    weight = max(0, int(costs.forward[one]) + extra)
    doubled, with_double = appended(network, costs, one, weight)
    got = search(doubled, with_double, cells, places)
    if extra >= 0:
        assert (got == search(*town)).all()
    else:
        assert (reached(got) <= reached(search(*town))).all()


@given(towns())
@law
def test_the_nearest_place_is_the_least_of_all_and_one_place_alone_gives_its_column(town):
    """M2 and M13."""
    network, costs, cells, places = town
    times = search(network, costs, cells, places)
    for j in range(len(places.segment)):
        one = Snaps(*(frozen(getattr(places, name)[j : j + 1]) for name in Snaps.__slots__))
        assert (search(network, costs, cells, one)[:, 0] == times[:, j]).all()


@given(towns(), st.integers(1, 30))
@law
def test_one_more_place_takes_nobody_farther(town, number):
    """M30."""
    network, costs, cells, places = town
    times = reached(search(network, costs, cells, places)).min(axis=1)
    fewer = Snaps(*(frozen(getattr(places, name)[:-1]) for name in Snaps.__slots__))
    if len(fewer.segment):
        assert (times <= reached(search(network, costs, cells, fewer)).min(axis=1)).all()


@given(st.data())
@settings(max_examples=40, derandomize=True, deadline=None)
def test_no_trip_is_faster_than_the_crow_and_speed_scales_it(data):
    """M6 and M14, on streets with real lengths."""
    network = build(data.draw(ways_of()), 5179)
    slow = weigh(network, mode("walk"))
    fast = weigh(network, mode("walk", walk_ms=2.4))
    cells, places = data.draw(snaps_on(network, 4)), data.draw(snaps_on(network, 3))
    times = search(network, slow, cells, places)
    at = [point_of(network, s) for s in (cells, places)]
    crow = great_circle(at[0][:, None, 0], at[0][:, None, 1], at[1][None, :, 0], at[1][None, :, 1])
    pieces = len(network) + 2  # each segment is rounded once, by at most half a tenth
    known = times >= 0
    assert (times[known] >= (crow / 1.2 * 10)[known] * 0.999 - pieces / 2).all()
    double = search(network, fast, cells, places)
    assert (np.abs(double[known] * 2 - times[known]) <= 1.5 * pieces).all()


@pytest.mark.parametrize(
    "tags", [{"maxspeed": "30"}, {"oneway": "yes"}, {"lanes": "4"}, {"maxspeed": "none"}]
)
def test_walkers_do_not_care(tags):
    """M18: maxspeed, oneway and lanes are nothing to a walker."""
    from access.testing import draw_town

    plain, tagged = (
        weigh(build(draw_town("a b", {"ab": {"highway": "primary"} | extra})), mode("walk"))
        for extra in ({}, tags)
    )
    assert plain.forward.tolist() == tagged.forward.tolist() == tagged.backward.tolist()


def point_of(network: Network, snaps: Snaps) -> np.ndarray:
    a, b = (network.lonlat[n[snaps.segment]] for n in (network.tail, network.head))
    return a + (b - a) * snaps.fraction[:, None]


def with_value(array: np.ndarray, index: int, value: int) -> np.ndarray:
    changed = array.copy()
    changed[index] = value
    return frozen(changed)


def appended(network: Network, costs: Costs, one: int, weight: int) -> tuple[Network, Costs]:
    """Return the town with a one-way double of a segment, of the given cost."""

    def more(array: np.ndarray, value: object) -> np.ndarray:
        return frozen(np.append(array, np.array([value], dtype=array.dtype)))

    return replace(
        network,
        tail=more(network.tail, network.tail[one]),
        head=more(network.head, network.head[one]),
        length=more(network.length, network.length[one]),
        way=more(network.way, network.way[one]),
    ), replace(
        costs,
        forward=more(costs.forward, weight),
        backward=more(costs.backward, CLOSED),
        local_forward=more(costs.local_forward, costs.local_forward[one]),
        local_backward=more(costs.local_backward, False),
        snap=more(costs.snap, True),
    )


def halved(network: Network, costs: Costs, one: int, at: float) -> tuple[Network, Costs]:
    """Return the town with a node inside one segment, whose cost is shared between its parts."""
    new = len(network.node_id)
    network, costs = appended(network, costs, one, 0)
    tail, head = network.tail.copy(), network.head.copy()
    tail[-1], head[one] = new, new
    parts = {}
    for name in ("forward", "backward"):
        weight = getattr(costs, name).copy()
        whole = int(weight[one])
        first = whole if whole == CLOSED else int(np.floor(at * whole + 0.5))
        weight[one], weight[-1] = first, whole if whole == CLOSED else whole - first
        parts[name] = frozen(weight)
        local = getattr(costs, f"local_{name}").copy()
        local[-1] = local[one]
        parts[f"local_{name}"] = frozen(local)
    gates = frozen(np.append(costs.gates, costs.gates.dtype.type(2)))
    return replace(
        network,
        tail=frozen(tail),
        head=frozen(head),
        node_id=frozen(np.append(network.node_id, new)),
        xy=frozen(np.vstack([network.xy, [[0.0, 0.0]]])),
        lonlat=frozen(np.vstack([network.lonlat, [[0.0, 0.0]]])),
    ), replace(costs, gates=gates, **parts)
