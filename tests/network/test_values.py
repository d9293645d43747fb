"""Speed limits, durations, heights and oneways as they are really written (2.7, 2.11)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.network.values import ONEWAY, duration_s, limit_kmh, metres, words

LIMITS = [
    ("50", 50),
    (" 50 ", 50),
    ("50 km/h", 50),
    ("50kmh", 50),
    ("50 kph", 50),
    ("30 mph", 48.28),
    ("60mph", 96.56),
    ("10 knots", 18.52),
    ("100.5", 100.5),
    ("100,5", 100.5),
    ("KR:urban", 50),
    ("KR:rural", 60),
    ("KR:motorway", 80),
    ("FR:urban", 50),
    ("DE:motorway", 130),
    ("KR:zone30", 30),
    ("DE:zone:30", 30),
    ("DE:30", 30),
    ("walk", 5),
    ("70|100", 70),
    ("100|70", 70),
    ("50;30", 30),
    ("3 mph", 4.83),
]
NO_LIMITS = [
    "",
    "none",
    "signals",
    "variable",
    "XX:urban",
    "0",
    "1",
    "-20",
    "1 mph",
    "3",
    "4",
    "70100",
    "30080020",
    "fast",
    "50 mphh",
    "５０",
    "nan",
    "inf",
    "1e2",
    "50;fast",
    "30 @ (Mo-Fr 08:00-20:00)",
]


@pytest.mark.parametrize(("text", "kmh"), LIMITS)
def test_limit(text, kmh):
    assert limit_kmh(text) == pytest.approx(kmh, abs=0.005)


@pytest.mark.parametrize("text", NO_LIMITS)
def test_no_limit(text):
    assert limit_kmh(text) is None


def test_none_is_a_limit_on_fast_roads_only():
    assert limit_kmh("none", fast_road=True) == 130
    assert limit_kmh("signals", fast_road=True) is None


@pytest.mark.parametrize(
    ("zone", "kmh"), [("KR:urban", 50), ("KR:rural", 80), ("KR:motorway", 100)]
)
def test_korean_zones_with_two_lanes_each_way(zone, kmh):
    assert limit_kmh(zone, lanes_each_way=2) == kmh


DURATIONS = [
    ("00:10", 600),
    ("35", 2_100),
    ("01:10", 4_200),
    ("1:00", 3_600),
    ("01:10:02", 4_202),
    ("20:00", 72_000),
    ("0:20:00", 1_200),
    ("PT1M", 60),
    ("PT35M", 2_100),
    ("PT5H12M36S", 18_756),
    ("P1DT1H", 90_000),
    (" 35 ", 2_100),
]
NO_DURATIONS = ["PT5h12m36s", "oh", "01:10:2", "1:2", "22:60", "10:61:40", "10:59:60"]
NO_DURATIONS += ["", "P", "PT", "P1DT", "-5", "0", "00:00", "35 min", "3.5", "９"]


@pytest.mark.parametrize(("text", "seconds"), DURATIONS)
def test_duration(text, seconds):
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", NO_DURATIONS)
def test_no_duration(text):
    assert duration_s(text) is None


@pytest.mark.parametrize(
    ("text", "height"),
    [("3", 3), ("2.1", 2.1), ("2,1 m", 2.1), ("1m", 1), ("6'7\"", 2.0066), ("10'", 3.048)],
)
def test_metres(text, height):
    assert metres(text) == pytest.approx(height, abs=1e-4)


@pytest.mark.parametrize("text", ["", "default", "none", "below_default", "-3", "3 km"])
def test_no_metres(text):
    assert metres(text) is None


def test_oneway_words_of_osmnx_say_from_which_end():
    assert (ONEWAY["f"], ONEWAY["t"], ONEWAY["reverse"]) == (">", "<", "<")


def test_words_of_a_list():
    assert words("Yes; no,private|") == ["yes", "no", "private"]
    assert words(" ; ") == []


@settings(derandomize=True, deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"[0-9:PTHMS|;., a-z]{0,30}", fullmatch=True))
def test_no_text_breaks_a_parser(text):
    kmh, seconds, height = limit_kmh(text), duration_s(text), metres(text)
    assert kmh is None or 4.8 <= kmh <= 200
    assert seconds is None or seconds > 0
    assert height is None or height >= 0


@pytest.mark.parametrize("text", ["9" * 1_000_000, "1:" * 500_000, "P" + "1D" * 500_000])
def test_a_million_characters_are_read_at_once(text):
    assert limit_kmh(text) is None
    assert duration_s(text) is None
    assert metres(text) is None
