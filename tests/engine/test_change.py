"""Answers after a change equal answers afresh, and most places are not asked again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from access.engine.change import concerned
from access.engine.roads import prepare
from access.network.costs import CLOSED
from access.travel.street import search, search_again
from tests.laws.towns import towns, turning_towns

law = settings(max_examples=500, derandomize=True, deadline=None)


def changed(costs, segments, weight):
    """Return costs with segments closed, or given a new time both ways where they are open."""
    new = {}
    for name in ("forward", "backward"):
        times = getattr(costs, name).copy()
        for s in segments:
            times[s] = CLOSED if weight == CLOSED or times[s] == CLOSED else weight
        new[name] = times
        new[f"local_{name}"] = getattr(costs, f"local_{name}") & (times != CLOSED)
    return replace(costs, **new)


@given(
    st.one_of(towns(), turning_towns()),
    st.lists(st.integers(0, 30), min_size=1, max_size=3),
    st.one_of(st.just(CLOSED), st.integers(0, 80)),
    st.one_of(st.none(), st.integers(0, 120)),
)
@law
def test_after_a_change_as_afresh(town, numbers, weight, limit):
    network, costs, cells, places = town
    other = changed(costs, [number % len(network) for number in numbers], weight)
    points = np.concatenate([cells.segment, places.segment])
    assume(other.usable[points].all())
    times = search(network, costs, cells, places, limit, engine="engine")
    again = search_again(network, costs, other, cells, places, times, limit, engine="engine")
    assert again.tolist() == search(network, other, cells, places, limit, engine="scipy").tolist()


@given(st.one_of(towns(), turning_towns()))
@law
def test_who_is_not_concerned_keeps_every_time(town):
    """And without any change nobody is concerned."""
    network, costs, cells, places = town
    roads = prepare(network, costs)
    same = prepare(network, replace(costs, forward=costs.forward.copy()), roads)
    at, to = roads.points(cells), roads.points(places)
    legs = np.zeros(len(to), dtype=np.int64)
    assert not any(hit.any() for hit in concerned(roads, same, at, to, legs))
