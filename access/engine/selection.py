"""Selection: the part of the hierarchy that leads to what is asked for, ready to be swept.

Only the states above what is asked for are visited (RPHAST: Delling, Goldberg & Werneck 2011);
cells are leaves, hung below the lower of the two states they leave their chain into.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from access.engine.chains import FAR, Flags, Ints
from access.engine.hierarchy import Hierarchy, Weighted
from access.engine.phases import NOWHERE

GATE = 32
"""Subtrees of at least so many items are looked at before they are entered."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Items in preorder: states on the way, and leaves that write a row each.

    state  (n,) the item of each state by number, -1: not on the way
    depth, first, upper, time, row   see `sweep.sweep`
    gate, skip, gate_first, gate_upper   likewise
    """

    state: npt.NDArray[np.int32]
    depth: npt.NDArray[np.int32]
    first: Ints
    upper: npt.NDArray[np.uint16]
    time: npt.NDArray[Any]
    row: npt.NDArray[np.int32]
    gate: npt.NDArray[np.int32]
    skip: Ints
    gate_first: Ints
    gate_upper: npt.NDArray[np.uint16]


def select(
    hierarchy: Hierarchy,
    weighted: Weighted,
    states: Ints,
    times: Ints,
    rows: Ints,
    kind: Any,
    limited: bool,
) -> Selection:
    """Select what leads to leaves with (k, 2) exit states and tenths, writing to `rows`.

    `kind` is the number type of the lanes, uint16 or int32; `limited` adds the gates by which the
    sweep passes over what lies beyond a limit.
    """
    from access.engine.elimination import close

    number = np.where(states == NOWHERE, -1, hierarchy.number[states])
    below = number.max(axis=1, initial=-1)
    hung = below >= 0
    number, times, rows, below = number[hung], times[hung], rows[hung], below[hung]
    wanted = np.zeros(len(hierarchy.number), dtype=bool)
    wanted[below] = True
    close(hierarchy.parent, wanted)

    nodes = np.flatnonzero(wanted)
    at_home = _at_home(number, times, below)
    home, home_rows = below[at_home], rows[at_home]
    number, times, rows, below = (a[~at_home] for a in (number, times, rows, below))
    keys = np.concatenate([nodes * 2, below * 2 + 1])
    order = np.argsort(keys, kind="stable")
    item = np.empty(len(keys), dtype=np.int64)
    item[order] = np.arange(len(keys))
    node_item, leaf_item = item[: len(nodes)], item[len(nodes) :]

    known = number >= 0
    counts = np.empty(len(keys), dtype=np.int64)
    begin = weighted.down_first[nodes]
    counts[node_item] = weighted.down_first[nodes + 1] - begin
    counts[leaf_item] = known.sum(axis=1)
    first = np.concatenate([[0], np.cumsum(counts)])
    upper = np.empty(int(first[-1]), dtype=np.uint16)
    time = np.empty(int(first[-1]), dtype=np.int32)
    taken = _ranges(begin, counts[node_item])
    slot = _ranges(first[node_item], counts[node_item])
    upper[slot], time[slot] = weighted.down_upper[taken], weighted.down_time[taken]
    slot = first[leaf_item]
    for column in (0, 1):
        which = known[:, column]
        upper[slot[which]] = hierarchy.depth[number[which, column]]
        time[slot[which]] = times[which, column]
        slot = slot + which

    depth = np.empty(len(keys), dtype=np.int32)
    depth[node_item], depth[leaf_item] = hierarchy.depth[nodes], hierarchy.depth[below] + 1
    row = np.full(len(keys), -1, dtype=np.int32)
    row[leaf_item] = rows
    state = np.full(len(hierarchy.number), -1, dtype=np.int32)
    state[nodes] = node_item
    row[state[home]] = home_rows
    gates = _gates(hierarchy, nodes, node_item, np.sort(keys), limited)
    return Selection(state, depth, first, upper, _narrowed(time, kind), row, *gates)


def _at_home(number: Ints, times: Ints, below: Ints) -> Flags:
    """Return which leaves are no more than a state: that one writes their row itself."""
    alone = (number == -1).any(axis=1) & (times.min(axis=1, initial=FAR) == 0)
    candidates = np.flatnonzero(alone)
    first = np.unique(below[candidates], return_index=True)[1]  # the others remain leaves
    home = np.zeros(len(below), dtype=bool)
    home[candidates[first]] = True
    return home


def _narrowed(time: npt.NDArray[np.int32], kind: Any) -> npt.NDArray[Any]:
    most = FAR if kind == np.int32 else np.iinfo(kind).max
    return np.minimum(time, most).astype(kind)


def _gates(
    hierarchy: Hierarchy, nodes: Ints, node_item: Ints, keys: Ints, limited: bool
) -> tuple[Any, Any, Any, Any]:
    """Return gates before subtrees that are large, and clearly smaller than the one they are in."""
    skip = np.searchsorted(keys, hierarchy.last[nodes].astype(np.int64) * 2)
    size = skip - node_item
    parent = hierarchy.parent[nodes]
    around = np.full(len(hierarchy.number), np.iinfo(np.int32).max, dtype=np.int64)
    around[nodes] = size
    around_me = np.where(parent >= 0, around[parent], np.iinfo(np.int32).max)
    chosen = limited & (size >= GATE) & (size * 8 <= around_me * 7)
    gated = nodes[chosen]
    gate = np.full(len(keys), -1, dtype=np.int32)
    gate[node_item[chosen]] = np.arange(len(gated))
    counts = hierarchy.first[gated + 1] - hierarchy.first[gated]
    upper = hierarchy.upper[_ranges(hierarchy.first[gated], counts)].astype(np.uint16)
    return gate, skip[chosen], np.concatenate([[0], np.cumsum(counts)]), upper


def _ranges(begin: Ints, counts: Ints) -> Ints:
    """Return begin[0], begin[0] + 1, ... counts[0] of them, then those of begin[1], and so on."""
    offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(begin, counts) + offsets
