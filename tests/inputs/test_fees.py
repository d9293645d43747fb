"""Fees as course tables write them."""

from __future__ import annotations

import math

import pytest

from access.inputs.fees import read_fee


@pytest.mark.parametrize(
    ("cell", "won"),
    [("0", 0), ("30,000", 30_000), ("30000원", 30_000), ("30000.0", 30_000),
     ("₩30,000", 30_000),
     ("３０，０００원", 30_000), ("5천원", 5_000), ("3만원", 30_000), ("1.5만원", 15_000),
     ("무료", 0)],
)  # fmt: skip
def test_plain_fees_are_read_without_a_word(cell: str, won: float) -> None:
    assert read_fee(cell) == (won, "")


@pytest.mark.parametrize(
    ("cell", "won"),
    [("3개월 90,000원", 90_000), ("1회 5,000원", 5_000), ("50% 감면 15,000원", 15_000),
     ("월 30,000원", 30_000), ("3만원(3개월)", 30_000), ("30,000원 / 재료비 무료", 30_000),
     ("수강료:30,000 재료비:5,000", 30_000), ("무료(재료비 20,000원)", 0)],
)  # fmt: skip
def test_amounts_within_a_text_are_listed(cell: str, won: float) -> None:
    assert read_fee(cell) == (won, "F443")


@pytest.mark.parametrize(("cell", "won"), [("3만5천원", 35_000), ("1만 5000원", 15_000)])
def test_two_units_are_one_amount(cell: str, won: float) -> None:
    assert read_fee(cell) == (won, "")


@pytest.mark.parametrize(
    "cell",
    ["1e4", "30.000", "30 000", "-5000", "-5,000원", "일만원", "재료비 10,000원", "없음",
     "65세 이상 무료, 일반 30,000원"],
)  # fmt: skip
def test_what_is_not_sure_is_unknown(cell: str) -> None:
    won, code = read_fee(cell)
    assert math.isnan(won)
    assert code == "W443"


@pytest.mark.parametrize("cell", ["", "-", "유료", "미정"])
def test_no_fee_told_is_no_message(cell: str) -> None:
    won, code = read_fee(cell)
    assert math.isnan(won)
    assert code == ""
