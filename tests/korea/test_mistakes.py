"""Mistakes with standard tables are each answered by the one sentence that the docs show."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from access.errors import InputError
from access.korea.opendata import read_places, read_programmes
from tests.korea.test_opendata import HEADERS

PAGE = Path(__file__).parents[2] / "docs" / "opendata.md"
PLACES = partial(read_places, kind="centre")
CASES = (
    ("강좌.csv", "courses", PLACES),
    ("인구.csv", "residents", PLACES),
    ("도서관.csv", "libraries", read_programmes),
    ("학교.csv", "schools", partial(PLACES, format="libraries")),
    ("폐교.csv", "closed_schools", PLACES),
    ("도서관.csv", "libraries", partial(PLACES, format="도서관들")),
)


@pytest.mark.parametrize(("name", "table", "read"), CASES)
def test_the_sentence_is_the_one_the_docs_show(tmp_path, name, table, read):
    header = HEADERS[table]
    path = tmp_path / name
    path.write_text(f"{header}\n{','.join('1' for _ in header.split(','))}\n", "utf-8")
    with pytest.raises(InputError) as error:
        read(path)
    said = error.value.text("ko")
    assert "\n" not in said
    assert f"| {said} |" in PAGE.read_text("utf-8")
