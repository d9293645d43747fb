"""Travel times against networkx and SciPy on random multigraphs, to the last tenth."""

from __future__ import annotations


import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from access.network.costs import CLOSED, Costs
from access.network.graph import Network
from access.network.modes import Permit
from access.network.snap import Snaps
from access.travel.street import search
from access.travel.times import Why
from tests.oracles.street import forward_times


@st.composite
def towns(draw, private: bool):
    """Draw a directed multigraph with parallel, closed and zero-length segments, and snaps."""
    nodes = draw(st.integers(2, 9))
    number = draw(st.integers(1, 16))
    node = st.integers(0, nodes - 1)
    ends = draw(
        st.lists(
            st.tuples(node, node).filter(lambda e: e[0] != e[1]), min_size=number, max_size=number
        )
    )
    weight = st.one_of(st.just(CLOSED), st.integers(0, 60))
    forward = draw(st.lists(weight, min_size=number, max_size=number))
    backward = draw(st.lists(weight, min_size=number, max_size=number))
    flag = st.booleans() if private else st.just(False)
    local = [draw(st.lists(flag, min_size=number, max_size=number)) for _ in range(2)]
    gate = st.sampled_from([Permit.OPEN] * 4 + ([Permit.LOCAL, Permit.CLOSED] if private else []))
    gates = draw(st.lists(gate, min_size=nodes, max_size=nodes))
    tail, head = np.array(ends, dtype=np.int32).T
    network = Network(
        node_id=np.arange(nodes, dtype=np.int64),
        lonlat=np.zeros((nodes, 2)),
        xy=np.zeros((nodes, 2)),
        node_tags={},
        tail=tail,
        head=head,
        length=np.ones(number),
        way=np.arange(number, dtype=np.int32),
        way_id=np.arange(number, dtype=np.int64),
        tags=np.zeros(number, dtype=np.int32),
        tagsets=({"highway": "path"},),
        crs=5179,
    )
    forward, backward = (np.array(w, dtype=np.int32) for w in (forward, backward))
    costs = Costs(
        forward=forward,
        backward=backward,
        local_forward=np.array(local[0]) & (forward != CLOSED),
        local_backward=np.array(local[1]) & (backward != CLOSED),
        gates=np.array(gates, dtype=np.int8),
        snap=np.ones(number, dtype=bool),
        walk_ms=1.0,
    )

    usable = np.flatnonzero(costs.usable).tolist()
    assume(usable)

    def snaps(count: int) -> Snaps:
        where = st.lists(st.sampled_from(usable), min_size=count, max_size=count)
        along = st.sampled_from([0.0, 0.125, 0.3, 0.5, 0.77, 1.0])
        segment = np.array(draw(where), dtype=np.int32)
        fraction = np.array(draw(st.lists(along, min_size=count, max_size=count)))
        return Snaps(segment, fraction, np.zeros(count), np.zeros(count, dtype=np.int32))

    return network, costs, snaps(draw(st.integers(1, 5))), snaps(draw(st.integers(1, 4)))


@given(towns(private=False))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_times_equal_networkx_with_all_snaps_inserted(town):
    network, costs, cells, places = town
    assert search(*town).tolist() == forward_times(*town).tolist()


@given(towns(private=True))
@settings(max_examples=700, derandomize=True, deadline=None)
def test_private_roads_and_gates_only_begin_or_end_a_trip(town):
    assert search(*town).tolist() == forward_times(*town).tolist()


@given(towns(private=True), st.integers(0, 120))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_a_limit_hides_what_is_beyond_it_and_changes_nothing_within(town, limit):
    free, bound = search(*town), search(*town, limit)
    within = (free >= 0) & (free <= limit)
    assert (bound[within] == free[within]).all()
    assert (bound[~within] < 0).all()
    assert set(bound[~within].tolist()) <= {Why.OVER_LIMIT, Why.NO_WAY}


@given(towns(private=True))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_one_batch_or_many_give_the_same(town):
    import access.travel.street as street

    whole = search(*town)
    bytes_, street.BATCH_BYTES = street.BATCH_BYTES, 1
    try:
        assert (search(*town) == whole).all()
    finally:
        street.BATCH_BYTES = bytes_
