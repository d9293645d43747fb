"""Addresses: one spelling, and never two numbers taken for one."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from access.korea.addresses import PROVINCES, clean, normalise_name, parse

SAME = [
    ("경기도 안성시 공도읍 진사길 12-3", "경기 안성시 공도읍 진사길12-3"),
    ("경기도 안성시 공도읍 진사길 12-3", "경기도  안성시 공도읍 진사길 12 - 3 (진사리, 가나빌딩)"),
    ("경기도 안성시 공도읍 진사길 12-3", "17571 경기도 안성시 공도읍 진사길 １２－３, 3층"),
    ("경기도 파주시 가람로116번길 170", "경기도 파주시 가람로 116번길 170(와동동)"),
    ("경기도 김포시 모담공원로 118", "경기도 김포시 모담공원로118"),
    ("서울특별시 용산구 원효로19길 49", "서울 용산구 원효로 19길 49"),
    ("경기도 수원시 영통구 반달로 45", "경기 수원시 영통구 반달로 45 (영통동) 청명동 4층 세미나실"),
    ("부산광역시 연제구 아시아드대로22번길 19", "부산 연제구 아시아드대로22번길 19(거제동)"),
    ("서울특별시 중구 세종대로 지하 101", "서울시 중구 세종대로 지하101, 지하1층"),
    ("경기도 과천시 문원동 31-7", "경기 과천시 문원동 31-7번지"),
    ("대구광역시 북구 칠성동2가 395-1", "대구시 북구 칠성동2가 395-1"),
    ("서울특별시 용산구 원효로4가 1-1", "서울 용산구 원효로4가 1-1 번지"),
    ("제주특별자치도 제주시 조천읍 신촌리 1828", "제주도 제주시 조천읍 신촌리 1828"),
    ("경기도 안성시 죽산면 죽산리 산 343-2", "경기도 안성시 죽산면 죽산리 산343-2번지"),
    ("강원특별자치도 원주시 중앙로 7", "강원도 원주시 중앙로 7"),
    ("전북특별자치도 전주시 완산구 중앙로 7", "전라북도 전주시 완산구 중앙로 007"),
    ("전남광주통합특별시 북구 중앙로 7", "광주 북구 중앙로 7"),
    ("전남광주통합특별시 목포시 중앙로 7", "전남 목포시 중앙로 7"),
    ("경기도 광주시 오포읍 중앙로 7", "경기 광주시 오포읍 중앙로 7"),
    ("세종특별자치시 조치원읍 새내로 100", "세종시 조치원읍 새내로 100"),
    ("경기도 화성시 석우동 1-8", "경기도 화성시 석우동1-8"),
    ("충청북도 충주시 낙수당2길 8", "충북 충주시 낙수당 2길 8"),
    ("충청남도 금산군 금산읍 방아동4길 17", "충남 금산군 금산읍 방아동 4길 17"),
    ("서울특별시 성동구 독서당로46길 26", "서울 성동구 금호동4가 독서당로46길 26 주민센터"),
    ("제주특별자치도 제주시 1100로 3213", "제주 제주시 1100로 3213"),
    ("대구광역시 중구 2·28길 9", "대구 중구 2·28길 9"),
    ("전북특별자치도 군산시 구암3.1로 245", "전북 군산시 구암3.1로 245"),
    ("가람도 가람시 가람40로2번길 218", "가람도 가람시 가람40로2번길 218 (가람2동)"),
]  # fmt: skip


def normalise(text: str) -> str:
    """Return an address in its one spelling; a text that is none, cleaned."""
    address = parse(text)
    return clean(text) if address is None else str(address)


@pytest.mark.parametrize(("spelt", "written"), SAME)
def test_one_spelling(spelt, written):
    assert normalise(written) == spelt
    assert normalise(spelt) == spelt


@pytest.mark.parametrize(
    "text",
    [
        "경기도 안성시 공도읍", "안성시청 옆", "", "중앙로", "중앙로 12~15", "중앙로 12호",
        "안성시 죽산리 산", "안성시 공도읍 만정리 마을회관", "안성시 봉남동 12번지 3호",
        "안성시 봉남동 12/3", "중앙로 12.5",
    ],
)  # fmt: skip
def test_what_is_no_address_is_no_address(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("안성시 중앙로 12", "안성시 중앙로 1 2"),
        ("안성시 중앙로 12", "안성시 중앙로12번길 3"),
        ("안성시 중앙로 12", "안성시 중앙로 지하 12"),
        ("안성시 중앙1로 2", "안성시 중앙로 12"),
        ("안성시 봉남동 12", "안성시 봉남동 산 12"),
        ("안성시 봉남동 12", "안성시 봉남동 12-1"),
        ("안성시 죽산면 죽산리 12", "안성시 죽산면 장원리 12"),
        ("경기도 광주시 중앙로 7", "광주광역시 동구 중앙로 7"),
        ("서울 중구 중앙로 7", "부산 중구 중앙로 7"),
        ("안성시 중앙로 12", "안성시 중앙길 12"),
        ("중앙로 45 12호", "중앙로 4512"),
    ],
)  # fmt: skip
def test_different_places_stay_different(one, other):
    first, second = parse(one), parse(other)
    assert normalise(one) != normalise(other)
    assert first is None or second is None or not first.agrees(second)


WORDS = (
    "안성시 수원시 영통구 북구 광주 공도읍 죽산면 죽산리 봉남동 칠성동2가 중앙로 진사길 "
    "가람로|116번길 로12 길 산 지하 12 12-3 ３ 007 0 번지 번길 호 3층 , ( ) [ ] - – | || ~ 17571 우"
)
NAMES = [*PROVINCES, *(name for names in PROVINCES.values() for name in names)]
PIECES = st.sampled_from(NAMES + [word.replace("|", " ") for word in WORDS.split(" ")])
MESS = st.lists(PIECES | st.text(max_size=3), max_size=9).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda between: between.join(parts))
)


@settings(derandomize=True, deadline=None, max_examples=600)
@given(MESS)
@example("((a)b)12")
@example("17571 17571 경기도 안성시 중앙로 1")
def test_spelling_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once
    assert clean(clean(text)) == clean(text)
    assert normalise_name(normalise_name(text)) == normalise_name(text)
    address = parse(text)
    if address is not None:
        assert parse(str(address)) == address


ROADS = ["중앙로", "진사길", "가람로116번길", "중앙1로", "원효로19길", "봉은사로30가길", "중앙2길"]
LOTS = ["봉남동", "죽산면 죽산리", "칠성동2가"]
numbers = st.tuples(st.integers(1, 99999), st.integers(0, 999), st.booleans())


@settings(derandomize=True, deadline=None, max_examples=400)
@given(st.sampled_from(ROADS + LOTS), numbers, st.sampled_from(ROADS + LOTS), numbers, st.data())
def test_different_numbers_never_match(one, first, other, second, data):
    """Whatever the way they are written, addresses match only where street and number are equal."""
    texts = [_spell(one, first, data), _spell(other, second, data)]
    a, b = (parse(text) for text in texts)
    assert a is not None, texts
    assert b is not None, texts
    assert (a.main, a.sub, a.special) == first
    assert a.agrees(b) == ((one, first) == (other, second)), texts
    assert (normalise(texts[0]) == normalise(texts[1])) <= ((one, first) == (other, second))


def _spell(street, number, data):
    main, sub, special = number
    mark = ("지하" if street in ROADS else "산") if special else ""
    space = data.draw(st.sampled_from(["", " "]))
    dash = data.draw(st.sampled_from(["-", " - ", "–"]))
    tail = data.draw(
        st.sampled_from(["", " (봉남동)", ", 3층", " 2층 201호", "번지" if sub else ""])
    )
    zeros = data.draw(st.sampled_from(["", "0"]))
    told = f"{zeros}{main}" + (f"{dash}{sub}" if sub else "")
    before = " " if street in LOTS else space
    return f"경기도 안성시 {street}{before}{mark}{space}{told}{tail}"
