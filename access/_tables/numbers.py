"""What a cell of text says as a number, a yes or no, or an id.

Each function answers for one cell: the value, and the code of what had to be done to it ("" for
nothing). Unknown is NaN or -1, never 0.
"""

from __future__ import annotations

import math
import re
import unicodedata

UNKNOWN_WORDS = frozenset(
    (
        *("-", "--", "–", "—", "x", "n/a", "na", "nan", "null", "none", "nil"),
        *(".", "…", "...", "*", "**", "?"),
        *("미상", "미정", "미확인", "불명", "없음", "해당없음", "비공개"),
    )
)
"""Words that stand for a number nobody knows, or that a statistics office withholds."""

_YES = frozenset(
    ("y", "yes", "true", "t", "1", "o", "○", "예", "네", "유", "있음", "가능", "설치", "해당")
)
_NO = frozenset(
    (
        *("n", "no", "false", "f", "0", "x", "×"),
        *("아니오", "아니요", "무", "없음", "불가", "불가능", "미설치", "미해당"),
    )
)

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_NEGATIVE = re.compile(r"\((.+)\)")
# Only units that leave the number as it is: 천원 and 평 would change it.
_UNITS = re.compile(
    r"(?:약|대략|총|₩)?\s*([+-]?[\d.,]+)\s*"
    r"(?:명|인|인석|석|좌석|개|곳|실|세대|가구|m2|㎡|제곱미터|원|층|동|대|분|m)?",
    re.ASCII,
)
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_DATE = re.compile(
    r"\d{1,2}월\s*\d{1,2}일|(?:\d{1,2}-)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:-\d+)?"
    r"|(?:19|20)\d\d-\d\d-\d\d(?: 00:00:00)?"
)


def number(cell: str) -> tuple[float, str]:
    """Return a cell as a number and what was done: F106, F109, W107, E108, E125 or nothing.

    >>> number("1,234"), number("약 20명"), number("(5)")
    ((1234.0, 'F106'), (20.0, 'F109'), (-5.0, 'F109'))
    >>> number("미상"), number("2750+2750")
    ((nan, 'W107'), (nan, 'E108'))
    """
    text = cell.strip()
    if _PLAIN.fullmatch(text):
        value = float(text)
        return (value, "") if math.isfinite(value) else (math.nan, "E125")
    if not text:
        return math.nan, ""
    if text.casefold() in UNKNOWN_WORDS:
        return math.nan, "W107"
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if plain.casefold() in UNKNOWN_WORDS:
        return math.nan, "W107"
    if plain.casefold().lstrip("+-") in ("inf", "infinity", "∞"):
        return math.nan, "E125"
    if _GROUPED.fullmatch(plain):
        return float(plain.replace(",", "")), "F106"
    if inner := _NEGATIVE.fullmatch(plain):
        value, code = number(inner[1])
        sure = math.isfinite(value) and value > 0 and code in ("", "F106")
        return (-value, "F109") if sure else (math.nan, "E108")
    if unit := _UNITS.fullmatch(plain):
        digits = unit[1]
        if _PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits):
            return float(digits.replace(",", "")), "F109"
    return math.nan, "E108"


def flag(cell: str) -> int | None:
    """Return 1 for yes, 0 for no, -1 for a blank, None for what is neither.

    >>> [flag(c) for c in ("Y", "아니오", "", "아마")]
    [1, 0, -1, None]
    """
    word = unicodedata.normalize("NFKC", cell).strip().casefold()
    if word in _YES:
        return 1
    if word in _NO:
        return 0
    return -1 if not word or word in UNKNOWN_WORDS else None


def mangled(cell: str) -> str:
    """Return the code of what a spreadsheet did to an id: E110 rounded, W133 made a date.

    >>> mangled("1.11054E+09"), mangled("3월 2일"), mangled("0111053000")
    ('E110', 'W133', '')
    """
    if _SCIENTIFIC.fullmatch(cell):
        return "E110"
    return "W133" if _DATE.fullmatch(cell) else ""
