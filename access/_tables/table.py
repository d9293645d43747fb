"""Table: columns of text with their Excel row numbers, and the columns as numbers or ids."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from access._tables.dates import day
from access._tables.dbf import read_dbf
from access._tables.delimited import MOST_COLUMNS, Grid, read_delimited
from access._tables.filetype import Kind, stop, true_kind
from access._tables.header import (
    Header,
    Wanted,
    closest,
    find_column,
    find_header,
    fold,
    is_footnote,
    is_total,
)
from access._tables.numbers import flag, mangled, number
from access._tables.persons import persons_in, veil
from access._tables.workbook import read_workbook
from access.errors import InputError
from access.ledger import Findings

Cells = npt.NDArray[np.object_]
LISTED = 1000
"""How many cells of one column and cause are listed one by one; more are only counted."""
MOST_LETTERS = 50_000_000
"""Rows times the longest cell of a column: fixed-width text would not fit in memory."""
EXCEL_DIGITS = 15
"""Excel keeps so many digits of a number and writes zeros for the rest."""
_MILDER = {"E108": "W108", "E124": "W124", "E125": "W125"}
_NO_COLUMNS = ("E112", "E120", "E130", "E131")

_ESCAPED = re.compile(r"\A'(?=[=+\-@\t\r])")
# Characters that hide or turn text around stay in the data and are listed; \t \n \r are common.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_HANJA = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[ìíëê][\x80-\xbf\u0152-\u2122]")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table that hold data, as text.

    header    the names of its columns, as the file gives them
    columns   their name -> (n,) text
    names     our name -> theirs, for the columns that were found
    rows      (n,) row numbers as Excel shows them
    read      how many rows of data there were, with those already excluded (totals)
    findings  where what is found in the columns is noted
    """

    header: tuple[str, ...]
    columns: Mapping[str, Cells]
    names: Mapping[str, str]
    rows: npt.NDArray[np.int64]
    read: int
    findings: Findings

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, ours: str) -> bool:
        return ours in self.names

    def text(self, ours: str) -> Cells:
        """Return a column as it is written, blanks where there is no such column."""
        if ours not in self.names:
            return np.full(len(self), "", dtype=object)
        return self.columns[self.names[ours]]

    def others(self) -> dict[str, Cells]:
        """Return the columns that none of our names took."""
        taken = set(self.names.values())
        return {name: cells for name, cells in self.columns.items() if name not in taken}

    def keep(self, which: npt.NDArray[np.bool_]) -> Table:
        """Return the table with only some of its rows."""
        columns = {name: cells[which] for name, cells in self.columns.items()}
        return replace(self, columns=columns, rows=self.rows[which])

    def note(self, code: str, ours: str, which: Iterable[int], **more: Any) -> None:
        """Note a code for some cells of a column; of many that stay in, only the first 1,000."""
        theirs, cells, which = self.names.get(ours, ours), self.text(ours), list(which)
        most = len(which) if more.get("action") == "excluded" else LISTED
        for i in which[:most]:
            self.findings.note(
                code, row=int(self.rows[i]), column=theirs, value=cells[i] or None, **more
            )
        if len(which) > most:
            self.findings.note("F119", column=theirs, same=code, count=len(which) - most)

    def note_doubles(self, code: str, ours: str) -> None:
        """Note the rows that say the same as an earlier one in every column but the id."""
        first: dict[tuple[str, ...], int] = {}
        columns = [cells for name, cells in self.columns.items() if name != self.names.get("id")]
        for i, row in enumerate(zip(*columns, strict=True)):
            if row in first:
                self.note(code, ours, [i], first=int(self.rows[first[row]]))
            else:
                first[row] = i

    def numbers(
        self, ours: str, *, strict: bool = False, least: float | None = 0.0, quiet: bool = False
    ) -> npt.NDArray[np.float64]:
        """Return a column as numbers, NaN where unknown.

        Thousands separators, known units, full-width digits and bracketed negatives are read and
        listed (`quiet`: thousands separators are the file's own way and are not). A cell that is
        no number, or below `least`, stops the work if `strict`, else becomes unknown and is listed.
        """
        values = np.full(len(self), np.nan)
        found: dict[str, list[int]] = {}
        for i, cell in enumerate(self.text(ours)):
            values[i], code = number(cell)
            if code and not (quiet and code == "F106"):
                found.setdefault(code, []).append(i)
        if least is not None:
            low = np.flatnonzero(values < least)
            if len(low):
                found["E124"] = low.tolist()
                values[low] = np.nan
        for code, which in sorted(found.items()):
            self.note(code if strict else _MILDER.get(code, code), ours, which)
        return values

    def flags(self, ours: str) -> npt.NDArray[np.int8]:
        """Return a column of yes and no as 1 and 0, -1 where unknown."""
        answers = [flag(cell) for cell in self.text(ours)]
        self.note("W128", ours, [i for i, a in enumerate(answers) if a is None])
        return np.array([-1 if a is None else a for a in answers], dtype=np.int8)

    def ids(self, ours: str, total: int | None = None) -> Cells:
        """Return a column of ids or codes, as text; blanks, doubles and mangled ones stop.

        `total` is the position of a row that looks like one of totals, should its id be blank.
        """
        cells = self.text(ours)
        found: dict[str, list[int]] = {}
        first: dict[str, int] = {}
        for i, cell in enumerate(cells):
            if not cell:
                found.setdefault("E129" if i == total else "E127", []).append(i)
                continue
            if code := mangled(cell):
                found.setdefault(code, []).append(i)
            if cell in first:
                again = int(self.rows[first[cell]])
                self.findings.note(
                    "E126",
                    row=int(self.rows[i]),
                    column=self.names[ours],
                    value=cell,
                    first=again,
                )
            else:
                first[cell] = i
        for code, which in found.items():
            self.note(code, ours, which)
        self._short(ours, cells)
        self._rounded(ours, cells)
        return cells

    def days(self, ours: str) -> list[dt.date | None]:
        """Return a column of dates, None where unknown; serial numbers of Excel are listed."""
        found = [day(cell) for cell in self.text(ours)]
        for code in ("F153", "W155"):
            self.note(code, ours, [i for i, (_, said) in enumerate(found) if said == code])
        return [when for when, _ in found]

    def _short(self, ours: str, cells: Cells) -> None:
        """Warn of codes one digit short of the others: a spreadsheet drops the leading zero."""
        lengths = np.array([len(c) if c.isdigit() else 0 for c in cells])
        if not len(lengths) or (usual := int(np.bincount(lengths).argmax())) < 8:
            return
        self.note("W134", ours, np.flatnonzero(lengths == usual - 1), digits=usual)

    def _rounded(self, ours: str, cells: Cells) -> None:
        """Warn of long numbers that all end in zeros: Excel keeps 15 digits and no more."""
        long = [i for i, cell in enumerate(cells) if len(cell) > EXCEL_DIGITS and cell.isdigit()]
        rest = {cells[i][EXCEL_DIGITS:].strip("0") for i in long}
        if len(long) > 2 and rest == {""}:
            self.note("W156", ours, long, digits=EXCEL_DIGITS)


def read_table(
    path: Path | str,
    *,
    wanted: Wanted,
    required: Sequence[str] = (),
    encoding: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    persons: Sequence[str] = (),
    prepare: Callable[[Grid], Grid] | None = None,
    findings: Findings,
) -> Table:
    """Read a .csv, .tsv, .txt, .xlsx or .dbf file as columns of text.

    `wanted` gives the headers our names go by, `required` those that must be there, `columns`
    the file's own header for some of our names, `persons` those of columns that name private
    persons and are not read. `prepare` may rewrite headers that only one publisher lays out so; it
    must keep every row where it is. What cannot be read at all raises InputError at once;
    everything else is noted in `findings`.
    """
    path = Path(path)
    kind = true_kind(path, findings, (Kind.TEXT, Kind.XLSX, Kind.DBF))
    if kind is Kind.XLSX:
        grid = read_workbook(path, sheet, findings)
        if encoding is not None:
            findings.note("W142", value=encoding, key="encoding")
    else:
        read = read_dbf if kind is Kind.DBF else read_delimited
        grid = read(path, encoding, findings)
        if sheet is not None:
            findings.note("W142", value=sheet, key="sheet")
    if prepare is not None:
        grid = prepare(grid)
    chosen = dict(columns or {})
    header = find_header(grid, wanted, chosen)
    if header is None:
        stop(findings, "E113")
    _heading(grid, header, findings)
    private = bool(persons_in(header.names, persons)[0])
    kept = _rows(grid, header, findings, ragged=kind is Kind.TEXT, private=private)
    data = [grid[i] for i in kept.used]
    if not data:
        stop(findings, "E114", header=", ".join(n for n in header.names if n))
    names, data, veiled = veil(header.names, data, persons)
    header = replace(header, names=names)
    for name in veiled:
        findings.note("F453", column=name)
    table = Table(
        header.names,
        _columns(header, data, kept.used, findings),
        {},
        np.array(kept.used, dtype=np.int64) + 1,
        kept.read,
        findings,
    )
    found = find_names(table.header, wanted, required, chosen, findings)
    if any(p.code in _NO_COLUMNS for p in findings.errors):
        raise InputError(findings.errors)
    return replace(table, names=found)


def find_names(
    header: Sequence[str],
    wanted: Wanted,
    required: Sequence[str],
    columns: Mapping[str, str],
    findings: Findings,
) -> dict[str, str]:
    """Return our name -> theirs for the columns present; note what is missing or unknown."""
    names = {}
    present = ", ".join(n for n in header if n)
    for ours, theirs in columns.items():
        if ours not in wanted:
            near = closest(list(wanted), [ours], 1) or list(wanted)
            findings.note("E130", column=ours, nearest=", ".join(near))
            continue
        exact = find_column(header, [theirs])
        if exact is None:
            near = closest(header, [theirs])
            findings.note("E131", column=theirs, ours=ours, near=", ".join(near) or present)
        else:
            names[ours] = exact
    for ours, aliases in wanted.items():
        if ours in columns:
            continue
        found = find_column(header, aliases)
        if found is not None:
            names[ours] = found
        elif ours in required:
            near = closest(header, aliases)
            findings.note(
                "E112", column=aliases[0], ours=ours, near=", ".join(near) or "-", present=present
            )
    return names


@dataclass(frozen=True, slots=True)
class _Kept:
    used: list[int]
    read: int


def _heading(grid: Grid, header: Header, findings: Findings) -> None:
    above = [i + 1 for i in range(header.first) if any(c.strip() for c in grid[i])]
    if above:
        findings.note("F137", rows=", ".join(map(str, above)), header=header.first + 1)
    if header.after - header.first > 1:
        findings.note("F138", first=header.first + 1, last=header.after)
    if len(header.names) > MOST_COLUMNS:
        stop(findings, "E121", what="columns", found=len(header.names), most=MOST_COLUMNS)
    seen: dict[str, str] = {}
    for name in header.names:
        if not name:
            continue
        if fold(name) in seen:
            findings.note("E120", column=name)
        seen[fold(name)] = name


def _rows(grid: Grid, header: Header, findings: Findings, *, ragged: bool, private: bool) -> _Kept:
    """Return the rows that hold data; note totals, footnotes and rows of another length.

    A footnote of a `private` table may name persons and is not repeated. A row that only says the
    header again, as where pages were put together, is left out.
    """
    again = _folded(grid[header.after - 1])
    width = max(len(grid[i]) for i in range(header.first, header.after))
    used, read = [], 0
    for i in range(header.after, len(grid)):
        row = grid[i]
        if not any(c.strip() for c in row):
            continue
        read += 1
        if is_total(row):
            findings.note("W135", row=i + 1, value=next(c for c in row if c), action="excluded")
        elif is_footnote(row):
            said = None if private else next(c for c in row if c)
            findings.note("W136", row=i + 1, value=said, action="excluded")
        elif _folded(row) == again:
            findings.note("W186", row=i + 1, action="excluded")
        elif ragged and len(row) != width:
            findings.note("E111", row=i + 1, found=len(row), width=width)
        else:
            used.append(i)
    if not used and findings.errors:
        raise InputError(findings.errors)
    return _Kept(used, read)


def _folded(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(fold(cell) for cell in row)


def _columns(
    header: Header, data: Grid, used: Sequence[int], findings: Findings
) -> dict[str, Cells]:
    columns: dict[str, Cells] = {}
    for j, name in enumerate(header.names):
        cells = [_ESCAPED.sub("", row[j].strip(" \u3000\xa0"), count=1) for row in data]
        if not name:
            if any(cells):
                findings.note("W139", column=f"{j + 1}", count=sum(map(bool, cells)))
            continue
        longest = max(map(len, cells))
        if longest * len(cells) > MOST_LETTERS:
            at = max(range(len(cells)), key=lambda i: len(cells[i]))
            most = MOST_LETTERS // len(cells)
            findings.note("E122", row=used[at] + 1, column=name, number=used[at] + 1, most=most)
            continue
        _look_for_damage(name, cells, used, findings)
        columns[name] = np.array(cells, dtype=object)
    return columns


def _look_for_damage(name: str, cells: list[str], used: Sequence[int], findings: Findings) -> None:
    for code, damaged in (("W105", _misread), ("W140", _CONTROL.search)):
        bad = [i for i, cell in enumerate(cells) if damaged(cell)]
        for i in bad[:LISTED]:
            findings.note(code, row=used[i] + 1, column=name, value=cells[i])
        if len(bad) > LISTED:
            findings.note("F119", column=name, same=code, count=len(bad) - LISTED)


def _misread(cell: str) -> bool:
    """Say whether a cell is UTF-8 once read as another encoding, or has lost characters."""
    if cell.isascii():
        return False
    if "\ufffd" in cell or "占쏙옙" in cell or _LATIN.search(cell):
        return True
    if not _HANJA.search(cell):
        return False
    try:  # real Korean text in CP949 is never valid UTF-8 by chance
        cell.encode("cp949").decode("utf-8")
    except UnicodeError:
        return False
    return True
