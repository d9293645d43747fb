"""What OSM tags mean to each mode, row by row.

The ids are those of the catalogue in docs/openstreetmap.md. Every row is checked for all three
modes, also where only one is interesting: rules leak from one mode into another.

Symbols: <> both ways, > along the way, < against it, x closed, ~ only as first or last part of a
trip, P a bicycle is pushed, >P ridden along and pushed back. Bicycles are given foot=no (so that
pushing is excluded, as in OSRM's tables) unless the row speaks of pushing or of foot.
"""

import pytest

from access.errors import InputError
from access.network.kinds import WAYS
from access.network.modes import MODES, PROFILES, Permit, mode, node_permit, way_passage
from access.network.ways import NODE_TAGS, WAY_TAGS

SHORT = {"<>": "oo", ">": "ox", "<": "xo", "x": "xx", "~": "~~", "P": "pp", ">P": "op", "P~": "~~"}


def tagged(text):
    return dict(pair.split("=", 1) for pair in text.split())


def way(text):
    """Return tags of a way; a primary street unless they say what it is."""
    tags = tagged(text)
    kinds = {"highway", "route", "railway", "man_made", "amenity", "public_transport", "indoor"}
    leisure = {"leisure", "waterway", "building"}
    return tags if (kinds | leisure) & set(tags) else {"highway": "primary", **tags}


def seen(tags, name, profile="general", urban=False, **changes):
    """Return what a mode sees, a letter for each direction."""
    means = mode(name, profile, **changes)
    passage = way_passage(tags, means, urban)
    letters = ""
    for permit, ms in (
        (passage.forward, passage.forward_ms),
        (passage.backward, passage.backward_ms),
    ):
        pushed = name == "bicycle" and permit and ms == means.walk_ms
        letters += "p" if pushed and permit is Permit.OPEN else "x~o"[permit]
    return letters


def expect(tags, name, symbol, **options):
    wanted = SHORT.get(symbol, symbol)
    foot = any(key.startswith("foot") for key in tags)
    if name == "bicycle" and "P" not in symbol and "p" not in wanted and not foot:
        tags = {**tags, "foot": "no"}
    assert seen(tags, name, **options) == wanted


def rows(table):
    """Yield a case for each row and mode; the symbols stand in the order walk, bicycle, drive."""
    for id, text, *symbols in table:
        for name, symbol in zip(MODES, symbols, strict=True):
            yield pytest.param(way(text), name, symbol, id=f"{id} {text} {name}")


DIRECTION = [
    ("O1", "oneway=yes", "<>", ">", ">"),
    ("O1", "oneway=true", "<>", ">", ">"),
    ("O1", "oneway=1", "<>", ">", ">"),
    ("O1", "oneway=F", "<>", ">", ">"),
    ("O2", "oneway=-1", "<>", "<", "<"),
    ("O2", "oneway=reverse", "<>", "<", "<"),
    ("O2", "oneway=T", "<>", "<", "<"),
    ("O3", "oneway=no", "<>", "<>", "<>"),
    ("O3", "oneway=false", "<>", "<>", "<>"),
    ("O3", "oneway=0", "<>", "<>", "<>"),
    ("O3", "oneway=nonsense", "<>", "<>", "<>"),
    ("O4", "oneway=reversible", "<>", "x", "x"),
    ("O4", "oneway=alternating", "<>", "<>", "<>"),
    ("O5", "junction=roundabout", "<>", ">", ">"),
    ("O5", "junction=circular", "<>", ">", ">"),
    ("O5", "junction=roundabout foot=yes", "<>", ">", ">"),  # not pushed against
    ("O6", "junction=roundabout oneway=no", "<>", "<>", "<>"),
    ("O7", "junction=roundabout oneway=-1", "<>", "<", "<"),
    ("O8", "highway=motorway", "x", "x", ">"),
    ("O8", "highway=motorway oneway=no", "x", "x", "<>"),
    ("O9", "highway=motorway_link", "x", "x", "<>"),
    ("O10", "oneway=yes oneway:bicycle=no", "<>", "<>", ">"),
    ("O11", "oneway=no oneway:bicycle=yes", "<>", ">", "<>"),
    ("O12", "oneway=yes oneway:bicycle=-1", "<>", "<", ">"),
    ("O12", "oneway=-1 oneway:bicycle=-1", "<>", "<", "<"),
    ("O12", "oneway=no oneway:bicycle=-1", "<>", "<", "<>"),
    ("O12", "oneway=yes oneway:bicycle=yes cycleway=opposite", "<>", ">", ">"),
    ("O13", "oneway=yes cycleway=opposite", "<>", "<>", ">"),
    ("O13", "oneway=yes cycleway=opposite_lane", "<>", "<>", ">"),
    ("O13", "oneway=yes cycleway=opposite_track", "<>", "<>", ">"),
    ("O13", "oneway=-1 cycleway:left=opposite_lane", "<>", "<>", "<"),
    ("O14", "oneway=yes cycleway:left=track", "<>", ">P", ">"),
    ("O14", "oneway=yes cycleway:left=track foot=no", "x", ">", ">"),
    ("O15", "oneway:foot=yes", ">", "<>", "<>"),
    ("O15", "oneway:foot=-1", "<", "<>", "<>"),
    ("O15", "oneway:foot=no oneway=yes", "<>", ">P", ">"),
    ("O16", "oneway:motor_vehicle=yes oneway=no", "<>", "<>", ">"),
    ("O16", "oneway:motorcar=no oneway:motor_vehicle=yes", "<>", "<>", "<>"),
    ("O16", "oneway:motor_vehicle=-1 oneway:vehicle=yes", "<>", ">", "<"),
    ("O16", "oneway:vehicle=yes oneway=no", "<>", ">", ">"),
    ("O17", "highway=footway oneway=yes", "<>", "P", "x"),
    ("O18", "highway=path foot:forward=yes", ">", "<>", "x"),
    ("O18", "highway=cycleway foot:backward=designated", "<", "<>", "x"),
    ("O18", "highway=path foot:forward=no", "<", "<>", "x"),
    ("O18", "highway=path foot=yes foot:forward=yes", "<>", "<>", "x"),
    ("O19", "access:forward=no access=yes", "<>", "<", "<"),
    ("O20", "vehicle:forward=agricultural", "<>", "<", "<"),
    ("O20", "vehicle:forward=agricultural bicycle=yes", "<>", "<>", "<"),
    ("O21", "motorroad=yes", "x", "x", "<>"),
    ("O21", "highway=trunk motorroad=yes", "x", "x", "<>"),
]

ACCESS = [
    ("A1", "access=no", "x", "x", "x"),
    ("A2", "access=no foot=yes", "<>", "x", "x"),
    ("A3", "access=no vehicle=yes", "x", "<>", "<>"),
    ("A4", "access=yes vehicle=no", "<>", "x", "x"),
    ("A5", "access=yes foot=no", "x", "<>", "<>"),
    ("A6", "vehicle=no bicycle=yes", "<>", "<>", "x"),
    ("A6", "vehicle=yes motorcar=no", "<>", "<>", "x"),
    ("A7", "motor_vehicle=no", "<>", "<>", "x"),
    ("A7", "highway=footway motor_vehicle=no", "<>", "P", "x"),
    ("A8", "bicycle=no", "<>", "x", "<>"),
    ("A8", "boat=no moped=no", "<>", "<>", "<>"),
    ("A8", "highway=footway bicycle=no foot=yes", "<>", "x", "x"),
    ("A9", "access=permissive", "<>", "<>", "<>"),
    ("A9", "access=designated", "<>", "<>", "<>"),
    ("A9", "access=some_tag", "<>", "<>", "<>"),
    ("A9", "access=no foot=some_tag", "<>", "x", "x"),
    ("A9", "highway=motorway foot=some_tag", "x", "x", ">"),
    ("A10", "access=agricultural", "x", "x", "x"),
    ("A10", "access=forestry", "x", "x", "x"),
    ("A10", "access=agricultural;forestry", "x", "x", "x"),
    ("A10", "access=agricultural;destination", "~", "~", "~"),
    ("A11", "access=delivery", "x", "x", "~"),
    ("A12", "access=private", "~", "~", "~"),
    ("A12", "highway=footway access=private", "~", "P~", "x"),
    ("A13", "access=destination", "~", "~", "~"),
    ("A13", "access=customers", "~", "~", "~"),
    ("A13", "access=residents", "~", "~", "~"),
    ("A13", "access=permit", "~", "~", "~"),
    ("A14", "access=private foot=yes bicycle=designated", "<>", "<>", "~"),
    ("A15", "access=psv", "x", "x", "x"),
    ("A15", "access=bus foot=yes", "<>", "x", "x"),
    ("A15", "access=taxi", "x", "x", "x"),
    ("A15", "access=emergency", "x", "x", "x"),
    ("A15", "access=military", "x", "x", "x"),
    ("A15", "access=official", "x", "x", "x"),
    ("A15", "access=no bus=yes psv=yes", "x", "x", "x"),
    ("A15", "access=no foot=official", "<>", "x", "x"),
    ("A16", "foot=use_sidepath", "<>", "<>", "<>"),
    ("A16", "highway=motorway foot=use_sidepath", "x", "x", ">"),
    ("A17", "highway=motorway foot=yes", "<>", "x", ">"),
    ("A17", "highway=motorway sidewalk=yes", "<>", "x", ">"),
    ("A18", "highway=motorway motor_vehicle=yes", "x", "x", ">"),
    ("A18", "highway=motorway access=yes", "x", "x", ">"),
    ("A22", "highway=pedestrian", "<>", "P", "x"),
    ("A22", "highway=pedestrian vehicle=yes", "<>", "<>", "<>"),
    ("A22", "highway=pedestrian motorcar=destination", "<>", "P", "~"),
    ("A22", "highway=pedestrian access=yes", "<>", "P", "x"),
    ("A23", "highway=service access=no bicycle=yes", "x", "<>", "x"),
    ("A24", "access=no foot=no", "x", "x", "x"),
]

STREETS = ["primary", "secondary", "tertiary"]
STREETS += [f"{name}_link" for name in STREETS]
STREETS += ["unclassified", "residential", "living_street", "service"]
ALL_YES = "foot=yes bicycle=yes motorcar=yes"
NEVER = ["proposed", "construction", "abandoned", "razed", "planned", "raceway"]

KINDS = [
    *[("2.3", f"highway={name}", "<>", "<>", "<>") for name in (*STREETS, "road")],
    ("2.3", "highway=motorway", "x", "x", ">"),
    ("2.3", "highway=motorway bicycle=yes", "x", ">", ">"),
    ("2.3", "highway=trunk", "<>", "x", "<>"),
    ("2.3", "highway=trunk_link", "<>", "x", "<>"),
    ("2.3", "highway=trunk foot=yes", "<>", "P", "<>"),
    ("2.3", "highway=trunk foot=no", "x", "x", "<>"),
    ("2.3", "highway=trunk bicycle=yes", "<>", "<>", "<>"),
    ("2.3", "highway=footway", "<>", "P", "x"),
    ("2.3", "highway=footway bicycle=designated", "<>", "<>", "x"),
    ("2.3", "highway=footway access=yes", "<>", "P", "x"),
    ("2.3", "highway=footway bicycle=dismount", "<>", "P", "x"),
    ("2.3", "highway=steps", "<>", "P", "x"),
    ("2.3", "highway=steps bicycle=yes", "<>", "P", "x"),
    ("2.3", "highway=path", "<>", "<>", "x"),
    ("2.3", "highway=track", "<>", "<>", "<>"),
    ("2.3", "highway=cycleway", "<>", "<>", "x"),
    ("2.3", "highway=bridleway", "x", "x", "x"),
    ("2.3", "highway=bridleway foot=yes", "<>", "x", "x"),
    ("2.3", "highway=bridleway bicycle=yes", "x", "<>", "x"),
    ("2.3", "highway=platform", "<>", "P", "x"),
    ("2.3", "railway=platform", "<>", "P", "x"),
    ("2.3", "public_transport=platform", "<>", "P", "x"),
    ("2.3", "man_made=pier", "<>", "P", "x"),
    ("2.3", "highway=corridor", "<>", "x", "x"),
    ("2.3", "indoor=corridor", "<>", "x", "x"),
    ("2.3", "highway=elevator", "<>", "x", "x"),
    *[("2.3", f"highway={name}", "x", "x", "x") for name in NEVER],
    *[("2.3", f"highway={name} {ALL_YES}", "x", "x", "x") for name in NEVER],
    ("2.3", "leisure=track", "x", "x", "x"),
    ("2.3", "railway=tram", "x", "x", "x"),
    ("2.3", "waterway=river boat=yes", "x", "x", "x"),
    ("2.3", "building=yes area=yes", "x", "x", "x"),
    ("2.3", "highway=residential railway=tram", "<>", "<>", "<>"),
    ("2.3", "highway=escape", "x", "x", "x"),
    ("2.3", "highway=emergency_bay", "x", "x", "x"),
    ("2.3", "highway=bus_guideway", "x", "x", "x"),
    ("2.3", "highway=services", "x", "x", "x"),
    ("2.3", "highway=some_tag", "x", "x", "x"),
    ("2.3", "amenity=parking", "<>", "x", "x"),
    ("2.3", "amenity=parking access=customers", "~", "x", "x"),
    ("2.3", "amenity=school", "x", "x", "x"),
    ("2.12", "construction=yes", "<>", "<>", "x"),
    ("2.12", "construction=minor", "<>", "<>", "<>"),
    ("2.12", "proposed=yes", "<>", "<>", "<>"),
]

SIDEPATHS = [
    ("S1", "sidewalk=separate", "<>", "<>", "<>"),
    ("S1", "sidewalk:right=separate foot=destination", "~", "<>", "<>"),
    ("S1", "highway=trunk sidewalk:both=separate", "<>", "x", "<>"),
    ("S1", "highway=motorway sidewalk=separate", "x", "x", ">"),
    ("S3", "highway=motorway sidewalk=both", "<>", "x", ">"),
    ("S3", "highway=motorway sidewalk:left=yes", "<>", "x", ">"),
    ("S3", "motorroad=yes sidewalk=right", "<>", "x", "<>"),
    ("S3", "highway=residential sidewalk=no", "<>", "<>", "<>"),
    ("S3", "highway=residential sidewalk=none", "<>", "<>", "<>"),
    ("S4", "highway=trunk cycleway:right=lane", "<>", ">", "<>"),
    ("S4", "highway=trunk cycleway:right=track", "<>", ">", "<>"),
    ("S4", "highway=trunk cycleway:left=track", "<>", "<", "<>"),
    ("S4", "highway=trunk cycleway:both=lane", "<>", "<>", "<>"),
    ("S4", "highway=trunk cycleway=track", "<>", "<>", "<>"),
    ("S4", "highway=motorway cycleway:left=track", "x", ">", ">"),
    ("S4", "highway=motorway cycleway=opposite", "x", "<>", ">"),
    ("S5", "bicycle=use_sidepath", "<>", "x", "<>"),
    ("S5", "bicycle=use_sidepath foot=yes", "<>", "P", "<>"),
    ("S5", "cycleway:right=separate", "<>", "x", "<>"),
    ("S5", "cycleway:right=separate bicycle=yes", "<>", "<>", "<>"),
    ("S6", "highway=footway footway=crossing", "<>", "P", "x"),
]

STEPS = [
    ("2.6", "highway=steps conveying=forward", ">", "px", "x"),
    ("2.6", "highway=footway conveying=backward", "<", "xp", "x"),
    ("2.6", "highway=steps conveying=reversible", "<>", "P", "x"),
    ("2.6", "highway=steps conveying=yes", "<>", "P", "x"),
    ("2.6", "highway=steps conveying=some_tag", "<>", "P", "x"),
    ("2.6", "highway=steps conveying=forward oneway=no", "<>", "P", "x"),
    ("2.6", "highway=residential conveying=forward", "<>", "<>", "<>"),
]

FERRIES = [
    ("2.7", "route=ferry", "<>", "<>", "<>"),
    ("2.7", "route=ferry foot=no", "x", "<>", "<>"),
    ("2.7", "route=ferry motor_vehicle=no", "<>", "<>", "x"),
    ("2.7", "route=ferry access=private", "x", "x", "x"),
    ("2.7", "route=ferry oneway=yes", ">", ">", ">"),
    ("2.7", "route=ferry foot=yes access=no", "<>", "x", "x"),
    ("2.7", "route=ferry disused=yes", "x", "x", "x"),
]

PUSHING = [  # without foot=no
    ("P", "oneway=yes", "<>", ">P", ">"),
    ("P", "oneway=-1", "<>", "po", "<"),
    ("P", "oneway=reversible", "<>", "P", "x"),
    ("P", "highway=trunk", "<>", "P", "<>"),
    ("P", "bicycle=dismount", "<>", "P", "<>"),
    ("P", "highway=footway bicycle=yes oneway=yes", "<>", ">P", "x"),
    ("P", "highway=footway vehicle=no", "<>", "P", "x"),
]


@pytest.mark.parametrize(
    ("tags", "name", "symbol"),
    [
        case
        for table in (DIRECTION, ACCESS, KINDS, SIDEPATHS, STEPS, FERRIES, PUSHING)
        for case in rows(table)
    ],
)
def test_who_may_pass(tags, name, symbol):
    expect(tags, name, symbol)


@pytest.mark.parametrize(
    ("switch", "symbol"), [("closed", "x"), ("no-through", "~"), ("open", "<>")]
)
@pytest.mark.parametrize("name", MODES)
def test_a12_private_is_a_switch_for_all_modes(name, switch, symbol):
    expect(way("access=private"), name, symbol, private=switch)
    assert node_permit({"access": "private"}, mode(name, private=switch)) == "x~o".index(
        SHORT[symbol][0]
    )


@pytest.mark.parametrize(
    ("tags", "drive", "wheelchair"),
    [
        ("highway=steps", "x", "x"),
        ("highway=steps wheelchair=yes", "x", "<>"),
        ("highway=steps wheelchair=designated", "x", "<>"),
        ("highway=steps wheelchair=limited", "x", "x"),
        ("highway=steps ramp:wheelchair=yes", "x", "<>"),
        ("highway=steps ramp=yes", "x", "x"),
        ("highway=footway", "x", "<>"),
        ("highway=footway wheelchair=limited", "x", "<>"),
        ("highway=footway wheelchair=no", "x", "x"),
        ("highway=elevator", "x", "<>"),
        ("highway=motorway wheelchair=yes", ">", "x"),
    ],
)
def test_wheelchairs_and_steps(tags, drive, wheelchair):
    expect(way(tags), "walk", wheelchair, profile="wheelchair")
    expect(way(tags), "drive", drive)


def test_field_roads_are_streets_for_cars_outside_towns_only():
    assert seen({"highway": "track"}, "drive", urban=False) == "oo"
    assert seen({"highway": "track"}, "drive", urban=True) == "xx"
    assert seen({"highway": "track", "motor_vehicle": "yes"}, "drive", urban=True) == "oo"
    assert seen({"highway": "track"}, "walk", urban=True) == "oo"


def test_every_kind_has_a_symbol_for_every_mode():
    assert all(len(symbols) == 3 and set(symbols) <= set("opx-") for symbols in WAYS.values())
    assert all(symbols[0] != "p" != symbols[2] for symbols in WAYS.values())


IGNORED = {"boat", "moped", "leisure", "waterway", "building", "proposed"}


def test_readers_keep_every_tag_a_rule_reads():
    tables = (DIRECTION, ACCESS, KINDS, SIDEPATHS, STEPS, FERRIES, PUSHING)
    texts = [row[1] for table in tables for row in table]
    texts += [row[0] for table in (LIMITS, ANOMALIES) for row in table]
    assert {key for text in texts for key in tagged(text)} - WAY_TAGS == IGNORED
    assert {key for row in BARRIERS for key in tagged(row[1])} <= NODE_TAGS


# --- nodes ----------------------------------------------------------------------------------------

BARRIERS = [
    ("2.5", "barrier=bollard", "o", "o", "x"),
    ("2.5", "barrier=bollard bollard=rising", "o", "o", "o"),
    ("2.5", "barrier=bollard bollard=removable", "o", "o", "x"),
    *[("2.5", f"barrier={name}", "o", "o", "o") for name in ("gate", "lift_gate", "cattle_grid")],
    *[("2.5", f"barrier={name}", "o", "o", "o") for name in ("border_control", "toll_booth")],
    *[("2.5", f"barrier={name}", "o", "o", "o") for name in ("sally_port", "entrance")],
    *[("2.5", f"barrier={name}", "o", "o", "x") for name in ("cycle_barrier", "block", "some_tag")],
    *[("2.5", f"barrier={name}", "o", "x", "x") for name in ("kissing_gate", "stile", "turnstile")],
    ("2.5", "barrier=stile bicycle=yes", "o", "o", "x"),
    ("2.5", "barrier=wall", "x", "x", "x"),
    ("2.5", "barrier=fence", "x", "x", "x"),
    ("2.5", "barrier=wall highway=crossing", "x", "x", "x"),
    ("2.5", "barrier=fence sensory=audible", "o", "o", "o"),
    ("2.5", "barrier=fence sensory=audio", "o", "o", "o"),
    ("2.5", "barrier=kerb", "o", "o", "x"),
    ("2.5", "barrier=kerb highway=crossing", "o", "o", "o"),
    ("2.5", "barrier=kerb kerb=lowered", "o", "o", "o"),
    ("2.5", "barrier=kerb kerb=flush", "o", "o", "o"),
    ("2.5", "barrier=kerb kerb=raised", "o", "o", "x"),
    ("2.5", "barrier=height_restrictor maxheight=1", "o", "o", "x"),
    ("2.5", "barrier=height_restrictor maxheight=3", "o", "o", "o"),
    ("2.5", "barrier=height_restrictor maxheight=default", "o", "o", "o"),
    ("2.5", "barrier=height_restrictor", "o", "o", "o"),
    ("2.5", "barrier=gate access=no", "x", "x", "x"),
    ("2.5", "barrier=bollard access=agricultural", "x", "x", "x"),
    ("2.5", "barrier=wall access=yes", "o", "o", "o"),
    ("2.5", "barrier=bollard access=yes", "o", "o", "o"),
    ("2.5", "barrier=bollard motor_vehicle=yes", "o", "o", "o"),
    ("2.5", "barrier=wall foot=yes", "o", "x", "x"),
    ("2.5", "barrier=gate access=private", "~", "~", "~"),
    ("2.5", "barrier=gate locked=yes", "x", "x", "x"),
    ("2.5", "barrier=gate locked=yes foot=yes", "o", "x", "x"),
    ("2.5", "barrier=gate locked=yes access=private", "~", "~", "~"),
    ("2.5", "barrier=gate locked=yes access=some_tag", "o", "o", "o"),
    ("2.5", "barrier=gate locked=no", "o", "o", "o"),
    ("A19", "access=no", "x", "x", "x"),
    ("A20", "foot=no", "x", "o", "o"),
    ("A20", "access=no foot=yes", "o", "x", "x"),
    ("A20", "vehicle=no bicycle=yes", "o", "o", "x"),
    ("A20", "motor_vehicle=no", "o", "o", "x"),
    ("A20", "access=some_tag", "o", "o", "o"),
    ("A21", "highway=crossing bicycle=no", "o", "o", "o"),
    ("A21", "highway=crossing foot=no motor_vehicle=no", "o", "o", "o"),
    ("S6", "highway=crossing crossing=marked", "o", "o", "o"),
    ("2.6", "highway=elevator", "o", "x", "x"),
    ("", "highway=traffic_signals", "o", "o", "o"),
]


@pytest.mark.parametrize(
    ("tags", "name", "letter"),
    [
        pytest.param(tagged(text), name, letter, id=f"{id} {text} {name}")
        for id, text, *letters in BARRIERS
        for name, letter in zip(MODES, letters, strict=True)
    ],
)
def test_who_may_pass_a_node(tags, name, letter):
    assert "x~o"[node_permit(tags, mode(name))] == letter


@pytest.mark.parametrize(
    ("tags", "letter"),
    [
        ("barrier=kerb kerb=raised", "x"),
        ("highway=crossing kerb=raised", "x"),
        ("kerb=raised wheelchair=yes", "o"),
        ("barrier=kerb kerb=lowered", "o"),
        ("barrier=kerb", "o"),
        ("barrier=stile", "x"),
        ("barrier=gate wheelchair=no", "x"),
        ("barrier=gate", "o"),
        ("barrier=gate wheelchair=yes foot=no", "x"),
    ],
)
def test_wheelchairs_and_nodes(tags, letter):
    assert "x~o"[node_permit(tagged(tags), mode("walk", "wheelchair"))] == letter
    assert node_permit(tagged(tags), mode("walk")) == (
        Permit.CLOSED if "foot=no" in tags else Permit.OPEN
    )


# --- speeds ---------------------------------------------------------------------------------------


def kmh(tags, name="drive", profile="general", urban=True, **changes):
    passage = way_passage(tags, mode(name, profile, **changes), urban)
    return (
        pytest.approx(passage.forward_ms * 3.6, abs=0.01),
        pytest.approx(passage.backward_ms * 3.6, abs=0.01),
    )


CLASSES = [  # CONTRACT: km/h in town and outside
    ("motorway", 95, 95),
    ("trunk", 40, 60),
    ("primary", 32, 50),
    ("secondary", 28, 45),
    ("tertiary", 25, 38),
    ("unclassified", 22, 30),
    ("residential", 20, 20),
    ("living_street", 12, 12),
    ("service", 12, 12),
]


@pytest.mark.parametrize(("name", "urban", "rural"), CLASSES)
def test_a_car_drives_by_class_where_no_limit_is_tagged(name, urban, rural):
    for highway in (name, f"{name}_link"):
        if highway not in WAYS:
            continue
        for town, expected in ((True, urban), (False, rural)):
            passage = way_passage({"highway": highway}, mode("drive"), town)
            assert passage.forward_ms * 3.6 == pytest.approx(expected)
            assert passage.default == name


def test_tracks_are_driven_slowly_and_roads_of_no_class_as_unclassified():
    assert kmh({"highway": "track"}, urban=False) == (12, 12)
    assert kmh({"highway": "road"}) == (22, 22)
    assert kmh({"highway": "pedestrian", "motor_vehicle": "yes"}) == (12, 12)


LIMITS = [  # tags, km/h of the limit each way (None: the class's own speed of 32)
    ("maxspeed=50", 50, 50),
    ("maxspeed=30_mph", 48.28, 48.28),
    ("maxspeed=none", None, None),
    ("maxspeed=walk", 5, 5),
    ("maxspeed=signals", None, None),
    ("maxspeed=KR:urban", 50, 50),
    ("maxspeed=KR:rural", 60, 60),
    ("maxspeed=KR:rural lanes=4", 80, 80),
    ("maxspeed=KR:rural lanes=2", 60, 60),
    ("maxspeed=KR:rural lanes=2 oneway=yes", 80, None),
    ("maxspeed=KR:motorway lanes=4", 100, 100),
    ("maxspeed=XX:urban", None, None),
    ("maxspeed=70|100", 70, 70),
    ("maxspeed=50;30", 30, 30),
    ("maxspeed=1", None, None),
    ("maxspeed=fast", None, None),
    ("maxspeed:forward=60", 60, None),
    ("maxspeed:backward=60", None, 60),
    ("maxspeed=15 maxspeed:forward=30 maxspeed:backward=60", 30, 60),
    ("maxspeed=15 maxspeed:backward=60 oneway=-1", None, 60),
    ("maxspeed:conditional=30_@_(Mo-Fr_08:00-20:00)", None, None),
    ("maxspeed=50 maxspeed:conditional=30_@_(Mo-Fr_08:00-20:00)", 50, 50),
    ("source:maxspeed=KR:urban", 50, 50),
    ("source:maxspeed=sign", None, None),
    ("maxspeed=60 source:maxspeed=KR:urban", 60, 60),
    ("maxspeed=fast source:maxspeed=KR:urban", 50, 50),
]


@pytest.mark.parametrize(("text", "ahead", "back"), LIMITS)
def test_a_car_drives_seven_tenths_of_the_limit(text, ahead, back):
    tags = {key: value.replace("_", " ") for key, value in way(text).items()}
    tags["highway"] = "primary"
    passage = way_passage(tags, mode("drive"), True)
    for permit, ms, limit in (
        (passage.forward, passage.forward_ms, ahead),
        (passage.backward, passage.backward_ms, back),
    ):
        if permit:
            assert ms * 3.6 == pytest.approx(32 if limit is None else 0.7 * limit, abs=0.01)
    unsaid = (passage.forward and ahead is None) or (passage.backward and back is None)
    assert passage.default == ("primary" if unsaid else "")


def test_no_limit_is_one_on_motorways():
    assert kmh({"highway": "motorway", "maxspeed": "none"})[0] == 0.7 * 130
    assert kmh({"highway": "trunk_link", "maxspeed": "none"})[0] == 0.7 * 130


@pytest.mark.parametrize("limit", ["1", "5", "10", "30", "50", "100", "none", "fast"])
def test_limits_open_nothing_and_never_change_walking(limit):
    for name in MODES:
        for closed in ({"highway": "primary", "access": "no"}, {"highway": "construction"}):
            assert seen({**closed, "maxspeed": limit}, name) == "xx"
    for profile in PROFILES["walk"]:
        means = mode("walk", profile)
        assert way_passage({"highway": "primary", "maxspeed": limit}, means, True) == way_passage(
            {"highway": "primary"}, means, True
        )


def test_limits_slow_a_bicycle_and_never_hurry_it():
    assert kmh({"highway": "primary"}, "bicycle") == (15, 15)
    assert kmh({"highway": "primary", "maxspeed": "100"}, "bicycle") == (15, 15)
    assert kmh({"highway": "primary", "maxspeed": "10"}, "bicycle") == (10, 10)
    assert kmh({"highway": "primary", "maxspeed:backward": "10"}, "bicycle") == (15, 10)


@pytest.mark.parametrize(
    ("name", "profile", "ms"),
    [
        ("walk", "general", 1.2),
        ("walk", "senior", 0.9),
        ("walk", "wheelchair", 0.7),
        ("walk", "policy", 50 / 60),
    ],
)
def test_walkers_walk_at_the_pace_of_their_profile(name, profile, ms):
    passage = way_passage({"highway": "footway"}, mode(name, profile), True)
    assert (passage.forward_ms, passage.backward_ms) == (ms, ms)
    assert mode(name, profile).walk_ms == ms


def test_the_official_clock_drives_25_on_every_road_a_car_may_use():
    for highway, tags in (("motorway", {}), ("primary", {"maxspeed": "80"}), ("service", {})):
        passage = way_passage({"highway": highway, **tags}, mode("drive", "policy"), True)
        assert passage.forward_ms * 3.6 == pytest.approx(25)
        assert passage.default == ""
    assert seen({"highway": "footway"}, "drive", "policy") == "xx"
    assert mode("drive", "policy").walk_ms == 50 / 60


def test_a_pushed_bicycle_goes_at_walking_pace():
    passage = way_passage({"highway": "primary", "oneway": "yes"}, mode("bicycle"), True)
    assert (passage.forward_ms * 3.6, passage.backward_ms) == (pytest.approx(15), 1.2)


# --- ferries, snapping, anomalies -----------------------------------------------------------------


@pytest.mark.parametrize("name", MODES)
def test_a_ferry_takes_its_duration_or_five_kmh_and_no_trip_starts_on_it(name):
    timed = way_passage({"route": "ferry", "duration": "1:00"}, mode(name), True)
    assert (timed.seconds, timed.snap, timed.default) == (3600, False, "")
    slow = way_passage({"route": "ferry"}, mode(name), True)
    assert (slow.seconds, slow.snap, slow.default) == (None, False, "ferry")
    assert slow.forward_ms * 3.6 == pytest.approx(5)
    odd = way_passage({"route": "ferry", "duration": "1:2"}, mode(name), True)
    assert (odd.seconds, odd.anomalies) == (None, (("duration", "1:2"),))


@pytest.mark.parametrize(
    ("text", "snap"),
    [
        ("highway=motorway", False),
        ("highway=motorway_link", False),
        ("highway=trunk motorroad=yes", False),
        ("highway=trunk", True),
        ("highway=residential", True),
    ],
)
def test_no_drive_starts_on_a_motorway(text, snap):
    for profile in PROFILES["drive"]:
        assert way_passage(tagged(text), mode("drive", profile), True).snap is snap


ANOMALIES = [
    ("access=some_tag", ("access", "some_tag"), MODES),
    ("foot=some_tag", ("foot", "some_tag"), ("walk",)),
    ("foot=discouraged bicycle=optional_sidepath motorcar=discouraged", None, ()),
    ("bicycle=some_tag", ("bicycle", "some_tag"), ("bicycle",)),
    ("motorcar=some_tag", ("motorcar", "some_tag"), ("drive",)),
    ("oneway=nonsense", ("oneway", "nonsense"), ("bicycle", "drive")),
    ("oneway:foot=nonsense", ("oneway:foot", "nonsense"), ("walk",)),
    ("highway=road", ("highway", "road"), MODES),
    ("highway=some_tag", ("highway", "some_tag"), MODES),
    ("highway=footway oneway=yes", ("oneway", "yes"), ("walk",)),
    ("highway=footway oneway=yes oneway:foot=no", None, ()),
    ("highway=steps conveying=some_tag", ("conveying", "some_tag"), ("walk",)),
    ("maxspeed=fast", ("maxspeed", "fast"), ("bicycle", "drive")),
    ("maxspeed=1", ("maxspeed", "1"), ("bicycle", "drive")),
    ("maxspeed=signals", None, ()),
    ("maxspeed:conditional=30", ("maxspeed:conditional", "30"), ("drive",)),
    ("source:maxspeed=sign", None, ()),
    ("source:maxspeed=XX:urban", ("source:maxspeed", "XX:urban"), ("bicycle", "drive")),
    ("access=private oneway=-1 maxspeed=70|100", None, ()),
]


@pytest.mark.parametrize(("text", "anomaly", "names"), ANOMALIES)
@pytest.mark.parametrize("name", MODES)
def test_words_nobody_knows_are_counted_once_by_who_reads_them(text, anomaly, names, name):
    passage = way_passage(way(text), mode(name), True)
    assert passage.anomalies == ((anomaly,) if name in names else ())


# --- modes ----------------------------------------------------------------------------------------


def test_every_profile_is_a_mode_that_can_be_compared_and_hashed():
    made = {mode(name, profile) for name in MODES for profile in PROFILES[name]}
    assert len(made) == 7
    assert mode("drive") in made


def test_callers_change_every_parameter():
    assert mode("walk", walk_ms=1.5).walk_ms == 1.5
    assert kmh({"highway": "primary"}, class_kmh={"primary": (10, 20)}) == (10, 10)
    assert kmh({"highway": "secondary"}, class_kmh={"primary": (10, 20)}) == (28, 28)
    assert kmh({"highway": "primary", "maxspeed": "50"}, limit_share=1.0) == (50, 50)
    assert kmh({"highway": "path"}, "bicycle", bicycle_kmh=18) == (18, 18)
    assert kmh({"route": "ferry"}, "walk", ferry_kmh=9) == (9, 9)
    assert kmh({"highway": "primary"}, profile="policy", clock_kmh=None) == (32, 32)
    same = mode("drive").class_kmh
    assert mode("drive", class_kmh=same) == mode("drive")


@pytest.mark.parametrize(
    ("name", "profile", "changes", "code"),
    [
        ("walkk", "general", {}, "E600"),
        ("walk", "policee", {}, "E600"),
        ("walk", "general", {"private": "shut"}, "E600"),
        ("walk", "general", {"walk_mss": 1}, "E550"),
        ("walk", "general", {"walk_ms": 0}, "E551"),
        ("walk", "general", {"walk_ms": float("nan")}, "E551"),
        ("walk", "general", {"walk_ms": "fast"}, "E551"),
        ("drive", "general", {"class_kmh": {"primari": (1, 2)}}, "E600"),
        ("drive", "general", {"class_kmh": {"primary": (1, -2)}}, "E551"),
    ],
)
def test_a_mode_that_does_not_exist_is_refused(name, profile, changes, code):
    with pytest.raises(InputError) as caught:
        mode(name, profile, **changes)
    assert caught.value.code == code
    assert caught.value.text("en")
