"""Travel times of a study: limits, reuse, refusal before the work."""

from __future__ import annotations

import numpy as np
import pytest

import access.travel.again as again
import access.travel.compute as compute
from access import Question, travel_times
from access.errors import CapacityError
from access.testing import toy_study
from access.travel.times import Why

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
