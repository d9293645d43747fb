"""Proposals handed over: one set of numbers in CSV, workbook, report and map; the command line."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import access as ac
from access._frozen import texts
from access.cli import command
from access.decide.robustness import Uncertainty
from access.show.proposal_folder import PROPOSAL, write_proposal
from tests.show.test_browser import browse as browse  # the fixture
from tests.show.test_browser import text
from tests.show.town import HOSTILE

FEW = Uncertainty(draws=8, streets=2)


@pytest.fixture(scope="module")
def proposal(sample_study):
    city = sample_study
    names = city.places.names.tolist()
    names[names.index("누리전통시장 카페 배움방")] = HOSTILE[0]
    city = replace(city, places=replace(city.places, names=texts(names)))
    return ac.propose_sites(city, city.questions[0], one_per="district", uncertainty=FEW)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, proposal) -> Path:
    return write_proposal(proposal, tmp_path_factory.mktemp("out") / "결과")


def rows_of(path: Path) -> list[dict[str, str]]:
    lines = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(lines, newline="")))


def test_every_file_is_there_and_the_same_again(folder, proposal, tmp_path):
    assert {path.name for path in folder.iterdir()} == PROPOSAL.names
    again = write_proposal(proposal, tmp_path / "again")
    for path in folder.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name
    (again / "own.txt").write_text("mine")
    with pytest.raises(ac.errors.OutputError):
        write_proposal(proposal, again)
    record = json.loads((folder / "choice.json").read_text("utf-8"))["choice"]
    assert record["plans"][record["aim"]] == list(proposal.plan.sites)
    assert record["uncertainty"]["seed"] == FEW.seed


def test_the_files_tell_the_numbers_of_the_proposal(folder, proposal):
    found = rows_of(folder / "cards.csv")
    for card in proposal.cards:
        mine = [row for row in found if row["site"] == card.id]
        assert len(mine) == len(card.rows)
        (gain,) = [row["value"] for row in mine if row["topic"] == "gain"]
        assert int(gain) == card.value("gain", "all")
    sites = rows_of(folder / "sites.csv")
    assert len(sites) == int((proposal.study.places.kind == "idle").sum())
    for row in sites:
        assert (row["districts"] == "1") == (row["id"] in proposal.plan.sites)
        assert (row["times"] == "") == (row["left_out"] != "")
    assert sum(bool(row["left_out"]) for row in sites) == 3
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    told = list(book["안"].iter_rows(min_row=2, values_only=True))
    frame = proposal.side_by_side()
    assert [row[2] for row in told] == frame["people"].tolist()
    assert [row[3] for row in told] == frame["gained"].tolist()
    areas = list(book["읍·면·동별 늘어나는 인구"].iter_rows(min_row=2, values_only=True))
    assert list(areas[0][2:]) == frame["gained"].tolist()
    numbers = [row[2:] for row in areas[1:]]
    assert all(isinstance(v, int) for row in numbers for v in row)
    assert [sum(column) for column in zip(*numbers, strict=True)] == frame["gained"].tolist()


def test_the_report_asks_nobody_and_tells_the_same(browse, folder, proposal):
    seen = browse()
    page = seen.open(folder / "report.html", ready="body")
    for card in proposal.cards:
        found = text(page, f'[data-table="card-{card.id}"]')
        assert f"{card.value('gain', 'all'):,}" in found
    plans = text(page, '[data-table="plans"]')
    for people in proposal.side_by_side()["people"]:
        assert f"{people:,}" in plans
    assert "건물 면적이 0이어서" in text(page, '[data-table="candidates"]')
    seen.was_silent(folder / "report.html")


def test_the_map_shows_before_and_after(browse, folder, proposal):
    seen = browse()
    page = seen.open(folder / "map.html")
    after = proposal.side_by_side().set_index("aim").loc["districts", "people"]
    assert f"{after:,}" in text(page, "#total-reached")
    page.select_option("#question", index=1)
    today = proposal.before.districts()["within_15"].iloc[0]
    assert f"{today:,}" in text(page, "#total-reached")
    seen.was_silent(folder / "map.html")


def call(*words):
    return CliRunner().invoke(command, [str(w) for w in words])


def test_choose_writes_a_folder_and_compare_reads_its_plan(sample, tmp_path):
    out = tmp_path / "choice"
    done = call("choose", sample, "--sites", 2, "--draws", 3, "--must", "idle-025", "--out", out)
    assert done.exit_code == 0, done.output
    assert "인구 우선" in done.stdout
    assert 'place = "idle-025"' in (out / "plan.toml").read_text("utf-8")
    plan = ac.Scenario.from_file(out / "plan.toml")
    assert len(plan.edits) == 2


def test_a_plan_that_opens_nothing_is_written_too(sample, tmp_path):
    out = tmp_path / "choice"
    done = call("choose", sample, "--budget", 1, "--draws", 2, "--lang", "en", "--out", out)
    assert done.exit_code == 0, done.output
    assert "0 more" in done.stdout or "- more" in done.stdout
    assert rows_of(out / "cards.csv") == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--sites", 2, "--must", "idle-025", "--must", "idle-032", "--one-per", "district"),
         ("E952", "'새별면'에는 많아야 1곳")),
        (("--question", "도보 15"), ("E954", "도보 15분")),
        (("--must", "idle-25"), ("E949", "idle-025")),
        (("--draws", 0), ("E951",)),
        (("--sites", 99), ("E941",)),
        (("--at-least", "새별면"), ("NAME=N",)),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_a_sentence_and_status_two(
    sample, sample_study, tmp_path, monkeypatch, asked, said
):
    monkeypatch.setattr("access.cli._read", lambda manner, path: sample_study)
    done = call("choose", sample, "--out", tmp_path / "choice", *asked)
    assert done.exit_code == 2, done.output
    for word in said:
        assert word in done.stderr
    assert not (tmp_path / "choice").exists()
