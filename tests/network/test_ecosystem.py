"""The network given back to OSMnx and GeoPandas."""

from __future__ import annotations

import warnings
from collections import Counter

import numpy as np
import pytest

from access.network.build import build
from access.network.graph import Network
from access.network.graphml import from_osmnx
from access.network.read import read_ways
from access.testing import draw_town

TOWN = """
    a---b---c
    |   |   |
    d---e---f   i
        |
    g---h
"""
WAYS = {
    "abc": {"highway": "residential", "name": "한길"},
    "ad": {"highway": "primary", "oneway": "yes"},
    "def": {"highway": "service", "oneway": "-1"},
    "be": {"highway": "footway", "foot": "yes"},
    "cf": {"highway": "path"},
    "eh#1": {"highway": "path"},
    "eh#2": {"highway": "steps"},
    "hgh": {"highway": "track"},
    "fi": {"highway": "motorway"},
}


@pytest.fixture
def network() -> Network:
    return build(draw_town(TOWN, WAYS, nodes={"b": {"barrier": "gate"}}))


def segments(network: Network) -> Counter[tuple[frozenset[int], float]]:
    """Return segments without direction, by the ids of their ends, with their exact lengths."""
    ids = network.node_id
    ends = zip(ids[network.tail].tolist(), ids[network.head].tolist(), strict=True)
    return Counter(zip(map(frozenset, ends), network.length.tolist(), strict=True))


def passable(network: Network) -> set[tuple[int, int]]:
    """Return the pairs of nodes that vehicles pass between, by `oneway` alone."""
    pairs = set()
    for tail, head, way in zip(network.tail, network.head, network.way, strict=True):
        tags = network.tagsets[network.tags[way]]
        oneway = tags.get("oneway") or ("yes" if tags["highway"] == "motorway" else "no")
        u, v = int(network.node_id[tail]), int(network.node_id[head])
        pairs |= {(u, v)} if oneway != "-1" else set()
        pairs |= {(v, u)} if oneway != "yes" else set()
    return pairs


def test_there_and_back_again(network):
    again = build(from_osmnx(network.to_osmnx()))
    assert again.node_id.tolist() == network.node_id.tolist()
    assert again.lonlat.tolist() == network.lonlat.tolist()
    assert again.node_tags == network.node_tags
    assert segments(again) == segments(network)
    assert passable(again) == passable(network)
    # and once more changes nothing at all
    assert build(from_osmnx(again.to_osmnx())) == again


def test_a_graph_has_what_osmnx_wants(network, tmp_path):
    import osmnx

    graph = network.to_osmnx()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        osmnx.convert.validate_graph(graph, strict=True)
    nodes, edges = osmnx.graph_to_gdfs(graph)
    assert nodes.crs.to_epsg() == 4326
    assert set(edges["length"]) == set(network.length.tolist())
    assert nodes.loc[ord("b"), "barrier"] == "gate"
    assert nodes.loc[ord("b"), "street_count"] == 3
    assert set(edges[edges.oneway].index) == {
        (ord("a"), ord("d"), 0),
        (ord("f"), ord("e"), 0),
        (ord("e"), ord("d"), 0),
        (ord("f"), ord("i"), 0),
    }
    osmnx.save_graphml(graph, tmp_path / "g.graphml")
    assert read_ways(tmp_path / "g.graphml").fingerprint == from_osmnx(graph).fingerprint
    assert osmnx.load_graphml(tmp_path / "g.graphml").number_of_edges() == len(edges)


def test_a_graph_that_osmnx_simplifies_comes_back_with_its_lengths(network):
    import osmnx

    simple = osmnx.simplify_graph(network.to_osmnx())
    assert len(simple) < len(network.node_id)
    again = build(from_osmnx(simple))
    assert again.length.sum() == pytest.approx(network.length.sum(), abs=1e-6)


def test_walking_goes_both_ways_everywhere(network):
    graph = network.to_osmnx(both_ways=True)
    assert not any(data["oneway"] for *_, data in graph.edges(data=True))
    assert graph.number_of_edges() == 2 * len(network)


def test_ways_become_lines_with_their_tags(network):
    table = network.to_geodataframe()
    assert table.crs.to_epsg() == 4326
    assert table["osmid"].tolist() == network.way_id.tolist()
    assert table["name"].tolist()[0] == "한길"
    assert table.columns.tolist() == ["osmid", "foot", "highway", "name", "oneway", "geometry"]
    for line, way in zip(table.geometry, network.way_id.tolist(), strict=True):
        mine = network.way == network.way_id.tolist().index(way)
        nodes = [*network.tail[mine], network.head[mine][-1]]
        assert np.array(line.coords).tolist() == network.lonlat[nodes].tolist()


def test_military_ways_are_given_to_nobody():
    town = build(
        draw_town(
            "a b c d",
            {
                "ab": {"highway": "service"},
                "bc": {"highway": "service", "access": "military"},
                "cd": {"highway": "service", "landuse": "military"},
            },
        )
    )
    assert town.to_geodataframe()["osmid"].tolist() == [1]
    graph = town.to_osmnx()
    assert set(graph) == {ord("a"), ord("b")}
    assert set(graph.edges()) == {(ord("a"), ord("b")), (ord("b"), ord("a"))}


def test_nothing_to_show_is_an_empty_table():
    town = build(draw_town("a b", {"ab": {"highway": "service", "military": "base"}}))
    assert len(town.to_geodataframe()) == 0
    assert len(town.to_osmnx()) == 0


@pytest.mark.data
@pytest.mark.parametrize(
    "file",
    ["suwon_ajou_map.osm", "gunsan_map.osm", "sinnonhyeon_walk_overpass.json"],
)
def test_real_streets_there_and_back_again(real_data, file):
    network = build(read_ways(real_data / "korea_osm" / file))
    again = build(from_osmnx(network.to_osmnx()))
    assert again.node_id.tolist() == network.node_id.tolist()
    assert segments(again) == segments(network)
    table = network.to_geodataframe()
    assert len(table) == len(np.unique(network.way))
    assert sum(len(line.coords) - 1 for line in table.geometry) == len(network)
