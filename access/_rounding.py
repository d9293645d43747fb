"""Whole people from fractions of people, so that every table adds up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_EXACT = 1e-6
"""Sums of floats that should be whole may miss it by this much."""

BEYOND = 2**62
"""More people than there are."""


def percent(share: float, whole: bool) -> float:
    """Return a share in percent with one decimal; 100.0 only where nobody is left (`whole`).

    >>> percent(99.97, False), percent(99.97, True), percent(27.64, False)
    (99.9, 100.0, 27.6)
    """
    value = float(f"{share:.1f}")
    return min(value, 99.9) if not whole else value


def rounded(values: Floats) -> Whole:
    """Round non-negative numbers to whole ones that keep their sum, by largest remainder.

    Ties go to the first.

    >>> rounded(np.array([0.4, 0.4, 0.4, 0.8])).tolist()
    [1, 0, 0, 1]
    """
    return rounded_steps(np.asarray(values, dtype=np.float64)[:, None])[:, 0]


def rounded_steps(cumulative: Floats) -> Whole:
    """Round rows of cumulative numbers, (d, k), by largest remainder in every column.

    Rows stay ascending, so that "within 10 minutes" never shows fewer than "within 5". Every
    number is its floor or the whole number above, and a column keeps its rounded sum unless the
    rows' order asks for one more.

    >>> rounded_steps(np.array([[0.6, 0.7], [0.6, 1.3]])).tolist()
    [[1, 1], [0, 1]]
    """
    values = np.asarray(cumulative, dtype=np.float64)
    result = np.zeros(values.shape, dtype=np.int64)
    before = np.zeros(len(values), dtype=np.int64)
    for k in range(values.shape[1]):
        column = values[:, k]
        floor = np.floor(column + _EXACT).astype(np.int64)
        whole = np.maximum(floor, before)
        short = int(np.floor(column.sum() + 0.5 + _EXACT)) - int(whole.sum())
        if short > 0:
            remainder = np.where(whole == floor, np.maximum(column - floor, 0.0), -1.0)
            whole[np.argsort(-remainder, kind="stable")[:short]] += 1
        result[:, k] = before = whole
    return result


def rounded_changes(
    values: Floats, low: Whole | int = -BEYOND, high: Whole | int = BEYOND, total: int | None = None
) -> Whole:
    """Round numbers of either sign to whole ones within bounds, by largest remainder.

    What is zero stays zero, whatever the others are, and the opposite numbers are rounded to the
    opposite. The sum is `total`, by default the rounded sum, unless the bounds do not let it.

    >>> rounded_changes(np.array([0.6, 0.0, -0.3])).tolist()
    [0, 0, 0]
    >>> rounded_changes(np.array([1.6, 0.0, 1.6])).tolist()
    [2, 0, 1]
    >>> rounded_changes(np.array([1.6, 0.0, 1.6]), total=4).tolist()
    [2, 0, 2]
    """
    values = np.asarray(values, dtype=np.float64)
    least, most = np.broadcast_to(low, values.shape), np.broadcast_to(high, values.shape)
    size = np.abs(values) + _EXACT
    whole = np.clip((np.sign(values) * np.floor(size)).astype(np.int64), least, most)
    if total is None:
        exact = float(values.sum())
        total = int(np.sign(exact) * np.floor(abs(exact) + 0.5 + _EXACT))
    some = np.abs(values) > 2 * _EXACT
    while short := total - int(whole.sum()):
        step = 1 if short > 0 else -1
        who = np.flatnonzero(some & ((most > whole) if step > 0 else (whole > least)))
        if len(who) == 0:
            break
        rest = step * (values - whole)[who]
        whole[who[np.argsort(-rest, kind="stable")[: abs(short)]]] += step
    return whole
