"""Robustness: how sure a choice of sites is when speeds, people, streets and centres are not.

The same choice is made again in many drawn worlds. What a planner can say of a site is in how many
of them it is chosen; of a plan, what it lacks in each world of the best choice there (its regret).
The plan whose largest regret is least is exact over the worlds drawn (Kouvelis and Yu 1997): the
solver is given the worst world of each plan it finds until no world is worse (Aissi, Bazgan and
Vanderpooten 2009).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, frozen, texts
from access.decide._highs import Program, closed, solve
from access.decide.choice import pose
from access.decide.plan import Plan
from access.decide.rules import Chosen
from access.decide.siting import Siting
from access.decide.worlds import Uncertainty, World, draw
from access.measure.outcome import Outcome
from access.study.question import Question
from access.study.study import Study
from access.travel.times import TravelTimes

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

REGRET = "regret"
"""The name of the plan whose largest regret is least, beside the plans that are held to the draws.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Robustness(Record):
    """What becomes of candidates and plans in the drawn worlds.

    ids      (m,) the candidates
    often    (m,) in how many worlds each is chosen
    plans    name -> indices of its sites, REGRET last: the plan whose largest regret is least
    gain     (s, p) people each plan brings within the limit in each world
    regret   (s, p) how many fewer than the best choice of that world
    least    the plan of least largest regret, with the proof that comes with it
    """

    uncertainty: Uncertainty
    ids: npt.NDArray[np.str_]
    names: npt.NDArray[np.str_]
    districts: npt.NDArray[np.str_]
    often: npt.NDArray[np.int64]
    plans: Mapping[str, Chosen]
    gain: Floats
    regret: Floats
    least: Plan
    table: Mapping[str, npt.NDArray[Any]]

    def sentence(self, id: str) -> tuple[str, str]:
        """Return what a planner can say of a candidate, in Korean and in English."""
        n = int(self.often[self.ids.tolist().index(id)])
        draws = self.uncertainty.draws
        return f"{draws}번 가운데 {n}번 뽑힘", f"chosen in {n} of {draws}"

    def __repr__(self) -> str:
        return f"<Robustness of {len(self.ids)} candidates in {self.uncertainty.draws} draws>"

    def sites(self) -> pd.DataFrame:
        """Return a row for each candidate that is ever chosen or in a plan, most often first.

        Columns `id, name, district, times, share` (percent) and one for each plan: 1 where it has
        the candidate.
        """
        import pandas as pd

        rows = []
        for i in np.argsort(-self.often, kind="stable").tolist():
            holds = {name: int(i in chosen) for name, chosen in self.plans.items()}
            if self.often[i] or any(holds.values()):
                n = int(self.often[i])
                told = {"id": self.ids[i], "name": self.names[i], "district": self.districts[i]}
                rows.append({**told, "times": n, "share": 100 * n / len(self.gain), **holds})
        return pd.DataFrame(rows)

    def outcomes(self) -> pd.DataFrame:
        """Return a row for each plan: `plan, sites, gain_mean, gain_least, regret_mean,
        regret_most, best_in`, people; `best_in` counts the worlds in which no plan has more."""
        import pandas as pd

        rows = []
        for p, (name, chosen) in enumerate(self.plans.items()):
            gain, regret = self.gain[:, p], self.regret[:, p]
            rows.append(
                {
                    "plan": name,
                    "sites": ", ".join(self.ids[chosen].tolist()),
                    "gain_mean": float(gain.mean()),
                    "gain_least": float(gain.min()),
                    "regret_mean": float(regret.mean()),
                    "regret_most": float(regret.max()),
                    "best_in": int(np.count_nonzero(regret <= 1e-6 * np.maximum(1.0, gain))),
                }
            )
        return pd.DataFrame(rows)

    def worlds(self) -> pd.DataFrame:
        """Return a row for each drawn world: what was drawn, the best choice there, every plan."""
        import pandas as pd

        told = dict(self.table)
        for p, name in enumerate(self.plans):
            told[f"regret_{name}"] = self.regret[:, p]
        return pd.DataFrame({"draw": np.arange(1, len(self.gain) + 1), **told})


def robustness(
    study: Study,
    question: Question,
    plans: Mapping[str, Plan],
    candidates: str = "idle",
    sites: int | None = 5,
    *,
    uncertainty: Uncertainty | None = None,
    reuse: Outcome | TravelTimes | None = None,
    seconds: float = 60.0,
    progress: Callable[[int, int], None] | None = None,
    **rules: Any,
) -> Robustness:
    """Choose again in drawn worlds, most people within the limit, under the same rules.

    plans    by name: what becomes of each
    seconds  for the plan of least regret, and for all choices together as much again
    rules    as `choose_sites` takes them
    progress is told how many worlds are drawn, of how many; first 0

    Travel times are searched again, up to the limit, where streets or speeds are drawn; where only
    people are, they are taken over. Raises InputError as `choose_sites`, and E952 where no choice
    keeps the rules.

    >>> from access.testing import toy_study
    >>> town = toy_study("a b c d", {"abcd": {}}, people={"a": 9, "d": 5}, idle="bd")
    >>> asked = Question(minutes=(1,))
    >>> drawn = Uncertainty(draws=9, streets=1, speed=0, closed_ways=0, demand=0, survey=0)
    >>> robustness(town, asked, {}, sites=1, uncertainty=drawn).sentence("d")
    ('9번 가운데 9번 뽑힘', 'chosen in 9 of 9')
    """
    asked = uncertainty or Uncertainty()
    posed = pose(study, question, candidates, sites, reuse=reuse, **rules)
    worlds = draw(study, question, candidates, posed, asked, seconds, progress)
    siting = posed.siting
    least = least_regret(siting, worlds, seconds=seconds)
    chosen = {name: plan.chosen for name, plan in plans.items()} | {REGRET: least.chosen}
    today = np.array([w.today for w in worlds])
    best = np.array([w.best for w in worlds])
    reached = np.array([[w.reached(c) for c in chosen.values()] for w in worlds])
    picked = np.concatenate([w.chosen for w in worlds])
    places, which = study.places, posed.found.places
    name = np.append(study.districts.names, "")
    table = {
        "speed": np.array([w.speed for w in worlds]),
        "closed_ways": np.array([w.closed_ways for w in worlds]),
        "closed_places": np.array([w.closed_places for w in worlds]),
        "people": np.array([w.people for w in worlds]),
        "today": today,
        "best": best,
        "best_sites": texts([", ".join(siting.candidates[w.chosen].tolist()) for w in worlds]),
    }
    return Robustness(
        uncertainty=asked,
        ids=siting.candidates,
        names=places.names[which],
        districts=frozen(name[study.place_district[which]]),
        often=frozen(np.bincount(picked, minlength=len(siting)), np.int64),
        plans=chosen,
        gain=frozen(reached - today[:, None]),
        regret=frozen(np.maximum(best[:, None] - reached, 0.0)),
        least=least,
        table={key: frozen(values) for key, values in table.items()},
    )


def least_regret(siting: Siting, worlds: Sequence[World], *, seconds: float = 60.0) -> Plan:
    """Return the plan whose largest regret over the worlds is least; its objective is that regret.

    The solver knows some of the worlds; the one in which its plan does worst is added until there
    is none worse. What it then says no plan can be better than holds for all worlds.
    """
    clock = time.monotonic() + seconds

    def largest(chosen: Chosen) -> tuple[float, int]:
        regret = [w.best - w.reached(chosen) for w in worlds]
        at = int(np.argmax(regret))
        return max(0.0, regret[at]), at

    tried = {tuple(w.chosen.tolist()): w.chosen for w in worlds}
    found = min(tried.values(), key=lambda c: (largest(c)[0], c.tolist()))
    least, worst = largest(found)
    bound, known = 0.0, [worst]
    while not closed(-least, -bound, max(w.best for w in worlds)) and time.monotonic() < clock:
        program = _regret_program(siting, [worlds[s] for s in known])
        answer = solve(program, seconds=max(0.01, clock - time.monotonic()))
        bound = max(bound, -answer.bound)
        if answer.x is None:
            break
        chosen = np.flatnonzero(answer.x[: len(siting)] > 0.5)
        most, worst = largest(chosen)
        if most < least:
            found, least = chosen, most
        if worst in known:
            break
        known.append(worst)
    exact = all(w.proven for w in worlds)
    proven = exact and closed(-least, -bound, max(w.best for w in worlds))
    return Plan(
        model="regret",
        status="optimal" if proven else "feasible",
        sites=tuple(siting.candidates[found].tolist()),
        chosen=frozen(found, np.int64),
        objective=least,
        bound=least if proven else bound,
        unit="people",
        sense="least",
    )


def _regret_program(siting: Siting, worlds: Sequence[World]) -> Program:
    """Return the program of sites, what they win in each world, and the largest regret."""
    from scipy.sparse import block_array, csr_array, eye_array

    m = len(siting)
    won = sum(len(w.elements) for w in worlds)
    width = m + won + 1
    reach: Any = block_array([[w.elements.who] for w in worlds])
    blocks = [[-reach, eye_array(won), csr_array((won, 1))]]
    opened: Any = csr_array(block_array(blocks))
    regret = csr_array((len(worlds), width)).tolil()
    at = m
    for s, w in enumerate(worlds):
        regret[s, at : at + len(w.elements)] = w.elements.weight
        regret[s, width - 1] = 1.0
        at += len(w.elements)
    most = max(w.best for w in worlds)
    value = np.zeros(width)
    value[-1] = -1.0
    upper = np.ones(width)
    upper[-1] = most
    whole = np.zeros(width, dtype=bool)
    whole[:m] = True
    base = Program(value, csr_array((0, width)), np.zeros(0), np.zeros(0), upper * 0, upper, whole)
    rows = siting.rows
    base = base.with_rows(rows.matrix, rows.low, rows.high)
    base = base.with_rows(opened, np.full(won, -np.inf), np.zeros(won))
    needed = np.array([w.best - w.today for w in worlds])
    return base.with_rows(regret.tocsr(), needed, np.full(len(worlds), np.inf))
