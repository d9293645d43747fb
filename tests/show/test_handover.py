"""What is handed on: coded, described, the same bytes, and read again with the same contents."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import access
from access._frozen import frozen, texts
from access.cli import command
from access.errors import OutputError
from access.inputs.districts import read_districts
from access.inputs.hours import Hours, closed_days, week
from access.korea.opendata import read_places, read_programmes
from access.show.folder import write_folder
from access.show.handover import MANIFEST, PACKAGE, WORKBOOK, write_export
from access.show.records import dictionary, hours_in_columns, records
from tests.conftest import ROOT
from tests.show.town import FORMULAS, HOSTILE, make_study

TABLES = ("places", "rooms", "hours", "classes", "districts")


@pytest.fixture(scope="module")
def city(sample_study):
    return sample_study


@pytest.fixture(scope="module")
def out(city, tmp_path_factory):
    return write_export(city, tmp_path_factory.mktemp("export") / "out")[0]


def rows_of(path):
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def digests(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_every_column_of_every_table_is_in_the_dictionary(city, out):
    told = {(row["table"], row["column"]) for row in rows_of(out / "dictionary.csv")}
    held = {(t, c) for t in TABLES for c in rows_of(out / f"{t}.csv")[0]}
    assert told == held
    for table, rows in records(city).items():
        names = [column.name for column in dictionary()[table][1]]
        assert all(list(row) and set(row) == set(names) for row in rows), table
    for _, columns in dictionary().values():
        assert all(c.ko and c.type in _TYPES for c in columns)


_TYPES = {"text", "integer", "number", "date", "time", "flag"}


def test_every_code_leads_to_a_row(out):
    held = {t: rows_of(out / f"{t}.csv") for t in TABLES}
    places = {row["id"] for row in held["places"]}
    rooms = {row["room_id"]: row["place_id"] for row in held["rooms"]}
    codes = {row["code"] for row in held["districts"]}
    assert len(places) == len(held["places"])
    assert len(rooms) == len(held["rooms"])
    assert set(rooms.values()) == places
    assert {row["place_id"] for row in held["hours"]} <= places
    assert {row["district_code"] for row in held["places"]} <= codes | {""}
    assert all(re.fullmatch(r"\d{10}", code) for code in codes)
    for row in held["classes"]:
        assert (row["place_id"] == "") == (row["room_id"] == "")
        assert row["place_id"] == rooms.get(row["room_id"], "")
    assert sum(int(row["classes"]) for row in held["rooms"]) == sum(
        row["place_id"] != "" for row in held["classes"]
    )


SAME = ("ids", "names", "lonlat", "seats", "area_m2", "building_m2", "yearly_cost", "step_free",
        "category", "owner")  # fmt: skip


def same_places(again, places):
    for name in SAME:
        np.testing.assert_array_equal(getattr(again, name), getattr(places, name), name)
    assert again.hours == places.hours


def test_our_own_readers_find_the_same_places(city, out):
    again = read_places(out / "places.csv", kind="any", format="table")
    same_places(again, city.places)
    assert again.attributes["kind"].tolist() == city.places.kind.tolist()
    assert again.ledger.tallies[0].used == len(city.places)
    book = read_places(out / WORKBOOK, kind="any", format="table", sheet="시설")
    same_places(book, city.places)


def test_our_own_readers_find_the_same_classes(city, out):
    for source in ({"path": out / "classes.csv"}, {"path": out / WORKBOOK, "sheet": "강좌"}):
        again = read_programmes(**source)
        for spec in fields(city.programmes):
            if spec.metadata.get("aside") or spec.name == "attributes":
                continue
            one, other = (getattr(r, spec.name) for r in (again, city.programmes))
            np.testing.assert_array_equal(one, other, spec.name)


def test_our_own_reader_finds_the_same_districts(city, out):
    again = read_districts(out / PACKAGE, sheet="districts", code="code", name="name")
    assert again.codes.tolist() == city.districts.codes.tolist()
    assert again.names.tolist() == city.districts.names.tolist()
    assert all(a.equals(b) for a, b in zip(again.shapes, city.districts.shapes, strict=True))


def test_hours_table_holds_every_open_quarter_hour(city, out):
    open_ = {id: np.zeros((7, 96), bool) for id in city.places.ids.tolist()}
    for row in rows_of(out / "hours.csv"):
        begin, end = (int(t[:2]) * 4 + int(t[3:]) // 15 for t in (row["open"], row["close"]))
        open_[row["place_id"]]["월화수목금토일".index(row["weekday"]), begin:end] = True
    for id, hours in zip(city.places.ids.tolist(), city.places.hours, strict=True):
        expected = np.zeros((7, 96), bool) if hours is None else hours.open
        np.testing.assert_array_equal(open_[id], expected)


quarter = st.integers(0, 95)


@given(
    st.lists(st.lists(st.tuples(quarter, quarter), max_size=2), min_size=7, max_size=7),
    st.booleans(),
)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_hours_in_columns_are_read_again_as_they_were_or_not_written(days, alike):
    bits = np.zeros((7, 96), bool)
    for day, spans in enumerate(days):
        for a, b in spans if not (alike and day < 5) else days[0]:
            bits[day, min(a, b) : max(a, b) + 1] = True
    hours = Hours(frozen(bits))
    row = hours_in_columns(hours)
    if row is None:
        return
    told = {d: (row[f"{d}_open"], row[f"{d}_close"]) for d in ("weekday", "saturday", "sunday")}
    again, _ = week(
        [told["weekday"]] * 5 + [told["saturday"], told["sunday"]], closed_days(row["closed_days"])
    )
    assert again == hours


def test_hours_past_midnight_and_round_the_clock_fit_the_columns():
    for pair in (("20:00", "02:00"), ("00:00", "24:00"), ("09:00", "23:59")):
        hours, _ = week([pair] * 7)
        row = hours_in_columns(hours)
        assert row is not None, pair
        assert (row["weekday_open"], row["weekday_close"].replace("24:00", "23:59")) == (
            pair[0],
            pair[1].replace("24:00", "23:59"),
        )


def test_hours_that_fit_no_column_are_told_and_stand_in_their_table(city, tmp_path, told):
    bits = np.zeros((7, 96), bool)
    bits[:5, 36:48] = bits[:5, 52:72] = True  # closed at noon
    hours = (Hours(frozen(bits)), *city.places.hours[1:])
    folder, ledger = write_export(
        replace(city, places=replace(city.places, hours=hours)), tmp_path / "out"
    )
    told(ledger, "W830", row=2, value="가람시 평생학습관", times=1)
    assert rows_of(folder / "places.csv")[0]["weekday_open"] == ""
    assert [r["close"] for r in rows_of(folder / "hours.csv")[:2]] == ["12:00", "18:00"]


SCRIPT = """
import sys, access
from access.show.handover import write_export
write_export(access.Study.from_folder(access.sample_folder()), sys.argv[1])
"""


def test_the_same_study_gives_the_same_bytes(out, tmp_path):
    changed = {"PYTHONHASHSEED": "5", "TZ": "America/Lima", "LC_ALL": "C"}
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "again")],
        check=True,
        cwd=ROOT,
        env={**os.environ, **changed},
    )
    assert digests(tmp_path / "again") == digests(out)
    manifest = json.loads((out / MANIFEST).read_text("utf-8"))
    assert manifest["files"] == {n: d for n, d in digests(out).items() if n != MANIFEST}
    assert manifest["as_of"] == "2025-06-30"
    assert manifest["synthetic"] is True


def test_names_that_would_run_do_not_and_come_back_as_they_were(tmp_path):
    names = tuple(n for n in (*FORMULAS, *HOSTILE) if n == n.strip())
    study = make_study()
    places = replace(study.places, names=texts((names * 3)[: len(study.places)]))
    for start in range(0, len(names), len(places)):
        some = texts((names[start:] + names)[: len(places)])
        folder, _ = write_export(
            replace(study, places=replace(places, names=some)), tmp_path / f"{start}"
        )
        for row in csv.reader(io.StringIO((folder / "places.csv").read_text("utf-8-sig"))):
            assert not [c for c in row if c[:1] in "=@\t\r" and c]
        again = read_places(folder / "places.csv", kind="any", format="table")
        assert again.names.tolist() == some.tolist()
        book = openpyxl.load_workbook(folder / WORKBOOK)
        assert not [c for s in book for r in s.iter_rows() for c in r if c.data_type == "f"]


def test_the_workbook_has_korean_headers_and_says_what_it_is(out):
    book = openpyxl.load_workbook(out / WORKBOOK)
    assert book.sheetnames == ["시설", "공간", "운영시간", "강좌", "읍면동", "자료사전", "안내"]
    assert [c.value for c in book["시설"][1]][:3] == ["시설ID", "시설명", "공간종류"]
    code = book["읍면동"]["A2"]
    assert (code.value, code.data_type) == ("9915025000", "s")
    said = [row[0].value for row in book["안내"].iter_rows()]
    assert "합성 자료 · 실재하지 않는 도시" in said


def test_the_geopackage_opens_with_every_table(out):
    import pyogrio

    layers = dict(pyogrio.list_layers(out / PACKAGE).tolist())
    assert set(layers) == set(TABLES)
    frame = pyogrio.read_dataframe(out / PACKAGE, layer="places")
    assert frame.crs.to_epsg() == 4326
    rows = rows_of(out / "places.csv")
    assert frame["id"].tolist() == [row["id"] for row in rows]
    classes = pyogrio.read_dataframe(out / PACKAGE, layer="classes")
    assert len(classes) == len(rows_of(out / "classes.csv"))


def test_no_teacher_is_handed_on(out):
    with (access.sample_folder() / "classes.csv").open(encoding="cp949") as file:
        teachers = {row["강사명"] for row in csv.DictReader(file)}
    assert len(teachers) > 50
    said = "".join((out / f"{t}.csv").read_text("utf-8-sig") for t in TABLES)
    book = openpyxl.load_workbook(out / WORKBOOK)
    said += "\n".join(str(c.value) for s in book for r in s.iter_rows() for c in r)
    said += (out / PACKAGE).read_bytes().decode("utf-8", "replace")
    assert not [name for name in teachers if name in said]


def test_no_teacher_is_in_the_results_of_a_run(city, tmp_path):
    from access import evaluate

    with (access.sample_folder() / "classes.csv").open(encoding="cp949") as file:
        teachers = {row["강사명"] for row in csv.DictReader(file)}
    folder = write_folder([evaluate(city, city.questions[0])], tmp_path / "out")
    said = "".join((folder / f).read_bytes().decode("utf-8", "replace")
                   for f in ("map.html", "report.html", "ledger.csv", "districts.csv"))  # fmt: skip
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    said += "\n".join(str(c.value) for s in book for r in s.iter_rows() for c in r)
    assert not [name for name in teachers if name in said]


def test_a_study_without_classes_is_handed_on_as_well(tmp_path):
    folder, ledger = write_export(make_study(), tmp_path / "out")
    assert not ledger.entries
    assert (folder / "classes.csv").read_text("utf-8-sig").count("\n") == 1


def test_only_an_earlier_export_is_replaced(city, out, tmp_path):
    folder, _ = write_export(make_study(), tmp_path / "out")
    before = digests(folder)
    assert digests(write_export(make_study(), folder)[0]) == before
    (folder / "메모.txt").write_text("mine")
    with pytest.raises(OutputError) as raised:
        write_export(make_study(), folder)
    assert raised.value.code == "E824"


def test_the_command_writes_the_folder(tmp_path):
    target = tmp_path / "내보내기"
    done = CliRunner().invoke(
        command, ["export", str(access.sample_folder()), "--out", str(target), "--quiet"]
    )
    assert done.exit_code == 0, done.output
    assert f"내보낸 곳: {target}" in done.output
    assert {f"{t}.csv" for t in TABLES} < {p.name for p in target.iterdir()}
