"""Equity of a study: the indices by other code, parts that sum, gaps in people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from access import Question, measure
from access._frozen import frozen
from access.measure.fairness import access_value, old_share
from tests.measure.classes import Class, asked, town


def values(outcome):
    return measure.equity_table(outcome).set_index("index")["value"]


def test_where_all_have_the_same_every_index_is_naught():
    outcome = asked(town([Class("a")], people={"a": 100, "b": 50}))
    found = values(outcome)
    assert found[["none", "gini", "theil", "atkinson"]].tolist() == pytest.approx([0] * 4, abs=1e-9)
    assert found["mean"] == pytest.approx(1000 * 10 / 150)
    assert not {"palma", "concentration"} & set(found.index)  # ages are not known


def test_without_classes_places_count():
    outcome = asked(replace(town([Class("a")]), programmes=None))
    kind, value = access_value(outcome)
    assert (kind, value.tolist()) == ("places", [2, 2, 2, 1])


def test_indices_by_hand():
    outcome = asked(town([Class("a")]))  # 150 have, 38 have nothing
    found = values(outcome)
    assert found["none"] == pytest.approx(100 * 38 / 188)
    assert found["gini"] == pytest.approx(38 / 188)
    assert found["theil"] == pytest.approx(np.log(188 / 150))
    assert found["theil_between"] == pytest.approx(100)
    assert found["headcount"] == 0
    assert found["gap"] == 0


def test_ranked_by_age():
    study = town([Class("a")])
    old = frozen(np.array([0.0, 0, 30, 8]))
    outcome = asked(replace(study, groups={**study.groups, "65+": old}))
    assert old_share(outcome).tolist() == [0, 0, 1, 1]
    found = values(outcome)
    assert found["concentration"] == pytest.approx(38 / 188)  # the young have all
    poorest = 0.4 * 188
    assert found["palma"] == pytest.approx(poorest / (poorest - 38))
    gaps = measure.group_gaps(outcome).set_index("group")
    assert gaps.loc["65+", ["people", "reached", "gap"]].tolist() == pytest.approx(
        [38, 100, 0], abs=1e-9
    )


def test_gaps_between_areas_in_people():
    outcome = asked(town([Class("a")]), minutes=(1,))  # a, b and d themselves
    gaps = measure.group_gaps(outcome).set_index("group")
    share = 158 / 188
    assert gaps.loc["동", ["people", "reached"]].tolist() == [150, 100]
    assert gaps.loc["면", "reached"] == pytest.approx(100 * 8 / 38)
    assert gaps.loc["면", "missing"] == pytest.approx((share - 8 / 38) * 38)
    assert gaps.loc["동", "missing"] == 0


def test_parts_of_the_sample_sum(sample_answer):
    question = Question(mode="walk", profile="policy")
    outcome = sample_answer(question)
    found, table = values(outcome), measure.equity_districts(outcome)
    assert table[["between", "within"]].to_numpy().sum() == pytest.approx(found["theil"])
    assert table["between"].sum() == pytest.approx(found["theil"] * found["theil_between"] / 100)
    assert table["people"] @ table["mean"] / table["people"].sum() == pytest.approx(found["mean"])
    short = 100 - outcome.districts()["share_15"].iloc[0]
    assert found["headcount"] == pytest.approx(short)
    assert found["gap"] <= found["headcount"]
    # Half the mean difference between two people, over the mean: on a sample of them.
    people, value = outcome.people, access_value(outcome)[1]
    pairs = np.random.default_rng(3).choice(len(people), size=(2, 400_000), p=people / people.sum())
    drawn = np.abs(value[pairs[0]] - value[pairs[1]]).mean() / 2 / found["mean"]
    assert found["gini"] == pytest.approx(drawn, abs=0.01)
    gaps = measure.group_gaps(outcome)
    areas = gaps[gaps["kind"] == "area"]
    assert areas["people"].sum() == pytest.approx(outcome.study.groups["all"].sum())
    assert (areas["gap"] * areas["people"]).sum() == pytest.approx(0, abs=1e-3)
