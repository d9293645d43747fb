"""Opening hours in all the ways files write them."""

from __future__ import annotations

import pytest

from access.inputs.hours import closed_days, minutes, week


@pytest.mark.parametrize(
    ("clock", "found"),
    [
        ("9:00", 540),
        ("09:00", 540),
        ("0900", 540),
        ("900", 540),
        ("09:00:00", 540),
        ("24:00", 1440),
        ("00:00", 0),
        ("23:59", 1440),
        ("9시", 540),
        ("18시30분", 1110),
        ("25:00", None),
        ("12:60", None),
        ("9", None),
        ("", None),
        ("상시", None),
    ],
)
def test_times_of_day(clock, found):
    assert minutes(clock) == found


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("매주 월요일", {0}),
        ("월", {0}),
        ("매주월요일+법정공휴일", {0}),
        ("토·일", {5, 6}),
        ("토,일요일 법정공휴일", {5, 6}),
        ("매주 토,일요일,공휴일", {5, 6}),
        ("주말, 법정공휴일", {5, 6}),
        ("토일", {5, 6}),
        ("월~금", {0, 1, 2, 3, 4}),
        ("토~월", {5, 6, 0}),
        ("1)매주일요일 2)매주 월요일 3)국가지정공휴일", {6, 0}),
        ("월요일, 토·일요일을 제외한 공휴일", {0}),
        ("일(시설 사정에 따라 변경가능)", {6}),
        ("매월 둘째, 넷째주 월요일", set()),
        ("2, 4번째 월요일", set()),
        ("연중무휴", set()),
        ("없음", set()),
        ("N", set()),
        ("-", set()),
        ("설날, 추석 당일", set()),
        ("1월1일, 공휴일", set()),
        ("겨울(12~3월)", set()),
        ("", set()),
    ],
)
def test_closed_days(words, days):
    assert closed_days(words) == days


def open_hours(hours):
    return (hours.open.sum(axis=1) / 4).tolist()


def test_a_week():
    hours, code = week([("09:00", "18:00")] * 5 + [("10:00", "15:00"), ("00:00", "00:00")])
    assert open_hours(hours) == [9, 9, 9, 9, 9, 5, 0]
    assert code == ""
    assert hours.open[0, 36]
    assert not hours.open[0, 35]
    assert not hours.open[0, 72]


def test_closed_days_win_over_times():
    hours, _ = week([("09:00", "18:00")] * 7, frozenset({0}))
    assert open_hours(hours) == [0, 9, 9, 9, 9, 9, 9]


def test_round_the_clock():
    assert open_hours(week([("00:00", "24:00")] * 7)[0]) == [24] * 7
    assert open_hours(week([("00:00", "23:59")] * 7)[0]) == [24] * 7
    assert open_hours(week([("18:00", "00:00")] * 7)[0]) == [6] * 7


def test_past_midnight_runs_into_the_next_day():
    hours, code = week([("20:00", "02:00")] + [("", "")] * 6)
    assert code == "W320"
    assert open_hours(hours) == [4, 2, 0, 0, 0, 0, 0]
    assert open_hours(week([("", "")] * 6 + [("20:00", "02:00")])[0]) == [2, 0, 0, 0, 0, 0, 4]


def test_a_quarter_hour_counts_only_if_wholly_open():
    hours, _ = week([("09:05", "09:55")] + [("", "")] * 6)
    assert hours.open[0].nonzero()[0].tolist() == [37, 38]


def test_unknown_is_not_closed():
    assert week([("", "")] * 7) == (None, "")
    assert week([("상시", "18:00")] + [("09:00", "18:00")] * 6) == (None, "W321")
    assert week([("09:00", "")] * 7) == (None, "W321")
