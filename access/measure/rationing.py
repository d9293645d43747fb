"""Rationing: seats shared out among learners, as many as can be used and as evenly as can be.

Nobody comes first: of all ways to seat as many as can be, the one whose least share is greatest,
then the next least, and so on. There is one such answer (Megiddo 1974, "Optimal flows in networks
with multiple sources and sinks"; Fujishige 1980, "Lexicographically optimal base of a
polymatroid"), however ties are broken and rows are ordered, and it is found by parting: where
seats do not suffice to give all the same share, a minimum cut shows who must do with less and
which seats are theirs alone; both sides are parted further, by themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from access.measure.pairs import Floats, Sparse

Bits = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

_WHOLE = 2**30
"""Flows are whole numbers of 32 bits: the learners or seats of a part are so many units."""
_DUST = 1e-9
"""A lack of so small a share of the learners is what rounding leaves."""
_BLOCK = 2**24


def seated_shares(reach: Sparse, people: Floats, room: Floats) -> Floats:
    """Return the share of each cell's people who get a seat, (n,) from 0 to 1.

    `reach` (n, p) has an entry wherever a cell reaches a place, near or far; `people` (n,) and
    `room` (p,) may be parts of whole ones. Flows are counted in whole units, a billionth of the
    learners each.

    >>> from scipy.sparse import csr_array
    >>> reach = csr_array([[1, 0], [1, 1], [0, 0]])
    >>> seated_shares(reach, np.array([4.0, 2, 3]), np.array([1.0, 5])).tolist()
    [0.25, 1.0, 0.0]
    """
    from scipy.sparse import csr_array

    share = np.zeros(len(people))
    open_ = np.flatnonzero(room > 0)
    near = csr_array(csr_array(reach)[:, open_])
    lives = np.flatnonzero((np.diff(near.indptr) > 0) & (people > 0))
    if not len(lives):
        return share
    near = csr_array(near[lives])
    first, group = _alike(near)
    size = np.bincount(group, weights=people[lives], minlength=len(first))
    near, of_groups = csr_array(near[first]), np.zeros(len(first))
    parts: list[tuple[Index, Index]] = [(np.arange(len(first)), np.arange(len(open_)))]
    while parts:
        cells, places = parts.pop()
        if not len(places):
            continue
        here = csr_array(csr_array(near[cells])[:, places])
        learners, seats = size[cells], room[open_[places]]
        level = min(1.0, float(seats.sum() / learners.sum()))
        poor, theirs = _lacking(here, np.multiply(level, learners), seats)
        if not poor.any():
            of_groups[cells] = level
            continue
        parts.append((cells[poor], places[theirs]))
        if not poor.all():
            parts.append((cells[~poor], places[~theirs]))
    share[lives] = of_groups[group]
    return share


def _lacking(reach: Sparse, wanted: Floats, seats: Floats) -> tuple[Bits, Bits]:
    """Return the cells that together lack the most seats, (n,), and the places they reach, (p,).

    No cell, if all can have what is wanted.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    n, p = reach.shape
    unit, useful = _WHOLE / wanted.sum(), np.minimum(seats, wanted.sum())
    asked, there = (np.rint(unit * numbers).astype(np.int32) for numbers in (wanted, useful))
    cell = np.repeat(np.arange(n), np.diff(reach.indptr))
    source, sink = n + p, n + p + 1
    begin = np.concatenate([np.full(n, source), cell, np.arange(n, n + p)])
    end = np.concatenate([np.arange(n), n + reach.indices, np.full(p, sink)])
    most = np.concatenate([asked, asked[cell], there])
    where = begin.astype(np.int32), end.astype(np.int32)
    pipes: Any = csr_array((most, where), shape=(n + p + 2, n + p + 2))
    free = pipes - maximum_flow(pipes, source, sink).flow
    free.eliminate_zeros()
    seen = np.zeros(n + p + 2, dtype=np.bool_)
    seen[breadth_first_order(free, source, return_predecessors=False)] = True
    poor, theirs = seen[:n], seen[n : n + p]
    lack = wanted[poor].sum() - seats[theirs].sum()
    if lack <= _DUST * wanted.sum():
        poor[:] = False
    return poor, theirs


def _alike(reach: Sparse) -> tuple[Index, Index]:
    """Return the first row of each set of equal rows, and the set of each row."""
    n, p = reach.shape
    wide = -(-p // 8)
    bits = np.empty((n, wide), np.uint8)
    rows = max(1, _BLOCK // p)
    for begin in range(0, n, rows):
        some = reach[begin : begin + rows]
        marks = np.zeros(some.shape, dtype=np.bool_)
        marks[np.repeat(np.arange(len(marks)), np.diff(some.indptr)), some.indices] = True
        bits[begin : begin + rows] = np.packbits(marks, axis=1)
    whole = bits.view(np.dtype((np.void, wide))).ravel()
    _, first, group = np.unique(whole, return_index=True, return_inverse=True)
    return first, group.ravel()
