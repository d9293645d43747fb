"""The land: districts that tile it, the river, streams and reservoirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from garam import plan
from garam.curves import Line, blob, shaken, smooth, winding


@dataclass(frozen=True)
class Land:
    """Districts in the order of the plan, and water; metres from the plan's origin."""

    districts: tuple[shapely.Polygon, ...]
    river_line: Line
    river: shapely.Polygon
    streams: tuple[tuple[str, Line], ...]
    reservoirs: tuple[tuple[str, shapely.Polygon], ...]
    island: shapely.Polygon

    @property
    def water(self) -> BaseGeometry:
        """The river and the reservoirs as one shape."""
        return shapely.union_all([self.river, *(shape for _, shape in self.reservoirs)])

    @property
    def city(self) -> BaseGeometry:
        """All districts as one shape."""
        return shapely.union_all(self.districts)


def draw_land() -> Land:
    """Draw the land from the plan."""
    rng = np.random.default_rng([plan.SEED, 1])
    river_line = winding(np.array(plan.RIVER), rng, 0.08, 700, 90)
    river = _widened(river_line, rng)
    streams = tuple(
        (name, winding(np.array(points), rng, 0.07, 500, 110)) for name, points in plan.STREAMS
    )
    reservoirs = []
    island = shapely.Polygon()
    for name, centre, half, degrees, has_island in plan.RESERVOIRS:
        shape = blob(centre, half, degrees, rng, 0.35, 44)
        if has_island:
            island = blob((centre[0] + 120, centre[1] - 20), (260, 170), degrees, rng, 0.2, 16)
            shape = shape.difference(island)
        reservoirs.append((name, shape))
    districts = _districts(river_line, rng)
    return Land(districts, river_line, river, streams, tuple(reservoirs), island)


def _widened(line: Line, rng: np.random.Generator) -> shapely.Polygon:
    low, high = plan.RIVER_WIDTH
    width = np.linspace(low, high, len(line)) * (1 + 0.18 * np.sin(np.arange(len(line)) / 5))
    width *= rng.uniform(0.9, 1.1, len(line))
    along = np.gradient(line, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    side = np.column_stack([-along[:, 1], along[:, 0]]) * width[:, None] / 2
    shape = shapely.make_valid(shapely.Polygon(np.vstack([line + side, (line - side)[::-1]])))
    return max(shapely.get_parts(shape), key=lambda part: float(part.area))


def _districts(river: Line, rng: np.random.Generator) -> tuple[shapely.Polygon, ...]:
    """Cut the outline into districts along the edges of small random pieces.

    A piece belongs to the centre that is nearest, a large district reaching farther, and the
    far bank of the river counting as far. Edges are then bent, each once for both its sides.
    """
    outline = blob(plan.OUTLINE_CENTRE, plan.OUTLINE, 3, rng, 0.13, 120)
    points = _spread(outline, 620.0, rng)
    pieces = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=outline.buffer(4000))
    )
    middle = shapely.get_coordinates(shapely.centroid(pieces))
    inside = shapely.contains_xy(outline, middle)
    pieces, middle = pieces[inside], middle[inside]

    centres = np.array([d.centre for d in plan.DISTRICTS])
    reach = np.sqrt([d.km2 for d in plan.DISTRICTS]) * 1000 / 1.9
    far = np.hypot(*(middle[:, None] - centres[None]).transpose(2, 0, 1))
    ways = shapely.linestrings(
        np.stack([np.repeat(middle, len(centres), axis=0), np.tile(centres, (len(middle), 1))], 1)
    )
    across = shapely.intersects(shapely.LineString(river), ways).reshape(far.shape)
    owner = ((far + 1400 * across) / reach).argmin(axis=1)
    owner = _joined(pieces, owner, len(centres))

    shapes = [shapely.union_all(pieces[owner == k]) for k in range(len(centres))]
    edges = shapely.line_merge(shapely.union_all([shape.boundary for shape in shapes]))
    bent = []
    for edge in shapely.get_parts(edges):
        line = shapely.get_coordinates(edge)
        thin = line if len(line) < 4 else np.vstack([line[0], _halved(line), line[-1]])
        bent.append(shapely.LineString(np.round(smooth(shaken(thin, rng, 0.07, 420), 130), 2)))
    faces = shapely.get_parts(shapely.polygonize(bent))
    districts = []
    for k, d in enumerate(plan.DISTRICTS):
        at = shapely.Point(d.centre)
        found = [face for face in faces if face.contains(at)]
        if len(found) != 1:
            raise SystemExit(f"{d.name}: the bent edges cross ({k}); change the seed")
        districts.append(found[0])
    if len(faces) != len(districts):
        raise SystemExit("the bent edges cross; change the seed")
    return tuple(districts)


def _halved(line: Line) -> Line:
    middle = (line[:-1] + line[1:]) / 2
    return middle[1:-1:2] if len(middle) > 6 else middle[1:-1]


def _spread(outline: shapely.Polygon, apart: float, rng: np.random.Generator) -> Line:
    """Throw points over the outline's box, none closer than `apart`."""
    x0, y0, x1, y1 = outline.buffer(1500).bounds
    thrown = np.column_stack([rng.uniform(x0, x1, 30_000), rng.uniform(y0, y1, 30_000)])
    kept: list[np.ndarray] = []
    taken: dict[tuple[int, int], list[np.ndarray]] = {}
    for p in thrown:
        i, j = int(p[0] // apart), int(p[1] // apart)
        near = (q for a in (-1, 0, 1) for b in (-1, 0, 1) for q in taken.get((i + a, j + b), ()))
        if all(np.hypot(*(p - q)) >= apart for q in near):
            kept.append(p)
            taken.setdefault((i, j), []).append(p)
    return np.array(kept)


def _joined(pieces: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    """Give pieces that are cut off from the rest of their district to a neighbour."""
    tree = shapely.STRtree(pieces)
    left, right = tree.query(pieces, predicate="intersects")
    for _ in range(20):
        stray = []
        for k in range(count):
            parts = shapely.get_parts(shapely.union_all(pieces[owner == k]))
            if len(parts) > 1:
                biggest = max(parts, key=lambda part: float(part.area))
                mine = np.flatnonzero(owner == k)
                stray += [i for i in mine if not biggest.covers(pieces[i].centroid)]
        if not stray:
            return owner
        for i in stray:
            around = owner[right[left == i]]
            others = around[around != owner[i]]
            owner[i] = np.bincount(others).argmax()
    raise SystemExit("a district stays in parts; change the seed")
