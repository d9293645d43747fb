"""Opportunities: what can be reached, how much of it, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from access.errors import InputError, Problem
from access.measure.decay import Decay
from access.measure.pairs import (
    PER_MINUTE,
    Floats,
    Pairs,
    Times,
    amounts,
    by_cell,
    by_place,
    pairs_within,
    tenths_of,
    weigh,
)

if TYPE_CHECKING:
    import pandas as pd

_SUMMARIES: dict[str, Any] = {"mean": np.mean, "median": np.median, "min": np.min, "max": np.max}


def nearest(times: Times, *, n: int = 1, minutes: float | None = None) -> pd.Series:
    """Return the minutes to the nearest place of each cell, or to its n-th nearest.

    Infinite where fewer than n places are reached (at all, or within `minutes`). Raises
    InputError for an n that is not a whole number from 1 on.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 600], [np.nan, 120]], cells="ab", places="AB")
    >>> nearest(times).tolist(), nearest(times, n=2).tolist()
    ([1.0, 2.0], [10.0, inf])
    """
    if not isinstance(n, int | np.integer) or n < 1:
        raise InputError([Problem("E902", column="n", value=str(n))])
    pairs = pairs_within(times, minutes)
    minute = _least_with(pairs, np.ones(len(pairs.places)), np.full(len(pairs.cells), float(n)))
    return by_cell(minute, pairs, "nearest")


def dual(
    times: Times, *, supply: Any = None, need: float, minutes: float | None = None
) -> pd.Series:
    """Return the minutes within which each cell reaches `need` of the supply: dual access.

    min {t : sum of S_j with c_ij <= t, >= need}; infinite where it never does. (Cui and Levinson
    2020.)

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 600]], cells="a", places="AB")
    >>> dual(times, supply=[10, 30], need=25).tolist()
    [10.0]
    """
    if not 0 <= need < np.inf:
        raise InputError([Problem("E902", column="need", value=str(need))])
    pairs = pairs_within(times, minutes)
    seats = amounts(supply, pairs.places, "supply")
    minute = _least_with(pairs, seats, np.full(len(pairs.cells), float(need)))
    return by_cell(minute, pairs, "dual")


def balancing(
    times: Times, *, people: Any, supply: Any = None, minutes: float | None = None
) -> pd.Series:
    """Return the minutes within which each cell reaches as much supply as it has people.

    The balancing cost of Barboza et al. (2021): the least c with sum of S_j, c_ij <= c, at least
    P_i. 0 for nobody, infinite where it is never reached.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 600]], cells="a", places="AB")
    >>> balancing(times, people=[20], supply=[10, 10]).tolist()
    [10.0]
    """
    pairs = pairs_within(times, minutes)
    need = amounts(people, pairs.cells, "people")
    seats = amounts(supply, pairs.places, "supply")
    return by_cell(_least_with(pairs, seats, need), pairs, "balancing")


def _least_with(pairs: Pairs, supply: Floats, need: Floats) -> Floats:
    """Return the minutes at which the supply reached is first the need."""
    minutes = np.where(need <= 0, 0.0, np.inf)
    for begin in range(0, len(need), _BLOCK):
        first = pairs.first[begin : begin + _BLOCK + 1]
        counts = np.diff(first)
        there = np.arange(max(counts.max(initial=0), 1)) < counts[:, None]
        tenths = np.full(there.shape, _NEVER)
        tenths[there] = pairs.tenths[first[0] : first[-1]]
        seats = np.zeros(there.shape)
        seats[there] = supply[pairs.place[first[0] : first[-1]]]
        order = np.argsort(tenths, axis=1, kind="stable")
        wanted = need[begin : begin + _BLOCK, None]
        enough = np.cumsum(np.take_along_axis(seats, order, 1), axis=1) >= wanted * (1 - 1e-12)
        at = np.take_along_axis(order, enough.argmax(axis=1)[:, None], 1)
        found = enough.any(axis=1) & (wanted[:, 0] > 0)
        minutes[begin : begin + _BLOCK][found] = (
            np.take_along_axis(tenths, at, 1)[found, 0] / PER_MINUTE
        )
    return minutes


_BLOCK = 8192
_NEVER = np.int32(2**31 - 1)


def cumulative(times: Times, *, supply: Any = None, minutes: float) -> pd.Series:
    """Return the supply each cell reaches within the minutes (default: the number of places).

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 600], [np.nan, 120]], cells="ab", places="AB")
    >>> cumulative(times, supply=[5, 7], minutes=10).tolist()
    [12.0, 7.0]
    """
    pairs, weights, _ = weigh(times, minutes, None)
    return by_cell(weights @ amounts(supply, pairs.places, "supply"), pairs, "cumulative")


def passive(
    times: Times, *, people: Any, minutes: float | None = None, decay: Decay | None = None
) -> pd.Series:
    """Return, by place id, the people who reach each place: the passive form of access.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 600], [np.nan, 120]], cells="ab", places="AB")
    >>> passive(times, people=[5, 7], minutes=5).tolist()
    [5.0, 7.0]
    """
    pairs, weights, _ = weigh(times, minutes, decay)
    return by_place(weights.T @ amounts(people, pairs.cells, "people"), pairs, "passive")


def interval(
    times: Times,
    *,
    supply: Any = None,
    minutes: tuple[float, float],
    step: float = 1.0,
    summary: Literal["mean", "median", "min", "max"] = "mean",
) -> pd.Series:
    """Return the supply reached, summarised over every limit from the first to the last minutes.

    So no single limit decides (Tomasiello et al. 2023). Limits at which nothing is reached count
    as 0. Raises InputError for minutes that do not ascend or a summary that is not known.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 600]], cells="a", places="AB")
    >>> interval(times, minutes=(9, 10)).tolist()
    [1.5]
    """
    begin, end = minutes
    if not (0 <= begin <= end and step > 0) or summary not in _SUMMARIES:
        given = f"{begin:g}, {end:g}, {step:g}, {summary}"
        raise InputError([Problem("E902", column="minutes", value=given)])
    pairs = pairs_within(times, end)
    limits = np.append(np.arange(begin, end - 1e-9, step), end)
    bounds = [tenths_of(float(m)) for m in limits]
    seats = amounts(supply, pairs.places, "supply")
    n, k = len(pairs.cells), len(bounds)
    # The supply that each further limit adds, then summed up.
    at = np.searchsorted(bounds, pairs.tenths, side="left")
    added = np.bincount(pairs.cell * k + at, weights=seats[pairs.place], minlength=n * k)
    reached = np.cumsum(added.astype(np.float64).reshape(n, k), axis=1)
    return by_cell(_SUMMARIES[summary](reached, axis=1), pairs, "interval")


def gravity(
    times: Times, *, supply: Any = None, minutes: float | None = None, decay: Decay | None = None
) -> pd.Series:
    """Return the supply each cell reaches, each place weighed by its distance (Hansen 1959).

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[0, 600]], cells="a", places="AB")
    >>> gravity(times, supply=[5, 8], decay=Decay.half_life(10)).tolist()
    [9.0]
    """
    pairs, weights, _ = weigh(times, minutes, decay)
    return by_cell(weights @ amounts(supply, pairs.places, "supply"), pairs, "gravity")
