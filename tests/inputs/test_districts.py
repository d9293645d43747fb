"""Districts from files of shapes, and what is wrong with such files (G15 to G19, Z1, Z8)."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from access._geo import project
from access.errors import InputError
from access.inputs.districts import read_districts
from access.inputs.shapes import areas_km2


def box(lon, lat, width=0.01, height=0.01):
    return shapely.geometry.mapping(shapely.box(lon, lat, lon + width, lat + height))


WEST, EAST = box(127.50, 37.1), box(127.51, 37.1)


@pytest.fixture
def districts(tmp_path):
    """Read districts from geometries, numbered 9915025000, 9915026000 ..."""

    def read(*geometries, name="읍면동.geojson", properties=None, collection=None, **how):
        features = [
            {
                "type": "Feature",
                "geometry": geometry,
                "properties": properties[i]
                if properties
                else {"adm_cd2": str(9915025000 + 1000 * i), "adm_nm": f"가람도 가람시 마을{i}읍"},
            }
            for i, geometry in enumerate(geometries)
        ]
        path = tmp_path / name
        whole = {"type": "FeatureCollection", "features": features, **(collection or {})}
        path.write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
        return read_districts(path, **how)

    return read


def test_codes_are_text_in_official_order_and_names_their_last_word(districts):
    properties = [
        {"adm_cd2": "9915031000", "adm_nm": "가람도 가람시 솔뫼면"},
        {"adm_cd2": 9915025000, "adm_nm": "누리읍"},
    ]
    found = districts(EAST, WEST, properties=properties)
    assert found.codes.tolist() == ["9915025000", "9915031000"]
    assert found.names.tolist() == ["누리읍", "솔뫼면"]
    assert found.shapes[0].bounds[0] == 127.5
    assert found.ledger.entries == ()


def test_other_fields_may_be_named(districts, told):
    properties = [{"구역번호": "1", "이름": "가"}]
    assert districts(WEST, properties=properties, code="구역번호").codes.tolist() == ["1"]
    with pytest.raises(InputError) as error:
        districts(WEST, properties=properties)
    assert "구역번호" in told(error.value, "E112", column="adm_cd2").text("ko")
    with pytest.raises(InputError) as error:
        districts(WEST, properties=properties, code="구역 번호들")
    assert "구역번호" in told(error.value, "E131").text("ko")


def test_b16_duplicate_codes(districts, told):
    with pytest.raises(InputError) as error:
        districts(WEST, EAST, properties=[{"adm_cd2": "1"}, {"adm_cd2": "1"}])
    told(error.value, "E126", row=2, column="adm_cd2", value="1")


def test_g15_a_bow_tie_is_mended_and_its_change_told(districts, told):
    tie = {
        "type": "Polygon",
        "coordinates": [
            [[127.5, 37.1], [127.51, 37.11], [127.51, 37.1], [127.5, 37.11], [127.5, 37.1]]
        ],
    }
    found = districts(tie, EAST)
    assert found.shapes[0].is_valid
    told(found.ledger, "W219", row=1)


def test_g15_a_small_repair_is_a_remark(districts, told):
    # A spike without area: invalid, and nothing is lost by taking it away.
    ring = [
        [127.5, 37.1],
        [127.51, 37.1],
        [127.51, 37.11],
        [127.505, 37.11],
        [127.505, 37.12],
        [127.505, 37.11],
        [127.5, 37.11],
        [127.5, 37.1],
    ]
    found = districts({"type": "Polygon", "coordinates": [ring]})
    assert found.shapes[0].is_valid
    told(found.ledger, "F219", row=1)
    assert areas_km2(found.shapes)[0] == pytest.approx(
        areas_km2(np.array([shapely.box(127.5, 37.1, 127.51, 37.11)]))[0], rel=1e-4
    )


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "E217"),
        ({"type": "Polygon", "coordinates": []}, "E217"),
        ({"type": "LineString", "coordinates": [[127.5, 37.1], [127.6, 37.2]]}, "E218"),
        ({"type": "Point", "coordinates": [127.5, 37.1]}, "E218"),
        ({"type": "GeometryCollection", "geometries": [WEST]}, "E218"),
        ({"type": "Polygon", "coordinates": [[[127.5, 37.1], [127.6, 37.2]]]}, "E213"),
        ({"type": "Polygon"}, "E213"),
        ({"type": "Blob", "coordinates": [1]}, "E213"),
        ("nonsense", "E213"),
        (
            {
                "type": "Polygon",
                "coordinates": [[[127, 37], [float("nan"), 37], [128, 38], [127, 37]]],
            },
            "E213",
        ),
        ({"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]}, "E213"),
    ],
)
def test_g15_g16_what_is_no_polygon_stops(districts, told, geometry, code):
    with pytest.raises(InputError) as error:
        districts(WEST, geometry)
    told(error.value, code, row=2)


def test_g16_heights_are_dropped(districts):
    ring = [[127.5, 37.1, 5], [127.51, 37.1, 6], [127.51, 37.11, 7], [127.5, 37.1, 5]]
    assert not districts({"type": "Polygon", "coordinates": [ring]}).shapes[0].has_z


def test_g17_overlaps_gaps_and_doubles_are_told_in_km2(districts, told):
    found = districts(WEST, box(127.505, 37.1))
    km2 = areas_km2(np.array([shapely.box(127.505, 37.1, 127.51, 37.11)]))[0]
    assert f"{km2:.4f}" in told(found.ledger, "W220", row=2, times=1).text("ko")
    double = districts(WEST, WEST)
    told(double.ledger, "W220", row=2)
    frame = shapely.box(127.5, 37.1, 127.53, 37.13) - shapely.box(127.51, 37.11, 127.52, 37.12)
    left, right = (
        shapely.intersection(frame, shapely.box(x, 37, x + 0.015, 38)) for x in (127.5, 127.515)
    )
    gap = districts(*map(shapely.geometry.mapping, (left, right)))
    told(gap.ledger, "W221", times=1)


def test_g17_neighbours_share_no_area(districts):
    assert districts(WEST, EAST).ledger.entries == ()


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"]
)
def test_g18_crs_members_that_mean_degrees(districts, name):
    stated = {"crs": {"type": "name", "properties": {"name": name}}}
    assert len(districts(WEST, collection=stated)) == 1


def test_g18_another_crs_member_stops_unless_it_is_said(districts, told):
    stated = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5179"}}}
    plane = shapely.transform(shapely.box(127.5, 37.1, 127.51, 37.11), lambda p: project(p, 5179))
    with pytest.raises(InputError) as error:
        districts(shapely.geometry.mapping(plane), collection=stated)
    assert "5179" in told(error.value, "E212").text("ko")
    found = districts(shapely.geometry.mapping(plane), collection=stated, crs=5179)
    assert found.shapes[0].bounds == pytest.approx((127.5, 37.1, 127.51, 37.11), abs=1e-9)


def test_g18_metres_without_a_word_name_the_systems_that_fit(districts, told):
    plane = shapely.transform(shapely.box(126.97, 37.56, 126.98, 37.57), lambda p: project(p, 5179))
    with pytest.raises(InputError) as error:
        districts(shapely.geometry.mapping(plane))
    assert "5179 (126.97" in told(error.value, "E216", row=1).text("ko")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E420"),
        (b'{"type": "FeatureCollection", "features": [', "E423"),
        (b'{"type": "Topology"}', "E211"),
        (b'{"type": "FeatureCollection", "features": []}', "E114"),
        (b"<!doctype html><p>", "E421"),
        (b"<OGRVRTDataSource/>", "E424"),
        (b"a,b\n1,2\n", "E424"),
        (b"SQLite format 3\x00" + bytes(90), "E423"),
        (b'{"a": "\xff\xff"}', "E104"),
        (b'{"a":' * 100_000, "E423"),
    ],
)
def test_z1_z8_what_is_no_file_of_shapes(tmp_path, told, content, code):
    path = tmp_path / "읍면동.geojson"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_districts(path)
    told(error.value, code)


def test_b1_geojson_in_cp949_is_read_and_said(tmp_path, districts, told):
    districts(WEST, EAST)
    path = tmp_path / "읍면동.geojson"
    path.write_bytes(path.read_text("utf-8").encode("cp949"))
    found = read_districts(path)
    assert found.names.tolist() == ["마을0읍", "마을1읍"]
    told(found.ledger, "F101", times=1)
    assert read_districts(path, encoding="cp949").ledger.entries == ()
    with pytest.raises(InputError) as error:
        read_districts(path, encoding="utf-8")
    told(error.value, "E104")


def test_geojson_has_no_sheets(districts, told):
    told(districts(WEST, sheet="안성").ledger, "W142", value="안성")


def test_a_geopackage_has_one_encoding(tmp_path, frame, told):
    frame.to_file(tmp_path / "a.gpkg")
    found = read_districts(tmp_path / "a.gpkg", encoding="cp949")
    assert found.names.tolist() == ["누리읍", "솔뫼면"]
    told(found.ledger, "W142", value="cp949")


@pytest.mark.parametrize(("crs", "code"), [(999_999, "E227"), (-1, "E227"), (5703, "E228")])
def test_a_system_that_cannot_be(districts, told, crs, code):
    with pytest.raises(InputError) as error:
        districts(WEST, crs=crs)
    told(error.value, code, column="[districts] crs", value=str(crs))


@pytest.fixture
def frame():
    import geopandas

    shapes = [shapely.box(127.5, 37.1, 127.51, 37.11), shapely.box(127.51, 37.1, 127.52, 37.11)]
    table = {"adm_cd2": ["9915025000", "9915031000"], "adm_nm": ["누리읍", "솔뫼면"]}
    return geopandas.GeoDataFrame(table, geometry=shapes, crs=4326)


@pytest.mark.parametrize("crs", [4326, 5179, 5186, 5174])
def test_geopackage_and_shapefile_in_any_system(tmp_path, frame, crs):
    for name in ("읍면동.gpkg", "읍면동.shp"):
        frame.to_crs(crs).to_file(
            tmp_path / name, encoding="utf-8" if name.endswith("shp") else None
        )
        found = read_districts(tmp_path / name)
        assert found.codes.tolist() == ["9915025000", "9915031000"]
        assert found.names.tolist() == ["누리읍", "솔뫼면"]
        assert found.shapes[0].bounds == pytest.approx((127.5, 37.1, 127.51, 37.11), abs=1e-7)


def test_g19_a_shapefile_without_prj_asks_for_its_system(tmp_path, frame, told):
    path = tmp_path / "읍면동.shp"
    frame.to_crs(5179).to_file(path, encoding="utf-8")
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError) as error:
        read_districts(path)
    assert "crs" in told(error.value, "E214").text("ko")
    assert read_districts(path, crs=5179).shapes[0].bounds[0] == pytest.approx(127.5, abs=1e-7)


def test_g19_a_cp949_table_without_cpg(tmp_path, frame, told):
    path = tmp_path / "읍면동.shp"
    frame.to_file(path, encoding="cp949")
    path.with_suffix(".cpg").unlink()
    found = read_districts(path)
    assert found.names.tolist() == ["누리읍", "솔뫼면"]
    assert "CP949" in told(found.ledger, "F150").text("ko")


def test_a_shapefile_without_its_table(tmp_path, frame, told):
    path = tmp_path / "읍면동.shp"
    frame.to_file(path)
    for suffix in (".dbf", ".cpg"):
        path.with_suffix(suffix).unlink()
    for how in ({}, {"code": "adm_cd2"}, {"encoding": "cp949"}):
        with pytest.raises(InputError) as error:
            read_districts(path, **how)
        told(error.value, "E215", value="읍면동.dbf")


def test_a_shapefile_without_its_index(tmp_path, frame, told):
    path = tmp_path / "읍면동.shp"
    frame.to_file(path)
    path.with_suffix(".shx").unlink()
    with pytest.raises(InputError) as error:
        read_districts(path)
    told(error.value, "E215", value="읍면동.shx")


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_shapefile_that_was_cut_off(tmp_path, frame, told, suffix, share):
    path = tmp_path / "읍면동.shp"
    frame.to_file(path)
    part = path.with_suffix(suffix)
    whole = part.read_bytes()
    part.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(InputError) as error:
        read_districts(path)
    told(error.value, "E233", value=part.name)


def test_a_shapefile_in_capitals(tmp_path, frame):
    frame.to_file(tmp_path / "a.shp")
    for suffix in (".shp", ".shx", ".dbf", ".prj"):
        (tmp_path / f"a{suffix}").rename(tmp_path / f"구역{suffix.upper()}")
    assert len(read_districts(tmp_path / "구역.SHP")) == 2


def test_a_shapefile_in_an_encoding_that_is_none(tmp_path, frame, told):
    frame.to_file(tmp_path / "a.shp")
    with pytest.raises(InputError) as error:
        read_districts(tmp_path / "a.shp", encoding="hangul")
    told(error.value, "E132", value="hangul")


def test_a_shapefile_with_a_damaged_ring(tmp_path, frame, told):
    path = tmp_path / "읍면동.shp"
    frame.to_file(path)
    raw = bytearray(path.read_bytes())
    raw[-16:] = bytes(8) + b"\x00\x00\x00\x00\x00\x00\xf8\x7f"  # the last point: 0, NaN
    path.write_bytes(bytes(raw))
    with pytest.raises(InputError) as error:
        read_districts(path)
    told(error.value, "E213", row=2)


def test_layers_of_a_geopackage(tmp_path, frame, told):
    path = tmp_path / "구역.gpkg"
    frame.to_file(path, layer="동")
    frame.iloc[:1].to_file(path, layer="읍")
    assert len(read_districts(path, sheet="읍")) == 1
    told(read_districts(path).ledger, "W141")
    with pytest.raises(InputError) as error:
        read_districts(path, sheet="면")
    told(error.value, "E118")


@pytest.mark.data
def test_the_districts_of_anseong(real_data):
    found = read_districts(real_data / "anseong" / "anseong_emd_2021.geojson")
    assert len(found) == 15
    assert found.codes[0] == "4155025000"
    assert found.names.tolist()[:2] == ["공도읍", "보개면"]
    assert areas_km2(found.shapes).sum() == pytest.approx(553, abs=2)
    assert found.ledger.entries == ()
