"""Directions: which way along a street a vehicle may go."""

from __future__ import annotations

from access.network.kinds import FERRY
from access.network.permits import Anomaly, Tags
from access.network.values import ONEWAY, plain

Flow = tuple[bool, bool]
"""Whether one may go along the way as it is drawn, and against it."""

FLOWS: dict[str, Flow] = {
    ">": (True, False),
    "<": (False, True),
    "<>": (True, True),
    "x": (False, False),
}

ONEWAY_KEYS = {
    "walk": ("oneway:foot",),
    "bicycle": ("oneway:bicycle", "oneway:vehicle", "oneway"),
    "drive": ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
}
ROUNDABOUTS = frozenset({"roundabout", "circular"})
CYCLEWAYS = ("cycleway", "cycleway:both", "cycleway:left", "cycleway:right")
LANES = frozenset(["lane", "track", "shared", "shared_lane", "share_busway", "sharrow"])
AGAINST = frozenset({"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"})


def flow(tags: Tags, mode: str, kind: str) -> tuple[Flow, tuple[Anomaly, ...]]:
    """Return the directions a mode may take, and the oneway values nobody knows.

    The mode's own oneway tag comes before the general one. Roundabouts and motorways (not their
    links) are oneways unless a tag says more. Walkers heed `oneway:foot` only, but on a ferry
    everybody heeds `oneway`.

    >>> flow({"oneway": "yes", "oneway:bicycle": "no"}, "bicycle", "residential")
    ((True, True), ())
    """
    keys = ONEWAY_KEYS[mode]
    if kind == FERRY and mode == "walk":
        keys = (*keys, "oneway")
    word, key, anomalies = _oneway(tags, keys)
    if mode == "bicycle" and key != keys[0] and AGAINST & {tags.get(k) for k in CYCLEWAYS}:
        word = "<>"
    if not word:
        implied = tags.get("junction") in ROUNDABOUTS or kind == "motorway"
        word = ">" if implied and mode != "walk" else "<>"
    return FLOWS[word], anomalies


def lanes_flow(tags: Tags, flow: Flow) -> Flow:
    """Return the directions in which lanes or tracks beside the carriageway carry a bicycle.

    Traffic keeps to the right, so the right-hand lane runs along the way and the left-hand one
    against it, except on a oneway, where lanes on both sides follow the traffic.
    """
    if AGAINST & {tags.get(side) for side in CYCLEWAYS}:
        return FLOWS["<>"]
    lanes = {side for side in CYCLEWAYS if tags.get(side) in LANES}
    if lanes & {"cycleway", "cycleway:both"} or (lanes and flow != FLOWS["<>"]):
        return FLOWS["<>"]
    return "cycleway:right" in lanes, "cycleway:left" in lanes


def _oneway(tags: Tags, keys: tuple[str, ...]) -> tuple[str, str, tuple[Anomaly, ...]]:
    anomalies: list[Anomaly] = []
    for key in keys:
        value = tags.get(key)
        if value is None:
            continue
        if word := ONEWAY.get(plain(value)):
            return word, key, tuple(anomalies)
        anomalies.append((key, value))
    return "", "", tuple(anomalies)
