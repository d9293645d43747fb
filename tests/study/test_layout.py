"""A new study is laid out: online, offline, in folders of every name, beside what is there."""

from __future__ import annotations

import json
import shutil
import socket
import tomllib
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from access import read_districts, read_network
from access.cli import command
from access.errors import DownloadError, InputError, OutputError
from access.korea import residents
from access.network import place
from access.study.document import Document
from access.study.layout import begin_study, find_city
from tests.network.servers import Server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    """Play the internet, for the command line too."""
    running = Server()
    known = {"overpass": f"{running.url}/api", "nominatim": f"{running.url}/"}
    ask = partial(place.download_place, cache=tmp_path / "cache", **known)
    monkeypatch.setattr(place, "download_place", ask)
    monkeypatch.setattr(place, "_PATIENCE_S", (0.0, 0.0))
    yield running
    running.stop()


@pytest.fixture
def no_internet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    ask = partial(place.download_place, cache=tmp_path / "c", overpass=nobody, nominatim=nobody)
    monkeypatch.setattr(place, "download_place", ask)


def document(folder: Path) -> Document:
    return Document.model_validate(tomllib.loads((folder / "study.toml").read_text("utf-8")))


def call(*words: object):
    return CliRunner().invoke(command, [str(w) for w in words])


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*")}


# Online.


def test_online_the_streets_and_the_outline_come_along(server, tmp_path):
    folder = tmp_path / "가람 자료(최종)"
    asked: list[str] = []
    layout = begin_study(folder, "가람시", progress=asked.append)
    assert layout.made == ("streets.json", "outline.geojson", "study.toml", "읽어주세요.txt")
    assert layout.called == "가람시"
    assert asked == ["가람시"]
    assert document(folder).streets.file == "streets.json"
    assert len(read_network(folder / "streets.json")) == 1
    outline = read_districts(folder / "outline.geojson")
    assert (outline.codes.tolist(), outline.names.tolist()) == (["0000000000"], ["가람시"])
    assert "OpenStreetMap" in (folder / "outline.geojson").read_text("utf-8")


def test_the_command_says_whose_streets_came(server, tmp_path):
    done = call("init", tmp_path / "새 폴더", "--city", "가람시")
    assert done.exit_code == 0, done.output
    assert "도로와 경계를 받은 곳: 가람시" in done.stdout
    assert done.stdout.rstrip().endswith(f'access check "{tmp_path / "새 폴더"}"')
    english = call("init", tmp_path / "new", "--city", "가람시", "--lang", "en")
    assert "Streets and outline are those of: 가람시" in english.stdout
    assert (tmp_path / "new" / "READ ME.txt").is_file()


def test_a_mistyped_city_is_told_before_anything_is_made(server, tmp_path):
    server.places = []
    with pytest.raises(DownloadError) as stopped:
        begin_study(tmp_path / "안선", "안선시")
    assert stopped.value.code == "E710"
    assert "--offline" in stopped.value.text("ko")
    assert not (tmp_path / "안선").exists()
    done = call("init", tmp_path / "안선", "--city", "안선시")
    assert done.exit_code == 2
    assert "오류 E710: 값 '안선시'" in done.stderr


def test_a_server_that_refuses_leaves_a_folder_without_streets(server, tmp_path):
    server.script = [lambda h: h.reply(b"Forbidden", 403)] * 9
    layout = begin_study(tmp_path / "a", "가람시")
    assert layout.made == ("study.toml", "읽어주세요.txt")
    assert layout.trouble.code == "W711"
    assert "HTTP 403" in layout.trouble.text("ko")
    assert document(tmp_path / "a").streets.file == "streets.osm.pbf"


def test_the_same_command_with_internet_adds_the_streets(server, tmp_path):
    folder = tmp_path / "a"
    begin_study(folder, "가람시", online=False)
    before = contents(folder)
    layout = begin_study(folder, "가람시")
    assert layout.made == ("streets.json", "outline.geojson")
    assert layout.kept == ("study.toml", "읽어주세요.txt")
    assert before.items() <= contents(folder).items()
    done = call("check", folder, "--quiet")  # the study.toml that was kept names another file
    assert "streets.json" in done.stdout.rpartition("쓰지 않는 파일")[2].splitlines()[0]
    asked = len(server.asked)
    begin_study(folder, "가람시")  # streets are there: nobody is asked again
    assert len(server.asked) == asked


# Offline.


def test_without_internet_the_folder_is_laid_out_all_the_same(no_internet, tmp_path):
    done = call("init", tmp_path / "a", "--city", "가람시")
    assert done.exit_code == 0, done.output
    assert "주의 W711: 값 '가람시': 도로를 내려받지 못했습니다" in done.stdout
    assert (tmp_path / "a" / "study.toml").is_file()
    strict = call("init", tmp_path / "b", "--city", "가람시", "--strict")
    assert strict.exit_code == 2
    assert "W711" in strict.stderr


def test_offline_nobody_is_asked(server, tmp_path):
    done = call("init", tmp_path / "a", "--city", "가람시", "--offline")
    assert done.exit_code == 0, done.output
    assert server.asked == []


def test_laid_out_twice_is_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        begin_study(tmp_path / name, "안성시", online=False)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


# What is there stays.


def test_nothing_that_is_there_is_overwritten(tmp_path):
    (tmp_path / "study.toml").write_text("내 설정", "utf-8")
    (tmp_path / "보고서.hwp").write_bytes(b"mine")
    done = call("init", tmp_path, "--city", "안성시", "--offline")
    assert done.exit_code == 0, done.output
    assert "이미 있어 그대로 두었습니다: study.toml" in done.stdout
    assert (tmp_path / "study.toml").read_text("utf-8") == "내 설정"
    assert {p.name for p in tmp_path.iterdir()} == {"study.toml", "보고서.hwp", "읽어주세요.txt"}


def test_no_half_file_is_left_where_the_disk_is_full(tmp_path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError) as stopped:
        begin_study(tmp_path / "a", "안성시", online=False)
    assert stopped.value.code == "E642"
    assert list((tmp_path / "a").iterdir()) == []


# Names.


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "안성?",
        "a<b",
        'a"b',
        "a|b",
        "끝 ",
        "끝.",
        "CON",
        "nul.txt",
        "com1",
        "ㄱ" * 90,
        "a\nb",
    ],
)
@pytest.mark.parametrize("within", ["", "안성 자료"])
def test_a_bad_folder_name_is_one_sentence(tmp_path, monkeypatch, name, within):
    monkeypatch.chdir(tmp_path)
    folder = f"{within}/{name}/자료" if within and name.strip() else name
    with pytest.raises(InputError) as stopped:
        begin_study(folder, "안성시", online=False)
    assert stopped.value.code == "E640"
    for lang in ("ko", "en"):
        assert "\n" not in stopped.value.text(lang)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["안성 자료(최종)", "가나다/라 마", "./here", "a.b", ".", "Ansŏng"]
)
def test_other_names_will_do(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    begin_study(name, "안성시", online=False)
    assert (tmp_path / name / "study.toml").is_file()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "안성.xlsx").write_bytes(b"mine")
    done = call("init", tmp_path / "안성.xlsx", "--city", "안성시", "--offline")
    assert done.exit_code == 2
    assert "오류 E641" in done.stderr
    done = call("init", tmp_path / "안성.xlsx" / "자료", "--city", "안성시", "--offline")
    assert done.exit_code == 2
    assert "오류 E642" in done.stderr
    assert (tmp_path / "안성.xlsx").read_bytes() == b"mine"


@pytest.mark.parametrize("city", ["", "  ", "안성\x00시", "가" * 101])
def test_a_bad_city_is_one_sentence(tmp_path, city):
    with pytest.raises(InputError) as stopped:
        begin_study(tmp_path / "a", city, online=False)
    assert stopped.value.code == "E645"
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("city", ['"]\n[x]', "a\\b", "{lang}", "# 시", "'''"])
def test_a_strange_city_cannot_break_the_document(tmp_path, city):
    begin_study(tmp_path / "a", city, online=False)
    assert document(tmp_path / "a").name == " ".join(city.split())


# The city in a table.


def test_a_table_of_residents_tells_code_and_towns(sample, tmp_path):
    table = shutil.copy(sample / "residents.csv", tmp_path / "202506_연령별인구현황.csv")
    folder = tmp_path / "a"
    layout = begin_study(folder, "가람시", residents=table, online=False)
    assert layout.city.name == "가람도 가람시"
    assert (layout.city.codes, layout.city.towns) == (("99150",), 15)
    assert (folder / "residents.csv").read_bytes() == Path(table).read_bytes()
    line = "가람도 가람시: 시군구 코드 99150, 읍·면·동 15곳 "
    line += "(202506_연령별인구현황.csv, 2025-06)"
    assert line in layout.text("ko")
    assert f"# {line}" in (folder / "study.toml").read_text("utf-8")


def test_the_outline_carries_the_code(server, sample, tmp_path):
    begin_study(tmp_path / "a", "가람시", residents=sample / "residents.csv")
    assert read_districts(tmp_path / "a" / "outline.geojson").codes.tolist() == ["9915000000"]


def test_a_city_that_the_table_does_not_know(sample, tmp_path):
    done = call("init", tmp_path / "a", "--city", "가랑시", "--residents", sample / "residents.csv")
    assert done.exit_code == 2
    assert "오류 E643: residents.csv 값 '가랑시': " in done.stderr
    assert "비슷한 이름: 가람시" in done.stderr
    assert not (tmp_path / "a").exists()


def test_another_file_is_no_table_of_residents(sample, tmp_path):
    for wrong in ("cells.csv", "streets.osm.pbf", "no.csv"):
        with pytest.raises(InputError):
            begin_study(tmp_path / "a", "가람시", residents=sample / wrong, online=False)
    assert not (tmp_path / "a").exists()


@pytest.mark.data
def test_cities_of_the_whole_country(real_data, monkeypatch):
    # Half a million numbers, which are the same for every question.
    monkeypatch.setattr(residents, "read_residents", cache(residents.read_residents))
    table = real_data / "anseong" / "주민등록_연령별인구_202012_cp949.csv"
    found = find_city(table, "안성시")
    assert (found.name, found.codes, found.towns) == ("경기도 안성시", ("41550",), 15)
    assert found == find_city(table, "경기도 안성시")
    assert find_city(table, "안산시").codes == ("41271", "41273")
    for city, code, says in (("안선시", "E643", "안성시"), ("고성군", "E644", "경상남도 고성군")):
        with pytest.raises(InputError) as stopped:
            find_city(table, city)
        assert stopped.value.code == code
        assert says in stopped.value.text("ko")


def test_the_outline_is_plain_geojson(server, tmp_path):
    begin_study(tmp_path / "a", "가람시")
    feature = json.loads((tmp_path / "a" / "outline.geojson").read_text("utf-8"))["features"][0]
    assert feature["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize(("name", "code"), [("centres.csv", "E190"), ("absent.csv", "E189")])
def test_a_file_that_cannot_tell_the_city_is_one_sentence(sample, tmp_path, name, code):
    folder = tmp_path / "연구"
    done = call("init", folder, "--city", "가람시", "--offline", "--residents", sample / name)
    assert done.exit_code == 2
    assert f"오류 {code}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "study.toml" not in done.stderr
    assert not folder.exists()
