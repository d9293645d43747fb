"""What the tag rules do to trips, in towns drawn in letters 100 m apart."""

import numpy as np
import pytest

from access.network.build import build
from access.network.costs import weigh
from access.network.modes import mode
from access.network.snap import snap
from access.testing import draw_town, lonlat
from access.travel.street import search
from access.travel.times import Why

MS = {"walk": 1.2, "bicycle": 15 / 3.6, "drive": 20 / 3.6}
"""Metres a second on a residential street."""
STREET = {"highway": "residential"}
NO_FOOT = {**STREET, "foot": "no"}
PATH = {"highway": "path"}


def seconds(town, start, end, name="walk", profile="general", **changes):
    """Return the seconds of a trip between two letters; None where there is no way."""
    network = build(town)
    costs = weigh(network, mode(name, profile, **changes))
    points = [np.array([lonlat(town, letter)]) for letter in (start, end)]
    cells, places, _ = snap(network, costs, *points, limit_m=10)
    time = search(network, costs, cells, places)[0, 0]
    if time >= 0:
        return time / 10
    assert time in (Why.NO_WAY, Why.CELL_OFF, Why.PLACE_OFF)
    return None


def metres(town, start, end, name="walk", **changes):
    """Return the metres of a trip on residential streets, to the nearest 10."""
    time = seconds(town, start, end, name, **changes)
    return None if time is None else round(time * MS[name], -1)


@pytest.mark.parametrize("name", MS)
def test_letters_are_100_metres_apart(name):
    town = draw_town("ab.c", {"abc": STREET})
    assert metres(town, "a", "b", name) == 100
    assert metres(town, "c", "a", name) == 300


# --- direction ------------------------------------------------------------------------------------

BLOCK = """
    ab
    dc
"""


@pytest.mark.parametrize("name", ["bicycle", "drive"])
def test_o22_consecutive_oneways_lead_one_way(name):
    town = draw_town("abc", {"ab": {**NO_FOOT, "oneway": "yes"}, "bc": {**NO_FOOT, "oneway": "1"}})
    assert metres(town, "a", "c", name) == 200
    assert metres(town, "c", "a", name) is None


@pytest.mark.parametrize("name", ["bicycle", "drive"])
def test_o22_back_goes_round_the_block(name):
    town = draw_town(BLOCK, {"ab": {**NO_FOOT, "oneway": "yes"}, "bcda": NO_FOOT})
    assert metres(town, "a", "b", name) == 100
    assert metres(town, "b", "a", name) == 300


def test_o22_walkers_turn_round():
    town = draw_town("abc", {"ab": {**STREET, "oneway": "yes"}, "bc": {**STREET, "oneway": "-1"}})
    assert metres(town, "a", "c") == metres(town, "c", "a") == 200


def test_a_bicycle_is_pushed_against_a_oneway_where_that_is_quicker_than_round():
    town = draw_town(BLOCK, {"ab": {**STREET, "oneway": "yes"}, "bcda": STREET})
    assert metres(town, "b", "a", "bicycle") == 300
    alone = draw_town("ab", {"ab": {**STREET, "oneway": "yes"}})
    assert seconds(alone, "a", "b", "bicycle") == pytest.approx(24, abs=0.1)
    assert seconds(alone, "b", "a", "bicycle") == pytest.approx(100 / 1.2, abs=0.1)


def test_an_escalator_goes_one_way():
    town = draw_town("abc", {"ab": {"highway": "steps", "conveying": "forward"}, "bc": PATH})
    assert metres(town, "a", "c") == 200
    assert metres(town, "c", "a") is None


# --- compounds ------------------------------------------------------------------------------------

# The street b-x-c-y-d runs through a compound, the way round it by g and h.
COMPOUND = """
    abxcyde
     .   .
     g...h
"""
ROUND = {"ab": STREET, "bghd": STREET, "de": STREET}
WORDS = ["destination", "customers", "residents", "permit", "private"]


@pytest.mark.parametrize("name", MS)
@pytest.mark.parametrize("word", WORDS)
class TestCompound:
    """A12, A13: in and out, never through."""

    def town(self, word):
        return draw_town(COMPOUND, {**ROUND, "bxcyd": {**STREET, "access": word}})

    def test_who_passes_by_goes_round(self, word, name):
        assert metres(self.town(word), "a", "e", name) == 1000

    def test_who_lives_inside_gets_in_and_out(self, word, name):
        assert metres(self.town(word), "a", "c", name) == 300
        assert metres(self.town(word), "c", "a", name) == 300
        assert metres(self.town(word), "x", "e", name) == 400

    def test_neighbours_inside_go_straight(self, word, name):
        assert metres(self.town(word), "x", "y", name) == 200


@pytest.mark.parametrize("name", MS)
def test_a12_private_can_be_open_or_closed_instead(name):
    town = draw_town(COMPOUND, {**ROUND, "bxcyd": {**STREET, "access": "private"}})
    assert metres(town, "a", "e", name, private="open") == 600
    assert metres(town, "a", "e", name, private="closed") == 1000
    assert metres(town, "a", "c", name, private="closed") is None


def test_a14_a_private_road_with_a_public_path_is_through_for_those_it_names():
    tags = {**STREET, "access": "private", "foot": "yes", "bicycle": "designated"}
    town = draw_town(COMPOUND, {**ROUND, "bxcyd": tags})
    assert [metres(town, "a", "e", name) for name in MS] == [600, 600, 1000]


@pytest.mark.parametrize("name", MS)
def test_private_gates_close_a_compound_like_private_streets(name):
    gate = {"barrier": "gate", "access": "private"}
    town = draw_town(COMPOUND, {**ROUND, "bxcyd": STREET}, nodes={"x": gate, "y": gate})
    assert metres(town, "a", "e", name) == 1000
    assert metres(town, "a", "c", name) == 300
    assert metres(town, "c", "e", name) == 300


# --- barriers -------------------------------------------------------------------------------------

CROSS = """
      b
      w
    axcyd
      z
      e
"""
BOLLARD = {"barrier": "bollard"}


def test_a_bollard_stops_cars_only():
    town = draw_town("abc", {"abc": STREET}, nodes={"b": BOLLARD})
    assert [metres(town, "a", "c", name) for name in MS] == [200, 200, None]
    assert metres(town, "a", "b", "drive") == 100


def test_a_barrier_on_a_junction_splits_it_and_deletes_no_street():
    town = draw_town(CROSS, {"axcyd": STREET, "bwcze": STREET}, nodes={"c": BOLLARD})
    for start, end in ("ad", "ab", "ae", "be"):
        assert metres(town, start, end) == 400
        assert metres(town, start, end, "drive") is None
    for start, end in ("ax", "bw", "dy", "ez"):
        assert metres(town, start, end, "drive") == 100


def test_a_barrier_at_the_end_of_a_way_stands_between_it_and_the_next():
    town = draw_town("abc", {"ab": STREET, "bc": STREET}, nodes={"b": BOLLARD})
    assert metres(town, "a", "c", "drive") is None
    assert metres(town, "a", "c", "bicycle") == 200


def test_of_two_barriers_in_series_both_apply():
    stile = {"barrier": "stile"}
    town = draw_town("abcd", {"abcd": STREET}, nodes={"b": BOLLARD, "c": stile})
    assert [metres(town, "a", "d", name) for name in MS] == [300, None, None]
    assert [metres(town, "a", "c", name) for name in MS] == [200, 200, None]


def test_a_barrier_is_gone_round():
    town = draw_town(BLOCK, {"ab": STREET, "bc": STREET, "cda": STREET}, nodes={"b": BOLLARD})
    assert metres(town, "a", "c") == 200
    walled = draw_town(BLOCK, {"abcda": STREET}, nodes={"b": {"barrier": "wall"}})
    assert metres(walled, "a", "c", "drive") == 200


def test_a21_a_crossing_closed_to_bicycles_does_not_cut_the_street():
    crossing = {"highway": "crossing", "bicycle": "no", "foot": "no"}
    town = draw_town("abc", {"abc": STREET}, nodes={"b": crossing})
    assert [metres(town, "a", "c", name) for name in MS] == [200, 200, 200]


def test_a19_a_closed_node_closes_an_open_way_and_an_open_node_opens_no_closed_way():
    town = draw_town("abc", {"abc": STREET}, nodes={"b": {"access": "no"}})
    assert [metres(town, "a", "c", name) for name in MS] == [None, None, None]
    shut = draw_town("abc", {"abc": {**STREET, "access": "no"}}, nodes={"b": {"access": "yes"}})
    assert [metres(shut, "a", "c", name) for name in MS] == [None, None, None]


# --- steps, sidewalks, crossings ------------------------------------------------------------------


def test_wheelchairs_take_the_ramp():
    ways = {"ab": {"highway": "steps"}, "bc": PATH, "cd": PATH, "da": PATH}
    town = draw_town(BLOCK, ways)
    assert metres(town, "a", "b") == 100
    assert seconds(town, "a", "b", "walk", "wheelchair") == pytest.approx(300 / 0.7, abs=0.2)
    marked = draw_town(BLOCK, {**ways, "ab": {"highway": "steps", "ramp:wheelchair": "yes"}})
    assert seconds(marked, "a", "b", "walk", "wheelchair") == pytest.approx(100 / 0.7, abs=0.2)


# Two sidewalks 17 m apart, joined only where c meets a.
SIDEWALKS = """
    a......b
    c......d
"""


def test_s7_a_missing_crossing_is_not_made_up():
    ways = {"ab": PATH, "cd": PATH, "ac": PATH}
    town = draw_town(SIDEWALKS, ways, spacing_m=17)
    assert seconds(town, "b", "d") * 1.2 == pytest.approx(15 * 17, abs=0.5)
    mapped = draw_town(
        SIDEWALKS, {**ways, "bd": {"highway": "footway", "footway": "crossing"}}, spacing_m=17
    )
    assert seconds(mapped, "b", "d") * 1.2 == pytest.approx(17, abs=0.5)


def test_s2_a_separate_sidewalk_without_connection_makes_no_island():
    ways = {"ab": {**STREET, "sidewalk": "separate"}, "dc": {"highway": "footway"}}
    town = draw_town(BLOCK, ways)
    assert metres(town, "a", "b") == 100


# --- topology -------------------------------------------------------------------------------------

OVER = """
    . b .
    a   d
    . c .
"""


def test_t5_crossing_ways_without_a_common_node_do_not_meet():
    town = draw_town(OVER, {"ad": PATH, "bc": PATH})
    assert metres(town, "a", "d") == 400
    assert metres(town, "a", "b") is None


@pytest.mark.parametrize("tags", [{}, {"layer": "1", "bridge": "yes"}])
def test_t5_with_a_common_node_they_meet_whatever_the_layer(tags):
    town = draw_town(CROSS, {"acd": PATH, "bce": {**PATH, **tags}})
    assert metres(town, "a", "b") == 400


def test_t3_of_parallel_ways_the_faster_counts():
    slow_first = {"ab#1": {"highway": "footway"}, "ab#2": PATH}
    slow_last = {"ab#1": PATH, "ab#2": {"highway": "footway"}}
    for ways in (slow_first, slow_last):
        assert metres(draw_town("ab", ways), "a", "b", "bicycle") == 100


def test_a_lift_joins_two_levels():
    upper, lower = {"highway": "corridor", "level": "1"}, {"highway": "corridor", "level": "0"}
    town = draw_town("abc", {"ab": upper, "bc": lower}, nodes={"b": {"highway": "elevator"}})
    assert metres(town, "a", "c") == 200
    assert seconds(town, "a", "c", "walk", "wheelchair") == pytest.approx(200 / 0.7, abs=0.2)


# --- ferries --------------------------------------------------------------------------------------

STRAIT = """
    xab..cy
      i
"""


@pytest.mark.parametrize("name", MS)
def test_a_ferrys_duration_is_shared_over_its_segments_by_length(name):
    ways = {"xa": STREET, "cy": STREET, "bi": STREET}
    town = draw_town(STRAIT, {**ways, "abc": {"route": "ferry", "duration": "1:00"}})
    leg = 100 / MS[name]
    assert seconds(town, "x", "y", name) == pytest.approx(3600 + 2 * leg, abs=0.3)
    assert seconds(town, "x", "i", name) == pytest.approx(900 + 2 * leg, abs=0.3)
    assert seconds(town, "i", "y", name) == pytest.approx(2700 + 2 * leg, abs=0.3)


@pytest.mark.parametrize("duration", [{}, {"duration": "1:2"}])
def test_a_ferry_without_a_duration_goes_5_kmh(duration):
    town = draw_town(STRAIT, {"xa": STREET, "cy": STREET, "abc": {"route": "ferry", **duration}})
    assert seconds(town, "x", "y") == pytest.approx(400 * 3.6 / 5 + 200 / 1.2, abs=0.3)


@pytest.mark.parametrize("name", MS)
def test_no_trip_starts_on_a_ferry(name):
    town = draw_town(STRAIT, {"xa": STREET, "cy": STREET, "abc": {"route": "ferry"}})
    assert seconds(town, "b", "y", name) is None


# --- driving --------------------------------------------------------------------------------------

INTERCHANGE = """
    a.m...n.b
    .........
    c.......d
"""


def test_a_car_takes_the_motorway_and_nobody_lives_on_it():
    ways = {
        "ac": STREET,
        "cd": STREET,
        "bd": STREET,
        "am": {"highway": "motorway_link"},
        "mn": {"highway": "motorway"},
        "nb": {"highway": "motorway_link"},
    }
    town = draw_town(INTERCHANGE, ways)
    assert seconds(town, "a", "b", "drive") == pytest.approx(800 / (95 / 3.6), abs=0.2)
    assert seconds(town, "b", "a", "drive") == pytest.approx(1200 / MS["drive"], abs=0.2)
    assert seconds(town, "m", "b", "drive") is None
    assert metres(town, "a", "b") == 1200
