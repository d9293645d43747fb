"""The table of codes a planner supplies."""

from __future__ import annotations

import math

import openpyxl
import pytest

from access.errors import InputError
from access.korea.crosswalk import read_crosswalk

PAIRS = "법정동코드,행정동코드\n4139010100,4139051000\n4139010200,4139052000\n"


@pytest.fixture
def read(tmp_path):
    def read(text, **how):
        path = tmp_path / "코드.csv"
        path.write_text(text, "utf-8")
        return read_crosswalk(path, **how)

    return read


def test_two_columns(read):
    found = read(PAIRS)
    assert found.sources.tolist() == ["4139010100", "4139010200"]
    assert found.targets.tolist() == ["4139051000", "4139052000"]
    assert math.isnan(found.shares[0])
    assert found.partners()["4139051000"].keys() == {"4139010100"}
    tally = found.ledger.tallies[0]
    assert (tally.read, tally.used) == (2, 2)


def test_the_ministrys_own_table(tmp_path, told):
    book = openpyxl.Workbook()
    head = (
        "행정동코드",
        "시도명",
        "시군구명",
        "읍면동명",
        "법정동코드",
        "동리명",
        "생성일자",
        "말소일자",
    )
    book.active.append(head)
    town = ("경기도", "시흥시", "정왕2동")
    book.active.append(("4139059200", *town, "4139013200", "정왕동", "19980101", None))
    book.active.append(("4139059500", *town, "4139013300", "배곧동", "20180101", "20220101"))
    book.save(tmp_path / "KIKmix.xlsx")
    found = read_crosswalk(tmp_path / "KIKmix.xlsx")
    assert found.sources.tolist() == ["4139013200"]
    assert found.targets.tolist() == ["4139059200"]
    assert "1" in told(found.ledger, "F395").text("ko")
    tally = found.ledger.tallies[0]
    assert (tally.read, tally.used, tally.excluded) == (2, 1, 1)


@pytest.mark.parametrize("shares", [("0.25", "0.75"), ("25", "75"), ("25.0", "74.6")])
def test_shares(read, shares):
    found = read(
        f"이전코드,새코드,비율\n4139059200,1111111,{shares[0]}\n4139059200,2222222,{shares[1]}\n"
    )
    assert found.shares == pytest.approx([0.25, 0.75], abs=0.005)


def test_shares_that_do_not_add_up(read, told):
    with pytest.raises(InputError) as error:
        read("이전코드,새코드,비율\n4139059200,1111111,0.5\n4139059200,2222222,0.4\n")
    assert "90.0%" in told(error.value, "E393", row=2).text("ko")
    with pytest.raises(InputError) as error:
        read("이전코드,새코드,비율\n4139059200,1111111,\n")
    told(error.value, "E393", row=2)


def test_what_is_no_code(read, told):
    with pytest.raises(InputError) as error:
        read("이전코드,새코드\n정왕2동,4139059200\n4.139E+09,4139059200\n")
    told(error.value, "E394", row=2, value="정왕2동")
    told(error.value, "E110", row=3)
    with pytest.raises(InputError) as error:
        read("이전코드,새코드,말소일자\n4139059500,4139059200,20220101\n")
    told(error.value, "E396")
    with pytest.raises(InputError) as error:
        read("이름,새코드\n정왕2동,4139059200\n")
    told(error.value, "E112", column="source")
