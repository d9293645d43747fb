"""Random towns for the laws: directed multigraphs with snaps inside their segments."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from access.network.costs import CLOSED, Costs, restricted
from access.network.graph import Network
from access.network.modes import Permit
from access.network.restrictions import Restrictions
from access.network.snap import Snaps
from access.network.ways import Ways
from access.testing import draw_town


def towns():
    """Draw a town with private streets, gates, closed directions and streets of no length."""
    return _towns(private=True)


def open_towns():
    """Draw a town where everybody may pass everything that is open."""
    return _towns(private=False)


@st.composite
def turning_towns(draw, private: bool = True):
    """Draw a town with up to five turn restrictions, some of them over several segments."""
    network, costs, cells, places = draw(_towns(private=private, closed=False))
    begins = np.column_stack([network.tail, network.head]).ravel()
    ends = np.column_stack([network.head, network.tail]).ravel()
    open_ = np.column_stack([costs.forward, costs.backward]).ravel() != CLOSED
    turns = []
    for _ in range(draw(st.integers(1, 6))):
        path = [draw(st.sampled_from(np.flatnonzero(open_).tolist()))]
        for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
            onward = np.flatnonzero(open_ & (begins == ends[path[-1]])).tolist()
            path += [draw(st.sampled_from(onward))] if onward else []
        if len(path) > 1:
            turns.append((tuple(path), draw(st.sampled_from([False, False, True]))))
    network = replace(network, restrictions=Restrictions.of(turns))
    return network, restricted(network, costs), cells, places


@st.composite
def _towns(draw, private: bool, closed: bool = True):
    nodes = draw(st.integers(2, 9))
    number = draw(st.integers(1, 16))
    node = st.integers(0, nodes - 1)
    pair = st.tuples(node, node).filter(lambda e: e[0] != e[1])
    ends = draw(st.lists(pair, min_size=number, max_size=number))
    weight = st.one_of(st.just(CLOSED), st.integers(0, 60))
    if not closed:  # few streets are
        weight = st.integers(-8, 60).map(lambda w: max(w, CLOSED))
    forward = np.array(draw(st.lists(weight, min_size=number, max_size=number)), dtype=np.int32)
    backward = np.array(draw(st.lists(weight, min_size=number, max_size=number)), dtype=np.int32)
    flag = st.booleans() if private else st.just(False)
    local = [draw(st.lists(flag, min_size=number, max_size=number)) for _ in range(2)]
    gate = st.sampled_from([Permit.OPEN] * 4 + ([Permit.LOCAL, Permit.CLOSED] if private else []))
    tail, head = np.array(ends, dtype=np.int32).T
    network = Network(
        node_id=np.arange(nodes, dtype=np.int64),
        lonlat=np.zeros((nodes, 2)),
        xy=np.zeros((nodes, 2)),
        node_tags={},
        tail=tail,
        head=head,
        length=np.ones(number),
        way=np.arange(number, dtype=np.int32),
        way_id=np.arange(number, dtype=np.int64),
        tags=np.zeros(number, dtype=np.int32),
        tagsets=({"highway": "path"},),
        crs=5179,
    )
    costs = Costs(
        forward=forward,
        backward=backward,
        local_forward=np.array(local[0]) & (forward != CLOSED),
        local_backward=np.array(local[1]) & (backward != CLOSED),
        gates=np.array(draw(st.lists(gate, min_size=nodes, max_size=nodes)), dtype=np.int8),
        snap=np.ones(number, dtype=bool),
        walk_ms=1.0,
    )
    usable = np.flatnonzero(costs.usable).tolist()
    assume(usable)
    cells, places = (_snaps(draw, usable, draw(st.integers(1, n))) for n in (5, 4))
    return network, costs, cells, places


def snaps_on(network: Network, most: int):
    """Draw up to `most` points on the segments of a network."""

    @st.composite
    def points(draw):
        return _snaps(draw, range(len(network)), draw(st.integers(1, most)))

    return points()


def _snaps(draw, segments, count: int) -> Snaps:
    where = st.lists(st.sampled_from(segments), min_size=count, max_size=count)
    along = st.lists(
        st.sampled_from([0.0, 0.125, 0.3, 0.5, 0.77, 1.0]), min_size=count, max_size=count
    )
    return Snaps(
        np.array(draw(where), dtype=np.int32),
        np.array(draw(along)),
        np.zeros(count),
        np.zeros(count, dtype=np.int32),
    )


@st.composite
def ways_of(draw, spacing_m: float = 100) -> Ways:
    """Draw a town of footways on a grid of 16 letters, `spacing_m` metres apart."""
    letters = "abcdefghijklmnop"
    grid = "\n".join(letters[i : i + 4] for i in range(0, 16, 4))
    pair = st.tuples(st.sampled_from(letters), st.sampled_from(letters))
    pairs = draw(st.lists(pair.filter(lambda e: e[0] != e[1]), min_size=1, max_size=20))
    ways = {f"{a}{b}#{i}": {"highway": "footway"} for i, (a, b) in enumerate(pairs)}
    return draw_town(grid, ways, spacing_m=spacing_m)
