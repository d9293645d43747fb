"""Raw streets, whatever the reader: ways with tags over nodes with positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside
from access.ledger import Ledger
from access.network.restrictions import Restrictions

WAY_TAGS = frozenset(
    (
        "access",
        "access:backward",
        "access:conditional",
        "access:forward",
        "amenity",
        "area",
        "bicycle",
        "bicycle:backward",
        "bicycle:conditional",
        "bicycle:forward",
        "bridge",
        "bus",
        "construction",
        "conveying",
        "cycleway",
        "cycleway:both",
        "cycleway:left",
        "cycleway:right",
        "disused",
        "duration",
        "electrified",
        "emergency",
        "foot",
        "foot:backward",
        "foot:conditional",
        "foot:forward",
        "footway",
        "hgv",
        "highway",
        "incline",
        "indoor",
        "junction",
        "landuse",
        "lanes",
        "layer",
        "level",
        "man_made",
        "maxspeed",
        "maxspeed:backward",
        "maxspeed:conditional",
        "maxspeed:forward",
        "military",
        "motor_vehicle",
        "motor_vehicle:backward",
        "motor_vehicle:conditional",
        "motor_vehicle:forward",
        "motorcar",
        "motorcar:backward",
        "motorcar:conditional",
        "motorcar:forward",
        "motorroad",
        "name",
        "official",
        "oneway",
        "oneway:bicycle",
        "oneway:conditional",
        "oneway:foot",
        "oneway:motor_vehicle",
        "oneway:motorcar",
        "oneway:vehicle",
        "psv",
        "public_transport",
        "railway",
        "ramp",
        "ramp:wheelchair",
        "route",
        "service",
        "sidewalk",
        "sidewalk:both",
        "sidewalk:left",
        "sidewalk:right",
        "smoothness",
        "source:maxspeed",
        "surface",
        "taxi",
        "toll",
        "tracktype",
        "tunnel",
        "vehicle",
        "vehicle:backward",
        "vehicle:conditional",
        "vehicle:forward",
        "wheelchair",
        "width",
    )
)
"""Way tags that any rule reads; readers keep these and drop the rest (names of mappers, notes)."""

NODE_TAGS = frozenset(
    (
        "access",
        "barrier",
        "bicycle",
        "bollard",
        "crossing",
        "entrance",
        "fence",
        "foot",
        "highway",
        "kerb",
        "level",
        "locked",
        "maxheight",
        "motor_vehicle",
        "motorcar",
        "sensory",
        "vehicle",
        "wall",
        "wheelchair",
    )
)
"""Node tags that any rule reads."""


@dataclass(frozen=True, slots=True, eq=False)
class Ways(Record):
    """Streets as mapped. Ways are in the order of their ids, nodes in the order of theirs.

    node_id   (N,) OSM ids, ascending; only nodes that a kept way uses
    lonlat    (N, 2) degrees
    node_tags index of a node -> its tags, only for nodes with a tag of NODE_TAGS
    way_id    (W,) OSM ids, ascending; an id stands twice where missing nodes broke the way
    first     (W + 1,) where the nodes of each way begin in `refs`
    refs      (R,) indices of nodes, in the order of the way
    tags      (W,) index into `tagsets`
    tagsets   the different sets of tags, sorted, only keys of WAY_TAGS
    restrictions  turns that cars must not, or must, make
    water     polygons and lines of water, in degrees, drawn behind the map and never walked
    timestamp the date of the data as the file gives it (ISO), or ""
    """

    node_id: npt.NDArray[np.int64]
    lonlat: npt.NDArray[np.float64]
    node_tags: Mapping[int, Mapping[str, str]]
    way_id: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    refs: npt.NDArray[np.int64]
    tags: npt.NDArray[np.int32]
    tagsets: tuple[Mapping[str, str], ...]
    restrictions: Restrictions = field(default_factory=Restrictions.of)
    water: tuple[Any, ...] = field(default=(), metadata={"aside": True})
    timestamp: str = aside("")
    file: str = aside("")
    ledger: Ledger = aside(factory=Ledger)

    def __len__(self) -> int:
        return len(self.way_id)
