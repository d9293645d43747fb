"""The published optima of San Francisco: 16 stores, 205 tracts (MEASURES O11, O12)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from access._geo import project
from access.decide.backup import most_backed
from access.decide.gains import least_travel, most_covered
from access.decide.rules import exactly
from access.decide.sets import cover_all, least_farthest, most_apart
from access.decide.siting import Siting

pytestmark = pytest.mark.data

COVERED = {1: (448255, 107, "16"), 2: (671938, 150, "12,16"), 3: (791499, 169, "12,15,2")}
COVERED |= {4: (875247, 184, "11,12,15,2")}
MEDIANS = {
    1: (5731159103.6753, 6000.503714, "13"),
    2: (4009098972.1349, 4197.512726, "12,15"),
    3: (3385565397.5315, 3544.675235, "11,15,5"),
    4: (2848268129.7145, 2982.1268579890657, "11,12,15,2"),
}
CENTERS = {1: 11577.2790, 2: 9130.7587, 3: 7529.9860, 4: 7403.06}


@pytest.fixture(scope="module")
def stores(real_data):
    folder = real_data / "location_san_francisco"
    name = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    table = pd.read_csv(folder / name)
    wide = table.pivot(index="DestinationName", columns="name", values="distance")
    people = table.groupby("DestinationName").demand.first()
    names = [column.removeprefix("Store_") for column in wide.columns]
    assert wide.shape == (205, 16)
    assert people.sum() == 955113
    return Siting.of(wide.to_numpy(), people.to_numpy(), candidates=names)


def opening(siting: Siting, sites: int) -> Siting:
    return siting.but(rules=(exactly(sites, len(siting)),))


@pytest.mark.parametrize("p", COVERED)
def test_maximal_coverage(stores, p):
    plan = most_covered(opening(stores, p), 5000)
    people, tracts, sites = COVERED[p]
    assert (plan.status, plan.objective, ",".join(plan.sites)) == ("optimal", people, sites)
    assert int((stores.nearest(plan.chosen) <= 5000).sum()) == tracts
    assert (plan.ties, plan.all_ties) == ((), True)


def test_the_share_is_of_people_not_of_tracts(stores):
    plan = most_covered(opening(stores, 4), 5000)
    assert 100 * plan.objective / stores.people.sum() == pytest.approx(91.6381, abs=5e-5)


@pytest.mark.parametrize("p", MEDIANS)
def test_median(stores, p):
    plan = least_travel(opening(stores, p))
    total, mean, sites = MEDIANS[p]
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(total, abs=5e-5)
    assert plan.objective / stores.people.sum() == pytest.approx(mean, abs=5e-7)
    assert (",".join(plan.sites), plan.ties, plan.all_ties) == (sites, (), True)


@pytest.mark.parametrize("p", range(5, 9))
def test_more_medians_are_unique_and_more_coverage_is_not(stores, p):
    assert least_travel(opening(stores, p)).ties == ()
    plan = most_covered(opening(stores, p), 5000)
    assert plan.all_ties
    assert len(plan.ties) == (7 if p == 8 else 0)


@pytest.mark.parametrize("p", CENTERS)
def test_center(stores, p):
    plan = least_farthest(opening(stores, p))
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(CENTERS[p], abs=5e-3 if p == 4 else 5e-5)


@pytest.mark.parametrize(("p", "ties"), [(1, 1), (2, 1), (3, 2), (4, 1), (5, 3), (6, 2), (8, 6)])
def test_center_ties(stores, p, ties):
    plan = least_farthest(opening(stores, p))
    assert plan.all_ties
    assert len(plan.ties) + 1 == ties


@pytest.mark.parametrize(("limit", "sites"), [(5000, 8), (6000, 5), (8000, 3)])
def test_covering_everybody(stores, limit, sites):
    plan = cover_all(stores, limit)
    assert (plan.status, plan.objective) == ("optimal", sites)
    fewer = most_covered(opening(stores, sites - 1), limit)
    assert fewer.objective < stores.people.sum()
    assert most_covered(opening(stores, sites), limit).objective == stores.people.sum()
    assert least_farthest(opening(stores, sites)).objective <= limit


def test_what_cannot_be_covered_is_listed(stores):
    plan = cover_all(stores, 4000)
    assert plan.status == "infeasible"
    assert len(plan.unserved) == 5
    assert "5 cells" in plan.conflict[1][1]
    assert cover_all(stores, 4000, best_effort=True).status == "optimal"


TWICE = [(5000, 8, 145), (6000, 5, 81), (8000, 3, 140)]


@pytest.mark.parametrize(("limit", "sites", "twice"), TWICE)
def test_double_cover_counts_no_tract_that_one_store_alone_reaches(stores, limit, sites, twice):
    """Others report 167 and 143 tracts at 5000 and 8000 m (T1)."""
    everybody = Siting.of(stores.cost, np.ones(205), rules=[exactly(sites, 16)])
    plan = most_backed(everybody, limit, everybody=True)
    assert (plan.status, plan.objective) == ("optimal", twice)


APART = [(2, 18705.4648, "18,6"), (3, 10164.4945, "1,19,6"), (4, 8600.5362, "1,12,19,6")]
APART.append((5, 6691.0535, "1,11,14,18,7"))


@pytest.mark.parametrize(("p", "metres", "published"), APART)
def test_dispersion(stores, real_data, p, metres, published):
    """Only the nearest pair decides, so that other sets are as good as the published one."""
    table = pd.read_csv(real_data / "location_san_francisco" / "SF_store_site_16_longlat.csv")
    table["name"] = table.NAME.str.removeprefix("Store_")
    table = table.set_index("name").loc[stores.candidates.tolist()]
    xy = project(table[["long", "lat"]].to_numpy(), 7131)
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    plan = most_apart(opening(stores, p), apart)
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(metres, abs=5e-4)
    sites = [stores.candidates.tolist().index(name) for name in published.split(",")]
    between = apart[np.ix_(sites, sites)][np.triu_indices(p, k=1)]
    assert between.min() == pytest.approx(plan.objective, abs=5e-4)
