"""dBase tables, UTF-16 without a mark, and what Excel made of dates and long numbers."""

from __future__ import annotations

import datetime as dt
import struct

import numpy as np
import pytest

from access._tables import read_table
from access._tables.dates import day
from access.errors import InputError
from access.ledger import Findings

WANTED = {
    "name": ("시설명", "name"),
    "seats": ("좌석수",),
    "id": ("관리번호", "id"),
    "when": ("기준일",),
}


def dbf(rows, fields, encoding, deleted=()):
    """Return a dBase III table: fields are (name, type, width)."""
    width = 1 + sum(size for *_, size in fields)
    head = struct.pack("<B3BIHH20x", 3, 125, 6, 30, len(rows), 33 + 32 * len(fields), width)
    for name, kind, size in fields:
        head += name.encode(encoding)[:10].ljust(11, b"\0") + kind.encode() + bytes(4)
        head += bytes([size]) + bytes(15)
    body = b""
    for i, row in enumerate(rows):
        body += b"*" if i in deleted else b" "
        for cell, (_, kind, size) in zip(row, fields, strict=True):
            raw = cell.encode(encoding)[:size]
            body += raw.rjust(size) if kind in "NF" else raw.ljust(size)
    return head + b"\r" + body + b"\x1a"


FIELDS = [("시설명", "C", 12), ("좌석수", "N", 8), ("id", "N", 14), ("기준일", "D", 8),
          ("개방", "L", 1), ("설명", "M", 10)]  # fmt: skip
ROWS = [
    ("나루도서관", "30", "9915025000.00", "20250630", "T", "1"),
    ("가람", "****", "1", "", "?", ""),
]


@pytest.fixture
def read(tmp_path):
    def read(content, name="시설.dbf", cpg=None, **how):
        path = tmp_path / name
        path.write_bytes(content)
        if cpg:
            path.with_suffix(".cpg").write_text(cpg)
        findings = Findings(path.name)
        return read_table(path, wanted=WANTED, findings=findings, **how), findings

    return read


@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
def test_the_cells_decide_the_encoding(read, told, encoding):
    fields = [("시설명", "C", 20), *FIELDS[1:]]
    table, findings = read(dbf(ROWS, fields, encoding))
    assert table.text("name").tolist() == ["나루도서관", "가람"]
    assert table.text("seats").tolist() == ["30", ""]
    assert table.text("id").tolist() == ["9915025000", "1"]
    assert table.days("when") == [dt.date(2025, 6, 30), None]
    assert table.columns["개방"].tolist() == ["T", ""]
    assert table.rows.tolist() == [2, 3]
    assert encoding.upper() in told(findings, "F150", times=1).text("ko")
    told(findings, "W154", column="설명")


@pytest.mark.parametrize("cpg", ["CP949", "949", "EUC-KR", "ANSI 949"])
def test_a_cpg_says_it(read, cpg):
    table, findings = read(dbf(ROWS, FIELDS, "cp949"), cpg=cpg)
    assert table.text("name").tolist() == ["나루도서관", "가람"]
    assert "F150" not in [e.problem.code for e in findings.entries]


def test_an_encoding_that_is_told_wins_and_a_wrong_one_stops(read, told):
    assert read(dbf(ROWS, FIELDS, "cp949"), encoding="euc-kr")[0].text("name")[0] == "나루도서관"
    with pytest.raises(InputError) as error:
        read(dbf(ROWS, FIELDS, "cp949"), encoding="utf-8")
    assert error.value.code == "E104"
    with pytest.raises(InputError) as error:
        read(dbf(ROWS, FIELDS, "cp949"), encoding="hex")
    assert error.value.code == "E132"


@pytest.mark.parametrize(("encoding", "width"), [("cp949", 9), ("utf-8", 13)])
def test_half_a_letter_at_the_end_of_a_full_cell(read, told, encoding, width):
    rows = [("나루도서관", "30"), ("가람", "1")]
    table, findings = read(dbf(rows, [("시설명", "C", width), ("좌석수", "N", 8)], encoding))
    assert table.text("name").tolist() == ["나루도서", "가람"]
    told(findings, "W152", row=2, column="시설명", times=1)


def test_deleted_rows_are_told_and_the_others_keep_their_numbers(read, told):
    table, findings = read(dbf([ROWS[1], *ROWS], FIELDS, "cp949", deleted=(1,)))
    assert table.rows.tolist() == [2, 4]
    assert table.read == 2
    assert "1" in told(findings, "W151").text("ko")


def test_a_table_by_another_name_and_one_cut_off(read, told):
    assert len(read(dbf(ROWS, FIELDS, "cp949"), name="시설.csv")[0]) == 2
    with pytest.raises(InputError) as error:
        read(dbf(ROWS, FIELDS, "cp949")[:-40])
    assert error.value.code == "E423"


def test_the_table_of_a_shapefile(tmp_path):
    import geopandas as gpd
    import shapely

    frame = gpd.GeoDataFrame(
        {"시설명": ["나루도서관"], "좌석수": [30]}, geometry=[shapely.Point(127, 37)], crs=4326
    )
    frame.to_file(tmp_path / "시설.shp", encoding="cp949")
    (tmp_path / "시설.cpg").unlink()
    table = read_table(tmp_path / "시설.dbf", wanted=WANTED, findings=Findings("시설.dbf"))
    assert table.text("name").tolist() == ["나루도서관"]
    assert table.numbers("seats").tolist() == [30]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(read, told, encoding):
    text = "시설명\t좌석수\n" + "나루도서관\t30\n가람\t12\n" * 20
    table, findings = read(text.encode(encoding), name="시설.txt")
    assert len(table) == 40
    assert table.text("name")[0] == "나루도서관"
    assert encoding.upper() in told(findings, "F103").text("ko")


def test_stray_zeros_do_not_make_utf_16(read):
    text = "시설명,좌석수\n" + "나루\0도서관,30\n" * 20
    assert read(text.encode(), name="시설.csv")[0].text("name")[0] == "나루\0도서관"


@pytest.mark.parametrize(
    ("cell", "date", "code"),
    [
        ("2025-06-30", (2025, 6, 30), ""),
        ("2025.6.30", (2025, 6, 30), ""),
        ("2025/06/30 00:00:00", (2025, 6, 30), ""),
        ("2025년 6월 30일", (2025, 6, 30), ""),
        ("20250630", (2025, 6, 30), ""),
        ("202506", (2025, 6, 1), ""),
        ("2025-06", (2025, 6, 1), ""),
        ("45838", (2025, 6, 30), "F153"),
        ("45838.5", (2025, 6, 30), "F153"),
        ("2025-02-30", None, "W155"),
        ("12345678", None, "W155"),
        ("상시", None, "W155"),
        (" ", None, ""),
    ],
)
def test_days(cell, date, code):
    assert day(cell) == (date and dt.date(*date), code)


def test_serial_numbers_are_listed(read, told):
    table, findings = read("시설명,기준일\n가,45838\n나,내년\n".encode(), name="시설.csv")
    assert table.days("when") == [dt.date(2025, 6, 30), None]
    told(findings, "F153", row=2, column="기준일")
    told(findings, "W155", row=3)


def test_long_numbers_that_all_lost_their_end(read, told):
    rows = "".join(f"4155025{i:03}000{i:02}0000\n" for i in range(10, 14))
    table, findings = read(f"관리번호\n{rows}".encode(), name="시설.csv")
    table.ids("id")
    told(findings, "W156", times=4)
    table, findings = read(f"관리번호\n{rows}4155025021100010001\n".encode(), name="시설.csv")
    table.ids("id")
    assert "W156" not in [e.problem.code for e in findings.entries]
    assert np.asarray(table.rows).tolist() == [2, 3, 4, 5, 6]
