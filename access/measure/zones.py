"""Zones: villages or districts grouped into service zones, each with a place to meet.

For units by the hundred, not cells by the hundred thousand. `times` are from the units (as cells)
to the places where one may meet, which may be the units themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access.errors import InputError, Problem
from access.measure.pairs import PER_MINUTE, Floats, Pairs, Times, amounts, by_cell, pairs_within
from access.measure.weighted import labels_of

if TYPE_CHECKING:
    import pandas as pd

Zone = npt.NDArray[np.int64]

_NO_WAY = 1e5
"""So many minutes stand for no way while zones are sought, so that none is chosen needlessly."""


def group_zones(
    times: Times, *, people: Any, zones: int, tolerance: float = 0.2, starts: int = 8
) -> pd.Series:
    """Return the zone, 1 to `zones`, of each unit: people balanced first, then short travel.

    Travel is people x minutes to the best meeting place of their zone. A zone is balanced when its
    people are within `tolerance` of the mean; what is beyond is made as small as can be first.
    Found by moving one unit, exchanging two, or dividing two zones of few units afresh, as long as
    that helps, from `starts` different beginnings. Two zones of up to 12 units are the best there
    are; beyond that nothing is proven (docs/measures.md says how often it was best). No chance is
    involved, the same input gives the same zones. Zone 1 has the first unit.

    Raises InputError for more zones than units.

    >>> from access import TravelTimes
    >>> line = [abs(i - j) * 60 for i in range(4) for j in range(4)]
    >>> times = TravelTimes.from_matrix(np.reshape(line, (4, 4)), cells="abcd", places="abcd")
    >>> group_zones(times, people=[5, 5, 5, 5], zones=2).tolist()
    [1, 1, 2, 2]
    """
    pairs = pairs_within(times)
    who, minutes = amounts(people, pairs.cells, "people"), _dense(pairs)
    n = len(pairs.cells)
    if not 1 <= zones <= n or not 0 <= tolerance < np.inf or starts < 1 or not minutes.shape[1]:
        value = f"zones {zones}, tolerance {tolerance}, starts {starts}"
        raise InputError([Problem("E917", value=value, facts={"units": n})])
    travel = who[:, None] * np.where(np.isinf(minutes), _NO_WAY, minutes)
    task = _Task(who, travel, zones, tolerance)
    found = []
    for start in range(starts):
        zone = task.begin(start)
        # What is short to travel but out of balance is a way to what is both.
        for looser in (task, replace(task, tolerance=np.inf)):
            found.append(task.improve(looser.improve(zone)))
    best = min(found, key=task.score)
    first = {z: i for i, z in enumerate(dict.fromkeys(best.tolist()), start=1)}
    return by_cell(np.array([first[z] for z in best.tolist()]), pairs, "zone")


def zone_table(times: Times, *, people: Any, by: Any) -> pd.DataFrame:
    """Return what a grouping comes to, whoever made it: a row a zone.

    `by` gives each unit its zone. Columns `units`, `people`, `balance` (people / mean of zones),
    `place` (where the people of the zone meet with the least travel in all; the first of equal
    ones), `mean_min` (of its people) and `most_min` (of its farthest inhabited unit), infinite
    where some cannot get there.

    >>> from access import TravelTimes
    >>> line = [abs(i - j) * 60 for i in range(3) for j in range(3)]
    >>> times = TravelTimes.from_matrix(np.reshape(line, (3, 3)), cells="abc", places="abc")
    >>> zone_table(times, people=[5, 1, 6], by=[1, 1, 2]).values.tolist()
    [[2, 6.0, 1.0, 'a', 0.16666666666666666, 1.0], [1, 6.0, 1.0, 'c', 0.0, 0.0]]
    """
    import pandas as pd

    pairs = pairs_within(times)
    who, minutes = amounts(people, pairs.cells, "people"), _dense(pairs)
    label = labels_of(pd.Series(0, index=pairs.cells), by)
    if not minutes.shape[1]:
        raise InputError([Problem("E917", value="0", facts={"units": len(label)})])
    travel = who[:, None] * np.where(np.isinf(minutes), _NO_WAY, minutes)
    names = list(dict.fromkeys(label.tolist()))
    rows = []
    for name in names:
        inside = label == name
        place = int(travel[inside].sum(axis=0).argmin())
        lives = inside & (who > 0)
        size, far = float(who[inside].sum()), minutes[lives, place]
        average = float(who[lives] @ far / size) if size > 0 else np.nan
        mean = who.sum() / len(names)
        balance = size / mean if mean > 0 else np.nan
        most = float(far.max(initial=0.0)) if size > 0 else np.nan
        rows.append((int(inside.sum()), size, balance, str(pairs.places[place]), average, most))
    columns = ["units", "people", "balance", "place", "mean_min", "most_min"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(names, name="zone"))


def _dense(pairs: Pairs) -> Floats:
    """Return (n, p) minutes, infinite where there is no way."""
    minutes = np.full((len(pairs.cells), len(pairs.places)), np.inf)
    minutes[pairs.cell, pairs.place] = pairs.tenths / PER_MINUTE
    return minutes


@dataclass(frozen=True, slots=True)
class _Task:
    """Units to be grouped: people (n,), people x minutes to each place (n, p), how many zones."""

    who: Floats
    travel: Floats
    zones: int
    tolerance: float

    def score(self, zone: Zone) -> tuple[float, float]:
        """Return the people out of balance and the travel of a grouping; less is better."""
        size, sums = self._sums(zone)
        return round(float(self._excess(size).sum()), 6), float(sums.min(axis=1).sum())

    def begin(self, start: int) -> Zone:
        """Return a first grouping: units with the nearest of places chosen one after the other."""
        order = np.argsort(self.travel.sum(axis=0), kind="stable")
        chosen = [int(order[start % len(order)])]
        while len(chosen) < min(self.zones, len(order)):
            least = self.travel[:, chosen].min(axis=1)
            gain = np.maximum(least[:, None] - self.travel, 0).sum(axis=0)
            gain[chosen] = -1.0
            chosen.append(int(gain.argmax()))
        zone = self.travel[:, chosen].argmin(axis=1).astype(np.int64)
        for empty in sorted(set(range(self.zones)) - set(zone.tolist())):
            largest = np.bincount(zone, minlength=self.zones).argmax()
            zone[np.flatnonzero(zone == largest)[-1]] = empty
        return np.asarray(zone, np.int64)

    def improve(self, zone: Zone) -> Zone:
        """Return a grouping that no move, exchange or fresh division of two zones makes better."""
        score = self.score(zone)
        while True:
            for change in (self._best_move, self._best_exchange, self._best_division):
                tried = change(zone)
                if tried is not None and self._better(self.score(tried), score):
                    zone, score = tried, self.score(tried)
                    break
            else:
                return zone

    @staticmethod
    def _better(one: tuple[float, float], other: tuple[float, float]) -> bool:
        return one[0] < other[0] or (one[0] == other[0] and one[1] < other[1] * (1 - 1e-12))

    def _sums(self, zone: Zone) -> tuple[Floats, Floats]:
        """Return the people (k,) and the travel to each place (k, p) of the zones."""
        sums = np.zeros((self.zones, self.travel.shape[1]))
        np.add.at(sums, zone, self.travel)
        size = np.bincount(zone, weights=self.who, minlength=self.zones)
        return size.astype(np.float64), sums

    def _excess(self, size: Floats) -> Floats:
        if np.isinf(self.tolerance):
            return np.zeros(size.shape)
        mean = self.who.sum() / self.zones
        excess: Floats = np.maximum(np.abs(size - mean) - self.tolerance * mean, 0.0)
        return excess

    def _best_move(self, zone: Zone) -> Zone | None:
        """Return the grouping after the best move of one unit, if any unit may move."""
        size, sums = self._sums(zone)
        cost, excess = sums.min(axis=1), self._excess(size)
        left = (sums[zone] - self.travel).min(axis=1) - cost[zone]
        joined = (sums[None] + self.travel[:, None]).min(axis=2) - cost
        travel = left[:, None] + joined
        freed = self._excess(size[zone] - self.who) - excess[zone]
        filled = self._excess(size + self.who[:, None]) - excess
        stays = (np.bincount(zone, minlength=self.zones) == 1)[zone]
        out = freed[:, None] + filled
        out[stays] = np.inf
        out[np.arange(len(zone)), zone] = np.inf
        if not np.isfinite(out).any():
            return None
        unit, target = divmod(_least(out.ravel(), travel.ravel()), self.zones)
        moved = zone.copy()
        moved[unit] = target
        return moved

    def _best_exchange(self, zone: Zone) -> Zone | None:
        """Return the grouping after the best exchange of two units, if there are two zones."""
        size, sums = self._sums(zone)
        cost, excess = sums.min(axis=1), self._excess(size)
        found = []
        for i in range(len(zone) - 1):
            others = np.flatnonzero(zone[i + 1 :] != zone[i]) + i + 1
            if not len(others):
                continue
            a, b = zone[i], zone[others]
            change = self.travel[others] - self.travel[i]
            travel = (sums[a] + change).min(axis=1) - cost[a]
            travel += (sums[b] - change).min(axis=1) - cost[b]
            more = self.who[others] - self.who[i]
            out = self._excess(size[a] + more) + self._excess(size[b] - more) - excess[a]
            out -= excess[b]
            j = _least(out, travel)
            found.append((round(float(out[j]), 6), float(travel[j]), i, int(others[j])))
        if not found:
            return None
        _, _, i, j = min(found)
        moved = zone.copy()
        moved[[i, j]] = moved[[j, i]]
        return moved

    def _best_division(self, zone: Zone) -> Zone | None:
        """Return the grouping after dividing two zones of few units afresh, in the best way."""
        found = []
        for a, b in combinations(range(self.zones), 2):
            units = np.flatnonzero((zone == a) | (zone == b))
            if not 2 < len(units) <= _FEW:
                continue
            into = (np.arange(1, 2 ** (len(units) - 1))[:, None] >> np.arange(len(units))) & 1
            size, sums = into @ self.who[units], into @ self.travel[units]
            whole, all_ = self.who[units].sum(), self.travel[units].sum(axis=0)
            now = self._sums(zone)
            travel = sums.min(axis=1) + (all_ - sums).min(axis=1)
            travel -= now[1][[a, b]].min(axis=1).sum()
            out = self._excess(size) + self._excess(whole - size)
            out -= self._excess(now[0][[a, b]]).sum()
            j = _least(out, travel)
            moved = zone.copy()
            moved[units] = np.where(into[j] == 1, a, b)
            found.append((round(float(out[j]), 6), float(travel[j]), moved))
        return min(found, key=lambda one: one[:2])[2] if found else None


_FEW = 12


def _least(out: Floats, travel: Floats) -> int:
    """Return which is least out of balance, and of these has the least travel."""
    return int(np.lexsort((travel, np.round(out, 6)))[0])
