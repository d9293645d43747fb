"""Hierarchy: the states of a network in the order of their elimination, weighed for one search.

The shape depends on which states are neighbours and on nothing else; costs come afterwards, by
customisation (Dibbelt, Strasser & Wagner 2016).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from access.engine.chains import FAR, Flags, Ints
from access.engine.phases import NOWHERE, Arcs

Int32 = npt.NDArray[np.int32]

FEW = 0.01
"""Up to this share of new arcs it is worth looking what they touch."""


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """States numbered depth first from the roots of the elimination tree.

    number  (n,) the number of each state
    parent  (n,) by number, -1 for a root
    depth   (n,) by number
    last    (n,) by number: where its subtree ends
    first   (n + 1,) rows of upward arcs
    upper   (m,) the depth of each arc's upper end, ascending in a row
    above   (m,) and its number
    low_first, low_arc, low_state  (n + 1,), (m,), (m,) rows of the arcs that come up to a state,
            and the states they come from
    """

    number: Int32
    parent: Int32
    depth: Int32
    last: Int32
    first: Ints
    upper: Int32
    above: Int32
    low_first: Ints
    low_arc: Int32
    low_state: Int32

    @property
    def deepest(self) -> int:
        """How many states lie on the longest path from a root."""
        return int(self.depth.max()) + 1 if len(self.depth) else 0


@dataclass(frozen=True, slots=True)
class Customised:
    """Int32 tenths of all upward arcs, each (m,), from the state and to it, and who needs them.

    given  of the arcs of the network alone;  basic, true  see `customisation`
    """

    given_up: Int32
    given_down: Int32
    basic_up: Int32
    basic_down: Int32
    true_up: Int32
    true_down: Int32
    need_up: Flags
    need_down: Flags


@dataclass(frozen=True, slots=True)
class Weighted:
    """The arcs that searches need, and their true times: rising from a state, falling to it.

    first  (n + 1,) rows by number;  upper  (m,) depths;  time  (m,) int32 tenths
    """

    customised: Customised
    up_first: Ints
    up_upper: Int32
    up_time: Int32
    down_first: Ints
    down_upper: Int32
    down_time: Int32


def build_hierarchy(states: int, one: Ints, other: Ints, home: str = "") -> Hierarchy:
    """Order the states and find all arcs that any costs may need, from the pairs of neighbours.

    `home` is the folder beside whose streets the order is kept; see `store.ordered`.
    """
    from access.engine.elimination import lower_arcs, preorder, subtrees
    from access.engine.store import ordered

    low, high = np.minimum(one, other), np.maximum(one, other)
    keep = (low != high) & (low != NOWHERE)
    pairs = np.sort(low[keep] * states + high[keep])  # np.unique takes ten times as long
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
    low, high = np.divmod(pairs, max(states, 1))
    source = np.concatenate([low, high])
    order = np.argsort(source, kind="stable")
    head = np.concatenate([high, low])[order].astype(np.int32)
    first = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=states))])
    number, parent, depth, rows, upper = preorder(*ordered(first, head, home))
    below = lower_arcs(depth, rows, upper)
    return Hierarchy(number, parent, depth, subtrees(parent), rows, upper, *below)


@dataclass(frozen=True, slots=True)
class Slots:
    """The place of arcs among the upward arcs: -1 where there is none; and whether they go up."""

    slot: Ints
    rising: Flags


def slots_of(hierarchy: Hierarchy, arcs: Arcs) -> Slots:
    """Find the arcs among the upward arcs."""
    source, target = hierarchy.number[arcs.source], hierarchy.number[arcs.target]
    lower, upper = np.maximum(source, target), np.minimum(source, target)
    deepest = max(hierarchy.deepest, 1)
    rows = np.repeat(np.arange(len(hierarchy.number)), np.diff(hierarchy.first))
    keys = rows * deepest + hierarchy.upper
    wanted = lower.astype(np.int64) * deepest + hierarchy.depth[upper]
    slot = np.searchsorted(keys, wanted)
    found = np.zeros(len(wanted), dtype=bool)
    inside = slot < len(keys)
    found[inside] = keys[slot[inside]] == wanted[inside]
    return Slots(np.where(found, slot, -1), source > target)


def weigh_hierarchy(
    hierarchy: Hierarchy, slots: Slots, arcs: Arcs, earlier: Weighted | None = None
) -> Weighted | None:
    """Customise for arcs, given their slots; None where an open one has none.

    `earlier`, of the same hierarchy, saves the work that is not touched by what has changed.
    """
    from access.engine.customisation import compact

    open_ = (arcs.time < FAR) & (arcs.source != arcs.target)
    if (slots.slot[open_] < 0).any():
        return None
    up = np.full(len(hierarchy.upper), FAR, dtype=np.int32)
    down = up.copy()
    for times, way in ((up, slots.rising), (down, ~slots.rising)):
        which = np.flatnonzero(open_ & way)
        np.minimum.at(times, slots.slot[which], arcs.time[which].astype(np.int32))
    if earlier is None:
        made = _customise(hierarchy, up, down)
    else:
        made = _customise_again(hierarchy, up, down, earlier.customised)
    shape = hierarchy.first, hierarchy.upper
    return Weighted(
        made,
        *compact(*shape, made.need_up, made.true_up),
        *compact(*shape, made.need_down, made.true_down),
    )


def _customise(hierarchy: Hierarchy, up: Int32, down: Int32) -> Customised:
    from access.engine.customisation import make_basic, make_perfect

    shape = hierarchy.depth, hierarchy.first, hierarchy.upper
    basic = up.copy(), down.copy()
    make_basic(*shape, *basic)
    true = basic[0].copy(), basic[1].copy()
    return Customised(up, down, *basic, *true, *make_perfect(*shape, *true))


def _customise_again(
    hierarchy: Hierarchy, up: Int32, down: Int32, earlier: Customised
) -> Customised:
    from access.engine.partial import repair_basic, repair_perfect

    changed = np.flatnonzero((up != earlier.given_up) | (down != earlier.given_down))
    if len(changed) > FEW * len(up):
        return _customise(hierarchy, up, down)
    basic_up, basic_down, true_up, true_down, need_up, need_down = (
        getattr(earlier, name).copy() for name in Customised.__slots__[2:]
    )
    first, upper = hierarchy.first, hierarchy.upper
    above, low_first, low_state = hierarchy.above, hierarchy.low_first, hierarchy.low_state
    source = np.searchsorted(first, changed, side="right") - 1
    touched = repair_basic(
        first, upper, above, low_first, hierarchy.low_arc, low_state, source, changed,
        up, down, basic_up, basic_down,
    )  # fmt: skip
    repair_perfect(
        hierarchy.depth, first, upper, above, low_first, low_state, touched,
        basic_up, basic_down, true_up, true_down, need_up, need_down,
    )  # fmt: skip
    return Customised(up, down, basic_up, basic_down, true_up, true_down, need_up, need_down)
