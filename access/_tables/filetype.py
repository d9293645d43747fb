"""What a file truly is, by its first bytes and its members, whatever it is called."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

from access.errors import InputError
from access.ledger import Findings

BOMS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

MOST_BYTES = 300_000_000
MOST_UNPACKED = 600_000_000
MOST_MEMBERS = 5_000
MOST_RATIO = 250
"""A member that unpacks to more than this many times its size, and to over 20 MB, is a bomb."""
_SMALL = 20_000_000
_CHUNK = 1 << 20


class Kind(StrEnum):
    """The kinds of file the readers tell apart."""

    TEXT = "text"
    XLSX = "xlsx"
    JSON = "json"
    SQLITE = "sqlite"  # GeoPackage
    SHAPEFILE = "shapefile"
    DBF = "dbf"


_MAGIC = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"PAR1", "Parquet"),
    (b"HWP Document", "HWP"),
)
_DBF = (0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5)
_HTML = re.compile(rb"<(!doctype html|html|head|body|table|script)\b", re.IGNORECASE)
_JSON = re.compile(rb"\{\s*[\"}]|\[\s*[\[{\"]")


def true_kind(path: Path, findings: Findings, expected: tuple[Kind, ...]) -> Kind:
    """Return what `path` is; raise InputError if that is none of `expected`, naming what it is.

    Missing, empty, oversized, truncated, protected and bloated files, web pages and Git LFS
    pointers are each told apart. A kind that is not what the file's name says is noted.
    """
    size = size_of(path, findings)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        stop(findings, "E428", why=error.strerror or str(error))
    found = _by_magic(path, start, size, findings)
    if not isinstance(found, Kind):
        stop(findings, "E424", kind=found, size=size, expected=_wanted(expected))
    if found not in expected:
        stop(findings, "E424", kind=_PLAIN[found], size=size, expected=_wanted(expected))
    if path.suffix.lower() not in _SUFFIXES[found]:
        findings.note("F431", suffix=path.suffix or "-", kind=_PLAIN[found])
    return found


def stop(findings: Findings, code: str, **facts: Any) -> NoReturn:
    """Note an error after which the file cannot be read at all, and raise with all so far."""
    findings.note(code, **facts)
    raise InputError(findings.errors)


_SUFFIXES = {
    Kind.TEXT: (".csv", ".tsv", ".txt"),
    Kind.XLSX: (".xlsx", ".xlsm"),
    Kind.JSON: (".geojson", ".json"),
    Kind.SQLITE: (".gpkg",),
    Kind.SHAPEFILE: (".shp",),
    Kind.DBF: (".dbf",),
}
_PLAIN = {
    Kind.TEXT: "CSV",
    Kind.XLSX: "XLSX",
    Kind.JSON: "GeoJSON",
    Kind.SQLITE: "GeoPackage (SQLite)",
    Kind.SHAPEFILE: "Shapefile",
    Kind.DBF: "DBF",
}


def _wanted(expected: tuple[Kind, ...]) -> str:
    return ", ".join(_PLAIN[k] for k in expected)


def size_of(path: Path, findings: Findings) -> int:
    """Return the bytes of a file; stop where it is absent, a folder, empty or beyond the limit."""
    if not path.exists():
        near = _neighbours(path)
        stop(findings, "E427", near=near or "-")
    if path.is_dir():
        stop(findings, "E429")
    size = path.stat().st_size
    if size == 0:
        stop(findings, "E420")
    if size > MOST_BYTES:
        stop(findings, "E121", what="MB", found=size // 1_000_000, most=MOST_BYTES // 1_000_000)
    return size


def _neighbours(path: Path) -> str:
    from difflib import get_close_matches

    if not path.parent.is_dir():
        return ""
    names = sorted(p.name for p in path.parent.iterdir() if p.is_file())
    return ", ".join(get_close_matches(path.name, names, n=3, cutoff=0.5))


def _by_magic(path: Path, start: bytes, size: int, findings: Findings) -> Kind | str:
    if start.startswith(b"version https://git-lfs"):
        told = re.search(rb"size (\d+)", start)
        stop(findings, "E422", size=size, told=int(told[1]) if told else "?")
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        return _archive(path, size, findings)
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(path, findings)
    if start.startswith(b"SQLite format 3\x00"):
        return Kind.SQLITE
    if start.startswith(b"\x00\x00\x27\x0a"):
        return Kind.SHAPEFILE
    if _is_dbf(path, start):
        return Kind.DBF
    for magic, name in _MAGIC:
        if start.startswith(magic):
            return name
    if start.startswith(BOMS_16):
        return Kind.TEXT
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if _HTML.match(text):
        stop(findings, "E421", size=size)
    if text.startswith(b"<"):
        return "XML"
    if _JSON.match(text):
        return Kind.JSON
    # A stray NUL is kept in the data (B23); a file that is a tenth NULs is no text.
    if start.count(0) * 10 > len(start) and not _two_bytes(start):
        return "binary"
    return Kind.TEXT


def unmarked(raw: bytes) -> str:
    """Return the name of the UTF-16 that bytes without a mark are in, "" if they are not.

    Digits, commas and line ends then have a zero as their second byte, mostly on one side (가 has
    one on the other), and most line ends stand at an even place with it.

    >>> unmarked("이름,값\\n가,1\\n".encode("utf-16-le")), unmarked("이름,값\\n".encode())
    ('utf-16-le', '')
    """
    start = raw[:65_536]
    low, high = start[1::2].count(0), start[::2].count(0)
    if 50 * max(low, high) < len(start) or 4 * min(low, high) > max(low, high):
        return ""
    name, end = ("utf-16-le", b"\n\0") if low > high else ("utf-16-be", b"\0\n")
    return name if 2 * start.count(end) > start.count(b"\n") else ""


def _two_bytes(start: bytes) -> bool:
    """Say whether bytes are UTF-16 without a mark, with nothing but letters in it."""
    if not (name := unmarked(start)):
        return False
    text = start[: len(start) // 2 * 2].decode(name, "replace")
    return "\0" not in text and "\n" in text


def _is_dbf(path: Path, start: bytes) -> bool:
    """Say whether a file begins as a dBase table: version, a date, and where its head ends."""
    if len(start) < 33 or start[0] not in _DBF or start[2] > 12 or start[3] > 31:
        return False
    head = int.from_bytes(start[8:10], "little")
    if head < 33:
        return False
    with path.open("rb") as file:
        whole = file.read(head)
    return len(whole) == head and b"\r" in (whole[-1:], whole[-264:-263])


def _compound(path: Path, findings: Findings) -> str:
    """Tell the kinds of OLE2 files apart by the names of their streams."""
    content = path.read_bytes()

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        stop(findings, "E425")
    if holds("Workbook") or holds("Book"):
        return "XLS (Excel 97-2003)"
    if holds("HwpSummaryInformation"):
        return "HWP"
    return "DOC" if holds("WordDocument") else "OLE2"


def _archive(path: Path, size: int, findings: Findings) -> Kind | str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {m.filename for m in members}
            if any(m.flag_bits & 1 for m in members):
                stop(findings, "E425")
            if len(members) > MOST_MEMBERS:
                stop(findings, "E426", found=len(members), what="files", most=MOST_MEMBERS)
            if "xl/workbook.xml" not in names:
                return _package(archive, names)
            _unpack(archive, members, findings)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error):
        stop(findings, "E423", size=size)
    return Kind.XLSX


def _package(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names:
        with archive.open("mimetype") as file:
            kind = file.read(80).decode("ascii", "replace")
        if "hwp" in kind:
            return "HWPX"
        if "spreadsheet" in kind:
            return "ODS"
        return kind
    for member, kind in (("xl/workbook.bin", "XLSB"), ("word/document.xml", "DOCX")):
        if member in names:
            return kind
    return "ZIP"


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], findings: Findings) -> None:
    """Stream every member once, counting what truly comes out, not what its header says."""
    total = 0
    for member in members:
        found = 0
        with archive.open(member) as file:
            head = b""
            while chunk := file.read(_CHUNK):
                head = head or chunk[:2048]
                found += len(chunk)
                total += len(chunk)
                bloated = found > _SMALL and found > MOST_RATIO * max(1, member.compress_size)
                if bloated or total > MOST_UNPACKED:
                    ratio = found // max(1, member.compress_size)
                    stop(findings, "E426", found=ratio, what="ratio", most=MOST_RATIO)
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            stop(findings, "E433", member=member.filename)
