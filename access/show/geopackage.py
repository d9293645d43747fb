"""Everything as one GeoPackage, in the study's metres, for QGIS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from access._geo import project
from access._privacy import suppress
from access.inputs.cells import Squares
from access.network.water import is_military
from access.show.backdrop import street_lines
from access.show.grid import square_polygons
from access.show.tables import LEDGER_COLUMNS, ledger_rows, whole_ledger
from access.show.words import number
from access.travel.times import REASONS, Why

if TYPE_CHECKING:
    from access.measure.outcome import Outcome
    from access.study.study import Study

WRITTEN = "2000-01-01T00:00:00.000Z"
"""The time GeoPackage asks for; a fixed one, so that the same inputs give the same bytes."""

Layer = tuple[str, Any, str | None]
"""A layer's name, its frame, and its kind of geometry; None for a table."""

_STREET_TAGS = ("highway", "name", "maxspeed", "oneway", "access", "surface", "bridge", "tunnel")


def write_geopackage(outcomes: Sequence[Outcome], path: Path) -> None:
    """Write layers cells, districts, places, streets, water and ledger.

    Columns of the n-th question end in `_n`; `run.json` says which question that is. Minutes are
    empty where no place is reached, counts of a district where a group is too small to be shown.
    `people_n` of a cell are the registered residents of the question's group spread over the cells,
    in fractions, from which every table follows; `people_file` what the planner's own file counts.
    Ways of the military are left out. Raises OSError where the file cannot be written.
    """
    write_layers(_layers(outcomes[0].study, outcomes), path)


def write_layers(layers: Iterable[Layer], path: Path) -> None:
    """Write layers into one file, the same bytes for the same layers. Raises OSError."""
    import pyogrio

    with _fixed_clock(), _disk_errors():
        for name, frame, kind in layers:
            pyogrio.write_dataframe(
                frame,
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                geometry_type=kind,
                dataset_options=None if path.exists() else {"VERSION": "1.3"},
            )


@contextmanager
def _disk_errors() -> Iterator[None]:
    """Say OSError, as every other writer does."""
    from pyogrio.errors import DataSourceError, FeatureError

    try:
        yield
    except (DataSourceError, FeatureError) as error:
        raise OSError(str(error)) from error


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """Let GDAL write a fixed date, and leave its settings as they were."""
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _layers(study: Study, outcomes: Sequence[Outcome]) -> Iterator[Layer]:
    import geopandas as gpd
    import pandas as pd
    import shapely

    def metres(shapes: Any) -> Any:
        degrees = np.asarray(shapes, dtype=object)
        return np.asarray(shapely.transform(degrees, lambda xy: project(xy, study.crs)), object)

    def frame(columns: dict[str, Any], shapes: Any) -> Any:
        return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=study.crs)

    cells = study.cells
    shapes: Any
    if isinstance(cells.shapes, Squares):
        shapes, kind = square_polygons(cells.shapes, study.crs), "Polygon"
    elif cells.shapes is not None:
        shapes, kind = many(metres(cells.shapes)), "MultiPolygon"
    else:
        shapes, kind = shapely.points(project(cells.lonlat, study.crs)), "Point"
    yield "cells", frame(_cell_columns(study, outcomes), shapes), kind
    districts = many(metres(study.districts.shapes))
    yield "districts", frame(_district_columns(study, outcomes), districts), "MultiPolygon"
    spots = shapely.points(project(study.places.lonlat, study.crs))
    yield "places", frame(_place_columns(study), spots), "Point"
    lines, ways = street_lines(study.network)
    yield "streets", frame(_street_columns(study, ways), metres(lines)), "LineString"
    water = metres(study.network.water) if study.network.water else []
    yield "water", frame({"kind": [w.geom_type for w in water]}, water), "Unknown"
    rows = ledger_rows(whole_ledger(outcomes).entries)
    ledger = pd.DataFrame(rows, columns=LEDGER_COLUMNS)
    ledger["row"] = ledger["row"].astype("Int64")
    ledger["people"] = ledger["people"].astype(float)
    yield "ledger", ledger, None


def many(shapes: Any) -> Any:
    """Return polygons as multipolygons: a layer has one kind of shape."""
    import shapely

    return [s if s.geom_type == "MultiPolygon" else shapely.MultiPolygon([s]) for s in shapes]


def _codes(study: Study, index: Any) -> tuple[Any, Any]:
    codes = np.append(study.districts.codes, "").astype(object)
    names = np.append(study.districts.names, "").astype(object)
    return codes[index], names[index]


def _cell_columns(study: Study, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    code, name = _codes(study, study.cell_district)
    columns: dict[str, Any] = {
        "id": study.cells.ids.astype(object),
        "code": code,
        "district": name,
        "people_file": study.cells.people,
    }
    for i, outcome in enumerate(outcomes, 1):
        nearest = outcome.nearest_place
        names = np.append(study.places.names[outcome.place_index], "").astype(object)
        why = {int(w): REASONS[w][0] for w in Why} | {0: ""}
        columns[f"people_{i}"] = np.round(outcome.people, 3)
        columns[f"minutes_{i}"] = np.round(outcome.minutes, 3)
        columns[f"nearest_{i}"] = names[nearest]
        columns[f"within_{i}"] = outcome.reached().astype(np.int8)
        columns[f"why_{i}"] = np.array([why[w] for w in outcome.why().tolist()], dtype=object)
    return columns


def _district_columns(study: Study, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    import pandas as pd

    columns: dict[str, Any] = {
        "code": study.districts.codes.astype(object),
        "name": study.districts.names.astype(object),
    }
    for i, outcome in enumerate(outcomes, 1):
        table = suppress(outcome.districts()).iloc[1:].reset_index(drop=True)

        def numbers(column: str, table: Any = table) -> Any:
            return pd.to_numeric(table[column], errors="coerce")

        limits = [number(m) for m in outcome.question.minutes]
        for whole in ("people", *(f"within_{m}" for m in limits), "underserved"):
            columns[f"{whole}_{i}"] = numbers(whole).astype("Int64").array
        for part in (f"share_{m}" for m in limits):
            columns[f"{part}_{i}"] = numbers(part).to_numpy(float)
        columns[f"median_{i}"] = numbers("median_min").round(1).to_numpy(float)
    return columns


def _place_columns(study: Study) -> dict[str, Any]:
    places = study.places
    code, district = _codes(study, study.place_district)
    text = {"id": places.ids, "name": places.names, "kind": places.kind}
    text |= {"category": places.category, "owner": places.owner}
    return {
        **{key: value.astype(object) for key, value in text.items()},
        "seats": places.seats,
        "area_m2": places.area_m2,
        "building_m2": places.building_m2,
        "yearly_cost": places.yearly_cost,
        "step_free": places.step_free,
        "code": code,
        "district": district,
    }


def _street_columns(study: Study, ways: Any) -> dict[str, Any]:
    network = study.network
    tags = [network.tagsets[t] for t in network.tags[ways]]
    assert not any(is_military(t) for t in tags), "military ways are never exported"
    columns: dict[str, Any] = {"way": network.way_id[ways]}
    for key in _STREET_TAGS:
        columns[key] = np.array([t.get(key, "") for t in tags], dtype=object)
    return columns
