"""Where a room may stand: beside a street, in a district, where people live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from garam import plan
from garam.curves import Line
from garam.land import Land
from garam.people import People
from garam.streets import Street


@dataclass(frozen=True)
class Sites:
    """Finds places beside streets, in a district, where people live."""

    land: Land
    streets: list[Street]
    people: People
    rng: np.random.Generator

    def beside(self, district: str, highways: tuple[str, ...], near: Line | None,
               within: float) -> tuple[Line, str]:  # fmt: skip
        """Return a point some metres beside a street of the kinds, and the street's name."""
        k = [d.name for d in plan.DISTRICTS].index(district)
        shape = self.land.districts[k].buffer(-60)
        centre = np.array(plan.DISTRICTS[k].centre) if near is None else near
        around = shapely.Point(centre).buffer(within)
        found = [
            s for s in self.streets
            if s.highway in highways and s.level == 0 and s.shape.length > 60
            and s.shape.intersects(around) and shape.covers(s.shape)
        ]  # fmt: skip
        street = found[int(self.rng.integers(len(found)))]
        for _ in range(200):
            at = float(self.rng.uniform(15, street.shape.length - 15))
            p, q = (shapely.get_coordinates(street.shape.interpolate(at + e))[0] for e in (0, 2))
            step = (q - p) / np.hypot(*(q - p))
            off = np.array([-step[1], step[0]]) * self.rng.choice([-1, 1])
            point = p + off * self.rng.uniform(14, 32)
            if around.contains(shapely.Point(point)) and not self.land.water.contains(
                shapely.Point(point)
            ):
                break
        return point, street.tags.get("name", "")

    def crowd(self, district: str) -> Line:
        """Return the middle of a cell of the district, drawn in proportion to its people."""
        k = [d.name for d in plan.DISTRICTS].index(district)
        middle = self.people.corner + 50.0
        inside = shapely.contains_xy(self.land.districts[k].buffer(-150), middle)
        share = np.where(inside, self.people.people, 0)
        cell: Line = middle[int(self.rng.choice(len(share), p=share / share.sum()))]
        return cell

    def address(self, district: str, street: str) -> str:
        """Return a street address that does not exist."""
        street = street or f"{district[:-1]}중앙길"
        area = f" {district}" if district[-1] != "동" else ""
        tail = f" ({district})" if district[-1] == "동" else ""
        return f"{plan.PROVINCE} {plan.CITY}{area} {street} {int(self.rng.integers(3, 240))}{tail}"
