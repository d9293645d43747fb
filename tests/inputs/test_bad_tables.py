"""Defects of RELIABILITY 3.1 and 3.3 through every reader of tables: said with file and row."""

from __future__ import annotations

from functools import partial

import openpyxl
import pytest

from access.errors import InputError
from access.inputs.cells import read_cells
from access.inputs.places import read_places
from access.korea.residents import read_residents

GOOD = {
    "cells": "gid,people,lon,lat\n가1,5,127.5001,37.1001\n가2,7,127.5002,37.1002\n",
    "places": "시설명,위도,경도,좌석수\n가,37.1001,127.5001,30\n나,37.1002,127.5002,20\n",
    "residents": (
        "행정구역,2025년06월_계_총인구수,2025년06월_계_0~9세,2025년06월_계_10세 이상\n"
        "가람시 누리읍(9915025000),3,1,2\n가람시 솔뫼면(9915031000),5,2,3\n"
    ),
}
READERS = {
    "cells": read_cells,
    "places": partial(read_places, kind="centre"),
    "residents": read_residents,
}
every_reader = pytest.mark.parametrize("kind", sorted(GOOD))


@pytest.fixture
def read(tmp_path):
    def read(kind, content, name="자료.csv", **how):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return READERS[kind](path, **how)

    return read


def changed(kind, line, change):
    lines = GOOD[kind].splitlines()
    lines[line] = change(lines[line])
    return "\n".join(lines) + "\n"


@every_reader
@pytest.mark.parametrize(
    ("encoding", "code"),
    [("utf-8", None), ("cp949", "F101"), ("utf-8-sig", "F102"), ("utf-16", "F103")],
)
def test_b1_b3_b4_encodings(read, told, kind, encoding, code):
    found = read(kind, GOOD[kind].encode(encoding))
    assert found == read(kind, GOOD[kind])
    if code:
        told(found.ledger, code, times=1)


@every_reader
def test_b1_an_encoding_may_be_said(read, kind):
    assert read(kind, GOOD[kind].encode("cp949"), encoding="euc-kr") == read(kind, GOOD[kind])


@every_reader
def test_b10_ragged_rows(read, told, kind):
    with pytest.raises(InputError) as error:
        read(kind, changed(kind, 2, lambda line: line + ",가로 1"))
    told(error.value, "E111", row=3)


@every_reader
@pytest.mark.parametrize(("keep", "code"), [(0, "E420"), (1, "E114")])
def test_b13_nothing_in_it(read, told, kind, keep, code):
    with pytest.raises(InputError) as error:
        read(kind, "\n".join(GOOD[kind].splitlines()[:keep]))
    told(error.value, code)


@every_reader
def test_b14_a_header_that_is_not_there(read, told, kind):
    with pytest.raises(InputError) as error:
        read(kind, "가,나,다,라\n1,2,3,4\n")
    assert "가, 나, 다, 라" in told(error.value, "E112").text("ko")


@every_reader
def test_b15_duplicate_columns(read, told, kind):
    lines = [f"{line},{line.split(',')[1]}" for line in GOOD[kind].splitlines()]
    with pytest.raises(InputError) as error:
        read(kind, "\n".join(lines))
    told(error.value, "E120", column=lines[0].split(",")[1])


@every_reader
def test_b11_a_title_above_and_a_total_below(read, told, kind):
    lines = GOOD[kind].splitlines()
    blank = "," * lines[0].count(",")
    found = read(kind, "\n".join([f"가람시 자료{blank}", *lines, f"합계{blank}"]))
    assert found == read(kind, GOOD[kind])
    told(found.ledger, "F137")
    told(found.ledger, "W135", row=5, value="합계")
    assert found.ledger.tallies[0].excluded == 1


@every_reader
def test_b12_a_workbook_and_its_defects(read, tmp_path, told, kind):
    book = openpyxl.Workbook()
    for line in GOOD[kind].splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "a.xlsx")
    assert read(kind, (tmp_path / "a.xlsx").read_bytes(), "자료.xlsx") == read(kind, GOOD[kind])
    book.active["B2"] = "#REF!"
    book.active["B3"] = "=SUM(1,2)"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(InputError) as error:
        read(kind, (tmp_path / "a.xlsx").read_bytes(), "자료.xlsx")
    told(error.value, "E115", row=2, column="B")
    told(error.value, "E116", row=3, column="B")
    assert "[Sheet]" in error.value.text("ko")


@every_reader
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!doctype html><title>404</title>", "E421"),
        (b"version https://git-lfs.github.com/spec/v1\nsize 9\n", "E422"),
        (b"PK\x03\x04 cut off", "E423"),
        (b"%PDF-1.4", "E424"),
    ],
)
def test_z1_z2_what_is_no_table(read, told, kind, content, code):
    with pytest.raises(InputError) as error:
        read(kind, content)
    told(error.value, code)


@every_reader
def test_z9_a_file_that_is_not_there(tmp_path, told, kind):
    (tmp_path / "자료2.csv").write_text("a", "utf-8")
    with pytest.raises(InputError) as error:
        READERS[kind](tmp_path / "자료1.csv")
    assert "자료2.csv" in told(error.value, "E427").text("en")


def test_warnings_alone_do_not_stop(read):
    found = read("places", "시설명,위도,경도,좌석수\n가,37.1,127.5,0\n가,37.1,127.5,0\n나,,,미상\n")
    assert {e.problem.level for e in found.ledger.entries} == {"W"}
    assert found.ledger.warnings
    assert len(found) == 2
