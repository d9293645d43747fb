"""What turn restrictions do to trips, in towns drawn in letters; and which of them are of no use.

Rows of the section on turn restrictions, each for every mode: walkers and cyclists ignore them.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from access.ledger import Findings
from access.network.build import build
from access.network.costs import weigh
from access.network.modes import mode
from access.network.overpass import from_overpass
from access.network.read import read_ways
from access.network.relief import Relief, lift
from access.network.snap import snap
from access.network.turns import NO_TURNS
from access.testing import draw_town
from access.travel.street import search

MS = {"walk": 1.2, "bicycle": 15 / 3.6, "drive": 20 / 3.6}
STREET = {"highway": "residential"}

# A block: from a eastward to b, where one may go on to c or turn into bd. Round the block: c-e-d.
BLOCK = """
    a b c
      d e
"""
STREETS = {"ab": STREET, "bc": STREET, "bd": STREET, "ce": STREET, "de": STREET}
# 200 m from letter to letter along a row, 100 m along a column
STRAIGHT, ROUND = 300, 200 + 200 + 100 + 200


def town(restrictions=None, ways=None, map=BLOCK, nodes=None):
    return draw_town(map, ways or STREETS, nodes=nodes, restrictions=restrictions)


def metres(ways, start, end, name="drive", engine=None):
    """Return the metres of a trip, to the nearest 10; None where there is no way.

    Both engines must agree. A place is a letter, or two letters and a share of the way.
    """
    network = build(ways)
    costs = weigh(network, mode(name))
    at = {chr(i): p for i, p in zip(ways.node_id, ways.lonlat, strict=True)}

    def point(where):
        letters, share = (where, 0.0) if isinstance(where, str) else where
        return np.array([at[letters[0]] + (at[letters[-1]] - at[letters[0]]) * share])

    cells, places, _ = snap(network, costs, point(start), point(end), limit_m=10)
    engines = ["scipy", "engine"] if find_spec("numba") else ["scipy"]
    times = {search(network, costs, cells, places, engine=e)[0, 0] for e in engines}
    assert len(times) == 1
    time = times.pop()
    return None if time < 0 else round(time / 10 * MS[name], -1)


def every_mode(ways, start, end, by_car, otherwise):
    assert metres(ways, start, end) == by_car
    for name in ("walk", "bicycle"):
        assert metres(ways, start, end, name) == otherwise


def test_without_restrictions_the_shortest_way():
    every_mode(town(), "a", "d", STRAIGHT, STRAIGHT)


@pytest.mark.parametrize(
    "word", ["no_right_turn", "no_left_turn", "no_straight_on", "no_turn_at_all", "no_left_turn;x"]
)
def test_every_word_with_no_forbids(word):
    every_mode(town({"ab b bd": word}), "a", "d", ROUND, STRAIGHT)


@pytest.mark.parametrize("word", ["only_straight_on", "only_left_turn", "only_what_we_say"])
def test_every_word_with_only_demands(word):
    every_mode(town({"ab b bc": word}), "a", "d", ROUND, STRAIGHT)
    every_mode(town({"ab b bd": word}), "a", "c", 200 + 100 + 200 + 100, 400)


def test_the_way_back_stays_open():
    every_mode(town({"ab b bd": "no_right_turn"}), "d", "a", STRAIGHT, STRAIGHT)


@pytest.mark.parametrize(
    "tags",
    [
        {"restriction": "no_right_turn_on_red"},
        {"restriction": "no_left_turn", "except": "motorcar"},
        {"restriction": "no_left_turn", "except": "bus;motor_vehicle"},
        {"restriction": "no_left_turn", "except": "bicycle, vehicle"},
        {"restriction:hgv": "no_left_turn"},
        {"restriction:bicycle": "no_left_turn"},
        {"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00)"},
        {"restriction": "no_left_turn", "hour_on": "07:00", "hour_off": "09:00"},
        {"restriction": "left_turn"},
        {"restriction": "stop"},
        {"restriction": "none"},
        {"restriction": "no_left_turn", "restriction:motorcar": " none "},
        {"restriction": ""},
    ],
)
def test_what_does_not_bind_a_car(tags):
    every_mode(town({"ab b bd": tags}), "a", "d", STRAIGHT, STRAIGHT)


@pytest.mark.parametrize(
    "tags",
    [
        {"restriction": "no_left_turn", "except": "bicycle"},
        {"restriction": "no_left_turn", "except": "psv;bicycle,bus"},
        {"restriction:motorcar": "no_left_turn"},
        {"restriction:motor_vehicle": "no_left_turn"},
        {"restriction:vehicle": "no_left_turn"},
        {"restriction": "no_left_turn", "restriction:conditional": "no_u_turn @ (22:00-06:00)"},
    ],
)
def test_what_binds_a_car(tags):
    every_mode(town({"ab b bd": tags}), "a", "d", ROUND, STRAIGHT)


def test_the_word_for_cars_goes_before_the_general_one():
    tags = {"restriction": "no_left_turn", "restriction:motorcar": "only_straight_on"}
    assert metres(town({"ab b bd": tags}), "a", "c") == 200 + 100 + 200 + 100


def code_of(restrictions, **more):
    ways = town(restrictions, **more)
    return [e.problem.code for e in ways.ledger.entries], len(ways.restrictions)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ("ab b xy", "F540"),  # a way that is not in the file
        ("ab z bd", "F540"),  # nor that node
        ("ab ce ed", "F540"),
        ("ab c bd", "W541"),  # the via node is not on the way
        ("ab d bd", "W541"),
        ("ab b ab", "W541"),  # from = to, and no U-turn
        ("ab,bc b bd", "W541"),  # more than one
        ("ab b bd,bc", "W541"),
        ("ab b", "W541"),  # no via
        ("ab b ce bd", "W541"),  # a node and a way
        ("ab ce bd", "W541"),  # the way over does not touch
    ],
)
def test_a_badly_tagged_one_is_ignored_and_counted(members, code):
    map = BLOCK + "\n    z"
    assert code_of({members: "no_left_turn"}, map=map) == ([code], 0)
    every_mode(town({members: "no_left_turn"}, map=map), "a", "d", STRAIGHT, STRAIGHT)


def test_a_via_node_within_a_way_leaves_unclear_which_half_is_meant():
    ways = {"abc": STREET, "bd": STREET, "ce": STREET, "de": STREET}
    assert code_of({"abc b bd": "no_right_turn"}, ways=ways) == (["W541"], 0)
    assert code_of({"bd b abc": "no_right_turn"}, ways=ways) == (["W541"], 0)


def test_of_unknown_words_and_hours_is_told():
    assert code_of({"ab b bd": "left_turn"}) == (["W543"], 0)
    assert code_of({"ab b bd": {"restriction:conditional": "no_left_turn @ (sunset-sunrise)"}}) == (
        ["F542"],
        0,
    )
    both = {"restriction": "no_left_turn", "restriction:conditional": "no_u_turn @ (22:00-06:00)"}
    assert code_of({"ab b bd": both}) == (["F542"], 1)


@pytest.mark.parametrize(
    ("tags", "codes"),
    [
        ({"restriction": "none"}, []),
        ({"restriction": "no_left_turn", "restriction:motorcar": "none"}, []),
        ({"restriction": "no_left_turn_on_red"}, []),
        ({"restriction:hgv": "no_left_turn"}, []),
        ({"except": "motorcar"}, []),
        ({"restriction": " "}, ["W543"]),
        ({"restriction": "no_left_turn", "restriction:motorcar": ""}, ["W543"]),
        ({"type": "restriction"}, ["W543"]),
        ({"hour_on": "07:00"}, ["W543"]),
    ],
)
def test_an_empty_word_is_told_and_none_is_an_answer(tags, codes):
    assert code_of({"ab b bd": tags}) == (codes, 0)


@pytest.mark.parametrize(
    "members", ["ab,ab b bd", "ab b bd,bd", "ab b b bd", "ab,ab b b bd,bd", "bd bc bc ce"]
)
def test_a_member_twice_in_a_role_counts_once(members):
    assert code_of({members: "no_right_turn"}) == ([], 1)


def test_every_file_tells_of_a_restriction_without_a_word(draw, tmp_path):
    world = draw({1: (STREET, [1, 2]), 2: (STREET, [2, 3])})
    there, over, away = ("way", 1, "from"), ("node", 2, "via"), ("way", 2, "to")
    world.restrictions = {7: ({"note": "seen"}, [there, over, away])}
    for path in world.everywhere(tmp_path).values():
        assert [e.problem.code for e in read_ways(path).ledger.entries] == ["W543"]


def test_the_same_twice_counts_once():
    once = town({"ab b bd": "no_right_turn"}).restrictions
    assert len(once) == 1
    assert town({"ab b bd": "no_right_turn", "ab,ab b bd": "no_entry"}).restrictions == once


def test_several_members_of_no_entry_and_no_exit():
    """All turn round at a dead end that is left to them: f, c or a."""
    ways = {"ab": STREET, "fb": STREET, "bd": STREET, "bc": STREET}
    map = "  f\na b c\n  d"
    closed = town({"ab,fb b bd": "no_entry"}, ways, map)
    assert len(closed.restrictions) == 2
    every_mode(closed, "a", "d", 200 + 400 + 100, 300)  # not out of f either
    every_mode(closed, "f", "d", 100 + 400 + 100, 200)
    every_mode(closed, "c", "d", 300, 300)
    out = town({"ab b bd,bc": "no_exit"}, ways, map)
    every_mode(out, "a", "c", 200 + 200 + 200, 400)
    every_mode(out, "a", "d", 200 + 200 + 100, 300)
    every_mode(out, "f", "d", 200, 200)


def test_overlapping_ones_add_up():
    """What is demanded may also be forbidden: then nobody goes on."""
    ways = town({"ab b bd": "no_right_turn", "ab b bc": "no_straight_on"})
    every_mode(ways, "a", "d", None, STRAIGHT)


def test_what_demands_a_closed_street_demands_nothing():
    ways = {**STREETS, "bc": {"highway": "footway"}}
    assert metres(town({"ab b bc": "only_straight_on"}, ways), "a", "d") == STRAIGHT


# --- over ways ------------------------------------------------------------------------------------

DUAL = """
    f   g
    a b c
    h d e
"""
# Up bd, from ab to de: a turn back on a dual carriageway.
CARRIAGEWAYS = {
    "ab": STREET | {"oneway": "yes"},
    "bc": STREET | {"oneway": "yes"},
    "ed": STREET | {"oneway": "yes"},
    "dh": STREET | {"oneway": "yes"},
    "bd": STREET,
    "ce": STREET,
    "bf": STREET,
}


def test_over_a_way():
    """Turning back over bd is forbidden; over ce, farther on, it is not."""
    turn = {"ab bd dh": "no_u_turn"}
    every_mode(town(None, CARRIAGEWAYS, DUAL), "a", "h", 500, 100 * 5)
    assert metres(town(turn, CARRIAGEWAYS, DUAL), "a", "h") == 200 + 200 + 100 + 200 + 200
    assert metres(town(turn, CARRIAGEWAYS, DUAL), "f", "h") is not None  # another way into bd


def test_over_several_ways_in_any_order():
    map = "a b c d\n  f e"
    ways = {"ab": STREET, "bc": STREET, "cd": STREET, "ce": STREET, "bf": STREET, "fe": STREET}
    for over in ("bc ce", "ce bc"):
        closed = town({f"ab {over} fe": "no_right_turn"}, ways, map)
        assert len(closed.restrictions) == 1
        assert metres(closed, "a", ("fe", 0.9)) == 200 + 100 + 180
    long = {f"ab {over} cd": "no_straight_on" for over in ("bf fe ce",)}
    assert len(town(long, ways, map).restrictions) == 1


def test_only_over_a_way_leads_all_the_way():
    """Whoever comes from ab must go over bc into ce, as in R5."""
    map = "a b c d\n  f e"
    ways = {"ab": STREET, "bc": STREET, "cd": STREET, "ce": STREET, "bf": STREET, "fe": STREET}
    only = town({"ab bc ce": "only_right_turn"}, ways, map)
    assert metres(only, "a", "f") == 200 + 200 + 100 + 200
    assert metres(only, "b", "f") == 100
    assert metres(only, "f", "d") == 100 + 200 + 200


def test_a_way_over_that_could_be_driven_two_ways_is_unclear():
    ways = {"ab": STREET, "bcdb": STREET, "be": STREET}
    codes, used = code_of({"ab bcdb be": "no_left_turn"}, map="  e\na b c\n    d", ways=ways)
    assert (codes, used) == (["W541"], 0)


# --- adjacent, snapped, merged --------------------------------------------------------------------


def test_adjacent_restrictions_end():
    """Four crossings in a ring, each with a demand that leads on to the next."""
    map = "a b c\n  e d\nf"
    ways = {"ab": STREET, "bc": STREET, "cd": STREET, "de": STREET, "eb": STREET, "ef": STREET}
    turns = {
        "ab b bc": "only_straight_on",
        "bc c cd": "only_right_turn",
        "cd d de": "only_right_turn",
        "de e eb": "only_right_turn",
        "eb b bc": "only_right_turn",
    }
    ring = town(turns, ways, map)
    assert metres(ring, "a", "e") == 200 + 200 + 100 + 200
    assert metres(ring, "a", "f") is None
    assert metres(ring, "a", "f", "walk") is not None


@pytest.mark.parametrize("start", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("end", [0.2, 0.8])
def test_a_restriction_survives_snapping(start, end):
    free, bound = town(), town({"ab b bd": "no_right_turn"})
    assert metres(free, ("ab", start), ("bd", end)) == pytest.approx(200 * (1 - start) + 100 * end)
    around = 200 * (1 - start) + 200 + 100 + 200 + 100 * (1 - end)
    assert metres(bound, ("ab", start), ("bd", end)) == around


def test_a_trip_that_begins_at_the_corner_is_free():
    assert metres(town({"ab b bd": "no_right_turn"}), "b", "d") == 100


def test_a_restriction_survives_merging():
    """Streets of many segments, and bends where nobody may turn round."""
    map = "a x b y c\n    z   w\n    d v e"
    ways = {"axb": STREET, "byc": STREET, "bzd": STREET, "cwe": STREET, "dve": STREET}
    bound = town({"axb b bzd": "no_right_turn"}, ways, map)
    assert metres(town(None, ways, map), "a", "z") == 500
    assert metres(bound, "a", "z") == 400 + 400 + 200 + 400 + 100
    assert metres(bound, ("ax", 0.5), "z") == 1400
    assert metres(bound, "z", "a") == 500


# --- turning round --------------------------------------------------------------------------------


def test_nobody_gets_round_a_restriction_by_turning_in_the_next_street():
    """Into bc, round at its far end (a junction), back and left: shorter, and not driven."""
    map = "a b c p\n\n\n\n\n  d e"
    ways = {"ab": STREET, "bc": STREET, "cp": STREET, "ce": STREET, "bd": STREET, "de": STREET}
    bound = town({"ab b bd": "no_right_turn"}, ways, map)
    assert metres(bound, "a", "d") == 200 + 200 + 500 + 200
    assert metres(bound, ("bc", 0.5), "d") == 100 + 500  # no restriction on who comes from there


def test_a_dead_end_is_a_place_to_turn():
    ways = {"ab": STREET, "bc": STREET, "bd": STREET}
    bound = town({"ab b bd": "no_right_turn"}, ways, "a b c\n  d")
    assert metres(bound, "a", "d") == 200 + 200 + 200 + 100


def test_residents_roads_are_no_way_on():
    """Behind c only a private road goes on: whoever is no resident turns there."""
    ways = {"ab": STREET, "bc": STREET, "bd": STREET, "ce": STREET | {"access": "private"}}
    bound = town({"ab b bd": "no_right_turn"}, ways, "a b c e\n  d")
    assert metres(bound, "a", "d") == 200 + 200 + 200 + 100


def test_kr10_straight_on_right_and_right_again():
    """A left turn forbidden at a Korean junction: straight on, and round three right turns."""
    map = """
        n   p
    a   b   c
        d   e
    """
    ways = {"ab": STREET, "bc": STREET, "bn": STREET, "bd": STREET, "ce": STREET, "ed": STREET}
    kr10 = town({"ab b bn": "no_left_turn"}, ways, map)
    every_mode(kr10, "a", "n", 400 + 400 + 100 + 400 + 100 + 100, 500)


def test_no_u_turn():
    """Back along the same way is a U-turn; so is back along another, if the mapper says so."""
    ways = {"ab": STREET, "bc": STREET, "cd": STREET}
    map = "a b c d"
    back = town({"bc c bc": "no_u_turn"}, ways, map)
    assert list(back.restrictions) == [((4, 5), False)]  # bc begins at the third place in refs
    assert code_of({"bc c bc": "no_left_turn"}, ways=ways, map=map) == (["W541"], 0)
    assert code_of({"bc c cd": "no_u_turn"}, ways=ways, map=map) == ([], 1)


def test_no_u_turn_at_the_end_of_a_demand():
    """Only straight on to c, where one may not turn: on to the dead end at d, and back to e."""
    ways = {"ab": STREET, "bc": STREET, "cd": STREET, "be": STREET}
    turns = {"ab b bc": "only_straight_on", "bc c bc": "no_u_turn"}
    assert metres(town(turns, ways, "a b c d\n  e"), "a", "e") == 200 + 400 + 400 + 100


# --- the record -----------------------------------------------------------------------------------


def test_restrictions_are_part_of_the_streets():
    bound, free = town({"ab b bd": "no_right_turn"}), town()
    assert bound.fingerprint != free.fingerprint
    network = build(bound)
    assert network.fingerprint != build(free).fingerprint
    relief = Relief(np.full((2, 2), 5, np.float32), 127.4, 37.1, (0.2, 0.2), 4326)
    assert lift(network, relief).restrictions == network.restrictions
    car, feet = (weigh(network, mode(m)) for m in ("drive", "walk"))
    assert len(car.turns)
    assert not len(feet.turns)
    assert car.fingerprint != replace(car, turns=NO_TURNS).fingerprint
    assert weigh(network, mode("drive", "policy")).turns == car.turns


def test_a_node_twice_in_a_row_shifts_no_turn():
    ways = {"aab": STREET, "bbc": STREET, "bbd": STREET, "ce": STREET, "de": STREET}
    every_mode(town({"aab b bbd": "no_right_turn"}, ways), "a", "d", ROUND, STRAIGHT)


def test_every_format_gives_the_same_restrictions(draw, tmp_path):
    streets = {1: (STREET, [1, 2]), 2: (STREET, [2, 3]), 3: (STREET, [2, 4]), 4: (STREET, [4, 3])}
    world = draw(streets)
    there, over, away = ("way", 1, "from"), ("node", 2, "via"), ("way", 3, "to")
    world.restrictions = {
        7: ({"restriction": "no_left_turn"}, [there, over, away]),
        8: ({"restriction:motorcar": "no_u_turn"}, [there, ("way", 3, "via"), ("way", 4, "to")]),
        9: ({"restriction": "no_left_turn"}, [("way", 99, "from"), over, away]),
    }
    read = {name: read_ways(path) for name, path in world.everywhere(tmp_path).items()}
    for name, ways in read.items():
        assert ways.fingerprint == read["pbf"].fingerprint, name
        assert [e.problem.code for e in ways.ledger.entries] == ["F540"], name
        assert list(ways.restrictions) == [((0, 8), False), ((0, 8, 12), False)]


def test_ways_that_overpass_repeats_without_tags_change_nothing(draw):
    """As `out skel` does for the members of relations."""
    world = draw({1: (STREET, [1, 2]), 2: (STREET, [2, 3])})
    there, over, away = ("way", 1, "from"), ("node", 2, "via"), ("way", 2, "to")
    world.restrictions = {7: ({"restriction": "no_straight_on"}, [there, over, away])}
    answer = world.answer()
    known = from_overpass(answer, Findings("a")).fingerprint
    answer["elements"].append({"type": "way", "id": 1, "nodes": [1, 2]})
    assert from_overpass(answer, Findings("a")).fingerprint == known


def test_overpass_without_relations_has_none(draw, tmp_path):
    ways = read_ways(draw({1: (STREET, [1, 2])}).overpass(tmp_path / "w.json"))
    assert len(ways.restrictions) == 0
