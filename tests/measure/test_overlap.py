"""Overlap of institutions against counting by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import TravelTimes, measure
from access.errors import InputError

law = settings(max_examples=60, derandomize=True, deadline=None)


@st.composite
def towns(draw):
    n, p = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    minutes = rng.integers(0, 20, (n, p)).astype(float)
    minutes[rng.random((n, p)) < 0.3] = np.nan
    owner = rng.integers(0, 3, p).astype(str)
    return minutes, rng.integers(0, 9, n) * 1.0, owner, rng


def times_of(minutes):
    n, p = minutes.shape
    return TravelTimes.from_matrix(minutes * 60, cells=range(n), places=range(p))


@given(towns())
@law
def test_shared_and_unique_people_by_hand(town):
    minutes, people, owner, _ = town
    within = np.nan_to_num(minutes, nan=np.inf) <= 10
    asked = {"people": people, "minutes": 10}
    times = times_of(minutes)
    both = measure.shared(times, **asked)
    alone = measure.unique(times, **asked)
    p = minutes.shape[1]
    for a in range(p):
        for b in range(p):
            assert both.iloc[a, b] == people[within[:, a] & within[:, b]].sum()
        others = np.delete(within, a, axis=1).any(axis=1)
        assert alone.iloc[a] == people[within[:, a] & ~others].sum()
    joined = {o: within[:, owner == o].any(axis=1) for o in np.unique(owner)}
    both = measure.shared(times, **asked, by=owner)
    alone = measure.unique(times, **asked, by=pd.Series(owner, index=times.places)[::-1])
    for a, mine in joined.items():
        for b, theirs in joined.items():
            assert both.loc[a, b] == people[mine & theirs].sum()
        others = [w for o, w in joined.items() if o != a]
        elsewhere = np.any(others, axis=0) if others else np.zeros(len(people), bool)
        assert alone[a] == people[mine & ~elsewhere].sum()


@given(towns())
@law
def test_fields_doubled_and_missing_by_hand(town):
    minutes, people, _, rng = town
    within = np.nan_to_num(minutes, nan=np.inf) <= 10
    n, p = minutes.shape
    rows = [(str(j), f, b) for j in range(p) for f in "xy" for b in "de" if rng.random() < 0.5]
    offers = pd.DataFrame(rows, columns=["place", "field", "band"])
    times, asked = times_of(minutes), {"offers": offers, "minutes": 10}
    choice = measure.choice(times, **asked)
    for i in range(n):
        assert choice.iloc[i] == len({f for j, f, _ in rows if within[i, int(j)]})
    double = measure.duplicates(times, people=people, **asked)
    expected = {
        (f, b, j, k, people[within[:, int(j)] & within[:, int(k)]].sum())
        for j, f, b in rows
        for k, g, c in rows
        if j < k and (f, b) == (g, c)
    }
    columns = ["field", "band", "place", "other", "shared"]
    assert set(double[columns].itertuples(index=False, name=None)) == expected
    assert double["shared"].is_monotonic_decreasing
    gone = measure.missing(times, people=people, **asked)
    fields, bands = {r[1] for r in rows}, {r[2] for r in rows}
    assert len(gone) == len(fields) * len(bands)
    for f, b, places, reached, missing in gone.itertuples(index=False):
        where = [int(j) for j, g, c in rows if (g, c) == (f, b)]
        assert places == len(where)
        assert reached == people[within[:, where].any(axis=1)].sum()
        assert reached + missing == people.sum()


@given(towns())
@law
def test_room_sharing_by_hand(town):
    minutes, people, _, rng = town
    within = np.nan_to_num(minutes, nan=np.inf) <= 10
    p = minutes.shape[1]
    hours = rng.integers(0, 20, p) * 1.0
    used = np.minimum(hours, rng.integers(0, 20, p))
    table = measure.room_sharing(
        times_of(minutes), people=people, minutes=10, used=used, open=hours
    )
    expected = {
        (str(g), str(h), used[g], hours[h] - used[h])
        for g in range(p)
        for h in range(p)
        if g != h and 0 < used[g] <= hours[h] - used[h]
    }
    columns = ["guest", "host", "hours", "free"]
    assert set(table[columns].itertuples(index=False, name=None)) == expected
    for row in table.itertuples():
        guest, host = within[:, int(row.guest)], within[:, int(row.host)]
        assert row.gained == people[host & ~guest].sum()
        assert row.lost == people[guest & ~host].sum()
        assert row.kept == people[guest & host].sum()
    assert (table["gained"] - table["lost"]).is_monotonic_decreasing


def test_what_does_not_fit_is_refused():
    times = times_of(np.zeros((1, 2)))
    with pytest.raises(InputError, match="E914"):
        measure.room_sharing(times, people=[1], minutes=5, used=[5, 0], open=[4, 9])
    with pytest.raises(InputError, match="E915"):
        measure.choice(times, offers=pd.DataFrame({"place": ["0"]}), minutes=5)
    offers = pd.DataFrame({"place": ["9"], "field": ["x"]})
    with pytest.raises(InputError, match="E905"):
        measure.choice(times, offers=offers, minutes=5)
