"""Edits: the streets of a plan, made of those there are; the network they come from stays as it is.

Segments keep their numbers, and new ones follow them, so that travel times can be told from those
before (`travel.again`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from access._frozen import frozen
from access._geo import great_circle
from access.errors import InputError
from access.network.graph import Network


def close_ways(network: Network, way_ids: Iterable[int]) -> Network:
    """Return the network with some ways closed to everybody, by their OSM ids.

    Raises InputError where a way is not in the network.

    >>> from access.network.build import build
    >>> from access.network.costs import weigh
    >>> from access.network.modes import mode
    >>> from access.testing import draw_town
    >>> town = build(draw_town("a b c", {"ab": {}, "bc": {}}))
    >>> weigh(close_ways(town, [2]), mode("walk")).usable.tolist()
    [True, False]
    """
    wanted = np.unique(np.fromiter(way_ids, np.int64))
    missing = np.setdiff1d(wanted, network.way_id)
    if len(missing):
        raise InputError.of("E554", facts={"ids": ", ".join(map(str, missing[:5].tolist()))})
    shut = np.isin(network.way_id, wanted)[network.way]
    return replace(network, shut=frozen(shut if network.shut is None else network.shut | shut))


def add_way(
    network: Network, nodes: Sequence[int], tags: Mapping[str, str], way_id: int | None = None
) -> Network:
    """Return the network with one more way, drawn over nodes there are, by their OSM ids.

    `way_id` defaults to the number after the highest. Raises InputError where a node is not in
    the network, or where fewer than two follow each other.

    >>> from access.network.build import build
    >>> from access.testing import draw_town
    >>> town = build(draw_town("ab\\ncd", {"ab": {}, "cd": {}}))
    >>> bridge = add_way(town, [ord("b"), ord("d")], {"highway": "footway", "bridge": "yes"})
    >>> bridge.length.round().tolist()
    [100.0, 100.0, 100.0]
    """
    ids = np.asarray(nodes, dtype=np.int64)
    at = np.searchsorted(network.node_id, ids).clip(0, max(0, len(network.node_id) - 1))
    missing = ids[network.node_id[at] != ids]
    if len(missing):
        raise InputError.of("E555", facts={"ids": ", ".join(map(str, missing[:5].tolist()))})
    tail, head = at[:-1], at[1:]
    tail, head = tail[tail != head], head[tail != head]
    if not len(tail):
        raise InputError.of("E556")
    number = int(network.way_id.max(initial=0)) + 1 if way_id is None else way_id
    lon, lat = network.lonlat.T
    shut = network.shut
    length = great_circle(lon[tail], lat[tail], lon[head], lat[head])
    return replace(
        network,
        tail=frozen(np.append(network.tail, tail), np.int32),
        head=frozen(np.append(network.head, head), np.int32),
        length=frozen(np.append(network.length, length)),
        way=frozen(np.append(network.way, np.full(len(tail), len(network.way_id))), np.int32),
        way_id=frozen(np.append(network.way_id, number)),
        tags=frozen(np.append(network.tags, len(network.tagsets)), np.int32),
        tagsets=(*network.tagsets, dict(tags)),
        shut=None if shut is None else frozen(np.append(shut, np.zeros(len(tail), dtype=bool))),
    )
