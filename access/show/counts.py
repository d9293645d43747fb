"""Counts of people by district as exhibits hold them: whole, adding up, small groups hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from access._privacy import told
from access._rounding import percent, rounded_steps

Floats = npt.NDArray[np.float64]


def whole_people(parts: Floats, everyone: Floats) -> tuple[list[int | str], list[int | str]]:
    """Return people of a kind and all people, 계 first: (1 + d,) each, as a table may hold them.

    >>> whole_people(np.array([5.0, 2.5, 2.5]), np.array([20.0, 10.0, 10.0]))
    ([5, '<5', '<5'], [20, 10, 10])
    """
    steps = rounded_steps(np.column_stack([parts, everyone])[1:])
    rows = np.concatenate([steps.sum(axis=0, keepdims=True), steps])
    return told(rows[:, 0], rows[:, 1]).texts(), told(rows[:, 1]).texts()


def percent_of(part: Any, people: Any, exact: float, whole: float) -> float | None:
    """Return a share in percent, None where the count it is of is hidden or rounds to nobody.

    >>> percent_of(9_999, 10_000, 9_999.2, 10_000.0), percent_of("<5", 100, 3.0, 100.0)
    (99.9, None)
    """
    if isinstance(part, str) or isinstance(people, str) or not people or not whole > 0:
        return None
    return percent(100 * exact / whole, part == people)
