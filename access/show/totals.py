"""People reached within every minute, by district: what the slider of a map reads.

The whole people are those of the outcome's own table, so map, table and report agree. Nothing
here tells how many people live in a cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from access._privacy import shares, told
from access.measure.coverage import count_within

if TYPE_CHECKING:
    from access.measure.outcome import Outcome


def totals(outcome: Outcome) -> dict[str, Any]:
    """Return the slider's numbers: the city first, then each district in the official order.

    `stops` are minutes; `people` the group by row; `reached` and `share` (percent, one decimal)
    by row and stop, as text where the number is not shown or is a share of nobody.
    """
    study = outcome.study
    minutes, whole = outcome.steps()
    area = study.cell_district
    exact = count_within(outcome.nearest_tenths, outcome.people, area, len(whole), minutes)
    inside = area >= 0
    residents = np.bincount(area[inside], weights=outcome.people[inside], minlength=len(whole))

    def with_city(rows: Any) -> Any:
        return np.concatenate([rows.sum(axis=0, keepdims=True), rows])

    counts, exact, residents = with_city(whole), with_city(exact), with_city(residents)
    percents = 100 * np.divide(exact, residents[:, None], out=np.zeros_like(exact), where=exact > 0)
    whole = counts[:, -1]
    people = told(whole)
    columns = [told(column, whole) for column in counts[:, :-1].T]
    reached = [column.texts() for column in columns]
    share = [
        ["-" if part != part else part for part in shares(p, column, people)]
        for p, column in zip(percents.T, columns, strict=True)
    ]
    return {
        "stops": [int(m) if m == int(m) else m for m in minutes.tolist()],
        "people": people.texts(),
        "reached": [list(row) for row in zip(*reached, strict=True)],
        "share": [list(row) for row in zip(*share, strict=True)],
    }
