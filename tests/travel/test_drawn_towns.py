"""Towns drawn in letters: the rules of a trip, one town each."""

from __future__ import annotations

import numpy as np
import pytest

from access.network.build import build
from access.network.costs import weigh
from access.network.modes import mode
from access.network.snap import snap
from access.testing import draw_town, positions
from access.travel.street import search
from access.travel.times import Why

STREET = {"highway": "residential"}
PRIVATE = {"highway": "service", "access": "private"}


def seconds(map, ways, cells, places, means="walk", profile="general", nodes=None, snap_m=500):
    """Return seconds from cells to places, given as letters or as (letters, fraction)."""
    town = draw_town(map, ways, nodes=nodes)
    network = build(town, 5179)
    at = positions(map)

    def points(wanted):
        found = []
        for where in wanted:
            letters, fraction = (where, 0.0) if isinstance(where, str) else where
            a, b = np.array(at[letters[0]]), np.array(at[letters[-1]])
            found.append(a + (b - a) * fraction)
        return np.array(found)

    costs = weigh(network, mode(means, profile))
    cell_snaps, place_snaps, _ = snap(network, costs, points(cells), points(places), snap_m)
    times = search(network, costs, cell_snaps, place_snaps)
    return np.where(times >= 0, times / 10, times)


def near(metres, speed=1.2):
    """Return the seconds of metres, give or take a tenth for every rounding."""
    return pytest.approx(metres / speed, abs=0.4)


def test_t10_a_trip_along_one_street_does_not_go_through_its_ends():
    ways = {"ab": STREET}
    assert seconds("a b", ways, [("ab", 0.25)], [("ab", 0.75)])[0, 0] == near(100)
    assert seconds("a b", ways, [("ab", 0.75)], [("ab", 0.25)])[0, 0] == near(100)


def test_against_a_one_way_street_the_car_goes_round():
    map = "a b\nc d"
    ways = {"ab": STREET | {"oneway": "yes"}, "bd": STREET, "dc": STREET, "ca": STREET}
    drive = 20 / 3.6
    there = seconds(map, ways, [("ab", 0.25)], [("ab", 0.75)], "drive")[0, 0]
    back = seconds(map, ways, [("ab", 0.75)], [("ab", 0.25)], "drive")[0, 0]
    assert there == near(100, drive)
    assert back == near(50 + 100 + 200 + 100 + 50, drive)
    assert seconds(map, ways, [("ab", 0.75)], [("ab", 0.25)])[0, 0] == near(100)


def test_a_one_way_dead_end_lets_nobody_out():
    ways = {"ab": STREET | {"oneway": "yes"}}
    times = seconds("a  b", ways, [("ab", 0.2), ("ab", 0.9)], [("ab", 0.5)], "drive")
    assert times[0, 0] > 0
    assert times[1, 0] == Why.NO_WAY


def test_a_point_at_a_junction_may_take_any_street_of_it():
    """The corner b is snapped to a one-way street that ends there, and leaves by the other."""
    ways = {"ab": STREET | {"oneway": "yes"}, "bc": STREET | {"oneway": "yes"}}
    assert seconds("a b c", ways, ["b"], ["c"], "drive")[0, 0] == near(200, 20 / 3.6)
    assert seconds("a b c", ways, ["a"], ["b"], "drive")[0, 0] == near(200, 20 / 3.6)


def test_t3_of_parallel_streets_the_faster_counts():
    ways = {"ab#1": {"highway": "service"}, "ab#2": {"highway": "primary"}}
    fast = seconds("a    b", ways, ["a"], ["b"], "drive")[0, 0]
    assert fast == near(500, 50 / 3.6)
    assert seconds("a    b", dict(reversed(ways.items())), ["a"], ["b"], "drive")[0, 0] == fast


def test_t14_an_island_is_unreachable_and_not_far():
    map = "a b c d e f g h i j k l\n\n\n\n\n\nm n o p q r s t u v w x"
    ways = {"abcdefghijkl": STREET, "mnopqrstuvwx": STREET}
    times = seconds(map, ways, ["a", "m"], ["l", "x"])
    assert times[0, 0] == near(2200)
    assert times[1, 1] == near(2200)
    assert times[0, 1] == times[1, 0] == Why.NO_WAY


def test_t14_a_small_island_holds_nobody_unless_a_place_stands_on_it():
    main = "abcdefghijkl"
    map = "a b c d e f g h i j k l\n\n\n\nx y"
    ways = {main: STREET, "xy": STREET}
    # No place on the island: its people walk 400 m to the main streets.
    assert seconds(map, ways, ["x"], ["a"])[0, 0] == near(400)
    # A place on it: they walk there, and nowhere else.
    times = seconds(map, ways, ["x"], ["y", "a"])
    assert times[0, 0] == near(200)
    assert times[0, 1] == Why.NO_WAY


def test_t14_a_place_by_a_loose_path_joins_the_street_nearby():
    """A footway that nobody connected must not cut a centre off."""
    main = "abcdefghijkl"
    map = "a b c d e f g h i j k l\nx y"
    times = seconds(map, {main: STREET, "xy": {"highway": "footway"}}, ["a"], ["x"])
    assert times[0, 0] == near(100)


def test_nobody_cuts_through_a_private_road():
    """A13: from a to e by the long way round, to the middle of the private road straight."""
    map = "a b   d e\n  f   g"
    ways = {"ab": STREET, "de": STREET, "bd": PRIVATE, "bfgd": STREET}
    times = seconds(map, ways, ["a", ("bd", 0.25)], ["e", ("bd", 0.5), ("bd", 0.75)])
    assert times[0, 0] == near(200 + 100 + 400 + 100 + 200)
    assert times[0, 1] == near(200 + 200)
    assert times[1, 0] == near(300 + 200)
    assert times[1, 2] == near(200)


def test_public_paths_inside_a_compound_are_part_of_it():
    """KR1: a footway behind a private service road; its people get out, nobody cuts through."""
    map = "a b c d e\n  s   t\n  u v w"
    ways = {
        "abcde": STREET,
        "bs": PRIVATE,
        "dt": PRIVATE,
        "suvwt": {"highway": "footway"},
        "cv": {"highway": "footway", "foot": "no"},
    }
    times = seconds(map, ways, ["v", "a"], ["a", "e", "v"])
    assert times[0, 0] == near(200 + 100 + 100 + 200)
    assert times[0, 1] == near(200 + 100 + 100 + 200)
    assert times[1, 2] == near(600)
    assert times[1, 1] == near(800)


def test_a_private_gate_lets_its_people_through_and_nobody_else():
    """A gate with access=private on a public road: what lies behind it is the compound."""
    map = "a b g c d e\n  f       h\n"
    ways = {"ab": STREET, "bgcd": STREET, "de": STREET, "bfhd": STREET}
    gate = {"g": {"barrier": "gate", "access": "private"}}
    open_ = seconds(map, ways, ["a"], ["e"])[0, 0]
    closed = seconds(map, ways, ["a"], ["e"], nodes=gate)[0, 0]
    assert open_ == near(1000)
    assert closed > open_
    dead_end = {"ab": STREET, "bgc": STREET}
    assert seconds(map, dead_end, ["a"], ["c"], nodes=gate)[0, 0] == near(600)
    assert seconds(map, dead_end, ["c"], ["a"], nodes=gate)[0, 0] == near(600)


def test_a_wall_on_a_junction_splits_it_and_keeps_the_streets():
    map = "  n\na b c\n  s"
    ways = {"abc": STREET, "nbs": STREET}
    wall = {"b": {"barrier": "wall"}}
    times = seconds(map, ways, [("ab", 0.5)], [("ab", 0.75), ("bc", 0.5)], nodes=wall)
    assert times[0, 0] == near(50)
    assert times[0, 1] == Why.NO_WAY


def test_the_way_to_the_street_is_walked():
    map = "a b c d e f g\n\nx"
    ways = {"abcdefg": STREET}
    assert seconds(map, ways, ["x"], ["c"])[0, 0] == near(200 + 400)
    drive = seconds(map, ways, ["x"], ["c"], "drive")[0, 0]
    assert drive == pytest.approx(200 / 1.2 + 400 / (20 / 3.6), abs=0.4)


def test_who_is_too_far_from_any_street_has_no_time():
    map = "a b c d e f g\n\nx"
    times = seconds(map, {"abcdefg": STREET}, ["x", "a"], ["c", "x"], snap_m=150)
    assert times[0].tolist() == [Why.CELL_OFF, Why.CELL_OFF]
    assert times[1, 1] == Why.PLACE_OFF


def test_a_ferry_takes_its_time_whatever_its_length():
    map = "a b c d e"
    shore = {"highway": "residential"}
    ways = {"ab": shore, "bcd": {"route": "ferry", "duration": "00:10"}, "de": shore}
    times = seconds(map, ways, ["a"], ["e"])
    assert times[0, 0] == pytest.approx(200 / 1.2 + 600 + 200 / 1.2, abs=0.4)
