"""Laws of the measures, on random travel times (reference: the laws M32 to M39)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from access import TravelTimes, measure
from access._rounding import rounded
from access.measure import Decay

law = settings(max_examples=60, derandomize=True, deadline=None)

DECAYS = st.one_of(
    st.builds(Decay.binary, st.floats(1, 40)),
    st.builds(Decay.exponential, st.floats(0.01, 1)),
    st.builds(Decay.half_life, st.floats(1, 60)),
    st.builds(Decay.power, st.floats(0.1, 3)),
    st.builds(Decay.linear, st.floats(1, 60)),
    st.builds(Decay.taper, st.floats(10, 40), st.floats(1, 20)),
    st.builds(Decay.gaussian, st.floats(1, 40)),
    st.builds(Decay.logistic, st.floats(5, 40), st.floats(1, 10)),
    st.just(Decay.stepped({10: 1, 20: 0.68, 30: 0.22})),
)


@st.composite
def worlds(draw, cells=6, places=4):
    """Draw travel times with gaps, people and supply."""
    n, p = draw(st.integers(1, cells)), draw(st.integers(1, places))
    minutes = draw(arrays.arrays(float, (n, p), elements=st.integers(0, 60)))
    gaps = draw(arrays.arrays(bool, (n, p)))
    people = draw(arrays.arrays(float, n, elements=st.integers(0, 50)))
    supply = draw(arrays.arrays(float, p, elements=st.integers(0, 50)))
    return np.where(gaps, np.nan, minutes * 60), people, supply


def times_of(seconds):
    n, p = seconds.shape
    return TravelTimes.from_matrix(seconds, cells=range(n), places=range(p))


@given(DECAYS, st.lists(st.floats(0, 200), min_size=2))
@law
def test_decays_fall_from_one_to_nothing(decay, minutes):
    """M32."""
    weights = decay(np.sort(minutes))
    assert (weights >= 0).all()
    assert (weights <= 1).all()
    assert (np.diff(weights) <= 1e-12).all()
    assert decay(0.0) == 1
    if np.isfinite(decay.reach):
        assert decay(decay.reach + 0.01) == 0


@given(st.floats(1, 60), st.floats(0, 120))
@law
def test_soft_decays_become_steps(limit, minutes):
    """M32: as their width goes to nothing."""
    assume(abs(minutes - limit) > 0.01)
    step = Decay.binary(limit)(minutes)
    assert Decay.taper(limit, 1e-3)(minutes) == step
    assert Decay.logistic(limit, 1e-4)(minutes) == pytest.approx(step, abs=1e-9)


@given(worlds(), st.integers(0, 60), DECAYS)
@law
def test_cumulative_is_gravity_with_a_step_and_both_are_sums(world, minutes, decay):
    """M32, M33."""
    seconds, people, supply = world
    times = times_of(seconds)
    cumulative = measure.cumulative(times, supply=supply, minutes=minutes)
    if minutes > 0:
        step = measure.gravity(times, supply=supply, decay=Decay.binary(minutes))
        assert np.array_equal(cumulative, step)
    by_hand = (np.nan_to_num(seconds, nan=np.inf) <= minutes * 60) @ supply
    assert np.allclose(cumulative, by_hand)
    parts = sum(
        measure.gravity(times, supply=supply * (np.arange(len(supply)) == j), decay=decay)
        for j in range(len(supply))
    )
    whole = measure.gravity(times, supply=supply, decay=decay)
    assert np.allclose(whole, parts)
    weights = np.where(np.isnan(seconds), 0, decay(np.nan_to_num(seconds) / 60))
    assert np.allclose(whole, weights @ supply)
    assert np.allclose(measure.passive(times, people=people, decay=decay), people @ weights)


@given(arrays.arrays(float, (4, 30), elements=st.integers(0, 60)), st.integers(0, 60))
@law
def test_a_sum_of_powers_of_two_says_which_places_were_reached(minutes, limit):
    """M34."""
    value = measure.cumulative(times_of(minutes * 60), supply=2.0 ** np.arange(30), minutes=limit)
    for i, total in enumerate(value):
        reached = {j for j in range(30) if int(total) >> j & 1}
        assert reached == set(np.flatnonzero(minutes[i] <= limit).tolist())


@given(worlds(), DECAYS)
@law
def test_catchments_give_out_what_there_is(world, decay):
    """M35."""
    seconds, people, supply = world
    times = times_of(seconds)
    weights = np.where(np.isnan(seconds), 0, decay(np.nan_to_num(seconds) / 60))
    asked = {"people": people, "supply": supply, "decay": decay}
    given_out = supply[people @ weights > 0].sum()
    for name in ("two_step", "three_step"):
        assert people @ getattr(measure, name)(times, **asked) == pytest.approx(given_out)
    modified = measure.modified_two_step(times, **asked)
    enhanced = measure.two_step(times, **asked)
    assert (modified <= enhanced + 1e-9).all()
    available = measure.spatial_availability(times, **asked)
    assert available.sum() == pytest.approx(given_out)
    assert np.allclose(available, enhanced * people)
    row = weights.sum(axis=1, keepdims=True)
    crowd = people @ np.divide(weights, row, out=np.zeros_like(weights), where=row > 0)
    service = np.divide(supply, crowd, out=np.zeros_like(supply), where=crowd > 0)
    assert measure.balanced(times, **asked).sum() == pytest.approx(service.sum())
    everyone = measure.totally_constrained(times, supply=supply, decay=decay)
    assert everyone.sum() == pytest.approx(supply[weights.sum(axis=0) > 0].sum())


@given(worlds(), DECAYS)
@law
def test_catchments_equal_their_formulas(world, decay):
    seconds, people, supply = world
    times = times_of(seconds)
    f = np.where(np.isnan(seconds), 0, decay(np.nan_to_num(seconds) / 60))
    asked = {"people": people, "supply": supply, "decay": decay}

    def over(a, b):
        return np.divide(a, b, out=np.zeros(np.broadcast_shapes(a.shape, b.shape)), where=b > 0)

    enhanced = f @ over(supply, people @ f)
    g = over(f, f.sum(axis=1, keepdims=True))
    h = over(f * supply, (f @ supply)[:, None])
    three = (g * f) @ over(supply, people @ (g * f))
    huff = (h * f) @ over(supply, people @ h)
    balanced = over(f, f.sum(axis=0)[None]) @ over(supply, people @ g)
    assert np.allclose(measure.two_step(times, **asked), enhanced)
    assert np.allclose(measure.modified_two_step(times, **asked), f**2 @ over(supply, people @ f))
    assert np.allclose(measure.three_step(times, **asked), three)
    assert np.allclose(measure.huff_three_step(times, **asked), huff)
    assert np.allclose(measure.balanced(times, **asked), balanced)


@given(worlds(), st.integers(0, 60), DECAYS)
@law
def test_one_more_place_never_takes_from_anybody(world, seats, decay):
    """M36: not so where people choose among places."""
    seconds, people, supply = world
    assume(seconds.shape[1] > 1)
    asked = {"people": people, "decay": decay}
    more = measure.two_step(times_of(seconds), supply=supply, **asked)
    fewer = measure.two_step(times_of(seconds[:, :-1]), supply=supply[:-1], **asked)
    assert (more >= fewer - 1e-9).all()


@pytest.mark.parametrize("name", ["two_step", "three_step", "modified_two_step"])
def test_closed_forms_on_a_grid(name):
    """M37, PySAL's unit grid: each cell its own place; then one catchment for all."""
    n = 25
    far = np.full((n, n), 600.0)
    np.fill_diagonal(far, 0)
    people, supply = np.arange(1.0, n + 1), np.full(n, 50.0)
    own = getattr(measure, name)(times_of(far), people=people, supply=supply, minutes=5)
    assert np.allclose(own, supply / people)
    if name == "two_step":
        everybody = measure.two_step(times_of(far), people=people, supply=supply, minutes=10)
        assert np.allclose(everybody, supply.sum() / people.sum())


@given(worlds(), st.integers(1, 4))
@law
def test_the_nth_nearest_by_hand(world, n):
    seconds, people, supply = world
    times = times_of(seconds)
    minutes = np.sort(np.nan_to_num(seconds, nan=np.inf) / 60, axis=1)
    padded = np.column_stack([minutes, np.full((len(minutes), 4), np.inf)])
    assert np.array_equal(measure.nearest(times, n=n), padded[:, n - 1])
    for i, cell in enumerate(seconds):
        steps = sorted({0.0, *(cell[~np.isnan(cell)] / 60)})
        enough = [t for t in steps if supply[cell <= t * 60].sum() >= people[i]]
        wanted = 0 if people[i] == 0 else min(enough, default=np.inf)
        assert measure.balancing(times, people=people, supply=supply).iloc[i] == wanted


@given(worlds(), st.integers(0, 30), st.integers(0, 30))
@law
def test_an_interval_by_hand(world, one, other):
    seconds, _, supply = world
    times = times_of(seconds)
    begin, end = sorted((one, other))
    limits = [measure.cumulative(times, supply=supply, minutes=m) for m in range(begin, end + 1)]
    for summary in ("mean", "median", "min", "max"):
        value = measure.interval(times, supply=supply, minutes=(begin, end), summary=summary)
        assert np.allclose(value, getattr(np, summary)(limits, axis=0))


# Inequality.

people_and_values = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=12
).filter(lambda rows: sum(w for _, w, _ in rows) > 0)


def indices(x, w, rank):
    return {
        "gini": measure.gini(x, w),
        "theil": measure.theil(x, w),
        "atkinson": measure.atkinson(x, w, 0.5),
        "atkinson 1": measure.atkinson(x, w, 1),
        "atkinson 2": measure.atkinson(x, w, 2),
        "palma": measure.palma(x, w, rank),
        "concentration": measure.concentration(x, w, rank),
    }


def same(one, other):
    for name, value in one.items():
        assert other[name] == pytest.approx(value, abs=1e-9, nan_ok=True), name


def columns(rows):
    return (np.array(c, dtype=float) for c in zip(*rows, strict=True))


@given(people_and_values)
@law
def test_inequality_ignores_scale_order_copies_and_empty_cells(rows):
    """M38."""
    x, w, rank = columns(rows)
    one = indices(x, w, rank)
    same(one, indices(x * 7, w, rank))
    same(one, indices(x, w * 3, rank))
    same(one, indices(x[::-1], w[::-1], rank[::-1]))
    same(one, indices(np.append(x, 99), np.append(w, 0), np.append(rank, 0)))
    whole = w.astype(int)
    repeated = [np.repeat(a, whole) for a in (x, rank)]
    same(one, indices(repeated[0], np.ones(whole.sum()), repeated[1]))


@given(people_and_values)
@law
def test_equal_access_is_no_inequality(rows):
    """M38."""
    x, w, rank = columns(rows)
    equal = indices(np.full_like(x, 5.0), w, rank)
    assert equal.pop("palma") == pytest.approx(1)
    assert all(abs(v) < 1e-12 for v in equal.values())
    assert 0 <= measure.gini(x, w) < 1
    curve = measure.lorenz(x, w)
    assert curve.iloc[-1].tolist() == pytest.approx([1, 1])
    assert (curve["value"] <= curve["people"] + 1e-12).all()


@given(people_and_values, st.floats(0, 1))
@law
def test_giving_to_the_poorer_never_raises_inequality(rows, part):
    """M38, Pigou and Dalton: a transfer that does not turn the order round."""
    x, w, rank = columns(rows)
    rich, poor = int(np.argmax(np.where(w > 0, x, -1))), int(np.argmin(np.where(w > 0, x, 99)))
    assume(x[rich] > x[poor])
    total = part * (x[rich] - x[poor]) * w[rich] * w[poor] / (w[rich] + w[poor])
    after = x.copy()
    after[rich] -= total / w[rich]
    after[poor] += total / w[poor]
    for name in ("gini", "theil", "atkinson", "atkinson 1", "atkinson 2"):
        assert indices(after, w, rank)[name] <= indices(x, w, rank)[name] + 1e-9


@given(people_and_values)
@law
def test_theil_parts_sum_to_the_whole(rows):
    """M38."""
    x, w, group = columns(rows)
    parts = measure.theil_parts(x, w, by=group)
    assert parts[["between", "within"]].to_numpy().sum() == pytest.approx(
        measure.theil(x, w), abs=1e-9
    )
    assert parts["people"].sum() == pytest.approx(1)
    assert (parts["within"] >= -1e-12).all()


@given(people_and_values)
@law
def test_gini_is_half_the_mean_difference(rows):
    x, w, _ = columns(rows)
    mean = w @ x / w.sum()
    assume(mean > 0)
    pairs = w @ np.abs(x[:, None] - x) @ w / w.sum() ** 2
    assert measure.gini(x, w) == pytest.approx(pairs / (2 * mean), abs=1e-9)
    assert measure.concentration(x, w, rank=x) == pytest.approx(measure.gini(x, w), abs=1e-9)


@given(people_and_values, st.integers(1, 40))
@law
def test_head_count_gap_and_severity_fall(rows, line):
    """M38 and the order of FGT."""
    x, w, _ = columns(rows)
    for high in (False, True):
        measures = [measure.fgt(x, w, line, alpha=a, high=high) for a in (0, 1, 2)]
        assert 1 >= measures[0] >= measures[1] - 1e-12
        assert measures[1] >= measures[2] - 1e-12 >= -1e-11
    below = w[x < line].sum() / w.sum()
    assert measure.fgt(x, w, line) == pytest.approx(below)


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=12))
@law
def test_rounded_shares_sum_to_a_hundred(values):
    """M39: shares of people by minutes, to 0.001 %, by largest remainder."""
    assume(sum(values) > 0)
    shares = np.array(values) / sum(values) * 100_000
    assert rounded(shares).sum() == 100_000


@given(people_and_values, st.lists(st.integers(0, 2), min_size=12, max_size=12))
@law
def test_parts_by_group_meet_in_the_mean(rows, labels):
    x, w, _ = columns(rows)
    by = pd.Series(labels[: len(x)])
    means = measure.grouped(measure.mean, x, w, by=by)
    size = pd.Series(w).groupby(by.astype(str)).sum()
    assert (means.fillna(0) * size).sum() / w.sum() == pytest.approx(measure.mean(x, w))


# Coverage as a function of the places that are there.


def covered(seconds, people, places, minutes):
    """The people with one of these places within the minutes."""
    if not places:
        return 0.0
    times = times_of(seconds[:, sorted(places)])
    return float(people @ (measure.cumulative(times, minutes=minutes) > 0).to_numpy())


@given(worlds(), st.integers(0, 60), st.data())
@law
def test_two_sets_of_places_cover_no_more_than_both_alone(world, minutes, data):
    """M30: never less with more places, the union bound, and a gain that shrinks as sets grow."""
    seconds, people, _ = world
    all_ = range(seconds.shape[1])
    one, other = (data.draw(st.sets(st.sampled_from(all_))) for _ in range(2))
    new = data.draw(st.sampled_from(all_))

    def by(places):
        return covered(seconds, people, places, minutes)

    assert by(one) <= by(one | other) <= by(one) + by(other) + 1e-9
    small, large = one & other, one
    assert by(small | {new}) - by(small) >= by(large | {new}) - by(large) - 1e-9
    before = measure.nearest(times_of(seconds[:, sorted(large | {new})]))
    if large:
        assert (before <= measure.nearest(times_of(seconds[:, sorted(large)]))).all()


@given(worlds())
@law
def test_with_time_without_end_all_who_have_a_way_are_covered(world):
    """M31."""
    seconds, people, _ = world
    way = np.isfinite(seconds).any(axis=1)
    assert covered(seconds, people, set(range(seconds.shape[1])), 10_000) == people[way].sum()


@given(worlds(), st.integers(1, 60), DECAYS)
@law
def test_a_place_nobody_reaches_gives_nothing(world, seats, decay):
    """M36: and nothing is divided by nobody."""
    seconds, people, supply = world
    alone = np.column_stack([seconds, np.full(len(seconds), np.nan)])
    for name in ("two_step", "three_step", "modified_two_step", "huff_three_step", "balanced"):
        asked = getattr(measure, name)
        without = asked(times_of(seconds), people=people, supply=supply, decay=decay)
        with_it = asked(
            times_of(alone), people=people, supply=np.append(supply, seats), decay=decay
        )
        assert np.isfinite(with_it).all()
        assert np.allclose(without, with_it)
