"""Choices that files leave open are made in study.toml, where the messages say."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from access import Study
from access.errors import InputError
from access.korea.grid import codes


@pytest.fixture
def folder(sample: Path, sample_study: Study, tmp_path: Path) -> Path:
    """The sample with its people counted by squares of 250 m, whose codes have eight digits."""
    home = shutil.copytree(sample, tmp_path / "자료")
    study = sample_study
    corners = study.cells.shapes.corner // 250 * 250
    names = codes(corners, 250)
    people = dict.fromkeys(names.tolist(), 0.0)
    for name, number in zip(names.tolist(), study.cells.people.tolist(), strict=True):
        people[name] += number
    lines = ["gid,people", *(f"{name},{number:g}" for name, number in people.items())]
    (home / "cells.csv").write_text("\n".join(lines), "utf-8")
    return home


def test_eight_digits_are_10_or_250_metres_as_the_study_says(folder: Path) -> None:
    with pytest.raises(InputError, match=r"E302.*\[cells\]에 size = 250"):
        Study.from_folder(folder)
    toml = folder / "study.toml"
    text = toml.read_text("utf-8").replace('id = "gid"', 'id = "gid"\nsize = 250')
    toml.write_text(text, "utf-8")
    study = Study.from_folder(folder)
    assert study.cells.shapes.size_m == 250
    assert np.isclose(study.groups["all"].sum(), 190_577)


def test_a_layer_of_districts_is_chosen_by_sheet(folder: Path, sample: Path) -> None:
    import geopandas as gpd

    shutil.copy(sample / "cells.csv", folder / "cells.csv")
    areas = gpd.read_file(folder / "districts.geojson")
    areas.to_file(folder / "districts.gpkg", layer="읍면동")
    areas.dissolve("sgg").reset_index().to_file(folder / "districts.gpkg", layer="시군구")
    toml = folder / "study.toml"
    text = toml.read_text("utf-8").replace(
        '"districts.geojson"', '"districts.gpkg"\nsheet = "읍면동"'
    )
    toml.write_text(text, "utf-8")
    assert len(Study.from_folder(folder).districts) == 15
