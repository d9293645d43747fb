"""Comparisons handed over: one set of numbers in CSV, workbook, report and map."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from access import Question, Scenario, compare, draw, evaluate, write_report
from access.decide.comparison import Comparison
from access.errors import InputError, OutputError
from access.show import page, swipe
from access.show.changes import change_table, changes_csv
from access.show.folder import write_comparison, write_folder
from tests.show.test_browser import browse as browse  # the fixture
from tests.show.test_browser import text
from tests.show.town import HOSTILE, make_study

WALK = Question(mode="walk", minutes=(5, 10, 15), name="도보 15분")
OLD = Question(mode="walk", profile="senior", minutes=(7.5, 20), group="65+", name="어르신")
RIVAL = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def comparisons() -> list[Comparison]:
    study = make_study(place_names=("가온 평생학습관", HOSTILE[1], "옛 다솜초등학교"))
    at = [float(v) for v in study.cells.lonlat[20]]
    plans = [
        Scenario("두 곳", [{"do": "open_place", "place": "place2"},
                         {"do": "add_place", "id": "new", "name": HOSTILE[0], "at": at}]),
        Scenario(RIVAL, [{"do": "close_place", "place": "place0"},
                         {"do": "close_road", "ways": [3]},
                         {"do": "add_road", "nodes": [1, 14], "tags": {"highway": "footway"}}],
                 note="=1+1"),
    ]  # fmt: skip
    found = []
    for question in (WALK, OLD):
        today = evaluate(study, question)
        after = [evaluate(plan.apply(study), question, reuse=today) for plan in plans]
        found.append(compare(today, *after))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory, comparisons) -> Path:
    failures = [("나쁨.toml", InputError.of("E634", value="x", facts={"nearest": "place0"}))]
    return write_comparison(comparisons, tmp_path_factory.mktemp("out") / "결과", "ko", failures)


def rows_of_csv(folder: Path) -> list[dict[str, str]]:
    lines = (folder / "comparison.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(lines, newline="")))


def test_every_file_is_there_and_replaces_its_own_kind_only(folder, comparisons, tmp_path):
    names = {"report.html", "map.html", "comparison.csv", "comparison.xlsx", "run.json"}
    assert {p.name for p in folder.iterdir()} == names | {"failures.csv"}
    write_comparison(comparisons, folder.parent / "결과", "ko")  # over an earlier one
    assert {p.name for p in folder.iterdir()} == names
    with pytest.raises(OutputError, match="E824"):
        write_folder(comparisons[0].base, folder.parent / "결과")
    failures = [("나쁨.toml", InputError.of("E634", value="x", facts={"nearest": "place0"}))]
    write_comparison(comparisons, folder.parent / "결과", "ko", failures)
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(OutputError, match="E824"):
        write_comparison(comparisons, tmp_path)


def test_the_same_comparison_is_the_same_bytes(folder, comparisons, tmp_path):
    failures = [("나쁨.toml", InputError.of("E634", value="x", facts={"nearest": "place0"}))]
    again = write_comparison(comparisons, tmp_path / "again", "ko", failures)
    for path in folder.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_run_json_tells_how_to_make_it_again(folder, comparisons):
    told = json.loads((folder / "run.json").read_text("utf-8"))
    today, plan, rival = told["scenarios"]
    assert today["applied"] == []
    assert today["fingerprint"] == told["study"]["fingerprint"]
    assert plan["applied"][0]["id"] == comparisons[0].outcomes[1].study.planned.scenarios[0].id
    assert Scenario("x", plan["applied"][0]["edits"]).id == plan["applied"][0]["id"]
    assert rival["applied"][0]["note"] == "=1+1"
    assert told["failed"] == ["나쁨.toml"]


def test_the_csv_has_every_change_and_hides_small_ones(folder, comparisons):
    rows = rows_of_csv(folder)
    study = comparisons[0].base.study
    per = (len(study.districts) + 1) * len(study.groups) * 2
    assert len(rows) == per * (len(WALK.minutes) + len(OLD.minutes))
    for row in rows:
        for column in ("people_before", "before", "after", "gained", "lost"):
            assert row[column] not in ("1", "2", "3", "4"), row
        if all(row[c].lstrip("-").isdigit() for c in ("before", "after", "gained", "lost")):
            assert int(row["before"]) + int(row["gained"]) - int(row["lost"]) == int(row["after"])
    exact = comparisons[0].districts()
    shown = [r for r in rows if r["question"] == "도보 15분" and r["group"] == "all"]
    for row, (_, true) in zip(shown, exact.iterrows(), strict=True):
        if row["gained"].isdigit():
            assert int(row["gained"]) == true["gained"]


def test_the_workbook_has_the_numbers_of_the_csv(folder):
    book = openpyxl.load_workbook(folder / "comparison.xlsx")
    assert book.sheetnames == ["표 1", "표 2", "연령별"]
    rows = list(book["연령별"].iter_rows(values_only=True))
    told = [row for row in rows_of_csv(folder) if row["code"] == ""]
    assert len(rows) == len(told) + 1
    at = {name: i for i, name in enumerate(n for n in told[0] if n != "code")}
    for cells, row in zip(rows[1:], told, strict=True):
        for column in ("before", "after", "gained", "lost", "change", "share_after"):
            value = cells[at[column]]
            assert (str(value) if isinstance(value, str) else f"{value or 0:g}") in (
                row[column], f"{float(row[column] or 0):g}" if row[column][:1] not in "<>" else "",
            )  # fmt: skip
    assert book["표 1"]["A1"].value.startswith("도보 15분 · 15분 이내")


def report_rows(page: Any, name: str) -> list[list[str]]:
    return page.evaluate(
        """name => [...document.querySelectorAll(`[data-table="${name}"] tbody tr`)].map(
             row => [...row.cells].map(cell => cell.textContent))""",
        name,
    )


@pytest.mark.browser
def test_the_report_shows_the_numbers_of_the_csv_and_asks_nobody(browse, folder):
    seen = browse()
    page = seen.open(folder / "report.html", "main")
    rows = [r for r in rows_of_csv(folder) if r["question"] == "도보 15분" and r["group"] == "all"]
    rows = [r for r in rows if float(r["minutes"]) == 15]
    city = report_rows(page, "comparison-1")
    assert [r[0] for r in city] == ["두 곳", RIVAL]
    for cells, row in zip(city, [r for r in rows if r["code"] == ""], strict=True):
        assert cells[1].replace(",", "") == row["before"].replace(",", "")
        assert cells[2].replace(",", "") == row["after"]
    first = report_rows(page, "districts-1.1")
    assert [r[0] for r in first] == ["계", "가온읍", "나래면", "다솜동"]
    for cells, row in zip(first, rows, strict=False):
        assert cells[1].replace(",", "") == row["people_after"]
        assert cells[6].replace(",", "").replace("-", "0") == row["lost"]
    assert "E634" in text(page, '[data-table="failures"]')
    assert "문을 닫음: 가온 평생학습관 (place0)" in text(page, "main")
    seen.was_silent(folder / "report.html")


@pytest.mark.browser
def test_the_map_tells_before_and_after_as_the_csv_does(browse, folder):
    seen = browse()
    page = seen.open(folder / "map.html")
    told = rows_of_csv(folder)
    for number, (name, minutes, group) in enumerate(
        (("도보 15분", 15, "all"), ("어르신", 20, "65+"))
    ):
        page.select_option("#question", str(number))
        for plan, scenario in enumerate(("두 곳", RIVAL)):
            page.select_option("#plan", str(plan))
            rows = [
                r for r in told
                if (r["question"], r["scenario"], r["group"], float(r["minutes"]))
                == (name, scenario, group, minutes)
            ]  # fmt: skip
            shown = [text(page, "#total-before"), text(page, "#total-after").removesuffix("명")]
            assert [plain(s) for s in shown] == [rows[0]["before"], rows[0]["after"]]
            assert plain(text(page, "#total-change")) == rows[0]["change"]
            for column, of in ((2, "before"), (3, "after"), (4, "change")):
                cells = page.locator(f"#districts tr td:nth-child({column})").all_inner_texts()
                assert [plain(c) for c in cells] == [r[of] for r in rows[1:]], of
    assert page.locator("#changes li").count() == 3
    seen.was_silent(folder / "map.html")


def plain(shown: str) -> str:
    return "0" if shown == "-" else shown.replace(",", "").removeprefix("+")


def cut(page: Any, pane: str) -> str:
    return page.evaluate(
        f"getComputedStyle(document.querySelector('.leaflet-{pane}-pane')).clipPath"
    )


@pytest.mark.browser
def test_the_line_parts_the_map_and_moves_with_the_keyboard(browse, folder):
    page = browse().open(folder / "map.html")
    line = page.locator(".divider").bounding_box()
    box = page.locator(".folium-map").bounding_box()
    assert line["x"] + line["width"] / 2 == pytest.approx(box["x"] + box["width"] / 2, abs=2)
    before = [cut(page, name) for name in ("cells-before", "cells-after", "places-after")]
    assert all(path.startswith("polygon") for path in before)
    assert before[0] != before[1] == before[2]
    page.focus(".swipe")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    moved = page.locator(".divider").bounding_box()
    assert moved["x"] == pytest.approx(line["x"] + 0.03 * box["width"], abs=2)
    assert cut(page, "cells-before") != before[0]
    assert text(page, ".side.left") == "현재"
    assert text(page, ".side.right") == "두 곳"
    page.mouse.move(box["x"] + 100, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 240, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    corners = [
        float(v) for v in cut(page, "cells-before")[8:-1].replace("px", "").replace(",", "").split()
    ]
    pane = page.evaluate("L.DomUtil.getPosition(map_1.getPane('mapPane'))")
    assert corners[0] == pytest.approx(-pane["x"], abs=1), "the cut follows the map"


def test_the_pages_carry_the_words_their_scripts_say_and_no_others():
    for scripts, carried in (
        (page.SCRIPTS, page._PAGE_WORDS),
        ((*page.SCRIPTS, "swipe.js"), [*page._PAGE_WORDS, *swipe._WORDS]),
    ):
        code = "\n".join(page.asset(name) for name in scripts)
        assert set(re.findall(r"(?:say|words|names)\.([a-z]\w*)\b(?!\()", code)) == set(carried)


@pytest.mark.browser
def test_every_layer_before_and_after_has_a_name(browse, folder):
    page = browse().open(folder / "map.html")
    names = page.locator("#layers label").all_inner_texts()
    assert names == ["격자", "도로·물길", "읍·면·동 경계", "시설·바뀐 길"]


@pytest.mark.browser
def test_a_cell_tells_its_minutes_before_and_after(browse, folder, comparisons):
    page = browse().open(folder / "map.html")
    frame = comparisons[0].to_frame(1)
    study = comparisons[0].base.study
    changed = np.flatnonzero((frame["minutes_before"] - frame["minutes_after"]).to_numpy() > 2)
    for cell in changed[[0, len(changed) // 2, -1]].tolist():
        lon, lat = study.cells.lonlat[cell]
        page.evaluate(
            "([lat, lon]) => map_1.fire('mousemove', {latlng: L.latLng(lat, lon)})", [lat, lon]
        )
        said = text(page, ".cell-card")
        tenths = [
            f"{np.ceil(c.nearest_tenths[cell] / 60) / 10:.1f}분"
            for c in comparisons[0].outcomes[:2]
        ]
        assert f"{tenths[0]} → {tenths[1]}" in said
        assert f"격자 {study.cells.ids[cell]}" in said


@pytest.mark.browser
def test_places_and_roads_of_a_plan_are_drawn_on_its_side(browse, folder):
    page = browse().open(folder / "map.html")
    after = page.locator(".leaflet-places-after-pane .mark.changed")
    assert after.count() == 2
    assert page.locator(".leaflet-places-before-pane .mark.changed").count() == 1
    assert page.locator(".leaflet-works-pane path").count() == 0
    page.select_option("#plan", "1")
    assert page.locator(".leaflet-places-after-pane .mark.closed").count() == 1
    assert page.locator(".leaflet-works-pane path").count() == 2


def test_a_map_against_today_and_a_report_of_a_comparison(comparisons, tmp_path):
    today, plan, _ = comparisons[0].outcomes
    one = draw(plan, against=today)
    assert one.heading == "가람시 시나리오 비교 지도"
    assert "두 곳" in one.lines[1]
    page = write_report("비교", comparisons[0], one, to=tmp_path / "r.html").read_text("utf-8")
    assert "<title>비교</title>" in page
    assert "<iframe" in page
    assert RIVAL not in page
    with pytest.raises(InputError, match="E695"):
        draw(comparisons[1].outcomes[1], against=today)


def test_a_change_that_is_not_known_is_empty(comparisons):
    table = change_table(comparisons)
    assert table.isna().sum().sum() == table["share_change"].isna().sum()
    assert b"nan" not in changes_csv(table).lower()


def test_a_plan_that_leaves_nobody_has_no_shares(tmp_path):
    study = make_study()
    base = evaluate(study, WALK)
    plan = Scenario("없음", [{"do": "scale_people", "factor": 0}]).apply(study)
    compared = compare(base, evaluate(plan, WALK))
    table = change_table([compared])
    assert table["share_after"].isna().all()
    assert set(table["people_after"]) == {0}
    folder = write_comparison([compared], tmp_path / "out", "en")
    page = (folder / "report.html").read_text("utf-8")
    assert '<th scope="row">Total</th>' in page
    assert "계</th>" not in page
