"""Tables of addresses with coordinates: the files of juso.go.kr, and any table of one's own.

The files of 주소기반산업지원서비스 are lines separated by `|`, in CP949, without a header:

    위치정보요약DB       18 fields (19 where changes are told), an entrance a line, EPSG:5179
    도로명주소 출입구 정보   19 fields, the first of 26 digits
    도로명주소 한글        24 fields, no coordinates: the lot and the building's name of an address

Source: the layouts that juso.go.kr publishes with each file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from access._geo import KOREA, LONLAT, project, unproject
from access._tables import Kind, Table, read_table, true_kind
from access._tables.filetype import stop
from access.inputs.aliases import aliases
from access.inputs.coordinates import Box, Trial, read_positions
from access.inputs.places import YES
from access.inputs.positions import wider
from access.korea.addresses import Address, clean, parse, province
from access.korea.gazetteer import Entry, Gazetteer
from access.ledger import Findings, Ledger

Layout = Mapping[str, int]
"""Which field of a line holds what, counted from 0."""

_PLACE: Layout = {"시도명": 2, "시군구명": 3, "읍면동명": 4, "리명": 5}
_SUMMARY: Layout = {
    **{"시도명": 3, "시군구명": 4, "읍면동명": 5, "도로명코드": 6, "도로명": 7, "지하여부": 8},
    **{"건물본번": 9, "건물부번": 10, "건물명": 11, "X": 16, "Y": 17},
}
_ENTRANCE: Layout = {
    **_PLACE,
    **{
        "도로명코드": 6,
        "도로명": 7,
        "지하여부": 8,
        "건물본번": 9,
        "건물부번": 10,
        "X": 17,
        "Y": 18,
    },
}
_ADDRESSES: Layout = {
    **_PLACE,
    **{"산여부": 6, "번지": 7, "호": 8, "도로명코드": 9, "도로명": 10, "지하여부": 11},
    **{"건물본번": 12, "건물부번": 13, "건물명": 22},
}
_WIDTHS = {18: _SUMMARY, 19: _SUMMARY}
_MANAGED_WIDTHS = {19: _ENTRANCE, 24: _ADDRESSES}

MANAGED = 26
"""Digits of a 도로명주소관리번호, with which two of the layouts begin."""

Code = tuple[str, str, int, int]
"""도로명코드, 지하여부, 본번, 부번: what names an address in every file of juso.go.kr."""


@dataclass(frozen=True, slots=True)
class Book:
    """One table read: its entries, and the lots and names that await another's coordinates.

    places   code -> where, of a file with coordinates
    waiting  code and the entry it shall give a place, of a file without
    """

    gazetteer: Gazetteer
    places: Mapping[Code, tuple[float, float]]
    waiting: Sequence[tuple[Code, Entry]]
    ledger: Ledger


def read_addresses(
    path: Path | str,
    *,
    crs: int | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    around: Box | None = None,
    trial: Trial | None = None,
) -> Book:
    """Read a table of addresses: a file of juso.go.kr, or one with an address and coordinates.

    crs     EPSG code of the coordinates (default: 5179 for juso.go.kr, else 4326)
    around  where the study's districts lie: entries elsewhere are passed over

    Rows of a list that was filled in by hand count where 확인 says yes (then the coordinate
    proposed is taken) or where a coordinate was entered. Raises InputError with every problem.
    """
    path = Path(path)
    findings = Findings(path.name)
    kind = true_kind(path, findings, (Kind.TEXT, Kind.XLSX))
    if kind is Kind.TEXT and (layout := _layout(path)):
        return _read_juso(path, layout, KOREA if crs is None else crs, encoding, around, findings)
    table = read_table(
        path,
        wanted=aliases("addresses"),
        required=("lon", "lat"),
        encoding=encoding,
        sheet=sheet,
        columns=columns,
        findings=findings,
    )
    return _from_table(table, LONLAT if crs is None else crs, around, trial)


def join(books: Sequence[Book]) -> Gazetteer:
    """Return the entries of several tables; lots and names get the place of their address."""
    whole = Gazetteer()
    places = {code: at for book in books for code, at in book.places.items()}
    for book in books:
        for entry in book.gazetteer.entries:
            whole.add(entry)
        for code, entry in book.waiting:
            if code in places:
                whole.add(replace(entry, lonlat=places[code]))
    return whole


def _from_table(table: Table, crs: int, around: Box | None, trial: Trial | None) -> Book:
    findings = table.findings
    if not any(ours in table for ours in ("address", "lot", "name")):
        header = ", ".join(name for name in table.header if name)
        findings.note("E253", present=header)
    table = _confirmed(table)
    key = "[[addresses]]"
    lonlat, keep = read_positions(table, crs=crs, key=key, around=around, trial=trial)
    ledger = findings.close(table.read)
    found = Gazetteer()
    columns = [table.text(ours) for ours in ("address", "lot") if ours in table] or [
        table.text("address")
    ]
    for i in np.flatnonzero(keep).tolist():
        lon, lat = lonlat[i].tolist()
        for number, cells in enumerate(columns):
            text = clean(cells[i])
            if text or number == 0:
                name = table.text("name")[i]
                file, given_back = findings.file, "confirmed" in table
                found.add(Entry(parse(text), text, name, (lon, lat), file, given_back))
    return Book(found, {}, (), ledger)


def _confirmed(table: Table) -> Table:
    """Return a list given back with the coordinates proposed where the planner said yes to them."""
    if "confirmed" not in table or "suggested_lon" not in table or "suggested_lat" not in table:
        return table
    yes = table.flags("confirmed") == YES
    columns = dict(table.columns)
    for ours in ("lon", "lat"):
        given = table.text(ours)
        proposed = table.text(f"suggested_{ours}")
        columns[table.names[ours]] = np.where(yes & (given == ""), proposed, given)
    return replace(table, columns=columns)


def _layout(path: Path) -> Layout | None:
    """Return the layout of a file of juso.go.kr, None for any other table."""
    with path.open("rb") as file:
        fields = file.readline(10_000).decode("latin-1").rstrip("\r\n").split("|")
    if not fields[0].isdigit():
        return None
    widths = {5: _WIDTHS, MANAGED: _MANAGED_WIDTHS}.get(len(fields[0]), {})
    return widths.get(len(fields))


def _lines(path: Path, encoding: str | None, findings: Findings) -> Iterator[str]:
    """Yield the lines of a file too large to hold, in UTF-8 if all of it is, else in CP949."""
    known = _encoding(path, encoding, findings)
    with path.open(encoding=known) as file:
        yield from file


def _encoding(path: Path, told: str | None, findings: Findings) -> str:
    tried = (told,) if told else ("utf-8-sig", "cp949")
    offset = 0
    for name in tried:
        try:
            with path.open(encoding=name) as file:
                for _ in file:
                    pass
        except LookupError:
            stop(findings, "E132", encoding=name)
        except UnicodeDecodeError as error:
            offset = error.start
        else:
            break
    else:
        stop(findings, "E104", tried=told or "UTF-8, CP949", offset=offset)
    if name == "cp949" and not told:
        findings.note("F101", encoding="CP949")
    return name


def _read_juso(
    path: Path,
    at: Layout,
    crs: int,
    encoding: str | None,
    around: Box | None,
    findings: Findings,
) -> Book:
    """Read a file line by line: that of a province has a million."""
    box = None if around is None else _plane_box(around, crs)
    found, waiting = Gazetteer(), []
    places: dict[Code, tuple[float, float]] = {}
    entries: list[tuple[Entry, Code]] = []
    plane: list[tuple[float, float]] = []
    read = elsewhere = 0
    for row, line in enumerate(_lines(path, encoding, findings), start=1):
        fields = line.rstrip("\r\n").split("|")
        if fields == [""]:
            continue
        read += 1
        try:
            if len(fields) <= max(at.values()):
                raise ValueError
            if "X" in at:
                x, y = float(fields[at["X"]]), float(fields[at["Y"]])
                if not (math.isfinite(x) and math.isfinite(y)):
                    raise ValueError
                if box is not None and not (box[0] <= x <= box[2] and box[1] <= y <= box[3]):
                    elsewhere += 1
                    continue
            code, address, name = _address(fields, at)
            if "X" not in at:
                waiting += [(code, entry) for entry in _lots(fields, at, address, name, path.name)]
                continue
        except ValueError:
            findings.note("W254", row=row, value=line.strip()[:60], action="excluded")
            continue
        plane.append((x, y))
        entries.append((Entry(address, str(address), name, (0.0, 0.0), path.name), code))
    findings.pass_over("F255", elsewhere)
    lonlat = unproject(np.array(plane).reshape(-1, 2), crs).tolist()
    for (entry, code), (lon, lat) in zip(entries, lonlat, strict=True):
        found.add(replace(entry, lonlat=(lon, lat)))
        places.setdefault(code, (lon, lat))
    return Book(found, places, waiting, findings.close(read))


def _plane_box(around: Box, crs: int) -> list[float]:
    west, south, east, north = wider(around).tolist()
    corners = np.array([[west, south], [west, north], [east, south], [east, north]])
    plane = project(corners, crs)
    return [*plane.min(axis=0).tolist(), *plane.max(axis=0).tolist()]


def _address(fields: Sequence[str], at: Layout) -> tuple[Code, Address, str]:
    """Return the code, address and building of a line. Raises ValueError for what is no number."""
    main, sub = int(fields[at["건물본번"]]), int(fields[at["건물부번"]] or 0)
    under = fields[at["지하여부"]].strip()
    code = fields[at["도로명코드"]].strip(), under, main, sub
    town = fields[at["읍면동명"]].strip()
    town = town if town.endswith(("읍", "면")) else ""
    where = province(fields[at["시도명"]].strip())
    city = fields[at["시군구명"]].strip() or where
    road = fields[at["도로명"]].replace(" ", "")
    building = fields[at["건물명"]].strip() if "건물명" in at else ""
    return code, Address(where, city, town, road, under == "1", main, sub), building


def _lots(
    fields: Sequence[str], at: Layout, address: Address, name: str, file: str
) -> Iterator[Entry]:
    """Yield the lot of an address, and the address itself with its building's name."""
    nowhere = (0.0, 0.0)
    main, sub = int(fields[at["번지"]] or 0), int(fields[at["호"]] or 0)
    town = " ".join(fields[at[part]].strip() for part in ("읍면동명", "리명")).strip()
    hill = fields[at["산여부"]].strip() == "1"
    if main and town:
        lot = Address(address.province, address.city, town, "", hill, main, sub)
        yield Entry(lot, str(lot), name, nowhere, file)
    if name:
        yield Entry(address, str(address), name, nowhere, file)
