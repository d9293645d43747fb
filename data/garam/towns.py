"""Towns: arterials, and what fills the blocks between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
import shapely.ops

from garam import plan
from garam.curves import Line, blob, turned
from garam.land import Land
from garam.streets import Street

Mark = tuple[tuple[float, float], dict[str, str]]


@dataclass
class Built:
    """What towns are made of: streets, marks for nodes, and where flats stand."""

    streets: list[Street] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    flats: list[tuple[shapely.Polygon, float]] = field(default_factory=list)
    squares: list[shapely.Polygon] = field(default_factory=list)  # parks: nobody lives there


@dataclass(frozen=True)
class Frame:
    """A town's area and its arterial lines with their classes and names."""

    town: plan.Town
    area: shapely.Polygon
    arterials: tuple[Street, ...]

    def port(
        self, toward: tuple[float, float], taken: set[tuple[float, float]], main: bool
    ) -> Line:
        """Return the free end of an arterial that lies nearest to a point, and take it.

        `main` roads go on as the main street.
        """
        lines = [s for s in self.arterials if not main or s.highway == "primary"]
        ends = [tuple(s.xy[e].tolist()) for s in lines for e in (0, -1)]
        ends = [e for e in ends if e not in taken]
        best = min(ends, key=lambda e: float(np.hypot(e[0] - toward[0], e[1] - toward[1])))
        taken.add(best)
        return np.array(best)


def draw_frames(land: Land) -> dict[str, Frame]:
    """Draw the arterials of every town."""
    rng = np.random.default_rng([plan.SEED, 2])
    dry = land.city.difference(land.water.buffer(45))
    frames = {}
    for town in plan.TOWNS:
        warp = _warp(town, rng)
        area = blob(town.centre, town.half, town.degrees, rng, 0.16, 60).intersection(dry)
        area = max(shapely.get_parts(area), key=lambda part: float(part.area))
        lines = []
        u = np.linspace(-1.2 * town.half[0], 1.2 * town.half[0], 42)
        v = np.linspace(-1.3 * town.half[1], 1.3 * town.half[1], 34)
        for n, offset in enumerate(town.along):
            wave = rng.uniform(10, 32) * np.sin(u / rng.uniform(500, 900) + rng.uniform(0, 6))
            lines.append((True, n, np.column_stack([u, offset + wave])))
        for n, offset in enumerate(town.cross):
            wave = rng.uniform(8, 26) * np.sin(v / rng.uniform(400, 800) + rng.uniform(0, 6))
            lines.append((False, n, np.column_stack([offset + wave, v])))
        arterials = []
        for along, n, line in lines:
            count = len(town.along if along else town.cross)
            drawn = shapely.LineString(warp(turned(line, town.degrees, town.centre)))
            inside = drawn.intersection(area)
            part = max(shapely.get_parts(inside), key=lambda one: float(one.length))
            middle = n == count // 2
            if not along and not middle and rng.random() < 0.4:
                part = _stopped(part, [s.shape for s in arterials], rng)
            if part.length < 250:
                continue
            if along:
                highway = "primary" if middle else "secondary" if n == 0 else "tertiary"
                main = "가람대로" if town.through else f"{town.word}대로"
                name = main if middle else f"{town.word}{'가나다라마바사'[n]}로"
            else:
                highway = "secondary" if middle else "tertiary"
                name = f"{town.word}중앙로" if middle else f"{town.word}{n + 1}로"
            tags = {"highway": highway, "name": name}
            if along and middle:
                tags |= {"ref": "99", "lanes": "4"} if town.through else {"lanes": "4"}
                if town.word == "누리":
                    tags["sidewalk"] = "separate"
            homes = 0.5 if highway == "tertiary" else 0.25
            arterials.append(Street(shapely.get_coordinates(part), tags, homes=homes))
        frames[town.name] = Frame(town, area, tuple(arterials))
    return frames


def _warp(town: plan.Town, rng: np.random.Generator) -> Callable[[Line], Line]:
    """Return a gentle bending of the plane, so that a town is no chessboard."""
    waves = [
        (rng.normal(0, 1, 2) / rng.uniform(900, 1_900), rng.uniform(0, 6), rng.normal(0, 1, 2))
        for _ in range(5)
    ]

    def warp(xy: Line) -> Line:
        moved = xy.copy()
        for wave, phase, push in waves:
            moved += town.bend * np.sin(xy @ wave * 2.0 + phase)[:, None] * push
        return moved

    return warp


def _stopped(
    line: shapely.LineString, across: list[shapely.LineString], rng: np.random.Generator
) -> shapely.LineString:
    """Return the longer part of a line that stops where it meets one of the others."""
    stops = sorted(
        line.project(part)
        for other in across
        for part in shapely.get_parts(line.intersection(other))
        if part.geom_type == "Point"
    )
    if len(stops) < 3:
        return line
    at = stops[int(rng.integers(1, len(stops) - 1))]
    ends = (0.0, at) if at > line.length / 2 else (at, line.length)
    return shapely.ops.substring(line, *ends)


def fill_towns(frames: dict[str, Frame], roads: list[Street], built: Built) -> None:
    """Fill the blocks between the arterials of every town with flats, houses and works."""
    rng = np.random.default_rng([plan.SEED, 4])
    for frame in frames.values():
        built.streets += frame.arterials
        lines = [s.shape for s in frame.arterials] + [frame.area.buffer(-1).exterior]
        lines += [s.shape for s in roads if s.shape.intersects(frame.area)]
        blocks = shapely.get_parts(shapely.polygonize(shapely.get_parts(
            shapely.union_all(lines))))  # fmt: skip
        blocks = sorted(
            (
                b
                for b in blocks
                if b.area > 12_000 and frame.area.contains(b.representative_point())
            ),
            key=lambda b: (round(b.centroid.x), round(b.centroid.y)),
        )
        edge = frame.area.exterior
        centre = shapely.Point(frame.town.centre)
        number = 0
        even = [b for b in blocks if 45_000 < b.area < 180_000 and _square(b) > 0.8]
        park = sorted(even, key=lambda b: float(b.distance(centre)))[2]
        for block in blocks:
            if block is park:
                _park(block, rng, built)
                continue
            flats, houses, old, works = frame.town.lots
            near = float(block.centroid.distance(centre)) / frame.town.half[0]
            weights = np.array([flats * (0.35 + near), houses, old * max(0.0, 1.15 - 1.5 * near),
                                works * (near > 0.6)])  # fmt: skip
            kind = int(rng.choice(4, p=weights / weights.sum()))
            if kind == 0 and (block.area < 45_000 or _square(block) < 0.8):
                kind = 1
            if kind == 0:
                _flats(block, edge, rng, built)
            else:
                number += 1
                word = f"{frame.town.word}{number}"
                size = {1: (58.0, 92.0), 2: (44.0, 58.0), 3: (150.0, 190.0)}[kind]
                fill_block(block, size, kind, word, rng, built)


def _square(block: shapely.Polygon) -> float:
    """Return how much of its smallest box a block fills."""
    return float(block.area / block.minimum_rotated_rectangle.area)


def fill_block(
    block: shapely.Polygon,
    size: tuple[float, float],
    kind: int,
    word: str,
    rng: np.random.Generator,
    built: Built,
    homes: float = 1.0,
) -> None:
    """Fill a block with a grid of small streets: 1 houses, 2 old lanes, 3 works."""
    box = shapely.get_coordinates(block.minimum_rotated_rectangle)
    side = np.diff(box, axis=0)
    longest = side[np.hypot(side[:, 0], side[:, 1]).argmax()]
    angle = float(np.degrees(np.arctan2(longest[1], longest[0])))
    middle = (float(block.centroid.x), float(block.centroid.y))
    reach = float(np.hypot(*side[:2].T).max()) * 0.75 + size[1]
    rough = {1: 2.5, 2: 8.0, 3: 3.0}[kind]
    columns = int(reach // size[1]) * 2 + 1
    rows = int(reach // size[0]) * 2 + 1
    u = (np.arange(columns) - columns // 2) * size[1] + rng.uniform(-10, 10)
    v = (np.arange(rows) - rows // 2) * size[0] + rng.uniform(-8, 8)
    grid = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1)
    grid += rng.normal(0, rough, grid.shape)
    grid = turned(grid.reshape(-1, 2), angle, middle).reshape(grid.shape)
    rim = block.exterior
    names = 0
    drop = {1: 0.08, 2: 0.20, 3: 0.12}[kind]
    for lines, main in ((grid, True), (grid.transpose(1, 0, 2), False)):
        for line in lines:
            if main is (kind != 3) and rng.random() < 0.12:
                continue
            runs: list[list[np.ndarray]] = [[]]
            for a, b in pairwise(line):
                cut = shapely.LineString([a, b]).intersection(block)
                whole = not cut.is_empty and cut.geom_type == "LineString" and cut.length > 14
                if whole:
                    ends = shapely.get_coordinates(cut)
                    hugging = rim.distance(shapely.Point(ends.mean(axis=0))) < 20 and all(
                        rim.distance(shapely.Point(e)) < 26 for e in ends
                    )
                    whole = not hugging and rng.random() > drop
                if not whole:
                    runs.append([])
                    continue
                if not runs[-1]:
                    runs[-1].append(ends[0])
                runs[-1].append(ends[-1])
            narrow = rng.random()
            for run in runs:
                if len(run) < 2:
                    continue
                tags = {"highway": "residential"}
                if kind == 3:
                    tags = {"highway": "service" if narrow < 0.4 else "residential"}
                elif kind == 2 and narrow < 0.45:
                    tags = {"highway": "service", "service": "alley"}
                elif kind == 2 and narrow < 0.60:
                    tags = {"highway": "living_street"}
                elif narrow < 0.16:
                    tags = {"highway": "service"}
                elif narrow > 0.74 and len(run) > 3:
                    tags["oneway"] = "yes" if narrow < 0.98 else "-1"
                if tags["highway"] != "service" and rng.random() < 0.55:
                    names += 1
                    tags["name"] = f"{word}길" if names == 1 else f"{word}로{names}번길"
                weight = {1: 1.0, 2: 0.9, 3: 0.04}[kind] * homes
                built.streets.append(Street(np.array(run), tags, homes=weight))


def _flats(
    block: shapely.Polygon, edge: shapely.LineString, rng: np.random.Generator, built: Built
) -> None:
    """Draw a compound of flats: a private ring behind gates, car parks, paths between."""
    ring = block.buffer(-32).simplify(12)
    if ring.is_empty or ring.geom_type != "Polygon" or ring.area < 9_000:
        fill_block(block, (58.0, 92.0), 1, "새터", rng, built)
        return
    private = {"highway": "service", "access": "private"}
    loop = shapely.segmentize(ring.exterior, 60)
    xy = shapely.get_coordinates(loop)
    built.streets.append(Street(xy, dict(private)))
    out = [p for p in xy[:-1] if edge.distance(shapely.Point(p)) > 60] or list(xy[:-1])
    first = int(rng.integers(len(out)))
    gates = [out[first], out[(first + len(out) // 2) % len(out)]]
    for n, start in enumerate(gates[: 2 if ring.area > 40_000 else 1]):
        rim = block.exterior
        end = rim.interpolate(rim.project(shapely.Point(start)))
        lane = np.array([start, (start + 2 * np.array([end.x, end.y])) / 3, (end.x, end.y)])
        built.streets.append(Street(lane, dict(private)))
        kind = "lift_gate" if n == 0 or rng.random() < 0.5 else "gate"
        gate = {"barrier": kind}
        if rng.random() < 0.5:
            gate["access"] = "private"
        built.marks.append(((float(lane[1][0]), float(lane[1][1])), gate))
    _rungs(ring, rng, built)
    built.flats.append((block.buffer(-25), float(rng.uniform(0.75, 1.35))))


def _rungs(ring: shapely.Polygon, rng: np.random.Generator, built: Built) -> None:
    """Cross a compound with car parks, and a path that leaves it where anyone may walk."""
    box = shapely.get_coordinates(ring.minimum_rotated_rectangle)
    side = np.diff(box, axis=0)
    length = np.hypot(side[:, 0], side[:, 1])
    k = int(length[:2].argmax())
    along, across = side[k], side[1 - k]
    start = box[0] if k == 0 else box[1]
    across = across if k == 0 else side[2]
    count = max(1, int(length[k] // 95))
    walked = rng.integers(count)
    for n in range(count):
        share = (n + 0.5) / count + rng.uniform(-0.08, 0.08) / count
        foot = start + along * share
        line = shapely.LineString([foot - across * 0.4, foot + across * 1.4])
        cut = line.intersection(ring)
        if cut.is_empty or cut.geom_type != "LineString" or cut.length < 40:
            continue
        xy = shapely.get_coordinates(cut)
        if n == walked:
            step = (xy[1] - xy[0]) / cut.length
            path = np.array([xy[0] - step * 32, xy[0], xy.mean(axis=0), xy[1], xy[1] + step * 32])
            built.streets.append(Street(path, {"highway": "footway"}))
        elif rng.random() < 0.75:
            tags = {"highway": "service", "access": "private"}
            if rng.random() < 0.6:
                tags["service"] = "parking_aisle"
            stop = xy[0] + (xy[1] - xy[0]) * (1.0 if rng.random() < 0.6 else 0.7)
            built.streets.append(Street(np.array([xy[0], stop]), tags))


def _park(block: shapely.Polygon, rng: np.random.Generator, built: Built) -> None:
    """Draw a park: a winding path round it, and one across."""
    built.squares.append(block)
    inner = block.buffer(-28)
    if inner.is_empty or inner.geom_type != "Polygon":
        return
    ring = inner.buffer(-25).buffer(25) if inner.area > 20_000 else inner
    if ring.is_empty or ring.geom_type != "Polygon":
        ring = inner
    path = shapely.get_coordinates(shapely.segmentize(ring.simplify(4).exterior, 55))
    built.streets.append(Street(path, {"highway": "footway"}))
    rim = block.exterior
    for k in (0, len(path) // 2):
        end = rim.interpolate(rim.project(shapely.Point(path[k])))
        way = np.array([path[k], (end.x, end.y)])
        kind = "steps" if rng.random() < 0.35 else "footway"
        built.streets.append(Street(way, {"highway": kind}))
