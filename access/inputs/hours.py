"""Opening hours as a week of bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from access._frozen import Record

SLOTS_A_DAY = 96
"""A day has 96 quarter hours."""


@dataclass(frozen=True, slots=True, eq=False)
class Hours(Record):
    """When a place is open: (7, 96) bits, Monday first, a quarter hour each."""

    open: npt.NDArray[np.bool_]
