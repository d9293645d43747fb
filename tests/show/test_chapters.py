"""Chapters of the report: the same numbers on the page, in the CSV and in the workbook."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import access.show
from access import Question, appraise
from access._frozen import frozen, texts
from access.inputs.cells import Cells
from access.show.exhibit import Column, Exhibit
from access.show.folder import EXHIBITS, write_folder
from access.show.report import report_html
from access.show.words import words
from access.study.extras import Extras
from tests.measure.classes import OPEN, Class, asked, town
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
    chapters = {chapter.name: chapter for chapter in appraise(asked(town([Class("nowhere")])))}
    assert "overlap" not in chapters
    assert "강좌 목록의 1개" in chapters["barriers"].lead[0]  # the list is there, and says nothing


def tables(outcome):
    return {e.name: e for e in exhibits(appraise(outcome))}


def test_a_table_of_nothing_says_so_and_nothing_is_below_zero():
    columns = (Column("name", "이름"), Column("share", "몫(%)", 1))
    empty = Exhibit("x", "장", "표", "", columns, ())
    assert "해당하는 것이 없음." in empty.html("ko")
    assert "There is none." in empty.html("en")
    tiny = Exhibit("x", "장", "표", "", columns, (("가", -0.01),))
    assert "해당하는 것이 없음." not in tiny.html("ko")
    assert "-0.0" not in tiny.html("ko") + tiny.csv().decode("utf-8-sig")


def test_one_institution_has_nobody_to_overlap_or_share_with():
    found = tables(asked(town([Class("a")], hours={"a": OPEN})))
    for name in ("duplicates", "sharing"):
        assert not found[name].rows
        assert words("ko")["nothing"] in found[name].html("ko")


def test_without_classes_the_barriers_are_to_open_places():
    outcome = asked(replace(town([Class("a")], hours={"a": OPEN}), programmes=None))
    chapter = next(c for c in appraise(outcome) if c.name == "barriers")
    told = chapter.html.partition("</h2>")[2]
    assert "저녁에 열린 학습공간" in told
    assert "강좌를 원한다면" not in told
    assert "못 배우" not in told
    assert words("ko")["barriers_below"] not in told  # there are no slopes


def test_classes_of_unknown_times_have_no_hours_and_no_bands():
    found = tables(asked(town([Class("a", hours=(-1, 0)), Class("b", "civic")])))
    names = [c.name for c in found["fields"].columns]
    timed = ("seat_hours", "share_evening")
    by_field = {row[0]: [row[names.index(n)] for n in timed] for row in found["fields"].rows}
    assert by_field["문화예술"] == [None, None]
    assert None not in by_field["시민참여"] + by_field["전체 영역"]
    alone = tables(asked(town([Class("a", hours=(-1, 0))])))
    assert alone["choice"].rows[0][4:8] == (None,) * 4
    assert "class_week" not in alone
    chapters = appraise(asked(town([Class("a", hours=(-1, 0))])))
    barriers = next(c for c in chapters if c.name == "barriers")
    assert "요일이나 시각을 모르는 강좌 1개" in barriers.lead[-1]
    assert {row[11] for row in alone["programmes"].rows} == {None}


def test_teachers_of_one_district_do_not_tell_those_of_another():
    study = town([Class("a")], people={"a": 10, "b": 10, "c": 10, "d": 10})
    one, other = study.districts.codes.tolist()
    teachers = ((one, "arts", 12.0), (other, "arts", 4.0), (other, "", 9.0))
    study = replace(study, extras=Extras(teachers=teachers))
    found = tables(asked(study, minutes=(40,)))  # all reach all
    assert {row[2:] for row in found["teachers"].rows} == {(9, 16)}
    homes = [row[-1] for row in found["teacher_homes"].rows if row[0] == "a" and row[2] != "미분류"]
    assert homes == [">11", "<5"]  # 16 less 12 would tell


def test_an_origin_without_a_way_is_named():
    study = town([Class("a")])
    at = study.cells.lonlat[[0, 0]] + [[0, 0], [1, 1]]
    origins = Cells(texts(["가람고", "섬고"]), frozen(at), frozen([300.0, 20.0]))
    notes = tables(asked(replace(study, extras=Extras(origins=origins))))["origins"].notes
    assert any("섬고" in note and "가람고" not in note for note in notes)


def test_origins_whose_people_nobody_counted_tell_minutes_only():
    study = town([Class("a")])
    origins = Cells(texts(["가람고"]), frozen(study.cells.lonlat[[0]]), frozen([0.0]))
    found = tables(asked(replace(study, extras=Extras(origins=origins))))["origins"]
    assert [column.name for column in found.columns] == ["place", "place_name", "from_1"]
    assert found.columns[-1].head == "가람고"
    assert {len(row) for row in found.rows} == {3}


def test_zones_of_today_are_scored_without_a_proposal():
    study = town([Class("a")])
    zoning = dict(zip(study.districts.codes.tolist(), ("동부", "서부"), strict=True))
    found = tables(asked(replace(study, extras=Extras(zones=0, zoning=zoning))))["zones"]
    assert [row[1] for row in found.rows] == ["동부", "서부"]
    assert found.caption == "기존 권역"
    assert len(found.notes) == 1  # nothing on how zones are proposed
    both = tables(asked(replace(study, extras=Extras(zones=1, zoning=zoning))))["zones"]
    assert len(both.rows) == 3
    alone = tables(asked(replace(study, extras=Extras(zones=1))))["zones"]
    assert "기존" not in alone.caption
    assert "zones" not in tables(asked(replace(study, extras=Extras(zones=0))))


def test_a_town_of_nobody_has_no_absurd_numbers():
    outcome = asked(town([Class("a")], people={"a": 0, "b": 0, "c": 0, "d": 0}))
    outcome = replace(outcome, study=replace(outcome.study, extras=Extras(zones=1)))
    page = report_html("보고서", [outcome], "ko", chapters=appraise(outcome))
    told = " ".join(text for table in Tables(page).tables.values() for row in table for text in row)
    lead = re.findall(r'<p class="lead">(.*?)</p>|<li>(.*?)</li>', page)
    for text in (told, str(lead)):
        assert not re.search(r"\bnan|\binf\b|-0\.0", text)


def test_words_of_chapters_are_all_used():
    folder = Path(access.show.__file__).parent
    code = "".join(p.read_text("utf-8") for p in folder.glob("*.py"))
    for key in tomllib.loads((folder / "chapters.toml").read_text("utf-8")):
        stem, _, rest = key.partition("_")
        made = stem == "head" or f"{stem}_{{" in code  # head_NAME, f"band_{code}"
        assert f'"{key}"' in code or (made and (f'"{rest}"' in code or stem != "head")), key
