"""Coordinate systems: which EPSG codes will do, and what is wrong with the others."""

from __future__ import annotations

import pytest

from access._geo import check_crs
from access.inputs.coordinates import KOREAN_CRS


@pytest.mark.parametrize("crs", [4326, 4737, 2263, *KOREAN_CRS])
def test_systems_of_degrees_metres_and_feet_place_points(crs):
    assert check_crs(crs, metres=False) is None


@pytest.mark.parametrize("metres", [False, True])
@pytest.mark.parametrize("crs", [999_999, -1, 0, 2**31, 99_999_999_999_999_999_999])
def test_numbers_that_are_no_system(crs, metres):
    assert check_crs(crs, metres=metres) == "E227"


@pytest.mark.parametrize("metres", [False, True])
@pytest.mark.parametrize("crs", [5703, 4978])  # heights of NAVD88, and earth-centred WGS 84
def test_systems_that_place_nothing_on_a_map(crs, metres):
    assert check_crs(crs, metres=metres) == "E228"


@pytest.mark.parametrize("crs", KOREAN_CRS)
def test_planes_in_metres(crs):
    assert check_crs(crs, metres=True) is None


@pytest.mark.parametrize("crs", [4326, 4737, 2263])
def test_degrees_and_feet_are_no_metres(crs):
    assert check_crs(crs, metres=True) == "E229"
