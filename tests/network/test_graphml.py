"""OSMnx graphs, live and saved, become ways again."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import networkx as nx
import numpy as np
import pytest
from shapely.geometry import LineString

from access._geo import great_circle
from access.errors import InputError
from access.network.build import build
from access.network.graphml import from_osmnx
from access.network.read import read_ways
from access.network.ways import Ways

PLACES = {1: (127.0, 37.0), 2: (127.001, 37.0), 3: (127.002, 37.0), 4: (127.002, 37.001)}


def graph_of(edges: list[tuple[int, int, dict[str, Any]]], **more: Any) -> nx.MultiDiGraph:
    """Return a graph as OSMnx makes one."""
    graph = nx.MultiDiGraph(crs="epsg:4326", simplified=True, **more)
    for node, (x, y) in PLACES.items():
        graph.add_node(node, x=x, y=y, street_count=1)
    for u, v, data in edges:
        graph.add_edge(u, v, **{"osmid": 10, "highway": "residential", "reversed": False, **data})
    return graph


def street(u: int, v: int, **data: Any) -> list[tuple[int, int, dict[str, Any]]]:
    """Return the two edges of a two-way street."""
    back = dict(data)
    if "geometry" in data:
        back["geometry"] = LineString(data["geometry"].coords[::-1])
    return [(u, v, data), (v, u, {**back, "reversed": True})]


def drawn(ways: Ways) -> list[tuple[int, list[int], dict[str, str]]]:
    return [
        (
            int(ways.way_id[at]),
            ways.node_id[ways.refs[ways.first[at] : ways.first[at + 1]]].tolist(),
            dict(ways.tagsets[ways.tags[at]]),
        )
        for at in range(len(ways))
    ]


def test_a_pair_of_edges_is_one_two_way_street():
    ways = from_osmnx(graph_of([*street(1, 2), (2, 3, {"osmid": 11, "oneway": True})]))
    assert drawn(ways) == [
        (10, [1, 2], {"highway": "residential", "oneway": "no"}),
        (11, [2, 3], {"highway": "residential", "oneway": "yes"}),
    ]


def test_the_street_is_drawn_as_mapped_whichever_edge_comes_first():
    # the graph gives edges in the order of their first nodes: the mirror image of 2-1 comes first
    assert drawn(from_osmnx(graph_of(street(1, 2))))[0][1] == [1, 2]
    assert drawn(from_osmnx(graph_of(street(2, 1))))[0][1] == [2, 1]


def test_parallel_streets_stay_two():
    bow = LineString([PLACES[1], (127.0005, 37.0005), PLACES[2]])
    ways = from_osmnx(graph_of([*street(1, 2), *street(1, 2), *street(1, 2, geometry=bow)]))
    assert {tags["oneway"] for _, _, tags in drawn(ways)} == {"no"}
    assert sorted(len(nodes) for _, nodes, _ in drawn(ways)) == [2, 2, 3]


def test_two_one_way_streets_of_different_shape_are_no_pair():
    bow = LineString([PLACES[2], (127.0005, 37.0005), PLACES[1]])
    ways = from_osmnx(graph_of([(1, 2, {}), (2, 1, {"geometry": bow})]))
    assert [tags["oneway"] for _, _, tags in drawn(ways)] == ["yes", "yes"]


def test_shapes_become_nodes_of_their_own():
    bend = LineString([PLACES[1], (127.0003, 37.0004), (127.0007, 37.0004), PLACES[2]])
    graph = graph_of([*street(1, 2, geometry=bend, length=150.0), *street(2, 3), *street(3, 4)])
    ways = from_osmnx(graph)
    assert ways.node_id.tolist() == [1, 2, 3, 4, 5, 6]
    assert [1, 5, 6, 2] in [nodes for _, nodes, _ in drawn(ways)]
    lon, lat = np.array(bend.coords).T
    along = great_circle(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum()
    network = build(ways)
    bent = [at for at in range(len(ways)) if ways.first[at + 1] - ways.first[at] == 4]
    assert network.length[network.way == bent[0]].sum() == pytest.approx(along, abs=1e-9)


def test_streets_that_cross_at_a_point_of_their_shapes_stay_apart():
    over = LineString([PLACES[1], (127.0015, 37.0005), PLACES[4]])
    under = LineString([PLACES[2], (127.0015, 37.0005), PLACES[3]])
    ways = from_osmnx(graph_of([*street(1, 4, geometry=over), *street(2, 3, geometry=under)]))
    assert len(ways.node_id) == 6
    assert ways.lonlat[4].tolist() == ways.lonlat[5].tolist()


def test_a_loop_is_one_two_way_street():
    ring = LineString([PLACES[1], (127.0005, 37.0005), (127.0005, 37.0), PLACES[1]])
    ways = from_osmnx(graph_of(street(1, 1, geometry=ring)))
    assert drawn(ways) == [(10, [1, 5, 6, 1], {"highway": "residential", "oneway": "no"})]


def test_a_roundabout_walked_both_ways_says_so():
    ways = from_osmnx(graph_of(street(1, 2, junction="roundabout", oneway=False)))
    assert drawn(ways)[0][2]["oneway"] == "no"  # else the roundabout would imply one way


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        ("highway", ["residential", "steps"], "steps"),
        ("highway", ["primary", "trunk"], "trunk"),
        ("highway", ["zebra", "service"], "service"),
        ("access", ["yes", "private"], "private"),
        ("access", ["no", "private"], "no"),
        ("foot", ["yes", "designated"], "designated;yes"),
        ("maxspeed", ["50", "30"], "30;50"),
        ("name", ["나길", "가길"], "가길;나길"),
        ("name", "[공사중] 길", "[공사중] 길"),
        ("name", "[1, 2", "[1, 2"),
        ("bridge", "['yes', 'viaduct']", "viaduct;yes"),
    ],
)
def test_lists_in_tags_become_one_value(key, values, expected):
    ways = from_osmnx(graph_of(street(1, 2, osmid=[30, 20], **{key: values})))
    assert ways.way_id.tolist() == [20]
    assert ways.tagsets[0][key] == expected


def test_mirror_images_with_differently_listed_tags_are_still_a_pair():
    edges = street(1, 2, name=["가", "나"])
    edges[1][2]["name"] = ["나", "다"]
    assert [tags["oneway"] for _, _, tags in drawn(from_osmnx(graph_of(edges)))] == ["no"]


def test_tags_that_no_rule_reads_are_dropped_and_node_tags_kept():
    graph = graph_of(street(1, 2, ref="41", est_width="3", foot="yes"))
    graph.nodes[2]["highway"] = "crossing"
    ways = from_osmnx(graph)
    assert ways.tagsets == ({"foot": "yes", "highway": "residential", "oneway": "no"},)
    assert ways.node_tags == {1: {"highway": "crossing"}}
    assert ways.ledger.entries == ()


def test_a_projected_graph_is_turned_back_to_degrees():
    from pyproj import Transformer

    plane = Transformer.from_crs("epsg:4326", "epsg:5179", always_xy=True)
    bend = LineString([PLACES[1], (127.0005, 37.0005), PLACES[2]])
    degrees = from_osmnx(graph_of(street(1, 2, geometry=bend)))
    graph = graph_of(street(1, 2, geometry=LineString(plane.itransform(bend.coords))))
    graph.graph["crs"] = "epsg:5179"
    for data in graph.nodes.values():
        data["x"], data["y"] = plane.transform(data["x"], data["y"])
    metres = from_osmnx(graph)
    assert metres.lonlat == pytest.approx(degrees.lonlat, abs=1e-9)
    assert metres.refs.tolist() == degrees.refs.tolist()


def test_an_undirected_graph_is_two_way_everywhere():
    ways = from_osmnx(nx.MultiGraph(graph_of([(1, 2, {}), (2, 3, {"oneway": True})])))
    assert [tags["oneway"] for _, _, tags in drawn(ways)] == ["no", "no"]


def test_a_stated_length_that_is_not_the_drawn_one_is_counted():
    ways = from_osmnx(graph_of([*street(1, 2, length=88.8), *street(2, 3, length=900.0)]))
    problem = ways.ledger.entries[0].problem
    assert (problem.code, problem.facts["count"], problem.facts["edges"]) == ("W522", 2, 4)


def test_a_drive_network_is_told_from_one_to_walk_on():
    assert [p.code for p in from_osmnx(graph_of(street(1, 2))).ledger.warnings] == ["W523"]
    assert from_osmnx(graph_of(street(1, 2, highway="footway"))).ledger.warnings == ()


def test_edges_that_say_nothing_are_streets_of_unknown_kind():
    graph = graph_of([*street(1, 2), *street(2, 3, highway="footway")])
    for _, _, data in list(graph.edges(data=True))[:1]:
        del data["highway"]
    for data in graph[2][1].values():
        del data["highway"]
    ways = from_osmnx(graph)
    assert sorted(tags["highway"] for _, _, tags in drawn(ways)) == ["footway", "road"]
    assert [(p.code, p.facts["count"]) for p in ways.ledger.warnings] == [("W524", 1)]


def broken(change: str) -> nx.MultiDiGraph:
    graph = graph_of(street(1, 2))
    match change:
        case "no x":
            del graph.nodes[3]["x"]
        case "names":
            graph = nx.relabel_nodes(graph, {1: "a"})
        case "crs":
            graph.graph["crs"] = "nonsense"
        case "osmid":
            next(iter(graph.edges(data=True)))[2]["osmid"] = "abc"
        case "shape":
            next(iter(graph.edges(data=True)))[2]["geometry"] = 7
        case "no edges":
            graph.clear_edges()
        case "empty":
            graph.clear()
        case "swapped":
            for data in graph.nodes.values():
                data["x"], data["y"] = data["y"], data["x"]
        case "metres":
            for data in graph.nodes.values():
                data["x"] *= 1e4
    return graph


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *((change, "E520") for change in ("no x", "names", "crs", "osmid", "shape")),
        *((change, "E500") for change in ("no edges", "empty")),
        ("swapped", "E530"),
        ("metres", "E531"),
    ],
)
def test_what_is_no_street_graph_is_refused(change, code):
    with pytest.raises(InputError) as stopped:
        from_osmnx(broken(change))
    assert stopped.value.code == code


def test_saved_and_live_graphs_are_the_same(tmp_path):
    import osmnx

    bend = LineString([PLACES[2], (127.0015, 37.0003), PLACES[3]])
    graph = graph_of(
        [
            *street(1, 2, name="[가] '길'", length=88.0),
            *street(2, 3, geometry=bend, osmid=[12, 11], highway=["path", "service"]),
            (3, 4, {"oneway": True, "osmid": 13, "lanes": "2"}),
        ]
    )
    osmnx.save_graphml(graph, tmp_path / "g.graphml")
    saved, live = read_ways(tmp_path / "g.graphml"), from_osmnx(graph)
    assert saved.fingerprint == live.fingerprint
    assert drawn(saved)[-1] == (
        13,
        [3, 4],
        {"highway": "residential", "lanes": "2"} | {"oneway": "yes"},
    )


@pytest.mark.data
def test_central_seoul_as_osmnx_saved_it(real_data):
    path = real_data / "korea_osm" / "seoul_jongno_jung_drive_20231218.graphml"
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    root = ET.parse(path).getroot()
    keys = {k.get("id"): k.get("attr.name") for k in root.findall("g:key", space)}
    edges = []
    for edge in root.iterfind(".//g:edge", space):
        data = {keys[d.get("key")]: d.text for d in edge.iterfind("g:data", space)}
        edges.append((edge.get("source"), edge.get("target"), data))
    assert len(edges) == 8830
    one_way = sum(data["oneway"] == "True" for *_, data in edges)
    two_way = len(edges) - one_way
    assert two_way % 2 == 0

    ways = read_ways(path)
    told = Counter(ways.tagsets[t]["oneway"] for t in ways.tags.tolist())
    assert told == {"yes": one_way, "no": two_way // 2}
    assert ways.timestamp == "2023-12-18T12:10:29"
    assert [p.code for p in ways.ledger.warnings] == ["W523"]
    ends = {int(n) for u, v, _ in edges for n in (u, v)}
    assert len(ends) == 3384
    assert set(ways.node_id[: len(ends)].tolist()) == ends
    inner = len(ways.node_id) - len(ends)
    assert int(ways.node_id[-inner]) == max(ends) + 1

    # OSMnx's lengths are the great circles between the nodes it saw, rounded to mm in 1.x.
    network = build(ways)
    stated = sum(float(d["length"]) / (1 if d["oneway"] == "True" else 2) for *_, d in edges)
    assert network.length.sum() == pytest.approx(stated, rel=1e-6)


@pytest.mark.data
def test_a_graph_with_x_and_y_swapped_says_so(real_data):
    with pytest.raises(InputError) as stopped:
        read_ways(real_data / "korea_osm" / "seoul_topis_xy_swapped.graphml")
    assert stopped.value.code == "E530"
    assert "x와 y가 뒤바뀌었습니다" in str(stopped.value)
    assert "x and y are swapped" in stopped.value.text("en")
