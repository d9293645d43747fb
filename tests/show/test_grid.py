"""The packed grid: where a cell is, what time it shows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access._geo import project, unproject
from access.inputs.cells import Cells, Squares
from access.show.grid import NONE, aligned, fit, packed_cells, picture_order, shown
from access.show.packed import unpack
from tests.show.test_packed import integers
from tests.show.town import make_study

LAWS = settings(derandomize=True, deadline=None, max_examples=200)


@pytest.mark.parametrize(
    ("west", "south", "kilometres"),
    [(985_000, 1_885_000, 30), (1_140_000, 1_650_000, 60), (900_000, 1_500_000, 500)],
    ids=["city", "far corner of Korea", "the whole country"],
)
def test_fit_is_within_a_metre_at_the_corners_and_everywhere(west, south, kilometres):
    n = kilometres * 10
    ends = np.array([(0, 0), (0, n - 1), (n - 1, 0), (n - 1, n - 1)]) * 100 + np.array(
        [west, south]
    )
    squares = Squares(100, ends, 5179)
    found = fit(squares)
    steps = np.array([(0, 0), (0, 100), (100, 0), (100, 100)])
    corners = (ends[:, None, :] + steps).reshape(-1, 2).astype(float)
    rng = np.random.default_rng(1)
    inside = np.array([west, south]) + rng.random((3000, 2)) * n * 100
    for points in (corners, inside):
        exact = (points - np.array([west, south])) / 100
        off = np.abs(found.at(unproject(points, 5179)) - exact) * 100
        assert off.max() < 1.0
        assert off.max() <= found.error_m + 0.01


def test_plain_rows_of_latitude_would_be_far_off():
    """The reason for the fit: on the national grid a straight line drifts by many metres."""
    line = np.column_stack([np.linspace(1_100_000, 1_120_000, 21), np.full(21, 1_900_000.0)])
    lat = unproject(line, 5179)[:, 1]
    assert np.ptp(lat) * 111_000 > 40


def test_every_cell_is_found_where_it_is():
    cells = make_study().cells
    order = picture_order(cells)
    packed = packed_cells(cells, order)
    at = np.cumsum(integers(unpack(packed["at"])))
    ids = unpack(packed["ids"]).decode().split("\n")
    spots = fit(cells.shapes).at(cells.lonlat[order])
    column, row = np.floor(spots).astype(int).T
    assert (row * packed["columns"] + column).tolist() == at.tolist()
    assert ids == cells.ids[order].tolist()
    assert (np.diff(at) > 0).all()


def test_people_are_not_packed():
    cells = make_study().cells
    assert set(packed_cells(cells, picture_order(cells))) == {
        *("kind", "count", "ids", "size", "columns", "rows", "at", "fit"),
    }


def test_cells_that_share_no_grid_are_drawn_as_outlines():
    squares = Squares(100, np.array([[0, 0], [130, 0]]) + 1_000_000, 5179)
    assert not aligned(squares)
    lonlat = unproject(squares.corner + 50.0, 5179)
    cells = Cells(np.array(["a", "b"]), lonlat, np.ones(2), squares)
    assert packed_cells(cells, picture_order(cells))["kind"] == "shapes"


def test_cells_without_shapes_are_dots():
    cells = make_study(shapes="none").cells
    packed = packed_cells(cells, picture_order(cells))
    whole = np.cumsum(integers(unpack(packed["points"])).reshape(-1, 2), axis=0)
    assert packed["kind"] == "dots"
    assert np.abs(whole / 1e6 - cells.lonlat).max() <= 5e-7


@LAWS
@given(st.integers(0, 3_900_000), st.integers(0, 600))
def test_shown_is_within_a_limit_exactly_when_the_time_is(tenths_of_a_second, minutes):
    value = int(shown([tenths_of_a_second])[0])
    assert (value <= 10 * minutes) == (tenths_of_a_second <= 600 * minutes)


@LAWS
@given(st.integers(0, 3_900_000), st.integers(0, 6000))
def test_shown_keeps_limits_of_tenths_of_a_minute_too(tenths_of_a_second, tenths_of_a_minute):
    value = int(shown([tenths_of_a_second])[0])
    assert (value <= tenths_of_a_minute) == (tenths_of_a_second <= 60 * tenths_of_a_minute)


@LAWS
@given(st.integers(-6, -1))
def test_no_time_is_no_number(why):
    assert shown([why]).tolist() == [NONE]


def test_a_very_long_time_is_not_taken_for_none():
    assert shown([2_000_000_000]).tolist() == [NONE - 1]


def test_fit_needs_no_linear_algebra(monkeypatch):
    """Threads of a linear-algebra library may change the last bit; the fit does not ask it."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("not here")

    for name in ("solve", "lstsq", "inv", "qr", "svd"):
        monkeypatch.setattr(np.linalg, name, refuse)
    squares = make_study().cells.shapes
    assert fit(squares).error_m < 0.05
    assert project(unproject(np.array([[1e6, 2e6]]), 5179), 5179).round(3).tolist() == [[1e6, 2e6]]
