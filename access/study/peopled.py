"""Peopled: cells made where no file of cells is, from counted residents and what is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from access._frozen import frozen, texts
from access._geo import KOREA, Floats, in_korea, is_degrees, metric_crs, project, unproject
from access.errors import InputError
from access.inputs import dasymetric
from access.inputs.buildings import Buildings, read_buildings
from access.inputs.cells import Cells, Squares
from access.inputs.dasymetric import Pieces
from access.inputs.districts import Districts
from access.inputs.population import Residents, group_counts
from access.korea.grid import SIZES, codes
from access.ledger import Findings, Ledger
from access.network.rasters import Raster, read_raster
from access.study.join import locate

SIZE_M = 100
"""The side of the squares where none is asked for."""

FINER = 2.0
"""A cell of a raster is divided until it is this many times smaller than a square."""

DEGREE_M = 111_320.0
"""A degree of latitude, and of longitude at most."""

BY_AREA = ("넓이", "area")
BY_RASTER = ("격자 자료의 값", "values of the raster")


def make_cells(
    districts: Districts,
    residents: Residents,
    by: Buildings | Raster | None = None,
    *,
    size_m: int = SIZE_M,
    file: str = "",
) -> Cells:
    """Make squares and spread the residents of each district over them.

    by      where people live within a district: buildings, a raster of anything that goes with
            people, or None for evenly, by area
    size_m  the side of the squares; in Korea one of the national grid's, whose codes they bear

    The squares of a district hold its residents to the last person. A square across a boundary
    belongs to the district with most weight in it. A district without any weight is spread by area
    and listed. The ledger says how many people live elsewhere than area alone would have them.
    Raises InputError (E305) for a size the national grid does not have.

    >>> import shapely
    >>> from access._frozen import texts
    >>> shape = np.array([shapely.box(127.5, 37.0, 127.51, 37.01)], dtype=object)
    >>> ages = np.array([[0, 999]])
    >>> cells = make_cells(
    ...     Districts(texts(["1"]), texts(["가면"]), shape),
    ...     Residents(texts(["1"]), texts(["가면"]), ages, np.array([[777.0]])),
    ... )
    >>> int(cells.people.sum())
    777
    """
    inside = np.array([list(shape.representative_point().coords[0]) for shape in districts.shapes])
    korean = bool(in_korea(inside).all())
    crs = KOREA if korean else metric_crs(inside)
    if korean and size_m not in SIZES:
        facts = {"sizes": ", ".join(map(str, SIZES))}
        raise InputError.of("E305", column="[cells] size", value=str(size_m), facts=facts)
    counts = dict(zip(residents.codes.tolist(), group_counts(residents, "all"), strict=True))
    people = np.array([float(counts.get(code, 0.0)) for code in districts.codes.tolist()])
    found = Findings(file or districts.file)
    area = dasymetric.areas(districts.shapes, size_m, crs)
    told, pieces = BY_AREA, area
    if by is not None:
        if isinstance(by, Buildings):
            by = by.within(locate(by.lonlat, districts) >= 0)
        told, lonlat, weight = _weights(by, districts, size_m, found)
        zone = locate(lonlat, districts).astype(np.int64)
        pieces = dasymetric.points(lonlat, weight, zone, size_m, crs)
        pieces, empty = dasymetric.fill(pieces, area, people)
        for z in empty.tolist():
            name = f"{districts.names[z]} {districts.codes[z]}"
            found.note("W261", value=name, people=float(people[z]), residents=f"{people[z]:,.0f}")
    pieces = dasymetric.settle(pieces)
    given, left = dasymetric.apportion(people, pieces.zone, pieces.weight)
    if left.any():
        named = ", ".join(districts.names[left > 0].tolist())
        raise InputError.of(
            "E265", column="[cells] size", value=str(size_m), facts={"named": named}
        )
    _tell(found, told, size_m, given, pieces, area, people)
    return _cells(pieces, given, districts, size_m, crs, korean, found, by)


def _weights(
    by: Buildings | Raster, districts: Districts, size_m: int, found: Findings
) -> tuple[tuple[str, str], Floats, Floats]:
    """Return what the weights are, where they are in degrees, and how much they are."""
    if isinstance(by, Buildings):
        return by.told, by.lonlat, by.weight
    if negative := int((by.values < 0).sum()):
        found.note("W262", cells=f"{negative:,}")
    rows, columns = np.nonzero(by.values > 0)
    centre = np.column_stack([by.first[0] + columns * by.step[0], by.first[1] - rows * by.step[1]])
    low, high = _extent(districts, by)
    near = ((centre >= low) & (centre <= high)).all(axis=1)
    centre, weight = centre[near], by.values[rows, columns][near].astype(np.float64)
    metres = max(by.step) * (DEGREE_M if is_degrees(by.crs) else 1.0)
    parts = max(1, int(np.ceil(FINER * metres / size_m)))
    steps = (np.arange(parts) + 0.5) / parts - 0.5
    offsets = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2) * by.step
    spots = (centre[:, None, :] + offsets[None, :, :]).reshape(-1, 2)
    return BY_RASTER, unproject(spots, by.crs), np.repeat(weight / parts**2, parts**2)


def _extent(districts: Districts, by: Raster) -> tuple[Floats, Floats]:
    """Return the corners of the districts' extent in the raster's system, a cell wider."""
    import shapely

    west, south, east, north = shapely.total_bounds(districts.shapes).tolist()
    corners = np.array([[west, south], [west, north], [east, south], [east, north]])
    plane = project(corners, by.crs)
    return plane.min(axis=0) - by.step, plane.max(axis=0) + by.step


def _tell(
    found: Findings,
    told: tuple[str, str],
    size_m: int,
    given: Floats,
    pieces: Pieces,
    area: Pieces,
    people: Floats,
) -> None:
    """Say how the people were spread, and how far that is from spreading them by area."""
    whole = f"{people.sum():,.0f}"
    if told == BY_AREA:
        found.note("W263", size=size_m, people_in_all=whole)
        return
    evenly = dasymetric.settle(area)
    plain, _ = dasymetric.apportion(people, evenly.zone, evenly.weight)
    squares = np.concatenate([pieces.corner, evenly.corner])
    key = np.unique(squares, axis=0, return_inverse=True)[1].reshape(-1)
    count = int(key.max()) + 1
    one, other = np.zeros(count), np.zeros(count)
    np.add.at(one, key[: len(given)], given)
    np.add.at(other, key[len(given) :], plain)
    percent = f"{100 * dasymetric.moved(one, other):.0f}"
    found.note("W264", weights=told, size=size_m, people_in_all=whole, percent=percent)


def _cells(
    pieces: Pieces,
    given: Floats,
    districts: Districts,
    size_m: int,
    crs: int,
    korean: bool,
    found: Findings,
    by: Buildings | Raster | None,
) -> Cells:
    keep = np.flatnonzero(given > 0)
    order = keep[np.lexsort((pieces.corner[keep, 0], pieces.corner[keep, 1]))]
    corner = pieces.corner[order]
    ids: Any = codes(corner, size_m) if korean else [f"{x}_{y}" for x, y in corner.tolist()]
    own = by.ledger if isinstance(by, Buildings) else Ledger()
    return Cells(
        ids=texts(ids),
        lonlat=frozen(unproject(pieces.centre[order], crs)),
        people=frozen(given[order]),
        shapes=Squares(size_m, frozen(corner), crs),
        district=texts(districts.codes[pieces.zone[order]]),
        file=found.file,
        ledger=own + Ledger(tuple(found.entries)),
    )


def read_weights(path: Path, make: str, **how: Any) -> Buildings | Raster:
    """Read what says where people live: a file of buildings, or a raster."""
    if make == "raster":
        return read_raster(path, how.get("crs"))
    return read_buildings(path, **how)
