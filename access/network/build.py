"""Build: ways become a network of straight segments."""

from __future__ import annotations

import numpy as np

from access._frozen import frozen
from access._geo import great_circle, metric_crs, project
from access.network.graph import Network
from access.network.ways import Ways


def build(ways: Ways, crs: int | None = None) -> Network:
    """Cut ways into segments between neighbouring nodes; join nothing that the map does not join.

    Ways that cross without a common node stay apart, parallel segments are all kept, and a node
    that stands twice in a row counts once. `crs` is the EPSG code of the metres used for snapping
    (default: 5179 in Korea, else the UTM zone). Lengths are great-circle metres.

    >>> from access.testing import draw_town
    >>> town = build(draw_town("abc", {"abc": {"highway": "residential"}}))
    >>> town.length.round().tolist()
    [100.0, 100.0]
    """
    count = np.diff(ways.first)
    way_of_ref = np.repeat(np.arange(len(ways)), count)
    tail, head = ways.refs[:-1], ways.refs[1:]
    joined = (way_of_ref[:-1] == way_of_ref[1:]) & (tail != head)
    tail, head = tail[joined], head[joined]
    lon, lat = ways.lonlat[:, 0], ways.lonlat[:, 1]
    crs = metric_crs(ways.lonlat) if crs is None else crs
    return Network(
        node_id=ways.node_id,
        lonlat=ways.lonlat,
        xy=frozen(project(ways.lonlat, crs)),
        node_tags=ways.node_tags,
        tail=frozen(tail, np.int32),
        head=frozen(head, np.int32),
        length=frozen(great_circle(lon[tail], lat[tail], lon[head], lat[head])),
        way=frozen(way_of_ref[:-1][joined], np.int32),
        way_id=ways.way_id,
        tags=ways.tags,
        tagsets=ways.tagsets,
        crs=crs,
        restrictions=ways.restrictions.along(np.cumsum(joined) - 1),
        water=ways.water,
        timestamp=ways.timestamp,
        file=ways.file,
        ledger=ways.ledger,
    )
