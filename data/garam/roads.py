"""Roads between the towns, and the motorway with its one interchange."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from garam import plan
from garam.curves import Line, beside, smooth, winding
from garam.streets import Street
from garam.towns import Frame, Mark

CENTRES = {d.name: d.centre for d in plan.DISTRICTS}


def draw_roads(frames: dict[str, Frame]) -> list[Street]:
    """Draw the roads of the plan, from the ends of the towns' arterials."""
    rng = np.random.default_rng([plan.SEED, 3])
    taken: set[tuple[float, float]] = set()
    roads = []
    for highway, name, ref, stops in plan.ROADS:
        points = []
        for k, stop in enumerate(stops):
            if isinstance(stop, str) and stop in frames:
                other = stops[k + 1] if k == 0 else stops[k - 1]
                toward = CENTRES[other] if isinstance(other, str) else other
                points.append(frames[stop].port(toward, taken, main=highway == "trunk"))
            else:
                points.append(np.array(CENTRES[stop] if isinstance(stop, str) else stop))
        short = np.hypot(*(points[-1] - points[0])) < 1500
        bend = 0.0 if short else 0.06 if highway == "trunk" else 0.09
        tags = {"highway": highway, "name": name}
        if ref:
            tags["ref"] = ref
        line = winding(np.array(points), rng, bend, 900, 85)
        roads.append(Street(line, tags, homes=0.035 if highway != "trunk" else 0.012))
    return roads


def draw_motorway(roads: list[Street]) -> tuple[list[Street], list[Mark], BaseGeometry]:
    """Draw two carriageways, an interchange with a toll gate, and the land they take."""
    middle = smooth(np.array(plan.MOTORWAY), 190)
    tags = {"highway": "motorway", "name": plan.MOTORWAY_NAME, "ref": plan.MOTORWAY_REF,
            "oneway": "yes", "lanes": "2", "maxspeed": "100"}  # fmt: skip
    down, up = beside(middle, -13), beside(middle, 13)[::-1]  # drawn from north to south
    streets = [Street(down, dict(tags), level=2), Street(up, dict(tags), level=2)]

    at = plan.JUNCTION_AT
    west, east = (_at_northing(down, at), _at_northing(up, at))
    plaza = east + np.array([330.0, 0.0])
    turn = west - np.array([150.0, 0.0])
    link = {"highway": "motorway_link", "name": "가람나들목"}
    ramp = {**link, "oneway": "yes"}
    over = smooth(
        np.array([plaza, east + np.array([60, 25]), west - np.array([60, -25]), turn]), 60
    )
    streets += [
        Street(over, {**link, "bridge": "yes", "layer": "1"}, level=3),
        Street(_ramp(_near(down, at + 620), turn), dict(ramp), level=2),
        Street(_ramp(_near(down, at - 620), turn)[::-1], dict(ramp), level=2),
        Street(_ramp(_near(up, at - 620), plaza), dict(ramp), level=2),
        Street(_ramp(_near(up, at + 620), plaza)[::-1], dict(ramp), level=2),
    ]
    trunk = next(s for s in roads if s.highway == "trunk" and s.xy[-1][0] > -4000 > s.xy[0][0])
    end = trunk.shape.interpolate(trunk.shape.project(shapely.Point(plaza + np.array([350, -900]))))
    out = smooth(np.array([plaza, plaza + np.array([260, -260]), (end.x, end.y)]), 70)
    streets.append(Street(out, dict(link), level=2))
    marks: list[Mark] = [((float(out[1][0]), float(out[1][1])), {"barrier": "toll_booth"})]
    return streets, marks, shapely.LineString(middle).buffer(34)


def _near(line: Line, northing: float) -> Line:
    point: Line = line[np.abs(line[:, 1] - northing).argmin()]
    return point


def _at_northing(line: Line, northing: float) -> Line:
    order = np.argsort(line[:, 1])
    return np.array([np.interp(northing, line[order, 1], line[order, 0]), northing])


def _ramp(start: Line, end: Line) -> Line:
    side = 1 if end[0] > start[0] else -1
    bend = np.array([start[0] + side * 45, start[1] + 0.5 * (end[1] - start[1])])
    return smooth(np.array([start, bend, end]), 60)
