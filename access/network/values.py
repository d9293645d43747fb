"""What the words and numbers in tag values say: speed limits, durations, oneways, heights.

Every parser answers None where the text says nothing it can use, and raises nothing: a strange
tag is counted by the caller, never a reason to stop. Cases: GraphHopper, OpenTripPlanner, OSRM and
Valhalla, as listed in docs/openstreetmap.md.
"""

from __future__ import annotations

import re

KMH_PER = {"mph": 1.609344, "knots": 1.852, "knot": 1.852}
SLOWEST_LIMIT_KMH = 4.8
"""Lower limits are nearly always errors (GraphHopper); 3 mph, a real sign, is just above."""
FASTEST_LIMIT_KMH = 200.0
"""No street has a higher limit; "70|100" read as 70100 would be one."""
UNLIMITED_KMH = 130.0
"""What `none` means on a road built for speed."""
WALKING_LIMIT_KMH = 5.0

NO_NUMBER = frozenset({"", "none", "signals", "variable"})
"""Values of maxspeed that are right and still say no number."""

# Statutory limits: country and zone -> km/h with one lane each way, with more.
# KR: 도로교통법 시행규칙 제19조, as in GraphHopper's legal_default_speeds.json.
ZONE_KMH = {
    "kr:urban": (50.0, 50.0),
    "kr:rural": (60.0, 80.0),
    "kr:motorway": (80.0, 100.0),
    "de:urban": (50.0, 50.0),
    "de:rural": (100.0, 100.0),
    "de:motorway": (UNLIMITED_KMH, UNLIMITED_KMH),
    "fr:urban": (50.0, 50.0),
    "fr:rural": (80.0, 80.0),
    "fr:motorway": (130.0, 130.0),
}

# ">" along the way as drawn, "<" against it, "<>" both, "x" neither.
# T and F as in OSMnx: files made from shapefiles say from which end a street is entered.
ONEWAY = {
    "yes": ">",
    "true": ">",
    "1": ">",
    "f": ">",
    "-1": "<",
    "reverse": "<",
    "t": "<",
    "no": "<>",
    "false": "<>",
    "0": "<>",
    "alternating": "<>",
    "reversible": "x",
}

LONGEST_S = 30 * 24 * 3600
"""Nobody is under way for longer; such durations are errors."""

_SPEED = re.compile(r"([0-9]{1,4}(?:[.,][0-9]{1,3})?) ?(km/h|kmh|kph|mph|knots?)?")
_ZONE_NUMBER = re.compile(r"[a-z]{2}:(?:zone:?)?([0-9]{1,3})")
_MINUTES = re.compile(r"[0-9]{1,5}")
_CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9]))?")
_ISO = re.compile(
    r"P(?=.)(?:([0-9]{1,3})D)?(?:T(?=.)(?:([0-9]{1,5})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})S)?)?"
)
_METRES = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,3})?) ?m?")
_FEET = re.compile(r"([0-9]{1,3})'(?: ?([0-9]{1,2})(?:\"|''))?")


def plain(text: str) -> str:
    """Return a tag value without the spaces around it and in small letters.

    >>> plain(" KR:urban ")
    'kr:urban'
    """
    return text.strip().lower()


def words(text: str) -> list[str]:
    """Return the words of a value that may list several.

    >>> words("agricultural;forestry")
    ['agricultural', 'forestry']
    """
    return [word for part in re.split(r"[;,|]", text) if (word := plain(part))]


def limit_kmh(text: str, *, lanes_each_way: float = 1, fast_road: bool = False) -> float | None:
    """Return a speed limit in km/h, or None where the text gives none.

    Of several limits ("70|100" by lane, "50;30") the lowest counts. `none` is a limit only on a
    fast road (motorway, trunk). Limits below 4.8 km/h and above 200 km/h are errors.

    >>> [limit_kmh(v) for v in ("50", "30 mph", "KR:rural", "70|100", "100,5", "1", "fast")]
    [50.0, 48.28032, 60.0, 70.0, 100.5, None, None]
    """
    limits = [
        _one_limit(part, lanes_each_way, fast_road) for part in re.split(r"[;|]", plain(text))
    ]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known and len(known) == len(limits) else None


def _one_limit(text: str, lanes_each_way: float, fast_road: bool) -> float | None:
    text = text.strip()
    if text == "none":
        return UNLIMITED_KMH if fast_road else None
    if text == "walk":
        return WALKING_LIMIT_KMH
    if text in ZONE_KMH:
        return ZONE_KMH[text][lanes_each_way >= 2]
    if zone := _ZONE_NUMBER.fullmatch(text):
        kmh = float(zone[1])
    elif number := _SPEED.fullmatch(text):
        kmh = float(number[1].replace(",", ".")) * KMH_PER.get(number[2], 1.0)
    else:
        return None
    return kmh if SLOWEST_LIMIT_KMH <= kmh <= FASTEST_LIMIT_KMH else None


def duration_s(text: str) -> int | None:
    """Return a duration in seconds: minutes, H:MM, H:MM:SS or ISO 8601; None for anything else.

    >>> [duration_s(v) for v in ("35", "01:10", "0:20:00", "PT5H12M36S", "1:2", "22:60", "oh")]
    [2100, 4200, 1200, 18756, None, None, None]
    """
    text = text.strip()
    if _MINUTES.fullmatch(text):
        seconds = int(text) * 60
    elif clock := _CLOCK.fullmatch(text):
        seconds = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
    elif iso := _ISO.fullmatch(text):
        days, hours, minutes, rest = (int(part or 0) for part in iso.groups())
        seconds = ((days * 24 + hours) * 60 + minutes) * 60 + rest
    else:
        return None
    return seconds if 0 < seconds <= LONGEST_S else None  # nothing takes no time


def metres(text: str) -> float | None:
    """Return a height in metres ("2.5", "3 m", "6'7\\""), None for anything else.

    >>> [metres(v) for v in ("3", "2,1 m", "default")]
    [3.0, 2.1, None]
    """
    text = plain(text)
    if number := _METRES.fullmatch(text):
        return float(number[1].replace(",", "."))
    if feet := _FEET.fullmatch(text):
        return (int(feet[1]) * 12 + int(feet[2] or 0)) * 0.0254
    return None
