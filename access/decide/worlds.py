"""Worlds: what may be other than thought, drawn, and the best choice of sites in each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from access.decide.candidates import Found
from access.decide.choice import Posed
from access.decide.elements import Elements, merge
from access.decide.gains import most_covered
from access.decide.plan import Plan
from access.decide.rules import Chosen
from access.decide.siting import Siting
from access.errors import InputError, Problem
from access.network.edits import close_ways
from access.network.modes import Mode
from access.study.question import Question
from access.study.study import Study
from access.travel.compute import travel_times
from access.travel.linkage import link
from access.travel.times import TravelTimes

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What is not known for sure, and how worlds are drawn. Shares are parts of 1.

    draws          worlds; each has its own people and open centres
    streets        different states of the streets among them, taken in turn
    seed           the same seed draws the same worlds
    speed          standard deviation of the speed of everybody, one factor for a state of streets
    closed_ways    chance of each way to be closed
    closed_places  chance of each centre that is open today to be closed
    demand         standard deviation of the people of each 읍·면·동
    survey         standard deviation of the people of each cell: error of count, map or survey

    Factors are lognormal with mean 1. Raises InputError (E951) for numbers that cannot be.
    """

    draws: int = 100
    streets: int = 25
    seed: int = 1
    speed: float = 0.10
    closed_ways: float = 0.005
    closed_places: float = 0.02
    demand: float = 0.10
    survey: float = 0.20

    def __post_init__(self) -> None:
        problems = []
        for name, least, most in (("draws", 1, 10_000), ("streets", 1, 10_000), ("seed", 0, 2**32)):
            value = getattr(self, name)
            whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
            if not (whole and least <= value <= most):
                problems.append(_cannot(name, value, least, most))
        for name in ("speed", "closed_ways", "closed_places", "demand", "survey"):
            value = getattr(self, name)
            if not (isinstance(value, int | float | np.number) and 0 <= float(value) <= 1):
                problems.append(_cannot(name, value, 0, 1))
        if problems:
            raise InputError(problems)


def _cannot(name: str, value: Any, least: int, most: int) -> Problem:
    facts = {"least": least, "most": f"{most:,}"}
    return Problem("E951", column=name, value=str(value), facts=facts)


@dataclass(frozen=True, slots=True)
class World:
    """One drawn world, as far as the choice goes.

    speed          factor of everybody's speed
    closed_ways    number of ways closed, closed_places of centres
    people         how many are counted in all
    today          whom places open today have within the limit
    elements       what sites can win besides
    chosen, best   the best choice there and the people it has within the limit
    proven         whether that is proven
    """

    speed: float
    closed_ways: int
    closed_places: int
    people: float
    today: float
    elements: Elements
    chosen: Chosen
    best: float
    proven: bool

    def reached(self, chosen: Chosen) -> float:
        """Return the people within the limit once the chosen sites open."""
        return self.today + self.elements.won(chosen)


def draw(
    study: Study,
    question: Question,
    kind: str,
    posed: Posed,
    asked: Uncertainty,
    seconds: float,
    progress: Callable[[int, int], None] | None,
) -> list[World]:
    """Draw the worlds and choose in each."""
    both = question.but(to=(*question.to, kind))
    whole = travel_times(study, both, limit_minutes=question.limit)
    ways = np.unique(study.network.way_id)
    worlds: dict[int, World] = {}
    clock = time.monotonic() + seconds
    tell = progress or (lambda *_: None)
    tell(0, asked.draws)
    for state in range(min(asked.streets, asked.draws)):
        rng = np.random.default_rng([asked.seed, 0, state])
        speed = float(_factors(rng, asked.speed, 1)[0])
        shut = ways[rng.random(len(ways)) < asked.closed_ways]
        times = _times(study, both, speed, shut, whole)
        cost, open_cost = _columns(times, study, posed.found)
        for number in range(state, asked.draws, asked.streets):
            rng = np.random.default_rng([asked.seed, 1, number])
            area = _factors(rng, asked.demand, len(study.districts) + 1)
            cell = _factors(rng, asked.survey, len(study.cells))
            gone = rng.random(size=open_cost.shape[1]) < asked.closed_places
            siting = posed.siting.but(
                people=posed.siting.people * area[study.cell_district] * cell,
                cost=cost,
                today=open_cost[:, ~gone].min(axis=1, initial=np.uint32(2**31)),
            )
            left = max(1.0, clock - time.monotonic())
            told = speed, len(shut), int(np.count_nonzero(gone))
            worlds[number] = _world(siting, posed.limit, told, left)
            tell(len(worlds), asked.draws)
    return [worlds[number] for number in range(asked.draws)]


def _factors(rng: np.random.Generator, deviation: float, size: int) -> Floats:
    """Return lognormal factors with mean 1 and a standard deviation."""
    spread = np.sqrt(np.log1p(deviation**2))
    factors: Floats = np.exp(spread * rng.standard_normal(size) - spread**2 / 2)
    return factors


def _times(
    study: Study,
    question: Question,
    speed: float,
    shut: npt.NDArray[np.int64],
    known: TravelTimes,
) -> TravelTimes:
    """Return the times, up to the question's limit, at another speed and with some ways closed."""
    drawn = study if len(shut) == 0 else replace(study, network=close_ways(study.network, shut))
    if speed != 1.0:
        means = _paced(study.mode(question.mode, question.profile), speed)
        drawn = replace(drawn, modes=(means, *study.modes))
    linkage = link(drawn, question)
    return travel_times(drawn, question, limit_minutes=question.limit, reuse=known, linkage=linkage)


def _paced(means: Mode, speed: float) -> Mode:
    """Return a way of moving, everything faster by a factor."""
    clock = means.clock_kmh
    return replace(
        means,
        walk_ms=means.walk_ms * speed,
        bicycle_kmh=means.bicycle_kmh * speed,
        limit_share=means.limit_share * speed,
        class_kmh=tuple((c, a * speed, b * speed) for c, a, b in means.class_kmh),
        clock_kmh=None if clock is None else clock * speed,
    )


def _columns(
    times: TravelTimes, study: Study, found: Found
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Return the times to candidates and to open places, as `Found` has them."""
    column = {id: k for k, id in enumerate(times.places.tolist())}
    tenths = times.tenths.view(np.uint32)  # read without a sign, a reason is beyond every time
    new, old = (
        tenths[:, [column[id] for id in study.places.ids[which].tolist()]]
        for which in (found.places, found.open)
    )
    return new, old


def _world(siting: Siting, limit: float, told: tuple[float, int, int], seconds: float) -> World:
    plan = most_covered(siting, limit, seconds=seconds)
    refuse_none(plan)
    today = siting.today <= limit
    elements = merge((siting.cost <= limit) & ~today[:, None], siting.people)
    reached = float(siting.people[today].sum())
    return World(
        *told,
        people=float(siting.people.sum()),
        today=reached,
        elements=elements,
        chosen=plan.chosen,
        best=reached + elements.won(plan.chosen),
        proven=plan.status == "optimal",
    )


def refuse_none(plan: Plan) -> None:
    """Raise InputError for a plan that is none: E952 with the rules that clash, or E953."""
    if plan.status == "infeasible":
        ko, en = ("; ".join(said[k] for said in plan.conflict) for k in (0, 1))
        raise InputError.of("E952", facts={"rules": (ko, en)})
    if plan.status == "no_solution":
        raise InputError.of("E953")
