"""Proposal: what a council needs to decide: plans side by side, how sure they are, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from access import _notebook
from access._frozen import Record, frozen
from access._privacy import count
from access.decide.card import Card, cards, gained, whole
from access.decide.choice import Posed, check_asked, choose_sites, explained, pose
from access.decide.front import Front, front
from access.decide.gains import most_covered
from access.decide.plan import Plan
from access.decide.robustness import Robustness, robustness
from access.decide.rules import Said
from access.decide.siting import Siting
from access.decide.worlds import Uncertainty, refuse_none
from access.errors import InputError, Problem
from access.measure.evaluation import evaluate
from access.measure.outcome import Outcome
from access.study.question import Question
from access.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from access.study.scenario import Scenario

AIMS = ("people", "districts", "compromise")
"""Most people; most people with at most one site in each 읍·면·동; and in between: the largest
share of the worst-off 읍·면·동 that costs no more than a part of the people gained."""

GIVE_UP = 0.05
"""The part of the people gained that a compromise may cost, where nobody says another: an
assumption, told as such."""


@dataclass(frozen=True, slots=True, eq=False)
class Proposal(Record):
    """A choice of sites with all that speaks for and against it.

    kind        of the places that could open
    plans       aim -> plan
    missing     aim -> why there is no plan: infeasible with the rules that clash, or not found
    aim         which of them is proposed
    give_up     the part of the people gained that the compromise may cost
    before      the question as things are
    after       aim -> the question with the plan's sites open
    front       people against the share of the worst-off 읍·면·동
    robustness  how the plans do in drawn worlds
    cards       why each site of the plan proposed
    posed       the siting the proposed plan answers
    """

    study: Study
    question: Question
    kind: str
    plans: Mapping[str, Plan]
    missing: Mapping[str, Plan]
    aim: str
    give_up: float
    before: Outcome
    after: Mapping[str, Outcome]
    front: Front
    robustness: Robustness
    cards: tuple[Card, ...]
    posed: Posed

    @property
    def plan(self) -> Plan:
        """The plan proposed."""
        return self.plans[self.aim]

    @property
    def needless(self) -> tuple[str, ...]:
        """Sites of the plan proposed without which, all of them, nobody is left beyond the limit.

        Asked for five, a plan opens five, even where two reach everybody who can be reached.
        """
        siting, limit = self.posed.siting, self.posed.limit
        who, chosen = siting.people > 0, self.plan.chosen.tolist()
        reach = (siting.cost[:, chosen] <= limit) & who[:, None]
        open_today = (siting.today <= limit) & who
        aim = open_today | reach.any(axis=1)
        kept = list(range(len(chosen)))
        for k in np.argsort(reach.T @ siting.people, kind="stable").tolist():  # the least first
            others = [j for j in kept if j != k]
            if np.array_equal(open_today | reach[:, others].any(axis=1), aim):
                kept = others
        return tuple(self.plan.sites[k] for k in range(len(chosen)) if k not in kept)

    @property
    def rules(self) -> tuple[Said, ...]:
        """What the proposed plan keeps, in words."""
        return tuple(rule.said for rule in self.posed.siting.rules)

    def scenario(self) -> Scenario:
        """Return the plan proposed as a scenario, to be saved, edited and compared."""
        name = f"{self.study.name} {len(self.plan.sites)}곳 열기"
        return self.plan.as_scenario(name, self.question.to[0])

    def side_by_side(self) -> pd.DataFrame:
        """Return a row for each plan: `aim, sites, status, people, gained, share, cost, regret`.

        `people` are within the limit once the sites are open and `gained` those of them who are
        not today, both as a comparison with today has them; `share` is that of the worst-off
        읍·면·동 (percent), `cost` won a year (NaN where one is unknown), `regret` the most that
        the plan lacks of the best in any drawn world.
        """
        import pandas as pd

        column = f"within_{self.question.limit:g}"
        today = int(self.before.districts()[column].iloc[0])
        regret = self.robustness.outcomes().set_index("plan")["regret_most"]
        rows = []
        for aim, plan in self.plans.items():
            table = self.after[aim].districts()
            more = int(gained(self.before, self.after[aim]).sum())
            shares = table[f"share_{self.question.limit:g}"].iloc[1:]
            index = _index(self.study, plan)
            rows.append(
                {
                    "aim": aim,
                    "sites": ", ".join(plan.sites),
                    "status": plan.status,
                    "people": today + more,
                    "gained": more,
                    "share": float(shares.min()),
                    "cost": float(self.study.places.yearly_cost[index].sum()),
                    "regret": float(regret[aim]),
                }
            )
        return pd.DataFrame(rows)

    def candidates(self) -> pd.DataFrame:
        """Return a row for every place that could open, also those that were left out.

        Columns `id, name, district, category, yearly_cost, area_m2, alone, times`, one for each
        plan (1 where it has the place), and `left_out`, why: "" for those weighed. `alone` are
        the people that the place would gain by itself, `times` in how many drawn worlds it is
        chosen.
        """
        import pandas as pd

        study, posed = self.study, self.posed
        places, siting = study.places, posed.siting
        name = np.append(study.districts.names, "")
        today = siting.today <= posed.limit
        alone = ((siting.cost <= posed.limit) & ~today[:, None]).T @ siting.people
        now = float(siting.people[today].sum())
        order = {int(i): k for k, i in enumerate(posed.found.places)}
        why = {(e.problem.file, e.problem.row, e.problem.value): e.problem for e in self._out()}
        rows = []
        for i in np.flatnonzero(places.kind == self.kind).tolist():
            k = order.get(i)
            at = places.findings(i).file, places.row(i)
            problem = why.get((*at, str(places.names[i])))
            rows.append(
                {
                    "id": str(places.ids[i]),
                    "name": str(places.names[i]),
                    "district": str(name[study.place_district[i]]),
                    "category": str(places.category[i]),
                    "yearly_cost": float(places.yearly_cost[i]),
                    "area_m2": float(places.area_m2[i]),
                    "alone": None if k is None else whole(now + float(alone[k])) - whole(now),
                    "times": None if k is None else int(self.robustness.often[k]),
                    **{a: int(str(places.ids[i]) in p.sites) for a, p in self.plans.items()},
                    "left_out": "" if k is not None or problem is None else problem.code,
                    "left_out_ko": "" if k is not None or problem is None else problem.reason("ko"),
                    "left_out_en": "" if k is not None or problem is None else problem.reason("en"),
                }
            )
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        row = self.side_by_side().set_index("aim").loc[self.aim]
        sites = ", ".join(self.plan.sites)
        return f"<Proposal {self.study.name} · {self.aim}: {sites}: {row['gained']:+,} people>"

    def _repr_html_(self) -> str:
        """Show the plans side by side in a notebook."""
        heads = (
            "안",
            "선정지",
            "한계 안 인구",
            "늘어난 인구",
            "가장 소외된 읍·면·동 %",
            "최대 후회",
        )
        rows = [
            (
                row["aim"],
                row["sites"],
                count(row["people"]),
                count(row["gained"]),
                f"{row['share']:.1f}",
                count(round(row["regret"])),
            )
            for row in self.side_by_side().to_dict("records")
        ]
        top = _notebook.lines(self.study.name, self.question.name)
        return top + _notebook.table(heads, rows, texts=2)

    def _out(self) -> list[Any]:
        return [e for e in self.posed.ledger.entries if e.action == "excluded"]


def propose_sites(
    study: Study,
    question: Question,
    candidates: str = "idle",
    sites: int | None = 5,
    *,
    aim: str | None = None,
    one_per: str | Mapping[str, str] | None = None,
    give_up: float = GIVE_UP,
    uncertainty: Uncertainty | None = None,
    seconds: float = 60.0,
    progress: Callable[[int, int], None] | None = None,
    **rules: Any,
) -> Proposal:
    """Choose sites by three aims, weigh the plans against each other, and say why each site.

    aim      of the plan proposed: "people", "districts" or "compromise" (default: "districts"
             where `one_per` is given, else "people")
    one_per  as `choose_sites`; "districts" keeps it in any case, the front and the compromise
             where it is given, "people" never does
    give_up  the part of the people gained that the compromise may cost, 0 to 1
    rules    as `choose_sites` takes them

    Raises InputError as `choose_sites`; E952 with the smallest set of rules that clash where the
    plan proposed cannot be.

    >>> from access.testing import toy_study
    >>> town = toy_study("a b c d", {"abcd": {}}, people={"a": 9, "d": 5}, centres="c", idle="bd")
    >>> propose_sites(town, Question(minutes=(1,)), sites=1).plan.sites
    ('d',)
    """
    proposed = aim or ("people" if one_per is None else "districts")
    if proposed not in AIMS:
        facts = {"key": "aim", "nearest": AIMS[0], "valid": ", ".join(AIMS)}
        raise InputError([Problem("E600", column="aim", value=str(aim), facts=facts)])
    if not 0 <= give_up <= 1:
        raise InputError([Problem("E971", column="give_up", value=f"{100 * give_up:g}%")])
    check_asked(study, question, candidates, sites, seconds=seconds, **rules)
    known = evaluate(study, question.but(to=(*question.to, candidates)))
    before = evaluate(study, question, reuse=known)
    asked: dict[str, Any] = {"reuse": known, "seconds": seconds, **rules}
    spread = one_per or "district"
    plans = {
        "people": choose_sites(study, question, candidates, sites, **asked),
        "districts": choose_sites(study, question, candidates, sites, one_per=spread, **asked),
    }
    put = {"reuse": known, **rules}
    given = pose(study, question, candidates, sites, one_per=one_per, **put)

    def fair(siting: Siting, also: Mapping[str, Plan] | None = None) -> tuple[Plan, Front]:
        found = front(siting, given.limit, given.by_district, also=also, seconds=seconds)
        return compromise(found, give_up), found

    plans["compromise"], found = fair(given.siting, _known(plans))
    plans["compromise"] = explained(study, question, given, plans["compromise"])
    refuse_none(plans[proposed])
    missing = {aim: plan for aim, plan in plans.items() if aim not in _known(plans)}
    plans = _known(plans)
    opened = {a: open_sites(study, p.sites, question.to[0]) for a, p in plans.items()}
    after = {a: evaluate(one, question, reuse=known) for a, one in opened.items()}

    posed = given
    if proposed == "districts":
        posed = pose(study, question, candidates, sites, one_per=spread, **put)
    elif proposed == "people":
        posed = pose(study, question, candidates, sites, **put)
    kept = {"districts": spread, "people": None, "compromise": one_per}[proposed]
    sure = robustness(
        study,
        question,
        plans,
        candidates,
        sites,
        uncertainty=uncertainty,
        seconds=seconds,
        progress=progress,
        one_per=kept,
        **put,
    )

    def again(siting: Siting) -> Plan:
        if proposed == "compromise":
            return fair(siting)[0]
        return most_covered(siting, posed.limit, seconds=seconds, ties=False)

    return Proposal(
        study=study,
        question=question,
        kind=candidates,
        plans=plans,
        missing=missing,
        aim=proposed,
        give_up=give_up,
        before=before,
        after=after,
        front=found,
        robustness=sure,
        cards=cards(before, after[proposed], posed, plans[proposed], again, sure),
        posed=posed,
    )


def compromise(found: Front, give_up: float) -> Plan:
    """Return the plan of a front with the largest least share that gains nearly as many people.

    "Nearly" is a part of at least `1 - give_up` of the most that any plan gains.
    """
    if not found.points:
        return Plan(model="compromise", status="infeasible" if found.complete else "no_solution")
    today = found.points[0].plan.before
    needed = (1 - give_up) * (found.points[0].people - today)
    good = [point for point in found.points if point.people - today >= needed - 1e-9]
    best = max(good, key=lambda point: (point.share, point.people))
    told = replace(best.plan, model="compromise")
    return told if found.complete else replace(told, status="feasible")


def _known(plans: Mapping[str, Plan]) -> dict[str, Plan]:
    return {a: p for a, p in plans.items() if p.status in ("optimal", "feasible")}


def open_sites(study: Study, ids: tuple[str, ...], kind: str) -> Study:
    """Return the study with some of its places open: they are of a kind that questions count.

    >>> from access.testing import toy_study
    >>> town = toy_study("a b", {"ab": {}}, people={"a": 9}, idle="b")
    >>> open_sites(town, ("b",), "centre").places.kind.tolist()
    ['centre']
    """
    places = study.places
    kinds = np.where(np.isin(places.ids, ids), kind, places.kind)
    return replace(study, places=replace(places, kind=frozen(kinds)))


def _index(study: Study, plan: Plan) -> Any:
    return np.flatnonzero(np.isin(study.places.ids, plan.sites))
