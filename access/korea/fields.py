"""The seven fields of lifelong education, and the field of a class by the words of its title.

Source: 평생교육법 제2조 (as amended 2023-06-13); the words are ours and stand in `fields.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

UNCLASSIFIED = ""
UNCLASSIFIED_KO = "미분류"
_SURE = 100
"""What a word that decides against all others weighs, in letters."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of lifelong education: its code, its names, and its code in the scheme of six."""

    code: str
    ko: str
    en: str
    six: str
    names: tuple[str, ...]
    sure: tuple[str, ...]
    words: tuple[str, ...]


@cache
def fields() -> Mapping[str, Field]:
    """Return the seven fields by their code, in the order of the law.

    >>> [field.ko for field in fields().values()]
    ['기초문해', '학력보완', '직업능력', '진로개발역량', '문화예술', '인문교양', '시민참여']
    """
    told = tomllib.loads(files("access.korea").joinpath("fields.toml").read_text("utf-8"))
    found = {}
    for part in told.values():
        lists = {key: tuple(part[key]) for key in ("names", "sure", "words")}
        found[part["code"]] = Field(**part | lists)
    return found


def field_name(code: str) -> str:
    """Return the Korean name of a field, 미분류 for none.

    >>> field_name("arts"), field_name("")
    ('문화예술', '미분류')
    """
    return fields()[code].ko if code in fields() else UNCLASSIFIED_KO


def fold_to_six(codes: Iterable[str]) -> npt.NDArray[np.str_]:
    """Return codes in the older scheme of six: 진로개발역량 is 직업능력 there.

    >>> fold_to_six(["career", "arts", ""]).tolist()
    ['vocational', 'arts', '']
    """
    return np.array([fields()[c].six if c in fields() else UNCLASSIFIED for c in codes], dtype=str)


def classify(title: str, content: str = "", given: str = "") -> tuple[str, str]:
    """Return the code of the field of a class, "" where no word tells it, and what told it.

    `given` is the field as the file names it, which is taken where it is one of the seven; then
    the title is looked at, and where it says nothing the content.

    >>> classify("생활도예 기초반"), classify("바리스타 2급 자격증")
    (('arts', '도예'), ('vocational', '자격증'))
    >>> classify("하반기 3기"), classify("목요 모임", given="인문교양교육")
    (('', ''), ('humanities', '인문교양교육'))
    """
    named = _plain(given).replace(" ", "")
    for field in fields().values():
        if named and (named == field.code or any(name in named for name in field.names)):
            return field.code, given
    for text in (title, content):
        code, word = _told(_plain(text))
        if code:
            return code, word
    return UNCLASSIFIED, ""


def classify_all(titles: Any, contents: Any, given: Any) -> tuple[Any, Any]:
    """Return the codes of many classes and what told them (see `classify`)."""
    found = [classify(t, c, g) for t, c, g in zip(titles, contents, given, strict=True)]
    codes, words = ([pair[k] for pair in found] for k in (0, 1))
    return np.array(codes, dtype=object), np.array(words, dtype=object)


def _told(text: str) -> tuple[str, str]:
    """Return the field whose words fill most of a text, and the surest or longest of them.

    Words of two letters must stand within one word of the text, longer ones may span several; a
    word within a longer one that is there does not count.
    """
    joined = text.replace(" ", "")
    found = [w for w in _lexicon() if w in (text if len(w) < 3 else joined)]
    weight: dict[str, int] = {}
    surest: dict[str, tuple[int, str]] = {}
    for word in found:
        if any(word in other for other in found if other != word):
            continue
        code, sure = _lexicon()[word]
        value = len(word) + (_SURE if sure else 0)
        weight[code] = weight.get(code, 0) + value
        surest[code] = max(surest.get(code, (0, "")), (value, word))
    if not weight:
        return UNCLASSIFIED, ""
    best = max(fields(), key=lambda code: weight.get(code, 0))  # of equals the first in the law
    return best, surest[best][1]


@cache
def _lexicon() -> Mapping[str, tuple[str, bool]]:
    """Return word -> the code of its field, and whether it decides."""
    told: dict[str, tuple[str, bool]] = {}
    for field in fields().values():
        for word in field.words:
            told.setdefault(word, (field.code, False))
        for word in field.sure:
            told[word] = (field.code, True)
    return told


def _plain(text: str) -> str:
    """Return a text without case, width and marks, its words apart by single spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[^\w\s]+|_", " ", plain).split())
