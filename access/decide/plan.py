"""Plan: which sites to open, what that achieves, and how far from the best it can be at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from access import _notebook
from access._frozen import Record, aside, frozen
from access.decide._highs import Status
from access.decide.rules import Said
from access.ledger import Ledger

if TYPE_CHECKING:
    from access.study.scenario import Scenario

NOTHING = frozen(np.zeros(0, dtype=np.int64))

STATUSES = {
    "optimal": ("최적임이 증명됨", "proven optimal"),
    "feasible": ("가능한 안, 더 나은 안이 있을 수 있음", "feasible, a better one may exist"),
    "infeasible": ("모든 조건을 지키는 안이 없음", "no choice keeps every rule"),
    "no_solution": ("시간 안에 찾지 못함", "none was found in time"),
}
"""Each status in Korean and English."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan(Record):
    """A choice of sites and the proof that comes with it.

    model       "mclp", "lscp", "p-median" ...: what was asked
    status      optimal, feasible (with a gap), infeasible, or no_solution
    sites       (k,) ids of the places to open, in the order of the candidates
    chosen      (k,) their indices among the candidates
    objective   what the plan achieves, recomputed from the sites alone; NaN without a plan
    bound       what no plan surpasses
    unit        of both: people, minutes, sites, metres ...
    sense       "most" or "least": which way is better
    before      the objective with no new site, NaN where that has no meaning
    ties        other plans as good, as ids; None where nobody looked. Of plans as good the one
                with the fewest sites is taken, then the first by the order of the candidates
    all_ties    whether `ties` are all there are
    conflict    of no plan: a smallest set of rules that cannot be kept together; no one of them
                can be spared
    unserved    (u,) indices of cells with people that no candidate and no open place can serve
    gains       group -> people the plan brings within the limit who are not there today
    by_district code of a 읍·면·동 -> the same for the question's group
    loads       (k,) people assigned to each site, where seats are counted
    notes       what else to say of the plan
    ledger      which candidates a filter left out, and why
    method      "solver", "bounds" (what was proven needed none), or "heuristic": the solver is
                missing, and nothing is proven but `bound`
    """

    model: str
    status: Status
    sites: tuple[str, ...] = ()
    chosen: npt.NDArray[np.int64] = field(default_factory=lambda: NOTHING)
    objective: float = float("nan")
    bound: float = float("nan")
    unit: str = "people"
    sense: Literal["most", "least"] = "most"
    before: float = float("nan")
    ties: tuple[tuple[str, ...], ...] | None = None
    all_ties: bool = False
    conflict: tuple[Said, ...] = ()
    unserved: npt.NDArray[np.int64] = field(default_factory=lambda: NOTHING)
    unserved_people: float = 0.0
    gains: Mapping[str, float] = field(default_factory=dict)
    by_district: Mapping[str, float] = field(default_factory=dict)
    loads: npt.NDArray[np.float64] | None = None
    method: Literal["solver", "bounds", "heuristic"] = "solver"
    notes: tuple[Said, ...] = ()
    ledger: Ledger = aside(factory=Ledger)

    @property
    def gap(self) -> float:
        """|bound - objective| / |objective|: by how much at most a better plan could surpass it."""
        if np.isnan(self.objective):
            return float("nan")
        away = abs(self.bound - self.objective)
        return 0.0 if away == 0 else away / abs(self.objective) if self.objective else float("inf")

    @property
    def better(self) -> int:
        """1 where more is better, -1 where less is."""
        return 1 if self.sense == "most" else -1

    def as_scenario(self, name: str, kind: str = "centre") -> Scenario:
        """Return the opening of its sites as a scenario; `.save("plan.toml")` writes it to a file.

        >>> Plan("mclp", "optimal", ("idle-004",)).as_scenario("한 곳").edits
        (OpenPlace(do='open_place', place='idle-004', kind='centre', seats=None, hours=None),)
        """
        from access.study.edits import parse
        from access.study.scenario import Scenario

        opened = [{"do": "open_place", "place": id, "kind": kind} for id in self.sites]
        return Scenario(name, tuple(parse(edit) for edit in opened))

    def __repr__(self) -> str:
        told = f"<Plan {self.model}: {STATUSES[self.status][1]}"
        if self.sites:
            told += f", {', '.join(self.sites)}"
        if not np.isnan(self.objective):
            told += f": {self.objective:,.6g} {self.unit}, gap {100 * self.gap:.3g}%"
        return told + "".join(f"; {en}" for _, en in self.conflict) + ">"

    def _repr_html_(self) -> str:
        """Show the plan in a notebook."""
        rows = [("상태", STATUSES[self.status][0]), ("선정지", ", ".join(self.sites) or "-")]
        if not np.isnan(self.objective):
            rows += [
                ("목적값", f"{self.objective:,.6g} {self.unit}"),
                ("넘을 수 없는 값", f"{self.bound:,.6g} ({100 * self.gap:.3g}%)"),
            ]
        rows += [(f"늘어난 이용권 {group}", f"{more:,.0f}") for group, more in self.gains.items()]
        if self.ties:
            more = "" if self.all_ties else " 이상"
            rows.append(("똑같이 좋은 다른 안", f"{len(self.ties)}{more}"))
        if len(self.unserved):
            people = f"{self.unserved_people:,.0f}명 · 격자 {len(self.unserved):,}"
            rows.append(("어떤 후보지도 닿지 못함", people))
        rows += [("함께 지킬 수 없는 조건", ko) for ko, _ in self.conflict]
        rows += [("알림", ko) for ko, _ in self.notes]
        return _notebook.lines(self.model, "") + _notebook.table((), rows, texts=2)
