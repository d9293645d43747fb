"""A planner's folder: `study.toml` and the files it names become the parts of a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from access._frozen import frozen, texts
from access.errors import InputError, Problem
from access.inputs.catalogue import Source, catalogue
from access.inputs.cells import Cells
from access.inputs.coordinates import Box
from access.inputs.districts import Districts
from access.inputs.places import Places, join_places
from access.inputs.population import Residents
from access.korea.residents import begin
from access.ledger import Findings, Ledger, gather
from access.network.build import build
from access.network.graph import Network
from access.network.rasters import read_relief
from access.network.relief import lift
from access.study.document import FILE, Document, TableFile, is_there, read_document
from access.study.join import (
    check_extent,
    count_groups,
    find_urban,
    place_cells,
    place_places,
)
from access.study.readers import read_cells, read_districts, read_places, read_residents
from access.study.standard import check

T = TypeVar("T")
Progress = Callable[[str], None]

TABLE_OPTIONS = ("encoding", "sheet", "columns")
OSM_CREDIT = "© OpenStreetMap contributors, ODbL 1.0"
SYNTHETIC_CREDIT = "합성 자료 · 실재하지 않는 도시"


Parts = dict[str, Any]
Groups = Mapping[str, npt.NDArray[np.float64]]


def read_parts(
    folder: str | Path, *, strict: bool = False, progress: Progress | None = None
) -> Parts:
    """Read the folder, or the `study.toml`, and return the fields of its `Study`.

    Every file is read and checked before anything is said: raises one InputError with all the
    problems of all files. `strict` makes every warning such a problem. `progress(file)` is called
    before each file.
    """
    return join_parts(read_files(folder, progress), strict=strict)


def find_document(folder: str | Path) -> Path:
    """Return the `study.toml` of a folder, or the file itself where one was named."""
    path = Path(folder)
    return path / FILE if path.is_dir() or not path.suffix else path


def read_files(folder: str | Path, progress: Progress | None = None) -> Reading:
    """Read `study.toml` and every file it names, each by itself, whatever is wrong with others.

    Raises InputError where `study.toml` itself cannot be understood.
    """
    path = find_document(folder)
    document, faults = read_document(path)
    reading = Reading(document, faults, path.parent, progress or (lambda _: None))

    districts = reading.table("districts", _read_districts)
    reading.table("residents", lambda path, part: _read_residents(path, part, districts))
    if document.residents is not None and document.districts is None:
        faults.append(Problem("E326", FILE, column="districts.file"))
    around = None if districts is None else _around(districts)
    reading.table("cells", lambda path, part: _read_cells(path, part, around))
    _read_lists(reading, document, around)
    _read_network(reading, document)
    reading.table("relief", lambda path, part: read_relief(path, part.crs))
    return reading


def join_parts(reading: Reading, *, strict: bool = False) -> Parts:
    """Join what was read into the fields of a `Study`; raise InputError with every problem."""
    gather(reading.errors)
    document, found = reading.document, reading.found
    cells, network, residents = found["cells"], found["streets"], found.get("residents")
    places = join_places([found[f"places[{n}]"] for n in range(1, len(document.places) + 1)])
    parts = assemble(document, cells, found.get("districts"), residents, places, network)
    relief = found.get("relief")
    if relief is not None:  # last: streets of another city are told as such, not as off the relief
        parts["network"] = lift(network, relief)
        added = parts["network"].ledger.entries[len(network.ledger.entries) :]
        parts["ledger"] += Ledger(added)
    if strict and parts["ledger"].warnings:
        raise InputError(parts["ledger"].warnings)
    return parts | {"sources": _sources(document, reading.folder, network, residents)}


@dataclass
class Reading:
    """The files of a folder, each read by itself; what goes wrong is kept, to tell all at once.

    faults   what is wrong with the document itself; absent files among them
    found    what was read, by key: districts, residents, cells, streets, relief, places[1] ...
    failed   why the others could not be
    """

    document: Document
    faults: list[Problem]
    folder: Path
    progress: Progress
    found: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, InputError] = field(default_factory=dict)

    @property
    def errors(self) -> list[InputError]:
        """What is wrong with the document and with each file."""
        return [InputError(self.faults), *self.failed.values()]

    def table(self, key: str, read: Callable[[Path, Any], T]) -> T | None:
        """Read a table with the options of its part of the document, if there is one."""
        part = getattr(self.document, key)
        return None if part is None else self.file(key, part.file, lambda path: read(path, part))

    def file(self, key: str, name: str, read: Callable[[Path], T]) -> T | None:
        """Read a file; one that another program saved meanwhile is half old and half new."""
        path = self.folder / name
        if not is_there(path):  # the document has said so
            return None
        self.progress(name)
        before = path.stat()
        try:
            found = read(path)
            after = path.stat()
            if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
                raise InputError.of("E628", file=name)
        except InputError as error:
            self.failed[key] = error
            return None
        self.found[key] = found
        return found


def _given(part: TableFile, *names: str) -> dict[str, Any]:
    """Return the options of a table that its document sets."""
    named = (*names, *TABLE_OPTIONS)
    return {name: getattr(part, name) for name in named if getattr(part, name) is not None}


def _read_districts(path: Path, part: Any) -> Districts:
    return read_districts(path, **_given(part, "code", "name", "crs"))


def _read_residents(path: Path, part: Any, districts: Districts | None) -> Residents:
    """Read the residents of the study's cities; a national file holds many more."""
    cities = set() if districts is None else {code[:5] for code in districts.codes.tolist()}
    within = cities.pop() if len(cities) == 1 else ""
    residents = read_residents(path, part.format, within=within, **_given(part))
    if districts is not None and not set(districts.codes) & set(residents.codes):
        told = {"districts": begin(districts.codes), "residents": begin(residents.codes)}
        raise InputError.of("E327", file=path.name, facts=told)
    return residents


def _around(districts: Districts) -> Box:
    """Return the west, south, east and north of the districts, in degrees."""
    import shapely

    west, south, east, north = shapely.total_bounds(districts.shapes).tolist()
    return west, south, east, north


def _read_cells(path: Path, part: Any, around: Box | None) -> Cells:
    named = _given(part, "id", "people", "lon", "lat", "crs", "district")
    return read_cells(path, size_m=part.size, around=around, **named)


def _read_lists(reading: Reading, document: Document, around: Box | None) -> None:
    """Read the lists of places; ids made for a kind go on from one list to the next."""
    rows: dict[str, int] = {}
    for number, part in enumerate(document.places, start=1):
        start = 1 + rows.get(part.kind, 0)
        options = _given(part, "kind", "id", "crs") | {"start": start, "around": around}
        found = reading.file(f"places[{number}]", part.file, partial(read_places, **options))
        if found is not None:
            rows[part.kind] = start - 1 + found.ledger.tallies[0].read


def _read_network(reading: Reading, document: Document) -> None:
    from access.network.read import read_ways

    def read(path: Path) -> Network:
        home = str(path.parent.absolute()) if document.streets.keep else ""
        return replace(build(read_ways(path), document.plane), home=home)

    if document.streets.file:
        reading.file("streets", document.streets.file, read)
    elif document.streets.place:
        from access.network.place import download_ways

        place = document.streets.place
        reading.progress(place)
        reading.found["streets"] = build(download_ways(place), document.plane)


def assemble(
    document: Document,
    cells: Cells,
    districts: Districts | None,
    residents: Residents | None,
    places: Places,
    network: Network,
) -> Parts:
    """Join the parts of a study; raise InputError with everything that does not fit together."""
    extra, named = Ledger(), districts is not None
    if districts is None:
        districts, extra = _one_district(document.name, cells)
    questions, standards = document.questions(), document.standards()
    errors: list[InputError] = []

    def attempt(join: Callable[[], T], otherwise: T) -> T:
        try:
            return join()
        except InputError as error:
            errors.append(error)
            return otherwise

    nowhere = np.zeros(0, dtype=np.int32)
    cell_district, outside = attempt(lambda: place_cells(cells, districts), (nowhere, Ledger()))
    place_district, beyond = attempt(
        lambda: place_places(places, districts, refuse=named), (nowhere, Ledger())
    )
    extent = attempt(lambda: check_extent(network, cells), Ledger())
    none: tuple[Groups, Ledger] = ({}, Ledger())
    asked = (*(q.group for q in questions), *(s.group for s in standards))
    groups, counted = none
    if len(cell_district):
        groups, counted = attempt(
            lambda: count_groups(cells, districts, cell_district, residents, asked), none
        )
    held = attempt(lambda: check(standards, places, FILE), Ledger())
    kinds = set(places.kind.tolist())
    unknown = [
        Problem("E605", FILE, column="to", value=kind, facts={"kinds": ", ".join(sorted(kinds))})
        for question in questions
        for kind in question.to
        if kind not in kinds
    ]
    if unknown:
        errors.append(InputError(unknown))
    gather(errors)
    ledgers = [cells.ledger, districts.ledger, places.ledger, network.ledger]
    ledgers += [] if residents is None else [residents.ledger]
    ledgers += [_compare_dates(document, residents), extra, outside, counted, beyond, extent, held]
    return {
        "name": document.name,
        "cells": cells,
        "districts": districts,
        "places": places,
        "network": network,
        "groups": groups,
        "cell_district": cell_district,
        "place_district": place_district,
        "urban": find_urban(network, cells, districts),
        "crs": network.crs,
        "lang": document.lang,
        "as_of": document.as_of,
        "modes": document.modes(),
        "synthetic": document.synthetic,
        "questions": questions,
        "standards": standards,
        "ledger": sum(ledgers, Ledger()),
    }


def _compare_dates(document: Document, residents: Residents | None) -> Ledger:
    """Warn of residents counted more than a year before or after the date of the study."""
    if residents is None or not residents.as_of or document.as_of is None:
        return Ledger()
    year, _, month = residents.as_of.partition("-")  # a year without a month: its end
    apart = 12 * (document.as_of.year - int(year)) + document.as_of.month - int(month or 12)
    found = Findings(residents.file)
    if abs(apart) > 12:
        found.note("W328", residents=residents.as_of, study=document.as_of)
    return Ledger(tuple(found.entries))


def _one_district(name: str, cells: Cells) -> tuple[Districts, Ledger]:
    """Make one reporting area of all cells where the study names no districts."""
    import shapely

    found = Findings(FILE)
    found.note("W358")
    around = shapely.MultiPoint(cells.lonlat).convex_hull.buffer(0.001)
    districts = Districts(texts(["0"]), texts([name]), frozen(np.array([around], dtype=object)))
    return districts, Ledger(tuple(found.entries))


def _sources(
    document: Document, folder: Path, network: Network, residents: Residents | None
) -> tuple[Source, ...]:
    """Say where each input came from."""
    credit = SYNTHETIC_CREDIT if document.synthetic else ""
    streets = credit or OSM_CREDIT
    if document.streets.file:
        path = folder / document.streets.file
        sources = [catalogue("streets", path, network.timestamp, streets)]
    else:
        sources = [Source("streets", str(document.streets.place), "", network.timestamp, streets)]
    for role in ("relief", "districts", "residents", "cells"):
        part = getattr(document, role)
        if part is not None:
            as_of = residents.as_of if residents is not None and role == "residents" else ""
            sources.append(catalogue(role, folder / part.file, as_of, credit))
    sources += [catalogue(p.kind, folder / p.file, "", credit) for p in document.places]
    return tuple(sources)
