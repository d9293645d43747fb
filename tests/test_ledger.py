"""The account of rows: sheets of one workbook, and what is left out later."""

from __future__ import annotations

from access.ledger import Findings, Ledger


def account(sheet, read):
    return Findings("도시.xlsx", sheet).close(read)


def struck(ledger, sheet, row):
    later = Findings("도시.xlsx", sheet)
    later.note("W350", row=row, action="excluded")
    whole = ledger + Ledger(tuple(later.entries))
    return {t.sheet: (t.read, t.used, t.excluded) for t in whole.tallies}


def test_sheets_of_a_workbook_are_counted_apart():
    both = account("격자", 5) + account("시설", 3)
    assert struck(both, "격자", 3) == {"격자": (5, 4, 1), "시설": (3, 3, 0)}
    assert [t.place for t in both.tallies] == ["도시.xlsx [격자]", "도시.xlsx [시설]"]


def test_an_entry_without_a_sheet_may_be_of_any():
    assert struck(account("격자", 5), "", 3) == {"격자": (5, 4, 1)}


def test_the_same_row_is_struck_once():
    first = Findings("도시.xlsx", "격자")
    first.note("W312", row=3, action="excluded")
    assert struck(first.close(5), "격자", 3) == {"격자": (5, 4, 1)}
