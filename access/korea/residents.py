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
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import frozen, texts
from access._tables import Table, read_table
from access._tables.table import Cells
from access.errors import InputError
from access.inputs.aliases import aliases
from access.inputs.population import OLDEST, Residents
from access.ledger import Findings

Floats = npt.NDArray[np.float64]

FORMATS = ("mois", "table")
TOLERATED = 0.02
"""A 시·군·구 whose 읍·면·동 miss its own row by more than this share is refused."""

_HEADER = re.compile(r"(\d{4})년(?:(\d{2})월)?_(계|남|여)_(.+)")
_PLACE = re.compile(r"(.*?)\s*\((\d{10})\)\s*", re.DOTALL)
_SINGLE = re.compile(r"a?(\d{1,3})(?:세)?")
_BAND = re.compile(r"a?(\d{1,3})[~\-](\d{1,3})(?:세)?")
_OPEN = re.compile(r"a?(\d{1,3})(?:세\s*이상|\+)")
_SUM = "총인구수"
_CHOSEN = "연령구간인구수"
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
    within: str = "",
    encoding: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Residents:
    """Read residents by 읍·면·동 and age, in the order of their codes.

    format   "mois": the export as downloaded (계, or 남 and 여; ages by 1, 5 or 10 years);
             "table": one row a district, with a column of codes, one of names and columns of
             ages called 0~9, a0~9, 0-9세, 100+ ...
    within   the first digits of the codes to keep, e.g. "41550" for Anseong; the other rows are
             counted as left out, and not looked at

    Branch offices (출장소) are added to their 읍·면 and listed. Rows without residents are left
    out and listed. Where the file holds the row of a 시·군·구, its 읍·면·동 must add up to it.
    Raises InputError with every problem of the file.
    """
    path = Path(path)
    if format not in FORMATS:
        raise InputError.of("E322", value=format, facts={"valid": ", ".join(FORMATS)})
    findings = Findings(path.name)
    mois = format == "mois"
    table = read_table(
        path,
        wanted=aliases("residents"),
        required=("district",) if mois else ("code",),
        encoding=encoding,
        sheet=sheet,
        columns=columns,
        findings=findings,
    )
    table, names, codes = _fused(table, within) if mois else _apart(table, within)
    count = _count(table, names, codes, mois)
    _note_doubles(count)
    leaves = np.array([c[5:] != "00000" for c in count.codes], dtype=bool)
    if not leaves.any():
        findings.note("E346", value=within or None)
    if not findings.errors:
        _reconcile(count, leaves)
    parents = _parents(count, leaves)
    counts, female = _folded(count.counts, parents), None
    if count.female is not None:
        female = _folded(count.female, parents)
    empty = (counts.sum(axis=1) == 0) & (parents < 0)
    for i in np.flatnonzero(empty):
        count.note("W345", int(i), action="excluded", people=0.0)
    ledger = findings.close(table.read)
    kept = np.flatnonzero(leaves & (parents < 0) & ~empty)
    order = kept[np.argsort(count.codes[kept], kind="stable")]
    return Residents(
        codes=texts(count.codes[order]),
        names=texts(count.names[order]),
        ages=frozen(count.ages),
        counts=frozen(counts[order]),
        female=None if female is None else frozen(female[order]),
        as_of=count.as_of,
        file=path.name,
        ledger=ledger,
    )


def _fused(table: Table, within: str) -> tuple[Table, Cells, Cells]:
    """Take name and code apart: `경기도 안성시 공도읍(4155025000)`, with 0 to 2 spaces between."""
    found = [_PLACE.fullmatch(cell) for cell in table.text("district")]
    strange = [i for i, match in enumerate(found) if match is None]
    table.note("E342", "district", strange)
    if strange:
        raise InputError(table.findings.errors)
    names = np.array([" ".join(m[1].split()) for m in found if m], dtype=object)
    codes = np.array([m[2] for m in found if m], dtype=object)
    return _within(table, names, codes, within)


def _apart(table: Table, within: str) -> tuple[Table, Cells, Cells]:
    cells = table.text("name") if "name" in table else table.text("code")
    names = np.array([" ".join(cell.split()) for cell in cells], dtype=object)
    return _within(table, names, table.text("code"), within)


def _within(table: Table, names: Cells, codes: Cells, within: str) -> tuple[Table, Cells, Cells]:
    if not within:
        return table, names, codes
    here = np.array([code.startswith(within) for code in codes], dtype=bool)
    if not here.any():
        towns = [code for code in codes if code[5:] != "00000"]
        table.findings.note("E327", districts=within, residents=begin(towns or codes))
        raise InputError(table.findings.errors)
    table.findings.pass_over("F344", int((~here).sum()), within=within)
    return table.keep(here), names[here], codes[here]


def begin(codes: Iterable[str]) -> str:
    """Return the first five digits of codes, those of their cities, as far as five go.

    >>> begin(["4155025000", "4155025300", "4146025000"])
    '41460, 41550'
    """
    cities = sorted({str(code)[:5] for code in codes})
    return ", ".join(cities[:5]) + (" …" if len(cities) > 5 else "")


def _band(label: str) -> tuple[int, int] | None:
    """Return the ages a label names: `0세`, `0~9세`, `100세 이상`."""
    label = label.strip()
    if found := _BAND.fullmatch(label):
        return int(found[1]), int(found[2])
    if found := _OPEN.fullmatch(label):
        return int(found[1]), OLDEST
    if found := _SINGLE.fullmatch(label):
        return int(found[1]), int(found[1])
    return None


def _count(table: Table, names: Cells, codes: Cells, mois: bool) -> _Count:
    """Read the columns of ages, and check each row against the totals it states itself."""
    columns: dict[str, dict[str, str]] = {}
    months = set()
    for header in table.header:
        if mois and (found := _HEADER.fullmatch(re.sub(r"\s+", " ", header))):
            months.add("-".join(part for part in found.group(1, 2) if part))
            columns.setdefault(found[3], {})[found[4]] = header
        elif not mois:
            label = {"total": _SUM, "총인구수": _SUM, "계": _SUM}.get(header, header)
            columns.setdefault("계", {})[label] = header
    if len(months) > 1:
        table.findings.note("E349", months=", ".join(sorted(months)))
    sexes = ("계",) if "계" in columns else ("남", "여")
    bands = {_band(label): label for label in columns.get(sexes[0], {})}
    ages = sorted(b for b in bands if b is not None)
    if not ages or any(set(columns.get(s, {})) != set(columns[sexes[0]]) for s in sexes):
        table.findings.note("E323", column=", ".join(sexes))
        raise InputError(table.findings.errors)
    by_sex = {s: _matrix(table, [columns[s][bands[a]] for a in ages]) for s in sexes}
    counts = np.add.reduce(list(by_sex.values()))
    female = by_sex.get("여")
    if female is None and set(columns.get("여", {})) >= {bands[a] for a in ages}:
        female = _matrix(table, [columns["여"][bands[a]] for a in ages])
    column = table.names["district" if mois else "code"]
    as_of = months.pop() if len(months) == 1 else ""
    count = _Count(
        table, names, codes, np.array(ages, dtype=np.int64), counts, female, as_of, column
    )
    stated = {
        label: _matrix(table, [columns[s][label] for s in sexes]).sum(axis=1)
        for label in (_SUM, _CHOSEN)
        if all(label in columns[s] for s in sexes)
    }
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
    chosen, total = stated.get(_CHOSEN, stated.get(_SUM)), stated.get(_SUM)
    if chosen is None or total is None:
        return
    for i in np.flatnonzero(added != chosen):
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
        elif not re.fullmatch(r"\d{10}", code):
            count.note("E325", i)
        first.setdefault(code, i)


def _reconcile(count: _Count, leaves: npt.NDArray[np.bool_]) -> None:
    """Compare each 시·군·구 row with the sum of its 읍·면·동."""
    people = count.counts.sum(axis=1)
    for i in np.flatnonzero(~leaves):
        code = count.codes[i]
        if code[2:] == "00000000" or people[i] == 0:
            continue
        below = leaves & np.array([c[:5] == code[:5] for c in count.codes])
        if code[4] == "0" and not below.any():
            # A city with 구: none is its own, and the codes of its 구 differ in the fifth digit.
            below = leaves & np.array([c[:4] == code[:4] for c in count.codes])
        added = people[below].sum()
        if added == people[i]:
            continue
        off = abs(added - people[i]) / people[i]
        facts = {"added": f"{added:,.0f}", "own": f"{people[i]:,.0f}", "count": int(below.sum())}
        count.note("E347" if off > TOLERATED else "W347", int(i), **facts)


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
