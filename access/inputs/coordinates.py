"""Longitude and latitude columns: read, checked, and brought to degrees.

Rows whose place on earth is not sure are left out and listed with the reason; nothing is
corrected in silence. A file that is wrong as a whole (swapped, or in metres) is refused with the
choice to write into study.toml.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from access._geo import LONLAT, check_crs, in_korea, is_degrees, unproject
from access._tables import Table
from access._tables.numbers import UNKNOWN_WORDS

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]
"""West, south, east and north in degrees."""

DECIMALS = 4
"""Fewer decimals of a degree than this leave more than 10 m open."""
MOST_OF = 0.5
"""Beyond this share of the rows a fault is the file's, not the row's."""

_BACK = 5
"""How many rows above the row may stand from which a spreadsheet counted on."""

_SAMPLED = 1_000
"""Of so many rows and more, only some are tried in every system."""

KOREA_LAND: Box = (124.6, 33.1, 131.9, 38.65)
"""The land of the Republic: tighter than the box of in_korea, so that fewer belts qualify."""
AROUND = 0.05
"""How many degrees beyond the districts of a study its places may lie."""

KOREAN_CRS = (5179, 5186, 5181, 5174, 5185, 5187, 2097, 5178, 32652, 3857)
"""Systems of metres that Korean files come in, the most usual first."""

_DMS = re.compile(
    r"([+-]?\d{1,3})\s*[°도d]\s*(\d{1,2})\s*['분m]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[\"초s]?)?"
)
_DOTTED = re.compile(r"([+-]?\d{1,3})[.\-\s](\d{1,2})[.\-\s](\d{1,2}(?:\.\d+)?)")
_SIDE = re.compile(r"([NSEW]|[북남]위|[동서]경)?\s*(.*?)\s*([NSEW])?", re.IGNORECASE)
_QUOTES = ("′", "'"), ("’", "'"), ("‘", "'"), ("”", '"'), ("''", '"')
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_PATTERN = re.compile(r"\d+\.(?:0*1234567?\d*|0*9{5,}|(\d)\1{5,})")


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
    if _PLAIN.fullmatch(text):
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
    if _PLAIN.fullmatch(inner) and marks:
        return sign * float(inner), "F222"
    if (part := re.fullmatch(r"[+-]?(\d{1,3}),\d{2,}", inner)) and int(part[1]) <= 180:
        return sign * float(inner.replace(",", ".")), "F222"
    if re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", inner):  # metres with separators
        return float(inner.replace(",", "")), "F222"
    return np.nan, "E223"


@dataclass
class Positions:
    """The coordinates of a table's rows: degrees, and which rows have sure ones."""

    table: Table
    key: str
    lonlat: Floats
    good: Bools
    people: Floats | None = None
    _listed: set[int] = field(default_factory=set)

    def leave_out(self, code: str, which: npt.NDArray[np.intp]) -> None:
        """Leave rows out and list each once, with both of its coordinates."""
        for i in which.tolist():
            self.good[i] = False
            if i not in self._listed:
                self._listed.add(i)
                people = None if self.people is None else float(self.people[i])
                where = self._where(i)
                self.table.findings.note(code, **where, action="excluded", people=people)

    def refuse_crs(self, code: str, crs: int) -> None:
        """Note that the system given for the coordinates will not do."""
        key = f"{self.key} crs"
        self.table.findings.note(code, column=key, value=crs, crs=crs, key=key)

    def refuse(self, code: str, first: int, count: int, **facts: Any) -> None:
        """Note what is wrong with the file as a whole, at its first such row."""
        lat, lon = self.table.names["lat"], self.table.names["lon"]
        # Messages suggest the columns the other way round: our lon is their lat.
        facts |= {"key": self.key, "count": count, "lon": lat, "lat": lon}
        self.table.findings.note(code, **self._where(first), **facts)

    def _where(self, i: int) -> dict[str, Any]:
        table = self.table
        return {
            "row": int(table.rows[i]),
            "column": f"{table.names['lat']}, {table.names['lon']}",
            "value": f"{table.text('lat')[i]} / {table.text('lon')[i]}",
        }


def read_positions(
    table: Table,
    *,
    crs: int = LONLAT,
    key: str,
    people: Floats | None = None,
    around: Box | None = None,
) -> tuple[Floats, Bools]:
    """Return (n, 2) degrees of a table's `lon` and `lat` columns and which rows to keep.

    table   with the columns lon and lat (metres east and north where `crs` is not 4326), and
            perhaps address, which tells a geocoder's default from rooms of one building
    crs     the EPSG code the columns are in
    key     the table of study.toml that a message may send the reader to, e.g. "[[places]]"
    people  (n,) people of each row, who are listed with a row left out
    around  where the study's districts lie, to tell systems of metres apart by
    """
    n = len(table)
    spots = Positions(table, key, np.full((n, 2), np.nan), np.zeros(n, dtype=bool), people)
    if wrong := check_crs(crs, metres=False):
        spots.refuse_crs(wrong, crs)
        return spots.lonlat, spots.good
    if table.names["lon"] == table.names["lat"]:
        present = ", ".join(name for name in table.header if name)
        table.findings.note("E231", column=table.names["lon"], key=key, present=present)
        return spots.lonlat, spots.good
    spots.lonlat = np.column_stack([_read(table, "lon"), _read(table, "lat")])
    spots.good[:] = True
    blank = ~np.isfinite(spots.lonlat).all(axis=1)
    spots.leave_out("W201", np.flatnonzero(blank))
    if not spots.good.any():
        return spots.lonlat, spots.good
    if is_degrees(crs):
        if not _in_degrees(spots, around):
            return spots.lonlat, spots.good
        _precision(spots)
        spots.lonlat[spots.good] = unproject(spots.lonlat[spots.good], crs)
    elif not _from_metres(spots, crs):
        return spots.lonlat, spots.good
    _near_zero(spots)
    _placeholders(spots)
    _dragged(spots)
    _abroad(spots)
    _shared(spots)
    return spots.lonlat, spots.good


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


def _in_degrees(spots: Positions, around: Box | None) -> bool:
    """Check that the columns are degrees and not swapped; False where the file is refused."""
    good = np.flatnonzero(spots.good)
    lon, lat = spots.lonlat[good].T
    beyond = (np.abs(lon) > 180) | (np.abs(lat) > 180)
    if beyond.mean() > MOST_OF:
        _name_crs(spots, good[beyond], around)
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
    for box in [_wider(around), KOREA_LAND] if around else [KOREA_LAND]:
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


def _wider(box: Box) -> Box:
    west, south, east, north = box
    return west - AROUND, south - AROUND, east + AROUND, north + AROUND


def _within(lonlat: Floats, box: Box) -> Bools:
    lon, lat = lonlat.T
    west, south, east, north = box
    inside: Bools = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _name_crs(spots: Positions, rows: npt.NDArray[np.intp], around: Box | None) -> None:
    """Refuse metres in columns of degrees, naming the system, or all that fit alike."""
    first, count = int(rows[0]), len(rows)
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


def _from_metres(spots: Positions, crs: int) -> bool:
    """Bring metres of `crs` to degrees; False where the columns cannot be in it."""
    good = np.flatnonzero(spots.good)
    xy = spots.lonlat[good]
    small = (np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)
    if small.mean() > MOST_OF:
        spots.refuse("E224", int(good[0]), int(small.sum()), crs=crs)
        return False
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


def _precision(spots: Positions) -> None:
    """Warn of coordinates written with too few decimals."""
    coarse: list[int] = []
    cells = zip(spots.table.text("lon"), spots.table.text("lat"), strict=True)
    for i, pair in enumerate(cells):
        decimals = [len(c.partition(".")[2]) for c in pair if _PLAIN.fullmatch(c)]
        if spots.good[i] and len(decimals) == 2 and max(decimals) < DECIMALS:
            coarse.append(i)
    spots.table.note("W210", "lat", coarse, decimals=DECIMALS)


def _near_zero(spots: Positions) -> None:
    lon, lat = spots.lonlat.T
    with np.errstate(invalid="ignore"):
        zero = (lon == 0) | (lat == 0) | ((np.abs(lon) < 1) & (np.abs(lat) < 1))
    spots.leave_out("W225", np.flatnonzero(zero & spots.good))


def _placeholders(spots: Positions) -> None:
    """Leave out coordinates typed to fill the cell: 34.1234567 / 123.1234567."""
    lon, lat = spots.table.text("lon"), spots.table.text("lat")
    typed = [
        i
        for i in np.flatnonzero(spots.good)
        if _PATTERN.fullmatch(lon[i]) and _PATTERN.fullmatch(lat[i])
    ]
    spots.leave_out("W226", np.array(typed, dtype=np.intp))


def _dragged(spots: Positions) -> None:
    """Leave out rows that a spreadsheet filled by counting on: both degrees rise by exactly 1.

    The row counted on from may stand some rows above, with rows put right in between.
    """
    dragged = np.zeros(len(spots.lonlat), dtype=bool)
    for back in range(1, min(_BACK, len(dragged) - 1) + 1):
        step = spots.lonlat[back:] - spots.lonlat[:-back]
        with np.errstate(invalid="ignore"):
            dragged[back:] |= (np.abs(step - 1) < 1e-9).all(axis=1)
    spots.leave_out("W206", np.flatnonzero(dragged & spots.good))


def _abroad(spots: Positions) -> None:
    """Leave out points outside Korea where the file's median is inside."""
    good = np.flatnonzero(spots.good)
    if not len(good):
        return
    median = np.median(spots.lonlat[good], axis=0)
    if in_korea(median[None, :])[0]:
        spots.leave_out("W207", good[~in_korea(spots.lonlat[good])])


def _shared(spots: Positions) -> None:
    """Warn of one coordinate under three or more addresses: a geocoder's default."""
    table = spots.table
    if "address" not in table:
        return
    found: dict[tuple[float, float], dict[str, int]] = {}
    addresses = table.text("address")
    for i in np.flatnonzero(spots.good):
        plain = re.sub(r"\(.*?\)|,.*", "", addresses[i])
        if plain := re.sub(r"\s+", "", plain):
            lon, lat = spots.lonlat[i].tolist()
            found.setdefault((lon, lat), {}).setdefault(plain, int(i))
    rows = table.rows.tolist()
    for different in found.values():
        if len(different) >= 3:
            first = next(iter(different.values()))
            named = ", ".join(str(rows[i]) for i in list(different.values())[:10])
            table.note("W208", "lat", [first], count=len(different), rows=named)
