"""Front: what people, fairness and cost each of the other's best would take.

The exact Pareto front by epsilon-constraints: the best of one aim under a floor on the others, and
the floor raised past each plan found until there is none (Haimes, Lasdon, Wismer 1971; three aims
as in Özlen and Azizoğlu 2009). A plan is on it if no other is as good in every aim and better in
one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import fsum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from access.decide.fairness import Shares
from access.decide.plan import Plan
from access.decide.proof import Model, prove
from access.decide.rules import Chosen, budget
from access.decide.siting import Siting

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

SHARE_STEP = 1e-6
"""Least shares that differ by less are the same to the front."""


@dataclass(frozen=True, slots=True)
class Point:
    """A plan and what it achieves: people in all, the least share of a group, and what it costs."""

    plan: Plan
    people: float
    share: float
    cost: float

    def beats(self, other: Point) -> bool:
        """Say whether this is as good in every aim, and better in one, but for rounding."""
        better = (
            (self.people - other.people) / max(1.0, abs(other.people)),
            self.share - other.share,
            (other.cost - self.cost) / max(1.0, abs(other.cost)),
        )
        return min(better) >= -1e-9 and max(better) > 1e-9


@dataclass(frozen=True, slots=True)
class Front:
    """The plans that no other beats, from most people to the largest least share.

    points     the front
    dominated  other plans by name, each with its point and the point of the front that beats it
               (None where it is on the front itself, or as good as a plan on it)
    complete   whether the front is proven to be all of it
    """

    points: tuple[Point, ...]
    dominated: Mapping[str, tuple[Point, Point | None]]
    complete: bool

    def to_frame(self) -> pd.DataFrame:
        """Return the front as a table, each row with what the step from the row above costs.

        Columns `sites, people, share, cost, people_given, share_won, people_per_point,
        cost_added, dominated_by`: shares in percent, `people_per_point` the people given up for
        each percentage point of the worst-off group. Plans that are beaten come last, with the
        sites of the plan that beats them.
        """
        import pandas as pd

        rows = []
        for above, point in zip((None, *self.points), self.points, strict=False):
            row = _row(point) | dict.fromkeys(_STEPS, float("nan"))
            if above is not None:
                given, won = above.people - point.people, 100 * (point.share - above.share)
                row["people_given"], row["share_won"] = given, won
                row["people_per_point"] = given / won if won > 0 else float("nan")
                row["cost_added"] = point.cost - above.cost
            rows.append(row | {"dominated_by": ""})
        for point, by in self.dominated.values():
            if by is not None:
                beaten = {"dominated_by": ", ".join(by.plan.sites)}
                rows.append(_row(point) | dict.fromkeys(_STEPS, float("nan")) | beaten)
        return pd.DataFrame(rows, columns=["sites", *_AIMS, *_STEPS, "dominated_by"])


_AIMS = ("people", "share", "cost")
_STEPS = ("people_given", "share_won", "people_per_point", "cost_added")


def _row(point: Point) -> dict[str, object]:
    return {
        "sites": ", ".join(point.plan.sites),
        "people": point.people,
        "share": 100 * point.share,
        "cost": point.cost,
    }


def front(
    siting: Siting,
    limit: float,
    groups: npt.ArrayLike,
    *,
    costs: npt.ArrayLike | None = None,
    also: Mapping[str, Plan] | None = None,
    seconds: float = 120.0,
) -> Front:
    """Return the exact front of people covered, the least share of a group, and cost.

    groups  (g, n) people of each group or 읍·면·동 in each cell
    costs   (m,) of opening each candidate; without them two aims are weighed
    also    plans to set beside the front, by name: which of its plans beats each. Those that keep
            the rules are on it where time ran out before better ones were found

    >>> from access.decide.rules import exactly
    >>> town = Siting.of([[1, 9], [9, 1]], [9, 2], rules=[exactly(1, 2)])
    >>> [(p.people, p.share) for p in front(town, 2, [[9, 0], [0, 2]]).points]
    [(9.0, 0.0)]
    """
    price = np.zeros(len(siting)) if costs is None else np.asarray(costs, dtype=np.float64)
    clock = time.monotonic() + seconds
    found: list[Point] = []
    complete = True
    most = np.inf
    whole = bool((price == np.round(price)).all())
    while True:
        bounded = siting
        if np.isfinite(most):
            bounded = siting.but(rules=(*siting.rules, budget(price, most)))
        line, proven = _line(Shares.of(bounded, limit, groups), price, clock)
        found += line
        complete &= proven
        if costs is None or not line or not proven:
            break
        dearest = max(point.cost for point in line)
        most = dearest - (0.5 if whole else 1e-7 * max(1.0, dearest))
        if most < 0:
            break
    shares = Shares.of(siting, limit, groups)
    mine = {name: _point(shares, price, plan) for name, plan in (also or {}).items()}
    if not complete:
        known = {(p.people, round(p.share, 9), p.cost): p for p in (*mine.values(), *found)}
        found = [point for point in known.values() if siting.rows.hold(point.plan.chosen)]
    kept = [p for p in found if not any(q.beats(p) for q in found)]
    kept.sort(key=lambda p: (-p.people, -p.share, p.cost))
    beside = {
        name: (point, next((p for p in kept if p.beats(point)), None))
        for name, point in mine.items()
    }
    return Front(tuple(kept), beside, complete)


def _line(shares: Shares, price: Floats, clock: float) -> tuple[list[Point], bool]:
    """Return the front of people and least share, each at its least cost; and if it is all."""
    points: list[Point] = []
    floor = 0.0
    while True:
        people = _ask(shares, shares.model(floor=floor), clock)
        if people.status == "infeasible":
            return points, True
        if people.status != "optimal":
            return points, False
        most = people.objective
        fair = _ask(shares, shares.model(floor=floor, people=most, aim="share"), clock)
        if fair.status != "optimal":
            return points, False
        last = shares.model(floor=fair.objective, people=most, aim="cost", costs=price)
        plan = _ask(shares, last, clock, ties=True)
        if plan.status != "optimal":
            return points, False
        points.append(_point(shares, price, plan))
        floor = fair.objective + SHARE_STEP
        if floor > 1:
            return points, True


def _ask(shares: Shares, model: Model, clock: float, *, ties: bool = False) -> Plan:
    left = max(0.01, clock - time.monotonic())
    return prove(shares.siting, model, seconds=left, ties=ties)


def _point(shares: Shares, price: Floats, plan: Plan) -> Point:
    """Return what a plan achieves, counted from its sites; its objective is its people."""
    chosen: Chosen = plan.chosen
    people = shares.covered(chosen)
    told = replace(plan, model="mclp", unit="people", sense="most", objective=people, bound=people)
    nobody = np.zeros(0, dtype=np.int64)
    told = replace(told, before=shares.covered(nobody))
    return Point(told, people, shares.least(chosen), fsum(price[chosen].tolist()))
