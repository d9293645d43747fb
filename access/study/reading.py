"""Reading: `study.toml` and every file it names, each by itself, whatever is wrong with others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from access._frozen import texts
from access.errors import InputError, Problem
from access.inputs.cells import Cells
from access.inputs.coordinates import Box, Trial
from access.inputs.districts import Districts, read_districts
from access.inputs.population import Residents
from access.korea.codes import Units, same_places, unlike
from access.korea.crosswalk import Crosswalk, read_crosswalk
from access.korea.gazetteer import Gazetteer
from access.korea.gazetteer import locate as by_address
from access.korea.juso import join, read_addresses
from access.korea.opendata import read_places, read_programmes
from access.korea.residents import begin, read_residents
from access.ledger import Findings, Ledger
from access.network.build import build
from access.network.graph import Network
from access.network.rasters import read_relief
from access.study.document import FILE, Document, is_there, read_document
from access.study.evidence import trial
from access.study.extras import read_teachers, read_zones
from access.study.keys import CellsPart, TableOptions
from access.study.peopled import SIZE_M, make_cells, read_weights
from access.study.readers import read_cells

T = TypeVar("T")
Progress = Callable[[str], None]

TABLE_OPTIONS = ("encoding", "sheet", "columns")


def find_document(folder: str | Path) -> Path:
    """Return the `study.toml` of a folder, or the file itself where one was named."""
    path = Path(folder)
    return path / FILE if path.is_dir() or not path.suffix else path


@dataclass
class Reading:
    """The files of a folder, each read by itself; what goes wrong is kept, to tell all at once.

    faults   what is wrong with the document itself; absent files among them
    found    what was read, by key: districts, residents, cells, streets, relief, addresses,
             places[1] ...
    failed   why the others could not be
    gazetteer  where addresses are, where tables of them are given
    """

    document: Document
    faults: list[Problem]
    folder: Path
    progress: Progress
    found: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, InputError] = field(default_factory=dict)
    gazetteer: Gazetteer | None = None

    @property
    def errors(self) -> list[InputError]:
        """What is wrong with the document and with each file."""
        return [InputError(self.faults), *self.failed.values()]

    @property
    def around(self) -> Box | None:
        """The west, south, east and north of the districts, in degrees."""
        import shapely

        if (districts := self.found.get("districts")) is None:
            return None
        west, south, east, north = shapely.total_bounds(districts.shapes).tolist()
        return west, south, east, north

    def trial(self, part: Any) -> Trial | None:
        """Return what tries the coordinates of a table, unless the planner is sure of them."""
        if part.crs_sure:
            return None
        gridded = isinstance(part, CellsPart)
        return trial(self.found.get("streets"), self.found.get("districts"), gridded=gridded)

    def table(self, key: str, read: Callable[[Path, Any], T]) -> T | None:
        """Read a table with the options of its part of the document, if there is one."""
        part = getattr(self.document, key)
        if part is None or part.file is None:
            return None
        return self.file(key, part.file, lambda path: read(path, part))

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
    _read_network(reading, document)
    _read_peopled(reading, document.cells)
    _read_addresses(reading, document)
    _read_lists(reading, document)
    _read_classes(reading, document)
    reading.table("relief", lambda path, part: read_relief(path, part.crs))
    reading.table("zones", lambda path, part: read_zones(path, **_given(part)))
    reading.table("teachers", lambda path, part: read_teachers(path, **_given(part)))
    reading.table("origins", _read_origins)
    return reading


def _given(part: TableOptions, *names: str) -> dict[str, Any]:
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


def _read_peopled(reading: Reading, part: CellsPart) -> None:
    """Read the cells, or make them of residents and of what is built."""
    if not part.make:
        around, tried = reading.around, reading.trial(part)
        reading.table("cells", lambda path, part: _read_cells(path, part, around, tried))
        return
    by = None
    if part.make != "area":
        named = _given(part, "crs", "weight", "floors")
        by = reading.table("cells", lambda path, _: read_weights(path, str(part.make), **named))
        reading.found.pop("cells", None)  # what weighs is not yet cells
    districts, residents = reading.found.get("districts"), reading.found.get("residents")
    if districts is None or residents is None or (by is None and part.make != "area"):
        return  # of which others have spoken
    size, file = part.size or SIZE_M, part.file or ""
    try:
        reading.found["cells"] = make_cells(districts, residents, by, size_m=size, file=file)
    except InputError as error:
        reading.failed["cells"] = error


def _read_cells(path: Path, part: Any, around: Box | None, tried: Trial | None) -> Cells:
    named = _given(part, "id", "people", "lon", "lat", "crs", "district")
    return read_cells(path, size_m=part.size, around=around, trial=tried, **named)


def _read_origins(path: Path, part: Any) -> Cells:
    named = _given(part, "id", "people", "lon", "lat", "crs")
    return read_cells(path, kind="origins", squares=None, **named)


def _read_addresses(reading: Reading, document: Document) -> None:
    """Read the tables of addresses, of which only those about the city are kept."""
    keys = []
    for number, part in enumerate(document.addresses, start=1):
        options = _given(part, "crs") | {"around": reading.around, "trial": reading.trial(part)}
        keys.append(f"addresses[{number}]")
        reading.file(keys[-1], part.file, partial(read_addresses, **options))
    if keys:
        books = [reading.found[key] for key in keys if key in reading.found]
        reading.gazetteer = join(books)


def _read_lists(reading: Reading, document: Document) -> None:
    """Read the lists of places; ids made for a kind go on from one list to the next."""
    rows: dict[str, int] = {}
    known = reading.gazetteer
    city = " ".join(word for word in document.name.split() if word[-1] in "시군구")
    for number, part in enumerate(document.places, start=1):
        start = 1 + rows.get(part.kind, 0)
        options = _given(part, "kind", "format", "id", "crs") | {
            "start": start,
            "around": reading.around,
            "trial": reading.trial(part),
            "by_address": None if known is None else partial(by_address, known),
            "city": city,
        }
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
