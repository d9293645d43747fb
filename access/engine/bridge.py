"""Bridge: the times after new streets between the old ones, told from the times before.

A trip over new streets is a trip over old ones to an end of a new one, some way among these ends,
and a trip over old streets again. The ends are few: the ways among them are found by trying each
as a stop (Floyd 1962), and every time becomes the less of what it was and the way over an end.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from access._frozen import frozen
from access.engine.chains import FAR, Flags, Ints, touched_by_private
from access.engine.change import shorten
from access.engine.hierarchy import Int32
from access.engine.nodes import at_nodes
from access.engine.roads import Roads
from access.engine.table import Ends, fill_table, reach_of
from access.network.costs import CLOSED, Costs, tenths
from access.network.graph import Network
from access.network.modes import Permit
from access.network.snap import Snaps
from access.network.turns import Turns

MANY_ENDS = 64
"""With more ends of new streets than this all is computed again."""


def old_part(before: Network, old: Costs, after: Network, costs: Costs) -> Costs | None:
    """Return `costs` of the streets of `before`; None unless all others were added to them.

    Added streets follow the old ones in number, are public, and do not end where private streets
    or gates are; no turn is forbidden or allowed by their coming. `old` are costs of `before`.
    """
    n, m = len(before.node_id), len(before)
    if m >= len(after) or not all(
        np.array_equal(getattr(before, name), getattr(after, name)[:size])
        for name, size in (("tail", m), ("head", m), ("node_id", n))
    ):
        return None
    ends = new_ends(after, m)
    private = costs.local_forward | costs.local_backward
    closed_in = touched_by_private(after, costs)[ends] | (costs.gates[ends] != Permit.OPEN)
    turns = all(
        np.array_equal(getattr(old.turns, name), getattr(costs.turns, name))
        for name in ("first", "step")
    )
    if turns and len(old.turns):
        # A dead end that goes on is no place to turn any more; and where a turn is forbidden a way
        # in and a way out do not make a trip.
        turns = not (old.turns.corner & ~costs.turns.corner[:n]).any()
        turns &= not np.isin(ends, _within_runs(before, old.turns)).any()
    if len(ends) > MANY_ENDS or private[m:].any() or closed_in.any() or not turns:
        return None
    return replace(
        costs,
        forward=frozen(costs.forward[:m]),
        backward=frozen(costs.backward[:m]),
        local_forward=frozen(costs.local_forward[:m]),
        local_backward=frozen(costs.local_backward[:m]),
        snap=frozen(costs.snap[:m]),
        gates=frozen(costs.gates[:n]),
        turns=old.turns,
    )


def _within_runs(network: Network, turns: Turns) -> Ints:
    """Return the nodes that forbidden runs lead over."""
    inner = np.ones(len(turns.step), dtype=bool)
    inner[turns.first[1:] - 1] = False  # the last step of each run leads away
    segment, against = np.divmod(turns.step[inner], 2)
    nodes: Ints = np.where(against, network.tail[segment], network.head[segment]).astype(np.int64)
    return nodes


def new_ends(network: Network, old: int) -> Ints:
    """Return the nodes at the ends of the segments from number `old` on."""
    return np.unique(np.concatenate([network.tail[old:], network.head[old:]])).astype(np.int64)


def bridge(
    roads: Roads, before: Network, after: Network, costs: Costs, cells: Ends, places: Ends,
    table: Int32, limit: int | None,
) -> Int32:  # fmt: skip
    """Take the ways over new streets into a table of tenths (n, p), negative where is no way.

    `roads` are the old streets prepared, `costs` those of all streets. Returns the (k, p) tenths
    from each end of a new street to the places, FAR where there is no way.
    """
    old = len(before)
    ends = new_ends(after, old)
    among, to, on = _times_at(roads, before, ends, cells, places, table.shape)
    tail, head = (np.searchsorted(ends, side[old:]) for side in (after.tail, after.head))
    step = np.full(among.shape, FAR, dtype=np.int64)
    for start, stop, times in ((tail, head, costs.forward), (head, tail, costs.backward)):
        open_ = times[old:] != CLOSED
        np.minimum.at(step, (start[open_], stop[open_]), times[old:][open_])
    best = np.minimum(among, step)
    for end in range(len(ends)):
        best = np.minimum(best, best[:, end, None] + best[None, end])
    onward = np.min(best[:, :, None] + on[None], axis=1, initial=FAR)
    may_gain = _may_gain_by_turning(roads, before, ends)
    for end in range(len(ends)):
        # Over a new street first: who leaves by an old one comes to a new one at another end.
        over = np.min(step[end][:, None] + onward, axis=0, initial=FAR)
        if may_gain[end]:
            over = onward[end]
            gains = np.flatnonzero(over < FAR)
        else:
            gains = np.flatnonzero(over < on[end])
        there = np.flatnonzero(to[:, end] < FAR)
        way = there, to[there, end], gains, over[gains].astype(np.int32)
        shorten(table, *way, reach_of(limit))
    out: Int32 = onward.astype(np.int32)
    return out


def _may_gain_by_turning(roads: Roads, before: Network, ends: Ints) -> Flags:
    """Return for which ends somebody may gain by turning round, once they are junctions.

    What was no junction becomes one, and a place to turn. Who turns there goes back to the junction
    before it, and could have turned there sooner, unless a forbidden run leads over that.
    """
    turns, chains = roads.costs.turns, roads.shape.chains
    may = np.zeros(len(ends), dtype=bool)
    if not len(turns):
        return may
    plain = turns.corner.copy()
    plain[_within_runs(before, turns)] = False
    for end in np.flatnonzero(ends < len(turns.corner)):
        node = ends[end]
        if turns.corner[node]:
            continue
        chain = chains.chain[(before.tail == node) | (before.head == node)]
        around = np.concatenate([chains.tail[chain], chains.head[chain]])
        may[end] = (chain < 0).any() or (around == node).any() or not plain[around].all()
    return may


def rows_on_new(after: Network, costs: Costs, old: int, snaps: Snaps, onward: Int32) -> Ints:
    """Return (n, p) tenths of cells on new streets, given those from the ends; FAR: no way.

    None of the places may stand on a new street.
    """
    ends = new_ends(after, old)
    segment, fraction = snaps.segment, snaps.fraction
    forward, backward = (
        np.maximum(t[segment].astype(np.int64), 0) for t in (costs.forward, costs.backward)
    )
    to_head = forward - np.floor(fraction * forward + 0.5).astype(np.int64)
    to_tail = np.floor(fraction * backward + 0.5).astype(np.int64)
    shut_ahead, shut_behind = costs.forward[segment] == CLOSED, costs.backward[segment] == CLOSED
    to_head = np.where(shut_ahead & (fraction < 1), FAR, to_head)  # at a node all streets are open
    to_tail = np.where(shut_behind & (fraction > 0), FAR, to_tail)
    head, tail = (np.searchsorted(ends, side[segment]) for side in (after.head, after.tail))
    ways = to_head[:, None] + onward[head], to_tail[:, None] + onward[tail]
    legs = tenths(snaps.metres / costs.walk_ms)
    found: Ints = np.minimum(np.minimum(*ways) + legs[:, None], FAR)
    return found


def _times_at(
    roads: Roads, network: Network, ends: Ints, cells: Ends, places: Ends, shape: tuple[int, int]
) -> tuple[Ints, Int32, Int32]:
    """Return tenths among ends of new streets, from cells to them, and from them to places.

    All over old streets; FAR where there is no way, as for ends where no old street comes.
    """
    size = len(ends)
    among = np.empty((size, size), dtype=np.int32)
    to = np.empty((shape[0], size), dtype=np.int32)
    on = np.empty((size, shape[1]), dtype=np.int32)
    snaps, nodes = at_nodes(network, roads.costs, ends[ends < len(network.node_id)])
    here = replace(Ends.of(roads, snaps), index=np.searchsorted(ends, nodes))
    for start, end, table in ((here, here, among), (cells, here, to), (here, places, on)):
        fill_table(roads, start, end, table, nowhere=FAR)
    np.fill_diagonal(among, 0)
    return among.astype(np.int64), to, on
