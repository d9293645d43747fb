"""Seats shared out evenly: brute force over all sets of cells, greatest flows, and laws."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist

from access import Question, Study, TravelTimes, evaluate, measure
from access.measure.rationing import seated_shares

law = settings(derandomize=True, deadline=None, database=None)


@st.composite
def towns(draw, cells=6, places=5):
    n, p = draw(st.integers(1, cells)), draw(st.integers(1, places))
    near = np.array(draw(st.lists(st.booleans(), min_size=n * p, max_size=n * p))).reshape(n, p)
    people = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    room = draw(st.lists(st.integers(0, 12), min_size=p, max_size=p))
    return near, np.array(people, dtype=float), np.array(room, dtype=float)


def shares(near, people, room):
    return seated_shares(csr_array(near), people, room)


def worst_first(near, people, room):
    """Return the fair shares as fractions: the set of cells with least room apiece, and again."""
    left = [i for i in range(len(people)) if people[i] > 0]
    places = set(range(len(room)))
    found = [Fraction(0)] * len(people)
    while left:
        sets = chain.from_iterable(combinations(left, k) for k in range(1, len(left) + 1))

        def apiece(some, places=places):
            theirs = {j for j in places if near[list(some), j].any()}
            seats = sum(int(room[j]) for j in theirs)
            return Fraction(seats, sum(int(people[i]) for i in some)), some, theirs

        share, some, theirs = min(map(apiece, sets), key=lambda found: found[0])
        for i in some:
            found[i] = min(share, Fraction(1))
        left = [i for i in left if i not in some]
        places -= theirs
    return found


@given(towns())
@settings(law, max_examples=300)
def test_the_least_share_is_greatest_then_the_next(town):
    assert shares(*town) == pytest.approx([float(s) for s in worst_first(*town)], abs=1e-7)


def greatest(near, people, room):
    """Return how many can be seated at most, by networkx."""
    graph = networkx.DiGraph()
    graph.add_nodes_from(["out", "in"])
    for i, j in zip(*np.nonzero(near), strict=True):
        graph.add_edge("out", ("cell", i), capacity=int(people[i]))
        graph.add_edge(("cell", i), ("place", j))
        graph.add_edge(("place", j), "in", capacity=int(room[j]))
    return networkx.maximum_flow_value(graph, "out", "in")


@given(towns(cells=25, places=8))
@settings(law, max_examples=150)
def test_as_many_as_can_be_are_seated(town):
    near, people, room = town
    share = shares(near, people, room)
    assert ((share >= 0) & (share <= 1)).all()
    assert people @ share == pytest.approx(greatest(near, people, room), abs=1e-6)


@given(towns(cells=12), st.randoms(use_true_random=False))
@settings(law, max_examples=100)
def test_order_scale_and_halves_change_nothing(town, chance):
    near, people, room = town
    share = shares(near, people, room)
    rows, columns = (chance.sample(range(k), k) for k in near.shape)
    moved = shares(near[rows][:, columns], people[rows], room[columns])
    assert moved == pytest.approx(share[rows], abs=1e-7)
    assert shares(near, people * 7.3, room * 7.3) == pytest.approx(share, abs=1e-7)
    halved = shares(
        np.vstack([near, near]), np.tile(people / 2, 2), room
    )  # a cell and its twin have the same share
    assert halved == pytest.approx(np.tile(share, 2), abs=1e-7)
    both = shares(np.hstack([near, near]), people, np.tile(room / 2, 2))
    assert both == pytest.approx(share, abs=1e-7)


@given(towns(cells=12), st.integers(0, 4), st.integers(1, 9))
@settings(law, max_examples=100)
def test_more_seats_or_more_ways_never_lower_the_least_share(town, where, more):
    near, people, room = town
    where %= len(room)
    share = shares(near, people, room)
    grown = room.copy()
    grown[where] += more
    assert (shares(near, people, grown) >= share - 1e-7).all()
    wider = near.copy()
    wider[:, where] = True
    lives = people > 0
    if lives.any():
        assert shares(wider, people, room)[lives].min() >= share[lives].min() - 1e-7


def test_a_village_of_three_is_not_lost_in_a_city_of_a_million():
    """Who lacks seats is found however few they are: flows are counted finely enough."""
    near = np.array([[True, False], [False, True]])
    share = shares(near, np.array([1e6, 3.0]), np.array([1.5e6, 1.0]))
    assert share == pytest.approx([1, 1 / 3], abs=1e-6)
    assert shares(near, np.array([5.0, 0]), np.array([1e12, 1.0])) == pytest.approx([1, 0])


@pytest.mark.parametrize("km", [1.0, 2.4, 30.0])
@pytest.mark.parametrize("ratio", [0.3, 1.0])
def test_a_city_is_shared_out_so_that_nobody_could_have_more_from_who_has_more(km, ratio):
    """The conditions of the optimum, which is the only one: prices of places, by levels."""
    rng = np.random.default_rng(5)
    near = cdist(rng.random((20_000, 2)) * 20, rng.random((300, 2)) * 20) < km
    people, room = rng.integers(1, 101, 20_000).astype(float), rng.integers(10, 300, 300) * 1.0
    room *= ratio * people.sum() / room.sum()
    share = shares(near, people, room)
    # A place goes to those with the least share who reach it: to nobody else, and wholly.
    level = np.where(near, share[:, None], np.inf).min(axis=0)
    its = near & (share[:, None] <= level + 1e-6)
    assert (its.any(axis=1) == near.any(axis=1)).all() or km == 1.0
    for one in np.unique(level[level < 1 - 1e-6].round(6)):
        full = np.abs(level - one) < 2e-6
        theirs = (np.abs(share - one) < 2e-6) & (near & full).any(axis=1)
        assert people[theirs] @ share[theirs] == pytest.approx(room[full].sum(), rel=1e-4)


def test_as_many_are_left_as_the_nearest_assignment_leaves():
    rng = np.random.default_rng(3)
    minutes = rng.integers(1, 60, (40, 5)).astype(float)
    minutes[rng.random((40, 5)) < 0.6] = np.nan
    times = TravelTimes.from_matrix(minutes, cells=range(40), places=range(5))
    people, room = rng.integers(0, 30, 40), rng.integers(0, 100, 5)
    left = measure.unmet(times, people=people, supply=room)
    seated = measure.assigned(times, people=people, supply=room)
    assert left.sum() + seated.sum() == pytest.approx(people.sum(), abs=0.02)


def test_just_enough_seats_by_car_seat_as_many_as_the_greatest_flow(sample):
    outcome = evaluate(Study.from_folder(sample), Question(mode="drive", minutes=(20,)))
    offers = measure.offers_of(outcome)
    left = measure.unmet_learners(offers).set_index(["name", "field"])["unmet"]["계"]
    reach = (outcome.times.tenths >= 0) & (outcome.times.tenths <= 20 * 600)
    near, alike = np.unique(reach, axis=0, return_inverse=True)
    people = np.bincount(alike.ravel(), weights=outcome.people)
    for field in offers.fields:
        seats = offers.at_places(np.where(offers.field == field, offers.seats, 0.0))
        learners = np.rint(1e6 * people * seats.sum() / people.sum())
        most = greatest(near, learners, 1e6 * seats)
        assert left[field] == pytest.approx((learners.sum() - most) / 1e6, abs=0.01)


@pytest.mark.parametrize("field", ["arts", "humanities"])
def test_just_enough_seats_by_car_are_assigned(sample, field):
    """Thousands of cells, few places and hardly a seat to spare: a guess from some goes astray."""
    outcome = evaluate(Study.from_folder(sample), Question(mode="drive", minutes=(20,)))
    offers = measure.offers_of(outcome)
    seats = offers.at_places(np.where(offers.field == field, offers.seats, 0.0))
    of = {"people": outcome.people * seats.sum() / outcome.people.sum(), "supply": seats}
    seated = measure.assigned(offers.pairs(), **of, minutes=20)
    left = measure.unmet(offers.pairs(), **of, minutes=20)
    assert seated.sum() + left.sum() == pytest.approx(seats.sum(), rel=1e-6)
