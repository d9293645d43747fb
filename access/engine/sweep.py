"""Sweep: from many places at once to everything that is asked for, down the elimination tree.

PHAST (Delling, Goldberg, Nowatzyk & Werneck 2011) on the elimination tree: climb from the places
to the roots, then go down over all states once. Depth first, the states above the current one
lie on a stack of one row each, and all its upward arcs lead into that stack: it stays in the
nearest cache while the arcs stream by. Each row holds one time for each of many places, the lanes.

What is asked for hangs in the tree as leaves: a cell's two arcs lead to the ends of its chain,
which are neighbours, so one is above the other and both lie on the stack when it is visited.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from access.engine.compiled import kernel
from access.engine.lanes import nearest, publish, relax, stream

SPARSE, WHOLE, STREAM = 0, 1, 2
"""How a sweep writes."""


@kernel
def climb(
    parent: Any,
    depth: Any,
    first: Any,
    upper: Any,
    time: Any,
    lane: Any,
    state: Any,
    start: Any,
    lanes: Any,
    far: Any,
) -> Any:
    """Search upward from seeds: lane, state and tenths each; those of one lane together.

    Returns the states above any seed, ascending, and (1 + states, lanes) tenths to them by upward
    arcs alone; row 0 is `far`, for no way.
    """
    slot = np.full(len(depth), -1, np.int32)
    count = 0
    above = np.empty(64, np.int32)
    for s in range(len(state)):
        v = state[s]
        while v >= 0 and slot[v] < 0:
            if count == len(above):
                wider = np.empty(2 * count, np.int32)
                wider[:count] = above
                above = wider
            slot[v] = 0
            above[count] = v
            count += 1
            v = parent[v]
    above = above[:count]
    above.sort()
    for i in range(count):
        slot[above[i]] = i + 1
    times = np.full((count + 1, lanes), far, np.int32)
    deepest = 0
    for s in range(len(state)):
        i = slot[state[s]]
        times[i, lane[s]] = min(times[i, lane[s]], start[s])
        deepest = max(deepest, depth[state[s]])
    least = np.empty(deepest + 1, np.int32)  # by depth, on the way from one seed to its root
    for s in range(len(state)):
        k = lane[s]
        v = state[s]
        while v >= 0:
            least[depth[v]] = times[slot[v], k]
            v = parent[v]
        v = state[s]
        while v >= 0:
            begin = least[depth[v]]
            times[slot[v], k] = begin
            if begin < far:
                for a in range(first[v], first[v + 1]):
                    least[upper[a]] = min(least[upper[a]], begin + time[a])
            v = parent[v]
    return above, times


@kernel
def sweep(
    depth: Any,
    first: Any,
    upper: Any,
    time: Any,
    row: Any,
    skip: Any,
    gate: Any,
    gate_first: Any,
    gate_upper: Any,
    seed: Any,
    seeds: Any,
    limit: Any,
    lanes: Any,
    stack: Any,
    out: Any,
    stride: Any,
    columns: Any,
    write: Any,
    nowhere: Any,
    visited: Any,
) -> Any:
    """Go down over the items of a selection, and write the times of those that have a row.

    depth, first, upper, time  the items in preorder and their arcs
    row      the row of `out` each item writes, -1: none
    gate     the number of an item's gate, -1: none (empty: no gates); a gate's rows of `gate_upper`
             are the depths through which alone its subtree can be reached, `skip` where that
             subtree ends
    seed     items with a seed, ascending, and one number after all items; their rows of `seeds`
             follow row 0, which says that nothing is reached yet
    limit    two times: gates stay shut beyond the first, nothing beyond the second is written
    stack    flat, `lanes` to a row
    out      flat, rows `stride` apart, of which each lane writes one of `columns`
    write    SPARSE: only what is within the limit; WHOLE: all, `nowhere` for what is beyond it,
             to columns side by side; STREAM: likewise, all lanes, rows on cache lines
    visited  where it is not empty, rows are written one after the other as they are visited, and
             it takes which they are

    Returns how many rows were visited.
    """
    used = len(columns)
    item, coming, count = 0, 0, 0
    while item < len(depth):
        if len(gate) and gate[item] >= 0:
            g = gate[item]
            if (
                seed[coming] >= skip[g]
                and nearest(stack, gate_upper, gate_first[g], gate_first[g + 1]) > limit[0]
            ):
                item = skip[g]
                continue
        start = 0
        if seed[coming] == item:
            coming += 1
            start = coming
        d = np.int64(depth[item])
        relax(stack, d, seeds, start, upper, time, first[item], first[item + 1])
        if row[item] >= 0:
            at = np.int64(row[item])
            if len(visited):
                visited[count] = row[item]
                at = count
            count += 1
            at *= stride
            if write == STREAM:
                stream(stack, d, limit[1], out, at + columns[0], nowhere)
            elif write == WHOLE and used == lanes:
                publish(stack, d, limit[1], out, at + columns[0], nowhere)
            else:
                for k in range(used):
                    found = stack[d * lanes + k]
                    if found <= limit[1]:
                        out[at + columns[k]] = found
                    elif write == WHOLE:
                        out[at + columns[k]] = nowhere
        item += 1
    return count
