"""Siting: who is to be served, which places could open, and the rules of the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, frozen, texts
from access.decide.rules import Chosen, Rows, Rule, rows_of
from access.errors import InputError, Problem

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Siting(Record):
    """A choice to be made: `n` cells with people, `m` candidates in the order of their places.

    candidates  (m,) ids
    people      (n,) not negative; the demand that counts
    cost        (n, m) time or distance from each cell to each candidate. Floats, infinite where
                there is no way; or uint32, where 2^31 and above is no way (so tenths of a second
                of `TravelTimes`, read without a sign, need no copy)
    today       (n,) cost to the nearest place that is open already, in the same numbers
    rules       what the choice must keep
    unit        what one of `cost` is in the unit of the answer, e.g. 1/600 from tenths to minutes
    """

    candidates: npt.NDArray[np.str_]
    people: Floats
    cost: npt.NDArray[Any]
    today: npt.NDArray[Any]
    rules: tuple[Rule, ...] = ()
    unit: float = 1.0

    @classmethod
    def of(
        cls,
        cost: npt.ArrayLike,
        people: npt.ArrayLike,
        *,
        rules: Sequence[Rule] = (),
        today: npt.ArrayLike | None = None,
        candidates: Sequence[str] | None = None,
        unit: float = 1.0,
    ) -> Siting:
        """Take a table of costs made anywhere; NaN and infinite are "no way".

        Raises InputError (E940) for shapes that do not fit, costs or people below zero, and people
        that are no finite numbers.

        >>> Siting.of([[5, 9], [np.inf, 3]], [10, 20]).candidates.tolist()
        ['1', '2']
        """
        table = np.asarray(cost)
        if table.dtype != np.uint32:
            table = table.astype(np.float64)
            table = np.where(np.isnan(table), np.inf, table)
        who = np.asarray(people, dtype=np.float64)
        nobody = np.full(len(who), far(table), dtype=table.dtype)
        now = nobody if today is None else np.asarray(today).astype(table.dtype)
        if now.dtype == np.float64:
            now = np.where(np.isnan(now), np.inf, now)
        ids = range(1, table.shape[-1] + 1) if candidates is None else candidates
        names = texts(ids)
        fits = table.ndim == 2 and table.shape == (len(who), len(names)) and now.shape == who.shape
        good = fits and (table >= 0).all() and (now >= 0).all()
        if not good or not np.isfinite(who).all() or (who < 0).any():
            raise InputError([Problem("E940", value=f"{table.shape}, {who.shape}")])
        return cls(names, frozen(who), frozen(table), frozen(now), tuple(rules), unit)

    def __len__(self) -> int:
        return len(self.candidates)

    @property
    def rows(self) -> Rows:
        """The rules as rows."""
        return rows_of(self.rules, len(self))

    def but(self, **changes: Any) -> Siting:
        """Return the siting with some fields changed, e.g. other rules."""
        return replace(self, **changes)

    def known(self, chosen: Chosen | slice = slice(None)) -> Bools:
        """Return (n, k) where there is a way from a cell to a candidate."""
        table: Bools = self.cost[:, chosen] < far(self.cost)
        return table

    def nearest(self, chosen: Chosen) -> npt.NDArray[Any]:
        """Return (n,) the cost to the nearest open place once the chosen ones open."""
        if len(chosen) == 0:
            return self.today
        nearest: npt.NDArray[Any] = np.minimum(self.cost[:, chosen].min(axis=1), self.today)
        return nearest


def far(cost: npt.NDArray[Any]) -> Any:
    """Return what a cost must be below to be one: infinity, or 2^31 for unsigned tenths."""
    return np.uint32(2**31) if cost.dtype == np.uint32 else np.inf
