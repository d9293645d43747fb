"""A planner's folder: `study.toml` and the files it names become the parts of a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from access._frozen import frozen, texts
from access.errors import InputError, Problem
from access.inputs.catalogue import Source, catalogue
from access.inputs.cells import Cells
from access.inputs.coordinates import Box, Trial
from access.inputs.districts import Districts
from access.inputs.places import Places, join_places
from access.inputs.population import Residents
from access.korea.gazetteer import Gazetteer
from access.korea.gazetteer import locate as by_address
from access.korea.juso import Book, join, read_addresses
from access.korea.residents import begin
from access.ledger import Findings, Ledger, gather
from access.network.build import build
from access.network.graph import Network
from access.network.rasters import read_relief
from access.network.relief import lift
from access.study.document import FILE, CellsPart, Document, TableOptions, is_there, read_document
from access.study.evidence import trial
from access.study.join import (
    check_extent,
    count_groups,
    find_urban,
    place_cells,
    place_places,
)
from access.study.peopled import SIZE_M, make_cells, read_weights
from access.study.readers import read_cells, read_districts, read_places, read_residents

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
    path = Path(folder)
    path = path / FILE if path.is_dir() or not path.suffix else path
    document, faults = read_document(path)
    reading = _Reading(path.parent, progress or (lambda _: None))
    if faults:
        reading.errors.append(InputError(faults))

    districts = reading.table(document.districts, _read_districts)
    residents = reading.table(
        document.residents, lambda path, part: _read_residents(path, part, districts)
    )
    if document.residents is not None and document.districts is None:
        reading.errors.append(InputError.of("E326", file=FILE, column="districts.file"))
    network = _read_network(reading, document)
    cells = _cells(reading, document.cells, network, districts, residents)
    gazetteer = _read_gazetteer(reading, document, network, districts)
    lists = _read_lists(reading, document, network, districts, gazetteer)
    relief = reading.table(document.relief, lambda path, part: read_relief(path, part.crs))
    gather(reading.errors)
    assert cells is not None
    assert network is not None

    places = join_places(lists)
    parts = assemble(document, cells, districts, residents, places, network)
    if gazetteer is not None:
        parts["ledger"] += gazetteer[1]
    if relief is not None:  # last: streets of another city are told as such, not as off the relief
        parts["network"] = lift(network, relief)
        added = parts["network"].ledger.entries[len(network.ledger.entries) :]
        parts["ledger"] += Ledger(added)
    if strict and parts["ledger"].warnings:
        raise InputError(parts["ledger"].warnings)
    return parts | {"sources": _sources(document, path.parent, network, residents)}


class _Reading:
    """Reads one file after the other and keeps what went wrong, so that all is told at once."""

    def __init__(self, folder: Path, progress: Progress) -> None:
        self.folder = folder
        self.progress = progress
        self.errors: list[InputError] = []

    def table(self, part: Any, read: Callable[[Path, Any], T]) -> T | None:
        """Read a table with the options of its part of the document, if there is one."""
        if part is None or part.file is None:
            return None
        return self.file(part.file, lambda path: read(path, part))

    def file(self, name: str, read: Callable[[Path], T]) -> T | None:
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
            self.errors.append(error)
            return None
        return found


def _given(part: TableOptions, *names: str) -> dict[str, Any]:
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


def _trial(part: Any, network: Network | None, districts: Districts | None) -> Trial | None:
    """Return what tries the coordinates of a table, unless the planner is sure of them."""
    gridded = isinstance(part, CellsPart)
    return None if part.crs_sure else trial(network, districts, gridded=gridded)


def _cells(
    reading: _Reading,
    part: CellsPart,
    network: Network | None,
    districts: Districts | None,
    residents: Residents | None,
) -> Cells | None:
    """Read the cells, or make them of residents and of what is built."""
    if not part.make:
        around = None if districts is None else _around(districts)
        tried = _trial(part, network, districts)
        return reading.table(part, lambda path, part: _read_cells(path, part, around, tried))
    by = None
    if part.make != "area":
        named = _given(part, "crs", "weight", "floors")
        by = reading.table(part, lambda path, _: read_weights(path, str(part.make), **named))
    if districts is None or residents is None or (by is None and part.make != "area"):
        return None  # of which others have spoken
    try:
        return make_cells(
            districts, residents, by, size_m=part.size or SIZE_M, file=part.file or ""
        )
    except InputError as error:
        reading.errors.append(error)
        return None


def _read_cells(path: Path, part: Any, around: Box | None, tried: Trial | None) -> Cells:
    named = _given(part, "id", "people", "lon", "lat", "crs", "district")
    return read_cells(path, size_m=part.size, around=around, trial=tried, **named)


def _read_gazetteer(
    reading: _Reading, document: Document, network: Network | None, districts: Districts | None
) -> tuple[Gazetteer, Ledger] | None:
    """Read the tables of addresses, of which only those about the city are kept."""
    around = None if districts is None else _around(districts)
    books: list[Book] = []
    for part in document.addresses:
        options = _given(part, "crs") | {
            "around": around,
            "trial": _trial(part, network, districts),
        }
        if (book := reading.file(part.file, partial(read_addresses, **options))) is not None:
            books.append(book)
    ledger = sum((book.ledger for book in books), Ledger())
    return (join(books), ledger) if document.addresses else None


def _read_lists(
    reading: _Reading,
    document: Document,
    network: Network | None,
    districts: Districts | None,
    known: tuple[Gazetteer, Ledger] | None,
) -> list[Places]:
    """Read the lists of places; ids made for a kind go on from one list to the next."""
    around = None if districts is None else _around(districts)
    lists: list[Places] = []
    rows: dict[str, int] = {}
    for part in document.places:
        start = 1 + rows.get(part.kind, 0)
        options = _given(part, "kind", "id", "crs") | {
            "start": start,
            "around": around,
            "trial": _trial(part, network, districts),
            "by_address": None if known is None else partial(by_address, known[0]),
        }
        found = reading.file(part.file, partial(read_places, **options))
        if found is not None:
            lists.append(found)
            rows[part.kind] = start - 1 + found.ledger.tallies[0].read
    return lists


def _read_network(reading: _Reading, document: Document) -> Network | None:
    from access.network.read import read_ways

    def read(path: Path) -> Network:
        home = str(path.parent.absolute()) if document.streets.keep else ""
        return replace(build(read_ways(path), document.plane), home=home)

    if document.streets.file:
        return reading.file(document.streets.file, read)
    from access.network.place import download_ways

    place = str(document.streets.place)
    reading.progress(place)
    return build(download_ways(place), document.plane)


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
    questions = document.questions()
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
    asked = tuple(q.group for q in questions)
    groups, counted = none
    if len(cell_district):
        groups, counted = attempt(
            lambda: count_groups(cells, districts, cell_district, residents, asked), none
        )
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
    ledgers += [_compare_dates(document, residents), extra, outside, counted, beyond, extent]
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
        if part is not None and part.file:
            as_of = residents.as_of if residents is not None and role == "residents" else ""
            sources.append(catalogue(role, folder / part.file, as_of, credit))
    sources += [catalogue("addresses", folder / p.file, "", credit) for p in document.addresses]
    sources += [catalogue(p.kind, folder / p.file, "", credit) for p in document.places]
    return tuple(sources)
