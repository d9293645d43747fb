"""Delimited text: which encoding, which separator, which rows.

Python's `csv` module (RFC 4180 as Excel writes it) does the splitting; a row is a record, so its
number is the one Excel shows even where a cell holds line breaks.
"""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from access._tables.filetype import BOMS_16, stop, unmarked
from access.ledger import Findings

Grid = list[list[str]]
"""Rows of text cells; the first is Excel's row 1."""

MOST_ROWS = 2_000_000
MOST_COLUMNS = 500
_SEPARATORS = ",\t;|"


def read_delimited(path: Path, encoding: str | None, findings: Findings) -> Grid:
    """Return the rows of a .csv or .tsv file, decoded strictly and split by its separator."""
    text = decode(path.read_bytes(), encoding, findings)
    separator = _separator(text)
    grid: Grid = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            grid.append(row)
            if len(grid) > MOST_ROWS:
                stop(findings, "E121", what="rows", found=f">{MOST_ROWS}", most=MOST_ROWS)
    except csv.Error:  # a cell beyond the csv module's own limit of 131,072 characters
        stop(findings, "E122", number=len(grid) + 1, most=csv.field_size_limit())
    if text.count('"') % 2 and grid and any("\n" in cell for cell in grid[-1]):
        findings.note("E123", row=len(grid), value=grid[-1][-1])
    return grid


def decode(raw: bytes, encoding: str | None, findings: Findings) -> str:
    """Return text in the encoding told, else in UTF-8 or CP949; E104 and E132 stop."""
    if encoding is not None:
        return _as_told(raw, encoding, findings)
    if raw.startswith(BOMS_16):
        try:
            text = raw.decode("utf-16")
        except UnicodeDecodeError as error:
            stop(findings, "E104", tried="UTF-16", offset=error.start)
        findings.note("F103", encoding="UTF-16")
        return text
    if name := unmarked(raw):
        try:
            text = raw.decode(name)
        except UnicodeDecodeError as error:
            stop(findings, "E104", tried=name.upper(), offset=error.start)
        findings.note("F103", encoding=f"{name.upper()} (BOM 없음)")
        return text
    # UTF-8 first: almost no CP949 text is valid UTF-8, while one UTF-8 word in seven is valid
    # CP949. And CP949, never EUC-KR, which knows only 2,350 of the 11,172 syllables.
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = error.start
    else:
        if raw.startswith(codecs.BOM_UTF8):
            findings.note("F102")
        return text
    try:
        text = raw.decode("cp949")
    except UnicodeDecodeError as error:
        stop(findings, "E104", tried="UTF-8, CP949", offset=max(where, error.start))
    findings.note("F101", encoding="CP949")
    return text


def known_encoding(encoding: str, findings: Findings) -> str:
    """Return Python's name of an encoding of text, of CP949 for EUC-KR; else stop (E132)."""
    try:
        name = codecs.lookup(encoding).name
        b"text".decode(name)  # some codecs turn bytes into bytes
    except UnicodeError:
        pass
    except (LookupError, ValueError):
        stop(findings, "E132", encoding=encoding)
    return {"euc_kr": "cp949"}.get(name, name)


def _as_told(raw: bytes, encoding: str, findings: Findings) -> str:
    name = known_encoding(encoding, findings)
    try:
        return raw.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeError as error:
        stop(findings, "E104", tried=encoding, offset=getattr(error, "start", 0))


def _separator(text: str) -> str:
    """Return the separator that splits the first lines most; a comma where none does."""
    lines = text[:65_536].splitlines()[:20]
    counts = {s: sum(line.count(s) for line in lines) for s in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda s: counts[s])
    return best if counts[best] else ","
