"""National grid codes to squares and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access._geo import project
from access.errors import InputError
from access.inputs.cells import read_cells
from access.korea.grid import codes, corners, squares


@pytest.mark.parametrize(
    ("code", "size_m", "corner", "size"),
    [
        ("다사5747", None, (957_000, 1_947_000), 1000),
        ("다사551085", None, (955_100, 1_908_500), 100),
        ("다사55005250", 250, (955_000, 1_952_500), 250),
        ("다사55005250", 10, (955_000, 1_952_500), 10),
        ("다사57a47b", None, (957_000, 1_947_500), 500),
        ("다사57b47a", None, (957_500, 1_947_000), 500),
        ("다사575475", 500, (957_500, 1_947_500), 500),
        ("다사57504750", 500, (957_500, 1_947_500), 500),
        ("다사5747", 250, (957_000, 1_947_000), 1000),
        ("다사57A47B", None, (957_000, 1_947_500), 500),
        ("다바8089", None, (980_000, 1_889_000), 1000),  # Anseong city hall
        ("라사0004", None, (1_000_000, 1_904_000), 1000),  # Anseong's north-east corner
        ("라바000999", None, (1_000_000, 1_899_900), 100),
        ("가가0000", None, (700_000, 1_300_000), 1000),
        ("다사 5747", None, (957_000, 1_947_000), 1000),
    ],
)
def test_known_squares(code, size_m, corner, size):
    found, sizes, bad = corners([code], size_m)
    assert tuple(found[0]) == corner
    assert sizes[0] == size
    assert bad == {}


def test_the_published_corner_of_a_square():
    """The first vertex of 다사551085 in a published GeoJSON of NGII."""
    _, centre, _ = squares(["다사551085"])
    xy = project(np.array([[126.994216, 37.174182]]), 5179)
    assert xy[0] == pytest.approx([955_100, 1_908_500], abs=0.1)
    assert project(centre, 5179)[0] == pytest.approx([955_150, 1_908_550], abs=0.001)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    size=st.sampled_from([10, 100, 250, 500, 1000]),
    points=st.lists(
        st.tuples(st.integers(700_000, 1_399_999), st.integers(1_300_000, 2_099_999)),
        min_size=1,
        max_size=20,
    ),
)
def test_a_code_names_the_square_a_point_is_in(size, points):
    xy = np.array(points)
    found, sizes, bad = corners(codes(xy, size), size if size in (10, 250) else None)
    assert bad == {}
    assert (sizes == size).all()
    assert (found == xy // size * size).all()


@pytest.mark.parametrize("size", [100, 250, 500, 1000])
def test_every_square_of_a_city_in_four_blocks_goes_there_and_back(sample, size):
    """The sample city lies where 다바, 다사, 라바 and 라사 meet; every square of its extent."""
    grid = read_cells(sample / "cells.csv", squares=squares).shapes
    low, high = grid.corner.min(axis=0), grid.corner.max(axis=0) + grid.size_m
    low = low // size * size
    east, north = (np.arange(a, b, size) for a, b in zip(low, high, strict=True))
    xy = np.stack(np.meshgrid(east, north), axis=-1).reshape(-1, 2)
    names = codes(xy, size)
    assert {name[:2] for name in names.tolist()} == {"다바", "다사", "라바", "라사"}
    assert len(set(names.tolist())) == len(xy)
    found, sizes, bad = corners(names, size if size == 250 else None)
    assert bad == {}
    assert (sizes == size).all()
    assert (found == xy).all()
    assert (codes(found + size - 1, size) == names).all()


def test_every_ten_metres_around_the_corner_of_four_blocks():
    steps = np.arange(-1_000, 1_000, 10)
    xy = np.stack(np.meshgrid(steps + 1_000_000, steps + 1_900_000), axis=-1).reshape(-1, 2)
    names = codes(xy, 10)
    assert len(set(names.tolist())) == len(xy)
    found, _, bad = corners(names, 10)
    assert bad == {}
    assert (found == xy).all()


def test_eight_digits_need_the_size(told):
    assert corners(["다사55005250"])[2] == {0: "E302"}
    assert corners(["다사55015250"], 250)[2] == {0: "W303"}


@pytest.mark.parametrize(
    "code", ["", "다사", "다사574", "다사57477", "자사5747", "DS5747", "다사57c47a", "123"]
)
def test_what_is_no_code(code):
    assert corners([code])[2] == {0: "W301"}


def test_four_blocks_meet_without_a_gap():
    """One city may lie in four blocks: neighbours across their corner are neighbours."""
    xy = np.array(
        [[999_950, 1_899_950], [1_000_050, 1_899_950], [999_950, 1_900_050], [1_000_050, 1_900_050]]
    )
    names = codes(xy, 100)
    assert [n[:2] for n in names] == ["다바", "라바", "다사", "라사"]
    grid, lonlat, _ = squares(names)
    assert (grid.corner.max(axis=0) - grid.corner.min(axis=0)).tolist() == [100, 100]
    assert project(lonlat, 5179) == pytest.approx(xy, abs=0.001)


def test_odd_sizes_and_places_are_refused(told):
    with pytest.raises(InputError) as error:
        codes(np.array([[957_000, 1_947_000]]), 200)
    told(error.value, "E305", value="200")
    with pytest.raises(InputError) as error:
        codes(np.array([[0, 0]]), 100)
    told(error.value, "E306")


@pytest.fixture
def cells(tmp_path):
    def read(*lines, header="gid,people", squares=squares):
        path = tmp_path / "cells.csv"
        path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
        return read_cells(path, squares=squares)

    return read


def test_cells_of_the_national_grid_need_no_coordinates(cells):
    found = cells("다바847970,7", "다사847000,0")
    assert found.shapes.size_m == 100
    assert found.shapes.corner.tolist() == [[984_700, 1_897_000], [984_700, 1_900_000]]
    assert project(found.lonlat, 5179)[0] == pytest.approx([984_750, 1_897_050], abs=0.001)


def test_a_wrong_code_is_left_out_with_its_people(cells, told):
    found = cells("다바847970,7", "다바847971,1", "다바84,30", "다바8479,2")
    assert len(found) == 2
    told(found.ledger, "W301", row=4, column="gid", value="다바84")
    told(found.ledger, "W304", row=5, value="다바8479")
    assert [e.people for e in found.ledger.entries] == [30.0, 2.0]


def test_ids_that_are_no_codes_have_no_position(cells, told):
    with pytest.raises(InputError) as error:
        cells("a1,7", "a2,1")
    told(error.value, "E315", row=2, column="gid", value="a1")


def test_eight_digit_codes_stop_until_the_size_is_said(cells, told):
    with pytest.raises(InputError) as error:
        cells("다바84007900,7", "다바84257900,7")
    told(error.value, "E302", row=2, column="gid")
    found = cells("다바84007900,7", "다바84257900,7", squares=lambda ids: squares(ids, 250))
    assert found.shapes.size_m == 250


def test_codes_that_disagree_with_coordinates_are_listed(cells, told):
    _, lonlat, _ = squares(["다바847970", "다바847971"])
    (lon, lat), (lon2, lat2) = lonlat.tolist()
    header = "gid,people,lon,lat"
    assert (
        cells(
            f"다바847970,7,{lon},{lat}", f"다바847971,7,{lon2},{lat2}", header=header
        ).ledger.entries
        == ()
    )
    moved = cells(f"다바847970,7,{lon},{lat}", f"다바847971,7,{lon2 + 0.01},{lat2}", header=header)
    told(moved.ledger, "W316", row=3, column="gid")


def test_hexagons_with_coordinates_are_no_squares(cells):
    found = cells(
        "89a901291abffff,5,-51.2,-30.05",
        "89a9012a3cfffff,2,-51.3,-30.06",
        header="id,population,lon,lat",
    )
    assert found.shapes is None
    assert found.lonlat[0].tolist() == [-51.2, -30.05]
