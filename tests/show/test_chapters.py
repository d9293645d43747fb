"""Chapters of the report: the same numbers on the page, in the CSV and in the workbook."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path

import openpyxl
import pytest

import access.show
from access import Question, appraise
from access.show.folder import EXHIBITS, write_folder
from access.show.report import report_html
from access.show.words import words
from tests.measure.classes import Class, asked, town
from tests.show.test_report import Tables


@pytest.fixture(scope="module")
def outcomes(sample_answer):
    walk = Question(mode="walk", profile="policy", name="도보 15분")
    return [sample_answer(walk), sample_answer(walk.but(mode="bicycle", profile="general"))]


@pytest.fixture(scope="module")
def chapters(outcomes):
    return appraise(outcomes)


@pytest.fixture(scope="module")
def folder(outcomes, chapters, tmp_path_factory):
    return write_folder(outcomes, tmp_path_factory.mktemp("out") / "out", chapters=chapters)


def exhibits(chapters):
    return [exhibit for chapter in chapters for exhibit in chapter.exhibits]


def rows_of(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def plain(text: str) -> str:
    """A number as a page and a CSV both write it."""
    text = text.replace(",", "")
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return f"{float(text):.3f}".rstrip("0").rstrip(".")
    return "" if text == "-" else text


def test_every_table_is_known_to_the_folder(chapters):
    names = [exhibit.name for exhibit in exhibits(chapters)]
    assert len(set(names)) == len(names)
    assert set(names) <= set(EXHIBITS)
    for exhibit in exhibits(chapters):
        assert exhibit.sheet == words("ko")[EXHIBITS[exhibit.name]]
        assert len(exhibit.sheet) <= 31, "as long as a sheet's name may be"


def test_the_page_shows_the_numbers_of_the_csv(outcomes, chapters, folder):
    page = Tables((folder / "report.html").read_text("utf-8")).tables
    assert report_html("보고서", outcomes, "ko", chapters=chapters)
    for exhibit in exhibits(chapters):
        head, *found = rows_of((folder / f"{exhibit.name}.csv").read_bytes())
        assert head == [column.name for column in exhibit.columns]
        shown_heads, *shown = page[exhibit.name]
        assert shown_heads == [column.head for column in exhibit.columns if not column.aside]
        assert len(found) == len(exhibit.rows)
        assert len(shown) == len(exhibit.rows[: exhibit.listed])
        for row, line in zip(found, shown, strict=False):
            told = [pair for pair in zip(row, exhibit.columns, strict=True) if not pair[1].aside]
            for (value, column), text in zip(told, line, strict=True):
                if column.decimals is None:
                    assert text == (value or "-")
                elif plain(value) == "0":
                    assert plain(text) in ("", "0")  # nobody is a dash on the page
                else:
                    assert plain(text) == plain(value), (exhibit.name, row)


def test_the_workbook_has_a_sheet_for_every_table(chapters, folder):
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    for exhibit in exhibits(chapters):
        sheet = book[exhibit.sheet]
        found = rows_of((folder / f"{exhibit.name}.csv").read_bytes())[1:]
        assert [c.value for c in sheet[1]] == [column.head for column in exhibit.columns]
        assert sheet.max_row == 1 + len(found)
        for cells, row in zip(sheet.iter_rows(min_row=2, values_only=True), found, strict=True):
            for cell, value in zip(cells, row, strict=True):
                if isinstance(cell, float | int):
                    assert cell == pytest.approx(float(value))
                else:
                    assert (cell or "") == value


def test_no_small_group_is_shown(folder):
    people = {
        *("people", "other_people", "shared", "reached", "missing", "kept", "gained", "lost"),
        *("within", "unmet", "no_field", "unreached", "online", "neither", "underserved"),
    }
    for path in folder.glob("*.csv"):
        head, *rows = rows_of(path.read_bytes())
        for name in people & set(head):
            if path.name in ("ledger.csv", "districts.csv"):
                continue
            values = {row[head.index(name)] for row in rows} - {""}
            assert not values & {"1", "2", "3", "4"}, (path.name, name)


def test_chapters_speak_english(outcomes, chapters):
    english = appraise(outcomes, "en")
    assert [c.name for c in english] == [c.name for c in chapters]
    for chapter in english:
        assert not re.search("[가-힣]", chapter.title + "".join(chapter.lead[1:]))
        for exhibit in chapter.exhibits:
            told = [exhibit.caption, exhibit.unit, exhibit.sheet, *exhibit.notes]
            assert not re.search("[가-힣]", re.sub("'.*?'", "", " ".join(told))), told


def test_a_chapter_shows_itself_in_a_notebook(chapters):
    for chapter in chapters:
        assert chapter._repr_html_().startswith("<section")
        assert chapter.title in repr(chapter)


def test_a_study_without_classes_has_no_chapter_on_them():
    outcome = asked(town([Class("nowhere")]))
    assert "overlap" not in [chapter.name for chapter in appraise(outcome)]


def test_words_of_chapters_are_all_used():
    folder = Path(access.show.__file__).parent
    code = "".join(p.read_text("utf-8") for p in folder.glob("*.py"))
    for key in tomllib.loads((folder / "chapters.toml").read_text("utf-8")):
        stem, _, rest = key.partition("_")
        made = stem == "head" or f"{stem}_{{" in code  # head_NAME, f"band_{code}"
        assert f'"{key}"' in code or (made and (f'"{rest}"' in code or stem != "head")), key
