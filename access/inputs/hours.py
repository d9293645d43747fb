"""Opening hours as a week of bits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from access._frozen import Record, frozen

SLOTS_A_DAY = 96
"""A day has 96 quarter hours."""


@dataclass(frozen=True, slots=True, eq=False)
class Hours(Record):
    """When a place is open: (7, 96) bits, Monday first, a quarter hour each."""

    open: npt.NDArray[np.bool_]


Times = tuple[str, str]
"""When a day opens and closes, as a file writes it."""

_CLOCK = re.compile(r"(\d{1,2})\s*[:시.]\s*(\d{2})?(?:\s*분)?(?::\d{2})?")
_DIGITS = re.compile(r"\d{3,4}")
_FRACTION = re.compile(r"0\.\d+")
_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[ t]+(?=\d)")
_HALF = re.compile(r"(오전|오후|am|pm|아침|저녁|밤)\s*")
_HALF_AFTER = re.compile(r"(.*\d.*?)\s*([ap])\.?m\.?")
_LATER = frozenset({"오후", "pm", "저녁", "밤"})
_NAMED = {"정오": 720, "낮 12시": 720, "자정": 1440}
_BLANK = frozenset({"", "-"})
_SHUT = _BLANK | frozenset({"휴무", "휴관", "휴일", "휴실", "휴", "미운영", "운영안함", "없음"})
_ALL_DAY = "24시간"
_DAYS = "월화수목금토일"
_NEVER = frozenset({"", "-", "없음", "n", "무휴", "연중무휴", "연중개방", "해당없음"})
_NOT_WEEKLY = re.compile(r"매월|격주|첫|둘|셋|넷|다섯|째|번|마지막|\d")
_DAY = rf"[{_DAYS}](?:요일|욜)?"
_ONE = re.compile(
    rf"(?:매주)?((?:{_DAY})+)(?:은|는|에|에는|마다)?(?:정기)?(?:휴관일?|휴무일?|휴실|쉼)?"
)
_SPAN = re.compile(rf"(?:매주)?([{_DAYS}])(?:요일)?(?:[~∼-]|부터)([{_DAYS}])(?:요일)?(?:까지)?")
_HEADED = re.compile(
    rf"\s*(?:정기)?\s*휴[관무]일?\s*\(\s*((?:{_DAY}[,·ㆍ/\s]*)+)\)"
)  # 정기휴관일(월)
_WITH = re.compile(rf"(?<=[{_DAYS}]요일)[과와](?=\s)|(?<=공휴일)[과와](?=\s)")
_NAMED_DAY = re.compile(rf"(?<![가-힣])(?:매주)?[{_DAYS}]요일|매주\s*[{_DAYS}]")
_EXCEPT = re.compile(rf"(?:[{_DAYS}](?:요일)?[·/~\s]*)+(?:을|를|은|는)?\s*제외\S*")


def minutes(clock: str) -> int | None:
    """Return a time of day as minutes after midnight, None where it cannot be read.

    >>> [minutes(t) for t in ("9:00", "0900", "900", "24:00", "23:59", "9시 30분", "아침")]
    [540, 540, 540, 1440, 1440, 570, None]
    >>> [minutes(t) for t in ("오전 10시", "오후 2:30", "오후 12시", "오후 14:00")]
    [600, 870, 720, 840]
    >>> [minutes(t) for t in ("9:00 AM", "12:30 am", "0.375", "정오", "１０：００")]
    [540, 30, 540, 720, 600]
    """
    text = unicodedata.normalize("NFKC", clock).casefold().strip()
    if text in _NAMED:
        return _NAMED[text]
    if after := _HALF_AFTER.fullmatch(text):
        text = f"{after[2]}m {after[1]}"
    if half := _HALF.match(text):
        told = minutes(text[half.end() :])
        if told is not None and half[1] in _LATER and told < 720:
            return told + 720
        return told - 720 if told is not None and half[1] == "am" and 720 <= told < 780 else told
    text = _DATED.sub("", text)  # a time that a spreadsheet keeps with a day
    if is_fraction(text):
        return round(float(text) * 1440)
    if found := _CLOCK.fullmatch(text):
        hour, minute = int(found[1]), int(found[2] or 0)
    elif _DIGITS.fullmatch(text):
        hour, minute = int(text[:-2]), int(text[-2:])
    else:
        return None
    if hour == 23 and minute == 59:
        return 1440
    return hour * 60 + minute if minute < 60 and hour * 60 + minute <= 1440 else None


def is_fraction(cell: str) -> bool:
    """Say whether a time is the part of a day that spreadsheets keep: 0.375 is 9:00."""
    return _FRACTION.fullmatch(cell.strip()) is not None


def closed_days(words: str) -> frozenset[int]:
    """Return the days of every week a 휴관일 text closes (0 is Monday), as far as it says so.

    Holidays, single weeks of a month and whatever is not a weekday are left to the reader of the
    text, which is kept.

    >>> sorted(closed_days("매주 월요일, 공휴일")), sorted(closed_days("토·일"))
    ([0], [5, 6])
    >>> closed_days("매월 둘째 일요일"), closed_days("월+일요일을 제외한 법정공휴일")
    (frozenset(), frozenset({0}))
    """
    if words.strip().casefold() in _NEVER:
        return frozenset()
    text = _HEADED.sub(r"\1", words)
    text = re.sub(r"\(.*?\)", " ", text)
    text = _WITH.sub(", ", text)
    text = re.sub(r"\d+\)", ",", text)
    text = _EXCEPT.sub("", text)
    days: set[int] = set()
    for part in re.split(r"[,+/·ㆍ・‧、.및;&]|그리고", text):
        if _NOT_WEEKLY.search(part):
            continue
        for word in re.sub(r"매주\s+", "매주", part).split():
            if word.removeprefix("매주") == "주말":
                days |= {5, 6}
            elif word.removeprefix("매주") == "평일":
                days |= {0, 1, 2, 3, 4}
            elif span := _SPAN.fullmatch(word):
                first, last = _DAYS.index(span[1]), _DAYS.index(span[2])
                days |= {d % 7 for d in range(first, last + 1 + (7 if last < first else 0))}
            elif one := _ONE.fullmatch(word):
                days |= {_DAYS.index(c) for c in re.sub("요일|욜", "", one[1])}
    return frozenset(days)


def untold_days(words: str) -> bool:
    """Say whether a 휴관일 text seems to close a day of every week and none was understood.

    >>> [untold_days(w) for w in ("동절기 월요일만 휴관", "매월 둘째 월요일", "월요일", "명절")]
    [True, False, False, False]
    """
    if closed_days(words):
        return False
    text = _EXCEPT.sub("", re.sub(r"\(.*?\)", " ", words))
    return _NOT_WEEKLY.search(text) is None and _NAMED_DAY.search(text) is not None


def week(days: Sequence[Times], closed: frozenset[int] = frozenset()) -> tuple[Hours | None, str]:
    """Return the hours of a week from seven pairs of times, Monday first, and what was noted.

    A quarter hour counts as open if the place is open for all of it. `00:00-00:00` is closed, and
    so are a blank day and 휴무;
    a closing time before the opening time is past midnight (W320). A time that cannot be read
    makes the whole week unknown (W321), and so do seven blank days.

    >>> hours, code = week([("9:00", "18:00")] * 5 + [("", "")] * 2)
    >>> int(hours.open.sum()) // 4, code
    (45, '')
    """
    if {time.strip() for day in days for time in day} <= _BLANK:
        return None, ""
    open_ = np.zeros((7, SLOTS_A_DAY), dtype=bool)
    code = ""
    for day, (opens, closes) in enumerate(days):
        if {opens.strip(), closes.strip()} <= _SHUT:
            continue
        if opens.strip() == _ALL_DAY and closes.strip() in (_ALL_DAY, *_BLANK):
            opens, closes = "00:00", "24:00"
        start, end = minutes(opens), minutes(closes)
        if start is None or end is None:
            return None, "W321"
        if day in closed or start == end:
            continue
        if end == 0:
            end = 1440
        first, last = -(-start // 15), end // 15
        if end >= start:
            open_[day, first:last] = True
        else:
            code = "W320"
            open_[day, first:] = True
            open_[(day + 1) % 7, :last] = True
    return Hours(frozen(open_)), code


_ENTRY = re.compile(r"(.+?)\s+(\d{1,2}:\d{2})\s*[-~∼]\s*(\d{1,2}:\d{2})")
_WEEK = {"매일": range(7), "daily": range(7), "평일": range(5), "주말": range(5, 7)}
_ENGLISH = ("mo", "tu", "we", "th", "fr", "sa", "su")


def read_week(text: str) -> Hours | None:
    """Return the hours of a week that one line tells, None where it cannot be understood.

    Days are Korean or as OpenStreetMap writes them, alone, as a span, or parted by `·`; entries
    are parted by commas or semicolons. Days that are not named are closed.

    >>> [int(read_week(t).open.sum()) // 4 for t in ("월~금 09:00-18:00", "Mo-Fr 9:00-18:00")]
    [45, 45]
    >>> read_week("월·수 19:00-21:00, 주말 10:00-17:00").open.any(axis=1).tolist()
    [True, False, True, False, False, True, True]
    >>> read_week("아침부터") is None, read_week("월 9:00-12:00, 월 13:00-18:00") is None
    (True, True)
    """
    told: list[Times] = [("", "")] * 7
    for entry in re.split(r"[,;]", text):
        found = _ENTRY.fullmatch(entry.strip())
        days = _days_of(found[1]) if found else []
        if found is None or not days or any(told[day] != ("", "") for day in days):
            return None
        for day in days:
            told[day] = found[2], found[3]
    return week(told)[0]


def _days_of(words: str) -> list[int]:
    """Return the days that words name, none where one of them is no day."""
    named: list[int] = []
    for word in re.split(r"[·/\s]+", words.strip()):
        first, *last = (_WEEK.get(w) or _day(w) for w in re.split(r"[~∼-]", word))
        if not first or len(last) > 1 or not all(last):
            return []
        if last:
            begin, end = first[0], last[0][0]
            first = [d % 7 for d in range(begin, end + 1 + (7 if end < begin else 0))]
        named += first
    return named if len(set(named)) == len(named) else []


def _day(word: str) -> list[int]:
    word = word.removesuffix("요일").casefold()
    if word in _ENGLISH:
        return [_ENGLISH.index(word)]
    return [_DAYS.index(word)] if len(word) == 1 and word in _DAYS else []
