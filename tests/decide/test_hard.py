"""A hard instance, drawn: 20,000 points with people, 600 candidates, 25 sites."""

from __future__ import annotations

import numpy as np
import pytest

from access.decide.gains import most_covered
from access.decide.rules import exactly
from access.decide.siting import Siting


@pytest.fixture(scope="module")
def instance():
    rng = np.random.default_rng(0)
    demand = rng.random((20_000, 2))
    candidates = rng.random((600, 2))
    people = rng.integers(1, 101, 20_000)
    cost = np.hypot(*(demand[:, None] - candidates[None]).transpose(2, 0, 1))
    return Siting.of(cost, people, rules=[exactly(25, 600)])


def test_small_circles_are_proven(instance):
    plan = most_covered(instance, 0.05)
    assert (plan.status, plan.objective, plan.ties) == ("optimal", 231_784, ())
    assert plan.all_ties


@pytest.mark.slow
def test_wide_circles_come_within_a_known_gap(instance):
    plan = most_covered(instance, 0.12, seconds=60)
    near = instance.cost[:, plan.chosen].min(axis=1) <= 0.12
    assert instance.people[near].sum() == plan.objective >= 957_500
    assert plan.objective <= plan.bound <= 985_000
    assert len(plan.sites) == 25
    assert plan.gap == pytest.approx(plan.bound / plan.objective - 1)
