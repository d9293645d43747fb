"""Learning centres and idle spaces: where they are, what they hold, what they cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import aside, frozen, texts
from access._geo import LONLAT
from access._tables import Table, read_table
from access.errors import InputError, Problem
from access.inputs.aliases import aliases, persons
from access.inputs.coordinates import Box, ByAddress, Trial, read_positions
from access.inputs.hours import Hours, closed_days, is_fraction, untold_days, week
from access.inputs.lists import Listed, join
from access.ledger import Findings, Ledger

UNKNOWN, NO, YES = -1, 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Places(Listed):
    """Places to learn, or rooms that could become one, `n` of them, in the order of their files.

    ids          (n,) text, unique over all kinds
    names        (n,) text
    lonlat       (n, 2) degrees
    kind         (n,) text: "centre", "idle" or another kind named in the study
    seats        (n,) seats, NaN unknown
    area_m2      (n,) floor area of the room, NaN unknown
    building_m2  (n,) floor area of the building, NaN unknown; 0 means no usable building
    yearly_cost  (n,) won a year, NaN unknown
    step_free    (n,) 1 yes, 0 no, -1 unknown
    category     (n,) text, e.g. 도서관
    owner        (n,) text
    hours        (n,) opening hours, None where unknown
    attributes   further columns of the files, as text, by column name
    """

    ids: npt.NDArray[np.str_]
    names: npt.NDArray[np.str_]
    lonlat: npt.NDArray[np.float64]
    kind: npt.NDArray[np.str_]
    seats: npt.NDArray[np.float64]
    area_m2: npt.NDArray[np.float64]
    building_m2: npt.NDArray[np.float64]
    yearly_cost: npt.NDArray[np.float64]
    step_free: npt.NDArray[np.int8]
    category: npt.NDArray[np.str_]
    owner: npt.NDArray[np.str_]
    hours: tuple[Hours | None, ...] = ()
    attributes: Mapping[str, npt.NDArray[np.str_]] = field(default_factory=dict)
    rows: npt.NDArray[np.int64] | None = aside(None)
    files: npt.NDArray[np.str_] | None = aside(None)
    sheets: npt.NDArray[np.str_] | None = aside(None)
    ledger: Ledger = aside(factory=Ledger)


def read_places(
    path: Path | str,
    *,
    kind: str,
    encoding: str | None = None,
    sheet: str | None = None,
    crs: int = LONLAT,
    columns: Mapping[str, str] | None = None,
    id: str | None = None,
    start: int = 1,
    around: Box | None = None,
    fit: Callable[[Table], tuple[Table, npt.NDArray[np.bool_]]] | None = None,
    trial: Trial | None = None,
    by_address: ByAddress | None = None,
) -> Places:
    """Read learning centres, idle rooms or other places from a table.

    kind      what they are to the study: "centre", "idle" ...
    crs       EPSG code of the coordinate columns (4326: longitude and latitude)
    columns   our name -> the file's own header, as in study.toml
    id        the file's own column of ids; without one, and without any we know, places are
              numbered in the order of the file from `start`: centre-001, centre-002 ...

    around      where the study's districts lie, to tell systems of metres apart by
    fit         mends the table as its standard asks, and says which of its rows are places at all
    trial       weighs the systems the coordinates may be in by where they land
    by_address  finds places without coordinates; the file may then have no such columns

    Numbering counts every row, left out or not, so that an id does not change when a coordinate
    is mended. Rooms that share a coordinate, and equal rows, all stay (equal rows are listed).
    Columns that no name of ours takes are kept as text in `attributes`. Raises InputError with
    every problem of the file.

    >>> from access import sample_folder
    >>> centres = read_places(sample_folder() / "centres.csv", kind="centre")
    >>> len(centres), centres.ids[:2].tolist()
    (59, ['centre-001', 'centre-002'])
    """
    path = Path(path)
    findings = Findings(path.name)
    chosen = dict(columns or {}) | ({"id": id} if id else {})
    table = read_table(
        path,
        wanted={**aliases("places"), **aliases("hours")},
        required=("lon", "lat") if by_address is None else (),
        encoding=encoding,
        sheet=sheet,
        columns=chosen,
        persons=persons(),
        findings=findings,
    )
    if "id" in table:
        ids = table.ids("id")
    elif "name" not in table:
        findings.note("E112", column="name", ours="name", near="-", present=", ".join(table.header))
        raise InputError(findings.errors)
    else:
        width = max(3, len(str(start + table.read - 1)))
        order = np.arange(start, start + len(table))
        ids = np.array([f"{kind}-{number:0{width}}" for number in order], dtype=object)
    if fit is not None:
        table, some = fit(table)
        if not some.any():
            reasons = (e.problem for e in findings.entries if e.action == "excluded")
            raise InputError([Problem("E332", path.name, sheet=findings.sheet), *reasons])
        table, ids = table.keep(some), ids[some]
    lonlat, keep = read_positions(
        table, crs=crs, key="[[places]]", around=around, trial=trial, by_address=by_address
    )
    seats = table.numbers("seats")
    table.note("W331", "seats", np.flatnonzero(seats == 0))
    names = _names(table) if "name" in table else ids
    table.note("W330", "name", np.flatnonzero(names == ""))
    table.note_doubles("W334", "name")
    hours = _hours(table)
    numbers = {ours: table.numbers(ours) for ours in ("area_m2", "building_m2", "yearly_cost")}
    step_free = table.flags("step_free")
    ledger = findings.close(table.read)
    if not keep.any():
        raise InputError([Problem("E332", path.name, sheet=findings.sheet), *ledger.reasons])
    kept = np.flatnonzero(keep)
    return Places(
        ids=texts(ids[keep]),
        names=texts(names[keep]),
        lonlat=frozen(lonlat[keep]),
        kind=texts([kind] * len(kept)),
        seats=frozen(seats[keep]),
        **{ours: frozen(values[keep]) for ours, values in numbers.items()},
        step_free=frozen(step_free[keep]),
        category=texts(table.text("category")[keep]),
        owner=texts(table.text("owner")[keep]),
        hours=tuple(hours[i] for i in kept),
        attributes={name: texts(cells[keep]) for name, cells in _rest(table).items()},
        rows=frozen(table.rows[keep]),
        files=texts([path.name] * len(kept)),
        sheets=texts([findings.sheet] * len(kept)),
        ledger=ledger,
    )


def join_places(parts: Sequence[Places]) -> Places:
    """Return the places of several files as one record, in their order.

    Attributes a file does not have are blank for its places. Raises InputError (E333) for an id
    that two files give.
    """
    hours = tuple(h for part in parts for h in part.hours)
    return join(parts, _ARRAYS, "E333", hours=hours)


_ARRAYS = (
    *("ids", "names", "lonlat", "kind", "seats", "area_m2", "building_m2", "yearly_cost"),
    *("step_free", "category", "owner"),
)


def _names(table: Table) -> npt.NDArray[Any]:
    """Return the names, with the site's where rooms of several sites share one (회의실)."""
    names, sites = table.text("name"), table.text("site")
    found: dict[str, set[str]] = {}
    for name, site in zip(names, sites, strict=True):
        found.setdefault(name, set()).add(site)
    told = [
        site if name in site else f"{site} {name}" if site and len(found[name]) > 1 else name
        for name, site in zip(names, sites, strict=True)
    ]
    return np.array(told, dtype=object)


def _rest(table: Table) -> dict[str, npt.NDArray[Any]]:
    """Return the columns to keep as text: those no field holds as it is written."""
    rest = table.others()
    for ours in ("site", "address", *aliases("hours")):
        if ours in table:
            rest[table.names[ours]] = table.text(ours)
    return {name: rest[name] for name in table.header if name in rest}


def _hours(table: Table) -> list[Hours | None]:
    """Return the opening hours of each row; what cannot be read is listed and unknown."""
    pairs = {
        day: list(zip(table.text(f"{day}_open"), table.text(f"{day}_close"), strict=True))
        for day in ("weekday", "saturday", "weekend", "sunday", "daily")
    }

    def first(*days: str) -> str:
        return next((day for day in days if f"{day}_open" in table), "daily")

    weekday, saturday = first("weekday"), first("saturday", "weekend")
    sunday = first("sunday", "weekend")
    found: list[Hours | None] = []
    noted: dict[str, list[int]] = {}
    for i, words in enumerate(table.text("closed_days")):
        days = [pairs[weekday][i]] * 5 + [pairs[saturday][i], pairs[sunday][i]]
        hours, code = week(days, closed_days(words))
        found.append(hours)
        if code:
            noted.setdefault(code, []).append(i)
        elif hours is not None and any(is_fraction(time) for pair in days for time in pair):
            noted.setdefault("F187", []).append(i)
    table.note(
        "W188",
        "closed_days",
        [i for i, w in enumerate(table.text("closed_days")) if untold_days(w)],
    )
    column = f"{weekday}_open"
    for code, which in noted.items():
        table.note(code, column, which)
    return found
