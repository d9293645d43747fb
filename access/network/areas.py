"""Areas: plazas, platforms and parking areas, which walkers cross in straight lines.

A map draws an area by its outline. Walkers go straight from where they enter to where they leave,
and bend only at corners that stand in the way: the shortest paths of a visibility graph
(T. Lozano-Pérez and M. A. Wesley (1979), An algorithm for planning collision-free paths among
polyhedral obstacles, Communications of the ACM 22(10), 560-570). Only its lines that lie on a
shortest path between two entrances are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access._geo import Floats, great_circle
from access.network.kinds import ACROSS, kind_of
from access.network.lines import Ints
from access.network.modes import Permit, mode, way_passage
from access.network.water import Relation
from access.network.ways import WAY_TAGS, Ways

ALWAYS_AREAS = frozenset({"platform", "parking"})
"""Kinds whose closed ways are areas without `area=yes` (OpenTripPlanner)."""

MOST_CORNERS = 200
"""Areas with more entrances and corners in the way than this are walked along their outline."""

AS_LONG_M = 0.001
"""Paths that differ by less are equally long."""

LED = ("oneway", "junction", "conveying")
"""Tags that lead one way along an outline; a line across has no direction of drawing."""

STRAIGHT = 1e-8
"""Sines of smaller angles are rounding."""

Bools = npt.NDArray[np.bool_]
Pairs = list[tuple[int, int]]
"""Indices of nodes that a line joins, the lower first."""


def is_area(tags: Mapping[str, str]) -> bool:
    """Return whether a closed way with these tags is an area, and not a loop.

    >>> is_area({"highway": "pedestrian", "area": "yes"}), is_area({"highway": "pedestrian"})
    (True, False)
    >>> is_area({"amenity": "parking"}), is_area({"railway": "platform", "area": "no"})
    (True, False)
    """
    said = tags.get("area")
    return said == "yes" or (said is None and kind_of(tags) in ALWAYS_AREAS)


def cross(ways: Ways, plazas: Iterable[Relation] = ()) -> tuple[Ways, int]:
    """Return the ways with straight lines across their areas, and how many areas have none.

    `plazas` are the tags of multipolygons and the ids of the ways that bound them; the rest are
    closed ways. A line is a way of two nodes with the tags of its area but those of direction,
    `area=across`, and its id (of a multipolygon, the lowest of its ways). Areas that need no line
    are not counted: only those whose outline is broken or crosses itself, and those of too many
    corners.

    >>> from access.testing import draw_town
    >>> town = draw_town("ab\\ndc", {"abcda": {"highway": "pedestrian", "area": "yes"}, "ac": {}})
    >>> [dict(town.tagsets[t]) for t in town.tags[town.way_id == 1]]
    [{'area': 'yes', 'highway': 'pedestrian'}, {'area': 'across', 'highway': 'pedestrian'}]
    """
    areas = list(_areas(ways, plazas))
    if not areas:
        return ways, 0
    users = _users(ways, areas)
    rough = 0
    lines: list[tuple[_Area, Pairs]] = []
    for area in areas:
        entrances = area.entrances(ways, users)
        if np.count_nonzero(entrances) < 2:
            continue
        pairs = _mesh(ways.lonlat, area, entrances)
        if pairs is None:
            rough += 1
        elif pairs:
            lines.append((area, pairs))
    return _join(ways, lines), rough


@dataclass(frozen=True, slots=True)
class _Area:
    """One polygon of an area: its ways (indices), and the nodes of its rings, outline first.

    Without rings the outline is broken.
    """

    tags: Mapping[str, str]
    ways: tuple[int, ...]
    rings: tuple[Ints, ...]

    def entrances(self, ways: Ways, users: Ints) -> Bools:
        """Return which nodes of the rings lead on to another way."""
        if not self.rings:
            return np.ones(2, np.bool_)
        nodes = np.concatenate(self.rings)
        if len(self.ways) == 1:
            return users[nodes] > 1
        lines = [np.unique(ways.refs[ways.first[w] : ways.first[w + 1]]) for w in self.ways]
        known, own = np.unique(np.concatenate(lines), return_counts=True)
        return users[nodes] > own[np.searchsorted(known, nodes)]


def _areas(ways: Ways, plazas: Iterable[Relation]) -> Iterator[_Area]:
    outlines: set[frozenset[int] | None] = set()
    borrowed: set[tuple[int, tuple[tuple[str, str], ...]]] = set()  # ways with the tags of a plaza
    for tags, members in plazas:
        kept = {k: v for k, v in sorted(tags.items()) if k in WAY_TAGS}
        if _crossable(kept):
            lent = _key({**kept, "area": "yes"})
            borrowed.update((way, lent) for way in members)
            for area in _polygons(ways, kept, members):
                outlines.add(frozenset(area.rings[0].tolist()) if area.rings else None)
                yield area

    first, last = ways.refs[ways.first[:-1]], ways.refs[ways.first[1:] - 1]
    closed = np.flatnonzero((first == last) & (np.diff(ways.first) > 3))
    kinds = {t: is_area(ways.tagsets[t]) for t in np.unique(ways.tags[closed]).tolist()}
    crossable = {t: is_one and _crossable(ways.tagsets[t]) for t, is_one in kinds.items()}
    for way in closed.tolist():
        own = ways.tagsets[ways.tags[way]]
        if crossable[int(ways.tags[way])] and (int(ways.way_id[way]), _key(own)) not in borrowed:
            ring = ways.refs[ways.first[way] : ways.first[way + 1] - 1]
            ring = ring[ring != np.roll(ring, 1)]
            if frozenset(ring.tolist()) not in outlines:  # the multipolygon knows the holes too
                yield _Area(own, (way,), (ring,))


def _key(tags: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(tags.items()))


def _crossable(tags: Mapping[str, str]) -> bool:
    """Return whether some walker may cross an area, and both ways alike."""
    passage = way_passage(tags, mode("walk", private="open"), True)
    return passage.forward == passage.backward != Permit.CLOSED


def _polygons(ways: Ways, tags: Mapping[str, str], members: Sequence[int]) -> Iterator[_Area]:
    """Yield the polygons of a multipolygon; one without rings where they cannot be closed."""
    import shapely

    low, high = (np.searchsorted(ways.way_id, sorted(set(members)), s) for s in ("left", "right"))
    own = tuple(w for a, b in zip(low.tolist(), high.tolist(), strict=True) for w in range(a, b))
    if not own:
        return
    refs = [ways.refs[ways.first[w] : ways.first[w + 1]] for w in own]
    banks = shapely.MultiLineString([ways.lonlat[r] for r in refs])
    nodes = np.unique(np.concatenate(refs))
    at = {tuple(p): n for p, n in zip(ways.lonlat[nodes].tolist(), nodes.tolist(), strict=True)}
    parts = [
        tuple(
            np.array([at.get(point, -1) for point in ring.coords[:-1]])
            for ring in (polygon.exterior, *polygon.interiors)
        )
        for polygon in shapely.get_parts(shapely.build_area(banks)).tolist()
    ]
    # Of an outline that the extract cut, the holes alone would be left as areas.
    bounding = {node for rings in parts for ring in rings for node in ring.tolist()}
    whole = len(own) == len(set(members)) and bounding == set(nodes.tolist())
    for rings in parts if whole else [()]:
        yield _Area(tags, own, rings)


def _users(ways: Ways, areas: Sequence[_Area]) -> Ints:
    """Return how many ways run through each node of an area."""
    near = np.zeros(len(ways.node_id), np.bool_)
    for area in areas:
        for ring in area.rings:
            near[ring] = True
    at = np.flatnonzero(near[ways.refs])
    owner = np.searchsorted(ways.first, at, "right") - 1
    once = np.unique(owner * len(near) + ways.refs[at])
    return np.bincount(once % len(near), minlength=len(near))


def _mesh(lonlat: Floats, area: _Area, entrances: Bools) -> Pairs | None:
    """Return the lines across an area; None where its outline is no polygon or too intricate."""
    import shapely

    if not area.rings:
        return None
    outer, *inner = (lonlat[ring] for ring in area.rings)
    polygon = shapely.Polygon(outer, inner) if len(outer) > 2 else None
    corners = _Corners(lonlat, area.rings)
    chosen = entrances | corners.bends
    if polygon is None or not polygon.is_valid or np.count_nonzero(chosen) > MOST_CORNERS:
        return None
    node = corners.node[chosen]
    straight = great_circle(*lonlat[node].T[:, :, None], *lonlat[node].T[:, None])
    whole = corners.along(chosen)
    whole[node[:, None] == node] = 0.0

    u, v = np.nonzero(np.triu(corners.facing(chosen, entrances) & (whole > straight + AS_LONG_M)))
    if corners.bends.any():
        sight: Any = shapely.linestrings(lonlat[np.column_stack([node[u], node[v]])])
        seen = shapely.covers(polygon, sight)
        u, v = u[seen], v[seen]
    long = straight[u, v]
    whole[u, v] = whole[v, u] = long
    if corners.bends.any():
        for via in range(len(node)):
            np.minimum(whole, whole[:, via, None] + whole[via], out=whole)
    needed = _leads(whole, u, v, long, np.flatnonzero(entrances[chosen]))
    needed &= ~_pieced(whole, u, v, long)
    ends = np.sort(np.column_stack([node[u], node[v]])[needed], axis=1)
    return sorted(set(map(tuple, ends.tolist())))


class _Corners:
    """The nodes of an area's rings one after the other, each ring with the area on its left.

    node   (n,) indices of nodes
    came   (n, 2) degrees from the node before
    goes   (n, 2) degrees to the node after
    bends  (n,) whether the corner stands into the area, so that a path may bend there
    """

    def __init__(self, lonlat: Floats, rings: Sequence[Ints]) -> None:
        self.node = np.concatenate(rings)
        self.size = [len(ring) for ring in rings]
        self.lonlat = lonlat[self.node]
        n = len(self.node)
        after, before = np.arange(1, n + 1), np.arange(-1, n - 1)
        start = 0
        for size in self.size:
            after[start + size - 1], before[start] = start, start + size - 1
            start += size
        self.goes = self.lonlat[after] - self.lonlat
        self.came = self.goes[before]
        at = self.lonlat - self.lonlat[0]
        start = 0
        swept = _cross(at, self.goes)
        for size in self.size:
            here = slice(start, start + size)
            if (swept[here].sum() > 0) != (start == 0):  # drawn with the area on its right
                self.came[here], self.goes[here] = -self.goes[here], -self.came[here]
            start += size
        self.bends = _cross(self.came, self.goes) < 0

    def along(self, chosen: Bools) -> Floats:
        """Return metres along the outline between neighbouring corners, infinite between others."""
        number = np.cumsum(chosen) - 1
        metres = np.full((number[-1] + 1,) * 2, np.inf)
        start = 0
        for size in self.size:
            here = np.flatnonzero(chosen[start : start + size])
            if len(here) > 1:
                at = self.lonlat[start : start + size]
                lon, lat = np.concatenate([at, at[:1]]).T
                steps = great_circle(lon[:-1], lat[:-1], lon[1:], lat[1:])
                passed = np.concatenate([[0.0], np.cumsum(steps)])
                u = number[start + here]
                v = np.concatenate([u[1:], u[:1]])
                gap = passed[np.concatenate([here[1:], here[:1]])] - passed[here]
                gap[-1] += passed[-1]
                for a, b in ((u, v), (v, u)):
                    np.minimum.at(metres, (a, b), gap)
            start += size
        return metres

    def facing(self, chosen: Bools, entrances: Bools) -> Bools:
        """Return whether a straight line may lead from one corner to the other, as far as the
        corners themselves tell: it goes into the area, and round a bend it only grazes.
        """
        at = self.lonlat[chosen]
        ahead = at[None] - at[:, None]
        reach = np.hypot(ahead[..., 0], ahead[..., 1])
        sides = []
        for edge in (self.came[chosen], self.goes[chosen]):
            clear = STRAIGHT * np.hypot(edge[:, 0], edge[:, 1])[:, None] * reach
            side = _cross(edge[:, None], ahead)
            sides.append((side >= -clear, side > clear))
        (left_of_came, clear_of_came), (left_of_goes, clear_of_goes) = sides
        bend = self.bends[chosen][:, None]
        inward = np.where(bend, left_of_came | left_of_goes, left_of_came & left_of_goes)
        grazes = ~(clear_of_came & clear_of_goes)
        leaves = inward & (grazes | entrances[chosen][:, None])
        both: Bools = leaves & leaves.T
        return both


def _cross(a: Floats, b: Floats) -> Floats:
    """Return the cross product of vectors in the plane: positive where b points left of a."""
    product: Floats = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return product


def _leads(whole: Floats, u: Ints, v: Ints, long: Floats, entrances: Ints) -> Bools:
    """Return which lines lie on a shortest path between two entrances."""
    leads = np.zeros(len(u), np.bool_)
    onward = whole[v][:, entrances]
    for start in entrances.tolist():
        through = (whole[start, u] + long)[:, None] + onward
        leads |= (through <= whole[start, entrances] + AS_LONG_M).any(axis=1)
    return leads


def _pieced(whole: Floats, u: Ints, v: Ints, long: Floats) -> Bools:
    """Return which lines other lines make up, end to end."""
    before, after = whole[u], whole[v]
    between = (before > AS_LONG_M) & (after > AS_LONG_M)
    return np.asarray((between & (before + after <= long[:, None] + AS_LONG_M)).any(axis=1))


def _undirected(tags: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key.partition(":")[0] not in LED}


def _join(ways: Ways, lines: Sequence[tuple[_Area, Pairs]]) -> Ways:
    """Return the ways and the lines, in the order of their ids; of one id the ways stand first."""
    if not lines:
        return ways
    keys = [_key(tags) for tags in ways.tagsets]
    known = dict(zip(keys, ways.tagsets, strict=True))
    named = [_key({**_undirected(area.tags), "area": ACROSS}) for area, _ in lines]
    known |= {key: dict(key) for key in named}
    order = {key: at for at, key in enumerate(sorted(known))}
    rank = np.array([order[key] for key in keys], np.int32)

    count = [len(pairs) for _, pairs in lines]
    ids = np.repeat([ways.way_id[area.ways[0]] for area, _ in lines], count)
    labels = np.repeat([order[key] for key in named], count)
    way_id = np.concatenate([ways.way_id, ids])
    tags = np.concatenate([rank[ways.tags], labels])
    refs = np.concatenate([ways.refs, np.array([p for _, ps in lines for p in ps]).ravel()])
    size = np.concatenate([np.diff(ways.first), np.full(len(ids), 2)])
    start = np.cumsum(size) - size
    place = np.argsort(way_id, kind="stable")
    first = np.append(0, np.cumsum(size[place]))
    at = np.arange(first[-1]) + np.repeat(start[place] - first[:-1], size[place])
    now = np.empty_like(at)
    now[at] = np.arange(len(at))
    return replace(
        ways,
        way_id=frozen(way_id[place]),
        first=frozen(first),
        refs=frozen(refs[at]),
        tags=frozen(tags[place], np.int32),
        tagsets=tuple(known[key] for key in order),
        restrictions=ways.restrictions.along(now),
    )
