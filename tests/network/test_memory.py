"""What is not a street costs no memory: a file of buildings is read within a bound."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import osmium
import pytest
from osmium.io import File, FileBuffer, Header, Reader

from access.network import osm
from access.network.read import read_ways

STREET_NODES = 20_000
READ_WITHIN = """
import resource, sys
from access.network.read import read_ways

plain = read_ways(sys.argv[1])
held = next(int(w.split()[1]) for w in open("/proc/self/status") if w.startswith("VmPeak"))
most = (held << 10) + (int(sys.argv[3]) << 20)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
print(read_ways(sys.argv[2]).fingerprint == plain.fingerprint)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory, and /proc")
def test_a_million_buildings_cost_no_memory(tmp_path: Path) -> None:
    # Four million places are 64 MB, and three times that while their table grows.
    streets = town(tmp_path / "streets.osm.pbf", buildings=0)
    whole = town(tmp_path / "whole.osm.pbf", buildings=50)
    assert read_within(96, streets, whole) == "True\n"


@pytest.mark.parametrize("gap", [False, True])
def test_places_are_the_same_however_often_they_are_taken_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gap: bool
) -> None:
    path = town(tmp_path / "town.osm.pbf", buildings=1, nodes=1000, without=500 if gap else None)
    at_once = read_ways(path)
    assert len(at_once.node_id) == 1000 - gap
    monkeypatch.setattr(osm, "_FULL", 0)
    assert read_ways(path) == at_once


def test_asking_for_tags_tells_all_of_them() -> None:
    tags = [
        *("highway=path", "highway=path,name=x,lit=no", "lit=no", "name=,oneway=yes"),
        "highway=path,name=x,oneway=yes,surface=mud,source=y,service=z",
    ]
    lines = "\n".join(f"w{at} T{some} Nn1" for at, some in enumerate(tags, 1))
    for way in osmium.FileProcessor(FileBuffer(lines.encode(), "opl")):
        assert osm._tags(way.tags) == dict(way.tags)
        assert len(way.tags) == tags[way.id - 1].count("=")


def read_within(megabytes: int, streets: Path, whole: Path) -> str:
    """Read streets alone, then with all buildings and no more than so much memory besides."""
    told = subprocess.run(
        [sys.executable, "-c", READ_WITHIN, streets, whole, str(megabytes)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},  # else each thread reserves 64 MB
        capture_output=True,
        text=True,
    )
    return told.stdout + told.stderr


def town(path: Path, buildings: int, nodes: int = STREET_NODES, without: int | None = None) -> Path:
    """Write a file in order: one long street, and so many houses after each of its nodes."""
    header = Header()
    header.set("sorting", "Type_then_ID")
    buffer = FileBuffer("\n".join(objects(buildings, nodes, without)).encode(), "opl")
    with (
        osmium.SimpleWriter(File(str(path), "pbf"), header=header) as writer,
        Reader(buffer) as reader,
    ):
        osmium.apply(reader, writer)
    return path


def objects(buildings: int, nodes: int, without: int | None) -> Iterator[str]:
    """Yield lines of OPL; those of the houses after each node are alike but for its id and place.

    Ids are of thousands: the street's nodes and ways are whole ones, the houses' stand between.
    """
    corners = "\n".join(
        f"nAT{corner + 1:03} v1 xLON y{37 + corner * 1e-5:.7f}" for corner in range(4 * buildings)
    )
    houses = "\n".join(
        f"wAT{house + 1:03} v1 Tbuilding=yes N"
        + ",".join(f"nAT{4 * house + corner + 1:03}" for corner in (0, 1, 2, 3, 0))
        for house in range(buildings)
    )
    for at in range(nodes):
        x = f"{126 + at * 1e-4:.7f}"
        if at != without:
            yield f"n{at + 1}000 v1 Thighway=crossing x{x} y37"
        if buildings:
            yield corners.replace("AT", str(at + 1)).replace("LON", x)
    for at in range(nodes - 1):
        yield f"w{at + 1}000 v1 Thighway=residential Nn{at + 1}000,n{at + 2}000"
        if buildings:
            yield houses.replace("AT", str(at + 1))
