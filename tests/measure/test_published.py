"""Values that others published, reproduced; each test names where they stand.

RAC is the R package `accessibility` (Pereira and Herszenhut 2023), PAX PySAL's package `access`.
"""

from __future__ import annotations

from importlib.metadata import distribution

import numpy as np
import pandas as pd
import pytest

from access import TravelTimes, measure
from access.measure import Decay

NONE = float("nan")


def table(minutes, cells, places=None):
    matrix = np.array(minutes, dtype=float) * 60
    return TravelTimes.from_matrix(matrix, cells=cells, places=cells if places is None else places)


# Soukhov, Páez, Higgins and Mohamed (2023), the toy of RAC's test-spatial_availability.R; the other
# measures on it were recomputed with independent software.

TOY = table([[15, 30, 100], [30, 15, 100], [100, 100, 15]], "ABC", "123")
PEOPLE = [50_000, 150_000, 10_000]
JOBS = [100_000, 100_000, 10_000]
TOY_ASKED = {"people": PEOPLE, "supply": JOBS, "decay": Decay.exponential(0.1)}


def test_soukhov_spatial_availability():
    value = measure.spatial_availability(TOY, **TOY_ASKED)
    assert value.round().tolist() == [66833, 133203, 9963]
    assert value.sum() == pytest.approx(210_000, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "values", "total"),
    [
        ("two_step", [1.33666932, 0.88802242, 0.99631714], 210_000),
        ("modified_two_step", [0.27420602, 0.15176255, 0.22222586], 38_696.942),
        ("three_step", [1.77274657, 0.74241785, 0.99999944], 210_000),
        ("balanced", [1.33666257, 0.88801937, 0.99705324], 210_006.6),
    ],
)
def test_soukhov_catchments(name, values, total):
    value = getattr(measure, name)(TOY, **TOY_ASKED)
    assert value.to_numpy() == pytest.approx(values, abs=6e-9)
    assert (value * PEOPLE).sum() == pytest.approx(total, abs=0.06)


def test_soukhov_hansen():
    value = measure.gravity(TOY, supply=JOBS, decay=Decay.exponential(0.1))
    assert value.to_numpy() == pytest.approx([27292.177, 27292.177, 2240.382], abs=6e-4)


# Five cells of Belo Horizonte from RAC's sample data.

CELLS = ["909", "57b", "597", "5b3", "5cf"]
BELO = table(
    [
        [5.8, 60, 70, 68, 64],
        [64, 5.8, 47, 48, 47],
        [70, 45, 5.8, 13, 41],
        [67, 44, 13, 5.8, 42],
        [58, 43, 43, 49, 5.8],
    ],
    CELLS,
)
BELO_PEOPLE = [0, 852, 394, 1969, 2189]
BELO_JOBS = [0, 82, 308, 100, 109]


def test_belo_horizonte_counts():
    jobs = measure.cumulative(BELO, supply=BELO_JOBS, minutes=30)
    assert jobs.tolist() == [0, 82, 408, 408, 109]
    assert measure.passive(BELO, people=BELO_PEOPLE, minutes=45).tolist() == [
        0,
        5404,
        4552,
        2363,
        4552,
    ]


def test_belo_horizonte_nearest_school():
    """Both schools stand in one cell: the nearest, and the least time to two, are the same."""
    school = BELO.to_frame().query("place == '597'")
    assert measure.nearest(school).tolist() == [70, 47, 5.8, 13, 43]
    assert measure.dual(school, supply=[2], need=2).tolist() == [70, 47, 5.8, 13, 43]
    assert np.isinf(measure.nearest(school, n=2)).all()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("two_step", [0, 0.0152, 0.1491, 0.1491, 0.1068]),
        ("balanced", [0, 0.0094, 0.1993, 0.1993, 0.1147]),
    ],
)
def test_belo_horizonte_catchments(name, values):
    for within in ({"minutes": 45}, {"decay": Decay.binary(45)}):
        value = getattr(measure, name)(BELO, people=BELO_PEOPLE, supply=BELO_JOBS, **within)
        assert value.to_numpy() == pytest.approx(values, abs=5e-5)


# PAX, test_access.py: a unit grid of 5 x 5 and its straight distances, weight (c / 60)^1.


def test_pysal_grid():
    """Here a unit is 10,000 minutes: travel times are whole tenths of a second."""
    unit = 10_000
    xy = np.array([(x, y) for x in range(5) for y in range(5)], dtype=float)
    far = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * unit
    ids = [str(i) for i in range(1, 26)]
    value = measure.gravity(
        table(far, ids), decay=Decay.power(-1, scale=60 * unit, capped=False), supply=[1] * 25
    )
    known = {"1": 1.322340210, "5": 1.322340210, "13": 0.780985109}
    known |= {"19": 0.925540119, "24": 1.133733026}
    assert value.loc[list(known)].to_numpy() == pytest.approx(list(known.values()), abs=1e-7)


def test_pysal_weights():
    steps = Decay.stepped({20: 1, 40: 0.68, 60: 0.22})
    assert steps(range(0, 80, 10)).tolist() == [1, 1, 1, 0.68, 0.68, 0.22, 0.22, 0]
    bell = Decay.gaussian(20)([20, 40, 60])
    assert bell == pytest.approx([0.6065306597, 0.1353352832, 0.0111089965], abs=1e-10)


def test_rac_logistic():
    """RAC, test-decay_logistic.R; Bauer and Groneberg (2016)."""
    value = Decay.logistic(30, 5)([0, 30, 45, 60])
    assert value == pytest.approx([1, 0.500009, 0.004315, 0.000019], abs=6e-7)


def test_rac_constrained():
    """RAC, test-constrained-essentials.R: what is allocated adds up on either side."""
    times = table([[10, 30, 15], [30, 10, 25], [15, 25, 10]], "123")
    decay = Decay.exponential(0.1)
    total = measure.totally_constrained(times, supply=[160, 150, 180], decay=decay)
    assert total.sum() == pytest.approx(490)
    people, supply = [4, 10, 6], [7, 5, 8]
    trips = measure.doubly_constrained(times, people=people, supply=supply, decay=Decay.power(3))
    assert trips.groupby("cell").sum().to_numpy() == pytest.approx(people)
    assert trips.groupby("place").sum().to_numpy() == pytest.approx(supply)


# Inequality and poverty on the five cells, with the jobs within 30 minutes in the whole city as x
# and income a head as rank; RAC's answers, recomputed.

X = [26774, 22239, 36567, 42372, 55571]
INCOME = [NONE, 4757.8, 1627.8, 543.1, 3822.0]
CITY_LIMITS = (1_000, 3_000)
"""RAC takes the quantiles of the whole city's incomes: rich are 57b and 5cf, poor is 5b3."""


def test_belo_horizonte_inequality():
    sample = (22239, 55571)  # RAC takes the least and most of the sample for bounds
    assert measure.gini(X, BELO_PEOPLE) == pytest.approx(0.1386, abs=5e-5)
    assert measure.concentration(X, BELO_PEOPLE, INCOME) == pytest.approx(-0.0248, abs=5e-5)
    corrected = measure.concentration(X, BELO_PEOPLE, INCOME, bounds=sample)
    assert corrected == pytest.approx(-0.1314, abs=5e-5)
    palma = measure.palma(X, BELO_PEOPLE, INCOME, limits=CITY_LIMITS)
    assert palma == pytest.approx(1.0911, abs=5e-5)


def test_belo_horizonte_poverty():
    values = [measure.fgt(X, BELO_PEOPLE, 100_000, alpha=a) for a in (0, 1, 2)]
    assert values == pytest.approx([1, 0.5588, 0.3256], abs=5e-5)


def test_belo_horizonte_without_the_last_cell():
    x, people, income = X[:-1], BELO_PEOPLE[:-1], INCOME[:-1]
    gap, severity = (measure.fgt(x, people, 100_000, alpha=a) for a in (1, 2))
    assert (gap, severity) == pytest.approx((0.6367, 0.4129), abs=5e-5)
    assert measure.gini(x, people) == pytest.approx(0.1148, abs=5e-5)
    assert measure.concentration(x, people, income) == pytest.approx(-0.1148, abs=5e-5)
    corrected = measure.concentration(x, people, income, bounds=(22239, 42372))
    assert corrected == pytest.approx(-0.8282, abs=5e-5)
    palma = measure.palma(x, people, income, limits=CITY_LIMITS)
    assert palma == pytest.approx(0.5249, abs=5e-5)


def test_belo_horizonte_theil_by_income_decile():
    """RAC, theil_t with groups, cell 900 in place of 909."""
    people, x = [1011, *BELO_PEOPLE[1:]], [13991, *X[1:]]
    parts = measure.theil_parts(x, people, by=["d3", "d10", "d6", "d1", "d10"])
    assert measure.theil(x, people) == pytest.approx(0.0852, abs=5e-5)
    between, within = parts["between"], parts["within"]
    assert between.sum() == pytest.approx(0.0515, abs=5e-5)
    assert within.sum() == pytest.approx(0.0337, abs=5e-5)
    known = {"d1": 0.0243, "d3": -0.0579, "d6": -0.0042, "d10": 0.0894}
    assert between.to_dict() == pytest.approx(known, abs=6e-5)
    assert within["d10"] == within.sum()


def test_inequality_on_short_lists():
    """PySAL `inequality`: Theil with those who have nothing, Atkinson, Gini; and the formula."""
    halves = [0, 0, 0, 10, 10, 10]
    assert measure.theil(halves, [1] * 6) == pytest.approx(0.6931471805599453, abs=1e-15)
    parts = measure.theil_parts(halves, [1] * 6, by=list("aaabbb"))
    assert parts["between"].sum() == pytest.approx(np.log(2))
    assert parts["within"].sum() == pytest.approx(0)
    five = [10, 20, 30, 40, 50]
    assert measure.atkinson(five, [1] * 5, 0.5) == pytest.approx(0.06315, abs=5e-6)
    assert measure.atkinson(five, [1] * 5, 1) == pytest.approx(0.1316096, abs=5e-8)
    assert measure.gini(five, [1] * 5) == pytest.approx(0.2666667, abs=5e-8)
    assert measure.theil(five, [1] * 5) == pytest.approx(0.1196876, abs=5e-8)


def test_mexican_states():
    """PySAL `inequality`, on the example that libpysal carries."""
    states = pd.read_csv(
        distribution("libpysal").locate_file("libpysal/examples/mexico/mexico.csv")
    )
    one = np.ones(len(states))
    years = [states[f"pcgdp{year}"] for year in range(1940, 2001, 10)]
    assert measure.gini(years[0], one) == pytest.approx(0.35372371173452849, abs=1e-12)
    theil = [0.20894344, 0.15222451, 0.10472941, 0.10194725, 0.09560113, 0.10511256, 0.10660832]
    assert [measure.theil(x, one) for x in years] == pytest.approx(theil, abs=5e-9)
    parts = [measure.theil_parts(x, one, by=states["hanson98"])["between"].sum() for x in years]
    between = [0.0345889, 0.02816853, 0.05260921, 0.05931219, 0.03205257, 0.02963731, 0.03635872]
    assert parts == pytest.approx(between, abs=5e-9)
