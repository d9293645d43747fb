"""Groups by age, and residents spread over cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from access.errors import InputError
from access.inputs.population import OLDEST, Residents, group_counts, possible_groups, spread


def residents(step, oldest=100, districts=2):
    ages = [[a, a + step - 1] for a in range(0, oldest, step)] + [[oldest, OLDEST]]
    counts = np.arange(districts * len(ages), dtype=float).reshape(districts, -1)
    names = np.array([f"읍{i}" for i in range(districts)])
    return Residents(names, names, np.array(ages), counts, file="residents.csv")


def test_single_years_form_every_group():
    people = residents(1)
    assert possible_groups(people)[:6] == ["all", "0-18", "19-39", "40-64", "65+", "75+"]
    assert group_counts(people, "all").tolist() == people.counts.sum(axis=1).tolist()
    assert group_counts(people, "65+").tolist() == people.counts[:, 65:].sum(axis=1).tolist()
    assert group_counts(people, "0-18").tolist() == people.counts[:, :19].sum(axis=1).tolist()
    assert group_counts(people, "7-7").tolist() == people.counts[:, 7].tolist()


def test_the_groups_part_everyone():
    people = residents(1)
    parts = sum(group_counts(people, g) for g in ("0-18", "19-39", "40-64", "65+"))
    assert parts.tolist() == group_counts(people, "all").tolist()


def test_ten_year_ages_name_the_groups_they_form(told):
    people = residents(10)
    with pytest.raises(InputError) as error:
        group_counts(people, "65+")
    problem = told(error.value, "E340", value="65+")
    assert "60+" in problem.text("ko")
    assert "70+" in problem.text("en")
    for group in possible_groups(people):
        group_counts(people, group)
    assert group_counts(people, "60+").tolist() == people.counts[:, 6:].sum(axis=1).tolist()
    assert group_counts(people, "10-29").tolist() == people.counts[:, 1:3].sum(axis=1).tolist()


@pytest.mark.parametrize("group", ["0-18", "19-39", "5-9", "105+", "100-120"])
def test_groups_across_a_band_are_refused(group):
    with pytest.raises(InputError):
        group_counts(residents(10), group)


def test_a_missing_band_is_not_everyone(told):
    whole = residents(10)
    part = Residents(whole.codes, whole.names, whole.ages[1:], whole.counts[:, 1:])
    with pytest.raises(InputError):
        group_counts(part, "all")
    gap = Residents(
        whole.codes, whole.names, np.delete(whole.ages, 3, 0), np.delete(whole.counts, 3, 1)
    )
    with pytest.raises(InputError):
        group_counts(gap, "20-49")


@pytest.mark.parametrize("group", ["senior", "65", "18-0", "", "-5", "6 5+"])
def test_what_is_no_group(told, group):
    with pytest.raises(InputError) as error:
        group_counts(residents(1), group)
    told(error.value, "E341", value=group)


def test_a_district_without_cells_or_people_is_reported():
    people, left = spread(
        np.array([100.0, 50.0, 7.0]), np.array([3.0, 1.0, 0.0, 9.0]), np.array([0, 0, 1, -1])
    )
    assert people.tolist() == [75.0, 25.0, 0.0, 0.0]
    assert left.tolist() == [0.0, 50.0, 7.0]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data(), districts=st.integers(1, 5), cells=st.integers(0, 30))
def test_spreading_conserves_every_district(data, districts, cells):
    counts = st.integers(0, 10**6).map(float)
    total = data.draw(arrays(np.float64, districts, elements=counts))
    weight = data.draw(arrays(np.float64, cells, elements=counts))
    where = data.draw(arrays(np.int32, cells, elements=st.integers(-1, districts - 1)))
    people, left = spread(total, weight, where)
    for d in range(districts):
        assert people[where == d].sum() + left[d] == pytest.approx(total[d], rel=1e-12)
    assert (people >= 0).all()
    assert (people[where < 0] == 0).all()
    assert (people[weight == 0] == 0).all()
