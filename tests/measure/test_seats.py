"""Seats, choice, learners without a seat and hours of opening, counted by hand and by law."""

from __future__ import annotations

import numpy as np
import pytest

from access import Question, measure
from access.errors import InputError
from access.inputs.programmes import BANDS
from tests.measure.classes import MORNINGS, OPEN, Class, asked, town


def offers(*classes, hours=None, **changes):
    return measure.offers_of(asked(town(classes, hours), **changes))


def test_seats_per_person_by_hand():
    # a reaches 100 + 50 people, so that its 15 seats are 0.1 a person; d reaches 30 + 8.
    found = offers(Class("a", seats=15, weeks=5), Class("d", field="civic", seats=19, days="토"))
    table = measure.seat_table(found).set_index(["name", "field", "band"])
    row = table.loc[("계", "arts", "morning")]
    assert row[["people", "classes", "seats", "within"]].tolist() == [188, 1, 15, 150]
    assert row["seats_1000"] == pytest.approx(1000 * 15 / 188)
    assert row["seat_hours"] == pytest.approx(15 * 2 * 5 / 188)
    row = table.loc[("가동", "all", "all")]
    assert row[["classes", "seats", "within"]].tolist() == [1, 15, 150]
    assert row["seats_1000"] == pytest.approx(100)
    assert table.loc[("나면", "all", "all"), "seats_1000"] == pytest.approx(1000 * 19 / 38)
    assert table.loc[("나면", "arts", "all"), "within"] == 0
    assert table.loc[("계", "civic", "morning"), "classes"] == 0
    # Next door and at 6 of 6.5 minutes: the seat goes more to a, where 100 live.
    weight = 0.1 ** ((6 / 6.5) ** 2)
    share = 15 / (100 + 50 * weight)
    near = 1000 * (100 * share + 50 * share * weight) / 150
    assert table.loc[("가동", "arts", "all"), "near_1000"] == pytest.approx(near)


def test_a_class_in_two_bands_counts_once_in_all():
    table = measure.seat_table(offers(Class("a", days="금토"))).set_index(["name", "field", "band"])
    counts = {band: table.loc[("계", "all", band), "classes"] for band in (*BANDS, "all")}
    assert counts == {"morning": 1, "afternoon": 0, "evening": 0, "weekend": 1, "all": 1}


def test_fields_to_choose_from_by_hand():
    found = offers(Class("a"), Class("b", field="civic", hours=(19, 21)), Class("b", field=""))
    table = measure.choice_table(found).set_index("name")
    # a and b reach both fields, c only civic, d none.
    assert table.loc["계", "fields"] == pytest.approx((2 * 150 + 30) / 188)
    assert table.loc["나면", ["fields", "evening", "morning"]].tolist() == pytest.approx(
        [30 / 38, 30 / 38, 0]
    )
    assert table.loc["계", ["no_field", "few_fields", "more_fields"]].tolist() == [8, 180, 0]


def test_learners_without_a_seat_by_hand():
    found = offers(Class("a", seats=94))  # a learner for every second person, 75 within reach
    table = measure.unmet_learners(found).set_index(["name", "field"])
    assert table.loc[("계", "all"), ["seats", "learners"]].tolist() == [94, 94]
    assert table.loc[("나면", "all"), "unmet"] == pytest.approx(19)
    assert table.loc[("가동", "all"), "unmet"] == pytest.approx(0, abs=1e-3)
    few = measure.unmet_learners(found, rate=1.0).set_index(["name", "field"])
    assert few.loc[("계", "arts"), ["learners", "unmet"]].tolist() == pytest.approx(
        [188, 94], rel=1e-4
    )


@pytest.mark.parametrize("rate", [0, -0.1, 1.1, np.nan])
def test_a_rate_is_a_share(rate, told):
    with pytest.raises(InputError) as error:
        measure.unmet_learners(offers(Class("a")), rate)
    told(error.value, "E919")


def test_hours_of_opening_by_hand():
    outcome = asked(town([Class("a")], {"a": OPEN, "d": MORNINGS}))  # b is not known
    table = measure.open_week(outcome)
    assert table.shape == (24, 7)
    assert table.loc[10].tolist() == [188] * 5 + [0, 0]
    assert table.loc[13].tolist() == [150] * 5 + [0, 0]
    assert table.loc[[8, 21]].to_numpy().sum() == 0


@pytest.fixture(scope="module")
def garam(sample_answer):
    question = Question(mode="bicycle", minutes=(5, 10, 15))
    return measure.offers_of(sample_answer(question))


def test_laws_of_seats_on_the_sample(garam):
    table = measure.seat_table(garam)
    city = table[table["code"] == ""].set_index(["field", "band"])
    rest = table[table["code"] != ""].groupby(["field", "band"])
    for name in ("people", "within"):
        assert np.allclose(rest[name].sum(), city.loc[rest.groups.keys(), name])
    assert (city["within"] <= city["people"] + 1e-6).all()
    # What people share adds up to the seats of the places that anybody reaches.
    people = garam.outcome.people.sum()
    pairs = garam.pairs()
    reached = np.unique(pairs.place[garam.outcome.people[pairs.cell] > 0])
    for field in (*garam.fields, "all"):
        ours = garam.of(field, "all") & np.isin(garam.place, reached)
        for name in ("seats_1000", "near_1000"):
            whole = city.loc[(field, "all"), name] * people / 1000
            assert whole == pytest.approx(garam.seats[ours].sum())
        assert city.loc[(field, "all"), "seat_hours"] * people == pytest.approx(
            garam.hours[ours].sum()
        )
    # More classes, more people.
    for field in garam.fields:
        for band in BANDS:
            assert city.loc[(field, band), "within"] <= city.loc[(field, "all"), "within"]
            assert city.loc[(field, band), "within"] <= city.loc[("all", band), "within"]


def test_laws_of_learners_on_the_sample(garam):
    table = measure.unmet_learners(garam)
    city = table[table["code"] == ""].set_index("field")
    assert np.allclose(city["seats"], city["learners"])
    assert (table["unmet"] <= table["learners"] + 1e-9).all()
    parts = table[table["code"] != ""].groupby("field")[["learners", "unmet"]].sum()
    assert np.allclose(parts, city.loc[parts.index, ["learners", "unmet"]])
    # Nobody within reach of no seat has one.
    pairs = garam.pairs()
    within = np.zeros(len(garam.outcome.people), dtype=bool)
    within[pairs.cell[np.isin(pairs.place, garam.place)]] = True
    far = garam.outcome.people[~within].sum() / garam.outcome.people.sum()
    assert city.loc["all", "unmet"] / city.loc["all", "learners"] >= far - 1e-6


def test_laws_of_choice_on_the_sample(garam):
    table = measure.choice_table(garam)
    assert np.allclose(
        table[["no_field", "few_fields", "more_fields"]].sum(axis=1), table["people"]
    )
    for band in BANDS:
        assert (table[band] <= table["fields"] + 1e-9).all()
    assert (table["fields"] <= len(garam.fields)).all()


def test_somebody_reaches_an_open_place_only_where_somebody_reaches_a_place(garam):
    week = measure.open_week(garam.outcome).to_numpy()
    within = garam.outcome.people[garam.outcome.reached()].sum()
    assert week.max() <= within + 1e-6
    assert week.shape == (24, 7)
