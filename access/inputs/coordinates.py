"""Longitude and latitude columns: read, checked, and brought to degrees.

Rows whose place on earth is not sure are left out and listed with the reason; nothing is
corrected in silence. A file that is wrong as a whole (swapped, or in metres) is refused with the
choice to write into study.toml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from access._geo import LONLAT, check_crs, in_korea, is_degrees, unproject
from access._tables import Table
from access._tables.numbers import UNKNOWN_WORDS
from access.inputs import positions
from access.inputs.positions import MOST_OF, PLAIN, Bools, Box, Floats, Index, Positions, wider

__all__ = ["Bools", "Box", "Floats", "degrees", "fitting", "read_positions"]

_SAMPLED = 1_000
"""Of so many rows and more, only some are tried in every system."""

KOREA_LAND: Box = (124.6, 33.1, 131.9, 38.65)
"""The land of the Republic: tighter than the box of in_korea, so that fewer belts qualify."""

KOREAN_CRS = (5179, 5186, 5181, 5174, 5185, 5187, 2097, 5178, 32652, 3857)
"""Systems of metres that Korean files come in, the most usual first."""

_DMS = re.compile(
    r"([+-]?\d{1,3})\s*[°도d]\s*(\d{1,2})\s*['분m]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[\"초s]?)?"
)
_DOTTED = re.compile(r"([+-]?\d{1,3})[.\-\s](\d{1,2})[.\-\s](\d{1,2}(?:\.\d+)?)")
_SIDE = re.compile(r"([NSEW]|[북남]위|[동서]경)?\s*(.*?)\s*([NSEW])?", re.IGNORECASE)
_QUOTES = ("′", "'"), ("’", "'"), ("‘", "'"), ("”", '"'), ("''", '"')


class Verdict(NamedTuple):
    """What is to be said of the system that the coordinates of a file are in."""

    code: str
    facts: Mapping[str, Any]


Trial = Callable[[Table, Index, Floats, int], Verdict | None]
"""Tries (n, 2) numbers of some rows in the systems a file may be in: where do the points land?

Asked with the system given for the file; answers None where that one stands. It is made where
districts and streets are known, and each country has systems of its own.
"""

ByAddress = Callable[[Table, Index], tuple[Floats, Bools]]
"""Finds (k, 2) degrees of rows by their addresses, NaN where it cannot, and lists what it did.

Also says of which rows it has told so.
"""


def degrees(cell: str) -> tuple[float, str]:
    """Return a cell as a number, and F222 where it was written in another way than decimals.

    >>> degrees("37.5"), degrees("37,5666"), degrees("126.97E")
    ((37.5, ''), (37.5666, 'F222'), (126.97, 'F222'))
    >>> degrees("37°30'00\\""), degrees("37.30.00")
    ((37.5, 'F222'), (37.5, 'F222'))
    """
    text = unicodedata.normalize("NFKC", cell).strip()
    for written, plain in _QUOTES:
        text = text.replace(written, plain)
    if PLAIN.fullmatch(text):
        return float(text), "" if text == cell.strip() else "F222"
    if text.casefold() in UNKNOWN_WORDS or not text:
        return np.nan, ""
    side = _SIDE.fullmatch(text)
    marks = ((side[1] or "") + (side[3] or "")).upper() if side else ""
    inner = side[2] if side else text
    sign = -1.0 if marks[:1] in tuple("SW남서") else 1.0
    if parts := _DMS.fullmatch(inner) or _DOTTED.fullmatch(inner):
        whole, minutes, seconds = float(parts[1]), float(parts[2]), float(parts[3] or 0)
        if minutes < 60 and seconds < 60:
            value = abs(whole) + minutes / 60 + seconds / 3600
            return sign * float(np.copysign(value, whole)), "F222"
    if PLAIN.fullmatch(inner) and marks:
        return sign * float(inner), "F222"
    if (part := re.fullmatch(r"[+-]?(\d{1,3}),\d{2,}", inner)) and int(part[1]) <= 180:
        return sign * float(inner.replace(",", ".")), "F222"
    if re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", inner):  # metres with separators
        return float(inner.replace(",", "")), "F222"
    return np.nan, "E223"


def read_positions(
    table: Table,
    *,
    crs: int = LONLAT,
    key: str,
    people: Floats | None = None,
    around: Box | None = None,
    trial: Trial | None = None,
    by_address: ByAddress | None = None,
) -> tuple[Floats, Bools]:
    """Return (n, 2) degrees of a table's `lon` and `lat` columns and which rows to keep.

    table       with the columns lon and lat (metres east and north where `crs` is not 4326), and
                perhaps address, which tells a geocoder's default from rooms of one building
    crs         the EPSG code the columns are in
    key         the table of study.toml that a message may send the reader to, e.g. "[[places]]"
    people      (n,) people of each row, who are listed with a row left out
    around      where the study's districts lie, to tell systems of metres apart by
    trial       weighs the systems that the numbers may be in by where the points land
    by_address  finds rows without coordinates; only with it may the columns be absent
    """
    n = len(table)
    nothing = np.full((n, 2), np.nan)
    spots = Positions(table, key, nothing, nothing.copy(), np.zeros(n, dtype=bool), people)
    if wrong := check_crs(crs, metres=False):
        spots.refuse_crs(wrong, crs)
        return spots.lonlat, spots.good
    if "lon" in table and table.names["lon"] == table.names.get("lat"):
        present = ", ".join(name for name in table.header if name)
        table.findings.note("E231", column=table.names["lon"], key=key, present=present)
        return spots.lonlat, spots.good
    spots.written = np.column_stack([_read(table, "lon"), _read(table, "lat")])
    spots.lonlat = spots.written.copy()
    spots.good[:] = True
    blank = np.flatnonzero(~np.isfinite(spots.written).all(axis=1))
    found = np.full((n, 2), np.nan)
    if by_address is not None and len(blank):
        found[blank], told = by_address(table, blank)
        spots.pass_on(blank[told])
    spots.leave_out("W201", blank)
    if spots.good.any() and _in_degrees_after(spots, crs, around, trial):
        positions.near_zero(spots)
        positions.placeholders(spots)
        positions.dragged(spots)
        positions.wrong_digit(spots, around)
        positions.abroad(spots)
        positions.shared(spots)
    known = np.isfinite(found[:, 0])
    spots.lonlat[known] = found[known]
    return spots.lonlat, spots.good | known


def _in_degrees_after(spots: Positions, crs: int, around: Box | None, trial: Trial | None) -> bool:
    """Bring the numbers to degrees; False where the file is refused."""
    if is_degrees(crs):
        if not _in_degrees(spots, around, trial):
            return False
    elif not _in_metres(spots, crs):
        return False
    good = np.flatnonzero(spots.good & (spots.written != 0).all(axis=1))
    if trial is not None and len(good):
        verdict = trial(spots.table, good, spots.written[good], crs)
        if verdict is not None:
            spots.refuse(verdict.code, int(good[0]), len(good), **verdict.facts)
            if verdict.code[0] == "E":
                return False
    if is_degrees(crs):
        positions.precision(spots)
        spots.lonlat[spots.good] = unproject(spots.lonlat[spots.good], crs)
        return True
    return _from_metres(spots, crs)


def _read(table: Table, ours: str) -> Floats:
    values = np.full(len(table), np.nan)
    found: dict[str, list[int]] = {}
    for i, cell in enumerate(table.text(ours)):
        values[i], code = degrees(cell)
        if code:
            found.setdefault(code, []).append(i)
    for code, which in found.items():
        table.note(code, ours, which)
    values[~np.isfinite(values)] = np.nan
    return values


def _in_degrees(spots: Positions, around: Box | None, trial: Trial | None) -> bool:
    """Check that the columns are degrees and not swapped; False where the file is refused."""
    good = np.flatnonzero(spots.good)
    lon, lat = spots.lonlat[good].T
    beyond = (np.abs(lon) > 180) | (np.abs(lat) > 180)
    if beyond.mean() > MOST_OF:
        _name_crs(spots, good[beyond], around, trial)
        return False
    spots.leave_out("W202", good[beyond])
    good, (lon, lat) = good[~beyond], spots.lonlat[good[~beyond]].T
    swapped = in_korea(np.column_stack([lat, lon])) | (np.abs(lat) > 90)
    if len(good) and swapped.mean() > MOST_OF:
        spots.refuse("E203", int(good[swapped][0]), int(swapped.sum()))
        return False
    spots.leave_out("W203", good[swapped])
    return True


@dataclass(frozen=True, slots=True)
class Fit:
    """A system in which points in metres land where they should, and where the first lands."""

    crs: int
    lon: float
    lat: float
    swapped: bool

    def __str__(self) -> str:
        return f"{self.crs} ({self.lon:.4f}, {self.lat:.4f})"


def fitting(xy: Floats, around: Box | None = None) -> list[Fit]:
    """Return the systems in which most points of (n, 2) metres land `around`, else in Korea.

    Points are turned (`swapped`) only if nothing fits them as they are. The order of the fits
    means nothing: systems with another datum (5174, 5181 and 2097; 5178 and 5179) lie within
    400 m of each other.

    >>> [str(fit) for fit in fitting(np.array([[2e5, 5.5e5]]), (126.5, 37.4, 127.5, 37.7))]
    ['5186 (127.0000, 37.5495)']
    """
    boxes: list[Box | Floats] = [wider(around), KOREA_LAND] if around else [KOREA_LAND]
    for box in boxes:
        for swapped in (False, True):
            points = xy[:, ::-1] if swapped else xy
            landed = {crs: unproject(points, crs) for crs in KOREAN_CRS}
            fits = [
                Fit(crs, float(lonlat[0, 0]), float(lonlat[0, 1]), swapped)
                for crs, lonlat in landed.items()
                if _within(lonlat, box).mean() > MOST_OF
            ]
            if fits:
                return fits
    return []


def _within(lonlat: Floats, box: Box | Floats) -> Bools:
    lon, lat = lonlat.T
    west, south, east, north = box
    inside: Bools = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _name_crs(spots: Positions, rows: Index, around: Box | None, trial: Trial | None) -> None:
    """Refuse metres in columns of degrees, naming the system, or all that fit alike."""
    first, count = int(rows[0]), len(rows)
    if trial is not None:
        verdict = trial(spots.table, rows, spots.written[rows], LONLAT)
        if verdict is not None:
            spots.refuse(verdict.code, first, count, **verdict.facts)
            return
    fits = fitting(spots.lonlat[rows[:: 1 + count // _SAMPLED]], around)
    if not fits:
        spots.refuse("E205", first, count)
    elif len(fits) == 1:
        (fit,) = fits
        facts = {"crs": fit.crs, "lands": f"{fit.lon:.4f}, {fit.lat:.4f}"}
        spots.refuse("E209" if fit.swapped else "E204", first, count, **facts)
    else:
        code = "E232" if fits[0].swapped else "E230"
        spots.refuse(code, first, count, fits=", ".join(map(str, fits)))


def _in_metres(spots: Positions, crs: int) -> bool:
    """Check that the columns are not degrees; False where the file is refused."""
    good = np.flatnonzero(spots.good)
    xy = spots.written[good]
    small = (np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90) & (xy != 0).all(axis=1)
    if small.mean() > MOST_OF:
        spots.refuse("E224", int(good[0]), int(small.sum()), crs=crs)
        return False
    return True


def _from_metres(spots: Positions, crs: int) -> bool:
    """Bring metres of `crs` to degrees; False where the columns are the other way round."""
    good = np.flatnonzero(spots.good)
    xy = spots.written[good]
    lonlat = unproject(xy, crs)
    away = ~(np.isfinite(lonlat[:, 0]) & np.isfinite(lonlat[:, 1]))
    # Korean surveys call north X: a file that lands abroad as it is and at home when turned.
    home = float(in_korea(lonlat).mean())
    home_turned = float(in_korea(unproject(xy[:, ::-1], crs)).mean())
    if home_turned > max(home, MOST_OF):
        spots.refuse("E203", int(good[0]), len(good))
        return False
    spots.lonlat[good] = np.where(away[:, None], np.nan, lonlat)
    spots.leave_out("W202", good[away])
    return True
