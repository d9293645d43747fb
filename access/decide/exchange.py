"""Exchange: good choices fast, by greedy and then one place out and one in, with a tabu list.

Greedy first (Nemhauser, Wolsey, Fisher 1978), then the best of all exchanges each time (Teitz and
Bart 1968), also where it loses, for what left may not return for a while (Glover 1989). All
exchanges are weighed at once: an exchange wins what its newcomer adds, and loses what only the
one that leaves had won, less what the newcomer wins of that. It proves nothing; it is where the
proof begins, and all there is where no solver is installed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from access.decide.elements import Elements
from access.decide.rules import Chosen, Rows

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
_EPS = 1e-9
_TENURE = (8, 20)
"""For how many moves what left stays away: drawn anew each time, from a fixed seed."""


class Exchange:
    """A choice that is changed one place at a time, with what every change would win."""

    def __init__(self, elements: Elements, rows: Rows, worth: Floats) -> None:
        """`worth` (m,) is what each candidate adds whatever else opens."""
        self.weight, self.worth, self.rows = elements.weight, worth, rows
        self.by_element: Any = elements.who
        self.by_candidate: Any = elements.who.T.tocsr()
        self.entry_row = np.repeat(np.arange(len(rows.low)), np.diff(rows.matrix.indptr))
        self.size: Whole = np.diff(rows.matrix.indptr).astype(np.int64)
        self.open: list[int] = []
        self.covered = np.zeros(len(self.weight), dtype=np.int64)
        self.total = np.zeros(len(rows.low))
        self.value = 0.0

    @property
    def chosen(self) -> Chosen:
        """What is open, ascending."""
        return np.array(sorted(self.open), dtype=np.int64)

    def elements_of(self, candidate: int) -> Whole:
        """Return the elements a candidate wins."""
        matrix = self.by_candidate
        found: Whole = matrix.indices[matrix.indptr[candidate] : matrix.indptr[candidate + 1]]
        return found

    def add(self, candidate: int) -> None:
        """Open a candidate."""
        self.open.append(candidate)
        self._count(candidate, 1)

    def drop(self, candidate: int) -> None:
        """Shut a candidate."""
        self.open.remove(candidate)
        self._count(candidate, -1)

    def _count(self, candidate: int, by: int) -> None:
        column = np.zeros(len(self.worth))
        column[candidate] = by
        self.total += self.rows.matrix @ column
        self.changed(candidate, by)

    def changed(self, candidate: int, by: int) -> None:
        """Bring what is won up to date after a candidate opened (1) or shut (-1)."""
        rows = self.elements_of(candidate)
        edge = rows[self.covered[rows] == (0 if by > 0 else 1)]
        self.value += by * float(self.weight[edge].sum() + self.worth[candidate])
        self.covered[rows] += by

    def gains(self) -> Floats:
        """Return (m,) what opening each candidate would add."""
        left = np.where(self.covered == 0, self.weight, 0.0)
        gain: Floats = self.by_candidate @ left + self.worth
        return gain

    def fits(self, total: Floats, *, least: bool = False) -> npt.NDArray[np.bool_]:
        """Return (m,) which candidates may be added to rows that come to `total`.

        With `least`, no row may be left below its least.
        """
        matrix, rows = self.rows.matrix, self.rows
        m = len(self.worth)
        room = (rows.high - total + _EPS * np.maximum(1.0, np.abs(total)))[self.entry_row]
        bad = np.bincount(matrix.indices, weights=matrix.data > room, minlength=m)
        fits: npt.NDArray[np.bool_] = bad == 0
        if least:
            lack = rows.low - total - _EPS * np.maximum(1.0, np.abs(total))
            short = lack > 0
            enough = short[self.entry_row] & (matrix.data >= lack[self.entry_row])
            met = np.bincount(matrix.indices, weights=enough, minlength=m)
            fits &= met == short.sum()
        return fits

    def fill(self, price: Floats) -> None:
        """Open whatever adds most for its price until nothing fits or adds.

        Where a row is short of its least its members come first, those of the smallest such row.
        """
        matrix = self.rows.matrix
        while True:
            fits = self.fits(self.total)
            fits[self.open] = False
            short = np.flatnonzero(self.total < self.rows.low - _EPS)
            if len(short):
                row = short[np.argmin(self.size[short])]
                members = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
                inside = np.zeros(len(fits), dtype=bool)
                inside[members] = True
                fits &= inside
            if not fits.any():
                return
            adds = np.where(fits, self.gains() / price, -np.inf)
            best = int(np.argmax(adds))
            if not len(short) and adds[best] <= 0:
                return
            self.add(best)

    def swaps(self) -> Floats:
        """Return (m, k) what opening each candidate instead of each open one would win.

        Minus infinity where a rule forbids it.
        """
        won = self.exchanged()
        won[self.open] = -np.inf
        if len(self.rows.low):
            dense = self.rows.matrix[:, self.open].toarray()
            for at in range(len(self.open)):
                won[~self.fits(self.total - dense[:, at], least=True), at] = -np.inf
        return won

    def exchanged(self) -> Floats:
        """Return (m, k) what each exchange would win, whatever the rules say."""
        m, k = len(self.worth), len(self.open)
        place = np.zeros(m, dtype=np.int64)
        place[self.open] = np.arange(k)
        single = np.flatnonzero(self.covered == 1)
        owner = np.zeros(len(self.weight), dtype=np.int64)
        for i in self.open:
            owner[self.elements_of(i)] = place[i]  # right where one alone covers
        matrix = self.by_element
        begin, size = matrix.indptr[single], np.diff(matrix.indptr)[single]
        offset = np.repeat(begin - np.concatenate([[0], np.cumsum(size)[:-1]]), size)
        columns = matrix.indices[np.arange(size.sum()) + offset]
        weight = self.weight[single]
        flat = columns * k + np.repeat(owner[single], size)
        kept = np.bincount(flat, weights=np.repeat(weight, size), minlength=m * k).reshape(m, k)
        loss = np.bincount(owner[single], weights=weight, minlength=k) + self.worth[self.open]
        won: Floats = self.gains()[:, None] + kept - loss
        return won


def search(
    elements: Elements,
    rows: Rows,
    worth: Floats,
    *,
    moves: int,
    seconds: float,
    reach: float = np.inf,
    begin: Chosen | None = None,
) -> Chosen | None:
    """Return the best choice of elements found that keeps the rules, or None; see `explore`."""
    return explore(
        lambda: Exchange(elements, rows, worth),
        rows,
        moves=moves,
        seconds=seconds,
        reach=reach,
        begin=begin,
    )


def explore(
    make: Callable[[], Exchange],
    rows: Rows,
    *,
    moves: int,
    seconds: float,
    reach: float = np.inf,
    begin: Chosen | None = None,
) -> Chosen | None:
    """Return the best choice found that keeps the rules, or None.

    `make` gives an exchange with nothing open. Stops after `moves` exchanges, after `seconds`, or
    where `reach` is reached. The same choice for the same arguments, but where the seconds end it.
    """
    clock = time.monotonic() + seconds
    m = rows.matrix.shape[1]
    prices = _prices(rows, m)
    best: Chosen | None = None
    value = -np.inf
    for price in prices:
        trial = make()
        trial.fill(price)
        if rows.hold(trial.chosen) and trial.value > value:
            best, value = trial.chosen, trial.value
    if begin is not None and rows.hold(begin):
        start = _at(make, begin)
        if start.value > value:
            best, value = start.chosen, start.value
    if best is None or len(best) == 0:
        return best
    state = _at(make, best)
    random = np.random.default_rng(0)
    away = np.zeros(m, dtype=np.int64)
    for move in range(moves):
        if value >= reach or time.monotonic() > clock:
            break
        won = state.swaps()
        held = away > move
        won[held] = np.where(state.value + won[held] > value * (1 + _EPS), won[held], -np.inf)
        newcomer, at = divmod(int(np.argmax(won)), won.shape[1])
        if won[newcomer, at] == -np.inf:
            break
        leaver = state.open[at]
        state.drop(leaver)
        state.add(newcomer)
        away[leaver] = move + random.integers(*_TENURE)
        state.fill(prices[0])
        if state.value > value * (1 + _EPS) and rows.hold(state.chosen):
            best, value = state.chosen, state.value
    return best


def _at(make: Callable[[], Exchange], chosen: Chosen) -> Exchange:
    state = make()
    for candidate in chosen.tolist():
        state.add(candidate)
    return state


def _prices(rows: Rows, candidates: int) -> list[Floats]:
    """Return what to divide gains by in greedy: nothing, and the costs of a budget if there is."""
    matrix: Any = rows.matrix
    ones = np.ones(candidates)
    prices = [ones]
    for row in range(len(rows.low)):
        data = matrix.data[matrix.indptr[row] : matrix.indptr[row + 1]]
        if (data != 1).any() and (data > 0).all():
            cost = ones * _EPS
            cost[matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]] = data
            prices.append(cost)
    return prices
