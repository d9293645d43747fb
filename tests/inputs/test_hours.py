"""Opening hours in all the ways files write them."""

from __future__ import annotations

import pytest

from access.inputs.hours import closed_days, minutes, week
from access.inputs.places import read_places


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


@pytest.mark.parametrize(
    ("clock", "told"),
    [("9:00 AM", 540), ("06:30 p.m.", 1110), ("12:00 AM", 0), ("12:00 PM", 720), ("0.375", 540),
     ("0.25", 360), ("0.791666666666667", 1140), ("2025-03-04 10:00:00", 600), ("９：００", 540),
     ("정오", 720), ("자정", 1440), ("오전 12:00", 720),
     ("10", None), ("9:60", None), ("1.5", None)],
)  # fmt: skip
def test_times_as_spreadsheets_and_people_write_them(clock, told):
    assert minutes(clock) == told


@pytest.mark.parametrize(
    ("words", "closed"),
    [("월요일은 휴관", {0}), ("월요일과 공휴일", {0}), ("정기휴관일(월)", {0}),
     ("휴관(월,화)", {0, 1}),
     ("매주 일ㆍ월요일+국가지정공휴일", {0, 6}), ("매주 토ㆍ일요일", {5, 6}), ("목욜", {3}),
     ("하절기 한시운영(월요일)", set()), ("매주 월요일과 일요일을 제외한 관공서의 공휴일", {0})],
)  # fmt: skip
def test_closed_days_of_real_tables(words, closed):
    assert closed_days(words) == closed


def test_days_closed_every_week_that_cannot_be_read_are_told(tmp_path):
    rows = ["시설명,위도,경도,휴관일,운영시작시각,운영종료시각"]
    rows += ["가,37.1001,127.5001,동절기 월요일만 휴관,0.375,0.75"]
    rows += ["나,37.1002,127.5001,명절,09:00,18:00"]
    (tmp_path / "places.csv").write_text("\n".join(rows), encoding="utf-8")
    places = read_places(tmp_path / "places.csv", kind="centre")
    told = [(e.problem.code, e.problem.row, e.problem.value) for e in places.ledger.entries]
    assert told == [("W188", 2, "동절기 월요일만 휴관"), ("F187", 2, "0.375")]
    assert places.hours[0] == places.hours[1]


@pytest.mark.parametrize("words", ["휴무", "휴관", "-", "", "미운영"])
def test_a_day_that_is_shut_leaves_the_others_open(words):
    hours, code = week([("09:00", "18:00")] * 5 + [(words, words), (words, "")])
    assert code == ""
    assert (hours.open.sum(axis=1) / 4).tolist() == [9] * 5 + [0, 0]


def test_all_day_is_all_day():
    hours, code = week([("24시간", "")] * 7)
    assert code == ""
    assert hours.open.all()


def test_hours_that_are_only_dashes_are_unknown_and_not_closed():
    assert week([("-", "-")] * 7) == (None, "")
    assert week([("휴관", "18:00")] * 7) == (None, "W321")
