"""What the documents say is so: examples run, keys are told, links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import tomllib
import unicodedata
from dataclasses import fields
from pathlib import Path

import pytest

from access.cli import command
from access.errors import codes
from access.network.modes import Mode
from access.study.document import Document
from access.study.keys import PARTS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.glob("*.md"), *(ROOT / "data").rglob("*.md")]
    + [page for folder in ("maps", "benchmarks") for page in (ROOT / folder).glob("*.md")]
)
TABLES = ("streets", "relief", "districts", "residents", "crosswalk", "cells", "measures", "zones",
          "teachers", "origins")  # fmt: skip
QUICK = {"en": DOCS / "quickstart.md", "ko": DOCS / "quickstart.ko.md"}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
both = pytest.mark.parametrize("lang", ["en", "ko"])


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language, those of lists without their indent."""
    fence = rf"^( *)```{language}\n(.*?)^\1```$"
    found = re.findall(fence, page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"(?m)^{indent}", "", body) for indent, body in found]


def section(page: Path, heading: str) -> str:
    """Return what stands between a heading and the next one of any level."""
    _, found, rest = page.read_text("utf-8").partition(f"\n{heading}\n")
    assert found, f"{page.name} has no heading {heading!r}"
    return re.split(r"(?m)^#+ ", rest)[0]


def table(text: str) -> list[list[str]]:
    """Return the rows of the tables in a text, without their headers."""
    rows = []
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|--"):
            rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows[1:]


def first_words(text: str) -> set[str]:
    return {row[0].strip("`") for row in table(text)}


# Examples.


@pytest.mark.parametrize(
    "page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_python_examples_run_one_after_the_other(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "example"}
    for number, code in enumerate(blocks(page, "python"), start=1):
        exec(compile(code, f"{page.name}, example {number}", "exec"), names)
    assert list(tmp_path.glob("*.html")), "the examples draw a map"


def test_there_are_examples():
    with_examples = [p.name for p in PAGES if blocks(p, "python")]
    assert {"README.md", "quickstart.md", "quickstart.ko.md"} <= set(with_examples)


@both
def test_examples_of_study_toml_are_such(lang):
    examples = blocks(QUICK[lang], "toml")
    assert len(examples) == 2
    for text in examples:
        document = Document.model_validate(tomllib.loads(text))
        assert document.questions()
        document.modes()


def test_both_languages_show_the_same_examples():
    assert blocks(QUICK["en"], "toml") == blocks(QUICK["ko"], "toml")


@every_page
def test_commands_exist_with_their_options(page):
    called = re.compile(r"(?m)(?:^|[\\/ ])access ([a-z][^#\n]*)")
    for words in (w for block in blocks(page, "bash") for w in called.findall(block)):
        name, *rest = words.split()
        options = {o for p in command.commands[name].params for o in p.opts}
        assert {w for w in rest if w.startswith("--")} <= options


# Keys and columns.


@both
@pytest.mark.parametrize("part", TABLES)
def test_every_key_of_a_part_is_told(lang, part):
    assert first_words(section(QUICK[lang], f"### `[{part}]`")) == set(PARTS[part].model_fields)


@both
@pytest.mark.parametrize("part", ["addresses", "places", "programmes", "question", "standard"])
def test_every_key_of_a_list_is_told(lang, part):
    assert first_words(section(QUICK[lang], f"### `[[{part}]]`")) == set(PARTS[part].model_fields)


@pytest.mark.parametrize(("lang", "heading"), [("en", "### At the top"), ("ko", "### 맨 위")])
def test_every_key_at_the_top_is_told(lang, heading):
    tables = {*TABLES, "addresses", "places", "programmes", "question", "standard", "speeds"}
    assert first_words(section(QUICK[lang], heading)) == set(Document.model_fields) - tables


@both
def test_every_parameter_of_a_mode_is_told(lang):
    parameters = {f.name for f in fields(Mode)} - {"name", "profile"}
    assert first_words(section(QUICK[lang], "### `[speeds.MODE.PROFILE]`")) == parameters


@both
def test_every_column_of_the_tables_is_told(lang):
    from access import Question, evaluate
    from access.show.tables import LEDGER_COLUMNS, district_table
    from access.testing import toy_study

    town = toy_study("ab", {"ab": {}}, people={"a": 9}, centres="b")
    columns = district_table([evaluate(town, Question(minutes=(15,)))]).columns
    told = first_words(section(QUICK[lang], "### districts.csv"))
    assert told == {c.replace("_15", "_M") for c in columns}
    assert first_words(section(QUICK[lang], "### ledger.csv")) == set(LEDGER_COLUMNS)


def test_every_column_of_the_table_of_standards_is_told():
    from access.show.standards import COLUMNS

    assert first_words(section(DOCS / "standards.md", "## standards.csv")) == set(COLUMNS)


def test_every_preset_is_told():
    from access.korea.standards import presets

    assert first_words(section(DOCS / "standards.md", "## Presets")) == set(presets())


@both
def test_every_result_is_told(lang):
    from access.show.folder import _TOLD, EXHIBITS

    told = first_words(section(QUICK[lang], {"en": "## Run", "ko": "## 실행"}[lang]))
    results = {"report.html", *(name for name, _ in _TOLD)}
    assert told == results | {f"{name}.csv" for name in EXHIBITS}


def test_every_table_of_a_chapter_is_told_with_its_columns(sample_study, sample_answer):
    from access import appraise
    from access.show.folder import EXHIBITS

    rows = table(section(DOCS / "formats.md", "## The tables of chapters"))
    told = {row[0].strip("`"): set(re.findall("`([^`]+)`", row[1])) for row in rows}
    assert set(told) == {f"{name}.csv" for name in EXHIBITS}
    for chapter in appraise([sample_answer(sample_study.questions[2])], "en"):
        for exhibit in chapter.exhibits:
            for name in (column.name for column in exhibit.columns):
                stem = re.sub(r"_\d+$", "_N", name)
                known = told[f"{exhibit.name}.csv"]
                assert {name, stem} & known or {"FIELD", "unmet_FIELD"} & known, name


# Messages.


def made_codes() -> str:
    path = DOCS / "make_codes.py"
    spec = importlib.util.spec_from_file_location("make_codes", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.render()


def test_the_table_of_messages_is_that_of_the_program():
    written = (DOCS / "codes.md").read_text("utf-8")
    assert written == made_codes(), "run: python docs/make_codes.py"
    assert set(re.findall(r"(?m)^\| ([EWF]\d{3}) \|", written)) == set(codes())


@pytest.mark.parametrize(
    ("lang", "heading"), [("en", "## When something is wrong"), ("ko", "## 잘 되지 않을 때")]
)
def test_common_messages_are_quoted_as_they_are(lang, heading):
    rows = table(section(QUICK[lang], heading))
    assert len(rows) > 10
    for code, message, advice in rows:
        assert message == re.sub(r"\{.*?\}", "…", codes()[code][lang]), code
        assert advice


@both
def test_the_quoted_line_is_what_check_says_of_the_sample(lang, sample_study):
    (quoted,) = re.findall(r"(?m)^    (\S+ W\d{3}: .*)$", QUICK[lang].read_text("utf-8"))
    assert quoted in [e.problem.text(lang) for e in sample_study.ledger.entries]


@every_page
def test_codes_that_are_named_exist(page):
    named = set(re.findall(r"\b[EWF]\d{3}\b", page.read_text("utf-8")))
    assert named <= set(codes())


# Links.

LINK = re.compile(r"\]\(([^)\s]+)\)")


def slug(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    text = unicodedata.normalize("NFC", re.sub(r"[`*]|\[|\]\(.*?\)|\]", "", heading)).lower()
    kept = (c for c in text if c in "-_ " or unicodedata.category(c)[0] in "LN")
    return "".join(kept).strip().replace(" ", "-")


def anchors(page: Path) -> set[str]:
    text = re.sub(r"(?ms)^```.*?^```$", "", page.read_text("utf-8"))
    return {slug(heading) for heading in re.findall(r"(?m)^#+ (.*)$", text)}


@every_page
def test_local_links_lead_somewhere(page):
    text = re.sub(r"(?ms)^```.*?^```$", "", page.read_text("utf-8"))
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{page.name}: {link}"
        assert path.is_relative_to(ROOT), f"{page.name}: {link}"
        if anchor:
            assert anchor in anchors(path), f"{page.name}: {link}"


@every_page
def test_no_table_is_cut_in_two_by_a_blank_line(page):
    lines = ["", *re.sub(r"(?ms)^```.*?^```$", "", page.read_text("utf-8")).split("\n")]
    heads = [n for n, line in enumerate(lines) if re.match(r"[|: ]+-[-|: ]*$", line)]
    begun = [n for n, line in enumerate(lines) if line[:1] == "|" and lines[n - 1][:1] != "|"]
    assert begun == [n - 1 for n in heads]


@every_page
def test_no_page_speaks_of_this_computer(page):
    assert not re.search("/(tmp|opt|home|root|work)/", page.read_text("utf-8"))


# Dependencies.


def named(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement)[0]


def test_every_dependency_has_its_reason_and_licence():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    page = DOCS / "dependencies.md"
    extras = project["optional-dependencies"]
    for heading, wanted in (
        ("## To run", project["dependencies"]),
        ("## For relief as GeoTIFF", extras["relief"]),
        ("## For notebooks", extras["notebook"]),
        ("## To test", extras["test"]),
    ):
        rows = table(section(page, heading))
        assert [row[0].strip("`") for row in rows] == [named(w) for w in wanted], heading
        assert all(all(row) and len(row) == 4 for row in rows)


def test_licences_are_those_the_packages_state():
    from importlib.metadata import PackageNotFoundError, metadata

    page = DOCS / "dependencies.md"
    rows = [row for part in ("## To run", "## To test") for row in table(section(page, part))]
    for package, _, licence, _ in rows:
        try:
            told = metadata(package.strip("`"))
        except PackageNotFoundError:
            continue
        said = " ".join([told.get("License-Expression") or told.get("License") or ""])
        said += " ".join(c for c in told.get_all("Classifier") or [] if c.startswith("License"))
        family = licence.split("-")[0]
        assert family in said or "same as Leaflet" in said, f"{package}: {said[:80]}"
