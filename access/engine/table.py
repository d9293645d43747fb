"""Table: tenths from each of many cells to each of many places, swept batch by batch."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from access.engine.chains import FAR, Ints, Points, runs
from access.engine.phases import NOWHERE, entries, exits
from access.engine.roads import Roads
from access.engine.selection import Selection, select

SHORT = 65_000
"""Limits up to so many tenths fit into lanes of 16 bits: twice as many places a sweep."""


def fill_table(
    roads: Roads,
    cells: Points,
    cell_legs: Ints,
    places: Points,
    place_legs: Ints,
    table: npt.NDArray[np.int32],
    limit: int | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write tenths from each cell to each place into a full (n, p) table, where there is a way.

    `table` must be contiguous; what has no way, or none within the limit, stays as it is.
    """
    n, p = table.shape
    assert table.flags.c_contiguous
    if n == 0 or p == 0:
        return
    if roads.shape.phases.states:
        _sweep_all(roads, cells, cell_legs, places, place_legs, table, limit, threads, progress)
    _take_shortcuts(table, cells, cell_legs, places, place_legs, _reach(limit))


def _reach(limit: int | None) -> int:
    return FAR - 1 if limit is None else limit


def _sweep_all(
    roads: Roads,
    cells: Points,
    cell_legs: Ints,
    places: Points,
    place_legs: Ints,
    table: npt.NDArray[np.int32],
    limit: int | None,
    threads: int | None,
    progress: Callable[[int, int], None] | None,
) -> None:
    from access.engine.lanes import LANES

    n, p = table.shape
    kind = np.uint16 if limit is not None and limit <= SHORT else np.int32
    lanes = LANES[np.dtype(kind).itemsize * 8]
    states, times = exits(roads.shape.phases, roads.links, cells)
    selection = select(
        roads.shape.hierarchy,
        roads.weighted,
        states,
        np.where(states == NOWHERE, FAR, times + cell_legs[:, None]),
        np.arange(n),
        kind,
        limit is not None,
    )
    seeds = _seeds(roads, places, place_legs)
    reach = _reach(limit)
    flat = table.reshape(-1)

    def batch(begin: int) -> int:
        used = int(min(lanes, p - begin))
        _sweep(roads, selection, seeds, kind, lanes, reach, flat, p, begin, used)
        return used

    begins = range(0, p, lanes)
    done = 0
    with ThreadPoolExecutor(max_workers=min(threads or _cores(), len(begins))) as pool:
        for used in pool.map(batch, begins):
            done += used
            if progress:
                progress(done, p)


def _seeds(roads: Roads, places: Points, legs: Ints) -> tuple[Ints, Ints, Ints]:
    """Return place, state number and tenths of all seeds, by place."""
    states, times = entries(roads.shape.phases, roads.links, places)
    place, column = np.nonzero(states != NOWHERE)
    number = roads.shape.hierarchy.number[states[place, column]].astype(np.int64)
    return place, number, times[place, column] + legs[place]


def _sweep(
    roads: Roads,
    selection: Selection,
    seeds: tuple[Ints, Ints, Ints],
    kind: Any,
    lanes: int,
    reach: int,
    out: npt.NDArray[np.int32],
    stride: int,
    begin: int,
    used: int,
) -> None:
    from access.engine.sweep import climb, sweep

    hierarchy, weighted = roads.shape.hierarchy, roads.weighted
    place, number, start = seeds
    mine = slice(*np.searchsorted(place, (begin, begin + used)))
    above, times = climb(
        hierarchy.parent,
        hierarchy.depth,
        weighted.up_first,
        weighted.up_upper,
        weighted.up_time,
        place[mine] - begin,
        number[mine],
        start[mine],
        lanes,
        np.full(len(hierarchy.number), -1, dtype=np.int32),
    )
    items = selection.state[above]
    on_the_way = items >= 0
    far = FAR if kind == np.int32 else np.iinfo(kind).max
    rows = np.full((int(on_the_way.sum()) + 1, lanes), far, dtype=np.int32)
    np.minimum(times[on_the_way], far, out=rows[1:])
    stack = aligned((hierarchy.deepest + 1) * lanes, kind)
    sweep(
        selection.depth,
        selection.first,
        selection.upper,
        selection.time,
        selection.row,
        selection.skip,
        selection.gate,
        selection.gate_first,
        selection.gate_upper,
        np.append(items[on_the_way], len(selection.depth)).astype(np.int64),
        rows.astype(kind).reshape(-1),
        reach,
        stack,
        out,
        stride,
        begin,
        used,
        lanes,
    )


def _take_shortcuts(
    table: npt.NDArray[np.int32],
    cells: Points,
    cell_legs: Ints,
    places: Points,
    place_legs: Ints,
    reach: int,
) -> None:
    """Trips along one chain need not go round its ends."""
    cell, place, time = runs(cells, places)
    time = time + cell_legs[cell] + place_legs[place]
    known = table[cell, place]
    better = (time <= reach) & ((known < 0) | (time < known))
    table[cell[better], place[better]] = time[better]


def aligned(size: int, kind: Any) -> npt.NDArray[Any]:
    """Return an array that begins where a cache line does; vectors then never cross one."""
    raw = np.empty(size * np.dtype(kind).itemsize + 64, dtype=np.uint8)
    offset = -raw.ctypes.data % 64
    return raw[offset : offset + size * np.dtype(kind).itemsize].view(kind)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
