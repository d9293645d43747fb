"""Classes in a comparison: what scenarios change in each field of learning, on the page, in files.

The numbers are those of `Comparison.fields`, small groups hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from access._privacy import suppress_changes
from access.errors import Lang
from access.measure.offers import ALL
from access.measure.outcome import TOTAL
from access.show.exhibit import Column, Exhibit
from access.show.markup import tag
from access.show.overlap import field_name
from access.show.words import group, number, words

if TYPE_CHECKING:
    import pandas as pd

    from access.decide.comparison import Comparison

MARK = "classes"
"""The name of the file."""

LISTED = 20
"""So many districts and fields stand on the page, those in which most people are concerned."""

_WHOLE = (
    *("classes_before", "classes_after", "seats_before", "seats_after"),
    *("before", "after", "change", "gained", "lost"),
)
_SHARES = ("share_before", "share_after", "share_change")
_SEATS = ("seats_1000_before", "seats_1000_after")
_PEOPLE = ("people_before", "people_after")
_TEXTS = ("question", "scenario", "group", "field", "code", "name")


def class_table(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    """Return what changes by field: a row a question, scenario, field and district.

    Empty where no question counts a place with classes. A number that is not known, or would tell
    a hidden one, is None.
    """
    import pandas as pd

    tables = []
    for comparison in comparisons:
        told = comparison.fields()
        if len(told) == 0:
            continue
        parts = [suppress_changes(part) for _, part in told.groupby("field", sort=False)]
        table = pd.concat(parts).sort_index()
        few = [isinstance(people, str) for people in table["people_after"]]
        table.loc[few, list(_SEATS)] = None
        table.insert(0, "question", comparison.base.name)
        tables.append(table)
    if not tables:
        return pd.DataFrame()
    whole = pd.concat(tables, ignore_index=True).astype(object)
    return whole.where(whole.notna(), None)


def class_exhibit(table: pd.DataFrame, lang: Lang) -> Exhibit:
    """Return the whole of `class_table` for its files."""
    said = words(lang)
    names = (*_TEXTS, *_PEOPLE, *_WHOLE, *_SHARES, *_SEATS)
    return _exhibit(table, names, MARK, said["class_changes_sheet"], lang)


def class_section(
    comparison: Comparison, table: pd.DataFrame, scenario: str, order: str, lang: Lang
) -> str:
    """Return what a scenario changes by field, for the page: the city, then the districts."""
    if len(table) == 0:
        return ""
    own = table[
        ((table["question"] == comparison.base.name) & (table["scenario"] == scenario)).to_numpy()
    ]
    if len(own) == 0:
        return ""
    said, asked = words(lang), comparison.question
    facts = {
        "scenario": scenario,
        "minutes": number(asked.limit),
        "group": group(asked.group, lang),
    }
    caption = said["class_changes_caption"].format(**facts)
    own = own[own.apply(_changed, axis=1).to_numpy()]
    if len(own) == 0:
        return tag("p", f"{caption}: {said['class_changes_none']}")
    city, districts = (own[(own["name"] == TOTAL).to_numpy() == which] for which in (True, False))
    tables = [_exhibit(city, ("field", *_WHOLE, *_SHARES[1:]), f"fields-{order}", caption, lang)]
    rest = districts[(districts["field"] != ALL).to_numpy()]
    if len(rest):
        most = rest.assign(_most=[-_weight(row) for row in rest.to_dict("records")])
        rest = most.sort_values("_most", kind="stable").drop(columns="_most")
        caption = said["class_changes_districts"].format(**facts)
        names = ("name", "field", *_WHOLE, *_SHARES[1:])
        tables.append(_exhibit(rest, names, MARK, caption, lang))
    return "".join(one.html(lang) for one in tables)


def _changed(row: Any) -> bool:
    """Say whether a scenario changes anything of a field in a district."""
    held = any(row[f"{what}_before"] != row[f"{what}_after"] for what in ("classes", "seats"))
    return held or any(row[flow] != 0 for flow in ("gained", "lost"))


def _weight(row: Any) -> float:
    flows = [4 if isinstance(row[flow], str) else row[flow] for flow in ("gained", "lost")]
    return float(sum(flows))


def _exhibit(
    table: pd.DataFrame, names: Sequence[str], name: str, caption: str, lang: Lang
) -> Exhibit:
    said = words(lang)
    decimals = {
        **dict.fromkeys((*_WHOLE, *_PEOPLE), 0),
        **dict.fromkeys((*_SHARES, *_SEATS), 1),
    }
    told = [
        tuple(field_name(row[n], lang) if n == "field" else row[n] for n in names)
        for row in table.to_dict("records")
    ]
    return Exhibit(
        name=name,
        sheet=said["class_changes_sheet"],
        caption=caption,
        unit=said["units_class_changes"],
        columns=tuple(
            Column(
                n, said.get(f"change_{n}") or said.get(f"column_{n}") or said[n], decimals.get(n)
            )
            for n in names
        ),
        rows=tuple(told),
        notes=(said["class_changes_note"], said["small_note"]),
        listed=LISTED,
    )
