"""Modes: who may pass which tags, and how fast.

The rules are data where they can be: words in `permits`, kinds of way in `kinds`, nodes
in `barriers`, oneways in `directions`, speeds in `speeds`, parameters in `profiles`. Here they
meet. What each row means, and where we differ from other engines, stands in docs/openstreetmap.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from access.network.barriers import STEP_FREE_WORDS, node_permit
from access.network.directions import CYCLEWAYS, FLOWS, ROUNDABOUTS, Flow, flow, lanes_flow
from access.network.kinds import (
    ACROSS,
    FERRY,
    FOR_WALKERS,
    NO_WAY,
    STAIRS,
    WAYS,
    WITHOUT_FRONTAGE,
    kind_of,
    symbol_of,
)
from access.network.permits import Anomaly, Permit, Said, Tags, conditions, said, settle
from access.network.profiles import MODES, PROFILES, Mode, mode
from access.network.speeds import class_of, limits
from access.network.values import ONEWAY, duration_s, plain

__all__ = [
    "MODES",
    "PROFILES",
    "Mode",
    "Passage",
    "Permit",
    "mode",
    "node_permit",
    "way_passage",
]


@dataclass(frozen=True, slots=True)
class Passage:
    """What one set of way tags means for one mode, in the direction drawn and against it."""

    forward: Permit
    backward: Permit
    forward_ms: float = 0.0  # metres a second; of no meaning where closed
    backward_ms: float = 0.0
    seconds: float | None = None  # fixed time for the whole way (ferries), instead of a speed
    snap: bool = True  # may a trip start or end here (not on ferries, motorways)
    default: str = ""  # the class whose default speed was used, "" where tags or the mode gave it
    anomalies: tuple[Anomaly, ...] = ()  # (key, value) that no rule knows, or to be looked at


KMH = 1 / 3.6
DIRECTIONS = ("forward", "backward")
Permits = tuple[Permit, Permit]
CLOSED_WAY: Permits = (Permit.CLOSED, Permit.CLOSED)

SIDEWALKS = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
CONVEYING = {
    "forward": ">",
    "backward": "<",
    "yes": "<>",
    "reversible": "<>",
    "no": "<>",
}
PUSHING = frozenset({"dismount", "use_sidepath", "separate"})
"""Words that close a street to riding and leave it to a cyclist who walks."""
HARMLESS_WORKS = frozenset({"no", "minor", "widening"})


def way_passage(tags: Tags, mode: Mode, urban: bool) -> Passage:
    """Return what the tags of a way mean for a mode: who may pass, and how fast.

    `urban` says whether default driving speeds are those of a town. Times of day and seasons
    (`access:conditional`) are counted and not heeded: a question has no date.

    >>> way_passage({"highway": "residential", "oneway": "yes"}, mode("drive"), urban=True)
    ... # doctest: +NORMALIZE_WHITESPACE
    Passage(forward=<Permit.OPEN: 2>, backward=<Permit.CLOSED: 0>, forward_ms=5.555555555555555,
            backward_ms=0.0, seconds=None, snap=True, default='residential', anomalies=())
    """
    kind = kind_of(tags)
    if kind == NO_WAY:
        return Passage(*CLOSED_WAY)
    if mode.name == "walk":
        passage = _walk(tags, mode, kind)
    elif mode.name == "bicycle":
        passage = _bicycle(tags, mode, kind)
    else:
        passage = _drive(tags, mode, kind, urban)
    if kind == FERRY:
        passage = _sail(tags, mode, passage)
    anomalies = passage.anomalies
    if symbol_of(kind, mode.name) != "-":
        anomalies = (*anomalies, *conditions(tags, mode.name))
    if kind not in WAYS or kind == "road":
        anomalies = (("highway", tags["highway"]), *anomalies)
    return replace(passage, anomalies=tuple(dict.fromkeys(anomalies)))


def _passage(permits: Permits, speeds: tuple[float, float], **more: Any) -> Passage:
    ahead, back = (ms if permit else 0.0 for permit, ms in zip(permits, speeds, strict=True))
    return Passage(*permits, ahead, back, **more)


def _walk(tags: Tags, mode: Mode, kind: str) -> Passage:
    permits, anomalies = _on_foot(tags, kind, mode.private)
    if mode.step_free and not _step_free(tags, kind):
        permits = CLOSED_WAY
    return _passage(permits, (mode.walk_ms, mode.walk_ms), anomalies=anomalies)


def _on_foot(tags: Tags, kind: str, private: str) -> tuple[Permits, tuple[Anomaly, ...]]:
    """Return where a walker may go, alone or pushing a bicycle."""
    symbol = symbol_of(kind, "walk")
    if symbol == "-":
        return CLOSED_WAY, ()
    open_by_type = symbol == "o" and tags.get("motorroad") != "yes"
    beside = any(tags.get(key) in ("yes", "both", "left", "right") for key in SIDEWALKS)
    by_type = Permit.OPEN if open_by_type or beside else Permit.CLOSED
    spoken = [_spoken(tags, "walk", kind, private, way) for way in DIRECTIONS]
    allowed, anomalies = flow(tags, "walk", kind)
    conveyed, strange = _conveyed(tags, kind)
    permits = _within(
        _within(_within(_settled(by_type, spoken), allowed), conveyed), _one_sided(spoken)
    )
    return permits, (*anomalies, *strange, *_doubtful(tags, kind), *_strange(spoken))


def _bicycle(tags: Tags, mode: Mode, kind: str) -> Passage:
    """Ride where one may ride; push where one may only walk, or against a oneway."""
    symbol = symbol_of(kind, "bicycle")
    if symbol == "-":
        return Passage(*CLOSED_WAY)
    walker, _ = _on_foot(tags, kind, mode.private)
    spoken = [_spoken(tags, "bicycle", kind, mode.private, way) for way in DIRECTIONS]
    allowed, anomalies = flow(tags, "bicycle", kind)
    lanes = lanes_flow(tags, allowed)
    limit = limits(tags, kind)
    sidepath = any(tags.get(key) == "separate" for key in CYCLEWAYS)
    on_street = symbol == "o" and tags.get("motorroad") != "yes" and not sidepath
    may_turn = tags.get("junction") not in ROUNDABOUTS

    permits, speeds = [], []
    for side, kmh in enumerate((limit.forward, limit.backward)):
        ride = settle(Permit.OPEN if on_street or lanes[side] else Permit.CLOSED, spoken[side])
        against = bool(ride) and not allowed[side]
        if against or kind == STAIRS:
            ride = Permit.CLOSED
        on_foot = symbol == "p" or sidepath or _says(spoken[side], PUSHING)
        on_foot = (on_foot or (against and may_turn)) and not _banned(spoken[side])
        push = walker[side] if on_foot else Permit.CLOSED
        riding = min(mode.bicycle_kmh, kmh or mode.bicycle_kmh) * KMH
        permits.append(max(ride, push))
        speeds.append(riding if ride >= push else mode.walk_ms)
    return _passage(
        (permits[0], permits[1]),
        (speeds[0], speeds[1]),
        anomalies=(*anomalies, *_strange(spoken), *limit.anomalies),
    )


def _drive(tags: Tags, mode: Mode, kind: str, urban: bool) -> Passage:
    symbol = symbol_of(kind, "drive")
    works = tags.get("construction", "no") not in HARMLESS_WORKS
    if symbol == "-" or works or tags.get("area") == ACROSS:
        return Passage(*CLOSED_WAY)
    by_type = Permit.OPEN if symbol == "o" else Permit.CLOSED
    if kind == "track" and urban:
        by_type = Permit.CLOSED  # field roads serve as streets only outside towns
    spoken = [_spoken(tags, "drive", kind, mode.private, way) for way in DIRECTIONS]
    allowed, anomalies = flow(tags, "drive", kind)
    permits = _within(_settled(by_type, spoken), allowed)
    # Nobody lives or learns on a motorway: a trip from beside it starts on another street.
    frontage = kind not in WITHOUT_FRONTAGE and tags.get("motorroad") != "yes"
    noted = (*anomalies, *_strange(spoken))
    if mode.clock_kmh is not None:
        clock = mode.clock_kmh * KMH
        return _passage(permits, (clock, clock), snap=frontage, anomalies=noted)
    limit = limits(tags, kind)
    name = class_of(kind)
    in_town, outside = next((u, r) for row, u, r in mode.class_kmh if row == name)
    usual = in_town if urban else outside
    tagged = (limit.forward, limit.backward)
    ahead, back = (usual if kmh is None else kmh * mode.limit_share for kmh in tagged)
    by_default = any(p and kmh is None for p, kmh in zip(permits, tagged, strict=True))
    return _passage(
        permits,
        (ahead * KMH, back * KMH),
        snap=frontage,
        default=name if by_default else "",
        anomalies=(*noted, *limit.anomalies),
    )


def _sail(tags: Tags, mode: Mode, passage: Passage) -> Passage:
    """Return the passage at the pace of a ferry. No trip starts or ends on the water."""
    seconds = duration_s(tags.get("duration", ""))
    anomalies = passage.anomalies
    if seconds is None and plain(tags.get("duration", "")):
        anomalies = (*anomalies, ("duration", tags["duration"]))
    speed = 0.0 if seconds else mode.ferry_kmh * KMH
    permits = (passage.forward, passage.backward)
    return _passage(
        permits,
        (speed, speed),
        seconds=seconds,
        snap=False,
        default="" if seconds or permits == CLOSED_WAY else FERRY,
        anomalies=anomalies,
    )


def _spoken(tags: Tags, name: str, kind: str, private: str, direction: str) -> Said | None:
    # A private ferry takes nobody home: no trip starts or ends on it.
    meaning = "closed" if kind == FERRY and private == "no-through" else private
    return said(tags, name, meaning, direction)


def _settled(by_type: Permit, spoken: list[Said | None]) -> Permits:
    return settle(by_type, spoken[0]), settle(by_type, spoken[1])


def _within(permits: Permits, allowed: Flow) -> Permits:
    ahead, back = (p if a else Permit.CLOSED for p, a in zip(permits, allowed, strict=True))
    return ahead, back


def _strange(spoken: list[Said | None]) -> tuple[Anomaly, ...]:
    return tuple(anomaly for one in spoken if one for anomaly in one.anomalies)


def _says(spoken: Said | None, words: frozenset[str]) -> bool:
    return spoken is not None and not words.isdisjoint(spoken.words)


def _banned(spoken: Said | None) -> bool:
    """Return whether a bicycle may not even be pushed: `bicycle=no`."""
    if spoken is None or not spoken.key.startswith("bicycle"):
        return False
    return spoken.permit is Permit.CLOSED and not _says(spoken, PUSHING)


def _one_sided(spoken: list[Said | None]) -> Flow:
    """Close the other direction to walkers where only one is given to them (GraphHopper)."""
    ahead, back = (
        one is not None and one.key == f"foot:{way}" and bool(one.permit)
        for one, way in zip(spoken, DIRECTIONS, strict=True)
    )
    silent = any(one is None or not one.key.startswith("foot") for one in spoken)
    return (ahead, back) if ahead != back and silent else FLOWS["<>"]


def _conveyed(tags: Tags, kind: str) -> tuple[Flow, tuple[Anomaly, ...]]:
    """Return where an escalator or moving walkway goes; `oneway=no` says it may be walked back."""
    word = plain(tags.get("conveying", ""))
    if not word or kind not in FOR_WALKERS:
        return FLOWS["<>"], ()
    if word not in CONVEYING:
        return FLOWS["<>"], (("conveying", tags["conveying"]),)
    reopened = ONEWAY.get(plain(tags.get("oneway", ""))) == "<>"
    return FLOWS["<>" if reopened else CONVEYING[word]], ()


def _doubtful(tags: Tags, kind: str) -> tuple[Anomaly, ...]:
    """Flag a oneway on a way for walkers: engines disagree about whom it directs.

    Flag a tunnel of a street too, where no tag says that it may be walked through: in Korea often
    an underpass for cars (지하차도).
    """
    directed = ONEWAY.get(plain(tags.get("oneway", ""))) in (">", "<")
    explained = "oneway:foot" in tags or "conveying" in tags
    if kind in FOR_WALKERS and directed and not explained:
        return (("oneway", tags["oneway"]),)
    told = any(key in tags for key in ("foot", "access", "motorroad", *SIDEWALKS))
    street = symbol_of(kind, "drive") == "o" and kind not in (FERRY, "track")
    if tags.get("tunnel") == "yes" and street and not told and kind not in WITHOUT_FRONTAGE:
        return (("tunnel", "yes"),)
    return ()


def _step_free(tags: Tags, kind: str) -> bool:
    if tags.get("wheelchair") == "no":
        return False
    ramp = tags.get("wheelchair") in STEP_FREE_WORDS or tags.get("ramp:wheelchair") == "yes"
    return kind != STAIRS or ramp
