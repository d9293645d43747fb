"""The document `study.toml`: which files make a study and what is asked of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import BaseModel, Field, ValidationError

from access._geo import check_crs
from access.errors import InputError, Lang, Problem
from access.network.modes import Mode, mode
from access.study.keys import (
    PARTS,
    AddressesPart,
    CellsPart,
    CrosswalkPart,
    DistrictsPart,
    MeasuresPart,
    OriginsPart,
    Part,
    PlacesPart,
    ProgrammesPart,
    QuestionPart,
    ReliefPart,
    ResidentsPart,
    StandardPart,
    StreetsPart,
    TableFile,
    TeachersPart,
    ZonesPart,
)
from access.study.question import Question
from access.study.standard import Standard


class Document(Part):
    """The whole of `study.toml`."""

    name: Annotated[str, Field(min_length=1)]
    lang: Lang = "ko"
    as_of: date | None = None
    crs: int | None = None
    synthetic: bool = False
    streets: StreetsPart
    relief: ReliefPart | None = None
    districts: DistrictsPart | None = None
    residents: ResidentsPart | None = None
    crosswalk: CrosswalkPart | None = None
    cells: CellsPart
    addresses: list[AddressesPart] = Field(default_factory=list)
    places: Annotated[list[PlacesPart], Field(min_length=1)]
    programmes: list[ProgrammesPart] = Field(default_factory=list)
    question: Annotated[list[QuestionPart], Field(min_length=1)]
    standard: list[StandardPart] = Field(default_factory=list)
    measures: MeasuresPart | None = None
    zones: ZonesPart | None = None
    teachers: TeachersPart | None = None
    origins: OriginsPart | None = None
    speeds: dict[str, dict[str, dict[str, Any]]] = Field(default_factory=dict)

    def modes(self) -> tuple[Mode, ...]:
        """Return the modes whose parameters `[speeds.MODE.PROFILE]` changes.

        Raises InputError for a mode, profile or parameter that does not exist or cannot be.
        """
        changed, problems = [], []
        for name, profiles in self.speeds.items():
            for profile, changes in profiles.items():
                try:
                    changed.append(mode(name, profile, **changes))
                except InputError as error:
                    key = f"speeds.{name}.{profile}"
                    problems += [_within(p, key) for p in error.problems]
        if problems:
            raise InputError(problems)
        return tuple(changed)

    def questions(self) -> tuple[Question, ...]:
        """Return the questions; raise InputError with the problems of all of them."""
        asked, problems = [], []
        for number, part in enumerate(self.question, start=1):
            fields = part.model_dump()
            try:
                asked.append(Question(**fields | {"minutes": tuple(part.minutes)}))
            except InputError as error:
                problems += [_within(p, f"question[{number}].{p.column}") for p in error.problems]
        if problems:
            raise InputError(problems)
        return tuple(asked)

    def standards(self) -> tuple[Standard, ...]:
        """Return the standards; raise InputError with the problems of all of them."""
        held: list[Standard] = []
        problems = []
        for number, part in enumerate(self.standard, start=1):
            try:
                held += part.standards()
            except InputError as error:
                problems += [_within(p, f"standard[{number}].{p.column}") for p in error.problems]
        if problems:
            raise InputError(problems)
        return tuple(held)

    @property
    def plane(self) -> int | None:
        """The metres to work in, where the document names some that will do."""
        fit = self.crs is not None and check_crs(self.crs, metres=True) is None
        return self.crs if fit else None

    def tables(self) -> Iterable[tuple[str, str]]:
        """Yield the key and file name of every file the document names."""
        if self.streets.file:
            yield "streets.file", self.streets.file
        single = ("relief", "districts", "residents", "crosswalk", "cells", *EXTRAS)
        for key in single:
            part = getattr(self, key)
            if part is not None and part.file:
                yield f"{key}.file", part.file
        for key in ("addresses", "places", "programmes"):
            parts: list[TableFile] = getattr(self, key)
            for number, part in enumerate(parts, start=1):
                yield f"{key}[{number}].file", part.file


FILE = "study.toml"
EXTRAS = ("zones", "teachers", "origins")
"""Parts whose files only the chapters of the report use."""


def read_document(path: Path) -> tuple[Document, list[Problem]]:
    """Read `study.toml`; return it with what is wrong in it, so that its files can be read all
    the same and everything be told at once.

    Unknown keys are problems, answered with the nearest valid one; files it names must exist.
    Raises InputError where it cannot be understood at all.
    """
    try:
        document, problems = _read(path)
    except InputError as error:
        raise InputError(_called(path, error.problems)) from None
    return document, _called(path, problems)


def _called(path: Path, problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with the name of their document; a folder may hold several."""
    return [replace(p, file=path.name) if p.file == FILE else p for p in problems]


def _read(path: Path) -> tuple[Document, list[Problem]]:
    document, problems = _validate(_as_on_disk(_parse(path), path.parent))
    if not document.streets.file and not document.streets.place:
        problems.append(Problem("E623", FILE, column="streets.file"))
    problems += _unmade(document)
    for key, name in document.tables():
        if not is_there(path.parent / name):
            problems.append(_absent(path.parent, key, name))
    for part in (document.questions, document.modes, document.standards):
        try:
            part()
        except InputError as error:
            problems += error.problems
    if document.crs is not None and (code := check_crs(document.crs, metres=True)):
        facts = {"crs": document.crs, "key": "crs"}
        problems.append(Problem(code, FILE, column="crs", value=str(document.crs), facts=facts))
    return document, problems


def _as_on_disk(content: Any, folder: Path) -> Any:
    """Spell the names of files as the disk does.

    Hangul may be written in two ways that look alike, as whole syllables (NFC) or as letters
    (NFD); a file that came over a Mac often has the other one.
    """
    if isinstance(content, list):
        return [_as_on_disk(part, folder) for part in content]
    if not isinstance(content, dict):
        return content
    spelt = {key: _as_on_disk(value, folder) for key, value in content.items()}
    name = spelt.get("file")
    if isinstance(name, str) and not name.isascii() and not is_there(folder / name):
        path, spelling = folder / name, normalize("NFC", Path(name).name)
        with suppress(OSError):  # no such folder, or none that a disk could hold
            alike = [p for p in path.parent.iterdir() if normalize("NFC", p.name) == spelling]
            spelt["file"] = str(alike[0].relative_to(folder)) if alike else name
    return spelt


def _unmade(document: Document) -> list[Problem]:
    """Return what is missing to read cells, or to make them."""
    cells, problems = document.cells, []
    if not cells.file and cells.make != "area":
        problems.append(Problem("E623", FILE, column="cells.file"))
    if cells.make:
        problems += [
            Problem("E266", FILE, column=f"{key}.file", facts={"make": cells.make})
            for key in ("districts", "residents")
            if getattr(document, key) is None
        ]
    return problems


def is_there(path: Path) -> bool:
    """Say whether a file is there; a name that no disk could hold is not."""
    try:
        return path.is_file()
    except OSError:
        return False


def _parse(path: Path) -> dict[str, Any]:
    if path.suffix.lower() != ".toml":
        raise InputError([Problem("E629", str(path))])
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        hidden = is_there(path.with_name(f"{path.name}.txt"))  # what Windows may not show
        raise InputError([Problem("E841" if hidden else "E620", str(path))]) from None
    except OSError as error:
        raise InputError([Problem("E626", str(path), facts={"why": error.strerror})]) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([Problem("E621", FILE)]) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([Problem("E627", FILE, facts={"why": str(error)})]) from None
    if isinstance(content.get("addresses"), dict):  # one table may be written as one
        content["addresses"] = [content["addresses"]]
    return content


def _validate(content: dict[str, Any]) -> tuple[Document, list[Problem]]:
    """Return the document without the keys nobody knows, and those keys as problems."""
    for key in ("places", "programmes", "question"):
        if isinstance(content.get(key), dict):  # [places] for a list of one
            content[key] = [content[key]]
    try:
        return Document.model_validate(content), []
    except ValidationError as error:
        problems = [_explain(detail) for detail in error.errors()]
        unknown = [d["loc"] for d in error.errors() if d["type"] == "extra_forbidden"]
        if len(unknown) < len(problems):
            raise InputError(problems) from None
    for loc in unknown:
        part: Any = content
        for step in loc[:-1]:
            part = part[step]
        del part[loc[-1]]
    return Document.model_validate(content), problems


def _explain(detail: Mapping[str, Any]) -> Problem:
    """Turn one of pydantic's findings into a sentence a planner can act on."""
    loc = tuple(detail["loc"])
    key = _spell(loc)
    kind = detail["type"]
    if kind == "extra_forbidden":
        valid = _valid_keys(loc[:-1])
        close = get_close_matches(str(loc[-1]), valid, n=1, cutoff=0.0)
        facts = {"nearest": close[0] if close else "", "valid": ", ".join(valid)}
        return Problem("E622", FILE, column=key, facts=facts)
    if kind == "missing":
        return Problem("E623", FILE, column=key)
    why = _WANTED.get(kind.partition("_")[0], (detail["msg"], detail["msg"]))
    if kind == "literal_error":
        known = ", ".join(re.findall(r"'(.*?)'", detail["ctx"]["expected"]))
        why = (f"{known} 가운데 하나를 적으세요", f"one of {known} is wanted")
    return Problem("E624", FILE, column=key, value=str(detail["input"]), facts={"why": why})


_WANTED = {
    "string": ("글자를 적으세요", "a text is wanted"),
    "int": ("정수를 적으세요", "a whole number is wanted"),
    "float": ("수를 적으세요", "a number is wanted"),
    "bool": ("true나 false를 적으세요", "true or false is wanted"),
    "date": ("2025-06-30처럼 따옴표 없이 날짜를 적으세요", "a date such as 2025-06-30 is wanted"),
    "list": ("[5, 10]처럼 목록을 적으세요", "a list such as [5, 10] is wanted"),
    "dict": ("[표]의 꼴로 적으세요", "a [table] is wanted"),
    "model": ("[표]의 꼴로 적으세요", "a [table] is wanted"),
    "too": ("하나 이상 적으세요", "at least one is wanted"),
}
"""What is wanted instead, by the first word of the kind of pydantic's finding."""


def _valid_keys(loc: tuple[Any, ...]) -> list[str]:
    """Return the keys a table of the document may have."""
    model: type[BaseModel] = Document
    for step in loc:
        if isinstance(step, str):
            model = PARTS[step]
    return list(model.model_fields)


def _spell(loc: tuple[Any, ...]) -> str:
    """Spell a path as a planner reads it: places[2].kind, counted from 1."""
    text = ""
    for step in loc:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _absent(folder: Path, key: str, name: str) -> Problem:
    beside = sorted(p.name for p in folder.iterdir() if p.is_file())
    close = get_close_matches(name[:200], beside, n=1, cutoff=0.0)
    return Problem(
        "E625", FILE, column=key, value=name, facts={"nearest": close[0] if close else "-"}
    )


def _within(problem: Problem, column: str) -> Problem:
    return Problem(problem.code, FILE, column=column, value=problem.value, facts=problem.facts)
