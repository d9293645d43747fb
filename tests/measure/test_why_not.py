"""The gap parted among its barriers: towns where the answer is known, and laws on the sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from access import Question, evaluate, measure
from access._frozen import frozen
from access.errors import InputError
from access.measure import Need
from access.measure.counterfactuals import BARRIERS, usual_need
from access.testing import toy_study
from tests.measure.classes import MORNINGS, OPEN, Class, asked, town

HOURS = {"a": OPEN, "b": MORNINGS, "d": OPEN}
EVENING = (19, 21)


def shares(outcome, need, name="계"):
    table = measure.why_not(outcome, need)
    return table[table["name"] == name].set_index("barrier")


def test_distance_alone():
    outcome = asked(town([Class("a", hours=EVENING, seats=1e6)], HOURS))
    table = shares(outcome, Need("arts", "evening", 1))
    assert table["gap"].tolist() == pytest.approx([38] * len(table), abs=0.01)
    assert table.loc["distance", ["alone", "share"]].tolist() == pytest.approx([38, 38], abs=0.01)
    assert table.loc["rest", "share"] == pytest.approx(0, abs=0.01)


def test_a_class_at_the_wrong_hour_where_the_house_is_closed_in_the_evening():
    # b could hold its class in the evening only if it were open then as well.
    outcome = asked(town([Class("b", seats=1e6)], HOURS, people={"a": 100, "b": 50, "c": 30}))
    table = shares(outcome, Need("arts", "evening", 1))
    assert table.loc[["time", "closed"], "alone"].tolist() == pytest.approx([0, 0], abs=0.01)
    assert table.loc[["time", "closed"], "share"].tolist() == pytest.approx([90, 90], abs=0.01)
    open_late = asked(town([Class("b", seats=1e6)], {"b": OPEN}, people={"a": 100, "b": 50}))
    table = shares(open_late, Need("arts", "evening", 1))
    assert table.loc["time", "share"] == pytest.approx(150, abs=0.01)
    assert table.loc["closed", "share"] == pytest.approx(0, abs=0.01)


def test_another_field():
    classes = [Class("a", hours=EVENING, seats=1e6, field="civic"), Class("d", field="arts")]
    table = shares(asked(town(classes, HOURS)), Need("arts", "evening", 1), "가동")
    assert table.loc["field", "alone"] == pytest.approx(150, abs=0.01)


def test_seats_are_given_as_far_as_they_go():
    outcome = asked(town([Class("a", hours=EVENING, seats=60)], HOURS))
    table = shares(outcome, Need("arts", "evening", 1.0), "가동")
    assert table["gap"].iloc[0] == pytest.approx(90, abs=0.01)
    assert table.loc["seat", "alone"] == pytest.approx(90, abs=0.01)
    # Whoever is left counts as the people he stands for.
    half = shares(outcome, Need("arts", "evening", 0.5), "가동")
    assert half["gap"].iloc[0] == pytest.approx(30, abs=0.01)


def test_private_roads_are_opened_by_the_engine():
    study = toy_study(
        "abcd\n.ef.",
        {
            **{way: {} for way in ("ab", "cd", "be", "ef", "fc")},
            "bc": {"access": "private", "highway": "service"},
        },
        people={"a": 40},
        centres="d",
        spacing_m=300,
    )
    outcome = evaluate(study, Question(mode="walk", profile="policy", minutes=(19,)))
    assert outcome.times.tenths[0, 0] / 600 == pytest.approx(30, abs=0.1)  # around, not through
    table = shares(outcome, Need())
    assert set(table.index) == {"distance", "private", "rest"}
    assert table.loc["private", "alone"] == pytest.approx(40)
    assert table.loc[["private", "distance"], "share"].tolist() == pytest.approx([20, 20])


def test_slopes_are_levelled_by_the_engine():
    study = town([Class("a", hours=EVENING, seats=1e6)])
    high = np.where(study.network.lonlat[:, 0] > study.cells.lonlat[0, 0] + 1e-4, 60.0, 0.0)
    study = replace(study, network=replace(study.network, height=frozen(high)))
    question = Question(mode="walk", profile="policy", minutes=(6.5,))
    outcome = evaluate(study, question)
    table = shares(outcome, Need("arts", "evening", 1))
    assert table.loc["slope", "alone"] == pytest.approx(50, abs=0.01)  # b is 60 m below or above
    car = evaluate(study, Question(mode="drive", minutes=(6,)))
    assert "slope" not in shares(car, Need("arts", "evening", 1)).index


def test_who_has_no_way_remains():
    study = toy_study("ab.c", {"ab": {}}, people={"a": 10, "c": 7}, centres="b", spacing_m=900)
    table = shares(evaluate(study, Question(mode="walk", minutes=(5,))), None)
    assert table.loc["rest", "share"] == 7
    assert table.loc["distance", "share"] == 10


@pytest.mark.parametrize(
    ("need", "code"),
    [(Need("arts", "night"), "E920"), (Need("magic"), "E921"), (Need(rate=2), "E919")],
)
def test_a_need_that_cannot_be(need, code, told):
    with pytest.raises(InputError) as error:
        measure.why_not(asked(town([Class("a")])), need)
    told(error.value, code)


def test_the_usual_need():
    late = [Class("a", hours=EVENING, field="civic", seats=5), Class("a", hours=EVENING)]
    assert usual_need(asked(town(late))) == Need("arts", "evening")
    assert usual_need(asked(town([Class("a")]))) == Need("all", "evening")
    without = replace(town([Class("a")]), programmes=None)
    assert usual_need(asked(without)) == Need("all", "evening")


@pytest.fixture(scope="module")
def garam(sample_answer):
    question = Question(mode="bicycle", minutes=(5, 10, 15))
    return sample_answer(question)


def test_laws_of_the_sample(garam):
    table = measure.why_not(garam)
    assert tuple(dict.fromkeys(table["barrier"])) == (*BARRIERS, "rest")
    whole = table.groupby("code")[["share"]].sum()["share"]
    gap = table.groupby("code")["gap"].first()
    assert np.allclose(whole, gap)
    # Districts sum to the city, barrier by barrier.
    city = table[table["code"] == ""].set_index("barrier")
    rest = table[table["code"] != ""].groupby("barrier")[["share", "alone", "last"]].sum()
    assert np.allclose(rest, city.loc[rest.index, rest.columns])
    assert (table["gap"] <= table["people"] + 1e-6).all()
    # Whoever is not within reach of any place does not reach a class either.
    assert city["gap"].iloc[0] >= garam.people[garam.underserved()].sum() - 1e-6
    # What remains are those without any way.
    nowhere = garam.people[(garam.nearest_tenths < 0)].sum()
    assert city.loc["rest", "share"] == pytest.approx(nowhere, abs=1)
    better = city.drop(["slope", "rest"])
    assert (better[["alone", "last", "share"]] > -1).all().all()


def test_seats_without_limit_are_those_who_reach_such_a_class(garam):
    """One of the switches by other code: no limit of seats is a share within reach."""
    need = usual_need(garam)
    table = measure.why_not(garam, need)
    city = table[table["code"] == ""].set_index("barrier")
    seats = measure.seat_table(measure.offers_of(garam)).set_index(["code", "field", "band"])
    within = seats.loc[("", need.field, need.band), "within"]
    without = city["gap"].iloc[0] - city.loc["seat", "alone"]
    assert city["people"].iloc[0] - without == pytest.approx(within)
