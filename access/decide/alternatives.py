"""Alternatives: other plans worth a look, almost as good as the best."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from access.decide.plan import Plan
from access.decide.rules import Chosen, Rule, between
from access.decide.siting import Siting


def different(
    siting: Siting,
    choose: Callable[[Siting], Plan],
    *,
    count: int = 5,
    within: float = 0.01,
    differ: int = 1,
) -> tuple[Plan, ...]:
    """Return the best plan and, best first, up to `count` others that are almost as good.

    choose  any model, e.g. `lambda s: most_covered(s, limit)`
    within  by what part of the best objective another may be worse
    differ  how many sites of each plan before it another does without, at least

    Each is proven the best of those that differ (no-good cuts), as far as its status says.

    >>> from access.decide.gains import most_covered
    >>> from access.decide.rules import exactly
    >>> town = Siting.of([[1, 9], [9, 1]], [100, 99], rules=[exactly(1, 2)])
    >>> [p.sites for p in different(town, lambda s: most_covered(s, 2))]
    [('1',), ('2',)]
    """
    found: list[Plan] = []
    rules = list(siting.rules)
    while len(found) <= count:
        plan = choose(siting.but(rules=tuple(rules)))
        if plan.status not in ("optimal", "feasible"):
            break
        if found:
            worse = plan.better * (found[0].objective - plan.objective)
            if worse > within * abs(found[0].objective) * (1 + 1e-9):
                break
        found.append(plan)
        rules.append(_another(plan.chosen, differ))
    return tuple(found)


def _another(chosen: Chosen, differ: int) -> Rule:
    """Return the rule that a choice does without at least `differ` of these sites."""
    said = (
        f"앞의 안에서 {differ}곳 이상을 바꿈",
        f"does without {differ} or more of the sites of an earlier plan",
    )
    return between(chosen.tolist(), -np.inf, len(chosen) - differ, said)
