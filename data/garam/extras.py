"""What a city has once or here and there: a market street, a footbridge, a riverside path."""

from __future__ import annotations

import numpy as np
import shapely

from garam import plan
from garam.curves import Line, beside, resampled, winding
from garam.land import Land
from garam.streets import Street
from garam.towns import Built, Frame, Mark


def add_extras(
    land: Land, frames: dict[str, Frame], roads: list[Street], built: Built
) -> list[Street]:
    """Add them to what is built, and return the areas that nobody may enter."""
    rng = np.random.default_rng([plan.SEED, 10])
    _sidewalks(frames["읍"], built)
    _footbridge(frames["북"], built)
    _riverside(land, frames["북"], built)
    _market(frames["북"], built)
    _unjoined(built)
    _signals(frames, built)
    _bollards(rng, built)
    _signposts([*roads, *built.streets], rng)
    _under_construction(roads, rng, built)
    return _barracks(land, roads, rng, built)


def _primary(frame: Frame) -> Street:
    return next(s for s in frame.arterials if s.highway == "primary")


def _frame_at(street: Street, share: float) -> tuple[Line, Line, Line]:
    """Return a point of a street with the unit steps along it and to its left."""
    at = street.shape.length * share
    p, q = (shapely.get_coordinates(street.shape.interpolate(at + e))[0] for e in (0, 2))
    along = (q - p) / np.hypot(*(q - p))
    return p, along, np.array([-along[1], along[0]])


def _sidewalks(frame: Frame, built: Built) -> None:
    """Draw the main street's sidewalks as ways of their own, joined to it at crossings."""
    main = _primary(frame)
    sides = []
    for metres in (11.0, -11.0):
        line = beside(resampled(main.xy, 45), metres)[1:-1]
        sides.append(shapely.LineString(line))
        built.streets.append(Street(line, {"highway": "footway", "footway": "sidewalk"}))
    count = int(main.shape.length // 210)
    for n in range(count + 1):
        p, _, _ = _frame_at(main, 0.02 + 0.96 * n / count)
        ends = [shapely.get_coordinates(s.interpolate(s.project(shapely.Point(p)))) for s in sides]
        way = np.vstack([ends[0], p[None], ends[1]])
        built.streets.append(Street(way, {"highway": "footway", "footway": "crossing"}))
        crossing = {"highway": "crossing", "crossing": "traffic_signals" if n % 2 else "marked"}
        built.marks.append(((float(p[0]), float(p[1])), crossing))


def _footbridge(frame: Frame, built: Built) -> None:
    """Draw a footbridge over the main street, reached by steps on both sides."""
    p, t, n = _frame_at(_primary(frame), 0.37)
    up = {"highway": "steps", "incline": "up"}
    for side in (1, -1):
        foot, top = p + side * (30 * t + 14 * n), p + side * 14 * n
        road = p + side * 46 * t
        walk = np.array([road, road + side * 14 * n, foot])
        built.streets.append(Street(walk, {"highway": "footway"}))
        built.streets.append(Street(np.array([foot, top]), dict(up), level=1))
    deck = {"highway": "footway", "bridge": "yes", "layer": "1", "name": "가람육교"}
    built.streets.append(Street(np.array([p + 14 * n, p - 14 * n]), deck, level=1))


def _riverside(land: Land, frame: Frame, built: Built) -> None:
    """Draw a cycleway on the town's bank, with ways down to it from the streets."""
    x0, _, x1, _ = frame.area.bounds
    bank = land.river.buffer(34).exterior.intersection(shapely.box(x0 - 900, -9000, x1 + 700, 9000))
    parts = shapely.get_parts(shapely.line_merge(bank))
    north = max(parts, key=lambda part: float(part.centroid.y))
    path = Street(
        resampled(shapely.get_coordinates(north), 70),
        {"highway": "cycleway", "name": "가람천 자전거길", "foot": "yes", "surface": "asphalt"},
    )
    built.streets.append(path)
    ends = [s.xy[e] for s in frame.arterials for e in (0, -1)]
    near = sorted(ends, key=lambda e: float(path.shape.distance(shapely.Point(e))))
    for n, end in enumerate(near[:5]):
        foot = shapely.get_coordinates(path.shape.interpolate(path.shape.project(
            shapely.Point(end))))[0]  # fmt: skip
        kind = {"highway": "steps" if n % 2 else "footway"}
        built.streets.append(Street(np.array([end, foot]), kind))
    first = shapely.get_coordinates(path.shape.interpolate(60.0))[0]
    links = [
        shapely.shortest_line(shapely.Point(first), s.shape)
        for s in built.streets
        if s.highway in ("unclassified", "residential", "service")
    ]
    dry = [line for line in links if not line.intersects(land.water)]
    nearest = min(dry, key=lambda line: float(line.length))
    built.streets.append(Street(shapely.get_coordinates(nearest), {"highway": "path"}))


def _market(frame: Frame, built: Built) -> None:
    """Close two old lanes to cars: the market, and a street of shops."""
    centre = shapely.Point(frame.town.centre)
    lanes = [s for s in built.streets if s.shape.length > 130 and frame.area.contains(s.shape)
             and s.highway in ("living_street", "service") and "access" not in s.tags]  # fmt: skip
    lanes.sort(key=lambda s: (round(float(s.shape.distance(centre))), s.xy[0].tolist()))
    for street, name in zip(lanes, ("중앙시장길", "젊음의거리"), strict=False):
        street.tags = {"highway": "pedestrian", "name": name}
    lanes[0].tags["surface"] = "paving_stones"


def _unjoined(built: Built) -> None:
    """Leave a path in one park unjoined, as mappers often do."""
    park = built.squares[0]
    x, y = park.centroid.coords[0]
    line = np.array([(x - 45.0, y - 20.0), (x, y + 8.0), (x + 40.0, y - 12.0)])
    built.streets.append(Street(line, {"highway": "footway"}))


def _signals(frames: dict[str, Frame], built: Built) -> None:
    """Put signals where the large streets meet."""
    for frame in frames.values():
        large = [s for s in frame.arterials if s.highway in ("primary", "secondary")]
        for k, a in enumerate(large):
            for b in large[k + 1 :]:
                for x, y in shapely.get_coordinates(a.shape.intersection(b.shape)):
                    at = (float(x), float(y))
                    built.marks.append((at, {"highway": "traffic_signals"}))


def _bollards(rng: np.random.Generator, built: Built) -> None:
    alleys = [s for s in built.streets if s.tags.get("service") == "alley" and len(s.xy) > 3]
    for k in rng.choice(len(alleys), 8, replace=False):
        x, y = alleys[int(k)].xy[1]
        mark: Mark = ((float(x), float(y)), {"barrier": "bollard"})
        built.marks.append(mark)


def _signposts(streets: list[Street], rng: np.random.Generator) -> None:
    """Tag a few speed limits: most Korean streets have none in OpenStreetMap."""
    limits = {"trunk": ("80", 0.7), "primary": ("50", 0.7), "secondary": ("60", 0.3),
              "tertiary": ("50", 0.2), "residential": ("30", 0.08)}  # fmt: skip
    for street in streets:
        limit, share = limits.get(street.highway, ("", 0.0))
        if share and rng.random() < share:
            street.tags["maxspeed"] = limit
        if street.highway == "secondary" and rng.random() < 0.5:
            street.tags["lanes"] = "2"


def _under_construction(roads: list[Street], rng: np.random.Generator, built: Built) -> None:
    """Draw a by-pass that is not open yet."""
    a = next(s for s in roads if s.tags["name"] == "솔뫼로")
    b = next(s for s in roads if s.tags["name"] == "한내로")
    line = winding(np.array([a.xy[len(a.xy) // 3], b.xy[len(b.xy) // 2]]), rng, 0.05, 900, 90)
    tags = {"highway": "construction", "construction": "secondary", "name": "누리한내 우회도로"}
    built.streets.append(Street(line, tags, level=4))


def _barracks(land: Land, roads: list[Street], rng: np.random.Generator,
              built: Built) -> list[Street]:  # fmt: skip
    """Draw a barracks: an area and streets that no map may show."""
    road = next(s for s in roads if s.tags["name"] == "누리서로")
    p, t, n = _frame_at(road, 0.36)
    corners = [p + a * t + b * n for a, b in ((-260, 220), (240, 180), (280, 520), (-220, 560))]
    area = np.array([*corners, corners[0]])
    inside = winding(np.array([p, p + 200 * n, p + 30 * t + 430 * n]), rng, 0.05, 200, 60)
    cross = np.array([p - 150 * t + 360 * n, p + 180 * t + 340 * n])
    for line in (inside, cross):
        if shapely.LineString(line).intersects(land.water):
            raise SystemExit("the barracks lie in water; move them")
        tags = {"highway": "service", "access": "military"}
        built.streets.append(Street(line, tags))
    return [Street(area, {"landuse": "military"}, level=9)]
