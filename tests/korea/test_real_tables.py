"""The real standard tables: every row accounted for, none shifted, none lost to another's place."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from access.errors import InputError
from access.korea.opendata import identify, read_places, read_programmes
from access.korea.rooms import sort_room
from tests.conftest import ROOT

pytestmark = pytest.mark.data

TABLES = {
    "anseong/전국공공시설개방정보표준데이터_202010.csv": "rooms",
    "anseong/전국도서관표준데이터_202604.csv": "libraries",
    "anseong/전국초중등학교위치표준데이터_20260320.csv": "schools",
    "anseong/anseong_closed_schools_candidate.csv": "closed_schools",
    "korea_files/행정안전부_무더위쉼터_sample100.csv": "shelters",
}


def rows_of(path):
    """Return the rows by Excel's numbers, read by the csv module alone."""
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp949")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", TABLES)
def test_each_real_file_is_recognised(real_data, name):
    assert identify(real_data / name).code == TABLES[name]


@pytest.mark.parametrize("name", [n for n, code in TABLES.items() if code != "closed_schools"])
def test_every_row_is_accounted_for_and_none_is_shifted(real_data, name):
    places = read_places(real_data / name, kind="x")
    tally = places.ledger.tallies[0]
    lines = rows_of(real_data / name)
    header = lines[1] if "무더위쉼터" in name else lines[0]
    data = [line for line in lines[1 + ("무더위쉼터" in name) :] if any(c.strip() for c in line)]
    assert tally.read == len(data)
    assert tally.read == tally.used + tally.repaired + tally.excluded
    assert tally.used + tally.repaired == len(places), "nothing deduplicated by coordinate"
    left_out = {e.problem.row for e in places.ledger.entries if e.action == "excluded"}
    assert len(left_out) == tally.excluded
    assert not left_out & set(places.rows.tolist())
    assert left_out | set(places.rows.tolist()) == set(
        range(len(lines) - len(data) + 1, len(lines) + 1)
    )
    at = header.index("위도")
    for row, lat in zip(places.rows.tolist(), places.lonlat[:, 1], strict=True):
        assert float(lines[row - 1][at]) == lat


def test_the_rooms_of_anseong_are_sorted_each_by_a_rule(real_data, capsys):
    path = real_data / next(n for n, code in TABLES.items() if code == "rooms")
    header, *lines = rows_of(path)
    at = {name: header.index(name) for name in header}
    here = [
        k for k, line in enumerate(lines, start=2)
        if "안성시" in line[at["소재지도로명주소"]] + line[at["소재지지번주소"]]
        + line[at["제공기관명"]]
    ]  # fmt: skip
    assert len(here) == 53
    places = read_places(path, kind="idle")
    rule = {
        e.problem.row: (e.action, e.problem.facts["rule"][0], e.problem.facts["word"])
        for e in places.ledger.entries
        if e.problem.code in ("F455", "F456")
    }
    sorted_ = {row: rule[row] for row in here}  # each of the 53 has its rule
    counts = Counter((action, name) for action, name, _ in sorted_.values())
    with capsys.disabled():
        print(f"\nAnseong's public rooms: {dict(counts)}")
    assert counts == {
        ("used", "강의·회의 공간"): 25,
        ("used", "공연·전시 공간"): 2,
        ("excluded", "주차장"): 23,
        ("excluded", "체육시설"): 3,
    }
    kept = set(places.rows.tolist())
    for row, (action, _, word) in sorted_.items():
        assert (action == "used") == (row in kept)
        assert word in "".join(lines[row - 2]).replace(" ", "")
    for row in here:  # against a reading by eye: 기타 are all car parks, and no room is one
        name, kind = lines[row - 2][at["개방시설명"]], lines[row - 2][at["개방시설유형구분"]]
        room = "주차장" not in name and kind in ("강당", "회의실", "강의실", "다목적실", "전시실")
        assert room == (row in kept), name


@pytest.mark.parametrize(("code", "rows", "kept"), [("rooms", 53, 27), ("schools", 56, 56)])
def test_of_the_whole_country_the_rows_of_anseong_are_read(real_data, told, code, rows, kept):
    path = real_data / next(n for n, known in TABLES.items() if known == code)
    places = read_places(path, kind="idle", city="안성시")
    assert len(places) == kept
    others = told(places.ledger, "F842", times=1).facts["rows"]
    (tally,) = places.ledger.tallies
    assert tally.read - int(others.replace(",", "")) == rows


def test_the_libraries_of_anseong_have_no_coordinates(real_data, told):
    path = real_data / next(n for n, known in TABLES.items() if known == "libraries")
    with pytest.raises(InputError) as error:
        read_places(path, kind="centre", city="안성시")
    told(error.value, "E332", times=1)
    assert sum(p.code == "W201" for p in error.value.problems) == 16


def test_most_rooms_of_the_country_are_sorted(real_data):
    path = real_data / next(n for n, code in TABLES.items() if code == "rooms")
    header, *lines = rows_of(path)
    columns = [header.index(c) for c in ("개방시설명", "개방시설유형구분", "개방장소명")]
    told = [sort_room(*(line[c] for c in columns))[0] is not None for line in lines]
    assert np.mean(told) > 0.9


def test_rows_of_another_length_are_all_listed_and_none_is_used(real_data):
    path = real_data / "korea_files" / "전국도서관표준데이터_2016_raw.csv"
    header, *lines = rows_of(path)
    with pytest.raises(InputError) as error:
        read_places(path, kind="library")
    listed = {p.row for p in error.value.problems if p.code == "E111"}
    assert listed == {
        k
        for k, line in enumerate(lines, start=2)
        if len(line) != len(header) and any(cell.strip() for cell in line)
    }
    assert len(listed) == 1369


def test_closed_schools_without_coordinates_are_told_as_such(real_data, told):
    path = real_data / next(n for n, code in TABLES.items() if code == "closed_schools")
    with pytest.raises(InputError) as error:
        read_places(path, kind="idle")
    assert "폐교 목록" in told(error.value, "E461", times=1).text("ko")


def test_a_library_table_is_no_list_of_classes(real_data, told):
    path = real_data / next(n for n, code in TABLES.items() if code == "libraries")
    with pytest.raises(InputError) as error:
        read_programmes(path)
    assert "[[places]]" in told(error.value, "E460", times=1).text("ko")


SCRIPT = """
import sys, time
from tests.peak import peak_mb
from access.korea.opendata import read_places
begin = time.process_time()
schools = read_places(sys.argv[1], kind="school")
took = time.process_time() - begin
print(len(schools), took, peak_mb())
"""


def test_the_national_table_of_schools_takes_seconds_and_little_memory(real_data):
    path = real_data / next(n for n, code in TABLES.items() if code == "schools")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    count, seconds, megabytes = done.stdout.split()
    assert int(count) == 12_011
    assert float(seconds) < 20
    assert float(megabytes) < 500
