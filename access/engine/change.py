"""Change: the times after a few arcs have changed, told from the times before.

A trip that used no arc that is slower now is as fast as it was; it can only gain by an arc that is
faster now. So all cells whose fastest way to some place went over a slower arc are asked again,
and every other time becomes the less of what it was and the way over each faster arc.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from access.engine.chains import FAR, Flags, Ints, changed_segments
from access.engine.compiled import kernel
from access.engine.hierarchy import Int32
from access.engine.phases import NOWHERE
from access.engine.roads import Roads
from access.engine.table import Ends, exits_of, fill_rows, reach_of, seeds_of

MANY = 24
"""With more changed arcs than this all is computed again: looking for gains takes as long."""


def repair(
    before: Roads, after: Roads, cells: Ends, places: Ends, table: Any, limit: int | None
) -> tuple[Flags, Flags] | None:
    """Bring a table of tenths (n, p), negative where there is no way, from `before` to `after`.

    Returns which rows and which columns must still be asked again; None where all must.
    """
    old, new = before.arcs, after.arcs
    if before.shape is not after.shape or old.source is not new.source:
        return None
    arc = np.flatnonzero(old.time != new.time)
    if len(arc) > MANY:
        return None
    chains = _changed_chains(before, after)
    cell_hit, place_hit = (np.zeros(size, dtype=bool) for size in table.shape)
    cell_hit[cells.index] = chains[cells.points.chain]
    place_hit[places.index] = chains[places.points.chain]
    slower, faster = arc[old.time[arc] < new.time[arc]], arc[old.time[arc] > new.time[arc]]
    for way in _ways_over(before, slower, cells, places, table.shape):
        cell_hit[way.cells[is_fastest(table, *way)]] = True
    for way in _ways_over(after, faster, cells, places, table.shape):
        shorten(table, *way, reach_of(limit))
    return cell_hit, place_hit


class Way(NamedTuple):
    """The ways over one arc: from the cells and on to the places for which none is faster.

    cells, to  (n,) rows, int32 tenths up to the arc;  places, on  (p,) columns, over it and onward
    """

    cells: Ints
    to: Int32
    places: Ints
    on: Int32


def _ways_over(
    roads: Roads, arcs: Ints, cells: Ends, places: Ends, shape: tuple[int, int]
) -> Iterator[Way]:
    """Yield the ways over each arc, of cells whose fastest way to its end it is, and likewise."""
    if not len(arcs):
        return
    k, (rows, columns) = len(arcs), shape
    begin, end = roads.arcs.target[arcs], roads.arcs.source[arcs]  # searches run against trips
    time = roads.arcs.time[arcs].astype(np.int32)
    both = np.concatenate([begin, end])
    to = np.empty((rows, 2 * k), dtype=np.int32)
    seeds = np.arange(2 * k), both, np.zeros(2 * k, dtype=np.int64)
    fill_rows(roads, *exits_of(roads, cells, len(to)), seeds, to, nowhere=FAR)
    on = np.empty((2 * k, columns), dtype=np.int32)
    states = np.column_stack([both, np.full(2 * k, NOWHERE)])
    times = np.column_stack([np.zeros(2 * k, dtype=np.int64), np.full(2 * k, FAR)])
    fill_rows(roads, states, times, seeds_of(roads, places), on, nowhere=FAR)
    for i in range(k):
        over = to[:, i] + time[i]
        there = np.flatnonzero((to[:, i] < FAR) & (over == to[:, k + i]))
        onward = time[i] + on[k + i]
        whence = np.flatnonzero((on[k + i] < FAR) & (onward == on[i]))
        yield Way(there, to[there, i], whence, onward[whence])


@kernel
def is_fastest(table: Any, cells: Any, to: Any, places: Any, on: Any) -> Any:
    """Return (n,) for which cells the table holds, for any of the places, the time of this way."""
    fastest = np.zeros(len(cells), np.bool_)
    for i in range(len(cells)):
        for j in range(len(places)):
            if to[i] + on[j] == table[cells[i], places[j]]:
                fastest[i] = True
                break
    return fastest


@kernel
def shorten(table: Any, cells: Any, to: Any, places: Any, on: Any, reach: Any) -> None:
    """Take a way into the table where it is faster, and within reach."""
    for i in range(len(cells)):
        for j in range(len(places)):
            time, known = to[i] + on[j], table[cells[i], places[j]]
            if time <= reach and (known < 0 or time < known):
                table[cells[i], places[j]] = time


def _changed_chains(before: Roads, after: Roads) -> Flags:
    """Return the chains with any segment whose time or privacy has changed."""
    chain = before.shape.chains.chain[changed_segments(before.costs, after.costs)]
    flags = np.zeros(len(before.shape.chains.tail), dtype=bool)
    flags[chain[chain >= 0]] = True
    return flags
