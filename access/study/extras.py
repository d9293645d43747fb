"""Extras: what a planner may add for the chapters of the report: zones, teachers, other origins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made
from pathlib import Path
from typing import Any

from access._tables import Table, number, read_table
from access._tables.table import find_names
from access.errors import InputError
from access.inputs.aliases import aliases, persons
from access.inputs.cells import Cells
from access.inputs.districts import Districts
from access.inputs.shapes import read_shapes
from access.korea.fields import classify
from access.ledger import Findings, Ledger

_SHAPES = (".geojson", ".json", ".gpkg", ".shp")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a small table: a tuple of texts each, and the account of the file."""

    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    file: str
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Extras:
    """What the chapters of a report are about, beyond the questions.

    question       the name of the question they look into; "" for the first
    field, band    of the class that the chapter on barriers asks for; "" for the usual one
    participation  the share of people who want a seat; None: as many as there are seats
    zones          how many zones to propose, 0 for none
    online         age group -> the share that online classes are likely to serve
    zoning         code of a 읍·면·동 -> its zone today
    teachers       (code of a 읍·면·동, field, people) of citizens who could teach
    origins        schools, work places, villages: their people are students, workers
    """

    question: str = ""
    field: str = ""
    band: str = ""
    participation: float | None = None
    zones: int = 5
    online: Mapping[str, float] = made(default_factory=dict)
    zoning: Mapping[str, str] = made(default_factory=dict)
    teachers: tuple[tuple[str, str, float], ...] = ()
    origins: Cells | None = None


def read_zones(path: Path, **how: Any) -> Rows:
    """Read the zone of each 읍·면·동 from a table, or from a field of the polygons themselves."""
    found = Findings(path.name)
    if path.suffix.lower() in _SHAPES:
        table = _named(read_shapes(path, found, key="[zones]")[0], how.get("columns"), found)
    else:
        table = _read(path, "zones", ("district", "zone"), found, how)
    return _rows(table, ("district", "name", "zone"), found)


def read_teachers(path: Path, **how: Any) -> Rows:
    """Read how many citizens of each 읍·면·동 could teach each field: one row a number."""
    found = Findings(path.name)
    table = _read(path, "teachers", ("district", "field", "people"), found, how)
    table.numbers("people", strict=True)
    return _rows(table, ("district", "name", "field", "people"), found)


def _read(
    path: Path, kind: str, needed: tuple[str, ...], found: Findings, how: Mapping[str, Any]
) -> Table:
    return read_table(
        path, wanted=aliases(kind), required=needed, persons=persons(), findings=found, **how
    )


def _named(table: Table, columns: Mapping[str, str] | None, found: Findings) -> Table:
    chosen = dict(columns or {})
    names = find_names(table.header, aliases("zones"), ("district", "zone"), chosen, found)
    if found.errors:
        raise InputError(found.errors)
    return replace(table, names=names)


def _rows(table: Table, names: tuple[str, ...], found: Findings) -> Rows:
    columns = [[str(c) for c in table.text(name)] for name in names]
    ledger = found.close(table.read)
    numbers = tuple(int(r) for r in table.rows)
    return Rows(tuple(zip(*columns, strict=True)), numbers, found.file, ledger)


def zones_by_code(read: Rows, districts: Districts) -> tuple[dict[str, str], Ledger]:
    """Return the zone of each 읍·면·동 by its code; none at all where some have none (W928)."""
    rows, found = _coded(read, districts)
    zoning = {row[0]: row[1] for row in rows if row[1]}
    absent = [c for c in districts.codes.tolist() if c not in zoning]
    if absent and zoning:
        found.note("W928", value=absent[0], count=len(absent))
    return {} if absent else zoning, Ledger(tuple(found.entries))


def teachers_by_code(
    read: Rows, districts: Districts
) -> tuple[tuple[tuple[str, str, float], ...], Ledger]:
    """Return teachers with codes of 읍·면·동 and fields; fields nobody knows are unclassified."""
    rows, found = _coded(read, districts)
    teachers = tuple(
        (code, classify("", given=subject)[0], number(people)[0]) for code, subject, people in rows
    )
    known = tuple(row for row in teachers if row[2] > 0)
    return known, Ledger(tuple(found.entries))


def _coded(read: Rows, districts: Districts) -> tuple[list[tuple[str, ...]], Findings]:
    """Return rows with the code of their 읍·면·동, found by code, else by a name that is one's."""
    names, codes = districts.names.tolist(), districts.codes.tolist()
    known = dict(zip(codes, codes, strict=True))
    known |= {n: c for n, c in zip(names, codes, strict=True) if names.count(n) == 1}
    found, rows = Findings(read.file), []
    for row, number_ in zip(read.rows, read.numbers, strict=True):
        code = known.get(row[0]) or known.get(row[1].split()[-1] if row[1] else "")
        if code is None:
            found.note("W926", row=number_, column="district", value=row[0], action="excluded")
        else:
            rows.append((code, *row[2:]))
    return rows, found
