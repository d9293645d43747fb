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
from access.engine.lanes import lowest, nearest, publish, push, relax, stream, within


@kernel
def climb(
    parent: Any,
    depth: Any,
    first: Any,
    upper: Any,
    time: Any,
    item: Any,
    items: Any,
    state: Any,
    lane: Any,
    start: Any,
    lanes: Any,
    stack: Any,
    limit: Any,
    far: Any,
) -> Any:
    """Search upward from seeds, no farther than a limit: state, ascending, lane and tenths each.

    `item` is the item of each state in a selection of so many `items`. Returns the items above any
    seed, ascending, and after them `items`; and rows of tenths to them by upward arcs alone, flat,
    of the type of `stack`, after one that is `far`, for no way.
    """
    last = len(state) - 1
    lowest = state[last] if last >= 0 else np.int32(-1)
    count, v, s = 0, lowest, last
    while v >= 0:  # against preorder: what lies below a state comes before it
        count += item[v] >= 0
        while s >= 0 and state[s] == v:
            s -= 1
        v = parent[v] if s < 0 else max(parent[v], state[s])
    above = np.empty(count + 1, np.int64)
    above[count] = items
    times = np.empty((count + 1) * lanes, stack.dtype)
    times[:lanes] = far
    v, s = lowest, last
    if v >= 0:
        stack[: (depth[v] + 1) * lanes] = far
    while v >= 0:
        d = np.int64(depth[v])
        while s >= 0 and state[s] == v:
            at = d * lanes + lane[s]
            if start[s] < stack[at]:
                stack[at] = start[s]
            s -= 1
        if item[v] >= 0:
            publish(stack, d, far, times, count * lanes, far)
            count -= 1
            above[count] = item[v]
        if within(stack, d, limit):
            push(stack, d, upper, time, first[v], first[v + 1])
        v = parent[v]
        if s >= 0 and state[s] > v:  # another branch, whose rows nothing has been pushed to yet
            v = state[s]
            stack[d * lanes : (depth[v] + 1) * lanes] = far
    return above, times


@kernel
def sweep(
    depth: Any,
    first: Any,
    upper: Any,
    time: Any,
    row: Any,
    seed: Any,
    seeds: Any,
    lanes: Any,
    stack: Any,
    bound: Any,
    out: Any,
    stride: Any,
    column: Any,
    used: Any,
    past: Any,
    nowhere: Any,
) -> None:
    """Go down over the items of a selection, and write the times of those that have a row.

    depth, first, upper, time  the items in preorder and their arcs
    row      the row of `out` each item writes, -1: none
    seed     items with a seed, ascending, and one number after all items; their rows of `seeds`
             follow row 0, which says that nothing is reached yet
    stack    flat, `lanes` to a row
    out      flat, rows `stride` apart, of which the first `used` lanes write one column each from
             `column` on: the time, or `nowhere` beyond `bound`; past the cache where `past` says
             that all lanes are used and rows begin where cache lines do
    """
    coming = 0
    for item in range(len(depth)):
        start = 0
        if seed[coming] == item:
            coming += 1
            start = coming
        d = np.int64(depth[item])
        relax(stack, d, seeds, start, upper, time, first[item], first[item + 1])
        if row[item] >= 0:
            at = np.int64(row[item]) * stride + column
            if past:
                stream(stack, d, bound, out, at, nowhere)
            elif used == lanes:
                publish(stack, d, bound, out, at, nowhere)
            else:
                for k in range(used):
                    found = stack[d * lanes + k]
                    out[at + k] = found if found <= bound else nowhere


@kernel
def sweep_within(
    depth: Any,
    first: Any,
    upper: Any,
    time: Any,
    row: Any,
    gate: Any,
    skip: Any,
    beyond: Any,
    gate_first: Any,
    gate_upper: Any,
    seed: Any,
    seeds: Any,
    lanes: Any,
    stack: Any,
    limit: Any,
    out: Any,
    stride: Any,
    columns: Any,
    visited: Any,
    nowhere: Any,
) -> Any:
    """Like `sweep`, but pass over what lies beyond a limit, and write what lies within it.

    gate     items with a gate, ascending, and one number after all items; rows of `gate_upper` are
             the depths through which alone their subtrees can be reached, `skip` is where these
             end, and `beyond` the first gate there
    columns  of `out`, one for each lane that is used
    visited  where it is not empty, rows with a time within the limit are written whole, `nowhere`
             beyond it, one after the other, and it takes which they are

    Returns how many rows were visited.
    """
    item, coming, count, g = 0, 0, 0, 0
    while item < len(depth):
        while item < gate[g]:
            start = 0
            if seed[coming] == item:
                coming += 1
                start = coming
            d = np.int64(depth[item])
            relax(stack, d, seeds, start, upper, time, first[item], first[item + 1])
            if row[item] >= 0:
                found = within(stack, d, limit)
                if found and len(visited):
                    visited[count] = row[item]
                    publish(stack, d, limit, out, count * lanes, nowhere)
                    count += 1
                else:
                    at = np.int64(row[item]) * stride
                    while found:
                        lane = lowest(found)
                        out[at + columns[lane]] = stack[d * lanes + lane]
                        found &= found - np.uint64(1)
            item += 1
        if item < len(depth):
            shut = seed[coming] >= skip[g]
            if shut and nearest(stack, gate_upper, gate_first[g], gate_first[g + 1]) > limit:
                item, g = skip[g], beyond[g]
            else:
                g += 1
    return count
