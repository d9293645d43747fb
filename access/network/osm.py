"""Ways from OpenStreetMap files: .osm.pbf, and .osm as it is or packed as .gz or .bz2."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from access.ledger import Findings
from access.network.extract import KEYS, Extract, is_street, node_tags, stop
from access.network.lines import Ints, Nodes
from access.network.restrictions import RESTRICTION_KEYS
from access.network.water import water
from access.network.ways import NODE_TAGS, Ways

_CUT_SHORT = re.compile(
    r"EOF|unclosed|no element found|read close failed|bzip2 error: read failed|truncated",
    re.IGNORECASE,
)
_ONE_WAY = b'<osm version="0.6"><way id="1"/></osm>'
_NOWHERE = 2**31 - 1
"""What libosmium gives as the place of a node that was deleted."""


def read_osm(path: Path, format: str, findings: Findings) -> Ways:
    """Return the streets and the water of an OSM file.

    `format` is libosmium's name of what the file is: "pbf", "osm", "osm.gz" or "osm.bz2". The
    file is read in passes: relations, ways, then the nodes those need, so that objects may
    stand in any order and buildings cost no memory.

    Raises InputError: damaged, cut short, a history, or no streets in it.
    """
    try:
        return _read(path, format, findings)
    except _Broken as error:
        cut = _CUT_SHORT.search(str(error))
        size = path.stat().st_size
        stop(findings, "E407" if cut else "E408", why=str(error), size=size)


class _Broken(Exception):
    """libosmium could not go on."""


def _read(path: Path, format: str, findings: Findings) -> Ways:
    source = _source(path, format)
    header = _header(source)
    if header.has_multiple_object_versions:
        stop(findings, "E412")
    timestamp = header.get("osmosis_replication_timestamp") or header.get("timestamp")
    if format == "osm":
        timestamp = timestamp or _overpass_xml(path, findings)

    extract = Extract(findings)
    for relation in _objects(source, "RELATION", (*KEYS, *RESTRICTION_KEYS)):
        if relation.visible:
            members = [(m.type, m.ref, m.role) for m in relation.members]
            extract.add_relation(relation.id, dict(relation.tags), members)
    for way in _objects(source, "WAY", KEYS):
        tags = dict(way.tags)
        if way.visible and (is_street(tags) or water(tags)):
            extract.add_way(way.id, tags, [n.ref for n in way.nodes], way.version)
    if wanted := extract.wanted():
        for way in _objects(source, "WAY"):
            if way.id in wanted:
                extract.add_member(way.id, [n.ref for n in way.nodes])
    return extract.ways(_nodes(source, extract.needed()), timestamp)


def _source(path: Path, format: str) -> Any:
    from osmium.io import File, FileBuffer

    # libosmium opens files by their narrow name, which on Windows cannot spell a Korean folder:
    # such a file goes through memory.
    if str(path).isascii():
        return File(str(path), format)
    return FileBuffer(path.read_bytes(), format)


def _header(source: Any) -> Any:
    from osmium.io import Reader
    from osmium.osm import NOTHING

    try:
        with Reader(source, NOTHING) as reader:
            return reader.header()
    except (RuntimeError, ValueError, OSError) as error:
        raise _Broken(str(error)) from error


def _objects(source: Any, entity: str, keys: tuple[str, ...] = (), *handlers: Any) -> Iterator[Any]:
    """Yield the objects of one kind that bear one of `keys`, filtered before Python sees them.

    An object is valid only until the next one.
    """
    import osmium
    from osmium.filter import KeyFilter

    processor = osmium.FileProcessor(source, getattr(osmium.osm, entity))
    for handler in (*handlers, *([KeyFilter(*keys)] if keys else [])):
        processor = processor.with_filter(handler)
    try:
        yield from processor
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as error:
        raise _Broken(str(error)) from error


def _nodes(source: Any, needed: Ints) -> Nodes:
    """Return the places of the needed nodes that the file has, and the tags of those."""
    import osmium
    from osmium.io import FileBuffer

    table = osmium.index.create_map("sparse_mem_array")
    places = osmium.NodeLocationsForWays(table)
    tags: dict[int, dict[str, str]] = {}
    for node in _objects(source, "NODE", tuple(sorted(NODE_TAGS)), places):
        tags[node.id] = node_tags(node.tags)
    # The table puts unordered nodes in order only when it meets a way.
    ordering = FileBuffer(_ONE_WAY, "osm")
    osmium.apply(ordering, places)

    ids, xs, ys = array("q"), array("q"), array("q")
    for node_id in needed.tolist():
        try:
            place = table.get(node_id)
        except KeyError:
            continue
        if place.x != _NOWHERE:
            ids.append(node_id)
            xs.append(place.x)
            ys.append(place.y)
    id, x, y = (np.array(a, np.int64) for a in (ids, xs, ys))
    return Nodes(id, x, y, tags)


def _overpass_xml(path: Path, findings: Findings) -> str:
    """Return the date of what Overpass gave as XML; stop if the server did not finish it."""
    with path.open("rb") as file:
        base = re.search(rb'osm_base="([0-9TZ:-]+)"', file.read(4096))
        if base is None:
            return ""
        file.seek(max(0, path.stat().st_size - 4096))
        if remark := re.search(rb"<remark>(.*?)</remark>", file.read(), re.DOTALL):
            stop(findings, "E511", remark=remark[1].decode("utf-8", "replace").strip())
    return base[1].decode()
