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
)
from access.decide.siting import Siting
from tests.dice import Dice, dice

LIMIT = 5.0


@st.composite
def sitings(draw, *, most_cells: int = 9, most_candidates: int = 7, free: bool = False):
    """Draw a siting and the metres between its candidates; `free` of all rules but the number."""
    thrown = draw(dice(BYTES))
    n, m = thrown.one(1, most_cells), thrown.one(2, most_candidates)
    cost = costs(thrown.throw(n, m), 2)
    people = thrown.throw(n) % 21.0
    today = costs(thrown.throw(n), 3)
    at = thrown.throw(m, 2) % 31.0
    metres = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    prices = 1.0 + thrown.throw(m) % 9
    rules = [exactly(thrown.one(1, min(4, m)), m)] if free else some_rules(thrown, metres, prices)
    siting = Siting.of(cost, people, rules=rules, today=today)
    return siting, metres, prices


BYTES = 160
"""More than a siting of nine cells and seven candidates takes, with every rule."""


def costs(raw: np.ndarray, known: int) -> np.ndarray:
    """Return costs up to 9, of which one in `known` is finite."""
    return np.where(raw % known, np.inf, (raw // known) % 10.0)


def some_rules(thrown: Dice, metres: np.ndarray, prices: np.ndarray) -> list[Rule]:
    """Make rules on the number of sites or what they cost, and some of the other kinds."""
    m = len(prices)
    p = thrown.one(1, min(4, m))
    rules: list[Rule] = []
    kind = ("exactly", "up to", "budget", "both")[thrown.one(0, 3)]
    if kind == "exactly":
        rules.append(exactly(p, m))
    if kind in ("up to", "both"):
        rules.append(at_most(range(m), p, "전체"))
    if kind in ("budget", "both"):
        rules.append(budget(prices, thrown.one(0, 20)))

    def some(first: int, last: int) -> list[int]:
        return np.argsort(thrown.throw(m), kind="stable")[: thrown.one(first, last)].tolist()

    if thrown.one(0, 1):
        rules.append(at_most(some(1, m), thrown.one(0, 2), "가면"))
    if thrown.one(0, 1):
        rules.append(at_least(some(1, m), 1, "나읍"))
    if thrown.one(0, 3) == 1:
        (one,) = some(1, 1)
        rules.append(must(one, str(one)))
    if thrown.one(0, 3) == 1:
        (one,) = some(1, 1)
        rules.append(must_not(one, str(one)))
    if thrown.one(0, 3) == 1:
        pair = some(2, 2)
        rules.append(either(pair, [str(j) for j in pair]))
    if thrown.one(0, 2) == 1:
        rules.append(spacing(metres, thrown.one(0, 15)))
    return rules


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
