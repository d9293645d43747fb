"""Question: what we ask of a study."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

import numpy as np

from access.errors import InputError, Problem
from access.inputs.population import is_group
from access.network.modes import MODES, PROFILES

DEFAULT_MINUTES = (5.0, 10.0, 15.0)
LEAST_MINUTES = 0.1
LONGEST_MINUTES = 600
FARTHEST_SNAP_M = 5000


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a study: by which means, within how many minutes, for whom, to what.

    mode     "walk", "bicycle" or "drive"
    profile  of the mode: walk general, senior, wheelchair, policy; drive general, policy
    minutes  ascending limits; the last is *the* limit of the question
    group    "all" or an age group such as "65+" or "0-18"
    to       kinds of places that count, e.g. ("centre",)
    snap_m   how far a cell or place may lie from a way (default: 500, by car 1,000)
    name     how tables and maps call the question

    Raises InputError for a value that cannot be asked, naming the nearest valid one.

    >>> Question(mode="walk", minutes=(5, 10)).limit
    10.0
    """

    mode: str = "walk"
    profile: str = "general"
    minutes: tuple[float, ...] = DEFAULT_MINUTES
    group: str = "all"
    to: tuple[str, ...] = ("centre",)
    snap_m: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        problems = []
        if self.mode not in MODES:
            problems.append(_nearest("mode", self.mode, MODES))
        elif self.profile not in PROFILES[self.mode]:
            problems.append(_nearest("profile", self.profile, PROFILES[self.mode]))
        minutes = _minutes(self.minutes)
        if not minutes:
            facts = {"least": LEAST_MINUTES, "most": LONGEST_MINUTES}
            problems.append(
                Problem("E601", column="minutes", value=_listed(self.minutes), facts=facts)
            )
        object.__setattr__(self, "minutes", minutes)
        to = _kinds(self.to)
        if not to:
            problems.append(Problem("E602", column="to", value=str(self.to)))
        object.__setattr__(self, "to", to)
        if not isinstance(self.group, str) or not is_group(self.group):
            problems.append(Problem("E606", column="group", value=str(self.group)))
        if self.snap_m is not None and not 0 < _number(self.snap_m) <= FARTHEST_SNAP_M:
            problems.append(Problem("E603", column="snap_m", value=str(self.snap_m)))
        if problems:
            raise InputError(problems)

    @property
    def limit(self) -> float:
        """The last of the minutes."""
        return self.minutes[-1]

    def but(self, **changes: Any) -> Question:
        """Return this question with some fields changed.

        >>> Question().but(group="65+").group
        '65+'
        """
        return replace(self, **changes)


def _number(value: Any) -> float:
    """Return a finite number, or NaN for anything else; truth values are no numbers."""
    try:
        number = math.nan if isinstance(value, bool | np.bool_ | str) else float(value)
    except (TypeError, ValueError):
        return math.nan
    return number if math.isfinite(number) else math.nan


def _minutes(given: Any) -> tuple[float, ...]:
    """Return ascending minutes of at most one decimal, the unit of maps, or nothing at all."""
    several = given if isinstance(given, Iterable) and not isinstance(given, str) else (given,)
    minutes = tuple(_number(m) for m in several)
    fit = all(LEAST_MINUTES <= m <= LONGEST_MINUTES and m == round(m, 1) for m in minutes)
    return minutes if fit and all(a < b for a, b in pairwise(minutes)) else ()


def _listed(given: Any) -> str:
    """Return a list as study.toml has it: (300.0, 600.0) is [300, 600]."""
    if not isinstance(given, tuple | list):
        return str(given)
    return f"[{', '.join(f'{m:g}' if isinstance(m, float) else str(m) for m in given)}]"


def _kinds(given: Any) -> tuple[str, ...]:
    """Return the kinds of places, or nothing at all where they are no text."""
    several = (given,) if isinstance(given, str) else given
    if not isinstance(several, tuple | list) or not all(isinstance(k, str) for k in several):
        return ()
    return tuple(several)


def _nearest(key: str, value: str, valid: tuple[str, ...]) -> Problem:
    close = get_close_matches(str(value), valid, n=1, cutoff=0.0)
    facts = {"key": key, "nearest": close[0], "valid": ", ".join(valid)}
    return Problem("E600", column=key, value=str(value), facts=facts)
