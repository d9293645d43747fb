"""Every message has a stable code, both languages, and a use."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from access.errors import Problem, codes, listing

PACKAGE = Path(__file__).resolve().parent.parent / "access"
SOURCE = {p: p.read_text("utf-8") for p in sorted(PACKAGE.rglob("*.py"))}
USED = {c for text in SOURCE.values() for c in re.findall(r"\"([EWF]\d{3})\"", text)}


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(codes()))
def test_a_code_speaks_both_languages(code):
    entry = codes()[code]
    assert re.fullmatch(r"[EWF]\d{3}", code)
    assert set(entry) <= {"ko", "en", "fix_ko", "fix_en"}
    assert re.search("[가-힣]", entry["ko"])
    assert not re.search("[가-힣]", entry["en"])
    assert ("fix_ko" in entry) == ("fix_en" in entry)
    assert holes(entry["ko"]) == holes(entry["en"])


def test_every_code_is_used_and_every_used_code_is_told():
    assert set(codes()) == USED


def test_a_message_names_file_row_column_value_and_next_step():
    problem = Problem("E625", "study.toml", 3, "cells.file", "cell.csv", facts={"nearest": "a"})
    text = problem.text("ko")
    for part in ("오류 E625", "study.toml", "3행", "'cells.file'", "값 'cell.csv'", "경로는"):
        assert part in text
    assert problem.text("en").startswith("Error E625: study.toml row 3 'cells.file'")


def test_a_long_list_is_counted():
    many = [Problem("E625", "a", row=i, facts={"nearest": "-"}) for i in range(2, 30)]
    lines = listing(many).splitlines()
    assert len(lines) == 11
    assert "18건 더 (모두 28건)" in lines[-1]


def test_control_characters_do_not_reach_the_terminal():
    text = Problem("E625", "a", value="x\x1b[31m\u202e\n", facts={"nearest": "-"}).text()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("목", "'목'으로"),
        ("월화", "'월화'로"),
        ("일", "'일'로"),
        ("월~토", "'월~토'로"),
        ("x", "'x'(으)로"),
    ],
)
def test_korean_takes_the_particle_its_word_asks_for(days: str, said: str) -> None:
    assert said in Problem("F437", facts={"days": days}).reason("ko")
