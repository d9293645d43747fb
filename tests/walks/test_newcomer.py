"""The road of a newcomer: lay out a folder, bring the files one by one, check after each, run.

Nothing is done here but what the last check said to do.
"""

from __future__ import annotations

import csv
import re
import shutil
import tomllib
from pathlib import Path
from unicodedata import normalize

import pytest
from click.testing import CliRunner, Result

from access.cli import command

WAY = [  # what is missing, in the order check asks for it, and the file of the sample for it
    ("읍·면·동 경계", "Districts (eup, myeon, dong)", "districts.geojson"),
    ("주민 인구", "Residents by age", "residents.csv"),
    ("인구 격자", "Populated cells", "cells.csv"),
    ("도로", "Streets", "streets.osm.pbf"),
    ("학습공간", "Learning centres", "centres.csv"),
]


def call(*words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


def typed(line: str) -> list[str]:
    """Return the words of a command as a terminal would."""
    return [quoted or word for quoted, word in re.findall(r'"([^"]+)"|(\S+)', line)]


def next_step(done: Result, lang: str) -> tuple[int, str]:
    """Return how many steps are left, and the next one."""
    pattern = {
        "ko": r"(?m)^다음 할 일 \(남은 것 (\d+)가지\): (.+)$",
        "en": r"(?m)^Next \((\d+) to do\): (.+)$",
    }[lang]
    ((left, words),) = re.findall(pattern, done.stdout)
    return int(left), words


def switch_on(folder: Path, *lines: str) -> None:
    """Take the # away from lines of study.toml."""
    path = folder / "study.toml"
    text = path.read_text("utf-8")
    for line in lines:
        assert f"\n#{line}\n" in text
        text = text.replace(f"\n#{line}\n", f"\n{line}\n")
    path.write_text(text, "utf-8")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_from_nothing_to_a_map(sample, tmp_path, monkeypatch, lang):
    monkeypatch.chdir(tmp_path)
    done = call("init", "가람 자료(최종)", "--city", "가람시", "--offline", "--lang", lang)
    assert done.exit_code == 0, done.output
    (check,) = re.findall(r"access (check .*)$", done.stdout.strip())
    folder = Path("가람 자료(최종)")

    for number, step in enumerate(WAY):
        done = call(*typed(check), "--quiet", "--lang", lang)
        assert done.exit_code == 2, done.output
        assert next_step(done, lang) == (len(WAY) - number, step[lang == "en"])
        assert f"'{step[2]}'" in done.stdout.rpartition(step[lang == "en"])[2]
        assert done.stdout.count("○") == 1 + number
        shutil.copy(sample / step[2], folder)

    done = call(*typed(check), "--quiet", "--lang", lang)
    assert done.exit_code == 0, done.output
    rows = {"ko": "61행 읽음 = 55행 사용", "en": "61 rows read = 55 used"}[lang]
    assert f"centres.csv: {rows}" in done.stdout
    (run,) = re.findall(r"access (run .*)$", done.stdout.strip())
    done = call(*typed(run), "--quiet", "--lang", lang)
    assert done.exit_code == 0, done.output
    results = Path(typed(run)[-1])
    with (results / "districts.csv").open(encoding="utf-8-sig") as file:
        city = next(csv.DictReader(file))
    assert (city["people"], city["mode"]) == ("190577", "walk")
    assert "가람시" in (results / "report.html").read_text("utf-8")


def test_files_under_their_own_names_are_recognised(sample, tmp_path):
    folder = tmp_path / "a"
    call("init", folder, "--city", "가람시", "--offline")
    own = {
        "districts.geojson": "행정동 2025.geojson",
        "residents.csv": "202506_202506_연령별인구현황_월간.csv",
        "cells.csv": "격자 100m.csv",
        "streets.osm.pbf": "garam-latest.osm.pbf",
        "centres.csv": "평생학습관 목록.csv",
    }
    for ours, theirs in own.items():
        shutil.copy(sample / ours, folder / theirs)
    first = call("check", folder, "--quiet").stdout
    assert (
        "× 주민 인구 residents.csv: 아직 없음 (읽을 수 있는 파일: 202506_" in first
    )  # of all at once
    while (done := call("check", folder, "--quiet")).exit_code == 2:
        ((header, name),) = re.findall(r'(\[+\w+\]+) file = "(.+)"', done.stdout)
        text = (folder / "study.toml").read_text("utf-8")
        head, _, rest = text.partition(f"\n{header}\n")
        new = re.sub(r'(?m)^file = ".*"$', f'file = "{name}"', rest, count=1)
        assert new != rest, "no step is said twice"
        (folder / "study.toml").write_text(f"{head}\n{header}\n{new}", "utf-8")
    document = tomllib.loads((folder / "study.toml").read_text("utf-8"))
    assert [document["districts"]["file"], document["residents"]["file"]] == list(own.values())[:2]
    assert "쓰지 않는 파일" not in done.stdout


def test_of_two_studies_in_a_folder_the_one_asked_about_is_run(sample, tmp_path):
    folder = shutil.copytree(sample, tmp_path / "a b")
    other = folder / "둘째.toml"
    other.write_text((folder / "study.toml").read_text("utf-8"), "utf-8")
    done = call("check", other, "--quiet")
    assert done.stdout.startswith("○ 연구 설정 둘째.toml")
    assert f'access run "{other}" --out' in done.stdout
    (folder / "cells.csv").unlink()
    assert f'access check "{other}"' in call("check", other, "--quiet").stdout


def test_files_in_the_wrong_place_are_told_where_they_belong(sample, tmp_path):
    folder = tmp_path / "a"
    call("init", folder, "--city", "가람시", "--offline")
    shutil.copy(sample / "residents.csv", folder / "cells.csv")
    done = call("check", folder, "--quiet")
    assert next_step(done, "ko") == (5, "인구 격자")  # what was just brought, before the rest
    assert "오류 E647: cells.csv: '주민 인구' 파일로 읽을 수 있습니다." in done.stdout
    assert "[residents] file" in done.stdout


def test_what_is_not_required_can_be_added_later(sample, tmp_path):
    folder = tmp_path / "a"
    call("init", folder, "--city", "가람시", "--offline")
    for *_, name in WAY:
        shutil.copy(sample / name, folder)
    assert call("check", folder).exit_code == 0
    switch_on(folder, "[relief]", 'file = "relief.asc"')
    switch_on(folder, "[[places]]", 'kind = "idle"', 'file = "idle.csv"', "as_of = 2025-06-30")
    done = call("check", folder, "--quiet")
    assert next_step(done, "ko") == (2, "유휴공간")
    shutil.copy(sample / "idle.csv", folder)
    done = call("check", folder, "--quiet")
    assert next_step(done, "ko") == (1, "표고")
    assert "SRTM" in done.stdout
    shutil.copy(sample / "relief.asc", folder)
    assert "고칠 것" in call("check", folder, "--quiet").stdout  # the .asc does not say its crs
    text = (folder / "study.toml").read_text("utf-8")
    head, _, rest = text.partition('file = "relief.asc"')
    changed = rest.replace("#crs = 5179", "crs = 5179", 1)
    (folder / "study.toml").write_text(f'{head}file = "relief.asc"{changed}', "utf-8")
    done = call("check", folder, "--quiet")
    assert done.exit_code == 0, done.output
    unused = [line for line in done.stdout.splitlines() if "쓰지 않음" in line]
    named = [line.split(":")[0].removeprefix("· ") for line in unused]
    assert named[:3] == ["코드의 짝", "주소표", "강좌"]
    assert len(named) == 6  # and three that only chapters of the report use


def test_another_city_is_told(sample, tmp_path):
    folder = tmp_path / "a"
    call("init", folder, "--city", "가랑시", "--offline")
    for *_, name in WAY:
        shutil.copy(sample / name, folder)
    done = call("check", folder, "--quiet")
    assert "주의 W646: residents.csv: study.toml의 name은 '가랑시'인데" in done.stdout
    assert "가람도 가람시" in done.stdout
    assert call("check", folder, "--strict").exit_code == 2


@pytest.mark.data
def test_the_files_of_anseong_as_far_as_they_go(real_data, tmp_path):
    """Real units, people and rooms; its streets and cells could not be had, and check says so."""
    data = real_data / "anseong"
    table = data / "주민등록_연령별인구_202012_cp949.csv"
    folder = tmp_path / "안성 자료(최종)"
    done = call("init", folder, "--city", "안성시", "--residents", table, "--offline")
    assert done.exit_code == 0, done.output
    assert "경기도 안성시: 시군구 코드 41550, 읍·면·동 15곳" in done.stdout
    shutil.copy(data / "anseong_emd_2021.geojson", folder / "districts.geojson")
    done = call("check", folder, "--quiet")
    assert next_step(done, "ko") == (3, "인구 격자")
    assert "○ 읍·면·동 경계 districts.geojson: 15행 읽음 = 15행 사용" in done.stdout
    assert "○ 주민 인구 residents.csv: " in done.stdout
    assert "W646" not in done.stdout

    rooms = "전국공공시설개방정보표준데이터_202010.csv"
    with (data / rooms).open(encoding="cp949", newline="") as file:
        header, *rows = csv.reader(file)
    own = [row for row in rows if row[-1] == "경기도 안성시"]
    assert len(own) == 53
    with (folder / "centres.csv").open("w", encoding="cp949", newline="") as file:
        csv.writer(file).writerows([header, *own])
    done = call("check", folder, "--quiet")
    assert "○ 학습공간 centres.csv: 53행 읽음 = " in done.stdout
    assert next_step(done, "ko") == (2, "인구 격자")


def test_cells_of_another_city_are_told_before_all_files_are_there(sample, tmp_path):
    folder = tmp_path / "a"
    call("init", folder, "--city", "가람시", "--offline")
    shutil.copy(sample / "districts.geojson", folder)
    (folder / "cells.csv").write_text("gid,people\n다사551085,40\n다사552085,25\n", "utf-8")
    (folder / "centres.csv").write_text("시설명,위도,경도\n먼 곳,35.1,129.0\n", "utf-8")
    done = call("check", folder, "--quiet")
    assert next_step(done, "ko") == (3, "자료를 서로 맞추기")
    assert "오류 E352" in done.stdout


def test_names_spelt_in_letters_are_found(sample, tmp_path):
    """A file that came over a Mac: its name looks the same and is spelt otherwise."""
    folder = tmp_path / "a"
    call("init", folder, "--city", "가람시", "--offline")
    for *_, name in WAY:
        shutil.copy(sample / name, folder)
    (folder / "cells.csv").rename(folder / normalize("NFD", "인구 격자.csv"))
    path = folder / "study.toml"
    path.write_text(path.read_text("utf-8").replace("cells.csv", "인구 격자.csv"), "utf-8")
    done = call("check", folder, "--quiet")
    assert done.exit_code == 0, done.output
    assert "쓰지 않는 파일" not in done.stdout


def test_a_table_without_coordinates_is_told(tmp_path):
    folder = tmp_path / "a"
    call("init", folder, "--city", "가람시", "--offline")
    (folder / "centres.csv").write_text("도서관명,소재지도로명주소\n도서관,가람로 1\n", "utf-8")
    done = call("check", folder, "--quiet")
    assert next_step(done, "ko") == (5, "학습공간")
    assert "오류 E112: centres.csv '위도': 필요한 열(lat)이 없습니다." in done.stdout
