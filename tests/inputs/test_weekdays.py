"""Days, dates and ages as course tables write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.inputs.audiences import read_ages
from access.inputs.dates import NEVER_ENDS, read_day
from access.inputs.weekdays import WEEKS_A_MONTH, read_weekdays

EVERY = "월화수목금토일"


PLAIN = """
월~금 = 월화수목금 | 월-금 = 월화수목금 | 월요일~금요일 = 월화수목금 | 금~월 = 월금토일
평일 = 월화수목금 | 매주 화,목 = 화목 | 매주 화요일, 목요일 = 화목 | 주중 = 월화수목금
주말 = 토일 | 매일 = 월화수목금토일 | 월+수+금 = 월수금 | 월/수 = 월수 | 월·수 = 월수
월수금 = 월수금 | 월수일 = 월수일 | 월 수 = 월수 | 월요일 = 월 | 일요일 = 일 | 토요일 오전 = 토
화(10:00~12:00), 목(14:00-16:00) = 화목 | 수 19:00 = 수 | 화, 목 (공휴일 제외) = 화목
Mon, Wed = 월수 | weekdays = 월화수목금 | 월과 수 = 월수 | 화목 저녁 = 화목
주2회(월,수) = 월수 | - = | 토,일 = 토일
"""
GUESSED = "상시 = 월화수목금토일 | 목용일 = 목 | 금묘일 = 금 | 화욜 = 화 | 월,수 협의 = 월수"
SINGLE = """
격주 토 = 토 | 매월 둘째 일요일 = 일 | 1,3주 토요일 = 토 | 매월 2째주, 4째주 화요일 = 화
"""
NONE = "수강생과 협의 = | 일정 참조 = | 주1회 = | 추후공지 ="


@pytest.mark.parametrize(
    ("cases", "code"), [(PLAIN, ""), (GUESSED, "F437"), (SINGLE, "F449"), (NONE, "W436")]
)
def test_the_days_a_text_names(cases, code):
    for case in cases.strip().replace("\n", " | ").split(" | "):
        words, _, days = case.partition("=")
        found = read_weekdays(words.strip())
        assert (found.letters, found.code) == (days.strip(), code), words


@pytest.mark.parametrize(
    ("words", "share"),
    [("격주 토", 0.5), ("둘째 토요일", 1 / WEEKS_A_MONTH), ("1,3주 토요일", 2 / WEEKS_A_MONTH),
     ("매주 토", 1.0)],
)  # fmt: skip
def test_single_weeks_of_a_month_are_a_share_of_the_weeks(words, share):
    assert read_weekdays(words).share == pytest.approx(share)


@given(st.text(alphabet="월화수목금토일요매주~,·/ 격째평말상시첫둘1234()-+aMonabc", max_size=25))
@settings(derandomize=True, deadline=None, max_examples=500)
def test_any_text_is_read_in_time(words):
    found = read_weekdays(words)
    assert 0 < found.share <= 1
    assert (found.code == "W436") <= (not any(found.days))


@given(st.sets(st.integers(0, 6), min_size=1), st.sampled_from([",", "·", "/", "+", ", ", " ", ""]))
@settings(derandomize=True, deadline=None)
def test_every_list_of_days_is_read_as_it_is_written(days, between):
    words = between.join(EVERY[d] for d in sorted(days))
    assert read_weekdays(words).letters == "".join(EVERY[d] for d in sorted(days))


@pytest.mark.parametrize(
    ("cell", "day"),
    [("2025-03-04", "2025-03-04"), ("2025.3.4", "2025-03-04"), ("2025/03/04", "2025-03-04"),
     ("20250304", "2025-03-04"), ("2025. 3. 4.(화)", "2025-03-04"),
     ("2025-03-04 00:00:00", "2025-03-04"),
     ("45720", "2025-03-04"), ("2025-02-30", "NaT"), ("3월 4일", "NaT"), ("어제", "NaT"),
     ("2025년 3월", "NaT")],
)  # fmt: skip
def test_days_of_the_calendar(cell, day):
    found, code = read_day(cell)
    assert str(found) == day
    assert code == ("W438" if day == "NaT" else "F153" if cell == "45720" else "")


def test_no_end_and_no_day():
    endless = ("9999-12-31", "99991231", "2099-12-31", "상시", "연중")
    assert {str(read_day(c)[0]) for c in endless} == {str(NEVER_ENDS)}
    for blank in ("", "-"):
        assert np.isnat(read_day(blank)[0])
        assert read_day(blank)[1] == ""


@pytest.mark.parametrize(
    ("words", "ages"),
    [("성인", (19, 999)), ("어르신", (65, 999)), ("만 60세 이상", (60, 999)), ("7~9세", (7, 9)),
     ("13세 이하", (0, 13)), ("초등", (7, 12)), ("영유아", (0, 6)), ("유아, 초등", (3, 12)),
     ("중장년", (40, 64)), ("신중년", (50, 69)), ("청소년+성인", (9, 999)), ("", (0, 999)),
     ("장애인", (0, 999))],
)  # fmt: skip
def test_ages_of_an_audience(words, ages):
    assert read_ages(words) == ages


@pytest.mark.parametrize(
    ("words", "letters", "code"),
    [
        ("월요일부터 금요일까지", "월화수목금", ""),
        ("Mon-Fri", "월화수목금", ""),
        ("월ㆍ수", "월수", ""),
        ("월、수・금", "월수금", ""),
        ("주5일", "", "W436"),
        ("3월 4일", "", "W436"),
        ("일요일 제외", "월화수목금토", "F437"),
        ("토요일 제외한 매일", "월화수목금일", "F437"),
        ("공휴일 제외 매일", "월화수목금토일", ""),
        ("매일(일요일 제외)", "월화수목금토", "F437"),
        ("평일(월~목)", "월화수목", "F437"),
        ("월~금(공휴일 제외)", "월화수목금", ""),
        ("(월)", "월", ""),
        ("월(오전), 수(오후)", "월수", ""),
    ],
)
def test_words_that_once_said_other_days(words: str, letters: str, code: str) -> None:
    read = read_weekdays(words)
    assert (read.letters, read.code) == (letters, code)


def test_a_share_told_in_brackets_counts() -> None:
    assert read_weekdays("화(격주)").share == 0.5
    assert read_weekdays("토(둘째, 넷째주)").code == "F449"
    assert read_weekdays("토(3주 과정)").share == 1.0


def test_serial_numbers_of_excel_are_days_and_spans_are_none() -> None:
    assert [str(part) for part in read_day("45720")] == ["2025-03-04", "F153"]
    assert read_day("2025-03-04 ~ 2025-06-30")[1] == "W438"
    assert [str(part) for part in read_day("2025-03-04 00:00:00")] == ["2025-03-04", ""]


@pytest.mark.parametrize(
    ("audience", "ages"),
    [("20~40대", (20, 49)), ("60대 이상", (60, 999)), ("50대", (50, 59)), ("중고등학생", (13, 18)),
     ("30대 직장인", (30, 39)), ("만 65세 이상", (65, 999))],
)  # fmt: skip
def test_decades_are_ages(audience: str, ages: tuple[int, int]) -> None:
    assert read_ages(audience) == ages
