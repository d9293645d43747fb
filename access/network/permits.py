"""Permits: what access tags say to whom, the specific before the general."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from access.network.values import words

Tags = Mapping[str, str]
Anomaly = tuple[str, str]
"""A key and a value that no rule can read; the street is used as if the tag were not there."""


class Permit(IntEnum):
    """Whether a mode may pass: not at all, only as first or last part of a trip, or freely."""

    CLOSED = 0
    LOCAL = 1
    OPEN = 2


ACCESS_KEYS = {
    "walk": ("foot", "access"),
    "bicycle": ("bicycle", "vehicle", "access"),
    "drive": ("motorcar", "motor_vehicle", "vehicle", "access"),
}
"""Which tags speak to a mode; the first that is there decides alone."""

PRIVATE = {"closed": Permit.CLOSED, "no-through": Permit.LOCAL, "open": Permit.OPEN}
"""What `access=private` may be taken to mean; engines disagree, so the caller chooses."""

# None: the word is known and leaves the way as it is by its type.
_WORDS: dict[str, Permit | None] = {
    **dict.fromkeys(("yes", "permissive", "designated"), Permit.OPEN),
    **dict.fromkeys(("destination", "customers", "residents", "permit"), Permit.LOCAL),
    **dict.fromkeys(("no", "agricultural", "forestry"), Permit.CLOSED),
    **dict.fromkeys(("emergency", "psv", "bus", "taxi", "military"), Permit.CLOSED),
    "discouraged": None,
}
_WORDS_OF: dict[str, dict[str, Permit | None]] = {
    # No guess from geometry where the sidewalk runs: the carriageway stays open to walkers.
    "walk": {"delivery": Permit.CLOSED, "use_sidepath": None, "separate": None},
    "bicycle": {
        "delivery": Permit.CLOSED,
        "use_sidepath": Permit.CLOSED,
        "separate": Permit.CLOSED,
        "dismount": Permit.CLOSED,
        "optional_sidepath": None,
    },
    "drive": {"delivery": Permit.LOCAL},
}


@dataclass(frozen=True, slots=True)
class Said:
    """What the most specific access tag says: its key, its words and what they permit."""

    key: str
    words: tuple[str, ...]
    permit: Permit | None
    anomalies: tuple[Anomaly, ...] = ()

    @property
    def names_mode(self) -> bool:
        """Whether the tag speaks of the mode, not of everybody; only then it opens a way."""
        return not self.key.startswith("access")


def said(tags: Tags, mode: str, private: str, direction: str = "") -> Said | None:
    """Return what the tags say to a mode in a direction ("forward", "backward", "" for neither).

    Of several words in one tag the most open counts. Words nobody knows permit.

    >>> said({"access": "no", "foot": "yes"}, "walk", "no-through").permit.name
    'OPEN'
    """
    for key in _directed(mode, direction):
        if key in tags and (given := tuple(words(tags[key]))):
            general = key.partition(":")[0] not in ("foot", "bicycle")
            meanings = [_meaning(word, mode, private, general) for word in given]
            known = [m for m in meanings if isinstance(m, Permit)]
            strange = any(m == "unknown" for m in meanings)
            return Said(
                key,
                given,
                max(known) if known else None,
                ((key, tags[key]),) if strange else (),
            )
    return None


def conditions(tags: Tags, mode: str) -> tuple[Anomaly, ...]:
    """Return the tags that would say more to a mode if a question had a date and a time.

    A condition of a general tag says nothing where a specific tag decides.

    >>> conditions({"access:conditional": "no @ (23:00-05:00)"}, "walk")
    (('access:conditional', 'no @ (23:00-05:00)'),)
    >>> conditions({"access:conditional": "no @ (23:00-05:00)", "foot": "yes"}, "walk")
    ()
    """
    keys = [*ACCESS_KEYS[mode]]
    decides = next((at for at, key in enumerate(keys, 1) if key in tags), None)
    keys = (
        keys[:decides] + {"walk": [], "bicycle": ["oneway"], "drive": ["oneway", "maxspeed"]}[mode]
    )
    named = [f"{key}:conditional" for key in keys]
    return tuple((key, tags[key]) for key in named if key in tags)


def _directed(mode: str, direction: str) -> Iterator[str]:
    for key in ACCESS_KEYS[mode]:
        # "access:forward" directs vehicles; walkers are directed only by tags of their own.
        if direction and (mode, key) != ("walk", "access"):
            yield f"{key}:{direction}"
        yield key


def _meaning(word: str, mode: str, private: str, general: bool) -> Permit | str | None:
    if word == "private":
        return PRIVATE[private]
    if word == "official":  # an old word for designated when it names walkers or cyclists
        return Permit.CLOSED if general else Permit.OPEN
    return _WORDS_OF[mode].get(word, _WORDS.get(word, "unknown"))


def settle(by_type: Permit, spoken: Said | None) -> Permit:
    """Return the permit of a way: what its type permits, changed by what its tags say.

    A tag that names the mode opens what is closed by type; `access` can only close.

    >>> settle(Permit.CLOSED, said({"access": "yes"}, "walk", "no-through")).name
    'CLOSED'
    """
    if spoken is None or spoken.permit is None:
        return by_type
    if by_type is Permit.CLOSED and not spoken.names_mode:
        return by_type
    return spoken.permit
