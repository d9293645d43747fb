"""Every layout in which the ministry hands out residents by age."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest

from access.errors import InputError
from access.inputs.population import OLDEST
from access.korea.exports import layout
from access.korea.residents import read_residents

TOWNS = [
    ("1000000000", "전국  ", 60),
    ("9900000000", "가람도  ", 60),
    ("9915000000", "가람도 가람시 ", 60),
    ("9915025000", "가람도 가람시 누리읍", 30),
    ("9915031000", "가람도 가람시 솔뫼면", 20),
    ("9915051000", "가람도 가람시 가람1동", 10),
]
AGES = {
    1: [f"{age}세" for age in range(100)] + ["100세 이상"],
    5: [f"{age}~{age + 4}세" for age in range(0, 100, 5)] + ["100세 이상"],
    10: [f"{age}~{age + 9}세" for age in range(0, 100, 10)] + ["100세 이상"],
}
SEXES = {"계": 1.0, "남": 0.5, "여": 0.5}


def row_of(people, sexes, years):
    cells = []
    for sex in sexes:
        own = int(people * SEXES[sex])
        parts = [0] * len(AGES[years])
        parts[0], parts[-1] = own - own // 3, own // 3
        cells += [own, own, *parts]
    return [f"{n:,}" for n in cells]


def csv_of(path, years=10, sexes=("계",), when="2025년06월", fused=True, who="", towns=TOWNS):
    names = ["총인구수", "연령구간인구수", *AGES[years]]
    kinds = [f"_{who}"] if who else [f"_{sex}" for sex in sexes]
    header = ["행정구역"] if fused else ["행정기관코드", "행정기관"]
    header += [f"{when}{kind}_{name}" for kind in kinds for name in names]
    lines = [header]
    for code, name, people in towns:
        place = [f"{name}({code})"] if fused else [code, name]
        lines.append([*place, *row_of(people, sexes, years)])
    text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    path.write_bytes((text + "\n").encode("cp949"))
    return path


def workbook_of(path, years=5, sexes=("남", "여"), when="2022년 12월"):
    """Lay out a workbook as the portal does: title, remark, months, then names that repeat."""
    book = openpyxl.Workbook()
    sheet = book.active
    width = 2 + len(sexes) * (2 + len(AGES[years]))
    sheet.append(["연령별 인구현황"])
    sheet.append([])
    sheet.append(["", "", when] + [""] * (width - 3))
    header = ["행정기관코드", "행정기관"]
    for sex in sexes:
        header += ["총 인구수" if sex == "계" else f"{sex} 인구수", "연령구간인구수", *AGES[years]]
    sheet.append(header)
    for code, name, people in TOWNS:
        sheet.append([code, name, *row_of(people, sexes, years)])
    book.save(path)
    return path


@pytest.mark.parametrize("years", [1, 5, 10])
@pytest.mark.parametrize("sexes", [("계",), ("남", "여"), ("계", "남", "여")])
@pytest.mark.parametrize(("when", "as_of"), [("2025년06월", "2025-06"), ("2020년", "2020")])
@pytest.mark.parametrize("fused", [True, False])
def test_csv(tmp_path, years, sexes, when, as_of, fused):
    found = read_residents(csv_of(tmp_path / "인구.csv", years, sexes, when, fused))
    assert found.codes.tolist() == ["9915025000", "9915031000", "9915051000"]
    assert found.counts.sum(axis=1).tolist() == [30, 20, 10]
    assert found.ages[0].tolist() == [0, years - 1]
    assert found.ages[-1].tolist() == [100, OLDEST]
    assert found.as_of == as_of
    assert (found.female is not None) == ("여" in sexes)
    tally = found.ledger.tallies[0]
    assert (tally.read, tally.used, tally.excluded) == (6, 3, 3)


@pytest.mark.parametrize("years", [1, 5, 10])
@pytest.mark.parametrize("sexes", [("계",), ("남", "여"), ("계", "남", "여")])
@pytest.mark.parametrize(("when", "as_of"), [("2022년 12월", "2022-12"), ("2022년", "2022")])
def test_workbook(tmp_path, years, sexes, when, as_of):
    found = read_residents(workbook_of(tmp_path / "인구.xlsx", years, sexes, when))
    same = read_residents(csv_of(tmp_path / "인구.csv", years, sexes))
    assert found.counts.tolist() == same.counts.tolist()
    assert found.ages.tolist() == same.ages.tolist()
    assert found.as_of == as_of
    assert (found.female is None) == (same.female is None)


def test_rows_of_a_workbook_keep_their_numbers(tmp_path, told):
    path = workbook_of(tmp_path / "인구.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["E8"] = "모름"
    book.save(path)
    with pytest.raises(InputError) as error:
        read_residents(path)
    told(error.value, "E324", row=8, column="2022년12월_남_0~4세", times=1)


def test_several_months_of_a_workbook(tmp_path, told):
    path = workbook_of(tmp_path / "인구.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["Z3"] = "2023년 12월"
    book.save(path)
    with pytest.raises(InputError) as error:
        read_residents(path)
    assert "2022-12, 2023-12" in told(error.value, "E349").text("ko")


def test_residents_present_only_are_told(tmp_path, told):
    found = read_residents(csv_of(tmp_path / "인구.csv", who="거주자", when="2026년04월"))
    assert found.counts.sum() == 60
    assert found.as_of == "2026-04"
    told(found.ledger, "W382", times=1)


def test_the_open_portal_writes_age_and_sex_together(tmp_path):
    ages = [*(f"{age}세" for age in range(110)), "110세이상 "]
    header = ["행정기관코드", "기준연월", "시도명", "시군구명", "읍면동명", "계", "남자", "여자"]
    header += [f"{age}{sex}" for sex in ("남자", "여자") for age in ages]
    rows = [header]
    for code, name, people in TOWNS[3:]:
        parts = ([people // 2] + [0] * 110) * 2
        rows.append([code, "2024-03", "가람도", "가람시", name.split()[-1], people, "", "", *parts])
    path = tmp_path / "행정동.csv"
    path.write_bytes("\n".join(",".join(map(str, row)) for row in rows).encode("cp949"))
    found = read_residents(path, "table")
    assert found.counts.sum() == 60
    assert found.female.sum() == 30
    assert found.names.tolist() == ["누리읍", "솔뫼면", "가람1동"]
    assert found.ages[-1].tolist() == [110, OLDEST]
    assert found.as_of == "2024-03"


def test_totals_of_country_and_province_are_compared(tmp_path, told):
    towns = [("1000000000", "전국  ", 70), ("9900000000", "가람도  ", 65), *TOWNS[2:]]
    found = read_residents(csv_of(tmp_path / "인구.csv", towns=towns))
    assert found.counts.sum() == 60
    assert "+10" in told(found.ledger, "W383", row=2).text("ko")
    assert "+5" in told(found.ledger, "W383", row=3).text("en")
    assert "1" in told(found.ledger, "F381").text("ko")  # the city's own row is right


def test_villages_beside_their_town_count_once(tmp_path):
    path = tmp_path / "법정동.csv"
    rows = ["법정동코드,읍면동명,0~9,10+", "9915025000,누리읍,10,20"]
    rows += ["9915025021,누리읍 하나리,4,5", "9915025022,누리읍 두리,6,15", "9915010100,가람동,1,2"]
    path.write_text("\n".join(rows), "utf-8")
    found = read_residents(path, "table")
    assert found.counts.sum() == 33
    assert found.codes.tolist() == ["9915010100", "9915025021", "9915025022"]


@pytest.mark.parametrize(
    ("five", "ten"), [("05월 09일", "10월 14일"), ("9-May", "14-Oct"), ("2025-05-09", "2025-10-14")]
)
def test_ages_that_excel_made_dates(tmp_path, told, five, ten):
    path = tmp_path / "인구.csv"
    path.write_text(f"code,name,0-4,{five},{ten},15+\n9915025000,누리읍,1,2,3,4\n", "utf-8")
    found = read_residents(path, "table")
    assert found.ages.tolist() == [[0, 4], [5, 9], [10, 14], [15, OLDEST]]
    assert found.counts.tolist() == [[1, 2, 3, 4]]
    assert "5~9" in told(found.ledger, "F384", column=five).text("ko")


def test_a_date_that_fits_no_age_is_none(tmp_path):
    path = tmp_path / "인구.csv"
    path.write_text("code,name,0-9,10+,03월 02일\n9915025000,누리읍,1,2,3\n", "utf-8")
    assert read_residents(path, "table").counts.tolist() == [[1, 2]]


def test_codes_with_decimals_or_rounded(tmp_path, told):
    path = tmp_path / "인구.csv"
    path.write_text("code,name,0-9,10+\n9915025000.0,누리읍,1,2\n", "utf-8")
    found = read_residents(path, "table")
    assert found.codes.tolist() == ["9915025000"]
    told(found.ledger, "F385", row=2)
    assert found.ledger.tallies[0].repaired == 1
    path.write_text("code,name,0-9,10+\n9.91503E+09,누리읍,1,2\n", "utf-8")
    with pytest.raises(InputError) as error:
        read_residents(path, "table")
    told(error.value, "E110", row=2)


def test_people_and_households_are_no_ages(tmp_path, told):
    path = tmp_path / "202506_주민등록인구및세대현황_월간.csv"
    names = ("총인구수", "세대수", "세대당 인구", "남자 인구수", "여자 인구수", "남여 비율")
    header = ",".join(["행정구역", *(f"2025년06월_{name}" for name in names)])
    path.write_bytes(f'{header}\n"가람시 누리읍(9915025000)",3,2,1,1,1,1\n'.encode("cp949"))
    with pytest.raises(InputError) as error:
        read_residents(path)
    assert "연령별 인구현황" in told(error.value, "E380").text("ko")


def test_a_layout_of_something_else():
    assert not layout(["시설명", "위도", "경도"], mois=True).complete
    assert not layout(["2025년06월_남_0~9세", "2025년06월_여_0~4세"], mois=True).complete


def test_several_cities_at_once(tmp_path):
    towns = [
        *TOWNS,
        ("9916025000", "가람도 나루시 나루읍", 0),
        ("9917025000", "가람도 섬시 섬읍", 7),
    ]
    path = csv_of(tmp_path / "인구.csv", towns=towns)
    found = read_residents(path, within=["99150", "99160"])
    assert found.counts.sum() == 60
    assert found.empty.tolist() == ["9916025000"]
    assert np.isfinite(found.counts).all()
