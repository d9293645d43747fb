"""Proof: from a siting and a model of it to a plan whose claims were checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access.decide._highs import Answer, Program, SolverMissingError, closed, solve
from access.decide.conflict import smallest_conflict
from access.decide.plan import NOTHING, Plan
from access.decide.rules import Chosen, Rule, Said, rows_of
from access.decide.siting import Siting

TIES = 10
"""How many other plans as good are listed at most."""
_SAME = 1e-9
"""Objectives that differ by no more than this part of them are the same."""
_TRIES = 100
"""How many points that the solver takes for as good, but are not, are put aside."""


@dataclass(frozen=True, slots=True)
class Model:
    """A siting made ready to be solved: its sites are the first `len(siting)` columns.

    program    its value and `offset` are `sense * objective`; rules have no rows in it
    rules      what a choice must keep: those of the siting, and what the model asks of sites
    score      the objective of a choice that keeps the rules, computed from the siting itself; NaN
               where the choice does not do what the model asks
    said       what the program asks beyond the rules, for when that cannot be kept
    start      a choice that keeps the rules, to begin from
    point      the values of all columns for a choice; without it the solver has to find them
    size       that of the numbers the objective is made of, 0 for its own: see `closed`
    bound      no choice has a larger `sense * objective`
    patience   with fewer seconds left the solver could not get anywhere, and is not asked
    idle       (m,) candidates that the best plan can do without, though one as good may use them
    """

    name: str
    unit: str
    sense: Literal[1, -1]
    program: Program
    rules: tuple[Rule, ...]
    score: Callable[[Chosen], float]
    offset: float = 0.0
    said: Said | None = None
    start: Chosen | None = None
    point: Callable[[Chosen], npt.NDArray[np.float64]] | None = None
    size: float = 0.0
    bound: float = np.inf
    patience: float = 0.0
    idle: npt.NDArray[np.bool_] | None = None
    before: float = float("nan")
    unserved: npt.NDArray[np.int64] = field(default_factory=lambda: NOTHING)
    notes: tuple[Said, ...] = ()


def prove(siting: Siting, model: Model, *, seconds: float = 60.0, ties: bool = True) -> Plan:
    """Return the best plan of a model, as far as `seconds` allow, with its bound and its ties.

    Where the solver is missing: the choice the model begins from, labelled a heuristic. Raises
    SolverMissingError (E947) where it has none.
    """
    clock = time.monotonic() + seconds
    try:
        plan = _best(siting, model, clock)
        return _tell_ties(siting, model, plan, clock) if ties else plan
    except SolverMissingError:
        if model.start is None:
            raise
        return _plan(siting, model, model.start, model.bound, "heuristic")


def _best(siting: Siting, model: Model, clock: float) -> Plan:
    chosen = model.start
    if chosen is not None and closed(_value(model, chosen), model.bound, _size(model)):
        return _plan(siting, model, chosen, model.bound, "bounds")
    if chosen is not None and clock - time.monotonic() < model.patience:
        return _plan(siting, model, chosen, model.bound, "bounds")
    program = _whole(siting, model)
    if model.idle is not None:
        upper = program.upper.copy()
        upper[: len(siting)][model.idle] = program.lower[: len(siting)][model.idle]
        program = replace(program, upper=upper)
    begin = None
    if chosen is not None:
        begin = _flags(siting, chosen) if model.point is None else model.point(chosen)
    bound = model.bound
    for _ in range(_TRIES):
        answer = solve(program, seconds=clock - time.monotonic(), start=begin)
        bound = min(model.bound, answer.bound + model.offset)
        found = _sites(siting, answer)
        if found is None or _good(siting, model, found):
            break
        program = _without(program, found, len(siting))  # within the solver's tolerance, not ours
    else:
        found = None
    options = [option for option in (chosen, found) if option is not None]
    if options:
        return _plan(siting, model, max(options, key=lambda o: _value(model, o)), bound, "solver")
    if answer.status == "infeasible":
        conflict = smallest_conflict(model.program, model.rules, len(siting), model.said)
        return replace(_blank(siting, model, "infeasible"), conflict=conflict)
    return replace(_blank(siting, model, "no_solution"), bound=model.sense * bound)


def _whole(siting: Siting, model: Model) -> Program:
    rows = rows_of(model.rules, len(siting))
    return model.program.with_rows(rows.matrix, rows.low, rows.high)


def _without(program: Program, chosen: Chosen, sites: int) -> Program:
    """Return the program without one choice (a no-good cut)."""
    row = -np.ones((1, sites))
    row[0, chosen] = 1.0
    return program.with_rows(row, -np.inf, len(chosen) - 1.0)


def _flags(siting: Siting, chosen: Chosen) -> npt.NDArray[np.float64]:
    flags = np.zeros(len(siting))
    flags[chosen] = 1.0
    return flags


def _sites(siting: Siting, answer: Answer) -> Chosen | None:
    return None if answer.x is None else np.flatnonzero(answer.x[: len(siting)] > 0.5)


def _good(siting: Siting, model: Model, chosen: Chosen) -> bool:
    """Check a choice without the solver: every rule, and what the model asks."""
    held = rows_of(model.rules, len(siting)).hold(chosen)
    return held and not np.isnan(model.score(chosen))


def _value(model: Model, chosen: Chosen) -> float:
    return model.sense * model.score(chosen)


def _size(model: Model) -> float:
    return max(abs(model.offset), model.size)


def _blank(siting: Siting, model: Model, status: Literal["infeasible", "no_solution"]) -> Plan:
    return Plan(
        model=model.name,
        status=status,
        unit=model.unit,
        sense="most" if model.sense > 0 else "least",
        before=model.before,
        unserved=frozen(model.unserved, np.int64),
        unserved_people=float(siting.people[model.unserved].sum()),
        notes=model.notes,
    )


def _plan(
    siting: Siting,
    model: Model,
    chosen: Chosen,
    bound: float,
    method: Literal["solver", "bounds", "heuristic"],
) -> Plan:
    value = _value(model, chosen)
    proven = closed(value, bound, _size(model))
    return replace(
        _blank(siting, model, "no_solution"),
        status="optimal" if proven else "feasible",
        sites=tuple(siting.candidates[chosen].tolist()),
        chosen=frozen(chosen, np.int64),
        objective=model.score(chosen),
        bound=model.sense * (value if proven else max(bound, value)),
        method="bounds" if proven and method == "heuristic" else method,
    )


class _Equals:
    """The search for plans as good as the best one: one question to the solver at a time."""

    def __init__(self, siting: Siting, model: Model, best: Chosen, clock: float) -> None:
        self.siting, self.model, self.clock = siting, model, clock
        self.value = _value(model, best)
        program = _whole(siting, model)
        largest = float(np.abs(program.value).max(initial=0.0))
        if largest > 0:
            slack = 10 * _SAME * max(1.0, abs(self.value))
            low = (self.value - model.offset - slack) / largest
            program = program.with_rows(program.value[None, :] / largest, low, np.inf)
        self.program = replace(program, value=np.zeros(len(program.value)))
        self.tries = 0

    def same(self, chosen: Chosen) -> bool:
        """Say whether a choice is as good as the best."""
        if not _good(self.siting, self.model, chosen):
            return False
        return abs(_value(self.model, chosen) - self.value) <= _SAME * max(1.0, abs(self.value))

    def without(self, chosen: Chosen) -> None:
        """Put one choice aside for good."""
        self.program = _without(self.program, chosen, len(self.siting))

    def find(self, program: Program | None = None) -> Chosen | Literal["unknown"] | None:
        """Return a choice as good that keeps a program (default: this one's); None if none is."""
        while self.tries < _TRIES:
            extra = self.program if program is None else program
            answer = solve(extra, seconds=self.clock - time.monotonic())
            if answer.status == "infeasible":
                return None
            found = _sites(self.siting, answer)
            if found is None:
                return "unknown"
            if self.same(found):
                return found
            self.tries += 1  # within the solver's tolerance, and not as good
            self.without(found)
            if program is not None:
                program = _without(program, found, len(self.siting))
        return "unknown"


def _tell_ties(siting: Siting, model: Model, plan: Plan, clock: float) -> Plan:
    """Look for other plans as good, and take the first by number of sites and then by order."""
    if plan.status != "optimal":
        return plan
    equals = _Equals(siting, model, plan.chosen, clock)
    anew = equals.program
    known = [plan.chosen]
    complete = False
    while len(known) <= TIES:
        equals.without(known[-1])
        found = equals.find()
        if isinstance(found, str):
            break
        if found is None:
            complete = True
            break
        known.append(found)
    if not complete and len(known) <= TIES:
        if len(known) == 1:
            return plan  # nobody could look
        known = sorted(known, key=_rank)
    elif not complete:
        equals.program = anew
        known = [_first(siting, equals, min(known, key=_rank)), *known]
    best, *others = _distinct(sorted(known, key=_rank))
    told = tuple(tuple(siting.candidates[other].tolist()) for other in others[:TIES])
    better = _plan(siting, model, best, _value(model, best), plan.method)
    return replace(better, ties=told, all_ties=complete)


def _rank(chosen: Chosen) -> tuple[int, tuple[int, ...]]:
    return len(chosen), tuple(chosen.tolist())


def _distinct(plans: Sequence[Chosen]) -> list[Chosen]:
    return list({_rank(plan): plan for plan in plans}.values())


def _first(siting: Siting, equals: _Equals, best: Chosen) -> Chosen:
    """Return the first of all plans as good: fewest sites, then earliest candidates."""
    m = len(siting)
    ones = np.ones((1, m))
    while len(best):
        found = equals.find(equals.program.with_rows(ones, -np.inf, len(best) - 1.0))
        if found is None or isinstance(found, str):
            break
        best = found
    program = equals.program.with_rows(ones, len(best), len(best))
    lower, upper = program.lower.copy(), program.upper.copy()
    at = 0
    while at < len(best):
        begin = int(best[at - 1]) + 1 if at else 0
        if begin < best[at]:
            row = np.zeros((1, m))
            row[0, begin : best[at]] = 1.0
            bounded = replace(program, lower=lower.copy(), upper=upper.copy())
            found = equals.find(bounded.with_rows(row, 1.0, np.inf))
            if isinstance(found, str):
                return best
            if found is not None:
                best = found
                continue
        upper[begin : best[at]] = 0.0
        lower[best[at]] = 1.0
        at += 1
    return best
