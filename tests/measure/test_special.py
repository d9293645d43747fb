"""Schools as origins, groups each in their own way, online instead, citizens who could teach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from access import Question, measure
from access._frozen import frozen, texts
from access.errors import InputError
from access.inputs.cells import Cells
from tests.measure.classes import Class, asked, town


def schools(study):
    cells = study.cells
    return Cells(texts(["가람고", "나래고"]), frozen(cells.lonlat[[0, 2]]), frozen([300.0, 120.0]))


def test_schools_as_origins():
    study = town([Class("a")])
    outcome = asked(study.with_origins(schools(study)))
    table = measure.origin_matrix(outcome)
    assert table.index.tolist() == ["가람고", "나래고"]
    assert table.to_numpy().round(1).tolist() == [[0, 6, 18], [12, 6, 6]]
    # Students count as people do elsewhere.
    assert outcome.districts()["people"].tolist() == [420, 300, 120]
    assert measure.passive(outcome.times, people=[300, 120], minutes=7).tolist() == [300, 420, 120]


def test_groups_each_in_their_own_way():
    study = town([Class("a")])
    study = replace(study, groups={**study.groups, "65+": frozen([10.0, 0, 30, 0])})
    outcomes = [asked(study), asked(study, group="65+", profile="senior", minutes=(5,))]
    table = measure.who_reaches(outcomes)
    city = table[table["code"] == ""].set_index("group")
    assert city.loc["all", ["minutes", "people", "reached"]].tolist() == [6.5, 188, 188]
    assert city.loc["65+", ["walk_ms", "people", "reached"]].tolist() == [0.9, 40, 10]
    own = outcomes[0].districts()["within_6.5"]
    assert table["reached"].tolist()[:3] == own.tolist()


def test_neither_a_place_nor_a_screen():
    study = town([Class("a")])
    groups = {"0-64": frozen([90.0, 50, 10, 8]), "65+": frozen([10.0, 0, 20, 0])}
    outcome = asked(replace(study, groups=study.groups | groups), minutes=(1,))  # c is too far
    table = measure.neither_served(outcome, {"0-64": 0.9, "65+": 0.25}).set_index(["group", "name"])
    assert table.loc[("65+", "계"), ["unreached", "online", "neither"]].tolist() == [20, 5, 15]
    assert table.loc[("all", "나면"), ["people", "unreached"]].tolist() == [38, 30]
    assert table.loc[("all", "계"), "neither"] == pytest.approx(1 + 15)
    assert table.loc[("all", "가동"), "neither"] == 0


@pytest.mark.parametrize(
    ("rates", "code"),
    [({"20+": 1}, "E604"), ({"0-64": 2}, "E924"), ({}, "E924"), ({"0-64": 1, "60+": 1}, "E923"),
     ({"all": 0.5, "0-64": 0.5}, "E604"), ({"0-64": True}, "E924")],
)  # fmt: skip
def test_rates_that_cannot_be(rates, code, told):
    study = town([Class("a")])
    groups = study.groups | {"0-64": study.groups["all"], "60+": study.groups["all"]}
    with pytest.raises(InputError) as error:
        measure.neither_served(asked(replace(study, groups=groups)), rates)
    told(error.value, code)


def test_citizens_who_could_teach():
    outcome = asked(town([Class("a")]))
    first, second = outcome.study.districts.codes.tolist()
    teachers = pd.DataFrame(
        [(first, "arts", 30), (second, "arts", 19), (second, "civic", 0)],
        columns=["district", "field", "people"],
    )
    table = measure.staffing(outcome, teachers).set_index(["place", "field", "district"])
    assert table.loc[("a", "arts", first), ["share", "teachers"]].tolist() == [100, 30]
    # b is within reach of 30 of the 38 people of 나면
    assert table.loc[("b", "arts", second), "teachers"] == pytest.approx(19 * 30 / 38)
    assert ("a", "arts", second) not in table.index
    assert "civic" not in table.index.get_level_values("field")


def test_teachers_of_another_city(told):
    wrong = pd.DataFrame([("1", "arts", 3)], columns=["district", "field", "people"])
    with pytest.raises(InputError) as error:
        measure.staffing(asked(town([Class("a")])), wrong)
    told(error.value, "E925")


def test_the_sample(sample_answer):
    outcome = sample_answer(Question(mode="walk", profile="policy"))
    rates = {"0-18": 0.95, "19-39": 0.95, "40-64": 0.8, "65+": 0.3}
    table = measure.neither_served(outcome, rates)
    city = table[table["code"] == ""].set_index("group")
    assert city.loc["all", "unreached"] == pytest.approx(
        outcome.people[outcome.underserved()].sum(), rel=1e-6
    )
    assert np.allclose(table["online"] + table["neither"], table["unreached"])
    parts = table[table["group"] != "all"].groupby("code")["neither"].sum()
    whole = table[table["group"] == "all"].set_index("code")["neither"]
    assert np.allclose(parts, whole.loc[parts.index])
