"""The door for street files: the reader is chosen by what a file is, not by what it is called."""

from __future__ import annotations

import bz2
import codecs
import gzip
import re
import zlib
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from access.ledger import Findings
from access.network.extract import stop
from access.network.ways import Ways


class Kind(StrEnum):
    """The street files we read, by the names we call them to a user."""

    PBF = "OSM PBF"
    XML = "OSM XML"
    GZIP = "OSM XML (gzip)"
    BZIP2 = "OSM XML (bzip2)"
    OVERPASS = "Overpass JSON"
    GRAPHML = "GraphML"


_SUFFIXES = {
    Kind.PBF: (".pbf",),
    Kind.XML: (".osm", ".xml"),
    Kind.GZIP: (".gz",),
    Kind.BZIP2: (".bz2",),
    Kind.OVERPASS: (".json",),
    Kind.GRAPHML: (".graphml", ".xml"),
}
_FORMATS = {Kind.PBF: "pbf", Kind.XML: "osm", Kind.GZIP: "osm.gz", Kind.BZIP2: "osm.bz2"}
_OTHERS = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0", "HWP/XLS/DOC (OLE2)"),
    (b"HWP Document", "HWP"),
    (b"%PDF", "PDF"),
    (b"SQLite format 3\x00", "GeoPackage (SQLite)"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PAR1", "Parquet"),
    (b"\xff\xe0\x04o5", "o5m"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)
_ROOTS = {"osm": Kind.XML, "graphml": Kind.GRAPHML}
_HEAD = 65_536


def read_ways(path: str | Path) -> Ways:
    """Return the streets and the water of a file.

    Reads .osm.pbf, .osm, .osm.gz, .osm.bz2, Overpass JSON and GraphML that OSMnx saved. Raises
    InputError, saying what the file truly is, where it is none of them, cut short or damaged.
    """
    path = Path(path)
    findings = Findings(path.name)
    kind = street_kind(path, findings)
    if kind is Kind.GRAPHML:
        from access.network.graphml import read_graphml

        return read_graphml(path, findings)
    if kind is Kind.OVERPASS:
        from access.network.overpass import read_overpass

        return read_overpass(path, findings)
    from access.network.osm import read_osm

    return read_osm(path, _FORMATS[kind], findings)


def street_kind(path: Path, findings: Findings) -> Kind:
    """Return what a street file is by its first bytes; raise InputError if it is none."""
    if path.is_dir():
        stop(findings, "E401")
    if not path.exists():
        stop(findings, "E400", near=_neighbours(path))
    size = path.stat().st_size
    if size == 0:
        stop(findings, "E403")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        stop(findings, "E402", why=error.strerror or str(error))
    kind = _packed(path, head, size, findings) or _plain(head, size, findings)
    if path.suffix.lower() not in _SUFFIXES[kind]:
        findings.note("F410", suffix=path.suffix or "-", kind=kind)
    return kind


def _packed(path: Path, head: bytes, size: int, findings: Findings) -> Kind | None:
    """Tell what is inside gzip or bzip2; None for a file that is not packed."""
    for magic, kind, opener in (
        (b"\x1f\x8b", Kind.GZIP, gzip.open),
        (b"BZh", Kind.BZIP2, bz2.open),
    ):
        if head.startswith(magic):
            try:
                with opener(path, "rb") as file:
                    inside = file.read(_HEAD)
            except EOFError as error:
                stop(findings, "E407", why=str(error), size=size)
            except (OSError, zlib.error) as error:
                stop(findings, "E408", why=str(error), size=size)
            found = _plain(inside, size, findings)
            if found is not Kind.XML:
                stop(findings, "E406", kind=f"{found}, {kind.name.lower()}", size=size)
            return kind
    return None


def _plain(head: bytes, size: int, findings: Findings) -> Kind:
    if head.startswith(b"version https://git-lfs"):
        told = re.search(rb"size (\d+)", head)
        stop(findings, "E405", size=size, told=int(told[1]) if told else "?")
    if head[4:6] == b"\x0a\x09" and head[6:15] == b"OSMHeader":
        return Kind.PBF
    for magic, name in _OTHERS:
        if head.startswith(magic):
            stop(findings, "E406", kind=name, size=size)
    text = _text(head).lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return _xml(text, size, findings)
    if not text.startswith("{"):
        stop(findings, "E406", kind="binary" if "\0" in text else "TXT/CSV", size=size)
    return Kind.OVERPASS


def _xml(text: str, size: int, findings: Findings) -> Kind:
    """Tell kinds of XML by the root element; a document type may call for anything, so none may."""
    text = re.sub(r"<!--.*?-->|<\?.*?\?>", "", text, flags=re.DOTALL)
    if re.match(r"\s*<(!doctype\s+)?html\b", text, re.IGNORECASE):
        stop(findings, "E404", size=size)
    root = re.search(r"<([A-Za-z_][\w.:-]*)", text)
    if "<!DOCTYPE" in text[: root.start() if root else None]:
        stop(findings, "E409")
    name = root[1].split(":")[-1] if root else ""
    if name == "osmChange":
        stop(findings, "E411")
    if name.lower() in ("head", "body", "script", "table"):
        stop(findings, "E404", size=size)
    if name not in _ROOTS:
        stop(findings, "E406", kind=f"XML <{name}>", size=size)
    return _ROOTS[name]


def _text(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    return head.decode("utf-8", "replace")


def _neighbours(path: Path) -> str:
    if not path.parent.is_dir():
        return "-"
    names = sorted(p.name for p in path.parent.iterdir() if p.is_file())
    return ", ".join(get_close_matches(path.name, names, n=3, cutoff=0.5)) or "-"
