"""Topology and file defects (rows T1 to T20, section 2.10), each for every mode.

Files that cannot be read stand in test_bad_streets.py (T9, T13, T16, T17, T19), what readers make
of gaps and repeats in test_osm.py (T1, T6, T7, T8, T17, T19, T20), points on islands and the way to
the street in tests/travel/test_drawn_towns.py (T14).
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from access import Question, evaluate
from access._frozen import frozen
from access._geo import great_circle
from access.network import costs as weighing
from access.network.build import build
from access.network.costs import CLOSED, components, weigh
from access.network.modes import MODES, Permit, mode
from access.network.read import read_ways
from access.network.snap import snap
from access.network.values import LONGEST_S, duration_s
from access.network.ways import Ways
from access.study.join import check_extent
from access.testing import draw_town, toy_study
from access.travel.street import search
from tests.network.trips import FOOTWAY, MS, PATH, STREET, metres, seconds

every_mode = pytest.mark.parametrize("name", MODES)


@every_mode
@pytest.mark.parametrize("route", ["abc", "abbc", "aabbcc"])
def test_t1_a_node_twice_in_a_row_makes_no_loop(name, route):
    town = draw_town("abc", {route: STREET})
    network = build(town)
    assert (network.tail != network.head).all()
    assert network.length.sum() == pytest.approx(200)
    assert metres(town, "a", "c", name) == metres(town, "c", "a", name) == 200


LOLLIPOP = """
    . . d
    a b c
    . e .
"""


@every_mode
@pytest.mark.parametrize("route", ["abcdbe", "abbcdbe", "abcdbbe", "ebdcba"])
def test_t2_a_loop_in_one_way_is_passed_both_ways_round(name, route):
    town = draw_town(LOLLIPOP, {route: STREET}, spacing_m=50)
    assert len(build(town)) == 5
    slant = (100**2 + 50**2) ** 0.5
    for ends, length in {
        "ac": 200,
        "ad": 100 + slant,
        "ae": 150,
        "cd": 50,
        "de": slant + 50,
    }.items():
        for start, end in (ends, ends[::-1]):
            assert seconds(town, start, end, name) == pytest.approx(length / MS[name], abs=0.3)


@every_mode
@pytest.mark.parametrize("route", ["bdcbb", "bbdcb", "bdcb", "bddcb"])
def test_t2_a_way_that_ends_where_it_starts_is_a_loop(name, route):
    loop = {**STREET, "oneway": "yes", "bicycle": "yes"}
    town = draw_town(LOLLIPOP, {"ab": STREET, route: loop, "be": STREET}, spacing_m=50)
    assert len(build(town)) == 5
    slant = (100**2 + 50**2) ** 0.5
    assert seconds(town, "a", "e", name) == pytest.approx(150 / MS[name], abs=0.3)
    assert seconds(town, "c", "a", name) == pytest.approx(200 / MS[name], abs=0.3)
    round_by_d = 100 if name == "walk" else slant + 50
    assert seconds(town, "a", "c", name) == pytest.approx((100 + round_by_d) / MS[name], abs=0.3)


@every_mode
def test_t3_of_parallel_ways_both_are_kept_and_the_faster_counts(name):
    slow = {"highway": "service"} if name == "drive" else FOOTWAY
    for ways in ({"ab#1": slow, "ab#2": STREET}, {"ab#1": STREET, "ab#2": slow}):
        town = draw_town("ab", ways)
        assert len(build(town)) == 2
        assert metres(town, "a", "b", name) == 100


@every_mode
def test_t3_a_longer_way_between_the_same_nodes_is_kept(name):
    town = draw_town("ab\ndc", {"adcb": STREET, "ab": {**STREET, "oneway": "yes", "foot": "no"}})
    assert metres(town, "a", "b", name) == (300 if name == "walk" else 100)
    assert metres(town, "b", "a", name) == 300


def twin(town: Ways, letter: str, of: str) -> Ways:
    """Return the town with one node moved to where another lies."""
    places = town.lonlat.copy()
    at = [int(np.searchsorted(town.node_id, ord(x))) for x in (letter, of)]
    places[at[0]] = places[at[1]]
    return replace(town, lonlat=frozen(places))


@every_mode
def test_t4_nodes_at_one_place_are_not_joined(name):
    town = twin(draw_town("abxcd", {"ab": STREET, "xcd": STREET}), "x", "b")
    assert len(build(town)) == 3
    assert seconds(town, "a", "d", name) is None
    assert metres(town, "c", "d", name) == 100


def test_t4_nodes_at_one_place_are_counted(draw, tmp_path):
    world = draw({1: (PATH, [1, 2]), 2: (PATH, [3, 4]), 3: (PATH, [5, 2])})
    world.nodes[3] = world.nodes[5] = world.nodes[2]
    for path in world.everywhere(tmp_path).values():
        entries = read_ways(path).ledger.entries
        assert [(e.problem.code, e.problem.facts["count"]) for e in entries] == [("F507", 2)]


CROSSED = """
    . b .
    a m d
    . c .
"""


@every_mode
def test_t5_ways_meet_at_a_common_node_only(name):
    apart = draw_town(CROSSED, {"ad": STREET, "bc": STREET})
    joined = draw_town(CROSSED, {"amd": STREET, "bmc": {**STREET, "layer": "1", "bridge": "yes"}})
    beside = draw_town(CROSSED, {"amd": STREET, "bc": STREET})
    assert seconds(apart, "a", "b", name) is None
    assert seconds(beside, "a", "b", name) is None
    assert seconds(joined, "a", "b", name) is not None


@every_mode
def test_t9_large_ids_come_back_whole(draw, tmp_path, name):
    """2^53 + 1 is no float; ids above 2^31 are long used up."""
    node, way = 2**53 + 1, 2**53 + 3
    world = draw({way: (STREET, [5, node]), 2**31 + 1: (STREET, [node, 2**62 + 1])})
    for path in world.everywhere(tmp_path).values():
        network = build(read_ways(path))
        assert network.way_id.tolist() == [2**31 + 1, way]
        assert network.node_id.tolist() == [5, node, 2**62 + 1]
        assert network.to_geodataframe().osmid.tolist() == [2**31 + 1, way]
        assert list(network.to_osmnx().nodes) == [5, node, 2**62 + 1]
        assert weigh(network, mode(name)).usable.all()


@every_mode
def test_t10_nothing_is_no_way_and_takes_no_time(name):
    town = draw_town("a.b", {"ab": STREET})
    for point in ("a", "b", (127.5005, 37.0)):
        assert seconds(town, point, point, name) == 0
    beside = (127.5005, 37.0009)
    leg = float(great_circle(*beside, 127.5005, 37.0))
    assert seconds(town, beside, beside, name, snap_m=200) == pytest.approx(2 * leg / 1.2, abs=0.2)


@every_mode
def test_t10_the_diagonal_of_a_table_is_zero(name):
    town = draw_town("abc\ndef", {"abc": STREET, "def": STREET, "ad": STREET, "cf": STREET})
    network = build(town)
    costs = weigh(network, mode(name))
    cells, places, _ = snap(network, costs, town.lonlat, town.lonlat, 10)
    for engine in ("scipy", "engine"):
        assert np.diag(search(network, costs, cells, places, engine=engine)).tolist() == [0] * 6


@every_mode
@pytest.mark.parametrize("kmh", ["0", "-20", "1"])
def test_t11_a_limit_of_nothing_is_no_limit(name, kmh):
    town = draw_town("ab", {"ab": {**STREET, "maxspeed": kmh}})
    assert metres(town, "a", "b", name) == 100


@every_mode
def test_t11_a_way_without_speed_is_closed(name, monkeypatch):
    plain = weighing.way_passage

    def stands_still(tags, mode, urban):
        passage = plain(tags, mode, urban)
        return replace(passage, backward_ms=0.0) if tags.get("name") == "늪" else passage

    monkeypatch.setattr(weighing, "way_passage", stands_still)
    town = draw_town("abc", {"ab": {**STREET, "name": "늪"}, "bc": STREET})
    assert metres(town, "a", "c", name) == 200
    assert seconds(town, "c", "a", name) is None


@every_mode
@pytest.mark.parametrize("text", ["999:00", "P900D", "PT99999H", "99999"])
def test_t12_no_duration_is_longer_than_a_month(name, text):
    assert duration_s(text) is None
    town = draw_town(
        "abcd", {"ab": STREET, "bc": {"route": "ferry", "duration": text}, "cd": STREET}
    )
    assert seconds(town, "a", "d", name) == pytest.approx(100 * 3.6 / 5 + 200 / MS[name], abs=0.3)


@every_mode
def test_t12_what_takes_over_a_month_is_closed_and_never_negative(name):
    town = draw_town("ab", {"ab": STREET})
    key = {"walk": "walk_ms", "bicycle": "bicycle_kmh", "drive": "class_kmh"}[name]
    for speed in (1e-3, 1e-5, 1e-9, 1e-300):
        value = {"residential": (speed, speed)} if name == "drive" else speed
        costs = weigh(build(town), mode(name, **{key: value}))
        slow = 100 / (speed if name == "walk" else speed / 3.6)
        expected = round(slow * 10) if slow <= LONGEST_S else CLOSED
        assert costs.forward.tolist() == [pytest.approx(expected, rel=1e-6)]


@every_mode
def test_t12_ten_thousand_nodes_a_centimetre_apart(name):
    """Each segment is rounded by itself: at most 0.05 s a piece, never below nothing."""
    count, step = 10_000, 0.01
    metre = float(np.degrees(1 / 6_371_009))
    lat = 37.0 + np.arange(count) * step * metre
    town = Ways(
        node_id=frozen(np.arange(1, count + 1)),
        lonlat=frozen(np.column_stack([np.full(count, 127.5), lat])),
        node_tags={},
        way_id=frozen([1], np.int64),
        first=frozen([0, count], np.int64),
        refs=frozen(np.arange(count)),
        tags=frozen([0], np.int32),
        tagsets=(STREET,),
    )
    network = build(town)
    costs = weigh(network, mode(name))
    assert len(network) == count - 1
    assert (costs.forward >= 0).all()
    points = town.lonlat[[0, 17, 5000, count - 1]] + [1e-6, 0]
    cells, places, _ = snap(network, costs, points, points, 10)
    times = search(network, costs, cells, places)
    assert (times >= 0).all()
    assert times[0, 3] <= 10 * (100 / MS[name] + 0.05 * count)


@every_mode
def test_t13_one_way_dead_ends_let_nobody_out(name):
    ends = {**STREET, "oneway": "yes", "foot": "no"}
    town = draw_town("a b c", {"ba": ends, "bc": ends})
    assert seconds(town, "a", "c", name) is None
    assert (seconds(town, "b", "c", name) is None) == (name == "walk")


@every_mode
def test_t13_where_a_mode_has_no_way_everybody_is_counted_and_nobody_has_a_time(name):
    closed = {"highway": "footway" if name == "drive" else "motorway"}
    town = toy_study("a b", {"ab": closed}, people={"a": 7}, centres="b")
    outcome = evaluate(town, Question(mode=name, minutes=(15,)))
    assert np.isnan(outcome.minutes).all()
    assert outcome.districts().within_15.tolist() == [0, 0]
    assert {"W801", "W805"} <= {e.problem.code for e in outcome.ledger.entries}


ISLAND = """
    a b c d e f g h i j k l




    s t u v w x y z 1 2 3 4
"""


@every_mode
def test_t14_an_island_has_times_of_its_own_and_none_to_the_shore(name):
    town = draw_town(ISLAND, {"abcdefghijkl": STREET, "stuvwxyz1234": STREET})
    assert metres(town, "s", "4", name) == metres(town, "a", "l", name) == 2200
    assert seconds(town, "a", "4", name) is None
    assert seconds(town, "4", "a", name) is None


def test_t15_components_are_those_of_the_mode():
    """Streets that only a footway joins are two for cars and one for walkers."""
    town = draw_town("a b c d", {"ab": STREET, "bc": FOOTWAY, "cd": STREET})
    network = build(town)
    counts = {}
    for name in MODES:
        costs = weigh(network, mode(name))
        part = components(network, costs.usable, costs.gates == Permit.CLOSED)
        counts[name] = len(set(part[part >= 0].tolist()))
    assert counts == {"walk": 1, "bicycle": 1, "drive": 2}


@every_mode
def test_t15_a_oneway_dead_end_removes_no_bridge(name):
    """The bridge b-c stays though a oneway leaves it for nowhere."""
    town = draw_town(
        "  x\na b c d",
        {"ab": STREET, "bc": STREET, "cd": STREET, "bx": {**STREET, "oneway": "yes"}},
    )
    assert metres(town, "a", "d", name) == metres(town, "d", "a", name) == 600


EDGE = """
    m.n
    a.b
    ...
    c.d
"""


@every_mode
def test_t18_a_shorter_way_beyond_the_edge_is_missed_and_said(name):
    """W360 speaks where the streets end within 1 km of the outermost cell."""
    people = {"a": 3.0, "b": 4.0}
    city = toy_study(EDGE, {"acdb": STREET}, people=people, centres="b")
    wider = draw_town(EDGE, {"acdb": STREET, "amnb": STREET})
    assert metres(draw_town(EDGE, {"acdb": STREET}), "a", "b", name) == 600
    assert metres(wider, "a", "b", name) == 400
    assert [e.problem.code for e in check_extent(city.network, city.cells).entries] == ["W360"]


def test_t18_streets_that_reach_a_kilometre_beyond_every_cell_are_wide_enough():
    far = "w.........n\n....a.b....\n...........\ns.........e"
    wide = toy_study(far, {"wab": STREET, "wn": STREET, "se": STREET, "ws": STREET, "ne": STREET},
                     people={"a": 1.0, "b": 1.0}, centres="b", spacing_m=1001)  # fmt: skip
    assert check_extent(wide.network, wide.cells).entries == ()


@every_mode
def test_t20_the_order_of_ways_changes_no_time(name):
    ways = {"ab": STREET, "bc": PATH, "cd": {**STREET, "oneway": "yes"}, "da": STREET}
    towns = [draw_town("ab\ndc", dict(order)) for order in (ways.items(), reversed(ways.items()))]
    for start, end in itertools.permutations("abcd", 2):
        first, second = (seconds(town, start, end, name) for town in towns)
        assert first == second
