"""What a planner may add for the chapters: zones, teachers, other origins, and the keys of them."""

from __future__ import annotations

import csv
import io
import re
import shutil

import pytest

from access import Study
from access.errors import InputError
from access.study.review import review


@pytest.fixture
def folder(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "study")


def rewritten(folder, name, old, new):
    path = folder / name
    text = path.read_text("utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return Study.from_folder(folder)


def test_the_sample_has_all_of_them(sample_study):
    study = sample_study
    extras = study.extras
    assert extras.question == "자전거 15분"
    assert set(extras.zoning) == set(study.districts.codes.tolist())
    assert len(set(extras.zoning.values())) == extras.zones == 5
    assert {field for _, field, _ in extras.teachers} == {
        *("literacy", "schooling", "vocational", "career", "arts", "humanities", "civic")
    }
    assert len(extras.origins) == 6
    assert extras.origins.people.sum() == 2330
    assert extras.online == {"0-18": 0.9, "19-39": 0.95, "40-64": 0.75, "65+": 0.3}


def test_a_study_needs_none_of_them(folder):
    path = folder / "study.toml"
    head, _, rest = path.read_text("utf-8").partition("[measures]")
    path.write_text(head + "[[question]]" + rest.partition("[[question]]")[2], "utf-8")
    extras = Study.from_folder(folder).extras
    assert (extras.question, extras.zones, extras.zoning, extras.teachers) == ("", 5, {}, ())
    assert extras.origins is None


def test_a_question_that_is_not_there(folder, told):
    with pytest.raises(InputError) as error:
        rewritten(folder, "study.toml", 'question = "자전거 15분"', 'question = "비행기"')
    told(error.value, "E954", column="measures.question", value="비행기")


def test_names_do_where_codes_are_others(folder):
    study = rewritten(folder, "zones.csv", "9915025000,", "111,")
    assert study.extras.zoning["9915025000"] == "동부"


def test_a_name_may_stand_with_its_city_and_without_a_code(folder, told):
    text = "행정동,분야,인원\n가람도 가람시 누리읍,요리,7\n먼읍,요리,2\n"
    (folder / "teachers.csv").write_text(text, "utf-8")
    study = Study.from_folder(folder)
    assert study.extras.teachers == (("9915025000", "", 7.0),)
    told(study.ledger, "W926", column="행정동", value="먼읍", row=3)
    told(study.ledger, "W862", column="분야", value="요리")


def test_a_district_of_elsewhere_is_left_out(folder, told):
    study = rewritten(folder, "teachers.csv", "9915025000,누리읍", "111,먼읍")
    told(study.ledger, "W926", column="행정기관코드", value="111", row=2)
    assert "9915025000" not in {code for code, _, _ in study.extras.teachers}


def test_zones_that_leave_a_district_out_are_not_compared(folder, told):
    study = rewritten(folder, "zones.csv", "9915025000,누리읍,동부\n", "")
    told(study.ledger, "W928", value="9915025000")
    assert study.extras.zoning == {}


def test_zones_may_be_a_field_of_the_districts(folder):
    text = (folder / "districts.geojson").read_text("utf-8")
    (folder / "districts.geojson").write_text(
        text.replace('"sgg":', '"권역": "한 권역", "sgg":'), "utf-8"
    )
    study = rewritten(folder, "study.toml", '"zones.csv"', '"districts.geojson"')
    assert set(study.extras.zoning.values()) == {"한 권역"}
    assert len(study.extras.zoning) == 15


def test_people_who_could_teach_are_numbers(folder, told):
    with pytest.raises(InputError) as error:
        rewritten(folder, "teachers.csv", "기초문해,22", "기초문해,많음")
    told(error.value, "E108", column="인원", value="많음")


@pytest.mark.parametrize(
    ("keys", "code", "column", "value"),
    [
        ("zones = -1", "E860", "measures.zones", "-1"),
        ("participation = 0", "E919", "measures.participation", "0.0"),
        ("participation = 5", "E919", "measures.participation", "5.0"),
        ('field = "드론"', "E921", "measures.field", "드론"),
        ('band = "밤"', "E920", "measures.band", "밤"),
        ('online = { "65+" = 30 }', "E924", "measures.online.65+", "30.0"),
        ('online = { "65+" = 0.3, "75+" = 0.2 }', "E923", "measures.online", "65+, 75+"),
    ],
)
def test_what_the_chapters_cannot_use_is_told_before_computing(
    folder, told, keys, code, column, value
):
    path = folder / "study.toml"
    head, _, rest = path.read_text("utf-8").partition("[measures]")
    path.write_text(head + f"[measures]\n{keys}\n\n[zones]" + rest.partition("[zones]")[2], "utf-8")
    with pytest.raises(InputError) as error:
        Study.from_folder(folder)
    problem = told(error.value, code, column=column, value=value)
    assert problem.file == "study.toml"


def test_more_zones_than_districts_are_not_proposed(folder, told):
    study = rewritten(folder, "study.toml", "zones = 5", "zones = 15")
    told(study.ledger, "W860", column="measures.zones", value="15")


def test_all_of_it_is_told_at_once(folder):
    with pytest.raises(InputError) as error:
        rewritten(folder, "study.toml", "zones = 5", 'zones = -9\nband = "밤"\nfield = "드론"')
    assert {p.code for p in error.value.problems} == {"E860", "E920", "E921"}


def test_fields_and_bands_go_by_their_korean_names(folder):
    keys = 'zones = 5\nfield = "문화예술"\nband = "저녁"'
    extras = rewritten(folder, "study.toml", "zones = 5", keys).extras
    assert (extras.field, extras.band) == ("arts", "evening")


def test_online_rates_make_their_own_age_groups(folder):
    text = '{ "0-18" = 0.9, "19-39" = 0.95, "40-64" = 0.75, "65+" = 0.3 }'
    study = rewritten(folder, "study.toml", text, '{ "20-29" = 0.9 }')
    assert "20-29" in study.groups


def test_an_origin_off_the_streets_is_told(folder, told):
    study = rewritten(folder, "schools.csv", "37.106726", "36.106726")
    told(study.ledger, "W861", row=2, value="가람공업고등학교", times=1)


def test_fields_of_teachers_that_nobody_knows_are_told(folder, told):
    study = rewritten(folder, "teachers.csv", "누리읍,기초문해,22", "누리읍,드론,22")
    told(study.ledger, "W862", column="영역", value="드론")
    assert ("9915025000", "", 22.0) in study.extras.teachers


def test_a_city_of_nobody_is_told(folder, told):
    lines = (folder / "cells.csv").read_text("utf-8-sig").splitlines()
    place = lines[0].split(",").index("people")
    rows = [line.split(",") for line in lines[1:]]
    empty = [",".join([*r[:place], "0", *r[place + 1 :]]) for r in rows]
    (folder / "cells.csv").write_text("\n".join([lines[0], *empty]), "utf-8")
    path = folder / "study.toml"
    head, _, rest = path.read_text("utf-8").partition("[residents]")
    body = "[cells]" + rest.partition("[cells]")[2].partition("[measures]")[0]
    path.write_text(head + body + '[[question]]\nmode = "walk"\nminutes = [5]\n', "utf-8")
    told(Study.from_folder(folder).ledger, "W863", column="people")


def test_a_group_of_nobody_is_told(folder, told):
    """Everybody of 65 and more is made 40."""
    path = folder / "residents.csv"
    head, *lines = list(csv.reader(io.StringIO(path.read_bytes().decode("cp949"))))
    ages = [int(m[1]) if (m := re.search(r"_계_(\d+)세", name)) else -1 for name in head]
    out = [head]
    for line in lines:
        row = [value.replace(",", "") for value in line]
        old = [k for k, age in enumerate(ages) if age >= 65]
        row[ages.index(40)] = str(int(row[ages.index(40)]) + sum(int(row[k]) for k in old))
        out.append(["0" if k in old else value for k, value in enumerate(row)])
    text = io.StringIO()
    csv.writer(text).writerows(out)
    path.write_bytes(text.getvalue().encode("cp949"))
    told(Study.from_folder(folder).ledger, "W864", value="65+")


def test_origins_beyond_the_streets_are_left_out(folder):
    study = rewritten(folder, "schools.csv", "37.106726", "36.106726")
    assert "가람공업고등학교" not in study.extras.origins.ids
    (tally,) = (t for t in study.ledger.tallies if t.file == "schools.csv")
    assert (tally.read, tally.used, tally.excluded) == (6, 5, 1)


def test_origins_of_another_city_are_refused(folder, told):
    with pytest.raises(InputError) as error:
        rewritten(folder, "schools.csv", ",37.", ",35.")
    assert told(error.value, "E840").file == "schools.csv"


def test_the_table_of_schools_counts_nobody_and_is_read_all_the_same(folder, told):
    rows = csv.reader((folder / "schools.csv").read_text("utf-8-sig").splitlines())
    text = "\n".join(",".join(row[:3]) for row in rows)
    (folder / "schools.csv").write_text(text, "utf-8")
    keys = 'file = "schools.csv"\nid = "학교명"\npeople = "학생수"'
    study = rewritten(folder, "study.toml", keys, 'file = "schools.csv"')  # found by their headers
    told(study.ledger, "F840", times=1)
    assert study.extras.origins.ids[0] == "가람공업고등학교"
    assert not study.extras.origins.people.any()


def test_what_is_wrong_with_origins_is_not_hidden_by_their_likeness_to_places(folder):
    text = (folder / "schools.csv").read_text("utf-8-sig").replace("위도,경도", "세로,가로")
    (folder / "schools.csv").write_text(text, "utf-8")
    (step,) = (s for s in review(folder).steps if s.header == "[origins]")
    assert {p.code for p in step.problems} == {"E310"}
