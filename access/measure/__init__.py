"""What the minutes mean for people.

Every measure is one function of travel times that gives a Series by cell id, every index one of
such a Series that gives a number; they are told in `docs/measures.md`. Loaded on first use.

>>> import access as ac
>>> times = ac.TravelTimes.from_matrix([[60], [600]], cells="ab", places="A")
>>> ac.measure.cumulative(times, supply=[8], minutes=5).tolist()
[8.0, 0.0]
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "decay": "Decay",
    "pairs": "Pairs pairs_within",
    "opportunities": "nearest dual balancing cumulative passive interval gravity",
    "catchments": "two_step modified_two_step three_step huff_three_step balanced",
    "competition": "spatial_availability totally_constrained doubly_constrained",
    "congestion": "raam",
    "assignment": "assigned unmet",
    "overlap": "shared unique choice duplicates missing room_sharing room_use",
    "offers": "offers_of",
    "seats": "seat_table unmet_learners choice_table open_week",
    "week": "class_week",
    "counterfactuals": "Need why_not",
    "duplication": "shared_catchments duplicate_classes missing_classes room_hours shared_rooms",
    "barriers": "barrier_shares",
    "zones": "group_zones zone_table",
    "meeting": "district_times meeting_zones",
    "fairness": "equity_table equity_districts group_gaps",
    "special": "origin_matrix who_reaches neither_served staffing",
    "equity": "mean lorenz gini theil theil_parts atkinson palma concentration",
    "groups": "gaps grouped",
    "poverty": "fgt",
}
_FILE = {name: file for file, names in _HOME.items() for name in names.split()}
__all__ = [*_FILE]


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name not in _FILE:
        raise AttributeError(f"module 'access.measure' has no attribute '{name}'")
    value = getattr(import_module(f"access.measure.{_FILE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
