"""The study.toml of a new folder explains every key the document has, and no other."""

from __future__ import annotations

import re
import tomllib

import pytest

from access.study.document import Document
from access.study.guide import entries, write_page, write_toml
from access.study.keys import PARTS

both = pytest.mark.parametrize("lang", ["ko", "en"])


def switched_on(text: str) -> str:
    """Return a study.toml with every example switched on."""
    return re.sub(r"(?m)^#(?! )", "", text)


@pytest.mark.parametrize("part", ["", *PARTS])
def test_every_key_of_the_document_is_explained(part):
    model = PARTS[part] if part else Document
    wanted = set(model.model_fields) - ({*PARTS, "speeds"} if not part else set())
    told = [set(entry.keys) for entry in entries().values() if entry.part == part]
    assert told, f"access/study/guide.toml has no part {part!r}"
    missing = wanted - set.union(*told)
    assert not missing, f"access/study/guide.toml says nothing of {missing} in [{part}]"
    assert set.union(*told) <= wanted


def test_every_part_of_the_document_is_explained():
    parts = {entry.part.partition(".")[0] for entry in entries().values()} - {""}
    assert parts == {*PARTS, "speeds"}
    tables = {n for n, f in Document.model_fields.items() if "Part" in str(f.annotation)}
    assert tables == set(PARTS)


@both
def test_the_new_study_is_a_document(lang):
    document = Document.model_validate(tomllib.loads(write_toml('안성 "시"', lang)))
    assert document.name == '안성 "시"'
    assert document.lang == lang
    assert len(document.questions()) == 1
    assert [part.kind for part in document.places] == ["centre"]


@both
def test_every_example_in_it_can_be_switched_on(lang):
    text = switched_on(write_toml("안성시", lang))
    document = Document.model_validate(tomllib.loads(text))
    assert document.relief is not None
    assert [part.kind for part in document.places] == ["centre", "idle"]
    document.questions()
    assert document.modes()


@both
def test_nothing_is_said_in_the_other_language_or_not_at_all(lang):
    for entry in entries().values():
        for text in (entry.words[lang], *(told[lang] for told in entry.keys.values())):
            assert text
        assert bool(re.search("[가-힣]", entry.words[lang])) == (lang == "ko")
        if "file" in entry.keys:
            assert entry.get[lang]


@both
def test_the_page_names_every_file(lang):
    page = write_page("안성시", lang, files={"streets": "streets.json", "residents": "r.xlsx"})
    for file in ("districts.geojson", "r.xlsx", "cells.csv", "streets.json", "centres.csv"):
        assert f"\n{file}: " in page
    assert "{" not in page
