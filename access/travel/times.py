"""TravelTimes: how long from each cell to each place, and why not where there is no way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from access._frozen import Record


class Why(IntEnum):
    """Why there is no travel time. Negative, so that it can stand where a time would."""

    CELL_OFF = -1  # the cell lies too far from any way of the mode
    PLACE_OFF = -2  # the place does
    NO_WAY = -3  # both are on ways, but no legal trip joins them
    OVER_LIMIT = -4  # not within the limit of the search
    NOT_GIVEN = -5  # a table made elsewhere has no such pair
    NO_PLACE = -6  # there is no place of the kind asked for


@dataclass(frozen=True, slots=True, eq=False)
class TravelTimes(Record):
    """Travel times from `n` cells to `p` places.

    cells    (n,) cell ids
    places   (p,) place ids
    tenths   (n, p) int32 tenths of a second, or a negative `Why`
    limit_s  the limit of the search in seconds, or None
    columns  (p,) fingerprint of what each column was computed from, "" for tables made elsewhere
    """

    cells: npt.NDArray[np.str_]
    places: npt.NDArray[np.str_]
    tenths: npt.NDArray[np.int32]
    limit_s: float | None
    columns: npt.NDArray[np.str_]

    @property
    def seconds(self) -> npt.NDArray[np.float64]:
        """(n, p) seconds, NaN where there is no time."""
        return np.where(self.tenths >= 0, self.tenths / 10.0, np.nan)
