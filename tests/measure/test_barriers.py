"""Shapley shares: their axioms, and the gap to the last person."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import measure
from access.errors import InputError

law = settings(max_examples=60, derandomize=True, deadline=None)
NAMES = ["거리", "시간대", "휴관", "좌석"]


@st.composite
def gaps(draw):
    """Draw people who each need some barriers taken away, or cannot be helped."""
    needs = st.frozensets(st.sampled_from([*NAMES, "never"]), min_size=1)
    people = draw(st.lists(st.tuples(needs, st.integers(1, 50)), max_size=8))
    return people, lambda away: sum(n for need, n in people if not need <= away)


@given(gaps())
@law
def test_shares_sum_to_the_gap_and_are_means_over_orders(case):
    people, unreached = case
    table = measure.barrier_shares(NAMES, unreached)
    assert table["share"].sum() == pytest.approx(unreached(frozenset()), abs=1e-9)
    for name in NAMES:
        gains = []
        for order in permutations(NAMES):
            before = frozenset(order[: order.index(name)])
            gains.append(unreached(before) - unreached(before | {name}))
        assert table.loc[name, "share"] == pytest.approx(np.mean(gains))
        # Each person's part is shared equally by the barriers that person needs away.
        parts = [n / len(need) for need, n in people if name in need and "never" not in need]
        assert table.loc[name, "share"] == pytest.approx(sum(parts))
        assert table.loc[name, "alone"] == unreached(frozenset()) - unreached(frozenset([name]))
    assert table.loc["rest", "share"] == unreached(frozenset(NAMES))


@given(gaps())
@law
def test_a_barrier_that_holds_nobody_back_has_no_share(case):
    _, unreached = case
    table = measure.barrier_shares([*NAMES, "경사"], lambda away: unreached(away - {"경사"}))
    assert table.loc["경사"].tolist() == [0, 0, 0]
    once = measure.barrier_shares(NAMES, unreached)
    assert table["share"].drop("경사").to_dict() == pytest.approx(once["share"].to_dict())


def test_names_are_checked_and_each_set_is_asked_once():
    asked = []
    measure.barrier_shares(NAMES, lambda away: asked.append(away) or 0)
    assert len(asked) == len(set(asked)) == 16
    for wrong in ([], ["a", "a"], ["rest"], list("abcdefghijklm")):
        with pytest.raises(InputError, match="E916"):
            measure.barrier_shares(wrong, lambda away: 0)
