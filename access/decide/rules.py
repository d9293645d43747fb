"""Rules: what a choice of sites must keep, each with the words to say it by.

A rule is one or more rows over the candidates, `low <= rows @ x <= high`, where x is 1 for a
candidate that opens. Rules are kept apart from what the choice is to achieve: no weight buys off
a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from access._frozen import Record, frozen

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Said = tuple[str, str]
"""A sentence in Korean and in English."""
Chosen = npt.NDArray[np.int64]
"""Indices of the candidates that open, ascending."""

_SLACK = 1e-9
"""By how much a sum may pass a limit, relative to the limit: rounding, never a place more."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule(Record):
    """One rule over `m` candidates: entries (row, column, coefficient) and the limits of the rows.

    row     (k,) int, column (k,) int, coefficient (k,) of each entry
    low     (r,), high (r,) limits, infinite for none
    said    the rule in Korean and in English
    """

    row: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    coefficient: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    said: Said


def exactly(count: int, candidates: int) -> Rule:
    """So many sites open, no more and no fewer."""
    said = (f"정확히 {count}곳을 엶", f"exactly {count} sites open")
    return between(range(candidates), count, count, said)


def must(candidate: int, name: str) -> Rule:
    """A candidate opens."""
    return between([candidate], 1, 1, (f"'{name}'은(는) 반드시 엶", f"'{name}' must open"))


def must_not(candidate: int, name: str) -> Rule:
    """A candidate stays shut."""
    return between([candidate], 0, 0, (f"'{name}'은(는) 열지 않음", f"'{name}' must not open"))


def either(members: Iterable[int], names: Sequence[str]) -> Rule:
    """Just one of some candidates opens."""
    listed = ", ".join(f"'{name}'" for name in names)
    said = (f"{listed} 가운데 하나만 엶", f"exactly one of {listed} opens")
    return between(members, 1, 1, said)


def at_most(members: Iterable[int], count: int, where: str) -> Rule:
    """At most so many of the candidates of a district or zone open."""
    said = (f"'{where}'에는 많아야 {count}곳", f"at most {count} in '{where}'")
    return between(members, 0, count, said)


def at_least(members: Iterable[int], count: int, where: str) -> Rule:
    """At least so many of the candidates of a district or zone open."""
    said = (f"'{where}'에는 적어도 {count}곳", f"at least {count} in '{where}'")
    return between(members, count, np.inf, said)


def between(members: Iterable[int], least: float, most: float, said: Said) -> Rule:
    """At least `least` and at most `most` of some candidates open."""
    column = np.unique(np.fromiter(members, dtype=np.int64))
    return _rule(np.zeros_like(column), column, np.ones(len(column)), [least], [most], said)


def budget(costs: npt.ArrayLike, limit: float) -> Rule:
    """The costs of what opens come to at most `limit`."""
    said = (f"비용은 모두 {limit:,.0f} 이하", f"costs of at most {limit:,.0f} in all")
    cost = np.asarray(costs, dtype=np.float64)
    column = np.flatnonzero(cost)
    return _rule(np.zeros_like(column), column, cost[column], [-np.inf], [limit], said)


def spacing(metres: npt.ArrayLike, least: float) -> Rule:
    """No two sites open that are nearer than `least` to each other; `metres` is (m, m)."""
    apart = np.asarray(metres, dtype=np.float64)
    one, other = np.nonzero(np.triu(apart < least, k=1))
    row = np.repeat(np.arange(len(one)), 2)
    column = np.column_stack([one, other]).ravel()
    said = (f"서로 {least:,.0f} m 이상 떨어짐", f"at least {least:,.0f} m apart")
    limits = np.ones(len(one))
    return _rule(row, column, np.ones(len(column)), -np.inf * limits, limits, said)


def _rule(
    row: npt.ArrayLike,
    column: npt.ArrayLike,
    coefficient: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    said: Said,
) -> Rule:
    return Rule(
        frozen(row, np.int64),
        frozen(column, np.int64),
        frozen(coefficient, np.float64),
        frozen(low, np.float64),
        frozen(high, np.float64),
        said,
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of some rules as one sparse matrix, (r, m), with their limits."""

    matrix: csr_array
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]

    def hold(self, chosen: Chosen) -> bool:
        """Say whether a choice keeps every row."""
        x = np.zeros(self.matrix.shape[1])
        x[chosen] = 1.0
        total = self.matrix @ x
        return bool((total >= _below(self.low)).all() and (total <= _above(self.high)).all())


def rows_of(rules: Sequence[Rule], candidates: int) -> Rows:
    """Return the rows of rules, in their order.

    >>> rows = rows_of([exactly(2, 3), must(0, "A")], 3)
    >>> rows.hold(np.array([0, 2])), rows.hold(np.array([1, 2]))
    (True, False)
    """
    from scipy.sparse import csr_array

    begin = np.cumsum([0, *(len(rule.low) for rule in rules)])
    row = np.concatenate([[], *(r.row + b for r, b in zip(rules, begin[:-1], strict=True))])
    column = np.concatenate([[], *(r.column for r in rules)])
    data = np.concatenate([[], *(r.coefficient for r in rules)])
    matrix = csr_array(
        (data, (row.astype(np.int64), column.astype(np.int64))), shape=(int(begin[-1]), candidates)
    )
    low = np.concatenate([[], *(r.low for r in rules)])
    high = np.concatenate([[], *(r.high for r in rules)])
    return Rows(matrix, low, high)


def _below(limit: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return limit - _SLACK * np.maximum(1.0, np.abs(np.where(np.isfinite(limit), limit, 0.0)))


def _above(limit: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return limit + _SLACK * np.maximum(1.0, np.abs(np.where(np.isfinite(limit), limit, 0.0)))
