"""What the slider reads: the table's own numbers, and nobody's cell."""

from __future__ import annotations

import numpy as np

from access._privacy import HIDDEN, suppress
from access.show.totals import totals
from tests.show.town import OLD, WALK, answer, make_study


def test_at_the_limits_the_numbers_are_the_tables(outcomes):
    for outcome in outcomes:
        found, table = totals(outcome), suppress(outcome.districts())
        assert found["people"] == table["people"].tolist()
        for minutes in outcome.question.minutes:
            stop = found["stops"].index(minutes)
            reached = [row[stop] for row in found["reached"]]
            assert reached == table[f"within_{minutes:g}"].tolist()
            assert [row[stop] for row in found["share"]] == table[f"share_{minutes:g}"].tolist()


def test_stops_are_whole_minutes_and_the_limits(town):
    found = totals(answer(town, OLD))
    assert 7.5 in found["stops"]
    assert set(range(1, 61)) <= set(found["stops"])
    assert found["stops"] == sorted(found["stops"])


def test_numbers_rise_with_the_minutes_and_add_up(town):
    found = totals(answer(town, WALK))
    shown = np.array(
        [[np.nan if isinstance(n, str) else n for n in row] for row in found["reached"]]
    )
    for row in shown:
        assert (np.diff(row[~np.isnan(row)]) >= 0).all()
    complete = ~np.isnan(shown).any(axis=0)
    assert complete.sum() > 20
    assert (shown[0] == shown[1:].sum(axis=0))[complete].all()


def test_a_share_of_nobody_is_no_number():
    study = make_study()
    people = (study.cell_district == 0) * 10.0
    found = totals(answer(make_study(groups={"all": people}), WALK))
    assert found["people"][2] == 0
    assert set(found["share"][2]) == {"-"}


def test_small_groups_are_hidden_with_their_share():
    study = make_study()
    few = np.zeros(len(study.cells))
    few[study.cell_district == 0] = 4.0 / (study.cell_district == 0).sum()
    few[study.cell_district == 1] = 1.0
    tiny = make_study(groups={"all": few})
    found = totals(answer(tiny, WALK))
    assert found["people"][1] == HIDDEN
    for reached, share in zip(found["reached"], found["share"], strict=True):
        for n, percent in zip(reached, share, strict=True):
            assert isinstance(n, str) or not 0 < n < 5
            assert isinstance(percent, str) >= isinstance(n, str)
    assert all(p in (0.0, HIDDEN) for p in found["share"][1])


def test_the_slider_does_not_tell_the_few_who_are_left(town):
    """At no stop do people and the people reached differ by one to four."""
    outcome = answer(town, WALK)
    people = np.ones(len(town.cells))
    people[outcome.minutes > 30] = 3 / (outcome.minutes > 30).sum()
    found = totals(answer(make_study(groups={"all": people}), WALK))
    assert any(str(n).startswith(">") for row in found["reached"] for n in row)
    for row, whole in zip(found["reached"], found["people"], strict=True):
        assert not any(isinstance(n, int) and 0 < whole - n < 5 for n in row)
