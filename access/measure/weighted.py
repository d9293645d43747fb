"""Weighted: values with the people they belong to, checked and lined up; what every index is of."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from access.errors import InputError, Problem
from access.measure.pairs import Floats, amounts, numbers


def line_up(value: Any, people: Any) -> tuple[Floats, Floats]:
    """Return the values (n,) and people (n,) of cells, in the order of `value`.

    `people` as a Series or mapping is joined by the ids of `value`. Raises InputError for people
    that are no numbers from 0 on or do not fit.
    """
    try:
        values = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        _refuse("E906", "value", value=str(value)[:40])
    if values.ndim != 1:
        _refuse("E907", "value", shape=str(values.shape), wanted="(n,)")
    return values, aligned(value, people, "people")


def aligned(value: Any, other: Any, what: str) -> Floats:
    """Return numbers that go with `value`, joined by its ids where it has any."""
    if hasattr(value, "index") and hasattr(value, "to_numpy"):
        return amounts(other, np.array(value.index.astype(str), dtype=np.str_), what)
    return numbers(other, len(value), what)


def known(value: Any, people: Any) -> tuple[Floats, Floats]:
    """Return the values of cells with people, and the shares of all people, which sum to 1.

    Values of 0 stay: no access is the normal case. Raises InputError for values of cells with
    people that are missing, infinite or negative.
    """
    values, weights = line_up(value, people)
    some = weights > 0
    values, weights = values[some], weights[some]
    refuse_unknown(values, "value")
    total = weights.sum()
    return values, weights / total if total > 0 else weights


def refuse_unknown(values: Floats, what: str) -> None:
    """Raise InputError where a value is missing, infinite or negative."""
    wrong = np.flatnonzero(~(values >= 0) | np.isinf(values))
    if len(wrong):
        _refuse("E910", what, value=str(values[wrong[0]]), count=len(wrong))


def labels_of(value: Any, given: Any) -> npt.NDArray[np.str_]:
    """Return a label for each value, joined by the ids of `value` where both have some."""
    if hasattr(value, "index") and hasattr(given, "reindex"):
        missing = value.index.difference(given.index)
        if len(missing):
            _refuse("E904", "by", value=str(missing[0]), count=len(missing))
        given = given.reindex(value.index)
    labels = np.array([str(v) for v in given], dtype=np.str_)
    if len(labels) != len(value):
        _refuse("E907", "by", shape=str(labels.shape), wanted=len(value))
    return labels


def _refuse(code: str, column: str, *, value: str | None = None, **facts: Any) -> NoReturn:
    raise InputError([Problem(code, column=column, value=value, facts=facts)])
