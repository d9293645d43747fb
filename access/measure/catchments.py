"""Catchments: supply shared among the people who reach it (floating catchment areas)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from access.measure.decay import Decay
from access.measure.pairs import Floats, Sparse, Times, amounts, by_cell, weigh

if TYPE_CHECKING:
    import pandas as pd


def two_step(
    times: Times,
    *,
    people: Any,
    supply: Any = None,
    minutes: float | None = None,
    decay: Decay | None = None,
) -> pd.Series:
    """Return supply per person within reach: 2SFCA with `minutes`, E2SFCA with `decay`.

    R_j = S_j / sum_k P_k f_kj; A_i = sum_j R_j f_ij. (Luo and Wang 2003; Luo and Qi 2009.) The
    sum of P_i A_i is the supply of the places that anybody reaches.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60], [600]], cells="ab", places="A")
    >>> two_step(times, people=[10, 30], supply=[8], minutes=10).tolist()
    [0.2, 0.2]
    """
    pairs, f, _ = weigh(times, minutes, decay)
    crowd = amounts(people, pairs.cells, "people") @ f
    ratio = share(amounts(supply, pairs.places, "supply"), crowd)
    return by_cell(f @ ratio, pairs, "two_step")


def modified_two_step(
    times: Times,
    *,
    people: Any,
    supply: Any = None,
    minutes: float | None = None,
    decay: Decay | None = None,
) -> pd.Series:
    """Return supply per person within reach, less where supply is badly placed: M2SFCA.

    A_i = sum_j S_j f_ij² / sum_k P_k f_kj (Delamater 2013). Never above E2SFCA.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[0], [600]], cells="ab", places="A")
    >>> fade = Decay.linear(20)
    >>> modified_two_step(times, people=[10, 30], supply=[8], decay=fade).round(3).tolist()
    [0.32, 0.08]
    """
    pairs, f, weight = weigh(times, minutes, decay)
    crowd = amounts(people, pairs.cells, "people") @ f
    ratio = share(amounts(supply, pairs.places, "supply"), crowd)
    return by_cell(_like(f, weight**2) @ ratio, pairs, "modified_two_step")


def three_step(
    times: Times,
    *,
    people: Any,
    supply: Any = None,
    minutes: float | None = None,
    decay: Decay | None = None,
) -> pd.Series:
    """Return supply per person, each person choosing among the places within reach: 3SFCA.

    G_ij = f_ij / sum_l f_il; R_j = S_j / sum_k P_k G_kj f_kj; A_i = sum_j R_j G_ij f_ij. (Wan, Zou
    and Sternberg 2012.) The choice is among places within the catchment only.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[0], [600]], cells="ab", places="A")
    >>> fade = Decay.linear(20)
    >>> three_step(times, people=[10, 30], supply=[8], decay=fade).round(3).tolist()
    [0.32, 0.16]
    """
    pairs, f, weight = weigh(times, minutes, decay)
    chosen = _like(f, weight * weight * _per_pair(share(1.0, f.sum(axis=1)), pairs.first))
    crowd = amounts(people, pairs.cells, "people") @ chosen
    ratio = share(amounts(supply, pairs.places, "supply"), crowd)
    return by_cell(chosen @ ratio, pairs, "three_step")


def huff_three_step(
    times: Times,
    *,
    people: Any,
    supply: Any = None,
    minutes: float | None = None,
    decay: Decay | None = None,
) -> pd.Series:
    """Return supply per person, larger places drawing more: the Huff-weighted 3SFCA (MH3SFCA).

    H_ij = S_j f_ij / sum_l S_l f_il; R_j = S_j / sum_k P_k H_kj; A_i = sum_j R_j H_ij f_ij.
    (Jörg, Lenz, Wetz and Widmer 2019.)

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[0], [600]], cells="ab", places="A")
    >>> fade = Decay.linear(20)
    >>> huff_three_step(times, people=[10, 30], supply=[8], decay=fade).round(3).tolist()
    [0.2, 0.1]
    """
    pairs, f, weight = weigh(times, minutes, decay)
    seats = amounts(supply, pairs.places, "supply")
    huff = seats[pairs.place] * weight * _per_pair(share(1.0, f @ seats), pairs.first)
    crowd = amounts(people, pairs.cells, "people") @ _like(f, huff)
    return by_cell(_like(f, huff * weight) @ share(seats, crowd), pairs, "huff_three_step")


def balanced(
    times: Times,
    *,
    people: Any,
    supply: Any = None,
    minutes: float | None = None,
    decay: Decay | None = None,
) -> pd.Series:
    """Return the level of service that reaches each cell, nobody counted twice: BFCA.

    The people of a cell are parted among its places and the service of a place among its cells:
    A_i = sum_j (f_ij / sum_i f_ij) S_j / sum_k P_k (f_kj / sum_j f_kj). (Páez, Higgins and
    Vivona 2019.) The sum of A is the sum of the places' levels of service.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[0], [600]], cells="ab", places="A")
    >>> fade = Decay.linear(20)
    >>> balanced(times, people=[10, 30], supply=[8], decay=fade).round(3).tolist()
    [0.133, 0.067]
    """
    pairs, f, weight = weigh(times, minutes, decay)
    parted = _like(f, weight * _per_pair(share(1.0, f.sum(axis=1)), pairs.first))
    crowd = amounts(people, pairs.cells, "people") @ parted
    service = share(amounts(supply, pairs.places, "supply"), crowd)
    return by_cell(f @ share(service, f.sum(axis=0)), pairs, "balanced")


def share(part: Floats | float, whole: Floats) -> Floats:
    """Return part / whole, 0 where there is nothing to share among.

    >>> share(np.array([1.0, 2.0]), np.array([4.0, 0.0])).tolist()
    [0.25, 0.0]
    """
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def _per_pair(values: Floats, first: Any) -> Floats:
    """Return values of cells as values of their pairs."""
    return np.repeat(values, np.diff(first))


def _like(matrix: Sparse, weights: Floats) -> Sparse:
    """Return a matrix with other weights at the same pairs."""
    from scipy.sparse import csr_array

    return csr_array((weights, matrix.indices, matrix.indptr), shape=matrix.shape)
