"""Streets as they are drawn, and how they are woven into ways that share their nodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from garam.curves import Line

GROUND = 0
JOIN_M = 4.0
"""Points closer than this become one node."""

ROAD_BRIDGES = frozenset({"trunk", "primary", "secondary", "tertiary"})


@dataclass
class Street:
    """One line as drawn. Lines of the ground level join wherever they meet."""

    xy: Line
    tags: dict[str, str]
    level: int = GROUND
    homes: float = 0.0  # people it draws to itself, per metre
    shape: shapely.LineString = field(init=False)

    def __post_init__(self) -> None:
        # To the millimetre: what another processor rounds differently must not show.
        self.xy = np.round(self.xy, 3)
        self.shape = shapely.LineString(self.xy)

    @property
    def highway(self) -> str:
        """Its class."""
        return self.tags.get("highway", "")


@dataclass(frozen=True)
class Woven:
    """Nodes with positions and tags, and ways over them."""

    xy: Line
    node_tags: dict[int, dict[str, str]]
    ways: tuple[tuple[tuple[int, ...], dict[str, str]], ...]


class _Nodes:
    def __init__(self) -> None:
        self.xy: list[tuple[float, float]] = []
        self._near: dict[tuple[int, int], list[int]] = {}

    def at(self, x: float, y: float) -> int:
        """Return the node within the joining distance, or a new one."""
        i, j = int(x // JOIN_M), int(y // JOIN_M)
        best, least = -1, JOIN_M
        for a in (-1, 0, 1):
            for b in (-1, 0, 1):
                for k in self._near.get((i + a, j + b), ()):
                    far = float(np.hypot(self.xy[k][0] - x, self.xy[k][1] - y))
                    if far < least:
                        best, least = k, far
        if best < 0:
            best = len(self.xy)
            self.xy.append((round(x, 2), round(y, 2)))
            self._near.setdefault((i, j), []).append(best)
        return best


def weave(
    streets: list[Street],
    water: BaseGeometry,
    motorway: BaseGeometry,
    marks: Iterable[tuple[tuple[float, float], dict[str, str]]],
) -> Woven:
    """Join the streets where they meet, and split them where they cross water or the motorway.

    `marks` are tags for the nodes nearest to points that lie on a street (gates, crossings).
    """
    marks = list(marks)
    stops = _meetings(streets, [at for at, _ in marks])
    for street, found in zip(streets, stops, strict=True):
        for area in (water, motorway):
            if street.level == GROUND and street.shape.intersects(area):
                found.extend(_points(street.shape.intersection(area.boundary)))
    nodes = _Nodes()
    for found in stops:
        for point in found:
            nodes.at(*point)
    node_tags: dict[int, dict[str, str]] = {}
    for at, tags in marks:
        node_tags.setdefault(nodes.at(*at), {}).update(tags)
    ways = []
    for street, found in zip(streets, stops, strict=True):
        refs = _followed(street, found, nodes)
        if len(refs) > 1:
            ways += _split(refs, street, nodes, water, motorway)
    return Woven(np.array(nodes.xy), node_tags, tuple(ways))


def _meetings(
    streets: list[Street], marks: list[tuple[float, float]]
) -> list[list[tuple[float, float]]]:
    """Return for each street the points where others cross it, end on it, or a mark stands."""
    found: list[list[tuple[float, float]]] = [[] for _ in streets]
    ground = [k for k, s in enumerate(streets) if s.level == GROUND]
    shapes = np.array([streets[k].shape for k in ground])
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    keep = left < right
    pairs = sorted(zip(left[keep].tolist(), right[keep].tolist(), strict=True))
    for i, j in pairs:
        for point in _points(shapes[i].intersection(shapes[j])):
            found[ground[i]].append(point)
            found[ground[j]].append(point)
    ends = [(k, shapely.Point(s.xy[e])) for k, s in enumerate(streets) for e in (0, -1)]
    ends += [(-1, shapely.Point(at)) for at in marks]
    which, on = tree.query(
        np.array([p for _, p in ends]), predicate="dwithin", distance=JOIN_M * 0.75
    )
    for e, g in sorted(zip(which.tolist(), on.tolist(), strict=True)):
        if ends[e][0] != ground[g]:
            found[ground[g]].append((ends[e][1].x, ends[e][1].y))
    return found


def _points(shape: BaseGeometry) -> list[tuple[float, float]]:
    """Return the points of an intersection; the ends of the stretches that lines share."""
    points = []
    for part in shapely.get_parts(shape):
        xy = shapely.get_coordinates(part)
        points += [tuple(p) for p in (xy[[0, -1]] if len(xy) > 1 else xy).tolist()]
    return points


def _followed(street: Street, stops: list[tuple[float, float]], nodes: _Nodes) -> list[int]:
    """Return the nodes along a street, the stops in their places."""
    shape = street.shape
    along = [shape.project(shapely.Point(p)) for p in stops]
    own = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(street.xy, axis=0).T))])
    points = [*zip(own.tolist(), map(tuple, street.xy.tolist()), strict=True)]
    points += zip(along, stops, strict=True)
    refs: list[int] = []
    for _, (x, y) in sorted(points, key=lambda item: item[0]):
        node = nodes.at(x, y)
        if not refs or refs[-1] != node:
            refs.append(node)
    return refs


def _split(
    refs: list[int],
    street: Street,
    nodes: _Nodes,
    water: BaseGeometry,
    motorway: BaseGeometry,
) -> list[tuple[tuple[int, ...], dict[str, str]]]:
    """Cut a street into stretches, those over water and the motorway with their own tags."""
    if street.level != GROUND:
        return [(tuple(refs), street.tags)]
    xy = np.array([nodes.xy[k] for k in refs])
    middle = (xy[:-1] + xy[1:]) / 2
    wet = shapely.contains_xy(water, middle)
    over = shapely.contains_xy(motorway, middle)
    kind = np.where(wet, 1, np.where(over, 2, 0))
    out = []
    start = 0
    for k in range(1, len(kind) + 1):
        if k == len(kind) or kind[k] != kind[start]:
            tags = dict(street.tags)
            if kind[start] == 1 or (kind[start] == 2 and street.highway in ROAD_BRIDGES):
                tags |= {"bridge": "yes", "layer": "1"}
            elif kind[start] == 2:
                tags |= {"tunnel": "yes", "layer": "-1"}
            out.append((tuple(refs[start : k + 1]), tags))
            start = k
    return out
