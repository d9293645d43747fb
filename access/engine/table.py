"""Table: tenths from each of many cells to each of many places, swept batch by batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from access.engine.bounded import Seeds, fill_bounded
from access.engine.chains import FAR, Ints, Points, runs
from access.engine.phases import NOWHERE
from access.engine.roads import Roads
from access.engine.selection import Selection, select
from access.network.costs import tenths
from access.network.snap import Snaps

SHORT = 65_000
"""Limits up to so many tenths fit into lanes of 16 bits: half the registers and half the stack."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the times of one batch go; see `sweep.sweep_within`. `count` takes how many came."""

    out: npt.NDArray[Any]
    stride: int
    columns: Ints
    nowhere: int
    visited: npt.NDArray[np.int32] | None = None
    count: list[int] = field(default_factory=list)

    @property
    def past(self) -> bool:
        """Whether all lanes are used, and rows begin where cache lines do."""
        from access.engine.lanes import LANES, LINE

        size = self.out.itemsize
        begin = self.out.ctypes.data + int(self.columns[0]) * size
        return len(self.columns) == LANES and begin % LINE == 0 and self.stride * size % LINE == 0


@dataclass(frozen=True, slots=True)
class Ends:
    """Points on the streets that are asked about.

    index  (k,) their rows, or columns, of the table;  legs  (k,) tenths to the streets
    """

    index: Ints
    points: Points
    legs: Ints

    @classmethod
    def of(cls, roads: Roads, snaps: Snaps) -> Ends:
        """Return the snaps that are on the streets."""
        index = np.flatnonzero(snaps.on)
        on = snaps if len(index) == len(snaps.segment) else snaps.take(index)
        return cls(index, roads.points(on), tenths(on.metres / roads.costs.walk_ms))


def fill_table(
    roads: Roads,
    cells: Ends,
    places: Ends,
    table: npt.NDArray[np.int32],
    limit: int | None = None,
    nowhere: int = -1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write tenths from each cell to each place into a contiguous (n, p) table.

    Without a limit the whole table is written, `nowhere` where there is no way. With a limit only
    what lies within it is written, and the rest stays as it is.
    """
    n, p = table.shape
    assert table.flags.c_contiguous
    if n == 0 or p == 0:
        return
    states, times = exits_of(roads, cells, n)
    seeds = seeds_of(roads, places)
    fill_rows(roads, states, times, seeds, table, limit, nowhere, threads, progress)
    _take_shortcuts(table, cells, places, reach_of(limit))


def exits_of(roads: Roads, cells: Ends, rows: int) -> tuple[Ints, Ints]:
    """Return (rows, 2) exit states of cells, and tenths with their legs."""
    at, time = roads.exits(cells.points)
    time = np.where(at == NOWHERE, FAR, time + cells.legs[:, None])
    if len(cells.index) == rows:
        return at, time
    states, times = (np.full((rows, 2), none, dtype=np.int64) for none in (NOWHERE, FAR))
    states[cells.index], times[cells.index] = at, time
    return states, times


def fill_rows(
    roads: Roads,
    states: Ints,
    times: Ints,
    seeds: Seeds,
    table: npt.NDArray[np.int32],
    limit: int | None = None,
    nowhere: int = -1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the least of each row's two states and tenths; (n, 2), NOWHERE for one too many."""
    p = table.shape[1]
    if not roads.shape.phases.states:
        if limit is None:
            table[:] = nowhere
        return
    done, filled = 0, None
    if limit is not None:
        filled = fill_bounded(roads, states, times, seeds, table, limit, threads or cores())
    if filled is None:
        filled = sweep_rows(roads, states, times, seeds, table, limit, nowhere, threads)
    for used in filled:
        done += used
        if progress:
            progress(done, p)


def sweep_rows(
    roads: Roads,
    states: Ints,
    times: Ints,
    seeds: Seeds,
    table: npt.NDArray[np.int32],
    limit: int | None,
    nowhere: int,
    threads: int | None,
) -> Iterator[int]:
    """Fill the table by sweeps; yields how many places each has done."""
    from access.engine.lanes import LANES

    p = table.shape[1]
    kind = np.uint16 if limit is not None and limit <= SHORT else np.int32
    selection = select(
        roads.shape.hierarchy, roads.weighted, states, times, kind, limit is not None
    )
    order = np.arange(p)
    if limit is None:
        table[~selection.hung] = nowhere
    else:  # neighbours together: most of the city is beyond the limit of all
        order, seeds = by_neighbourhood(roads, seeds, p)
    flat = table.reshape(-1)

    def target(begin: int) -> Target:
        return Target(flat, p, order[begin : begin + LANES], nowhere)

    yield from each_batch(roads, selection, seeds, p, kind, limit, target, threads)


def reach_of(limit: int | None) -> int:
    return FAR - 1 if limit is None else limit


def by_neighbourhood(roads: Roads, seeds: Seeds, places: int) -> tuple[Ints, Seeds]:
    """Return places in the order of the tree they begin in, and their seeds, renumbered.

    Those of one batch are left as they are.
    """
    from access.engine.lanes import LANES

    if places <= LANES:
        return np.arange(places), seeds
    place, state, start = seeds
    begin = np.full(places, np.iinfo(np.int64).max)
    np.minimum.at(begin, place, roads.shape.hierarchy.number[state])
    order = np.argsort(begin, kind="stable")
    rank = np.empty(places, dtype=np.int64)
    rank[order] = np.arange(places)
    by = np.argsort(rank[place], kind="stable")
    return order, (rank[place][by], state[by], start[by])


def seeds_of(roads: Roads, places: Ends) -> Seeds:
    """Return place, state and tenths of all seeds, by place."""
    states, times = roads.entries(places.points)
    at, column = np.nonzero(states != NOWHERE)
    return places.index[at], states[at, column], times[at, column] + places.legs[at]


def each_batch(
    roads: Roads,
    selection: Selection,
    seeds: Seeds,
    places: int,
    kind: Any,
    limit: int | None,
    target: Callable[[int], Target],
    threads: int | None,
) -> Iterator[int]:
    """Sweep as many places at a time as there are lanes; yields how many after each batch.

    `target` says, for the first place of a batch, where its times go.
    """
    from access.engine.lanes import LANES

    def batch(begin: int) -> int:
        used = int(min(LANES, places - begin))
        _sweep(roads, selection, seeds, kind, limit, begin, used, target(begin))
        return used

    begins = range(0, places, LANES)
    workers = min(threads or cores(), len(begins))
    if workers <= 1:
        yield from map(batch, begins)
        return
    with ThreadPoolExecutor(max_workers=workers) as pool:
        yield from pool.map(batch, begins)


def _sweep(
    roads: Roads,
    selection: Selection,
    seeds: Seeds,
    kind: Any,
    limit: int | None,
    begin: int,
    used: int,
    target: Target,
) -> None:
    from access.engine.lanes import LANES
    from access.engine.sweep import climb, sweep, sweep_within

    hierarchy, weighted = roads.shape.hierarchy, roads.weighted
    number_of = np.dtype(kind).type
    far = number_of(FAR if kind == np.int32 else np.iinfo(kind).max)
    most = number_of(reach_of(limit))
    stack = aligned((hierarchy.deepest + 1) * LANES, kind)
    place, state, start = seeds
    mine = slice(*np.searchsorted(place, (begin, begin + used)))
    number = hierarchy.number[state[mine]]
    by = np.argsort(number, kind="stable")
    seed, seeds_at = climb(
        hierarchy.parent,
        hierarchy.depth,
        weighted.up_first,
        weighted.up_upper,
        weighted.up_time,
        selection.state,
        len(selection.depth),
        number[by],
        place[mine][by] - begin,
        start[mine][by],
        LANES,
        stack,
        most,
        far,
    )
    s = selection
    tree = s.depth, s.first, s.upper, s.time, s.row
    search = seed, seeds_at, LANES, stack
    word = target.out.dtype.type(target.nowhere)
    if limit is None:
        out = target.out, target.stride, int(target.columns[0]), used, target.past, word
        sweep(*tree, *search, most, *out)
        return
    visited = np.empty(0, dtype=np.int32) if target.visited is None else target.visited
    count = sweep_within(
        *tree,
        s.gate,
        s.skip,
        s.beyond,
        s.gate_first,
        s.gate_upper,
        *search,
        most,
        target.out,
        target.stride,
        target.columns,
        visited,
        word,
    )
    target.count.append(count)


def _take_shortcuts(table: npt.NDArray[np.int32], cells: Ends, places: Ends, reach: int) -> None:
    """Trips along one chain need not go round its ends."""
    at, to, time = runs(cells.points, places.points)
    time = time + cells.legs[at] + places.legs[to]
    cell, place = cells.index[at], places.index[to]
    known = table[cell, place]
    better = (time <= reach) & ((known < 0) | (time < known))
    table[cell[better], place[better]] = time[better]


def aligned(size: int, kind: Any) -> npt.NDArray[Any]:
    """Return an array that begins where a cache line does; vectors then never cross one."""
    raw = np.empty(size * np.dtype(kind).itemsize + 64, dtype=np.uint8)
    offset = -raw.ctypes.data % 64
    return raw[offset : offset + size * np.dtype(kind).itemsize].view(kind)


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
