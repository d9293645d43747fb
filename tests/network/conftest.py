"""A world of raw OSM objects, and every way to write it down."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium
import pytest
from osmium.osm.mutable import Node, Relation, Way


@dataclass
class World:
    """Nodes, ways and relations as a mapper would have them."""

    nodes: dict[int, tuple[float, float]]
    ways: dict[int, tuple[Mapping[str, str], Sequence[int]]]
    node_tags: dict[int, Mapping[str, str]] = field(default_factory=dict)
    relations: dict[int, tuple[Mapping[str, str], Sequence[int]]] = field(default_factory=dict)
    timestamp: str = "2025-06-30T00:00:00Z"
    restrictions: dict[int, tuple[Mapping[str, str], Sequence[tuple[str, int, str]]]] = field(
        default_factory=dict
    )  # members: (kind, id, role)

    def osm(self, path: Path, format: str, reverse: bool = False, version: int = 1) -> Path:
        """Write a file libosmium reads; `reverse` turns the order of everything upside down."""
        header = osmium.io.Header()
        header.set("osmosis_replication_timestamp", self.timestamp)
        nodes = [
            Node(id=i, location=place, tags=dict(self.node_tags.get(i, {})), version=version)
            for i, place in self.nodes.items()
        ]
        ways = [
            Way(id=i, nodes=list(refs), tags=dict(tags), version=version)
            for i, (tags, refs) in self.ways.items()
        ]
        relations = [
            Relation(
                id=i, members=[("w", way, "outer") for way in ways], tags=dict(tags), version=1
            )
            for i, (tags, ways) in self.relations.items()
        ]
        relations += [
            Relation(
                id=i,
                members=[(kind[0], ref, role) for kind, ref, role in members],
                tags={"type": "restriction", **tags},
                version=1,
            )
            for i, (tags, members) in self.restrictions.items()
        ]
        things = [("node", n) for n in nodes] + [("way", w) for w in ways]
        things += [("relation", r) for r in relations]
        file = osmium.io.File(str(path), format)
        with osmium.SimpleWriter(file, header=header, overwrite=True) as writer:
            for kind, thing in reversed(things) if reverse else things:
                getattr(writer, f"add_{kind}")(thing)
        return path

    def answer(self, geom: bool = False) -> dict[str, Any]:
        """Return what Overpass would answer to `out body; >; out skel;`, or to `out geom;`."""

        def place(node: int) -> dict[str, float] | None:
            if node not in self.nodes:
                return None
            lon, lat = self.nodes[node]
            return {"lat": lat, "lon": lon}

        elements: list[dict[str, Any]] = []
        for way, (tags, refs) in self.ways.items():
            element = {"type": "way", "id": way, "nodes": list(refs), "tags": dict(tags)}
            if geom:
                element["geometry"] = [place(node) for node in refs]
            elements.append(element)
        for node in self.nodes:
            if not geom or node in self.node_tags:
                element = {"type": "node", "id": node, **(place(node) or {})}
                if node in self.node_tags:
                    element["tags"] = dict(self.node_tags[node])
                elements.append(element)
        for relation, (tags, ways) in self.relations.items():
            members = [{"type": "way", "ref": way, "role": "outer"} for way in ways]
            elements.append(
                {"type": "relation", "id": relation, "members": members, "tags": dict(tags)}
            )
        for relation, (tags, parts) in self.restrictions.items():
            members = [{"type": kind, "ref": ref, "role": role} for kind, ref, role in parts]
            tags = {"type": "restriction", **tags}
            elements.append({"type": "relation", "id": relation, "members": members, "tags": tags})
        return {
            "version": 0.6,
            "osm3s": {"timestamp_osm_base": self.timestamp},
            "elements": elements,
        }

    def overpass(self, path: Path, geom: bool = False) -> Path:
        """Write an Overpass answer."""
        path.write_text(json.dumps(self.answer(geom), ensure_ascii=False), "utf-8")
        return path

    def everywhere(self, folder: Path) -> dict[str, Path]:
        """Write the world in every format that holds all of it."""
        xml = self.osm(folder / "w.osm", "osm").read_bytes()
        (folder / "w.osm.gz").write_bytes(gzip.compress(xml, mtime=0))
        (folder / "w.osm.bz2").write_bytes(bz2.compress(xml))
        return {
            "pbf": self.osm(folder / "w.osm.pbf", "pbf"),
            "xml": folder / "w.osm",
            "gzip": folder / "w.osm.gz",
            "bzip2": folder / "w.osm.bz2",
            "overpass": self.overpass(folder / "w.json"),
            "geom": self.overpass(folder / "g.json", geom=True),
        }


@pytest.fixture
def draw() -> Callable[..., World]:
    """Make a world of nodes a hundredth of a degree apart, from the ways that use them."""

    def make(ways: Mapping[int, tuple[Mapping[str, str], Sequence[int]]], **more: Any) -> World:
        nodes = sorted({node for _, refs in ways.values() for node in refs})
        places = {node: (127.0 + at / 1e3, 37.0 + at**2 / 1e5) for at, node in enumerate(nodes)}
        return World(places, dict(ways), **more)

    return make


@pytest.fixture
def town() -> World:
    """A small town with everything a reader must tell apart."""
    return World(
        nodes={
            1: (127.0, 37.0),
            2: (127.0012345, 37.0),
            3: (127.002, 37.0009896),  # times 1e7 just short of a whole number
            4: (127.003, 37.0),
            5: (127.003, 37.001),
            6: (127.004, 37.001),
            7: (127.004, 37.0),
            8: (127.01, 37.0),
            9: (127.01, 37.01),
            10: (127.02, 37.01),
            11: (127.02, 37.0),
            12: (127.012, 37.002),
            13: (127.012, 37.004),
            14: (127.014, 37.004),
            9007199254740993: (127.0303030, 37.0),
        },
        ways={
            101: ({"highway": "residential", "name": "한길 </script>", "note": "x"}, [1, 2, 3]),
            102: ({"highway": "pedestrian", "area": "yes"}, [4, 5, 6, 7, 4]),
            103: ({"route": "ferry", "duration": "00:10"}, [3, 8]),
            104: ({"man_made": "pier"}, [8, 9]),
            105: ({"railway": "platform"}, [5, 6]),
            106: ({"public_transport": "platform"}, [6, 7]),
            107: ({"amenity": "parking"}, [4, 7, 6, 4]),
            108: ({"indoor": "corridor", "level": "-1"}, [1, 4]),
            109: ({"building": "yes"}, [1, 2, 4, 1]),
            110: ({"railway": "tram"}, [1, 2]),
            9007199254740995: ({"highway": "service", "oneway": "-1"}, [4, 9007199254740993]),
            201: ({"natural": "water"}, [4, 5, 6, 4]),
            202: ({"waterway": "river"}, [8, 9, 10]),
            203: ({"waterway": "stream", "tunnel": "culvert"}, [8, 10]),
            204: ({"natural": "coastline"}, [10, 11]),
            205: ({"natural": "water", "military": "naval_base"}, [4, 5, 6, 4]),
            206: ({}, [8, 9, 10, 11]),
            207: ({}, [11, 8]),
            208: ({}, [12, 13, 14, 12]),
            209: ({}, [1, 4, 5, 1]),
        },
        node_tags={
            2: {"barrier": "gate", "locked": "yes", "note": "seen"},
            10: {"highway": "crossing"},  # only water runs there
            4: {"note": "nothing a rule reads"},
        },
        relations={
            301: ({"type": "multipolygon", "natural": "water"}, [206, 207, 208]),
            302: ({"type": "multipolygon", "highway": "pedestrian"}, [209, 102]),
            303: ({"type": "multipolygon", "natural": "water", "landuse": "military"}, [209]),
            304: ({"type": "route", "natural": "water"}, [206]),
        },
    )
