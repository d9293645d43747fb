"""The network given back: as an OSMnx graph and as a GeoDataFrame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from access.network.water import is_military

if TYPE_CHECKING:
    import geopandas as gpd
    import networkx as nx


_IMPLIED = ("roundabout", "circular")


class Streets(Protocol):
    """What is given back: a `Network` (to name it here would be to import in a circle)."""

    @property
    def node_id(self) -> npt.NDArray[np.int64]: ...
    @property
    def lonlat(self) -> npt.NDArray[np.float64]: ...
    @property
    def node_tags(self) -> Mapping[int, Mapping[str, str]]: ...
    @property
    def tail(self) -> npt.NDArray[np.int32]: ...
    @property
    def head(self) -> npt.NDArray[np.int32]: ...
    @property
    def length(self) -> npt.NDArray[np.float64]: ...
    @property
    def way(self) -> npt.NDArray[np.int32]: ...
    @property
    def way_id(self) -> npt.NDArray[np.int64]: ...
    @property
    def tags(self) -> npt.NDArray[np.int32]: ...
    @property
    def tagsets(self) -> tuple[Mapping[str, str], ...]: ...
    @property
    def timestamp(self) -> str: ...


def to_osmnx(network: Streets, *, both_ways: bool = False) -> nx.MultiDiGraph[int]:
    """Return the network as a graph that OSMnx 2 works with (not simplified).

    Nodes bear `x`, `y` (degrees), `street_count` and their tags. Each segment between
    neighbouring nodes becomes an edge with `osmid`, `length` (great-circle metres), `oneway`,
    `reversed` and the tags of its way, and a second, `reversed` one where vehicles may pass both
    ways. As in OSMnx, direction follows `oneway`, roundabouts and motorways; `both_ways=True`
    gives both directions everywhere, as OSMnx does for walking. `oneway=-1` comes out as an edge
    against the drawing.

    Military ways are left out: they never appear in an export. `osmnx.simplify_graph` makes
    edges with geometry of it, and `from_osmnx` gives the same nodes, segments and lengths back.

    >>> from access.network.build import build
    >>> from access.testing import draw_town
    >>> town = build(draw_town("a b c", {"ab": {}, "bc": {"oneway": "yes"}}))
    >>> [(chr(u), chr(v)) for u, v in to_osmnx(town).edges()]
    [('a', 'b'), ('b', 'a'), ('b', 'c')]
    """
    import networkx as nx

    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(
        crs="epsg:4326", created_with="access", created_date=network.timestamp, simplified=False
    )
    shown = _shown(network)
    tail, head = network.tail[shown], network.head[shown]
    count = np.bincount(np.concatenate([tail, head]), minlength=len(network.node_id))
    hidden = np.zeros(len(count), np.bool_)
    hidden[network.tail[~shown]] = hidden[network.head[~shown]] = True
    nodes = network.node_id.tolist()
    for at, (lon, lat) in enumerate(network.lonlat.tolist()):
        if count[at] or not hidden[at]:
            tags = network.node_tags.get(at, {})
            graph.add_node(
                nodes[at], **{**tags, "y": lat, "x": lon, "street_count": int(count[at])}
            )

    directions = [(1, 1) if both_ways else _directions(dict(tags)) for tags in network.tagsets]
    for at in np.flatnonzero(shown).tolist():
        way = int(network.way[at])
        tags = network.tagsets[network.tags[way]]
        forth, back = directions[network.tags[way]]
        data = {
            **tags,
            "osmid": int(network.way_id[way]),
            "oneway": not (forth and back),
            "length": float(network.length[at]),
        }
        u, v = nodes[network.tail[at]], nodes[network.head[at]]
        if forth:
            graph.add_edge(u, v, **{**data, "reversed": False})
        if back:
            graph.add_edge(v, u, **{**data, "reversed": bool(forth)})
    return graph


def to_geodataframe(network: Streets) -> gpd.GeoDataFrame:
    """Return the ways as lines in degrees (EPSG:4326), a row each, with `osmid` and their tags.

    Tags that no way has make no column; ways without a segment have no line and no row, and
    neither have military ways.

    >>> from access.network.build import build
    >>> from access.testing import draw_town
    >>> to_geodataframe(build(draw_town("a b c", {"abc": {"name": "한길"}}))).name.tolist()
    ['한길']
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    shown = _shown(network)
    ways, starts, count = np.unique(network.way[shown], return_index=True, return_counts=True)
    tail, head = network.tail[shown], network.head[shown]
    # A way's nodes are the tails of its segments and the head of its last one.
    nodes = np.insert(tail, starts[1:], head[starts[1:] - 1])
    nodes = np.append(nodes, head[-1:])
    owner = np.repeat(np.arange(len(ways)), count + 1)
    lines: Any = shapely.linestrings(network.lonlat[nodes], indices=owner) if len(ways) else []
    rows = pd.DataFrame([dict(network.tagsets[t]) for t in network.tags[ways].tolist()])
    rows = rows.reindex(columns=sorted(rows.columns))
    rows.insert(0, "osmid", network.way_id[ways])
    return gpd.GeoDataFrame(rows, geometry=lines, crs="EPSG:4326")


def _shown(network: Streets) -> npt.NDArray[np.bool_]:
    """Return which segments may be exported."""
    hidden = np.array([is_military(tags) for tags in network.tagsets], np.bool_)
    return ~hidden[network.tags[network.way]] if len(hidden) else np.zeros(0, np.bool_)


def _directions(tags: dict[str, str]) -> tuple[bool, bool]:
    """Return whether vehicles pass in the direction drawn and against it."""
    oneway = tags.get("oneway")
    if oneway in ("yes", "true", "1"):
        return True, False
    if oneway in ("-1", "reverse"):
        return False, True
    implied = tags.get("junction") in _IMPLIED or tags.get("highway") == "motorway"
    return True, not implied or oneway in ("no", "false", "0")
