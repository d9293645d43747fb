"""Sheets of a workbook: how cells look, and plain tables in them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

MAKING_DAY = datetime(2000, 1, 1)
"""No clock enters any output."""


def new_book(out: io.BytesIO, title: str) -> Any:
    """Return a workbook to be written into `out`: no clock in it, and no text that runs."""
    import xlsxwriter

    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": MAKING_DAY, "title": title})
    return book


class Formats:
    """The looks of cells in a workbook."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "맑은 고딕", "font_size": 10}
        head = {**base, "bold": True, "bg_color": "#E5E9F0", "align": "center", "valign": "vcenter"}
        self.head = book.add_format({**head, "border": 1, "text_wrap": True})
        self.text = book.add_format({**base, "num_format": "@"})
        self.right = book.add_format({**base, "num_format": "@", "align": "right"})
        self.whole = book.add_format({**base, "num_format": '#,##0;-#,##0;"-"'})
        self.tenth = book.add_format({**base, "num_format": '0.0;-0.0;"-"'})
        self.caption = book.add_format({**base, "bold": True, "font_size": 12})

    def put(self, sheet: Any, row: int, column: int, value: Any, name: str) -> None:
        """Write a value by its type; text is text whatever it begins with."""
        if value is None:
            sheet.write_string(row, column, "-", self.right)
        elif isinstance(value, str):
            hidden = value[:1] in ("<", ">") and name not in TEXTS
            sheet.write_string(row, column, value, self.right if hidden else self.text)
        else:
            tenth = name.startswith("share_") or name.endswith("_min")
            sheet.write_number(row, column, value, self.tenth if tenth else self.whole)


TEXTS = frozenset(
    [
        *("code", "name", "question", "scenario", "mode", "profile", "group"),
        *("file", "row", "column", "value", "action", "message_ko", "message_en"),
    ]
)
"""Columns of words: there a `<` hides nothing."""

WIDTHS = {"code": 13, "name": 14, "question": 20, "file": 18, "value": 24, "message_ko": 60}
WIDTHS |= {"message_en": 60}


def plain_sheet(
    sheet: Any,
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    names: Any,
    look: Formats,
    caption: str = "",
) -> None:
    """Fill a sheet with a header that stays in view, and rows; a `caption` stands above."""
    top = 1 if caption else 0
    if caption:
        sheet.write_string(0, 0, caption, look.caption)
    sheet.freeze_panes(top + 1, 0)
    for c, (head, name) in enumerate(zip(heads, names, strict=True)):
        sheet.write_string(top, c, head, look.head)
        sheet.set_column(c, c, WIDTHS.get(name, 11))
    last = top
    for last, row in enumerate(rows, top + 1):
        for c, (value, name) in enumerate(zip(row, names, strict=True)):
            if value is None:
                continue
            look.put(sheet, last, c, value, name)
    sheet.autofilter(top, 0, last, len(heads) - 1)
