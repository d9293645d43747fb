"""The engine on real streets, every mode, against SciPy and igraph; and its kernels' twins."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import FunctionType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from access.engine import customisation, elimination, lanes, sweep, walk
from access.engine.chains import FAR, merge, touched_by_private, weigh_chains
from access.engine.compiled import kernel
from access.engine.hierarchy import build_hierarchy
from access.engine.phases import doors_of, join, phases_of
from access.engine.roads import prepare
from access.engine.turns import positions
from access.network.build import build
from access.network.costs import weigh
from access.network.modes import Permit, mode
from access.network.read import read_ways
from access.network.snap import Snaps
from access.network.turns import NO_TURNS
from access.travel.street import search
from tests.laws.towns import towns, turning_towns

EXTRACTS = ["monaco.osm.pbf", "liechtenstein-latest.osm.pbf", "andorra.osm.pbf"]


@pytest.fixture(scope="module", params=EXTRACTS)
def streets(request, real_data):
    return build(read_ways(real_data / "osm_elsewhere" / request.param))


def scattered(costs, count, seed):
    """Return points on usable segments, one in five exactly at an end."""
    random = np.random.default_rng(seed)
    fraction = random.random(count)
    fraction[::5] = random.integers(0, 2, len(fraction[::5]))
    return Snaps(
        random.choice(np.flatnonzero(costs.usable), count).astype(np.int32),
        fraction,
        random.random(count) * 100,
        np.zeros(count, dtype=np.int32),
    )


@pytest.mark.data
@pytest.mark.parametrize("means", ["walk", "bicycle", "drive"])
def test_every_mode_equals_scipy(streets, means):
    costs = weigh(streets, mode(means))
    cells, places = scattered(costs, 3000, 1), scattered(costs, 40, 2)
    for limit in (None, 3000, 18000, 70000):
        mine = search(streets, costs, cells, places, limit, engine="engine")
        assert (mine == search(streets, costs, cells, places, limit, engine="scipy")).all()
    assert (mine >= 0).any()


@pytest.mark.data
def test_a_city_with_many_restrictions_equals_scipy(real_data):
    """Porto has 357, of which one speaks of a way outside and 20 do not say which turn."""
    ways = read_ways(real_data / "osm_elsewhere" / "porto_portugal.osm.pbf")
    told = {e.problem.code: e.problem.facts.get("count") for e in ways.ledger.entries}
    assert (told["F540"], told["W541"], len(ways.restrictions)) == (1, 20, 334)
    porto = build(ways)
    costs = weigh(porto, mode("drive"))
    assert len(costs.turns) > 334
    cells, places = scattered(costs, 5000, 1), scattered(costs, 12, 2)
    mine = search(porto, costs, cells, places, engine="engine")
    assert (mine == search(porto, costs, cells, places, engine="scipy")).all()
    free = search(porto, replace(costs, turns=NO_TURNS), cells, places, engine="engine")
    assert ((free < 0) == (mine < 0)).all()  # nobody is cut off
    assert (free <= mine).all()
    assert (free < mine).any()


@pytest.mark.data
@pytest.mark.parametrize("means", ["walk", "drive"])
def test_states_equal_igraph(streets, means):
    """Between all ends of chains: states on both sides, so that no rule but the arcs is needed."""
    import igraph

    costs = weigh(streets, mode(means))
    roads = prepare(streets, costs)
    phases, links = roads.shape.phases, roads.links
    arcs = join(phases, links, costs.gates)
    open_ = arcs.time < FAR
    graph = igraph.Graph(
        phases.states,
        list(zip(arcs.source[open_].tolist(), arcs.target[open_].tolist(), strict=True)),
        directed=True,
    )
    n = len(streets.node_id)
    lone = phases.positions.end == np.arange(n)  # no compound, no turn forbidden: one state
    nodes = np.flatnonzero((phases.a[:n] == -1) & (phases.b[:n] >= 0) & lone)
    random = np.random.default_rng(3)
    sources, targets = random.choice(nodes, 20), random.choice(nodes, 500)
    want = np.array(
        graph.distances(
            phases.b[sources].tolist(),
            np.unique(phases.b[targets]).tolist(),
            weights=arcs.time[open_].tolist(),
        )
    )
    at = {int(phases.b[n]): n for n in targets}
    unique = np.array([at[s] for s in np.unique(phases.b[targets]).tolist()])
    got = search(
        streets,
        costs,
        at_nodes(streets, costs, unique),
        at_nodes(streets, costs, sources),
        engine="engine",
    ).T
    assert np.array_equal(np.where(np.isinf(want), -3, want).astype(int), got)


def at_nodes(network, costs, nodes):
    """Return points exactly at nodes."""
    usable = np.flatnonzero(costs.usable)
    by = np.full(len(network.node_id), -1)
    head = by.copy()
    by[network.tail[usable]] = usable
    head[network.head[usable]] = usable
    segment = np.where(by[nodes] >= 0, by[nodes], head[nodes])
    zeros = np.zeros(len(nodes))
    return Snaps(
        segment.astype(np.int32),
        np.where(by[nodes] >= 0, 0.0, 1.0),
        zeros,
        zeros.astype(np.int32),
    )


# The kernels and their twins: the same functions, not compiled.


def twin(function, **instead):
    """Return the plain Python function of a kernel, its helpers replaced by theirs."""
    plain = function.py_func
    return FunctionType(plain.__code__, {**plain.__globals__, **instead})


@given(st.one_of(towns(), turning_towns()))
@settings(max_examples=80, derandomize=True, deadline=None)
def test_kernels_equal_their_twins(town):
    network, costs, _, _ = town
    choice = touched_by_private(network, costs) | (costs.gates != Permit.OPEN)
    asked = (network.tail, network.head, costs.usable, choice)
    same(walk.walk(*asked), walk.walk.py_func(*asked))
    chains = merge(network, costs)
    links, _ = weigh_chains(chains, costs)
    touched = touched_by_private(network, costs)
    phases = phases_of(positions(chains, costs.turns, touched), costs.gates, touched)
    arcs = join(phases, links, costs.gates)
    matrix = np.zeros((phases.states, phases.states), dtype=bool)
    matrix[arcs.source, arcs.target] = matrix[arcs.target, arcs.source] = True
    np.fill_diagonal(matrix, False)
    first = np.concatenate([[0], np.cumsum(matrix.sum(axis=1))])
    head = np.nonzero(matrix)[1].astype(np.int32)
    order = elimination.eliminate(first, head)
    same(order, elimination.eliminate.py_func(first, head))
    tree = elimination.preorder(*order)
    same(tree, elimination.preorder.py_func(*order))
    parent = tree[1]
    same([elimination.subtrees(parent)], [elimination.subtrees.py_func(parent)])

    doors = doors_of(phases, links)
    hierarchy = build_hierarchy(
        phases.states,
        np.concatenate([arcs.source, doors.exit_head]),
        np.concatenate([arcs.target, doors.exit_tail]),
    )
    random = np.random.default_rng(len(hierarchy.upper))
    weights = [random.integers(0, 9, len(hierarchy.upper)).astype(np.int32) for _ in range(4)]
    weights[2][:], weights[3][:] = weights[0], weights[1]
    shape = (hierarchy.depth, hierarchy.first, hierarchy.upper)
    flags = customisation.customise(*shape, *weights[:2])
    same(flags, customisation.customise.py_func(*shape, *weights[2:]))
    same(weights[:2], weights[2:])


def test_without_numba_a_kernel_is_its_twin(monkeypatch):
    """The chains that SciPy needs where turns are forbidden are then found all the same."""
    monkeypatch.setitem(sys.modules, "numba", None)
    plain = walk.walk.py_func
    assert kernel(plain) is plain


def plain_relax(stack, row, start, start_row, upper, time, begin, end):
    width = lanes.LANES[stack.dtype.itemsize * 8]
    most = np.iinfo(stack.dtype).max
    best = start.reshape(-1, width)[start_row].astype(np.int64)
    rows = stack.reshape(-1, width)
    for a in range(begin, end):
        best = np.minimum(best, np.minimum(rows[upper[a]].astype(np.int64) + int(time[a]), most))
    rows[row] = best


def plain_nearest(stack, upper, begin, end):
    rows = stack.reshape(-1, lanes.LANES[stack.dtype.itemsize * 8])
    return min((rows[upper[a]].min() for a in range(begin, end)), default=2**31 - 1)


def plain_publish(stack, row, bound, out, at):
    width = lanes.LANES[stack.dtype.itemsize * 8]
    found = stack.reshape(-1, width)[row]
    out[at : at + width] = np.where(found <= bound, found, out[at : at + width])


@given(towns())
@settings(max_examples=40, derandomize=True, deadline=None)
def test_the_sweep_equals_its_twin(town):
    """The twin's lanes are rows of NumPy; the plain loops of climb and sweep are the same."""
    plain = {
        "climb": sweep.climb.py_func,
        "sweep": twin(sweep.sweep, relax=plain_relax, nearest=plain_nearest, publish=plain_publish),
    }
    for limit in (None, 30):
        compiled = search(*town, limit, engine="engine")
        kept = {name: getattr(sweep, name) for name in plain}
        try:
            for name, function in plain.items():
                setattr(sweep, name, function)
            assert search(*town, limit, engine="engine").tolist() == compiled.tolist()
        finally:
            for name, function in kept.items():
                setattr(sweep, name, function)


def same(some, others):
    for one, other in zip(some, others, strict=True):
        assert np.array_equal(one, other)
