"""Small groups are not shown: one to four people read `<5`, and what would tell them reads `>N`.

The counts are registered residents spread over cells, not answers of persons; still a table is
often passed on, and then a handful of people should not be told apart in it.

Protected is one table by district, or one position of a map's slider: a hidden number follows
neither from its own row (people are those within a time and those beyond it) nor from 계 and the
other rows. So `>6635` of 6,640 people are within a time where one to four of them are not. Where a
single district of a column would follow from 계, the next smallest is given as `>N` as well. Where
districts have fewer than ten people, rows and columns taken together may still tell one.

Not protected is what several tables tell together: two neighbouring minutes, two questions, or an
age group and everybody may differ by fewer than five. Neither are the files for further work:
results.gpkg carries the (fractions of) people of every cell, and ledger.csv those of rows left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access._rounding import percent

if TYPE_CHECKING:
    import pandas as pd

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LEAST = 5
"""The smallest group of people that a result shows."""

HIDDEN = f"<{LEAST}"
"""How a table writes a smaller one."""


def is_small(people: Any) -> Any:
    """Say whether a group is too small to be shown; nobody at all is no secret.

    >>> [is_small(n) for n in (0, 1, 4, 5)]
    [False, True, True, False]
    """
    return (people > 0) & (people < LEAST)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a column of counts, city first: (r,) `low` and `high`, equal where shown."""

    low: Whole
    high: Whole

    @property
    def hidden(self) -> Flags:
        """(r,) which counts are not shown."""
        return np.not_equal(self.low, self.high)

    def texts(self) -> list[int | str]:
        """Return the counts as a table holds them.

        >>> Told(np.array([7, 1, 6]), np.array([7, 4, 9])).texts()
        [7, '<5', '>5']
        """
        return [
            low if low == high else HIDDEN if high < LEAST else f">{low - 1}"
            for low, high in zip(self.low.tolist(), self.high.tolist(), strict=True)
        ]


def told(counts: npt.ArrayLike, whole: npt.ArrayLike | None = None) -> Told:
    """Return what may be told of counts whose first is the sum of the others.

    `whole` are the people each count is part of: those beyond it are a group as well.

    >>> told([12, 3, 9]).texts()
    [12, '<5', '>7']
    >>> told([900, 498, 402], [1000, 500, 500]).texts()
    [900, '>495', '>400']
    """
    values = np.asarray(counts, dtype=np.int64)
    if whole is None:
        return _column(values, np.full(len(values), LEAST), values, np.zeros(len(values), bool))
    everyone = np.asarray(whole, dtype=np.int64)
    people = told(everyone)
    # of a row whose people are withheld for another's sake, nothing large is told
    vague = people.hidden & (everyone >= LEAST) & (values >= LEAST)
    return _column(values, everyone - values, everyone, vague, people.high)


def _column(
    values: Whole, rest: Whole, everyone: Whole, vague: Flags, most: Whole | None = None
) -> Told:
    small = is_small(values)
    nearly = is_small(rest) & (values >= LEAST) & ~vague
    low = np.where(small, 1, np.where(nearly, everyone - LEAST + 1, values))
    high = np.where(small, LEAST - 1, np.where(nearly, everyone - 1, values))
    if most is not None:
        low, high = np.where(vague, LEAST, low), np.where(vague, most, high)
        even = small & (rest == LEAST - 1) & (values == LEAST - 1)  # four and four of eight
        high = np.where(even, everyone - 1, high)
    hidden = small | nearly | vague
    up, down = int((high - values)[1:].sum()), int((values - low)[1:].sum())
    single = hidden[1:].sum() == 1 or (hidden[1:].any() and (up == 0 or down == 0))
    if single and not hidden[0] and not vague.any():
        free = ~hidden & (values >= LEAST) & (rest >= LEAST)
        districts = np.flatnonzero(free[1:]) + 1
        if len(districts):
            with_it = districts[np.argmin(np.minimum(values, rest)[districts])]
            low[with_it] -= up
            high[with_it] += down
        elif free[0]:  # nobody else's number can give way: the city's does
            low[0] -= down
            high[0] += up
    return Told(low, high)


def shares(share: npt.ArrayLike, within: Told, people: Told) -> list[float | str]:
    """Return shares (percent) with one decimal, hidden with the people they follow from.

    >>> people = told([1000, 500, 500])
    >>> shares([90.0, 99.6, 80.4], told([900, 498, 402], [1000, 500, 500]), people)
    [90.0, '>99.0', '>80.0']
    """
    found: list[float | str] = []
    for i, value in enumerate(np.asarray(share, dtype=float).tolist()):
        if people.high[i] == 0:
            found.append(float("nan"))  # of nobody, whatever else is hidden in the row
        elif people.high[i] < LEAST and people.hidden[i]:
            found.append(HIDDEN)
        elif not (within.hidden[i] or people.hidden[i]):
            found.append(percent(value, bool(within.low[i] == people.low[i])))
        elif within.high[i] < LEAST:
            found.append(HIDDEN)
        else:
            found.append(f">{1000 * max(0, within.low[i] - 1) // people.high[i] / 10:.1f}")
    return found


def suppress(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table by district, 계 first, as it may be shown.

    Columns as `Outcome.districts` gives them. Shares get one decimal; they are hidden with the
    people they count, the times of a group with the group.

    >>> import pandas as pd
    >>> suppress(pd.DataFrame({"people": [12, 9, 3], "within_5": [7, 7, 0]}))
      people within_5
    0     12        7
    1     >7       >4
    2     <5        0
    """
    shown = table.astype(object)
    whole = table["people"].to_numpy(np.int64)
    people = told(whole)

    def put(column: str, values: list[Any]) -> None:
        shown[column] = np.array([*values, None], dtype=object)[:-1]

    put("people", people.texts())
    for column in (c for c in table.columns if c.startswith("within_")):
        within = told(table[column], whole)
        put(column, within.texts())
        share = column.replace("within_", "share_")
        if share in table:
            put(share, shares(table[share], within, people))
    if "underserved" in table:
        put("underserved", told(table["underserved"], whole).texts())
    for column in ("mean_min", "median_min", "plain_mean_min"):
        if column in table:
            shown.loc[is_small(table["people"]), column] = HIDDEN
    return shown


def suppress_changes(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of changes, 계 first for every scenario, threshold and group, as shown.

    Columns as `Comparison.districts` gives them; see `told_changes`.

    >>> import pandas as pd
    >>> counts = {"people_before": [90, 50, 40], "people_after": [90, 50, 40],
    ...           "before": [40, 20, 20], "after": [53, 23, 30], "change": [13, 3, 10],
    ...           "gained": [13, 3, 10], "lost": [0, 0, 0]}
    >>> of = {"scenario": "다리", "minutes": 5.0, "group": "all"}
    >>> shown = suppress_changes(pd.DataFrame(counts | of))
    >>> shown[["before", "after", "change", "gained"]].values.tolist()
    [[40, 53, 13, 13], [20, '>20', '<5', '<5'], [20, '>28', '>8', '>8']]
    """
    import pandas as pd

    keys = table[["scenario", "minutes", "group"]].astype(str).agg("\0".join, axis=1).to_numpy()
    edges = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0)
    columns = {str(name): table[name].to_numpy() for name in table}
    found: dict[str, list[Any]] = {}
    for begin, end in pairwise([*edges.astype(int).tolist(), len(table)]):
        block = {name: values[begin:end] for name, values in columns.items()}
        for name, values in _changes(block).items():
            found.setdefault(name, []).extend(values)
    shown = table.astype(object)
    for name, values in found.items():
        shown[name] = np.array([*values, None], dtype=object)[:-1]
    return pd.DataFrame(shown)


@dataclass(frozen=True, slots=True)
class ToldChanges:
    """What is told of people before and after, of those gained and lost, and of the difference."""

    people_before: Told
    people_after: Told
    before: Told
    after: Told
    gained: Told
    lost: Told
    change: Told

    @property
    def hidden(self) -> Flags:
        """(r,) in which rows not everything is shown."""
        return self.change.hidden

    def texts(self) -> dict[str, list[int | str]]:
        """Return every column as a table holds it; `>-5` are one to four people fewer."""
        named = ("people_before", "people_after", "before", "after", "gained", "lost")
        shown = {name: getattr(self, name).texts() for name in named}
        ends = zip(self.change.low.tolist(), self.change.high.tolist(), strict=True)
        return shown | {
            "change": [
                low if low == high else HIDDEN if low > 0 and high < LEAST else f">{low - 1}"
                for low, high in ends
            ]
        }


def told_changes(
    people_before: Whole, people_after: Whole, before: Whole, gained: Whole, lost: Whole
) -> ToldChanges:
    """Return what may be told of changes whose first row is the sum of the others.

    In a row `after = before + gained - lost`, so that where one of the four is hidden another must
    be: the number afterwards, else the larger flow.
    """
    ends = told(people_before), told(people_after)
    was = told(before, people_before)
    now = told(before + gained - lost, people_after)
    more, fewer = told(gained), told(lost)
    vague = was.hidden | now.hidden | more.hidden | fewer.hidden
    only = vague & ~(was.hidden | more.hidden | fewer.hidden)
    # Where only the number afterwards is hidden, the larger flow would tell it.
    net = Told(now.low - was.high, now.high - was.low)
    up = only & (gained >= lost)
    more = _widened(more, up, net.low + fewer.low, net.high + fewer.high)
    fewer = _widened(fewer, only & ~up, more.low - net.high, more.high - net.low)
    net = Told(more.low - fewer.high, more.high - fewer.low)
    now = _widened(now, vague, np.maximum(was.low + net.low, 0), was.high + net.high)
    net = _widened(net, vague, now.low - was.high, now.high - was.low)
    return ToldChanges(*ends, was, now, more, fewer, net)


def _changes(block: Mapping[str, npt.NDArray[Any]]) -> dict[str, list[Any]]:
    """Return the columns that hide what is small in rows that add up to their first."""
    names = ("people_before", "people_after", "before", "gained", "lost")
    all_ = told_changes(*(block[name].astype(np.int64) for name in names))
    shown: dict[str, list[Any]] = {**all_.texts()}
    for column in ("nearer", "farther"):
        if column in block:
            shown[column] = told(block[column]).texts()
    if "share_before" in block:
        old = shares(block["share_before"], all_.before, all_.people_before)
        new = shares(block["share_after"], all_.after, all_.people_after)
        change = _between(old, new, all_.hidden)
        shown |= {"share_before": old, "share_after": new, "share_change": change}
    return shown


def _between(old: list[float | str], new: list[float | str], hidden: Flags) -> list[float | None]:
    """Return differences of shares, None where they are hidden."""
    return [
        None if hide or isinstance(a, str) or isinstance(b, str) else float(f"{b - a:.1f}")
        for a, b, hide in zip(old, new, hidden.tolist(), strict=True)
    ]


def _widened(kept: Told, where: Flags, low: Whole, high: Whole) -> Told:
    """Return what is told of counts, of some of them no more than `low` to `high`."""
    return Told(
        np.where(where, np.minimum(kept.low, low), kept.low),
        np.where(where, np.maximum(kept.high, high), kept.high),
    )


def told_alone(people: float, *wholes: float) -> int | str:
    """Return a count of people as a table holds it that is no part of a column's sum.

    `wholes` are the groups it is part of: where fewer than five of one are left, it is `>N`.

    >>> told_alone(12.4), told_alone(3.2), told_alone(98, 100, 500), told_alone(100, 100)
    (12, '<5', '>95', 100)
    """
    value = round(people)
    if is_small(value):
        return HIDDEN
    nearly = [round(whole) - LEAST for whole in wholes if is_small(round(whole) - value)]
    return f">{max(nearly)}" if nearly else value


def count(people: Any) -> str:
    """Return a number of people as a page writes it: `1,234`, `-` for nobody, `<5`.

    >>> [count(n) for n in (1234, 0, 3, "<5", ">6635", ">99.9")]
    ['1,234', '-', '<5', '<5', '>6,635', '>99.9']
    """
    if isinstance(people, str):
        return f">{int(people[1:]):,}" if people[1:].isdigit() and people[0] == ">" else people
    if is_small(people):
        return HIDDEN
    return f"{people:,.0f}" if people else "-"
