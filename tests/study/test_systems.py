"""Every coordinate system a Korean file may come in, injected into the sample city."""

from __future__ import annotations

import csv
import shutil
from itertools import product

import numpy as np
import pytest

from access import Study
from access._geo import is_degrees, project
from access.errors import InputError
from access.korea.opendata import read_places
from access.study.evidence import trial
from access.study.readers import read_cells

NINE = (4326, 4737, 5174, 2097, 5181, 5186, 5179, 5178, 32652, 3857)
"""The fingerprints of the table of Korean systems; 4326 and 4737 are one to a centimetre."""
DEGREES = {4326, 4737}
PAIRS = list(product(NINE, NINE))


@pytest.fixture(scope="module")
def city(sample_study):
    return sample_study


@pytest.fixture(scope="module")
def around(city):
    import shapely

    return tuple(shapely.total_bounds(city.districts.shapes).tolist())


@pytest.fixture
def centres(tmp_path, city, around):
    """Read the sample's centres with their coordinates written in another system."""
    of_kind = city.places.kind == "centre"
    names = city.places.names[of_kind].tolist()
    addresses = city.places.attributes["소재지도로명주소"][of_kind].tolist()

    def read(written, **how):
        path = tmp_path / "centres.csv"
        xy = written(city.places.lonlat[of_kind]).tolist()
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["시설명", "소재지도로명주소", "Y좌표", "X좌표"])
            for name, address, (x, y) in zip(names, addresses, xy, strict=True):
                out.writerow([name, address, repr(y), repr(x)])
        tried = trial(city.network, city.districts)
        return read_places(path, kind="centre", around=around, trial=tried, **how)

    return read


@pytest.fixture
def cells(tmp_path, city, around):
    """Read the sample's cells with coordinates in another system, under ids that say nothing."""

    def read(written, gridded=True, **how):
        path = tmp_path / "cells.csv"
        people, xy = city.cells.people[::16].tolist(), written(city.cells.lonlat[::16]).tolist()
        lines = [
            f"c{i},{p:g},{x!r},{y!r}" for i, (p, (x, y)) in enumerate(zip(people, xy, strict=True))
        ]
        path.write_text("\n".join(["id,people,x,y", *lines]), "utf-8")
        tried = trial(city.network, city.districts, gridded=gridded)
        return read_cells(path, around=around, trial=tried, **how)

    return read


def injected(true):
    def written(lonlat):
        return (project(lonlat, true)).round(6 if is_degrees(true) else 2)

    return written


def verdict(read, true, declared, **how):
    """Return the record, or the codes and the text of the refusal."""
    try:
        return read(injected(true), crs=declared, **how), ()
    except InputError as error:
        return None, error.problems


def alike(true, declared):
    return true == declared or {true, declared} <= DEGREES


@pytest.mark.parametrize(("true", "declared"), PAIRS)
def test_no_system_of_places_is_accepted_wrongly(centres, city, true, declared):
    found, problems = verdict(centres, true, declared)
    if alike(true, declared):
        assert not problems, problems[0].text("en")
        right = city.places.lonlat[city.places.kind == "centre"]
        assert np.abs(found.lonlat - right).max() < 2e-6
    else:
        assert found is None
        refused(problems, true, declared)


@pytest.mark.parametrize(("true", "declared"), PAIRS)
def test_no_system_of_cells_is_accepted_wrongly(cells, city, true, declared):
    found, problems = verdict(cells, true, declared)
    if alike(true, declared):
        assert not problems, problems[0].text("en")
        assert "W243" not in {p.code for p in found.ledger.warnings}
        assert np.abs(found.lonlat - city.cells.lonlat[::16]).max() < 2e-6
    else:
        assert found is None
        refused(problems, true, declared, named=True)


def refused(problems, true, declared, named=False):
    """The refusal names the true system, first of all if `named`, and what to write."""
    (problem,) = problems
    if true in DEGREES:
        assert problem.code == "E224"
        return
    assert problem.code in {"E240", "E241", "E242"}
    for lang in ("ko", "en"):
        text = problem.text(lang)
        assert f"{true} " in problem.facts["evidence"]
        assert problem.facts["evidence"] in text
        assert "crs = " in text
    if named or true not in (5174, 2097):  # 255 m apart, and 59 places stand in dense streets
        assert problem.facts["crs"] == true
        assert f"crs = {true}" in problem.text("ko")


MATES = [(5174, 5181), (2097, 5174), (5181, 2097), (5178, 5179), (5179, 5178)]


@pytest.mark.parametrize(("true", "declared"), MATES)
def test_cells_off_every_grid_are_told_apart_by_the_streets(cells, true, declared):
    _, problems = verdict(cells, true, declared, gridded=False)
    refused(problems, true, declared, named=True)


@pytest.mark.parametrize("true", [5174, 5181, 2097, 5178, 5179])
def test_the_evidence_is_a_small_table(centres, told, true):
    _, problems = verdict(centres, true, 4326)
    (problem,) = problems
    lines = problem.facts["evidence"].split(" · ")
    assert 2 <= len(lines) <= 5
    here = next(line for line in lines if line.startswith(f"{true} "))
    system, share, near, _, far, _ = here.split()
    assert (system, share) == (str(true), "100%")
    assert 0 < int(near) < int(far) < 40
    assert "[[places]]" in problem.text("ko")


def few(lonlat, true, count):
    xy = project(lonlat, true)
    xy[count:] = np.nan
    return np.where(np.isfinite(xy), xy, 0.0)


def test_few_places_are_asked_about(centres, told):
    """Four places cannot tell 5179 from 5178: the file is read, and the question put."""
    found = centres(lambda lonlat: few(lonlat, 5179, 4), crs=5179)
    problem = told(found.ledger, "W243", row=2, column="Y좌표, X좌표")
    assert problem.facts["others"] == "5178"
    assert "crs_sure = true" in problem.text("ko")
    assert len(found) == 4
    assert told(found.ledger, "W225", row=6).value.startswith("0.0")


def test_katec_is_named(centres, told):
    from pyproj import Transformer

    plane = (
        "+proj=tmerc +lat_0=38 +lon_0=128 +k=0.9999 +x_0=400000 +y_0=600000 +ellps=bessel "
        "+towgs84=-115.80,474.99,674.11,1.16,-2.31,-1.63,6.43 +units=m +no_defs"
    )
    turn = Transformer.from_crs(4326, plane, always_xy=True)

    def written(lonlat):
        return np.column_stack(turn.transform(*lonlat.T)).round(1)

    for declared in (4326, 5179, 5186):
        with pytest.raises(InputError) as error:
            centres(written, crs=declared)
        assert "KATEC" in told(error.value, "E244", row=2, times=1).text("ko")


@pytest.mark.parametrize("true", [5179, 5186, 5174])
@pytest.mark.parametrize("declared", [4326, 5179, 5186])
def test_kilometres_are_named(centres, told, true, declared):
    with pytest.raises(InputError) as error:
        centres(lambda lonlat: (project(lonlat, true) / 1000).round(3), crs=declared)
    problem = told(error.value, "E245", row=2, times=1)
    assert f"{true} " in problem.facts["evidence"]
    assert "1,000" in problem.text("ko")


@pytest.mark.parametrize("true", [5179, 5186, 5181, 5174, 2097, 5178, 32652])
def test_swapped_metres_are_named(centres, told, true):
    with pytest.raises(InputError) as error:
        centres(lambda lonlat: project(lonlat, true)[:, ::-1].round(1), crs=true)
    text = told(error.value, "E203", row=2, times=1).text("ko")
    assert 'lon = "Y좌표", lat = "X좌표"' in text
    with pytest.raises(InputError) as error:
        centres(lambda lonlat: project(lonlat, true)[:, ::-1].round(1))
    (problem,) = error.value.problems
    assert problem.code in ("E240", "E241")
    assert f"{true} " in problem.facts["evidence"]
    assert 'columns = { lon = "Y좌표", lat = "X좌표" }' in problem.text("en")


def test_degrees_of_the_old_datum_are_named(centres, cells, told):
    for read in (centres, cells):
        with pytest.raises(InputError) as error:
            read(lambda lonlat: project(lonlat, 4162).round(6))
        problem = told(error.value, "E242", row=2, times=1)
        assert "crs = 4162" in problem.text("ko")
        assert len(read(lambda lonlat: project(lonlat, 4162).round(6), crs=4162))


def test_a_wrong_degree_is_named_and_left_out(centres, told):
    def written(lonlat):
        lonlat = lonlat.round(6)
        lonlat[3, 0] -= 7  # 120.5 for 127.5
        lonlat[5, 1] -= 1  # 36.1 for 37.1, still in Korea
        return lonlat

    found = centres(written)
    lon = told(found.ledger, "W246", row=5, times=1)
    assert "127." in lon.text("ko")
    assert "'X좌표'" in lon.text("en")
    assert "'Y좌표'" in told(found.ledger, "W246", row=7).text("en")
    assert found.ledger.tallies[0].excluded == 2


def test_series_in_metres_are_named(centres, told):
    def written(lonlat):
        xy = project(lonlat, 5179).round(2)
        xy[4:7] = xy[3] + np.array([[1.0], [2.0], [3.0]])
        return xy

    found = centres(written, crs=5179)
    assert [e.problem.row for e in found.ledger.entries if e.problem.code == "W206"] == [6, 7, 8]
    told(found.ledger, "W206", row=6)


def test_a_planner_who_has_looked_is_believed(city, sample, tmp_path):
    folder = shutil.copytree(sample, tmp_path / "study")
    at = project(city.places.lonlat[:6], 5181).round(1).tolist()
    text = "\n".join(["시설명,Y좌표,X좌표", *(f"곳{i},{y},{x}" for i, (x, y) in enumerate(at))])
    (folder / "centres.csv").write_text(text, "utf-8")
    toml = (folder / "study.toml").read_text("utf-8").partition("[[standard]]")[0]

    def declare(lines):
        (folder / "study.toml").write_text(
            toml.replace('file = "centres.csv"', f'file = "centres.csv"\n{lines}'), "utf-8"
        )

    declare("crs = 2097")
    with pytest.raises(InputError) as error:
        Study.from_folder(folder)
    assert [p.code for p in error.value.problems] == ["E242"]
    declare("crs = 2097\ncrs_sure = true")
    assert len(Study.from_folder(folder).places)


def test_cities_elsewhere_are_not_tried(city):
    from access.network.build import build
    from access.testing import draw_town

    assert trial(build(draw_town("ab", {"ab": {}}, origin=(-51.2, -30.0))), None) is None
    assert trial(None, city.districts) is None
