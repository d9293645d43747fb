"""Crowding and seats against other solvers on small cases, and their optimality on larger ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from access import TravelTimes, measure
from access.errors import CapacityError, InputError
from access.measure import transport
from access.measure.transport import Rows, congestion, settle

law = settings(max_examples=60, derandomize=True, deadline=None)


def times_of(minutes):
    n, p = minutes.shape
    return TravelTimes.from_matrix(minutes * 60, cells=range(n), places=range(p))


@st.composite
def cities(draw, cells=8, places=5):
    n, p = draw(st.integers(1, cells)), draw(st.integers(1, places))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    whole = draw(st.booleans())  # whole minutes make ties
    minutes = rng.integers(0, 20, (n, p)).astype(float) if whole else rng.random((n, p)) * 20
    minutes[rng.random((n, p)) < draw(st.sampled_from([0.0, 0.2, 0.6]))] = np.nan
    return np.round(minutes, 3), rng.integers(0, 20, n) * 1.0, rng.integers(0, 40, p) * 1.0


def crowding(flow, people, supply):
    """Return the load of each place relative to its supply and to the average."""
    return flow.sum(axis=0) / (supply * people.sum() / supply.sum())


@given(cities(cells=5, places=3))
@law
def test_raam_is_the_least_of_the_convex_program(city):
    """Against SciPy's SLSQP on the program itself."""
    minutes, people, supply = city
    assume(people.sum() > 0)
    assume(supply.sum() > 0)
    tau = 60.0
    cost = np.round(minutes * 600) / 600 / tau
    pairs = np.argwhere(~np.isnan(cost) & (people[:, None] > 0) & (supply > 0))
    assume(len(pairs))
    i, j = pairs.T
    cells = np.unique(i)
    rho = people.sum() / supply.sum()
    scale = people.sum()

    def objective(x):
        load = np.bincount(j, weights=x, minlength=len(supply))
        congestion = np.divide(load**2, 2 * rho * supply, out=np.zeros_like(load), where=supply > 0)
        return (x @ cost[i, j] + congestion.sum()) / scale

    def slope(x):
        load = np.bincount(j, weights=x, minlength=len(supply))
        return (cost[i, j] + load[j] / (rho * supply[j])) / scale

    start = people[i] / np.bincount(i)[i]
    rows = (i == cells[:, None]).astype(float)
    balance = {"type": "eq", "fun": lambda x: rows @ x - people[cells], "jac": lambda x: rows}
    found = minimize(
        objective,
        start,
        jac=slope,
        bounds=[(0, None)] * len(start),
        constraints=[balance],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    price = np.bincount(j, weights=found.x, minlength=len(supply)) / np.where(
        supply > 0, rho * supply, 1
    )
    dear = np.where(np.isnan(cost) | (supply == 0), np.inf, cost + price)
    value = measure.raam(times_of(minutes), people=people, supply=supply)
    assert np.allclose(value, dear.min(axis=1), atol=2e-4)


def test_raam_at_equilibrium_by_hand():
    """Two places side by side: nobody is better off at the other."""
    times = times_of(np.array([[0.0, 30], [30, 0]]))
    value = measure.raam(times, people=[30, 10], supply=[1, 1])
    assert value.to_numpy() == pytest.approx([1.25, 0.75], abs=1e-6)
    value = measure.raam(times, people=[30, 10], supply=[1, 1], tau=6)  # too far to change
    assert value.to_numpy() == pytest.approx([1.5, 0.5], abs=1e-6)


def large(n=3000, p=40, seed=5):
    rng = np.random.default_rng(seed)
    cells, places = rng.random((n, 2)) * 40, rng.random((p, 2)) * 40
    minutes = np.sqrt(((cells[:, None] - places) ** 2).sum(axis=2))
    minutes[minutes > 15] = np.nan
    return minutes, rng.integers(0, 50, n) * 1.0, rng.integers(1, 60, p) * 1.0


@pytest.mark.parametrize("seed", [1, 2])
def test_flows_of_a_larger_city_satisfy_wardrop(seed):
    """The optimality conditions: every choice made is a cheapest one, at the prices it causes."""
    minutes, people, supply = large(seed=seed)
    times = times_of(minutes)
    cost = np.round(minutes * 600) / 600 / 60
    lives = (people > 0) & (~np.isnan(cost)).any(axis=1)
    mask = ~np.isnan(cost[lives])
    first = np.concatenate([[0], np.cumsum(mask.sum(axis=1))])
    place = np.nonzero(mask)[1].astype(np.int32)
    rows = Rows(cost[lives][mask], first, place, people[lives], np.arange(first[-1]))
    capacity = supply * people.sum() / supply.sum()
    flow = np.zeros(mask.shape)
    flow[mask] = settle(rows, congestion(capacity), len(supply), gap=1e-10).flow
    assert np.allclose(flow.sum(axis=1), rows.people, rtol=1e-9)
    assert (flow >= 0).all()
    dear = np.where(mask, cost[lives] + crowding(flow, people, supply), np.inf)
    least = dear.min(axis=1)
    regret = np.where(mask, dear - least[:, None], 0)
    assert regret[flow > 1e-6 * rows.people[:, None]].max() < 1e-5
    assert (flow * regret).sum() <= 1e-10 * (rows.people @ least) * (1 + 1e-9)
    value = measure.raam(times, people=people, supply=supply, gap=1e-10)
    assert np.allclose(value[lives], least, atol=1e-7)


def test_raam_refuses_a_gap_that_cannot_be_reached():
    times = times_of(np.array([[0.0, 30], [30, 0]]))
    with pytest.raises(CapacityError, match="E913"):
        measure.raam(times, people=[30, 10], supply=[1, 1], gap=1e-300)
    with pytest.raises(InputError, match="E900"):
        measure.raam(times, people=[30, 10], supply=[1, 1], tau=0)


def test_a_search_that_rounding_sends_round_and_round_ends(monkeypatch):
    """Few pairs seem settled every time, and the whole never is."""
    judge = transport._judge

    def astray(rows, law, flow, price, outside):
        found = judge(rows, law, flow, price, outside)
        whole = len(rows.cost) == 4
        return replace(found, gap=1.0 if whole else 0.0, regret=1.0)

    monkeypatch.setattr(transport, "_judge", astray)
    times = times_of(np.array([[0.0, 30], [30, 0]]))
    with pytest.raises(CapacityError, match="E913"):
        measure.assigned(times, people=[30, 10], supply=[20, 20])


def most_and_nearest(minutes, people, supply):
    """Return the most that can be seated and their least travel, by HiGHS."""
    n, p = minutes.shape
    some = ~np.isnan(minutes.ravel())
    away = np.nan_to_num(minutes).ravel()
    rows = np.zeros((n + p, n * p))
    for i in range(n):
        rows[i, i * p : (i + 1) * p] = 1
    for j in range(p):
        rows[n + j, j::p] = 1
    room = np.concatenate([people, supply])
    bounds = [(0, None if ok else 0) for ok in some]
    most = -linprog(-np.ones(n * p), A_ub=rows, b_ub=room, bounds=bounds).fun
    least = linprog(away - 1e4, A_ub=rows, b_ub=room, bounds=bounds)
    return most, float(least.x @ away)


@given(cities())
@settings(law, max_examples=40)
def test_as_many_as_can_be_are_seated_with_the_least_travel(city):
    minutes, people, supply = city
    seat = measure.assigned(times_of(minutes), people=people, supply=supply)
    flow = np.zeros(minutes.shape)
    for (cell, place), number in seat.items():
        flow[int(cell), int(place)] = number
    assert (flow.sum(axis=0) <= supply + 1e-3).all()
    assert (flow.sum(axis=1) <= people + 1e-6).all()
    assert not flow[np.isnan(minutes)].any()
    most, least = most_and_nearest(np.round(minutes * 600) / 600, people, supply)
    assert flow.sum() == pytest.approx(most, abs=2e-3)
    travel = (flow * np.nan_to_num(minutes)).sum()
    assert travel == pytest.approx(least, abs=1e-3 * max(most, 1))


@pytest.mark.parametrize("share", [0.5, 0.9, 2.0])
def test_seats_of_a_larger_city_against_linear_programming(share):
    minutes, people, supply = large(n=1500, p=15)
    supply *= share * people.sum() / supply.sum()
    seat = measure.assigned(times_of(minutes), people=people, supply=supply)
    most, least = most_and_nearest_sparse(np.round(minutes * 600) / 600, people, supply)
    assert seat.sum() == pytest.approx(most, rel=1e-6)
    cell, place = (seat.index.get_level_values(k).astype(int) for k in (0, 1))
    assert (seat.to_numpy() * minutes[cell, place]).sum() == pytest.approx(least, rel=1e-4)


def most_and_nearest_sparse(minutes, people, supply):
    from scipy.sparse import csr_array, vstack

    i, j = np.nonzero(~np.isnan(minutes))
    k, one = np.arange(len(i)), np.ones(len(i))
    rows = vstack(
        [
            csr_array((one, (i, k)), shape=(len(people), len(k))),
            csr_array((one, (j, k)), shape=(len(supply), len(k))),
        ]
    )
    found = linprog(minutes[i, j] - 1e3, A_ub=rows, b_ub=np.concatenate([people, supply]))
    return found.x.sum(), float(found.x @ minutes[i, j])
