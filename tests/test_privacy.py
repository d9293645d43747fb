"""What a table hides cannot be reckoned from what it shows."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from access._privacy import HIDDEN, count, suppress

MANY = 10**6


def drawn(least: int) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Return districts as people and those within the limit, few or nearly all of them often."""

    def within(people: int) -> st.SearchStrategy[tuple[int, int]]:
        ends = {0, 1, 2, 3, 4, 5, *(people - k for k in range(6))}
        near = st.sampled_from(sorted(n for n in ends if 0 <= n <= people))
        return st.tuples(st.just(people), near | st.integers(0, people))

    people = st.just(0) | st.sampled_from(range(least, least + 9)) | st.sampled_from([50, 6640])
    return st.lists(people.flatmap(within), min_size=1, max_size=5)


def published(districts: list[tuple[int, int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the true table, 계 first, and the one that is shown."""
    table = pd.DataFrame(districts, columns=["people", "within_15"])
    table["underserved"] = table["people"] - table["within_15"]
    table = pd.concat([table.sum().to_frame().T, table], ignore_index=True)
    table["share_15"] = 100 * table["within_15"] / table["people"].where(table["people"] > 0)
    return table, suppress(table)


COUNTS = ["people", "within_15", "underserved"]


def possible(value: int | str) -> tuple[int, int]:
    """Return what a reader knows of a number that is shown as `value`."""
    if isinstance(value, int):
        return value, value
    return (1, 4) if value == HIDDEN else (int(value[1:]) + 1, MANY)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(drawn(least=1))
def test_no_small_count_is_shown_and_all_that_is_told_is_true(districts):
    table, shown = published(districts)
    for column in COUNTS:
        for exact, value in zip(table[column], shown[column], strict=True):
            low, high = possible(value)
            assert low <= exact <= high
            assert isinstance(value, str) or not 0 < value < 5
    for exact, share, value in zip(
        table["share_15"], shown["share_15"], shown["within_15"], strict=True
    ):
        if isinstance(share, float):
            assert not isinstance(value, str)
            assert np.isnan(exact) or abs(share - exact) <= 0.1
        elif share != HIDDEN:
            assert exact > float(share[1:])


@settings(derandomize=True, deadline=None, max_examples=120)
@given(drawn(least=10))
def test_a_hidden_number_follows_from_no_row_and_no_column(districts):
    """All rows and columns together leave at least two values for every hidden small number."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    table, shown = published(districts)
    rows = len(table)
    known = np.array([possible(v) for c in COUNTS for v in shown[c]], float)
    laws = []
    for r in range(rows):
        law = np.zeros((3, rows))
        law[:, r] = 1, -1, -1
        laws.append(law.ravel())
    for c in range(3):
        law = np.zeros((3, rows))
        law[c, 0], law[c, 1:] = 1, -1
        laws.append(law.ravel())
    hidden = [k for k, (low, high) in enumerate(known) if (low, high) == (1, 4)]
    for k in hidden:
        wanted = np.zeros(3 * rows)
        wanted[k] = 1
        least, most = (
            sign
            * milp(
                sign * wanted,
                constraints=LinearConstraint(np.array(laws), 0, 0),
                bounds=Bounds(*known.T),
                integrality=np.ones(3 * rows),
            ).fun
            for sign in (1, -1)
        )
        assert most - least > 0.5, (table, shown)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(drawn(least=1))
def test_one_hidden_number_is_never_alone_in_its_column(districts):
    """계 less the other rows never is a small number, whatever the size of the districts."""
    table, shown = published(districts)
    for column in COUNTS:
        hidden = [isinstance(v, str) for v in shown[column]]
        if sum(hidden) == 1:
            assert not 0 < table[column][hidden.index(True)] < 5


def test_the_tables_example():
    """One to four of 6,640 people left over do not follow from those within the time."""
    table, shown = published([(6640, 6639), (2087, 2085), (63412, 63372), (5207, 5207)])
    assert shown["underserved"].tolist() == [43, HIDDEN, HIDDEN, 40, 0]
    assert shown["within_15"].tolist() == [table["within_15"][0], ">6635", ">2082", 63372, 5207]
    assert shown["share_15"].tolist() == [99.9, ">99.9", ">99.7", 99.9, 100.0]
    assert count(shown["within_15"][1]) == ">6,635"


def test_next_smallest_is_hidden_beside_a_single_one():
    _, shown = published([(6640, 6638), (500, 300), (900, 890)])
    assert shown["underserved"].tolist() == [212, HIDDEN, 200, ">7"]
    assert shown["within_15"].tolist() == [7828, ">6635", 300, ">888"]


def test_the_sample_tells_no_remainder(sample_study, sample_answer):
    """In districts.csv of the sample, by car, two districts leave one and two people over."""
    from access.show.tables import districts_csv

    outcome = sample_answer(sample_study.questions[3])
    text = districts_csv([outcome]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    left = [row for row in rows if row["underserved"] == HIDDEN]
    assert len(left) >= 2
    for row in rows:
        if row["within_20"].isdigit():
            assert not 0 < int(row["people"]) - int(row["within_20"]) < 5
            assert (row["share_20"] == "100.0") == (row["people"] == row["within_20"])
    assert all(row["within_20"] == f">{int(row['people']) - 5}" for row in left)
