"""Zones against every grouping of small cases."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from access import TravelTimes, measure
from access.errors import InputError


def town(n, seed):
    rng = np.random.default_rng(seed)
    at = rng.random((n, 2)) * 20
    minutes = np.round(np.hypot(*(at[:, None] - at).transpose(2, 0, 1)), 1)
    ids = [f"u{i}" for i in range(n)]
    times = TravelTimes.from_matrix(minutes * 60, cells=ids, places=ids)
    return times, minutes, rng.integers(1, 30, n) * 1.0


def score(zone, minutes, people, zones, tolerance):
    mean = people.sum() / zones
    off = travel = 0.0
    for z in range(zones):
        inside = zone == z
        off += max(0, abs(people[inside].sum() - mean) - tolerance * mean)
        travel += (people[inside, None] * minutes[inside]).sum(axis=0).min()
    return round(off, 6), travel


def found_and_best(n, zones, tolerance, seed):
    """Return the score of the zones found, and the best of all groupings."""
    times, minutes, people = town(n, seed)
    best = min(
        score(np.array(z), minutes, people, zones, tolerance)
        for z in product(range(zones), repeat=n)
        if z[0] == 0 and len(set(z)) == zones
    )
    found = measure.group_zones(times, people=people, zones=zones, tolerance=tolerance)
    return score(found.to_numpy() - 1, minutes, people, zones, tolerance), best


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("n", "tolerance"), [(7, 0.1), (9, 0.05), (5, 0.0)])
def test_no_two_zones_of_a_small_town_are_better(n, tolerance, seed):
    found, best = found_and_best(n, 2, tolerance, seed)
    assert found == (pytest.approx(best[0], abs=1e-5), pytest.approx(best[1]))


def test_three_zones_are_hardly_ever_worse_than_the_best():
    best_of_all = 0
    for seed in range(20):
        found, best = found_and_best(7, 3, 0.15, seed)
        assert found[0] <= best[0] * 1.2 + 1e-5
        same = found[0] <= best[0] + 1e-5
        assert not same or found[1] <= 1.05 * best[1]
        best_of_all += same and found[1] <= best[1] * (1 + 1e-9)
    assert best_of_all >= 19


def test_a_grouping_is_scored_whoever_made_it():
    times, minutes, people = town(40, 3)
    zone = measure.group_zones(times, people=people, zones=5)
    assert zone.index.tolist() == times.cells.tolist()
    assert sorted(set(zone)) == [1, 2, 3, 4, 5]
    assert zone.iloc[0] == 1
    table = measure.zone_table(times, people=people, by=zone[::-1])
    assert table["people"].sum() == people.sum()
    assert table["balance"].between(0.8, 1.2).all()
    off, travel = score(zone.to_numpy() - 1, minutes, people, 5, 0.2)
    assert off == 0
    assert (table["people"] * table["mean_min"]).sum() == pytest.approx(travel)
    for name, row in table.iterrows():
        inside = zone.astype(str).to_numpy() == name
        place = times.places.tolist().index(row["place"])
        assert row["most_min"] == minutes[inside, place].max()
        assert row["units"] == inside.sum()
    again = measure.group_zones(times, people=people, zones=5)
    assert again.equals(zone)
    stripes = np.arange(40) % 5
    worse = measure.zone_table(times, people=people, by=stripes)
    assert (worse["people"] * worse["mean_min"]).sum() > travel


def test_where_there_is_no_way():
    minutes = np.array([[0, 5, np.nan], [5, 0, np.nan], [np.nan, np.nan, 0]])
    times = TravelTimes.from_matrix(minutes * 60, cells="abc", places="abc")
    zone = measure.group_zones(times, people=[5, 5, 5], zones=2, tolerance=0.5)
    assert zone.tolist() == [1, 1, 2]
    cut = measure.zone_table(times, people=[5, 5, 5], by=[1, 2, 2])
    assert cut.loc["2", "most_min"] == np.inf
    empty = measure.zone_table(times, people=[5, 0, 0], by=[1, 2, 2])
    assert np.isnan(empty.loc["2", "mean_min"])


def test_what_cannot_be_grouped_is_refused():
    times, _, people = town(4, 1)
    for wrong in ({"zones": 5}, {"zones": 0}, {"zones": 2, "tolerance": -1}):
        with pytest.raises(InputError, match="E917"):
            measure.group_zones(times, people=people, **wrong)
    nowhere = TravelTimes.from_matrix(np.empty((4, 0)), cells=times.cells, places=[])
    with pytest.raises(InputError, match="E917"):
        measure.zone_table(nowhere, people=people, by=[1, 1, 2, 2])
