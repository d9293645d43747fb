"""The command line as a planner meets it."""

from __future__ import annotations

import shutil
import sys

import pytest
from click.testing import CliRunner

from access.cli import command
from access.show.folder import EXHIBITS


def call(*words):
    return CliRunner().invoke(command, [str(w) for w in words])


def test_check_reports_and_says_that_it_can_be_run(sample):
    done = call("check", sample, "--quiet")
    assert done.exit_code == 0, done.output
    assert "centres.csv: 61행 읽음" in done.stdout or "행 읽음" in done.stdout
    assert "W203" in done.stdout
    assert f"계산할 수 있습니다. 다음: access run {sample} --out 결과" in done.stdout


def test_check_speaks_english_wherever_the_option_stands(sample):
    before, after = call("--lang", "en", "check", sample), call("check", sample, "--lang", "en")
    assert before.stdout == after.stdout
    assert "The study can be run." in after.stdout


def test_bad_input_is_a_sentence_and_status_two(tmp_path):
    done = call("run", tmp_path)
    assert done.exit_code == 2
    assert "오류 E620" in done.stderr
    assert "Traceback" not in done.output


def test_warnings_stop_where_asked(sample):
    done = call("check", sample, "--strict")
    assert done.exit_code == 2
    assert "주의 W203" in done.stderr


def test_a_study_that_cannot_be_run_is_status_two(sample, tmp_path):
    folder = shutil.copytree(sample, tmp_path / "연구 자료")
    (folder / "cells.csv").write_bytes((folder / "centres.csv").read_bytes())
    done = call("check", folder)
    assert done.exit_code == 2
    assert "× 인구 격자 cells.csv: 고칠 것" in done.stdout
    assert "오류 E647: cells.csv: '학습공간' 파일로 읽을 수 있습니다." in done.stdout
    assert done.stdout.count("오류 ") == 1  # columns that another file does not have are no news
    assert "Traceback" not in done.output


def test_a_defect_is_status_one_and_no_traceback(sample, monkeypatch, tmp_path):
    import access.study.study

    def broken(*_, **__):
        raise RuntimeError("고장")

    monkeypatch.setattr(access.study.study.Study, "from_folder", broken)
    done = call("run", sample, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "RuntimeError: 고장" in done.stderr
    assert "Traceback" not in done.output
    with pytest.raises(RuntimeError):
        CliRunner().invoke(command, ["run", str(sample), "--debug"], catch_exceptions=False)


def test_usage_is_status_two():
    assert call("rnu").exit_code == 2


def test_doctor_finds_everything_in_its_place():
    done = call("doctor")
    assert done.exit_code == 0, done.output
    assert "×" not in done.stdout


def test_the_namesake_is_told(monkeypatch):
    import importlib.metadata

    import access
    from access.checkup import examine

    real = importlib.metadata.version

    def fake(name):
        return "1.1.10" if name == "access" else real(name)

    monkeypatch.setattr("access.version", fake)
    monkeypatch.setattr("access.checkup.version", fake)
    with pytest.warns(UserWarning, match="pip uninstall -y access"):
        access._warn_of_namesake()
    assert [f for f in examine() if not f.good and "pip uninstall -y access" in f.en]


def test_the_script_says_how_to_repair_where_the_namesake_won(monkeypatch, capsys):
    import types

    from access.__main__ import main

    monkeypatch.setitem(sys.modules, "access", types.ModuleType("access"))
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "pip uninstall -y access" in capsys.readouterr().err


def test_run_writes_a_whole_folder(sample, tmp_path):
    folder = shutil.copytree(sample, tmp_path / "안성 자료(최종)")
    out = tmp_path / "결과"
    done = call("run", folder / "study.toml", "--out", out)
    assert done.exit_code == 0, done.output
    assert {p.name for p in out.iterdir()} == {
        "report.html", "map.html", "districts.csv", "tables.xlsx", "results.gpkg", "ledger.csv",
        "run.json", "standards.csv", *(f"{name}.csv" for name in EXHIBITS),
    }  # fmt: skip
    assert "소외인구" in done.stdout
    assert "[법정기준 아님, 준용]: 98,349 / 190,577 (51.6%)" in done.stdout
    assert "목표 70% 미달(9,724명 부족)" in done.stdout
    assert f"결과: {out} (report.html과 map.html" in done.stdout
    asked = f'다음: access choose "{folder / "study.toml"}" --sites 5 --out 선정'
    assert done.stdout.strip().endswith(asked)


def test_standards_are_listed_with_their_source_and_status():
    from access.korea.standards import presets

    for lang, status in (("ko", "구속력 없음"), ("en", "not binding")):
        done = call("standards", "--lang", lang)
        assert done.exit_code == 0
        assert status in done.stdout
        assert all(key in done.stdout for key in presets())
