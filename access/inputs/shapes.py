"""Files of shapes (GeoJSON, GeoPackage, shapefile): geometries in degrees and their fields as text.

GeoJSON is read here, feature by feature; the other two through GDAL, by an allow-list of drivers,
so that no file can make the program follow references elsewhere.
"""

from __future__ import annotations

import codecs
import json
import math
import re
import struct
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from access._geo import LONLAT, check_crs, metric_crs
from access._tables import Kind, Table, true_kind
from access._tables.dbf import by_evidence
from access._tables.delimited import decode
from access._tables.filetype import stop
from access.inputs.coordinates import Box, fitting
from access.ledger import Findings

Geometries = npt.NDArray[Any]

SUFFIXES = (".geojson", ".json", ".gpkg", ".shp")
_DRIVERS = ("GPKG", "ESRI Shapefile")
_DEGREES = re.compile(r"CRS\s*84|EPSG:(?:.*:)?4326|4737", re.IGNORECASE)
CHANGED = 0.001
"""A repair that changes the area by more than this share is a warning, not only a remark."""


def read_shapes(
    path: Path,
    findings: Findings,
    *,
    key: str,
    crs: int | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    around: Box | None = None,
) -> tuple[Table, Geometries]:
    """Return the fields of every feature, and its geometry in degrees (None where it has none).

    Rows are counted from 1, as attribute tables show them. `crs` is the EPSG code of a file that
    does not say its own, `key` the table of study.toml that a message may send the reader to.
    Raises InputError for what cannot be read at all.
    """
    if crs is not None and (wrong := check_crs(crs, metres=False)):
        stop(findings, wrong, column=f"{key} crs", value=crs, crs=crs, key=f"{key} crs")
    kind = true_kind(path, findings, (Kind.JSON, Kind.SQLITE, Kind.SHAPEFILE))
    if kind is Kind.JSON:
        geometries, fields = _geojson(path, findings, crs, encoding)
        if layer is not None:
            findings.note("W142", value=layer, key="sheet")
    else:
        geometries, fields = _layer(path, kind, findings, crs, encoding, layer)
    if not len(geometries):
        stop(findings, "E114", header=", ".join(fields) or "-")
    columns = {
        name: np.array([_text(v) for v in values], dtype=object) for name, values in fields.items()
    }
    rows = np.arange(1, len(geometries) + 1, dtype=np.int64)
    table = Table(tuple(columns), columns, {}, rows, len(rows), findings)
    _check_range(table, geometries, around)
    return table, geometries


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip(" ") if not isinstance(value, bool) else ("Y" if value else "N")


def _geojson(
    path: Path, findings: Findings, crs: int | None, encoding: str | None
) -> tuple[Geometries, dict[str, list[Any]]]:
    import shapely
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    # RFC 8259 wants UTF-8, but GIS on Korean Windows write CP949 as well.
    text = decode(path.read_bytes(), encoding, findings)
    try:
        content = json.loads(text, parse_constant=lambda _: None)  # NaN and Infinity are no JSON
    except (ValueError, RecursionError):
        stop(findings, "E423", size=path.stat().st_size)
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        stop(findings, "E211")
    stated = content.get("crs")
    if stated is not None and crs is None and not _DEGREES.search(json.dumps(stated)):
        name = stated.get("properties", {}) if isinstance(stated, dict) else {}
        told = name.get("name", "?") if isinstance(name, dict) else "?"
        stop(findings, "E212", stated=told)
    geometries: list[Any] = []
    properties: list[Mapping[str, Any]] = []
    for i, feature in enumerate(features):
        feature = feature if isinstance(feature, dict) else {}
        given = feature.get("geometry")
        try:
            geometry = None if given is None else shape(given)
        except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            findings.note("E213", row=i + 1)
            geometry = None
        geometries.append(geometry)
        known = feature.get("properties")
        properties.append(known if isinstance(known, dict) else {})
    names = list(dict.fromkeys(name for p in properties for name in p))
    fields = {name: [p.get(name) for p in properties] for name in names}
    found = np.array(geometries, dtype=object)
    if crs is not None and crs != LONLAT:
        found = _turn(found, crs)
    return shapely.force_2d(found), fields


def _layer(
    path: Path,
    kind: Kind,
    findings: Findings,
    crs: int | None,
    encoding: str | None,
    layer: str | None,
) -> tuple[Geometries, dict[str, list[Any]]]:
    import pyogrio
    import shapely
    from pyogrio.errors import DataLayerError, DataSourceError

    if kind is Kind.SHAPEFILE:
        _check_parts(path, findings)
        _check_encoding(encoding, findings)
    elif encoding is not None:  # a GeoPackage is UTF-8 by its standard
        findings.note("W142", value=encoding, key="encoding")
        encoding = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's own; what matters is checked below
            layers = [str(name) for name, _ in pyogrio.list_layers(path)]
            if layer is not None and layer not in layers:
                stop(findings, "E118", sheet=layer, sheets=", ".join(layers))
            if layer is None and len(layers) > 1:
                findings.note("W141", used=layers[0], others=", ".join(layers[1:]))
            layer = layer or (layers[0] if layers else None)
            if len(layers) > 1:
                findings.sheet = str(layer)
            info = pyogrio.read_info(path, layer=layer)
            if info["driver"] not in _DRIVERS:
                stop(findings, "E430", driver=info["driver"], allowed=", ".join(_DRIVERS))
            if (
                kind is Kind.SHAPEFILE
                and encoding is None
                and not path.with_suffix(".cpg").exists()
            ):
                encoding = _dbf_encoding(path, findings)
            meta, _, shapes, values = pyogrio.raw.read(
                path, layer=layer, encoding=encoding, force_2d=True
            )
    except (DataSourceError, DataLayerError, UnicodeDecodeError):
        stop(findings, "E423", size=path.stat().st_size)
    stated = crs if crs is not None else _epsg(meta["crs"])
    if meta["crs"] is None and crs is None:
        stop(findings, "E214")
    if stated is None:
        stop(findings, "E212", stated=str(meta["crs"])[:60])
    with np.errstate(invalid="ignore"):
        geometries = shapely.from_wkb(shapes, on_invalid="ignore")
    for i, (geometry, stored) in enumerate(zip(geometries, shapes, strict=True)):
        if geometry is None and stored is not None:
            findings.note("E213", row=i + 1)
    fields = {str(n): v.tolist() for n, v in zip(meta["fields"], values, strict=True)}
    return _turn(geometries, stated), fields


def _epsg(stated: str | None) -> int | None:
    """Return the EPSG code of a system, also where a file describes it without its number."""
    if stated is None:
        return None
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(stated)
    except CRSError:
        return None
    code: int | None = system.to_epsg() or system.to_epsg(min_confidence=25)
    return code


def _companion(path: Path, suffix: str) -> Path | None:
    """Return the file beside a shapefile with the same name and this suffix, in either case."""
    names = (path.with_suffix(suffix), path.with_suffix(suffix.upper()))
    return next((name for name in names if name.exists()), None)


def _check_parts(path: Path, findings: Findings) -> None:
    """Refuse a shapefile of which a file is missing or shorter than its header says."""
    parts = {suffix: _companion(path, suffix) for suffix in (".shx", ".dbf")}
    missing = [path.with_suffix(suffix).name for suffix, part in parts.items() if part is None]
    if missing:
        stop(findings, "E215", missing=", ".join(missing))
    for part in (path, *filter(None, parts.values())):
        size = part.stat().st_size
        with part.open("rb") as file:
            head = file.read(100)
        if part.suffix.lower() == ".dbf":  # records, bytes of the header, bytes of a record
            rows, start, width = struct.unpack("<IHH", head[4:12].ljust(8, b"\0"))
            told = start + rows * width
        else:  # in words of 16 bits
            told = 2 * int.from_bytes(head[24:28], "big")
        if size < told:
            stop(findings, "E233", part=part.name, size=size, told=told)


def _check_encoding(encoding: str | None, findings: Findings) -> None:
    """Refuse an encoding that does not exist; GDAL would read on in another."""
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError:
        stop(findings, "E132", encoding=encoding)


def _dbf_encoding(path: Path, findings: Findings) -> str:
    """Return the encoding of a shapefile's table that does not say it, by its cells."""
    table = _companion(path, ".dbf")
    assert table is not None  # _check_parts has seen it
    return by_evidence(table.read_bytes(), findings)


def _turn(geometries: Geometries, crs: int) -> Geometries:
    """Bring geometries of a system to degrees, easting or longitude first."""
    if crs == LONLAT:
        return geometries
    import shapely
    from pyproj import Transformer

    transformer = Transformer.from_crs(crs, LONLAT, always_xy=True)

    def degrees(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    turned: Geometries = shapely.transform(geometries, degrees)
    return turned


def _check_range(table: Table, geometries: Geometries, around: Box | None) -> None:
    """Refuse coordinates that cannot be degrees, naming the likeliest system."""
    import shapely

    bounds = shapely.bounds(geometries)
    with np.errstate(invalid="ignore"):
        beyond = (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1)
        beyond |= (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)
    if not beyond.any():
        return
    i = int(np.flatnonzero(beyond)[0])
    x, y = bounds[i, :2]
    fits = fitting(bounds[i : i + 1, :2], around)
    likely = ", ".join(str(fit) for fit in fits if not fit.swapped)
    value = f"{x:.0f}, {y:.0f}"
    stop_at = {"row": i + 1, "value": value, "likely": likely or "-", "count": int(beyond.sum())}
    stop(table.findings, "E216", **stop_at)


def polygons(table: Table, geometries: Geometries) -> Geometries:
    """Return the geometries as valid polygons; note what had to be repaired or cannot be used."""
    import shapely

    findings = table.findings
    whole = geometries.copy()
    for i, geometry in enumerate(geometries):
        row = int(table.rows[i])
        if geometry is None or geometry.is_empty:
            findings.note("E217", row=row)
            continue
        if not np.isfinite(geometry.bounds).all():
            findings.note("E213", row=row)
            continue
        if not geometry.geom_type.endswith("Polygon"):
            findings.note("E218", row=row, kind=geometry.geom_type)
            continue
        if geometry.is_valid:
            continue
        why = shapely.is_valid_reason(geometry)
        repaired = _only_areas(shapely.make_valid(geometry))
        before, after = areas_km2(np.array([geometry, repaired], dtype=object))
        changed = abs(after - before) > CHANGED * max(after, before)
        if repaired.is_empty:
            findings.note("E217", row=row)
        else:
            facts = {"why": why, "before": f"{before:.4f}", "after": f"{after:.4f}"}
            findings.note("W219" if changed else "F219", row=row, **facts)
        whole[i] = repaired
    return whole


def _only_areas(geometry: Any) -> Any:
    """Return the polygons of a geometry, dropping the lines and points a repair leaves."""
    import shapely

    parts = shapely.get_parts(geometry)
    parts = shapely.get_parts(parts[shapely.get_type_id(parts) == 6]).tolist() + [
        p for p in parts if p.geom_type == "Polygon"
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def areas_km2(geometries: Geometries) -> npt.NDArray[np.float64]:
    """Return areas in square kilometres of geometries in degrees."""
    import shapely

    if not len(geometries):
        return np.zeros(0)
    bounds = shapely.total_bounds(geometries)
    crs = metric_crs(np.array([[(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2]]))
    areas: npt.NDArray[np.float64] = shapely.area(metres(geometries, crs)) / 1e6
    return areas


def metres(geometries: Geometries, crs: int) -> Geometries:
    """Return geometries in degrees as metres of `crs`."""
    import shapely

    from access._geo import project

    turned: Geometries = shapely.transform(geometries, lambda points: project(points, crs))
    return turned


def note_overlaps(table: Table, geometries: Geometries, names: Iterable[str]) -> None:
    """Warn of areas that lie in two polygons, with their size."""
    import shapely

    plane = _plane(geometries)
    tree = shapely.STRtree(plane)
    named = list(names)
    left, right = tree.query(plane, predicate="intersects")
    pairs = [(i, j) for i, j in zip(left.tolist(), right.tolist(), strict=True) if i < j]
    for i, j in sorted(pairs):
        shared = float(shapely.area(shapely.intersection(plane[i], plane[j]))) / 1e6
        if shared > SLIVER_KM2:
            table.findings.note(
                "W220",
                row=int(table.rows[j]),
                value=named[j],
                other=named[i],
                first=int(table.rows[i]),
                km2=f"{shared:.4f}",
            )


SLIVER_KM2 = 0.001
"""Overlaps and gaps up to a tenth of a hectare are how boundaries are drawn, not news."""


def note_gaps(table: Table, geometries: Geometries) -> None:
    """Warn of holes between polygons that belong to none, with their size."""
    import shapely

    whole = shapely.union_all(_plane(geometries))
    holes = [
        shapely.area(shapely.Polygon(ring))
        for part in shapely.get_parts(whole)
        for ring in part.interiors
    ]
    wide = [hole / 1e6 for hole in holes if hole / 1e6 > SLIVER_KM2]
    if wide:
        table.findings.note("W221", count=len(wide), km2=f"{sum(wide):.4f}")


def _plane(geometries: Geometries) -> Geometries:
    import shapely

    bounds = shapely.total_bounds(geometries)
    middle = np.array([[(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2]])
    plane: Geometries = shapely.make_valid(metres(geometries, metric_crs(middle)))
    return plane
