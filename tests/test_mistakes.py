"""The mistakes of docs/mistakes.md, read from the page and made for real in a sound folder."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from access.cli import command
from access.errors import Lang
from access.study.review import Review, review

PAGE = Path(__file__).resolve().parent.parent / "docs" / "mistakes.md"
SOUND = """\
name = "가람시"
as_of = 2025-06-30

[districts]
file = "districts.geojson"

[residents]
file = "residents.csv"

[cells]
file = "cells.csv"

[streets]
file = "streets.osm.pbf"

[[places]]
kind = "centre"
file = "centres.csv"

[[question]]
mode = "walk"
"""


@dataclass(frozen=True)
class Mistake:
    """One section of the page: what is in the files, and what is said of it."""

    title: str
    files: dict[str, str]
    sentences: dict[str, str]


def mistakes(page: Path) -> list[Mistake]:
    """Return the sections of the page that hold a file."""
    found = []
    for section in re.split(r"(?m)^## ", page.read_text("utf-8"))[1:]:
        title, _, body = section.partition("\n")
        files = dict(re.findall(r"(?ms)^```\w+ file=(\S+)\n(.*?)^```$", body))
        told = {line[:2]: line for line in re.findall(r"(?m)^> (.+)$", body)}
        sentences = {"ko" if re.match("[가-힣]", key) else "en": told[key] for key in told}
        if files:
            found.append(Mistake(title, files, sentences))
    return found


def replaced(sound: str, snippet: str) -> str:
    """Return a study.toml in which the parts of a snippet stand instead of its own."""

    def parts(text: str) -> dict[str, str]:
        pieces = re.split(r"(?m)^(?=\[)", text)
        return {piece.splitlines()[0] if piece[:1] == "[" else "": piece for piece in pieces}

    ours, theirs = parts(sound), parts(snippet)
    top = theirs.pop("", "")
    for line in top.splitlines():
        key = line.partition("=")[0]
        ours[""] = re.sub(rf"(?m)^{re.escape(key)}=.*$", lambda _, new=line: new, ours[""])
    return "\n".join(piece.rstrip() + "\n" for piece in (ours | theirs).values())


def make(mistake: Mistake, sample: Path, folder: Path) -> None:
    """Make a mistake in a folder that would be sound without it."""
    folder.mkdir()
    for name in ("districts.geojson", "residents.csv", "cells.csv", "streets.osm.pbf"):
        shutil.copy(sample / name, folder)
    shutil.copy(sample / "centres.csv", folder)
    (folder / "study.toml").write_text(SOUND, "utf-8")
    for name, text in mistake.files.items():
        if name == "study.toml":
            text = replaced(SOUND, text)
        (folder / name).write_text(text, "utf-8")


SHOWN = mistakes(PAGE)


def test_the_page_shows_ten_and_more():
    assert len(SHOWN) >= 10
    assert len({mistake.title for mistake in SHOWN}) == len(SHOWN)


def test_the_folder_is_sound_without_a_mistake(sample, tmp_path):
    make(Mistake("", {}, {}), sample, tmp_path / "a")
    assert review(tmp_path / "a").ready


@pytest.mark.parametrize("mistake", SHOWN, ids=lambda m: m.title)
def test_a_mistake_is_answered_as_the_page_says(sample, tmp_path, mistake):
    make(mistake, sample, tmp_path / "a")
    seen = review(tmp_path / "a")
    assert set(mistake.sentences) == {"ko", "en"}
    for lang, sentence in mistake.sentences.items():
        assert sentence in lines(seen, lang)
    stops = mistake.sentences["en"].startswith("Error")
    assert seen.ready != stops


def lines(seen: Review, lang: Lang) -> list[str]:
    return seen.text(lang).splitlines()


def test_the_command_prints_what_the_page_says(sample, tmp_path):
    for number, mistake in enumerate((SHOWN[0], SHOWN[-1])):
        folder = tmp_path / f"연구 {number}"
        make(mistake, sample, folder)
        done = CliRunner().invoke(command, ["check", str(folder), "--quiet"])
        assert done.exit_code == 2
        assert mistake.sentences["ko"] in done.stdout.splitlines()
