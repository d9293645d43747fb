"""The engine against SciPy and networkx on random multigraphs, to the last tenth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from access.engine.roads import prepare
from access.engine.table import Ends, fill_table
from access.network.costs import CLOSED
from access.network.snap import Snaps
from access.travel.street import search
from access.travel.times import Why
from tests.dice import dice
from tests.laws.towns import open_towns, towns, turning_towns, weights
from tests.oracles.street import forward_times
from tests.oracles.turns import turning_times


def law(count):
    return settings(max_examples=count, derandomize=True, deadline=None)


@given(towns())
@law(1000)
def test_private_roads_gates_and_closed_streets(town):
    assert search(*town, engine="engine").tolist() == search(*town, engine="scipy").tolist()


@given(open_towns())
@law(300)
def test_open_towns_against_networkx(town):
    assert search(*town, engine="engine").tolist() == forward_times(*town).tolist()


@given(towns())
@law(300)
def test_towns_against_networkx(town):
    assert search(*town, engine="engine").tolist() == forward_times(*town).tolist()


@given(turning_towns())
@law(500)
def test_forbidden_turns(town):
    assert search(*town, engine="engine").tolist() == turning_times(*town).tolist()


@given(turning_towns(), st.integers(0, 200))
@law(200)
def test_forbidden_turns_within_a_limit(town, limit):
    mine = search(*town, limit, engine="engine")
    assert mine.tolist() == search(*town, limit, engine="scipy").tolist()


@given(towns(), st.integers(0, 200))
@law(500)
def test_limits(town, limit):
    """Limits as these are swept in lanes of 16 bits."""
    mine = search(*town, limit, engine="engine")
    assert mine.tolist() == search(*town, limit, engine="scipy").tolist()


@given(towns(), st.integers(0, 90_000), st.sampled_from([1, 500, 2000]))
@law(300)
def test_limits_beyond_16_bits(town, limit, factor):
    network, costs, cells, places = town
    costs = replace(
        costs,
        forward=np.where(costs.forward == CLOSED, CLOSED, costs.forward * factor),
        backward=np.where(costs.backward == CLOSED, CLOSED, costs.backward * factor),
    )
    town = (network, costs, cells, places)
    for reach in (limit, None):
        mine = search(*town, reach, engine="engine")
        assert mine.tolist() == search(*town, reach, engine="scipy").tolist()


@given(towns(), st.lists(st.floats(0, 50), min_size=9, max_size=9))
@law(200)
def test_legs_to_the_street_and_points_off_it(town, metres):
    network, costs, cells, places = town

    def away(snaps, legs):
        off = np.array(legs) > 45
        return Snaps(
            np.where(off, -1, snaps.segment).astype(np.int32),
            snaps.fraction,
            np.where(off, np.nan, legs),
            np.where(off, -1, snaps.component).astype(np.int32),
        )

    cells = away(cells, metres[: len(cells.segment)])
    places = away(places, metres[-len(places.segment) :])
    for limit in (None, 300):
        town = (network, costs, cells, places, limit)
        mine = search(*town, engine="engine")
        assert mine.tolist() == search(*town, engine="scipy").tolist()
        assert (mine[~cells.on] == Why.CELL_OFF).all()


@given(towns())
@law(100)
def test_one_thread_or_many_give_the_same(town):
    """So many places that there are several batches."""
    network, costs, cells, places = town
    many = Snaps(*(np.tile(getattr(places, n), 90) for n in Snaps.__slots__))
    roads = prepare(network, costs)
    tables = []
    for threads in (1, 2, 5):
        table = np.empty((len(cells.segment), len(many.segment)), dtype=np.int32)
        ends = Ends.of(roads, cells), Ends.of(roads, many)
        fill_table(roads, *ends, table, nowhere=Why.NO_WAY, threads=threads)
        tables.append(table)
    assert (tables[0] == tables[1]).all()
    assert (tables[0] == tables[2]).all()
    assert tables[0].tolist() == search(network, costs, cells, many, engine="scipy").tolist()


@given(st.one_of(towns(), turning_towns()), dice(6 * 16 + 4))
@law(400)
def test_other_costs_on_the_same_shape(town, thrown):
    """Closing and slowing streets leaves the shape; opening them makes a new one.

    Making them private may or may not: the two exits of a street must hang together.
    """
    network, costs, cells, places = town
    roads = prepare(network, costs)
    changed = {}
    for name in ("forward", "backward"):
        old = getattr(costs, name)
        anew, times, private = thrown.throw(3, len(old))
        changed[name] = new = np.where(anew % 2, weights(times, 60), old)
        local = private % 2 == 1 if thrown.one(0, 1) else getattr(costs, f"local_{name}")
        changed[f"local_{name}"] = local & (new != CLOSED)
    other = replace(costs, **changed)
    assume(other.usable[np.concatenate([cells.segment, places.segment])].all())
    again = prepare(network, other, roads)
    table = np.full((len(cells.segment), len(places.segment)), -3, dtype=np.int32)
    ends = Ends.of(again, cells), Ends.of(again, places)
    fill_table(again, *ends, table, nowhere=Why.NO_WAY)
    assert table.tolist() == search(network, other, cells, places, engine="scipy").tolist()
