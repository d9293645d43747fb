"""Customisation: the weights of all arcs of the hierarchy, for one set of costs.

Basic customisation makes every arc as fast as the fastest way through states that left before
both its ends (lower triangles); perfect customisation then makes it the true shortest time, and
tells which arcs nobody needs, because a way over other arcs is as fast (Dibbelt, Strasser & Wagner
2016, sections 5 and 6).

Both walk the elimination tree depth first. The arcs between the states of the current path from
the root lie in a square matrix, by the depths of their ends: no arc must ever be looked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from access.engine.chains import FAR
from access.engine.compiled import kernel


@kernel
def make_basic(depth: Any, first: Any, upper: Any, up: Any, down: Any) -> None:
    """Make the times of upward arcs basic, in place: `up` from the state, `down` to it."""
    rising, falling = empty_matrices(depth)
    for v in range(len(depth) - 1, -1, -1):
        d = depth[v]
        begin, end = first[v], first[v + 1]
        for a in range(begin, end):
            e = upper[a]
            up[a] = min(up[a], rising[d, e])
            down[a] = min(down[a], falling[d, e])
            rising[d, e] = FAR
            falling[d, e] = FAR
        for a in range(begin + 1, end):
            low = upper[a]
            to_low, from_low = up[a], down[a]
            for b in range(begin, a):
                high = upper[b]
                rising[low, high] = min(rising[low, high], from_low + up[b])
                falling[low, high] = min(falling[low, high], down[b] + to_low)


@kernel
def make_perfect(depth: Any, first: Any, upper: Any, up: Any, down: Any) -> Any:
    """Make basic times the true ones, in place.

    Returns (arcs,) flags of the arcs that searches need: going up, and coming down.
    """
    rising, falling = empty_matrices(depth)
    need_up = np.empty(len(upper), np.bool_)
    need_down = np.empty(len(upper), np.bool_)
    for v in range(len(depth)):
        settle(first[v], first[v + 1], upper, rising, falling, up, down, need_up, need_down)
        for a in range(first[v], first[v + 1]):
            rising[depth[v], upper[a]] = up[a]
            falling[depth[v], upper[a]] = down[a]
    return need_up, need_down


@kernel
def empty_matrices(depth: Any) -> Any:
    """Return room for the times from the lower of two states on a path, and to it, by depths."""
    deepest = 0
    for v in range(len(depth)):
        deepest = max(deepest, depth[v] + 1)
    rising = np.full((deepest, deepest), FAR, np.int32)
    return rising, rising.copy()


@kernel
def settle(
    begin: Any,
    end: Any,
    upper: Any,
    rising: Any,
    falling: Any,
    up: Any,
    down: Any,
    need_up: Any,
    need_down: Any,
) -> None:
    """Make the times of one state's arcs true, given the true times among their upper ends."""
    for a in range(begin, end):
        need_up[a] = True
        need_down[a] = True
    for a in range(begin + 1, end):
        low = upper[a]
        for b in range(begin, a):
            high = upper[b]
            rise, fall = rising[low, high], falling[low, high]
            # Of two ways equally fast the one over the nearer ancestor stays. Where the step
            # between the ancestors takes no time both stay, lest each give way to the other.
            time = up[a] + rise
            if time < up[b] or (time == up[b] and rise > 0):
                up[b] = time
                need_up[b] = False
            time = up[b] + fall
            if time < up[a] or (time == up[a] and fall > 0):
                up[a] = time
                need_up[a] = False
            time = fall + down[a]
            if time < down[b] or (time == down[b] and fall > 0):
                down[b] = time
                need_down[b] = False
            time = rise + down[b]
            if time < down[a] or (time == down[a] and rise > 0):
                down[a] = time
                need_down[a] = False
    for a in range(begin, end):
        need_up[a] = need_up[a] and up[a] < FAR
        need_down[a] = need_down[a] and down[a] < FAR


@kernel
def compact(first: Any, upper: Any, need: Any, time: Any) -> Any:
    """Return the rows, upper ends and times of the arcs that are needed."""
    count = 0
    for a in range(len(need)):
        count += need[a]
    rows = np.empty(len(first), np.int64)
    ends = np.empty(count, np.int32)
    times = np.empty(count, np.int32)
    at = 0
    for v in range(len(first) - 1):
        rows[v] = at
        for a in range(first[v], first[v + 1]):
            if need[a]:
                ends[at] = upper[a]
                times[at] = time[a]
                at += 1
    rows[len(first) - 1] = at
    return rows, ends, times
