"""Edits: closing ways and adding them, beside the network they come from."""

from __future__ import annotations

import numpy as np
import pytest

from access.errors import InputError
from access.network.build import build
from access.network.costs import CLOSED, weigh
from access.network.edits import add_way, close_ways
from access.network.modes import mode
from access.testing import draw_town

MODES = ["walk", "bicycle", "drive"]


@pytest.fixture
def town():
    return build(
        draw_town(
            "a b c\n\nd e f", {"abc": {}, "def": {"highway": "path", "foot": "yes"}, "be": {}}
        )
    )


@pytest.mark.parametrize("means", MODES)
def test_a_closed_way_is_closed_to_everybody_whatever_its_tags_say(town, means):
    plan = close_ways(close_ways(town, [2]), [3])
    costs = weigh(plan, mode(means))
    assert (costs.forward == CLOSED).tolist() == [False, False, True, True, True]
    assert weigh(town, mode(means)).usable[-1]
    assert town.shut is None


@pytest.mark.parametrize("means", MODES)
def test_a_new_way_follows_the_old_ones_and_costs_what_its_tags_say(town, means):
    plan = add_way(close_ways(town, [2]), [ord(c) for c in "cff"], {"highway": "residential"})
    assert (len(plan), len(town)) == (6, 5)
    assert plan.way_id.tolist() == [1, 2, 3, 4]
    assert (plan.tail[-1], plan.head[-1]) == (2, 5)
    assert plan.length[-1] == pytest.approx(200, rel=1e-3)
    costs, before = weigh(plan, mode(means)), weigh(close_ways(town, [2]), mode(means))
    assert costs.usable[-1]
    assert np.array_equal(costs.forward[:-1], before.forward)


def test_a_junction_stays_a_place_to_turn_when_a_street_of_it_is_closed():
    ways = {"ab": {}, "bc": {}, "bd": {}, "ce": {}, "cf": {}, "cg": {}}
    town = build(draw_town("abcf\n deg", ways, restrictions={"ab b bd": "no_right_turn"}))
    plan = close_ways(town, [6])
    assert weigh(plan, mode("drive")).turns == weigh(town, mode("drive")).turns


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda town: close_ways(town, [1, 77]), "E554"),
        (lambda town: add_way(town, [ord("a"), 5], {"highway": "path"}), "E555"),
        (lambda town: add_way(town, [ord("a"), ord("a")], {"highway": "path"}), "E556"),
        (lambda town: add_way(town, [], {"highway": "path"}), "E556"),
    ],
)
def test_what_is_not_there_is_told(town, edit, code):
    with pytest.raises(InputError) as error:
        edit(town)
    assert error.value.code == code
