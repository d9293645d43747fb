"""Verdict: one standard held against a study, 읍·면·동 by 읍·면·동."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record
from access._privacy import HIDDEN, is_small, suppress, told
from access._rounding import rounded_steps
from access.measure.coverage import count_within, plain_mean, weighted_mean, weighted_median
from access.measure.outcome import TOTAL
from access.study.standard import Standard
from access.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Tenths = npt.NDArray[np.int32]

METRES_A_TENTH = 1 / 12
"""At 50 metres a minute, the pace at which distances are searched (a tenth of a second: 8 cm)."""

MEANS = ("plain_mean_m", "mean_m", "median_m")


@dataclass(frozen=True, slots=True, eq=False)
class Verdict(Record):
    """How far a study meets one standard.

    places  (p,) index of the study's places that are such a facility
    near    (n,) int32 distance to the nearest in twelfths of a metre, or a negative `Why`;
            None where places are counted by district
    real    (n,) int32 tenths of a second to the nearest at the real pace of the standard's
            profile, or a negative `Why`; None as above
    """

    study: Study
    standard: Standard
    places: npt.NDArray[np.int64]
    near: Tenths | None = None
    real: Tenths | None = None

    @property
    def judged(self) -> bool:
        """Whether the study has such a facility, and a district that the standard is for."""
        return bool(len(self.places) and self.covered.any())

    @property
    def covered(self) -> npt.NDArray[np.bool_]:
        """(d,) which districts the standard is for."""
        return self.standard.covers(self.study.districts)

    @property
    def people(self) -> Floats:
        """(n,) people of the standard's group in each cell."""
        return self.study.groups[self.standard.group]

    @property
    def metres(self) -> Floats:
        """(n,) metres along the streets to the nearest, NaN where there is no way or none asked."""
        if self.near is None:
            return np.full(len(self.study.cells), np.nan)
        return np.where(self.near >= 0, self.near * METRES_A_TENTH, np.nan)

    @property
    def limits(self) -> tuple[float, ...]:
        """The thresholds in metres, ascending; the number of places where those are counted."""
        if self.standard.per_district is not None:
            return (float(self.standard.per_district),)
        return self.standard.limits_m

    @property
    def own(self) -> int:
        """Which of the limits is the standard's own."""
        if self.standard.per_district is not None:
            return 0
        return self.limits.index(self.standard.limit_m)

    def districts(self, of: int | None = None) -> pd.DataFrame:
        """Return the table by district: 계 first, then those the standard is for.

        `of` is which of the limits is held to (default: the standard's own).

        Columns `code, name, people, places, within_0, share_0, ..., within_real, share_real,
        underserved, plain_mean_m, mean_m, median_m, met, short`: `within_K` are people within
        the K-th of `limits`, whole and adding up; shares are percent of all people of the group;
        `underserved` are those beyond the limit held to, with a way or without. The plain
        mean counts every cell once, mean and median are of the people who have a way. `met` says
        whether the target is reached (with `per_district`: whether there are enough places), and
        `short` how many more people it would take; each row by itself. None without a target.
        """
        import pandas as pd

        at = self.own if of is None else of
        area = self._area()
        exact, whole = self._counted(area)
        metres, people = self.metres, self.people
        order = np.argsort(area, kind="stable")
        ends = np.searchsorted(area[order], np.arange(-1, len(whole)), side="right")
        held = np.bincount(self.study.place_district[self.places] + 1, minlength=len(whole) + 1)[1:]
        labels = [*(f"{k}" for k in range(len(self.limits))), "real"]
        chosen, counted = np.flatnonzero(self.covered), self.standard.per_district is not None
        names, codes = self.study.districts.names, self.study.districts.codes
        rows = []
        for code, name, which in [
            ("", TOTAL, chosen),
            *((str(codes[d]), str(names[d]), np.array([d])) for d in chosen.tolist()),
        ]:
            cells = order[ends[which[0]] : ends[which[0] + 1]] if code else order[ends[0] :]
            total = exact[which, -1].sum()
            counts = whole[which].sum(axis=0)
            row: dict[str, Any] = {
                "code": code,
                "name": name,
                "people": int(counts[-1]),
                "places": int(held[which].sum()) if counted or code else len(self.places),
            }
            for k, label in enumerate(labels):
                row[f"within_{label}"] = int(counts[k])
                share = 100.0 * exact[which, k].sum() / total if total > 0 else math.nan
                row[f"share_{label}"] = share
            row["underserved"] = row["people"] - row[f"within_{at}"]
            row["plain_mean_m"] = plain_mean(metres[cells])
            row["mean_m"] = weighted_mean(metres[cells], people[cells])
            row["median_m"] = weighted_median(metres[cells], people[cells])
            row["met"], row["short"] = self._met(row, at, held[which])
            rows.append(row)
        table = pd.DataFrame(rows)
        return table.astype({"met": object, "short": object})

    def shown(self, of: int | None = None) -> pd.DataFrame:
        """Return `districts` as it may be shown: small groups, and what would tell them, hidden."""
        exact = self.districts(of)
        table = suppress(exact)
        small = is_small(exact["people"]).to_numpy(bool)
        for column in MEANS:
            table.loc[small, column] = HIDDEN
        target = self.standard.target
        if target is None or self.standard.per_district is not None:
            return table
        everyone = exact["people"].to_numpy(np.int64)
        people = told(everyone)
        within = told(exact[f"within_{self.own if of is None else of}"], everyone)
        for i in np.flatnonzero(within.hidden | people.hidden).tolist():
            sure = 100 * within.low[i] >= target * people.high[i]
            never = 100 * within.high[i] < target * people.low[i]
            table.at[i, "met"] = True if sure else False if never else None
            table.at[i, "short"] = 0 if sure else None
        return table

    def met_districts(self) -> tuple[int, int]:
        """Return how many districts meet the standard, of how many with any people."""
        rows = self.districts().iloc[1:]
        lived = rows[rows["people"] > 0]
        return int(sum(value is True for value in lived["met"])), len(lived)

    def _area(self) -> npt.NDArray[np.int32]:
        """Return (n,) the district of each cell, -1 where the standard is not for it."""
        area = self.study.cell_district
        counted = (area >= 0) & np.append(self.covered, False)[area]
        return np.where(counted, area, -1).astype(np.int32)

    def _counted(self, area: npt.NDArray[np.int32]) -> tuple[Floats, Whole]:
        """Return people within each limit, at the real pace, and in all: exact and whole."""
        d, people = len(self.study.districts), self.people
        inside = area >= 0
        everyone = np.bincount(area[inside], weights=people[inside], minlength=d).astype(float)
        if self.near is None or self.real is None:
            place = self.study.place_district[self.places]
            held = np.bincount(place[place >= 0], minlength=d)
            enough = held >= (self.standard.per_district or 1)
            within = np.where(enough, everyone, 0.0)[:, None]
            real = np.zeros((d, 1))
        else:
            limits = np.array(self.limits) / 50.0  # minutes at 50 metres a minute
            within = count_within(self.near, people, area, d, limits)
            minutes = np.array([self.standard.limit_m / self.standard.metres_a_minute])
            real = count_within(self.real, people, area, d, minutes)
        steps = rounded_steps(np.column_stack([within, everyone]))
        beside = rounded_steps(np.column_stack([real, everyone]))[:, :1]
        whole = np.column_stack([steps[:, :-1], beside, steps[:, -1]])
        return np.column_stack([within, real, everyone]), whole

    def _met(self, row: dict[str, Any], at: int, held: Whole) -> tuple[bool | None, int | None]:
        """Say whether a row meets the target, and how many people short of it it is."""
        target, people = self.standard.target, row["people"]
        if self.standard.per_district is not None:
            met = held >= self.standard.per_district
            if row["code"]:
                return bool(met[0]), None
            return (None if target is None else bool(100 * met.mean() >= target)), None
        if target is None or not people:
            return None, None
        wanted = math.ceil(target * people / 100 - 1e-9)
        short = max(0, wanted - row[f"within_{at}"])
        return short == 0, short
