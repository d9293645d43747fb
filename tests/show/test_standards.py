"""Standards in report, workbook and CSV: one number everywhere, its status beside it."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest

from access import Standard, Study, judge
from access.errors import OutputError
from access.korea.standards import presets
from access.show.folder import write_folder
from access.show.report import report_html
from access.show.standards import COLUMNS, headline, section, standards_csv
from tests.show.test_report import Tables
from tests.show.town import HOSTILE, WALK, answer, make_study

SEVERAL = (
    Standard(
        "조례안", minutes=15, compare=(10, 20), group="65+", target=60, source="조례", status="안"
    ),
    *Standard.from_preset("KR_LEARN_ANALOGY", "centre_walk"),
    *Standard.from_preset("KR_NMS_2018_regional", "public_library"),
    *Standard.from_preset("KR_RURAL_2021", "lifelong_programme"),
)


@pytest.fixture(scope="module")
def held(town):
    return judge(town, SEVERAL)


@pytest.fixture(scope="module")
def page(held):
    return Tables(section(held, "ko")).tables


def rows(held, lang="ko"):
    text = standards_csv(held, lang).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def plain(text: str) -> str:
    return text.replace(",", "")


def test_the_note_on_pace_speaks_of_slopes_only_with_a_relief(held, sample):
    assert "평지로 봄" in section(held, "ko")
    assert "경사 반영" not in section(held, "ko")
    city = Study.from_folder(sample)
    assert "(경사 반영)" in section(judge(city, city.standards[-1:]), "ko")


def test_the_report_and_the_csv_say_the_same(held, page):
    told = [r for r in rows(held) if r["name"] == "계" and r["threshold"] == "기준"]
    shown = page["standards"][1:]
    assert [row[0] for row in shown] == [
        "1. 조례안 (65세 이상)",
        "2. 평생학습센터 준용안(제안): 평생학습센터 도보권(작은도서관 기준)",
        "4. 농어촌서비스기준: 평생교육(읍·면마다) (읍·면만)",
    ]
    for row, line in zip(told, shown, strict=True):
        assert line[1] == row["status"]
        assert [plain(line[c]) for c in (3, 4, 5)] == [
            row[c] for c in ("places", "people", "within")
        ]
        assert line[6] == row["share_percent"]
        assert plain(line[10]) == (row["short"] or "-")
    assert told[0]["share_real"] == shown[0][7]


def test_several_thresholds_stand_side_by_side(held, page):
    verdict = held.verdicts[0]
    _, *lines = page["standards-steps"]
    within = [int(plain(line[2])) for line in lines]
    city = verdict.districts().iloc[0]
    assert within == [city["within_0"], city["within_1"], city["within_2"]]
    assert [line[1].endswith("[기준]") for line in lines] == [False, True, False]
    lost = [line[5] for line in lines]
    assert lost[0] == "-"
    assert [int(plain(n)) for n in lost[1:]] == np.diff(within).tolist()
    for k, line in enumerate(lines):
        met, short = verdict.districts(k).iloc[0][["met", "short"]]
        assert line[6] == ("충족" if met else "미달")
        assert int(plain(line[7])) == short


def test_every_district_has_its_share_under_every_standard(held, page):
    head, *lines = page["standards-districts"]
    assert head[1:] == ["1. 조례안 750 m", "2. 평생학습센터 도보권(작은도서관 기준) 750 m",
                        "4. 평생교육(읍·면마다)"]  # fmt: skip
    assert [line[0] for line in lines] == ["계", "가온읍", "나래면", "다솜동"]
    for k, at in ((0, 1), (1, 0)):
        shares = held.verdicts[k].shown()[f"share_{at}"]
        assert [line[k + 1] for line in lines] == [
            s if isinstance(s, str) else f"{s:.1f}" for s in shares
        ]
        exact = held.verdicts[k].districts()[f"share_{at}"]
        assert lines[0][k + 1] == f"{exact[0]:.1f}"
    assert [line[3] for line in lines] == ["-", "충족", "충족", "-"]


def test_the_csv_tells_every_threshold_and_adds_up(town):
    found = judge(town, [Standard("가", metres=1500, compare=(1000, 2000))])
    told = rows(found)
    assert list(told[0]) == list(COLUMNS)
    for limit in ("1000", "1500", "2000"):
        some = [r for r in told if r["limit_m"] == limit]
        assert [r["name"] for r in some] == ["계", "가온읍", "나래면", "다솜동"]
        assert {r["threshold"] for r in some} == {"기준" if limit == "1500" else "비교"}
        for column in ("people", "places", "within", "beyond"):
            assert int(some[0][column]) == sum(int(r[column]) for r in some[1:])


def test_what_is_not_judged_has_no_rows(held):
    assert not [r for r in rows(held) if "국·공립도서관" in r["standard"]]


def test_what_is_not_judged_is_said(held):
    html = section(held, "ko")
    assert "판정하지 않음: 기초생활인프라 최저기준(거점·차량): 국·공립도서관." in html
    assert "시설이 없어" in headline(held.verdicts[2], "ko")


def test_source_status_and_date_stand_in_the_report(held):
    html = section(held, "ko")
    for said in (
        "법정기준 아님, 준용",
        "구속력 없음",
        "기준일 2025. 6. 30.",
        "국가도시재생기본방침",
        "정책기준 속도(도보 3 km/h = 분속 50 m, 승용차 25 km/h)",
        "실측형",
        "주: ",
        "자료: ",
    ):
        assert said in html


def test_english_has_no_korean_of_ours(town):
    own = Standard("bylaw", metres=750, compare=(500,), group="65+", target=60)
    official = [s for k in presets() if "PROTECT" not in k for s in Standard.from_preset(k)]
    found = judge(town, [own, *official])
    html = section(found, "en")
    for name in ("가온읍", "나래면", "다솜동", "읍 and 면", "읍 or 면"):
        html = html.replace(name, "")
    assert not re.search("[가-힣]", html)
    for verdict in found:
        assert not re.search("[가-힣]", headline(verdict, "en").replace("읍 and 면", ""))


def test_hostile_names_are_shown_as_they_are(town):
    bad = HOSTILE[0]
    own = Standard(bad, metres=750, compare=(500,), source=HOSTILE[1], status=HOSTILE[2])
    study = make_study(district_names=HOSTILE[:3])
    html = section(judge(study, [own]), "ko")
    assert "<script" not in html
    assert "<img" not in html
    assert Tables(html).tables["standards"][1][0] == f"1. {bad}"
    notebook = judge(study, [own])._repr_html_()
    assert "<script" not in notebook
    (start, *_) = rows(judge(study, [Standard("=1+1", metres=750)]))
    assert start["standard"] == "'=1+1"


def test_small_groups_are_hidden_everywhere(town):
    few = np.zeros(len(town.cells))
    few[np.flatnonzero(town.cell_district == 0)[:2]] = 1.0
    few[town.cell_district == 1] = 3.0
    found = judge(make_study(groups={"all": few}), [Standard("가", metres=900, compare=(400,))])
    for row in rows(found):
        for column in ("people", "within", "beyond"):
            text = row[column]
            assert text in ("0", "<5") or text[0] == ">" or int(text) >= 5
    for name, columns in (("standards", (4, 5)), ("standards-steps", (2, 4))):
        for line in Tables(section(found, "ko")).tables[name][1:]:
            for c in columns:
                assert line[c] in ("-", "<5") or line[c][0] == ">" or int(plain(line[c])) >= 5


def test_the_folder_has_its_file_only_where_there_are_standards(town, held, tmp_path):
    import openpyxl

    outcome = answer(town, WALK)
    out = write_folder(outcome, tmp_path / "out", held=held)
    assert (out / "standards.csv").read_bytes() == standards_csv(held, "ko")
    assert 'href="standards.csv"' in (out / "report.html").read_text("utf-8")
    told = json.loads((out / "run.json").read_text("utf-8"))["standards"]
    assert told[0]["name"] == "조례안"
    sheet = openpyxl.load_workbook(out / "tables.xlsx")["기준 달성"]
    assert sheet.max_row == len(rows(held)) + 1
    assert sheet["A1"].value == "기준"
    again = write_folder(outcome, tmp_path / "out", held=judge(town, ()))
    assert not (again / "standards.csv").exists()
    assert '<div class="table" data-table="standards"' not in (again / "report.html").read_text(
        "utf-8"
    )


def test_a_report_without_standards_is_as_before(outcomes, town):
    assert report_html("가", outcomes, "ko", held=judge(town, ())) == report_html(
        "가", outcomes, "ko"
    )


def test_standards_of_another_study_are_refused(outcomes, held):
    other = judge(make_study(name="다른시"), SEVERAL)
    with pytest.raises(OutputError, match="E826"):
        report_html("가", outcomes, "ko", held=other)
    assert 'data-table="standards-basis"' in report_html("가", outcomes, "ko", held=held)


def test_a_headline_tells_the_target(held):
    line = headline(held.verdicts[0], "ko")
    assert line.startswith("조례안 (65세 이상), 750 m (도보 15분, 3 km/h) [안]: ")
    assert re.search(r"목표 60% (충족|미달\([\d,]+명 부족\))$", line)
