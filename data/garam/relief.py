"""The relief: heights of the ground, hills where nobody lives, gentle valleys where people do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from garam import plan
from garam.curves import Line
from garam.land import Land
from garam.streets import Street

CELL = 160
WEST, SOUTH, COLUMNS, ROWS = -19_760, -14_640, 254, 187
"""The corner of the grid from the plan's origin, and its size: every street lies inside."""

RIVER_FALL = ((-21_000.0, 21.0), (21_000.0, 68.0))  # easting, metres: it flows to the west
RISE = 0.012  # of the valley floors, away from the river
HILLS_M = 250.0


def draw_relief(land: Land, roads: list[Street], lived_in: BaseGeometry) -> Line:
    """Return the heights of the cells, (ROWS, COLUMNS) metres, the northernmost row first.

    `lived_in` is where people live; hills fade out there and along water, and are lower by roads.
    """
    rng = np.random.default_rng([plan.SEED, 11])
    x, y = np.meshgrid(
        WEST + CELL * (np.arange(COLUMNS) + 0.5),
        SOUTH + CELL * (np.arange(ROWS)[::-1] + 0.5),
    )
    at = shapely.points(x, y)
    river = shapely.LineString(land.river_line)
    low = shapely.union_all(
        [land.water, lived_in, *(shapely.LineString(line) for _, line in land.streams)]
    )
    ways = shapely.union_all([street.shape for street in roads])
    for shape in (river, low, ways):
        shapely.prepare(shape)
    floor = np.interp(x, *zip(*RIVER_FALL, strict=True))
    floor = floor + RISE * np.minimum(shapely.distance(river, at), 9_000)
    hill = _waves(x, y, rng) ** 1.4
    open_country = _smooth(shapely.distance(low, at) / 1_600)
    beside_roads = _smooth(shapely.distance(ways, at) / 1_000)
    fade = 0.14 + 0.86 * open_country * (0.3 + 0.7 * beside_roads)
    return floor + HILLS_M * hill * fade


def _waves(x: Line, y: Line, rng: np.random.Generator) -> Line:
    """Return rolling country between 0 and 1: waves of many lengths and directions, summed."""
    total, most = np.zeros_like(x), 0.0
    for length in np.geomspace(1_800, 9_000, 24):
        angle, shift = rng.uniform(0, 2 * np.pi, 2)
        size = length / 9_000
        total += size * np.cos(2 * np.pi / length * (x * np.cos(angle) + y * np.sin(angle)) + shift)
        most += size**2
    return np.clip(0.5 + total / np.sqrt(8 * most), 0, 1)


def _smooth(share: Line) -> Line:
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)


def write_relief(path: Path, metres: Line) -> None:
    """Write the heights as an ESRI ASCII grid, in decimetres."""
    head = (
        f"ncols {COLUMNS}\nnrows {ROWS}\nxllcorner {plan.ORIGIN[0] + WEST}\n"
        f"yllcorner {plan.ORIGIN[1] + SOUTH}\ncellsize {CELL}\nNODATA_value -9999\n"
    )
    rows = [" ".join(f"{m:.1f}" for m in row) for row in metres.tolist()]
    path.write_text(head + "\n".join(rows) + "\n", encoding="ascii", newline="\n")
