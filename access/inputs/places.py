"""Learning centres and idle spaces: where they are, what they hold, what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside
from access.inputs.hours import Hours
from access.ledger import Ledger

UNKNOWN, NO, YES = -1, 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Places(Record):
    """Places to learn, or rooms that could become one, `n` of them, in the order of their files.

    ids          (n,) text, unique over all kinds
    names        (n,) text
    lonlat       (n, 2) degrees
    kind         (n,) text: "centre", "idle" or another kind named in the study
    seats        (n,) seats, NaN unknown
    area_m2      (n,) floor area of the room, NaN unknown
    building_m2  (n,) floor area of the building, NaN unknown; 0 means no usable building
    yearly_cost  (n,) won a year, NaN unknown
    step_free    (n,) 1 yes, 0 no, -1 unknown
    category     (n,) text, e.g. 도서관
    owner        (n,) text
    hours        (n,) opening hours, None where unknown
    attributes   further columns of the files, as text, by column name
    """

    ids: npt.NDArray[np.str_]
    names: npt.NDArray[np.str_]
    lonlat: npt.NDArray[np.float64]
    kind: npt.NDArray[np.str_]
    seats: npt.NDArray[np.float64]
    area_m2: npt.NDArray[np.float64]
    building_m2: npt.NDArray[np.float64]
    yearly_cost: npt.NDArray[np.float64]
    step_free: npt.NDArray[np.int8]
    category: npt.NDArray[np.str_]
    owner: npt.NDArray[np.str_]
    hours: tuple[Hours | None, ...] = ()
    attributes: Mapping[str, npt.NDArray[np.str_]] = field(default_factory=dict)
    rows: npt.NDArray[np.int64] | None = aside(None)
    files: npt.NDArray[np.str_] | None = aside(None)
    ledger: Ledger = aside(factory=Ledger)

    def __len__(self) -> int:
        return len(self.ids)
