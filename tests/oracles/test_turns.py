"""Travel times under turn restrictions against an edge-based search, to the last tenth."""

from __future__ import annotations

from hypothesis import given, settings

from access.travel.street import search
from tests.laws.towns import turning_towns
from tests.oracles.turns import turning_times


@given(turning_towns(private=False))
@settings(max_examples=400, derandomize=True, deadline=None)
def test_open_towns(town):
    assert search(*town, engine="scipy").tolist() == turning_times(*town).tolist()


@given(turning_towns())
@settings(max_examples=600, derandomize=True, deadline=None)
def test_private_roads_and_gates(town):
    assert search(*town, engine="scipy").tolist() == turning_times(*town).tolist()
