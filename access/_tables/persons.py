"""Columns that name private persons are not read, and their names are blanked beside them.

Course lists carry teachers' names, lists of village halls those of their keepers. No answer needs
them, so they go before anything is noted: no message, record or output can repeat them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from access._tables.delimited import Grid
from access._tables.header import bare, fold

BLANKED = "○○○"

_SPLIT = re.compile(r"[\s,/·・;&+()\[\]]+|및|외\s*\d+\s*[명인]")
_TITLE = r"(?:강사|선생|교수|작가|박사|원장|대표|회장|관장|시인|님|씨)"
_KOREAN = re.compile(r"[가-힣]{2,4}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z.' -]{3,}")
_NO_NAME = re.compile(
    r"도서관|복지관|학습관|센터|강사|담당|사서|미정|추후|직원|봉사|기부|교육|공방|협회|학교|원어민|외부|내부|전문|예정|없음"
)


def veil(
    names: Sequence[str], rows: Grid, persons: Iterable[str]
) -> tuple[tuple[str, ...], Grid, tuple[str, ...]]:
    """Return the header and rows without the columns of persons, and what these were called.

    A name of three letters or more is blanked wherever its own row repeats it; one of two only
    before a title (선생님, 강사 ...), since two syllables are also part of plain words.

    >>> header, rows = ("강좌명", "강사명"), [["홍길동의 글쓰기", "홍길동 강사"]]
    >>> veil(header, rows, ["강사명"])
    (('강좌명', ''), [['○○○의 글쓰기', '']], ('강사명',))
    """
    told = {fold(person) for person in persons}
    which = [j for j, name in enumerate(names) if name and {fold(name), bare(name)} & told]
    if not which:
        return tuple(names), rows, ()
    veiled = []
    for row in rows:
        spoken = _spoken([row[j] for j in which if j < len(row)])
        cells = [spoken.sub(BLANKED, cell) for cell in row] if spoken else list(row)
        for j in which:
            if j < len(cells):
                cells[j] = ""
        veiled.append(cells)
    kept = tuple("" if j in which else name for j, name in enumerate(names))
    return kept, veiled, tuple(names[j] for j in which)


def _spoken(cells: Sequence[str]) -> re.Pattern[str] | None:
    """Return what finds the names of some cells in a text."""
    found = []
    for cell in cells:
        if _LATIN.fullmatch(cell.strip()):
            found.append(re.escape(cell.strip()))
        for word in _SPLIT.split(cell):
            name = re.sub(_TITLE + "+$", "", word) if len(word) > 3 else word
            if _KOREAN.fullmatch(name) and not _NO_NAME.search(name):
                close = rf"(?=\s*{_TITLE})" if len(name) == 2 else ""
                found.append(rf"(?<![가-힣]){re.escape(name)}{close}")
    return re.compile("|".join(found)) if found else None
