"""What a cell says as a date, and what a spreadsheet made of words that only looked like one."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

_DAY = re.compile(
    r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[일.]?(?:\s*\(.\))?(?:[T\s]+\d{1,2}:.*)?",
    re.ASCII,
)
_RUN = re.compile(r"((?:19|20|99)\d\d)(\d\d)(\d\d)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[월.]?", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_FIRST, _LAST = 20_000, 80_000
"""Serial numbers that may be a date: 1954 to 2119. Excel counts days from the end of 1899."""
_EPOCH = dt.date(1899, 12, 30)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MADE = (
    re.compile(r"(?P<m>\d{1,2})월\s*(?P<d>\d{1,2})일", re.ASCII),
    re.compile(r"(?:19|20)\d\d-(?P<m>\d\d)-(?P<d>\d\d)", re.ASCII),
    re.compile(rf"(?P<d>\d{{1,2}})-(?P<name>{'|'.join(_MONTHS)})", re.ASCII),
    re.compile(rf"(?P<name>{'|'.join(_MONTHS)})-(?P<d>\d{{1,2}})", re.ASCII),
)


def day(cell: str, months: bool = True) -> tuple[dt.date | None, str]:
    """Return a cell as a date (a month as its first day), and the code of what was done.

    F153 is a serial number of Excel, W155 no date at all; a blank is None without a code. Where
    `months` is off, a month without a day is no date.

    >>> day("2025. 6. 30.(월)"), day("20250630")[0], day("2025년 6월")[0]
    ((datetime.date(2025, 6, 30), ''), datetime.date(2025, 6, 30), datetime.date(2025, 6, 1))
    >>> day("45838"), day("내년")
    ((datetime.date(2025, 6, 30), 'F153'), (None, 'W155'))
    """
    text = unicodedata.normalize("NFKC", cell).strip()
    if not text:
        return None, ""
    if (counted := serial(text)) is not None:
        return counted, "F153"
    found = _DAY.fullmatch(text) or _RUN.fullmatch(text) or _MONTH.fullmatch(text)
    parts = () if found is None else found.groups()
    if not parts or (not months and len([p for p in parts if p]) < 3):
        return None, "W155"
    year, month, *rest = (int(part) if part else 1 for part in parts)
    try:
        return dt.date(year, month, *(rest or [1])), ""
    except ValueError:
        return None, "W155"


def serial(text: str) -> dt.date | None:
    """Return the day that a serial number of Excel counts, None for other text.

    >>> serial("45838"), serial("20250630")
    (datetime.date(2025, 6, 30), None)
    """
    found = _SERIAL.fullmatch(text)
    if found is None or not _FIRST <= int(found[1]) <= _LAST:
        return None
    return _EPOCH + dt.timedelta(int(found[1]))


def made_date(cell: str) -> tuple[int, int] | None:
    """Return the two numbers, month first, that a spreadsheet made a date of, None for others.

    >>> made_date("05월 09일"), made_date("9-May"), made_date("2025-10-14"), made_date("5~9")
    ((5, 9), (5, 9), (10, 14), None)
    """
    for form in _MADE:
        if found := form.fullmatch(cell.strip()):
            parts = found.groupdict()
            month = _MONTHS.index(parts["name"]) + 1 if "name" in parts else int(parts["m"])
            return month, int(parts["d"])
    return None
