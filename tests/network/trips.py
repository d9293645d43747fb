"""Trips in drawn towns: seconds and metres from letter to letter, by any mode."""

from __future__ import annotations

import numpy as np

from access.network.build import build
from access.network.costs import weigh
from access.network.modes import mode
from access.network.snap import snap
from access.network.ways import Ways
from access.testing import lonlat
from access.travel.street import search
from access.travel.times import Why

STREET = {"highway": "residential"}
PATH = {"highway": "path"}
FOOTWAY = {"highway": "footway"}
MS = {"walk": 1.2, "bicycle": 15 / 3.6, "drive": 20 / 3.6}
"""Metres a second on a residential street."""

Point = str | tuple[float, float]


def seconds(
    town: Ways, start: Point, end: Point, name="walk", profile="general", snap_m=10.0, **changes
) -> float | None:
    """Return the seconds between two points (letters or degrees), None where there is no way."""
    network = build(town)
    costs = weigh(network, mode(name, profile, **changes))
    points = [
        np.array([lonlat(town, point) if isinstance(point, str) else point])
        for point in (start, end)
    ]
    cells, places, _ = snap(network, costs, *points, limit_m=snap_m)
    time = int(search(network, costs, cells, places)[0, 0])
    if time >= 0:
        return time / 10
    assert time in (Why.NO_WAY, Why.CELL_OFF, Why.PLACE_OFF)
    return None


def metres(town: Ways, start: Point, end: Point, name="walk", **more) -> float | None:
    """Return the metres of a trip at the pace of a residential street, to the nearest 10."""
    time = seconds(town, start, end, name, **more)
    return None if time is None else round(time * MS[name], -1)
