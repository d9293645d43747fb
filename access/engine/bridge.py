"""Bridge: the times after new streets between the old ones, told from the times before.

A trip over new streets is a trip over old ones to an end of a new one, some way among these ends,
and a trip over old streets again. The ends are few: the ways among them are found by trying each
as a stop (Floyd 1962), and every time becomes the less of what it was and the way over an end.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access.engine.chains import FAR, Ints, touched_by_private
from access.engine.change import Ends, Way, shorten
from access.engine.nodes import at_nodes
from access.engine.roads import Roads
from access.engine.table import fill_table, reach_of
from access.network.costs import CLOSED, Costs
from access.network.graph import Network
from access.network.modes import Permit

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


def new_ends(network: Network, old: int) -> Ints:
    """Return the nodes at the ends of the segments from number `old` on."""
    return np.unique(np.concatenate([network.tail[old:], network.head[old:]])).astype(np.int64)


def bridge(
    roads: Roads, before: Network, after: Network, costs: Costs, cells: Ends, places: Ends,
    table: npt.NDArray[np.int32], limit: int | None,
) -> None:  # fmt: skip
    """Take the ways over new streets into a table of tenths (n, p), negative where is no way.

    `roads` are the old streets prepared, `costs` those of all streets.
    """
    old = len(before)
    ends = new_ends(after, old)
    among, to, on = _times_at(roads, before, ends, cells, places)
    rank = np.full(len(after.node_id), -1)
    rank[ends] = np.arange(len(ends))
    tail, head = rank[after.tail[old:]], rank[after.head[old:]]
    step = np.full(among.shape, FAR, dtype=np.int64)
    for start, stop, times in ((tail, head, costs.forward), (head, tail, costs.backward)):
        open_ = times[old:] != CLOSED
        np.minimum.at(step, (start[open_], stop[open_]), times[old:][open_])
    best = np.minimum(among, step)
    for end in range(len(ends)):
        best = np.minimum(best, best[:, end, None] + best[None, end])
    onward = np.min(best[:, :, None] + on[None], axis=1, initial=FAR)
    onward = np.minimum(onward, on)
    for end in range(len(ends)):
        # From here over a new street first; who comes by an old one left it at another end.
        over = np.min(step[end][:, None] + onward, axis=0, initial=FAR)
        gains = np.flatnonzero(over < on[end])
        reach = np.flatnonzero(to[:, end] < FAR)
        way = Way(reach, to[reach, end], gains, over[gains].astype(np.int32))
        shorten(table, *way, reach_of(limit))


def _times_at(
    roads: Roads, network: Network, ends: Ints, cells: Ends, places: Ends
) -> tuple[Ints, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return tenths among ends of new streets, from cells to them, and from them to places.

    All over old streets; FAR where there is no way, as for ends where no old street comes.
    """
    size = len(ends)
    among = np.full((size, size), FAR, dtype=np.int64)
    to = np.full((len(cells.legs), size), FAR, dtype=np.int32)
    on = np.full((size, len(places.legs)), FAR, dtype=np.int32)
    snaps, nodes = at_nodes(network, roads.costs, ends[ends < len(network.node_id)])
    at = np.searchsorted(ends, nodes)
    here = Ends(roads.points(snaps), np.zeros(len(nodes), dtype=np.int64))
    for (rows, columns), (start, end), table in (
        ((at, at), (here, here), among),
        ((slice(None), at), (cells, here), to),
        ((at, slice(None)), (here, places), on),
    ):
        times = np.empty((len(start.legs), len(end.legs)), dtype=np.int32)
        fill_table(roads, start.points, start.legs, end.points, end.legs, times, nowhere=FAR)
        table[np.ix_(rows, columns) if rows is at and columns is at else (rows, columns)] = times
    np.fill_diagonal(among, 0)
    return among, to, on
