"""Tables of changes for spreadsheets: comparison.csv and comparison.xlsx."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from access._privacy import suppress_changes
from access.errors import InputError, Lang
from access.show.sheets import Formats, new_book, plain_sheet
from access.show.tables import Sheet, csv_bytes
from access.show.words import group, number, title, words

if TYPE_CHECKING:
    import pandas as pd

    from access.decide.comparison import Comparison

Failure = tuple[str, InputError]
"""A scenario that could not be computed, by name or file, and why."""

COLUMNS = (
    *("question", "mode", "profile", "scenario", "minutes", "code", "name", "group"),
    *("people_before", "people_after", "before", "after", "change", "gained", "lost"),
    *("share_before", "share_after", "share_change", "nearer", "farther"),
)


def change_table(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    """Return every change: a row a question, scenario, threshold, group and district.

    계 first, then the official order; small groups are hidden by `suppress_changes`. A number that
    is not known, or would tell a hidden one, is None.
    """
    import pandas as pd

    tables = []
    for comparison in comparisons:
        asked = comparison.question
        for who in comparison.base.study.groups:
            table = suppress_changes(comparison.districts(who))
            table["question"], table["mode"] = comparison.base.name, asked.mode
            table["profile"] = asked.profile
            tables.append(table.reindex(columns=list(COLUMNS)))
    whole = pd.concat(tables, ignore_index=True).astype(object)
    return whole.where(whole.notna(), None)


def changes_csv(table: pd.DataFrame) -> bytes:
    """Return comparison.csv from `change_table`."""
    return csv_bytes(COLUMNS, table.itertuples(index=False))


def failures_csv(failures: Sequence[Failure]) -> bytes:
    """Return failures.csv: a row for everything that kept a scenario from being computed."""
    columns = ("scenario", "row", "column", "value", "code", "message_ko", "message_en")
    rows = [
        [name, p.row, p.column, p.value, p.code, p.reason("ko"), p.reason("en")]
        for name, error in failures
        for p in error.problems
    ]
    return csv_bytes(columns, rows)


def rows_of(table: pd.DataFrame, comparison: Comparison, **wanted: Any) -> pd.DataFrame:
    """Return the rows of one question, and of them those with the `wanted` values."""
    asked = comparison.question
    wanted = {
        "question": comparison.base.name,
        "mode": asked.mode,
        "profile": asked.profile,
        **wanted,
    }
    chosen = np.ones(len(table), dtype=bool)
    for column, value in wanted.items():
        chosen &= (table[column] == value).to_numpy()
    return table[chosen]


def at_limit(table: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    """Return the rows of one question at its limit and of its group."""
    asked = comparison.question
    return rows_of(table, comparison, minutes=asked.limit, group=asked.group)


def changes_workbook(
    comparisons: Sequence[Comparison],
    table: pd.DataFrame,
    lang: Lang,
    more: Sequence[Sheet] = (),
) -> bytes:
    """Return comparison.xlsx: a sheet a question at its limit, the city by group, and `more`."""
    said = words(lang)
    out = io.BytesIO()
    with new_book(out, comparisons[0].base.study.name) as book:
        look = Formats(book)
        names = [c for c in COLUMNS if c not in ("question", "mode", "profile", "minutes", "group")]
        for i, comparison in enumerate(comparisons, 1):
            sheet = book.add_worksheet(f"{said['table']} {i}")
            asked = comparison.question
            limit = said["within"].format(minutes=number(asked.limit))
            heading = f"{title(asked, lang)} · {limit} · {group(asked.group, lang)}"
            rows = at_limit(table, comparison)[names].itertuples(index=False)
            plain_sheet(sheet, heads(names, lang), rows, names, look, heading)
        sheet = book.add_worksheet(said["group_rows"])
        city = table[(table["code"] == "").to_numpy()].drop(columns="code")
        named = heads(list(city.columns), lang)
        plain_sheet(sheet, named, city.itertuples(index=False), city.columns, look)
        for one in more:
            sheet = book.add_worksheet(one.name)
            plain_sheet(sheet, one.heads, one.rows, one.columns, look, decimals=one.decimals)
    return out.getvalue()


def heads(columns: Sequence[str], lang: Lang) -> list[str]:
    """Return what columns of changes are called in a table."""
    said = words(lang)
    return [said.get(f"change_{c}") or said.get(f"column_{c}") or said[c] for c in columns]


def share_points(value: Any) -> str:
    """Return a difference of shares as a table writes it.

    >>> [share_points(v) for v in (1.2, -0.5, 0.0, None)]
    ['+1.2', '-0.5', '-', '-']
    """
    return f"{value:+.1f}" if value else "-"
