"""The nearest of all places in one pass equals the least of the whole table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from access.engine import closest as module
from access.engine.chains import FAR
from access.engine.closest import closest
from access.engine.nodes import at_nodes, leaves, times_to_nodes
from access.engine.roads import prepare
from access.engine.table import Ends
from access.travel.street import search
from tests.laws.towns import towns, turning_towns


def wanted(town):
    times = search(*town, engine="scipy")
    table = np.where(times < 0, FAR, times)
    return table.min(axis=1), np.where(table.min(axis=1) < FAR, table.argmin(axis=1), -1)


@given(st.one_of(towns(), turning_towns()))
@settings(max_examples=500, derandomize=True, deadline=None)
def test_nearest_is_the_least_of_the_table(town):
    network, costs, cells, places = town
    roads = prepare(network, costs)
    at, to = Ends.of(roads, cells), Ends.of(roads, places)
    time, place = closest(roads, at, to, len(at.index))
    assert time.tolist() == wanted(town)[0].tolist()
    assert place.tolist() == wanted(town)[1].tolist()


@given(st.one_of(towns(), turning_towns()))
@settings(max_examples=30, derandomize=True, deadline=None)
def test_the_kernels_equal_their_twins(town):
    network, costs, cells, places = town
    roads = prepare(network, costs)
    at, to = Ends.of(roads, cells), Ends.of(roads, places)
    compiled = closest(roads, at, to, len(at.index))
    kept = module.rise, module.fall
    try:
        module.rise, module.fall = (kernel.py_func for kernel in kept)
        plain = closest(roads, at, to, len(at.index))
    finally:
        module.rise, module.fall = kept
    assert np.array_equal(plain, compiled)


@given(st.one_of(towns(), turning_towns()))
@settings(max_examples=100, derandomize=True, deadline=None)
@pytest.mark.parametrize("limit", [None, 40, 66_000])
def test_blocks_to_nodes_are_the_table_of_points_at_nodes(limit, town):
    network, costs, _, places = town
    roads = prepare(network, costs)
    if not roads.shape.phases.states:
        return
    to = leaves(network, roads, limit)
    snaps, nodes = at_nodes(network, costs)
    assert sorted(to.node.tolist()) == nodes.tolist()
    blocks = times_to_nodes(roads, to, Ends.of(roads, places), limit)
    table = search(network, costs, snaps, places, limit, engine="scipy")
    lanes = blocks.times.shape[2]
    row_of = np.searchsorted(nodes, to.node)
    found = np.full(table.shape, -1)
    for b, block in enumerate(blocks.times):
        rows = np.arange(len(to.node)) if blocks.rows is None else blocks.rows[b]
        mine = blocks.order[b * lanes : (b + 1) * lanes]
        found[np.ix_(row_of[rows], mine)] = block[: len(rows), : len(mine)]
    found[found > (FAR - 1 if limit is None else limit)] = -1
    assert found.tolist() == np.maximum(table, -1).tolist()
