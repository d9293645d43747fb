"""Buildings: where they stand and how many people each may hold, as points with weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from access._geo import Floats, metric_crs
from access._tables.table import find_names
from access.errors import InputError, Problem
from access.inputs import shapes
from access.inputs.aliases import aliases
from access.ledger import Findings, Ledger

KINDS = ("Point", "MultiPoint", "Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Buildings:
    """Points with weights.

    lonlat  (n, 2) degrees
    weight  (n,) dwellings, else floor area in m2, else floors, else 1 each
    told    what the weight is, in Korean and in English
    rows    (n,) the row of each in its file
    read    how many rows the file has
    """

    lonlat: Floats
    weight: Floats
    told: tuple[str, str]
    rows: npt.NDArray[np.int64]
    read: int
    file: str = ""
    ledger: Ledger = field(default_factory=Ledger)

    def within(self, keep: npt.NDArray[np.bool_]) -> Buildings:
        """Return some of the buildings; the others are passed over, and told as a number."""
        others = set(self.rows[~keep].tolist())
        findings = Findings(self.file)
        findings.entries = [e for e in self.ledger.entries if e.problem.row not in others]
        findings.pass_over("F260", len(others))
        kept = (self.lonlat[keep], self.weight[keep], self.told, self.rows[keep])
        return Buildings(*kept, self.read, self.file, findings.close(self.read))


TOLD = {
    "weight": ("건물의 세대 수", "dwellings of the buildings"),
    "area": ("건물의 연면적(바닥 넓이 x 층수)", "floor area of the buildings (ground x floors)"),
    "ground": ("건물의 바닥 넓이", "ground area of the buildings"),
    "floors": ("건물의 층수", "floors of the buildings"),
    "count": ("건물의 수", "number of buildings"),
}


def read_buildings(
    path: Path | str,
    *,
    weight: str | None = None,
    floors: str | None = None,
    crs: int | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Buildings:
    """Read buildings, points or polygons, from GeoJSON, GeoPackage or a shapefile.

    weight  the file's own column of dwellings (세대수), or of whatever goes with people
    floors  the file's own column of floors above ground

    Without dwellings a polygon weighs its area times its floors, and a point its floors, else 1.
    A building that does not tell its dwellings is left out and listed; one that does not tell its
    floors counts one. Raises InputError with every problem of the file.
    """
    path = Path(path)
    findings = Findings(path.name)
    table, found = shapes.read_shapes(
        path, findings, key="[cells]", crs=crs, encoding=encoding, layer=sheet
    )
    given = {ours: theirs for ours, theirs in (("weight", weight), ("floors", floors)) if theirs}
    chosen = dict(columns or {}) | given
    names = find_names(table.header, aliases("buildings"), (), chosen, findings)
    if findings.errors:
        raise InputError(findings.errors)
    table = replace(table, names=names)
    good = np.array([_fit(geometry) for geometry in found], dtype=bool)
    for i in np.flatnonzero(~good).tolist():
        kind = "-" if found[i] is None else found[i].geom_type
        findings.note("W257", row=int(table.rows[i]), value=kind, action="excluded")
    if not good.any():
        raise InputError([Problem("E258", path.name), *findings.close(table.read).reasons])
    lonlat, ground = _stand(found, good)
    if "weight" in table:
        told, value = "weight", table.numbers("weight")
        table.note("W259", "weight", np.flatnonzero(good & np.isnan(value)), action="excluded")
        good &= np.isfinite(value)
    else:
        stories = table.numbers("floors")
        stories = np.where(np.isfinite(stories), stories, 1.0)
        flat = (ground[good] > 0).mean() > 0.5  # mixed with points: those weigh a usual house
        usual = float(np.median(ground[good & (ground > 0)])) if flat else 1.0
        value = np.where(ground > 0, ground if flat else 1.0, usual) * stories
        several = "floors" in table
        told = ("area" if several else "ground") if flat else ("floors" if several else "count")
    ledger = findings.close(table.read)
    return Buildings(
        lonlat[good], value[good], TOLD[told], table.rows[good], table.read, path.name, ledger
    )


def _fit(geometry: Any) -> bool:
    """Say whether a geometry is a building: points or polygons, with finite coordinates."""
    if geometry is None or geometry.is_empty:
        return False
    return geometry.geom_type in KINDS and bool(np.isfinite(geometry.bounds).all())


def _stand(found: npt.NDArray[np.object_], good: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return where buildings stand, in degrees, and their area in m2 (0 for points)."""
    import shapely

    lonlat, ground = np.full((len(found), 2), np.nan), np.zeros(len(found))
    inner = shapely.centroid(found[good])
    lonlat[good] = shapely.get_coordinates(inner)
    plane = shapes.metres(found[good], metric_crs(lonlat[good]))
    ground[good] = shapely.area(plane)
    return lonlat, ground
