"""Tables for spreadsheets: districts.csv, ledger.csv and tables.xlsx."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from access._privacy import suppress
from access.errors import Lang
from access.ledger import Entry, Ledger
from access.show.sheets import WIDTHS, Formats, new_book, plain_sheet
from access.show.words import day, describe, number, standing_lines, title, words

if TYPE_CHECKING:
    import pandas as pd

    from access.measure.outcome import Outcome

LEDGER_COLUMNS = [
    "file",
    "row",
    "column",
    "value",
    "code",
    "action",
    "people",
    "message_ko",
    "message_en",
]

_RUNS = re.compile(r"[=+\-@\t\r]")
_NUMERIC = re.compile(r"[+-]?[\d\s.,()%-]*\d[\d\s.,()%-]*(?:[eE][+-]?\d+)?")


def guarded(text: str) -> str:
    """Return text that no spreadsheet runs as a formula; numbers and telephone numbers stay.

    Our own readers take the leading quote away again.

    >>> [guarded(t) for t in ("=1+1", "-12.5", "+82-2-123-4567", "@SUM(A1)", "가람시")]
    ["'=1+1", '-12.5', '+82-2-123-4567', "'@SUM(A1)", '가람시']
    """
    if _RUNS.match(text) and not (_NUMERIC.fullmatch(text) and text[0] in "+-"):
        return "'" + text
    return text


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as CSV: UTF-8 with BOM, text in quotes, numbers bare, None empty."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(v) if isinstance(v, str) else "" if v is None else v for v in row])
    return out.getvalue().encode("utf-8-sig")


def district_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return the tables of all outcomes one under the other, small groups hidden by `suppress`.

    Shares and minutes carry one decimal; a limit that a question does not ask for is None.
    """
    return _stacked(outcomes, [outcome.districts() for outcome in outcomes])


def group_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return the tables of all outcomes for every group of the study, as `district_table`."""
    tables = [o.districts(group) for o in outcomes for group in o.study.groups]
    return _stacked(outcomes, tables)


def _stacked(outcomes: Sequence[Outcome], parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    tables = [suppress(part) for part in parts]
    limits = sorted({m for outcome in outcomes for m in outcome.question.minutes})
    columns = [
        *["code", "name", "question", "mode", "profile", "group", "people", "centres"],
        *(f"within_{number(m)}" for m in limits),
        *(f"share_{number(m)}" for m in limits),
        *["mean_min", "median_min", "plain_mean_min", "underserved"],
    ]
    whole = pd.concat([t.reindex(columns=columns) for t in tables], ignore_index=True)
    for column in columns:
        tidy = _one_decimal if column.startswith("share_") or column.endswith("_min") else _plain
        whole[column] = pd.Series([tidy(v) for v in whole[column]], dtype=object)
    return whole


def _one_decimal(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return None if value is None or value != value else float(f"{value:.1f}")


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return None if value is None or value != value else int(value)


def districts_csv(outcomes: Sequence[Outcome]) -> bytes:
    """Return districts.csv: 계 first in every question, then the official order."""
    table = district_table(outcomes)
    return csv_bytes(list(table.columns), table.itertuples(index=False))


def whole_ledger(outcomes: Sequence[Outcome]) -> Ledger:
    """Return the account of the study's files and of every outcome."""
    return reduce(lambda a, b: a + b, (o.ledger for o in outcomes), outcomes[0].study.ledger)


def ledger_rows(entries: Iterable[Entry]) -> list[list[Any]]:
    """Return the entries of a ledger as rows of LEDGER_COLUMNS."""
    return [
        [
            f"{e.problem.file} [{e.problem.sheet}]" if e.problem.sheet else e.problem.file,
            e.problem.row,
            e.problem.column,
            e.problem.value,
            e.problem.code,
            e.action,
            None if e.people is None else round(e.people, 1),
            e.problem.reason("ko"),
            e.problem.reason("en"),
        ]
        for e in entries
    ]


def ledger_csv(outcomes: Sequence[Outcome]) -> bytes:
    """Return ledger.csv: every remark on every row, with the people it concerns."""
    return csv_bytes(LEDGER_COLUMNS, ledger_rows(whole_ledger(outcomes).entries))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A further sheet of tables.xlsx: its name, heads, rows, and what the columns are called."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]
    columns: Sequence[str]


def workbook(outcomes: Sequence[Outcome], lang: Lang, more: Sequence[Sheet] = ()) -> bytes:
    """Return tables.xlsx: a sheet for every question, one with all rows, one by age
    group, those of `more`, and the ledger.

    Codes are text, formulas are impossible, the header stays in view. Sheets of questions are laid
    out to be pasted into a report: caption, unit, table, note and source.
    """
    out = io.BytesIO()
    with new_book(out, outcomes[0].study.name) as book:
        look = Formats(book)
        for i, outcome in enumerate(outcomes, 1):
            _question_sheet(
                book.add_worksheet(f"{words(lang)['table']} {i}"), outcome, i, lang, look
            )
        for name, table in (
            ("all_rows", district_table(outcomes)),
            ("group_rows", group_table(outcomes)),
        ):
            heads = [column_name(c, lang) for c in table.columns]
            sheet = book.add_worksheet(words(lang)[name])
            plain_sheet(sheet, heads, table.itertuples(index=False), table.columns, look)
        for extra in more:
            sheet = book.add_worksheet(extra.name)
            plain_sheet(sheet, extra.heads, extra.rows, extra.columns, look)
        rows = ledger_rows(whole_ledger(outcomes).entries)
        heads = [words(lang)[f"ledger_{c}"] for c in LEDGER_COLUMNS]
        plain_sheet(book.add_worksheet(words(lang)["ledger"]), heads, rows, LEDGER_COLUMNS, look)
    return out.getvalue()


def column_name(column: str, lang: Lang) -> str:
    """Return what a column of districts.csv is called in a table.

    >>> column_name("within_15", "ko"), column_name("median_min", "ko")
    ('15분 이내 인구', '중앙값(분)')
    """
    said = words(lang)
    stem, _, minutes = column.partition("_")
    if stem in ("within", "share"):
        return said[f"column_{stem}"].format(minutes=minutes)
    return said[f"column_{column}"]


def _question_sheet(sheet: Any, outcome: Outcome, order: int, lang: Lang, look: Formats) -> None:
    said, study = words(lang), outcome.study
    table = district_table([outcome]).drop(columns=["question", "mode", "profile", "group"])
    caption = said["caption"].format(number=order, question=title(outcome.question, lang))
    sheet.write_string(0, 0, caption, look.caption)
    sheet.write_string(1, 0, describe(outcome.question, lang), look.text)
    sheet.write_string(1, len(table.columns) - 1, said["units"], look.right)
    for c, name in enumerate(table.columns):
        sheet.write_string(2, c, column_name(name, lang), look.head)
        sheet.set_column(c, c, WIDTHS.get(name, 11))
    sheet.set_row(2, 32)
    sheet.freeze_panes(3, 2)
    for r, row in enumerate(table.itertuples(index=False), 3):
        for c, (value, name) in enumerate(zip(row, table.columns, strict=True)):
            look.put(sheet, r, c, value, name)
    below = 3 + len(table)
    notes = [f"{said['note']}: {line}" for line in standing_lines(study, lang)[1:]]
    notes.append(f"{said['note']}: {said['means_note']}")
    files = ", ".join(s.file for s in study.sources)
    notes.append(f"{said['source']}: {files} ({said['as_of']} {day(study.as_of, lang)})")
    for i, line in enumerate(notes):
        sheet.write_string(below + i, 0, line, look.text)
