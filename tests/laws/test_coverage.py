"""Laws of coverage, on drawn towns with people and places at random letters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from access import Question, evaluate
from access._rounding import rounded, rounded_steps
from access.measure.coverage import count_within, weighted_mean, weighted_median
from access.testing import toy_study

law = settings(max_examples=40, derandomize=True, deadline=None)
LETTERS = "abcdefghijklmnop"
GRID = "\n".join(LETTERS[i : i + 4] for i in range(0, 16, 4))
ASKED = Question(minutes=(1, 2, 4))


@st.composite
def studies(draw, least: int = 1, spacing_m: float = 100):
    pair = st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS))
    pairs = draw(st.lists(pair.filter(lambda e: e[0] != e[1]), min_size=3, max_size=20))
    ways = {f"{a}{b}#{i}": {"highway": "footway"} for i, (a, b) in enumerate(pairs)}
    homes = draw(st.dictionaries(st.sampled_from(LETTERS), st.integers(0, 50), min_size=1))
    centres = draw(st.lists(st.sampled_from(LETTERS), min_size=least, max_size=5, unique=True))
    return toy_study(
        GRID, ways, people=homes, centres="".join(sorted(centres)), spacing_m=spacing_m
    )


def without_last(study):
    """Return the study with one place less."""
    places = study.places
    fewer = {
        name: getattr(places, name)[:-1]
        for name in places.__slots__
        if isinstance(getattr(places, name), np.ndarray)
    }
    return replace(study, places=replace(places, **fewer), place_district=study.place_district[:-1])


@given(studies(least=2, spacing_m=1100))
@law
def test_one_more_place_never_serves_fewer(study):
    """M30, with snaps held fast: every street is long enough to be no small island.

    (A place on a small island opens it for snaps, and its people may lose the main streets.)
    """
    asked = Question(minutes=(10, 20, 40))
    more, fewer = evaluate(study, asked), evaluate(without_last(study), asked)
    assert not (fewer.reached() & ~more.reached()).any()
    known = fewer.nearest_tenths >= 0
    assert (more.nearest_tenths[known] >= 0).all()
    assert (more.nearest_tenths[known] <= fewer.nearest_tenths[known]).all()


@given(studies(), st.floats(0.1, 30), st.floats(0.1, 30))
@law
def test_more_minutes_never_serve_fewer(study, one, other):
    """M31."""
    outcome = evaluate(study, ASKED)
    assert (outcome.reached(min(one, other)) <= outcome.reached(max(one, other))).all()


@given(studies())
@law
def test_every_resident_is_within_beyond_or_without_a_way(study):
    """M31: the ledger."""
    outcome = evaluate(study, ASKED)
    city = outcome.districts().iloc[0]
    assert city.people == city.within_4 + city.underserved
    assert city.people == study.cells.people.sum()
    reasons = outcome.reasons()
    assert reasons.people.sum() == city.underserved
    assert reasons.cells.sum() == outcome.underserved().sum()


@given(studies())
@law
def test_the_answer_does_not_depend_on_the_order_of_rows(study):
    """M10."""
    order = np.arange(len(study.cells))[::-1]
    cells = study.cells
    turned = replace(
        study,
        cells=replace(
            cells,
            **{n: getattr(cells, n)[order] for n in ("ids", "lonlat", "people", "rows")},
        ),
        groups={"all": study.groups["all"][order]},
        cell_district=study.cell_district[order],
    )
    one, other = evaluate(study, ASKED), evaluate(turned, ASKED)
    assert (one.nearest_tenths == other.nearest_tenths[order]).all()
    assert one.districts().equals(other.districts())


@given(studies(least=2), studies())
@law
def test_reuse_gives_the_same_as_computing_afresh(study, other):
    earlier = evaluate(other, ASKED)
    assert evaluate(study, ASKED, reuse=earlier) == evaluate(study, ASKED)
    assert evaluate(study, ASKED, reuse=evaluate(without_last(study), ASKED)) == evaluate(
        study, ASKED
    )


counts = st.lists(st.floats(0, 1000), min_size=1, max_size=20)


@given(counts)
@law
def test_rounding_keeps_the_sum(values):
    """M39."""
    whole = rounded(np.array(values))
    assert whole.sum() == np.floor(sum(values) + 0.5 + 1e-6)
    assert (np.abs(whole - values) < 1 + 1e-6).all()


@given(st.lists(st.lists(st.floats(0, 100), min_size=4, max_size=4), min_size=1, max_size=12))
@law
def test_rounding_steps_keeps_them_ascending_and_near(rows):
    exact = np.cumsum(np.array(rows), axis=1)
    whole = rounded_steps(exact)
    assert (np.diff(whole, axis=1) >= 0).all()
    assert (np.abs(whole - exact) < 1 + 1e-5).all()
    assert (whole[:, 0].sum()) == np.floor(exact[:, 0].sum() + 0.5 + 1e-6)


@given(
    st.lists(
        st.tuples(st.integers(-6, 9000), st.integers(0, 50), st.integers(-1, 2)),
        min_size=1,
        max_size=30,
    ),
    st.lists(st.integers(1, 15), min_size=1, max_size=5, unique=True).map(sorted),
)
@law
def test_counting_equals_counting_by_hand(rows, minutes):
    tenths, people, area = (np.array(c) for c in zip(*rows, strict=True))
    got = count_within(
        tenths.astype(np.int32), people.astype(float), area.astype(np.int32), 3, np.array(minutes)
    )
    for a in range(3):
        for k, m in enumerate(minutes):
            by_hand = sum(p for t, p, where in rows if where == a and 0 <= t <= m * 600)
            assert got[a, k] == by_hand


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), min_size=1, max_size=20))
@law
def test_weights_are_repeated_rows(rows):
    """M38, for mean and median."""
    minutes, people = (np.array(c, dtype=float) for c in zip(*rows, strict=True))
    repeated = np.sort(np.repeat(minutes, people.astype(int)))
    assert np.isclose(weighted_mean(minutes, people), repeated.mean())
    assert weighted_median(minutes, people) == repeated[(len(repeated) - 1) // 2]


def test_the_limit_itself_is_within():
    town = toy_study("a b", {"ab": {}}, people={"a": 1}, centres="b", spacing_m=36)
    outcome = evaluate(town, Question(minutes=(1, 2)))
    assert outcome.nearest_tenths.tolist() == [600]
    assert outcome.reached(1).all()
    assert not outcome.reached(0.998).any()


def test_a_city_without_anybody_has_shares_of_nothing():
    town = toy_study("a b", {"ab": {}}, people={"a": 0}, centres="b")
    city = evaluate(town, ASKED).districts().iloc[0]
    assert city.people == city.underserved == 0
    assert np.isnan(city.share_4)
    assert np.isnan(city.mean_min)
