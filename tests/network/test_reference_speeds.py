"""Reference times (section 2.13): those of OSRM and GraphHopper on foot, and where ours differ.

OSRM walks 5 km/h, 200 m in 144 s. Ours is the pace of the profile; with OSRM's pace as a
parameter its reference holds to the tenth. Surfaces and signals cost nothing here
(docs/openstreetmap.md, "We differ because"), for any mode.
"""

from __future__ import annotations

import pytest

from access.network.modes import MODES
from access.testing import draw_town
from tests.network.trips import STREET, seconds

FIVE_KMH = {"walk_ms": 5 / 3.6}


def town(tags, nodes=None):
    return draw_town("abc", {"abc": tags}, nodes=nodes)


@pytest.mark.parametrize(
    ("profile", "expected"),
    [("general", 166.7), ("senior", 222.2), ("wheelchair", 285.7), ("policy", 240.0)],
)
def test_200_m_at_the_pace_of_each_profile(profile, expected):
    assert seconds(town(STREET), "a", "c", "walk", profile) == pytest.approx(expected, abs=0.11)


def test_200_m_at_osrms_pace_take_its_144_seconds():
    assert seconds(town(STREET), "a", "c", **FIVE_KMH) == 144


# What OSRM multiplies the speed with, and the seconds it gives for 200 m.
SURFACES = [
    ("gravel", 193),
    ("fine_gravel", 193),
    ("pebblestone", 193),
    ("mud", 289),
    ("sand", 289),
]


@pytest.mark.parametrize(("surface", "elsewhere"), SURFACES)
@pytest.mark.parametrize("name", MODES)
def test_a_surface_slows_nobody(surface, elsewhere, name):
    for more in ({"surface": surface}, {"smoothness": "bad"}, {"tracktype": "grade5"}):
        rough = seconds(town({**STREET, **more}), "a", "c", name)
        assert rough == seconds(town(STREET), "a", "c", name)
    if name == "walk":
        walked = seconds(town({**STREET, "surface": surface}), "a", "c", **FIVE_KMH)
        assert walked == 144 < elsewhere


@pytest.mark.parametrize("name", MODES)
@pytest.mark.parametrize(
    "node",
    [
        {"highway": "traffic_signals"},
        {"highway": "crossing", "crossing": "traffic_signals"},
        {"highway": "stop"},
        {"highway": "give_way"},
    ],
)
def test_nobody_waits_at_signals(name, node):
    """OSRM adds 2 s on foot; here a crossing time would be one more guess."""
    plain = seconds(town(STREET), "a", "c", name)
    assert seconds(town(STREET, {"b": node}), "a", "c", name) == plain


@pytest.mark.parametrize(
    "tags",
    [
        {"man_made": "pier"},
        {"railway": "platform"},
        {"public_transport": "platform"},
        {"highway": "steps"},
        {"highway": "track", "tracktype": "grade5"},
        {"highway": "path", "sac_scale": "hiking"},
        {"highway": "primary", "maxspeed": "30"},
    ],
)
def test_every_way_is_walked_at_one_pace(tags):
    assert seconds(town(tags), "a", "c", **FIVE_KMH) == 144
