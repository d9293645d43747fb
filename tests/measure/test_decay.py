"""Decay: boundaries, equality and what its constructors refuse."""

from __future__ import annotations

import numpy as np
import pytest

from access import TravelTimes, measure
from access.errors import InputError
from access.measure import Decay


@pytest.mark.parametrize(
    "make",
    [
        lambda: Decay.binary(0),
        lambda: Decay.exponential(-1),
        lambda: Decay.half_life(np.inf),
        lambda: Decay.power(0),
        lambda: Decay.power(2, scale=0),
        lambda: Decay.power(2, capped=False),
        lambda: Decay.power(np.nan, capped=False),
        lambda: Decay.linear(np.nan),
        lambda: Decay.taper(10, 21),
        lambda: Decay.gaussian(0),
        lambda: Decay.stepped({}),
        lambda: Decay.stepped({10: 0.5, 20: 0.7}),
        lambda: Decay.stepped({10: 1.5}),
        lambda: Decay.stepped({10: -0.5}),
        lambda: Decay.logistic(30, 0),
    ],
)
def test_senseless_numbers_are_refused(make):
    with pytest.raises(InputError, match="E900"):
        make()


def test_decays_are_values():
    assert Decay.half_life(20) == Decay.half_life(20) != Decay.half_life(21)
    assert Decay.stepped({10: 1, 20: 0.5}) == Decay.stepped({20: 0.5, 10: 1})
    assert len({Decay.binary(5), Decay.binary(5)}) == 1


def test_a_time_equal_to_a_bound_is_within_it():
    """Trap T7, and the boundary of steps, where packages differ: within, here."""
    assert Decay.binary(15)([15, 15.01]).tolist() == [1, 0]
    assert Decay.stepped({10: 1, 20: 0.5})([10, 10.01, 20, 20.01]).tolist() == [1, 0.5, 0.5, 0]
    assert Decay.taper(30, 10)([25, 30, 35]).tolist() == [1, 0.5, 0]


def test_pax_gravity():
    """PySAL's access, weights.gravity(scale=20, alpha=-2, min_dist=1)."""
    decay = Decay.power(2, scale=20, least=1, capped=False)
    known = [400, 400, 100, 1, 0.25, 0.11]
    assert decay([0, 1, 2, 20, 40, 60]).round(2).tolist() == known


def test_minutes_cut_a_decay_off_and_something_must_say_how_far():
    times = TravelTimes.from_matrix([[0, 600, 1200]], cells="a", places="ABC")
    soft = Decay.half_life(10)
    assert measure.gravity(times, decay=soft).tolist() == [1.75]
    assert measure.gravity(times, decay=soft, minutes=10).tolist() == [1.5]
    assert measure.gravity(times, decay=Decay.linear(10), minutes=99).tolist() == [1]
    with pytest.raises(InputError, match="E903"):
        measure.gravity(times)
    with pytest.raises(TypeError, match="Decay"):
        measure.gravity(times, decay=0.1)
    for wrong in (-1, np.nan, "5"):
        with pytest.raises(InputError, match="E902"):
            measure.cumulative(times, minutes=wrong)
    for call in (
        lambda: measure.nearest(times, n=0),
        lambda: measure.dual(times, need=-1),
        lambda: measure.interval(times, minutes=(9, 3)),
        lambda: measure.interval(times, minutes=(3, 9), summary="sum"),
    ):
        with pytest.raises(InputError, match="E902"):
            call()


def test_pairs_go_no_further_than_they_were_made_for():
    times = TravelTimes.from_matrix([[0, 600, 1200]], cells="a", places="ABC")
    pairs = measure.pairs_within(times, 15)
    assert len(pairs) == 2
    assert measure.cumulative(pairs, minutes=5).tolist() == [1]
    assert len(measure.pairs_within(pairs, 15)) == 2
    with pytest.raises(InputError, match="E901"):
        measure.cumulative(pairs, minutes=20)
    with pytest.raises(InputError, match="E901"):
        measure.gravity(pairs, decay=Decay.binary(20))
