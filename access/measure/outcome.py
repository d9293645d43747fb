"""Outcome: the answer to a question, cell by cell and 읍·면·동 by 읍·면·동."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access import _notebook
from access._frozen import Record, aside
from access._privacy import count, suppress
from access._rounding import rounded_steps
from access.ledger import Ledger
from access.measure.coverage import count_within, plain_mean, weighted_mean, weighted_median
from access.study.question import Question
from access.study.study import Study
from access.travel.times import REASONS, TravelTimes, Why

if TYPE_CHECKING:
    import pandas as pd

TOTAL = "계"
"""The name of the first row of every table: all districts together."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome(Record):
    """The answer to one question.

    times           cells x places (only the places the question counts)
    nearest_tenths  (n,) int32 tenths of a second to the nearest place, or a negative `Why`
    nearest_place   (n,) index of that place among `times.places`, -1 for none
    place_index     (p,) index of each place of `times` among the study's places
    assumptions     what was assumed, a sentence each in Korean and in English
    ledger          who was left out and why, people attached
    """

    study: Study
    question: Question
    times: TravelTimes
    nearest_tenths: npt.NDArray[np.int32]
    nearest_place: npt.NDArray[np.int32]
    place_index: npt.NDArray[np.int64]
    assumptions: tuple[tuple[str, str], ...] = ()
    ledger: Ledger = aside(factory=Ledger)

    @property
    def name(self) -> str:
        """How tables and maps call this answer."""
        return self.question.name or " ".join((self.question.mode, self.question.profile))

    @property
    def people(self) -> Floats:
        """(n,) people of the question's group in each cell."""
        return self.study.groups[self.question.group]

    @property
    def minutes(self) -> Floats:
        """(n,) minutes to the nearest place, NaN where none is reached."""
        return np.where(self.nearest_tenths >= 0, self.nearest_tenths / 600.0, np.nan)

    def why(self) -> npt.NDArray[np.int8]:
        """Return (n,) 0 where a place is reached, else the negative `Why`."""
        return np.minimum(self.nearest_tenths, 0).astype(np.int8)

    def reached(self, minutes: float | None = None) -> npt.NDArray[np.bool_]:
        """Return (n,) which cells have a place within `minutes` (default: the question's limit)."""
        limit = self.question.limit if minutes is None else minutes
        tenths = np.floor(limit * 600 + 1e-6)
        within: npt.NDArray[np.bool_] = (self.nearest_tenths >= 0) & (self.nearest_tenths <= tenths)
        return within

    def underserved(self) -> npt.NDArray[np.bool_]:
        """Return (n,) which cells have no place within the question's limit (소외)."""
        return ~self.reached()

    def steps(self, group: str | None = None) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Return minutes, (k,), and whole people within them by district, (d, k + 1).

        The minutes are all whole ones up to an hour or twice the limit, and the question's own.
        The last column is all people of the group. Tables and maps both show these numbers, so
        they agree; every column adds up, see `rounded_steps`.
        """
        people = self.people if group is None else self.study.groups[group]
        farthest = int(max(60, np.ceil(2 * self.question.limit)))
        minutes = np.union1d(np.arange(1.0, farthest + 1), self.question.minutes)
        areas = len(self.study.districts)
        area = self.study.cell_district
        within = count_within(self.nearest_tenths, people, area, areas, minutes)
        inside = area >= 0
        everyone = np.bincount(area[inside], weights=people[inside], minlength=areas)
        return minutes, rounded_steps(np.column_stack([within, everyone]))

    def districts(self, group: str | None = None) -> pd.DataFrame:
        """Return the table by district: 계 first, then the official order.

        Columns `code, name, question, mode, profile, group, people, centres, within_M...,
        share_M..., mean_min, median_min, plain_mean_min, underserved`: people are whole; shares
        are percent of all people of the group, reached or not; mean and median are weighted by
        people and speak only of those who have a way; `plain_mean_min` counts every cell once.
        """
        import pandas as pd

        asked = self.question
        who = asked.group if group is None else group
        minutes, whole = self.steps(who)
        chosen = np.searchsorted(minutes, asked.minutes)
        within, everyone = whole[:, chosen], whole[:, -1]
        area = self.study.cell_district
        people = self.study.groups[who]
        exact = count_within(
            self.nearest_tenths, people, area, len(everyone), np.array(asked.minutes)
        )
        residents = np.bincount(area[area >= 0], weights=people[area >= 0], minlength=len(everyone))
        centres = self.study.place_district[self.place_index]
        rows = []
        for code, name, which in self.areas():
            cells = np.isin(area, which)
            row: dict[str, Any] = {
                "code": code,
                "name": name,
                "question": self.name,
                "mode": asked.mode,
                "profile": asked.profile,
                "group": who,
                "people": int(everyone[which].sum()),
                "centres": len(centres) if code == "" else int(np.isin(centres, which).sum()),
            }
            row |= {
                f"within_{m:g}": int(within[which, i].sum()) for i, m in enumerate(asked.minutes)
            }
            total = residents[which].sum()
            for i, m in enumerate(asked.minutes):
                reach = exact[which, i].sum()
                row[f"share_{m:g}"] = 100.0 * reach / total if total > 0 else np.nan
            row["mean_min"] = weighted_mean(self.minutes[cells], people[cells])
            row["median_min"] = weighted_median(self.minutes[cells], people[cells])
            row["plain_mean_min"] = plain_mean(self.minutes[cells])
            row["underserved"] = row["people"] - row[f"within_{asked.limit:g}"]
            rows.append(row)
        return pd.DataFrame(rows)

    def groups(self) -> pd.DataFrame:
        """Return the city's row of `districts` for every group the study knows."""
        import pandas as pd

        rows = [self.districts(group).iloc[[0]] for group in self.study.groups]
        return pd.concat(rows, ignore_index=True)

    def reasons(self) -> pd.DataFrame:
        """Return why people have no place within the limit: `why, why_en, cells, people`.

        The first row are those for whom the nearest place is beyond the limit.
        """
        import pandas as pd

        inside = self.study.cell_district >= 0
        far = inside & (self.nearest_tenths >= 0) & self.underserved()
        rows = [("한계 시간보다 멂", "nearest place beyond the limit", far)]
        why = self.why()
        rows += [(*REASONS[w], inside & (why == w)) for w in Why if (inside & (why == w)).any()]
        return pd.DataFrame(
            [(ko, en, int(which.sum()), self.people[which].sum()) for ko, en, which in rows],
            columns=["why", "why_en", "cells", "people"],
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the answer by cell: `cell, district, people, minutes, nearest, why`."""
        import pandas as pd

        study = self.study
        code = np.append(study.districts.codes, "")[study.cell_district]
        nearest = np.append(self.times.places, "")[self.nearest_place]
        reason = [REASONS[Why(w)][0] if w else "" for w in self.why().tolist()]
        return pd.DataFrame(
            {
                "cell": study.cells.ids,
                "district": code,
                "people": self.people,
                "minutes": self.minutes,
                "nearest": nearest,
                "why": reason,
            }
        )

    def areas(self) -> list[tuple[str, str, npt.NDArray[np.int64]]]:
        districts = self.study.districts
        every = np.arange(len(districts))
        return [("", TOTAL, every)] + [
            (str(districts.codes[i]), str(districts.names[i]), every[i : i + 1]) for i in every
        ]

    def __repr__(self) -> str:
        city = self.districts().iloc[0]
        limit = f"{self.question.limit:g}"
        return (
            f"<Outcome {self.study.name} · {self.name}: {city[f'within_{limit}']:,}명 / "
            f"{city['people']:,}명 ({city[f'share_{limit}']:.1f}%) {limit}분 이내>"
        )

    def _repr_html_(self) -> str:
        """Show the table by district in a notebook, and why the underserved are."""
        ko = self.study.lang == "ko"
        table = suppress(self.districts())
        names = [name for name in table.columns if name.split("_")[0] in _HEADS]
        rows = [
            [_cell(name, value) for name, value in zip(names, row, strict=True)]
            for row in table[names].itertuples(index=False)
        ]
        reasons = " · ".join(
            f"{row['why' if ko else 'why_en']} {count(round(row['people']))}"
            for row in self.reasons().to_dict("records")
            if row["cells"]
        )
        label = "소외인구" if ko else "Underserved"
        asked = self.question
        top = _notebook.lines(
            f"{self.study.name} · {self.name}",
            f"{asked.mode} {asked.profile} · {asked.group} · {', '.join(asked.to)}",
            f"{label}: {reasons}" if reasons else "",
        )
        return top + _notebook.table([_head(name, ko) for name in names], rows)


_HEADS = {
    "name": ("읍·면·동", "District"),
    "people": ("인구", "People"),
    "centres": ("시설", "Places"),
    "within": ("{}분 이내", "Within {} min"),
    "share": ("{}분 이내 %", "Within {} min %"),
    "mean": ("평균 분", "Mean min"),
    "median": ("중앙값 분", "Median min"),
    "underserved": ("소외인구", "Underserved"),
}
"""The columns a notebook shows, and what they are called there."""


def _head(name: str, ko: bool) -> str:
    stem, _, minutes = name.partition("_")
    return _HEADS[stem][0 if ko else 1].format(minutes)


def _cell(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if name.startswith("share_") or name.endswith("_min"):
        return "-" if np.isnan(value) else f"{value:.1f}"
    return f"{value:,}" if name == "centres" else count(value)
