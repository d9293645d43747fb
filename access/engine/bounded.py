"""Bounded: one search after another, each only as far as the limit (Dijkstra 1959).

For few places and short limits, where sweeping past all that is out of reach takes longer than
looking at what is in reach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from access.engine.chains import FAR, Ints
from access.engine.compiled import kernel
from access.engine.roads import Roads

STATE_BITS = 32
"""The queue holds numbers with tenths in the high bits and the state in the low ones."""

REACHED, LAID, SWEPT = 200, 60, 10
"""Nanoseconds, measured in Porto: for a state that is reached, for an item of a selection that is
laid out, and for one that is swept past. Only their ratios matter."""

ALL = 2**62
TRIED = 16
"""So many places are searched from before it is decided, but no more than every fourth."""


Seeds = tuple[Ints, Ints, Ints]
"""Place, state and tenths of each seed, by place."""


def fill_bounded(
    roads: Roads,
    states: Ints,
    times: Ints,
    seeds: Seeds,
    table: npt.NDArray[np.int32],
    limit: int,
    threads: int,
    always: bool = False,
) -> Iterator[int] | None:
    """Fill the table as `table.fill_rows` does, place by place; None where sweeping is faster.

    A few places are tried first: sweeping is faster if the others would reach more, at that rate,
    than the states that could be searched in its time (unless `always`). Yields how many places
    were done, again and again.
    """
    from access.engine.lanes import LANES

    arcs, places = roads.arcs, table.shape[1]
    items = roads.shape.phases.states + len(states)
    most = items * (LAID + SWEPT * -(-places // LANES)) // REACHED
    leaf_first, leaf, leaf_time = by_state(states, times, roads.shape.phases.states)
    place, state, start = seeds

    def reach(which: Ints, most: int) -> int:
        mine = np.isin(place, which)
        reached = search_bounded(
            arcs.first,
            arcs.target,
            arcs.time,
            leaf_first,
            leaf,
            leaf_time,
            place[mine],
            state[mine],
            start[mine],
            limit,
            most,
            table,
        )
        return int(reached)

    some = min(TRIED, -(-places // 4))
    tried = np.unique(np.linspace(0, places - 1, some).astype(np.int64))
    left = max(places - len(tried), len(tried))  # what was tried is done, unless all is swept
    if reach(tried, ALL if always else most * len(tried) // left) < 0:
        return None
    return _each_group(reach, tried, np.setdiff1d(np.arange(places), tried), threads)


def _each_group(
    reach: Callable[[Ints, int], int], tried: Ints, left: Ints, threads: int
) -> Iterator[int]:
    yield len(tried)
    groups = np.array_split(left, min(len(left), threads * 4)) if len(left) else []
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for group, _ in zip(groups, pool.map(lambda g: reach(g, ALL), groups), strict=True):
            yield len(group)


@kernel
def by_state(states: Any, times: Any, n: Any) -> Any:
    """Return the leaves of each state in rows: which leaf, and tenths; states (k, 2), -1: none."""
    first = np.zeros(n + 1, np.int32)
    for i in range(len(states)):
        for side in range(2):
            if states[i, side] >= 0:
                first[states[i, side] + 1] += 1
    for v in range(n):
        first[v + 1] += first[v]
    filled = first.copy()
    leaf = np.empty(first[n], np.int32)
    time = np.empty(first[n], np.int32)
    for i in range(len(states)):
        for side in range(2):
            v = states[i, side]
            if v >= 0:
                leaf[filled[v]] = i
                time[filled[v]] = times[i, side]
                filled[v] += 1
    return first, leaf, time


@kernel
def search_bounded(
    first: Any,
    target: Any,
    time: Any,
    leaf_first: Any,
    leaf_row: Any,
    leaf_time: Any,
    place: Any,
    state: Any,
    start: Any,
    limit: Any,
    most: Any,
    out: Any,
) -> Any:
    """Search from seeds, place by place, and write what is within reach to `out` (rows, places).

    first, target, time              rows of arcs by state
    leaf_first, leaf_row, leaf_time  rows of the leaves of each state: a row of `out`, and tenths
    place, state, start              the seeds, those of one place together

    Returns how many states were within reach, over all places; -1 if it stopped at `most`.
    """
    least = np.full(len(first) - 1, FAR, np.int32)
    touched = np.empty(len(first) - 1, np.int32)
    queue = np.empty(len(target) + 4, np.int64)
    reached, s = 0, 0
    while s < len(place):
        column, count, size = place[s], 0, 0
        while s < len(place) and place[s] == column:
            v, found = state[s], start[s]
            if found <= limit and found < least[v]:
                if least[v] == FAR:
                    touched[count] = v
                    count += 1
                least[v] = found
                size = push(queue, size, (np.int64(found) << STATE_BITS) + v)
            s += 1
        while size:
            tenth, v = queue[0] >> STATE_BITS, np.int32(queue[0] & 0x7FFFFFFF)
            size = pop(queue, size)
            if least[v] != tenth:
                continue  # it was reached sooner
            reached += 1
            if reached > most:
                return -1
            for a in range(leaf_first[v], leaf_first[v + 1]):
                found = tenth + leaf_time[a]
                known = out[leaf_row[a], column]
                if found <= limit and (known < 0 or found < known):
                    out[leaf_row[a], column] = found
            for a in range(first[v], first[v + 1]):
                found, w = tenth + time[a], target[a]
                if found <= limit and found < least[w]:
                    if least[w] == FAR:
                        touched[count] = w
                        count += 1
                    least[w] = found
                    size = push(queue, size, (np.int64(found) << STATE_BITS) + w)
        for i in range(count):
            least[touched[i]] = FAR
    return reached


@kernel
def push(queue: Any, size: Any, number: Any) -> Any:
    """Put a number into a heap of `size`; return its new size."""
    at = size
    while at and queue[(at - 1) >> 1] > number:
        queue[at] = queue[(at - 1) >> 1]
        at = (at - 1) >> 1
    queue[at] = number
    return size + 1


@kernel
def pop(queue: Any, size: Any) -> Any:
    """Take the least number out of a heap of `size`; return its new size."""
    size -= 1
    number, at = queue[size], 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and queue[child + 1] < queue[child]:
            child += 1
        if queue[child] >= number:
            break
        queue[at] = queue[child]
        at = child
    queue[at] = number
    return size
