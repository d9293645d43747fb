"""Choice: put a siting question to a study, in a planner's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from math import fsum
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from access._geo import great_circle
from access.decide import rules as rule
from access.decide.backup import most_backed
from access.decide.candidates import Found, filter_candidates, find_candidates
from access.decide.fairness import fairest
from access.decide.gains import least_travel, most_covered
from access.decide.plan import Plan
from access.decide.rules import Rule
from access.decide.seats import least_travel_seated, most_seated
from access.decide.sets import cover_all, least_farthest, most_apart
from access.decide.siting import Siting
from access.errors import InputError, Problem
from access.ledger import Ledger
from access.measure.outcome import Outcome
from access.study.question import Question
from access.study.study import Study
from access.travel.times import TravelTimes

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Goal = Literal["mclp", "lscp", "p-median", "p-center", "p-dispersion", "backup", "equity"]
GOALS: tuple[str, ...] = get_args(Goal)

_MINUTES = 1 / 600


def choose_sites(
    study: Study,
    question: Question,
    candidates: str = "idle",
    sites: int | None = 5,
    *,
    model: Goal = "mclp",
    one_per: str | Mapping[str, str] | None = None,
    at_least: Mapping[str, int] | None = None,
    must: Iterable[str] = (),
    must_not: Iterable[str] = (),
    either: Iterable[Iterable[str]] = (),
    spacing_m: float | None = None,
    budget: float | None = None,
    min_area_m2: float | None = None,
    step_free: bool = False,
    people_per_seat: float | None = None,
    weights: Mapping[str, float] | None = None,
    fair_to: Literal["districts", "groups"] = "districts",
    reuse: Outcome | TravelTimes | None = None,
    seconds: float = 60.0,
) -> Plan:
    """Choose which candidates should open beside the places that the question counts today.

    candidates       the kind of places that could open, e.g. "idle"
    sites            how many open; None for as many as the budget allows. Not used by "lscp"
    model            "mclp" most people within the question's limit · "p-median" least minutes in
                     all · "p-center" least minutes of the farthest · "lscp" fewest sites that have
                     everybody within the limit who can be · "backup" most people with two places
                     within the limit · "equity" largest share within the limit of the worst-off
                     읍·면·동 (or group, `fair_to`), then most people · "p-dispersion" sites
                     farthest apart
    one_per          "district": at most one in each 읍·면·동; or candidate id -> zone
    at_least         name or code of a 읍·면·동 (or zone) -> how many must open there
    must, must_not   candidates that open, or do not: by id, or a name that only one has
    either           sets of candidates of which just one opens
    spacing_m        metres between any two that open, as the crow flies
    budget           won a year that the yearly costs may come to
    min_area_m2, step_free   hard filters: candidates that do not fit, or of which it is unknown,
                     are left out and listed in the plan's ledger, as are those whose building has
                     an area of 0 and those too far from any way
    people_per_seat  people a seat can serve: places then serve no more than that ("mclp",
                     "p-median"), those open today too
    weights          group -> what one of its people counts; default: the question's group counts 1
    reuse            an earlier outcome or table of times, of which columns are taken over

    People outside all districts count nowhere, as in the tables of an `Outcome`, and a time equal
    to the limit is within it. The plan's objective is the number the tables show.

    Raises InputError with every problem found: E604, E605 groups and kinds that are not there, E941
    a number of sites that cannot be, E948 unknown seats, E949 and E972 names that nobody or several
    bear, E970 amounts that cannot be.

    >>> from access import Question
    >>> from access.testing import toy_study
    >>> town = toy_study("a b c d", {"abcd": {}}, people={"a": 9, "d": 5}, idle="bd")
    >>> choose_sites(town, Question(minutes=(1,)), sites=1).sites
    ('d',)
    """
    posed = pose(
        study,
        question,
        candidates,
        None if model == "lscp" else sites,
        model=model,
        one_per=one_per,
        at_least=at_least,
        must=must,
        must_not=must_not,
        either=either,
        spacing_m=spacing_m,
        budget=budget,
        min_area_m2=min_area_m2,
        step_free=step_free,
        seats_known=people_per_seat is not None,
        weights=weights,
        reuse=reuse,
    )
    if people_per_seat is not None:
        plan = _seated(study, posed, model, people_per_seat, seconds)
    else:
        plan = _unseated(study, posed, model, fair_to, seconds)
    return explained(study, question, posed, plan)


@dataclass(frozen=True, slots=True)
class Posed:
    """A siting question ready for any model, front or order of phases.

    siting        cells, candidates, times in tenths of a second, and rules
    limit         the question's limit in the numbers of `siting.cost`
    found         the candidates and the open places, with the times to each
    metres        (m, m) between candidates, as the crow flies
    by_district   (d, n) what the people of each 읍·면·동 count in each cell
    ledger        which candidates were left out, and why
    """

    siting: Siting
    limit: float
    found: Found
    metres: Floats
    by_district: Floats
    ledger: Ledger


def pose(
    study: Study,
    question: Question,
    candidates: str = "idle",
    sites: int | None = 5,
    *,
    model: str = "mclp",
    one_per: str | Mapping[str, str] | None = None,
    at_least: Mapping[str, int] | None = None,
    must: Iterable[str] = (),
    must_not: Iterable[str] = (),
    either: Iterable[Iterable[str]] = (),
    spacing_m: float | None = None,
    budget: float | None = None,
    min_area_m2: float | None = None,
    step_free: bool = False,
    seats_known: bool = False,
    weights: Mapping[str, float] | None = None,
    reuse: Outcome | TravelTimes | None = None,
) -> Posed:
    """Make a siting of a study: arguments and errors as `choose_sites`.

    `seats_known` leaves out candidates whose seats are unknown.

    >>> from access import Question
    >>> from access.decide.front import front
    >>> from access.testing import toy_study
    >>> town = toy_study("a b c d", {"abcd": {}}, people={"a": 9, "d": 5}, idle="bd")
    >>> posed = pose(town, Question(minutes=(1,)), sites=1)
    >>> [p.plan.sites for p in front(posed.siting, posed.limit, posed.by_district).points]
    [('d',)]
    """
    check_asked(
        study,
        question,
        candidates,
        sites,
        model=model,
        weights=weights,
        budget=budget,
        spacing_m=spacing_m,
        min_area_m2=min_area_m2,
    )
    found = find_candidates(study, question, candidates, reuse)
    left_out, filtered = filter_candidates(
        study,
        found.places,
        min_area_m2=min_area_m2,
        step_free=step_free,
        cost=budget is not None,
        seats=seats_known,
        district=one_per == "district",
    )
    found = found.without(left_out)
    entries = (*found.entries, *filtered)
    places, m = study.places, len(found.places)
    rules: list[Rule] = []
    if sites is not None:
        if sites > m:
            facts = {"candidates": m, "kind": candidates, "left_out": len(entries)}
            raise InputError([Problem("E941", column="sites", value=str(sites), facts=facts)])
        rules.append(rule.exactly(sites, m))
    names = _Names(study, found.places)
    rules += names.named(must, must_not, either)
    rules += names.zones(one_per, at_least or {})
    metres = _metres(places.lonlat[found.places])
    if spacing_m is not None:
        rules.append(rule.spacing(metres, spacing_m))
    if budget is not None:
        rules.append(rule.budget(places.yearly_cost[found.places], budget))
    people = _people(study, question, weights)
    siting = Siting(
        candidates=places.ids[found.places],
        people=people,
        cost=found.cost,
        today=found.open_cost.min(axis=1, initial=np.uint32(2**31)),
        rules=tuple(rules),
        unit=_MINUTES,
    )
    limit = float(np.floor(question.limit * 600 + 1e-6))
    area = np.arange(len(study.districts))[:, None]
    by_district = people * (study.cell_district == area)
    return Posed(siting, limit, found, metres, by_district, Ledger(entries))


def check_asked(
    study: Study,
    question: Question,
    candidates: str,
    sites: object,
    *,
    model: str = "mclp",
    weights: Mapping[str, float] | None = None,
    seconds: float = 1.0,
    **rules: Any,
) -> None:
    """Raise one InputError with everything that cannot be asked."""
    problems = []
    kinds = sorted(set(study.places.kind.tolist()))
    if candidates not in kinds:
        facts = {"kinds": ", ".join(kinds)}
        problems.append(Problem("E605", column="candidates", value=candidates, facts=facts))
    if candidates in question.to:
        problems.append(Problem("E950", column="candidates", value=candidates))
    if model not in GOALS:
        near = get_close_matches(str(model), GOALS, n=1, cutoff=0.0)[0]
        facts = {"key": "model", "nearest": near}
        problems.append(Problem("E600", column="model", value=str(model), facts=facts))
    for group in [question.group] if weights is None else weights:
        if group not in study.groups:
            facts = {"groups": ", ".join(study.groups)}
            problems.append(Problem("E604", column="group", value=group, facts=facts))
    whole = isinstance(sites, int | np.integer) and not isinstance(sites, bool)
    if sites is not None and (not whole or int(sites) < 0):  # type: ignore[call-overload]
        number = int((study.places.kind == candidates).sum())
        said = {"candidates": number, "kind": candidates, "left_out": 0}
        problems.append(Problem("E941", column="sites", value=str(sites), facts=said))
    for name in ("budget", "spacing_m", "min_area_m2"):
        if (value := rules.get(name)) is not None and not 0 <= value < np.inf:
            problems.append(Problem("E970", column=name, value=str(value)))
    if not seconds > 0:
        problems.append(Problem("E970", column="seconds", value=str(seconds)))
    if problems:
        raise InputError(problems)


@dataclass(frozen=True, slots=True)
class _Names:
    """Rules from the names a planner gives."""

    study: Study
    which: Indices

    def named(
        self, must: Iterable[str], must_not: Iterable[str], either: Iterable[Iterable[str]]
    ) -> list[Rule]:
        """Return the rules on single candidates, given by id."""
        one = [self._find(i, "must") for i in _several(must)]
        none = [self._find(i, "must_not") for i in _several(must_not)]
        sets = [[self._find(i, "either") for i in _several(some)] for some in either]
        problems = [p for p in (*one, *none, *(i for s in sets for i in s)) if not _found(p)]
        if problems:
            raise InputError(p for p in problems if isinstance(p, Problem))
        names = self.study.places.names[self.which]
        rules = [rule.must(i, names[i]) for i in one if isinstance(i, int)]
        rules += [rule.must_not(i, names[i]) for i in none if isinstance(i, int)]
        for some in sets:
            members = [i for i in some if isinstance(i, int)]
            rules.append(rule.either(members, names[members].tolist()))
        return rules

    def _find(self, wanted: str, column: str) -> int | Problem:
        """Return the candidate of an id, or of a name that only one has."""
        ids = self.study.places.ids[self.which].tolist()
        names = self.study.places.names[self.which].tolist()
        if wanted in ids:
            return int(ids.index(wanted))
        if names.count(wanted) == 1:
            return int(names.index(wanted))
        if wanted in names:
            several = ", ".join(id for id, name in zip(ids, names, strict=True) if name == wanted)
            return Problem("E972", column=column, value=str(wanted), facts={"ids": several})
        near = get_close_matches(str(wanted), [*ids, *names], n=1, cutoff=0.0)
        return Problem("E949", column=column, value=str(wanted), facts={"nearest": "".join(near)})

    def zones(self, one_per: object, at_least: Mapping[str, int]) -> list[Rule]:
        """Return the rules on 읍·면·동 or zones."""
        districts = self.study.districts
        if isinstance(one_per, Mapping):
            ids = self.study.places.ids[self.which].tolist()
            zone = [str(one_per.get(id, "")) for id in ids]
        elif one_per in (None, "district"):
            at = self.study.place_district[self.which]
            zone = np.append(districts.names, "")[at].tolist()
            if len(set(districts.names.tolist())) < len(districts):  # names may repeat, codes not
                zone = np.append(districts.codes, "")[at].tolist()
        else:
            facts = {"key": "one_per", "nearest": "district"}
            raise InputError([Problem("E600", column="one_per", value=str(one_per), facts=facts)])
        members: dict[str, list[int]] = {}
        for i, name in enumerate(zone):
            members.setdefault(name, []).append(i)
        rules = []
        if one_per is not None:
            rules = [
                rule.at_most(inside, 1, name)
                for name, inside in members.items()
                if name and len(inside) > 1
            ]
        code = dict(zip(districts.codes.tolist(), districts.names.tolist(), strict=True))
        known = {*members, *([] if isinstance(one_per, Mapping) else districts.names.tolist())}
        for asked, number in at_least.items():
            name = asked if asked in known else code.get(asked, asked)
            if name not in known:
                near = get_close_matches(str(asked), sorted(known), n=1, cutoff=0.0)
                facts = {"nearest": "".join(near)}
                raise InputError([Problem("E949", column="at_least", value=asked, facts=facts)])
            rules.append(rule.at_least(members.get(name, []), number, name))
        return rules


def _several(given: Iterable[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _found(index: int | Problem) -> bool:
    return isinstance(index, int)


def _people(study: Study, question: Question, weights: Mapping[str, float] | None) -> Floats:
    """Return what the people of each cell count, nothing outside the districts."""
    counted = {question.group: 1.0} if weights is None else weights
    total = sum((weight * study.groups[group] for group, weight in counted.items()), np.float64(0))
    people: Floats = np.where(study.cell_district >= 0, total, 0.0)
    return people


def _metres(lonlat: Floats) -> Floats:
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    apart: Floats = great_circle(lon[:, None], lat[:, None], lon[None], lat[None])
    return np.minimum(apart, apart.T)  # alike both ways to the last bit


def _seated(study: Study, posed: Posed, model: str, people_per_seat: float, seconds: float) -> Plan:
    siting, limit, found = posed.siting, posed.limit, posed.found
    seats = study.places.seats
    unknown = np.isnan(seats[found.open])
    if unknown.any():
        named = ", ".join(study.places.names[found.open[unknown]][:3].tolist())
        facts = {"places": int(unknown.sum()), "names": named}
        raise InputError([Problem("E948", facts=facts)])
    opened = np.where(found.open_cost < 2**31, found.open_cost, np.inf).astype(np.float64)
    given: dict[str, Any] = {
        "seats": people_per_seat * seats[found.places],
        "open_cost": opened,
        "open_seats": people_per_seat * seats[found.open],
        "seconds": seconds,
    }
    if model == "mclp":
        return most_seated(siting, limit, **given)
    if model == "p-median":
        return least_travel_seated(siting, **given)
    facts = {"key": "model", "nearest": "mclp"}
    raise InputError([Problem("E600", column="model", value=model, facts=facts)])


def _unseated(study: Study, posed: Posed, model: str, fair_to: str, seconds: float) -> Plan:
    siting, limit = posed.siting, posed.limit
    if model == "mclp":
        return most_covered(siting, limit, seconds=seconds)
    if model == "lscp":
        return cover_all(siting, limit, best_effort=True, seconds=seconds)
    if model == "p-median":
        return least_travel(siting, seconds=seconds)
    if model == "p-center":
        return least_farthest(siting, seconds=seconds)
    if model == "p-dispersion":
        return most_apart(siting, posed.metres, seconds=seconds)
    if model == "backup":
        within = (posed.found.open_cost <= limit).sum(axis=1)
        return most_backed(siting, limit, open_within=within, seconds=seconds)
    if fair_to == "groups":
        inside = study.cell_district >= 0
        groups = [np.where(inside, who, 0.0) for g, who in study.groups.items() if g != "all"]
        return fairest(siting, limit, groups or [siting.people], seconds=seconds)
    return fairest(siting, limit, posed.by_district, seconds=seconds)


_UNITS = {"cost": "minutes", "person-cost": "person-minutes"}


def explained(study: Study, question: Question, posed: Posed, plan: Plan) -> Plan:
    """Return the plan with its units, and who gains from it by group and by district."""
    siting, limit, ledger = posed.siting, posed.limit, posed.ledger
    unit = _UNITS.get(plan.unit, plan.unit)
    if plan.status not in ("optimal", "feasible"):
        return replace(plan, unit=unit, ledger=ledger)
    inside = study.cell_district >= 0
    new = inside & (siting.nearest(plan.chosen) <= limit) & ~(siting.today <= limit)
    gains = {group: fsum(who[new].tolist()) for group, who in study.groups.items()}
    who = study.groups[question.group]
    area = study.cell_district
    by_district = {
        str(code): fsum(who[new & (area == d)].tolist())
        for d, code in enumerate(study.districts.codes)
    }
    return replace(plan, unit=unit, gains=gains, by_district=by_district, ledger=ledger)
