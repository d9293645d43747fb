"""Congestion: people choose places by travel and crowding, until nobody gains by changing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from access.errors import InputError, Problem
from access.measure.pairs import PER_MINUTE, Times, amounts, by_cell, pairs_within
from access.measure.transport import Rows, congestion, settle

if TYPE_CHECKING:
    import pandas as pd


def raam(
    times: Times,
    *,
    people: Any,
    supply: Any = None,
    minutes: float | None = None,
    tau: float = 60.0,
    gap: float = 1e-8,
) -> pd.Series:
    """Return the cost of travel and crowding together: the rational agent access model.

    cost_ij = c_ij / tau + (people who come to j) / (rho S_j), rho = people / supply of the whole
    table: `tau` minutes weigh as much as a place twice as crowded as the average against an empty
    one. People are parted at Wardrop's equilibrium, where all choices a cell makes cost the same
    and none is cheaper (Saxon and Snow 2020); it solves the convex program min sum x_ij c_ij / tau
    + sum_j load_j² / (2 rho S_j) and is reached to a relative gap of `gap`: what people pay above
    their cheapest choice, of all they pay.

    Higher is worse; infinite for cells that reach no place with supply. A cell without people has
    the cost that its first resident would have. Raises CapacityError where rounding keeps the gap
    from being reached.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[0, 1800], [1800, 0]], cells="ab", places="AB")
    >>> raam(times, people=[30, 10], supply=[1, 1]).round(6).tolist()
    [1.25, 0.75]
    """
    if not 0 < tau < np.inf or not 0 < gap < 1:
        value = f"tau {tau}, gap {gap}"
        raise InputError([Problem("E900", column="tau", value=value)])
    pairs = pairs_within(times, minutes)
    crowd = amounts(people, pairs.cells, "people")
    seats = amounts(supply, pairs.places, "supply")
    cost = np.full(len(pairs.cells), np.inf)
    open_ = seats[pairs.place] > 0
    first = np.concatenate([[0], np.cumsum(open_)])[pairs.first]
    place, travel = pairs.place[open_], pairs.tenths[open_] / (PER_MINUTE * tau)
    reaches = np.diff(first) > 0
    lives = np.flatnonzero(reaches & (crowd > 0))
    price = np.zeros(len(seats))
    if len(lives):
        rows = Rows(travel, first, place, crowd, np.arange(len(travel))).some(lives)
        capacity = np.where(seats > 0, seats * (crowd.sum() / seats.sum()), 1.0)
        price = settle(rows, congestion(capacity), len(seats), gap=gap).price
    if reaches.any():
        cost[reaches] = np.minimum.reduceat(travel + price[place], first[:-1][reaches])
    return by_cell(cost, pairs, "raam")
