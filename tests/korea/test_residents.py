"""The residents export, drawn small and as downloaded."""

from __future__ import annotations

import numpy as np
import pytest

from access.errors import InputError
from access.inputs.population import OLDEST, group_counts
from access.korea.residents import read_residents
from access.ledger import Tally

BANDS = ("0~9세", "10~19세", "100세 이상")
CITY = [
    ("가람도  (9900000000)", 60),
    ("가람도 가람시 (9915000000)", 60),
    ("가람도 가람시 누리읍(9915025000)", 30),
    ("가람도 가람시 솔뫼면(9915031000)", 20),
    ("가람도 가람시 가람1동(9915051000)", 10),
]


def split(people):
    return [people // 2, people // 3, people - people // 2 - people // 3]


@pytest.fixture
def read(tmp_path):
    """Write rows of (district, people) in the layout of the export, and read them."""

    def read(rows, sexes=("계",), month="2025년06월", bands=BANDS, change=None, **how):
        header = ["행정구역"]
        for sex in sexes:
            header += [f"{month}_{sex}_{label}" for label in ("총인구수", "연령구간인구수", *bands)]
        lines = [header]
        for name, people in rows:
            parts = {"계": people, "남": people // 2, "여": people - people // 2}
            line = [name]
            for sex in sexes:
                line += [f"{parts[sex]:,}"] * 2 + [f"{n:,}" for n in split(parts[sex])]
            lines.append(line)
        if change:
            change(lines)
        path = tmp_path / "residents.csv"
        text = "\n".join(",".join(f'"{c}"' for c in line) for line in lines)
        path.write_bytes((text + "\n").encode("cp949"))
        return read_residents(path, **how)

    return read


def test_only_towns_are_counted(read):
    found = read(CITY)
    assert found.codes.tolist() == ["9915025000", "9915031000", "9915051000"]
    assert found.names.tolist()[0] == "가람도 가람시 누리읍"
    assert found.counts.sum() == 60
    assert found.ages.tolist() == [[0, 9], [10, 19], [100, OLDEST]]
    assert found.as_of == "2025-06"
    assert found.female is None


def test_men_and_women_without_a_total(read):
    found = read(CITY, sexes=("남", "여"))
    assert found.counts.sum() == 60
    assert found.female.sum() == 30
    both = read(CITY, sexes=("계", "남", "여"))
    assert both.counts.sum() == 60
    assert both.female.tolist() == found.female.tolist()


@pytest.mark.parametrize(
    ("bands", "ages"),
    [
        (("0세", "1세", "2세 이상"), [[0, 0], [1, 1], [2, OLDEST]]),
        (("0~4세", "5~9세", "10세 이상"), [[0, 4], [5, 9], [10, OLDEST]]),
    ],
)
def test_units_of_age(read, bands, ages):
    assert read(CITY, bands=bands).ages.tolist() == ages


@pytest.mark.parametrize(("month", "as_of"), [("2024년12월", "2024-12"), ("2020년", "2020")])
def test_the_month_stands_in_the_header(read, month, as_of):
    assert read(CITY, month=month).as_of == as_of


def test_sejong_is_not_doubled_and_a_city_with_gu_adds_up(read):
    rows = [
        ("세종특별자치시  (3600000000)", 50),
        ("세종특별자치시  (3611000000)", 50),
        ("세종특별자치시  조치원읍(3611025000)", 50),
        ("경기도 안산시 (4127000000)", 30),
        ("경기도 안산시 상록구 (4127100000)", 10),
        ("경기도 안산시 상록구 일동(4127151000)", 10),
        ("경기도 안산시 단원구 (4127300000)", 20),
        ("경기도 안산시 단원구 와동(4127351000)", 20),
        ("충청북도 영동군 (4374000000)", 5),
        ("충청북도 영동군 영동읍(4374025000)", 5),
        ("충청북도 증평군 (4374500000)", 6),
        ("충청북도 증평군 증평읍(4374525000)", 6),
    ]
    found = read(rows)
    assert found.counts.sum() == 91
    assert len(found) == 5


def test_branch_offices_join_their_town(read, told):
    rows = [
        ("충청남도 보령시 (4418000000)", 100),
        ("충청남도 보령시 오천면(4418032000)", 40),
        ("충청남도 보령시 오천면어항출장소(4418032500)", 20),
        ("충청남도 보령시 원산도출장소(4418032800)", 10),
        ("충청남도 보령시 신수출장소(4418089000)", 30),
    ]
    found = read(rows)
    assert found.codes.tolist() == ["4418032000", "4418089000"]
    assert found.counts.sum(axis=1).tolist() == [70, 30]
    told(found.ledger, "F348", row=4, column="행정구역")
    told(found.ledger, "F348", row=5)
    told(found.ledger, "W348", row=6)
    assert [e.people for e in found.ledger.entries if e.problem.row in (4, 5, 6)].count(20.0) == 1


def test_the_name_of_a_branch_office_says_more_than_its_code(read):
    rows = [
        ("대구광역시 달성군 화원읍(2771025000)", 10),
        ("대구광역시 달성군 논공읍(2771025300)", 20),
        ("대구광역시 달성군 논공읍공단출장소(2771025400)", 30),
    ]
    assert read(rows).counts.sum(axis=1).tolist() == [10, 50]


def test_rows_without_residents_are_left_out(read, told):
    found = read([*CITY, ("가람도 가람시 빈동(9915052000)", 0)])
    assert len(found) == 3
    told(found.ledger, "W345", row=7)
    tally = found.ledger.tallies[0]
    # Three towns are counted; the province, its city and the empty town are not.
    assert (tally.read, tally.used, tally.excluded) == (6, 3, 3)
    assert "2" in told(found.ledger, "F381", times=1).text("ko")


def test_b20_towns_that_do_not_add_up(read, told):
    rows = [("가람도 가람시 (9915000000)", 1000), ("가람도 가람시 누리읍(9915025000)", 990)]
    assert "990" in told(read(rows).ledger, "W347", row=2).text("ko")
    rows[1] = ("가람도 가람시 누리읍(9915025000)", 500)
    with pytest.raises(InputError) as error:
        read(rows)
    text = told(error.value, "E347", row=2, column="행정구역").text("en")
    assert "1,000" in text
    assert "500" in text


def test_ages_that_do_not_add_up(read, told):
    def change(lines):
        lines[3][3] = "999"

    with pytest.raises(InputError) as error:
        read(CITY, change=change)
    told(error.value, "E343", row=4)


def test_only_some_ages_were_downloaded(read, told):
    def change(lines):
        for line in lines[1:]:
            line[1] = "70"

    found = read(CITY, change=change)
    told(found.ledger, "W344", row=2, times=1)


def test_blank_and_broken_numbers(read, told):
    def change(lines):
        lines[3][3] = ""
        lines[4][4] = "x"

    with pytest.raises(InputError) as error:
        read(CITY, change=change)
    told(error.value, "E324", row=4, column="2025년06월_계_0~9세")
    told(error.value, "E324", row=5, column="2025년06월_계_10~19세")


def test_several_months_in_one_file(read, told):
    def change(lines):
        lines[0][-1] = "2025년07월_계_100세 이상"

    with pytest.raises(InputError) as error:
        read(CITY, change=change)
    assert "2025-06, 2025-07" in told(error.value, "E349").text("ko")


def test_duplicates_strange_names_and_no_towns(read, told):
    with pytest.raises(InputError) as error:
        read([*CITY, CITY[-1]])
    told(error.value, "E126", row=7)
    with pytest.raises(InputError) as error:
        read([*CITY, ("가람도 가람시 가람2동", 3)])
    told(error.value, "E342", row=7, column="행정구역", value="가람도 가람시 가람2동")
    with pytest.raises(InputError) as error:
        read(CITY[:2])
    told(error.value, "E346")


def test_codes_of_another_city_or_system_name_both(read, told):
    with pytest.raises(InputError) as error:
        read(CITY, within="41550")
    for lang in ("ko", "en"):
        text = told(error.value, "E327").text(lang)
        assert "41550" in text
        assert "99150" in text
        assert "99000" not in text  # the province's own row


def test_another_table(tmp_path, told):
    path = tmp_path / "인구.csv"
    path.write_text("행정동명,code,total,a0~9,a10~19,a20+\n누리읍,9915025000,6,1,2,3\n", "utf-8")
    found = read_residents(path, "table")
    assert found.counts.tolist() == [[1, 2, 3]]
    assert found.names.tolist() == ["누리읍"]
    with pytest.raises(InputError) as error:
        read_residents(path)
    assert 'format = "table"' in told(error.value, "E386", column="code").text("ko")
    with pytest.raises(InputError) as error:
        read_residents(path, "sgis")
    told(error.value, "E322", value="sgis")
    path.write_text("행정동명,code,people\n누리읍,991502500,6\n", "utf-8")
    with pytest.raises(InputError) as error:
        read_residents(path, "table")
    told(error.value, "E323")
    path.write_text("행정동명,code,0~9,10+\n누리읍,991502500,6,1\n", "utf-8")
    with pytest.raises(InputError) as error:
        read_residents(path, "table")
    told(error.value, "E325", row=2)


# --- real files ---


@pytest.mark.data
def test_the_whole_country(real_data, told):
    found = read_residents(real_data / "anseong" / "주민등록_연령별인구_202012_cp949.csv")
    assert found.counts.sum() == 51_829_023  # as the ministry published it
    assert found.as_of == "2020-12"
    assert found.counts.shape == (3495, 101)
    branch = "대구광역시 달성군 논공읍공단출장소 (2771025400)"
    assert "논공읍 (2771025300)" in told(found.ledger, "F348", value=branch, row=818).text("ko")
    assert sum(e.problem.code == "F348" for e in found.ledger.entries) == 58
    assert sum(e.problem.code == "W345" for e in found.ledger.entries) == 16
    standing = [n for n in found.names if n.endswith("출장소")]
    assert standing == ["경기도 파주시 장단출장소", "경상남도 사천시 신수출장소"]


@pytest.mark.data
def test_anseong_adds_up_to_its_own_row(real_data):
    path = real_data / "anseong" / "주민등록_연령별인구_202012_cp949.csv"
    found = read_residents(path, within="41550")
    assert len(found) == 15
    lines = path.read_bytes().decode("cp949").splitlines()
    own = next(line for line in lines if "안성시 (4155000000)" in line)
    assert found.counts.sum() == int(own.split('","')[1].replace(",", ""))
    assert group_counts(found, "65+").sum() == found.counts[:, 65:].sum()
    assert found.ledger.tallies == (Tally(path.name, 3847, 15, 0, 3832),)


@pytest.mark.data
@pytest.mark.parametrize(
    ("prefix", "people"),
    [("41550", 195_797), ("44250", 46_093), ("36", 392_223), ("4127", 615_689), ("41390", 515_106)],
)
def test_five_cities_of_june_2025(real_data, prefix, people):
    path = real_data / "anseong" / "emd_pop_202506_5cities.csv"
    found = read_residents(path, "table", within=prefix)
    assert found.counts.sum() == people
    with pytest.raises(InputError):
        group_counts(found, "65+")
    assert 0 < group_counts(found, "60+").sum() < people
    assert np.isfinite(found.counts).all()


def test_the_sample(sample):
    found = read_residents(sample / "residents.csv")
    assert len(found) == 15
    assert found.counts.shape[1] == 101


def test_a_cell_that_is_no_number_is_told_once_and_adds_up_to_nothing(read):
    with pytest.raises(InputError) as error:
        read(CITY, change=lambda lines: lines[3].__setitem__(4, "-"))
    assert "nan" not in error.value.text("ko")


def test_codes_that_excel_ate_are_told_as_such_in_a_part_of_the_country(tmp_path, told):
    rows = ["code,name,0~64,65+", "9915000000,가람시,50,10", "9915025000,누리읍,20,5"]
    rows += ["9.915E+09,솔뫼면,30,5", "9825025000,한빛읍,3,3"]
    (tmp_path / "인구.csv").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_residents(tmp_path / "인구.csv", "table", within="99150")
    told(error.value, "E110", row=4)
