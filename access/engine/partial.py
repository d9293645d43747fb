"""Partial customisation: what a few changed arcs can touch, and nothing else.

The same two passes as `customisation`, each over the states it must. Going up, an arc is looked at
again only if a triangle that made its time has become slower, or one has become faster than it.
Coming down, a state is looked at again if one of its own arcs has changed, or the true time between
two of its upward neighbours. What comes out equals a whole customisation to the last flag.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from access.engine.compiled import kernel
from access.engine.customisation import empty_matrices, settle


@kernel
def find(first: Any, upper: Any, state: Any, depth: Any) -> Any:
    """Return the arc from a state to its ancestor at a depth, -1 if there is none."""
    low, high = first[state], first[state + 1]
    while low < high:
        middle = (low + high) // 2
        if upper[middle] < depth:
            low = middle + 1
        else:
            high = middle
    return low if low < first[state + 1] and upper[low] == depth else -1


@kernel
def repair_basic(
    first: Any,
    upper: Any,
    above: Any,
    low_first: Any,
    low_arc: Any,
    low_state: Any,
    source: Any,
    changed: Any,
    given_up: Any,
    given_down: Any,
    up: Any,
    down: Any,
) -> Any:
    """Bring the basic times `up`, `down` in line with `given`, of which `changed` arcs are new.

    `source` is the state each changed arc rises from. Returns (n,) the states with any new time.
    """
    n = len(first) - 1
    dirty = np.zeros(len(upper), np.bool_)
    waiting = np.zeros(n, np.bool_)
    touched = np.zeros(n, np.bool_)
    for i in range(len(changed)):
        dirty[changed[i]] = True
        waiting[source[i]] = True
    for v in range(n - 1, -1, -1):
        if not waiting[v]:
            continue
        begin, end = first[v], first[v + 1]
        old_up, old_down = up[begin:end].copy(), down[begin:end].copy()
        for a in range(begin, end):
            if not dirty[a]:
                continue
            rise, fall = given_up[a], given_down[a]
            for i in range(low_first[v], low_first[v + 1]):
                b = find(first, upper, low_state[i], upper[a])
                if b >= 0:
                    c = low_arc[i]
                    rise = min(rise, down[c] + up[b])
                    fall = min(fall, down[b] + up[c])
            up[a], down[a] = rise, fall
            if rise != old_up[a - begin] or fall != old_down[a - begin]:
                touched[v] = True
        if not touched[v]:
            continue
        for a in range(begin + 1, end):
            new_a = up[a] != old_up[a - begin] or down[a] != old_down[a - begin]
            for b in range(begin, a):
                if not new_a and up[b] == old_up[b - begin] and down[b] == old_down[b - begin]:
                    continue
                c = find(first, upper, above[a], upper[b])
                was, now = old_down[a - begin] + old_up[b - begin], down[a] + up[b]
                again = now < up[c] or (was == up[c] and now > was)
                was, now = old_down[b - begin] + old_up[a - begin], down[b] + up[a]
                if again or now < down[c] or (was == down[c] and now > was):
                    dirty[c] = True
                    waiting[above[a]] = True
    return touched


@kernel
def repair_perfect(
    depth: Any,
    first: Any,
    upper: Any,
    above: Any,
    low_first: Any,
    low_state: Any,
    touched: Any,
    basic_up: Any,
    basic_down: Any,
    up: Any,
    down: Any,
    need_up: Any,
    need_down: Any,
) -> None:
    """Bring true times and needs in line with basic times that are new at the states `touched`."""
    rising, falling = empty_matrices(depth)
    for v in range(len(depth)):
        if not touched[v]:
            continue
        begin, end = first[v], first[v + 1]
        for a in range(begin + 1, end):
            c = first[above[a]]  # all upper ends of v above this one are upper ends of it
            for b in range(begin, a):
                while upper[c] < upper[b]:
                    c += 1
                rising[upper[a], upper[b]], falling[upper[a], upper[b]] = up[c], down[c]
        old_up, old_down = up[begin:end].copy(), down[begin:end].copy()
        up[begin:end], down[begin:end] = basic_up[begin:end], basic_down[begin:end]
        settle(begin, end, upper, rising, falling, up, down, need_up, need_down)
        for b in range(begin, end):
            if up[b] == old_up[b - begin] and down[b] == old_down[b - begin]:
                continue
            for i in range(low_first[v], low_first[v + 1]):
                below = low_state[i]
                touched[below] = touched[below] or find(first, upper, below, upper[b]) >= 0
