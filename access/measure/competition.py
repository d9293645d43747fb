"""Competition: supply allocated to cells so that what is allocated adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from access.errors import InputError, Problem
from access.measure.catchments import share
from access.measure.decay import Decay
from access.measure.pairs import Times, amounts, by_cell, weigh

if TYPE_CHECKING:
    import pandas as pd


def spatial_availability(
    times: Times,
    *,
    people: Any,
    supply: Any = None,
    minutes: float | None = None,
    decay: Decay | None = None,
    alpha: float = 1.0,
) -> pd.Series:
    """Return the supply that is each cell's own, parted among all who reach it.

    V_i = sum_j S_j P_i^alpha f_ij / sum_k P_k^alpha f_kj (Soukhov, Páez, Higgins and Mohamed 2023);
    with alpha 1 the singly constrained member of the family of Soukhov et al. (2025), and
    V_i / P_i is E2SFCA. The sum of V is the supply of the places that anybody reaches.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60], [600]], cells="ab", places="A")
    >>> spatial_availability(times, people=[10, 30], supply=[8], minutes=10).tolist()
    [2.0, 6.0]
    """
    if not 0 < alpha < np.inf:
        raise InputError([Problem("E900", column="alpha", value=str(alpha))])
    pairs, f, _ = weigh(times, minutes, decay)
    crowd = amounts(people, pairs.cells, "people") ** alpha
    ratio = share(amounts(supply, pairs.places, "supply"), crowd @ f)
    return by_cell(crowd * (f @ ratio), pairs, "spatial_availability")


def totally_constrained(
    times: Times, *, supply: Any = None, minutes: float | None = None, decay: Decay | None = None
) -> pd.Series:
    """Return all supply, parted among cells by how near they are to it.

    V_i = sum S * sum_j S_j f_ij / sum_i sum_j S_j f_ij (Soukhov et al. 2025). Places that nobody
    reaches have no part in it; without them the sum of V is the supply.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[0, 600], [600, 600]], cells="ab", places="AB")
    >>> totally_constrained(times, supply=[6, 6], decay=Decay.linear(20)).round(9).tolist()
    [7.2, 4.8]
    """
    pairs, f, _ = weigh(times, minutes, decay)
    seats = amounts(supply, pairs.places, "supply")
    reached = f @ seats
    total = reached.sum()
    shared = seats[f.sum(axis=0) > 0].sum() if total > 0 else 0.0
    return by_cell(reached * (shared / total if total > 0 else 0.0), pairs, "totally_constrained")


def doubly_constrained(
    times: Times,
    *,
    people: Any,
    supply: Any,
    minutes: float | None = None,
    decay: Decay | None = None,
    gap: float = 1e-9,
) -> pd.Series:
    """Return the trips from each cell to each place that use up people and supply alike.

    T_ij = A_i P_i B_j S_j f_ij with row sums P and column sums S (Wilson 1971), by iterative
    proportional fitting until rows and columns are within `gap` of their sums, relatively. A Series
    by cell and place, pairs within reach only.

    Raises InputError where people and supply differ in sum, and where no trips of the pairs within
    reach can use up both.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 60], [60, 60]], cells="ab", places="AB")
    >>> doubly_constrained(times, people=[1, 3], supply=[2, 2], minutes=5).tolist()
    [0.5, 0.5, 1.5, 1.5]
    """
    import pandas as pd

    pairs, f, weight = weigh(times, minutes, decay)
    rows, columns = amounts(people, pairs.cells, "people"), amounts(supply, pairs.places, "supply")
    total = rows.sum()
    if abs(total - columns.sum()) > 1e-9 * max(total, columns.sum()):
        facts = {"people": f"{total:g}", "supply": f"{columns.sum():g}"}
        raise InputError([Problem("E908", facts=facts)])
    b = np.ones(len(columns))
    a, before = share(rows, f @ b), np.inf
    for number in range(_MOST_ROUNDS):
        b = share(columns, a @ f)
        # Only products of a and b matter: where nothing fits, one would grow for ever.
        b /= max(b.max(initial=0.0), 1e-300)
        a = share(rows, f @ b)
        off = np.abs(rows[a == 0]).sum() + np.abs(b * (a @ f) - columns).sum()
        if off <= gap * total:
            break
        if number % _LOOK == 0:
            if off > 0.999 * before:  # it comes no closer: no trips fit
                raise InputError([Problem("E909", facts={"gap": f"{off / total:.1g}"})])
            before = off
    else:
        raise InputError([Problem("E909", facts={"gap": f"{off / total:.1g}"})])
    cell = pairs.cell
    index = pd.MultiIndex.from_arrays(
        [pairs.cells[cell], pairs.places[pairs.place]], names=["cell", "place"]
    )
    flows = a[cell] * weight * b[pairs.place]
    return pd.Series(flows, index=index, name="doubly_constrained")


_MOST_ROUNDS = 10_000
_LOOK = 50
