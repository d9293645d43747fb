"""Water, drawn behind the map and never walked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from access.network.lines import Lines, Nodes, Runs, SortedLines

_WATERWAYS = ("river", "canal", "stream")
_UNDERGROUND = ("yes", "culvert", "flooded")
Relation = tuple[Mapping[str, str], tuple[int, ...]]
"""The tags of a multipolygon and the ids of the ways that bound it."""


def is_military(tags: Mapping[str, str]) -> bool:
    """Say whether a feature must never be shown: military land, or ways only the military may use.

    >>> is_military({"natural": "water", "military": "naval_base"})
    True
    """
    return (
        "military" in tags or tags.get("landuse") == "military" or tags.get("access") == "military"
    )


def water(tags: Mapping[str, str]) -> str:
    """Return how water is drawn: "area", "line", or "" for what is no water one can see.

    >>> water({"natural": "water"}), water({"waterway": "stream", "tunnel": "culvert"})
    ('area', '')
    """
    if is_military(tags):
        return ""
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank":
        return "area"
    if tags.get("natural") == "coastline":
        return "line"
    open_air = tags.get("tunnel") not in _UNDERGROUND
    return "line" if open_air and tags.get("waterway") in _WATERWAYS else ""


def shapes(
    own: Lines, members: Lines, relations: Mapping[int, Relation], nodes: Nodes
) -> tuple[Any, ...]:
    """Return water as geometries in degrees: areas first, then lines, in the order of their ids.

    `own` are ways that are water themselves (label 1: an area if it is closed), `relations` the
    multipolygons and `members` the ways that bound those.
    """
    import shapely

    areas: list[Any] = []
    lines: list[Any] = []
    ways = SortedLines(own)
    ways.drop_repeats()
    pieces = Runs(ways, nodes).coordinates(nodes)
    for at in range(len(ways)):
        mine = pieces.get(at, [])
        refs = ways.refs[ways.first[at] : ways.first[at + 1]]
        whole = len(mine) == 1 and len(mine[0]) == len(refs)
        if ways.label[at] and whole and len(refs) > 3 and refs[0] == refs[-1]:
            areas += _polygons(shapely.make_valid(shapely.Polygon(mine[0])))
        else:
            lines += [shapely.LineString(piece) for piece in mine]

    parts = SortedLines(members)
    pieces = Runs(parts, nodes).coordinates(nodes)
    index = {way: at for at, way in enumerate(parts.id.tolist())}
    for _, (tags, bounds) in sorted(relations.items()):
        if water(tags) != "area":
            continue
        found = [p for way in bounds if way in index for p in pieces.get(index[way], [])]
        banks = [shapely.LineString(piece) for piece in found]
        filled = _polygons(shapely.build_area(shapely.MultiLineString(banks)))
        areas += filled
        if not filled:  # the extract cut the ring open: its banks are still worth drawing
            lines += banks
    return tuple(areas + lines)


def _polygons(shape: Any) -> list[Any]:
    """Return the polygons a geometry is made of, leaving points and lines out."""
    if shape.geom_type == "Polygon":
        return [] if shape.is_empty else [shape]
    return [p for part in getattr(shape, "geoms", ()) for p in _polygons(part)]
