"""Gains: models where everybody has what the best open place gives them (MCLP, p-median, decay).

Maximal coverage is Church and ReVelle 1974; the p-median Hakimi 1964, ReVelle and Swain 1970.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import fsum
from typing import Literal

import numpy as np
import numpy.typing as npt

from access.decide._highs import Program, SolverMissingError, closed, solve
from access.decide.elements import Elements, dominated, merge, reduce, steps
from access.decide.exchange import explore, search
from access.decide.lagrange import Steps, bound, counts
from access.decide.nearest import TableCharged, TableExchange
from access.decide.plan import Plan
from access.decide.proof import Model, prove
from access.decide.rules import Chosen, Rows
from access.decide.sets import cover_rule, sites_program
from access.decide.siting import Siting, far

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

QUICK_MOVES, MOVES = 60, 3000
_FEW = 40
"""So few candidates in question are tried out by the solver sooner than by exchanges."""
FEW = 8
"""At least so many of the nearest candidates of a cell are told apart at first."""
_LARGE = 100_000
"""From so many pairs of element and candidate on the linear relaxation is solved for itself. A
tree search that has not the time for ten of them proves nothing more."""
MANY, TOO_MANY = 4e6, 1e8
"""Of so many pairs of step and candidate, twice, a table decides first, or all that is decided."""
_ROUNDS = 600
_SQUARE = 2e8
"""Above so many pairs of candidates per element nobody looks for those another makes needless."""
_SHARE = 0.3
"""The part of the time that exchanges may take; the rest is for the proof."""


def most_covered(siting: Siting, limit: float, *, seconds: float = 60.0, ties: bool = True) -> Plan:
    """Return the plan with the most people within `limit` of an open place (MCLP).

    `limit` is in the numbers of `siting.cost`; a cost of just so much is within it. People whom an
    open place covers today count as covered.

    >>> from access.decide.rules import exactly
    >>> town = Siting.of([[1, 9], [9, 1], [9, 2]], [10, 8, 7], rules=[exactly(1, 2)])
    >>> most_covered(town, 2).sites, most_covered(town, 2).objective
    (('2',), 15.0)
    """
    today = siting.today <= limit
    table = (siting.cost <= limit) & ~today[:, None]
    people = siting.people

    def score(chosen: Chosen) -> float:
        return fsum(people[siting.nearest(chosen) <= limit].tolist())

    nobody = np.zeros(0, dtype=np.int64)
    model = ready(
        siting,
        merge(table, people),
        name="mclp",
        score=score,
        offset=score(nobody),
        seconds=seconds,
    )
    model = replace(model, before=score(nobody))
    missed = np.flatnonzero((people > 0) & ~today & ~table.any(axis=1))
    return prove(siting, replace(model, unserved=missed), seconds=seconds, ties=ties)


def most_gained(
    siting: Siting,
    gain: npt.ArrayLike,
    worth: npt.ArrayLike | None = None,
    *,
    today: npt.ArrayLike | None = None,
    seconds: float = 60.0,
    ties: bool = True,
) -> Plan:
    """Return the plan with the largest sum of people times the best gain open to them.

    gain   (n, m) what a person of a cell has from a candidate, not negative: a decay of the time,
           1 within a limit, the poverty gap that it closes ...
    worth  (m,) what a candidate adds whatever else opens, not negative
    today  (n,) what a person has from the places that are open already
    """
    given = np.asarray(gain, dtype=np.float64)
    now = np.zeros(len(given)) if today is None else np.asarray(today, dtype=np.float64)
    alone = np.zeros(len(siting)) if worth is None else np.asarray(worth, dtype=np.float64)
    elements, _ = steps(np.maximum(given - now[:, None], 0.0), siting.people)

    def score(chosen: Chosen) -> float:
        best = np.maximum(given[:, chosen].max(axis=1, initial=0.0), now)
        return fsum((siting.people * best).tolist()) + fsum(alone[chosen].tolist())

    before = score(np.zeros(0, dtype=np.int64))
    model = ready(
        siting, elements, name="gain", score=score, worth=alone, offset=before, seconds=seconds
    )
    model = replace(model, before=before)
    return prove(siting, model, seconds=seconds, ties=ties)


def least_travel(siting: Siting, *, seconds: float = 60.0, ties: bool = True) -> Plan:
    """Return the plan with the least sum of people times cost to the nearest open place (p-median).

    Everybody who has a way to some candidate or to a place open today must have one; those who
    have none are told apart (`unserved`) and count nowhere. Only the nearest few candidates of a
    cell are told apart at first, and more where that was not enough to be exact (k-nearest).
    """
    people, unit = siting.people, siting.unit
    known = siting.known()
    reached = siting.today < far(siting.cost)
    served = (people > 0) & (known.any(axis=1) | reached)
    missed = np.flatnonzero((people > 0) & ~served)
    cost = np.where(known, siting.cost, 0).astype(np.float64)
    worst = np.where(reached, siting.today, cost.max(axis=1, initial=0.0)).astype(np.float64)
    gain = np.where(known, np.maximum(worst[:, None] - cost, 0.0), 0.0)
    gain[~served] = 0.0
    rules = siting.rules
    needy = served & ~reached & ~known.all(axis=1)
    if needy.any():
        said = ("길이 있는 모든 사람에게 시설이 있음", "everybody who has a way has a place")
        rules = (*rules, cover_rule(known[needy], said))
    siting = siting.but(rules=rules)

    def score(chosen: Chosen) -> float:
        nearest = siting.nearest(chosen)[served]
        if (nearest >= far(siting.cost)).any():
            return float("nan")
        return unit * fsum((people[served] * nearest).tolist())

    before = score(np.zeros(0, dtype=np.int64)) if reached[served].all() else float("nan")
    total = fsum((people * worst)[served].tolist())
    clock = time.monotonic() + seconds
    few = max(FEW, -(-3 * len(siting) // max(1, counts(siting.rows).most)))
    known_best = None
    if int(served.sum()) * min(few, len(siting)) ** 2 > MANY:
        known_best = _narrow(siting, people[:, None] * gain, 0.5 * seconds)
    begin: Chosen | None = None
    left_open = len(siting)
    if known_best is not None:
        begin = known_best.start
        left_open = int((~known_best.shut).sum())
        gain[:, known_best.shut] = 0.0
        if int(served.sum()) * left_open**2 > TOO_MANY:
            model = Model(
                name="p-median",
                unit="person-cost",
                sense=-1,
                program=sites_program(np.zeros(len(siting))),
                rules=siting.rules,
                score=score,
                start=begin,
                bound=unit * (known_best.most - total),
                patience=np.inf,
                before=before,
                unserved=missed,
            )
            return prove(siting, model, seconds=seconds, ties=False)
        few = left_open
    while True:
        elements, rest = steps(gain, people, few)
        left = clock - time.monotonic()
        model = ready(
            siting,
            elements,
            name="p-median",
            unit="person-cost",
            sense=-1,
            score=score,
            offset=unit * (fsum((people * rest).tolist()) - total),
            scale=unit,
            begin=begin,
            known=known_best,
            seconds=left,
        )
        model = replace(model, unserved=missed, before=before)
        if known_best is not None:
            model = replace(model, bound=min(model.bound, unit * (known_best.most - total)))
        plan = prove(siting, model, seconds=left, ties=ties)
        if few >= left_open or plan.status != "feasible" or time.monotonic() > clock:
            return plan
        few, begin = 2 * few, plan.chosen


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a table decides by itself: a good choice, its bound, and who is out and in for good."""

    start: Chosen
    most: float
    shut: Bools
    opened: Bools


def _narrow(siting: Siting, table: Floats, seconds: float) -> Narrowed | None:
    """Decide as many candidates as a table of gains can, before steps are made of it."""
    rows = siting.rows
    start = explore(lambda: TableExchange(table, rows), rows, moves=MOVES // 10, seconds=seconds)
    if start is None:
        return None
    reach = float(table[:, start].max(axis=1, initial=0.0).sum())
    bounds = bound(TableCharged(table), rows, reach, rounds=_ROUNDS)
    return Narrowed(start, bounds.all, *bounds.decided(reach))


def ready(
    siting: Siting,
    elements: Elements,
    *,
    name: str,
    score: Callable[[Chosen], float],
    seconds: float,
    unit: str = "people",
    sense: Literal[1, -1] = 1,
    worth: Floats | None = None,
    offset: float = 0.0,
    scale: float = 1.0,
    begin: Chosen | None = None,
    known: Narrowed | None = None,
) -> Model:
    """Make a model of elements: find a good choice, bound all others, and keep what is left open.

    `scale` times what is won, plus `offset`, is `sense` times the objective. `known` candidates are
    decided already.
    """
    rows = siting.rows
    m = len(siting)
    alone = np.zeros(m) if worth is None else worth
    none = np.zeros(m, dtype=bool)
    shut, opened = none, none
    most = np.inf
    clock = time.monotonic() + _SHARE * seconds

    def look(moves: int, reach: float, begin: Chosen | None) -> Chosen | None:
        left = clock - time.monotonic()
        return search(elements, rows, alone, moves=moves, seconds=left, reach=reach, begin=begin)

    start = look(QUICK_MOVES, np.inf, begin)
    patience = 0.0
    if start is not None:
        reach = elements.won(start) + float(alone[start].sum())
        bounds = bound(Steps(elements, alone), rows, reach)
        undecided = m - np.count_nonzero(np.logical_or(*bounds.decided(reach)))
        if not closed(reach, bounds.all) and undecided > _FEW:
            start = look(MOVES, bounds.all, start)
            assert start is not None
            reach = elements.won(start) + float(alone[start].sum())
        if not closed(reach, bounds.all) and elements.who.nnz > _LARGE:
            began = time.monotonic()
            prices = _prices(elements, alone, rows, 2 * _SHARE * seconds)
            patience = 10 * (time.monotonic() - began)
            if prices is not None:
                bounds = bound(Steps(elements, alone), rows, reach, prices=prices, rounds=200)
        most = bounds.all
        shut, opened = bounds.decided(reach)
    if known is not None:
        shut, opened = shut | known.shut, opened | known.opened
    left, alone, won = reduce(elements, alone, shut, opened)
    return Model(
        name=name,
        unit=unit,
        sense=sense,
        program=_program(left, alone, shut, opened, scale),
        rules=siting.rules,
        score=score,
        offset=offset + scale * won,
        start=start,
        point=lambda chosen: _point(left, chosen),
        bound=offset + scale * most,
        patience=patience,
        idle=_idle(elements, worth, rows, shut, opened),
    )


def _program(
    elements: Elements, alone: Floats, shut: Bools, opened: Bools, scale: float
) -> Program:
    """Return the program of elements: a column for each site, and one for each element won."""
    from scipy.sparse import csr_array, eye_array, hstack

    e, m = elements.who.shape
    return Program(
        value=scale * np.concatenate([alone, elements.weight]),
        rows=csr_array(hstack([-elements.who, eye_array(e)])),
        low=np.full(e, -np.inf),
        high=np.zeros(e),
        lower=np.concatenate([opened.astype(np.float64), np.zeros(e)]),
        upper=np.concatenate([1.0 - shut, np.ones(e)]),
        whole=np.arange(m + e) < m,
    )


def _point(elements: Elements, chosen: Chosen) -> Floats:
    """Return the values of all columns for a choice."""
    x = np.zeros(elements.who.shape[1])
    x[chosen] = 1.0
    return np.concatenate([x, np.minimum(elements.who @ x, 1.0)])


def _prices(elements: Elements, alone: Floats, rows: Rows, seconds: float) -> Floats | None:
    """Return what each element is charged at the best prices, from the linear relaxation.

    None where no solver is there, or it takes too long.
    """
    none = np.zeros(len(alone), dtype=bool)
    program = _program(elements, alone, none, none, 1.0)
    program = program.with_rows(rows.matrix, rows.low, rows.high)
    try:
        answer = solve(replace(program, whole=np.zeros_like(program.whole)), seconds=seconds)
    except SolverMissingError:
        return None
    return None if answer.prices is None else answer.prices[: len(elements)]


def _idle(
    elements: Elements, worth: Floats | None, rows: Rows, shut: Bools, opened: Bools
) -> Bools | None:
    """Return which candidates another makes needless, where the rules count all candidates alike.

    None where they do not, or where that would leave too few to choose from.
    """
    size = np.diff(rows.matrix.indptr)
    alike = bool((size == len(shut)).all() and (rows.matrix.data == 1).all())
    square = int((np.diff(elements.who.indptr).astype(np.int64) ** 2).sum())
    if not alike or square > _SQUARE or (worth is not None and worth.any()):
        return None
    free = np.flatnonzero(~shut)
    idle = shut.copy()
    idle[free] = dominated(Elements(elements.who[:, free], elements.weight))
    idle &= ~opened
    return idle if int((~idle).sum()) >= counts(rows).most else None
