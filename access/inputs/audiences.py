"""For whom a class is, as ages; the words are in `audiences.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from access.inputs.population import OLDEST

ANYONE = (0, OLDEST)

_SPAN = re.compile(r"(\d{1,3})\s*세?\s*[~∼\-]\s*(\d{1,3})\s*세")
_DECADES = re.compile(r"(\d)0\s*대?\s*[~∼\-]\s*(\d)0\s*대")
_DECADE = re.compile(r"(\d)0\s*대")
_FROM = re.compile(r"(\d{1,3})\s*(?:세\s*이상|세\s*부터|\+)")
_UNTIL = re.compile(r"(\d{1,3})\s*세\s*(?:이하|까지)")


@cache
def _words() -> tuple[tuple[str, tuple[int, int]], ...]:
    content = files("access.inputs").joinpath("audiences.toml").read_text("utf-8")
    told = {word: (ages[0], ages[1]) for word, ages in tomllib.loads(content).items()}
    return tuple(sorted(told.items(), key=lambda item: (-len(item[0]), item[0])))


def read_ages(audience: str) -> tuple[int, int]:
    """Return the youngest and oldest a class is for; anyone where the text does not say.

    Ages told in numbers go before words; of several words the widest span is taken.

    >>> [read_ages(a) for a in ("성인", "만 60세 이상", "초등+청소년", "관내 주민", "7~9세")]
    [(19, 999), (60, 999), (7, 24), (0, 999), (7, 9)]
    >>> [read_ages(a) for a in ("20~40대", "60대 이상", "중고등학생")]
    [(20, 49), (60, 999), (13, 18)]
    """
    text = re.sub(r"\s+", "", audience.casefold())
    if span := _SPAN.search(text):
        return int(span[1]), int(span[2])
    if tens := _DECADES.search(text) or _DECADE.search(text):  # 20~40대, 60대 이상
        first, last = int(tens[1]) * 10, int(tens[tens.re.groups]) * 10 + 9
        return first, OLDEST if "이상" in text[tens.end() :] else last
    low, high = _FROM.search(text), _UNTIL.search(text)
    if low or high:
        return (int(low[1]) if low else 0), (int(high[1]) if high else OLDEST)
    found = []
    for word, ages in _words():
        if word in text:
            found.append(ages)
            text = text.replace(word, " ")
    if not found:
        return ANYONE
    return min(a for a, _ in found), max(b for _, b in found)
