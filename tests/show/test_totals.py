"""What the slider reads: the table's own numbers, and nobody's cell."""

from __future__ import annotations

import numpy as np

from access.show.totals import HIDDEN, totals
from tests.show.town import OLD, WALK, answer, make_study


def test_at_the_limits_the_numbers_are_the_tables(outcomes):
    for outcome in outcomes:
        found, table = totals(outcome), outcome.districts()
        assert found["people"] == table["people"].tolist()
        for minutes in outcome.question.minutes:
            stop = found["stops"].index(minutes)
            reached = [row[stop] for row in found["reached"]]
            expected = table[f"within_{minutes:g}"]
            assert reached == [HIDDEN if 0 < n < 5 else n for n in expected]
            shares = [row[stop] for row in found["share"]]
            for share, exact, n in zip(shares, table[f"share_{minutes:g}"], reached, strict=True):
                assert share == (HIDDEN if n == HIDDEN else float(f"{exact:.1f}"))


def test_stops_are_whole_minutes_and_the_limits(town):
    found = totals(answer(town, OLD))
    assert 7.5 in found["stops"]
    assert set(range(1, 61)) <= set(found["stops"])
    assert found["stops"] == sorted(found["stops"])


def test_numbers_rise_with_the_minutes_and_add_up(town):
    found = totals(answer(town, WALK))
    reached = np.array(found["reached"])
    assert (reached != HIDDEN).any()
    shown = np.where(reached == HIDDEN, 0, reached)
    for row in shown:
        known = row[row > 0]
        assert (np.diff(known) >= 0).all()
    complete = (reached != HIDDEN).all(axis=0)
    assert complete.any()
    assert (shown[0] == shown[1:].sum(axis=0))[complete].all()


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
            assert not 0 < n < 5
            assert n != HIDDEN or percent == HIDDEN
    assert all(p in (0.0, HIDDEN) for p in found["share"][1])
