"""The 읍·면·동 that results are reported by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside, frozen, texts
from access._tables.table import find_names
from access.errors import InputError
from access.inputs import shapes
from access.inputs.aliases import aliases
from access.ledger import Findings, Ledger


@dataclass(frozen=True, slots=True, eq=False)
class Districts(Record):
    """Reporting areas, `n` of them, in the official order (by code).

    codes   (n,) text; in Korea the 10-digit 행정기관코드
    names   (n,) text, e.g. 공도읍
    shapes  (n,) shapely polygons or multipolygons, in degrees
    """

    codes: npt.NDArray[np.str_]
    names: npt.NDArray[np.str_]
    shapes: npt.NDArray[Any]
    file: str = aside("")
    ledger: Ledger = aside(factory=Ledger)

    def __len__(self) -> int:
        return len(self.codes)


def read_districts(
    path: Path | str,
    *,
    code: str | None = None,
    name: str | None = None,
    crs: int | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Districts:
    """Read reporting areas from GeoJSON, GeoPackage or a shapefile, in the order of their codes.

    code, name   the file's own fields (default: adm_cd2, adm_nm and other usual ones)
    crs          EPSG code of a file that does not say its own
    sheet        the layer of a GeoPackage with several
    columns      our name (code, name) -> theirs, as in study.toml

    The name is the last word of the field: `경기도 안성시 공도읍` is 공도읍. Polygons are made
    valid (shapely's make_valid) and what changed is listed; overlaps and gaps are listed with
    their area. Raises InputError with every problem of the file.

    >>> from access import sample_folder
    >>> len(read_districts(sample_folder() / "districts.geojson"))
    15
    """
    path = Path(path)
    findings = Findings(path.name)
    table, geometries = shapes.read_shapes(
        path, findings, key="[districts]", crs=crs, encoding=encoding, layer=sheet
    )
    given = {ours: theirs for ours, theirs in (("code", code), ("name", name)) if theirs}
    chosen = dict(columns or {}) | given
    names = find_names(table.header, aliases("districts"), ("code",), chosen, findings)
    if any(p.code in ("E112", "E130", "E131") for p in findings.errors):
        raise InputError(findings.errors)
    table = replace(table, names=names)
    codes = table.ids("code")
    labels = [_last_word(n) or c for n, c in zip(table.text("name"), codes, strict=True)]
    whole = shapes.polygons(table, geometries)
    if not findings.errors:
        shapes.note_overlaps(table, whole, labels)
        shapes.note_gaps(table, whole)
    ledger = findings.close(table.read)
    order = np.argsort(texts(codes), kind="stable")
    return Districts(
        codes=texts(codes[order]),
        names=texts([labels[i] for i in order]),
        shapes=frozen(whole[order]),
        file=path.name,
        ledger=ledger,
    )


def _last_word(name: str) -> str:
    words = name.split()
    return words[-1] if words else ""
