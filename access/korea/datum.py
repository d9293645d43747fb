"""Which of Korea's coordinate systems are numbers in? Evidence, not a guess.

Ranges tell belts and units apart, but 5174 and 5181, 2097 and 5174, 5178 and 5179 differ by 250 to
360 m and pass every range check. What tells them apart is where the points land: in the city, in
the 읍·면·동 their own address names, and close to a street. Of each system that lands in the city
the points cost what they lie from a street, and as much as FAR_M where they miss their district;
whether one system costs less than another is tested by flipping the signs of the paired
differences (Fisher 1935, The Design of Experiments, section 21: the randomisation test).

Source of the systems: the EPSG registry. KATEC has no number there: transverse Mercator of the
Bessel ellipsoid on the datum of 1985, 38 N 128 E, 400 km and 600 km, scale 0.9999.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from access._geo import KOREA, LONLAT, is_degrees, project, unproject
from access.inputs.coordinates import Floats, Verdict
from access.korea.grid import ORIGIN

SYSTEMS: tuple[int | str, ...] = (
    *(5179, 5186, 5181, 5174, 5178, 2097),
    *(5185, 5187, 5188, 5180, 5182, 5183, 5184),  # west, east, Ulleung; with 500 000 m: and Jeju
    *(5173, 5175, 5176, 5177, 2096, 2098),  # on the datum of 1985
    *(32652, 32651, 3857),
    "KATEC",
)
"""Systems of metres that Korean files come in, by EPSG code, the most usual first."""

DEGREES = (LONLAT, 4162)
"""Longitude and latitude of today, and on the datum of 1985, 300 m away."""

FAR_M = 200.0
"""Farther from a street than this says no more than this: nobody built there."""

LANDED = 0.5
"""A system in which fewer of the points land in the city is none of the file's."""

SURE = 0.01
"""How seldom chance may do as well where a system is called certain."""

VERY_SURE = 0.001
"""The same where degrees, which nearly all files are in, are called in question."""

FLIPS = 2_000
SHOWN = 5
LATTICE_M = 25
"""Corners and centres of every national grid from 50 m up are multiples of this."""

OFF_M = 0.5
"""How far rounded coordinates may lie from the grid."""

LATTICE_POINTS = 10

Where = Callable[[Floats], npt.NDArray[np.int32]]
"""The district of each of (n, 2) degrees, -1 for none."""

Metres = Callable[[Floats], Floats]
"""How far each of (n, 2) degrees lies from a street, in metres."""


@dataclass(frozen=True, slots=True)
class Landing:
    """Where points land in one system.

    system   its EPSG code, or KATEC
    turned   the columns are taken the other way round
    inside   share of the points in the 읍·면·동 they name, or in the city where they name none
    metres   median metres to a street, and of the farthest tenth
    cost     (n,) metres to a street, FAR_M where a point misses its district
    lattice  whether the points lie on the national grid
    """

    system: int | str
    turned: bool
    inside: float
    metres: tuple[float, float]
    cost: Floats
    lattice: bool = False

    def __str__(self) -> str:
        """Name the system, then the share inside and both distances."""
        near, far = self.metres
        told = f"{self.system} {100 * self.inside:.0f}% {near:.0f} m {far:.0f} m"
        return f"{told} ▦" if self.lattice else told


def judge(
    xy: Floats,
    crs: int,
    where: Where,
    metres: Metres,
    own: npt.NDArray[np.int32],
    *,
    columns: tuple[str, str],
    gridded: bool = False,
) -> Verdict | None:
    """Return what the landing of (n, 2) numbers says against the system they are given in.

    own      (n,) the district that each point's own address names, -1 for none
    columns  the file's headers of lat and lon, to write the other way round
    gridded  the points may be those of the national grid

    None where the system given stands: it lands in the city and every other is refuted, or the
    points land in the city in no system at all, of which others will speak.
    """

    def landing(system: int | str, turned: bool = False) -> Landing | None:
        return _land(xy, system, turned, where, metres, own, gridded)

    if is_degrees(crs) and (np.abs(xy) <= 180).all():
        return _degrees(crs, landing)
    declared = None if is_degrees(crs) else landing(crs)
    found = _all(landing, turned=False, beside=crs)
    if declared is not None:
        return _declared(declared, found)
    if not found and not is_degrees(crs) and landing(crs, True) is not None:
        return Verdict("E203", {})
    if not found:
        found = _all(landing, turned=True, beside=0)
    if not found:
        return _in_km(xy, where, metres, own)
    if found[0].system == "KATEC":
        return Verdict("E244", {"evidence": _told(found)})
    facts = {"crs": found[0].system, "evidence": _told(found), "write": _write(found, columns)}
    alone = all(_chance(found[0], other) < SURE for other in found[1:])
    if is_degrees(crs):
        return Verdict("E240" if alone else "E241", facts)
    return Verdict("E242", facts | {"given": crs})


def _all(
    landing: Callable[[int | str, bool], Landing | None], *, turned: bool, beside: int
) -> list[Landing]:
    """Return where the points land in every system but one, the best first."""
    tried = [landing(system, turned) for system in SYSTEMS if system != beside]
    return sorted((one for one in tried if one is not None), key=_mean)


def _mean(landing: Landing) -> float:
    return float(landing.cost.mean())


def _declared(declared: Landing, others: list[Landing]) -> Verdict | None:
    """Return what others say against a system that lands in the city."""
    facts: dict[str, Any] = {"crs": declared.system, "given": declared.system}
    facts["evidence"] = _told(sorted([declared, *others], key=_mean))
    better = [other for other in others if _mean(other) < _mean(declared)]
    if better:
        return Verdict("E242", facts | {"crs": better[0].system, "write": _write(better, ("", ""))})
    rest = [other for other in others if _chance(declared, other) >= SURE]
    if rest:
        named = ", ".join(str(other.system) for other in rest)
        return Verdict("W243", facts | {"others": named})
    return None


def _degrees(crs: int, landing: Callable[[int | str], Landing | None]) -> Verdict | None:
    """Call degrees in question only on strong evidence: nearly all files are in those of today."""
    datum = 4162 if crs == 4162 else LONLAT
    given, other = landing(datum), landing(sum(DEGREES) - datum)
    if given is None or other is None or _chance(other, given) >= VERY_SURE:
        return None
    if _mean(other) > _mean(given) / 2:
        return None
    facts = {"crs": other.system, "given": crs, "evidence": _told([other, given])}
    return Verdict("E242", facts | {"write": _write([other], ("", ""))})


def _in_km(xy: Floats, where: Where, metres: Metres, own: npt.NDArray[np.int32]) -> Verdict | None:
    """Return that numbers are kilometres, where they land in the city as such."""
    for turned in (False, True):
        tried = (_land(1000 * xy, s, turned, where, metres, own, False) for s in SYSTEMS)
        if found := sorted((one for one in tried if one is not None), key=_mean):
            return Verdict("E245", {"crs": found[0].system, "evidence": _told(found)})
    return None


def _land(
    xy: Floats,
    system: int | str,
    turned: bool,
    where: Where,
    metres: Metres,
    own: npt.NDArray[np.int32],
    gridded: bool,
) -> Landing | None:
    """Return where points land in a system, None where that is not the city."""
    lonlat = degrees(xy[:, ::-1] if turned else xy, system)
    lonlat[~np.isfinite(lonlat).all(axis=1)] = 0.0
    found = where(lonlat)
    if not len(found) or (found >= 0).mean() < LANDED:
        return None
    at_home = np.where(own >= 0, found == own, found >= 0)
    away = np.minimum(metres(lonlat), FAR_M)
    lattice = gridded and _on_lattice(lonlat)
    cost = np.zeros(len(xy)) if lattice else np.where(at_home, away, FAR_M)
    share = float(at_home[own >= 0].mean()) if (own >= 0).any() else float(at_home.mean())
    middle, far = np.quantile(away, [0.5, 0.9]).tolist()
    return Landing(system, turned, share, (middle, far), cost, lattice)


def _chance(better: Landing, worse: Landing) -> float:
    """Return how often chance makes `better` cost that much less than `worse`.

    One-sided randomisation test of the paired differences: under the hypothesis that the two are
    alike, each difference may as well have the other sign.
    """
    apart = worse.cost - better.cost
    apart = apart[np.abs(apart) > OFF_M]
    if apart.sum() <= 0:
        return 1.0
    signs = np.random.default_rng(0).choice(np.array([-1.0, 1.0]), (FLIPS, len(apart)))
    as_much = (signs * np.abs(apart)).sum(axis=1) >= apart.sum() - 1e-9
    return float((as_much.sum() + 1) / (FLIPS + 1))


def _on_lattice(lonlat: Floats) -> bool:
    """Say whether nearly all points are corners or centres of a national grid."""
    rest = (project(lonlat, KOREA) - ORIGIN) % LATTICE_M
    off = np.minimum(rest, LATTICE_M - rest).max(axis=1)
    return len(off) >= LATTICE_POINTS and float((off <= OFF_M).mean()) > 0.95


def _told(landings: Sequence[Landing]) -> str:
    return " · ".join(str(landing) for landing in landings[:SHOWN])


def _write(found: Sequence[Landing], columns: tuple[str, str]) -> tuple[str, str]:
    """Return what to write into study.toml, in Korean and in English."""
    first = found[0]
    if first.system == "KATEC":
        return "EPSG:4326으로 바꾼 파일 이름", "the name of a file turned to EPSG:4326"
    text = f"crs = {first.system}"
    if first.turned:
        lat, lon = columns
        turned = f'columns = {{ lon = "{lat}", lat = "{lon}" }}'
        return f"{text}, {turned}", f"{text}, {turned}"
    return text, text


@lru_cache(maxsize=1)
def _katec() -> Any:
    """Return what brings KATEC to degrees; it stands in no table of EPSG."""
    from pyproj import CRS, Transformer
    from pyproj.crs import ProjectedCRS
    from pyproj.crs.coordinate_operation import TransverseMercatorConversion

    plane = TransverseMercatorConversion(
        latitude_natural_origin=38,
        longitude_natural_origin=128,
        false_easting=400_000,
        false_northing=600_000,
        scale_factor_natural_origin=0.9999,
    )
    system = ProjectedCRS(plane, name="KATEC", geodetic_crs=CRS.from_epsg(4162))
    return Transformer.from_crs(system, LONLAT, always_xy=True)


def degrees(xy: Floats, system: int | str) -> Floats:
    """Return (n, 2) degrees of (n, 2) metres in a system named by its EPSG code, or KATEC.

    >>> degrees(np.array([[309_900.0, 552_000.0]]), "KATEC").round(2).tolist()
    [[126.98, 37.57]]
    """
    if isinstance(system, int):
        return unproject(xy, system)
    return np.column_stack(_katec().transform(xy[:, 0], xy[:, 1]))


_WORD = re.compile(r"[^\s,()\[\]]+")


def named_districts(addresses: Sequence[str], names: Sequence[str]) -> npt.NDArray[np.int32]:
    """Return the index of the 읍·면·동 that each text names, -1 for none or more than one.

    A name counts as a word of its own or as the beginning of one (공도읍사무소); a name that two
    districts have never counts.

    >>> named_districts(["안성시 공도읍 3", "원곡면사무소", "서울"], ["공도읍", "원곡면"]).tolist()
    [0, 1, -1]
    """
    order = {name: i for i, name in enumerate(names) if list(names).count(name) == 1}
    found = np.full(len(addresses), -1, dtype=np.int32)
    known: dict[str, int] = {}
    for k, text in enumerate(addresses):
        if text not in known:
            words = _WORD.findall(text)
            hits = {i for name, i in order.items() if any(w.startswith(name) for w in words)}
            known[text] = hits.pop() if len(hits) == 1 else -1
        found[k] = known[text]
    return found
