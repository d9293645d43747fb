"""Small sitings with every kind of rule, and their best plans by trying every choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from access.decide.rules import (
    Rule,
    at_least,
    at_most,
    budget,
    either,
    exactly,
    must,
    must_not,
    rows_of,
    spacing,
    up_to,
)
from access.decide.siting import Siting

LIMIT = 5.0


@st.composite
def sitings(draw, *, most_cells: int = 9, most_candidates: int = 7, free: bool = False):
    """Draw a siting and the metres between its candidates; `free` of all rules but the number."""
    n = draw(st.integers(1, most_cells))
    m = draw(st.integers(2, most_candidates))
    costs = st.one_of(st.integers(0, 9), st.just(np.inf))
    cost = np.array(draw(st.lists(costs, min_size=n * m, max_size=n * m)), dtype=float)
    people = np.array(draw(st.lists(st.integers(0, 20), min_size=n, max_size=n)), dtype=float)
    today = np.array(draw(st.lists(st.one_of(costs, st.just(np.inf)), min_size=n, max_size=n)))
    at = np.array(draw(st.lists(st.integers(0, 30), min_size=2 * m, max_size=2 * m)), dtype=float)
    at = at.reshape(m, 2)
    metres = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    rules: list[Rule] = []
    prices = np.array(draw(st.lists(st.integers(1, 9), min_size=m, max_size=m)), dtype=float)
    p = draw(st.integers(1, min(4, m)))
    if free:
        rules.append(exactly(p, m))
    else:
        kind = draw(st.sampled_from(["exactly", "up to", "budget", "both"]))
        if kind == "exactly":
            rules.append(exactly(p, m))
        if kind in ("up to", "both"):
            rules.append(up_to(p, m))
        if kind in ("budget", "both"):
            rules.append(budget(prices, draw(st.integers(0, 20))))
        some = st.lists(st.integers(0, m - 1), min_size=1, max_size=m, unique=True)
        if draw(st.booleans()):
            rules.append(at_most(draw(some), draw(st.integers(0, 2)), "가면"))
        if draw(st.booleans()):
            rules.append(at_least(draw(some), 1, "나읍"))
        if draw(st.integers(0, 3)) == 0:
            one = draw(st.integers(0, m - 1))
            rules.append(must(one, str(one)))
        if draw(st.integers(0, 3)) == 0:
            one = draw(st.integers(0, m - 1))
            rules.append(must_not(one, str(one)))
        if draw(st.integers(0, 3)) == 0:
            pair = draw(st.lists(st.integers(0, m - 1), min_size=2, max_size=2, unique=True))
            rules.append(either(pair, [str(j) for j in pair]))
        if draw(st.integers(0, 2)) == 0:
            rules.append(spacing(metres, draw(st.integers(0, 15))))
    siting = Siting.of(cost.reshape(n, m), people, rules=rules, today=today.astype(float))
    return siting, metres, prices


def choices(siting: Siting) -> Iterator[np.ndarray]:
    """Yield every choice that keeps the rules, in the order in which ties are broken."""
    rows = rows_of(siting.rules, len(siting))
    for size in range(len(siting) + 1):
        for some in combinations(range(len(siting)), size):
            chosen = np.array(some, dtype=np.int64)
            if rows.hold(chosen):
                yield chosen


def best(siting: Siting, score: Callable[[np.ndarray], float], sense: int):
    """Return the best score and all choices that have it; NaN scores do not count."""
    found = [(sense * score(c), tuple(c.tolist())) for c in choices(siting)]
    found = [(value, c) for value, c in found if not np.isnan(value)]
    if not found:
        return None, []
    top = max(value for value, _ in found)
    return sense * top, [c for value, c in found if abs(value - top) <= 1e-9 * max(1, abs(top))]


def covered(siting: Siting, chosen: np.ndarray, limit: float = LIMIT) -> float:
    """Count people within a limit, one cell after the other."""
    total = 0.0
    for i, people in enumerate(siting.people.tolist()):
        near = [siting.today[i], *(siting.cost[i, j] for j in chosen)]
        total += people if min(near) <= limit else 0.0
    return total


def check(plan, siting: Siting, score, sense: int) -> None:
    """Hold a plan to the best of all choices: value, proof, rules, ties and how they are broken."""
    value, ties = best(siting, score, sense)
    if value is None:
        assert plan.status == "infeasible", plan
        assert plan.conflict
        return
    assert plan.status == "optimal", plan
    np.testing.assert_allclose(plan.objective, value, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(plan.bound, plan.objective, rtol=1e-6, atol=1e-9)
    assert siting.rows.hold(plan.chosen)
    assert tuple(plan.chosen.tolist()) == ties[0], f"{plan} but {ties}"
    names = siting.candidates
    others = {tuple(names[list(c)].tolist()) for c in ties[1:]}
    assert plan.ties is not None
    if plan.all_ties:
        assert set(plan.ties) == others
    else:
        assert set(plan.ties) <= others
        assert len(others) >= len(plan.ties) >= 10
