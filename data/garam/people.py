"""Who lives where: registered residents by age and sex, and people in 100 m cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from garam import plan
from garam.curves import Line
from garam.land import Land
from garam.streets import Street

OLDEST_AGE = 100  # counted as "100세 이상"
LETTERS = "가나다라마바사아"

# Relative numbers at given ages; the country is old, the new town young.
_AGES = np.array([0, 6, 14, 22, 30, 38, 46, 54, 61, 68, 75, 82, 90, 100.0])
_YOUNG = np.array([0.7, 1.1, 1.1, 0.9, 1.3, 1.6, 1.5, 1.3, 1.0, 0.7, 0.4, 0.2, 0.06, 0.002])
_OLD = np.array([0.1, 0.2, 0.35, 0.5, 0.5, 0.6, 0.9, 1.5, 2.3, 2.2, 1.8, 1.2, 0.35, 0.01])


def residents_by_age() -> npt.NDArray[np.int64]:
    """Return (districts, sexes: men and women, ages 0 to 100) people."""
    rng = np.random.default_rng([plan.SEED, 6])
    age = np.arange(OLDEST_AGE + 1)
    young, old = np.interp(age, _AGES, _YOUNG), np.interp(age, _AGES, _OLD)
    young, old = young / young.sum(), old / old.sum()
    women = np.interp(age, [0, 20, 28, 45, 60, 75, 85, 100], [0.487, 0.47, 0.45, 0.47, 0.49, 0.54,
                                                             0.66, 0.82])  # fmt: skip
    out = np.zeros((len(plan.DISTRICTS), 2, len(age)), dtype=np.int64)
    for k, d in enumerate(plan.DISTRICTS):
        share = (d.over_60 - young[60:].sum()) / (old[60:].sum() - young[60:].sum())
        curve = np.maximum(young + share * (old - young), 0) * rng.lognormal(0, 0.06, len(age))
        # The noise must not move the share of the old, which the plan fixes.
        curve[60:] *= d.over_60 / curve[60:].sum()
        curve[:60] *= (1 - d.over_60) / curve[:60].sum()
        people = whole(curve * d.people, d.people)
        out[k, 1] = np.minimum(rng.binomial(people, women), people)
        out[k, 0] = people - out[k, 1]
    return out


def whole(values: npt.NDArray[np.float64], total: int) -> npt.NDArray[np.int64]:
    """Round to whole numbers with the given sum, by largest remainder."""
    floor = np.floor(values).astype(np.int64)
    order = np.argsort(floor - values, kind="stable")
    floor[order[: total - int(floor.sum())]] += 1
    return floor


@dataclass(frozen=True)
class People:
    """Populated cells: the south-west corners (metres from the plan's origin) and people."""

    corner: npt.NDArray[np.int64]
    people: npt.NDArray[np.int64]

    @property
    def gid(self) -> list[str]:
        """National grid codes: two letters of the 100 km block, 3 + 3 digits of 100 m."""
        return [
            LETTERS[(e - 700_000) // 100_000] + LETTERS[(n - 1_300_000) // 100_000]
            + f"{e % 100_000 // 100:03d}{n % 100_000 // 100:03d}"
            for e, n in (self.corner + np.array(plan.ORIGIN)).tolist()
        ]  # fmt: skip


def settle(
    land: Land,
    streets: list[Street],
    flats: list[tuple[shapely.Polygon, float]],
    empty: BaseGeometry,
) -> People:
    """Put people into cells along the streets that draw homes to themselves, and into flats.

    A cell belongs to the district of its centre. The grid count of a district differs by a few
    hundredths from its registered residents, as it does in life.
    """
    rng = np.random.default_rng([plan.SEED, 7])
    points, weight = _homes(streets, flats, rng)
    corner, into = np.unique(np.floor(points / 100).astype(np.int64), axis=0, return_inverse=True)
    weight = np.bincount(into.ravel(), weights=weight)
    corner *= 100
    middle = corner + 50.0
    keep = ~shapely.contains_xy(empty, middle)
    corner, weight, middle = corner[keep], weight[keep], middle[keep]
    people = np.zeros(len(corner), dtype=np.int64)
    for d, shape in zip(plan.DISTRICTS, land.districts, strict=True):
        inside = shapely.contains_xy(shape, middle)
        uneven = weight[inside] * rng.gamma(3.0, 1 / 3.0, int(inside.sum()))
        counted = round(d.people * rng.uniform(0.972, 1.024))
        people[inside] = rng.multinomial(counted, uneven / uneven.sum())
    lonely = _lonely(land, streets)
    outside = _outside(land, streets)
    corner = np.vstack([corner[people > 0], lonely, outside])
    people = np.concatenate([people[people > 0], [2], [7, 3]])
    corner, first = np.unique(corner, axis=0, return_index=True)
    return People(corner, people[first])


def _homes(
    streets: list[Street], flats: list[tuple[shapely.Polygon, float]], rng: np.random.Generator
) -> tuple[Line, npt.NDArray[np.float64]]:
    points, weights = [], []
    for s in streets:
        if s.homes <= 0:
            continue
        count = max(1, int(s.shape.length // 15))
        at = shapely.get_coordinates(
            shapely.line_interpolate_point(s.shape, (np.arange(count) + 0.5) / count, True)
        )
        points.append(at + rng.normal(0, 24, at.shape))
        weights.append(np.full(count, s.homes * s.shape.length / count))
    for shape, dense in flats:
        x0, y0, x1, y1 = shape.bounds
        at = np.column_stack([rng.uniform(x0, x1, 400), rng.uniform(y0, y1, 400)])
        at = at[shapely.contains_xy(shape, at)]
        if len(at):
            points.append(at)
            weights.append(np.full(len(at), 0.085 * dense * shape.area / len(at)))
    return np.vstack(points), np.concatenate(weights)


def _lonely(land: Land, streets: list[Street]) -> npt.NDArray[np.int64]:
    """Return the cell inside the city that is farthest from every street."""
    x0, y0, x1, y1 = land.city.bounds
    x, y = np.meshgrid(np.arange(x0, x1, 400), np.arange(y0, y1, 400))
    grid = np.column_stack([x.ravel(), y.ravel()])
    free = land.city.buffer(-700).difference(land.water)
    grid = grid[shapely.contains_xy(free, grid)]
    ways = shapely.union_all([s.shape for s in streets])
    shapely.prepare(ways)
    far = shapely.distance(ways, shapely.points(grid))
    return (grid[[int(far.argmax())]] // 100).astype(np.int64) * 100


def _outside(land: Land, streets: list[Street]) -> npt.NDArray[np.int64]:
    """Return two cells beside the trunk road, just beyond the border, west and east."""
    city = land.city
    cells = []
    for end in (0, -1):
        trunk = [s for s in streets if s.highway == "trunk"][end]
        beyond = trunk.shape.difference(city.buffer(160))
        parts = shapely.get_parts(beyond)
        near = min(parts, key=lambda part: float(part.distance(city)))
        xy = shapely.get_coordinates(near.interpolate(0.0 if end else near.length))[0]
        cells.append(np.floor(xy / 100).astype(np.int64) * 100)
    return np.array(cells)
