"""Indices by group, gaps between groups, and what the indices refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from access import measure
from access.errors import InputError

IDS = list("가나다라")
VALUE = pd.Series([4.0, 0, 8, 2], index=IDS)
PEOPLE = pd.Series([10.0, 10, 5, 0], index=IDS)
DISTRICT = pd.Series(["강동", "강동", "산내", "산내"], index=IDS)
AGES = {"0-18": [6, 2, 1, 0], "65+": [4, 8, 4, 0]}


def test_by_district_is_the_index_of_the_district():
    value = measure.grouped(measure.gini, VALUE, PEOPLE, by=DISTRICT[::-1])
    assert value.to_dict() == {
        "강동": measure.gini(VALUE[:2], PEOPLE[:2]),
        "산내": measure.gini(VALUE[2:], PEOPLE[2:]),
    }


def test_by_age_and_by_district_and_age():
    ages = measure.grouped(measure.mean, VALUE, AGES, by=None)
    assert ages.to_dict() == {"0-18": 32 / 9, "65+": 3.0}
    both = measure.grouped(measure.mean, VALUE, AGES, by=DISTRICT)
    assert both["강동", "65+"] == pytest.approx(16 / 12)
    assert both["산내", "0-18"] == 8


def test_ranks_and_other_options_go_with_their_cells():
    rank = pd.Series([4.0, 3, 2, 1], index=IDS)
    value = measure.grouped(measure.concentration, VALUE, PEOPLE, by=DISTRICT, rank=rank[::-1])
    assert value["강동"] == measure.concentration([4, 0], [10, 10], [4, 3])
    short = measure.grouped(measure.fgt, VALUE, PEOPLE, by=DISTRICT, line=5, alpha=1)
    assert short["강동"] == pytest.approx((0.2 + 1) / 2)


def test_gaps_say_for_how_many():
    table = measure.gaps(VALUE > 0, {"all": PEOPLE, "65+": [0, 8, 4, 0]})
    assert table.loc["all"].tolist() == pytest.approx([25, 0.6, 0, 1, 0])
    assert table.loc["65+", "gap"] == pytest.approx(1 / 3 - 0.6)
    assert table.loc["65+", "missing"] == pytest.approx((0.6 - 1 / 3) * 12)
    minutes = measure.gaps(VALUE, {"65+": AGES["65+"]}, reference=PEOPLE, high=True)
    assert minutes.loc["65+", "missing"] == pytest.approx((3 - 3.2) * 0)
    with pytest.raises(InputError, match="E912"):
        measure.gaps(VALUE, {})


def test_the_tenths_of_palma_are_exact():
    """The richest tenth is half of the last fifth; ties are shared."""
    assert measure.palma([1, 1, 5], [40, 40, 20], rank=[1, 2, 3]) == 5
    assert measure.palma([2, 4, 5], [20, 20, 60], rank=[1, 1, 2]) == pytest.approx(5 / 3)
    assert measure.palma([1, 2, 6], [40, 55, 5], rank=[1, 2, 3]) == pytest.approx(4)
    assert np.isnan(measure.palma([0, 9], [50, 50], rank=[1, 2]))
    assert np.isnan(measure.palma([1, 9], [50, 50], rank=[1, 2], limits=(0, 1)))


def test_no_way_is_wholly_short_of_a_line_of_minutes():
    asked = {"line": 15, "high": True}
    minutes, people = [15, 16.5, 30, 90, np.inf], [1, 1, 1, 1, 1]
    assert measure.fgt(minutes, people, **asked) == pytest.approx(0.8)
    assert measure.fgt(minutes, people, alpha=1, **asked) == pytest.approx(0.62)


def test_zero_access_stays():
    """Trap T3: R's theil_t drops those without access and would say 1.3863 here."""
    assert measure.theil([0, 0, 0, 10, 10, 10], [1] * 6) == pytest.approx(np.log(2))
    assert measure.atkinson([0, 10], [1, 1], 1) == 1
    assert measure.gini([0, 0], [1, 2]) == measure.theil([0, 0], [1, 2]) == 0


def test_what_cannot_be_used_is_refused():
    for code, call in (
        ("E900", lambda: measure.atkinson(VALUE, PEOPLE, 0)),
        ("E900", lambda: measure.fgt(VALUE, PEOPLE, 0)),
        ("E900", lambda: measure.concentration(VALUE, PEOPLE, PEOPLE, bounds=(0, 1))),
        ("E911", lambda: measure.palma(VALUE, PEOPLE, [1, np.nan, 2, 3])),
        ("E907", lambda: measure.palma(VALUE, PEOPLE, [1, 2])),
        ("E906", lambda: measure.gini(["많음"], [1])),
        ("E907", lambda: measure.gini([[1, 2]], [1])),
        ("E907", lambda: measure.theil_parts(VALUE, PEOPLE, by=["a"])),
        ("E904", lambda: measure.theil_parts(VALUE, PEOPLE, by=DISTRICT[1:])),
        ("E910", lambda: measure.fgt([np.nan, 1], [1, 1], 5, high=True)),
    ):
        with pytest.raises(InputError, match=code):
            call()
