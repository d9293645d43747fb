"""Sets: models of which sites will do at all (LSCP, p-center, p-dispersion).

Set covering is Toregas, Swain, ReVelle, Bergman 1971; the p-center Hakimi 1964, solved by set
covering within ever tighter limits (Minieka 1970); p-dispersion Kuby 1987, solved likewise.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import fsum
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access.decide._highs import Program, solve
from access.decide.conflict import smallest_conflict
from access.decide.elements import merge
from access.decide.exchange import search
from access.decide.lagrange import counts
from access.decide.plan import Plan
from access.decide.proof import Model, prove
from access.decide.rules import Chosen, Rule, Said, rows_of
from access.decide.siting import Siting, far
from access.errors import InputError, Problem

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_EVERYBODY = ("길이 있는 모든 사람에게 시설이 있음", "everybody who has a way has a place")
_PAIRS = 5e7


def cover_all(
    siting: Siting,
    limit: float,
    *,
    price: npt.ArrayLike | None = None,
    best_effort: bool = False,
    seconds: float = 60.0,
    ties: bool = True,
) -> Plan:
    """Return the plan with the fewest sites that has everybody within `limit` of an open place.

    With `price` (m,), the cheapest instead of the fewest (LSCP with opening costs). Where no
    candidate is within the limit of somebody there is no plan, and `unserved` says whom it cannot
    reach; with `best_effort` all others are covered.

    >>> cover_all(Siting.of([[1, 9], [9, 1]], [10, 8]), 2).sites
    ('1', '2')
    """
    today = siting.today <= limit
    wanting = (siting.people > 0) & ~today
    table = siting.cost <= limit
    missed = np.flatnonzero(wanting & ~table.any(axis=1))
    needy = wanting & table.any(axis=1)
    each = np.ones(len(siting)) if price is None else np.asarray(price, dtype=np.float64)
    said = ("모든 사람이 한계 안에 있음", "everybody is within the limit")
    rules = (*siting.rules, cover_rule(table[needy], said))

    def score(chosen: Chosen) -> float:
        covered = (siting.nearest(chosen)[needy] <= limit).all()
        return fsum(each[chosen].tolist()) if covered else float("nan")

    model = Model(
        name="lscp",
        unit="sites" if price is None else "cost",
        sense=-1,
        program=sites_program(-each),
        rules=rules,
        score=score,
        start=_any(table[needy], rules),
        unserved=missed,
    )
    if len(missed) and not best_effort:
        people = siting.people[missed].sum()
        why = (
            f"어떤 후보지도 한계 안에 없는 격자 {len(missed)}곳({people:,.0f}명)",
            f"{len(missed)} cells ({people:,.0f} people) have no candidate within the limit",
        )
        return Plan(
            model="lscp",
            status="infeasible",
            unit=model.unit,
            sense="least",
            unserved=frozen(missed, np.int64),
            unserved_people=float(people),
            conflict=(said, why),
        )
    return prove(siting, model, seconds=seconds, ties=ties)


def least_farthest(siting: Siting, *, seconds: float = 60.0, ties: bool = True) -> Plan:
    """Return the plan with the least cost of whoever is farthest from an open place (p-center).

    Those who have no way to any candidate or open place are told apart and count nowhere.

    >>> from access.decide.rules import exactly
    >>> town = Siting.of([[1, 4], [7, 4], [3, 2]], [1, 1, 1], rules=[exactly(1, 2)])
    >>> least_farthest(town).sites, least_farthest(town).objective
    (('2',), 4.0)
    """
    known = siting.known()
    reached = siting.today < far(siting.cost)
    served = (siting.people > 0) & (known.any(axis=1) | reached)
    missed = np.flatnonzero((siting.people > 0) & ~served)
    cost, today = siting.cost[served], siting.today[served]

    def score(chosen: Chosen) -> float:
        nearest = siting.nearest(chosen)[served]
        if (nearest >= far(cost)).any():
            return float("nan")
        return siting.unit * float(nearest.max(initial=0))

    def within(limit: float) -> Rule:
        open_ = today <= limit
        return cover_rule((cost <= limit)[~open_], _EVERYBODY)

    nearest = np.minimum(cost.min(axis=1, initial=far(cost)), today)
    least = float(nearest.max(initial=0))
    levels = np.unique(np.concatenate([cost[cost < far(cost)], today[today < far(cost)]]))
    levels = levels[levels >= least].astype(np.float64)
    if len(levels) == 0:
        levels = np.array([least])
    found = _bisect(siting, levels, within, lambda chosen: score(chosen) / siting.unit, seconds)
    nobody = score(np.zeros(0, dtype=np.int64))
    model = Model(
        name="p-center",
        unit="cost",
        sense=-1,
        program=sites_program(np.zeros(len(siting))),
        rules=(*siting.rules, within(found.reached)),
        score=score,
        offset=-siting.unit * found.reached,
        start=found.chosen,
        bound=-siting.unit * found.possible,
        before=nobody,
        unserved=missed,
    )
    return _told(siting, model, found, seconds, ties)


def most_apart(
    siting: Siting,
    metres: npt.ArrayLike,
    *,
    today: npt.ArrayLike | None = None,
    seconds: float = 60.0,
    ties: bool = True,
) -> Plan:
    """Return the plan whose two nearest sites are farthest from each other (p-dispersion).

    metres  (m, m) between candidates, alike both ways
    today   (m,) from each candidate to the nearest place open already, which then counts too

    Raises InputError: E943 where `metres` is no such table, E944 where fewer than two sites may
    open, so that nothing is apart.
    """
    apart = np.asarray(metres, dtype=np.float64)
    m = len(siting)
    if apart.shape != (m, m) or not np.array_equal(apart, apart.T) or not np.isfinite(apart).all():
        raise InputError([Problem("E943", value=str(apart.shape))])
    other = np.full(m, np.inf) if today is None else np.asarray(today, dtype=np.float64)
    if counts(siting.rows).least < (2 if today is None else 1):
        raise InputError([Problem("E944")])

    def score(chosen: Chosen) -> float:
        between = apart[np.ix_(chosen, chosen)][np.triu_indices(len(chosen), k=1)]
        return float(min(between.min(initial=np.inf), other[chosen].min(initial=np.inf)))

    def beyond(least: float) -> Rule:
        one, two = np.nonzero(np.triu(apart < -least, k=1))
        near = np.flatnonzero(other < -least)
        rows = len(one) + len(near)
        row = np.concatenate([np.repeat(np.arange(len(one)), 2), np.arange(len(one), rows)])
        column = np.concatenate([np.column_stack([one, two]).ravel(), near])
        high = np.concatenate([np.ones(len(one)), np.zeros(len(near))])
        said = (f"서로 {-least:,.0f} m 이상 떨어짐", f"at least {-least:,.0f} m apart")
        return Rule(
            frozen(row, np.int64),
            frozen(column, np.int64),
            frozen(np.ones(len(row))),
            frozen(np.full(rows, -np.inf)),
            frozen(high),
            said,
        )

    pairs = apart[np.triu_indices(m, k=1)]
    levels = np.unique(-np.concatenate([pairs, other[np.isfinite(other)]]))
    found = _bisect(siting, levels, beyond, lambda chosen: -score(chosen), seconds)
    model = Model(
        name="p-dispersion",
        unit="metres",
        sense=1,
        program=sites_program(np.zeros(m)),
        rules=(*siting.rules, beyond(found.reached)),
        score=score,
        offset=-found.reached,
        start=found.chosen,
        bound=-found.possible,
    )
    return _told(siting, model, found, seconds, ties)


@dataclass(frozen=True, slots=True)
class _Found:
    """The least level that a choice was found for, and the least that may still be possible."""

    chosen: Chosen | None
    reached: float
    possible: float
    impossible: bool


def _bisect(
    siting: Siting,
    levels: Floats,
    rule: Callable[[float], Rule],
    level_of: Callable[[Chosen], float],
    seconds: float,
) -> _Found:
    """Find the least of ascending levels whose rule can be kept together with those of the siting.

    A choice found says how good it is, which may be better than it was asked to be.
    """
    clock = time.monotonic() + seconds
    program = sites_program(np.zeros(len(siting)))
    chosen: Chosen | None = None
    low, high = 0, len(levels) - 1
    at = high  # the loosest first: whether there is any choice
    while low <= high:
        rows = rows_of((*siting.rules, rule(float(levels[at]))), len(siting))
        tried = program.with_rows(rows.matrix, rows.low, rows.high)
        answer = solve(tried, seconds=max(0.01, clock - time.monotonic()))
        if answer.status == "infeasible":
            if chosen is None:
                return _Found(None, float(levels[at]), float(levels[at]), True)
            low = at + 1
        elif answer.x is None:
            break
        else:
            found = np.flatnonzero(answer.x[: len(siting)] > 0.5)
            chosen = found
            high = int(np.searchsorted(levels, level_of(found), side="left")) - 1
            high = min(high, at - 1)
        at = (low + high) // 2
    reached = float(levels[-1]) if chosen is None else float(level_of(chosen))
    return _Found(chosen, reached, float(levels[min(low, len(levels) - 1)]), False)


def _told(siting: Siting, model: Model, found: _Found, seconds: float, ties: bool) -> Plan:
    if found.impossible:
        conflict = smallest_conflict(model.program, model.rules, len(siting), None)
        return Plan(
            model=model.name,
            status="infeasible",
            unit=model.unit,
            sense="most" if model.sense > 0 else "least",
            conflict=conflict,
            unserved=frozen(model.unserved, np.int64),
            unserved_people=float(siting.people[model.unserved].sum()),
        )
    if found.chosen is None:
        return Plan(model=model.name, status="no_solution", unit=model.unit)
    # What is left of the proof was done level by level; only ties are still to be found.
    return prove(siting, replace(model, patience=np.inf), seconds=seconds, ties=ties)


def cover_rule(table: Bools, said: Said) -> Rule:
    """Return the rule that every row of (n, m) has one of its candidates open.

    Alike rows are taken once, and rows that another implies are left out. A row of none is kept:
    it cannot be.
    """
    from scipy.sparse import csr_array

    alike: Any = np.unique(table, axis=0)
    rows: Any = csr_array(alike, dtype=np.float64)
    size = np.diff(rows.indptr)
    if size.all() and int((np.bincount(rows.indices).astype(np.int64) ** 2).sum()) <= _PAIRS:
        shared = (rows @ rows.T).tocoo()
        one, other = shared.coords
        implied = (shared.data == size[one]) & (one != other)
        keep = np.ones(len(size), dtype=bool)
        keep[other[implied]] = False
        rows = rows[np.flatnonzero(keep)]
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    least = np.ones(rows.shape[0])
    return Rule(
        frozen(row, np.int64),
        frozen(rows.indices, np.int64),
        frozen(np.ones(len(row))),
        frozen(least),
        frozen(np.full(len(least), np.inf)),
        said,
    )


def sites_program(value: Floats) -> Program:
    """Return the program of sites alone, each worth its value."""
    from scipy.sparse import csr_array

    m = len(value)
    return Program(
        value=value,
        rows=csr_array((0, m), dtype=np.float64),
        low=np.zeros(0),
        high=np.zeros(0),
        lower=np.zeros(m),
        upper=np.ones(m),
        whole=np.ones(m, dtype=bool),
    )


def _any(table: Bools, rules: tuple[Rule, ...]) -> Chosen | None:
    """Return some choice that keeps the rules, if greedy finds one."""
    m = table.shape[1]
    elements = merge(table, np.ones(len(table)))
    return search(elements, rows_of(rules, m), np.zeros(m), moves=0, seconds=10.0)
