"""Outcomes of towns small enough to count by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from access import Question, evaluate
from access.errors import InputError
from access.network.restrictions import Restrictions
from access.testing import toy_study
from access.travel.times import Why

# Ten minutes at 1.2 m/s are 720 m; one letter is 200 m.
TOWN = "a b c d e f g h i j k l\n\n\n\n\n\n\n\n\nz"
WAYS = {"abcdefghijkl": {"highway": "residential"}}
PEOPLE = {"a": 10, "d": 20, "f": 30, "l": 40, "z": 7}


@pytest.fixture
def town():
    return toy_study(
        TOWN,
        WAYS,
        people=PEOPLE,
        centres="b",
        idle="k",
        districts={"서면": "abcz", "동면": "defghijkl"},
    )


def test_the_table_counts_by_hand(town):
    outcome = evaluate(town, Question(minutes=(5, 10, 15)))
    table = outcome.districts().set_index("name")
    assert list(table.index) == ["계", "서면", "동면"]
    assert table.loc["서면", ["people", "within_5", "underserved"]].tolist() == [17, 10, 7]
    assert table.loc["동면", ["within_5", "within_10", "within_15"]].tolist() == [0, 20, 50]
    assert table.loc["계", ["people", "within_15", "underserved"]].tolist() == [107, 60, 47]
    assert table.loc["계", "share_15"] == pytest.approx(100 * 60 / 107)
    assert table.centres.tolist() == [1, 1, 0]
    minutes = np.array([200, 400, 800, 2000]) / 72
    people = [10, 20, 30, 40]
    assert table.loc["계", "mean_min"] == pytest.approx(np.average(minutes, weights=people), 0.01)
    assert table.loc["계", "median_min"] == pytest.approx(800 / 72, 0.01)
    assert table.loc["계", "plain_mean_min"] == pytest.approx(minutes.mean(), 0.01)


def test_who_is_not_reached_and_why(town):
    outcome = evaluate(town, Question())
    assert outcome.why().tolist() == [0, 0, 0, 0, Why.CELL_OFF]
    reasons = outcome.reasons().set_index("why_en")
    assert reasons.people["nearest place beyond the limit"] == 40
    assert reasons.people["cell too far from any way"] == 7
    (entry,) = outcome.ledger.entries
    assert (entry.problem.code, entry.problem.row, entry.people) == ("W801", 6, 7)
    assert outcome.to_frame().minutes.isna().tolist() == [False] * 4 + [True]


def test_steps_agree_with_the_table(town):
    outcome = evaluate(town, Question(minutes=(2.5, 10)))
    minutes, whole = outcome.steps()
    assert minutes[-1] == 60
    assert 2.5 in minutes
    at = np.searchsorted(minutes, (2.5, 10))
    table = outcome.districts()
    assert whole[:, at].sum(axis=0).tolist() == [table["within_2.5"][0], table.within_10[0]]
    assert whole[:, -1].sum() == table.people[0]


def test_wheelchair_users_count_only_what_is_known_to_be_step_free(town):
    asked = Question(profile="wheelchair", to=("centre", "idle"))
    none = evaluate(town, asked)
    assert none.times.places.tolist() == []
    assert (none.why() == Why.NO_PLACE).all()
    assert [e.problem.code for e in none.ledger.entries if e.problem.code == "W807"] == ["W807"] * 2
    known = replace(town.places, step_free=np.array([1, 0], dtype=np.int8))
    some = evaluate(replace(town, places=known), asked)
    assert some.times.places.tolist() == ["b"]
    assert not [e for e in some.ledger.entries if e.problem.code == "W807"]


def test_a_place_off_the_streets_and_a_place_nobody_reaches_are_listed():
    ways = {"abcdef": {"highway": "residential"}, "ghijkl": {"highway": "residential"}}
    map = "a b c d e f\n\n\n\n\n\n\n\ng h i j k l\n\n\n\n\n\n\nz"
    town = toy_study(map, ways, people={"a": 5}, centres="fgz")
    found = {e.problem.value: e.problem.code for e in evaluate(town, Question()).ledger.entries}
    assert found == {"z 학습관": "W805", "g 학습관": "W806"}


def test_groups_and_kinds_that_are_not_there(town):
    with pytest.raises(InputError) as caught:
        evaluate(town, Question(group="65+", to=("hall",)))
    assert [p.code for p in caught.value.problems] == ["E604", "E605"]


def test_assumptions_are_told_in_both_languages(town):
    for means in ("walk", "bicycle", "drive"):
        for ko, en in evaluate(town, Question(mode=means)).assumptions:
            assert any("가" <= c <= "힣" for c in ko)
            assert not any("가" <= c <= "힣" for c in en)
    driving = " ".join(en for _, en in evaluate(town, Question(mode="drive")).assumptions)
    assert "residential 20·20 km/h 100%" in driving
    assert "Turn restrictions: the streets come with none" in driving


def test_a_drive_says_how_many_turn_restrictions_it_obeys(town):
    turns = Restrictions.of([((0, 2), False), ((2, 4), True)])
    bound = replace(town, network=replace(town.network, restrictions=turns))
    for means, told in (("drive", True), ("walk", False)):
        said = " ".join(en for _, en in evaluate(bound, Question(mode=means)).assumptions)
        assert ("2 turn restrictions are obeyed" in said) == told


def test_an_outcome_shows_itself(town):
    outcome = evaluate(town, Question(minutes=(15,), name="걸어서"))
    assert repr(outcome) == "<Outcome 그림마을 · 걸어서: 60명 / 107명 (56.1%) 15분 이내>"
    assert "<table" in outcome._repr_html_()
    assert "3 cells" not in repr(town)
    assert "그림마을" in town._repr_html_()
