"""Excel workbooks (.xlsx): one sheet as rows of text, with what Excel hides said aloud."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from access._tables.delimited import MOST_ROWS, Grid
from access._tables.filetype import stop
from access.ledger import Findings

_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
_DAMAGED = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, TypeError, ValueError),
    *(OSError, SyntaxError, zipfile.BadZipFile, zlib.error),  # errors of XML are SyntaxErrors
)
_EXACT = 10**15
"""Excel keeps 15 digits: longer codes typed as numbers have lost their end."""


def read_workbook(path: Path, sheet: str | None, findings: Findings) -> Grid:
    """Return the rows of one sheet (the first visible one unless named) as text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions it skips
            with _opened(path, results=True) as book:
                name = _sheet(book, sheet, findings)
                findings.sheet = name
                hidden, formulas = _look(path, book[name])
                grid = _texts(book[name], findings)
            if formulas:
                _formulas(path, name, grid, findings)
    except _DAMAGED:
        stop(findings, "E423", size=path.stat().st_size)
    if hidden:
        findings.note("W117", count=hidden)
    return grid


@contextmanager
def _opened(path: Path, *, results: bool) -> Iterator[Any]:
    """Open a workbook for its results or its formulas, whatever the file is called."""
    import openpyxl

    with path.open("rb") as file:  # given a path, openpyxl goes by the name
        book = openpyxl.load_workbook(file, read_only=True, data_only=results)
        try:
            yield book
        finally:
            book.close()


def _sheet(book: Any, wanted: str | None, findings: Findings) -> str:
    titles = [s.title for s in book.worksheets]
    if wanted is not None:
        if wanted not in titles:
            stop(findings, "E118", sheet=wanted, sheets=", ".join(titles))
        return wanted
    visible = [s.title for s in book.worksheets if s.sheet_state == "visible"]
    if not visible:
        stop(findings, "E118", sheet="-", sheets=", ".join(titles))
    if len(titles) > 1:
        findings.note(
            "W141", used=visible[0], others=", ".join(t for t in titles if t != visible[0])
        )
    return str(visible[0])


def _look(path: Path, sheet: Any) -> tuple[int, bool]:
    """Return how many rows the sheet hides and whether it holds formulas."""
    member = str(getattr(sheet, "_worksheet_path", ""))
    with zipfile.ZipFile(path) as archive:
        if member not in archive.namelist():
            return 0, True
        content = archive.read(member)  # its true size has been checked
    hidden = len(re.findall(rb'<row\b[^>]*\bhidden="(?:1|true)"', content))
    return hidden, b"<f>" in content or b"<f " in content


def _texts(sheet: Any, findings: Findings) -> Grid:
    sheet.reset_dimensions()  # files of other programs may state them wrongly
    grid: Grid = []
    for row in sheet.iter_rows(values_only=True):
        cells = [_text(value) for value in row]
        grid.append(cells)
        if len(grid) > MOST_ROWS:
            stop(findings, "E121", what="rows", found=f">{MOST_ROWS}", most=MOST_ROWS)
        for number, value in enumerate(cells):
            if value in _ERRORS:
                findings.note("E115", row=len(grid), column=_letters(number), value=value)
    while grid and not any(grid[-1]):
        grid.pop()
    width = max((_used(row) for row in grid), default=0)
    return [row[:width] + [""] * (width - len(row)) for row in grid]


def _used(row: list[str]) -> int:
    return max((i + 1 for i, cell in enumerate(row) if cell), default=0)


def _formulas(path: Path, name: str, grid: Grid, findings: Findings) -> None:
    """Note the formulas whose results were never saved: they read as blanks."""
    with _opened(path, results=False) as book:
        for i, row in enumerate(book[name].iter_rows(values_only=True)):
            for j, value in enumerate(row):
                blank = i >= len(grid) or j >= len(grid[i]) or not grid[i][j]
                if blank and isinstance(value, str) and value.startswith("="):
                    findings.note("E116", row=i + 1, column=_letters(j), value=value)


def _letters(number: int) -> str:
    """Return the letters Excel gives a column (0 is A)."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, int | float):
        if abs(value) >= _EXACT:
            return f"{value:.14E}"
        return str(int(value)) if value == int(value) else repr(float(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.time):
        return f"{value.hour:02}:{value.minute:02}"
    if isinstance(value, dt.timedelta):  # Excel's 24:00 and beyond
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(value)
