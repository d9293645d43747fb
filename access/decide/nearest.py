"""Nearest: exchange and Lagrange on a full table of what each cell has from each candidate.

Where few sites serve many cells, steps of gain would be told apart among hundreds of candidates
each; a table of cells by candidates is smaller. What these two decide leaves few candidates, and
the steps of those are few. (Teitz and Bart 1968, all exchanges at once as Whitaker 1983; bounds as
Cornuéjols, Fisher and Nemhauser 1977.)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from access.decide.exchange import Exchange
from access.decide.rules import Rows

Floats = npt.NDArray[np.float64]


class TableExchange(Exchange):
    """An exchange in which every row of a table, (n, m), has its best open candidate."""

    def __init__(self, table: Floats, rows: Rows) -> None:
        from access.decide.elements import Elements

        nothing = rows.matrix[:0]
        super().__init__(Elements(nothing, np.zeros(0)), rows, np.zeros(table.shape[1]))
        self.table = table
        self.best = self.second = np.zeros(len(table))
        self.owner = np.zeros(len(table), dtype=np.int64)

    def changed(self, candidate: int, by: int) -> None:  # noqa: ARG002 - all of it is new
        """Find the best and the second best open candidate of every row."""
        n = len(self.table)
        some = self.table[:, self.open]
        self.best, self.second = np.zeros(n), np.zeros(n)
        self.owner = np.zeros(n, dtype=np.int64)
        if len(self.open):
            self.owner = some.argmax(axis=1)
            self.best = some[np.arange(n), self.owner].copy()
        if len(self.open) > 1:
            some[np.arange(n), self.owner] = -1.0
            self.second = some.max(axis=1)
        self.value = float(self.best.sum())

    def gains(self) -> Floats:
        """Return (m,) what opening each candidate would add."""
        gain: Floats = np.maximum(self.table - self.best[:, None], 0.0).sum(axis=0)
        return gain

    def exchanged(self) -> Floats:
        """Return (m, k) what each exchange would win, whatever the rules say."""
        k = len(self.open)
        order = np.argsort(self.owner, kind="stable")
        begin = np.searchsorted(self.owner[order], np.arange(k))
        table, best, second = self.table[order], self.best[order], self.second[order]
        # Those whose best place leaves fall back to the second, or to the newcomer.
        less = np.maximum(table, second[:, None]) - np.maximum(table, best[:, None])
        fall = np.zeros((k, table.shape[1]))
        owned = np.flatnonzero(np.diff(np.append(begin, len(order))))
        if len(owned):
            fall[owned] = np.add.reduceat(less, begin[owned], axis=0)
        won: Floats = self.gains()[:, None] + fall.T
        return won


class TableCharged:
    """A table in which every row pays its price once, and a site collects what it has above it."""

    def __init__(self, table: Floats) -> None:
        self.table = table
        self.top: Floats = table.max(axis=1, initial=0.0)

    def kept(self, price: Floats) -> float:
        """Return what is won at these prices whatever opens."""
        return float(price.sum())

    def value(self, price: Floats) -> Floats:
        """Return (m,) what each site collects at these prices."""
        value: Floats = np.maximum(self.table - price[:, None], 0.0).sum(axis=0)
        return value

    def slope(self, price: Floats, x: Floats) -> Floats:
        """Return by how much the bound grows with each price, for sites open in part."""
        some = np.flatnonzero(x)
        above = self.table[:, some] > price[:, None]
        slope: Floats = 1.0 - (above * x[some]).sum(axis=1)
        return slope
