"""Handing on: one clean, coded export for other systems, with its data dictionary.

A learning-management system order, a spreadsheet and QGIS each find their own format; the
contents are the same in all of them, and our own readers open them again.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from access.ledger import Ledger
from access.show.folder import MADE_BY, Making, deliver
from access.show.geopackage import Layer, many, write_layers
from access.show.records import Column, Row, dictionary, hours_in_columns, records
from access.show.sheets import new_book
from access.show.tables import csv_bytes
from access.show.words import credits, day, words

if TYPE_CHECKING:
    from access.study.study import Study

MANIFEST = "export.json"
WORKBOOK, PACKAGE = "export.xlsx", "export.gpkg"
DICTIONARY = ("table", "column", "ko", "type", "unit", "codes", "source", "note")
_DICTIONARY_KO = ("표", "열", "이름", "형", "단위", "코드", "출처", "설명")


def _making() -> Making:
    tables = [f"{name}.csv" for name in (*dictionary(), "dictionary")]
    return Making(MANIFEST, frozenset({MANIFEST, WORKBOOK, PACKAGE, *tables}))


def write_export(study: Study, out: str | Path) -> tuple[Path, Ledger]:
    """Write places, rooms, hours, classes and districts into the folder `out`, coded and clean.

    Each as CSV (UTF-8 with BOM, our names), all in `export.xlsx` (Korean names) and `export.gpkg`
    (EPSG:4326), with `dictionary.csv` and `export.json` (date, sources, hashes). An earlier export
    is replaced; the same study gives the same bytes. Nobody's name or number of people is in it.

    Returns the folder and what could not be said in every table (W830). Raises OutputError where
    `out` holds something else or cannot be written.
    """
    found = records(study)
    deliver(out, lambda folder: _write(study, found, folder), _making())
    return Path(out), _hours_beside(study)


def _write(study: Study, found: Mapping[str, list[Row]], folder: Path) -> None:
    for table, (_, columns) in dictionary().items():
        rows = ([row[c.name] for c in columns] for row in found[table])
        (folder / f"{table}.csv").write_bytes(csv_bytes([c.name for c in columns], rows))
    (folder / "dictionary.csv").write_bytes(csv_bytes(DICTIONARY, _dictionary_rows()))
    (folder / WORKBOOK).write_bytes(_workbook(study, found))
    write_layers(_layers(study, found), folder / PACKAGE)
    told = json.dumps(_manifest(study, found, folder), ensure_ascii=False, indent=2, sort_keys=True)
    (folder / MANIFEST).write_bytes(f"{told}\n".encode())


def _dictionary_rows() -> list[list[str]]:
    return [
        [table, c.name, c.ko, c.type, c.unit, c.codes, c.source, c.note]
        for table, (_, columns) in dictionary().items()
        for c in columns
    ]


def _hours_beside(study: Study) -> Ledger:
    """Warn of places whose hours stand only in the table of hours."""
    entries = []
    for i, hours in enumerate(study.places.hours):
        if hours_in_columns(hours) is None:
            note = study.places.findings(i)
            note.note("W830", row=study.places.row(i), value=study.places.names[i])
            entries += note.entries
    return Ledger(tuple(entries))


def _workbook(study: Study, found: Mapping[str, list[Row]]) -> bytes:
    """Return the tables as a workbook: Korean headers, codes as text, formulas impossible."""
    out = io.BytesIO()
    with new_book(out, study.name) as book:
        base = {"font_name": "맑은 고딕", "font_size": 10}
        head = book.add_format({**base, "bold": True, "bg_color": "#E5E9F0", "border": 1})
        text, plain = book.add_format({**base, "num_format": "@"}), book.add_format(base)
        for table, (ko, columns) in dictionary().items():
            rows = [[row[c.name] for c in columns] for row in found[table]]
            _sheet(book.add_worksheet(ko), [c.ko for c in columns], rows, (head, text, plain))
        about = book.add_worksheet("자료사전")
        _sheet(about, _DICTIONARY_KO, _dictionary_rows(), (head, text, plain))
        notes = book.add_worksheet("안내")
        for i, line in enumerate(_about(study)):
            notes.write_string(i, 0, line, text)
    return out.getvalue()


def _sheet(sheet: Any, heads: Sequence[str], rows: Sequence[Sequence[Any]], look: Any) -> None:
    head, text, plain = look
    sheet.freeze_panes(1, 0)
    for c, name in enumerate(heads):
        sheet.write_string(0, c, name, head)
        sheet.set_column(c, c, 14)
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row):
            if isinstance(value, str):
                if value:
                    sheet.write_string(r, c, value, text)
            elif value is not None:
                sheet.write_number(r, c, value, plain)
    sheet.autofilter(0, 0, max(1, len(rows)), len(heads) - 1)


def _about(study: Study) -> list[str]:
    said = words("ko")
    lines = [study.name, f"{said['as_of']} {day(study.as_of, 'ko')}"]
    lines += [said["synthetic"]] if study.synthetic else []
    files = ", ".join(source.file for source in study.sources)
    return [*lines, f"{said['source']}: {files}", *credits(study)]


_KINDS: dict[str, Any] = {"integer": "Int64", "number": "Float64"}


def _layers(study: Study, found: Mapping[str, list[Row]]) -> Iterator[Layer]:
    """Return places and districts as layers with shapes, the others as tables."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    shapes: dict[str, tuple[Any, str | None]] = {
        "places": (shapely.points(study.places.lonlat), "Point"),
        "districts": (many(study.districts.shapes), "MultiPolygon"),
    }
    for table, (_, columns) in dictionary().items():
        frame = pd.DataFrame({c.name: _column(c, found[table]) for c in columns})
        geometry, kind = shapes.get(table, (None, None))
        if geometry is not None:
            frame = gpd.GeoDataFrame(frame, geometry=geometry, crs=4326)
        yield table, frame, kind


def _column(column: Column, rows: Sequence[Row]) -> Any:
    import pandas as pd

    return pd.array([row[column.name] for row in rows], dtype=_KINDS.get(column.type, object))


def _manifest(study: Study, found: Mapping[str, list[Row]], folder: Path) -> dict[str, Any]:
    from access import __version__

    written = sorted(p for p in folder.iterdir() if p.name != MANIFEST)
    return {
        "made_by": MADE_BY,
        "version": __version__,
        "study": study.name,
        "as_of": None if study.as_of is None else study.as_of.isoformat(),
        "synthetic": study.synthetic,
        "rows": {table: len(rows) for table, rows in found.items()},
        "sources": [
            {"role": s.role, "file": s.file, "sha256": s.sha256, "attribution": s.attribution}
            for s in study.sources
        ],
        "files": {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in written},
    }
