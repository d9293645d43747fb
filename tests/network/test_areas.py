"""Areas are crossed in straight lines that bend at corners (rows R1 to R7, section 2.9)."""

from __future__ import annotations

import itertools
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from access._geo import great_circle
from access.network import areas
from access.network.build import build
from access.network.costs import weigh
from access.network.kinds import ACROSS
from access.network.modes import mode
from access.network.read import read_ways
from access.network.relief import Relief, lift
from access.network.snap import snap
from access.network.ways import Ways
from access.show.backdrop import street_lines
from access.testing import draw_town, lonlat, positions
from access.travel.street import search

PLAZA = {"highway": "pedestrian", "area": "yes"}
PATH = {"highway": "path"}
MS = {"walk": 1.2, "bicycle": 1.2, "drive": 20 / 3.6}
"""Metres a second on a plaza (a bicycle is pushed), and of a car on a residential street."""


def seconds(town, start, end, name="walk", profile="general"):
    """Return the seconds of a trip between two points in degrees, None where there is no way."""
    network = build(town)
    costs = weigh(network, mode(name, profile))
    points = [np.array([point]) for point in (start, end)]
    cells, places, _ = snap(network, costs, *points, limit_m=200)
    time = search(network, costs, cells, places)[0, 0]
    return time / 10 if time >= 0 else None


def metres(town, letters, name="walk"):
    """Return the metres of a trip between two letters at the pace of a plaza."""
    time = seconds(town, *(lonlat(town, letter) for letter in letters), name)
    return None if time is None else time * MS[name]


def across(ways: Ways) -> list[tuple[int, str]]:
    """Return way ids and ends of the lines drawn across areas; ends as letters."""
    return [
        (
            int(ways.way_id[at]),
            "".join(chr(ways.node_id[n]) for n in ways.refs[ways.first[at] : ways.first[at + 1]]),
        )
        for at in range(len(ways))
        if ways.tagsets[ways.tags[at]].get("area") == ACROSS
    ]


# A square of 200 m; ways lead on from a, b and c.
SQUARE = """
    e a b f

      d c g
"""
SIDES = {"ea": PATH, "bf": PATH, "cg": PATH}


class TestR1:
    """A closed way with area=yes is crossed; e to g goes e, a, c, g (OSRM, area_mesh.feature)."""

    town = draw_town(SQUARE, {"abcda": PLAZA, **SIDES})

    def test_it_is_crossed_from_corner_to_corner(self):
        assert across(self.town) == [(1, "ac")]
        assert metres(self.town, "eg") == pytest.approx(400 + 200 * 2**0.5, abs=0.5)

    def test_a_bicycle_is_pushed_across(self):
        town = draw_town(SQUARE, {"abcda": PLAZA, **SIDES})
        riding = 400 / (15 / 3.6)
        pushed = seconds(town, lonlat(town, "e"), lonlat(town, "g"), "bicycle")
        assert pushed == pytest.approx(riding + 200 * 2**0.5 / 1.2, abs=0.5)

    def test_a_car_keeps_to_the_outline(self):
        street = {"highway": "residential"}
        ways = {"abcda": {**street, "area": "yes"}, "ea": street, "bf": street, "cg": street}
        town = draw_town(SQUARE, ways)
        assert metres(town, "eg", "drive") == pytest.approx(200 + 400 + 200, abs=5)
        assert metres(town, "eg") == pytest.approx(400 + 200 * 2**0.5, abs=1)
        ridden = seconds(town, lonlat(town, "e"), lonlat(town, "g"), "bicycle")
        assert ridden == pytest.approx((400 + 200 * 2**0.5) * 3.6 / 15, abs=0.5)


@pytest.mark.parametrize(
    "tags", [{"highway": "pedestrian"}, {"highway": "pedestrian", "area": "no"}]
)
def test_r2_a_closed_way_that_is_no_area_is_a_loop(tags):
    town = draw_town(SQUARE, {"abcda": tags, **SIDES})
    assert across(town) == []
    assert metres(town, "eg") == pytest.approx(800, abs=1)


WITH_OBSTACLE = """
    e..a......b..f
    ..............
    ......p..q....
    ..............
    ......s..r....
    ..............
    h..d......c..g
"""
"""A plaza with a building between the ways that lead to it."""


def plaza_with_a_hole(world, tmp_path, kind):
    """Return the ways of WITH_OBSTACLE, whose multipolygon has two members, from a file."""
    at = positions(WITH_OBSTACLE, spacing_m=10)
    bare = ({}, [ord(x) for x in "abcda"])
    hole = ({"building": "yes"}, [ord(x) for x in "pqrsp"])
    roads = {i: (PATH, [ord(x) for x in w]) for i, w in enumerate(("ea", "cg", "bf", "dh"), 11)}
    world.nodes = {ord(letter): place for letter, place in at.items()}
    world.ways = {1: bare, 2: hole, **roads}
    world.node_tags = {}
    world.relations = {7: ({"type": "multipolygon", "highway": "pedestrian"}, [1, 2])}
    return read_ways(world.everywhere(tmp_path)[kind])


@pytest.mark.parametrize("kind", ["pbf", "xml", "overpass", "geom"])
class TestR3:
    """A multipolygon is crossed round the obstacle inside: 155 m and not 152."""

    def test_the_path_bends_at_a_corner_of_the_obstacle(self, town, tmp_path, kind):
        ways = plaza_with_a_hole(town, tmp_path, kind)
        at = positions(WITH_OBSTACLE, spacing_m=10)

        def far(*letters):
            return sum(float(great_circle(*at[a], *at[b])) for a, b in itertools.pairwise(letters))

        straight, bent = far("e", "a", "c", "g"), far("e", "a", "s", "c", "g")
        assert (round(straight), round(bent)) == (152, 155)
        assert seconds(ways, at["e"], at["g"]) * 1.2 == pytest.approx(bent, abs=0.3)
        assert seconds(ways, at["g"], at["e"]) * 1.2 == pytest.approx(bent, abs=0.3)
        other = far("b", "p", "d")
        assert seconds(ways, at["b"], at["d"]) * 1.2 == pytest.approx(other, abs=0.3)

    def test_lines_lie_inside_and_bear_the_lowest_way_of_the_outline(self, town, tmp_path, kind):
        ways = plaza_with_a_hole(town, tmp_path, kind)
        assert {way for way, _ in across(ways)} == {1}
        assert [ends for _, ends in across(ways)] == ["as", "bp", "cs", "dp"]
        assert ways.way_id.tolist() == sorted(ways.way_id.tolist())
        tags = {tuple(ways.tagsets[t].items()) for t in ways.tags[ways.way_id == 2]}
        assert tags == {(("area", "yes"), ("highway", "pedestrian"))}

    def test_every_file_gives_the_same(self, town, tmp_path, kind):
        first = plaza_with_a_hole(town, tmp_path, "bzip2").fingerprint
        assert plaza_with_a_hole(town, tmp_path, kind).fingerprint == first


@pytest.mark.parametrize("kind", ["pbf", "overpass"])
@pytest.mark.parametrize("cut", [False, True])
def test_nobody_walks_through_a_hole_that_has_no_tags(town, tmp_path, kind, cut):
    """Stairs end at p and r of the pond; its way bears the tags of the plaza, but is no area."""
    plaza_with_a_hole(town, tmp_path, kind)
    town.ways[2] = ({}, town.ways[2][1])
    town.ways |= {21: (PATH, [ord("p"), 1]), 22: (PATH, [ord("r"), 1])}
    town.nodes[1] = (127.4, 37.0)
    if cut:
        del town.nodes[ord("d")]
    ways = read_ways(town.everywhere(tmp_path)[kind])
    ends = {ends for _, ends in across(ways)}
    assert not ends & {"pr", "qs"}
    assert ends if not cut else not ends


def test_a_hole_that_is_an_area_itself_is_crossed(town, tmp_path):
    """A plaza within a plaza, with a name of its own."""
    plaza_with_a_hole(town, tmp_path, "pbf")
    town.ways[2] = ({**PLAZA, "name": "Stage"}, town.ways[2][1])
    town.ways |= {21: (PATH, [ord("p"), 1]), 22: (PATH, [ord("r"), 1])}
    town.nodes[1] = (127.4, 37.0)
    assert (2, "pr") in across(read_ways(town.osm(tmp_path / "a.osm", "osm")))


def test_r4_entrances_on_one_side_are_joined_by_that_side():
    town = draw_town("x...y\na.b.c\nf...d", {"abcdfa": PLAZA, "xa": PATH, "yc": PATH})
    assert across(town) == []
    assert metres(town, "xy") == pytest.approx(600, abs=1)


def test_r4_one_entrance_needs_no_line():
    assert across(draw_town(SQUARE, {"abcda": PLAZA, "ea": PATH})) == []


def test_r5_a_building_is_no_area_to_walk_on(draw, tmp_path):
    world = draw({1: ({"building": "yes", "area": "yes"}, [1, 2, 3, 1]), 2: (PATH, [1, 4])})
    assert read_ways(world.osm(tmp_path / "a.osm", "osm")).way_id.tolist() == [2]


@pytest.mark.parametrize(
    "tags",
    [
        {"railway": "platform"},
        {"public_transport": "platform"},
        {"highway": "platform"},
        {"amenity": "parking"},
        {"man_made": "pier", "area": "yes"},
        {"highway": "footway", "area": "yes"},
        {"highway": "service", "area": "yes"},
        {"highway": "pedestrian", "area": "yes", "access": "private", "foot": "yes"},
    ],
)
def test_r6_platforms_and_parking_areas_join_two_roads(tags):
    town = draw_town(SQUARE, {"abcda": tags, "ea": PATH, "cg": PATH})
    assert metres(town, "eg") == pytest.approx(400 + 200 * 2**0.5, abs=1)
    lines = build(town).way == 1  # way 1 of the drawing, and its line, come first
    drive = weigh(build(town), mode("drive"))
    assert not drive.usable[lines].any()


@pytest.mark.parametrize(
    "tags",
    [
        {**PLAZA, "access": "no"},
        {**PLAZA, "foot": "no"},
        {"highway": "construction", "area": "yes"},
        {"highway": "footway", "area": "yes", "oneway:foot": "yes"},
        {"highway": "rest_area", "area": "yes"},
    ],
)
def test_nothing_is_drawn_where_nobody_may_walk_both_ways(tags):
    assert across(draw_town(SQUARE, {"abcda": tags, **SIDES})) == []


@pytest.mark.parametrize(
    "led",
    [
        {"oneway": "yes"},
        {"oneway": "-1", "oneway:bicycle": "yes"},
        {"junction": "roundabout"},
        {"conveying": "forward"},
    ],
)
def test_a_line_across_leads_both_ways_however_the_outline_is_drawn(led):
    tags = {"highway": "service", "area": "yes", **led}
    for outline in ("abcda", "cdabc", "adcba", "cbadc"):
        network = build(draw_town(SQUARE, {outline: tags, "ea": PATH, "cg": PATH}))
        line = np.flatnonzero(network.mapped_m == 0)
        assert [network.tagsets[t] for t in network.tags[network.way[line]]] == [
            {"area": "across", "highway": "service"}
        ]
        for name in ("walk", "bicycle"):
            costs = weigh(network, mode(name))
            plain = 200 * 2**0.5 / {"walk": 1.2, "bicycle": 15 / 3.6}[name] * 10
            assert costs.forward[line] == costs.backward[line] == pytest.approx(plain, abs=1)


@pytest.mark.parametrize(("word", "passes"), [("yes", True), ("limited", True), ("no", False)])
def test_wheelchairs_cross_unless_the_plaza_says_no(word, passes):
    town = draw_town(SQUARE, {"abcda": {**PLAZA, "wheelchair": word}, **SIDES})
    rolled = seconds(town, lonlat(town, "e"), lonlat(town, "g"), "walk", "wheelchair")
    expected = (400 + 200 * 2**0.5) / 0.7
    assert rolled == (pytest.approx(expected, abs=0.5) if passes else None)


def test_a_plaza_on_a_hillside_is_climbed_straight():
    ground = np.tile(np.linspace(0, 100, 50, dtype=np.float32), (50, 1))  # rising eastward
    town = build(draw_town(SQUARE, {"abcda": PLAZA, **SIDES}))
    west, north = town.lonlat[:, 0].min() - 1e-3, town.lonlat[:, 1].max() + 1e-3
    hill = lift(town, Relief(ground, west, north, (2e-4, 2e-4), 4326))
    line = int(np.flatnonzero(hill.mapped_m == 0)[0])
    rise = hill.height[hill.head[line]] - hill.height[hill.tail[line]]
    assert rise == pytest.approx(200 / 17.75 * 100 / 49, abs=3)  # cells of 17.75 m
    costs = weigh(hill, mode("walk"))
    assert costs.forward[line] > costs.backward[line] > 0


def test_a_private_plaza_is_crossed_by_who_lives_there_only():
    town = draw_town(SQUARE, {"abcda": {**PLAZA, "access": "private"}, **SIDES})
    network = build(town)
    costs = weigh(network, mode("walk"))
    line = np.flatnonzero(network.mapped_m == 0)
    assert costs.local_forward[line].all()
    assert costs.local_backward[line].all()


def test_r7_who_stands_on_a_plaza_walks_to_the_nearest_line_or_side():
    """Not to the best corner: that would ask for a line from every cell to every corner."""
    map = "ea...b\n......\n....x.\n......\n.d...cg"
    town = draw_town(map, {"abcda": PLAZA, "ea": PATH, "cg": PATH}, spacing_m=50)
    at = positions(map, spacing_m=50)
    # x is 150 m east and 100 m south of a: 35 m from the line a-c, 50 m from the side b-c.
    found = seconds(town, at["x"], at["a"]) * 1.2
    assert found == pytest.approx(25 * 2**0.5 + 125 * 2**0.5, abs=0.5)
    best = (150**2 + 100**2) ** 0.5
    assert best < found < 1.2 * best
    by_the_side = 50 + 100 + 200
    assert found < by_the_side


def test_a_plaza_bent_inward_is_walked_round_its_corner():
    """An L: from one arm to the other the path bends at the corner that stands in."""
    town = draw_town(
        "a...by\n......\n..r.c.\n......\nf.d...\nz.....",
        {"abcrdfa": PLAZA, "yb": PATH, "fz": PATH},
    )
    assert [ends for _, ends in across(town)] == ["br", "fr"]
    assert metres(town, "yz") == pytest.approx(200 + 2 * 200 * 2**0.5, abs=1)


def test_a_bow_tie_and_an_outline_cut_open_are_walked_round_and_counted(town, tmp_path):
    assert areas.cross(draw_town("a b\nd c", {"acbda": PLAZA, "ab": PATH, "dc": PATH}))[1] == 1
    plaza_with_a_hole(town, tmp_path, "pbf")
    del town.nodes[ord("d")]
    ways = read_ways(town.osm(tmp_path / "cut.osm", "osm"))
    assert across(ways) == []
    assert [(e.problem.code, e.action) for e in ways.ledger.entries] == [
        ("W502", "used"),
        ("F506", "used"),
    ]


@pytest.mark.parametrize("outline", ["axbcda", "abcxda", "aabbccdda"])
def test_nodes_at_one_place_or_twice_in_a_row_hide_no_line(outline):
    """x lies where a neighbour of it lies; an outline may name a node twice in a row (T1, T4)."""
    raw = draw_town(SQUARE.replace("f", "f x"), {outline: {"highway": "path"}, **SIDES})
    places = raw.lonlat.copy()
    index = {chr(n): i for i, n in enumerate(raw.node_id)}
    if "x" in index:
        places[index["x"]] = places[index[outline[outline.index("x") - 1]]]
    tagsets = tuple(PLAZA if t == 0 else tags for t, tags in enumerate((*raw.tagsets, PATH)))
    labels = np.array([0, 1, 1, 1], np.int32)
    town, rough = areas.cross(replace(raw, lonlat=places, tagsets=tagsets, tags=labels))
    assert (rough, [ends for _, ends in across(town)]) == (0, ["ac"])


def test_an_area_of_too_many_corners_is_walked_round(monkeypatch):
    monkeypatch.setattr(areas, "MOST_CORNERS", 2)
    town = draw_town(SQUARE, {"abcda": PLAZA, **SIDES})
    assert across(town) == []
    assert areas.cross(town)[1] == 1


def test_lines_weigh_nothing_where_mapped_length_decides_and_are_not_drawn():
    town = draw_town(SQUARE, {"abcda": {**PLAZA, "access": "strange"}, **SIDES})
    network = build(town)
    assert len(network) == 8
    assert network.mapped_m.sum() == pytest.approx(4 * 200 + 3 * 200, abs=1)
    assert weigh(network, mode("walk")).anomalies == {"access=strange": 1}
    drawn, _ = street_lines(network)
    assert sum(len(line.coords) - 1 for line in drawn) == 7


def test_crossing_twice_changes_nothing_but_the_ends_of_lines():
    town = draw_town(SQUARE, {"abcda": PLAZA, **SIDES})
    again, rough = areas.cross(town)
    assert (rough, sorted(set(across(again)))) == (0, sorted(set(across(town))))


# --- against brute force --------------------------------------------------------------------------


def straightest(polygon, corners):
    """Return the lengths of all shortest paths inside a polygon between corners, by networkx."""
    graph = nx.Graph()
    everywhere = [p for ring in (polygon.exterior, *polygon.interiors) for p in ring.coords[:-1]]
    room = polygon.buffer(1e-9)
    for a, b in itertools.combinations(everywhere, 2):
        if room.covers(shapely.LineString([a, b])):
            graph.add_edge(a, b, weight=float(great_circle(*a, *b)))
    lengths = dict(nx.all_pairs_dijkstra_path_length(graph))
    return {(a, b): lengths[a][b] for a, b in itertools.combinations(corners, 2)}


@st.composite
def plazas(draw):
    """A star-shaped outline on the grid of OSM's 1e-7 degrees, some with a star-shaped hole."""
    count = draw(st.integers(4, 11))
    rings = []
    for reach in (1.0, 0.25)[: draw(st.integers(1, 2))]:
        radii = draw(st.lists(st.floats(0.35, 1.0), min_size=count, max_size=count))
        angles = np.arange(count) * 2 * np.pi / count
        xy = np.column_stack([np.cos(angles), np.sin(angles)]) * np.array(radii)[:, None] * reach
        rings.append((np.round(xy * 1e4) * 1e-7 + [127.0, 37.0]).tolist())
    turned = draw(st.booleans())
    gates = draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=5, unique=True))
    return [ring[::-1] if turned else ring for ring in rings], gates


@given(plazas())
@settings(derandomize=True, deadline=None, max_examples=150)
def test_paths_across_are_the_shortest_there_are(plaza):
    rings, gates = plaza
    polygon = shapely.Polygon(rings[0], rings[1:])
    if not polygon.is_valid:
        return
    count = len(rings[0])
    points = [p for ring in rings for p in ring] + [[x + 1e-3, y] for x, y in rings[0]]
    outline, *holes = [[*range(i * count, (i + 1) * count), i * count] for i in range(len(rings))]
    spokes = [[gate, len(rings) * count + gate] for gate in gates]
    routes = [outline, *holes, *spokes]
    used = sorted({n for route in routes for n in route})
    index = {n: i for i, n in enumerate(used)}
    area = {"highway": "pedestrian", "area": "yes"}
    raw = Ways(
        node_id=np.array(used) + 1,
        lonlat=np.array([points[n] for n in used]),
        node_tags={},
        way_id=np.arange(1, len(routes) + 1),
        first=np.cumsum([0, *map(len, routes)]),
        refs=np.array([index[n] for route in routes for n in route]),
        tags=np.array([0] * (1 + len(holes)) + [1] * len(spokes), np.int32),
        tagsets=(area, PATH),
    )
    ways, rough = areas.cross(raw, [(area, tuple(range(1, 2 + len(holes))))])
    assert rough == 0
    network = build(ways)
    graph = nx.Graph()
    for tail, head, length in zip(network.tail, network.head, network.length, strict=True):
        graph.add_edge(int(tail), int(head), weight=float(length))
    lengths = dict(nx.all_pairs_dijkstra_path_length(graph))
    wanted = straightest(polygon, [tuple(rings[0][gate]) for gate in gates])
    assert wanted
    for (a, b), metres in wanted.items():
        ends = [index[rings[0].index(list(p))] for p in (a, b)]
        assert lengths[ends[0]][ends[1]] == pytest.approx(metres, abs=0.01)
    # Nothing is drawn that no path between entrances needs.
    lines = network.way_id.size - len(routes)
    assert lines <= len(gates) * (len(gates) - 1) // 2 + 6 * count
