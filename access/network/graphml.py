"""Ways from an OSMnx street graph: a live one, or GraphML that OSMnx 1.x or 2.x saved.

OSMnx has thrown away what its graph does not need: which ways were one (each edge becomes a way
of its own here), tags outside its settings, and where along an edge merged ways of different
tags changed. What can be told is told again:

- an edge and its mirror image (same ways, same shape backwards) become one two-way way, drawn as
  the edge that is not `reversed`; an edge without a mirror becomes `oneway=yes`
- the points of an edge's shape become nodes of its own, with ids above all others; edges that
  run over the same point stay apart, as in the graph
- an edge of several ways takes the lowest of their ids as its own
- lists in tags: of `highway` and of what says who may pass, the most restrictive value stands
  for the whole edge; any other list is joined by ";", as OSM writes several values
- an edge that says nothing of what it is counts as `highway=road`, a street of unknown kind
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import numpy as np

from access._frozen import frozen
from access._geo import Floats, great_circle
from access.ledger import Findings, Ledger, Tally
from access.network.extract import check_lonlat, is_street, node_tags, stop
from access.network.ways import WAY_TAGS, Ways

if TYPE_CHECKING:
    import networkx as nx

Point = tuple[float, float]
Tags = tuple[tuple[str, str], ...]

_NARROW = (
    *("motorway", "motorway_link", "trunk", "trunk_link", "steps", "elevator", "corridor"),
    *("footway", "pedestrian", "path", "cycleway", "bridleway", "track", "service"),
    *("living_street", "residential", "unclassified", "tertiary_link", "tertiary"),
    *("secondary_link", "secondary", "primary_link", "primary"),
)
"""Values of highway, first the ones that keep most people out."""
_CLOSED = ("no", "military", "private", "permit", "residents", "customers", "delivery")
_ACCESS = ("access", "foot", "bicycle", "vehicle", "motor_vehicle", "motorcar")
_MADE_HERE = ("oneway", "reversed", "length", "geometry", "osmid")
_WALKERS = ("footway", "path", "steps", "pedestrian")
_LENGTH_SHARE, _LENGTH_M = 0.05, 5.0


def read_graphml(path: Path, findings: Findings) -> Ways:
    """Return the streets of a GraphML file; see `from_osmnx` for what becomes of what."""
    import networkx as nx

    try:
        graph = nx.read_graphml(path, force_multigraph=True)
    except ParseError as error:
        cut = "no element found" in str(error) or "unclosed" in str(error)
        stop(findings, "E407" if cut else "E408", why=str(error), size=path.stat().st_size)
    except (nx.NetworkXError, KeyError, ValueError, TypeError) as error:
        stop(findings, "E520", why=str(error))
    return _from_graph(graph, findings)


def from_osmnx(graph: nx.MultiDiGraph[int], file: str = "OSMnx") -> Ways:
    """Return the streets of a live OSMnx graph.

    Lengths follow the drawn shape (great circle), not the `length` attribute; where the two
    differ by more than 5 % and 5 m, a warning counts the edges. A graph in metres is turned
    back to degrees.

    Raises InputError: no positions, x and y swapped, no edges, ids that are not whole numbers.
    """
    return _from_graph(graph, Findings(file))


@dataclass(slots=True)
class _Edge:
    """One edge of the graph, on its way to become a way."""

    id: int
    points: tuple[Point, ...]  # with those of both ends
    ends: tuple[int, int]
    tags: Tags
    mirror: bool  # the edge OSMnx drew backwards
    both: bool = False  # its mirror image was found


def _from_graph(graph: Any, findings: Findings) -> Ways:
    places = _places(graph, findings)
    edges = _edges(graph, places, findings)
    if not edges:
        stop(findings, "E500")
    read = len(edges)
    edges = _paired(edges) if graph.is_directed() else edges
    if not graph.is_directed():
        for edge in edges:
            edge.both = True
    edges.sort(key=lambda e: (e.id, e.ends, e.points))
    if not any(dict(e.tags).get("highway") in _WALKERS or "foot" in dict(e.tags) for e in edges):
        findings.note("W523")
    for edge in (unknown := [e for e in edges if not is_street(dict(e.tags))]):
        edge.tags = tuple(sorted({**dict(edge.tags), "highway": "road"}.items()))
    if unknown:
        findings.note("W524", count=len(unknown), ways=len(edges))

    own = np.array(sorted({end for e in edges for end in e.ends}), np.int64)
    spare = max(0, *places) + 1
    index = {node: at for at, node in enumerate(own.tolist())}
    label = {int(node): node for node in graph.nodes}
    lonlat = [places[node] for node in own.tolist()]
    refs: list[int] = []
    first = [0]
    for edge in edges:
        inner = range(len(lonlat), len(lonlat) + len(edge.points) - 2)
        lonlat.extend(edge.points[1:-1])
        refs += [index[edge.ends[0]], *inner, index[edge.ends[1]]]
        first.append(len(refs))
    made = np.arange(spare, spare + len(lonlat) - len(own), dtype=np.int64)

    told = [_told(edge) for edge in edges]
    tagsets = sorted(set(told))
    rank = {tags: at for at, tags in enumerate(tagsets)}
    entries = findings.close(read).entries
    return Ways(
        node_id=frozen(np.concatenate([own, made])),
        lonlat=frozen(np.array(lonlat), np.float64),
        node_tags={
            index[node]: dict(sorted(kept.items()))
            for node in own.tolist()
            if (kept := node_tags((k, _value(k, v)) for k, v in graph.nodes[label[node]].items()))
        },
        way_id=frozen([edge.id for edge in edges], np.int64),
        first=frozen(first, np.int64),
        refs=frozen(refs, np.int64),
        tags=frozen([rank[tags] for tags in told], np.int32),
        tagsets=tuple(dict(tags) for tags in tagsets),
        timestamp=str(graph.graph.get("created_date", "")).replace(" ", "T"),
        file=findings.file,
        ledger=Ledger(entries, (Tally(findings.file, read, read, 0, 0),)),
    )


def _places(graph: Any, findings: Findings) -> dict[int, Point]:
    """Return the position of every node in degrees."""
    try:
        ids = [int(node) for node in graph.nodes]
        xy = np.array([(float(d["x"]), float(d["y"])) for _, d in graph.nodes(data=True)])
    except (KeyError, TypeError, ValueError) as error:
        stop(findings, "E520", why=f"{type(error).__name__}: {error}")
    if not ids:
        stop(findings, "E500")
    if len(set(ids)) < len(ids) or max(map(abs, ids)) >= 2**62:
        stop(findings, "E520", why="node ids")
    lonlat = _degrees(graph, xy, findings)
    check_lonlat(lonlat, findings)
    return dict(zip(ids, map(tuple, lonlat.tolist()), strict=True))


def _degrees(graph: Any, xy: Floats, findings: Findings) -> Floats:
    """Return points of the graph's own plane as longitude and latitude."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_user_input(graph.graph.get("crs", "epsg:4326"))
    except CRSError as error:
        stop(findings, "E520", why=f"crs: {error}")
    if crs.is_geographic:
        return xy
    turn = Transformer.from_crs(crs, "epsg:4326", always_xy=True)
    return np.column_stack(turn.transform(xy[:, 0], xy[:, 1]))


def _edges(graph: Any, places: Mapping[int, Point], findings: Findings) -> list[_Edge]:
    edges: list[_Edge] = []
    stated: list[float] = []
    for tail, head, data in graph.edges(data=True):
        ends = int(tail), int(head)
        try:
            shape = _shape(data.get("geometry"))
            ids = [int(float(i)) if isinstance(i, float) else int(i) for i in _list(data["osmid"])]
        except KeyError:
            ids = [len(edges) + 1]
        except (TypeError, ValueError, AttributeError) as error:
            stop(findings, "E520", why=f"{tail}-{head}: {error}")
        inner: Iterable[Point] = ()
        if shape is not None and len(shape) > 2:
            drawn = _degrees(graph, shape, findings)
            inner = map(tuple, drawn[1:-1].tolist())
        tags = {str(k): _value(str(k), v) for k, v in data.items() if k not in _MADE_HERE}
        edges.append(
            _Edge(
                id=min(ids),
                points=(places[ends[0]], *inner, places[ends[1]]),
                ends=ends,
                tags=tuple(sorted((k, v) for k, v in tags.items() if k in WAY_TAGS and v)),
                mirror=str(data.get("reversed")) == "True",
            )
        )
        stated.append(float(data.get("length", "nan")))
    _compare(edges, np.array(stated), findings)
    return edges


def _shape(geometry: Any) -> Floats | None:
    if geometry is None:
        return None
    from shapely import from_wkt

    line = from_wkt(geometry) if isinstance(geometry, str) else geometry
    return np.asarray(line.coords, np.float64)[:, :2]


def _compare(edges: list[_Edge], stated: Floats, findings: Findings) -> None:
    """Warn where the stated length of edges is not that of their shape."""
    first = np.cumsum([0, *(len(edge.points) for edge in edges)])
    points = np.array([point for edge in edges for point in edge.points]).reshape(-1, 2)
    steps = great_circle(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    along = np.concatenate([[0.0], np.cumsum(steps)])
    drawn = along[first[1:] - 1] - along[first[:-1]]
    apart = np.abs(stated - drawn)
    odd = int(np.count_nonzero((apart > _LENGTH_SHARE * drawn) & (apart > _LENGTH_M)))
    if odd:
        findings.note("W522", count=odd, edges=len(edges))


def _paired(edges: list[_Edge]) -> list[_Edge]:
    """Return edges with each pair of mirror images as one, drawn the way OSM has it.

    Mirror images are the same ways with the same tags; what is left over after those are
    matched is matched by shape alone, since OSMnx may list merged tags differently each way.
    """
    for by_tags in (True, False):
        waiting: dict[Any, list[_Edge]] = {}
        kept: list[_Edge] = []
        for edge in edges:
            said = (edge.id, edge.tags) if by_tags else edge.id
            twins = waiting.get((said, edge.ends[::-1], edge.points[::-1]))
            if edge.both or not twins:
                kept.append(edge)
                if not edge.both:
                    waiting.setdefault((said, edge.ends, edge.points), []).append(edge)
                continue
            twin = twins.pop(0)
            twin.both = True
            if twin.mirror and not edge.mirror:
                twin.points, twin.ends, twin.tags = edge.points, edge.ends, edge.tags
                twin.mirror = False
        edges = kept
    return edges


def _told(edge: _Edge) -> Tags:
    """Return the tags of an edge, with the direction that only the graph knew."""
    oneway = "no" if edge.both else "yes"
    return tuple(sorted({**dict(edge.tags), "oneway": oneway}.items()))


def _value(key: str, value: Any) -> str:
    """Return one text for a tag that may hold a list."""
    values = sorted({str(v) for v in _list(value)})
    if len(values) > 1:
        if key == "highway":
            return min(values, key=lambda v: (_rank(v, _NARROW), v))
        if key in _ACCESS and any(v in _CLOSED for v in values):
            return min(values, key=lambda v: (_rank(v, _CLOSED), v))
    return ";".join(values)


def _rank(value: str, order: tuple[str, ...]) -> int:
    return order.index(value) if value in order else len(order)


def _list(value: Any) -> list[Any]:
    """Return a value as a list; GraphML holds lists as the text Python prints them as."""
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return [value]
    if isinstance(value, list | tuple | set):
        return [v for v in value if isinstance(v, str | int | float)]
    return [value]
