"""A planner's folder: files that do not belong together, and ten faults told in one run."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from access import Study, evaluate
from access.errors import InputError
from access.ledger import sentence


@pytest.fixture
def folder(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "연구 자료")


def problems(folder, **how):
    with pytest.raises(InputError) as caught:
        Study.from_folder(folder, **how)
    return caught.value.problems


def rewrite(path, change, encoding="utf-8-sig"):
    path.write_bytes(change(path.read_bytes().decode(encoding)).encode(encoding))


def test_the_sample_is_a_study(sample_study):
    study = sample_study
    assert len(study.districts) == 15
    assert study.synthetic
    for tally in study.ledger.tallies:
        assert tally.read == tally.used + tally.repaired + tally.excluded
        assert "읽음" in sentence(tally)
    assert {s.role for s in study.sources} == {
        "streets", "relief", "districts", "residents", "cells", "centre", "idle", "programmes",
        "zones", "teachers", "origins",
    }  # fmt: skip
    assert all(len(s.sha256) == 64 for s in study.sources)


def test_the_sample_has_slopes_and_a_study_without_a_relief_has_none(sample_study, folder):
    assert np.isfinite(sample_study.network.height).all()
    rewrite(folder / "study.toml", without_relief)
    study = Study.from_folder(folder)
    assert study.network.height is None
    assert "relief" not in {s.role for s in study.sources}
    senior = evaluate(study, study.questions[1])
    assert ("경사와 버스는 반영하지 않음.", "Slopes and buses are not included.") in (
        senior.assumptions
    )


def without_relief(text):
    return text.replace('[relief]\nfile = "relief.asc"\ncrs = 5179\n', "")


def test_a_spoilt_relief_is_told_with_all_other_faults(folder):
    rewrite(folder / "cells.csv", lambda s: s + "다사874057,-3\n")
    rewrite(folder / "relief.asc", lambda s: s[:-90], "ascii")
    assert {"E593"} < {p.code for p in problems(folder)}
    rewrite(folder / "study.toml", lambda s: s.replace('"relief.asc"', '"releif.asc"'))
    (absent,) = [p for p in problems(folder) if p.code == "E625"]
    assert absent.column == "relief.file"
    assert absent.facts["nearest"] == "relief.asc"


@pytest.mark.parametrize(("said", "code"), [("crs = 5186\n", "E597"), ("", "E594")])
def test_a_relief_in_the_wrong_place_is_told(folder, said, code):
    named = 'file = "relief.asc"\n'
    rewrite(folder / "study.toml", lambda s: s.replace(f"{named}crs = 5179\n", named + said))
    assert [p.code for p in problems(folder)] == [code]


def test_groups_keep_the_residents_of_every_district(sample_study):
    study = sample_study
    for group, people in study.groups.items():
        inside = study.cell_district >= 0
        sums = np.bincount(study.cell_district[inside], weights=people[inside])
        assert np.allclose(sums, np.round(sums), atol=1e-6), group
    parts = sum(study.groups[g] for g in ("0-18", "19-39", "40-64", "65+"))
    assert np.allclose(parts, study.groups["all"])


def test_ten_faults_are_told_in_one_run(folder):
    """Faults in five files, of ten kinds, in one InputError."""
    rewrite(folder / "cells.csv", lambda s: s.replace("\n", "\n다바123456,12\n다바123456,-3\n", 1))
    rewrite(folder / "cells.csv", lambda s: s + "zz99,4\n")

    def spoil_centres(text):
        lines = text.splitlines()
        lines[2] += ",하나 더"  # a ragged row
        header = lines[0].split(",")
        lines[0] = ",".join("위도 값" if h == "위도" else h for h in header)
        return "\r\n".join(lines) + "\r\n"

    rewrite(folder / "centres.csv", spoil_centres)
    idle = (folder / "idle.csv").read_bytes().decode("cp949").splitlines()
    names = idle[0].split(",")
    names[names.index("부대시설정보")] = "면적"  # a column that stands twice
    (folder / "idle.csv").write_bytes(("\n".join([",".join(names), *idle[1:]])).encode("cp949"))
    geo = json.loads((folder / "districts.geojson").read_text("utf-8"))
    geo["features"].append(geo["features"][0])  # a code that stands twice
    geo["features"][3]["geometry"] = {"type": "LineString", "coordinates": [[127, 37], [127.1, 37]]}
    (folder / "districts.geojson").write_text(json.dumps(geo, ensure_ascii=False), "utf-8")
    residents = (folder / "residents.csv").read_bytes().decode("cp949")
    lines = residents.splitlines()
    first = lines[5].split('","')
    first[1] = "-5"  # a negative count
    lines[5] = '","'.join(first)
    (folder / "residents.csv").write_bytes("\n".join(lines).encode("cp949"))
    streets = folder / "streets.osm.pbf"
    streets.write_bytes(streets.read_bytes()[:5000])  # a broken download

    found = problems(folder)
    assert len({p.file for p in found}) == 6
    assert len({(p.file, p.code) for p in found}) >= 10, sorted({(p.file, p.code) for p in found})
    assert all(p.level == "E" for p in found)


def test_residents_of_another_date_are_told(folder):
    path = folder / "districts.geojson"
    geo = json.loads(path.read_text("utf-8"))
    first = geo["features"][0]["properties"]
    first["adm_cd2"] = "9915099900"
    path.write_text(json.dumps(geo, ensure_ascii=False), "utf-8")
    # The name is the same, and no other of the city changed: the code alone did.
    study = Study.from_folder(folder)
    (told,) = [p for p in study.ledger.warnings if p.code == "W389"]
    assert "9915099900" in told.text("ko")
    first["adm_nm"] = "다른동"
    path.write_text(json.dumps(geo, ensure_ascii=False), "utf-8")
    assert {"E353", "E354"} <= {p.code for p in problems(folder)}


def test_another_city_is_told(folder):
    path = folder / "districts.geojson"
    geo = json.loads(path.read_text("utf-8"))
    for feature in geo["features"]:
        shift = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = json.loads(json.dumps(shift), parse_float=_north)
    path.write_text(json.dumps(geo, ensure_ascii=False), "utf-8")
    assert "E352" in {p.code for p in problems(folder)}


def _north(text):
    """Move latitudes two degrees north, and leave longitudes."""
    value = float(text)
    return value + 0.9 if value < 90 else value


def test_strict_makes_warnings_stop(folder):
    found = problems(folder, strict=True)
    assert found
    assert {p.level for p in found} == {"W"}


def test_a_group_that_ages_cannot_form_names_those_they_can(folder):
    rewrite(
        folder / "study.toml", lambda s: s.replace('group = "65+"', 'group = "세대"', 1), "utf-8"
    )
    (problem,) = problems(folder)
    assert problem.code == "E606"
    assert "65+" in problem.text()
    rewrite(folder / "study.toml", lambda s: s.replace("세대", "61-64.5"), "utf-8")
    assert [p.code for p in problems(folder)] == ["E606"]


def test_a_kind_of_place_that_is_not_there(folder):
    rewrite(folder / "study.toml", lambda s: s.replace('kind = "centre"', 'kind = "hall"'), "utf-8")
    assert {p.code for p in problems(folder)} == {"E605"}


def test_without_districts_and_residents_there_is_one_area(folder):
    def drop(text):
        head, _, rest = text.partition("[districts]")
        rest = rest[rest.index("[cells]") :].replace("online =", "# online =")  # rates by age
        return (head + rest).replace('group = "65+"', 'group = "all"')

    rewrite(folder / "study.toml", drop, "utf-8")
    study = Study.from_folder(folder)
    assert study.districts.names.tolist() == ["가람시"]
    assert list(study.groups) == ["all"]
    assert {"W357", "W358", "W860"} <= {p.code for p in study.ledger.warnings}


def test_a_file_saved_while_it_is_read_is_told(folder, monkeypatch):
    import access.study.reading as module

    real = module.read_districts

    def slowly(path, **how):
        found = real(path, **how)
        path.write_bytes(path.read_bytes() + b"\n")
        return found

    monkeypatch.setattr(module, "read_districts", slowly)
    (problem,) = problems(folder)
    assert (problem.code, problem.file) == ("E628", "districts.geojson")


def test_two_lists_of_one_kind_number_on(folder):
    shutil.copy(folder / "idle.csv", folder / "more.csv")
    text = (folder / "study.toml").read_text("utf-8")
    text = text.replace(
        'file = "idle.csv"', 'file = "idle.csv"\n\n[[places]]\nkind = "idle"\nfile = "more.csv"'
    )
    (folder / "study.toml").write_text(text, "utf-8")
    ids = Study.from_folder(folder).places.ids.tolist()
    assert len(ids) == len(set(ids))


def test_one_cell_with_half_the_city_and_a_district_twice_over_are_told(folder):
    lines = (folder / "cells.csv").read_text("utf-8-sig").splitlines()
    gid, _ = lines[4000].split(",")
    lines[4000] = f"{gid},400000"
    (folder / "cells.csv").write_text("\n".join(lines) + "\n", "utf-8")
    found = {p.code: p for p in Study.from_folder(folder).ledger.warnings}
    assert found["W362"].row == 4001
    assert {"W356", "W363"} <= set(found)


def test_streets_of_a_continent_are_refused():
    from access.study.join import check_extent
    from access.testing import toy_study

    town = toy_study("a b", {"ab": {}}, people={"a": 1}, centres="b", spacing_m=600_000)
    with pytest.raises(InputError, match="E361"):
        check_extent(town.network, town.cells)


@pytest.mark.data
def test_rows_of_other_cities_are_counted_as_left_out(real_data):
    from access import read_residents
    from access.ledger import Tally

    path = real_data / "anseong" / "주민등록_연령별인구_202012_cp949.csv"
    found = read_residents(path, within="41550").ledger
    assert found.tallies == (Tally(path.name, 3847, 15, 0, 3832),)
    assert "F344" in {e.problem.code for e in found.entries}


def test_faults_of_study_toml_do_not_hide_those_of_the_files(folder):
    def spoil(text):
        text = text.replace('people = "people"', 'poeple = "people"')
        return text.replace('group = "65+"', 'group = "노인"').replace("idle.csv", "ilde.csv")

    rewrite(folder / "study.toml", spoil, "utf-8")
    rewrite(folder / "cells.csv", lambda s: s.replace("\n", "\n다바123456,-3\n", 1))
    assert {"E622", "E606", "E625", "E124"} <= {p.code for p in problems(folder)}


def test_places_of_another_city_are_refused(folder):
    def move(text):
        lines = text.splitlines()
        at = lines[0].split(",").index("위도")
        rows = [line.split(",") for line in lines[1:]]
        for row in rows:
            if row[at][:3] == "37.":
                row[at] = "35." + row[at][3:]
        return "\n".join([lines[0], *(",".join(row) for row in rows)]) + "\n"

    rewrite(folder / "centres.csv", move)
    (problem,) = problems(folder)
    assert (problem.code, problem.file) == ("E364", "centres.csv")


def test_of_a_national_table_the_rows_of_the_city_are_read(folder, told):
    head = "도서관명,시군구명,도서관유형,휴관일,열람좌석수,소재지도로명주소,위도,경도"
    ours = "가람도서관,가람시,공공도서관,월,20,가람도 가람시 가람로 1,37.1026,127.5371"
    other = "나래도서관,나래시,공공도서관,월,20,나래도 나래시 {},35.1,128.5"
    others = [other.format(k) for k in range(9)]
    (folder / "national.csv").write_text("\n".join([head, *others, ours]), "utf-8")
    with (folder / "study.toml").open("a", encoding="utf-8") as document:
        document.write('\n[[places]]\nkind = "library"\nfile = "national.csv"\n')
    study = Study.from_folder(folder)
    assert study.places.names[study.places.kind == "library"].tolist() == ["가람도서관"]
    assert "'가람시'" in told(study.ledger, "F842", times=1).text("ko")


@pytest.mark.data
def test_streets_of_another_city_are_refused(folder, real_data):
    shutil.copy(real_data / "korea_osm" / "suwon_ajou_map.osm", folder / "suwon.osm")
    rewrite(folder / "study.toml", lambda s: s.replace("streets.osm.pbf", "suwon.osm"), "utf-8")
    assert [p.code for p in problems(folder)] == ["E366"]


@pytest.mark.parametrize("crs", [3857, 32733])
def test_a_plane_of_another_country_is_refused(folder, crs):
    rewrite(folder / "study.toml", lambda s: s.replace("crs = 5179", f"crs = {crs}"), "utf-8")
    assert [p.code for p in problems(folder)] == ["E367"]


def test_a_city_without_people_is_refused_where_it_has_residents(folder):
    lines = (folder / "cells.csv").read_text("utf-8-sig").splitlines()
    empty = [f"{line.split(',')[0]},0" for line in lines[1:]]
    (folder / "cells.csv").write_text("\n".join([lines[0], *empty]) + "\n", "utf-8")
    assert [p.code for p in problems(folder)] == ["E365"]


CLASSES = '[[programmes]]\nfile = "classes.csv"\n'


def test_classes_are_part_of_the_study_and_of_what_it_is(folder, sample_study, told):
    with_classes = sample_study
    assert len(with_classes.programmes) > 200
    assert told(with_classes.ledger, "W441").file == "classes.csv"
    rewrite(folder / "classes.csv", lambda s: s.replace("노래교실", "합창교실"), "cp949")
    assert Study.from_folder(folder) != with_classes
    rewrite(folder / "study.toml", lambda s: s.replace(CLASSES, ""))
    without = Study.from_folder(folder)
    assert without.programmes is None
    assert without != with_classes


def test_one_list_of_classes_needs_no_double_brackets(folder, sample_study):
    single = CLASSES.replace("[[", "[").replace("]]", "]")
    rewrite(folder / "study.toml", lambda s: s.replace(CLASSES, single))
    assert Study.from_folder(folder) == sample_study


def test_ids_of_classes_go_on_from_one_list_to_the_next(folder):
    shutil.copy(folder / "classes.csv", folder / "more.csv")
    more = CLASSES + CLASSES.replace("classes", "more")
    rewrite(folder / "study.toml", lambda s: s.replace(CLASSES, more))
    classes = Study.from_folder(folder).programmes
    assert len(set(classes.ids.tolist())) == len(classes)
    assert {t.file for t in classes.ledger.tallies} == {"classes.csv", "more.csv"}


def test_a_list_of_classes_that_is_none_is_told_with_all_other_faults(folder):
    swapped = CLASSES.replace("classes", "centres") + 'format = "courses"\nkindd = 1\n'
    rewrite(folder / "study.toml", lambda s: s.replace(CLASSES, swapped))
    assert {"E112", "E622"} == {p.code for p in problems(folder)}
    rewrite(
        folder / "study.toml", lambda s: s.replace('"centres.csv"\nformat', '"클래스.csv"\nformat')
    )
    absent = [p for p in problems(folder) if p.code == "E625"]
    assert [p.column for p in absent] == ["programmes[1].file"]
