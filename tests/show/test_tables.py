"""Tables for spreadsheets: right numbers, whole codes, and nothing that runs."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import numpy as np
import openpyxl
import pytest

from access.show.tables import (
    LEDGER_COLUMNS,
    csv_bytes,
    district_table,
    districts_csv,
    guarded,
    ledger_csv,
    workbook,
)
from tests.show.town import FORMULAS, HARMLESS, HOSTILE, OLD, WALK, answer, make_study


def read(raw: bytes) -> list[dict[str, str]]:
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_districts_csv_is_as_promised(outcomes):
    rows = read(districts_csv(outcomes))
    assert list(rows[0]) == [
        *("code", "name", "question", "mode", "profile", "group", "people", "centres"),
        *("within_5", "within_7.5", "within_10", "within_15", "within_20"),
        *("share_5", "share_7.5", "share_10", "share_15", "share_20"),
        *("mean_min", "median_min", "plain_mean_min", "underserved"),
    ]
    codes = ["", "4199925000", "4199931000", "4199951000"]
    assert [r["code"] for r in rows] == codes * 2
    assert rows[0]["name"] == rows[4]["name"] == "계"
    for row, (_, exact) in zip(rows[:4], outcomes[0].districts().iterrows(), strict=True):
        for column in ("people", "centres", "within_15", "underserved"):
            assert int(row[column]) == exact[column]
        for column in ("share_15", "mean_min", "median_min", "plain_mean_min"):
            assert row[column] == f"{exact[column]:.1f}"
        assert row["within_20"] == row["share_7.5"] == ""


def test_columns_add_up_to_the_first_row(outcomes):
    rows = read(districts_csv(outcomes))[:4]
    for column in ("people", "centres", "within_10", "within_15", "underserved"):
        assert int(rows[0][column]) == sum(int(r[column]) for r in rows[1:])


def test_small_groups_read_less_than_five(town):
    few = np.zeros(len(town.cells))
    few[np.flatnonzero(town.cell_district == 0)[:3]] = 1.0
    few[town.cell_district == 1] = 2.0
    tiny = make_study(groups={"all": few})
    rows = read(districts_csv([answer(tiny, WALK)]))
    assert rows[1]["people"] == rows[1]["mean_min"] == rows[1]["share_15"] == "<5"
    assert rows[3]["people"] == "0"
    for row in rows:
        assert not any(row[c] in ("1", "2", "3", "4") for c in row if c not in ("centres",))


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_get_a_quote(text):
    assert guarded(text) == "'" + text
    row = next(csv.reader(io.StringIO(csv_bytes(["a"], [[text]]).decode("utf-8-sig"), newline="")))
    assert row == ["a"]
    rows = read(csv_bytes(["a"], [[text]]))
    assert rows[0]["a"].replace("\r\n", "\n") == "'" + text.replace("\r\n", "\n")


@pytest.mark.parametrize("text", [*HARMLESS, *HOSTILE])
def test_other_texts_stay(text):
    assert guarded(text) == text
    assert read(csv_bytes(["a", "b"], [[text, 1]])) == [{"a": text, "b": "1"}]


def test_text_stands_in_quotes_so_that_no_separator_inside_it_counts():
    assert csv_bytes(["a"], [["가;=1+1"]]).decode("utf-8-sig") == '"a"\r\n"가;=1+1"\r\n'


def test_ledger_csv(outcomes):
    rows = read(ledger_csv(outcomes))
    assert list(rows[0]) == LEDGER_COLUMNS
    assert rows[0]["file"] == "centres.csv"
    assert (rows[0]["row"], rows[0]["column"], rows[0]["code"]) == ("3", "좌석수", "F106")
    assert rows[0]["value"] == "'=1,200"
    assert rows[0]["action"] == "repaired"
    assert "쉼표" in rows[0]["message_ko"]
    assert "separators" in rows[0]["message_en"]


def open_workbook(raw: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(raw))


def test_the_workbook_holds_the_same_numbers(outcomes):
    book = open_workbook(workbook(outcomes, "ko"))
    assert book.sheetnames == ["표 1", "표 2", "전체", "연령별", "자료 처리 기록"]
    table, sheet = district_table(outcomes), book["전체"]
    heads = [c.value for c in sheet[1]]
    assert heads[:3] == ["행정기관코드", "읍·면·동", "질문"]
    assert "15분 이내 비율(%)" in heads
    for cells, row in zip(sheet.iter_rows(min_row=2), table.itertuples(index=False), strict=True):
        assert [c.value for c in cells] == list(row)
    first = book["표 1"]
    assert first["A1"].value.startswith("<표 1> 도보 15분")
    assert first["A4"].value in (None, "")
    assert first["B4"].value == "계"
    assert first["A5"].value == "4199925000"
    assert first["A5"].data_type == "s"
    assert first.freeze_panes == "C4"
    assert sheet.freeze_panes == "A2"


def test_the_workbook_has_no_clock(outcomes):
    book = open_workbook(workbook(outcomes, "ko"))
    assert book.properties.created == datetime(2000, 1, 1)
    assert workbook(outcomes, "ko") == workbook(outcomes, "ko")


def test_the_workbook_runs_nothing():
    study = make_study(district_names=FORMULAS[:3], name="=1+1")
    book = open_workbook(workbook([answer(study, WALK.but(name="=2+2")), answer(study, OLD)], "ko"))
    texts = []
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                texts.append(cell.value)
    assert set(FORMULAS[:3]) <= set(texts)  # shown as they are, text all through


def test_the_workbook_speaks_english(outcomes):
    book = open_workbook(workbook(outcomes, "en"))
    assert book.sheetnames == ["Table 1", "Table 2", "All rows", "By age", "Ledger"]
    assert book["All rows"]["A1"].value == "Code"
