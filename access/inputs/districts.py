"""The 읍·면·동 that results are reported by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside
from access.ledger import Ledger


@dataclass(frozen=True, slots=True, eq=False)
class Districts(Record):
    """Reporting areas, `n` of them, in the official order (by code).

    codes   (n,) text; in Korea the 10-digit 행정기관코드
    names   (n,) text, e.g. 공도읍
    shapes  (n,) shapely polygons or multipolygons, in degrees
    """

    codes: npt.NDArray[np.str_]
    names: npt.NDArray[np.str_]
    shapes: npt.NDArray[Any]
    file: str = aside("")
    ledger: Ledger = aside(factory=Ledger)

    def __len__(self) -> int:
        return len(self.codes)
