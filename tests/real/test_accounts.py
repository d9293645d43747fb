"""Real files, whole: every row accounted for, the faulty ones by the row Excel shows, none shifted.

The files are read once more with Python's csv module alone, and compared row by row.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from access import read_places, read_residents
from access.errors import InputError
from access.korea.residents import COUNTRY

pytestmark = pytest.mark.data

POPULATION = "anseong/주민등록_연령별인구_202012_cp949.csv"
FIVE_CITIES = "anseong/emd_pop_202506_5cities.csv"
ROOMS = "anseong/전국공공시설개방정보표준데이터_202010.csv"
SCHOOLS = "anseong/전국초중등학교위치표준데이터_20260320.csv"
SHELTERS = "korea_files/행정안전부_무더위쉼터_sample100.csv"


@cache
def raw_rows(path):
    """Return every record of a file, in the encoding that can decode it."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return list(csv.reader(raw.decode(encoding).splitlines(keepends=True)))
        except UnicodeDecodeError:
            continue
    raise AssertionError(path)


ROOT = Path(__file__).resolve().parents[2]


@cache
def places(path):
    return read_places(path, kind="idle")


READ = {
    POPULATION: (read_residents, (3847, 3495, 58, 294)),
    FIVE_CITIES: (lambda p: read_residents(p, "table"), (96, 88, 0, 8)),
    ROOMS: (places, (6643, 3854, 0, 2789)),
    SCHOOLS: (places, (12011, 12011, 0, 0)),
    SHELTERS: (places, (100, 100, 0, 0)),
}


@pytest.mark.parametrize("file", READ)
def test_every_row_is_used_repaired_or_excluded_for_a_reason(real_data, file):
    read, told = READ[file]
    path = real_data / file
    found, raw = read(path), raw_rows(path)
    (tally,) = found.ledger.tallies
    assert (tally.read, tally.used, tally.repaired, tally.excluded) == told
    assert tally.read == tally.used + tally.repaired + tally.excluded
    heads = 2 if file == SHELTERS else 1
    assert tally.read == sum(any(c.strip() for c in row) for row in raw) - heads
    excluded = {e.problem.row for e in found.ledger.entries if e.action == "excluded"}
    assert len(excluded - {None}) <= tally.excluded
    for entry in found.ledger.entries:
        problem = entry.problem
        if problem.row is None or problem.value is None:
            continue
        cells = [" ".join(cell.split()) for cell in raw[problem.row - 1]]
        where = " ".join(cells).replace(" (", "(")
        for part in problem.value.replace(" (", "(").split("/"):  # two cells are told as a / b
            assert " ".join(part.split()) in where, problem


@pytest.mark.parametrize("file", [ROOMS, SCHOOLS, SHELTERS])
def test_no_row_is_shifted_and_none_dropped_for_its_coordinate(real_data, file):
    found, raw = places(real_data / file), raw_rows(real_data / file)
    assert found.rows is not None
    left_out = {e.problem.row for e in found.ledger.entries if e.action == "excluded"}
    for i, row in enumerate(found.rows.tolist()):
        cells = [cell.strip() for cell in raw[row - 1]]
        assert row not in left_out
        numbers = {round(float(c), 6) for c in cells if re.fullmatch(r"\d+\.\d+", c)}
        assert {round(float(x), 6) for x in found.lonlat[i]} <= numbers
        assert any(found.names[i].startswith(cell) for cell in cells if len(cell) > 1)
    _, times = np.unique(found.lonlat, axis=0, return_counts=True)
    if file == ROOMS:  # rooms of one building share its coordinate, and all stay
        assert times.max() > 5
    assert times.sum() == len(found)


@pytest.mark.parametrize(("file", "layout"), [(POPULATION, "mois"), (FIVE_CITIES, "table")])
def test_the_sums_of_the_ministry_are_met_row_by_row(real_data, file, layout):
    """Every row that sums others, recomputed from the raw text, equals its 읍·면·동 as read."""
    found, raw = read_residents(real_data / file, layout), raw_rows(real_data / file)
    people = dict(zip(found.codes.tolist(), found.counts.sum(axis=1), strict=True))
    checked = 0
    for row in raw[1:]:
        code = re.search(r"\d{10}", " ".join(row[:2]))[0]
        stated = int(row[1 if layout == "mois" else 3].replace(",", ""))
        if code[5:] != "00000" or not stated:
            continue
        digits = code[:2] if code[2:] == "00000000" else code[:5]
        own = sum(n for c, n in people.items() if c.startswith(digits))
        if not own:  # a city with 구
            own = sum(n for c, n in people.items() if c.startswith(code[:4]))
        assert own == stated, row[:3]
        checked += 1
    assert checked == (278 if layout == "mois" else 8)
    assert not [p for p in found.ledger.warnings if p.code in ("W347", "W383")]
    assert not any(code.startswith(COUNTRY) for code in people)


def test_the_ragged_file_is_refused_with_every_row(real_data):
    path = real_data / "korea_files" / "전국도서관표준데이터_2016_raw.csv"
    raw = raw_rows(path)
    with pytest.raises(InputError) as error:
        places(path)
    told = {p.row for p in error.value.problems if p.code == "E111"}
    assert told == {
        i + 1
        for i, row in enumerate(raw)
        if any(cell.strip() for cell in row) and len(row) != len(raw[0])
    }


READING = """
import sys
from tests.peak import peak_mb
from access import read_places, read_residents
path, what = sys.argv[1:]
found = read_residents(path) if what == "residents" else read_places(path, kind="school")
print(len(found), peak_mb())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the peak of a process")
@pytest.mark.parametrize(
    ("file", "what", "rows"), [(SCHOOLS, "places", 12_011), (POPULATION, "residents", 3_495)]
)
def test_national_tables_fit_an_office_computer(real_data, file, what, rows):
    run = subprocess.run(
        [sys.executable, "-c", READING, str(real_data / file), what],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    count, peak = map(float, run.stdout.split())
    assert count == rows
    assert peak < 500  # MB
