"""Cells as a page carries them: a packed grid where they are squares, else outlines or dots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from access._geo import Floats, metric_crs, project, unproject
from access.inputs.cells import Cells, Squares
from access.show.packed import DEGREE, outlines, pack, varints

NONE = 65_535
"""The value of a cell from which no place is reached."""

TENTHS_A_STEP = 60
"""Tenths of a second in a tenth of a minute."""

SINGLE_M = 100.0
"""The size of a cell that has no neighbour to measure it by."""

CLOSE_M = 0.05
"""How far the fitted grid may be off, in metres; the contract allows 1 m."""


def shown(tenths: npt.ArrayLike) -> npt.NDArray[np.uint16]:
    """Return times in tenths of a second (negative: none) as tenths of a minute, rounded up.

    Rounded up, a time is shown within a whole number of minutes exactly when it is.

    >>> shown([0, 1, 9000, 9001, -3]).tolist()
    [0, 1, 150, 151, 65535]
    """
    times = np.asarray(tenths, dtype=np.int64)
    up = np.minimum(-(-times // TENTHS_A_STEP), NONE - 1)
    return np.where(times >= 0, up, NONE).astype(np.uint16)


@dataclass(frozen=True, slots=True)
class Fit:
    """Column and row of a metric grid as polynomials of longitude and latitude.

    Longitude and latitude are scaled to -1..1 over the extent; `column[i][j]` is the factor of
    lon^i * lat^j. A row of a national grid is no row of latitude, so a page cannot do without.
    """

    lon: tuple[float, float]  # middle and half width, degrees
    lat: tuple[float, float]
    column: npt.NDArray[np.float64]
    row: npt.NDArray[np.float64]
    error_m: float

    def at(self, lonlat: Floats) -> Floats:
        """Return (n, 2) column and row, in cells from the grid's south-west corner."""
        from numpy.polynomial.polynomial import polyval2d

        s = (lonlat[:, 0] - self.lon[0]) / self.lon[1]
        t = (lonlat[:, 1] - self.lat[0]) / self.lat[1]
        return np.column_stack([polyval2d(s, t, self.column), polyval2d(s, t, self.row)])


def fit(squares: Squares) -> Fit:
    """Fit the grid of `squares` over its extent, to within 5 cm.

    Chebyshev interpolation of rising degree: plain sums, so that no linear-algebra library can
    make the last bit depend on the number of threads.
    """
    low = squares.corner.min(axis=0).astype(float)
    high = squares.corner.max(axis=0).astype(float) + squares.size_m
    edge = np.linspace(0, 1, 33)
    box = np.array([(x, y) for x in edge for y in edge]) * (high - low) + low
    degrees = unproject(box, squares.crs)
    west, south = degrees.min(axis=0)
    east, north = degrees.max(axis=0)
    lon = (float(west + east) / 2, float(east - west) / 2)
    lat = (float(south + north) / 2, float(north - south) / 2)
    wanted = (box - low) / squares.size_m
    for degree in range(2, 12):
        column, row = _chebyshev(lon, lat, degree, squares, low)
        found = Fit(lon, lat, column, row, 0.0)
        error = float(np.abs(found.at(degrees) - wanted).max()) * squares.size_m
        if error <= CLOSE_M:
            break
    return Fit(lon, lat, column, row, error)


def _chebyshev(
    lon: tuple[float, float], lat: tuple[float, float], degree: int, squares: Squares, low: Floats
) -> tuple[Floats, Floats]:
    from numpy.polynomial.chebyshev import cheb2poly

    n = degree + 1
    angles = (np.arange(n) + 0.5) * np.pi / n
    nodes = np.cos(angles)
    grid = np.array([(lon[0] + lon[1] * s, lat[0] + lat[1] * t) for s in nodes for t in nodes])
    values = (project(grid, squares.crs) - low) / squares.size_m
    factors = []
    for axis in (0, 1):
        table = values[:, axis].reshape(n, n)
        c = np.empty((n, n))
        for i in range(n):
            for j in range(n):
                wave = np.cos(i * angles)[:, None] * np.cos(j * angles)[None, :]
                c[i, j] = (table * wave).sum() * (2 if i else 1) * (2 if j else 1) / n**2
        plain = np.apply_along_axis(lambda v: _padded(cheb2poly(v), n), 0, c)
        factors.append(np.apply_along_axis(lambda v: _padded(cheb2poly(v), n), 1, plain))
    return factors[0], factors[1]


def _padded(values: Any, n: int) -> Floats:
    return np.concatenate([values, np.zeros(n - len(values))])


def aligned(squares: Squares) -> bool:
    """Say whether the squares are cells of one grid, each in a place of its own."""
    steps = squares.corner - squares.corner.min(axis=0)
    return not (steps % squares.size_m).any() and len(np.unique(steps, axis=0)) == len(steps)


def picture_order(cells: Cells) -> npt.NDArray[np.int64]:
    """Return the order in which a page lists the cells: row by row, which packs best."""
    if isinstance(cells.shapes, Squares):
        return np.lexsort((cells.shapes.corner[:, 0], cells.shapes.corner[:, 1]))
    return np.arange(len(cells))


def packed_cells(cells: Cells, order: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return where the cells are, listed in `order`. People are no part of it."""
    ids = "\n".join(cells.ids[order].tolist()).encode()
    common = {"count": len(cells), "ids": pack(ids)}
    shapes = cells.shapes
    if isinstance(shapes, Squares) and len(cells) and aligned(shapes):
        return {"kind": "squares", **common, **_squares(shapes, order)}
    if isinstance(shapes, Squares) and len(cells):
        shapes = square_polygons(shapes)
    size = round(spacing(cells), 1)
    if shapes is not None and len(cells):
        stream = outlines(np.asarray(shapes, dtype=object)[order], np.zeros(len(cells), int))
        return {"kind": "shapes", **common, "size": size, "outlines": pack(stream)}
    whole = np.rint(cells.lonlat[order] * DEGREE).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int64))
    return {"kind": "dots", **common, "size": size, "points": pack(varints(steps))}


def spacing(cells: Cells) -> float:
    """Return how far cells usually lie from their nearest neighbour, in metres."""
    from scipy.spatial import cKDTree

    if len(cells) < 2:
        return SINGLE_M
    metres = project(cells.lonlat, metric_crs(cells.lonlat))
    distance: Any = cKDTree(metres).query(metres, k=2)[0]
    return float(np.median(distance[:, 1])) or SINGLE_M


def _squares(squares: Squares, order: npt.NDArray[np.int64]) -> dict[str, Any]:
    steps = (squares.corner - squares.corner.min(axis=0)) // squares.size_m
    columns, rows = (int(v) + 1 for v in steps.max(axis=0))
    at = (steps[:, 1] * columns + steps[:, 0])[order]
    found = fit(squares)
    return {
        "size": squares.size_m,
        "columns": columns,
        "rows": rows,
        "at": pack(varints(np.diff(at, prepend=0))),
        "fit": {
            "lon": found.lon,
            "lat": found.lat,
            "column": found.column.tolist(),
            "row": found.row.tolist(),
        },
    }


def square_polygons(squares: Squares, crs: int = 4326) -> npt.NDArray[Any]:
    """Return the squares as shapely polygons in `crs` (default: degrees)."""
    import shapely

    ring = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]) * squares.size_m
    corners = (squares.corner[:, None, :] + ring[None, :, :]).reshape(-1, 2).astype(float)
    if crs != squares.crs:
        corners = project(unproject(corners, squares.crs), crs)
    polygons: npt.NDArray[Any] = shapely.polygons(corners.reshape(-1, 5, 2))
    return polygons
