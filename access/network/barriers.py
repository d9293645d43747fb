"""Barriers: what stands on a node of a way, and whom it stops."""

from __future__ import annotations

from access.network.kinds import SYMBOLS
from access.network.permits import Permit, Tags, said
from access.network.profiles import Mode
from access.network.values import metres, plain

_GATES = ("gate", "lift_gate", "swing_gate", "sliding_gate")
_STILES = ("kissing_gate", "stile", "turnstile", "full-height_turnstile")
_PASSABLE = ("cattle_grid", "border_control", "toll_booth", "sally_port", "entrance")
_STOPS_CARS = ("cycle_barrier", "block", "chain", "jersey_barrier", "log", "planter", "rope")

# The symbols are those of `kinds.WAYS`.
BARRIERS: dict[str, str] = {
    "": "ooo",
    "no": "ooo",
    **dict.fromkeys(_GATES, "ooo"),
    **dict.fromkeys(_PASSABLE, "ooo"),
    **dict.fromkeys(_STOPS_CARS, "oox"),
    **dict.fromkeys(_STILES, "oxx"),
    **dict.fromkeys(("wall", "fence"), "xxx"),
    **dict.fromkeys(("bollard", "kerb"), "oox"),
    "height_restrictor": "ooo",
    "elevator": "oxx",  # highway=elevator as a node
}
"""Kinds of barrier."""
UNKNOWN_BARRIER = "oox"
CAR_HEIGHT_M = 2.0
STEP_FREE_WORDS = frozenset({"yes", "designated"})
"""Words of `wheelchair` that promise a way without steps; `limited` promises nothing."""


def node_permit(tags: Tags, mode: Mode) -> Permit:
    """Return whether a mode may pass a node: barriers, gates, kerbs, lifts.

    Access tags come before the kind of barrier. The tags of a crossing speak about crossing the
    street, not about going along it, so a crossing never cuts a street.

    >>> from access.network.profiles import mode
    >>> node_permit({"barrier": "bollard"}, mode("drive")).name
    'CLOSED'
    """
    barrier = plain(tags.get("barrier", ""))
    if mode.step_free and not _node_step_free(tags, barrier):
        return Permit.CLOSED
    if tags.get("highway") == "crossing" and not barrier:
        return Permit.OPEN
    spoken = said(tags, mode.name, mode.private)
    if spoken is not None and spoken.permit is not None:
        return spoken.permit
    if barrier in _GATES and tags.get("locked") == "yes" and spoken is None:
        return Permit.CLOSED
    if mode.name == "drive" and barrier in CAR_EXCEPTIONS:
        return Permit.OPEN if CAR_EXCEPTIONS[barrier](tags) else Permit.CLOSED
    if barrier == "fence" and tags.get("sensory") in ("audible", "audio"):
        return Permit.OPEN  # it keeps animals in by sound
    if tags.get("highway") == "elevator":
        barrier = "elevator"
    symbol = BARRIERS.get(barrier, UNKNOWN_BARRIER)[SYMBOLS[mode.name]]
    return Permit.OPEN if symbol == "o" else Permit.CLOSED


def _bollard_sinks(tags: Tags) -> bool:
    return tags.get("bollard") == "rising"


def _kerb_is_low(tags: Tags) -> bool:
    at_crossing = tags.get("highway") == "crossing" or "crossing" in tags
    return at_crossing or tags.get("kerb") in ("lowered", "flush")


def _high_enough(tags: Tags) -> bool:
    height = metres(tags.get("maxheight", ""))
    return height is None or height >= CAR_HEIGHT_M


CAR_EXCEPTIONS = {
    "bollard": _bollard_sinks,
    "kerb": _kerb_is_low,
    "height_restrictor": _high_enough,
}
"""Barriers whose other tags decide whether a car passes."""


def _node_step_free(tags: Tags, barrier: str) -> bool:
    if tags.get("wheelchair") in STEP_FREE_WORDS:
        return True
    stepped = barrier in _STILES or tags.get("kerb") == "raised"
    return not stepped and tags.get("wheelchair") != "no"
