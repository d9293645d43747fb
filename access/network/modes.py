"""Modes: who may pass which tags, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

MODES = ("walk", "bicycle", "drive")
PROFILES = {
    "walk": ("general", "senior", "wheelchair", "policy"),
    "bicycle": ("general",),
    "drive": ("general", "policy"),
}


class Permit(IntEnum):
    """Whether a mode may pass: not at all, only as first or last part of a trip, or freely."""

    CLOSED = 0
    LOCAL = 1
    OPEN = 2


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of moving with its parameters, every one of which a caller may change."""

    name: str
    profile: str
    walk_ms: float  # metres a second on foot: access and egress legs, and pushing a bicycle
    private: str = "no-through"  # or "closed", "open": what access=private means


@dataclass(frozen=True, slots=True)
class Passage:
    """What one set of way tags means for one mode, in the direction drawn and against it."""

    forward: Permit
    backward: Permit
    forward_ms: float = 0.0  # metres a second; of no meaning where closed
    backward_ms: float = 0.0
    seconds: float | None = None  # fixed time for the whole way (ferries), instead of a speed
    snap: bool = True  # may a trip start or end here (not on ferries, rails)
    default: str = ""  # the class whose default speed was used, "" where tags gave it
