"""Ways from OpenStreetMap files: .osm.pbf, and .osm as it is or packed as .gz or .bz2."""

from __future__ import annotations

import mmap
import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from access.ledger import Findings
from access.network.extract import KEYS, Extract, is_street, node_tags, stop
from access.network.lines import Ints, Nodes
from access.network.water import water
from access.network.ways import NODE_TAGS, Ways

_CUT_SHORT = re.compile(
    r"EOF|unclosed|no element found|read close failed|bzip2 error: read failed|truncated",
    re.IGNORECASE,
)
_NOWHERE = 2**31 - 1
"""What libosmium gives as the place of a node that was deleted."""
_FULL = 2**23
"""Bytes of places (half a million) after which streets get theirs and the rest is let go."""
_LINE, _BATCH = 256, 65_536
"""Nodes of one made-up way, and of all that are made up at once."""
_COMMON = (
    *("highway", "name", "oneway", "surface", "source", "service", "maxspeed", "lanes", "access"),
    *("foot", "footway", "bicycle", "layer", "bridge", "name:en", "name:ko"),
)
_FEW = 5
"""Keys to ask an object of few tags for before all its tags are read, the commonest first."""


def read_osm(path: Path, format: str, findings: Findings) -> Ways:
    """Return the streets and the water of an OSM file.

    `format` is libosmium's name of what the file is: "pbf", "osm", "osm.gz" or "osm.bz2". The
    file is read in passes: relations, ways, then the nodes those need, so that objects may
    stand in any order. Buildings cost no memory where the file says that it is in order;
    elsewhere 16 bytes for each of their nodes.

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
    for relation in _objects(source, "RELATION", ("type",)):
        if relation.visible:
            members = ((m.type, m.ref, m.role) for m in relation.members)  # most are not asked for
            extract.add_relation(relation.id, dict(relation.tags), members)
    for way in _objects(source, "WAY", KEYS):
        tags = _tags(way.tags)
        if way.visible and (is_street(tags) or water(tags)):
            extract.add_way(way.id, tags, [n.ref for n in way.nodes], way.version)
    if wanted := extract.wanted():
        for way in _objects(source, "WAY"):
            if way.id in wanted:
                extract.add_member(way.id, [n.ref for n in way.nodes])
    in_order = header.get("sorting") == "Type_then_ID"
    return extract.ways(_nodes(source, extract.needed(), in_order), timestamp)


def _source(path: Path, format: str) -> Any:
    from osmium.io import File, FileBuffer

    # libosmium opens files by their narrow name, which on Windows cannot spell a Korean folder:
    # such a file is mapped.
    if str(path).isascii():
        return File(str(path), format)
    with path.open("rb") as file:
        return FileBuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), format)


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


def _tags(given: Any) -> dict[str, str]:
    """Return the tags of an object.

    To ask for a key costs a fifteenth of what it costs to be told a tag, so an object with few
    tags, all of them common, need not tell them.
    """
    tags: dict[str, str] = {}
    left, get = len(given), given.get
    if left <= _FEW:
        for key in _COMMON:
            if (value := get(key)) is not None:
                tags[key] = value
                left -= 1
                if not left:
                    return tags
    return dict(given)


def _nodes(source: Any, needed: Ints, in_order: bool) -> Nodes:
    """Return the places of the needed nodes that the file has, and the tags of those."""
    import osmium

    table = osmium.index.create_map("sparse_mem_array")
    keep = osmium.NodeLocationsForWays(table)
    keep.ignore_errors()
    tags: dict[int, dict[str, str]] = {}
    ids, done = memoryview(needed), 0  # type: ignore[arg-type]
    xy = np.full((len(needed), 2), _NOWHERE, np.int64)
    for node in _objects(source, "NODE", tuple(sorted(NODE_TAGS)), keep):
        end = bisect_right(ids, node.id)
        if end and ids[end - 1] == node.id:
            tags[node.id] = node_tags(node.tags)
        if in_order and table.used_memory() > _FULL:  # no node up to this one is still to come
            _place(table, keep, needed[done:end], xy[done:end])
            table.clear()
            done = end
    _place(table, keep, needed[done:], xy[done:])
    table.clear()
    known = xy[:, 0] != _NOWHERE
    return Nodes(needed[known], xy[known, 0], xy[known, 1], tags)


def _place(table: Any, keep: Any, ids: Ints, xy: Ints) -> None:
    """Fill in (n, 2) steps of 1e-7 degrees for nodes; those without a place are left as they are.

    libosmium tells places one by one, or all those of a way at once: that is what makes the
    difference, so we make ways of the nodes we ask for.
    """
    from osmium import InvalidLocationError
    from osmium.geom import WKBFactory, use_nodes
    from osmium.io import FileBuffer

    lines = WKBFactory()
    for begin in range(0, len(ids), _BATCH):
        batch = ids[begin : begin + _BATCH].tolist()
        ways = [
            f"w{at + 1} N" + ",".join([f"n{id}" for id in batch[at : at + _LINE]])
            for at in range(0, len(batch), _LINE)
        ]
        for way in _objects(FileBuffer("\n".join(ways).encode(), "opl"), "WAY", (), keep):
            at = begin + way.id - 1
            mine = xy[at : at + _LINE]
            try:
                wkb = bytes.fromhex(lines.create_linestring(way, use_nodes.ALL))
                mine[:] = np.rint(np.frombuffer(wkb, "<f8", offset=9).reshape(-1, 2) * 1e7)
            except (RuntimeError, InvalidLocationError):  # one has no place, or a wrong one
                for place, id in zip(mine, ids[at : at + _LINE].tolist(), strict=True):
                    with suppress(KeyError):
                        found = table.get(id)
                        place[:] = found.x, found.y


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
