"""Profiles: the parameters of each way of moving, every one of which a caller may change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

from access.errors import InputError, Problem
from access.network.permits import PRIVATE
from access.network.speeds import CLASS_KMH

MODES = ("walk", "bicycle", "drive")
PROFILES = {
    "walk": ("general", "senior", "wheelchair", "policy"),
    "bicycle": ("general",),
    "drive": ("general", "policy"),
}


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of moving with its parameters, every one of which a caller may change."""

    name: str
    profile: str
    walk_ms: float  # metres a second on foot: access and egress legs, and pushing a bicycle
    private: str = "no-through"  # or "closed", "open": what access=private means
    step_free: bool = False  # no steps, raised kerbs or ways marked wheelchair=no
    bicycle_kmh: float = 15.0
    limit_share: float = 0.7  # of the tagged speed limit, that a car drives on average
    class_kmh: tuple[tuple[str, float, float], ...] = CLASS_KMH  # class, in town, outside
    clock_kmh: float | None = None  # one speed on every road, as official indicators count
    ferry_kmh: float = 5.0  # where no duration is tagged
    slope: bool = True  # slower uphill, where the network has heights; never by car
    max_slope: float | None = None  # rise per metre, up or down, that these walkers do not take


POLICY_WALK_MS = 50 / 60
"""50 metres a minute, 3 km/h: the pace of official walking-time standards."""

_PARAMETERS: dict[tuple[str, str], dict[str, Any]] = {
    ("walk", "general"): {"walk_ms": 1.2},
    ("walk", "senior"): {"walk_ms": 0.9},
    ("walk", "wheelchair"): {"walk_ms": 0.7, "step_free": True},
    ("walk", "policy"): {"walk_ms": POLICY_WALK_MS},
    ("bicycle", "general"): {"walk_ms": 1.2},
    ("drive", "general"): {"walk_ms": 1.2},
    ("drive", "policy"): {"walk_ms": POLICY_WALK_MS, "clock_kmh": 25.0},
}


def mode(name: str, profile: str = "general", **changes: Any) -> Mode:
    """Return a mode with its default parameters and the changes asked for.

    `changes` are fields of `Mode`; `class_kmh` may name only some classes, as a mapping of class
    to km/h in town and outside. Raises InputError (E600, E550, E551, E595) for what does not exist
    or cannot be.

    >>> mode("walk", "senior").walk_ms
    0.9
    >>> mode("drive", class_kmh={"primary": (30, 45)}).class_kmh[2]
    ('primary', 30.0, 45.0)
    """
    _one_of("mode", name, MODES)
    _one_of("profile", profile, PROFILES[name])
    parameters = {f.name for f in fields(Mode)} - {"name", "profile"}
    for key, value in changes.items():
        _check(key, value, sorted(parameters))
    if "class_kmh" in changes:
        changes["class_kmh"] = _class_kmh(changes["class_kmh"])
    return replace(Mode(name, profile, **_PARAMETERS[name, profile]), **changes)


def _check(key: str, value: Any, parameters: list[str]) -> None:
    if key not in parameters:
        nearest = get_close_matches(key, parameters, n=1, cutoff=0.0)[0]
        facts = {"nearest": nearest, "valid": ", ".join(parameters)}
        raise InputError([Problem("E550", value=key, facts=facts)])
    if key == "private":
        _one_of(key, value, tuple(PRIVATE))
    elif key in ("step_free", "slope"):
        if not isinstance(value, bool):
            raise InputError([Problem("E595", column=key, value=str(value), facts={"key": key})])
    elif key != "class_kmh" and not (key in ("clock_kmh", "max_slope") and value is None):
        _positive(key, value)


def _one_of(key: str, value: str, valid: tuple[str, ...]) -> None:
    if value not in valid:
        nearest = get_close_matches(str(value), valid, n=1, cutoff=0.0)[0]
        facts = {"key": key, "nearest": nearest, "valid": ", ".join(valid)}
        raise InputError([Problem("E600", column=key, value=str(value), facts=facts)])


def _positive(key: str, value: Any) -> float:
    if isinstance(value, int | float) and math.isfinite(value) and value > 0:
        return float(value)
    raise InputError([Problem("E551", column=key, value=str(value), facts={"key": key})])


def _class_kmh(
    changes: Mapping[str, tuple[float, float]] | tuple[tuple[str, float, float], ...],
) -> tuple[tuple[str, float, float], ...]:
    if not isinstance(changes, Mapping):
        changes = {name: (urban, rural) for name, urban, rural in changes}
    for name, speeds in changes.items():
        _one_of("class_kmh", name, tuple(row[0] for row in CLASS_KMH))
        for kmh in speeds:
            _positive(f"class_kmh.{name}", kmh)
    changed = {name: (float(urban), float(rural)) for name, (urban, rural) in changes.items()}
    return tuple((name, *changed.get(name, (urban, rural))) for name, urban, rural in CLASS_KMH)
