"""Residents and districts of different dates or code systems come together without loss."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from access import Study, read_districts, read_residents
from access._frozen import frozen, texts
from access.errors import InputError
from access.inputs.catalogue import Source
from access.inputs.districts import Districts
from access.inputs.population import Residents
from access.korea.crosswalk import Crosswalk
from access.study.sources import compare_dates
from access.study.vintages import align

WANGJEONG, NEUNGGOK, ISLAND = "4139059200", "4139064000", "4139065000"
NAMES = {WANGJEONG: "정왕2동", NEUNGGOK: "능곡동", ISLAND: "거북섬동"}


def districts(*codes, names=NAMES):
    box = np.array([shapely.box(i, 0, i + 1, 1) for i in range(len(codes))])
    return Districts(texts(codes), texts([names[c] for c in codes]), box, "읍면동.geojson")


def residents(people, names=NAMES, empty=(), female=None):
    counts = np.array(list(people.values()), dtype=float)
    return Residents(
        texts(people), texts([names[c] for c in people]), np.array([[0, 64], [65, 999]]),
        counts, None if female is None else np.array(female, dtype=float), "2025-06",
        texts(empty), "인구.csv",
    )  # fmt: skip


def pairs(*rows):
    sources, targets, shares = zip(*(row + (np.nan,) * (3 - len(row)) for row in rows), strict=True)
    return Crosswalk(texts(sources), texts(targets), frozen(shares), "변경표.csv")


IN_2025 = {WANGJEONG: [20, 7], NEUNGGOK: [20, 6], ISLAND: [8, 3]}
IN_2022 = {WANGJEONG: [28, 9], NEUNGGOK: [20, 6]}
CHANGE = pairs((WANGJEONG, ISLAND))


def test_a_new_town_stops_and_its_parent_is_named(told):
    """Districts of 2022 and residents of 2025: 거북섬동 was a part of 정왕2동 until July 2023."""
    old = districts(WANGJEONG, NEUNGGOK)
    with pytest.raises(InputError) as error:
        align(residents(IN_2025), old, np.array([38.0, 25.0]))
    told(error.value, "E354", value=f"거북섬동 {ISLAND}")
    text = told(error.value, "E390").text("ko")
    for part in ("정왕2동 → 정왕2동, 거북섬동", "2025-06", f"{WANGJEONG},{ISLAND}", "[crosswalk]"):
        assert part in text


def test_the_line_it_asks_for_helps(told):
    old = districts(WANGJEONG, NEUNGGOK)
    found, said = align(residents(IN_2025), old, np.array([38.0, 25.0]), CHANGE)
    assert found.codes.tolist() == [WANGJEONG, NEUNGGOK]
    assert found.counts.tolist() == [[28, 10], [20, 6]]
    assert not said.entries


def test_districts_of_later_than_residents(told):
    """정왕2동 of 2022 is spread over both, as the cells' people are."""
    new = districts(WANGJEONG, NEUNGGOK, ISLAND)
    gridded = np.array([27.0, 26.0, 11.0])
    with pytest.raises(InputError) as error:
        align(residents(IN_2022), new, gridded)
    told(error.value, "E353", value=f"거북섬동 {ISLAND}")
    assert "정왕2동, 거북섬동 → 정왕2동" in told(error.value, "E390").text("en")
    found, said = align(residents(IN_2022), new, gridded, CHANGE)
    assert found.counts[[0, 2]].sum(axis=0).tolist() == [28, 9]
    assert found.counts[2].tolist() == [8, 3]
    assert "정왕2동 71%, 거북섬동 29%" in told(said, "W392", value=WANGJEONG).text("ko")


def test_stated_shares_are_kept():
    new = districts(WANGJEONG, NEUNGGOK, ISLAND)
    stated = pairs((WANGJEONG, WANGJEONG, 0.5), (WANGJEONG, ISLAND, 0.5))
    found, said = align(residents(IN_2022), new, np.array([27.0, 26.0, 11.0]), stated)
    assert found.counts.tolist() == [[14, 5], [20, 6], [14, 4]]
    assert not said.entries


def test_names_that_leave_no_doubt_need_no_table(told):
    names = {"4139059500": "배곧동", "4139059600": "배곧1동", "4139059700": "배곧2동", **NAMES}
    old = districts("4139059500", NEUNGGOK, names=names)
    now = residents(
        {"4139059600": [1, 2], "4139059700": [3, 4], NEUNGGOK: [5, 6]}, names, female=[[1, 1]] * 3
    )
    found, said = align(now, old, np.array([9.0, 9.0]))
    assert found.counts.tolist() == [[4, 6], [5, 6]]
    assert found.female.tolist() == [[2, 2], [1, 1]]
    assert "배곧동 → 배곧1동, 배곧2동" in told(said, "W389").text("ko")


def test_a_district_of_nobody_is_no_fault():
    found, said = align(
        residents(IN_2022, empty=[ISLAND]), districts(WANGJEONG, NEUNGGOK, ISLAND), np.ones(3)
    )
    assert found.counts[2].sum() == 0
    assert not said.entries


def test_legal_towns_with_several_offices():
    """정왕동 and 거모동: one of several 행정동, one of a single."""
    legal = {"4139013200": "정왕동", "4139010900": "거모동"}
    table = pairs(*(("4139013200", c) for c in (WANGJEONG, ISLAND)), ("4139010900", NEUNGGOK))
    people = {"4139013200": [7, 2], "4139010900": [4, 4]}
    found, _ = align(
        residents(people, legal),
        districts(WANGJEONG, NEUNGGOK, ISLAND),
        np.array([3.0, 1, 0]),
        table,
    )
    assert found.counts.tolist() == [[7, 2], [4, 4], [0, 0]]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data())
def test_nobody_is_lost_whatever_the_table_says(data):
    codes = list(NAMES)
    chosen = data.draw(st.lists(st.sampled_from(codes), min_size=1, unique=True))
    number = st.integers(0, 10_000)
    people = {c: [data.draw(number), data.draw(number)] for c in codes}
    links = data.draw(
        st.lists(st.tuples(st.sampled_from(codes), st.sampled_from(codes)), min_size=1)
    )
    weight = np.array(data.draw(st.lists(st.floats(0, 1e4), min_size=3, max_size=3)))
    here = districts(*chosen)
    try:
        found, _ = align(residents(people), here, weight[: len(chosen)], pairs(*links))
    except InputError:
        return
    assert found.codes.tolist() == chosen
    assert found.counts.sum(axis=0).tolist() == np.sum(list(people.values()), axis=0).tolist()
    assert (found.counts == np.floor(found.counts)).all()


# --- in a folder ---


@pytest.fixture
def folder(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "연구 자료")


def rewrite(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def with_legal_codes(folder):
    """Give every cell a legal code, ten to a district, and the table that tells whose they are."""
    study = Study.from_folder(folder)
    lines = (folder / "cells.csv").read_text("utf-8-sig").splitlines()
    at = dict(zip(study.cells.ids.tolist(), study.cell_district.tolist(), strict=True))
    made, told = [lines[0] + ",법정동코드"], {}
    for i, line in enumerate(lines[1:]):
        district = at.get(line.split(",")[0].strip('"'), -1)
        code = f"99150{101 + 10 * district + i % 10:05}" if district >= 0 else ""
        made.append(f"{line},{code}")
        if district >= 0:
            told[code] = study.districts.codes[district]
    (folder / "cells.csv").write_text("\n".join(made) + "\n", "utf-8")
    rewrite(
        folder / "study.toml", 'people = "people"', 'people = "people"\ndistrict = "법정동코드"'
    )
    return study, told


def test_cells_with_legal_codes(folder):
    study, told = with_legal_codes(folder)
    with pytest.raises(InputError) as error:
        Study.from_folder(folder)
    assert "법정동코드(10자리)" in str(error.value)
    assert {p.code for p in error.value.problems} == {"E397"}
    table = ["법정동코드,행정동코드", *(f"{code},{town}" for code, town in told.items())]
    (folder / "법정동.csv").write_text("\n".join(table) + "\n", "utf-8")
    rewrite(folder / "study.toml", "[cells]", '[crosswalk]\nfile = "법정동.csv"\n\n[cells]')
    found = Study.from_folder(folder)
    inside = found.cell_district >= 0
    assert np.array_equal(found.cell_district[inside], study.cell_district[inside])
    assert "F398" in {e.problem.code for e in found.ledger.entries}
    assert "crosswalk" in {s.role for s in found.sources}
    assert all(t.read == t.used + t.repaired + t.excluded for t in found.ledger.tallies)


def test_a_province_that_got_other_digits(folder, sample_study):
    path = folder / "districts.geojson"
    geo = json.loads(path.read_text("utf-8"))
    for feature in geo["features"]:
        code = feature["properties"]["adm_cd2"]
        feature["properties"]["adm_cd2"] = "98" + code[2:]
    path.write_text(json.dumps(geo, ensure_ascii=False), "utf-8")
    found, same = Study.from_folder(folder), sample_study
    assert found.groups["all"].sum() == same.groups["all"].sum()
    assert "F387" in {e.problem.code for e in found.ledger.entries}


def test_inputs_carry_their_dates_and_a_year_between_them_is_told(folder):
    rewrite(folder / "study.toml", 'code = "adm_cd2"', 'code = "adm_cd2"\nas_of = 2021-04-01')
    study = Study.from_folder(folder)
    dates = {s.role: s.as_of for s in study.sources}
    assert dates["districts"] == "2021-04-01"
    assert dates["residents"] == "2025-06"
    (told,) = [p for p in study.ledger.warnings if p.code == "W391"]
    assert told.file == "districts.geojson"
    assert "2021-04-01" in told.text("ko")


def test_dates_apart_without_a_date_of_the_study(told):
    sources = [
        Source("residents", "인구.csv", as_of="2020"),
        Source("centre", "시설.csv", as_of="2025-06-30"),
        Source("cells", "격자.csv"),
    ]
    text = told(compare_dates(sources, None), "W399").text("ko")
    assert "인구.csv" in text
    assert "2025-06-30" in text
    assert not compare_dates(sources[1:], None).entries


# --- real files ---


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "layout", "people"),
    [("주민등록_연령별인구_202012_cp949.csv", "mois", 187_012),
     ("emd_pop_202506_5cities.csv", "table", 195_797)],
)  # fmt: skip
def test_both_vintages_of_anseong_join_the_districts_of_2021(real_data, file, layout, people):
    here = read_districts(real_data / "anseong" / "anseong_emd_2021.geojson")
    counted = read_residents(real_data / "anseong" / file, layout, within="41550")
    found, said = align(counted, here, np.ones(15))
    assert len(found) == 15
    assert found.counts.sum() == people
    assert found.codes.tolist() == here.codes.tolist()
    assert not said.entries


@pytest.mark.data
@pytest.mark.parametrize("code", ["adm_cd", "adm_cd8"])
def test_anseong_by_codes_of_the_statistics_office(real_data, code, tmp_path):
    """7 digits as the file has them, and 8 as since 2022: joined by all names of the city."""
    from types import SimpleNamespace

    from access.study.reading import _read_residents

    geo = json.loads((real_data / "anseong" / "anseong_emd_2021.geojson").read_text("utf-8"))
    for feature in geo["features"]:
        feature["properties"]["adm_cd8"] = feature["properties"]["adm_cd"] + "0"
    path = tmp_path / "읍면동.geojson"
    path.write_text(json.dumps(geo, ensure_ascii=False), "utf-8")
    here = read_districts(path, code=code)
    part = SimpleNamespace(format="mois", encoding=None, sheet=None, columns={})
    counted = _read_residents(
        real_data / "anseong" / "주민등록_연령별인구_202012_cp949.csv", part, here, None
    )
    found, _ = align(counted, here, np.ones(15))
    assert found.counts.sum() == 187_012
    named = dict(zip(here.codes.tolist(), here.names.tolist(), strict=True))
    assert [named[c] for c in counted.codes.tolist()] == [n.split()[-1] for n in counted.names]


def test_towns_whose_rows_are_missing_are_not_thought_joined_to_one(told):
    codes = [f"99150{n}000" for n in range(25, 33)]
    names = {code: f"가람{i}면" for i, code in enumerate(codes)}
    counted = residents({codes[0]: [20, 7]}, names=names)
    with pytest.raises(InputError) as error:
        align(counted, districts(*codes, names=names), np.full(len(codes), 10.0))
    assert {p.code for p in error.value.problems} == {"E353"}
    assert "지워진 행이 없으면" in told(error.value, "E353", value=f"가람1면 {codes[1]}").text("ko")
