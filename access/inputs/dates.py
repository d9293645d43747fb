"""Days as tables write them."""

from __future__ import annotations

import re

import numpy as np

from access._tables.dates import serial

UNKNOWN_DAY = np.datetime64("NaT", "D")
NEVER_ENDS = np.datetime64("9999-12-31", "D")
_FOREVER = 2090
"""From this year on a date says that there is no end (2099-12-31, 9999-12-31)."""

_DAY = re.compile(
    r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?(?:\s*\(.\))?(?:[T\s]+\d{1,2}:.*)?"
)
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_OPEN = frozenset({"상시", "연중", "수시", "계속"})


def is_serial(cell: str) -> bool:
    """Say whether a cell is the number by which spreadsheets count days."""
    return serial(cell.strip()) is not None


def read_day(cell: str) -> np.datetime64 | None:
    """Return a cell as a day: NaT for a blank, NEVER_ENDS for no end, None for what is none.

    >>> [str(read_day(c)) for c in ("2025-03-04", "2025. 3. 4.(화)", "20250304", "2025년 3월 4일")]
    ['2025-03-04', '2025-03-04', '2025-03-04', '2025-03-04']
    >>> str(read_day("상시")), str(read_day("2099-12-31")), read_day("2025-02-30")
    ('9999-12-31', '9999-12-31', None)
    >>> str(read_day("45720")), is_serial("45720")
    ('2025-03-04', True)
    """
    text = cell.strip()
    if text in ("", "-"):
        return UNKNOWN_DAY
    if text in _OPEN:
        return NEVER_ENDS
    if (counted := serial(text)) is not None:
        return np.datetime64(counted, "D")
    found = _DAY.fullmatch(text) or _EIGHT.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    if year >= _FOREVER:
        return NEVER_ENDS
    try:
        return np.datetime64(f"{year:04}-{month:02}-{day:02}", "D")
    except ValueError:
        return None
