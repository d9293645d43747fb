"""Transport: people parted among places so that nobody would rather go elsewhere.

Two problems are one here. Places grow dearer with the people who come (congestion), or take no
more than they have room for (seats). Both are convex programs whose dual asks for one price a
place: at given prices every cell decides alone. So the search is over a few hundred prices and
never over millions of flows.

The dual has kinks wherever a cell is indifferent between places. It is smoothed: a cell spreads
over places by the softmin of their costs at temperature eps, which is smooth and concave, and
solved by Newton's method while eps falls; few pairs stay in the running (Cominetti and San Martín
1994 on the exponential penalty; Peyré and Cuturi 2019, chapter 4, on regularised transport). It
ends when the flows themselves, at the prices they cause, are within `gap` of the optimum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from access.errors import CapacityError, Problem
from access.measure.pairs import Floats, Sparse

Index = npt.NDArray[np.int64]

SHRINK = 1 / 3
SAMPLE = 1_000
"""So many cells give a first guess of the prices."""
_COLDEST = 1e-15
_MOST_STEPS = 60
_MOST_TIMES_AFRESH = 20
"""Rounding may bring the same pairs in and out of the running for ever."""
_NOBODY = 15
"""So many temperatures dearer than the cheapest, a place is taken by nobody (e^-15)."""


@dataclass(frozen=True, slots=True)
class Law:
    """What ties the price of a place to the people who come, at temperature eps.

    takes   prices, eps -> how many people places take at these prices, and its slope
    price   load, prices -> the prices these loads really cause
    slack   load, prices -> people x cost by which prices and loads miss each other
    """

    takes: Callable[[Floats, float], tuple[Floats, Floats]]
    price: Callable[[Floats, Floats], Floats]
    slack: Callable[[Floats, Floats], float]


def congestion(capacity: Floats) -> Law:
    """Return the law of places whose price is load / capacity."""
    return Law(
        takes=lambda price, _: (capacity * price, capacity),
        price=lambda load, _: load / capacity,
        slack=lambda _, __: 0.0,
    )


def seats(number: Floats) -> Law:
    """Return the law of places that are free up to a number of people and take no more."""

    def takes(price: Floats, eps: float) -> tuple[Floats, Floats]:
        full = np.exp(-np.logaddexp(0, -price / eps))
        return number * full, number * full * (1 - full) / eps

    return Law(
        takes=takes,
        price=lambda _, price: np.maximum(price, 0.0),
        slack=lambda load, price: float(np.maximum(price, 0.0) @ np.abs(number - load)),
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """Costs of pairs, cell by cell, and the people of each cell; every cell has a pair.

    pair  (m,) which pair of the whole problem each is
    """

    cost: Floats
    first: Index
    place: npt.NDArray[np.int32]
    people: Floats
    pair: Index

    def only(self, pairs: npt.NDArray[np.bool_]) -> Rows:
        """Return some of the pairs, at least one of every cell."""
        before = np.concatenate([[0], np.cumsum(pairs)])
        return Rows(
            self.cost[pairs],
            before[self.first],
            self.place[pairs],
            self.people,
            self.pair[pairs],
        )

    def some(self, cells: Index) -> Rows:
        """Return some of the cells."""
        counts = np.diff(self.first)[cells]
        first = np.concatenate([[0], np.cumsum(counts)])
        pairs = np.arange(first[-1]) + np.repeat(self.first[cells] - first[:-1], counts)
        return Rows(
            self.cost[pairs], first, self.place[pairs], self.people[cells], self.pair[pairs]
        )

    def spread(self, of_cells: Floats) -> Floats:
        """Return values of cells as values of their pairs."""
        return np.repeat(of_cells, np.diff(self.first))

    def least(self, cost: Floats, outside: float) -> Floats:
        """Return the cheapest choice of each cell."""
        return np.minimum(np.minimum.reduceat(cost, self.first[:-1]), outside)


@dataclass(frozen=True, slots=True)
class Settled:
    """Who goes where, what it costs, and how far from the optimum that can be.

    flow    (m,) people of each pair
    price   (p,) price of each place
    gap     the gap, relative to the cost of all trips, or to 1 each if that is more
    regret  the most that anybody pays above the cheapest choice
    """

    flow: Floats
    price: Floats
    gap: float
    regret: float


def settle(rows: Rows, law: Law, places: int, *, outside: float = np.inf, gap: float) -> Settled:
    """Part the people of every cell among its places, to within `gap` of the optimum.

    Costs are of the order of 1; `outside` is the cost of going nowhere. Raises CapacityError where
    rounding keeps the gap from being reached.
    """
    rows = replace(rows, pair=np.arange(len(rows.cost)))
    price = np.ones(places)
    eps = max(0.2, 0.02 * outside) if np.isfinite(outside) else 0.2
    if len(rows.people) > 4 * SAMPLE:
        few = rows.some((np.arange(SAMPLE) * (len(rows.people) / SAMPLE)).astype(np.int64))
        few = replace(few, people=few.people * (rows.people.sum() / few.people.sum()))
        while eps > 0.01:
            price = _newton(few, law, price, eps, outside)
            eps *= SHRINK
    near, afresh, begun = rows, True, 0
    while eps > _COLDEST and begun <= _MOST_TIMES_AFRESH:
        if afresh:
            near, price = _gather(rows, law, price, eps, outside)
            begun += 1
        else:
            near = near.only(_running(near, price, eps))
            price = _newton(near, law, price, eps, outside)
        flow = _respond(near, price, eps, outside)[1]
        settled = _judge(near, law, flow, price, outside)
        eps, afresh = eps * SHRINK, False
        if settled.gap <= gap:
            whole = np.zeros(len(rows.cost))
            whole[near.pair] = flow
            settled = _judge(rows, law, whole, price, outside)
            if settled.gap <= gap:
                return settled
            # A pair that was out of the running is wanted after all.
            eps, afresh = max(eps, 0.03 * settled.regret), True
    raise CapacityError([Problem("E913", facts={"gap": f"{settled.gap:.1g}"})])


def _running(rows: Rows, price: Floats, eps: float) -> npt.NDArray[np.bool_]:
    """Return which pairs are cheap enough at these prices, or may be at those to come."""
    cost = rows.cost + price[rows.place]
    # Colder, prices move by more of the temperature, and wide margins cost nothing.
    margin = _NOBODY * eps + min(85 * eps, 0.03)
    return np.asarray(cost <= rows.spread(rows.least(cost, np.inf) + margin))


def _gather(rows: Rows, law: Law, price: Floats, eps: float, outside: float) -> tuple[Rows, Floats]:
    """Return the pairs in the running at the prices they lead to, and those prices.

    The prices given may be far off: pairs that the new ones bring in are taken up until none is.
    """
    kept = _running(rows, price, eps)
    while True:
        near = rows.only(kept)
        price = _newton(near, law, price, eps, outside)
        cost = rows.cost + price[rows.place]
        cheap = cost <= rows.spread(rows.least(cost, np.inf) + _NOBODY * eps)
        if not (cheap & ~kept).any():
            return near, price
        kept |= _running(rows, price, eps)


def _respond(rows: Rows, price: Floats, eps: float, outside: float) -> tuple[Floats, Floats]:
    """Return for each pair the share of its cell that takes it, and the people."""
    cost = rows.cost + price[rows.place]
    least = rows.least(cost, outside)
    weight = np.exp((rows.spread(least) - cost) / eps)
    total = np.add.reduceat(weight, rows.first[:-1]) + np.exp((least - outside) / eps)
    share = weight / rows.spread(total)
    return share, share * rows.spread(rows.people)


def _loads(rows: Rows, flow: Floats, places: int) -> Floats:
    """Return the people who come to each place."""
    return np.bincount(rows.place, weights=flow, minlength=places).astype(np.float64)


def _newton(rows: Rows, law: Law, price: Floats, eps: float, outside: float) -> Floats:
    """Return the prices of greatest dual value at a temperature."""
    from scipy.sparse import dia_array
    from scipy.sparse.linalg import splu

    farthest = max(1e3, 2 * outside if np.isfinite(outside) else 0.0)

    def respond(price: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        share, flow = _respond(rows, price, eps, outside)
        takes, slope = law.takes(price, eps)
        load = _loads(rows, flow, len(price))
        return load - takes, slope, share, flow

    everybody = rows.people.sum()
    rise, slope, share, flow = respond(price)
    for _ in range(_MOST_STEPS):
        if np.abs(rise).max() <= 1e-13 * everybody:
            break
        cross, own = _curvature(rows, share, flow, len(price))
        own = own / eps + slope
        own += 1e-13 * own.max() + 1e-200
        # Sparse once few pairs are left, and without the threads that dense solvers start.
        diagonal: Sparse = dia_array((own[None], [0]), shape=cross.shape)
        step = splu((diagonal - cross / eps).tocsc()).solve(rise)
        step *= min(1.0, farthest / np.abs(step).max())
        size, climb = 1.0, float(rise @ step)
        tried = respond(price + step)
        # Past the top the slope along the step falls below zero; a little past it is good enough.
        while float(tried[0] @ step) < -0.5 * climb and size > 1e-12:
            size /= 2
            tried = respond(price + size * step)
        price = price + size * step
        if np.abs(step).max() <= 1e-5 * eps:
            break
        rise, slope, share, flow = tried
    return price


def _curvature(rows: Rows, share: Floats, flow: Floats, places: int) -> tuple[Sparse, Floats]:
    """Return how loads answer to the prices of other places and to their own, times eps."""
    from scipy.sparse import csr_array

    own = _loads(rows, flow * (1 - share), places)
    loose = (share > 1e-5) & (share < 1)
    before = np.concatenate([[0], np.cumsum(loose)])[rows.first]
    some = np.flatnonzero(np.diff(before))
    root = (share * np.sqrt(rows.spread(rows.people)))[loose]
    matrix: Sparse = csr_array((root, rows.place[loose], before), shape=(len(rows.people), places))[
        some
    ]
    if matrix.nnz > 0.1 * len(some) * places and len(some) * places < 5e6:
        dense = matrix.toarray()
        cross: Sparse = csr_array(dense.T @ dense)
    else:
        cross = matrix.T @ matrix
    cross.setdiag(0.0)
    return cross, own


def _judge(rows: Rows, law: Law, flow: Floats, price: Floats, outside: float) -> Settled:
    """Return flows with the prices they cause, and how far from the optimum they can be."""
    load = _loads(rows, flow, len(price))
    real = law.price(load, price)
    cost = rows.cost + real[rows.place]
    regret = cost - rows.spread(rows.least(cost, outside))
    at_home = rows.people - np.add.reduceat(flow, rows.first[:-1])
    missed = float(flow @ regret) + law.slack(load, price)
    if np.isfinite(outside):
        missed += float(at_home @ (outside - rows.least(cost, outside)))
    trips = float(flow @ cost)
    used = regret[flow > 1e-6 * rows.spread(rows.people)]
    gap = missed / max(trips, float(rows.people.sum()))
    return Settled(flow, real, gap, float(used.max(initial=0.0)))
