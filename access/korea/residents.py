"""Registered residents by age: the monthly export of jumin.mois.go.kr.

The export mixes 시도, 시군구 and 읍·면·동 in one column, writes the month into every header and a
thousands comma into every number, counts 출장소 (branch offices) beside their 읍·면, and lists
Sejong twice. Only 읍·면·동 are read; the rows above them serve to check that they are complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from access._frozen import frozen, texts
from access._tables import Table, read_table
from access._tables.header import closest
from access._tables.numbers import mangled
from access._tables.table import Cells
from access.errors import InputError
from access.inputs.aliases import aliases
from access.inputs.population import Residents
from access.korea.exports import CHOSEN, HOUSEHOLDS, SUM, Layout, layout, with_full_names
from access.ledger import Findings

Floats = npt.NDArray[np.float64]

FORMATS = ("mois", "table")
TOLERATED = 0.02
"""A 시·군·구 whose 읍·면·동 miss its own row by more than this share is refused."""
COUNTRY = "1000000000"

_PLACE = re.compile(r"(.*?)\s*\((\d{10})\)\s*", re.DOTALL)
_FLOAT = re.compile(r"(\d+)\.0+")
_BRANCH = "출장소"


@dataclass(frozen=True, slots=True)
class _Count:
    """The rows of a file, still of all levels, in their order."""

    table: Table
    names: npt.NDArray[np.object_]
    codes: npt.NDArray[np.object_]
    ages: npt.NDArray[np.int64]
    counts: Floats
    female: Floats | None
    as_of: str
    column: str  # that names the district

    def note(self, code: str, i: int, **more: Any) -> None:
        self.table.findings.note(
            code,
            row=int(self.table.rows[i]),
            column=self.column,
            value=f"{self.names[i]} ({self.codes[i]})",
            **more,
        )


def read_residents(
    path: Path | str,
    format: str = "mois",
    *,
    within: str | Sequence[str] = "",
    encoding: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Residents:
    """Read residents by 읍·면·동 and age, in the order of their codes.

    format   "mois": the export as downloaded, CSV or workbook (계, or 남 and 여; ages by 1, 5 or
             10 years; a month or a year in its headers);
             "table": one row a district, with a column of codes, one of names and columns of
             ages called 0~9, a0~9, 0-9세, 100+, 0세남자 ...
    within   the first digits of the codes to keep, e.g. "41550" for Anseong, or several; the
             other rows are counted as left out, and not looked at

    Branch offices (출장소) are added to their 읍·면 and listed. Rows without residents are left
    out and listed. Rows of 시·군·구, 시·도 and the country are not counted: the 읍·면·동 must add
    up to them, or the difference is told. Raises InputError with every problem of the file.
    """
    path = Path(path)
    if format not in FORMATS:
        raise InputError.of("E322", value=format, facts={"valid": ", ".join(FORMATS)})
    findings = Findings(path.name)
    mois = format == "mois"
    table = read_table(
        path,
        wanted=aliases("residents"),
        required=() if mois else ("code",),
        encoding=encoding,
        sheet=sheet,
        columns=columns,
        prepare=with_full_names if mois else None,
        findings=findings,
    )
    found = layout(table.header, mois)
    if mois and not found.complete:
        _refuse(table, found)
    beginnings = (within,) if isinstance(within, str) else tuple(within)
    take_apart = _apart if "code" in table else _fused
    table, names, codes = _within(*take_apart(table), tuple(filter(None, beginnings)))
    count = _count(table, names, codes, found)
    _note_doubles(count)
    empty = count.counts.sum(axis=1) == 0
    sums = _sums(count) & ~empty
    if (sums | empty).all():
        findings.note("E346", value=", ".join(beginnings) or None)
    if not findings.errors:
        checked = _reconcile(count, ~sums)
        findings.pass_over("F381", int(sums.sum()), checked=checked)
    parents = _parents(count, ~sums)
    counts, female = _folded(count.counts, parents), None
    if count.female is not None:
        female = _folded(count.female, parents)
    for i in np.flatnonzero(empty):
        count.note("W345", int(i), action="excluded", people=0.0)
    ledger = findings.close(table.read)
    kept = np.flatnonzero(~(sums | empty) & (parents < 0))
    order = kept[np.argsort(count.codes[kept], kind="stable")]
    return Residents(
        codes=texts(count.codes[order]),
        names=texts(count.names[order]),
        ages=frozen(count.ages),
        counts=frozen(counts[order]),
        female=None if female is None else frozen(female[order]),
        as_of=count.as_of,
        empty=texts(count.codes[empty]),
        file=path.name,
        ledger=ledger,
    )


def _refuse(table: Table, found: Layout) -> NoReturn:
    """Say what a file that is no export of residents by age is instead."""
    note, header = table.findings.note, table.header
    if any(HOUSEHOLDS in name for name in header):
        note("E380")
    elif "code" in table and layout(header, mois=False).complete:
        note("E386", column=table.names["code"])
    elif "district" not in table and "code" not in table:
        wanted = aliases("residents")["district"]
        near = ", ".join(closest(header, wanted)) or "-"
        shown = ", ".join(name for name in header if name)
        note("E112", column=wanted[0], ours="district", near=near, present=shown)
    else:
        note("E323", column=", ".join(found.sexes))
    raise InputError(table.findings.errors)


def _fused(table: Table) -> tuple[Table, Cells, Cells]:
    """Take name and code apart: `경기도 안성시 공도읍(4155025000)`, with 0 to 2 spaces between."""
    found = [_PLACE.fullmatch(cell) for cell in table.text("district")]
    strange = [i for i, match in enumerate(found) if match is None]
    table.note("E342", "district", strange)
    if strange:
        raise InputError(table.findings.errors)
    names = np.array([" ".join(m[1].split()) for m in found if m], dtype=object)
    return table, names, np.array([m[2] for m in found if m], dtype=object)


def _apart(table: Table) -> tuple[Table, Cells, Cells]:
    """Return names and codes that stand in columns of their own; 4155025000.0 loses its .0."""
    told = next((ours for ours in ("name", "district") if ours in table), "code")
    names = np.array([" ".join(cell.split()) for cell in table.text(told)], dtype=object)
    codes = table.text("code").copy()
    floats = [i for i, code in enumerate(codes) if _FLOAT.fullmatch(code)]
    table.note("F385", "code", floats)
    codes[floats] = [codes[i].partition(".")[0] for i in floats]
    return table, names, codes


def _within(
    table: Table, names: Cells, codes: Cells, within: tuple[str, ...]
) -> tuple[Table, Cells, Cells]:
    if not within:
        return table, names, codes
    here = np.array(
        [code.startswith(within) or mangled(code) == "E110" for code in codes], dtype=bool
    )  # what Excel ate may be of here
    shown = ", ".join(within)
    if not here.any():
        told = begin([code for code in codes if code[5:] != "00000"] or codes)
        table.findings.note("E327", districts=shown, residents=told, systems="")
        raise InputError(table.findings.errors)
    table.findings.pass_over("F344", int((~here).sum()), within=shown)
    return table.keep(here), names[here], codes[here]


def begin(codes: Iterable[str]) -> str:
    """Return the first five digits of codes, those of their cities, as far as five go.

    >>> begin(["4155025000", "4155025300", "4146025000"])
    '41460, 41550'
    """
    cities = sorted({str(code)[:5] for code in codes})
    return ", ".join(cities[:5]) + (" …" if len(cities) > 5 else "")


def _count(table: Table, names: Cells, codes: Cells, found: Layout) -> _Count:
    """Read the columns of ages, and check each row against the totals it states itself."""
    note = table.findings.note
    column = table.names["code" if "code" in table else "district"]
    months = found.months | {f"{when:%Y-%m}" for when in table.days("as_of") if when}
    if len(months) > 1:
        note("E349", months=", ".join(sorted(months)))
    if not found.complete:
        note("E323", column=", ".join(found.sexes))
        raise InputError(table.findings.errors)
    if found.present_only:
        note("W382")
    for header, (first, last) in found.mended:
        note("F384", column=header, first=first, last=last)
    ages = sorted(found.bands)
    columns, labels = found.columns, [found.bands[band] for band in ages]
    by_sex = {s: _matrix(table, [columns[s][label] for label in labels]) for s in found.sexes}
    female = by_sex.get("여")
    if female is None and set(columns.get("여", {})) >= set(labels):
        female = _matrix(table, [columns["여"][label] for label in labels])
    count = _Count(
        table,
        names,
        codes,
        np.array(ages, dtype=np.int64),
        np.add.reduce(list(by_sex.values())),
        female,
        months.pop() if len(months) == 1 else "",
        column,
    )
    stated = {}
    for label in (SUM, CHOSEN):
        of = [s for s in ("계",) if label in columns.get(s, {})] or found.sexes
        if all(label in columns.get(s, {}) for s in of):
            stated[label] = _matrix(table, [columns[s][label] for s in of]).sum(axis=1)
    _check_rows(count, stated)
    return count


def _matrix(table: Table, headers: Sequence[str]) -> Floats:
    """Return columns as numbers; every cell must hold one."""
    named = replace(table, names={h: h for h in table.header})
    values = np.empty((len(table), len(headers)))
    for j, header in enumerate(headers):
        values[:, j] = named.numbers(header, strict=True, quiet=True)
        named.note("E324", header, np.flatnonzero(~np.isfinite(values[:, j])))
    return values


def _check_rows(count: _Count, stated: Mapping[str, Floats]) -> None:
    added = count.counts.sum(axis=1)
    chosen, total = stated.get(CHOSEN, stated.get(SUM)), stated.get(SUM)
    if chosen is None or total is None:
        return
    for i in np.flatnonzero(np.isfinite(added) & (added != chosen)):
        count.note("E343", int(i), added=f"{added[i]:,.0f}", stated=f"{chosen[i]:,.0f}")
    fewer = np.flatnonzero((chosen < total) & (added == chosen)).tolist()
    if fewer:
        held, whole = f"{chosen[fewer[0]]:,.0f}", f"{total[fewer[0]]:,.0f}"
        count.note("W344", fewer[0], count=len(fewer), held=held, whole=whole)


def _note_doubles(count: _Count) -> None:
    first: dict[str, int] = {}
    for i, code in enumerate(count.codes):
        if code in first:
            count.note("E126", i, first=int(count.table.rows[first[code]]))
        elif mangled(code) == "E110":
            count.note("E110", i)
        elif not re.fullmatch(r"\d{10}", code):
            count.note("E325", i)
        first.setdefault(code, i)


def _sums(count: _Count) -> npt.NDArray[np.bool_]:
    """Return which rows sum others: 시·군·구 and above, and 읍·면 whose 리 have rows as well."""
    sums = np.array([code[5:] == "00000" for code in count.codes], dtype=bool)
    people = count.counts.sum(axis=1)
    villages: dict[str, float] = {}
    for code, residents in zip(count.codes, people, strict=True):
        if code[8:] != "00":
            villages[code[:8]] = villages.get(code[:8], 0.0) + residents
    for i, code in enumerate(count.codes):
        if code[8:] == "00" and villages.get(code[:8]) == people[i] > 0:
            sums[i] = True
    return sums


def _reconcile(count: _Count, leaves: npt.NDArray[np.bool_]) -> int:
    """Compare each row that sums others with its 읍·면·동; return how many were the same.

    A 시·군·구 that misses some is refused. A 시·도, or the country, may be in the file without
    all of its 시·군·구: the difference is told.
    """
    people, same = count.counts.sum(axis=1), 0
    for i in np.flatnonzero(~leaves & (people > 0)):
        code = count.codes[i]
        if code[5:] != "00000":
            continue
        wide = code[2:] == "00000000"
        digits = 0 if code == COUNTRY else 2 if wide else 5
        below = leaves & np.array([c[:digits] == code[:digits] for c in count.codes])
        if not wide and code[4] == "0" and not below.any():
            # A city with 구: none is its own, and the codes of its 구 differ in the fifth digit.
            below = leaves & np.array([c[:4] == code[:4] for c in count.codes])
        added = people[below].sum()
        if added == people[i]:
            same += 1
        elif not (wide and added == 0):
            off = abs(added - people[i]) / people[i]
            facts = {"added": f"{added:,.0f}", "own": f"{people[i]:,.0f}"}
            facts |= {"count": f"{int(below.sum()):,}"}
            harm = "W383" if wide else "E347" if off > TOLERATED else "W347"
            count.note(harm, int(i), difference=f"{people[i] - added:+,.0f}", **facts)
    return same


def _parents(count: _Count, leaves: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the position of the 읍·면·동 each branch office belongs to, -1 for all others.

    By name (`논공읍공단출장소` is of 논공읍), else by the code that differs only in its last
    three digits (원산도출장소 4418032800 is of 오천면 4418032000).
    """
    parents = np.full(len(count.codes), -1, dtype=np.int64)
    plain = [name.replace(" ", "") for name in count.names]
    branch = [name.endswith(_BRANCH) for name in plain]
    people = count.counts.sum(axis=1)
    for i in np.flatnonzero(leaves):
        if not branch[i] or people[i] == 0:
            continue
        town = [
            j
            for j in np.flatnonzero(leaves)
            if not branch[j] and count.codes[j][:5] == count.codes[i][:5]
        ]
        named = [j for j in town if plain[i].startswith(plain[j])]
        coded = [j for j in town if count.codes[j][:7] == count.codes[i][:7]]
        if not named and not coded:
            count.note("W348", int(i), people=float(people[i]))
            continue
        parents[i] = max(named, key=lambda j: len(plain[j])) if named else coded[0]
        parent = f"{count.names[parents[i]]} ({count.codes[parents[i]]})"
        count.note("F348", int(i), parent=parent, people=float(people[i]))
    return parents


def _folded(counts: Floats, parents: npt.NDArray[np.int64]) -> Floats:
    folded = counts.copy()
    away = parents >= 0
    np.add.at(folded, parents[away], counts[away])
    return folded
