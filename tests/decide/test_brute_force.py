"""Every model against every choice there is (RELIABILITY M41)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from access.decide.backup import most_backed
from access.decide.fairness import fairest
from access.decide.gains import least_travel, most_covered, most_gained
from access.decide.rules import exactly
from access.decide.seats import least_travel_seated, most_seated
from access.decide.sets import cover_all, least_farthest, most_apart
from tests.decide.small import LIMIT, best, check, covered, sitings

hold = settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def nearest(siting, chosen):
    return np.minimum(siting.cost[:, chosen].min(axis=1, initial=np.inf), siting.today)


def served(siting):
    return (siting.people > 0) & (np.isfinite(siting.cost).any(axis=1) | np.isfinite(siting.today))


@hold
@given(sitings())
def test_coverage(drawn):
    siting, _, _ = drawn
    check(most_covered(siting, LIMIT), siting, lambda c: covered(siting, c), 1)


@hold
@given(sitings(), st.data())
def test_gains_that_fade(drawn, data):
    siting, _, _ = drawn
    gain = np.where(np.isfinite(siting.cost), 1 / (1 + siting.cost), 0.0)
    worth = np.array(
        data.draw(st.lists(st.integers(0, 3), min_size=len(siting), max_size=len(siting))), float
    )
    now = np.where(np.isfinite(siting.today), 1 / (1 + siting.today), 0.0)

    def score(chosen):
        best_gain = np.maximum(gain[:, chosen].max(axis=1, initial=0), now)
        return float((siting.people * best_gain).sum() + worth[chosen].sum())

    check(most_gained(siting, gain, worth, today=now), siting, score, 1)


@hold
@given(sitings())
def test_median(drawn):
    siting, _, _ = drawn

    def score(chosen):
        cost = nearest(siting, chosen)[served(siting)]
        people = siting.people[served(siting)]
        return float((people * cost).sum()) if np.isfinite(cost).all() else np.nan

    check(least_travel(siting), siting, score, -1)


@hold
@given(sitings())
def test_covering_everybody(drawn):
    siting, _, _ = drawn
    reachable = (siting.cost <= LIMIT).any(axis=1) | (siting.today <= LIMIT)
    wanted = (siting.people > 0) & reachable

    def score(chosen):
        return float(len(chosen)) if (nearest(siting, chosen)[wanted] <= LIMIT).all() else np.nan

    missed = (siting.people > 0) & ~reachable
    plan = cover_all(siting, LIMIT)
    assert plan.unserved.tolist() == np.flatnonzero(missed).tolist()
    if missed.any():
        assert plan.status == "infeasible"
        assert len(plan.conflict) == 2
    check(cover_all(siting, LIMIT, best_effort=True), siting, score, -1)


@hold
@given(sitings())
def test_covering_everybody_for_the_least_cost(drawn):
    siting, _, prices = drawn
    wanted = (siting.people > 0) & ((siting.cost <= LIMIT).any(axis=1) | (siting.today <= LIMIT))

    def score(chosen):
        return prices[chosen].sum() if (nearest(siting, chosen)[wanted] <= LIMIT).all() else np.nan

    check(cover_all(siting, LIMIT, price=prices, best_effort=True), siting, score, -1)


@hold
@given(sitings())
def test_center(drawn):
    siting, _, _ = drawn

    def score(chosen):
        cost = nearest(siting, chosen)[served(siting)]
        return float(cost.max(initial=0)) if np.isfinite(cost).all() else np.nan

    check(least_farthest(siting), siting, score, -1)


@hold
@given(sitings(free=True))
def test_dispersion(drawn):
    siting, metres, _ = drawn
    p = int(siting.rules[0].low[0])
    rules = (exactly(max(2, p), len(siting)), *siting.rules[1:])
    siting = siting.but(rules=rules)

    def score(chosen):
        return min(metres[a, b] for a in chosen for b in chosen if a < b)

    check(most_apart(siting, metres), siting, score, 1)


@hold
@given(sitings(), st.sampled_from([0.0, 0.4, 0.5, 0.8]), st.booleans())
def test_backup(drawn, once, everybody):
    siting, _, _ = drawn
    table = siting.cost <= LIMIT
    already = (siting.today <= LIMIT).astype(int)
    needy = (siting.people > 0) & (table.any(axis=1) | (already > 0))

    def score(chosen):
        number = already + table[:, chosen].sum(axis=1)
        if everybody and (number[needy] == 0).any():
            return np.nan
        first, second = (siting.people[number >= k].sum() for k in (1, 2))
        return once * first + (1 - once) * second

    check(most_backed(siting, LIMIT, once=once, everybody=everybody), siting, score, 1)


def transported(value, demand, seats, everybody):
    """Return the most that people are worth at places with seats, by SciPy; NaN if it cannot be."""
    n, k = value.shape
    if k == 0 or n == 0:
        return np.nan if everybody and n else 0.0
    people = np.kron(np.eye(n), np.ones(k))
    loads = np.kron(demand, np.eye(k))
    worth = (demand[:, None] * np.where(np.isfinite(value), value, 0)).ravel()
    bounds = [(0, 1 if ok else 0) for ok in np.isfinite(value).ravel()]
    equal = {"A_eq": people, "b_eq": np.ones(n)} if everybody else {}
    upper = loads if everybody else np.vstack([loads, people])
    limit = seats if everybody else np.concatenate([seats, np.ones(n)])
    done = linprog(-worth, A_ub=upper, b_ub=limit, bounds=bounds, **equal)
    return -done.fun if done.status == 0 else np.nan


@hold
@given(sitings(most_cells=6, most_candidates=5), st.data())
def test_seats(drawn, data):
    siting, _, _ = drawn
    m = len(siting)
    seats = np.array(data.draw(st.lists(st.integers(0, 30), min_size=m + 1, max_size=m + 1)), float)
    opened = np.column_stack([siting.cost, siting.today])

    def score(chosen):
        places = [*chosen, m]
        value = np.where(opened[:, places] <= LIMIT, 1.0, np.nan)
        return transported(value, siting.people, seats[places], False)

    plan = most_seated(
        siting, LIMIT, seats[:m], open_cost=siting.today[:, None], open_seats=seats[m:]
    )
    check_value(plan, siting, score, 1)
    if plan.status == "optimal":
        assert (plan.loads <= seats[plan.chosen] + 1e-6).all()


@hold
@given(sitings(most_cells=6, most_candidates=5), st.data())
def test_travel_with_seats(drawn, data):
    siting, _, _ = drawn
    m = len(siting)
    seats = np.array(data.draw(st.lists(st.integers(0, 60), min_size=m, max_size=m)), float)
    who = (siting.people > 0) & np.isfinite(siting.cost).any(axis=1)

    def score(chosen):
        cost = siting.cost[who][:, chosen]
        value = np.where(np.isfinite(cost), -cost, np.nan)
        return -transported(value, siting.people[who], seats[chosen], True)

    check_value(least_travel_seated(siting, seats), siting, score, -1)


@hold
@given(sitings(most_cells=5, most_candidates=4), st.data())
def test_cells_that_stay_whole(drawn, data):
    siting, _, _ = drawn
    m = len(siting)
    seats = np.array(data.draw(st.lists(st.integers(0, 30), min_size=m, max_size=m)), float)
    table = siting.cost <= LIMIT

    def score(chosen):
        loads = {tuple(np.zeros(len(chosen))): 0.0}
        for i, people in enumerate(siting.people.tolist()):
            more = dict(loads)
            for load, total in loads.items():
                for k, j in enumerate(chosen):
                    if table[i, j] and load[k] + people <= seats[j]:
                        new = tuple(v + people * (at == k) for at, v in enumerate(load))
                        more[new] = max(more.get(new, 0.0), total + people)
            loads = more
        return max(loads.values())

    check_value(most_seated(siting, LIMIT, seats, whole_cells=True), siting, score, 1)


def check_value(plan, siting, score, sense):
    """As `check`, but for equals that differ in the last digits of another solver."""
    value, ties = best(siting, lambda c: round(score(c), 6), sense)
    if value is None:
        assert plan.status == "infeasible", plan
        assert plan.conflict
        return
    assert plan.status == "optimal", plan
    assert plan.objective == pytest.approx(value, abs=2e-6)
    assert tuple(plan.chosen.tolist()) == ties[0]


@hold
@given(sitings(), st.data())
def test_fairness(drawn, data):
    siting, _, _ = drawn
    n = len(siting.people)
    member = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    groups = np.array([siting.people * (member == g) for g in range(3)])
    if not siting.people.any():
        return
    groups = groups[groups.sum(axis=1) > 0]

    def share(chosen):
        near = nearest(siting, chosen) <= LIMIT
        return min(who[near].sum() / who.sum() for who in groups)

    plan = fairest(siting, LIMIT, groups)
    value, ties = best(siting, share, 1)
    if value is None:
        assert plan.status == "infeasible"
        assert plan.conflict
        return
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(value, abs=1e-9)
    most = max(covered(siting, np.array(c, dtype=int)) for c in ties)
    assert covered(siting, plan.chosen) == pytest.approx(most)
