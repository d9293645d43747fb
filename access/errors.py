"""Everything that can go wrong, as a tree.

    AccessError              any error this package raises on purpose; has a .code
    ├── InputError           files, study or question cannot be used; lists every problem
    ├── DownloadError        the internet could not be reached, or answered with less than a map
    ├── CapacityError        the work would not fit; says what would
    └── OutputError          the results could not be written

    AccessWarning            what went otherwise than it should and changes no answer

Codes and their wording stand in `codes.toml`. A code begins with its severity:
E stops, W goes on and is listed, F was repaired and is listed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal, Self

Lang = Literal["ko", "en"]
SHOWN = 10
"""How many problems of one kind a message prints before it only counts them."""

_LEVEL = {
    "ko": {"E": "오류", "W": "주의", "F": "고침"},
    "en": {"E": "Error", "W": "Warning", "F": "Repaired"},
}


@cache
def codes() -> Mapping[str, Mapping[str, str]]:
    """Return the code table: code -> {ko, en, and optionally fix_ko, fix_en}."""
    return tomllib.loads(files("access").joinpath("codes.toml").read_text("utf-8"))


def shorten(value: object, width: int = 60) -> str:
    """Return a value as one short line: control characters escaped, the rest cut.

    >>> shorten("a\\nb")
    'a\\\\nb'
    """
    text = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(value)
    )
    return text if len(text) <= width else text[: width - 1] + "…"


_EITHER = {
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "와(과)": ("과", "와"),
    "(이)라고": ("이라고", "라고"),
    "(으)로": ("으로", "로"),
}
_PARTICLE = re.compile(rf"([가-힣0-9])(['\"’”]?)({'|'.join(map(re.escape, _EITHER))})")
_DIGITS = "영일이삼사오육칠팔구"
_RIEUL = 8


def with_particles(text: str) -> str:
    """Return Korean text with the particle that the word before asks for: 목(으)로 is 목으로.

    After Latin letters, whose reading is anybody's, both stay.

    >>> with_particles("'목'(으)로, CP949(으)로, 99150(으)로, 만정리을(를), '일'(으)로, x이(가)")
    "'목'으로, CP949로, 99150으로, 만정리를, '일'로, x이(가)"
    >>> with_particles("5179와(과) 5186와(과), 5186(이)라고")
    '5179와 5186과, 5186이라고'
    """

    def chosen(found: re.Match[str]) -> str:
        last = _DIGITS[int(found[1])] if found[1].isdigit() else found[1]
        final = (ord(last) - ord("가")) % 28
        closed = final not in (0, _RIEUL) if found[3] == "(으)로" else final != 0
        return found[1] + found[2] + _EITHER[found[3]][0 if closed else 1]

    return _PARTICLE.sub(chosen, text)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing found in one place of one input.

    `row` is the row as Excel shows it (the header is row 1); `facts` fill the wording, a pair
    being a fact in Korean and in English.
    """

    code: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str | None = None
    sheet: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in codes():
            raise KeyError(f"no code {self.code} in codes.toml")

    @property
    def level(self) -> str:
        """E, W or F."""
        return self.code[0]

    def reason(self, lang: Lang = "ko") -> str:
        """Return what is wrong and what to do, without the place."""
        entry = codes()[self.code]
        spoken = 0 if lang == "ko" else 1
        facts = {
            key: shorten(fact[spoken] if isinstance(fact, tuple) else fact, 200)
            for key, fact in self.facts.items()
        }
        text = entry[lang].format(**facts)
        fix = entry.get(f"fix_{lang}", "").format(**facts)
        said = f"{text} {fix}".strip()
        return with_particles(said) if lang == "ko" else said

    def place(self, lang: Lang = "ko") -> str:
        """Return where it is: file, sheet, row, column and value."""
        parts = [self.file]
        if self.sheet:
            parts.append(f"[{self.sheet}]")
        if self.row is not None:
            parts.append(f"{self.row}행" if lang == "ko" else f"row {self.row}")
        if self.column:
            parts.append(f"'{shorten(self.column)}'")
        if self.value is not None:
            parts.append(
                f"값 '{shorten(self.value)}'" if lang == "ko" else f"value '{shorten(self.value)}'"
            )
        return " ".join(p for p in parts if p)

    def text(self, lang: Lang = "ko") -> str:
        """Return the whole sentence: level, code, place, reason, next step."""
        where = self.place(lang)
        level = _LEVEL[lang][self.level]
        return f"{level} {self.code}: {where + ': ' if where else ''}{self.reason(lang)}"


def listing(problems: Iterable[Problem], lang: Lang = "ko") -> str:
    """Return problems as lines, the first ten of each code and file and then how many more."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.code, problem.file), []).append(problem)
    lines = []
    for (code, file), members in groups.items():
        lines += [p.text(lang) for p in members[:SHOWN]]
        more = len(members) - SHOWN
        if more > 0:
            lines.append(
                f"  … {file} {code}: 같은 문제 {more}건 더 (모두 {len(members)}건)"
                if lang == "ko"
                else f"  … {file} {code}: {more} more of the same ({len(members)} in all)"
            )
    return "\n".join(lines)


class AccessError(Exception):
    """Any error this package raises on purpose.

    >>> AccessError.of("E600", value="walkk", facts={"nearest": "walk", "key": "mode"}).code
    'E600'
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(listing(self.problems, "ko"))

    @classmethod
    def of(cls, code: str, **where: Any) -> Self:
        """Make the error of a single problem."""
        return cls([Problem(code, **where)])

    @property
    def code(self) -> str:
        """The code of the first problem."""
        return self.problems[0].code

    def text(self, lang: Lang = "ko") -> str:
        """Return every problem, a line each."""
        return listing(self.problems, lang)


class InputError(AccessError):
    """Files, study or question cannot be used as they are."""


class DownloadError(AccessError):
    """The internet could not be reached, or answered with less than a map."""


class CapacityError(AccessError):
    """The work would not fit this machine."""


class OutputError(AccessError):
    """The results could not be written."""


class AccessWarning(UserWarning):
    """Something about this machine that a planner should know, and that changes no answer.

    What concerns the inputs is no such warning but stands in the ledger, and so in the report.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.text("ko"))
