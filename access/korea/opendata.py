"""The national standard tables: which one a file is, and what each asks of its reader.

Sources: 공공데이터 제공표준 (도서관 15013109, 공공시설개방정보 15013117, 평생학습강좌 15013110,
초중등학교위치 15021148) and lists as cities publish them; the headers are data, `opendata.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from access._tables import Table, find_column, fold, number, read_table
from access.errors import InputError, Problem
from access.inputs import places as _places
from access.inputs import programmes as _programmes
from access.inputs.aliases import aliases, persons
from access.inputs.places import Places
from access.inputs.programmes import Programmes
from access.korea.fields import classify_all
from access.korea.rooms import sort_rooms
from access.ledger import Findings

Bits = npt.NDArray[np.bool_]
T = TypeVar("T")

AS_IT_IS = "table"
"""The format of a table that is read as it is, whatever it is."""
MOST = 0.5
"""The share of rows, or of names that must hold a word where headers alone do not tell a table."""


@dataclass(frozen=True, slots=True)
class Standard:
    """A table that is known by its headers; the fields are those of `opendata.toml`."""

    code: str
    ko: str
    en: str
    part: str
    least: int
    marks: tuple[tuple[str, ...], ...]
    sort: str = ""
    status: str = ""
    open: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    pattern: str = ""

    def likeness(self, header: Sequence[str], names: Sequence[str]) -> float:
        """Return the share of its marks that a table has, 0.0 where that is not enough."""
        found = sum(find_column(header, mark) is not None for mark in self.marks)
        if found < self.least or find_column(header, self.without) is not None:
            return 0.0
        if self.pattern and not any(re.search(self.pattern, name) for name in header):
            return 0.0
        if self.named:
            held = sum(any(word in name for word in self.named) for name in names)
            if held <= MOST * len(names):
                return 0.0
        return found / len(self.marks)


@cache
def standards() -> Mapping[str, Standard]:
    """Return the tables that are known, by their code.

    >>> standards()["rooms"].ko
    '전국공공시설개방정보표준데이터'
    """
    told = tomllib.loads(files("access.korea").joinpath("opendata.toml").read_text("utf-8"))
    lists = ("open", "named", "without")
    return {
        code: Standard(
            code,
            **part
            | {"marks": tuple(tuple(mark) for mark in part["marks"])}
            | {key: tuple(part[key]) for key in lists if key in part},
        )
        for code, part in told.items()
    }


def recognise(header: Sequence[str], names: Sequence[str] = ()) -> Standard | None:
    """Return which table has this header, None where it is none that is known.

    `names` are the names of its rows, for lists that only these tell.

    >>> recognise(["도서관명", "도서관유형", "휴관일", "열람좌석수", "위도"]).code
    'libraries'
    >>> recognise(["연번", "시설명", "주소"], ["솔뫼경로당", "한내마을회관"]).code
    'seniors'
    >>> recognise(["이름", "위도", "경도"]) is None
    True
    """
    scored = [(s.likeness(header, names), s) for s in standards().values()]
    best, found = max(scored, key=lambda pair: pair[0])
    return found if best > 0 else None


def identify(
    path: Path | str, *, encoding: str | None = None, sheet: str | None = None
) -> Standard | None:
    """Return which table a file is by its headers; raises InputError where it is no table."""
    path = Path(path)
    marks = {f"{s.code} {i}": mark for s in standards().values() for i, mark in enumerate(s.marks)}
    table = read_table(
        path,
        wanted=marks | {"name": aliases("places")["name"]},
        encoding=encoding,
        sheet=sheet,
        persons=persons(),
        findings=Findings(path.name),
    )
    return recognise(table.header, table.text("name").tolist())


def read_places(
    path: Path | str, *, format: str | None = None, city: str = "", **how: Any
) -> Places:
    """Read places from a table, with what its standard asks for.

    format  which table it should be ("libraries", or 전국도서관표준데이터; see `standards`);
            "table" reads any as it is. Without it the table is recognised by its headers.
    city    of a national table only the rows whose address names this city are wanted

    Of public rooms and lists of halls only rooms where a class could be held stay (`rooms`), of
    schools those in use, of municipal property what has a building; each row left out says why.
    `how` are the options of `access.inputs.places.read_places`. Raises InputError with every
    problem of the file; E445 where it is another table than the study says.
    """
    wanted = _wanted(path, format, "places")
    fit = partial(_fit, wanted=wanted, city=city) if format != AS_IT_IS else None
    return _explained(lambda: _places.read_places(path, fit=fit, **how), path, "places", how)


def read_programmes(path: Path | str, *, format: str | None = None, **how: Any) -> Programmes:
    """Read classes from a table and find the field of each (`access.korea.fields`).

    `format` and `how` are as for `read_places` and `access.inputs.programmes.read_programmes`.
    """
    _wanted(path, format, "programmes")
    how = {"classify": classify_all} | how
    return _explained(lambda: _programmes.read_programmes(path, **how), path, "programmes", how)


def _wanted(path: Path | str, format: str | None, part: str) -> Standard | None:
    """Return the table a format names; raise E448 for a format that is none."""
    if format in (None, AS_IT_IS):
        return None
    for standard in standards().values():
        if standard.part == part and fold(str(format)) in (standard.code, fold(standard.ko)):
            return standard
    valid = [s.code for s in standards().values() if s.part == part]
    facts = {"valid": ", ".join([*valid, AS_IT_IS])}
    raise InputError.of("E448", file=Path(path).name, value=format, facts=facts)


def _fit(table: Table, wanted: Standard | None, city: str) -> tuple[Table, Bits]:
    """Return a table with its addresses whole, and which rows stay by what its standard says."""
    found = recognise(table.header, table.text("name").tolist())
    if wanted is not None and found != wanted:
        told = (found.ko, found.en) if found else ("알려진 표준이 아닌 표", "no known standard")
        table.findings.note("E445", found=told, wanted=(wanted.ko, wanted.en))
        raise InputError(table.findings.errors)
    if found is None:
        return table, np.ones(len(table), dtype=bool)
    if found.sort == "built":
        table = _whole_addresses(table)
    keep = _of_city(table, city)
    ours = table.keep(keep)
    if found.sort == "rooms":
        keep[keep] = sort_rooms(ours)
    elif found.sort == "open":
        keep[keep] = _in_use(ours, found)
    elif found.sort == "built":
        keep[keep] = _built(ours)
    return table, keep


def _of_city(table: Table, city: str) -> Bits:
    """Return which rows of a national table are of the study's city, by their addresses.

    The others are passed over together (F842). A table of which less than half is of elsewhere is
    no national one: its rows are judged one by one, by where they lie.
    """
    said = [c for c in table.header if "주소" in c or c in ("시군구명", "제공기관명")]
    cells = zip(*(table.columns[c] for c in said), strict=True)
    told = [" ".join(row).strip() for row in cells]
    ours = np.array([all(word in text for word in city.split()) for text in told], dtype=bool)
    others = ~ours & np.array([bool(text) for text in told], dtype=bool)
    if not city or not ours.any() or others.sum() <= MOST * len(table):
        return np.ones(len(table), dtype=bool)
    table.findings.pass_over("F842", int(others.sum()), city=city)
    return np.asarray(~others, dtype=bool)


def _in_use(table: Table, standard: Standard) -> Bits:
    column = find_column(table.header, [standard.status])
    if column is None:
        return np.ones(len(table), dtype=bool)
    keep = np.array([not c or c in standard.open for c in table.columns[column]], dtype=bool)
    for i in np.flatnonzero(~keep):
        state = table.columns[column][i]
        table.note("F458", "name", [int(i)], action="excluded", state=state)
    return keep


def _whole_addresses(table: Table) -> Table:
    """Return a list of property with 소재지, 번지 and 호 put together: 가람리 123-4."""
    column = find_column(table.header, ["소재지"])
    number_, branch = (find_column(table.header, [name]) for name in ("번지", "호"))
    if column is None or number_ is None:
        return table
    parts = [table.columns[column], table.columns[number_]]
    parts.append(table.text("") if branch is None else table.columns[branch])
    whole = [
        f"{place} {lot}{f'-{part}' if part not in ('', '0') else ''}" if lot else place
        for place, lot, part in zip(*parts, strict=True)
    ]
    return replace(table, columns={**table.columns, column: np.array(whole, dtype=object)})


def _built(table: Table) -> Bits:
    """Return which rows of a list of property have a building."""
    columns = [
        table.columns[c]
        for name in ("연면적", "건축면적", "건물면적", "건물연면적")
        if (c := find_column(table.header, [name])) is not None
    ]
    if not columns:
        return np.ones(len(table), dtype=bool)
    areas = np.array([[number(cell)[0] for cell in column] for column in columns])
    keep = np.nan_to_num(areas).max(axis=0) > 0
    table.note("F459", "name", np.flatnonzero(~keep), action="excluded")
    return np.asarray(keep, dtype=bool)


_NO_COLUMN = frozenset({"E112", "E444"})


def _explained(read: Callable[[], T], path: Path | str, part: str, how: Mapping[str, Any]) -> T:
    """Read; where columns are missing because it is another table, say which one it is."""
    try:
        return read()
    except InputError as error:
        if not any(p.code in _NO_COLUMN for p in error.problems):
            raise
        found = identify(path, encoding=how.get("encoding"), sheet=how.get("sheet"))
        if found is None:
            raise
        others = [p for p in error.problems if p.code not in _NO_COLUMN]
        told = (found.ko, found.en)
        if found.part != part:
            goes = _GOES[found.part]
            facts = {"found": told, "part": part, "goes": goes}
            raise InputError([Problem("E460", Path(path).name, facts=facts), *others]) from None
        missing = {p.facts.get("ours") for p in error.problems}
        if missing <= {"lon", "lat"}:
            problem = Problem("E461", Path(path).name, facts={"found": told})
            raise InputError([problem, *others]) from None
        raise


_GOES = {
    "places": ("[[places]]에 적으세요.", "Name it under [[places]]."),
    "programmes": ("[[programmes]]에 적으세요.", "Name it under [[programmes]]."),
    "residents": ("[residents]에 적으세요.", "Name it under [residents]."),
    "": ("이 프로그램이 쓰지 않는 표입니다.", "This program has no use for it."),
}
