"""Travel times against networkx and SciPy on random multigraphs, to the last tenth."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from access.travel.street import search
from access.travel.times import Why
from tests.laws.towns import open_towns, towns
from tests.oracles.street import forward_times


@given(open_towns())
@settings(max_examples=300, derandomize=True, deadline=None)
def test_times_equal_networkx_with_all_snaps_inserted(town):
    assert search(*town).tolist() == forward_times(*town).tolist()


@given(towns())
@settings(max_examples=700, derandomize=True, deadline=None)
def test_private_roads_and_gates_only_begin_or_end_a_trip(town):
    assert search(*town).tolist() == forward_times(*town).tolist()


@given(towns(), st.integers(0, 120))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_a_limit_hides_what_is_beyond_it_and_changes_nothing_within(town, limit):
    free, bound = search(*town), search(*town, limit)
    within = (free >= 0) & (free <= limit)
    assert (bound[within] == free[within]).all()
    assert (bound[~within] < 0).all()
    assert set(bound[~within].tolist()) <= {Why.OVER_LIMIT, Why.NO_WAY}


@given(towns())
@settings(max_examples=100, derandomize=True, deadline=None)
def test_one_batch_or_many_give_the_same(town):
    import access.travel.dijkstra as dijkstra

    whole = search(*town)
    bytes_, dijkstra.BATCH_BYTES = dijkstra.BATCH_BYTES, 1
    try:
        assert (search(*town) == whole).all()
    finally:
        dijkstra.BATCH_BYTES = bytes_
