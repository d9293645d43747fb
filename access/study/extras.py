"""Extras: what a planner may add for the chapters of the report: zones, teachers, other origins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from access._frozen import frozen, texts
from access._geo import project
from access._tables import Table, number, read_table
from access._tables.table import find_names
from access.errors import InputError, Problem
from access.inputs.aliases import aliases, persons
from access.inputs.cells import Cells
from access.inputs.districts import Districts
from access.inputs.population import OLDEST
from access.inputs.programmes import BANDS, Programmes
from access.inputs.shapes import read_shapes
from access.korea.fields import classify, field_name
from access.ledger import Findings, Ledger
from access.network.graph import Network

_SHAPES = (".geojson", ".json", ".gpkg", ".shp")
_BANDS_KO = dict(zip(("오전", "오후", "저녁", "주말"), BANDS, strict=True))
_ALL = ("all", "전체")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a small table: a tuple of texts each, their headers, and the account of the file."""

    rows: tuple[tuple[str, ...], ...]
    headers: tuple[str, ...]
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
    origins        schools, work places, villages: their people are students, workers;
                   0 where the file does not count them
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
    headers = tuple(table.names.get(name, name) for name in names)
    return Rows(tuple(zip(*columns, strict=True)), headers, numbers, found.file, ledger)


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
    unclear = [row[1] for row, teacher in zip(rows, teachers, strict=True) if not teacher[1]]
    if unclear:
        found.note("W862", column=read.headers[2], value=unclear[0], count=len(unclear))
    known = tuple(row for row in teachers if row[2] > 0)
    return known, Ledger(tuple(found.entries))


def chosen_field(written: str, programmes: Programmes | None) -> str:
    """Return the code of the field that [measures] asks for, by its code or its Korean name.

    Raises InputError (E921) for a field that no class of the list is of.
    """
    if written in ("", *_ALL):
        return "all" if written else ""
    taught = set() if programmes is None else set(programmes.field.tolist()) - {""}
    code = classify("", given=written)[0]
    if code in taught:
        return code
    known = [f"{field_name(c)} {c}" for c in sorted(taught)]
    facts = {"fields": ", ".join([*known, "all"])}
    raise InputError.of("E921", column="measures.field", value=written, facts=facts)


def chosen_band(written: str) -> str:
    """Return the band of the week that [measures] asks for, by its code or its Korean name.

    >>> chosen_band("저녁"), chosen_band("evening"), chosen_band("")
    ('evening', 'evening', '')

    Raises InputError (E920) for any other word.
    """
    if written in ("", *BANDS):
        return written
    if written in _BANDS_KO:
        return _BANDS_KO[written]
    known = ", ".join(f"{ko} {code}" for ko, code in _BANDS_KO.items())
    raise InputError.of("E920", column="measures.band", value=written, facts={"bands": known})


def origins_on_streets(origins: Cells, network: Network) -> tuple[Cells, Ledger]:
    """Leave out origins that lie beyond the streets, from where no time can be told (W861).

    Raises InputError (E840) where none is left, as of a file of another city.
    """
    at, found = project(origins.lonlat, network.crs), Findings(origins.file, origins.sheet)
    low, high = network.xy.min(axis=0), network.xy.max(axis=0)
    rows = np.arange(len(origins)) if origins.rows is None else origins.rows
    beyond = ((at < low) | (at > high)).any(axis=1)
    if beyond.all():
        raise InputError.of("E840", file=origins.file, facts={"count": len(origins)})
    for i in np.flatnonzero(beyond).tolist():
        found.note("W861", row=int(rows[i]), value=str(origins.ids[i]), action="excluded")
    kept = np.flatnonzero(~beyond)
    left = replace(
        origins,
        ids=texts(origins.ids[kept]),
        lonlat=frozen(origins.lonlat[kept]),
        people=frozen(origins.people[kept]),
        shapes=None,
        district=None,
        rows=frozen(rows[kept]),
    )
    return left, Ledger(tuple(found.entries))


def refuse_rates(
    groups: Mapping[str, Any], rates: Mapping[str, float], column: str = "online"
) -> None:
    """Raise InputError for rates by age group that cannot be.

    A group that is not there (E604), groups of which one is part of another (E923), and a rate
    that is not from 0 to 1, or none at all (E924).
    """
    problems = []
    for name, rate in rates.items():
        if name not in groups or (name == "all" and len(rates) > 1):
            facts = {"groups": ", ".join(groups)}
            problems.append(Problem("E604", column=column, value=name, facts=facts))
        if isinstance(rate, bool) or not 0 <= rate <= 1:
            problems.append(Problem("E924", column=f"{column}.{name}", value=str(rate)))
    ages = sorted((_ages(name), name) for name in rates if name != "all" and name in groups)
    for (one, name), (two, other) in pairwise(ages):
        if one[1] >= two[0]:
            problems.append(Problem("E923", column=column, value=f"{name}, {other}"))
    if problems or not rates:
        raise InputError(problems or [Problem("E924", column=column, value="{}")])


def _ages(name: str) -> tuple[int, int]:
    if name.endswith("+"):
        return int(name[:-1]), OLDEST
    first, _, last = name.partition("-")
    return int(first), int(last)


def _coded(read: Rows, districts: Districts) -> tuple[list[tuple[str, ...]], Findings]:
    """Return rows with the code of their 읍·면·동, found by code, else by a name that is one's."""
    names, codes = districts.names.tolist(), districts.codes.tolist()
    known = dict(zip(codes, codes, strict=True))
    known |= {n: c for n, c in zip(names, codes, strict=True) if names.count(n) == 1}
    found, rows = Findings(read.file), []
    for row, number_ in zip(read.rows, read.numbers, strict=True):
        words = [word for text in row[:2] for word in text.split()[-1:]]  # 안성시 공도읍: 공도읍
        code = next((known[word] for word in words if word in known), None)
        if code is None:
            header = read.headers[0]
            found.note("W926", row=number_, column=header, value=row[0], action="excluded")
        else:
            rows.append((code, *row[2:]))
    return rows, found
