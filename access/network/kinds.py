"""Kinds: which ways there are, and who may pass each if no tag says more."""

from __future__ import annotations

from access.network.permits import Tags
from access.network.values import plain

# Three letters, for walk, bicycle and drive:
#   o  open
#   p  open to walkers, and to a bicycle that is pushed
#   x  closed, but a tag that names the mode opens it
#   -  closed whatever the tags say
SYMBOLS = {"walk": 0, "bicycle": 1, "drive": 2}

FERRY = "ferry"
ACROSS = "across"
"""The value of `area` on a straight line across one, which `areas` draws for walkers."""

_CLASSED = ("primary", "secondary", "tertiary")
_STREETS = ("unclassified", "residential", "living_street", "service", "road")
_UNBUILT = ("proposed", "planned", "construction", "abandoned", "razed", "demolished", "removed")
_RESERVED = ("escape", "emergency_bay", "bus_guideway", "busway")
_NO_STREETS = ("raceway", "disused", "bus_stop", "rest_area", "services")

WAYS: dict[str, str] = {
    **dict.fromkeys(("motorway", "motorway_link"), "xxo"),
    # In Korea often an ordinary urban street: walkers may use it, and push a bicycle there.
    **dict.fromkeys(("trunk", "trunk_link"), "opo"),
    **dict.fromkeys(_CLASSED, "ooo"),
    **dict.fromkeys([f"{name}_link" for name in _CLASSED], "ooo"),
    **dict.fromkeys(_STREETS, "ooo"),
    **dict.fromkeys(("footway", "pedestrian", "steps", "platform", "pier"), "opx"),
    **dict.fromkeys(("path", "cycleway"), "oox"),
    "track": "ooo",  # by car outside towns only
    "bridleway": "xxx",
    **dict.fromkeys(("corridor", "elevator"), "oxx"),
    "parking": "op-",  # the area; cars drive on its aisles, which are ways of their own
    FERRY: "ooo",
    **dict.fromkeys(_RESERVED, "xxx"),
    **dict.fromkeys(_NO_STREETS, "---"),
    **dict.fromkeys(_UNBUILT, "---"),
}
"""Kinds of way."""

NO_WAY = ""
"""The kind of a way that nobody moves along."""

STAIRS = "steps"
FOR_WALKERS = frozenset({"footway", "pedestrian", "steps", "path", "corridor"})
"""Kinds on which `conveying` means an escalator or a moving walkway."""
WITHOUT_FRONTAGE = frozenset({"motorway", "motorway_link"})
"""Kinds nobody lives or learns on: a car passes along them, but no trip starts or ends there."""


def kind_of(tags: Tags) -> str:
    """Return what kind of way the tags describe; NO_WAY if nobody moves along it.

    >>> kind_of({"highway": "footway"}), kind_of({"man_made": "pier"}), kind_of({"name": "한강"})
    ('footway', 'pier', '')
    """
    if tags.get("route") == "ferry":
        return NO_WAY if tags.get("disused") == "yes" else FERRY
    if highway := plain(tags.get("highway", "")):
        return highway
    if "platform" in (tags.get("railway"), tags.get("public_transport")):
        return "platform"
    if tags.get("man_made") == "pier":
        return "pier"
    if tags.get("indoor") == "corridor":
        return "corridor"
    if tags.get("amenity") == "parking":
        return "parking"
    return NO_WAY


def symbol_of(kind: str, mode: str) -> str:
    """Return the symbol of a kind of way for a mode; kinds nobody knows are closed.

    >>> symbol_of("footway", "bicycle"), symbol_of("via_ferrata", "walk")
    ('p', '-')
    """
    return WAYS.get(kind, "---")[SYMBOLS[mode]]
