"""dBase tables (.dbf), alone or beside a shapefile, as rows of text.

A .dbf rarely says its encoding truthfully. A .cpg file beside it does; without one the cells
decide: UTF-8 if all of them are, else CP949. Columns have a width in bytes, so that the last
Korean letter of a full cell may be cut in half: such a letter is dropped and the cell listed.

Source: dBase III+ file structure; ESRI Shapefile Technical Description (1998), the .dbf part.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from access._tables.delimited import MOST_COLUMNS, MOST_ROWS, Grid, known_encoding
from access._tables.filetype import stop
from access.ledger import Findings

_DELETED = 0x2A
_CUT = ("unexpected end of data", "incomplete multibyte sequence")


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name as bytes, its type (C, N, F, D, L, M) and where it lies in a record."""

    name: bytes
    type: str
    start: int
    end: int


def read_dbf(path: Path, encoding: str | None, findings: Findings) -> Grid:
    """Return the rows of a .dbf file as text, its field names first."""
    raw = path.read_bytes()
    fields = fields_of(raw)
    rows, start, width = struct.unpack("<IHH", raw[4:12])
    if not fields or fields[-1].end > width or len(raw) < start + rows * width:
        stop(findings, "E423", size=len(raw))
    if rows > MOST_ROWS:
        stop(findings, "E121", what="rows", found=rows, most=MOST_ROWS)
    if len(fields) > MOST_COLUMNS:
        stop(findings, "E121", what="columns", found=len(fields), most=MOST_COLUMNS)
    if encoding is None:
        encoding = beside(path) or by_evidence(raw, findings)
    named = known_encoding(encoding, findings)
    try:
        names = [_decoded(field.name, named, full=len(field.name) >= 10)[0] for field in fields]
    except UnicodeError:
        stop(findings, "E104", row=1, tried=encoding, offset=32)
    for name, field in zip(names, fields, strict=True):
        if field.type == "M":
            findings.note("W154", column=name)
    grid: Grid = [names]
    deleted = 0
    for at in range(start, start + rows * width, width):
        if raw[at] == _DELETED:
            deleted += 1
            grid.append([])  # keeps its number, so that the others keep theirs
        else:
            record = raw[at : at + width]
            grid.append(_record(record, fields, names, named, len(grid) + 1, findings))
    if deleted:
        findings.note("W151", count=deleted)
    return grid


def fields_of(raw: bytes) -> list[Field]:
    """Return the columns a .dbf file describes; none where its head is damaged."""
    fields: list[Field] = []
    start = 1  # after the flag of deletion
    for at in range(32, min(len(raw), int.from_bytes(raw[8:10], "little")), 32):
        if raw[at] == 0x0D or len(raw) < at + 32:
            break
        end = start + raw[at + 16]
        name = raw[at : at + 11].split(b"\0")[0].strip()
        fields.append(Field(name, chr(raw[at + 11]), start, end))
        start = end
    return fields


def beside(path: Path) -> str | None:
    """Return the encoding that a .cpg file beside a table names, None without a usable one."""
    import codecs

    for suffix in (".cpg", ".CPG", ".cst"):
        try:
            said = path.with_suffix(suffix).read_text("ascii", "replace").strip().casefold()
        except OSError:
            continue
        said = said.removeprefix("ansi").removeprefix("ms").removeprefix("windows-").strip(" _-")
        said = {"949": "cp949", "65001": "utf-8", "utf8": "utf-8"}.get(said, said)
        said = f"cp{said}" if said.isdigit() else said
        try:
            codecs.lookup(said)
        except (LookupError, ValueError):
            continue
        return said
    return None


def by_evidence(raw: bytes, findings: Findings) -> str:
    """Return the encoding all cells of a table can be read in, UTF-8 before CP949; E104 stops.

    It is told with the number of cells that hold more than ASCII, and how many of them the other
    encoding would break.
    """
    failed = {"utf-8": 0, "cp949": 0}
    count = 0
    for cell, full in _wide(raw):
        count += 1
        for encoding in failed:
            try:
                _decoded(cell, encoding, full)
            except UnicodeDecodeError:
                failed[encoding] += 1
    for encoding, other in (("utf-8", "cp949"), ("cp949", "utf-8")):
        if not failed[encoding]:
            if count:
                facts: dict[str, Any] = {"count": f"{count:,}", "failed": f"{failed[other]:,}"}
                named = {"encoding": encoding.upper(), "other": other.upper()}
                findings.note("F150", **facts | named)
            break
    else:
        stop(findings, "E104", tried="UTF-8, CP949", offset=int.from_bytes(raw[8:10], "little"))
    return encoding


def _wide(raw: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield the names and cells that hold more than ASCII, and whether they fill their width."""
    fields = fields_of(raw)
    for field in fields:
        if not field.name.isascii():
            yield field.name, len(field.name) >= 10
    texts = [f for f in fields if f.type == "C"]
    rows, start, width = struct.unpack("<IHH", raw[4:12].ljust(8, b"\0"))
    stop_at = min(len(raw), start + rows * width)
    for at in range(start, stop_at, max(1, width)):
        if raw[at] == _DELETED or raw[at : at + width].isascii():
            continue
        for field in texts:
            cell = raw[at + field.start : at + field.end]
            if not cell.isascii():
                yield cell.rstrip(b" \0"), cell[-1:] not in b" \0"


def _decoded(cell: bytes, encoding: str, full: bool) -> tuple[str, bool]:
    """Return a cell as text, and whether its last letter was cut off by the column's width."""
    try:
        return cell.decode(encoding), False
    except UnicodeDecodeError as error:
        if full and error.reason in _CUT and error.end == len(cell):
            return cell[: error.start].decode(encoding), True
        raise


def _record(
    record: bytes,
    fields: list[Field],
    names: list[str],
    encoding: str,
    row: int,
    findings: Findings,
) -> list[str]:
    cells = []
    for field, name in zip(fields, names, strict=True):
        cell = record[field.start : field.end]
        try:
            text, cut = _decoded(cell.rstrip(b" \0"), encoding, cell[-1:] not in b" \0")
        except UnicodeError:
            stop(findings, "E104", row=row, column=name, tried=encoding, offset=field.start)
        if cut:
            findings.note("W152", row=row, column=name, value=text)
        cells.append(_text(text.strip(), field.type))
    return cells


def _text(cell: str, kind: str) -> str:
    if kind in "NF" and "." in cell and "e" not in cell.casefold():
        return cell.rstrip("0").rstrip(".")  # a code kept as a number with decimals
    if kind in "NF" and cell.strip("*") == "":
        return ""  # asterisks: the number was too wide for its column
    if kind == "D" and len(cell) == 8 and cell.isdigit():
        return f"{cell[:4]}-{cell[4:6]}-{cell[6:]}"
    if kind == "L":
        return cell.replace("?", "")
    return "" if kind == "M" else cell
