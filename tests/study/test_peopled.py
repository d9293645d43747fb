"""A study whose cells are made: of areas, buildings or a raster, against the cells it has."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from access import Study
from access._geo import project
from access.errors import InputError
from access.inputs.dasymetric import moved

CELLS = '[cells]\nfile = "cells.csv"\nid = "gid"\npeople = "people"\n'


@pytest.fixture(scope="module")
def truth(sample_study):
    return sample_study


@pytest.fixture
def made(sample, tmp_path):
    """Read the sample with its cells made as `lines` say."""

    def read(lines, name="", content=""):
        folder = shutil.copytree(sample, tmp_path / "study", dirs_exist_ok=True)
        (folder / "cells.csv").unlink()
        if name:
            (folder / name).write_text(content, "utf-8")
        text = (sample / "study.toml").read_text("utf-8")
        assert CELLS in text
        (folder / "study.toml").write_text(text.replace(CELLS, f"[cells]\n{lines}\n"), "utf-8")
        return Study.from_folder(folder)

    return read


def elsewhere(study, truth):
    """Return the share of residents in another square than they truly are in."""
    ids = sorted({*study.cells.ids.tolist(), *truth.cells.ids.tolist()})
    order = {id: i for i, id in enumerate(ids)}
    spread = []
    for one in (study, truth):
        people = np.zeros(len(ids))
        np.add.at(people, [order[id] for id in one.cells.ids.tolist()], one.groups["all"])
        spread.append(people)
    return moved(*spread)


def kept(study, truth):
    """Check that every district has its residents to the last person, and every row its account."""
    counts = []
    for one in (study, truth):
        inside = one.cell_district >= 0
        people = one.groups["all"][inside]
        counts.append(np.bincount(one.cell_district[inside], weights=people, minlength=15))
    assert np.round(counts[0]).tolist() == np.round(counts[1]).tolist()
    assert study.cells.people.sum() == round(truth.groups["all"].sum())
    for tally in study.ledger.tallies:
        assert tally.read == tally.used + tally.repaired + tally.excluded


def test_by_area_most_people_are_misplaced(made, truth, told):
    study = made('make = "area"\nsize = 100')
    kept(study, truth)
    told(study.ledger, "W263")
    assert 0.5 < elsewhere(study, truth) < 0.9


def test_by_buildings_far_fewer_are(made, truth, told):
    """Houses of 1 to 4 dwellings stand within the true squares; residents differ per dwelling."""
    rng = np.random.default_rng(4)
    houses = np.maximum(1, np.round(truth.cells.people / rng.uniform(1.5, 3.5, len(truth.cells))))
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"세대수": int(count)},
        }
        for (lon, lat), count in zip(truth.cells.lonlat.tolist(), houses, strict=True)
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    study = made('make = "buildings"\nfile = "건물.geojson"', "건물.geojson", content)
    kept(study, truth)
    assert 0.02 < elsewhere(study, truth) < 0.2
    percent = int(told(study.ledger, "W264").facts["percent"])
    assert 50 < percent < 90
    (source,) = (s for s in study.sources if s.role == "cells")
    assert source.file == "건물.geojson"


def test_by_a_coarse_raster_it_is_between(made, truth):
    """People of every 500 m, as a raster: better than nothing, worse than buildings."""
    xy = project(truth.cells.lonlat, 5179)
    low = np.floor(xy.min(axis=0) / 500) * 500
    column, row = ((xy - low) // 500).astype(int).T
    values = np.zeros((row.max() + 1, column.max() + 1))
    np.add.at(values, (row, column), truth.cells.people)
    head = f"ncols {values.shape[1]}\nnrows {values.shape[0]}\nxllcorner {low[0]}\n"
    head += f"yllcorner {low[1]}\ncellsize 500\nNODATA_value -9999\n"
    body = "\n".join(" ".join(f"{v:g}" for v in line) for line in values[::-1])
    lines = 'make = "raster"\nfile = "people.asc"\ncrs = 5179\nsize = 100'
    study = made(lines, "people.asc", head + body + "\n")
    kept(study, truth)
    assert 0.2 < elsewhere(study, truth) < 0.6


@pytest.mark.parametrize(
    ("lines", "code", "column"),
    [
        ('make = "buildings"', "E623", "cells.file"),
        ("size = 100", "E623", "cells.file"),
        ('make = "build"', "E624", "cells.make"),
        ('make = "area"\nsize = 120', "E305", "[cells] size"),
    ],
)
def test_what_cannot_be_made_is_told(made, told, lines, code, column):
    with pytest.raises(InputError) as error:
        made(lines)
    problem = told(error.value, code, column=column)
    if code == "E624":
        assert "area, buildings, raster" in problem.text("ko")


def test_without_residents_nothing_is_made(sample, tmp_path, told):
    folder = shutil.copytree(sample, tmp_path / "study")
    text = (folder / "study.toml").read_text("utf-8").replace(CELLS, '[cells]\nmake = "area"\n')
    text = text.replace('[residents]\nfile = "residents.csv"\nformat = "mois"\n', "")
    (folder / "study.toml").write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        Study.from_folder(folder)
    assert 'make = "area"' in told(error.value, "E266", column="residents.file").text("ko")
