"""What is special in Korea (rows KR1 to KR10 and KR13, section 2.14): a drawn town each.

KR11 and KR12 speak of timetables.
"""

from __future__ import annotations

import numpy as np
import pytest

from access import Question, evaluate
from access.network.build import build
from access.network.costs import weigh
from access.network.modes import MODES, Permit, mode, way_passage
from access.show.backdrop import street_lines
from access.testing import draw_town, toy_study
from tests.network.trips import FOOTWAY, MS, PATH, STREET, metres, seconds

every_mode = pytest.mark.parametrize("name", MODES)
PRIVATE = {"highway": "service", "access": "private"}

# --- KR1: apartment complexes (아파트 단지) ---

# The complex lies between the streets b and d; its roads are private, its gates stand at x and y.
COMPOUND = """
    a b x c y d e
      .   p   .
      g . . . h
"""
ROUND = {"ab": STREET, "bghd": STREET, "de": STREET}
GATES = {"x": {"barrier": "lift_gate"}, "y": {"barrier": "gate", "access": "private"}}


@every_mode
class TestKR1:
    town = draw_town(
        COMPOUND, {**ROUND, "bxcyd": PRIVATE, "cp": FOOTWAY}, nodes=GATES, spacing_m=50
    )

    def test_nobody_cuts_through(self, name):
        assert metres(self.town, "a", "e", name) == 100 + 100 + 400 + 100 + 100

    def test_residents_come_and_go_by_either_gate(self, name):
        inside = 12 / 3.6 if name == "drive" else MS[name]
        for ends in ("ca", "ac", "ce", "ec"):
            expected = 100 / MS[name] + 200 / inside
            assert seconds(self.town, *ends, name) == pytest.approx(expected, abs=0.3)

    def test_who_lives_by_a_footway_inside_gets_out_on_foot(self, name):
        inside = seconds(self.town, "p", "a", name)
        if name == "drive":
            assert inside is None
        else:
            assert inside == pytest.approx(50 / 1.2 + 300 / MS[name], abs=0.3)

    def test_a_public_footway_through_it_is_a_way_through(self, name):
        ways = {**ROUND, "bxcyd": PRIVATE, "bpd": {"highway": "footway", "foot": "yes"}}
        town = draw_town(COMPOUND, ways, nodes=GATES, spacing_m=50)
        half = (200**2 + 50**2) ** 0.5
        across = seconds(town, "a", "e", name)
        if name == "walk":
            assert across == pytest.approx((200 + 2 * half) / 1.2, abs=0.3)
        else:  # riding round is quicker than pushing through
            assert metres(town, "a", "e", name) == 800


# --- KR2: roads for cars only (자동차전용도로) ---

EXPRESSWAYS = [
    ({"highway": "trunk", "motorroad": "yes", "name": "강변북로"}, "x", "x", "o"),
    ({"highway": "motorway", "name": "올림픽대로", "oneway": "no"}, "x", "x", "o"),
    ({"highway": "primary", "motorroad": "yes"}, "x", "x", "o"),
    # Nobody guesses by name: without motorroad=yes a trunk road is an urban street.
    ({"highway": "trunk", "name": "강변북로"}, "o", "o", "o"),
    ({"highway": "trunk", "name": "강변북로", "foot": "no", "bicycle": "no"}, "x", "x", "o"),
]


@pytest.mark.parametrize(("tags", *MODES), EXPRESSWAYS)
def test_kr2_roads_for_cars_only(tags, walk, bicycle, drive):
    town = draw_town("x a b y", {"xa": STREET, "ab": tags, "by": STREET})
    for name, symbol in zip(MODES, (walk, bicycle, drive), strict=True):
        assert (seconds(town, "x", "y", name) is not None) == (symbol == "o"), name


# --- KR3: underpasses for cars (지하차도) ---


@pytest.mark.parametrize(
    ("tags", "open_on_foot", "flagged"),
    [
        ({"highway": "primary", "tunnel": "yes"}, True, True),
        ({"highway": "trunk", "tunnel": "yes", "layer": "-1"}, True, True),
        ({"highway": "primary", "tunnel": "yes", "sidewalk": "right"}, True, False),
        ({"highway": "primary", "tunnel": "yes", "foot": "yes"}, True, False),
        ({"highway": "primary", "tunnel": "yes", "foot": "no"}, False, False),
        ({"highway": "primary", "tunnel": "yes", "motorroad": "yes"}, False, False),
        ({"highway": "motorway", "tunnel": "yes"}, False, False),
        ({"highway": "residential", "tunnel": "building_passage"}, True, False),
        ({"highway": "footway", "tunnel": "yes"}, True, False),
    ],
)
def test_kr3_a_tunnel_that_says_nothing_of_walkers_is_walked_and_flagged(
    tags, open_on_foot, flagged
):
    for name in MODES:
        passage = way_passage(tags, mode(name), True)
        told = (("tunnel", "yes"),) if flagged and name == "walk" else ()
        assert passage.anomalies == told
    assert bool(way_passage(tags, mode("walk"), True).forward) == open_on_foot


def test_kr3_the_report_says_how_many():
    tunnel = {"highway": "primary", "tunnel": "yes"}
    town = toy_study("a b c", {"ab": tunnel, "bc": STREET}, people={"a": 1}, centres="c")
    said = [
        line for line in evaluate(town, Question(minutes=(15,))).assumptions if "tunnel" in line[1]
    ]
    assert [line[0] for line in said] == [
        "뜻을 알 수 없거나 때에 따라 다르거나 의심스러운 도로 태그 1건은 "
        "기본값으로 봄(많은 순: tunnel=yes 1)."
    ]


# --- KR4: footbridges, underground passages, station concourses (육교, 지하보도, 지하상가) ---

FOOTBRIDGE = """
    s b . . d t
      u     v
      a     c
"""


# A road nobody may cross at level: the bridge b-d is reached by steps or by lifts.
BRIDGE = {"highway": "footway", "bridge": "yes", "layer": "1"}
STEPS = {"highway": "steps", "layer": "1"}
OVER = {"ab": STEPS, "bd": BRIDGE, "dc": STEPS, "sa": PATH, "ct": PATH}


class TestKR4:
    def test_it_is_walked_and_a_bicycle_pushed_over_it(self):
        town = draw_town(FOOTBRIDGE, OVER)
        on_foot = seconds(town, "a", "c")
        assert on_foot == pytest.approx((200 + 600 + 200) / 1.2, abs=0.3)
        assert seconds(town, "a", "c", "bicycle") == pytest.approx(on_foot, abs=0.3)
        assert seconds(town, "a", "c", "drive") is None

    def test_wheelchairs_want_a_lift(self):
        assert seconds(draw_town(FOOTBRIDGE, OVER), "a", "c", "walk", "wheelchair") is None
        lift = {"highway": "elevator"}
        town = draw_town(FOOTBRIDGE, {**OVER, "aub": lift, "dvc": lift})
        rolled = seconds(town, "a", "c", "walk", "wheelchair")
        assert rolled == pytest.approx(1000 / 0.7, abs=0.6)

    @pytest.mark.parametrize(
        "tags",
        [
            {"highway": "footway", "tunnel": "yes", "layer": "-1"},
            {"highway": "corridor", "level": "-1"},
            {"highway": "corridor", "level": "-1;0", "indoor": "yes"},
            {"indoor": "corridor", "level": "-1"},
            {"railway": "platform", "level": "-2", "layer": "-2"},
        ],
    )
    def test_passages_below_ground_are_walked(self, tags):
        town = draw_town("x a b y", {"xa": PATH, "ab": tags, "by": PATH})
        assert metres(town, "x", "y") == 600
        assert seconds(town, "x", "y", "drive") is None


# --- KR5: alleys (이면도로, 골목) ---


@every_mode
@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "service", "service": "alley"},
        {"highway": "living_street"},
        {"highway": "residential", "sidewalk": "no"},
        {"highway": "residential", "sidewalk": "none", "lanes": "1", "width": "3"},
        {"highway": "unclassified"},
    ],
)
def test_kr5_alleys_are_open_to_all(name, tags):
    town = draw_town("a b", {"ab": tags})
    assert seconds(town, "a", "b", name) is not None
    assert seconds(town, "b", "a", name) is not None


# --- KR6: 30 km/h before schools, 50 in towns (어린이보호구역, 안전속도 5030) ---


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"maxspeed": "30"}, 30),
        ({"maxspeed": "50"}, 50),
        ({"maxspeed": "KR:urban"}, 50),
        ({"source:maxspeed": "KR:urban"}, 50),
        ({"maxspeed": "KR:30"}, 30),
        ({"maxspeed": "50", "maxspeed:conditional": "30 @ (Mo-Fr 08:00-20:00)"}, 50),
    ],
)
def test_kr6_limits_in_towns(tags, kmh):
    town = draw_town("a b", {"ab": {"highway": "secondary", **tags}})
    assert seconds(town, "a", "b", "drive") == pytest.approx(200 / (0.7 * kmh / 3.6), abs=0.1)
    assert seconds(town, "a", "b") == pytest.approx(200 / 1.2, abs=0.1)
    assert seconds(town, "a", "b", "bicycle") == pytest.approx(200 / (15 / 3.6), abs=0.1)


# --- KR7: service areas and toll gates (고속도로 휴게소, 톨게이트) ---

REST_AREA = """
    m n . . . o p x
      s t u v
        f
        w
"""


def rest_area():
    motorway, link = {"highway": "motorway"}, {"highway": "motorway_link"}
    aisle = {"highway": "service"}
    return draw_town(
        REST_AREA,
        {
            "mnop": motorway,
            "ns": {**link, "oneway": "yes"},
            "stuv": aisle,
            "vo": {**link, "oneway": "yes"},
            "stuvs": {"highway": "services", "area": "yes"},
            "tf": FOOTWAY,
            "fw": STREET,
            "px": STREET,
        },
        nodes={"o": {"barrier": "toll_booth"}},
    )


def test_kr7_walkers_of_a_service_area_do_not_reach_the_motorway():
    town = rest_area()
    for letter in "mnop":
        assert seconds(town, "w", letter) is None
        assert seconds(town, "w", letter, "bicycle") is None
    assert metres(town, "w", "u") == 400
    assert seconds(town, "w", "u", "drive") is None  # the footway from the village is no road


def test_kr7_a_car_passes_the_service_area_and_the_toll_gate():
    town = rest_area()
    aisle, motorway = 12 / 3.6, 95 / 3.6
    # From s to x by the aisles and the link that joins the motorway before the toll gate at o.
    expected = 600 / aisle + (5**0.5 * 100 + 200) / motorway + 200 / MS["drive"]
    assert seconds(town, "s", "x", "drive") == pytest.approx(expected, abs=0.3)
    assert weigh(build(town), mode("drive")).gates.min() == Permit.OPEN
    assert seconds(town, "s", "x") is None


# --- KR8: islands and ferries (연륙) ---

ISLANDS = """
    a b c d e f . . . . . s t u
"""
FERRY = {"route": "ferry", "duration": "00:20"}


@every_mode
def test_kr8_without_a_ferry_an_island_is_unreached_and_listed(name):
    ways = {"abcdef": STREET, "stu": STREET}
    town = toy_study(ISLANDS, ways, people={"a": 30, "u": 12}, centres="b", spacing_m=300)
    outcome = evaluate(town, Question(mode=name, minutes=(15, 60)))
    assert np.isnan(outcome.minutes[1])
    table = outcome.districts()
    assert table.people.tolist() == [42, 42]
    assert table.within_60.tolist() == [30, 30]
    told = [e for e in outcome.ledger.entries if e.problem.code == "W802"]
    assert [(e.problem.value, e.people, e.action) for e in told] == [("u", 12.0, "used")]


@every_mode
def test_kr8_with_a_ferry_it_is_reached_in_the_time_of_the_ferry(name):
    ways = {"abcdef": STREET, "stu": STREET, "fs": FERRY}
    town = draw_town(ISLANDS, ways)
    assert seconds(town, "a", "u", name) == pytest.approx(1200 + 1400 / MS[name], abs=0.6)


@every_mode
def test_kr8_a_ferry_for_passengers_leaves_the_car_behind(name):
    ways = {"ab": STREET, "bs": {**FERRY, "motor_vehicle": "no"}, "st": STREET}
    town = draw_town("a b s t", ways)
    assert (seconds(town, "a", "t", name) is None) == (name == "drive")


# --- KR9: military ground and the civilian control line (민통선) ---


@every_mode
@pytest.mark.parametrize("tags", [{"access": "military"}, {"access": "no", "military": "base"}])
def test_kr9_military_roads_are_closed_and_never_shown(name, tags):
    town = draw_town("a b c", {"ab": {**STREET, **tags}, "bc": STREET})
    assert seconds(town, "a", "c", name) is None
    assert len(street_lines(build(town))[0]) == 1


# --- KR10 and KR13: what is not modelled, and how much is a default ---


def assumptions(name, profile="general", ways=None):
    ways = ways or {"ab": {"highway": "primary", "maxspeed": "50"}, "bc": {"highway": "tertiary"},
                    "cd": {"highway": "service"}}  # fmt: skip
    town = toy_study("a b c . d", ways, people={"a": 1}, centres="d")
    question = Question(mode=name, profile=profile, minutes=(15,))
    return evaluate(town, question).assumptions


def test_kr10_a_drive_says_what_it_makes_of_turns():
    for profile in ("general", "policy"):
        assert any("회전" in ko and "urn" in en for ko, en in assumptions("drive", profile))
    for name in ("walk", "bicycle"):
        assert not any("회전" in ko for ko, _ in assumptions(name))


def test_kr13_a_drive_says_what_share_of_length_used_which_default():
    said = next(ko for ko, _ in assumptions("drive") if "등급별 기본 속도" in ko)
    assert "길이의 75% (service 12·12 km/h 50%, tertiary 25·38 km/h 25%)" in said


@pytest.mark.parametrize("profile", ["general", "senior", "wheelchair", "policy"])
def test_kr13_every_length_is_walked_at_the_pace_that_is_said(profile):
    town = draw_town("a b c", {"ab": STREET, "bc": {"highway": "primary", "maxspeed": "50"}})
    costs = weigh(build(town), mode("walk", profile))
    assert costs.defaults == {"": pytest.approx(400)}  # of no class: the profile's pace, all of it
    said = assumptions("walk", profile)[0][0]
    assert f"{mode('walk', profile).walk_ms:.2f} m/s" in said
