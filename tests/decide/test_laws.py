"""The laws of choosing sites (RELIABILITY 4.4, M40, M42 to M47)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from access.decide import gains
from access.decide.elements import merge
from access.decide.exchange import explore, search
from access.decide.gains import least_travel, most_covered
from access.decide.lagrange import Steps, bound
from access.decide.nearest import TableCharged, TableExchange
from access.decide.rules import exactly, must, must_not, rows_of
from access.decide.sets import cover_all, least_farthest
from access.decide.siting import Siting
from tests.decide.small import LIMIT, best, covered, sitings

hold = settings(
    derandomize=True, deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
free = sitings(free=True)


def opening(siting: Siting, sites: int) -> Siting:
    return siting.but(rules=(exactly(sites, len(siting)), *siting.rules[1:]))


def number(siting: Siting) -> int:
    return int(siting.rules[0].low[0])


@hold
@given(free)
def test_greedy_best_and_bounds_stand_in_this_order(drawn):
    """M40: (1 - 1/e) best <= greedy <= best <= bound of Lagrange; and best <= linear program."""
    siting, _, _ = drawn
    siting = siting.but(today=np.full(len(siting.people), np.inf))
    elements = merge(siting.cost <= LIMIT, siting.people)
    none = np.zeros(len(siting))
    first = search(elements, siting.rows, none, moves=0, seconds=9)
    top = most_covered(siting, LIMIT).objective
    greedy = elements.won(first)
    assert (1 - 1 / np.e) * top - 1e-9 <= greedy <= top + 1e-9
    limits = bound(Steps(elements, none), siting.rows, greedy)
    assert limits.all >= top - 1e-9 * max(1, top)
    table = (siting.cost <= LIMIT).astype(float)
    n, m = table.shape
    done = linprog(
        -np.concatenate([np.zeros(m), siting.people]),
        A_ub=np.hstack([-table, np.eye(n)]),
        b_ub=np.zeros(n),
        A_eq=np.concatenate([np.ones(m), np.zeros(n)])[None],
        b_eq=[number(siting)],
        bounds=(0, 1),
    )
    assert -done.fun >= top - 1e-6
    assert limits.all >= -done.fun - 1e-6 * max(1, top)


@hold
@given(sitings())
def test_a_bound_with_a_candidate_forced_is_one(drawn):
    """What no plan with a candidate, or without it, surpasses: under every kind of rule."""
    siting, _, _ = drawn
    table = (siting.cost <= LIMIT) & ~(siting.today <= LIMIT)[:, None]
    elements = merge(table, siting.people)
    none = np.zeros(len(siting))
    start = search(elements, siting.rows, none, moves=3, seconds=9)
    if start is None:
        return
    limits = bound(Steps(elements, none), siting.rows, elements.won(start))
    for j in range(len(siting)):
        for rule, limit in ((must, limits.opened), (must_not, limits.shut)):
            forced = siting.but(rules=(*siting.rules, rule(j, "")))
            top, _ = best(forced, elements.won, 1)
            assert top is None or top <= limit[j] + 1e-9 * max(1, top)


@hold
@given(free)
def test_more_is_never_worse(drawn):
    """M42: more sites, a wider limit, more candidates; a site forced in or out."""
    siting, _, _ = drawn
    m, p = len(siting), number(siting)
    top = most_covered(siting, LIMIT, ties=False).objective
    if p < m:
        assert most_covered(opening(siting, p + 1), LIMIT, ties=False).objective >= top
        fewer = Siting.of(
            siting.cost[:, 1:], siting.people, rules=[exactly(p, m - 1)], today=siting.today
        )
        assert most_covered(fewer, LIMIT, ties=False).objective <= top
    assert most_covered(siting, LIMIT + 1, ties=False).objective >= top
    for rule in (must(0, ""), must_not(m - 1, "")):
        forced = most_covered(siting.but(rules=(*siting.rules, rule)), LIMIT, ties=False)
        assert forced.status == "infeasible" or forced.objective <= top


@hold
@given(free)
def test_all_candidates_leave_the_least_travel(drawn):
    siting, _, _ = drawn
    siting = siting.but(cost=np.where(np.isfinite(siting.cost), siting.cost, 9.0))
    costs = [
        least_travel(opening(siting, p), ties=False).objective for p in range(1, len(siting) + 1)
    ]
    assert all(a >= b - 1e-9 for a, b in pairwise(costs))
    least = np.minimum(siting.cost.min(axis=1), siting.today)
    assert costs[-1] == pytest.approx((siting.people * least).sum())


@hold
@given(free)
def test_covering_everybody_agrees_with_covering_most(drawn):
    """M43: p* sites cover all that can be, one fewer do not; a radius needs no more sites."""
    siting, _, _ = drawn
    fewest = cover_all(siting.but(rules=()), LIMIT, best_effort=True)
    can = (siting.cost <= LIMIT).any(axis=1) | (siting.today <= LIMIT)
    everybody = siting.people[can].sum()
    p = int(fewest.objective)
    assert most_covered(opening(siting, p), LIMIT, ties=False).objective == everybody
    if p:
        assert most_covered(opening(siting, p - 1), LIMIT, ties=False).objective < everybody
    center = least_farthest(siting, ties=False)
    if center.status == "optimal":
        within = cover_all(siting.but(rules=()), center.objective, best_effort=True, ties=False)
        assert within.objective <= number(siting)


@hold
@given(sitings(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_and_cells_changes_no_objective(drawn, random):
    """M45, and the choice only among equals."""
    siting, _, _ = drawn
    plan = most_covered(siting, LIMIT)
    order = list(range(len(siting.people)))
    random.shuffle(order)
    mixed = siting.but(
        people=siting.people[order], cost=siting.cost[order], today=siting.today[order]
    )
    again = most_covered(mixed, LIMIT)
    assert (again.status, again.sites, again.ties) == (plan.status, plan.sites, plan.ties)


@hold
@given(free, st.randoms(use_true_random=False))
def test_candidates_in_another_order(drawn, random):
    siting, _, _ = drawn
    plan = most_covered(siting, LIMIT)
    order = list(range(len(siting)))
    random.shuffle(order)
    mixed = siting.but(cost=siting.cost[:, order], candidates=siting.candidates[order])
    again = most_covered(mixed, LIMIT)
    assert again.objective == plan.objective
    if plan.all_ties:
        known = {frozenset(sites) for sites in (plan.sites, *plan.ties)}
        assert {frozenset(sites) for sites in (again.sites, *again.ties)} == known


@hold
@given(sitings(), st.sampled_from([1e-3, 0.37, 1e3, 1e6]))
def test_the_size_of_the_weights_changes_nothing(drawn, factor):
    siting, _, _ = drawn
    for choose in (lambda s: most_covered(s, LIMIT), least_travel):
        plan, scaled = choose(siting), choose(siting.but(people=siting.people * factor))
        assert (scaled.status, scaled.sites) == (plan.status, plan.sites)
        if plan.status == "optimal":
            assert scaled.objective == pytest.approx(plan.objective * factor, rel=1e-9)


@hold
@given(sitings())
def test_what_is_told_is_counted_from_the_sites(drawn):
    """M44, M47: the objective is that of the sites; nothing new is what there is today."""
    siting, _, _ = drawn
    plan = most_covered(siting, LIMIT)
    nobody = np.zeros(0, dtype=int)
    assert plan.before == covered(siting, nobody)
    if plan.status == "optimal":
        assert plan.objective == covered(siting, plan.chosen) >= plan.before
        assert siting.rows.hold(plan.chosen)
    nothing = most_covered(opening(siting, 0).but(rules=(exactly(0, len(siting)),)), LIMIT)
    assert (nothing.sites, nothing.objective) == ((), covered(siting, nobody))


@hold
@given(sitings())
def test_few_nearest_candidates_at_first_are_exact_in_the_end(drawn):
    siting, _, _ = drawn
    whole = least_travel(siting)
    least, gains.FEW = gains.FEW, 1
    try:
        few = least_travel(siting)
    finally:
        gains.FEW = least
    assert (few.status, few.sites) == (whole.status, whole.sites)


@hold
@given(sitings())
def test_a_table_decides_nothing_that_steps_would_not(drawn):
    siting, _, _ = drawn
    whole = least_travel(siting)
    many, gains.MANY = gains.MANY, -1
    try:
        narrowed = least_travel(siting)
    finally:
        gains.MANY = many
    assert (narrowed.status, narrowed.sites) == (whole.status, whole.sites)
    assert (narrowed.ties, narrowed.objective) == (whole.ties, whole.objective) or (
        whole.status == "infeasible"
    )


@hold
@given(sitings())
def test_a_table_bounds_every_plan(drawn):
    siting, _, _ = drawn
    table = np.where(np.isfinite(siting.cost), np.maximum(9 - siting.cost, 0), 0.0)
    table = siting.people[:, None] * table
    rows = siting.rows
    start = explore(lambda: TableExchange(table, rows), rows, moves=3, seconds=9)

    def won(chosen):
        return float(table[:, chosen].max(axis=1, initial=0).sum())

    if start is None:
        return
    assert rows.hold(start)
    limits = bound(TableCharged(table), rows, won(start))
    top, _ = best(siting, won, 1)
    assert won(start) - 1e-9 <= top <= limits.all + 1e-9 * max(1, top)
    for j in range(len(siting)):
        for rule, limit in ((must, limits.opened), (must_not, limits.shut)):
            forced, _ = best(siting.but(rules=(*siting.rules, rule(j, ""))), won, 1)
            assert forced is None or forced <= limit[j] + 1e-9 * max(1, top)


def test_exchanges_in_a_table_are_counted_right():
    random = np.random.default_rng(3)
    table = random.integers(0, 9, (30, 8)).astype(float)
    rows = rows_of([exactly(3, 8)], 8)
    state = TableExchange(table, rows)
    for j in (1, 4, 6):
        state.add(j)
    won = state.swaps()
    for newcomer in (0, 2, 3, 5, 7):
        for at, leaver in enumerate(state.open):
            after = [newcomer, *(j for j in state.open if j != leaver)]
            assert won[newcomer, at] == table[:, after].max(axis=1).sum() - state.value


def hard(cells=4000, candidates=200, seed=0):
    random = np.random.default_rng(seed)
    at, sites = random.random((cells, 2)), random.random((candidates, 2))
    people = random.integers(1, 101, cells)
    cost = np.hypot(*(at[:, None] - sites[None]).transpose(2, 0, 1))
    return Siting.of(cost, people, rules=[exactly(12, candidates)])


def test_a_longer_time_is_never_worse_and_the_gap_is_true():
    """M46."""
    siting = hard()
    plans = [most_covered(siting, 0.13, seconds=s, ties=False) for s in (0.05, 1, 5)]
    for plan in plans:
        assert siting.rows.hold(plan.chosen)
        assert plan.bound >= plan.objective
        assert plan.gap == pytest.approx((plan.bound - plan.objective) / plan.objective)
        assert (plan.status == "optimal") == (plan.gap <= 1e-6)
    for sooner, later in pairwise(plans):
        assert later.objective >= sooner.objective
        assert later.bound <= sooner.bound * (1 + 1e-9)
