"""A planner's folder: the files that `study.toml` names, joined to the parts of a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from access._frozen import frozen, texts
from access.errors import InputError, Problem
from access.inputs.cells import Cells
from access.inputs.districts import Districts
from access.inputs.places import Places, join_places
from access.inputs.population import Residents
from access.inputs.programmes import Programmes, join_lists
from access.inputs.venues import join_programmes
from access.korea.crosswalk import Crosswalk
from access.ledger import Findings, Ledger, gather
from access.network.graph import Network
from access.network.relief import lift
from access.study.document import EXTRAS, FILE, Document
from access.study.extras import (
    Extras,
    chosen_band,
    chosen_field,
    origins_on_streets,
    refuse_rates,
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
from access.study.keys import MeasuresPart
from access.study.reading import Progress, Reading, read_files
from access.study.sources import compare_dates, month_end, name_sources
from access.study.standard import check

T = TypeVar("T")
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


def join_parts(reading: Reading, *, strict: bool = False) -> Parts:
    """Join what was read into the fields of a `Study`; raise InputError with every problem."""
    gather(reading.errors)
    document, found = reading.document, reading.found
    cells, network, residents = found["cells"], found["streets"], found.get("residents")
    lists = [found[f"places[{n}]"] for n in range(1, len(document.places) + 1)]
    districts, crosswalk = found.get("districts"), found.get("crosswalk")
    places = join_places(lists)
    parts = assemble(document, cells, districts, residents, places, network, crosswalk)
    for number in range(1, len(document.addresses) + 1):
        parts["ledger"] += found[f"addresses[{number}]"].ledger
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
    parts["extras"], notes = _extras(reading, parts, parts.get("programmes"))
    parts["ledger"] += notes
    sources = name_sources(document, reading.folder, network, residents, lists)
    parts["ledger"] += compare_dates(sources, document.as_of)
    if strict and parts["ledger"].warnings:
        raise InputError(parts["ledger"].warnings)
    return parts | {"sources": sources}


def _extras(reading: Reading, parts: Parts, programmes: Programmes | None) -> tuple[Extras, Ledger]:
    """Return what the chapters look into; raise InputError with everything that cannot be."""
    document, found, districts = reading.document, reading.found, parts["districts"]
    measures = document.measures
    given = measures.model_dump() if measures is not None else {}
    told, errors = Ledger(), []

    def attempt(check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except InputError as error:
            errors.append(InputError([replace(p, file=FILE) for p in error.problems]))
            return otherwise

    if measures is not None:
        attempt(lambda: _refuse_measures(measures, parts), None)
        given["field"] = attempt(lambda: chosen_field(measures.field, programmes), "")
        given["band"] = attempt(lambda: chosen_band(measures.band), "")
        if measures.online:
            attempt(lambda: refuse_rates(parts["groups"], measures.online, "measures.online"), None)
    gather(errors)
    noted = Findings(FILE)
    units = len(districts)
    if measures is not None and "zones" in measures.model_fields_set and measures.zones >= units:
        noted.note("W860", column="measures.zones", value=measures.zones, units=units)
    told += Ledger(tuple(noted.entries))
    if "zones" in found:
        given["zoning"], notes = zones_by_code(found["zones"], districts)
        told += notes
    if "teachers" in found:
        given["teachers"], notes = teachers_by_code(found["teachers"], districts)
        told += notes
    if "origins" in found:
        given["origins"], notes = origins_on_streets(found["origins"], parts["network"])
        told += notes
    return Extras(**given), told


def _refuse_measures(measures: MeasuresPart, parts: Parts) -> None:
    """Raise InputError for a question, a rate or a number of zones that cannot be."""
    problems = []
    names = [question.name for question in parts["questions"] if question.name]
    if measures.question and measures.question not in names:
        near = get_close_matches(measures.question, names, n=1, cutoff=0.0)
        facts = {"nearest": "".join(near), "valid": ", ".join(names)}
        problems.append(Problem("E954", column="question", value=measures.question, facts=facts))
    rate = measures.participation
    if rate is not None and not 0 < rate <= 1:
        problems.append(Problem("E919", column="participation", value=str(rate)))
    if measures.zones < 0:
        problems.append(Problem("E860", column="zones", value=str(measures.zones)))
    if problems:
        raise InputError([replace(p, column=f"measures.{p.column}") for p in problems])


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
    questions, standards = document.questions(), document.standards()
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
    online = document.measures.online if document.measures is not None else ()
    asked = (*(q.group for q in questions), *(s.group for s in standards), *online)
    groups, counted = none
    if len(cell_district):
        groups, counted = attempt(
            lambda: count_groups(cells, districts, cell_district, residents, asked, crosswalk),
            none,
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
    ledgers += [part.ledger for part in (residents, crosswalk) if part is not None]
    ledgers += [extra, outside, counted, beyond, extent, held]
    ledgers.append(Ledger(tuple(_undated(document, residents).entries)))
    ledgers.append(Ledger(tuple(_unpeopled(cells, groups, asked).entries)))
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
        "standards": standards,
        "ledger": sum(ledgers, Ledger()),
    }


def _undated(document: Document, residents: Residents | None) -> Findings:
    """Say that the date of the residents is taken where the study names none."""
    found = Findings(FILE)
    if document.as_of is None and residents is not None and residents.as_of:
        found.note("F157", column="as_of", date=residents.as_of, file=residents.file)
    return found


def _unpeopled(cells: Cells, groups: Groups, asked: tuple[str, ...]) -> Findings:
    """Say that nobody lives anywhere, or is of a group asked for: its numbers are then all 0."""
    found = Findings(cells.file, cells.sheet)
    if not cells.people.sum() > 0:
        found.note("W863", column="people")
        return found
    for group in dict.fromkeys(asked):
        if group in groups and not groups[group].sum() > 0:
            found.note("W864", value=group)
    return found


def _one_district(name: str, cells: Cells) -> tuple[Districts, Ledger]:
    """Make one reporting area of all cells where the study names no districts."""
    import shapely

    found = Findings(FILE)
    found.note("W358")
    around = shapely.MultiPoint(cells.lonlat).convex_hull.buffer(0.001)
    districts = Districts(texts(["0"]), texts([name]), frozen(np.array([around], dtype=object)))
    return districts, Ledger(tuple(found.entries))
