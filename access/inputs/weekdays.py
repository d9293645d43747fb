"""Days of the week as course tables write them: lists, ranges, typos, single weeks of a month."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LETTERS = "월화수목금토일"
_L = f"[{_LETTERS}]"
_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GROUPS = {
    "평일": range(5),
    "주중": range(5),
    "주말": (5, 6),
    "매일": range(7),
    "상시": range(7),
    "연중": range(7),
    "weekdays": range(5),
    "weekday": range(5),
    "weekend": (5, 6),
    "weekends": (5, 6),
    "daily": range(7),
}
_LOOSE = frozenset({"상시", "연중"})
"""Words that say "any time" more than "every day"."""

WEEKS_A_MONTH = 365.25 / 12 / 7

_ASIDE = re.compile(
    r"\(.*?\)|\d{1,2}:\d{2}|\d{1,2}시(?:\s*\d{1,2}분)?"
    r"|주\s*\d\s*일|\d{1,2}월(?:\s*\d{1,2}일)?|(?<!\d)\d{1,2}일"  # 주 5일, 3월 4일: no weekdays
)
_TO = re.compile(rf"(?<={_L})(?:요일)?\s*(?:에서|부터)\s*(?={_L})")
_BUT = re.compile(
    rf"(?<![가-힣])(?P<days>{_L}(?:요일|요)?(?:[\s,·/~]*{_L}(?:요일|요)?)*)"
    r"\s*[은는을를만]?\s*(?:제외|빼고)(?:한|하고)?"
)
_BRACKETS = re.compile(r"\((.*?)\)")
_AND = re.compile(rf"(?<={_L})(?:와|과|_|、|・|‧|\u119e)\s*(?={_L})|(?<=요일)(?:와|과)\s*(?={_L})")
_NTH = re.compile(
    r"[1-5](?=[\s,·/&및1-5]*(?:째|주))"
    r"|(?:첫|둘|두|셋|세|넷|네|다섯|마지막)(?:\s*번)?(?=\s*(?:째|주))"
)
_NTH_REST = re.compile(r"매월|매달|격주|매주|째주|째|주차|번째|주\s*\d회|주(?![중말])|마다")
_WORDS = re.compile("|".join(word for word in _GROUPS if not word.isascii()))
_TOKEN = re.compile(
    r"(?P<from>mon|tue|wed|thu|fri|sat|sun)[a-z]*\s*[~\-–]\s*(?P<to>mon|tue|wed|thu|fri|sat|sun)[a-z]*"
    rf"|(?P<word>평일|주중|주말|매일|상시|연중|[a-z]+)"
    rf"|(?P<a>{_L})(?:요일|요)?\s*[~∼〜\-–]\s*(?P<b>{_L})(?:요일|요)?(?:까지)?(?![가-힣])"
    rf"|(?P<day>{_L})요일"
    rf"|(?P<typo>{_L})(?:(?!{_L})[가-힣]일|욜|요)(?![가-힣])"
    rf"|(?P<run>{_L}+)(?![가-힣])"
)
_BETWEEN = re.compile(
    r"[\s,+/·.;:&~∼\-–|、・‧\u119e및와과반\d]+|요일|공휴일\s*(?:제외|휴무)|수업|오전|오후|저녁|야간"
)


@dataclass(frozen=True, slots=True)
class Weekdays:
    """The days a class meets, Monday first, and in what share of the weeks.

    `code` is "" where the text says plainly what was read, F437 where it was read with a guess
    at a slip or beside other words, F449 where it names single weeks, W436 where no day is found.
    """

    days: tuple[bool, ...]
    share: float = 1.0
    code: str = ""

    @property
    def letters(self) -> str:
        """The days in Korean letters.

        >>> read_weekdays("월~수").letters
        '월화수'
        """
        return "".join(c for c, on in zip(_LETTERS, self.days, strict=True) if on)


NEVER = Weekdays((False,) * 7)


def read_weekdays(words: str) -> Weekdays:
    """Return the days of the week a text names.

    >>> [read_weekdays(w).letters for w in ("월~금", "매주 화,목", "평일", "목용일", "월+수+금")]
    ['월화수목금', '화목', '월화수목금', '목', '월수금']
    >>> [(d.letters, d.code) for d in map(read_weekdays, ("상시", "금묘일", "협의", "Tue, Thu"))]
    [('월화수목금토일', 'F437'), ('금', 'F437'), ('', 'W436'), ('화목', '')]
    >>> fortnightly = read_weekdays("격주 토요일")
    >>> fortnightly.letters, fortnightly.share, fortnightly.code
    ('토', 0.5, 'F449')
    >>> [read_weekdays(w).letters for w in ("월요일부터 수요일까지", "일요일 제외", "주5일")]
    ['월화수', '월화수목금토', '']
    """
    plain = unicodedata.normalize("NFKC", words).casefold()
    text = _AND.sub(",", _TO.sub("~", _ASIDE.sub(" ", plain))).strip()
    beside = " ".join(_BRACKETS.findall(plain))
    if not plain.strip(" -"):
        return NEVER
    share = 0.5 if "격주" in plain else 1.0
    if nth := len(_NTH.findall(text)) or len(_NTH.findall(beside)) * ("째" in beside):
        share = min(1.0, nth / WEEKS_A_MONTH)
        text = _NTH.sub(" ", text)
    text = _NTH_REST.sub(" ", text)
    without: set[int] = set()
    if but := _BUT.search(text):
        without = _days(read_weekdays(but["days"]))
        text = text[: but.start()] + " " + text[but.end() :]
    days, loose, at = set(), bool(without), 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        named = _named(found) if found else None
        if found and named is not None:
            days |= named
            loose |= bool(found["typo"]) or found["word"] in _LOOSE
            at = found.end()
        elif between := _BETWEEN.match(text, at):
            at = between.end()
        else:
            loose, at = True, at + 1
            while at < len(text) and "가" <= text[at] <= "힣":  # the rest of a word that is no day
                at += 1
    days = (days or (set(range(7)) if without else set())) - without
    aside = read_weekdays(beside) if beside else NEVER
    if not days:  # 주2회(월,수)
        return aside if any(aside.days) else Weekdays(NEVER.days, 1.0, "W436")
    if any(aside.days) and _days(aside) != days:
        loose = True
        if _days(aside) < days and _WORDS.search(text):  # 평일(월~목)
            days = _days(aside)
    code = "F437" if loose else "F449" if share < 1 else ""
    return Weekdays(tuple(d in days for d in range(7)), share, code)


def _days(read: Weekdays) -> set[int]:
    return {day for day, on in enumerate(read.days) if on}


def _named(found: re.Match[str]) -> set[int] | None:
    """Return the days one token names, None for a word that names none."""
    if found["from"]:
        return _through(_ENGLISH.index(found["from"]), _ENGLISH.index(found["to"]))
    if word := found["word"]:
        if word in _GROUPS:
            return set(_GROUPS[word])
        return {_ENGLISH.index(word[:3])} if word[:3] in _ENGLISH else None
    if found["a"]:
        return _through(_LETTERS.index(found["a"]), _LETTERS.index(found["b"]))
    return {_LETTERS.index(c) for c in found["day"] or found["typo"] or found["run"]}


def _through(first: int, last: int) -> set[int]:
    return {d % 7 for d in range(first, last + 1 + (7 if last < first else 0))}
