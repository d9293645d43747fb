"""Towns drawn in letters have the streets, lengths and tags that were drawn."""

import numpy as np
import pytest

from access._geo import great_circle
from access.testing import between, draw_town, lonlat, positions

TOWN = """
    a--b..c
    |  .
    d  e  1
"""


def metres(p, q):
    return float(great_circle(*map(np.float64, (*p, *q))))


def test_neighbours_are_spacing_apart_in_every_direction():
    places = positions(TOWN, spacing_m=50)
    assert metres(places["a"], places["b"]) == pytest.approx(150, abs=1e-4)
    assert metres(places["d"], places["e"]) == pytest.approx(150, abs=1e-4)
    assert metres(places["a"], places["d"]) == pytest.approx(100, abs=1e-4)
    assert metres(places["c"], places["1"]) == pytest.approx(100, abs=1e-4)
    assert places["a"] == (127.5, 37.0)
    assert places["d"][1] < places["a"][1] < places["a"][0] < places["b"][0]


def test_ways_keep_the_order_they_are_drawn_in():
    town = draw_town(TOWN, {"cba": {}, "ad": {"highway": "steps"}})
    routes = [
        "".join(chr(town.node_id[r]) for r in town.refs[a:b])
        for a, b in zip(town.first[:-1], town.first[1:], strict=True)
    ]
    assert routes == ["cba", "ad"]
    assert town.way_id.tolist() == [1, 2]
    assert [town.tagsets[t] for t in town.tags] == [{"highway": "primary"}, {"highway": "steps"}]


def test_letters_without_a_way_are_places_and_no_nodes():
    town = draw_town(TOWN, {"ab": {}}, nodes={"e": {"barrier": "gate"}})
    assert [chr(i) for i in town.node_id] == ["a", "b"]
    assert town.node_tags == {}
    assert "1" in positions(TOWN)


def test_parallel_ways_are_told_apart_by_what_follows_the_hash():
    town = draw_town(TOWN, {"ab#1": {}, "ab#2": {"highway": "path"}})
    assert len(town) == 2
    assert town.refs.tolist() == [0, 1, 0, 1]


def test_a_way_may_name_a_node_twice():
    town = draw_town(TOWN, {"abba": {}})
    assert town.refs.tolist() == [0, 1, 1, 0]


def test_tags_no_rule_reads_are_dropped():
    town = draw_town(
        TOWN,
        {"ab": {"highway": "path", "note": "muddy"}},
        nodes={"a": {"note": "x"}, "b": {"barrier": "bollard", "colour": "red"}},
    )
    assert town.tagsets == ({"highway": "path"},)
    assert town.node_tags == {1: {"barrier": "bollard"}}


def test_same_drawing_same_contents():
    one = draw_town(TOWN, {"ab": {}, "ad": {}})
    assert one == draw_town(TOWN, {"ab": {"highway": "primary"}, "ad": {}})
    assert one != draw_town(TOWN, {"ab": {}, "de": {}})


def test_between_walks_the_straight_line():
    town = draw_town(TOWN, {"ab": {}})
    quarter = between(town, "ab", 0.25)
    assert metres(lonlat(town, "a"), quarter) == pytest.approx(75, abs=1e-3)
    assert metres(quarter, lonlat(town, "b")) == pytest.approx(225, abs=1e-3)


@pytest.mark.parametrize(
    ("map", "ways", "nodes"),
    [("a.a", {}, {}), ("a.b", {"abx": {}}, {}), ("a.b", {"ab": {}}, {"x": {}})],
)
def test_a_drawing_that_says_two_things_is_refused(map, ways, nodes):
    with pytest.raises(ValueError, match=r"stands twice|but the map has"):
        draw_town(map, ways, nodes=nodes)
