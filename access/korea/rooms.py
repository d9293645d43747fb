"""Which public facilities are rooms where a class could be held; the rules are `rooms.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from access._tables import Table, fold


@dataclass(frozen=True, slots=True)
class Rule:
    """What the words of a name say a facility is, and whether that is a room."""

    code: str
    ko: str
    en: str
    room: bool
    words: tuple[str, ...]
    anywhere: bool = False


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules in the order in which they are tried."""
    told = tomllib.loads(files("access.korea").joinpath("rooms.toml").read_text("utf-8"))["rule"]
    return tuple(Rule(**part | {"words": tuple(part["words"])}) for part in told)


def sort_room(*texts: str) -> tuple[Rule | None, str]:
    """Return the rule that tells what a facility is, and its word; None where no rule does.

    `texts` are its name, its kind and its site; a name decides before a kind, a kind before a site.

    >>> rule, word = sort_room("삼죽면 체육관 회의실", "체육관")
    >>> rule.room, word
    (True, '회의실')
    >>> [sort_room(n)[0].ko for n in ("면사무소 주차장", "솔뫼경로당", "고삼면 테니스코트")]
    ['주차장', '마을회관·경로당', '체육시설']
    >>> sort_room("본관 2층", "기타")
    (None, '')
    """
    first = [rule for rule in rules() if rule.anywhere]
    rest = [rule for rule in rules() if not rule.anywhere]
    for text, tried in [*((t, first) for t in texts), *((t, rest) for t in texts)]:
        plain = fold(text)
        for rule in tried:
            for word in rule.words:
                if word in plain:
                    return rule, word
    return None, ""


def sort_rooms(table: Table) -> npt.NDArray[np.bool_]:
    """Return which rows of a table are rooms, and note for each which rule says so.

    Rows that no rule knows stay, and are listed (W457).
    """
    columns: Iterable[Any] = zip(
        table.text("name"), table.text("category"), table.text("site"), strict=True
    )
    keep = np.ones(len(table), dtype=bool)
    for i, texts in enumerate(columns):
        rule, word = sort_room(*texts)
        if rule is None:
            table.note("W457", "name", [i])
            continue
        told = {"rule": (rule.ko, rule.en), "word": word}
        if rule.room:
            table.note("F455", "name", [i], action="used", **told)
        else:
            table.note("F456", "name", [i], action="excluded", **told)
            keep[i] = False
    return keep
