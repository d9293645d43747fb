"""The engine on real streets, every mode, against SciPy and igraph."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from access.engine.chains import FAR
from access.engine.phases import join
from access.engine.roads import prepare
from access.network.build import build
from access.network.costs import weigh
from access.network.modes import mode
from access.network.read import read_ways
from access.network.snap import Snaps
from access.network.turns import NO_TURNS
from access.travel.street import search
from tests.laws.towns import open_towns, towns

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
@pytest.mark.parametrize("means", ["walk", "bicycle", "drive"])
def test_states_equal_igraph(streets, means):
    equals_igraph(streets, weigh(streets, mode(means)), 20, 500)


@given(st.one_of(open_towns(), towns()))
@settings(max_examples=1000, derandomize=True, deadline=None)
def test_random_multigraphs_equal_igraph(town):
    equals_igraph(*town[:2], 4, 9)


def equals_igraph(streets, costs, places, cells):
    """Between ends of chains: states on both sides, so that no rule but the arcs is needed."""
    import igraph

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
    if not len(nodes):
        return
    random = np.random.default_rng(3)
    sources, targets = random.choice(nodes, places), random.choice(nodes, cells)
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
