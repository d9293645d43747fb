"""Network: one topology, read-only, that every mode weighs for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside
from access.ledger import Ledger
from access.network.kinds import ACROSS
from access.network.restrictions import Restrictions

if TYPE_CHECKING:
    import geopandas as gpd
    import networkx as nx


@dataclass(frozen=True, slots=True, eq=False)
class Network(Record):
    """Streets cut into straight segments between neighbouring nodes of a way.

    node_id    (N,) OSM ids, ascending
    lonlat     (N, 2) degrees
    xy         (N, 2) metres in `crs`, for snapping only
    node_tags  index of a node -> tags that concern passing it (barriers, crossings)
    tail, head (M,) the nodes of each segment, in the direction the way is drawn
    length     (M,) great-circle metres
    way        (M,) index of the way each segment belongs to, ascending
    way_id     (W,) OSM ids
    tags       (W,) index into `tagsets`
    tagsets    the different sets of tags
    crs        EPSG code of the metres
    height     (N,) metres above sea level, NaN where unknown; None without a relief
    shut       (M,) segments that a plan closes to everybody; None without a plan
    restrictions  turns that cars must not, or must, make, over segments
    """

    node_id: npt.NDArray[np.int64]
    lonlat: npt.NDArray[np.float64]
    xy: npt.NDArray[np.float64]
    node_tags: Mapping[int, Mapping[str, str]]
    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    length: npt.NDArray[np.float64]
    way: npt.NDArray[np.int32]
    way_id: npt.NDArray[np.int64]
    tags: npt.NDArray[np.int32]
    tagsets: tuple[Mapping[str, str], ...]
    crs: int
    height: npt.NDArray[np.float32] | None = None
    shut: npt.NDArray[np.bool_] | None = None
    restrictions: Restrictions = field(default_factory=Restrictions.of)
    water: tuple[Any, ...] = field(default=(), metadata={"aside": True})
    timestamp: str = aside("")
    file: str = aside("")
    home: str = aside("")  # the folder of its file, where what is prepared of it may be kept
    relief: str = aside("")
    ledger: Ledger = aside(factory=Ledger)

    def __len__(self) -> int:
        return len(self.tail)

    @property
    def mapped_m(self) -> npt.NDArray[np.float64]:
        """(M,) metres of way as mapped: 0 for the lines that `areas` draws across an area."""
        drawn = np.array([tags.get("area") != ACROSS for tags in self.tagsets], dtype=bool)
        metres: npt.NDArray[np.float64] = self.length * drawn[self.tags[self.way]]
        return metres

    def to_osmnx(self, *, both_ways: bool = False) -> nx.MultiDiGraph[int]:
        """Return the network as an OSMnx graph; see `network.ecosystem.to_osmnx`."""
        from access.network import ecosystem

        return ecosystem.to_osmnx(self, both_ways=both_ways)

    def to_geodataframe(self) -> gpd.GeoDataFrame:
        """Return the ways as lines with their tags; see `network.ecosystem.to_geodataframe`."""
        from access.network import ecosystem

        return ecosystem.to_geodataframe(self)
