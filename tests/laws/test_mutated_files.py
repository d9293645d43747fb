"""No reader raises anything but this project's errors on damaged bytes, and none hangs.

A new reader is one line in READERS: a name for the file, what makes a small good one, and the
reading. What is read in spite of the damage must still account for every row.
"""

from __future__ import annotations

import io
import json
import random
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from access._tables import read_table
from access.errors import AccessError
from access.inputs.districts import read_districts
from access.inputs.hours import closed_days, week
from access.inputs.places import read_places
from access.korea.crosswalk import read_crosswalk
from access.korea.residents import read_residents
from access.ledger import Findings
from access.network.rasters import read_relief
from access.network.read import read_ways
from access.study.document import read_document
from access.study.readers import read_cells
from tests.conftest import SAMPLE
from tests.test_dbf import FIELDS, ROWS, dbf

SECONDS = 5.0
"""The good files are read in milliseconds; one that takes so long hangs."""
LINES = 40


def sample(name: str) -> bytes:
    """Return the first lines of a file of the sample city."""
    return b"".join((SAMPLE / name).read_bytes().splitlines(keepends=True)[:LINES])


def workbook() -> bytes:
    book, held = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["도서관 목록"])
    book.active.append(["시설명", "경도", "위도", "좌석수", "평일운영시작시각", "평일운영종료시각"])
    for i in range(8):
        book.active.append([f"도서관{i}", 127.1 + i / 97, 37.2 + i / 89, i, "0900", "18:00"])
    book.create_sheet("둘째")
    book.save(held)
    return held.getvalue()


def compact() -> bytes:
    """Return the districts of the sample without most of their corners."""
    geo = json.loads((SAMPLE / "districts.geojson").read_text("utf-8"))
    for feature in geo["features"]:
        drawn = shapely.geometry.shape(feature["geometry"]).simplify(0.005)
        feature["geometry"] = shapely.geometry.mapping(drawn)
    return json.dumps(geo, ensure_ascii=False).encode()


def grid() -> bytes:
    head = (
        "ncols 6\nnrows 5\nxllcorner 950000\nyllcorner 1900000\ncellsize 90\nNODATA_value -9999\n"
    )
    rows = "\n".join(" ".join(str(20 * i + j) for j in range(6)) for i in range(5))
    return (head + rows + "\n").encode()


TOWNS = "code,name,total,0~9,10~19,20+\n" + "".join(
    f"99150{i}000,마을{i}읍,{i * 3},{i},{i},{i}\n" for i in range(25, 35)
)


def people() -> bytes:
    """Return a workbook of residents as the portal lays it out."""
    book, held = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["연령별 인구현황"])
    book.active.append(["", "", "2022년 12월"])
    ages = ["연령구간인구수", "0~9세", "10세 이상"]
    book.active.append(["행정기관코드", "행정기관", "남 인구수", *ages, "여 인구수", *ages])
    for i in range(25, 31):
        book.active.append([f"99150{i}000", f"마을{i}읍", *["1,200", "1,200", "200", "1,000"] * 2])
    book.save(held)
    return held.getvalue()


def tile() -> bytes:
    """Return an SRTM tile of flat ground, zipped."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N37E127.hgt", bytes(2 * 1201 * 1201))
    return held.getvalue()


XML = b"""<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="37.0" lon="127.0"/><node id="2" lat="37.001" lon="127.0"/>
<node id="3" lat="37.001" lon="127.002"/><way id="5"><nd ref="1"/><nd ref="2"/><nd ref="3"/>
<tag k="highway" v="residential"/><tag k="maxspeed" v="30"/></way></osm>"""
OVERPASS = b"""{"version": 0.6, "elements": [
{"type": "node", "id": 1, "lat": 37.0, "lon": 127.0},
{"type": "node", "id": 2, "lat": 37.001, "lon": 127.0},
{"type": "way", "id": 5, "nodes": [1, 2], "tags": {"highway": "residential"}}]}"""
HOURS = "09:00,18:00,0900,24:00,매주 월요일,토·일,월~금,연중무휴,9시 30분,00:00-00:00".encode()
PAIRS = "법정동코드,행정동코드,비율\n4139010100,4139051000,40\n4139010100,4139052000,60\n".encode()


def layers(suffix: str) -> Callable[[], bytes]:
    """Return a maker of a small file of polygons in one of GDAL's formats."""

    def make() -> bytes:
        import tempfile

        import geopandas as gpd

        frame = gpd.GeoDataFrame(
            {"adm_cd2": ["9915025000", "9915031000"], "adm_nm": ["누리읍", "솔뫼면"]},
            geometry=[shapely.box(127, 37, 127.1, 37.1), shapely.box(127.1, 37, 127.2, 37.1)],
            crs=4326,
        )
        with tempfile.TemporaryDirectory() as folder:
            frame.to_file(Path(folder) / f"a{suffix}", engine="pyogrio", encoding="cp949"
                          if suffix == ".shp" else None)  # fmt: skip
            if suffix == ".shp":  # the shape, its index and its table one after the other
                return b"|PART|".join(
                    (Path(folder) / f"a{end}").read_bytes() for end in (".shp", ".shx", ".dbf")
                )
            return (Path(folder) / f"a{suffix}").read_bytes()

    return make


def read_shapefile(path: Path) -> Any:
    parts = path.read_bytes().split(b"|PART|")
    for suffix, part in zip((".shp", ".shx", ".dbf"), parts, strict=False):
        path.with_suffix(suffix).write_bytes(part)
    return read_districts(path, crs=4326)


def table(path: Path) -> Any:
    findings = Findings(path.name)
    found = read_table(path, wanted={"name": ("시설명",), "id": ("id",)}, findings=findings)
    if "id" in found:
        found.ids("id")
    found.numbers("name")
    found.days("name")
    findings.close(found.read)


def hours(path: Path) -> None:
    cells = path.read_bytes().decode("utf-8", "replace").split(",")
    for cell, other in pairwise(cells):
        week([(cell, other)] * 7, closed_days(other))


class Reader(NamedTuple):
    """A file's name, what makes its bytes, how it is read, and how often it is damaged."""

    file: str
    make: Callable[[], bytes]
    read: Callable[[Path], Any]
    times: int = 120


READERS = (
    Reader("cells.csv", lambda: sample("cells.csv"), read_cells),
    Reader("centres.csv", lambda: sample("centres.csv"), lambda p: read_places(p, kind="centre")),
    Reader("idle.csv", lambda: sample("idle.csv"), lambda p: read_places(p, kind="idle")),
    Reader("residents.csv", lambda: sample("residents.csv"), read_residents, 50),
    Reader("towns.csv", lambda: TOWNS.encode(), lambda p: read_residents(p, "table")),
    Reader("study.toml", (SAMPLE / "study.toml").read_bytes, read_document),
    Reader("pairs.csv", lambda: PAIRS, read_crosswalk),
    Reader("places.xlsx", workbook, lambda p: read_places(p, kind="centre"), 80),
    Reader("people.xlsx", people, read_residents, 60),
    Reader("table.tsv", lambda: sample("centres.csv").decode("utf-8-sig").encode("utf-16"), table),
    Reader("table.dbf", lambda: dbf(ROWS, FIELDS, "cp949"), table),
    Reader("hours.txt", lambda: HOURS, hours),
    Reader("districts.geojson", compact, read_districts, 80),
    Reader("districts.gpkg", layers(".gpkg"), read_districts, 60),
    Reader("districts.shp", layers(".shp"), read_shapefile, 60),
    Reader("relief.asc", grid, lambda p: read_relief(p, 5179)),
    Reader("N37E127.zip", tile, read_relief, 30),
    Reader("streets.osm", lambda: XML, read_ways, 60),
    Reader("streets.json", lambda: OVERPASS, read_ways, 60),
)

WORDS = (
    *(b"", b"\0", b'"', b",", b"\n", b"\r", b"\t", b"-", b"'", b"=", b"\\", b"nan", b"null"),
    *(b"{", b"{}", b"[", b"]", b"[[", b"<", b"<!DOCTYPE a>", b"\xef\xbb\xbf", b"\xff\xfe"),
    *(b"1e999", b"4.15E+09", b"9" * 20, b"\xb0\xa1", "가".encode(), b"A" * 3000),
)
DAMAGE = st.lists(
    st.tuples(
        st.sampled_from(("flip", "put", "cut", "drop", "double", "swap")),
        st.floats(0, 1, exclude_max=True),
        st.floats(0, 0.3),
        st.sampled_from(WORDS),
    ),
    min_size=1,
    max_size=4,
)


def damaged(good: bytes, steps: list[tuple[str, float, float, bytes]]) -> bytes:
    """Return bytes with a bit flipped, a word put in, the end cut off, or a part moved about."""
    raw = good
    for what, where, much, word in steps:
        at, size = int(where * len(raw)), max(1, int(much * min(len(raw), 300)))
        part = raw[at : at + size]
        if what == "flip" and part:
            raw = raw[:at] + bytes([raw[at] ^ (1 << size % 8)]) + raw[at + 1 :]
        elif what == "put":
            raw = raw[:at] + word + raw[at:]
        elif what == "cut":
            raw = raw[:at]
        elif what == "drop":
            raw = raw[:at] + raw[at + size :]
        elif what == "double":
            raw = raw[:at] + part + raw[at:]
        elif what == "swap":
            raw = raw[:at] + raw[at + size : at + 2 * size] + part + raw[at + 2 * size :]
    return raw


def damaged_inside(good: bytes, steps: list[tuple[str, float, float, bytes]]) -> bytes:
    """Return an archive whose members are damaged and whose own structure is whole."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(held, "w") as new:
        names = old.namelist()
        chosen = {names[int(where * len(names))] for _, where, _, _ in steps}
        for name in names:
            content = old.read(name)
            moved = [(what, much * 3, much, word) for what, _, much, word in steps]
            new.writestr(name, damaged(content, moved) if name in chosen else content)
    return held.getvalue()


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what computes longer, where the system can tell."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: Any) -> None:
        raise TimeoutError(f"more than {seconds} s")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged")


def check(reader: Reader, folder: Path, raw: bytes) -> bool:
    """Read damaged bytes; return whether they could be read, with every row accounted for."""
    path = folder / reader.file
    path.write_bytes(raw)
    found, stopped = None, None
    try:
        with limit(SECONDS):
            found = reader.read(path)
    except AccessError as error:
        stopped = error
    if stopped is not None:
        assert stopped.problems
        assert all(stopped.text(lang) for lang in ("ko", "en"))
        return False
    for tally in getattr(getattr(found, "ledger", None), "tallies", ()):
        assert tally.read == tally.used + tally.repaired + tally.excluded
        assert min(tally.used, tally.repaired, tally.excluded) >= 0
    return True


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.file)
def test_damaged_bytes_give_an_error_of_this_project(reader, folder):
    good = reader.make()
    assert check(reader, folder, good), "the file is to be good before it is damaged"

    @settings(
        derandomize=True,
        deadline=None,
        max_examples=reader.times,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=(HealthCheck.too_slow,),
    )
    @given(steps=DAMAGE, inside=st.booleans())
    def damage(steps, inside):
        spoil = damaged_inside if inside and good.startswith(b"PK") else damaged
        check(reader, folder, spoil(good, steps))

    damage()


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.file)
def test_files_of_another_kind_give_an_error_or_are_read(reader, folder):
    """A planner names the wrong file: every reader is given the file of every other."""
    for other in READERS:
        check(reader, folder, other.make())


def test_noise(folder):
    rng = random.Random(20250630)
    for reader in READERS:
        for size in (1, 2, 40, 4_000):
            check(reader, folder, rng.randbytes(size))
