"""The report: the same numbers as the CSV, everything told, nothing run."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from access.errors import OutputError
from access.show.map import draw
from access.show.report import report_html, write_report
from access.show.tables import districts_csv
from tests.show.town import HOSTILE, WALK, answer, make_study


class Tables(HTMLParser):
    """Reads the tables of a page, by the name each carries."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] | None = None
        self._cell = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        name = dict(attrs).get("data-table")
        if name:
            self._rows = self.tables.setdefault(name, [])
        if self._rows is None:
            return
        if tag == "tr":
            self._rows.append([])
        if tag in ("td", "th"):
            self._rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._cell = False
        if tag == "table":
            self._rows = None

    def handle_data(self, data):
        if self._cell:
            self._rows[-1][-1] += data


def whole(text: str) -> int:
    return 0 if text == "-" else int(text.replace(",", ""))


def test_numbers_in_the_report_are_those_of_the_csv(outcomes):
    tables = Tables(report_html("보고서", outcomes, "ko")).tables
    rows = list(
        csv.DictReader(io.StringIO(districts_csv(outcomes).decode("utf-8-sig"), newline=""))
    )
    for i, outcome in enumerate(outcomes):
        _, *found = tables[f"districts-{i + 1}"]
        limits = [f"{m:g}" for m in outcome.question.minutes]
        columns = ["people", "centres"]
        columns += [c for m in limits for c in (f"within_{m}", f"share_{m}")]
        columns += ["mean_min", "median_min", "plain_mean_min", "underserved"]
        for row, line in zip(rows[4 * i : 4 * i + 4], found, strict=True):
            assert line[0] == row["name"]
            for column, text in zip(columns, line[1:], strict=True):
                if column.startswith("share") or column.endswith("_min"):
                    assert text == row[column]
                elif row[column] == "<5":
                    assert text == "<5"
                elif row[column].startswith(">"):
                    assert text.replace(",", "") == row[column]
                else:
                    assert whole(text) == int(row[column])


def test_the_underserved_are_ranked_and_add_up(outcomes):
    _, city, *rows = Tables(report_html("보고서", outcomes[:1], "ko")).tables["underserved"]
    numbers = [whole(row[2]) for row in rows]
    assert numbers == sorted(numbers, reverse=True)
    assert sum(numbers) == whole(city[2]) == outcomes[0].districts()["underserved"].iloc[0]
    assert [row[0] for row in rows] == [str(i + 1) for i in range(len(rows))]
    assert rows[-1][4] == "100.0"


def test_reasons_add_up_to_the_underserved(outcomes):
    _, city, *rows = Tables(report_html("보고서", outcomes[:1], "ko")).tables["reasons"]
    assert sum(whole(row[1]) for row in rows) == whole(city[1])
    assert sum(whole(row[2]) for row in rows) == whole(city[2])
    assert {row[0] for row in rows} == {"한계 시간보다 멂", "이어진 길이 없음"}


def test_the_account_is_told(outcomes):
    page = report_html("보고서", outcomes, "ko")
    tables = Tables(page).tables
    assert tables["tallies"][1] == ["centres.csv", "5", "4", "1", "-"]
    assert tables["remarks"][1][0] == "centres.csv"
    assert "쉼표를 떼고" in tables["remarks"][1][1]
    assert tables["ledger"][1][3] == "=1,200"
    for said in ("걷는 속도 0.8 m/s.", "abababababab", "streets.osm.pbf", "기준일 2025. 6. 30."):
        assert said in page


def test_every_page_says_what_it_is(outcomes):
    for lang, no_bus in (
        ("ko", "도보·자전거·승용차 기준, 버스 미반영"),
        ("en", "buses not included"),
    ):
        for page in (report_html("보고서", outcomes, lang), draw(outcomes, lang).html):
            assert f'<html lang="{lang}">' in page
            assert no_bus in page
            assert ("합성 자료 · 실재하지 않는 도시" if lang == "ko" else "does not exist") in page


def test_a_real_city_is_not_called_synthetic():
    from access.inputs.catalogue import Source

    credit = "© OpenStreetMap contributors, ODbL 1.0"
    sources = (Source("streets", "a.osm.pbf", "", "", credit), Source("cells", "c.csv"))
    outcome = answer(make_study(synthetic=False, sources=sources), WALK)
    for page in (report_html("보고서", [outcome], "ko"), draw(outcome).html):
        assert credit in page
        assert "합성 자료" not in page
    own = answer(make_study(synthetic=False, sources=(Source("streets", "own.osm"),)), WALK)
    assert "OpenStreetMap" not in report_html("보고서", [own], "ko") + draw(own).html


def test_english_has_no_korean_of_ours(outcomes):
    page = report_html("Report", outcomes[:1], "en")
    for word in ("읍·면·동", "소외인구", "기준일", "단위"):
        assert word not in page


def test_small_groups_are_hidden_everywhere(town):
    few = np.zeros(len(town.cells))
    few[np.flatnonzero(town.cell_district == 0)[:2]] = 1.0
    few[town.cell_district == 1] = 3.0
    outcome = answer(make_study(groups={"all": few}), WALK)
    tables = Tables(report_html("보고서", [outcome], "ko")).tables
    for name, columns in (
        ("districts-1", (1, 3, 5, 7, 12)),
        ("underserved", (2,)),
        ("reasons", (1,)),
    ):
        for row in tables[name][1:]:
            for c in columns:
                assert row[c] == "<5" or row[c][0] == ">" or not 0 < whole(row[c]) < 5
    assert tables["districts-1"][2][1] == "<5"


def test_hostile_names_are_shown_as_they_are():
    study = make_study(district_names=HOSTILE[:3], place_names=HOSTILE, name=HOSTILE[0])
    outcome = answer(study, WALK.but(name=HOSTILE[1]))
    page = report_html(HOSTILE[2], [outcome], "ko")
    assert "<script" not in page
    assert "<img" not in page
    assert "onload" not in page.replace("&quot;&gt;&lt;svg onload=alert(1)&gt;", "")
    names = [row[0] for row in Tables(page).tables["districts-1"][2:]]
    assert names == list(HOSTILE[:3])


def test_a_report_is_written_whole_or_not_at_all(outcomes, tmp_path):
    path = write_report("보고서", outcomes, to=tmp_path / "a" / "report.html")
    assert path.read_text("utf-8") == report_html("보고서", outcomes, "ko")
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError) as raised:
        write_report("보고서", outcomes, to=tmp_path / "file" / "report.html")
    assert raised.value.code == "E823"


def test_a_group_without_people_makes_a_page(town):
    nobody = make_study(groups={"all": np.zeros(len(town.cells))})
    tables = Tables(report_html("보고서", [answer(nobody, WALK)], "ko")).tables
    assert tables["districts-1"][1][1] == "-"
    assert tables["underserved"][1][2] == "-"


def test_the_underserved_by_district_and_age_are_those_of_the_outcome(
    sample_study, sample_answer, tmp_path
):
    """Every cell of the cross table is what `Outcome.districts` gives the group."""
    from access import write_report

    study, outcome = sample_study, sample_answer(sample_study.questions[0])
    write_report("표", [outcome], to=tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text("utf-8")
    part = page[page.index('data-table="groups"') :]
    assert "연령별 비율은 모두 같고" in part
    part = part[: part.index("</table>")]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', part)
    assert len(rows) == 16
    told = 0
    for k, group in enumerate(study.groups):
        table = outcome.districts(group)
        for i, (name, cells) in enumerate(rows):
            shown = re.findall("<td>(.*?)</td>", cells)[k]
            assert name == table.name[i]
            if "&" not in shown:
                assert shown == f"{table.underserved[i]:,}"
                told += 1
    assert told > 80
