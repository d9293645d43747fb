"""People reached within every minute, by district: what the slider of a map reads.

The whole people are those of the outcome's own table, so map, table and report agree. Nothing
here tells how many people live in a cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from access._privacy import is_small
from access.measure.coverage import count_within

if TYPE_CHECKING:
    from access.measure.outcome import Outcome

HIDDEN = -1
"""Stands for a group too small to be shown."""


def totals(outcome: Outcome) -> dict[str, Any]:
    """Return the slider's numbers: the city first, then each district in the official order.

    `stops` are minutes; `people` the group by row; `reached` and `share` (percent, one decimal)
    by row and stop, -1 where the group is too small to be shown.
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
    shares = 100 * np.divide(exact, residents[:, None], out=np.zeros_like(exact), where=exact > 0)
    people = counts[:, -1].tolist()
    reached, share = [], []
    for row, percents, everyone in zip(
        counts[:, :-1].tolist(), shares.tolist(), people, strict=True
    ):
        few = [is_small(n) for n in row]
        reached.append([HIDDEN if hide else n for n, hide in zip(row, few, strict=True)])
        share.append(
            [
                HIDDEN if hide or is_small(everyone) else float(f"{p:.1f}")
                for p, hide in zip(percents, few, strict=True)
            ]
        )
    return {
        "stops": [int(m) if m == int(m) else m for m in minutes.tolist()],
        "people": [HIDDEN if is_small(n) else n for n in people],
        "reached": reached,
        "share": share,
    }
