"""The GeoPackage: what QGIS opens."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyogrio
import pytest

from access._privacy import suppress
from access.show.geopackage import write_geopackage
from tests.show.town import HOSTILE, WALK, answer, make_study


@pytest.fixture(scope="module")
def package(tmp_path_factory, outcomes):
    path = tmp_path_factory.mktemp("gpkg") / "results.gpkg"
    write_geopackage(outcomes, path)
    return path


def test_layers_and_coordinates(package):
    layers = dict(pyogrio.list_layers(package))
    assert list(layers) == ["cells", "districts", "places", "streets", "water", "ledger"]
    assert layers["ledger"] is None
    for name in list(layers)[:-1]:
        assert pyogrio.read_info(package, layer=name)["crs"] == "EPSG:5179"


def test_cells_carry_minutes_place_and_reason(package, outcomes):
    cells = pyogrio.read_dataframe(package, layer="cells")
    study = outcomes[0].study
    assert cells["id"].tolist() == study.cells.ids.tolist()
    assert cells["people_file"].tolist() == study.cells.people.tolist()
    assert "people" not in cells
    for i, outcome in enumerate(outcomes, 1):
        np.testing.assert_allclose(cells[f"people_{i}"], outcome.people, atol=6e-4)
        np.testing.assert_allclose(cells[f"minutes_{i}"], outcome.minutes, atol=6e-4)
        assert (cells[f"within_{i}"] == outcome.reached()).all()
        none = np.isnan(outcome.minutes)
        assert (cells[f"why_{i}"][none] == "이어진 길이 없음").all()
        assert (cells[f"nearest_{i}"][~none].isin(study.places.names)).all()
    bounds = cells.geometry.bounds.to_numpy()
    assert (bounds[:, :2] == study.cells.shapes.corner).all()
    assert (bounds[:, 2:] == study.cells.shapes.corner + 100).all()


def test_districts_carry_the_tables_numbers(package, outcomes):
    layer = pyogrio.read_dataframe(package, layer="districts")
    table = suppress(outcomes[0].districts()).iloc[1:]
    assert layer["code"].tolist() == table["code"].tolist()
    shown = pd.to_numeric(table["within_15"], errors="coerce")
    np.testing.assert_array_equal(layer["within_15_1"].to_numpy(float), shown.to_numpy(float))


def test_districts_csv_follows_from_the_cells(sample_study, sample_answer, tmp_path):
    """Counts and shares of districts.csv again, from layer `cells`, where residents are a file."""
    import csv
    import io

    from access.show.tables import districts_csv

    outcomes = [sample_answer(sample_study.questions[k]) for k in (1, 3)]
    write_geopackage(outcomes, tmp_path / "a.gpkg")
    cells = pyogrio.read_dataframe(tmp_path / "a.gpkg", layer="cells", read_geometry=False)
    text = districts_csv(outcomes).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    compared = 0
    for i, outcome in enumerate(outcomes, 1):
        people = cells.groupby("code")[f"people_{i}"].sum()
        own = [r for r in rows if r["question"] == outcome.name and r["code"]]
        for m in map(int, outcome.question.minutes):
            near = cells[cells[f"minutes_{i}"] <= m]
            within = near.groupby("code")[f"people_{i}"].sum().reindex(people.index, fill_value=0)
            for row in own:
                code = row["code"]
                assert abs(people[code] - int(row["people"])) < 1
                if row[f"within_{m}"].isdigit():
                    assert abs(within[code] - int(row[f"within_{m}"])) <= 1
                    share = 100 * within[code] / people[code]
                    assert abs(share - float(row[f"share_{m}"])) <= 0.1
                    compared += 1
    assert compared > 80


def test_military_ways_are_never_exported(package, outcomes):
    streets = pyogrio.read_dataframe(package, layer="streets")
    ways = outcomes[0].study.network
    assert len(set(ways.way_id)) == len(set(streets["way"])) + 1
    assert not (streets["access"] == "military").any()


def test_ledger_layer(package):
    ledger = pyogrio.read_dataframe(package, layer="ledger", read_geometry=False)
    assert ledger["code"].tolist() == ["F106"]
    assert ledger["row"].tolist() == [3]


@pytest.mark.parametrize("shapes", ["polygons", "none"])
def test_other_cells_and_hostile_names(tmp_path, shapes):
    study = make_study(district_names=HOSTILE[:3], place_names=HOSTILE, shapes=shapes)
    write_geopackage([answer(study, WALK)], tmp_path / "a.gpkg")
    places = pyogrio.read_dataframe(tmp_path / "a.gpkg", layer="places")
    assert places["name"].tolist() == list(HOSTILE)
    cells = pyogrio.read_dataframe(tmp_path / "a.gpkg", layer="cells")
    assert len(cells) == len(study.cells)
    assert set(cells.geom_type) == {"MultiPolygon" if shapes == "polygons" else "Point"}


def test_the_clock_setting_is_given_back(tmp_path, outcomes):
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    write_geopackage(outcomes, tmp_path / "a.gpkg")
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before
