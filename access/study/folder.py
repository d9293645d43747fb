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
from access.inputs.cells import Cells
from access.inputs.coordinates import Box
from access.inputs.districts import Districts
from access.inputs.places import Places, join_places
from access.inputs.population import Residents
from access.inputs.programmes import join_lists
from access.inputs.venues import join_programmes
from access.korea.codes import Units, same_places, unlike
from access.korea.crosswalk import Crosswalk, read_crosswalk
from access.korea.residents import begin
from access.ledger import Findings, Ledger, gather
from access.network.build import build
from access.network.graph import Network
from access.network.rasters import read_relief
from access.network.relief import lift
from access.study.document import EXTRAS, FILE, Document, TableFile, is_there, read_document
from access.study.extras import (
    Extras,
    read_teachers,
    read_zones,
    teachers_by_code,
    zones_by_code,
)
from access.study.join import (
    check_extent,
    count_groups,
    find_urban,
    place_cells,
    place_places,
)
from access.study.question import Question
from access.study.readers import (
    read_cells,
    read_districts,
    read_places,
    read_programmes,
    read_residents,
)
from access.study.sources import compare_dates, month_end, name_sources

T = TypeVar("T")
Progress = Callable[[str], None]

TABLE_OPTIONS = ("encoding", "sheet", "columns")


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
    crosswalk = reading.table("crosswalk", lambda path, part: read_crosswalk(path, **_given(part)))
    reading.table("residents", lambda path, part: _read_residents(path, part, districts, crosswalk))
    if document.residents is not None and document.districts is None:
        faults.append(Problem("E326", FILE, column="districts.file"))
    around = None if districts is None else _around(districts)
    reading.table("cells", lambda path, part: _read_cells(path, part, around))
    _read_lists(reading, document, around)
    _read_classes(reading, document)
    _read_network(reading, document)
    reading.table("relief", lambda path, part: read_relief(path, part.crs))
    reading.table("zones", lambda path, part: read_zones(path, **_given(part)))
    reading.table("teachers", lambda path, part: read_teachers(path, **_given(part)))
    named = ("id", "people", "lon", "lat", "crs")
    reading.table("origins", lambda path, part: read_cells(path, **_given(part, *named)))
    return reading


def join_parts(reading: Reading, *, strict: bool = False) -> Parts:
    """Join what was read into the fields of a `Study`; raise InputError with every problem."""
    gather(reading.errors)
    document, found = reading.document, reading.found
    cells, network, residents = found["cells"], found["streets"], found.get("residents")
    lists = [found[f"places[{n}]"] for n in range(1, len(document.places) + 1)]
    districts, crosswalk = found.get("districts"), found.get("crosswalk")
    places = join_places(lists)
    parts = assemble(document, cells, districts, residents, places, network, crosswalk)
    if document.programmes:
        classes = [found[f"programmes[{n}]"] for n in range(1, len(document.programmes) + 1)]
        joined, notes = join_programmes(join_lists(classes), places)
        parts["programmes"] = joined
        parts["ledger"] += joined.ledger + notes
    relief = found.get("relief")
    if relief is not None:  # last: streets of another city are told as such, not as off the relief
        parts["network"] = lift(network, relief)
        added = parts["network"].ledger.entries[len(network.ledger.entries) :]
        parts["ledger"] += Ledger(added)
    for key in EXTRAS:
        if key in found:
            parts["ledger"] += found[key].ledger
    parts["extras"], notes = _extras(reading, parts["districts"], parts["questions"])
    parts["ledger"] += notes
    sources = name_sources(document, reading.folder, network, residents, lists)
    parts["ledger"] += compare_dates(sources, document.as_of)
    if strict and parts["ledger"].warnings:
        raise InputError(parts["ledger"].warnings)
    return parts | {"sources": sources}


def _extras(
    reading: Reading, districts: Districts, questions: tuple[Question, ...]
) -> tuple[Extras, Ledger]:
    """Return what the chapters look into; raise InputError for what cannot be."""
    document, found = reading.document, reading.found
    given = document.measures.model_dump() if document.measures is not None else {}
    names = [question.name for question in questions if question.name]
    if given.get("question") and given["question"] not in names:
        facts: dict[str, Any] = {"names": ", ".join(names)}
        raise InputError.of(
            "E927", file=FILE, column="measures.question", value=given["question"], facts=facts
        )
    told = Ledger()
    if "zones" in found:
        given["zoning"], notes = zones_by_code(found["zones"], districts)
        told += notes
    if "teachers" in found:
        given["teachers"], notes = teachers_by_code(found["teachers"], districts)
        told += notes
    return Extras(**given, origins=found.get("origins")), told


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


def _read_residents(
    path: Path, part: Any, districts: Districts | None, crosswalk: Crosswalk | None
) -> Residents:
    """Read the residents of the study's cities; a national file holds many more."""
    if districts is None:
        return read_residents(path, part.format, **_given(part))
    ours = districts.codes.tolist()
    partners: Mapping[str, Any] = {} if crosswalk is None else crosswalk.partners()
    codes = {*ours, *(code for ours_code in ours for code in partners.get(ours_code, ()))}
    within = sorted({code[:5] for code in codes})
    try:
        residents = read_residents(path, part.format, within=within, **_given(part))
    except InputError as error:
        if error.code != "E327":
            raise
        residents = read_residents(path, part.format, **_given(part))
    if not codes & {*residents.codes.tolist(), *residents.empty.tolist()}:
        return _of_same_places(residents, path, part, districts)
    return residents


def _of_same_places(everybody: Residents, path: Path, part: Any, districts: Districts) -> Residents:
    """Read the residents of the places that are the districts under other codes."""
    unknown = np.full(len(districts), np.nan)
    pairs, how = same_places(
        Units(districts.codes.tolist(), districts.names.tolist(), unknown),
        Units(everybody.codes.tolist(), everybody.names.tolist(), everybody.counts.sum(axis=1)),
    )
    if not pairs:
        told: dict[str, Any] = {
            "districts": begin(districts.codes),
            "residents": begin(everybody.codes),
        }
        told |= {"systems": unlike(districts.codes.tolist(), everybody.codes.tolist())}
        raise InputError.of("E327", file=path.name, facts=told)
    cities = {theirs[:5]: ours[:5] for theirs, ours in pairs.items()}
    within = sorted(cities)
    residents = read_residents(path, part.format, within=within, **_given(part))
    found = Findings(path.name)
    facts: dict[str, Any] = {"residents": ", ".join(within), "districts": begin(districts.codes)}
    found.note({"renumbered": "F387", "names": "F388"}[how], count=len(pairs), **facts)
    codes = [pairs.get(c, cities[c[:5]] + c[5:]) for c in residents.codes.tolist()]
    ledger = residents.ledger + Ledger(tuple(found.entries))
    return replace(residents, codes=texts(codes), ledger=ledger)


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
        options = _given(part, "kind", "format", "id", "crs") | {"start": start, "around": around}
        found = reading.file(f"places[{number}]", part.file, partial(read_places, **options))
        if found is not None:
            rows[part.kind] = start - 1 + found.ledger.tallies[0].read


def _read_classes(reading: Reading, document: Document) -> None:
    """Read the lists of classes; ids made for them go on from one list to the next."""
    start = 1
    for number, part in enumerate(document.programmes, start=1):
        options = _given(part, "format", "id") | {"start": start}
        found = reading.file(
            f"programmes[{number}]", part.file, partial(read_programmes, **options)
        )
        if found is not None:
            start += found.ledger.tallies[0].read


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
    crosswalk: Crosswalk | None = None,
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
    cell_district, outside = attempt(
        lambda: place_cells(cells, districts, crosswalk), (nowhere, Ledger())
    )
    place_district, beyond = attempt(
        lambda: place_places(places, districts, refuse=named), (nowhere, Ledger())
    )
    extent = attempt(lambda: check_extent(network, cells), Ledger())
    none: tuple[Groups, Ledger] = ({}, Ledger())
    asked = tuple(q.group for q in questions)
    groups, counted = none
    if len(cell_district):
        groups, counted = attempt(
            lambda: count_groups(cells, districts, cell_district, residents, asked, crosswalk),
            none,
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
    ledgers += [part.ledger for part in (residents, crosswalk) if part is not None]
    ledgers += [extra, outside, counted, beyond, extent]
    ledgers.append(Ledger(tuple(_undated(document, residents).entries)))
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
        "as_of": document.as_of or (None if residents is None else month_end(residents.as_of)),
        "modes": document.modes(),
        "synthetic": document.synthetic,
        "questions": questions,
        "ledger": sum(ledgers, Ledger()),
    }


def _undated(document: Document, residents: Residents | None) -> Findings:
    """Say that the date of the residents is taken where the study names none."""
    found = Findings(FILE)
    if document.as_of is None and residents is not None and residents.as_of:
        found.note("F157", column="as_of", date=residents.as_of, file=residents.file)
    return found


def _one_district(name: str, cells: Cells) -> tuple[Districts, Ledger]:
    """Make one reporting area of all cells where the study names no districts."""
    import shapely

    found = Findings(FILE)
    found.note("W358")
    around = shapely.MultiPoint(cells.lonlat).convex_hull.buffer(0.001)
    districts = Districts(texts(["0"]), texts([name]), frozen(np.array([around], dtype=object)))
    return districts, Ledger(tuple(found.entries))
