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
from tests.dice import Dice, dice

TOWN, TURNS, POINTS = 112, 37, 2
"""The bytes of a town, of its turn restrictions, and of a point."""


@st.composite
def towns(draw):
    """Draw a town with private streets, gates, closed directions and streets of no length."""
    return town_of(draw(dice(TOWN)), private=True)


@st.composite
def open_towns(draw):
    """Draw a town where everybody may pass everything that is open."""
    return town_of(draw(dice(TOWN)), private=False)


@st.composite
def turning_towns(draw, private: bool = True):
    """Draw a town with up to six turn restrictions, some of them over several segments."""
    thrown = draw(dice(TOWN + TURNS))
    network, costs, cells, places = town_of(thrown, private=private, closed=False)
    begins = np.column_stack([network.tail, network.head]).ravel()
    ends = np.column_stack([network.head, network.tail]).ravel()
    open_ = np.column_stack([costs.forward, costs.backward]).ravel() != CLOSED
    first = np.flatnonzero(open_)
    onward = [np.flatnonzero(open_ & (begins == node)) for node in range(len(network.node_id))]
    turns = []
    path: list[int] = []
    for _ in range(thrown.one(1, 6)):
        start, length, only, *along = thrown.throw(6).tolist()
        # Some begin in the midst of the one before, so that they overlap.
        path = path[1:2] if len(path) > 2 and start % 2 else [int(first[start % len(first)])]
        for which in along[: (1, 1, 1, 2, 3)[length % 5]]:
            more = onward[ends[path[-1]]]
            path += [int(more[which % len(more)])] if len(more) else []
        if len(path) > 1:
            turns.append((tuple(path), only % 3 == 2))
    network = replace(network, restrictions=Restrictions.of(turns))
    return network, restricted(network, costs), cells, places


def weights(raw: np.ndarray, most: int, closed: bool = True) -> np.ndarray:
    """Return times of streets: half of them closed, or few of them."""
    shut = raw % 2 == 1 if closed else raw % 9 == 8
    return np.where(shut, CLOSED, (raw >> 1) % (most + 1)).astype(np.int32)


def town_of(thrown: Dice, private: bool, closed: bool = True):
    """Make a town of bytes: its network, its costs, the points of cells and of places."""
    nodes, number, many, few = (thrown.one(*of) for of in ((2, 9), (1, 16), (1, 5), (1, 4)))
    most = (60, 60, 3)[thrown.one(0, 2)]  # where times are few, many ways are equally long
    tail, head = thrown.throw(2, number)
    tail = tail % nodes
    head = (tail + 1 + head % (nodes - 1)) % nodes
    forward, backward = weights(thrown.throw(2, number), most, closed)
    local = (thrown.throw(number) >> np.array([[0], [1]])) % 2 == 1
    gate = [Permit.OPEN] * 4 + ([Permit.LOCAL, Permit.CLOSED] if private else [])
    network = Network(
        node_id=np.arange(nodes, dtype=np.int64),
        lonlat=np.zeros((nodes, 2)),
        xy=np.zeros((nodes, 2)),
        node_tags={},
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
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
        local_forward=local[0] & private & (forward != CLOSED),
        local_backward=local[1] & private & (backward != CLOSED),
        gates=np.array(gate, dtype=np.int8)[thrown.throw(nodes) % len(gate)],
        snap=np.ones(number, dtype=bool),
        walk_ms=1.0,
    )
    usable = np.flatnonzero(costs.usable)
    assume(len(usable))
    cells, places = (points_of(thrown, usable, n) for n in (many, few))
    return network, costs, cells, places


def snaps_on(network: Network, most: int):
    """Draw up to `most` points on the segments of a network."""
    return dice(1 + most * POINTS).map(
        lambda thrown: points_of(thrown, np.arange(len(network)), thrown.one(1, most))
    )


def points_of(thrown: Dice, segments: np.ndarray, count: int) -> Snaps:
    where, along = thrown.throw(POINTS, count)
    return Snaps(
        segments[where % len(segments)].astype(np.int32),
        np.array([0.0, 0.125, 0.3, 0.5, 0.77, 1.0])[along % 6],
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
