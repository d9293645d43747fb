"""Numbers as a page carries them come back as they were, and never run."""

from __future__ import annotations

import json

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from access.show.packed import outlines, pack, script_json, unpack, varints
from tests.show.town import HOSTILE

LAWS = settings(derandomize=True, deadline=None, max_examples=100)


def integers(raw: bytes) -> np.ndarray:
    """Read whole numbers as the page does."""
    found, value, shift = [], 0, 0
    for byte in raw:
        value |= (byte & 127) << shift
        shift += 7
        if not byte & 128:
            found.append((value >> 1) ^ -(value & 1))
            value, shift = 0, 0
    return np.array(found, np.int64)


@LAWS
@given(st.lists(st.integers(-(2**40), 2**40), min_size=1))
def test_whole_numbers_come_back(numbers):
    assert integers(varints(numbers)).tolist() == numbers


@LAWS
@given(st.binary(max_size=400))
def test_bytes_come_back(raw):
    assert unpack(pack(raw)) == raw


def test_small_things_are_not_compressed():
    assert pack(b"abc")["codec"] == "none"
    assert pack(b"a" * 1000)["codec"] == "deflate"


@LAWS
@given(st.text())
def test_no_text_can_end_its_script(text):
    written = script_json({text: [text]})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {text: [text]}


def test_hostile_texts_come_back_as_they_were():
    assert json.loads(script_json(HOSTILE)) == list(HOSTILE)


def shapes_of(raw: bytes) -> list[tuple[int, list[list[tuple[float, float]]]]]:
    numbers = integers(raw).tolist()
    found, at, x, y = [], 0, 0, 0
    while at < len(numbers):
        tag, parts = numbers[at : at + 2]
        at += 2
        rings = []
        for _ in range(parts):
            points = []
            size = numbers[at]
            at += 1
            for _ in range(size):
                x, y = x + numbers[at], y + numbers[at + 1]
                at += 2
                points.append((x / 1e6, y / 1e6))
            rings.append(points)
        found.append((tag, rings))
    return found


def test_lines_and_polygons_come_back():
    hole = shapely.Polygon(
        [(127, 37), (128, 37), (128, 38), (127, 37)],
        [[(127.5, 37.1), (127.6, 37.1), (127.6, 37.2)]],
    )
    line = shapely.LineString([(127.1, 36.9), (127.123457, 37.5)])
    many = shapely.MultiPolygon([hole, shapely.box(1, 2, 3, 4)])
    read = shapes_of(outlines([line, hole, many, line], [7, 4, 9, 0]))
    assert [tag for tag, _ in read] == [7, 4, 9, 0]
    assert read[0][1] == read[3][1] == [[(127.1, 36.9), (127.123457, 37.5)]]
    assert [len(ring) for ring in read[1][1]] == [4, 4]
    assert read[1][1][0] == [(127, 37), (128, 37), (128, 38), (127, 37)]
    assert [len(ring) for ring in read[2][1]] == [4, 4, 5]
    assert set(read[2][1][2]) == {(1, 2), (3, 2), (3, 4), (1, 4)}


def test_nothing_is_nothing():
    assert outlines([], []) == b""
