"""The country: 면 centres, villages at the ends of lanes, farm tracks, paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from garam import plan
from garam.curves import Line, blob, winding
from garam.land import Land
from garam.streets import Street
from garam.towns import Built, fill_block

_FRONTS = """
윗 아랫 새 큰 앞 뒤 솔 밤 돌 샘 갈 버들 느티 은행 안 바깥 감 매 봉 학 물 양지 응달 참 대
"""
_BACKS = "말 골 터 실 내 들 뫼 재 울 여울 바위 고개 모루"
FRONT, BACK = _FRONTS.split(), _BACKS.split()


@dataclass(frozen=True)
class Village:
    """A village: its name, district and middle."""

    name: str
    district: int
    at: Line


def draw_country(land: Land, roads: list[Street], taken: BaseGeometry,
                 motorway: BaseGeometry, built: Built) -> list[Village]:  # fmt: skip
    """Draw 면 centres, villages, tracks and paths; return the villages."""
    rng = np.random.default_rng([plan.SEED, 5])
    water = land.water.buffer(25)
    _centres(roads, water, rng, built)
    lowland = _lowland(land, roads, rng)
    villages = _sites(land, roads, taken, motorway, lowland, rng)
    _lanes(villages, roads, water, motorway, rng, built)
    _links(villages, water, taken, motorway, lowland, rng, built)
    _paddies(land, villages, roads, water, taken, motorway, rng, built)
    _hill_paths(villages, lowland, land, motorway, rng, built)
    _island(land, built)
    return villages


def _centres(
    roads: list[Street], water: BaseGeometry, rng: np.random.Generator, built: Built
) -> None:
    """Give every 면 centre a small grid beside the roads that meet there."""
    for d in plan.DISTRICTS:
        if d.kind != "면":
            continue
        size = 1.0 + d.people / 9_000
        through = [s for s in roads if s.shape.distance(shapely.Point(d.centre)) < 5]
        xy = through[0].xy
        k = int(np.hypot(*(xy - d.centre).T).argmin())
        lead = xy[min(k + 3, len(xy) - 1)] - xy[max(k - 3, 0)]
        angle = float(np.degrees(np.arctan2(lead[1], lead[0])))
        area = blob(d.centre, (330 * size, 210 * size), angle, rng, 0.12, 30).difference(water)
        lines = [s.shape for s in roads if s.shape.intersects(area)]
        lines += [part.exterior for part in shapely.get_parts(area)]
        blocks = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
        blocks = [b for b in blocks if b.area > 5_000 and area.contains(b.representative_point())]
        for n, block in enumerate(
            sorted(blocks, key=lambda b: (round(b.centroid.x), round(b.centroid.y)))
        ):
            word = f"{d.name[:-1]}중앙{n + 1}"
            fill_block(block, (62.0, 88.0), 1, word, rng, built, homes=0.55)


def _lowland(land: Land, roads: list[Street], rng: np.random.Generator) -> BaseGeometry:
    """Return where people settle: along roads and water, between hills."""
    valleys = [
        s.shape.buffer(float(rng.uniform(650, 1050))) for s in roads if s.highway != "motorway"
    ]
    valleys += [shapely.LineString(land.river_line).buffer(1250)]
    valleys += [shapely.LineString(line).buffer(750) for _, line in land.streams]
    valleys += [shapely.Point(d.centre).buffer(1500) for d in plan.DISTRICTS]
    return shapely.union_all(valleys)


def _sites(
    land: Land,
    roads: list[Street],
    taken: BaseGeometry,
    motorway: BaseGeometry,
    lowland: BaseGeometry,
    rng: np.random.Generator,
) -> list[Village]:
    main = shapely.union_all([s.shape for s in roads]).buffer(130)
    bad = shapely.union_all([main, land.water.buffer(160), taken.buffer(250), motorway.buffer(300)])
    names = [f + b for f in FRONT for b in BACK]
    villages: list[Village] = []
    order = rng.permutation(len(names))
    for k, d in enumerate(plan.DISTRICTS):
        free = land.districts[k].buffer(-180).intersection(lowland).difference(bad)
        free = free.difference(shapely.Point(d.centre).buffer(520))
        x0, y0, x1, y1 = free.bounds
        found = 0
        for _ in range(4000):
            p = np.array([rng.uniform(x0, x1), rng.uniform(y0, y1)])
            if not shapely.contains_xy(free, *p):
                continue
            if any(np.hypot(*(p - v.at)) < 680 for v in villages):
                continue
            villages.append(Village(names[order[len(villages) % len(names)]], k, p))
            found += 1
            if found == d.villages:
                break
    return villages


def _way(a: Line, b: Line, rng: np.random.Generator, bend: float) -> Line:
    return winding(np.array([a, b]), rng, bend, 330, 62)


def _lanes(
    villages: list[Village],
    roads: list[Street],
    water: BaseGeometry,
    motorway: BaseGeometry,
    rng: np.random.Generator,
    built: Built,
) -> None:
    """Join each village by a lane to what is nearest, those near the roads first."""
    net = [s for s in roads if s.highway != "motorway"]
    net += [s for s in built.streets if s.homes > 0 and s.highway in ("residential", "tertiary")]
    shapes = [s.shape for s in net]
    shapely.prepare(water)
    far = shapely.distance(
        shapely.points([v.at for v in villages]), shapely.union_all([s.shape for s in roads])
    )
    for n in np.argsort(far, kind="stable"):
        village = villages[n]
        point = shapely.Point(village.at)
        distance = shapely.distance(np.array(shapes), point)
        lane = None
        for k in np.argsort(distance, kind="stable")[:40]:
            near = shapes[k].interpolate(shapes[k].project(point))
            for bend in (0.14, 0.08, 0.03):
                line = _way(np.array([near.x, near.y]), village.at, rng, bend)
                shape = shapely.LineString(line)
                crosses = shape.intersects(motorway) and distance[k] < 1500 and rng.random() < 0.7
                if not shape.intersects(water) and (crosses or not shape.intersects(motorway)):
                    lane = line
                    break
            if lane is not None:
                break
        if lane is None:
            continue
        tags = {"highway": "unclassified", "name": f"{village.name}길"}
        draw = rng.random()
        if draw < 0.25:
            tags["highway"] = "service"
        elif draw < 0.35:
            tags["highway"] = "residential"
        if rng.random() < 0.35:
            del tags["name"]
        built.streets.append(Street(lane, tags, homes=0.05))
        shapes.append(built.streets[-1].shape)
        for street in _inside(village, lane, water, rng):
            built.streets.append(street)
            shapes.append(street.shape)


def _inside(
    village: Village, lane: Line, water: BaseGeometry, rng: np.random.Generator
) -> list[Street]:
    """Draw the lanes of a village: its main lane goes on, short ones branch off, some meet."""
    lead = lane[-1] - lane[-2]
    lead = lead / np.hypot(*lead)
    size = float(rng.uniform(0.8, 1.7))
    turn = rng.normal(0, 0.5)
    c, s = np.cos(turn), np.sin(turn)
    ahead = np.array([lead[0] * c - lead[1] * s, lead[0] * s + lead[1] * c])
    main = _way(village.at, village.at + ahead * 190 * size, rng, 0.12)
    streets = [Street(main, {"highway": "residential"}, homes=0.45)]
    spine = np.vstack([lane[-3:-1], main]) if len(lane) > 3 else main
    count = int(rng.integers(4, 9))
    tips = []
    for k in range(count):
        i = 1 + int(k * (len(spine) - 1) / count)
        i = min(i, len(spine) - 1)
        step = spine[i] - spine[i - 1]
        step = step / np.hypot(*step)
        side = 1 if k % 2 else -1
        aside = np.array([-step[1], step[0]]) * side + step * rng.normal(0, 0.3)
        tip = spine[i] + aside * rng.uniform(45, 150) * size
        line = _way(spine[i], tip, rng, 0.1)
        kind = "service" if rng.random() < 0.55 else "residential"
        streets.append(Street(line, {"highway": kind}, homes=0.4))
        tips.append((side, tip))
    for (side_a, a), (side_b, b) in zip(tips, tips[2:], strict=False):
        if side_a == side_b and rng.random() < 0.45:
            streets.append(Street(_way(a, b, rng, 0.08), {"highway": "service"}, homes=0.3))
    return [s for s in streets if not s.shape.intersects(water)]


def _links(
    villages: list[Village],
    water: BaseGeometry,
    taken: BaseGeometry,
    motorway: BaseGeometry,
    lowland: BaseGeometry,
    rng: np.random.Generator,
    built: Built,
) -> None:
    """Join some neighbouring villages by tracks and back lanes."""
    points = shapely.MultiPoint([v.at for v in villages])
    bad = shapely.union_all([water, taken, motorway])
    for edge in shapely.get_parts(shapely.delaunay_triangles(points, only_edges=True)):
        xy = shapely.get_coordinates(edge)
        if edge.length > 1500 or rng.random() > 0.42:
            continue
        xy = xy if tuple(xy[0]) < tuple(xy[1]) else xy[::-1]
        line = _way(xy[0], xy[1], rng, 0.1)
        shape = shapely.LineString(line)
        if shape.intersects(bad) or _doubled(shape, built) or not lowland.buffer(150).covers(shape):
            continue
        draw = rng.random()
        tags = {"highway": "track"}
        if draw < 0.35:
            tags = {"highway": "unclassified"}
        elif draw < 0.6:
            tags["surface"] = "concrete"
        built.streets.append(Street(line, tags, homes=0.015 if draw < 0.35 else 0.0))


def _doubled(shape: shapely.LineString, built: Built) -> bool:
    """Say whether a line runs beside streets that are there already."""
    near = [s.shape for s in built.streets if s.shape.distance(shape) < 60]
    beside = shapely.union_all([line.buffer(60) for line in near])
    return bool(shape.intersection(beside).length > 0.4 * shape.length)


def _paddies(
    land: Land,
    villages: list[Village],
    roads: list[Street],
    water: BaseGeometry,
    taken: BaseGeometry,
    motorway: BaseGeometry,
    rng: np.random.Generator,
    built: Built,
) -> None:
    """Draw farm tracks in straight ladders on the plains beside the river and streams."""
    homes = shapely.MultiPoint([v.at for v in villages]).buffer(170)
    bad = shapely.union_all([water.buffer(30), taken.buffer(120), motorway.buffer(30), homes])
    lines = [land.river_line, *(line for _, line in land.streams)]
    for _ in range(60):
        line = lines[0] if rng.random() < 0.55 else lines[int(rng.integers(1, len(lines)))]
        k = int(rng.integers(2, len(line) - 3))
        step = line[k + 1] - line[k - 1]
        angle = float(np.arctan2(step[1], step[0])) + rng.normal(0, 0.1)
        along = np.array([np.cos(angle), np.sin(angle)])
        across = np.array([-along[1], along[0]]) * rng.choice([-1.0, 1.0])
        start = line[k] + across * rng.uniform(140, 420)
        long, wide = rng.uniform(450, 900), rng.uniform(220, 430)
        field = shapely.Polygon(
            [start, start + along * long, start + along * long + across * wide,
             start + across * wide]
        )  # fmt: skip
        if field.intersects(bad) or any(s.shape.intersects(field) for s in roads):
            continue
        bad = bad.union(field.buffer(80))
        tags = {"highway": "track"}
        if rng.random() < 0.5:
            tags["surface"] = str(rng.choice(["concrete", "unpaved", "dirt"]))
        rungs = max(2, round(wide / 130))
        for n in range(rungs + 1):
            a = start + across * wide * n / rungs
            built.streets.append(Street(np.array([a, a + along * long]), dict(tags)))
        for share in (0.0, 0.5, 1.0):
            a = start + along * long * share
            built.streets.append(Street(np.array([a, a + across * wide]), dict(tags)))
        near = min(
            (s.shape for s in (*roads, *built.streets[:-12]) if s.level == 0),
            key=lambda shape: float(shape.distance(field)),
        )
        here, there = shapely.get_coordinates(shapely.shortest_line(field, near))
        link = shapely.LineString([here, there])
        if 5 < link.length < 700 and not link.intersects(water):
            built.streets.append(Street(_way(here, there, rng, 0.03), dict(tags)))


def _hill_paths(
    villages: list[Village],
    lowland: BaseGeometry,
    land: Land,
    motorway: BaseGeometry,
    rng: np.random.Generator,
    built: Built,
) -> None:
    """Draw a few paths from villages into the hills."""
    hills = land.city.difference(lowland.union(land.water.buffer(60)))
    tops = [p for p in shapely.get_parts(hills) if p.area > 600_000]
    for top in tops:
        peak = shapely.get_coordinates(shapely.point_on_surface(top.buffer(-150)))
        if not len(peak):
            continue
        order = sorted(villages, key=lambda v: float(np.hypot(*(v.at - peak[0]))))
        for village in order[:2]:
            if np.hypot(*(village.at - peak[0])) < 2500 and rng.random() < 0.7:
                line = winding(np.array([village.at, peak[0]]), rng, 0.12, 260, 60)
                if not shapely.LineString(line).intersects(land.water.union(motorway)):
                    built.streets.append(Street(line, {"highway": "path"}))


def _island(land: Land, built: Built) -> None:
    """Draw the lanes of the island in the reservoir: no bridge leads there."""
    ring = land.island.buffer(-55).simplify(8)
    xy = shapely.get_coordinates(shapely.segmentize(ring.exterior, 70))
    built.streets.append(Street(xy, {"highway": "residential", "name": "물안섬길"}, homes=0.12))
    built.streets.append(
        Street(np.array([xy[0], xy[len(xy) // 2]]), {"highway": "service"}, homes=0.12)
    )
