"""Where each input of a study came from, of which date it is, and whether the dates go together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from access._tables.dates import day
from access.inputs.catalogue import Source, catalogue
from access.inputs.places import Places
from access.inputs.population import Residents
from access.ledger import Findings, Ledger
from access.network.graph import Network
from access.study.document import EXTRAS, Document

OSM_CREDIT = "© OpenStreetMap contributors, ODbL 1.0"
SYNTHETIC_CREDIT = "합성 자료 · 실재하지 않는 도시"

APART_MONTHS = 12
"""Inputs further apart than this count other people in other places."""
_DATES = ("데이터기준일자", "데이터기준일", "기준일자", "referenceDate", "REFERENCE_DATE")


def name_sources(
    document: Document,
    folder: Path,
    network: Network,
    residents: Residents | None,
    lists: Sequence[Places],
) -> tuple[Source, ...]:
    """Say where each input came from, and its date: as its headers or rows say, else as told."""
    credit = SYNTHETIC_CREDIT if document.synthetic else ""
    streets = credit or OSM_CREDIT
    if document.streets.file:
        path = folder / document.streets.file
        sources = [catalogue("streets", path, network.timestamp, streets)]
    else:
        sources = [Source("streets", str(document.streets.place), "", network.timestamp, streets)]
    for role in ("relief", "districts", "residents", "crosswalk", "cells"):
        part = getattr(document, role)
        if part is not None and part.file:  # cells can be made without one
            own = residents.as_of if residents is not None and role == "residents" else ""
            sources.append(catalogue(role, folder / part.file, own or _said(part), credit))
    sources += [
        catalogue("addresses", folder / part.file, _said(part), credit)
        for part in document.addresses
    ]
    for part, places in zip(document.places, lists, strict=True):
        own = _latest(places)
        sources.append(catalogue(part.kind, folder / part.file, own or _said(part), credit))
    sources += [
        catalogue("programmes", folder / part.file, _said(part), credit)
        for part in document.programmes
    ]
    for role in EXTRAS:
        part = getattr(document, role)
        if part is not None:
            sources.append(catalogue(role, folder / part.file, _said(part), credit))
    return tuple(sources)


def _said(part: Any) -> str:
    told: date | None = getattr(part, "as_of", None)
    return told.isoformat() if told else ""


def _latest(places: Places) -> str:
    """Return the latest date that the rows of a list give for themselves."""
    cells: Iterable[str] = ()
    for name in _DATES:
        if name in places.attributes:
            cells = set(places.attributes[name].tolist())
            break
    known = [when for cell in cells if (when := day(cell)[0])]
    return max(known).isoformat() if known else ""


def compare_dates(sources: Iterable[Source], as_of: date | None) -> Ledger:
    """Warn of inputs more than a year before or after the study, or apart from each other."""
    found: list[Findings] = []
    dated = [(source, month) for source in sources if (month := _month(source.as_of)) is not None]
    if as_of is not None:
        study = 12 * as_of.year + as_of.month
        for source, month in dated:
            if abs(study - month) > APART_MONTHS:
                told = Findings(source.file)
                code = "W328" if source.role == "residents" else "W391"
                told.note(code, data=source.as_of[:10], study=as_of)
                found.append(told)
    elif dated:
        first, last = (pick(dated, key=lambda pair: pair[1]) for pick in (min, max))
        if last[1] - first[1] > APART_MONTHS:
            told = Findings(first[0].file)
            facts: dict[str, Any] = {"data": first[0].as_of[:10], "other": last[0].file}
            told.note("W399", **facts | {"later": last[0].as_of[:10]})
            found.append(told)
    return Ledger(tuple(entry for told in found for entry in told.entries))


def month_end(as_of: str) -> date | None:
    """Return the last day of a month, or of a year, None where none is said.

    >>> month_end("2025-06"), month_end("2020"), month_end("")
    (datetime.date(2025, 6, 30), datetime.date(2020, 12, 31), None)
    """
    months = _month(as_of)
    return None if months is None else date(months // 12, months % 12 + 1, 1) - timedelta(1)


def _month(as_of: str) -> int | None:
    """Return a date as months; a year without a month is its end.

    >>> _month("2025-06-30"), _month("2020"), _month("")
    (24306, 24252, None)
    """
    year, month = (as_of[:4], as_of[5:7] or "12")
    return 12 * int(year) + int(month) if year.isdigit() and month.isdigit() else None
