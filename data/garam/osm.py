"""Streets and water as an OpenStreetMap file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely

from garam import plan
from garam.curves import Line
from garam.land import Land
from garam.streets import Woven

FIRST_NODE, FIRST_WAY, FIRST_RELATION = 99_000_000_001, 9_900_000_001, 990_000_001
"""Far beyond the ids in use, so that nobody takes these for real ones."""

Way = tuple[list[int], dict[str, str]]


def degrees(xy: Line) -> Line:
    """Return longitude and latitude, to the seven digits that OpenStreetMap keeps."""
    from pyproj import Transformer

    to = Transformer.from_crs(plan.CRS, 4326, always_xy=True)
    xy = np.asarray(xy, dtype=float).reshape(-1, 2) + np.array(plan.ORIGIN)
    return np.round(np.column_stack(to.transform(xy[:, 0], xy[:, 1])), 7)


def write_osm(path: Path, woven: Woven, land: Land) -> None:
    """Write nodes, ways and relations in order of id, all with one date and no user."""
    import osmium
    from osmium.osm import mutable

    ways: list[Way] = [(list(refs), tags) for refs, tags in woven.ways]
    points = [woven.xy]
    total = len(woven.xy)
    relations = []
    for xy, tags, role_of in _water(land):
        refs = list(range(total, total + len(xy)))
        if tags.get("natural") == "water" or role_of:
            refs.append(refs[0])
        points.append(xy)
        total += len(xy)
        if role_of:
            relations.append((len(ways), role_of))
        ways.append((refs, tags))
    lonlat = degrees(np.vstack(points))
    used = np.unique(np.concatenate([refs for refs, _ in ways]))
    # Numbered by where they lie, so that no order of drawing decides.
    used = used[np.lexsort(lonlat[used].T)]
    number = {int(k): FIRST_NODE + n for n, k in enumerate(used)}

    header = osmium.io.Header()
    header.set("generator", f"garam: {plan.NOTICE}")
    header.set("osmosis_replication_timestamp", f"{plan.DATE}T00:00:00Z")
    path.unlink(missing_ok=True)
    common = {"version": 1, "visible": True, "timestamp": f"{plan.DATE}T00:00:00Z"}
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for k in used.tolist():
            writer.add_node(
                mutable.Node(id=number[k], location=tuple(lonlat[k].tolist()),
                             tags=_sorted(woven.node_tags.get(k, {})), **common)
            )  # fmt: skip
        for n, (refs, tags) in enumerate(ways):
            writer.add_way(
                mutable.Way(id=FIRST_WAY + n, nodes=[number[k] for k in refs],
                            tags=_sorted(tags), **common)
            )  # fmt: skip
        if relations:
            name = plan.RESERVOIRS[0][0]
            members = [("w", FIRST_WAY + n, role) for n, role in relations]
            tags = {"type": "multipolygon", "natural": "water", "water": "reservoir", "name": name}
            writer.add_relation(
                mutable.Relation(id=FIRST_RELATION, members=members, tags=_sorted(tags), **common)
            )


def _sorted(tags: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(tags.items())


def _water(land: Land) -> Iterator[tuple[Line, dict[str, str], str]]:
    """Yield the rings and lines of water with their tags, and a role where a relation has them."""
    yield shapely.get_coordinates(land.river.exterior)[:-1], {
        "natural": "water", "water": "river", "name": "가람천"}, ""  # fmt: skip
    yield land.river_line, {"waterway": "river", "name": "가람천"}, ""
    for name, line in land.streams:
        yield line, {"waterway": "stream", "name": name}, ""
    for name, shape in land.reservoirs:
        outer = shapely.get_coordinates(shape.exterior)[:-1]
        if len(shape.interiors):
            yield outer, {}, "outer"
            inner = shapely.get_coordinates(shape.interiors[0])[:-1]
            yield inner, {"place": "islet", "name": "물안섬"}, "inner"
        else:
            yield outer, {"natural": "water", "water": "reservoir", "name": name}, ""
