"""Proposals handed over: one set of numbers in CSV, workbook, report and map; the command line."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html import escape
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import access as ac
from access._frozen import texts
from access.cli import command
from access.cli.manner import Manner
from access.cli.progress import draws_counter
from access.decide.card import gained
from access.decide.proposal import GIVE_UP
from access.decide.worlds import Uncertainty
from access.show.folder import write_comparison
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


def test_what_nobody_has_said_is_told_as_an_assumption(folder, proposal, tmp_path):
    page = (folder / "report.html").read_text("utf-8")
    told = json.loads((folder / "choice.json").read_text("utf-8"))["choice"]["assumptions"]
    for sentence in told["ko"]:
        assert escape(sentence) in page
    for word in ("5%까지 양보할 수 있다고 봄(기본값, 가정)", "격자 인구의 표준편차(조사 오차) 20%",
                 "여는 시간과 정원", "격자는 통째로", "길의 경사를 반영함"):  # fmt: skip
        assert any(word in sentence for sentence in told["ko"]), word
    drawn = {row[0]: row[1:] for row in page_rows(folder / "report.html", "drawn")}
    assert drawn["속도의 표준편차"] == ["10%", "기본값, 가정"]
    other = replace(
        proposal,
        give_up=0.1,
        robustness=replace(proposal.robustness, uncertainty=replace(FEW, survey=0.3)),
    )
    english = write_proposal(other, tmp_path / "en", "en")
    page = (english / "report.html").read_text("utf-8")
    for word in ("give up 10% of the people gained (as given)", "(survey error) 30% (as given)",
                 "speed 10% (default, assumed)", "set out from its one point"):  # fmt: skip
        assert word in page, word
    for sentence in json.loads((english / "choice.json").read_text("utf-8"))["choice"][
        "assumptions"
    ]["en"]:
        assert escape(sentence) in page


def call(*words):
    return CliRunner().invoke(command, [str(w) for w in words])


def test_choose_writes_a_folder_and_compare_reads_its_plan(sample, tmp_path):
    out = tmp_path / "choice"
    done = call("choose", sample, "--sites", 2, "--draws", 3, "--must", "idle-025",
                "--uncertain", "survey=35", "--out", out)  # fmt: skip
    assert done.exit_code == 0, done.output
    told = json.loads((out / "choice.json").read_text("utf-8"))["choice"]
    assert told["uncertainty"]["survey"] == 0.35
    assert told["give_up"] == GIVE_UP
    assert "인구 우선" in done.stdout
    assert 'place = "idle-025"' in (out / "plan.toml").read_text("utf-8")
    plan = ac.Scenario.from_file(out / "plan.toml")
    assert len(plan.edits) == 2
    (command,) = re.findall(r"다음: access (compare .*)$", done.stdout.strip())
    again = call(*command.split()[:-1], tmp_path / "compared")
    assert again.exit_code == 0, again.output


def page_rows(path: Path, name: str) -> list[list[str]]:
    """Return the rows of a table of a page, as it is read."""
    _, _, rest = path.read_text("utf-8").partition(f'data-table="{name}"')
    body = rest.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall("<t[hd].*?</t[hd]>", row)]
        for row in re.findall("<tr>.*?</tr>", body)
    ]


def plain(shown: str) -> str:
    return "0" if shown == "-" else shown.replace(",", "").removeprefix("+")


def test_comparing_the_chosen_plan_tells_the_same_people_to_the_last_person(
    folder, proposal, tmp_path
):
    asked, study = proposal.question, proposal.study
    plan = ac.Scenario.from_file(folder / "plan.toml")
    compared = ac.compare(proposal.before, ac.evaluate(plan.apply(study), asked))
    out = write_comparison([compared], tmp_path / "compared")
    limit = f"within_{asked.limit:g}"
    told = [r for r in rows_of(out / "comparison.csv") if float(r["minutes"]) == asked.limit]

    # Every group, in the city: the cards add up to what the comparison and the two tables say.
    for group in study.groups:
        (city,) = [r for r in told if r["group"] == group and r["code"] == ""]
        cards = sum(card.value("group", group) for card in proposal.cards)
        tables = [o.districts(group)[limit].iloc[0] for o in compared.outcomes]
        assert int(city["gained"]) == int(city["change"]) == cards == tables[1] - tables[0]
        assert [int(city["before"]), int(city["after"])] == tables

    # Every 읍·면·동: cards, report and workbook of the choice; CSV, report and workbook compared.
    rows = [r for r in told if r["group"] == asked.group]
    said = [row["gained"] for row in rows]
    aim = list(proposal.plans).index(proposal.aim)
    areas = page_rows(folder / "report.html", "districts-gained")
    assert [plain(row[2 + aim]) for row in areas] == said
    after = page_rows(out / "report.html", "districts-1.1")
    assert [row[0] for row in after] == [r["name"] for r in rows]
    assert [plain(row[5]) for row in after] == said
    sheets = [openpyxl.load_workbook(where / name) for where, name in
              ((folder, "tables.xlsx"), (out, "comparison.xlsx"))]  # fmt: skip
    sheet = sheets[0]["읍·면·동별 늘어나는 인구"].iter_rows(min_row=2, values_only=True)
    assert [str(row[2 + aim]) for row in sheet] == said
    sheet = list(sheets[1]["표 1"].iter_rows(values_only=True))
    at = next(row.index("새로 닿음") for row in sheet if "새로 닿음" in row)
    assert [str(row[at]) for row in sheet[-len(said) :]] == said
    numbers = [(row["code"], int(row["gained"])) for row in rows if row["gained"].isdigit()]
    for code, people in numbers[1:]:
        cards = (r.value for c in proposal.cards for r in c.of("district") if r.item == code)
        assert people == sum(cards)
    assert len(numbers) > 10


@pytest.mark.parametrize("asked", range(4))
def test_every_plan_and_question_agrees_with_its_comparison(asked):
    city = ac.Study.from_folder(ac.sample_folder())
    question = city.questions[asked]
    few = Uncertainty(draws=1, streets=1)
    made = ac.propose_sites(city, question, one_per="district", uncertainty=few)
    limit = f"within_{question.limit:g}"
    for aim, row in made.side_by_side().set_index("aim").iterrows():
        table = ac.compare(made.before, made.after[aim]).districts()
        table = table[table["minutes"] == question.limit]
        people = [int(o.districts()[limit].iloc[0]) for o in (made.before, made.after[aim])]
        assert table[["before", "after"]].iloc[0].tolist() == people
        assert table["gained"].iloc[0] == row["gained"] == row["people"] - people[0]
        assert table["gained"].iloc[1:].tolist() == gained(made.before, made.after[aim]).tolist()


def test_a_plan_that_opens_nothing_is_written_too(sample, tmp_path):
    out = tmp_path / "choice"
    done = call("choose", sample, "--budget", 1, "--draws", 2, "--lang", "en", "--out", out)
    assert done.exit_code == 0, done.output
    assert "opening nothing" in done.stdout
    assert " 0 more" in done.stdout
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
        (("--must", "앞고개경로당"), ("E949", "앞고개경로당 거실")),
        (("--must", "앞고개경로당 거실", "--not", "idle-025"), ("E952", "열지 않음")),
        (("--budget", "nan", "--min-spacing", -1), ("E970", "budget", "spacing_m")),
        (("--seconds", 0), ("E970", "seconds")),
        (("--give-up", 150), ("E971", "150%")),
        (("--candidates", "nothing"), ("E605", "'candidates'")),
        (("--uncertain", "survey"), ("NAME=%",)),
        (("--uncertain", "weather=3"), ("closed_places",)),
        (("--uncertain", "survey=300"), ("E951",)),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_a_sentence_and_status_two(
    sample, sample_study, tmp_path, monkeypatch, asked, said
):
    monkeypatch.setattr("access.cli.choosing.read_study", lambda manner, path: sample_study)
    done = call("choose", sample, "--out", tmp_path / "choice", *asked)
    assert done.exit_code == 2, done.output
    for word in said:
        assert word in done.stderr
    assert not (tmp_path / "choice").exists()


def test_an_aim_without_a_plan_is_told_with_the_rules_that_clash(sample, tmp_path):
    done = call("choose", sample, "--sites", 2, "--draws", 1, "--at-least", "새별면=2",
                "--lang", "en", "--out", tmp_path / "choice")  # fmt: skip
    assert done.exit_code == 0, done.output
    (line,) = [text for text in done.stdout.splitlines() if "there is no such plan" in text]
    assert line.startswith("Districts first")
    assert "새별면" in line
    assert escape(line) in (tmp_path / "choice" / "report.html").read_text("utf-8")


def test_long_draws_say_how_long_they_take(monkeypatch, capsys):
    clock = iter([0.0, 30.0, 40.0, 60.0, 130.0])
    monkeypatch.setattr("access.cli.progress.time.monotonic", lambda: next(clock))
    tell = draws_counter(Manner(lang="en"))
    for done in (0, 4, 8, 100):  # begun at 30 s
        tell(done, 100)
    assert capsys.readouterr().err.splitlines() == [
        "  4 of 100 draws, about 240 s to go",
        "  100 of 100 draws",
    ]
