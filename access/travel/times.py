"""TravelTimes: how long from each cell to each place, and why not where there is no way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside, frozen, texts
from access.errors import InputError, Problem
from access.travel.asked import Asked

if TYPE_CHECKING:
    import pandas as pd


class Why(IntEnum):
    """Why there is no travel time. Negative, so that it can stand where a time would."""

    CELL_OFF = -1  # the cell lies too far from any way of the mode
    PLACE_OFF = -2  # the place does
    NO_WAY = -3  # both are on ways, but no legal trip joins them
    OVER_LIMIT = -4  # not within the limit of the search
    NOT_GIVEN = -5  # a table made elsewhere has no such pair
    NO_PLACE = -6  # there is no place of the kind asked for


REASONS = {
    Why.CELL_OFF: ("가까운 길이 없는 격자", "cell too far from any way"),
    Why.PLACE_OFF: ("가까운 길이 없는 시설", "place too far from any way"),
    Why.NO_WAY: ("이어진 길이 없음", "no way there"),
    Why.OVER_LIMIT: ("탐색 한계를 넘음", "beyond the limit of the search"),
    Why.NOT_GIVEN: ("표에 없음", "not in the table"),
    Why.NO_PLACE: ("해당 시설이 없음", "no such place"),
}
"""Each reason in Korean and English."""


@dataclass(frozen=True, slots=True, eq=False)
class TravelTimes(Record):
    """Travel times from `n` cells to `p` places.

    cells    (n,) cell ids
    places   (p,) place ids
    tenths   (n, p) int32 tenths of a second, or a negative `Why`
    limit_s  the limit of the search in seconds, or None
    columns  (p,) fingerprint of what each column was computed from, "" for tables made elsewhere
    asked    what was searched, for telling later times from these; None for tables made elsewhere

    >>> times = TravelTimes.from_matrix([[60.0], [float("nan")]], cells=["가", "나"], places=["A"])
    >>> times.to_frame().values.tolist()
    [['가', 'A', 60.0]]
    """

    cells: npt.NDArray[np.str_]
    places: npt.NDArray[np.str_]
    tenths: npt.NDArray[np.int32]
    limit_s: float | None
    columns: npt.NDArray[np.str_]
    asked: Asked | None = aside(None)

    @property
    def seconds(self) -> npt.NDArray[np.float64]:
        """(n, p) seconds, NaN where there is no time."""
        return np.where(self.tenths >= 0, self.tenths / 10.0, np.nan)

    @property
    def why(self) -> npt.NDArray[np.int8]:
        """(n, p) 0 where there is a time, else the negative `Why`."""
        return np.minimum(self.tenths, 0).astype(np.int8)

    def nearest(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return per cell the tenths to the nearest place and its index.

        Ties go to the first place. Where no place is reached: the `Why` that came closest to a
        way (beyond the limit before no way before off the streets), and index -1.
        """
        n, p = self.tenths.shape
        if p == 0:
            nobody = np.full(n, Why.NO_PLACE, dtype=np.int32)
            return nobody, np.full(n, -1, dtype=np.int32)
        # Read without a sign, a reason is larger than every time.
        index = self.tenths.view(np.uint32).argmin(axis=1).astype(np.int32)
        best = np.take_along_axis(self.tenths, index[:, None], axis=1)[:, 0]
        reached = best >= 0
        reason = _closest_reason(self.tenths[~reached])
        best = best.copy()
        best[~reached] = reason
        index[~reached] = -1
        return best, index

    def to_frame(self) -> pd.DataFrame:
        """Return the long table `cell, place, seconds` of all pairs that have a time."""
        import pandas as pd

        cell, place = np.nonzero(self.tenths >= 0)
        return pd.DataFrame(
            {
                "cell": self.cells[cell],
                "place": self.places[place],
                "seconds": self.tenths[cell, place] / 10.0,
            }
        )

    @classmethod
    def from_frame(
        cls,
        table: pd.DataFrame,
        *,
        cell: str = "cell",
        place: str = "place",
        seconds: str | None = None,
        minutes: str | None = None,
        cells: Any = None,
        places: Any = None,
    ) -> TravelTimes:
        """Take a long table made elsewhere (r5r, OSRM, a survey), one row a pair.

        Name the column of times by `seconds` or by `minutes` (default: a column "seconds").
        `cells` and `places` give the order and those without any row (default: as they appear).
        Raises InputError for missing columns, pairs that stand twice, ids that are not in `cells`
        or `places`, and times that are no numbers, negative or infinite; an empty time is "no
        time".
        """
        column = seconds or minutes or "seconds"
        missing = [c for c in (cell, place, column) if c not in table.columns]
        if missing:
            facts = {"columns": ", ".join(map(str, table.columns))}
            raise InputError(Problem("E610", column=c, facts=facts) for c in missing)
        rows, columns = table[cell].astype(str), table[place].astype(str)
        cell_ids = texts(dict.fromkeys(rows) if cells is None else cells)
        place_ids = texts(dict.fromkeys(columns) if places is None else places)
        values = _seconds(table[column]) * (60.0 if minutes else 1.0)
        row = _positions(cell_ids, rows, "cell")
        col = _positions(place_ids, columns, "place")
        flat = row * max(len(place_ids), 1) + col
        unique, counts = np.unique(flat, return_counts=True)
        if (counts > 1).any():
            twice = int(np.flatnonzero(flat == unique[counts > 1][0])[1])
            pair = f"{rows.iloc[twice]}, {columns.iloc[twice]}"
            raise InputError([Problem("E611", value=pair, row=twice + 2)])
        matrix = np.full((len(cell_ids), len(place_ids)), np.nan)
        matrix[row, col] = values
        return cls.from_matrix(matrix, cells=cell_ids, places=place_ids)

    @classmethod
    def from_matrix(
        cls, seconds: npt.ArrayLike, *, cells: Any, places: Any, limit_s: float | None = None
    ) -> TravelTimes:
        """Take an (n, p) matrix of seconds made elsewhere; NaN is "no time".

        Raises InputError for a shape that does not fit the ids, for ids that stand twice, and for
        times that are no numbers, negative, infinite or beyond `limit_s`.
        """
        matrix = _seconds(seconds)
        if limit_s is not None and not limit_s > 0:
            raise InputError([Problem("E617", column="limit_s", value=str(limit_s))])
        cell_ids, place_ids = texts(cells), texts(places)
        if matrix.shape != (len(cell_ids), len(place_ids)):
            facts = {"shape": str(matrix.shape), "wanted": f"({len(cell_ids)}, {len(place_ids)})"}
            raise InputError([Problem("E612", facts=facts)])
        problems = [
            Problem("E613", column=what, value=str(ids[counts > 1][0]))
            for what, given in (("cell", cell_ids), ("place", place_ids))
            for ids, counts in [np.unique(given, return_counts=True)]
            if (counts > 1).any()
        ]
        if limit_s is not None and (matrix > limit_s).any():
            problems.append(Problem("E617", column="limit_s", value=str(limit_s)))
        wrong = np.argwhere((matrix < 0) | np.isinf(matrix) | (matrix > 2e8))
        problems += [
            Problem("E614", column=f"{cell_ids[i]}, {place_ids[j]}", value=str(matrix[i, j]))
            for i, j in wrong.tolist()
        ]
        if problems:
            raise InputError(problems)
        known = ~np.isnan(matrix)
        tenths = np.full(matrix.shape, Why.NOT_GIVEN, dtype=np.int32)
        tenths[known] = np.floor(matrix[known] * 10 + 0.5).astype(np.int32)
        return cls(
            cells=cell_ids,
            places=place_ids,
            tenths=frozen(tenths),
            limit_s=limit_s,
            columns=texts([""] * len(place_ids)),
        )


def _seconds(given: Any) -> npt.NDArray[np.float64]:
    """Return numbers as floats; None and NaN are no time, text and complex numbers are refused."""
    try:
        values = np.asarray(given)
        if values.dtype.kind in "cSUM":
            raise TypeError(values.dtype)
        return values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InputError([Problem("E616", value=str(error))]) from None


_CLOSEST_FIRST = (Why.CELL_OFF, Why.OVER_LIMIT, Why.NO_WAY, Why.NOT_GIVEN, Why.PLACE_OFF)


def _closest_reason(tenths: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return per row the reason that says most about the cell."""
    reason = np.full(len(tenths), Why.PLACE_OFF, dtype=np.int32)
    for why in reversed(_CLOSEST_FIRST):
        reason[(tenths == why).any(axis=1)] = why
    return reason


def _positions(ids: npt.NDArray[np.str_], wanted: Any, column: str) -> npt.NDArray[np.int64]:
    position = {name: i for i, name in enumerate(ids.tolist())}
    unknown = [
        Problem("E615", row=i + 2, column=column, value=name)
        for i, name in enumerate(wanted)
        if name not in position
    ]
    if unknown:
        raise InputError(unknown)
    return np.array([position[name] for name in wanted], dtype=np.int64)
