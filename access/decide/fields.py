"""Fields: what scenarios change in the classes of each field, and who has one within reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access._rounding import rounded_changes
from access.measure.offers import ALL, Offers, has_offers, offers_of
from access.measure.outcome import Outcome
from access.measure.seats import by_district, district_rows, seat_table

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Reached = Mapping[str, npt.NDArray[np.bool_]]

COLUMNS = (
    *("scenario", "minutes", "group", "field", "code", "name"),
    *("classes_before", "classes_after", "seats_before", "seats_after"),
    *("people_before", "people_after", "before", "after", "change", "gained", "lost"),
    *("share_before", "share_after", "share_change", "seats_1000_before", "seats_1000_after"),
)


def field_changes(
    outcomes: Sequence[Outcome], names: Sequence[str], people: Sequence[tuple[Whole, Whole]]
) -> pd.DataFrame:
    """Return a row for every outcome but the first, field of learning and district.

    names   of the outcomes, the first is what the others are held against
    people  whole people by district, before and after, for each but the first

    "all" fields and 계 first; of the question's group, at its limit. `classes` and `seats` are
    those held in the district (unknown seats count as none); `before` and `after` are people with a
    class of the field within the limit, `gained` and `lost` those who come to have one and cease
    to; `seats_1000` as `seat_table` has them. People are whole and add up as in
    `Comparison.districts`. No rows where no outcome has a class at a place the question counts.
    """
    import pandas as pd

    known = [o for o in outcomes if o.study.programmes is not None]
    if len(known) < len(outcomes) or not any(map(has_offers, known)):
        return pd.DataFrame(columns=list(COLUMNS))
    offers = [offers_of(outcome, none=True) for outcome in outcomes]
    fields = (ALL, *sorted({field for one in offers for field in one.fields}))
    tables, reached = zip(*(_answer(one, fields) for one in offers), strict=True)
    base, asked = outcomes[0], outcomes[0].question
    codes, areas = zip(*district_rows(base.study), strict=True)
    parts = []
    for i, other in enumerate(outcomes[1:], start=1):
        for field in fields:
            old, new = tables[0][field], tables[i][field]
            ends = reached[0][field], reached[i][field]
            counts = _counts(base, other, *ends, *people[i - 1])
            told: dict[str, Any] = {
                "scenario": names[i],
                "minutes": asked.limit,
                "group": asked.group,
                "field": field,
                "code": codes,
                "name": areas,
                **counts,
            }
            for column in ("classes", "seats", "seats_1000"):
                told[f"{column}_before"] = old[column].to_numpy()
                told[f"{column}_after"] = new[column].to_numpy()
            for end, table in (("before", old), ("after", new)):
                everyone = table["people"].to_numpy()
                share = np.full(len(codes), np.nan)
                np.divide(100 * table["within"].to_numpy(), everyone, share, where=everyone > 0)
                told[f"share_{end}"] = share
            told["share_change"] = told["share_after"] - told["share_before"]
            parts.append(pd.DataFrame(told)[list(COLUMNS)])
    return pd.concat(parts, ignore_index=True)


def _answer(offers: Offers, fields: Sequence[str]) -> tuple[dict[str, pd.DataFrame], Reached]:
    """Return the rows of each field, and which cells have a class of it within the limit."""
    table, pairs = seat_table(offers, fields, (ALL,)), offers.pairs()
    return (
        {field: table[(table["field"] == field).to_numpy()] for field in fields},
        {field: offers.reached(pairs, field) for field in fields},
    )


def _counts(
    base: Outcome,
    other: Outcome,
    was: npt.NDArray[np.bool_],
    now: npt.NDArray[np.bool_],
    people_before: Whole,
    people_after: Whole,
) -> dict[str, Whole]:
    """Return whole people who have a class before and after, gained and lost: (1 + d,) each."""
    study = base.study
    old, new = np.where(was, base.people, 0.0), np.where(now, other.people, 0.0)
    parts = [old, new, np.maximum(new - old, 0.0), np.maximum(old - new, 0.0)]
    within, after, more, fewer = (by_district(study, values)[1:] for values in parts)
    before = rounded_changes(within, 0, people_before)
    total = int(rounded_changes(after, 0, people_after).sum())
    still = (more == 0) & (fewer == 0)
    low, high = np.where(still, 0, -before), np.where(still, 0, people_after - before)
    net = rounded_changes(more - fewer, low, high, total - int(before.sum()))
    lost = rounded_changes(fewer, np.maximum(0, -net), before)
    counts = {
        "people_before": people_before,
        "people_after": people_after,
        "before": before,
        "after": before + net,
        "change": net,
        "gained": net + lost,
        "lost": lost,
    }
    return {name: np.append(values.sum(), values) for name, values in counts.items()}
