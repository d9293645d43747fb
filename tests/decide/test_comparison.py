"""Comparisons: exact changes obey the laws of differences, and whole people add up."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import Outcome, Question, Scenario, Study, compare, evaluate
from access._privacy import suppress_changes
from access._rounding import rounded_changes
from access.decide.comparison import Comparison
from access.errors import InputError
from access.testing import toy_study

WALK = Question(minutes=(2, 5, 9))
LETTERS = "abcdefghijklmnop"
GRID = "\n".join("--".join(LETTERS[i : i + 4]) for i in range(0, 16, 4))

laws = settings(derandomize=True, deadline=None, max_examples=40)


@cache
def town() -> Study:
    """Sixteen corners in three districts; people in fractions, as spreading leaves them."""
    ways = {LETTERS[i : i + 4]: {} for i in range(0, 16, 4)}
    ways |= {LETTERS[i::4]: {} for i in range(4)}
    people = {c: 1 + (7 * i % 11) / 3 for i, c in enumerate(LETTERS)}
    study = toy_study(
        GRID,
        ways,
        people=people,
        centres="ak",
        idle="dmp",
        districts={"가면": "abef", "나면": "cdgh", "다동": "ijklmnop"},
        spacing_m=150,
    )
    older = np.array([p * (i % 3) / 4 for i, p in enumerate(people.values())])
    return replace(study, groups={"all": study.groups["all"], "65+": older})


@cache
def today() -> Outcome:
    return evaluate(town(), WALK)


EDITS = [
    *({"do": "open_place", "place": c} for c in "dmp"),
    *({"do": "close_place", "place": c} for c in "ak"),
    *({"do": "close_road", "ways": [w]} for w in range(1, 9)),
    {"do": "add_road", "nodes": [ord("a"), ord("k")]},
    {"do": "move_place", "place": "a", "to": [127.503, 36.998]},
    {"do": "scale_people", "district": "나면", "factor": 1.7},
    {"do": "scale_people", "group": "65+", "factor": 0.4},
    {"do": "move_people", "from": "가면", "to": "다동", "people": 5.5},
]


@st.composite
def answers(draw) -> Outcome:
    """Draw what some scenario makes of today."""
    picked = draw(st.lists(st.integers(0, len(EDITS) - 1), unique=True, max_size=3))
    return answer(tuple(sorted(picked)))


@cache
def answer(picked: tuple[int, ...]) -> Outcome:
    study = town()
    for i in picked:  # one by one: together some would contradict each other
        study = Scenario(f"{i}", [EDITS[i]]).apply(study)
    return evaluate(study, WALK, reuse=today())


def parts(comparison: Comparison, i: int = 1) -> np.ndarray:
    return comparison.changes()[i]


@laws
@given(answers(), st.sampled_from(["all", "65+"]))
def test_nothing_has_changed_between_an_answer_and_itself(a, group):
    comparison = compare(a, a)
    assert not comparison.changes(group).any()
    table = comparison.districts(group)
    for column in ("change", "gained", "lost", "nearer", "farther", "share_change"):
        assert not table[column].fillna(0).any(), column
    assert (table["before"] == table["after"]).all()
    assert (table["people_before"] == table["people_after"]).all()


@laws
@given(answers(), answers(), st.sampled_from(["all", "65+"]))
def test_the_way_back_is_the_opposite(a, b, group):
    there, back = compare(a, b), compare(b, a)
    np.testing.assert_array_equal(there.changes(group), -back.changes(group))
    limits = np.array(WALK.minutes)
    gained, lost = there._exact(1, group, limits)
    np.testing.assert_array_equal(back._exact(1, group, limits), (lost, gained))
    one, other = there.districts(group), back.districts(group)
    np.testing.assert_array_equal(one["share_change"], -other["share_change"])


@laws
@given(answers(), answers(), answers())
def test_steps_add_up(a, b, c):
    whole, first, then = compare(a, c), compare(a, b), compare(b, c)
    np.testing.assert_allclose(parts(whole), parts(first) + parts(then), atol=1e-9)
    several = compare(a, b, c).changes()
    np.testing.assert_array_equal(several[1], parts(first))
    np.testing.assert_array_equal(several[2], parts(whole))


@laws
@given(answers(), answers(), st.sampled_from(["all", "65+"]))
def test_whole_people_add_up_and_agree_with_the_first_answer(a, b, group):
    comparison = compare(a, b)
    flows = comparison.flows(1, group)
    minutes, whole = a.steps(group)
    np.testing.assert_array_equal(flows.before, whole[:, :-1])
    assert (flows.gained >= 0).all()
    assert (flows.lost >= 0).all()
    assert (flows.lost <= flows.before).all()
    assert (flows.after >= 0).all()
    assert (np.diff(flows.after, axis=1) >= 0).all(), "more minutes never reach fewer"
    assert (flows.after <= flows.people_after[:, None]).all()
    gained, lost = comparison._exact(1, group, minutes)
    still = (gained == 0) & (lost == 0)
    assert not flows.gained[still].any()
    assert not flows.lost[still].any()
    # Not exact: a change is rounded beside what was rounded before it.
    assert np.abs(flows.gained - flows.lost - (gained - lost)).max(initial=0) <= 2
    table = comparison.districts(group)
    assert (table["before"] + table["change"] == table["after"]).all()
    assert (table["gained"] - table["lost"] == table["change"]).all()
    for _, block in table.groupby("minutes"):
        for column in ("people_before", "people_after", "before", "after", "gained", "lost"):
            assert block[column].iloc[0] == block[column].iloc[1:].sum(), column


@laws
@given(answers(), answers(), st.sampled_from(["all", "65+"]))
def test_the_city_is_that_of_both_tables_unless_nobody_who_changed_could_give_way(a, b, group):
    comparison = compare(a, b)
    flows = comparison.flows(1, group)
    own = b.steps(group)[1]
    at = int(np.searchsorted(flows.minutes, WALK.limit))
    short = own[:, at].sum() - flows.after[:, at].sum()
    gained, lost = comparison._exact(1, group, flows.minutes)
    still = (gained == 0) & (lost == 0)
    most = np.where(still, flows.before, flows.people_after[:, None])[:, at:].min(axis=1)
    least = np.where(still, flows.before, 0)[:, : at + 1].max(axis=1)
    free = np.abs(gained - lost)[:, at] > 2e-6
    if short:
        bound = most if short > 0 else least
        np.testing.assert_array_equal(flows.after[free, at], bound[free])
        assert abs(short) <= 2
    assert flows.people_after.sum() == own[:, -1].sum()


@laws
@given(answers())
def test_who_is_nearer_or_farther_is_told_by_the_cells(b):
    comparison = compare(today(), b)
    cells = comparison.to_frame()
    cells = cells[cells["district"] != ""]
    far = [cells[c].fillna(np.inf) for c in ("minutes_before", "minutes_after")]
    people = cells[["people_before", "people_after"]].min(axis=1)
    table = comparison.districts()
    for column, which in (("nearer", far[1] < far[0]), ("farther", far[1] > far[0])):
        assert table[column].iloc[0] == pytest.approx(people[which].sum(), abs=0.51)


def test_districts_no_plan_touches_show_no_change():
    b = evaluate(Scenario("m", [EDITS[1]]).apply(town()), WALK, reuse=today())
    table = compare(today(), b).districts()
    cells = compare(today(), b).to_frame()
    touched = set(cells[cells["minutes_before"] != cells["minutes_after"]]["district"])
    untouched = table[~table["code"].isin(touched) & (table["code"] != "")]
    assert len(untouched)
    for column in ("change", "gained", "lost", "nearer", "farther"):
        assert not untouched[column].any()
    pd.testing.assert_series_equal(untouched["share_before"], untouched["share_after"],
                                   check_names=False)  # fmt: skip


def test_who_gains_is_counted_by_hand():
    study = toy_study("a b c", {"abc": {}}, people={"a": 10, "c": 7}, centres="a", idle="c")
    walk = Question(minutes=(1, 6))
    both = Scenario(
        "옮김", [{"do": "open_place", "place": "c"}, {"do": "close_place", "place": "a"}]
    )
    base = evaluate(study, walk)
    table = compare(base, evaluate(both.apply(study), walk, reuse=base)).districts()
    rows = table[table["code"] != ""].set_index("minutes")
    told = ["before", "after", "change", "gained", "lost", "nearer", "farther"]
    assert rows.loc[1, told].tolist() == [10, 7, -3, 7, 10, 7, 10]
    assert rows.loc[6, told].tolist() == [17, 17, 0, 0, 0, 7, 10]
    assert rows.loc[1, "share_after"] == pytest.approx(100 * 7 / 17)


def test_groups_are_the_rows_of_the_city():
    b = evaluate(Scenario("d", [EDITS[0]]).apply(town()), WALK, reuse=today())
    comparison = compare(today(), b, by="group")
    table = comparison.table()
    assert table["group"].tolist() == ["all"] * 3 + ["65+"] * 3
    assert set(table["name"]) == {"계"}
    again = comparison.districts("65+")
    pd.testing.assert_frame_equal(
        table[table["group"] == "65+"].reset_index(drop=True),
        again[again["name"] == "계"].reset_index(drop=True),
    )


def test_a_plan_may_close_the_last_place():
    study = toy_study("a b", {"ab": {}}, people={"a": 10}, centres="b")
    base = evaluate(study, WALK)
    none = Scenario("없음", [{"do": "close_place", "place": "b"}]).apply(study)
    table = compare(base, evaluate(none, WALK, reuse=base)).districts()
    assert table["after"].tolist() == [0] * 6
    assert table["farther"].tolist() == [10] * 6
    with pytest.raises(InputError, match="E605"):
        evaluate(none, WALK.but(to=("library",)))


# What cannot be compared.


def test_only_answers_to_one_question_are_compared():
    other = evaluate(town(), WALK.but(minutes=(5,), group="65+"))
    with pytest.raises(InputError, match=r"E695.*minutes, group"):
        compare(today(), other)
    with pytest.raises(InputError, match="E697"):
        compare(today())
    with pytest.raises(InputError, match=r"E600.*district"):
        compare(today(), today(), by="distric")
    with pytest.raises(TypeError, match="Study"):
        compare(today(), town())


def test_answers_about_other_cells_are_not_compared():
    small = toy_study("a b", {"ab": {}}, people={"a": 10}, centres="b")
    with pytest.raises(InputError, match="E696"):
        compare(today(), evaluate(small, WALK))


def test_names_tell_scenarios_apart():
    b = evaluate(Scenario("다리", [EDITS[0]]).apply(town()), WALK)
    assert compare(today(), b, b, today()).names == ("현재", "다리", "다리 (2)", "현재 (2)")
    both = Scenario("또", [EDITS[1]]).apply(b.study)
    assert compare(today(), evaluate(both, WALK)).names[1] == "다리 + 또"


def test_a_comparison_shows_itself():
    b = evaluate(Scenario("<b>", [EDITS[0]]).apply(town()), WALK, reuse=today())
    comparison = compare(today(), b)
    assert "<b> +" in repr(comparison)
    shown = comparison._repr_html_()
    for word in ("시나리오", "새로 닿음", "&lt;b&gt;", "9분 이내", "가면"):
        assert word in shown
    assert "<b> " not in shown
    english = replace(b.study, lang="en")
    assert "Gained" in compare(replace(today(), study=english), b)._repr_html_()


# Whole people of changes, and what of them is shown.

changes = st.lists(st.one_of(st.just(0.0), st.floats(-30, 30)), min_size=1, max_size=8)


@laws
@given(changes)
def test_changes_are_rounded_to_their_neighbours_and_keep_their_sum(values):
    x = np.array(values)
    whole = rounded_changes(x)
    assert (np.abs(whole - x) < 1 + 1e-5).all()
    assert not whole[x == 0].any()
    opposite = rounded_changes(-x)
    np.testing.assert_array_equal(opposite, -whole)
    if (x != 0).sum() > 1 and abs(abs(x.sum()) % 1 - 0.5) > 1e-3:
        assert abs(whole.sum() - x.sum()) < 1


@laws
@given(changes, st.integers(-3, 3))
def test_changes_come_to_the_sum_asked_for(values, off):
    x = np.array(values)
    asked = int(np.rint(x.sum())) + off
    whole = rounded_changes(x, total=asked)
    assert whole.sum() == asked or not (np.abs(x) > 2e-6).any()
    assert not whole[x == 0].any()


@laws
@given(changes, st.integers(0, 5), st.integers(0, 5))
def test_changes_stay_within_their_bounds(values, down, up):
    x = np.array(values)
    whole = rounded_changes(x, -down, up)
    assert ((whole >= -down) & (whole <= up)).all()


COUNTS = ("people_before", "people_after", "before", "after", "change", "gained", "lost")


@st.composite
def flow_tables(draw) -> pd.DataFrame:
    """Draw districts whose numbers are often few, or all but a few."""
    near = st.one_of(st.integers(0, 6), st.sampled_from([30, 498, 500]))
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        kept, lost, gained, never = (draw(near) for _ in range(4))
        moved = draw(st.sampled_from([0, 0, 0, 3, 40]))
        people = kept + lost + gained + never
        rows.append(
            (people, people + moved, kept + lost, kept + gained, gained - lost, gained, lost)
        )
    table = pd.DataFrame(rows, columns=COUNTS)
    table = pd.concat([table.sum().to_frame().T, table], ignore_index=True)
    for end in ("before", "after"):
        people = table[f"people_{end}"]
        table[f"share_{end}"] = 100 * table[end] / people.where(people > 0)
    table["share_change"] = table["share_after"] - table["share_before"]
    return table.assign(scenario="x", minutes=5.0, group="all")


def possible(value: int | str) -> tuple[int, int]:
    """Return what a reader knows of a number that is shown as `value`."""
    if not isinstance(value, str):
        return value, value
    return (1, 4) if value == "<5" else (int(value[1:]) + 1, 10**6)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(flow_tables())
def test_what_is_told_of_changes_is_true_and_no_small_number_follows_from_its_row(table):
    shown = suppress_changes(table)
    known = {c: [possible(v) for v in shown[c]] for c in COUNTS}
    for column, intervals in known.items():
        for exact, (low, high), value in zip(table[column], intervals, shown[column], strict=True):
            assert exact in (0, max(low, exact)), (column, value, exact)
            assert exact <= high, (column, value, exact)
            if column != "change":
                assert isinstance(value, str) or not 0 < value < 5, column
    for r in range(len(table)):
        at = {c: known[c][r] for c in COUNTS}
        flows = {
            "gained": (at["after"][0] - at["before"][1] + at["lost"][0],
                       at["after"][1] - at["before"][0] + at["lost"][1]),
            "lost": (at["before"][0] - at["after"][1] + at["gained"][0],
                     at["before"][1] - at["after"][0] + at["gained"][1]),
        }  # fmt: skip
        for column, (low, high) in flows.items():
            if shown[column][r] == "<5":
                assert max(low, 1) < min(high, 4), (column, table.iloc[r], shown.iloc[r])
        if any(isinstance(shown[c][r], str) for c in ("before", "after", "gained", "lost")):
            assert shown["share_change"][r] is None
            assert isinstance(shown["change"][r], str)
