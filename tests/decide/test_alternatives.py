"""Fronts, phases and other plans against every choice there is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.decide.alternatives import different
from access.decide.front import front
from access.decide.gains import least_travel, most_covered
from access.decide.phases import phases
from access.decide.rules import at_least, at_most, exactly, rows_of
from access.decide.siting import Siting
from tests.decide.small import LIMIT, best, choices, covered, sitings

hold = settings(
    derandomize=True,
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def aims(siting, groups, prices, chosen):
    near = np.minimum(siting.cost[:, chosen].min(axis=1, initial=np.inf), siting.today) <= LIMIT
    share = min(who[near].sum() / who.sum() for who in groups)
    return float(siting.people[near].sum()), float(share), float(prices[chosen].sum())


def unbeaten(points):
    """Return the points that no other is as good as in every aim and better in one."""

    def beats(p, q):
        return p[0] >= q[0] and p[1] >= q[1] and p[2] <= q[2] and p != q

    return {p for p in points if not any(beats(q, p) for q in points)}


@settings(hold, max_examples=20)
@given(sitings(most_cells=6, most_candidates=5), st.data(), st.booleans())
def test_the_front_is_all_of_it_and_nothing_else(drawn, data, with_costs):
    siting, _, prices = drawn
    n = len(siting.people)
    member = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    groups = np.array([siting.people * (member == g) for g in range(3)])
    groups = groups[groups.sum(axis=1) > 0]
    if not len(groups):
        return
    counted = prices if with_costs else np.zeros(len(siting))
    every = [aims(siting, groups, counted, c) for c in choices(siting)]
    made = front(siting, LIMIT, groups, costs=prices if with_costs else None)
    assert made.complete
    found = {(p.people, round(p.share, 9), p.cost) for p in made.points}
    assert found == {(a, round(b, 9), c) for a, b, c in unbeaten(every)}
    assert len(found) == len(made.points)
    for point in made.points:
        assert siting.rows.hold(point.plan.chosen)
        assert aims(siting, groups, counted, point.plan.chosen) == pytest.approx(
            (point.people, point.share, point.cost)
        )


def three_villages() -> Siting:
    """A town of 90, villages of 20 and 10; a candidate in each, and one that reaches both."""
    cost = [[1, 9, 9, 9], [9, 1, 9, 9], [9, 9, 1, 9], [9, 9, 9, 1]]
    return Siting.of(cost, [60, 50, 20, 10], rules=[exactly(2, 4)], candidates="ABCD")


def test_the_price_of_each_step_and_who_is_beaten():
    siting = three_villages()
    groups = [[60, 50, 0, 0], [0, 0, 20, 10]]
    people_first = most_covered(siting, LIMIT)
    poor = most_covered(siting.but(rules=(*siting.rules, at_least([3], 1, "D"))), LIMIT)
    made = front(siting, LIMIT, groups, also={"people": people_first, "poor": poor})
    assert [p.plan.sites for p in made.points] == [("A", "B"), ("A", "C")]
    assert made.dominated["people"][1] is None
    assert made.dominated["poor"][1].plan.sites == ("A", "C")
    table = made.to_frame()
    step = table.iloc[1]
    assert (step.people_given, step.people) == (30, 80)
    assert step.share_won == pytest.approx(100 * 60 / 110)
    assert step.people_per_point == pytest.approx(30 / (100 * 60 / 110))
    assert table.iloc[2].sites == "A, D"
    assert table.iloc[2].dominated_by == "A, C"


def orders(siting, steps):
    """Yield every order of opening: a tuple of sets of sites."""

    def rest(left, steps):
        if not steps:
            yield ()
            return
        for some in combinations(left, steps[0]):
            for others in rest([j for j in left if j not in some], steps[1:]):
                yield (some, *others)

    rows = rows_of(siting.rules, len(siting))
    for order in rest(list(range(len(siting))), steps):
        if rows.hold(np.array(sorted(sum(order, ())), dtype=int)):
            yield order


@hold
@given(sitings(most_cells=7, most_candidates=5, free=True), st.data())
def test_phases(drawn, data):
    siting, _, _ = drawn
    m = len(siting)
    rules = ()
    if data.draw(st.booleans()):
        some = data.draw(st.lists(st.integers(0, m - 1), min_size=1, max_size=m, unique=True))
        rules = (at_most(some, 1, "가면"),)
    siting = siting.but(rules=rules)
    steps = data.draw(st.sampled_from([(1, 1), (2,), (1, 1, 1), (2, 1)]))
    if sum(steps) > m:
        return
    years = data.draw(st.lists(st.integers(1, 4), min_size=len(steps), max_size=len(steps)))
    every = list(orders(siting, steps))
    made = phases(siting, LIMIT, steps, years=years)
    if not every:
        assert made is None
        return

    def people(order):
        ends = [sorted(sum(order[: t + 1], ())) for t in range(len(order))]
        return [covered(siting, np.array(end, dtype=int)) for end in ends]

    def worth(order):
        return sum(y * p for y, p in zip(years, people(order), strict=True))

    def told(phased):
        names = siting.candidates.tolist()
        return tuple(tuple(names.index(i) for i in opens) for opens in phased.opened)

    tops = []
    for t, number in enumerate(np.cumsum(steps)):
        last = t == len(steps) - 1
        free = siting.but(rules=(*siting.rules, exactly(int(number), m)))
        assert last or siting.rules == rules
        tops.append(best(free, lambda c: covered(siting, c), 1)[0])
    together = made.together
    assert together.proven
    assert told(together) in every
    assert together.people == tuple(people(told(together)))
    assert worth(told(together)) == max(map(worth, every))
    for phased in (made.now_first, made.end_first, together):
        assert phased.best == tuple(tops)
        assert min(phased.regret) >= 0
    assert made.end_first.regret[-1] == 0
    final = sorted(sum(told(made.end_first), ()))
    same = [order for order in every if sorted(sum(order, ())) == final]
    assert worth(told(made.end_first)) == max(map(worth, same))
    assert made.now_first.regret[0] == 0
    if not rules:
        before = ()
        for opens in told(made.now_first):
            here = covered(siting, np.array(sorted((*before, *opens)), dtype=int))
            left = [j for j in range(m) if j not in before]
            for other in combinations(left, len(opens)):
                assert covered(siting, np.array(sorted((*before, *other)), dtype=int)) <= here
            before = (*before, *opens)


@hold
@given(sitings(free=True), st.integers(1, 2))
def test_other_plans_come_best_first_and_differ(drawn, differ):
    siting, _, _ = drawn
    made = different(
        siting, lambda s: most_covered(s, LIMIT, ties=False), within=0.3, differ=differ
    )
    if not made:
        return
    values = [plan.objective for plan in made]
    assert values == sorted(values, reverse=True)
    assert min(values) >= 0.7 * values[0] - 1e-9
    for one, other in combinations(made, 2):
        assert len(set(one.sites) - set(other.sites)) >= differ
    if differ == 1 and len(made) <= 5:
        every = sorted((covered(siting, c) for c in choices(siting)), reverse=True)
        wanted = [v for v in every if v >= 0.7 * every[0] - 1e-9][: len(made)]
        assert values == wanted
        assert len(made) == len([v for v in every if v >= 0.7 * every[0] - 1e-9])


def test_others_of_a_model_where_less_is_better():
    siting = three_villages().but(cost=three_villages().cost[:, :3])
    siting = siting.but(candidates=siting.candidates[:3])
    siting = siting.but(rules=(exactly(2, 3),))
    made = different(siting, lambda s: least_travel(s, ties=False), within=10.0)
    costs = [plan.objective for plan in made]
    assert costs == sorted(costs)
    assert len(made) == 3


def test_a_least_share_of_nobody_is_proven_too():
    """A share of 0 that the solver's bound misses by its tolerance is proven all the same."""
    siting = Siting.of([[1, 9], [9, 1], [9, 9]], [60, 50, 5], rules=[exactly(1, 2)])
    far = [[60, 0, 0], [0, 50, 0], [0, 0, 5]]
    made = front(siting, LIMIT, far)
    assert made.complete
    assert [(p.people, p.share) for p in made.points] == [(60, 0)]


def test_where_time_runs_out_the_plans_known_are_the_front():
    siting = three_villages()
    known = {"people": most_covered(siting, LIMIT)}
    made = front(siting, LIMIT, [[60, 50, 0, 0], [0, 0, 20, 10]], also=known, seconds=0)
    assert made.points
    assert made.complete or known["people"].sites in [p.plan.sites for p in made.points]
