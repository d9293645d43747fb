"""People spread over squares: to the last person, whatever the weights."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from access._frozen import frozen, texts
from access._geo import project, unproject
from access.errors import InputError
from access.inputs.buildings import read_buildings
from access.inputs.dasymetric import Pieces, apportion, areas, moved, points, settle
from access.inputs.districts import Districts
from access.inputs.population import Residents
from access.network.rasters import Raster
from access.study.peopled import make_cells

weights = st.floats(0, 1e300) | st.sampled_from([0.0, 5e-324, 1e-9, 1.0, 1 / 3, 7.0])
peoples = st.integers(0, 10**9).map(float) | st.floats(0, 1e9)


@st.composite
def spreads(draw):
    zones = draw(st.integers(1, 5))
    count = draw(st.integers(0, 30))
    zone = draw(st.lists(st.integers(0, zones - 1), min_size=count, max_size=count))
    weight = draw(st.lists(weights, min_size=count, max_size=count))
    people = draw(st.lists(peoples, min_size=zones, max_size=zones))
    return np.array(people), np.array(zone, dtype=np.int64), np.array(weight, dtype=np.float64)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(spreads())
@example((np.array([1e9]), np.zeros(3, dtype=np.int64), np.array([5e-324, 1e300, 5e-324])))
@example((np.array([0.1]), np.zeros(3, dtype=np.int64), np.array([1.0, 1.0, 1.0])))
def test_people_are_kept_to_the_last_one(spread):
    people, zone, weight = spread
    given_, left = apportion(people, zone, weight)
    assert (given_ >= 0).all()
    assert not given_[weight == 0].any()
    for z, total in enumerate(people.tolist()):
        parts = given_[zone == z]
        if not (weight[zone == z] > 0).any():
            assert left[z] == total
            continue
        assert left[z] == 0
        if total == math.floor(total):
            assert (parts == np.floor(parts)).all()
            assert int(parts.sum()) == int(total)
        assert math.fsum(parts) == total
        share = weight[zone == z] / weight[zone == z].max()
        exact = total * (share / share.sum())
        assert (np.abs(parts - exact) < 1 + 1e-6 * exact).all()


def test_ties_go_to_the_first():
    assert apportion(np.array([2.0]), np.zeros(3, dtype=np.int64), np.ones(3))[0].tolist() == [
        1.0,
        1.0,
        0.0,
    ]


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.floats(0.1, 9)), min_size=1))
def test_a_square_belongs_to_one_zone(parts):
    corner = np.array([[100 * s, 0] for _, s, _ in parts], dtype=np.int64)
    zone = np.array([z for z, _, _ in parts], dtype=np.int64)
    key = np.unique(np.column_stack([zone, corner[:, 0]]), axis=0, return_index=True)[1]
    weight = np.array([w for _, _, w in parts])
    before = Pieces(corner[key], zone[key], weight[key], corner[key].astype(float))
    after = settle(before)
    assert len(np.unique(after.corner, axis=0)) == len(after.corner)
    assert len(after.corner) == len(np.unique(before.corner, axis=0))
    lost = set(before.zone.tolist()) - set(after.zone.tolist())
    owner = {tuple(c): z for c, z in zip(after.corner.tolist(), after.zone.tolist(), strict=True)}
    for z in lost:  # every square it has is the only one of another
        for corner_ in before.corner[before.zone == z].tolist():
            assert (after.zone == owner[tuple(corner_)]).sum() == 1


TOWN = 1_000_000, 1_900_000


def plane(*boxes):
    """Return polygons in degrees of boxes in metres about the middle of the sample city."""
    found = []
    for box in boxes:
        ring = shapely.get_coordinates(shapely.segmentize(shapely.box(*box), 100))
        found.append(shapely.Polygon(unproject(ring + TOWN, 5179)))
    return found


def study(*boxes, people):
    shapes = np.array(plane(*boxes), dtype=object)
    names = [f"{k}면" for k in range(len(boxes))]
    codes = texts([f"99{k:08d}" for k in range(len(boxes))])
    counts = frozen(np.array([[p] for p in people], dtype=np.float64))
    return (
        Districts(codes, texts(names), frozen(shapes), file="구역.geojson"),
        Residents(codes, texts(names), frozen(np.array([[0, 999]])), counts),
    )


def per_district(cells, districts):
    return [float(cells.people[cells.district == code].sum()) for code in districts.codes.tolist()]


def test_areas_are_those_of_the_zones():
    shapes = np.array(plane((30, 30, 470, 360), (-230, 30, 30, 360)), dtype=object)
    pieces = areas(shapes, 100, 5179)
    assert np.bincount(pieces.zone, weights=pieces.weight) == pytest.approx([145_200, 85_800])
    assert pieces.weight.max() == pytest.approx(10_000)


def test_by_area(told):
    districts, residents = study((0, 0, 400, 300), (400, 0, 440, 300), people=(1201, 7))
    cells = make_cells(districts, residents)
    assert per_district(cells, districts) == [1201, 7]
    assert len(cells) == 15
    assert set(cells.people[cells.district == "9900000000"].tolist()) == {100.0, 101.0}
    assert cells.ids[0] == "라사000000"
    assert cells.shapes.size_m == 100
    problem = told(cells.ledger, "W263")
    assert "1,208" in problem.text("ko")
    assert "면적 가중" in problem.text("ko")


def feature(geometry, **fields):
    return {"type": "Feature", "geometry": geometry, "properties": fields}


def point(x, y, **fields):
    lon, lat = unproject(np.array([[x, y]]) + np.array(TOWN), 5179)[0].tolist()
    return feature({"type": "Point", "coordinates": [lon, lat]}, **fields)


def house(x, y, side, **fields):
    (shape,) = plane((x, y, x + side, y + side))
    return feature(shapely.geometry.mapping(shape), **fields)


@pytest.fixture
def buildings(tmp_path):
    def read(*features, **how):
        path = tmp_path / "건물.geojson"
        content = {"type": "FeatureCollection", "features": list(features)}
        path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        return read_buildings(path, **how)

    return read


def test_by_dwellings(buildings, told):
    districts, residents = study((0, 0, 400, 300), (400, 0, 800, 300), people=(100, 50))
    found = buildings(
        point(10, 20, 세대수=30),
        point(90, 20, 세대수=10),
        point(350, 250, 세대수=60),
        point(350, 250, 세대수=None),
        point(5000, 20, 세대수=9),
        point(20, 20, 세대수=0),
        feature(None),
        feature({"type": "LineString", "coordinates": [[127.5, 37], [127.6, 37]]}),
    )
    told(found.ledger, "W259", row=4)
    told(found.ledger, "W257", row=8, value="LineString")
    cells = make_cells(districts, residents, found, file="건물.geojson")
    assert per_district(cells, districts) == [100, 50]
    first = cells.people[cells.district == "9900000000"].tolist()
    assert first == [40, 60]
    at = project(cells.lonlat[:1], 5179)[0] - TOWN
    assert at == pytest.approx([30, 20], abs=0.01)  # where the dwellings are, not the square
    assert told(cells.ledger, "F260").facts["rows"] == "1"
    told(cells.ledger, "W261", value="1면 9900000001")
    assert "%" in told(cells.ledger, "W264").text("ko")
    (tally,) = cells.ledger.tallies
    assert (tally.read, tally.used, tally.excluded) == (8, 4, 4)


def test_by_floor_area_and_by_count(buildings):
    districts, residents = study((0, 0, 400, 300), people=(90,))
    low, tower, hut = house(10, 10, 20, 층수=1), house(110, 10, 20, 층수=7), point(210, 10)
    cells = make_cells(districts, residents, buildings(low, tower, hut))
    assert cells.people.tolist() == [10, 70, 10]  # a point among houses weighs a usual one
    plain = buildings(low, tower, floors=None)
    assert plain.told[1].startswith("floor area")
    points_only = buildings(point(10, 10), point(20, 10), point(110, 10))
    assert points_only.told[1] == "number of buildings"
    assert make_cells(districts, residents, points_only).people.tolist() == [60, 30]
    storeys = buildings(point(10, 10, floors=3), point(110, 10))
    assert storeys.told[1] == "floors of the buildings"
    assert make_cells(districts, residents, storeys).people.tolist() == [68, 22]


def test_no_building_at_all_stops(buildings, told):
    with pytest.raises(InputError) as error:
        buildings(feature(None))
    told(error.value, "E258")
    with pytest.raises(InputError) as error:
        buildings(point(1, 2), weight="세대")
    told(error.value, "E131", column="세대")


@pytest.mark.parametrize("crs", [5179, 4326])
@pytest.mark.parametrize("step", [25.0, 100.0, 250.0])
def test_by_raster(told, crs, step):
    """A raster of any cell: coarser cells are shared among the squares in them."""
    districts, residents = study((0, 0, 1000, 500), (1000, 0, 1250, 500), people=(1001, 3.5))
    first = np.array([TOWN[0] + step / 2, TOWN[1] + 500 - step / 2])
    values = np.ones((int(500 / step), int(1250 / step)))
    values[:, : int(500 / step)] = 3.0  # the western half has three times the people
    values[0, -1] = -5.0
    across = (step, step)
    if crs == 4326:
        corner = unproject(np.array([first, first + step]), 5179)
        first, across = corner[0], tuple((corner[1] - corner[0]).tolist())
    raster = Raster(values, tuple(first.tolist()), across, crs)
    cells = make_cells(districts, residents, raster)
    assert per_district(cells, districts)[0] == 1001
    assert math.fsum(cells.people[cells.district == "9900000001"]) == 3.5
    west = project(cells.lonlat, 5179)[:, 0] - TOWN[0] < 500
    assert cells.people[west].sum() == pytest.approx(751, abs=30)
    told(cells.ledger, "W262")
    told(cells.ledger, "W264")


def test_squares_larger_than_districts_stop(told):
    districts, residents = study((0, 0, 100, 100), (100, 0, 200, 100), people=(5, 5))
    with pytest.raises(InputError) as error:
        make_cells(districts, residents, size_m=1000)
    assert "1면" in told(error.value, "E265", value="1000").text("ko")
    with pytest.raises(InputError) as error:
        make_cells(districts, residents, size_m=300)
    told(error.value, "E305", value="300")


def test_cities_elsewhere_get_squares_of_their_own():
    shape = shapely.box(-51.2, -30.0, -51.19, -29.99)
    districts = Districts(texts(["1"]), texts(["a"]), frozen(np.array([shape], dtype=object)))
    ages, counts = frozen(np.array([[0, 999]])), frozen(np.array([[777.0]]))
    residents = Residents(texts(["1"]), texts(["a"]), ages, counts)
    cells = make_cells(districts, residents, size_m=300)
    assert cells.people.sum() == 777
    assert cells.shapes.crs == 32722


def test_points_in_no_zone_and_without_weight_say_nothing():
    lonlat = unproject(np.array([TOWN, TOWN, TOWN], dtype=float), 5179)
    pieces = points(lonlat, np.array([1.0, 0.0, 2.0]), np.array([0, 0, -1]), 100, 5179)
    assert pieces.weight.tolist() == [1.0]
    assert moved(np.array([1.0]), np.array([1.0])) == 0


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 600), st.binary(max_size=3)), min_size=1, max_size=5))
def test_spoilt_buildings_raise_nothing_of_their_own(tmp_path_factory, changes):
    features = [point(10, 10, 세대수=3, 층수=2), house(50, 50, 20, 세대수="1,2"), point(9, 9)]
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    for at, put in changes:
        raw = raw[: at % len(raw)] + put + raw[at % len(raw) + len(put) :]
    path = tmp_path_factory.mktemp("spoilt") / "건물.geojson"
    path.write_bytes(raw)
    try:
        found = read_buildings(path)
    except InputError:
        return
    assert np.isfinite(found.lonlat).all()
    assert (found.weight >= 0).all()
