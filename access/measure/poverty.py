"""Poverty: how many people fall short of a line, and how far."""

from __future__ import annotations

from typing import Any

import numpy as np

from access.errors import InputError, Problem
from access.measure.weighted import line_up, refuse_unknown


def fgt(value: Any, people: Any, line: float, *, alpha: float = 0, high: bool = False) -> float:
    """Return the share of people short of the line (alpha 0), its gap (1) or severity (2).

    sum W_i ((z - x_i) / z)^alpha over x_i < z (Foster, Greer and Thorbecke 1984). With `high`
    much is bad, as of minutes: sum W_i min((t_i - z) / z, 1)^alpha over t_i > z, so that twice the
    line and no way at all (infinite) count as wholly short. NaN for nobody.

    >>> fgt([0, 5, 10], [1, 1, 2], line=10, alpha=1)
    0.375
    >>> fgt([10, 15, np.inf, 20], [1, 1, 1, 1], line=10, alpha=1, high=True)
    0.625
    """
    if not 0 < line < np.inf or not 0 <= alpha < np.inf:
        raise InputError([Problem("E900", column="line", value=f"{line}, alpha {alpha}")])
    values, weights = line_up(value, people)
    some = weights > 0
    x, w = values[some], weights[some]
    if not len(x):
        return float("nan")
    if high:
        refuse_unknown(np.minimum(x, 2 * line), "value")
        gap = np.clip((np.minimum(x, 2 * line) - line) / line, 0, 1)
    else:
        refuse_unknown(x, "value")
        gap = np.clip((line - x) / line, 0, 1)
    short = x > line if high else x < line
    return float(w[short] @ gap[short] ** alpha / w.sum())
