"""Where people live: squares of a grid, hexagons or census areas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside, frozen, texts
from access._geo import LONLAT, great_circle
from access._tables import Table, read_table
from access._tables.table import find_names
from access.errors import InputError, Problem
from access.inputs import shapes as areas
from access.inputs.aliases import aliases
from access.inputs.coordinates import Box, Trial, read_positions
from access.ledger import Findings, Ledger

Gridded = tuple["Squares", npt.NDArray[np.float64], Mapping[int, str]]
"""Squares, their centres in degrees, and the code of what is wrong with some ids, by position."""


@dataclass(frozen=True, slots=True, eq=False)
class Squares(Record):
    """Cells that are squares of one metric grid: south-west corners, in metres of `crs`."""

    size_m: int
    corner: npt.NDArray[np.int64]  # (n, 2) easting, northing
    crs: int


@dataclass(frozen=True, slots=True, eq=False)
class Cells(Record):
    """Populated cells, `n` of them, in the order of their file.

    ids        (n,) text, unique
    lonlat     (n, 2) degrees: the centre, where trips start
    people     (n,) residents as the cell file gives them; a weight once residents are counted
    shapes     the grid they are squares of, (n,) polygons in degrees, or None (drawn as dots)
    district   (n,) text: a district code where the file gives one, else None (found by position)
    rows       (n,) the row of each cell in its file, as Excel shows it
    """

    ids: npt.NDArray[np.str_]
    lonlat: npt.NDArray[np.float64]
    people: npt.NDArray[np.float64]
    shapes: Squares | npt.NDArray[Any] | None = None
    district: npt.NDArray[np.str_] | None = None
    rows: npt.NDArray[np.int64] | None = aside(None)
    file: str = aside("")
    sheet: str = aside("")
    ledger: Ledger = aside(factory=Ledger)

    def __len__(self) -> int:
        return len(self.ids)


def read_cells(
    path: Path | str,
    *,
    id: str | None = None,
    people: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    crs: int | None = None,
    district: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    squares: Callable[[npt.NDArray[np.str_]], Gridded] | None = None,
    around: Box | None = None,
    trial: Trial | None = None,
    kind: str = "cells",
) -> Cells:
    """Read where people live from a table, or from a file of polygons.

    id, people, lon, lat, district   the file's own headers, where they are none that we know
    crs       EPSG code of lon and lat (default 4326), or of polygons that do not say their own
    columns   our name -> theirs, as in study.toml
    squares   turns national grid codes into squares; without lon and lat the ids must be such
    around    where the study's districts lie, to tell systems of metres apart by
    trial     weighs the systems the coordinates may be in by where they land
    kind      "cells", or "origins": schools and the like, whose people may be unknown (0, F840)

    Cells without people (0) stay. Raises InputError with every problem of the file.
    """
    path = Path(path)
    findings = Findings(path.name)
    required = ("id", "people") if kind == "cells" else ("id",)
    given = {"id": id, "people": people, "lon": lon, "lat": lat, "district": district}
    chosen = dict(columns or {}) | {ours: theirs for ours, theirs in given.items() if theirs}
    if path.suffix.lower() in areas.SUFFIXES:
        table, polygons = areas.read_shapes(
            path,
            findings,
            key="[cells]",
            crs=crs,
            encoding=encoding,
            layer=sheet,
            around=around,
        )
        names = find_names(table.header, aliases(kind), required, chosen, findings)
        if findings.errors:
            raise InputError(findings.errors)
        return _from_polygons(_named(table, names), polygons)
    table = read_table(
        path,
        wanted=aliases(kind),
        required=required,
        encoding=encoding,
        sheet=sheet,
        columns=chosen,
        findings=findings,
    )
    return _from_table(table, LONLAT if crs is None else crs, squares, around, trial)


def _named(table: Table, names: Mapping[str, str]) -> Table:
    return replace(table, names=names)


def _from_table(
    table: Table,
    crs: int,
    squares: Callable[[npt.NDArray[np.str_]], Gridded] | None,
    around: Box | None,
    trial: Trial | None,
) -> Cells:
    ids, people, keep = _counts(table)
    located = "lon" in table and "lat" in table
    lonlat = np.full((len(table), 2), np.nan)
    if located:
        lonlat, good = read_positions(
            table, crs=crs, key="[cells]", people=people, around=around, trial=trial
        )
        keep &= good
    grid = None
    if squares is not None:
        grid, centres, bad = squares(texts(ids))
        if not located or len(bad) * 2 < len(ids):
            _note_codes(table, bad, people, required=not located)
            keep[list(bad)] = False
            if located:
                _compare(table, lonlat, centres, grid.size_m, keep)
            else:
                lonlat = centres
        else:
            grid = None  # ids of another kind: the file's own coordinates say where
    elif not located:
        missing = [o for o in ("lon", "lat") if o not in table]
        header = ", ".join(n for n in table.header if n)
        table.findings.note("E310", column=", ".join(missing), present=header)
    file, sheet = table.findings.file, table.findings.sheet
    ledger = table.findings.close(table.read)
    if not keep.any():
        raise InputError([Problem("E311", file, sheet=sheet), *ledger.reasons])
    shapes = None if grid is None else Squares(grid.size_m, frozen(grid.corner[keep]), grid.crs)
    return Cells(
        ids=texts(ids[keep]),
        lonlat=frozen(lonlat[keep]),
        people=frozen(people[keep]),
        shapes=shapes,
        district=texts(table.text("district")[keep]) if "district" in table else None,
        rows=frozen(table.rows[keep]),
        file=file,
        sheet=sheet,
        ledger=ledger,
    )


def _from_polygons(table: Table, geometries: areas.Geometries) -> Cells:
    import shapely

    whole = areas.polygons(table, geometries)
    ids, people, keep = _counts(table)
    file, sheet = table.findings.file, table.findings.sheet
    ledger = table.findings.close(table.read)
    if not keep.any():
        raise InputError([Problem("E311", file, sheet=sheet), *ledger.reasons])
    # Inside the polygon, also where it is bent around something; the centroid may not be.
    centres = shapely.get_coordinates(shapely.point_on_surface(whole[keep]))
    return Cells(
        ids=texts(ids[keep]),
        lonlat=frozen(centres),
        people=frozen(people[keep]),
        shapes=frozen(whole[keep]),
        district=texts(table.text("district")[keep]) if "district" in table else None,
        rows=frozen(table.rows[keep]),
        file=file,
        sheet=sheet,
        ledger=ledger,
    )


def _counts(
    table: Table,
) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return ids, people, and which rows tell how many people they hold."""
    if "people" not in table:
        table.findings.note("F840")
        return table.ids("id"), np.zeros(len(table)), np.ones(len(table), dtype=bool)
    people = table.numbers("people", strict=True)
    known = np.isfinite(people)
    last = len(people) - 1
    sums = last > 0 and people[last] >= people[known].sum() / 2 > 0
    ids = table.ids("id", total=last if sums else None)
    # A withheld count (SGIS hides counts under 5) is not 0: the row is left out and listed.
    table.note("W312", "people", np.flatnonzero(~known), action="excluded")
    total = float(people[known].sum())
    parts = np.flatnonzero(known & (people != np.floor(people)))
    if len(parts):
        table.note("W313", "people", parts[:1], count=len(parts))
    if len(people) >= 10:
        large = np.flatnonzero(known & (people > total / 2))
        table.note("W314", "people", large, total=f"{total:,.0f}")
    return ids, people, known


def _note_codes(
    table: Table, bad: Mapping[int, str], people: npt.NDArray[np.float64], *, required: bool
) -> None:
    """Leave out cells whose id is no grid code; where most are, the file is refused."""
    unknown = [i for i, code in bad.items() if code == "W301"]
    if required and len(unknown) * 2 > len(table):
        table.note("E315", "id", unknown)
        return
    for i, code in bad.items():
        action: Any = None if code[0] == "E" else "excluded"
        table.findings.note(
            code,
            row=int(table.rows[i]),
            column=table.names["id"],
            value=table.text("id")[i],
            action=action,
            people=float(people[i]),
        )


def _compare(
    table: Table,
    lonlat: npt.NDArray[np.float64],
    centres: npt.NDArray[np.float64],
    size_m: int,
    keep: npt.NDArray[np.bool_],
) -> None:
    """Warn of cells whose coordinates lie outside the square their code names."""
    there = np.flatnonzero(keep)
    away = great_circle(*lonlat[there].T, *centres[there].T)
    far = there[away > size_m]
    if len(far):
        table.note("W316", "id", far[:1], count=len(far), metres=round(float(away.max())))
