"""The kernels against their twins: the same functions, not compiled."""

from __future__ import annotations

import sys
from types import FunctionType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from access.engine import change, customisation, elimination, lanes, partial, selection, sweep, walk
from access.engine.chains import merge, touched_by_private, weigh_chains
from access.engine.compiled import kernel
from access.engine.hierarchy import build_hierarchy
from access.engine.phases import NOWHERE, doors_of, join, phases_of
from access.engine.roads import prepare
from access.engine.turns import positions
from access.network.modes import Permit
from access.travel.street import search
from tests.laws.towns import towns, turning_towns


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
    same(elimination.lower_arcs(*tree[2:]), elimination.lower_arcs.py_func(*tree[2:]))

    doors = doors_of(phases, links)
    hierarchy = build_hierarchy(
        phases.states,
        np.concatenate([arcs.source, doors.exit_head]),
        np.concatenate([arcs.target, doors.exit_tail]),
    )
    random = np.random.default_rng(len(hierarchy.upper))
    weights = [random.integers(0, 9, len(hierarchy.upper)).astype(np.int32) for _ in range(2)]
    shape = (hierarchy.depth, hierarchy.first, hierarchy.upper)
    made = customised(shape, *weights)
    plain = customised(shape, *weights, plain=True)
    same(made, plain)
    up, _, need_up, _ = made
    same(
        customisation.compact(*shape[1:], need_up, up),
        customisation.compact.py_func(*shape[1:], need_up, up),
    )


def customised(shape, up, down, plain=False):
    """Return true times and needs, by the kernels or by their twins."""
    basic, perfect = customisation.make_basic, customisation.make_perfect
    if plain:
        empty = customisation.empty_matrices.py_func
        settle = customisation.settle.py_func
        basic = twin(basic, empty_matrices=empty)
        perfect = twin(perfect, empty_matrices=empty, settle=settle)
    up, down = up.copy(), down.copy()
    basic(*shape, up, down)
    return up, down, *perfect(*shape, up, down)


@given(towns(), st.integers(0, 8))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_kernels_of_changes_equal_their_twins(town, weight):
    network, costs, cells, _ = town
    roads = prepare(network, costs)
    hierarchy, was = roads.shape.hierarchy, roads.weighted.customised
    if not len(hierarchy.upper):
        return
    changed = np.array([weight % len(hierarchy.upper)])
    given_up = was.given_up.copy()
    given_up[changed] = weight
    source = np.searchsorted(hierarchy.first, changed, side="right") - 1
    shape = (hierarchy.first, hierarchy.upper, hierarchy.above, hierarchy.low_first)
    plain_find = partial.find.py_func
    answers = []
    for basic, perfect in (
        (partial.repair_basic, partial.repair_perfect),
        (
            twin(partial.repair_basic, find=plain_find),
            twin(
                partial.repair_perfect,
                find=plain_find,
                empty_matrices=customisation.empty_matrices.py_func,
                settle=customisation.settle.py_func,
            ),
        ),
    ):
        times = [getattr(was, name).copy() for name in type(was).__slots__[2:]]
        touched = basic(
            *shape, hierarchy.low_arc, hierarchy.low_state, source, changed,
            given_up, was.given_down, *times[:2],
        )  # fmt: skip
        perfect(hierarchy.depth, *shape, hierarchy.low_state, touched, *times)
        answers.append([touched, *times])
    same(*answers)

    table = search(*town, engine="scipy")
    every = [np.arange(size) for size in table.shape]
    random = np.random.default_rng(weight)
    to, on = (random.integers(0, 40, size).astype(np.int32) for size in table.shape)
    way = (every[0], to, every[1], on)
    same([change.is_fastest(table, *way)], [change.is_fastest.py_func(table, *way)])
    one, other = table.copy(), table.copy()
    change.shorten(one, *way, 50)
    change.shorten.py_func(other, *way, 50)
    same([one], [other])

    states, times = roads.exits(roads.points(cells))
    number = np.where(states == NOWHERE, np.int32(-1), hierarchy.number[states])
    for kind in (np.uint16, np.int32):
        asked = (
            hierarchy.parent, hierarchy.depth, roads.weighted.down_first,
            roads.weighted.down_upper, roads.weighted.down_time, number, times,
            np.array([60_000], dtype=kind),
        )  # fmt: skip
        same(selection.lay(*asked), selection.lay.py_func(*asked))


def test_without_numba_a_kernel_is_its_twin(monkeypatch):
    """The chains that SciPy needs where turns are forbidden are then found all the same."""
    monkeypatch.setitem(sys.modules, "numba", None)
    plain = walk.walk.py_func
    assert kernel(plain) is plain


def plain_relax(stack, row, start, start_row, upper, time, begin, end):
    width = lanes.LANES
    most = np.iinfo(stack.dtype).max
    best = start.reshape(-1, width)[start_row].astype(np.int64)
    rows = stack.reshape(-1, width)
    for a in range(begin, end):
        best = np.minimum(best, np.minimum(rows[upper[a]].astype(np.int64) + int(time[a]), most))
    rows[row] = best


def plain_nearest(stack, upper, begin, end):
    rows = stack.reshape(-1, lanes.LANES)
    return min((rows[upper[a]].min() for a in range(begin, end)), default=2**31 - 1)


def plain_publish(stack, row, bound, out, at, nowhere):
    width = lanes.LANES
    found = stack.reshape(-1, width)[row]
    out[at : at + width] = np.where(found <= bound, found, nowhere)


def plain_push(stack, row, upper, time, begin, end):
    rows = stack.reshape(-1, lanes.LANES)
    most = np.iinfo(stack.dtype).max
    for a in range(begin, end):
        pushed = np.minimum(rows[row].astype(np.int64) + int(time[a]), most)
        rows[upper[a]] = np.minimum(rows[upper[a]], pushed)


def plain_within(stack, row, bound):
    reached = np.flatnonzero(stack.reshape(-1, lanes.LANES)[row] <= bound)
    return np.uint64(sum(1 << int(lane) for lane in reached))


def plain_lowest(bits):
    return (int(bits) & -int(bits)).bit_length() - 1


@given(towns())
@settings(max_examples=40, derandomize=True, deadline=None)
def test_the_sweep_equals_its_twin(town):
    """The twin's lanes are rows of NumPy; the plain loops of climb and sweep are the same."""
    steps = {
        "relax": plain_relax,
        "nearest": plain_nearest,
        "publish": plain_publish,
        "push": plain_push,
        "within": plain_within,
        "lowest": plain_lowest,
    }
    names = ("climb", "sweep", "sweep_within")
    plain = {name: twin(getattr(sweep, name), **steps) for name in names}
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
