"""`study.toml`: every fault is told, with the key and what to do."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from access import Study
from access.errors import InputError
from access.study.document import read_document


@pytest.fixture
def folder(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "안성 자료(최종)")


def faults(folder, text):
    """Return code -> column of what is wrong with a text."""
    (folder / "study.toml").write_text(text, encoding="utf-8")
    try:
        _, problems = read_document(folder / "study.toml")
    except InputError as error:
        problems = error.problems
    return {(p.code, p.column) for p in problems}, InputError(problems).text()


def edited(folder, old, new):
    text = (folder / "study.toml").read_text("utf-8")
    assert old in text
    return faults(folder, text.replace(old, new, 1))


def test_the_sample_reads(folder):
    document, problems = read_document(folder / "study.toml")
    assert not problems
    assert document.name == "가람시"
    assert document.as_of == date(2025, 6, 30)
    assert {q.mode for q in document.questions()} == {"walk", "bicycle", "drive"}


def test_an_unknown_key_is_answered_with_the_nearest(folder):
    found, text = edited(folder, 'people = "people"', 'poeple = "people"')
    assert found == {("E622", "cells.poeple")}
    assert "'people'을(를) 쓰려던 것인지" in text


def test_keys_of_lists_are_counted_from_one(folder):
    found, _ = edited(folder, 'kind = "idle"', 'knd = "idle"')
    assert found == {("E622", "places[2].knd"), ("E623", "places[2].kind")}


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ('mode = "walk"', 'mode = "wlak"', "E600", "question[1].mode"),
        ('profile = "policy"', 'profile = "polciy"', "E600", "question[1].profile"),
        ("minutes = [5, 10, 15]", "minutes = [15, 5]", "E601", "question[1].minutes"),
        ("minutes = [5, 10, 15]", "minutes = [300, 900]", "E601", "question[1].minutes"),
        ("minutes = [5, 10, 15]", "minutes = [0, 5]", "E601", "question[1].minutes"),
        ("minutes = [5, 10, 15]", "minutes = []", "E601", "question[1].minutes"),
        ("minutes = [5, 10, 15]", "minutes = [nan]", "E601", "question[1].minutes"),
        ("minutes = [5, 10, 15]", "minutes = [5.01, 5.02]", "E601", "question[1].minutes"),
        ("crs = 5179", "crs = 999999", "E227", "crs"),
        ("crs = 5179", "crs = 4326", "E229", "crs"),
        ("crs = 5179", "crs = 5703", "E228", "crs"),
        ('group = "all"', 'group = "모두"', "E606", "question[1].group"),
        ('name = "가람시"', 'name = "  "', "E624", "name"),
        ('file = "cells.csv"', f'file = "{"a" * 5000}"', "E625", "cells.file"),
        ('format = "mois"', 'format = "mois"\ncrs = 5179', "E622", "residents.crs"),
        ("minutes = [5, 10, 15]", 'minutes = "다섯"', "E624", "question[1].minutes"),
        ("minutes = [5, 10, 15]", "minutes = [5]\nsnap_m = -1", "E603", "question[1].snap_m"),
        ("minutes = [5, 10, 15]", "minutes = [5]\nto = []", "E602", "question[1].to"),
        ('lang = "ko"', 'lang = "jp"', "E624", "lang"),
        ("as_of = 2025-06-30", 'as_of = "언제"', "E624", "as_of"),
        ('file = "cells.csv"', 'file = "cell.csv"', "E625", "cells.file"),
        ('name = "가람시"', "", "E623", "name"),
        ('file = "streets.osm.pbf"', "", "E623", "streets.file"),
    ],
)
def test_a_wrong_value_names_its_key(folder, old, new, code, column):
    found, _ = edited(folder, old, new)
    assert (code, column) in found


def test_a_missing_file_names_the_nearest(folder):
    _, text = edited(folder, 'file = "cells.csv"', 'file = "cell.csv"')
    assert "이름이 가장 비슷한 파일: cells.csv" in text


def test_speeds_are_checked(folder):
    text = (folder / "study.toml").read_text("utf-8")
    found, _ = faults(folder, text + "\n[speeds.walk.senor]\nwalk_ms = 0.8\n")
    assert ("E600", "speeds.walk.senor") in found
    found, _ = faults(folder, text + "\n[speeds.walk.senior]\nwalk_mss = 0.8\n")
    assert ("E550", "speeds.walk.senior") in found


def test_changed_speeds_are_used(folder):
    path = folder / "study.toml"
    path.write_text(path.read_text("utf-8") + "\n[speeds.walk.policy]\nwalk_ms = 0.5\n", "utf-8")
    assert Study.from_folder(folder).mode("walk", "policy").walk_ms == 0.5


def test_what_is_no_toml_names_the_line(folder):
    found, text = faults(folder, 'name = "가람시\n')
    assert found == {("E627", "")}
    assert "line 1" in text


def test_cp949_is_answered_with_how_to_save(folder):
    (folder / "study.toml").write_bytes('name = "가람시"'.encode("cp949"))
    with pytest.raises(InputError, match=r"E621.*UTF-8"):
        read_document(folder / "study.toml")


def test_no_file_at_all(tmp_path):
    with pytest.raises(InputError, match="E620"):
        read_document(tmp_path / "study.toml")


def test_a_name_that_windows_shows_in_part(tmp_path):
    (tmp_path / "study.toml.txt").write_text('name = "가람시"', "utf-8")
    with pytest.raises(InputError, match=r"E841.*[.]txt"):
        read_document(tmp_path / "study.toml")


def test_problems_bear_the_name_of_their_document(folder):
    for text in ("name = ", 'name = "가람시"\nnmae = 1'):
        (folder / "two.toml").write_text(text, "utf-8")
        with pytest.raises(InputError) as error:
            Study.from_folder(folder / "two.toml")
        assert {p.file for p in error.value.problems} == {"two.toml"}


def test_what_is_no_study_file(folder):
    with pytest.raises(InputError, match="E629"):
        read_document(folder / "cells.csv")


def test_reasons_are_in_the_language_of_the_message(folder):
    _, text = edited(folder, "minutes = [5, 10, 15]", 'minutes = "다섯"')
    assert "목록을 적으세요" in text
    assert "Input should" not in text
