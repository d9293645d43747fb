"""Degrees at the doors, metres inside."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

EARTH_RADIUS_M = 6_371_009.0
"""Mean radius of the earth, the one OSMnx uses, so that lengths agree with its graphs."""

LONLAT = 4326
KOREA = 5179


def great_circle(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Return great-circle distances in metres between points given in degrees.

    Haversine form, stable for the short segments of a street network.

    >>> float(great_circle(*map(np.float64, (127.0, 37.0, 127.0, 37.001))).round(2))
    111.2
    """
    lon1, lat1, lon2, lat2 = (np.radians(a) for a in (lon1, lat1, lon2, lat2))
    h = (
        np.sin((lat2 - lat1) / 2) ** 2
        + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    )
    arc: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return arc


@lru_cache(maxsize=32)
def _transformer(source: int, target: int) -> Any:
    from pyproj import Transformer

    # Korean systems name northing first; always_xy keeps easting (or longitude) first.
    return Transformer.from_crs(source, target, always_xy=True)


def project(lonlat: Floats, crs: int) -> Floats:
    """Return easting and northing in metres of `crs` (EPSG code) for (n, 2) degrees.

    >>> project(np.array([[127.5, 38.0]]), 5179).round(3).tolist()
    [[1000000.0, 2000000.0]]
    """
    return _convert(lonlat, LONLAT, crs)


def unproject(xy: Floats, crs: int) -> Floats:
    """Return (n, 2) longitude and latitude in degrees for metres in `crs` (EPSG code).

    >>> unproject(np.array([[1_000_000.0, 2_000_000.0]]), 5179).round(6).tolist()
    [[127.5, 38.0]]
    """
    return _convert(xy, crs, LONLAT)


def _convert(points: Floats, source: int, target: int) -> Floats:
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if source == target or len(points) == 0:
        return points.copy()
    x, y = _transformer(source, target).transform(points[:, 0], points[:, 1])
    return np.column_stack([x, y])


@lru_cache(maxsize=32)
def check_crs(code: int, *, metres: bool) -> str | None:
    """Return the code of the message that says why an EPSG code will not do, or None.

    A system must place points on the ground (E228: heights and earth-centred ones do not), and
    be a plane in metres where `metres` asks for one (E229). E227: there is no such number.

    >>> check_crs(5179, metres=True), check_crs(4326, metres=False)
    (None, None)
    >>> check_crs(999999, metres=False), check_crs(5703, metres=False), check_crs(4326, metres=True)
    ('E227', 'E228', 'E229')
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_epsg(code)
    except CRSError:
        return "E227"
    if not (system.is_projected or system.is_geographic):
        return "E228"
    plane = system.is_projected and all(a.unit_name == "metre" for a in system.axis_info)
    return "E229" if metres and not plane else None


def is_degrees(crs: int) -> bool:
    """Say whether a system counts degrees of longitude and latitude, not metres.

    >>> is_degrees(4737), is_degrees(5179)
    (True, False)
    """
    from pyproj import CRS

    return bool(CRS.from_epsg(crs).is_geographic)


def in_korea(lonlat: Floats) -> npt.NDArray[np.bool_]:
    """Return which points lie in the box of the Republic of Korea (33-39 N, 124-132 E).

    >>> in_korea(np.array([[127.0, 37.0], [37.0, 127.0]])).tolist()
    [True, False]
    """
    lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return (lon >= 124) & (lon <= 132) & (lat >= 33) & (lat <= 39)


def metric_crs(lonlat: Floats) -> int:
    """Return the EPSG code of the metres to work in: 5179 in Korea, else the UTM zone.

    >>> metric_crs(np.array([[-51.2, -30.0]]))
    32722
    """
    lon, lat = np.median(np.asarray(lonlat, dtype=np.float64).reshape(-1, 2), axis=0)
    if in_korea(np.array([[lon, lat]]))[0]:
        return KOREA
    zone = int((lon + 180) // 6) % 60 + 1
    return (32600 if lat >= 0 else 32700) + zone
