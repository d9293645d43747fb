"""What scenarios change in classes and seats by field: counted again class by class."""

from __future__ import annotations

import numpy as np
import pytest

import access as ac
from access import Outcome, Scenario, compare, evaluate
from access.decide.comparison import Comparison
from access.decide.fields import COLUMNS
from access.measure.offers import offers_of
from access.show.programmes import programmes
from access.testing import toy_study

EDITS = [
    {"do": "cancel_class", "id": "class-0001"},
    {"do": "close_place", "place": "centre-012"},
    {"do": "open_place", "place": "idle-032"},
    {"do": "add_class", "id": "new", "name": "밤 그림", "place": "idle-032", "field": "문화예술",
     "weekdays": "화, 목", "start": "19:00", "end": "21:00", "seats": 24},
    {"do": "change_class", "id": "class-0002", "seats": 40},
    {"do": "scale_people", "district": "누리읍", "factor": 1.5},
]  # fmt: skip


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    city = ac.Study.from_folder(ac.sample_folder())
    today = evaluate(city, city.questions[0])
    plan = Scenario("바꿈", EDITS).apply(city)
    road = Scenario.from_file(ac.sample_folder() / "scenarios" / "closed_road.toml").apply(city)
    return compare(today, *(evaluate(s, city.questions[0], reuse=today) for s in (plan, road)))


def counted(outcome: Outcome, field: str) -> tuple[int, float, np.ndarray]:
    """Return classes and seats of a field, and which cells reach one, going class by class."""
    held, ids = outcome.study.programmes, outcome.times.places.tolist()
    reached = np.zeros(len(outcome.people), dtype=bool)
    number, seats = 0, 0.0
    for k, place in enumerate(held.place.tolist()):
        if place in ids and field in ("all", held.field[k]):
            number += 1
            seats += 0.0 if np.isnan(held.seats[k]) else held.seats[k]
            minutes = outcome.times.tenths[:, ids.index(place)]
            reached |= (minutes >= 0) & (minutes <= outcome.question.limit * 600)
    return number, seats, reached


def test_fields_are_counted_class_by_class(comparison):
    table = comparison.fields()
    assert tuple(table.columns) == COLUMNS
    inside = comparison.base.study.cell_district >= 0
    for i, name in enumerate(comparison.names[1:], 1):
        for field in ["all", *offers_of(comparison.base).fields]:
            row = table[(table.scenario == name) & (table.field == field)].iloc[0]
            cells = []
            for end, outcome in (("before", comparison.base), ("after", comparison.outcomes[i])):
                number, seats, reached = counted(outcome, field)
                assert (row[f"classes_{end}"], row[f"seats_{end}"]) == (number, seats)
                cells.append(np.where(reached & inside, outcome.people, 0.0))
                assert row[end] == pytest.approx(cells[-1].sum(), abs=0.51)
                share = 100 * cells[-1].sum() / outcome.people[inside].sum()
                assert row[f"share_{end}"] == pytest.approx(share)
            more = np.maximum(cells[1] - cells[0], 0).sum()
            assert row["gained"] == pytest.approx(more, abs=2)
    plan = table[table.scenario == "바꿈"].set_index(["field", "code"])
    arts, literacy = plan.loc[("arts", "")], plan.loc[("literacy", "")]
    assert arts.classes_after < arts.classes_before + 1  # one more, and those of the closed centre
    assert literacy.seats_after != literacy.seats_before


def test_people_add_up_and_what_does_not_change_is_zero(comparison):
    table = comparison.fields()
    assert (table.after == table.before + table.gained - table.lost).all()
    assert (table.change == table.gained - table.lost).all()
    assert (table.after <= table.people_after).all()
    assert (table[["before", "after", "gained", "lost"]] >= 0).all(axis=None)
    for _, part in table.groupby(["scenario", "field"]):
        for column in ("before", "after", "gained", "lost", "people_before", "people_after"):
            assert part[column].iloc[0] == part[column].iloc[1:].sum(), column
    road = table[table.scenario != "바꿈"]
    assert (road.classes_before == road.classes_after).all()
    still = road[road.share_before == road.share_after]
    assert len(still)
    assert not still[["gained", "lost"]].any(axis=None)


def test_before_and_after_are_the_tables_of_each_by_itself(comparison):
    table = comparison.fields()
    for i, end in ((0, "before"), (1, "after")):
        own = programmes(offers_of(comparison.outcomes[i]), None, "ko").exhibits[0]
        at = [c.name for c in own.columns]
        city = table[(table.scenario == "바꿈") & (table.code == "")]
        for row, (_, told) in zip(own.rows, city.iterrows(), strict=True):
            assert row[at.index("classes")] == told[f"classes_{end}"]
            assert row[at.index("seats")] == told[f"seats_{end}"]
            assert row[at.index("within")] == told[end]
            assert row[at.index("seats_1000")] == pytest.approx(told[f"seats_1000_{end}"])


def test_the_last_class_may_go_and_the_first_may_come(comparison):
    city = comparison.base.study
    every = [{"do": "cancel_class", "id": id} for id in city.programmes.ids.tolist()]
    none = evaluate(Scenario("없음", every).apply(city), comparison.question)
    gone = compare(comparison.base, none).fields()
    assert not gone[["classes_after", "seats_after", "after", "gained"]].any(axis=None)
    back = compare(none, comparison.base).fields()
    assert back["gained"].tolist() == gone["lost"].tolist()
    assert back["after"].tolist() == gone["before"].tolist()


def test_a_study_without_classes_has_no_fields():
    town = toy_study("a b", {"ab": {}}, people={"a": 10}, centres="b")
    one = evaluate(town, ac.Question(minutes=(1,)))
    assert len(compare(one, one).fields()) == 0
