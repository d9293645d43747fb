"""Coverage: how many people are within how many minutes, and how far the typical person has it."""

from __future__ import annotations

from math import fsum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def count_within(
    tenths: npt.NDArray[np.int32],
    people: Floats,
    area: npt.NDArray[np.int32],
    areas: int,
    minutes: npt.NDArray[np.float64],
) -> Floats:
    """Return the people of each area within each number of minutes, (areas, k).

    A time equal to the limit is within it. Cells of area -1 and negative times (no way) count
    nowhere. `tenths` (n,) tenths of a second, `people` (n,), `minutes` (k,) ascending.

    >>> count_within(np.array([6000, 6001, -3], np.int32), np.ones(3), np.zeros(3, np.int32), 1,
    ...              np.array([10.0, 11.0])).tolist()
    [[1.0, 2.0]]
    """
    counted = (tenths >= 0) & (area >= 0)
    limits = np.floor(np.asarray(minutes) * 600 + 1e-6)
    step = np.searchsorted(limits, tenths[counted], side="left")
    k = len(limits) + 1
    flat = area[counted].astype(np.int64) * k + step
    table = np.bincount(flat, weights=people[counted], minlength=areas * k)
    # Of no cells at all, bincount makes whole numbers whatever the weights.
    return np.cumsum(table.astype(np.float64).reshape(areas, k)[:, :-1], axis=1)


def weighted_mean(minutes: Floats, people: Floats) -> float:
    """Return the mean minutes of the people who have a time, NaN for nobody.

    >>> weighted_mean(np.array([10.0, 20.0, np.nan]), np.array([3.0, 1.0, 5.0]))
    12.5
    """
    known = ~np.isnan(minutes) & (people > 0)
    if not known.any():
        return float("nan")
    # fsum is exact, so that the order of the cells does not show in the last digits.
    return fsum((minutes[known] * people[known]).tolist()) / fsum(people[known].tolist())


def weighted_median(minutes: Floats, people: Floats) -> float:
    """Return the least minutes within which at least half of those with a time are, NaN for nobody.

    >>> weighted_median(np.array([5.0, 10.0, 60.0]), np.array([1.0, 1.0, 1.0]))
    10.0
    """
    known = ~np.isnan(minutes) & (people > 0)
    if not known.any():
        return float("nan")
    order = np.argsort(minutes[known], kind="stable")
    total = np.cumsum(people[known][order])
    half = np.searchsorted(total, total[-1] / 2 * (1 - 1e-12), side="left")
    return float(minutes[known][order][half])


def plain_mean(minutes: Floats) -> float:
    """Return the mean minutes of the cells that have a time, whoever lives there; NaN for none.

    >>> plain_mean(np.array([10.0, 20.0, np.nan]))
    15.0
    """
    known = ~np.isnan(minutes)
    return fsum(minutes[known].tolist()) / int(known.sum()) if known.any() else float("nan")
