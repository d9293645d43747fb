"""Counted residents by district and age, and how they spread over cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside
from access.ledger import Ledger

OLDEST = 999
"""The upper bound of an open age band, such as 100세 이상."""


@dataclass(frozen=True, slots=True, eq=False)
class Residents(Record):
    """Residents counted by district and age.

    codes   (n,) district codes
    names   (n,) district names as the file gives them
    ages    (k, 2) first and last age of each band, both included; the last may be OLDEST
    counts  (n, k) people
    female  (n, k) of them women, or None where the file does not split by sex
    as_of   the month the file counts, e.g. "2025-06", or ""
    """

    codes: npt.NDArray[np.str_]
    names: npt.NDArray[np.str_]
    ages: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float64]
    female: npt.NDArray[np.float64] | None = None
    as_of: str = ""
    file: str = aside("")
    ledger: Ledger = aside(factory=Ledger)

    def __len__(self) -> int:
        return len(self.codes)
