"""Where other packages are known to go wrong; numbered as in docs/measures.md."""

from __future__ import annotations

import numpy as np
import pytest

from access import TravelTimes, measure
from access.errors import InputError
from access.measure import Decay


def table(minutes, cells, places):
    return TravelTimes.from_matrix(np.array(minutes) * 60.0, cells=cells, places=places)


def test_t4_doubly_constrained_is_not_transposed():
    """An unsymmetric table in any order of rows gives the same trips, by formula."""
    minutes = np.array([[10.0, 40, 25], [35, 12, 50], [5, 60, 18]])
    people, supply = np.array([4.0, 10, 6]), np.array([7.0, 5, 8])
    decay = Decay.exponential(0.1)
    trips = measure.doubly_constrained(
        table(minutes, "abc", "ABC"), people=people, supply=supply, decay=decay
    )
    flow = trips.to_numpy().reshape(3, 3)
    assert flow.sum(axis=0) == pytest.approx(supply)
    assert flow.sum(axis=1) == pytest.approx(people)
    # What is left of the decay, once rows and columns are divided out, is of rank one.
    left = np.log(flow) - np.log(decay(minutes))
    assert left - left[:1] - left[:, :1] + left[0, 0] == pytest.approx(np.zeros((3, 3)), abs=1e-7)


def test_doubly_constrained_without_a_solution():
    times = table([[5, np.nan], [np.nan, 5]], "ab", "AB")
    with pytest.raises(InputError, match="E909"):
        measure.doubly_constrained(times, people=[3, 1], supply=[1, 3], minutes=10)
    with pytest.raises(InputError, match="E908"):
        measure.doubly_constrained(times, people=[3, 1], supply=[1, 1], minutes=10)


def test_t5_cells_with_the_same_choices_pay_the_same():
    """PySAL's steps of whole people leave cells of the same equilibrium apart."""
    minutes = [[0, 10, 20], [10, 0, 10], [20, 10, 0], [0, 10, 20]]
    times = table(minutes, "abcd", "ABC")
    cost = measure.raam(times, people=[500, 100, 100, 30], supply=[1, 1, 1])
    assert cost["a"] == pytest.approx(cost["d"], abs=1e-9)
    assert cost["a"] - cost["b"] == pytest.approx(10 / 60, abs=1e-6)


def test_t6_places_beyond_the_catchment_do_not_change_choices():
    asked = {"people": [5, 9], "supply": [2, 3], "minutes": 30}
    soft = {"decay": Decay.stepped({10: 0.962, 20: 0.704, 30: 0.377, 60: 0.042})}
    near = measure.three_step(table([[5, 25], [15, 8]], "ab", "AB"), **asked, **soft)
    asked["supply"] = [2, 3, 4]
    far = measure.three_step(table([[5, 25, 80], [15, 8, 50]], "ab", "ABC"), **asked, **soft)
    assert far.to_numpy() == pytest.approx(near.to_numpy(), abs=1e-15)


def test_t8_as_many_as_is_enough_and_parts_count():
    times = table([[4, 9, 14]], "a", "ABC")
    assert measure.balancing(times, people=[2], supply=[1, 1, 1]).tolist() == [9]
    tenth = measure.balancing(times, people=[0.3], supply=[0.1, 0.2, 0.1])
    assert tenth.tolist() == [9]
    halves = measure.interval(times, supply=[0.5, 0.5, 0.5], minutes=(8, 9))
    assert halves.tolist() == [0.75]
