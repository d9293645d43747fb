"""Question: what we ask of a study."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from access.errors import InputError, Problem
from access.network.modes import MODES, PROFILES

DEFAULT_MINUTES = (5.0, 10.0, 15.0)
LONGEST_MINUTES = 600.0


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
        given = self.minutes if isinstance(self.minutes, tuple | list) else (self.minutes,)
        try:
            minutes = tuple(float(m) for m in given)
        except (TypeError, ValueError):
            minutes = ()
        ascending = all(a < b for a, b in pairwise(minutes))
        if not minutes or not ascending or minutes[0] <= 0 or minutes[-1] > LONGEST_MINUTES:
            problems.append(
                Problem("E601", column="minutes", value=str(self.minutes), facts={"most": 600})
            )
        object.__setattr__(self, "minutes", minutes)
        to = (self.to,) if isinstance(self.to, str) else tuple(self.to)
        object.__setattr__(self, "to", to)
        if not to:
            problems.append(Problem("E602", column="to"))
        if self.snap_m is not None and not 0 < self.snap_m <= 5000:
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


def _nearest(key: str, value: str, valid: tuple[str, ...]) -> Problem:
    close = get_close_matches(str(value), valid, n=1, cutoff=0.0)
    facts = {"key": key, "nearest": close[0], "valid": ", ".join(valid)}
    return Problem("E600", column=key, value=str(value), facts=facts)
