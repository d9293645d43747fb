"""Standards as values and as parts of study.toml: what may be asked, what is said of the rest."""

from __future__ import annotations

import shutil

import pytest

from access import Study
from access.errors import InputError
from access.study.standard import Standard


def codes(error: InputError) -> set[tuple[str, str]]:
    return {(p.code, p.column) for p in error.problems}


@pytest.mark.parametrize(
    ("fields", "code", "column"),
    [
        ({}, "E982", "metres"),
        ({"metres": 500, "minutes": 10}, "E982", "metres"),
        ({"metres": 0}, "E983", "metres"),
        ({"metres": float("nan")}, "E983", "metres"),
        ({"metres": float("inf")}, "E983", "metres"),
        ({"metres": 600_000}, "E983", "metres"),
        ({"metres": True}, "E983", "metres"),
        ({"minutes": -1}, "E983", "minutes"),
        ({"minutes": 10, "kmh": 0}, "E983", "kmh"),
        ({"per_district": 1.5}, "E983", "per_district"),
        ({"per_district": 1, "compare": (2,)}, "E984", "compare"),
        ({"metres": 500, "compare": (750, 500)}, "E984", "compare"),
        ({"metres": 500, "compare": (0, 500)}, "E984", "compare"),
        ({"metres": 500, "target": 0}, "E985", "target"),
        ({"metres": 500, "target": 101}, "E985", "target"),
        ({"metres": 500, "mode": "bicycle"}, "E600", "mode"),
        ({"metres": 500, "scope": "eup"}, "E600", "scope"),
        ({"metres": 500, "group": "어르신"}, "E606", "group"),
        ({"metres": 500, "to": ()}, "E602", "to"),
    ],
)
def test_what_cannot_be_asked_names_its_field(fields, code, column):
    with pytest.raises(InputError) as raised:
        Standard("기준", **fields)
    assert codes(raised.value) == {(code, column)}


def test_standards_are_plain_values():
    assert Standard("가", metres=500) == Standard("가", metres=500, kmh=3.0)
    assert len({Standard("가", metres=500), Standard("가", minutes=10)}) == 2
    assert Standard("가", minutes=10).limit_m == Standard("가", metres=500).limit_m


def test_thresholds_to_compare_stand_in_the_unit_of_the_first():
    assert Standard("가", minutes=15, compare=(10, 15, 30)).limits_m == (500, 750, 1500)
    assert Standard("가", metres=750, compare=(500, 1500)).limits_m == (500, 750, 1500)
    assert Standard("가", "drive", minutes=6).limits_m == (2500,)


def test_a_changed_official_number_is_said_to_be_changed():
    (same,) = Standard.from_preset("KR_NMS_2018_village", "small_library", minutes=15)
    (other,) = Standard.from_preset("KR_NMS_2018_village", "small_library", metres=500)
    assert same.changed == ()
    assert same.force() == "구속력 없음"
    assert other.limit_m == 500
    assert "공식 값을 바꿈" in other.force()
    (faster,) = Standard.from_preset("KR_NMS_2018_village", "small_library", kmh=4.8)
    assert faster.limit_m == pytest.approx(1200)
    assert "공식 값을 바꿈" in faster.force()


def test_whom_and_how_many_it_is_for_changes_no_official_number():
    (asked,) = Standard.from_preset(
        "KR_NMS_2018_village", "small_library", group="65+", target=80, compare=(10,)
    )
    assert asked.changed == ()
    assert asked.limits_m == (500, 750)


def test_several_items_take_no_common_category():
    with pytest.raises(InputError, match="E987"):
        Standard.from_preset("KR_NMS_2018_village", category=("도서관",))
    assert len(Standard.from_preset("KR_LEARN_ANALOGY", target=80)) == 3


# In study.toml.


@pytest.fixture
def folder(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "study")


def held(folder, text):
    """Read the sample with other standards."""
    path = folder / "study.toml"
    kept = path.read_text("utf-8").partition("\n[[standard]]")[0]
    path.write_text(f"{kept}\n[[standard]]\n{text}\n", "utf-8")
    return Study.from_folder(folder)


@pytest.mark.parametrize(
    ("text", "code", "column", "said"),
    [
        ('preset = "KR_NMS_2018"', "E980", "standard[1].preset", "KR_NMS_2018_"),
        ('preset = "KR_LEARN_ANALOGY"\nitem = "walk"', "E981", "standard[1].item", "centre_walk"),
        ('preset = "KR_PROTECT_WALK"', "E986", "standard[1].minutes", "minutes"),
        ('name = "가"', "E982", "standard[1].metres", "per_district"),
        ("metres = 500", "E623", "standard[1].name", ""),
        ('name = "가"\nmetres = 500\nmeters = 3', "E622", "standard[1].meters", "metres"),
        ('name = "가"\nmetres = 500\nmode = "car"', "E600", "standard[1].mode", ""),
        ('name = "가"\nmetres = "500 m"', "E624", "standard[1].metres", ""),
        ('name = "가"\nmetres = 500\nto = ["school"]', "E605", "to", "centre"),
        ('name = "가"\nmetres = 500\ncategory = ["도서관"]', "E988", "category", "작은도서관"),
    ],
)
def test_a_fault_names_its_key_and_the_way_out(folder, text, code, column, said):
    with pytest.raises(InputError) as raised:
        held(folder, text)
    assert (code, column) in codes(raised.value)
    assert said in raised.value.text("ko")


def test_a_standard_of_a_group_has_the_group_counted(folder):
    city = held(folder, 'name = "가"\nmetres = 500\ngroup = "19-39"')
    assert "19-39" in city.groups


def test_facilities_the_study_lacks_are_noted_and_not_judged(folder):
    city = held(folder, 'preset = "KR_NMS_2018_village"')
    noted = [e.problem for e in city.ledger.entries if e.problem.code == "W989"]
    assert len(noted) == 1
    assert "유치원(kindergarten)" in noted[0].text("ko")
    assert "small_library" not in noted[0].text("ko")
    assert len(city.standards) == 11


def test_the_sample_uses_every_preset(sample_study):
    from access.korea.standards import presets

    city = sample_study
    assert {s.preset for s in city.standards} == {*presets(), ""}
    assert not [e for e in city.ledger.entries if e.problem.code == "W989"]
