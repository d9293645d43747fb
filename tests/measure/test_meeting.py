"""읍·면·동 grouped into zones: by hand in a row of houses, and laws on the sample."""

from __future__ import annotations

import numpy as np
import pytest

from access import Question, measure
from access.errors import InputError
from tests.measure.classes import Class, asked, town


def test_times_of_districts_by_hand():
    outcome = asked(town([Class("a")]))
    times = measure.district_times(outcome)
    # 가동 is a (100) and b (50), 나면 is c (30) and d (8); 6 minutes from house to house.
    assert times.cells.tolist() == outcome.study.districts.codes.tolist()
    first = [6 * 50 / 150, 6 * 100 / 150, (18 * 100 + 12 * 50) / 150]
    second = [(12 * 30 + 18 * 8) / 38, (6 * 30 + 12 * 8) / 38, 6 * 30 / 38]
    assert np.allclose(times.tenths / 600, [first, second], atol=1e-3)


def test_a_grouping_that_exists_is_scored_alike():
    outcome = asked(town([Class("a")]))
    codes = outcome.study.districts.codes.tolist()
    table = measure.meeting_zones(outcome, 1, dict.fromkeys(codes, "하나"))
    assert table["grouping"].tolist() == ["proposed", "given"]
    for name in ("people", "place", "mean_min", "most_min", "units"):
        assert table[name].nunique() == 1
    assert table.loc[1, ["zone", "districts"]].tolist() == ["하나", "가동, 나면"]
    assert table.loc[0, "place"] == "a"  # 804 person-minutes; b 876
    assert table.loc[0, "place_name"] == "a 학습관"


def test_every_district_has_a_zone(told):
    outcome = asked(town([Class("a")]))
    code = outcome.study.districts.codes.tolist()[0]
    with pytest.raises(InputError) as error:
        measure.meeting_zones(outcome, 2, {code: "1"})
    told(error.value, "E922")


def test_five_zones_of_the_sample(sample_answer):
    outcome = sample_answer(Question(mode="drive", minutes=(20,)))
    codes = outcome.study.districts.codes.tolist()
    # Somebody's grouping: in the order of the codes, three and three.
    given = {code: f"{1 + i // 3}권역" for i, code in enumerate(codes)}
    table = measure.meeting_zones(outcome, 5, given)
    parts = table.groupby("grouping")
    assert parts["zone"].count().tolist() == [5, 5]
    assert parts["units"].sum().tolist() == [15, 15]
    assert np.allclose(parts["people"].sum(), outcome.people.sum())
    assert np.allclose(parts["balance"].mean(), 1)

    def excess(part):
        return (
            (part["people"] * (1 - 1 / part["balance"]))
            .abs()[(part["balance"] - 1).abs() > 0.2]
            .sum()
        )

    proposed, theirs = (table[table["grouping"] == g] for g in ("proposed", "given"))
    assert excess(proposed) <= excess(theirs)
    assert set(table["place"]) <= set(outcome.times.places.tolist())
