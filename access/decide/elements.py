"""Elements: what there is to win, each by opening any one of some candidates.

Covering people within a limit, shortening the way to the nearest place and gains that fade with
the way are one thing: a cell's gain is that of the best place open to it, so it falls into steps,
and a step is won as soon as one of the candidates that reach it opens. Steps with the same
candidates are merged, whatever cells they are of: 100,000 cells of a city come to a few thousand.
(Cornuéjols, Nemhauser, Wolsey 1980; García, Labbé, Marín 2011 for the p-median.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Elements:
    """Elements over candidates.

    who     (e, m) sparse ones: the candidates that win each element
    weight  (e,) what it is worth, above 0
    """

    who: Any
    weight: Floats

    def __len__(self) -> int:
        return len(self.weight)

    def won(self, chosen: npt.NDArray[np.int64]) -> float:
        """Return the weight that a choice wins."""
        x = np.zeros(self.who.shape[1])
        x[chosen] = 1.0
        return float(self.weight[self.who @ x > 0].sum())


def merge(table: Bools, weight: Floats) -> Elements:
    """Return the elements of a dense (n, m) table: alike rows merged, those of nobody left out.

    >>> table = np.array([[True, False], [True, False], [False, False]])
    >>> merge(table, np.array([2.0, 3.0, 9.0])).weight.tolist()
    [5.0]
    """
    from scipy.sparse import csr_array

    wanted = (weight > 0) & table.any(axis=1)
    rows, value = table[wanted], weight[wanted]
    packed = np.packbits(rows, axis=1)
    first, member = _alike(packed)
    return Elements(csr_array(rows[first], dtype=np.float64), _sums(member, value, len(first)))


def steps(gain: Floats, people: Floats, most: int | None = None) -> tuple[Elements, Floats]:
    """Return the elements of gains (n, m), what a person of each cell has from each candidate.

    Gains are not negative; 0 is what a cell has without any of them. With `most`, only so many of
    the best candidates of each cell are told apart: all others are taken to give what the next
    one does, which is never less than the truth. The second answer, (n,), is that constant.
    """
    from scipy.sparse import csr_array

    n, m = gain.shape
    kept = m if most is None else min(most, m)
    order = np.argsort(-gain, axis=1, kind="stable")
    level = np.take_along_axis(gain, order, axis=1)
    rest = level[:, kept] if kept < m else np.zeros(n)
    order, level = order[:, :kept], level[:, :kept]
    below = np.column_stack([level[:, 1:], rest])
    worth = (level - below) * people[:, None]
    sums = [np.cumsum(bits[order], axis=1, dtype=np.uint64) for bits in _random_bits(m)]
    cell, depth = np.nonzero(worth > 0)
    keys = np.column_stack([s[cell, depth] for s in sums])
    first, member = _alike(keys)
    weight = _sums(member, worth[cell, depth], len(first))
    size = depth[first] + 1
    begin = np.concatenate([[0], np.cumsum(size)])
    within = np.arange(begin[-1]) - np.repeat(begin[:-1], size)
    columns = order[np.repeat(cell[first], size), within]
    who = csr_array((np.ones(len(columns)), columns, begin), shape=(len(first), m))
    who.sort_indices()
    return Elements(who, weight), rest


def _sums(member: npt.NDArray[np.int64], weight: Floats, kinds: int) -> Floats:
    """Return the sum of the weights of each kind; of none at all, bincount makes whole numbers."""
    return np.bincount(member, weights=weight, minlength=kinds).astype(np.float64)


def _alike(rows: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the first of each kind of rows, and the kind of every row; in order of appearance."""
    if len(rows) == 0:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing
    rows = np.ascontiguousarray(rows)
    whole = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))[:, 0]
    _, first, member = np.unique(whole, return_index=True, return_inverse=True)
    place = np.argsort(first, kind="stable")
    rank = np.empty_like(place)
    rank[place] = np.arange(len(place))
    return first[place], rank[member]


def reduce(
    elements: Elements, worth: Floats, shut: Bools, opened: Bools
) -> tuple[Elements, Floats, float]:
    """Return what is left to win once some candidates are shut for good and some open for good.

    The elements, merged anew; what each candidate adds alone, (m,), with the elements that are its
    own; and what is won already.
    """
    from scipy.sparse import csr_array

    who = elements.who
    m = who.shape[1]
    sure = who @ opened.astype(np.float64) > 0
    row = np.repeat(np.arange(len(elements)), np.diff(who.indptr))
    stays = ~sure[row] & ~shut[who.indices]
    row, column = row[stays], who.indices[stays]
    size = np.bincount(row, minlength=len(elements))
    single = size[row] == 1
    alone = worth + np.bincount(column[single], weights=elements.weight[row[single]], minlength=m)
    left = np.flatnonzero(size > 1)
    row, column = row[~single], column[~single]
    begin = np.concatenate([[0], np.cumsum(size[left])]).astype(np.int64)
    if len(left) == 0:
        nothing = Elements(csr_array((0, m), dtype=np.float64), np.zeros(0))
        return nothing, alone, float(elements.weight[sure].sum())
    keys = np.column_stack([np.add.reduceat(bits[column], begin[:-1]) for bits in _random_bits(m)])
    first, member = _alike(keys)
    weight = _sums(member, elements.weight[left], len(first))
    kept = np.repeat(np.isin(np.arange(len(left)), first), size[left])
    at = np.sort(first)  # alike rows come in the order of appearance, so this is that order
    pointer = np.concatenate([[0], np.cumsum(size[left][at])])
    matrix = csr_array((np.ones(int(kept.sum())), column[kept], pointer), shape=(len(first), m))
    return Elements(matrix, weight), alone, float(elements.weight[sure].sum())


def _random_bits(candidates: int) -> npt.NDArray[np.uint64]:
    """Return 128 random bits of each candidate, (2, m): a set of them is told by its sum."""
    random = np.random.default_rng(1)
    return random.integers(0, 2**63, size=(2, candidates), dtype=np.uint64)


def dominated(elements: Elements) -> Bools:
    """Return (m,) which candidates win nothing that some one other does not win as well.

    Of candidates that are alike the first stays.
    """
    who = elements.who
    m = who.shape[1]
    size = np.bincount(who.indices, minlength=m)
    shared = (who.T @ who).tocoo()
    one, other = shared.coords
    inside = (shared.data == size[one]) & (one != other)
    better = (size[other] > size[one]) | (other < one)
    found: Bools = size == 0
    found[one[inside & better]] = True
    if found.all() and m:
        found[0] = False
    return found
