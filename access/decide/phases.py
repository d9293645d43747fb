"""Phases: what to open now, next and later, and what that loses against opening all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from access._frozen import frozen, texts
from access.decide.elements import Elements, merge
from access.decide.gains import most_covered, ready
from access.decide.plan import Plan
from access.decide.proof import prove
from access.decide.rules import Chosen, Rule, Said, exactly, must
from access.decide.siting import Siting

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Phased:
    """An order of opening.

    opened  the ids that open in each phase
    people  covered after each phase
    best    the most that so many sites could cover, opened all at once
    proven  whether order and `best` are proven optimal
    """

    opened: tuple[tuple[str, ...], ...]
    people: tuple[float, ...]
    best: tuple[float, ...]
    proven: bool

    @property
    def regret(self) -> tuple[float, ...]:
        """What each phase lacks of the best choice of so many sites."""
        return tuple(b - p for b, p in zip(self.best, self.people, strict=True))

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each phase: `phase, opens, people, best, regret`."""
        import pandas as pd

        rows = zip(self.opened, self.people, self.best, self.regret, strict=True)
        return pd.DataFrame(
            [(i, ", ".join(opens), *rest) for i, (opens, *rest) in enumerate(rows, start=1)],
            columns=["phase", "opens", "people", "best", "regret"],
        )


@dataclass(frozen=True, slots=True)
class Phases:
    """Three exact orders of opening.

    now_first  each phase the best that can be added to those before
    end_first  the best for all sites together, and of its orders the best
    together   the most people over all phases, each weighed by its years
    """

    now_first: Phased
    end_first: Phased
    together: Phased


def phases(
    siting: Siting,
    limit: float,
    steps: Sequence[int],
    *,
    years: Sequence[float] | None = None,
    seconds: float = 60.0,
) -> Phases | None:
    """Return in which order to open sites, `steps[0]` now, `steps[1]` next and so on.

    The number of sites is that of the steps: the rules of the siting are the others, and what they
    ask at least of some candidates is asked when all is open. `years` weigh the phases in
    `together` (default: each the same). None where no choice keeps the rules.

    >>> town = Siting.of([[1, 9, 1], [9, 1, 1], [1, 9, 9], [9, 1, 9]], [4, 3, 3, 3])
    >>> order = phases(town, 2, [1, 1])
    >>> order.now_first.opened, order.now_first.regret
    ((('1',), ('2',)), (0.0, 0.0))
    """
    weigh = [1.0] * len(steps) if years is None else list(years)
    ends = np.cumsum(steps).tolist()
    at_once = [_at_once(siting, limit, k, last=k == ends[-1], seconds=seconds) for k in ends]
    if any(plan.status not in ("optimal", "feasible") for plan in at_once):
        return None
    best = tuple(plan.objective for plan in at_once)
    proven = all(plan.status == "optimal" for plan in at_once)

    def order(only: Chosen | None, weights: Sequence[float]) -> Phased | None:
        plan = _together(siting, limit, steps, weights, only, seconds)
        if plan.status not in ("optimal", "feasible"):
            return None
        return _phased(siting, limit, plan.chosen, len(steps), best, proven, plan)

    end_first = order(at_once[-1].chosen, weigh)
    together = order(None, weigh)
    # What comes first outweighs all that comes after: each phase as good as it can be by itself.
    now_first = _stepwise(siting, limit, steps, best, proven, seconds)
    if end_first is None or together is None or now_first is None:
        return None
    return Phases(now_first, end_first, together)


def _at_once(siting: Siting, limit: float, number: int, *, last: bool, seconds: float) -> Plan:
    rules = siting.rules if last else _no_least(siting.rules)
    bounded = siting.but(rules=(*rules, exactly(number, len(siting))))
    return most_covered(bounded, limit, seconds=seconds)


def _no_least(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return rules without what they ask at least: that is asked when all is open."""
    return tuple(
        Rule(r.row, r.column, r.coefficient, frozen(np.minimum(r.low, 0.0)), r.high, r.said)
        for r in rules
    )


def _stepwise(
    siting: Siting,
    limit: float,
    steps: Sequence[int],
    best: tuple[float, ...],
    proven: bool,
    seconds: float,
) -> Phased | None:
    held: tuple[Rule, ...] = ()
    opened: list[tuple[str, ...]] = []
    people: list[float] = []
    before: set[int] = set()
    for phase, number in enumerate(np.cumsum(steps).tolist()):
        last = phase == len(steps) - 1
        bounded = siting.but(rules=(*siting.rules, *held))
        plan = _at_once(bounded, limit, number, last=last, seconds=seconds)
        if not last:  # what is held has opened, whatever else is only asked in the end
            rules = (*_no_least(siting.rules), *held, exactly(number, len(siting)))
            plan = most_covered(siting.but(rules=rules), limit, seconds=seconds)
        if plan.status not in ("optimal", "feasible"):
            return None
        proven &= plan.status == "optimal"
        new = [j for j in plan.chosen.tolist() if j not in before]
        opened.append(tuple(siting.candidates[new].tolist()))
        people.append(plan.objective)
        before |= set(new)
        held = tuple(must(j, str(siting.candidates[j])) for j in sorted(before))
    return Phased(tuple(opened), tuple(people), best, proven)


def _together(
    siting: Siting,
    limit: float,
    steps: Sequence[int],
    weights: Sequence[float],
    only: Chosen | None,
    seconds: float,
) -> Plan:
    """Return the plan over columns (phase, candidate) with the most people over all phases."""
    from scipy.sparse import block_array, csr_array

    m, phases_ = len(siting), len(steps)
    today = siting.today <= limit
    table = (siting.cost <= limit) & ~today[:, None]
    part = merge(table, siting.people)
    blank = csr_array(part.who.shape)
    # An element is won in a phase by what opens in it or before.
    blocks = [[part.who if s <= t else blank for s in range(phases_)] for t in range(phases_)]
    weight = np.concatenate([w * part.weight for w in weights])
    elements = Elements(csr_array(block_array(blocks)), weight)
    once: Said = ("한 곳은 한 번만 엶", "a site opens once")
    rules = [_over(rule, m, phases_) for rule in siting.rules]
    which = np.arange(m * phases_)
    rules.append(_rows(which % m, which, np.full(m, -np.inf), np.ones(m), once))
    for t, number in enumerate(steps):
        said = (f"{t + 1}단계에 {number}곳", f"{number} in phase {t + 1}")
        count = [float(number)]
        rules.append(_rows(np.zeros(m, np.int64), t * m + np.arange(m), count, count, said))
    if only is not None:
        shut = np.setdiff1d(np.arange(m), only)
        columns = (shut[None] + m * np.arange(phases_)[:, None]).ravel()
        zeros = np.zeros(len(columns))
        said = ("마지막 안에 든 곳만", "only what the last plan has")
        rules.append(_rows(np.arange(len(columns)), columns, zeros, zeros, said))
    wide = Siting(
        candidates=texts(which),
        people=np.zeros(0),
        cost=np.zeros((0, m * phases_)),
        today=np.zeros(0),
        rules=tuple(rules),
    )
    model = ready(wide, elements, name="phases", score=elements.won, seconds=seconds)
    return prove(wide, model, seconds=seconds)


def _over(rule: Rule, candidates: int, phases_: int) -> Rule:
    """Return a rule that speaks of what is open in the end."""
    row = np.tile(rule.row, phases_)
    column = np.concatenate([rule.column + t * candidates for t in range(phases_)])
    coefficient = np.tile(rule.coefficient, phases_)
    return Rule(frozen(row), frozen(column), frozen(coefficient), rule.low, rule.high, rule.said)


def _rows(row: Any, column: Any, low: Any, high: Any, said: Said) -> Rule:
    return Rule(
        frozen(row, np.int64),
        frozen(column, np.int64),
        frozen(np.ones(len(row))),
        frozen(low, np.float64),
        frozen(high, np.float64),
        said,
    )


def _phased(
    siting: Siting,
    limit: float,
    columns: Chosen,
    phases_: int,
    best: tuple[float, ...],
    proven: bool,
    plan: Plan,
) -> Phased:
    m = len(siting)
    opened, people = [], []
    for t in range(phases_):
        new = columns[columns // m == t] % m
        opened.append(tuple(siting.candidates[np.sort(new)].tolist()))
        near = siting.nearest(columns[columns // m <= t] % m) <= limit
        people.append(fsum(siting.people[near].tolist()))
    return Phased(tuple(opened), tuple(people), best, proven and plan.status == "optimal")
