"""Travel times of a study: limits, reuse, refusal before the work."""

from __future__ import annotations

import numpy as np
import pytest

import access.travel.again as again
import access.travel.compute as compute
from access import Question, travel_times
from access.errors import CapacityError, InputError
from access.network.edits import add_way, close_ways
from access.testing import toy_study
from access.travel.times import TravelTimes, Why

TOWN = "a b c d e f g h i j k l\n\n\nm"
WAYS = {"abcdefghijkl": {"highway": "residential"}, "am": {"highway": "residential"}}


@pytest.fixture
def town():
    return toy_study(TOWN, WAYS, people={"a": 3, "f": 4, "l": 5}, centres="bk", idle="m")


def test_times_to_the_places_a_question_counts(town):
    times = travel_times(town, Question())
    assert times.places.tolist() == ["b", "k"]
    metres = np.array([[200, 2000], [800, 1000], [2000, 200]])
    assert np.abs(times.seconds - metres / 1.2).max() < 1
    both = travel_times(town, Question(to=("centre", "idle")))
    assert both.places.tolist() == ["b", "k", "m"]
    assert (both.tenths[:, :2] == times.tenths).all()


def test_a_limit_tells_apart_what_is_beyond_it(town):
    times = travel_times(town, Question(), limit_minutes=15)
    assert times.limit_s == 900
    assert (times.tenths[1] > 0).all()
    assert times.tenths[0, 1] == Why.OVER_LIMIT


def test_reuse_computes_only_what_is_new(town, monkeypatch):
    earlier = travel_times(town, Question())
    searched = []
    real = again.search

    def counted(network, costs, cells, places, *rest, **more):
        searched.append(len(places.segment))
        return real(network, costs, cells, places, *rest, **more)

    monkeypatch.setattr(again, "search", counted)
    same = travel_times(town, Question(), reuse=earlier)
    assert searched == []
    assert same == earlier
    more = travel_times(town, Question(to=("centre", "idle")), reuse=earlier)
    assert searched == [1]
    assert more == travel_times(town, Question(to=("centre", "idle")))
    travel_times(town, Question(profile="senior"), reuse=earlier)
    assert searched[-1] == 2


def test_what_cannot_fit_is_refused_before_the_work(town, monkeypatch):
    monkeypatch.setattr(compute, "SHARE_OF_MEMORY", 1e-12)
    monkeypatch.setattr(again, "search", None)
    with pytest.raises(CapacityError, match=r"E650.*GiB"):
        travel_times(town, Question())


def test_progress_is_told(town):
    told = []
    travel_times(town, Question(), progress=lambda done, whole: told.append((done, whole)))
    assert told[-1] == (2, 2)


@pytest.mark.parametrize("limit", [None, 12])
@pytest.mark.parametrize("means", ["walk", "bicycle", "drive"])
def test_a_plan_is_told_from_the_city_before_it(town, monkeypatch, means, limit):
    """Also where the engine would not be asked for so small a town."""
    pytest.importorskip("numba")
    monkeypatch.setattr(again, "engine_for", lambda *_: "engine")
    question = Question(mode=means, to=("centre", "idle"))
    today = travel_times(town, question, limit_minutes=limit)
    first, last = town.network.node_id[[0, 11]].tolist()
    for plan in (
        add_way(town.network, [first, last], {"highway": "residential"}),
        close_ways(town.network, [2]),
        close_ways(add_way(town.network, [first, last], {"highway": "residential"}), [2]),
    ):
        tomorrow = town.with_network(plan)
        told = travel_times(tomorrow, question, limit_minutes=limit, reuse=today)
        afresh = travel_times(tomorrow, question, limit_minutes=limit)
        assert told.tenths.tolist() == afresh.tenths.tolist()
        assert told == afresh
        assert told != today


def test_tables_made_elsewhere_are_not_told_from(town):
    frame = travel_times(town, Question()).to_frame()
    elsewhere = TravelTimes.from_frame(frame)
    assert travel_times(town, Question(), reuse=elsewhere) == travel_times(town, Question())


@pytest.mark.parametrize("limit", [-1, 40_001, float("nan"), float("inf"), "15", True])
def test_a_limit_that_is_none_is_told(town, limit):
    with pytest.raises(InputError, match="E607"):
        travel_times(town, Question(), limit_minutes=limit)


def test_no_way_is_no_number_within_any_limit(town):
    island = toy_study("a b  c d", {"ab": {}, "cd": {}}, people={"a": 1}, centres="bd", idle="")
    times = travel_times(island, Question(), limit_minutes=40_000)
    assert (times.tenths[0] >= 0).tolist() == [True, False]


def test_a_plan_on_streets_people_live_on(monkeypatch):
    """The closed street is no longer there to stand on; all must be asked again."""
    pytest.importorskip("numba")
    monkeypatch.setattr(again, "engine_for", lambda *_: "engine")
    ways = {"ab": {}, "bc": {}, "bd": {}, "ce": {}, "cd": {}}
    town = toy_study("a b c\n\n  d e", ways, people={"e": 3, "a": 1}, centres="ad")
    for means in ("walk", "drive"):
        today = travel_times(town, Question(mode=means))
        for way in range(1, 6):
            plan = town.with_network(close_ways(town.network, [way]))
            told = travel_times(plan, Question(mode=means), reuse=today)
            assert told == travel_times(plan, Question(mode=means))
