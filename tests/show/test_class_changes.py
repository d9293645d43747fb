"""Classes and seats by field in a comparison handed over: one set of numbers everywhere."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

import access as ac
from access import Scenario, compare, evaluate
from access.show.class_changes import class_table
from access.show.folder import write_comparison
from tests.decide.test_fields import EDITS
from tests.show.test_proposal import page_rows, plain


@pytest.fixture(scope="module")
def comparisons():
    city = ac.Study.from_folder(ac.sample_folder())
    found = []
    for question in city.questions[:2]:
        today = evaluate(city, question)
        plans = (Scenario("바꿈", EDITS), Scenario("그대로", [{**EDITS[4], "id": "class-0003"}]))
        found.append(compare(today, *(evaluate(p.apply(city), question) for p in plans)))
    return found


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_page_csv_and_workbook_tell_the_same(comparisons, lang, tmp_path):
    folder = write_comparison(comparisons, tmp_path / "out", lang)
    lines = (folder / "classes.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(lines, newline="")))
    districts, fields = len(comparisons[0].base.study.districts), 8
    assert len(rows) == 2 * 2 * fields * (districts + 1)
    assert all(row[c] not in ("1", "2", "3", "4") for row in rows
               for c in ("before", "after", "gained", "lost", "people_after"))  # fmt: skip
    city = [r for r in rows if r["code"] == "" and r["scenario"] == "바꿈"]
    city = [r for r in city if r["question"] == comparisons[0].base.name]
    page = page_rows(folder / "report.html", "fields-1.1")
    changed = [
        r
        for r in city
        if r["gained"] != "0"
        or r["lost"] != "0"
        or any(r[f"{c}_before"] != r[f"{c}_after"] for c in ("classes", "seats"))
    ]
    assert [row[0] for row in page] == [r["field"] for r in changed]
    columns = ("classes_before", "classes_after", "seats_before", "seats_after",
               "before", "after", "change", "gained", "lost")  # fmt: skip
    for cells, row in zip(page, changed, strict=True):
        assert [plain(c) for c in cells[1:10]] == [row[c] for c in columns]
    book = openpyxl.load_workbook(folder / "comparison.xlsx")
    name = "영역별 강좌 변화" if lang == "ko" else "Classes by field"
    sheet = list(book[name].iter_rows(values_only=True))
    assert len(sheet) == len(rows) + 1
    at = {c: i for i, c in enumerate(rows[0])}
    for cells, row in zip(sheet[1:], rows, strict=True):
        assert [str(cells[at[c]]) for c in columns] == [row[c] for c in columns]
    text = (folder / "report.html").read_text("utf-8")
    assert 'href="classes.csv"' in text
    if lang == "en":
        assert "Classes before" in text
        assert "People who reach" not in page[0][0]


def test_a_scenario_that_changes_seats_only_shows_them(comparisons, tmp_path):
    folder = write_comparison(comparisons[:1], tmp_path / "out")
    page = page_rows(folder / "report.html", "fields-1.2")
    assert len(page) == 2  # everything together, and the field of the class
    for row in page:
        assert int(plain(row[4])) - int(plain(row[3])) == 25
        assert [plain(c) for c in row[7:10]] == ["0", "0", "0"]


def test_small_groups_are_hidden_by_field(comparisons):
    table = class_table(comparisons)
    for column in ("people_after", "before", "after", "gained", "lost"):
        numbers = [v for v in table[column] if not isinstance(v, str)]
        assert not any(0 < v < 5 for v in numbers), column
