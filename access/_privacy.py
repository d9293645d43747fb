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

from dataclasses import dataclass
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
        if people.high[i] < LEAST and people.hidden[i]:
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
