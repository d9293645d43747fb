"""Positions: the coordinates of a table's rows, and the rows whose place on earth is not sure.

Each fault of a row has its name; a row that has one is left out and listed once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from access._geo import in_korea
from access._tables import Table

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]
Box = tuple[float, float, float, float]
"""West, south, east and north in degrees."""

PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
DECIMALS = 4
"""Fewer decimals of a degree than this leave more than 10 m open."""
MOST_OF = 0.5
"""Beyond this share of the rows a fault is the file's, not the row's."""
AROUND = 0.05
"""How many degrees beyond the districts of a study its places may lie."""

_BACK = 5
"""How many rows above the row may stand from which a spreadsheet counted on."""

_EXACTLY = 1e-8
"""Numbers of eight digits before the point are no more exact than this."""

_PATTERN = re.compile(r"\d+\.(?:0*1234567?\d*|0*9{5,}|(\d)\1{5,})")


@dataclass
class Positions:
    """The coordinates of a table's rows, and which rows have sure ones.

    written  (n, 2) numbers of the columns lon and lat as the file has them, NaN where there is none
    lonlat   (n, 2) degrees
    good     (n,) rows whose place is sure so far
    """

    table: Table
    key: str
    written: Floats
    lonlat: Floats
    good: Bools
    people: Floats | None = None
    _listed: set[int] = field(default_factory=set)

    def leave_out(self, code: str, which: Index, **facts: Any) -> None:
        """Leave rows out and list each once, with both of its coordinates."""
        for i in which.tolist():
            self.good[i] = False
            if i not in self._listed:
                self._listed.add(i)
                people = None if self.people is None else float(self.people[i])
                where = self._where(i)
                self.table.findings.note(code, **where, action="excluded", people=people, **facts)

    def pass_on(self, which: Index) -> None:
        """Leave rows out that somebody else has listed."""
        self.good[which] = False
        self._listed.update(which.tolist())

    def refuse_crs(self, code: str, crs: int) -> None:
        """Note that the system given for the coordinates will not do."""
        key = f"{self.key} crs"
        self.table.findings.note(code, column=key, value=crs, crs=crs, key=key)

    def refuse(self, code: str, first: int, count: int, **facts: Any) -> None:
        """Note what is wrong with the file as a whole, at its first such row."""
        lat, lon = self.columns
        # Messages suggest the columns the other way round: our lon is their lat.
        facts |= {"key": self.key, "count": count, "lon": lat, "lat": lon}
        self.table.findings.note(code, **self._where(first), **facts)

    @property
    def columns(self) -> tuple[str, str]:
        """The file's headers of latitude and longitude; ours where it has no such columns."""
        names = self.table.names
        return names.get("lat", "lat"), names.get("lon", "lon")

    def _where(self, i: int) -> dict[str, Any]:
        table = self.table
        return {
            "row": int(table.rows[i]),
            "column": ", ".join(self.columns),
            "value": f"{table.text('lat')[i]} / {table.text('lon')[i]}",
        }


def precision(spots: Positions) -> None:
    """Warn of coordinates written with too few decimals."""
    coarse: list[int] = []
    cells = zip(spots.table.text("lon"), spots.table.text("lat"), strict=True)
    for i, pair in enumerate(cells):
        decimals = [len(c.partition(".")[2]) for c in pair if PLAIN.fullmatch(c)]
        if spots.good[i] and len(decimals) == 2 and max(decimals) < DECIMALS:
            coarse.append(i)
    spots.table.note("W210", "lat", coarse, decimals=DECIMALS)


def near_zero(spots: Positions) -> None:
    """Leave out 0 / 0, and points off the coast of Africa, in degrees or in metres."""
    written, (lon, lat) = spots.written, spots.lonlat.T
    with np.errstate(invalid="ignore"):
        zero = (written == 0).any(axis=1) | ((np.abs(lon) < 1) & (np.abs(lat) < 1))
    spots.leave_out("W225", np.flatnonzero(zero & spots.good))


def placeholders(spots: Positions) -> None:
    """Leave out coordinates typed to fill the cell: 34.1234567 / 123.1234567."""
    lon, lat = spots.table.text("lon"), spots.table.text("lat")
    typed = [
        i
        for i in np.flatnonzero(spots.good)
        if _PATTERN.fullmatch(lon[i]) and _PATTERN.fullmatch(lat[i])
    ]
    spots.leave_out("W226", np.array(typed, dtype=np.intp))


def dragged(spots: Positions) -> None:
    """Leave out rows that a spreadsheet filled by counting on: both numbers rise by exactly 1.

    The row counted on from may stand some rows above, with rows put right in between.
    """
    counted = np.zeros(len(spots.written), dtype=bool)
    for back in range(1, min(_BACK, len(counted) - 1) + 1):
        step = spots.written[back:] - spots.written[:-back]
        with np.errstate(invalid="ignore"):
            counted[back:] |= (np.abs(step - 1) < _EXACTLY).all(axis=1)
    spots.leave_out("W206", np.flatnonzero(counted & spots.good))


def wrong_digit(spots: Positions, around: Box | None) -> None:
    """Leave out rows beyond the study that one other digit of whole degrees brings back to it.

    120.97 for 126.97 is a digit mistyped. Only where most rows lie in the study.
    """
    good = np.flatnonzero(spots.good)
    if around is None or not len(good):
        return
    low, high = wider(around).reshape(2, 2)
    inside = ((spots.lonlat[good] >= low) & (spots.lonlat[good] <= high)).all(axis=1)
    if inside.mean() <= MOST_OF:
        return
    for i in good[~inside].tolist():
        for axis in (0, 1):
            point = spots.lonlat[i].copy()
            for meant in _one_digit(float(point[axis])):
                point[axis] = meant
                if ((point >= low) & (point <= high)).all():
                    column = spots.columns[1 - axis]
                    told = {"meant": f"{meant:.6f}", "name": column}
                    spots.leave_out("W246", np.array([i]), **told)


def _one_digit(degrees: float) -> list[float]:
    """Return a number with one digit of its whole part put otherwise.

    >>> [round(value, 2) for value in _one_digit(7.25)][:3]
    [0.25, 1.25, 2.25]
    """
    whole = str(int(degrees))
    rest = degrees - int(degrees)
    return [
        int(whole[:k] + digit + whole[k + 1 :]) + rest
        for k in range(len(whole))
        for digit in "0123456789"
        if digit != whole[k]
    ]


def wider(box: Box) -> Floats:
    """Return a box with room on every side: west, south, east, north."""
    west, south, east, north = box
    return np.array([west - AROUND, south - AROUND, east + AROUND, north + AROUND])


def abroad(spots: Positions) -> None:
    """Leave out points outside Korea where the file's median is inside."""
    good = np.flatnonzero(spots.good)
    if not len(good):
        return
    median = np.median(spots.lonlat[good], axis=0)
    if in_korea(median[None, :])[0]:
        spots.leave_out("W207", good[~in_korea(spots.lonlat[good])])


def shared(spots: Positions) -> None:
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
