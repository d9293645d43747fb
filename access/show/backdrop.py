"""Our own streets and water behind the cells, instead of anybody's tiles."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from access.network.graph import Network
from access.network.kinds import ACROSS
from access.network.water import is_military
from access.show.packed import outlines, pack

MAIN, MIDDLE, LOCAL, PATH, WATER, STREAM = range(6)

_CLASS = {
    **dict.fromkeys(("motorway", "trunk", "primary"), MAIN),
    **dict.fromkeys(("motorway_link", "trunk_link", "primary_link"), MAIN),
    **dict.fromkeys(("secondary", "tertiary", "secondary_link", "tertiary_link"), MIDDLE),
    **dict.fromkeys(("residential", "unclassified", "living_street", "pedestrian", "road"), LOCAL),
    **dict.fromkeys(
        ("service", "track", "path", "footway", "cycleway", "bridleway", "steps"), PATH
    ),
}

COARSE_DEG = (4e-5, 3e-5, 2e-5, 4e-5)
"""How far a drawn street may leave its true line, by class: 2 to 4 m."""

MOST_POINTS = 600_000
"""Above this many points the narrowest classes are left out, so that the page stays light."""


def street_lines(network: Network) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Return the streets as shapely lines in degrees, and the way (index) each belongs to.

    Ways with a military tag are left out, whoever asks, and lines across areas, which no map shows.
    """
    import shapely

    if len(network) == 0:
        return np.empty(0, object), np.empty(0, np.int64)
    hidden = np.array([is_military(t) or t.get("area") == ACROSS for t in network.tagsets], bool)
    kept = ~hidden[network.tags[network.way]]
    tail, head, way = network.tail[kept], network.head[kept], network.way[kept].astype(np.int64)
    if len(tail) == 0:
        return np.empty(0, object), np.empty(0, np.int64)
    starts = np.ones(len(tail), bool)
    starts[1:] = (way[1:] != way[:-1]) | (tail[1:] != head[:-1])
    line = np.cumsum(starts) - 1
    last = np.append(starts[1:], True)
    # every segment gives its tail, the last of a line its head as well
    nodes = np.insert(tail.astype(np.int64), np.nonzero(last)[0] + 1, head[last])
    owner = np.insert(line, np.nonzero(last)[0] + 1, line[last])
    lines: npt.NDArray[Any] = shapely.linestrings(network.lonlat[nodes], indices=owner)
    return lines, way[starts]


def street_class(network: Network, way: int) -> int:
    """Return the class a way is drawn in, -1 for what is not drawn."""
    return _CLASS.get(network.tagsets[network.tags[way]].get("highway", ""), -1)


def backdrop(network: Network) -> dict[str, str]:
    """Return water and streets for a page, packed; water first, main streets last."""
    import shapely

    lines, ways = street_lines(network)
    kinds = np.array([street_class(network, way) for way in ways.tolist()], int)
    shapes: list[Any] = []
    tags: list[int] = []
    for water in network.water:
        slim = shapely.simplify(water, 3e-5)
        if not slim.is_empty:
            shapes.append(slim)
            tags.append(WATER if slim.geom_type.endswith("Polygon") else STREAM)
    left = MOST_POINTS
    streets: list[tuple[int, Any]] = []
    for kind in (MAIN, MIDDLE, LOCAL, PATH):
        slim = shapely.simplify(lines[kinds == kind], COARSE_DEG[kind])
        left -= int(shapely.get_num_coordinates(slim).sum())
        if left < 0:
            break
        streets.append((kind, slim))
    for kind, slim in reversed(streets):
        shapes.extend(slim)
        tags.extend([kind] * len(slim))
    return pack(outlines(shapes, tags))
