"""Elimination: in which order states leave the graph, and which arcs that adds.

States are removed one by one, always one with the fewest neighbours left (minimum degree:
Tinney & Walker 1967); its neighbours are joined to each other, so that paths through it stay.
The neighbours a state had when it left are its upward arcs, and the first of them to leave in
turn is its parent in the elimination tree. All upward neighbours of a state are its ancestors:
that is what the sweep lives on (Dibbelt, Strasser & Wagner 2016, section 3).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from access.engine.compiled import kernel

Int = npt.NDArray[np.int32]


@kernel
def eliminate(first: Any, head: Any) -> Any:
    """Return the order (n,), and per step the rows (n + 1,) and states of its upward arcs.

    `first`, `head`: symmetric compressed rows without loops or doubles.
    """
    n = len(first) - 1
    size = np.empty(n, np.int32)
    start = np.empty(n, np.int64)
    room = np.empty(n, np.int32)
    total = np.int64(0)
    for v in range(n):
        size[v] = first[v + 1] - first[v]
        room[v] = size[v] * 2 + 2
        start[v] = total
        total += room[v]
    pool = np.empty(total * 2 + 16, np.int32)
    for v in range(n):
        for i in range(size[v]):
            pool[start[v] + i] = head[first[v] + i]

    # One doubly linked list of states for each degree.
    top = np.full(n + 1, -1, np.int32)
    after = np.full(n, -1, np.int32)
    before = np.full(n, -1, np.int32)
    for v in range(n - 1, -1, -1):
        d = size[v]
        after[v] = top[d]
        if top[d] >= 0:
            before[top[d]] = v
        top[d] = v

    order = np.empty(n, np.int32)
    rows = np.zeros(n + 1, np.int64)
    fill = np.empty(max(len(head), 16), np.int32)
    seen = np.full(n, -1, np.int32)
    used, least, mark = np.int64(0), 0, 0
    for step in range(n):
        while top[least] < 0:
            least += 1
        v = top[least]
        top[least] = after[v]
        if after[v] >= 0:
            before[after[v]] = -1
        order[step] = v
        k = size[v]
        if used + k > len(fill):
            bigger = np.empty(2 * (used + k), np.int32)
            bigger[:used] = fill[:used]
            fill = bigger
        for i in range(k):
            fill[used + i] = pool[start[v] + i]
        for i in range(k):
            u = fill[used + i]
            s, c = start[u], size[u]
            for j in range(c):
                if pool[s + j] == v:
                    pool[s + j] = pool[s + c - 1]
                    break
            c -= 1
            if c < n - step - 2:  # else u is joined to all that are left
                if c + k - 1 > room[u]:
                    more = 2 * (c + k)
                    if total + more > len(pool):
                        wider = np.empty(2 * (total + more), np.int32)
                        wider[:total] = pool[:total]
                        pool = wider
                    for j in range(c):
                        pool[total + j] = pool[s + j]
                    start[u], room[u] = total, more
                    s = total
                    total += more
                mark += 1
                seen[u] = mark
                for j in range(c):
                    seen[pool[s + j]] = mark
                for j in range(k):
                    w = fill[used + j]
                    if seen[w] != mark:
                        pool[s + c] = w
                        c += 1
            old = size[u]
            if c != old:
                if before[u] >= 0:
                    after[before[u]] = after[u]
                else:
                    top[old] = after[u]
                if after[u] >= 0:
                    before[after[u]] = before[u]
                before[u] = -1
                after[u] = top[c]
                if top[c] >= 0:
                    before[top[c]] = u
                top[c] = u
                size[u] = c
                least = min(least, c)
        used += k
        rows[step + 1] = used
    return order, rows, fill[:used]


@kernel
def eliminate_along(order: Any, first: Any, head: Any, most: Any) -> Any:
    """Return what `eliminate` returns for a given order, and how deep its tree is.

    A state keeps those of its neighbours that leave later, and those of its children in the tree
    (symbolic factorisation: Davis 2006, section 4.3). An order that is none, or leads to more than
    `most` arcs, is told by a depth of -1.
    """
    n = len(order)
    rank = np.full(n, -1, np.int32)
    for step in range(n):
        v = order[step]
        if v < 0 or v >= n or rank[v] >= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int32), -1
        rank[v] = step
    parent = np.full(n, -1, np.int32)  # by rank
    child = np.full(n, -1, np.int32)
    sibling = np.full(n, -1, np.int32)
    seen = np.full(n, -1, np.int32)
    rows = np.zeros(n + 1, np.int64)
    fill = np.empty(max(len(head), 16), np.int32)
    used = np.int64(0)
    for step in range(n):
        v = order[step]
        seen[v] = step
        lowest = n
        below = -1  # first the neighbours of the state itself, then of its children
        while True:
            begin, end = (first[v], first[v + 1]) if below < 0 else (rows[below], rows[below + 1])
            if used + end - begin > len(fill):
                bigger = np.empty(2 * (used + end - begin), np.int32)
                bigger[:used] = fill[:used]
                fill = bigger
            for i in range(begin, end):
                u = head[i] if below < 0 else fill[i]
                if rank[u] > step and seen[u] != step:
                    seen[u] = step
                    fill[used] = u
                    used += 1
                    lowest = min(lowest, rank[u])
            below = child[step] if below < 0 else sibling[below]
            if below < 0:
                break
        rows[step + 1] = used
        if used > most:
            return np.zeros(0, np.int64), np.zeros(0, np.int32), -1
        if lowest < n:
            parent[step] = lowest
            sibling[step] = child[lowest]
            child[lowest] = step
    deepest = 0
    height = seen  # no longer needed: now how many states lie on the way to a root
    for step in range(n - 1, -1, -1):
        height[step] = 1 if parent[step] < 0 else height[parent[step]] + 1
        deepest = max(deepest, height[step])
    return rows, fill[:used], deepest


@kernel
def preorder(order: Any, rows: Any, fill: Any) -> Any:
    """Number the states depth first from the roots of the elimination tree.

    Returns `number` (n,) the new number of each state, and for the states in that order the
    `parent` (-1: a root), the `depth`, and compressed rows of upward arcs: the depths of their
    upper ends, ascending.
    """
    n = len(order)
    rank = np.empty(n, np.int32)
    for step in range(n):
        rank[order[step]] = step
    above = np.full(n, -1, np.int32)  # by rank
    child = np.full(n, -1, np.int32)
    sibling = np.full(n, -1, np.int32)
    for step in range(n):
        lowest = n
        for i in range(rows[step], rows[step + 1]):
            lowest = min(lowest, rank[fill[i]])
        if lowest < n:
            above[step] = lowest
            sibling[step] = child[lowest]
            child[lowest] = step

    number = np.empty(n, np.int32)
    parent = np.empty(n, np.int32)
    depth = np.empty(n, np.int32)
    by_rank = np.empty(n, np.int32)
    stack = np.empty(n, np.int32)
    count = 0
    for root in range(n - 1, -1, -1):
        if above[root] >= 0:
            continue
        stack[0] = root
        high = 1
        while high:
            high -= 1
            step = stack[high]
            up = above[step]
            by_rank[step] = count
            number[order[step]] = count
            parent[count] = by_rank[up] if up >= 0 else -1
            depth[count] = depth[by_rank[up]] + 1 if up >= 0 else 0
            count += 1
            below = child[step]
            while below >= 0:
                stack[high] = below
                high += 1
                below = sibling[below]

    first = np.zeros(n + 1, np.int64)
    for step in range(n):
        first[by_rank[step] + 1] = rows[step + 1] - rows[step]
    for v in range(n):
        first[v + 1] += first[v]
    upper = np.empty(len(fill), np.int32)
    for step in range(n):
        at = first[by_rank[step]]
        for i in range(rows[step], rows[step + 1]):
            upper[at] = depth[number[fill[i]]]
            at += 1
        upper[first[by_rank[step]] : at].sort()
    return number, parent, depth, first, upper


@kernel
def subtrees(parent: Any) -> Any:
    """Return, for states in preorder, the first number after each one's subtree."""
    n = len(parent)
    last = np.empty(n, np.int32)
    for v in range(n):
        last[v] = v + 1
    for v in range(n - 1, -1, -1):
        if parent[v] >= 0:
            last[parent[v]] = max(last[parent[v]], last[v])
    return last


@kernel
def lower_arcs(depth: Any, first: Any, upper: Any) -> Any:
    """Return the state above each arc; and per state the arcs that come up to it, in rows."""
    n = len(depth)
    above = np.empty(len(upper), np.int32)
    path = np.empty(n, np.int32)
    rows = np.zeros(n + 1, np.int64)
    for v in range(n):
        path[depth[v]] = v  # depth first: the path of the parent is still there
        for a in range(first[v], first[v + 1]):
            above[a] = path[upper[a]]
            rows[above[a] + 1] += 1
    for v in range(n):
        rows[v + 1] += rows[v]
    arcs = np.empty(len(upper), np.int32)
    states = np.empty(len(upper), np.int32)
    filled = rows.copy()
    for v in range(n):
        for a in range(first[v], first[v + 1]):
            at = filled[above[a]]
            arcs[at] = a
            states[at] = v
            filled[above[a]] += 1
    return above, rows, arcs, states
