"""Draw a town in letters: small streets for tests, examples and lessons.

A map is text. Every letter or digit in it is a place on a grid, columns running east and rows
running south; everything else (spaces, dots, lines) is only drawing. Ways are named by the
letters they run through, as in the tests of OSRM (github.com/Project-OSRM/osrm-backend,
features/).
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from access._frozen import frozen
from access._geo import EARTH_RADIUS_M
from access.ledger import Findings, Ledger
from access.network.areas import cross
from access.network.restrictions import Told
from access.network.ways import NODE_TAGS, WAY_TAGS, Ways

if TYPE_CHECKING:
    from access.study.study import Study

LonLat = tuple[float, float]

ORIGIN: LonLat = (127.5, 37.0)
"""Where the upper left corner of a drawn town lies: the heart of Korea, far from any edge."""


def draw_town(
    map: str,
    ways: Mapping[str, Mapping[str, str]],
    *,
    nodes: Mapping[str, Mapping[str, str]] | None = None,
    restrictions: Mapping[str, str | Mapping[str, str]] | None = None,
    spacing_m: float = 100,
    origin: LonLat = ORIGIN,
) -> Ways:
    """Return the streets of a town drawn in letters.

    `ways` maps the letters a way runs through, in the order it is drawn, to its tags; without
    tags it is `highway=primary`. What follows a `#` only tells ways apart that run through the
    same letters ("ab#1", "ab#2"). `nodes` gives tags to letters (barriers, crossings).
    `restrictions` maps the members of turn restrictions, in the order from, via, to ("ab b bc";
    "ab bc cd" over a way; "ab,cb b bd" for several), to the word or to tags. Neighbours on the
    grid are `spacing_m` metres apart (great circle; exact along rows and columns to 0.1 mm).

    A node's id is its letter's code point (`ord`), a way's id its place in `ways`, from 1.
    Letters that no way runs through become no nodes, as when streets are read from a file; they
    still have a place, see `positions`. Tags that no rule reads are dropped, and areas are crossed
    in straight lines (`network.areas`), as readers do.

    Raises ValueError where a letter stands twice on the map, or a way or node names none of it.

    >>> town = draw_town('''
    ...     a---b---c
    ...         |
    ...         d
    ... ''', {"abc": {}, "bd": {"highway": "footway"}}, nodes={"b": {"barrier": "gate"}})
    >>> len(town), [chr(i) for i in town.node_id], town.node_tags
    (2, ['a', 'b', 'c', 'd'], {1: {'barrier': 'gate'}})
    >>> [town.tagsets[t] for t in town.tags]
    [{'highway': 'primary'}, {'highway': 'footway'}]
    """
    places = positions(map, spacing_m=spacing_m, origin=origin)
    routes = [name.partition("#")[0] for name in ways]
    for named in (*routes, *(nodes or {})):
        if missing := sorted(set(named) - set(places)):
            raise ValueError(f"'{named}' names {missing}, but the map has {sorted(places)}")

    node_id = sorted({ord(letter) for route in routes for letter in route})
    index = {chr(node): i for i, node in enumerate(node_id)}
    kept = [_kept(tags, WAY_TAGS) or {"highway": "primary"} for tags in ways.values()]
    tagsets = sorted({tuple(sorted(tags.items())) for tags in kept})
    node_tags = {
        index[letter]: _kept(tags, NODE_TAGS)
        for letter, tags in sorted((nodes or {}).items())
        if letter in index and _kept(tags, NODE_TAGS)
    }
    way_id = frozen(np.arange(1, len(routes) + 1), np.int64)
    first = frozen(np.cumsum([0, *(len(route) for route in routes)]), np.int64)
    refs = frozen([index[letter] for route in routes for letter in route], np.int64)
    told = Told()
    for number, (names, said) in enumerate((restrictions or {}).items()):
        tags = {"restriction": said} if isinstance(said, str) else said
        told.add(number, tags, _members(names, list(ways)))
    findings = Findings("town")
    town = Ways(
        node_id=frozen(node_id, np.int64),
        lonlat=frozen(np.array([places[chr(i)] for i in node_id]).reshape(-1, 2), np.float64),
        node_tags=node_tags,
        way_id=way_id,
        first=first,
        refs=refs,
        tags=frozen([tagsets.index(tuple(sorted(tags.items()))) for tags in kept], np.int32),
        tagsets=tuple(dict(tags) for tags in tagsets),
        restrictions=told.resolve(way_id, first, refs, np.array(node_id, np.int64), findings),
        ledger=Ledger(tuple(findings.entries)),
    )
    return cross(town)[0]


def _members(names: str, ways: list[str]) -> list[tuple[str, int, str]]:
    """Return (kind, id, role) of the members of a restriction; what the town lacks gets no id."""
    start, *via, end = names.split(" ")
    members = []
    for role, group in (("from", start), *(("via", v) for v in via), ("to", end)):
        for name in filter(None, group.split(",")):
            if len(name) == 1:
                members.append(("n", ord(name), role))
            else:
                members.append(("w", ways.index(name) + 1 if name in ways else 10**6, role))
    return members


def positions(map: str, *, spacing_m: float = 100, origin: LonLat = ORIGIN) -> dict[str, LonLat]:
    """Return longitude and latitude of every letter and digit of a map.

    >>> places = positions("a.b")
    >>> [round(degrees, 5) for degrees in places["b"]]
    [127.50225, 37.0]
    """
    places: dict[str, LonLat] = {}
    lines = textwrap.dedent(map).strip("\n").splitlines()
    for row, line in enumerate(lines):
        lat = origin[1] - math.degrees(row * spacing_m / EARTH_RADIUS_M)
        # Meridians draw together towards the pole; each row keeps its own metres.
        metre = math.degrees(1 / (EARTH_RADIUS_M * math.cos(math.radians(lat))))
        for column, letter in enumerate(line):
            if letter.isalnum():
                if letter in places:
                    raise ValueError(f"'{letter}' stands twice on the map")
                places[letter] = (origin[0] + column * spacing_m * metre, lat)
    return places


def lonlat(town: Ways, letter: str) -> LonLat:
    """Return longitude and latitude of a letter that a way of the town runs through.

    >>> lonlat(draw_town("ab", {"ab": {}}), "a")
    (127.5, 37.0)
    """
    lon, lat = town.lonlat[int(np.searchsorted(town.node_id, ord(letter)))]
    return float(lon), float(lat)


def between(town: Ways, letters: str, fraction: float = 0.5) -> LonLat:
    """Return the point at a fraction of the straight line between two letters.

    >>> town = draw_town("ab", {"ab": {}})
    >>> between(town, "ab", 0.0) == lonlat(town, "a"), between(town, "ab", 1.0) == lonlat(town, "b")
    (True, True)
    """
    (lon1, lat1), (lon2, lat2) = (lonlat(town, letter) for letter in letters)
    keep = 1 - fraction
    return keep * lon1 + fraction * lon2, keep * lat1 + fraction * lat2


def _kept(tags: Mapping[str, str], known: frozenset[str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key in known}


def toy_study(
    map: str,
    ways: Mapping[str, Mapping[str, str]],
    *,
    people: Mapping[str, float],
    centres: str = "",
    idle: str = "",
    districts: Mapping[str, str] | None = None,
    nodes: Mapping[str, Mapping[str, str]] | None = None,
    spacing_m: float = 100,
) -> Study:
    """Return a study of a drawn town: people live at letters, and places stand at letters.

    `people` maps letters to residents; `centres` and `idle` are letters with a learning centre or
    an idle room. `districts` maps a name to the letters that lie in it (default: one district of
    all); each is the hull of its letters, so hulls should not overlap.

    >>> from access import Question, evaluate
    >>> town = toy_study("a b c", {"abc": {}}, people={"a": 10, "c": 5}, centres="b")
    >>> evaluate(town, Question(minutes=(5,))).districts().within_5.tolist()
    [15, 15]
    """
    import shapely

    from access._frozen import texts
    from access.inputs.cells import Cells
    from access.inputs.districts import Districts
    from access.inputs.places import Places
    from access.network.build import build
    from access.study.join import find_urban, locate
    from access.study.study import Study

    at = positions(map, spacing_m=spacing_m)
    network = build(draw_town(map, ways, nodes=nodes, spacing_m=spacing_m))
    areas = districts or {"온마을면": "".join(at)}
    hulls = [
        shapely.MultiPoint([at[a] for a in who]).convex_hull.buffer(2e-4) for who in areas.values()
    ]
    reporting = Districts(
        codes=texts(f"99{i:08d}" for i in range(1, len(areas) + 1)),
        names=texts(areas),
        shapes=frozen(np.array(hulls, dtype=object)),
    )
    cells = Cells(
        ids=texts(people),
        lonlat=frozen([at[a] for a in people], np.float64),
        people=frozen(list(people.values()), np.float64),
        rows=frozen(np.arange(2, len(people) + 2)),
        file="cells.csv",
    )
    letters = centres + idle
    unknown = frozen(np.full(len(letters), np.nan))
    places = Places(
        ids=texts(letters),
        names=texts(f"{letter} 학습관" for letter in letters),
        lonlat=frozen(np.array([at[a] for a in letters]).reshape(-1, 2), np.float64),
        kind=texts(["centre"] * len(centres) + ["idle"] * len(idle)),
        seats=unknown,
        area_m2=unknown,
        building_m2=unknown,
        yearly_cost=unknown,
        step_free=frozen(np.full(len(letters), -1), np.int8),
        category=texts([""] * len(letters)),
        owner=texts([""] * len(letters)),
        rows=frozen(np.arange(2, len(letters) + 2)),
        files=texts(["places.csv"] * len(letters)),
    )
    cell_district = locate(cells.lonlat, reporting)
    return Study(
        name="그림마을",
        cells=cells,
        districts=reporting,
        places=places,
        network=network,
        groups={"all": cells.people},
        cell_district=frozen(cell_district),
        place_district=frozen(locate(places.lonlat, reporting)),
        urban=find_urban(network, cells, reporting),
        crs=network.crs,
        synthetic=True,
    )
