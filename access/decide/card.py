"""Card: why this site. Who gains, what it repeats, what comes next, and what would change that.

Every number on a card is a row of its table. People are whole, and those of the cards of a plan
add up to what the tables by 읍·면·동 show with and without the plan, to the last person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record
from access._privacy import HIDDEN, is_small, told
from access._rounding import rounded_changes
from access.decide import rules as rule
from access.decide.choice import Posed
from access.decide.comparison import compare
from access.decide.gains import most_covered
from access.decide.plan import NOTHING, Plan
from access.decide.robustness import Robustness
from access.decide.rules import Chosen
from access.decide.siting import Siting
from access.inputs.places import UNKNOWN
from access.measure.coverage import weighted_mean
from access.measure.outcome import Outcome
from access.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

COLUMNS = ("site", "name", "topic", "item", "label", "value", "unit")
OVERLAPS = 3
"""How many of the places that a site repeats are named."""


@dataclass(frozen=True, slots=True)
class Row:
    """One number of a card: what it is about, of whom or what, and its unit.

    topic  gain, group, district, minutes, reach, overlap, runner_up, flip, limit, robust or place
    item   which of its topic: a group, the code of a 읍·면·동, an id, "before" ...
    label  its name, where it has one
    """

    topic: str
    item: str
    label: str
    value: float | int | str
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class Card(Record):
    """Why one site of a plan.

    rows       every number on it
    comes_in   names of what would open instead, were this site not to be had; () for nothing
    unknown    what nobody has said of the place: step_free, area_m2, seats, yearly_cost, hours
    """

    id: str
    name: str
    district: str
    rows: tuple[Row, ...]
    comes_in: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def of(self, topic: str) -> list[Row]:
        """Return the rows of a topic."""
        return [row for row in self.rows if row.topic == topic]

    def value(self, topic: str, item: str) -> Any:
        """Return one number, None where the card has no such row."""
        return next((row.value for row in self.of(topic) if row.item == item), None)

    def __repr__(self) -> str:
        return f"<Card {self.id} {self.name}: {self.value('gain', 'all')} people>"

    def shown(self) -> Card:
        """Return the card as it may be shown: groups of fewer than five people hidden."""
        hidden: dict[int, str] = {}
        for parts in (self.of("district"), self.of("reach")):
            total = [row for row in parts if row.item == "within"] or self.of("gain")
            several = [*total, *(row for row in parts if row.item != "within")]
            texts = told([int(row.value) for row in several]).texts()
            hidden |= {id(r): v for r, v in zip(several, texts, strict=True) if isinstance(v, str)}
        for row in self.rows:
            if row.unit == "people" and is_small(abs(int(row.value))):
                hidden[id(row)] = HIDDEN
        if id(self.of("gain")[0]) in hidden:  # the way of very few is theirs
            hidden |= {id(row): HIDDEN for row in self.of("minutes")}
        return replace(
            self, rows=tuple(replace(r, value=hidden.get(id(r), r.value)) for r in self.rows)
        )


def cards(
    before: Outcome,
    after: Outcome,
    posed: Posed,
    plan: Plan,
    again: Callable[[Siting], Plan],
    sure: Robustness | None = None,
) -> tuple[Card, ...]:
    """Return a card for each site of a plan, in its order.

    before, after  the question without and with the plan's sites, of which the tables are made
    posed          the siting the plan answers
    again          chooses under other rules as the plan was chosen, to find the runner-up
    sure           how the sites did in drawn worlds
    """
    whose = _gains(before, after, posed, plan.chosen)
    other_limits = {
        minutes: most_covered(posed.siting, np.floor(minutes * 600 + 1e-6)).chosen
        for minutes in before.question.minutes[:-1]
    }
    return tuple(
        _card(before.study, posed, plan, k, whose, again, sure, other_limits)
        for k in range(len(plan.chosen))
    )


@dataclass(frozen=True, slots=True)
class Gains:
    """Who gains by which site of a plan: each newly reached cell goes to its nearest new site.

    site         (n,) number of the site within the plan, -1 for cells that are not newly reached
    by_district  (k, d) whole people
    by_group     group -> (k,) whole people
    before       (n,) minutes to the nearest place without the plan
    people       (n,) of the question's group
    """

    site: npt.NDArray[np.int64]
    by_district: Whole
    by_group: Mapping[str, Whole]
    before: Floats
    people: Floats


def _gains(before: Outcome, after: Outcome, posed: Posed, chosen: Chosen) -> Gains:
    study, question, siting = before.study, before.question, posed.siting
    inside = study.cell_district >= 0
    cost = siting.cost[:, chosen]
    new = inside & (siting.nearest(chosen) <= posed.limit) & ~(siting.today <= posed.limit)
    site = np.where(new, cost.argmin(axis=1) if len(chosen) else -1, -1)
    area, areas = study.cell_district, len(study.districts)

    def sums(who: Floats) -> Floats:
        if len(chosen) == 0:
            return np.zeros((0, areas))
        flat = np.where(new, site * areas + area, 0)
        added = np.bincount(flat, weights=np.where(new, who, 0.0), minlength=len(chosen) * areas)
        return added.reshape(len(chosen), areas).astype(np.float64)

    by_district = share_out(sums(before.people), gained(before, after))
    by_group = {question.group: by_district.sum(axis=1)}
    for group, who in study.groups.items():
        if group not in by_group:
            total = gained(before, after, group).sum(keepdims=True)
            by_group[group] = share_out(sums(who).sum(axis=1)[:, None], total)[:, 0]
    groups = {group: by_group[group] for group in study.groups}
    return Gains(site, by_district, groups, before.minutes, before.people)


def gained(before: Outcome, after: Outcome, group: str | None = None) -> Whole:
    """Return (d,) whole people of each 읍·면·동 whom a plan brings within the limit.

    As a comparison of the two has them: their sum is the difference of 계 in the two tables, and
    where nothing changes it is zero.
    """
    flows = compare(before, after).flows(1, group)
    at = int(np.searchsorted(flows.minutes, before.question.limit))
    return flows.gained[:, at]


def share_out(parts: Floats, totals: Whole) -> Whole:
    """Round (k, d) parts so that each column comes to its whole total, by largest remainder.

    What is zero stays zero.

    >>> share_out(np.array([[1.4, 0.0], [2.5, 0.0]]), np.array([4, 0])).tolist()
    [[1, 0], [3, 0]]
    """
    found = np.zeros(parts.shape, dtype=np.int64)
    for d, total in enumerate(totals.tolist() if len(parts) else ()):
        found[:, d] = rounded_changes(parts[:, d], low=0, total=total)
    return found


def _card(
    study: Study,
    posed: Posed,
    plan: Plan,
    k: int,
    whose: Gains,
    again: Callable[[Siting], Plan],
    sure: Robustness | None,
    other_limits: Mapping[float, Chosen],
) -> Card:
    siting, places = posed.siting, study.places
    c = int(plan.chosen[k])
    i = int(posed.found.places[c])
    rows = [*_who(study, k, whose), *_minutes(siting, c, k, whose)]
    rows += _reach(study, posed, plan.chosen, k, whose)
    second = again(siting.but(rules=(*siting.rules, rule.must_not(c, str(places.names[i])))))
    known = second.status in ("optimal", "feasible")
    rows += _runner_up(posed, plan, second) if known else []
    rows += [
        Row("limit", f"{m:g}", "", int(c in best.tolist()), "chosen")
        for m, best in other_limits.items()
    ]
    if sure is not None:
        rows.append(Row("robust", "times", "", int(sure.often[c]), "draws"))
        rows.append(Row("robust", "draws", "", sure.uncertainty.draws, "draws"))
    numbers = {"yearly_cost": "won", "area_m2": "m2", "seats": "seats"}
    of = {name: float(getattr(places, name)[i]) for name in numbers}
    rows += [Row("place", n, "", of[n], numbers[n]) for n in numbers if not np.isnan(of[n])]
    unknown = [name for name in numbers if np.isnan(of[name])]
    unknown += ["step_free"] if places.step_free[i] == UNKNOWN else []
    unknown += ["hours"] if not places.hours or places.hours[i] is None else []
    instead = np.setdiff1d(second.chosen if known else NOTHING, plan.chosen)
    return Card(
        id=str(places.ids[i]),
        name=str(places.names[i]),
        district=str(np.append(study.districts.names, "")[study.place_district[i]]),
        rows=tuple(rows),
        comes_in=tuple(str(places.names[posed.found.places[j]]) for j in instead),
        unknown=tuple(unknown),
    )


def _who(study: Study, k: int, whose: Gains) -> list[Row]:
    """Return who gains: in all, by group, and by 읍·면·동."""
    mine = whose.by_district[k]
    rows = [Row("gain", "all", "", int(mine.sum()), "people")]
    rows += [Row("group", g, "", int(n[k]), "people") for g, n in whose.by_group.items()]
    codes, names = study.districts.codes, study.districts.names
    some = np.flatnonzero(mine)
    some = some[np.argsort(-mine[some], kind="stable")]
    return rows + [
        Row("district", str(codes[d]), str(names[d]), int(mine[d]), "people") for d in some
    ]


def _minutes(siting: Siting, c: int, k: int, whose: Gains) -> list[Row]:
    """Return the mean way of those who gain, before and after."""
    mine = whose.site == k
    people = whose.people[mine]
    if people.sum() <= 0:
        return []
    before = weighted_mean(whose.before[mine], people)
    after = weighted_mean(siting.cost[mine, c] * siting.unit, people)
    cut_off = fsum(people[np.isnan(whose.before[mine])].tolist())
    rows = [] if np.isnan(before) else [Row("minutes", "before", "", before, "minutes")]
    rows.append(Row("minutes", "after", "", after, "minutes"))
    if cut_off > 0:
        rows.append(Row("minutes", "no_way", "", whole(cut_off), "people"))
    return rows


def _reach(study: Study, posed: Posed, chosen: Chosen, k: int, whose: Gains) -> list[Row]:
    """Return whom the site has within the limit, and who of them has another place there."""
    siting, limit = posed.siting, posed.limit
    inside = (study.cell_district >= 0) & (siting.cost[:, chosen[k]] <= limit)
    today = inside & (siting.today <= limit)
    shared = inside & ~today & (whose.site != k)
    gained = int(whose.by_district[k].sum())
    already, other = (whole(fsum(whose.people[w].tolist())) for w in (today, shared))
    near = siting.cost[:, chosen] <= limit
    alone = fsum(whose.people[(whose.site == k) & (near.sum(axis=1) > 1)].tolist())
    rows = [
        Row("reach", "within", "", gained + other + already, "people"),
        Row("reach", "gained", "", gained, "people"),
        Row("reach", "other_site", "", other, "people"),
        Row("reach", "already", "", already, "people"),
        Row("only", "only", "", max(0, gained - whole(alone)), "people"),
    ]
    both = (posed.found.open_cost[inside] <= limit) * whose.people[inside][:, None]
    sums = both.sum(axis=0)
    order = [j for j in np.argsort(-sums, kind="stable")[:OVERLAPS].tolist() if sums[j] > 0]
    for j in order:
        i = int(posed.found.open[j])
        id, name = str(study.places.ids[i]), str(study.places.names[i])
        rows.append(Row("overlap", id, name, whole(float(sums[j])), "people"))
    return rows


def _runner_up(posed: Posed, plan: Plan, second: Plan) -> list[Row]:
    """Return what would be chosen without the site, by how much it is worse, and what flips it.

    Were those whom only the plan reaches fewer by `fewer` percent, or those whom only the other
    reaches more by `more` percent, both would reach as many.
    """
    siting, limit = posed.siting, posed.limit
    ours, theirs = (siting.nearest(p.chosen) <= limit for p in (plan, second))
    mine, other = (fsum(siting.people[w].tolist()) for w in (ours & ~theirs, theirs & ~ours))
    covered = [whole(fsum(siting.people[w].tolist())) for w in (ours, theirs)]
    margin = covered[0] - covered[1]
    ids = ", ".join(second.sites)
    rows = [
        Row("runner_up", "margin", ids, margin, "people"),
        Row("runner_up", "reached", ids, covered[1], "people"),
    ]
    if mine > other > 0:
        rows.append(Row("flip", "more", "", 100 * (mine - other) / other, "percent"))
    if mine > other:
        rows.append(Row("flip", "fewer", "", 100 * (mine - other) / mine, "percent"))
    return rows


def whole(people: float) -> int:
    """Return people as a whole number, halves up, as the tables round a sum.

    >>> whole(2.5), whole(2.4999)
    (3, 2)
    """
    return int(np.floor(people + 0.5 + 1e-6))


def cards_frame(several: Sequence[Card]) -> pd.DataFrame:
    """Return the rows of cards one under the other: `site, name, topic, item, label, value, unit`.

    Values may be text, where fewer than five people are hidden.
    """
    import pandas as pd

    rows = [
        (card.id, card.name, row.topic, row.item, row.label, row.value, row.unit)
        for card in several
        for row in card.rows
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
