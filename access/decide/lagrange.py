"""Lagrange: how much more than a choice there can be, without a solver.

Every element is charged a price for being won; at any prices, the elements that pay for themselves
and the best sites by the prices they collect bound every choice from above, for whatever rules are
left out of that. The prices are improved by subgradients (Held, Wolfe, Crowder 1974; for coverage
Galvão and ReVelle 1996). A candidate with which the bound falls below the best choice known is in
no best choice, one without which it does is in every one; that is what makes large choices small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from access.decide.elements import Elements
from access.decide.rules import Rows

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_PATIENCE = 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """What no choice exceeds: at all, with each candidate open (m,), and with each shut (m,)."""

    all: float
    opened: Floats
    shut: Floats

    def decided(self, reach: float) -> tuple[Bools, Bools]:
        """Return who is shut and who is open in every choice worth `reach` or more, (m,) each."""
        slack = 1e-7 * max(1.0, reach)  # so that plans just as good stay possible
        return self.opened < reach - slack, self.shut < reach - slack


@dataclass(frozen=True, slots=True)
class Counts:
    """What is left of the rules where only numbers count: how many in all, per group, and which.

    Every choice that keeps the rules keeps these.
    """

    least: int
    most: int
    group: npt.NDArray[np.int64]  # (m,) of disjoint groups, each with its own most
    cap: npt.NDArray[np.int64]
    fixed: npt.NDArray[np.int8]  # (m,) 1 open, 0 shut, -1 free

    def best(self, value: Floats) -> tuple[float, Bools]:
        """Return the most a choice may be worth at these values, and which it is."""
        free = self.fixed < 0
        x = self.fixed == 1
        order = np.argsort(-value, kind="stable")
        order = order[free[order]]
        group = self.group[order]
        # The rank of each within its group, in the order of value.
        by_group = np.argsort(group, kind="stable")
        begin = np.searchsorted(group[by_group], np.arange(len(self.cap)))
        rank = np.empty(len(order), dtype=np.int64)
        rank[by_group] = np.arange(len(order)) - begin[group[by_group]]
        taken = np.bincount(self.group[x], minlength=len(self.cap))
        fits = order[rank < (self.cap - taken)[group]]
        number = int(x.sum())
        wanted = fits[: max(0, self.most - number)]
        x[wanted[(value[wanted] > 0) | (number + np.arange(len(wanted)) < self.least)]] = True
        return float(value[x].sum()), x


def counts(rows: Rows) -> Counts:
    """Return the part of the rules where only numbers count."""
    matrix = rows.matrix
    m = matrix.shape[1]
    least, most = 0, m
    group = np.zeros(m, dtype=np.int64)
    cap = [m]
    fixed = np.full(m, -1, dtype=np.int8)
    for row in range(len(rows.low)):
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        members, data = matrix.indices[span], matrix.data[span]
        low, high = rows.low[row], rows.high[row]
        if len(members) == 1:
            if high < data[0]:
                fixed[members] = 0
            elif low > 0:
                fixed[members] = 1
        if (data != 1).any():
            continue
        if len(members) == m:
            least = max(least, int(np.ceil(max(low, 0))))
            most = min(most, int(min(high, m)))
        elif np.isfinite(high) and high < len(members) and (group[members] == 0).all():
            group[members] = len(cap)
            cap.append(int(high))
    return Counts(least, most, group, np.array(cap), fixed)


class Charged(Protocol):
    """Something that is won by opening sites, with a price from 0 to `top` on each part of it."""

    top: Floats

    def kept(self, price: Floats) -> float:
        """Return what is won at these prices whatever opens."""

    def value(self, price: Floats) -> Floats:
        """Return (m,) what each site collects at these prices."""

    def slope(self, price: Floats, x: Floats) -> Floats:
        """Return by how much the bound grows with each price, for sites open in part."""


class Steps:
    """Elements: whoever wins one pays its price, and the rest of its weight is won anyway."""

    def __init__(self, elements: Elements, worth: Floats) -> None:
        self.who, self.top, self.worth = elements.who, elements.weight, worth
        self.by_candidate = elements.who.T.tocsr()

    def kept(self, price: Floats) -> float:
        """Return what is won at these prices whatever opens."""
        return float((self.top - price).sum())

    def value(self, price: Floats) -> Floats:
        """Return (m,) what each site collects at these prices."""
        value: Floats = self.by_candidate @ price + self.worth
        return value

    def slope(self, price: Floats, x: Floats) -> Floats:  # noqa: ARG002 - as Charged has it
        """Return by how much the bound grows with each price, for sites open in part."""
        slope: Floats = self.who @ x - 1.0
        return slope


def bound(
    charged: Charged, rows: Rows, reach: float, *, prices: Floats | None = None, rounds: int = 2000
) -> Bounds:
    """Return bounds on what a choice can win; `reach` is what the best known one does.

    `prices` (e,) are where to begin. Stops early where the bound meets `reach`.
    """
    top = charged.top
    few = counts(rows)
    price = top * 0.5 if prices is None else np.clip(prices, 0.0, top)
    average = np.zeros(rows.matrix.shape[1])
    best, at = np.inf, price
    step, stalled = 1.0 if prices is None else 0.01, 0
    for _ in range(rounds):
        inner, x = few.best(charged.value(price))
        total = charged.kept(price) + inner
        if total < best - 1e-12 * abs(best) or best == np.inf:
            best, at, stalled = total, price, 0
        else:
            stalled += 1
            if stalled >= _PATIENCE:
                step, stalled, price = step * 0.7, 0, at
        if best <= reach * (1 + 1e-9) or step < 1e-6:
            break
        average = 0.95 * average + 0.05 * x
        average[average < 1e-3] = 0.0
        slope = charged.slope(price, 0.3 * x + 0.7 * average)
        slope[(price <= 0) & (slope > 0)] = 0.0
        slope[(price >= top) & (slope < 0)] = 0.0
        # Not slope @ slope: the threads of BLAS cost ten times what they save on so little.
        square = float((slope * slope).sum())
        if square < 1e-12:
            break
        price = np.clip(price - step * (total - reach) / square * slope, 0.0, top)
    return _reduced(best, charged.value(at), few)


def _reduced(best: float, value: Floats, few: Counts) -> Bounds:
    """Return the bounds with each candidate forced, from the values at the best prices."""
    inner, x = few.best(value)
    base = best - inner
    opened = np.full(len(value), best)
    shut = np.full(len(value), best)
    # Forcing a candidate in pushes out no more than the cheapest of those that are in by choice,
    # and forcing one out lets in no more than the best of those that are not.
    free_in = x & (few.fixed < 0)
    free_out = ~x & (few.fixed < 0)
    number = int(x.sum())
    weakest = value[free_in].min(initial=np.inf)
    strongest = value[free_out].max(initial=-np.inf)
    if number >= few.most and free_in.any():
        opened[free_out] = base + inner + value[free_out] - weakest
    else:
        opened[free_out] = base + inner + value[free_out]
    swap_in = max(strongest, 0.0) if number - 1 >= few.least else strongest
    shut[free_in] = base + inner - value[free_in] + swap_in
    return Bounds(best, np.minimum(opened, best), np.minimum(shut, best))
