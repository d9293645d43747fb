"""Walk: from choice to choice along the segments, to find the chains."""

from __future__ import annotations

from typing import Any

import numpy as np

from access.engine.compiled import kernel


@kernel
def walk(tail: Any, head: Any, usable: Any, choice: Any) -> Any:
    """Return, for `Chains`: chain, piece and turned of each segment, and the ends of each chain.

    `choice` (N,) marks nodes where chains must end, besides those where not just two usable
    segments meet. A ring without any such node begins and ends where its first segment does.
    """
    n, m = len(choice), len(tail)
    meet = np.zeros(n, np.int32)
    by = np.full((n, 2), -1, np.int32)
    for s in range(m):
        if usable[s]:
            for node in (tail[s], head[s]):
                if meet[node] < 2:
                    by[node, meet[node]] = s
                meet[node] += 1
    stop = choice.copy()
    for node in range(n):
        if meet[node] != 2:
            stop[node] = True

    chain = np.full(m, -1, np.int64)
    piece = np.zeros(m, np.int64)
    turned = np.zeros(m, np.bool_)
    begins = np.empty(m, np.int64)
    ends = np.empty(m, np.int64)
    count = 0
    for rings in (False, True):
        for s in range(m):
            if not usable[s] or chain[s] >= 0:
                continue
            if rings:
                stop[tail[s]] = True
            if not stop[tail[s]] and not stop[head[s]]:
                continue
            at = tail[s] if stop[tail[s]] else head[s]
            begins[count] = at
            step, length = s, 0
            while True:
                chain[step] = count
                piece[step] = length
                turned[step] = head[step] == at
                length += 1
                at = tail[step] if turned[step] else head[step]
                if stop[at]:
                    break
                step = by[at, 1] if by[at, 0] == step else by[at, 0]
            ends[count] = at
            count += 1
    return chain, piece, turned, begins[:count].copy(), ends[:count].copy()
