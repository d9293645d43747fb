"""Lines that bend as roads and rivers do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

Line = npt.NDArray[np.float64]


def resampled(line: Line, step: float) -> Line:
    """Return the line with points about every `step` metres, its ends kept."""
    shape = shapely.LineString(line)
    count = max(1, round(shape.length / step))
    points = shapely.line_interpolate_point(shape, np.linspace(0, 1, count + 1), normalized=True)
    xy: Line = shapely.get_coordinates(points)
    xy[0], xy[-1] = line[0], line[-1]
    return xy


def smooth(points: Line, step: float) -> Line:
    """Return a Catmull-Rom curve through the points, with a point about every `step` metres."""
    if len(points) < 3:
        return resampled(points, step)
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, 12, endpoint=False)[:, None]
    parts = []
    for p0, p1, p2, p3 in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        parts.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    return resampled(np.vstack([*parts, points[-1:]]), step)


def shaken(points: Line, rng: np.random.Generator, bend: float, finest: float) -> Line:
    """Return the points with midpoints moved aside by `bend` of each length, down to `finest`."""
    while True:
        legs = np.diff(points, axis=0)
        length = np.hypot(legs[:, 0], legs[:, 1])
        if length.max() <= finest:
            return points
        out = [points[0]]
        for start, leg, size in zip(points, legs, length, strict=False):
            if size > finest:
                aside = np.array([-leg[1], leg[0]]) * rng.normal(0, bend)
                out.append(start + leg * rng.uniform(0.42, 0.58) + aside)
            out.append(start + leg)
        points = np.array(out)


def winding(
    points: Line, rng: np.random.Generator, bend: float, finest: float, step: float
) -> Line:
    """Return a smooth, winding line through the points."""
    return smooth(shaken(np.asarray(points, dtype=float), rng, bend, finest), step)


def beside(line: Line, metres: float) -> Line:
    """Return the line moved to its left by `metres` (to its right if negative)."""
    along = np.gradient(line, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    return line + metres * np.column_stack([-along[:, 1], along[:, 0]])


def turned(xy: Line, degrees: float, about: tuple[float, float] = (0.0, 0.0)) -> Line:
    """Return points turned counter-clockwise about the origin, then moved to `about`."""
    a = np.radians(degrees)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    moved: Line = np.asarray(xy, dtype=float) @ turn + np.asarray(about)
    return moved


def blob(
    centre: tuple[float, float],
    half: tuple[float, float],
    degrees: float,
    rng: np.random.Generator,
    rough: float,
    count: int,
) -> shapely.Polygon:
    """Return an irregular oval."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    radius = np.ones(count)
    for wave in range(2, 9):
        radius += rough / wave * rng.normal() * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    oval = np.column_stack([half[0] * radius * np.cos(angle), half[1] * radius * np.sin(angle)])
    return shapely.Polygon(turned(oval, degrees, centre))
