"""Closest: the nearest of all places for everything that is asked for, in one pass.

All places begin at once; a number carries the time in its high bits and the place in its low ones,
so that the lesser number is the nearer place, and of two equally near the first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from access.engine.chains import FAR, Ints, runs
from access.engine.compiled import kernel
from access.engine.roads import Roads
from access.engine.selection import Selection, select
from access.engine.table import Ends, exits_of, seeds_of

PLACE_BITS = 24
NEVER = FAR << PLACE_BITS


def closest(
    roads: Roads, cells: Ends, places: Ends, rows: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return per row the tenths to the nearest place and its index; FAR and -1 without a way."""
    best = np.full(rows, NEVER, dtype=np.int64)
    if roads.shape.phases.states:
        states, times = exits_of(roads, cells, rows)
        selection = select(
            roads.shape.hierarchy, roads.weighted, states, times, np.int32, limited=False
        )
        closest_rows(roads, selection, places, best)
    at, to, time = runs(cells.points, places.points)
    time = time + cells.legs[at] + places.legs[to]
    np.minimum.at(best, cells.index[at], (time << PLACE_BITS) + places.index[to])
    return apart(best)


def closest_rows(roads: Roads, selection: Selection, places: Ends, best: Ints) -> None:
    """Write, for each row of a selection, time and place of the nearest place in one number."""
    hierarchy, weighted = roads.shape.hierarchy, roads.weighted
    place, state, start = seeds_of(roads, places)
    begin = np.full(len(hierarchy.number), NEVER, dtype=np.int64)
    np.minimum.at(begin, hierarchy.number[state], (start << PLACE_BITS) + place)
    stack = np.full(hierarchy.deepest + 1, NEVER, dtype=np.int64)
    rise(hierarchy.depth, weighted.up_first, weighted.up_upper, weighted.up_time, begin, stack)
    on_the_way = selection.state >= 0
    starts = np.full(len(selection.depth), NEVER, dtype=np.int64)
    starts[selection.state[on_the_way]] = begin[on_the_way]
    fall(
        selection.depth, selection.first, selection.upper, selection.time, selection.row,
        starts, stack, best,
    )  # fmt: skip


def apart(best: Ints) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Take numbers apart into tenths and place; FAR and -1 where there is no way."""
    time = np.minimum(best >> PLACE_BITS, FAR)
    place = np.where(time < FAR, best & ((1 << PLACE_BITS) - 1), -1)
    return time.astype(np.int32), place.astype(np.int32)


@kernel
def rise(depth: Any, first: Any, upper: Any, time: Any, begin: Any, stack: Any) -> None:
    """Search upward from all states at once; `begin` holds the seeds and takes what is found."""
    for v in range(len(depth) - 1, -1, -1):
        d = depth[v]
        best = min(begin[v], stack[d])
        stack[d] = NEVER
        begin[v] = best
        if best < NEVER:
            for a in range(first[v], first[v + 1]):
                e = upper[a]
                stack[e] = min(stack[e], best + (np.int64(time[a]) << PLACE_BITS))


@kernel
def fall(
    depth: Any, first: Any, upper: Any, time: Any, row: Any, starts: Any, stack: Any, best: Any
) -> None:
    """Go down over the items of a selection."""
    for item in range(len(depth)):
        found = starts[item]
        for a in range(first[item], first[item + 1]):
            found = min(found, stack[upper[a]] + (np.int64(time[a]) << PLACE_BITS))
        stack[depth[item]] = found
        if row[item] >= 0:
            best[row[item]] = found
