"""Compliance: hold a study against standards, several at once.

Distances are searched once for each way of moving, on the level and at 50 metres a minute for the
whole trip, the way to the street included: at one pace, time and length are the same thing. So
every threshold of that mode, in metres or in minutes of any clock, is told by the same search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access import _notebook
from access._frozen import frozen
from access._privacy import count
from access.errors import InputError, Lang, Problem
from access.measure.outcome import Outcome
from access.measure.verdict import MEANS, Tenths, Verdict
from access.network.profiles import POLICY_WALK_MS, Mode
from access.study.question import Question
from access.study.standard import Standard
from access.study.study import Study
from access.travel.compute import travel_times
from access.travel.linkage import link
from access.travel.times import TravelTimes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Compliance:
    """What standards say of a study: one verdict each, in their order."""

    study: Study
    verdicts: tuple[Verdict, ...]

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __len__(self) -> int:
        return len(self.verdicts)

    def overview(self, lang: Lang = "ko") -> pd.DataFrame:
        """Return a row for each standard: what it asks, and the city under it.

        Columns `standard, status, limit_m, kmh, group, places, people, within, share, plain_mean_m,
        mean_m, median_m, target, met, short, share_real`; exact, not for publishing. What is not
        judged (no such facility in the study) has no numbers.
        """
        import pandas as pd

        rows = []
        for verdict in self.verdicts:
            one, city = verdict.standard, verdict.districts().iloc[0]
            row: dict[str, Any] = {
                "standard": one.title(lang),
                "status": one.force(lang),
                "limit_m": one.limit_m,
                "kmh": one.kmh,
                "group": one.group,
                "places": len(verdict.places),
                "people": city["people"],
            }
            if verdict.judged:
                row |= {
                    "within": city[f"within_{verdict.own}"],
                    "share": city[f"share_{verdict.own}"],
                    **{name: city[name] for name in MEANS},
                    "target": one.target,
                    "met": city["met"],
                    "short": city["short"],
                    "share_real": city["share_real"],
                }
            rows.append(row)
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        return f"<Compliance {self.study.name}: {len(self)} standards>"

    def _repr_html_(self) -> str:
        """Show the standards with their status, and the city under each, in a notebook."""
        ko = self.study.lang == "ko"
        heads = (
            (
                "기준",
                "법적 성격",
                "기준값",
                "인구",
                "달성 인구",
                "달성률 %",
                "목표 %",
                "목표까지(명)",
            )
            if ko
            else ("Standard", "Status", "Threshold", "People", "Within", "%", "Target %", "Short")
        )
        rows = []
        for verdict in self.verdicts:
            one, city = verdict.standard, verdict.shown().iloc[0]
            judged = verdict.judged
            share = city[f"share_{verdict.own}"]
            rows.append(
                (
                    one.title(self.study.lang),
                    one.force(self.study.lang),
                    threshold(one, self.study.lang),
                    count(city["people"]),
                    count(city[f"within_{verdict.own}"]) if judged else "-",
                    (share if isinstance(share, str) else f"{share:.1f}") if judged else "-",
                    "-" if one.target is None else f"{one.target:g}",
                    "-" if city["short"] is None else f"{city['short']:,}",
                )
            )
        clock = (
            "길을 따라 잰 거리. 분은 정책기준(도보 3 km/h, 승용차 25 km/h) 또는 적힌 속도로 셈함."
            if ko
            else "Distances along the streets; minutes by the official 3 and 25 km/h, or as told."
        )
        return _notebook.lines(self.study.name, clock) + _notebook.table(heads, rows, texts=3)


def threshold(standard: Standard, lang: Lang = "ko", metres: float | None = None) -> str:
    """Return a threshold in words: metres, and the minutes its clock makes of them.

    >>> threshold(Standard("가", minutes=15))
    '750 m (도보 15분, 3 km/h)'
    """
    ko = lang == "ko"
    if standard.per_district is not None:
        n = standard.per_district
        return f"읍·면·동마다 {n}개소" if ko else f"{n} in each district"
    far = standard.limit_m if metres is None else metres
    how = {"walk": ("도보", "on foot"), "drive": ("승용차", "by car")}[standard.mode]
    minutes = f"{far / standard.metres_a_minute:.3g}{'분' if ko else ' min'}"
    return f"{far:,.0f} m ({how[0 if ko else 1]} {minutes}, {standard.kmh:g} km/h)"


def judge(
    study: Study,
    standards: Sequence[Standard] | None = None,
    *,
    reuse: Sequence[Outcome] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Compliance:
    """Hold a study against standards (default: its own) and return a verdict for each.

    One search for each mode serves all thresholds; one for each profile gives the real pace beside
    it, for which travel times of earlier outcomes (`reuse`) are taken over.

    Raises InputError for a group (E604) or kinds of places (E605) that the study does not have.

    >>> from access.testing import toy_study
    >>> town = toy_study("abcd", {"abcd": {}}, people={"a": 30, "b": 10, "d": 60}, centres="b")
    >>> found = judge(town, [Standard("가까운 학습관", metres=100, target=50)])
    >>> found.overview()[["within", "share", "median_m", "met", "short"]].values.tolist()
    [[40, 40.0, 200.0, False, 10]]
    """
    held = study.standards if standards is None else tuple(standards)
    _refuse_unknown(study, held)
    search = _Search(study, held, reuse, progress)
    verdicts = []
    for one in held:
        places = np.flatnonzero(one.counted(study.places))
        near = real = None
        if one.per_district is None:
            near = search.nearest(_level(study, one.mode), places)
            real = search.nearest(study.mode(one.mode, one.profile), places)
        verdicts.append(Verdict(study, one, frozen(places), near, real))
    return Compliance(study, tuple(verdicts))


def _level(study: Study, name: str) -> Mode:
    """Return a mode whose time is the length of the trip: one pace everywhere, uphill as well."""
    kmh = POLICY_WALK_MS * 3.6
    return replace(
        study.mode(name, "policy"),
        walk_ms=POLICY_WALK_MS,
        clock_kmh=kmh if name == "drive" else None,
        ferry_kmh=kmh,
        slope=False,
        max_slope=None,
    )


class _Search:
    """Travel times to all the places the standards count, each way of moving searched once."""

    def __init__(
        self,
        study: Study,
        standards: Sequence[Standard],
        reuse: Sequence[Outcome],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.study, self.reuse, self.progress = study, reuse, progress
        kinds = dict.fromkeys(kind for one in standards for kind in one.to)
        self.kinds = tuple(kinds)
        self.known: dict[Mode, tuple[TravelTimes, npt.NDArray[np.int64]]] = {}

    def nearest(self, means: Mode, places: npt.NDArray[np.int64]) -> Tenths:
        """Return (n,) tenths of a second to the nearest of some places, or a negative `Why`."""
        if means not in self.known:
            self.known[means] = self._times(means)
        times, index = self.known[means]
        at = np.flatnonzero(np.isin(index, places))
        some = replace(
            times,
            places=frozen(times.places[at]),
            tenths=frozen(times.tenths[:, at]),
            columns=frozen(times.columns[at]),
            asked=None,
        )
        return frozen(some.nearest()[0])

    def _times(self, means: Mode) -> tuple[TravelTimes, npt.NDArray[np.int64]]:
        others = [m for m in self.study.modes if (m.name, m.profile) != (means.name, means.profile)]
        study = replace(self.study, modes=(*others, means))
        question = Question(mode=means.name, profile=means.profile, to=self.kinds)
        ready = link(study, question)
        earlier: Any = [
            o.times
            for o in self.reuse
            if (o.question.mode, o.question.profile) == (means.name, means.profile)
            and self.study.mode(means.name, means.profile) == means
            and o.question.snap_m is None
        ]
        times = travel_times(
            study,
            question,
            linkage=ready,
            reuse=earlier[0] if earlier else None,
            progress=self.progress,
        )
        return times, ready.places


def _refuse_unknown(study: Study, standards: Sequence[Standard]) -> None:
    kinds = sorted(set(study.places.kind.tolist()))
    problems = []
    for one in standards:
        if one.group not in study.groups:
            facts = {"groups": ", ".join(study.groups)}
            problems.append(Problem("E604", column="group", value=one.group, facts=facts))
        facts = {"kinds": ", ".join(kinds)}
        problems += [
            Problem("E605", column="to", value=kind, facts=facts)
            for kind in one.to
            if kind not in kinds
        ]
    if problems:
        raise InputError(problems)
