"""The folder of results: whole or not at all, and the same bytes again."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from access.errors import OutputError
from access.show import folder as folder_module
from access.show.folder import prepare, write_folder
from tests.conftest import ROOT
from tests.show.town import WALK, answer, make_study

FILES = {
    *("report.html", "map.html", "run.json", "districts.csv"),
    *("tables.xlsx", "results.gpkg", "ledger.csv"),
}


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def results(tmp_path_factory, outcomes):
    return write_folder(outcomes, tmp_path_factory.mktemp("results") / "out")


def test_every_file_is_there_and_nothing_beside_it(results):
    assert {p.name for p in results.iterdir()} == FILES
    assert [p.name for p in results.parent.iterdir()] == ["out"]


SCRIPT = """
import sys
from access.show.folder import write_folder
from tests.show.town import OLD, WALK, answer, make_study
study = make_study()
write_folder([answer(study, WALK), answer(study, OLD, 0.6)], sys.argv[1])
"""


@pytest.mark.parametrize(
    "changes",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Seoul", "OMP_NUM_THREADS": "1", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "77", "TZ": "America/New_York", "OMP_NUM_THREADS": "2"},
    ],
)
def test_the_same_inputs_give_the_same_bytes(results, tmp_path, changes):
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "again")],
        check=True,
        cwd=ROOT,
        env={**os.environ, **changes},
    )
    assert digests(tmp_path / "again") == digests(results)


def test_an_earlier_result_is_replaced(outcomes, tmp_path):
    out = write_folder(outcomes[0], tmp_path / "out")
    before = digests(out)
    assert digests(write_folder(outcomes[0], out)) == before
    assert digests(write_folder(outcomes[0], out, lang="en")) != before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("inside", ["report.html", "소중한 파일.hwp"])
def test_a_folder_of_somebody_else_is_left_alone(outcomes, tmp_path, inside):
    (tmp_path / inside).write_text("mine")
    for attempt in (lambda: prepare(tmp_path), lambda: write_folder(outcomes, tmp_path)):
        with pytest.raises(OutputError) as raised:
            attempt()
        assert raised.value.code == "E824"
    assert [p.name for p in tmp_path.iterdir()] == [inside]


def test_our_folder_with_a_file_of_the_planner_is_left_alone(outcomes, tmp_path):
    out = write_folder(outcomes[0], tmp_path / "out")
    (out / "메모.txt").write_text("mine")
    with pytest.raises(OutputError) as raised:
        write_folder(outcomes[0], out)
    assert raised.value.code == "E824"
    assert (out / "메모.txt").read_text() == "mine"


def test_a_run_json_of_another_program_does_not_count(tmp_path):
    (tmp_path / "run.json").write_text('{"made_by": "another"}')
    with pytest.raises(OutputError):
        prepare(tmp_path)
    (tmp_path / "run.json").write_text("[1, 2")
    with pytest.raises(OutputError):
        prepare(tmp_path)


def test_an_empty_folder_and_a_missing_one_are_fine(tmp_path):
    prepare(tmp_path)
    prepare(tmp_path / "a" / "b")
    assert not (tmp_path / "a" / "b").exists()


def test_a_file_in_the_way_is_no_place_for_results(outcomes, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError) as raised:
        write_folder(outcomes, tmp_path / "file")
    assert raised.value.code == "E824"
    with pytest.raises(OutputError) as raised:
        write_folder(outcomes, tmp_path / "file" / "out")
    assert raised.value.code == "E823"


def test_a_full_disk_leaves_the_earlier_result(outcomes, tmp_path, monkeypatch):
    out = write_folder(outcomes[0], tmp_path / "out")
    before = digests(out)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module, "write_geopackage", full)
    with pytest.raises(OutputError) as raised:
        write_folder(outcomes, out)
    assert raised.value.code == "E823"
    assert "No space left" in raised.value.text("ko")
    assert digests(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_run_json_tells_how_to_make_it_again(results, outcomes):
    told = json.loads((results / "run.json").read_text("utf-8"))
    assert told["made_by"] == "learning-access"
    assert {"folium", "numpy", "XStatic-Leaflet", "learning-access"} <= set(told["versions"])
    assert told["study"]["as_of"] == "2025-06-30"
    assert told["inputs"][0]["sha256"] == "ab" * 32
    counted = {"read": 5, "used": 4, "repaired": 1, "excluded": 0, "sheet": ""}
    assert told["rows"] == [{"file": "centres.csv", "sheet": "", **counted}]
    first = told["questions"][0]
    assert (first["mode"], first["profile"], first["minutes"]) == ("walk", "policy", [5, 10, 15])
    assert first["fingerprint"] == outcomes[0].fingerprint
    assert str(results) not in (results / "run.json").read_text("utf-8")


def test_no_outcome_and_outcomes_of_two_studies_are_refused(outcomes, tmp_path):
    other = answer(make_study(name="다른 시"), WALK)
    for given, code in (([], "E825"), ([outcomes[0], other], "E826")):
        with pytest.raises(OutputError) as raised:
            write_folder(given, tmp_path / "out")
        assert raised.value.code == code
    with pytest.raises(OutputError) as raised:
        write_folder(outcomes, tmp_path / "out", lang="fr")
    assert raised.value.code == "E827"
    assert not (tmp_path / "out").exists()


def test_a_city_that_reaches_nothing_is_answered(tmp_path):
    """Nobody within any limit: zero percent and everybody underserved, not a crash."""
    from access import Question, evaluate
    from access.testing import toy_study

    study = toy_study("a b c", {"abc": {}}, people={"a": 10, "c": 9}, centres="b")
    nobody = evaluate(study, Question(profile="wheelchair"))
    folder = write_folder([nobody], tmp_path / "결과")
    assert (folder / "districts.csv").read_text("utf-8-sig").splitlines()[1].endswith(",19")


def test_results_can_go_where_one_stands(tmp_path, monkeypatch):
    from access import Question, evaluate
    from access.testing import toy_study

    study = toy_study("a b c", {"abc": {}}, people={"a": 10, "c": 9}, centres="b")
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        write_folder([evaluate(study, Question())], ".")
        assert len(list(tmp_path.iterdir())) == 7
    (tmp_path / ".access-left-by-a-crash").mkdir()
    write_folder([evaluate(study, Question())], ".")


def test_looking_whether_one_may_write_leaves_nothing(tmp_path):
    from access.show.folder import prepare

    prepare(tmp_path / "p" / "q" / "r")
    assert not list(tmp_path.iterdir())
