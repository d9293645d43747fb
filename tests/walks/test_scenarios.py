"""A planner's walk: scenarios of the sample city, in a script, at the command line, and afresh."""

from __future__ import annotations

import hashlib
import json
import runpy
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from access import Outcome, Scenario, Study, evaluate
from access._frozen import Record
from access.cli import command
from tests.conftest import ROOT, SAMPLE

SCRIPT = ROOT / "notebooks" / "twenty_scenarios.py"
FILES = sorted((SAMPLE / "scenarios").glob("*.toml"))

EDITS = (
    {"do": "open_place", "place": "idle-036", "seats": 20},
    {"do": "add_place", "id": "new", "at": [127.6, 37.09]},
    {"do": "close_place", "place": "centre-020"},
    {"do": "move_place", "place": "centre-020", "to": [127.53, 37.1]},
    {"do": "change_hours", "place": "centre-020", "hours": "매일 09:00-22:00"},
    {"do": "change_seats", "place": "centre-020", "seats": 99},
    {
        "do": "add_class",
        "id": "new",
        "name": "야간 한글",
        "place": "centre-020",
        "field": "기초문해",
        "weekdays": "화, 목",
        "start": "19:00",
        "end": "21:00",
        "seats": 15,
    },
    {"do": "cancel_class", "id": "class-0001"},
    {"do": "change_class", "id": "class-0001", "weekdays": "토", "start": "10:00", "end": "12:00"},
    {"do": "close_road", "name": "솔뫼로"},
    {"do": "add_road", "line": [[127.525167, 37.176652], [127.514954, 37.176558]]},
    {"do": "change_speeds", "class_kmh": {"primary": [20, 30], "tertiary": [15, 25]}},
    {"do": "scale_people", "district": "누리읍", "group": "65+", "factor": 1.3},
    {"do": "move_people", "from": "누리읍", "to": "솔뫼면", "people": 900},
)


@cache
def city() -> Study:
    return Study.from_folder(SAMPLE)


def counted_again(record):
    """Return a record of the same contents that has not yet counted its fingerprint."""
    parts = {field.name: getattr(record, field.name) for field in fields(record)}
    inner = {name: counted_again(v) for name, v in parts.items() if isinstance(v, Record)}
    return replace(record, **inner)


def files_of_the_sample() -> dict[Path, str]:
    files = sorted(path for path in SAMPLE.rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@cache
def today(number: int) -> Outcome:
    return evaluate(city(), city().questions[number])


@pytest.mark.parametrize("number", [0, 3], ids=["walk", "drive"])
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit["do"])
def test_told_from_today_is_the_same_as_computed_afresh(edit, number):
    before, files = city().fingerprint, files_of_the_sample()
    plan = Scenario("x", [edit]).apply(city())
    question = city().questions[number]
    told, afresh = evaluate(plan, question, today(number)), evaluate(plan, question)
    np.testing.assert_array_equal(told.times.tenths, afresh.times.tenths)
    assert told == afresh
    assert counted_again(city()).fingerprint == before
    assert files_of_the_sample() == files


def test_the_sample_read_afresh_is_what_it_was():
    assert Study.from_folder(SAMPLE) == city()


def test_a_change_of_the_city_would_be_seen():
    """What the fingerprint remembers is not what is compared."""
    again = counted_again(city())
    assert again.fingerprint == city().fingerprint
    people = again.cells.people
    first = people[0]
    people.flags.writeable = True
    try:
        people[0] = first + 1
        assert counted_again(again).fingerprint != city().fingerprint
    finally:
        people[0] = first
        people.flags.writeable = False


def test_every_kind_of_edit_is_among_these():
    from access.study.edits import EDITS as known

    assert {edit["do"] for edit in EDITS} == set(known)


def test_twenty_scenarios_in_one_short_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert len(SCRIPT.read_text("utf-8").splitlines()) < 45
    names = runpy.run_path(str(SCRIPT))
    assert len(names["plans"]) == 20
    assert names["seconds"] < 20
    assert "시나리오 20개" in capsys.readouterr().out
    assert "가람시" in (tmp_path / "comparison.html").read_text("utf-8")
    at_limit = names["at_limit"].set_index("scenario")
    assert at_limit.loc["시장 두 곳", "gained"] > 4000
    assert at_limit.loc["솔뫼로 통제", "lost"] > 0
    assert at_limit.loc["물안섬 다리", "nearer"] == 49


def run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(command, [str(a) for a in arguments])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_compares(tmp_path):
    status, out, err = run("compare", SAMPLE, *FILES, "--out", tmp_path / "결과")
    assert status == 0, err
    assert "도보 15분 · 시장 두 곳: 15분 안에 새로 닿음 4," in out
    assert "승용차 20분 · 물안섬 다리: 20분 안에 새로 닿음 49명, 못 닿게 됨 0명" in out
    told = json.loads((tmp_path / "결과" / "run.json").read_text("utf-8"))
    assert told["scenarios"][0]["name"] == "현재"
    assert told["failed"] == []


@pytest.fixture
def town(tmp_path) -> Path:
    """The sample study with one question, so that what is told of files is told quickly."""
    text = (SAMPLE / "study.toml").read_text("utf-8")
    parts = text.split("[[question]]")
    for path in SAMPLE.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    text = "[[question]]".join(parts[:2]).replace('question = "자전거 15분"', "")
    (tmp_path / "study.toml").write_text(text, "utf-8")
    return tmp_path


def test_those_that_fail_are_told_and_the_others_finished(town, tmp_path):
    bad = town / "나쁨.toml"
    bad.write_text('name = "나쁨"\n[[edit]]\ndo = "open_place"\nplace = "idle-0004"\n', "utf-8")
    good = FILES[2]
    status, out, err = run("--lang", "en", "compare", town, good, bad, "--out", tmp_path / "out")
    assert status == 3
    assert "E634" in err
    assert "row 4" in err
    assert "4,592 come to be within 15 min, 0 cease to be" in out
    table = (tmp_path / "out" / "failures.csv").read_bytes().decode("utf-8-sig")
    assert "나쁨.toml" in table
    assert "E634" in table


def test_where_all_fail_nothing_is_written(town, tmp_path):
    bad = town / "나쁨.toml"
    bad.write_text('name = "나쁨"\n[[edit]]\ndo = "open_plce"\n', "utf-8")
    status, _, err = run("compare", town, bad, town / "없음.toml", "--out", tmp_path / "out")
    assert status == 2
    assert err.count("E630") == 1
    assert "나쁨.toml" in err.split("E694")[1]  # the nearest name
    assert not (tmp_path / "out").exists()


def test_a_scenario_of_nothing_fails_only_where_warnings_do(town, tmp_path, monkeypatch):
    empty = town / "그대로.toml"
    empty.write_text('name = "그대로"\n', "utf-8")
    status, out, err = run("compare", town, empty, "--out", tmp_path / "out")
    assert (status, "W690" in err) == (0, True)
    assert "새로 닿음 0명, 못 닿게 됨 0명" in out
    monkeypatch.setattr(
        "access.cli.comparing.read_study", lambda manner, path: city()
    )  # it warns of its own
    status, _, err = run("compare", "--strict", town, empty, "--out", tmp_path / "out")
    assert (status, "W690" in err) == (2, True)
