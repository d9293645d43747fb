"""Days on which something begins or ends, as tables write them."""

from __future__ import annotations

import numpy as np

from access._tables.dates import day

UNKNOWN_DAY = np.datetime64("NaT", "D")
NEVER_ENDS = np.datetime64("9999-12-31", "D")
_FOREVER = 2090
"""From this year on a date says that there is no end (2099-12-31, 9999-12-31)."""

_OPEN = frozenset({"상시", "연중", "수시", "계속"})


def read_day(cell: str) -> tuple[np.datetime64, str]:
    """Return a cell as a day, and the code of what was done (F153, W438 where it is none).

    NaT is unknown, NEVER_ENDS no end. A month without a day is no day.

    >>> [str(read_day(c)[0]) for c in ("2025-03-04", "2025. 3. 4.(화)", "20250304", "45720")]
    ['2025-03-04', '2025-03-04', '2025-03-04', '2025-03-04']
    >>> str(read_day("상시")[0]), str(read_day("2099-12-31")[0]), read_day("2025-02-30")[1]
    ('9999-12-31', '9999-12-31', 'W438')
    """
    text = cell.strip()
    if text in _OPEN:
        return NEVER_ENDS, ""
    when, code = day("" if text == "-" else text, months=False)
    if when is None:
        return UNKNOWN_DAY, "W438" if code else ""
    return (NEVER_ENDS if when.year >= _FOREVER else np.datetime64(when, "D")), code
