"""Where people live: squares of a grid, hexagons or census areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside
from access.ledger import Ledger


@dataclass(frozen=True, slots=True, eq=False)
class Squares(Record):
    """Cells that are squares of one metric grid: south-west corners, in metres of `crs`."""

    size_m: int
    corner: npt.NDArray[np.int64]  # (n, 2) easting, northing
    crs: int


@dataclass(frozen=True, slots=True, eq=False)
class Cells(Record):
    """Populated cells, `n` of them, in the order of their file.

    ids        (n,) text, unique
    lonlat     (n, 2) degrees: the centre, where trips start
    people     (n,) residents as the cell file gives them; a weight once residents are counted
    shapes     the grid they are squares of, (n,) polygons in degrees, or None (drawn as dots)
    district   (n,) text: a district code where the file gives one, else None (found by position)
    rows       (n,) the row of each cell in its file, as Excel shows it
    """

    ids: npt.NDArray[np.str_]
    lonlat: npt.NDArray[np.float64]
    people: npt.NDArray[np.float64]
    shapes: Squares | npt.NDArray[Any] | None = None
    district: npt.NDArray[np.str_] | None = None
    rows: npt.NDArray[np.int64] | None = aside(None)
    file: str = aside("")
    ledger: Ledger = aside(factory=Ledger)

    def __len__(self) -> int:
        return len(self.ids)
