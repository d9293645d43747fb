"""Bounded: one search after another, each only as far as the limit (Dijkstra 1959).

For few places and short limits, where sweeping past all that is out of reach takes longer than
looking at what is in reach.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from access.engine.chains import FAR
from access.engine.compiled import kernel

STATE_BITS = 32
"""The queue holds numbers with tenths in the high bits and the state in the low ones."""


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
    out: Any,
) -> Any:
    """Search from seeds, place by place, and write what is within reach to `out` (rows, places).

    first, target, time              rows of arcs by state
    leaf_first, leaf_row, leaf_time  rows of the leaves of each state: a row of `out`, and tenths
    place, state, start              the seeds, those of one place together

    Returns how many states were within reach, over all places.
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
