"""Selection: the part of the hierarchy that leads to what is asked for, ready to be swept.

Only the states above what is asked for are visited (RPHAST: Delling, Goldberg & Werneck 2011);
cells are leaves, hung below the lower of the two states they leave their chain into. What stands
at a state is no leaf: the state writes its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from access.engine.chains import FAR, Flags, Ints
from access.engine.compiled import kernel
from access.engine.hierarchy import Hierarchy, Int32, Weighted
from access.engine.phases import NOWHERE

GATE = 32
"""Subtrees of at least so many items are looked at before they are entered."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Items in preorder: states on the way, and leaves that write a row each.

    state  (n,) the item of each state by number, -1: not on the way
    hung   (k,) which of the leaves asked for have a way out at all
    depth, first, upper, time, row   see `sweep.sweep`
    gate, skip, beyond, gate_first, gate_upper   see `sweep.sweep_within`
    """

    state: Int32
    hung: Flags
    depth: Int32
    first: Int32
    upper: npt.NDArray[np.uint16]
    time: npt.NDArray[Any]
    row: Int32
    gate: Ints
    skip: Ints
    beyond: Ints
    gate_first: Ints
    gate_upper: npt.NDArray[np.uint16]


def select(
    hierarchy: Hierarchy,
    weighted: Weighted,
    states: Ints,
    times: Ints,
    kind: Any,
    limited: bool,
) -> Selection:
    """Select what leads to leaves with (k, 2) exit states and tenths; leaf i writes row i.

    `kind` is the number type of the lanes, uint16 or int32; `limited` adds the gates by which the
    sweep passes over what lies beyond a limit.
    """
    number = np.where(states == NOWHERE, np.int32(-1), hierarchy.number[states])
    most = np.array([FAR if kind == np.int32 else np.iinfo(kind).max], dtype=kind)
    state, depth, first, upper, time, row = lay(
        hierarchy.parent,
        hierarchy.depth,
        weighted.down_first,
        weighted.down_upper,
        weighted.down_time,
        number,
        times,
        most,
    )
    gates = _gates(hierarchy, state, len(depth), limited)
    hung = number.max(axis=1, initial=-1) >= 0
    return Selection(state, hung, depth, first, upper, time, row, *gates)


@kernel
def lay(
    parent: Any,
    depth: Any,
    down_first: Any,
    down_upper: Any,
    down_time: Any,
    number: Any,
    times: Any,
    most: Any,
) -> Any:
    """Lay out the items of a selection; `number` and `times` (k, 2), -1 for one exit too many.

    Returns the item of each state, and per item depth, rows of arcs (upper, time) and row. Times
    are at most `most`, and of its type.
    """
    n, k = len(parent), len(number)
    wanted = np.zeros(n, np.bool_)
    home = np.full(n, -1, np.int32)  # the row a state writes itself
    leaves = np.zeros(n + 1, np.int32)  # how many hang at a state; then where they begin
    arcs = 0
    for i in range(k):
        below = max(number[i, 0], number[i, 1])
        if below < 0:
            continue
        wanted[below] = True
        alone = min(number[i, 0], number[i, 1]) < 0
        time = times[i, 0] if number[i, 0] == below else times[i, 1]
        if alone and time == 0 and home[below] < 0:
            home[below] = i
        else:
            leaves[below + 1] += 1
            arcs += 1 if alone else 2
    items = 0
    for v in range(n - 1, -1, -1):
        if wanted[v]:
            if parent[v] >= 0:
                wanted[parent[v]] = True
            items += 1 + leaves[v + 1]
            arcs += down_first[v + 1] - down_first[v]
    for v in range(n):
        leaves[v + 1] += leaves[v]
    hanging = np.empty(leaves[n], np.int32)
    for i in range(k - 1, -1, -1):
        below = max(number[i, 0], number[i, 1])
        if below >= 0 and home[below] != i:
            leaves[below + 1] -= 1
            hanging[leaves[below + 1]] = i

    item_of = np.full(n, -1, np.int32)
    item_depth = np.empty(items, np.int32)
    item_row = np.full(items, -1, np.int32)
    first = np.zeros(items + 1, np.int32)
    upper = np.empty(arcs, np.uint16)
    time_to = np.empty(arcs, most.dtype)
    item, arc = 0, 0
    for v in range(n):
        if not wanted[v]:
            continue
        item_of[v] = item
        item_depth[item] = depth[v]
        item_row[item] = home[v]
        for a in range(down_first[v], down_first[v + 1]):
            upper[arc] = down_upper[a]
            time_to[arc] = min(down_time[a], most[0])
            arc += 1
        item += 1
        first[item] = arc
        for h in range(leaves[v + 1], leaves[v + 2] if v + 2 <= n else len(hanging)):
            i = hanging[h]
            item_depth[item] = depth[v] + 1
            item_row[item] = i
            for side in range(2):
                if number[i, side] >= 0:
                    upper[arc] = depth[number[i, side]]
                    time_to[arc] = min(times[i, side], most[0])
                    arc += 1
            item += 1
            first[item] = arc
    return item_of, item_depth, first, upper, time_to, item_row


def _gates(
    hierarchy: Hierarchy, state: Int32, items: int, limited: bool
) -> tuple[Ints, Ints, Ints, Ints, npt.NDArray[np.uint16]]:
    """Return gates before subtrees that are large, and clearly smaller than the one they are in."""
    nodes = np.flatnonzero(state >= 0) if limited else np.empty(0, dtype=np.int64)
    item = state[nodes].astype(np.int64)
    # Where a subtree ends, the next state on the way begins.
    skip = np.append(item, items)[np.searchsorted(nodes, hierarchy.last[nodes])]
    size = skip - item
    parent = hierarchy.parent[nodes]
    around = np.full(len(state), np.iinfo(np.int32).max, dtype=np.int64)
    around[nodes] = size
    around_me = np.where(parent >= 0, around[parent], np.iinfo(np.int32).max)
    chosen = (size >= GATE) & (size * 8 <= around_me * 7)
    gated, gate, skip = nodes[chosen], np.append(item[chosen], items), skip[chosen]
    counts = hierarchy.first[gated + 1] - hierarchy.first[gated]
    upper = hierarchy.upper[_ranges(hierarchy.first[gated], counts)].astype(np.uint16)
    beyond = np.searchsorted(gate, skip)
    return gate, skip, beyond, np.concatenate([[0], np.cumsum(counts)]), upper


def _ranges(begin: Ints, counts: Ints) -> Ints:
    """Return begin[0], begin[0] + 1, ... counts[0] of them, then those of begin[1], and so on."""
    offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(begin, counts) + offsets
