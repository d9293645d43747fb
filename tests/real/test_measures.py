"""Porto Alegre, schools on foot: every measure of access, by tenths of the people from the emptiest
hexagons to the fullest. What is found stands in docs/measures.md, which a test here reads."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from access import Question, Study, evaluate, measure
from access.measure import Decay

pytestmark = pytest.mark.data

LIMIT = 30
DOCS = Path(__file__).resolve().parents[2] / "docs" / "measures.md"
TOML = """
name = "Porto Alegre"
lang = "en"
as_of = 2019-05-20
[streets]
file = "{data}/poa_osm.pbf"
[cells]
file = "{data}/poa_hexgrid.csv"
id = "id"
people = "population"
[[places]]
kind = "school"
file = "schools.csv"
id = "id"
[[question]]
name = "walk"
minutes = [15, 30]
to = ["school"]
"""


@pytest.fixture(scope="module")
def schools(real_data, tmp_path_factory):
    """The answer to the question; places are the hexagons with schools, seats their number."""
    data, folder = real_data / "porto_alegre", tmp_path_factory.mktemp("poa")
    with (data / "poa_hexgrid.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["schools"])]
    with (folder / "schools.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "lon", "lat", "seats"])
        writer.writerows([r["id"], r["id"], r["lon"], r["lat"], r["schools"]] for r in rows)
    (folder / "study.toml").write_text(TOML.format(data=data.as_posix()), "utf-8")
    study = Study.from_folder(folder)
    question = Question(mode="walk", minutes=(15, LIMIT), to=("school",))
    return evaluate(study, question)


@pytest.fixture(scope="module")
def found(schools):
    """Every measure of access, by cell; supply a head is told for 10,000 people."""
    people, supply = schools.people, schools.study.places.seats[schools.place_index]
    pairs = measure.pairs_within(schools.times, LIMIT)
    soft = {"decay": Decay.gaussian(15), "minutes": LIMIT}
    of = {"people": people, "supply": supply}
    learners = people * supply.sum() / people.sum()
    head = np.maximum(people, 1e-12)
    return pd.DataFrame(
        {
            "nearest": measure.nearest(schools.times),
            "dual": measure.dual(schools.times, supply=supply, need=3),
            "balancing": measure.balancing(schools.times, people=learners, supply=supply),
            "cumulative": measure.cumulative(pairs, supply=supply, minutes=LIMIT),
            "interval": measure.interval(pairs, supply=supply, minutes=(15, LIMIT)),
            "gravity": measure.gravity(pairs, supply=supply, **soft),
            "2SFCA": 1e4 * measure.two_step(pairs, **of, minutes=LIMIT),
            "E2SFCA": 1e4 * measure.two_step(pairs, **of, **soft),
            "M2SFCA": 1e4 * measure.modified_two_step(pairs, **of, **soft),
            "3SFCA": 1e4 * measure.three_step(pairs, **of, **soft),
            "MH3SFCA": 1e4 * measure.huff_three_step(pairs, **of, **soft),
            "BFCA": 1e4 * measure.balanced(pairs, **of, **soft),
            "availability": 1e4 * measure.spatial_availability(pairs, **of, **soft) / head,
            "constrained": measure.totally_constrained(pairs, supply=supply, **soft),
            "raam": measure.raam(pairs, **of),
            "unmet": 100
            * measure.unmet(pairs, people=learners, supply=supply, minutes=LIMIT)
            / np.maximum(learners, 1e-12),
        }
    )


def by_tenth(people, values):
    """Return the mean of the people of each tenth, of those for whom the value is finite.

    A cell that a bound runs through counts in part on either side.
    """
    order = np.lexsort((np.arange(len(people)), people))
    ends = np.cumsum(people[order]) / people.sum()
    begins = ends - people[order] / people.sum()
    rows = []
    for k in range(10):
        part = np.clip(np.minimum(ends, (k + 1) / 10) - np.maximum(begins, k / 10), 0, None)
        told = values.to_numpy()[order]
        known = np.isfinite(told)
        weight = part[:, None] * known
        rows.append((weight * np.where(known, told, 0)).sum(axis=0) / weight.sum(axis=0))
    return pd.DataFrame(rows, columns=values.columns, index=pd.RangeIndex(1, 11, name="tenth"))


def test_the_city(schools):
    people, supply = schools.people, schools.study.places.seats[schools.place_index]
    assert people.sum() == 812_935
    assert (len(supply), supply.sum()) == (177, 194)


def test_laws_of_measures_on_a_real_city(schools, found):
    people, supply = schools.people, schools.study.places.seats[schools.place_index]
    pairs = measure.pairs_within(schools.times, LIMIT)
    reached = np.unique(pairs.place[people[pairs.cell] > 0])
    whole = supply[reached].sum()
    for name in ("2SFCA", "E2SFCA", "3SFCA", "MH3SFCA", "availability"):
        total = people @ found[name] / 1e4
        if name == "MH3SFCA":  # it discounts distance twice over
            assert 0 < total < whole
        else:
            assert total == pytest.approx(whole), name
    assert (found["M2SFCA"] <= found["E2SFCA"] + 1e-9).all()
    lived = people > 0
    assert np.allclose(found["availability"][lived], found["E2SFCA"][lived])
    assert (found["dual"] >= found["nearest"]).all()
    assert (found["gravity"] <= found["cumulative"] + 1e-9).all()
    assert (found["interval"] <= found["cumulative"] + 1e-9).all()
    assert ((found["nearest"] <= LIMIT) == (found["cumulative"] > 0)).all()
    none = found["cumulative"] == 0
    for name in ("2SFCA", "E2SFCA", "M2SFCA", "3SFCA", "BFCA", "gravity"):
        assert (found[name][none] == 0).all()
    assert (found["unmet"][none & lived] > 99.99).all()
    assert found["constrained"].sum() == pytest.approx(whole)
    # Of the same decay, the floating catchments rank cells alike, though not the same.
    order = found.loc[lived, ["2SFCA", "E2SFCA", "3SFCA", "BFCA"]].rank().corr()
    assert order.loc["E2SFCA":, "E2SFCA":].to_numpy().min() > 0.7
    assert order.loc["2SFCA", "E2SFCA"] > 0.8


def test_tenths_of_the_people(schools, found):
    table = by_tenth(schools.people, found)
    # Where more people live schools are nearer and more of them within reach ...
    assert table["nearest"].iloc[-1] < table["nearest"].iloc[0]
    assert table["cumulative"].iloc[-1] > table["cumulative"].iloc[0]
    # ... but shared among more, so that the fullest have fewer a head than they reach.
    ratio = table["cumulative"] / table["cumulative"].mean()
    head = table["2SFCA"] / table["2SFCA"].mean()
    assert (head / ratio).iloc[-1] < (head / ratio).iloc[0]
    assert measure.gini(found["2SFCA"], schools.people) > 0


def test_the_table_of_the_documents_is_what_is_found(schools, found):
    table = by_tenth(schools.people, found)
    text = DOCS.read_text("utf-8").partition("## Porto Alegre")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \|(.+)\|$", text, re.MULTILINE)
    assert [int(k) for k, _ in rows] == list(range(1, 11))
    for (_, cells), values in zip(rows, table.to_numpy().tolist(), strict=True):
        shown = [float(cell) for cell in cells.split("|")]
        assert shown == pytest.approx(values, abs=0.0051, rel=2e-3)
