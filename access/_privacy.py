"""Small groups are not shown: one to four people read `<5`, and so does what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

LEAST = 5
"""The smallest group of people that a result shows."""

HIDDEN = f"<{LEAST}"
"""How a table writes a smaller one."""


def is_small(people: float) -> bool:
    """Say whether a group is too small to be shown; nobody at all is no secret.

    >>> [is_small(n) for n in (0, 1, 4, 5)]
    [False, True, True, False]
    """
    return 0 < people < LEAST


def suppress(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table by district with `<5` for every small group.

    Columns as `Outcome.districts` gives them. A share is hidden with the people it counts; the
    times of a group are hidden with the group. Hidden numbers may still follow from a row's or a
    column's sum: the counts are residents spread over cells, not answers of persons.

    >>> import pandas as pd
    >>> suppress(pd.DataFrame({"people": [9, 3], "within_5": [2, 0], "share_5": [22.2, 0.0]}))
      people within_5 share_5
    0      9       <5      <5
    1     <5        0      <5
    """
    shown = table.astype(object)
    minutes = [c[len("within_") :] for c in table.columns if c.startswith("within_")]
    whole = table["people"].map(is_small)
    shown.loc[whole, "people"] = HIDDEN
    for m in minutes:
        few = table[f"within_{m}"].map(is_small)
        shown.loc[few, f"within_{m}"] = HIDDEN
        shown.loc[few | whole, f"share_{m}"] = HIDDEN
    if "underserved" in table:
        shown.loc[table["underserved"].map(is_small), "underserved"] = HIDDEN
    for column in ("mean_min", "median_min", "plain_mean_min"):
        if column in table:
            shown.loc[whole, column] = HIDDEN
    return shown


def count(people: Any) -> str:
    """Return a number of people as a table writes it: `1,234`, `-` for nobody, `<5`.

    >>> [count(n) for n in (1234, 0, 3, "<5")]
    ['1,234', '-', '<5', '<5']
    """
    if isinstance(people, str):
        return people
    if is_small(people):
        return HIDDEN
    return f"{people:,.0f}" if people else "-"
