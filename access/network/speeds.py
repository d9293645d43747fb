"""Speeds: how fast one drives, by the tagged limit, else by the class of the street."""

from __future__ import annotations

from dataclasses import dataclass

from access.network.permits import Anomaly, Tags
from access.network.values import NO_NUMBER, limit_kmh, plain

CLASS_KMH: tuple[tuple[str, float, float], ...] = (
    ("motorway", 95.0, 95.0),
    ("trunk", 40.0, 60.0),
    ("primary", 32.0, 50.0),
    ("secondary", 28.0, 45.0),
    ("tertiary", 25.0, 38.0),
    ("unclassified", 22.0, 30.0),
    ("residential", 20.0, 20.0),
    ("living_street", 12.0, 12.0),
    ("service", 12.0, 12.0),
    ("track", 12.0, 12.0),
)
"""Class of street, km/h in town, km/h outside."""

FAST_ROADS = frozenset({"motorway", "trunk"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The tagged speed limits of a street along it and against it, None where none is tagged."""

    forward: float | None
    backward: float | None
    anomalies: tuple[Anomaly, ...] = ()


def class_of(kind: str) -> str:
    """Return the class whose speed a kind of way has.

    >>> class_of("primary_link"), class_of("road"), class_of("pedestrian")
    ('primary', 'unclassified', 'service')
    """
    name = kind.removesuffix("_link")
    if name == "road":  # somebody saw a street, and not yet which
        return "unclassified"
    return name if any(name == row[0] for row in CLASS_KMH) else "service"


def limits(tags: Tags, kind: str) -> Limits:
    """Return the tagged limits: of the direction, else of the way, else of its zone.

    `maxspeed:conditional` is not read: a question has no date.

    >>> limits({"maxspeed": "50", "maxspeed:backward": "30"}, "primary")
    Limits(forward=50.0, backward=30.0, anomalies=())
    """
    lanes = _lanes_each_way(tags, kind)
    anomalies: list[Anomaly] = []

    def first(*keys: str) -> float | None:
        for key in keys:
            if not (value := tags.get(key, "")):
                continue
            if key == "source:maxspeed" and ":" not in value:
                continue  # "sign", "survey": where the limit is from, not what it is
            kmh = limit_kmh(
                value, lanes_each_way=lanes, fast_road=kind.removesuffix("_link") in FAST_ROADS
            )
            if kmh is not None:
                return kmh
            if plain(value) not in NO_NUMBER and (key, value) not in anomalies:
                anomalies.append((key, value))
        return None

    forward = first("maxspeed:forward", "maxspeed", "source:maxspeed")
    backward = first("maxspeed:backward", "maxspeed", "source:maxspeed")
    return Limits(forward, backward, tuple(anomalies))


def _lanes_each_way(tags: Tags, kind: str) -> float:
    lanes = tags.get("lanes", "")
    if not (lanes.isascii() and lanes.isdigit() and len(lanes) < 3):
        return 1
    oneway = tags.get("oneway") in ("yes", "true", "1", "-1") or kind == "motorway"
    return int(lanes) if oneway else int(lanes) / 2
