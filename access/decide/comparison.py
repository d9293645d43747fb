"""Comparison: outcomes of one question side by side: who gains, who loses, and where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access import _notebook
from access._frozen import Record
from access._privacy import count, suppress_changes
from access._rounding import rounded_changes
from access.decide.fields import field_changes
from access.errors import InputError
from access.measure.coverage import count_within
from access.measure.outcome import TOTAL, Outcome
from access.study.question import Question

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

BY = ("district", "group")
TODAY = "현재"
"""How the study that no scenario was applied to is called beside those of scenarios."""


@dataclass(frozen=True, slots=True)
class Flows:
    """People by district, (d,), and within each of `minutes`, (d, k), of an outcome and another.

    gained are people of the other who are reached, beyond those whom the first reaches in the same
    cell; lost are the opposite. Whole numbers: `within_after = within_before + gained - lost`, and
    what did not change is zero.
    """

    minutes: Floats
    people_before: Whole
    people_after: Whole
    before: Whole
    gained: Whole
    lost: Whole
    nearer: Whole
    farther: Whole

    @property
    def after(self) -> Whole:
        """(d, k) people within the minutes in the other outcome."""
        return self.before + self.gained - self.lost


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Record):
    """Outcomes of one question; the first is what the others are held against.

    names  how tables and maps call each
    by     "district" or "group": what `table` tells
    """

    outcomes: tuple[Outcome, ...]
    names: tuple[str, ...]
    by: str = "district"

    @property
    def base(self) -> Outcome:
        """What the others are held against."""
        return self.outcomes[0]

    @property
    def question(self) -> Question:
        """The question that all of them answer."""
        return self.base.question

    def table(self) -> pd.DataFrame:
        """Return `districts()` or `groups()`, as the comparison was asked for."""
        return self.districts() if self.by == "district" else self.groups()

    def districts(self, group: str | None = None) -> pd.DataFrame:
        """Return a row for every scenario, threshold and district, 계 first.

        Columns `scenario, minutes, code, name, group, people_before, people_after, before, after,
        change, gained, lost, share_before, share_after, share_change, nearer, farther`. `before`
        and `after` are people within the minutes; gained and lost are those who come to be reached
        and cease to be, among them who moves there or away; nearer and farther have, whatever the
        minutes, a shorter or longer way to their nearest place. People are whole and add up;
        shares are percent of all people of the group.
        """
        import pandas as pd

        asked = self.question
        who = asked.group if group is None else group
        codes, names = zip(*((code, name) for code, name, _ in self.base.areas()), strict=True)
        before = _shares(self.base, who)
        parts: list[dict[str, Any]] = []
        for i in range(1, len(self.outcomes)):
            flows, after = self.flows(i, who), _shares(self.outcomes[i], who)
            counts = {
                "people_before": flows.people_before,
                "people_after": flows.people_after,
                "before": flows.before,
                "after": flows.after,
                "change": flows.gained - flows.lost,
                "gained": flows.gained,
                "lost": flows.lost,
            }
            for k, minutes in enumerate(asked.minutes):
                at = int(np.searchsorted(flows.minutes, minutes))
                shares = {"before": before[:, k], "after": after[:, k]}
                shares["change"] = shares["after"] - shares["before"]
                parts.append(
                    {
                        "scenario": self.names[i],
                        "minutes": minutes,
                        "code": codes,
                        "name": names,
                        "group": who,
                        **{n: _city(c if c.ndim == 1 else c[:, at]) for n, c in counts.items()},
                        **{f"share_{name}": share for name, share in shares.items()},
                        "nearer": _city(flows.nearer),
                        "farther": _city(flows.farther),
                    }
                )
        rows = len(codes)
        return pd.DataFrame(
            {
                name: np.concatenate([np.broadcast_to(part[name], rows) for part in parts])
                for name in parts[0]
            }
        )

    def groups(self) -> pd.DataFrame:
        """Return the city's rows of `districts` for every group the study knows."""
        import pandas as pd

        tables = [self.districts(group) for group in self.base.study.groups]
        return pd.concat([t[t["name"] == TOTAL] for t in tables], ignore_index=True)

    def fields(self) -> pd.DataFrame:
        """Return classes, seats and who reaches them by field of learning: `field_changes`."""
        flows = [self.flows(i) for i in range(1, len(self.outcomes))]
        people = [(one.people_before, one.people_after) for one in flows]
        return field_changes(self.outcomes, self.names, people)

    def changes(self, group: str | None = None) -> Floats:
        """Return the change in people within the question's minutes, (outcomes, districts, k).

        Exact, as fractions of people spread over cells come: of the first outcome it is zero, of
        two outcomes exchanged the opposite, and steps add up.
        """
        who = self.question.group if group is None else group
        limits = np.array(self.question.minutes)
        parts = [self._exact(i, who, limits) for i in range(len(self.outcomes))]
        return np.stack([gained - lost for gained, lost in parts])

    def flows(self, i: int, group: str | None = None) -> Flows:
        """Return whole people gained and lost between the first outcome and number `i`.

        At every minute the slider of a map knows. 계 of `before` and `after` is that of the two
        outcomes' own tables, and `before` is as the first outcome has it by district; there the
        other's own table may differ by one person, where rounding it for itself would show changes
        that are none. The limit is rounded first, then the question's other minutes, then the
        rest in between: should the bounds not let a sum be kept, it is one that no table shows.
        """
        who = self.question.group if group is None else group
        minutes, whole = self.base.steps(who)
        totals = self.outcomes[i].steps(who)[1].sum(axis=0)
        before, people = whole[:, :-1], whole[:, -1]
        gained, lost = self._exact(i, who, minutes)
        # What no cell has changed stays as it is, and what has changed keeps between.
        still = (gained == 0) & (lost == 0)
        low = np.maximum.accumulate(np.where(still, before, 0), axis=1)
        still_there = low[:, -1] - people
        more = totals[-1] - people.sum()
        people_after = people + rounded_changes(self._more(i, who), still_there, total=more)
        high = np.where(still, before, people_after[:, None])
        high = np.minimum.accumulate(high[:, ::-1], axis=1)[:, ::-1]
        net, gone = np.zeros_like(before), np.zeros_like(before)
        for k in self._order(minutes):  # more minutes never reach fewer people
            net[:, k] = rounded_changes(
                gained[:, k] - lost[:, k],
                low[:, k] - before[:, k],
                high[:, k] - before[:, k],
                totals[k] - before[:, k].sum(),
            )
            after = (before + net)[:, k, None]
            low[:, k:] = np.maximum(low[:, k:], after)
            high[:, : k + 1] = np.minimum(high[:, : k + 1], after)
            gone[:, k] = rounded_changes(lost[:, k], np.maximum(0, -net[:, k]), before[:, k])
        nearer, farther = self._moves(i, who)
        high = np.minimum(people, people_after)
        closer = rounded_changes(nearer, np.zeros_like(high), high)
        return Flows(
            minutes=minutes,
            people_before=people,
            people_after=people_after,
            before=before,
            gained=net + gone,
            lost=gone,
            nearer=closer,
            farther=rounded_changes(farther, np.zeros_like(high), high - closer),
        )

    def to_frame(self, i: int = 1) -> pd.DataFrame:
        """Return, by cell, the first outcome and number `i`.

        Columns `cell, district, people_before, people_after, minutes_before, minutes_after,
        change`; minutes are NaN where no place is reached, and so is their change.
        """
        import pandas as pd

        before, after = self.base.to_frame(), self.outcomes[i].to_frame()
        return pd.DataFrame(
            {
                "cell": before["cell"],
                "district": before["district"],
                "people_before": before["people"],
                "people_after": after["people"],
                "minutes_before": before["minutes"],
                "minutes_after": after["minutes"],
                "change": after["minutes"] - before["minutes"],
            }
        )

    def _exact(self, i: int, group: str, minutes: Floats) -> tuple[Floats, Floats]:
        """Return people gained and lost, (d, k) each; exactly zero where no cell has changed."""
        a, b = self.base, self.outcomes[i]
        old, new = a.study.groups[group], b.study.groups[group]
        area, areas = a.study.cell_district, len(a.study.districts)
        some = (a.nearest_tenths != b.nearest_tenths) | (old != new)
        some = np.flatnonzero(some & (area >= 0))
        gained, lost = np.zeros((2, areas, len(minutes)))
        for k, limit in enumerate(minutes.tolist()):
            was = np.where(a.reached(limit)[some], old[some], 0.0)
            more = np.where(b.reached(limit)[some], new[some], 0.0) - was
            gained[:, k] = np.bincount(area[some], np.maximum(more, 0.0), minlength=areas)
            lost[:, k] = np.bincount(area[some], np.maximum(-more, 0.0), minlength=areas)
        return gained, lost

    def _order(self, minutes: Floats) -> list[int]:
        """Return the positions of minutes, those whose sums matter most first."""
        asked = np.searchsorted(minutes, self.question.minutes).tolist()
        return list(dict.fromkeys([*reversed(asked), *range(len(minutes))]))

    def _more(self, i: int, group: str) -> Floats:
        """Return how many people more live in each district, (d,); zero where no cell has more."""
        study = self.base.study
        more = self.outcomes[i].study.groups[group] - study.groups[group]
        inside = study.cell_district >= 0
        return np.bincount(
            study.cell_district[inside], more[inside], minlength=len(study.districts)
        ).astype(np.float64)

    def _moves(self, i: int, group: str) -> tuple[Floats, Floats]:
        """Return how many people have a shorter, and a longer, way to the nearest place, (d,)."""
        a, b = self.base, self.outcomes[i]
        area, areas = a.study.cell_district, len(a.study.districts)
        people = np.minimum(a.study.groups[group], b.study.groups[group])
        old, new = (o.nearest_tenths.view(np.uint32) for o in (a, b))  # no way: beyond all ways
        no_way = (a.nearest_tenths < 0) & (b.nearest_tenths < 0)
        found = []
        for which in (new < old, new > old):
            some = np.flatnonzero(which & ~no_way & (area >= 0))
            counts = np.bincount(area[some], people[some], minlength=areas)
            found.append(counts.astype(np.float64))
        return found[0], found[1]

    def __repr__(self) -> str:
        said = []
        limit = self.question.limit
        for i, name in enumerate(self.names[1:], start=1):
            flows = self.flows(i)
            at = int(np.searchsorted(flows.minutes, limit))
            gained, lost = flows.gained[:, at].sum(), flows.lost[:, at].sum()
            said.append(f"{name} {gained - lost:+,}명 (+{gained:,} -{lost:,})")
        return f"<Comparison {self.base.name} {limit:g}분, {self.names[0]}: {'; '.join(said)}>"

    def _repr_html_(self) -> str:
        """Show the table at the question's limit in a notebook, small groups hidden."""
        ko = self.base.study.lang == "ko"
        table = self.table()
        table = suppress_changes(table[table["minutes"] == self.question.limit])
        what = "name" if self.by == "district" else "group"
        columns = {"scenario": ("시나리오", "Scenario"), what: _HEADS[what], **_COUNTS}
        rows = [[_cell(name, row[name]) for name in columns] for row in table.to_dict("records")]
        limit = f"{self.question.limit:g}분 이내" if ko else f"within {self.question.limit:g} min"
        top = _notebook.lines(f"{self.base.study.name} · {self.base.name} · {limit}")
        heads = [pair[0 if ko else 1] for pair in columns.values()]
        return top + _notebook.table(heads, rows, texts=2)


_HEADS = {"name": ("읍·면·동", "District"), "group": ("집단", "Group")}
_COUNTS = {
    "before": ("이전", "Before"),
    "after": ("이후", "After"),
    "change": ("증감", "Change"),
    "gained": ("새로 닿음", "Gained"),
    "lost": ("못 닿게 됨", "Lost"),
    "share_before": ("이전 %", "Before %"),
    "share_after": ("이후 %", "After %"),
}


def _cell(name: str, value: Any) -> str:
    if isinstance(value, str):
        return count(value)
    if name.startswith("share_"):
        return "-" if value is None or np.isnan(value) else f"{value:.1f}"
    return f"{value:+,}" if name == "change" and value else count(value)


def _city(counts: Whole) -> Whole:
    """Return counts by district below their sum."""
    return np.append(counts.sum(), counts)


def _shares(outcome: Outcome, group: str) -> Floats:
    """Return the percent of people within each of the question's minutes, city first, (d + 1, k).

    NaN where nobody of the group lives.
    """
    study = outcome.study
    people, area, areas = study.groups[group], study.cell_district, len(study.districts)
    limits = np.array(outcome.question.minutes)
    within = count_within(outcome.nearest_tenths, people, area, areas, limits)
    inside = area >= 0
    everyone = np.bincount(area[inside], people[inside], minlength=areas).astype(np.float64)
    within = np.vstack([within.sum(axis=0), within])
    everyone = np.append(everyone.sum(), everyone)[:, None]
    shares = np.full(within.shape, np.nan)
    np.divide(100.0 * within, everyone, out=shares, where=everyone > 0)
    return shares


def compare(*outcomes: Outcome, by: str = "district") -> Comparison:
    """Hold outcomes of one question against the first of them.

    by   "district" or "group": what `Comparison.table` tells

    Raises InputError for fewer than two outcomes (E697), for answers to questions that are not
    equal (E695), and for studies whose cells or districts differ (E696);
    TypeError for something that is no outcome.

    >>> from access import Question, evaluate
    >>> from access.study.scenario import Scenario
    >>> from access.testing import toy_study
    >>> town = toy_study("a b c", {"abc": {}}, people={"a": 10, "c": 5}, centres="a", idle="c")
    >>> walk = Question(minutes=(1,))
    >>> today = evaluate(town, walk)
    >>> plan = Scenario("c도", [{"do": "open_place", "place": "c"}])
    >>> after = evaluate(plan.apply(town), walk, reuse=today)
    >>> compare(today, after).districts()[["name", "before", "after", "gained"]].values.tolist()
    [['계', 10, 15, 5], ['온마을면', 10, 15, 5]]
    """
    for outcome in outcomes:
        if not isinstance(outcome, Outcome):
            raise TypeError(f"compare() takes outcomes, not {type(outcome).__name__}")
    if by not in BY:
        near = get_close_matches(str(by), BY, n=1, cutoff=0.0)[0]
        facts = {"key": "by", "nearest": near, "valid": ", ".join(BY)}
        raise InputError.of("E600", column="by", value=str(by), facts=facts)
    if len(outcomes) < 2:
        raise InputError.of("E697")
    base = outcomes[0]
    for other in outcomes[1:]:
        differ = [
            field.name
            for field in fields(Question)
            if getattr(other.question, field.name) != getattr(base.question, field.name)
        ]
        if differ:
            raise InputError.of("E695", facts={"fields": ", ".join(differ)})
        one, two = base.study, other.study
        same = one.districts == two.districts and set(one.groups) == set(two.groups)
        same &= np.array_equal(one.cells.ids, two.cells.ids)
        if not same or not np.array_equal(one.cell_district, two.cell_district):
            raise InputError.of("E696")
    return Comparison(tuple(outcomes), _names(outcomes), by)


def _names(outcomes: tuple[Outcome, ...]) -> tuple[str, ...]:
    """Return a name for each, no two the same."""
    told = [o.study.planned.name if o.study.planned else TODAY for o in outcomes]
    seen: Counter[str] = Counter()
    names = []
    for name in told:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)
