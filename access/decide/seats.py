"""Seats: models where a place serves no more people than it has seats for.

Capacitated maximal coverage is Current and Storbeck 1988, Pirkul and Schilling 1991. People are
assigned to places; a cell may be split between several unless `whole_cells` forbids it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum
from typing import Literal

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access.decide._highs import Program, solve
from access.decide.elements import merge
from access.decide.plan import Plan
from access.decide.proof import Model, prove
from access.decide.rules import Chosen
from access.decide.siting import Siting, far
from access.errors import CapacityError, InputError, Problem

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MOST_PAIRS = 2_000_000
"""Of so many pairs of people and place at most a program is made."""
_SECONDS = 60.0
_TIGHT = 200_000


def most_seated(
    siting: Siting,
    limit: float,
    seats: npt.ArrayLike,
    *,
    open_cost: npt.ArrayLike | None = None,
    open_seats: npt.ArrayLike | None = None,
    whole_cells: bool = False,
    seconds: float = 60.0,
    ties: bool = True,
) -> Plan:
    """Return the plan that seats the most people within `limit` (capacitated MCLP).

    seats       (m,) people each candidate can serve
    open_cost   (n, k) cost from each cell to each place open already, with `open_seats` (k,)
    whole_cells the people of a cell all go to one place, or to none

    Raises InputError (E942) for seats that are no numbers or below zero, CapacityError (E945) for
    more pairs of people and place than fit in a program.

    >>> from access.decide.rules import exactly
    >>> town = Siting.of([[1, 1], [1, 9]], [10, 8], rules=[exactly(1, 2)])
    >>> most_seated(town, 2, [12, 20]).objective
    12.0
    """
    places = _places(siting, seats, open_cost, open_seats)
    table = places.cost <= limit
    people = np.where(table.any(axis=1), siting.people, 0.0)
    missed = np.flatnonzero((siting.people > 0) & (people == 0))
    if whole_cells:
        rows = np.flatnonzero(people > 0)
        who, demand = table[rows], people[rows]
    else:
        merged = merge(table, people)
        who, demand = merged.who.toarray() > 0, merged.weight
    assign = _Assignment(places, who, demand, np.where(who, 1.0, 0.0), "most", whole_cells)
    return _planned(siting, assign, "seated mclp", "people", missed, seconds, ties)


def least_travel_seated(
    siting: Siting,
    seats: npt.ArrayLike,
    *,
    open_cost: npt.ArrayLike | None = None,
    open_seats: npt.ArrayLike | None = None,
    whole_cells: bool = False,
    seconds: float = 60.0,
    ties: bool = True,
) -> Plan:
    """Return the plan of least people times cost with a seat for everybody (capacitated p-median).

    Arguments and errors as `most_seated`. Those who have a way to no place are told apart.
    """
    places = _places(siting, seats, open_cost, open_seats)
    known = places.cost < far(places.cost)
    served = np.flatnonzero((siting.people > 0) & known.any(axis=1))
    missed = np.flatnonzero((siting.people > 0) & ~known.any(axis=1))
    cost = np.where(known, places.cost, 0.0)[served].astype(np.float64) * siting.unit
    assign = _Assignment(places, known[served], siting.people[served], -cost, "least", whole_cells)
    return _planned(siting, assign, "seated p-median", "person-cost", missed, seconds, ties)


@dataclass(frozen=True, slots=True)
class _Places:
    """Candidates and, after them, the places open already."""

    cost: npt.NDArray[np.float64]
    seats: Floats
    candidates: int


def _places(
    siting: Siting,
    seats: npt.ArrayLike,
    open_cost: npt.ArrayLike | None,
    open_seats: npt.ArrayLike | None,
) -> _Places:
    none = np.zeros((len(siting.people), 0))
    more = none if open_cost is None else np.asarray(open_cost, dtype=np.float64)
    new = np.where(siting.known(), siting.cost, np.inf).astype(np.float64)
    beside: npt.ArrayLike = [] if open_seats is None else open_seats
    all_seats = np.concatenate([np.asarray(s, dtype=np.float64) for s in (seats, beside)])
    cost = np.column_stack([new, np.where(np.isnan(more), np.inf, more)])
    bad = all_seats.shape != (cost.shape[1],) or not np.isfinite(all_seats).all()
    if bad or (all_seats < 0).any():
        raise InputError([Problem("E942", value=str(all_seats[:8].tolist()))])
    return _Places(cost, all_seats, len(siting))


@dataclass(frozen=True, slots=True)
class _Assignment:
    """Who may go where, and what it is worth: a column for each pair of people and place.

    who     (e, p) which of the people may go to which place
    demand  (e,) people
    value   (e, p) what a person at a place is worth
    aim     "most": as many as there are seats for; "least": everybody, at the least cost
    """

    places: _Places
    who: Bools
    demand: Floats
    value: Floats
    aim: Literal["most", "least"]
    whole: bool

    def program(self) -> Program:
        """Return the program: the sites, then for each pair the share of the people who go."""
        from scipy.sparse import csr_array, vstack

        row, place = np.nonzero(self.who)
        pairs, m = len(row), self.places.candidates
        if pairs > MOST_PAIRS:
            facts = {"pairs": f"{pairs:,}", "most": f"{MOST_PAIRS:,}"}
            raise CapacityError.of("E945", facts=facts)
        people = self.demand[row]
        ones, columns = np.ones(pairs), m + np.arange(pairs)
        e, p = self.who.shape
        shape = (e, m + pairs)
        all_of = csr_array((ones, (row, columns)), shape=shape)
        new = place < m
        # Seats of a candidate are there once it opens; divided by their number, for the solver.
        size = np.maximum(self.places.seats, 1.0)
        load = csr_array((people / size[place], (place, columns)), shape=(p, m + pairs))
        opens = csr_array(
            (-self.places.seats[:m] / size[:m], (np.arange(m), np.arange(m))), shape=(p, m + pairs)
        )
        parts = [all_of, load + opens]
        least = 1.0 if self.aim == "least" else 0.0
        low = [np.full(e, least), np.full(p, -np.inf)]
        room = np.concatenate([np.zeros(m), (self.places.seats / size)[m:]])
        high = [np.ones(e), room]
        if int(new.sum()) <= _TIGHT:  # nobody goes where nothing opens: implied, but a better bound
            k = int(new.sum())
            at = np.arange(k)
            link = csr_array(
                (
                    np.concatenate([np.ones(k), -np.ones(k)]),
                    (np.concatenate([at, at]), np.concatenate([columns[new], place[new]])),
                ),
                shape=(k, m + pairs),
            )
            parts.append(link)
            low.append(np.full(k, -np.inf))
            high.append(np.zeros(k))
        return Program(
            value=np.concatenate([np.zeros(m), people * self.value[row, place]]),
            rows=csr_array(vstack(parts)),
            low=np.concatenate(low),
            high=np.concatenate(high),
            lower=np.zeros(m + pairs),
            upper=np.ones(m + pairs),
            whole=(np.arange(m + pairs) < m) | self.whole,
        )

    def best(self, program: Program, chosen: Chosen) -> tuple[float, Floats] | None:
        """Return what a choice of sites is worth, and the loads of all places, or None.

        The solver assigns; the shares are then cut to what they may be and everything is counted
        again from them.
        """
        m = self.places.candidates
        x = np.zeros(m)
        x[chosen] = 1.0
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[:m] = upper[:m] = x
        answer = solve(replace(program, lower=lower, upper=upper), seconds=_SECONDS)
        if answer.x is None:
            return None
        row, place = np.nonzero(self.who)
        share = answer.x[m:]
        total = np.bincount(row, weights=share, minlength=len(self.demand))
        share = share / (total if self.aim == "least" else np.maximum(total, 1.0))[row]
        seats = self.places.seats.copy()
        seats[:m] *= x
        people = share * self.demand[row]
        load = np.bincount(place, weights=people, minlength=len(seats))
        over = np.where(load > seats, seats / np.maximum(load, 1e-300), 1.0)
        if self.aim == "most":
            people = people * over[place]
        elif (over < 1 - 1e-6).any():
            return None
        worth = fsum((people * self.value[row, place]).tolist())
        return worth, np.bincount(place, weights=people, minlength=len(seats)).astype(np.float64)


def _planned(
    siting: Siting,
    assign: _Assignment,
    name: str,
    unit: str,
    missed: npt.NDArray[np.int64],
    seconds: float,
    ties: bool,
) -> Plan:
    program = assign.program()
    known: dict[tuple[int, ...], tuple[float, Floats] | None] = {}
    sense: Literal[1, -1] = 1 if assign.aim == "most" else -1

    def result(chosen: Chosen) -> tuple[float, Floats] | None:
        key = tuple(chosen.tolist())
        if key not in known:
            known[key] = assign.best(program, chosen)
        return known[key]

    def score(chosen: Chosen) -> float:
        found = result(chosen)
        return float("nan") if found is None else sense * found[0]

    model = Model(
        name=name,
        unit=unit,
        sense=sense,
        program=program,
        rules=siting.rules,
        score=score,
        said=("모든 사람에게 자리가 있음", "everybody has a seat"),
        before=score(np.zeros(0, dtype=np.int64)),
        unserved=missed,
    )
    plan = prove(siting, model, seconds=seconds, ties=ties)
    if not plan.sites and plan.status not in ("optimal", "feasible"):
        return plan
    found = result(plan.chosen)
    assert found is not None
    return replace(plan, loads=frozen(found[1][plan.chosen]))
