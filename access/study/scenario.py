"""Scenario: an ordered tuple of edits from a closed list, that makes a new study of another."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from access.errors import InputError, OutputError, Problem
from access.ledger import Entry, Ledger
from access.study.edit import Change, nearest
from access.study.edits import Edit, parse, written
from access.study.study import Planned, Study

_KEYS = ("name", "note", "edit")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an edit stands in its file: which it is, and the line of each of its keys.

    Lines count from 1; that of "" is the line of its head.
    """

    number: int
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a plan changes.

    name   how tables and maps call it
    edits  in the order they are made; each as an edit, or as the mapping a file would hold
    note   why, in the planner's words
    file   where it was read from, and where in it each edit stands: for messages only

    Raises InputError with every edit that cannot be understood.

    >>> plan = Scenario("두 배", [{"do": "scale_people", "factor": 2}])
    >>> plan.id == Scenario("다른 이름", plan.edits, "이름과 메모는 상관없음").id
    True
    """

    name: str
    edits: tuple[Edit, ...] = ()
    note: str = ""
    file: str = field(default="", compare=False, repr=False)
    stands: tuple[Standing, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        edits, problems = [], []
        if not isinstance(self.name, str) or not self.name.strip():
            problems.append(Problem("E631", self.file, column="name", facts={"valid": "name"}))
        for number, given in enumerate(self.edits):
            try:
                edits.append(parse(given))
            except InputError as error:
                problems += [self._placed(p, number) for p in error.problems]
        if problems:
            raise InputError(problems)
        object.__setattr__(self, "edits", tuple(edits))

    @property
    def id(self) -> str:
        """12 hex digits that stand for what it changes, whatever it is called.

        The first of the sha256 of the canonical JSON of its edits: keys sorted, no spaces, UTF-8.
        """
        told = [written(edit) for edit in self.edits]
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @classmethod
    def from_file(cls, path: str | Path, study: Study | None = None) -> Self:
        """Read a scenario from a TOML file: `name`, `note` and any number of `[[edit]]`.

        Raises InputError with everything that is wrong in it, by line; with a `study`, also with
        what stops those edits that can be understood.
        """
        path = Path(path)
        text = _read(path)
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError.of("E691", file=path.name, facts={"why": str(error)}) from None
        problems = [_unknown(path.name, text, key) for key in content if key not in _KEYS]
        name, note = content.get("name", path.stem), content.get("note", "")
        for key, value in (("name", name), ("note", note)):
            if not isinstance(value, str):
                facts = {"why": ("글자를 적으세요", "a text is wanted")}
                problems.append(Problem("E633", path.name, column=key, facts=facts))
        given = content.get("edit", [])
        if not isinstance(given, list):
            facts = {"why": ("[[edit]] 표로 적으세요", "an [[edit]] table is wanted")}
            problems.append(Problem("E633", path.name, column="edit", facts=facts))
            given = []
        blocks = _blocks(text)
        stands = [
            Standing(number, blocks[number - 1] if len(blocks) == len(given) else {})
            for number in range(1, len(given) + 1)
        ]
        edits = []
        for one, stand in zip(given, stands, strict=True):
            try:
                edits.append((parse(one), stand))
            except InputError as error:
                problems += [_placed(p, path.name, stand) for p in error.problems]
        scenario = cls(
            str(name) or path.stem,
            tuple(edit for edit, _ in edits),
            str(note),
            path.name,
            tuple(stand for _, stand in edits),
        )
        if study is not None:
            problems += [p for p in scenario.problems(study) if p.level == "E"]
        if problems:
            raise InputError(sorted(problems, key=lambda p: p.row or 0))
        return scenario

    def problems(self, study: Study) -> list[Problem]:
        """Return all that is wrong with it for a study (E), and all to be looked at (W)."""
        return self._tried(study)[1]

    def apply(self, study: Study) -> Study:
        """Return the study with every edit made, one after the other; `study` stays as it is.

        Everything is checked before anything is given back: raises one InputError with all
        problems. What is to be looked at (W) is added to the ledger of the new study.
        """
        changes, problems = self._tried(study)
        if any(p.level == "E" for p in problems):
            raise InputError(p for p in problems if p.level == "E")
        after = changes[-1].study if changes else study
        before = study.planned or Planned(study, (), ())
        told = (*before.changes, *(change.told for change in changes))
        remarks = Ledger(tuple(Entry(p, "used") for p in problems))
        return replace(
            after,
            ledger=study.ledger + remarks,
            planned=Planned(before.base, (*before.scenarios, self), told),
        )

    def undo(self, study: Study) -> Study:
        """Return the study as it would be had this scenario never been applied to it.

        The scenarios that were applied beside it are applied again to what was there before, so
        the answer holds the same bytes. Raises InputError (E692) where it was not applied.
        """
        applied = () if study.planned is None else study.planned.scenarios
        if study.planned is None or self not in applied:
            names = ", ".join(s.name for s in applied) or "-"
            raise InputError.of("E692", value=self.name, facts={"applied": names})
        last = len(applied) - 1 - applied[::-1].index(self)
        before = study.planned.base
        for scenario in (*applied[:last], *applied[last + 1 :]):
            before = scenario.apply(before)
        return before

    def to_toml(self) -> str:
        """Return it as the text of a file that a person can edit.

        >>> print(Scenario("두 배", [{"do": "scale_people", "factor": 2}]).to_toml())
        name = "두 배"
        <BLANKLINE>
        [[edit]]
        do = "scale_people"
        group = "all"
        factor = 2.0
        <BLANKLINE>
        """
        head = {"name": self.name} | ({"note": self.note} if self.note else {})
        parts = [_lines(head), *(f"[[edit]]\n{_lines(written(edit))}" for edit in self.edits)]
        return "\n".join(parts)

    def save(self, path: str | Path) -> Path:
        """Write it to a file; return the path. Raises OutputError where that cannot be done."""
        path = Path(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.to_toml(), encoding="utf-8", newline="\n")
        except OSError as error:
            why = error.strerror or str(error)
            raise OutputError.of("E823", file=str(path), facts={"why": why}) from None
        return path

    def _tried(self, study: Study) -> tuple[list[Change], list[Problem]]:
        """Make every edit on what the ones before it left; return what they did and all problems.

        An edit that cannot be made is passed over, so that those after it are checked as well.
        """
        changes: list[Change] = []
        problems: list[Problem] = []
        decided: dict[tuple[str, ...], int] = {}
        at = study
        for number, edit in enumerate(self.edits):
            try:
                change = edit.change(at)
            except InputError as error:
                problems += [self._placed(p, number) for p in error.problems]
                continue
            problems += [self._placed(p, number) for p in change.remarks]
            earlier = sorted({decided[key] for key in change.sets if key in decided})
            problems += [self._clash(number, other) for other in earlier]
            decided |= dict.fromkeys(change.sets, number)
            if not earlier and change.study == at:
                problems.append(self._placed(Problem("W639", facts={"what": change.told}), number))
            changes.append(change)
            at = change.study
        if at == study and not any(p.level == "E" for p in problems):
            problems.append(Problem("W690", self.file or self.name))
        return changes, problems

    def _clash(self, number: int, other: int) -> Problem:
        same = self.edits[number] == self.edits[other]
        stand = self.stands[other] if self.stands else Standing(other + 1, {})
        facts = {"other": f"edit[{stand.number}]"}
        return self._placed(Problem("E693" if same else "E638", facts=facts), number)

    def _placed(self, problem: Problem, number: int) -> Problem:
        stand = self.stands[number] if self.stands else Standing(number + 1, {})
        return _placed(problem, self.file or str(self.name), stand)


def _placed(problem: Problem, file: str, stand: Standing) -> Problem:
    """Say of a problem where it is: file, line, and which edit."""
    column = f"edit[{stand.number}]" + (f".{problem.column}" if problem.column else "")
    line = stand.lines.get(problem.column.partition(".")[0], stand.lines.get(""))
    return replace(problem, file=file, row=line, column=column)


def _unknown(file: str, text: str, key: str) -> Problem:
    return Problem("E632", file, _line(text, key), key, facts={"nearest": nearest(key, _KEYS, 1)})


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError.of("E691", file=path.name, facts={"why": "UTF-8"}) from None
    except OSError as error:
        beside = sorted(p.name for p in path.parent.glob("*.toml")) if path.parent.is_dir() else []
        close = get_close_matches(path.name, beside, n=3, cutoff=0.0)
        facts = {"why": error.strerror or str(error), "nearest": ", ".join(close) or "-"}
        raise InputError.of("E694", file=str(path), facts=facts) from None


_HEAD = re.compile(r"(?m)^[ \t]*\[\[[ \t]*edit[ \t]*\]\]")
_PAIR = re.compile(r"[ \t]*([A-Za-z0-9_-]+)[ \t]*[=.]")


def _line(text: str, key: str) -> int | None:
    """Return the line in which a key or a table of the file begins, counted from 1."""
    found = re.search(rf"(?m)^[ \t]*(\[+[ \t]*)?{re.escape(key)}\b", text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def _blocks(text: str) -> tuple[dict[str, int], ...]:
    """Return, for each [[edit]], the line it begins in ("") and that of each of its keys."""
    starts = [text.count("\n", 0, head.start()) for head in _HEAD.finditer(text)]
    lines = text.split("\n")
    blocks = []
    for begin, end in pairwise([*starts, len(lines)]):
        pairs = ((n, _PAIR.match(lines[n])) for n in range(begin + 1, end))
        blocks.append({"": begin + 1} | {pair[1]: n + 1 for n, pair in pairs if pair})
    return tuple(blocks)


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: Any) -> str:
    """Write a value as TOML has it: text as in JSON, but for the one sign TOML forbids there."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(k)} = {_value(v)}' for k, v in value.items())} }}"
    return repr(value)
