"""Cells from tables and from polygons."""

from __future__ import annotations

import json

import numpy as np
import pytest

from access.errors import InputError
from access.inputs.cells import read_cells


@pytest.fixture
def cells(tmp_path):
    def read(text, name="cells.csv", **how):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return read_cells(path, **how)

    return read


def square(lon, lat, side=0.001):
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def collection(*features, **more):
    made = [{"type": "Feature", "geometry": g, "properties": p} for g, p in features]
    return json.dumps({"type": "FeatureCollection", "features": made, **more}, ensure_ascii=False)


def test_a_plain_table(cells):
    found = cells("id,lon,lat,population\n001,127.5001,37.1001,12\n002,127.5002,37.1002,0\n")
    assert found.ids.tolist() == ["001", "002"]
    assert found.people.tolist() == [12.0, 0.0]  # an empty cell is fine
    assert found.lonlat.tolist() == [[127.5001, 37.1001], [127.5002, 37.1002]]
    assert found.rows.tolist() == [2, 3]
    assert found.shapes is None
    assert found.district is None
    assert not found.lonlat.flags.writeable


def test_names_of_columns_may_be_said(cells):
    text = "번호,사람,동경,북위,동\na,12,127.5001,37.1001,4155025000\n"
    ways = {"id": "번호", "people": "사람", "lon": "동경", "lat": "북위", "district": "동"}
    found = cells(text, **ways)
    assert found.people.tolist() == [12.0]
    assert found.district.tolist() == ["4155025000"]
    assert cells(text, columns=ways) == found


def test_defects_come_all_at_once(cells, told):
    text = "id,lon,lat,people\na,127.5,37.1,-3\na,127.5,37.1,둘\n1E+09,127.5,37.1,inf\n"
    with pytest.raises(InputError) as error:
        cells(text)
    told(error.value, "E126", row=3, column="id", value="a")
    told(error.value, "E110", row=4, column="id", value="1E+09")
    told(error.value, "E124", row=2, column="people", value="-3")
    told(error.value, "E108", row=3, column="people", value="둘")
    told(error.value, "E125", row=4, column="people", value="inf")


@pytest.mark.parametrize("word", ["", "X", "N/A", "*"])
def test_b7_withheld_people_are_not_zero(cells, told, word):
    found = cells(f"id,lon,lat,people\na,127.5,37.1,3\nb,127.5,37.1,{word}\n")
    assert found.ids.tolist() == ["a"]
    told(found.ledger, "W312", row=3, column="people")
    assert found.ledger.tallies[0].excluded == 1


def test_b6_thousands_separators(cells, told):
    found = cells('id,lon,lat,people\na,127.5001,37.1001,"1,234"\n')
    assert found.people.tolist() == [1234.0]
    told(found.ledger, "F106", row=2, column="people", value="1,234")


def test_b18_fractions_and_b19_one_row_that_outweighs_all(cells, told):
    rows = "".join(f"c{i},127.5001,37.1001,{i % 3}\n" for i in range(12))
    found = cells(f"id,lon,lat,people\n{rows}x,127.5001,37.1001,9000.5\n")
    told(found.ledger, "W313", row=14, column="people", times=1)
    told(found.ledger, "W314", row=14, column="people", value="9000.5", times=1)


def test_b11_totals_do_not_count_twice(cells, told):
    found = cells("gid,lon,lat,인구\na,127.5001,37.1001,5\n합계,,,5\n")
    assert found.people.sum() == 5
    told(found.ledger, "W135", row=3)


def test_rows_left_out_keep_their_people_in_the_ledger(cells):
    found = cells(
        "id,lon,lat,people\na,127.5001,37.1001,5\nb,,,70\nc,37.1001,127.5001,8\nd,127.5,37.1,1\n"
    )
    assert [e.people for e in found.ledger.entries if e.action == "excluded"] == [70.0, 8.0]


def test_no_position_at_all(cells, told):
    with pytest.raises(InputError) as error:
        cells("id,people\na,5\n")
    told(error.value, "E310", column="lon, lat")


def test_nothing_left(cells, told):
    with pytest.raises(InputError) as error:
        cells("id,lon,lat,people\na,127.5,37.1,X\n")
    told(error.value, "E311")
    told(error.value, "W312", row=2, value="X")  # and why


def test_nothing_left_of_polygons(cells, told):
    with pytest.raises(InputError) as error:
        cells(collection((square(127.5, 37.1), {"id": 7, "pop": "X"})), "cells.geojson")
    told(error.value, "E311")
    told(error.value, "W312", row=1)


def test_a_blank_id_beside_everybody_looks_like_a_total(cells, told):
    rows = "a,127.5001,37.1001,5\nb,127.5002,37.1001,7\n"
    with pytest.raises(InputError) as error:
        cells(f"gid,lon,lat,인구\n{rows},,,12\n")
    told(error.value, "E129", row=4, column="gid", times=1)
    with pytest.raises(InputError) as error:
        cells(f"gid,lon,lat,인구\n{rows},127.5,37.1,3\n")
    told(error.value, "E127", row=4, column="gid", times=1)


@pytest.mark.parametrize(("crs", "code"), [(10**20, "E227"), (0, "E227"), (4978, "E228")])
def test_a_system_that_cannot_be(cells, told, crs, code):
    for text, name in (
        ("id,lon,lat,people\na,127.5001,37.1001,5\n", "cells.csv"),
        (collection((square(127.5, 37.1), {"id": 7, "pop": 1})), "cells.geojson"),
    ):
        with pytest.raises(InputError) as error:
            cells(text, name, crs=crs)
        told(error.value, code, column="[cells] crs", value=str(crs), times=1)


def test_a_folder_is_no_file_of_cells(tmp_path, told):
    for name in ("격자", "격자.csv", "격자.gpkg"):
        (tmp_path / name).mkdir()
        with pytest.raises(InputError) as error:
            read_cells(tmp_path / name)
        told(error.value, "E429")


def test_polygons_of_a_shapefile_whose_system_is_said(tmp_path, told):
    import geopandas
    import shapely

    table = {"id": ["a"], "people": [5]}
    square = shapely.box(127.5, 37.1, 127.51, 37.11)
    geopandas.GeoDataFrame(table, geometry=[square], crs=4326).to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(InputError) as error:
        read_cells(tmp_path / "a.shp")
    told(error.value, "E214")
    assert read_cells(tmp_path / "a.shp", crs=4326).people.tolist() == [5.0]


def test_polygons(cells):
    bent = {
        "type": "Polygon",
        "coordinates": [
            [
                [127, 37],
                [127.3, 37],
                [127.3, 37.3],
                [127.29, 37.3],
                [127.29, 37.01],
                [127, 37.01],
                [127, 37],
            ]
        ],
    }
    text = collection((square(127.5, 37.1), {"id": 7, "pop": 3.0}), (bent, {"id": 8, "pop": 4.0}))
    found = cells(text, "cells.geojson")
    assert found.ids.tolist() == ["7", "8"]
    assert found.people.tolist() == [3.0, 4.0]
    assert found.shapes.shape == (2,)
    for shape, (lon, lat) in zip(found.shapes, found.lonlat, strict=True):
        assert shape.buffer(1e-9).contains(type(shape.centroid)(lon, lat))


def test_polygons_with_defects(cells, told):
    text = collection((square(127.5, 37.1), {"id": 7, "pop": -1}), (None, {"id": 7, "pop": None}))
    with pytest.raises(InputError) as error:
        cells(text, "cells.geojson")
    told(error.value, "E124", row=1, column="pop")
    told(error.value, "E126", row=2, column="id", value="7")
    told(error.value, "E217", row=2)


def test_polygons_without_the_columns(cells, told):
    with pytest.raises(InputError) as error:
        cells(collection((square(127.5, 37.1), {"popul": 1})), "cells.geojson")
    assert "popul" in told(error.value, "E112", column="people").text("ko")


@pytest.mark.data
def test_the_hexagons_of_porto_alegre(real_data):
    found = read_cells(real_data / "porto_alegre" / "poa_hexgrid.csv")
    assert len(found) == 1227
    assert found.ids[0] == "89a901291abffff"
    assert (
        found.people.sum()
        == np.loadtxt(
            real_data / "porto_alegre" / "poa_hexgrid.csv", delimiter=",", skiprows=1, usecols=3
        ).sum()
    )
    assert found.ledger.entries == ()


def test_the_cells_of_the_sample(sample):
    from access.korea.grid import squares

    found = read_cells(sample / "cells.csv", squares=squares)
    assert found.shapes.size_m == 100
    assert found.ledger.tallies[0].excluded == 0
