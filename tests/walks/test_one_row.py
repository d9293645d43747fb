"""One row of cells.csv, followed by hand to a coloured square of the map.

The steps are those of docs/architecture.md, "One row, from CSV to colour"; read both side by side.
Everything on our side is worked out here, from the text of the files: the grid code, the map
projection, distances, who lies in which polygon, the unpacking of the page. From the library come
only the streets as it read them, what the tags cost and how the relief is smoothed along them
(step 4 checks both) and, at every step, the value that ours is held against.

The row is an ordinary one: ten people in a village of 솔뫼면, whose elderly (65+) walk to the
nearest learning centre at 0.9 m/s. Its figures are written out, so that they can be followed on
paper.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from access.measure.outcome import Outcome
from access.network.costs import CLOSED, Costs, weigh
from access.network.graph import Network
from access.network.snap import Snaps
from access.show.folder import write_folder
from access.study.study import Study
from tests.oracles.street import forward_times

ROW = 388  # as Excel counts: the header is row 1
TEXT = "다사874057,10"
GROUP = "65+"
WALK_MS = 0.9  # the senior profile
EARTH_M = 6_371_009.0  # the sphere that distances are measured on
GRS80_M, FLATTENING = 6_378_137.0, 1 / 298.257222101  # the ellipsoid of the projection

SIZE_M = 100
ORIGIN = (700_000, 1_300_000)  # of the national grid, in metres of EPSG:5179
LETTERS = "가나다라마바사아"


@pytest.fixture(scope="module")
def outcome(sample_study: Study, sample_answer: Any) -> Outcome:
    """What the library says: the elderly on foot."""
    (asked,) = [q for q in sample_study.questions if q.group == GROUP]
    return sample_answer(asked)


@pytest.fixture(scope="module")
def results(outcome: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the library hands over."""
    return write_folder(outcome, tmp_path_factory.mktemp("walk") / "results")


# Step 1: the text of the row, its square, and the centre of the square.


@dataclass(frozen=True)
class Square:
    code: str
    people: float
    corner: tuple[int, int]  # easting, northing of the south-west corner
    centre: tuple[float, float]  # longitude, latitude


def square_of(line: str) -> Square:
    code, people = line.split(",")
    east_letter, north_letter, digits = code[0], code[1], code[2:]
    east = ORIGIN[0] + LETTERS.index(east_letter) * 100_000 + int(digits[:3]) * SIZE_M
    north = ORIGIN[1] + LETTERS.index(north_letter) * 100_000 + int(digits[3:]) * SIZE_M
    centre = degrees(east + SIZE_M / 2, north + SIZE_M / 2)
    return Square(code, float(people), (east, north), centre)


def degrees(east: float, north: float) -> tuple[float, float]:
    """Undo the transverse Mercator projection of EPSG:5179 by Krueger's series (1912).

    GRS80; origin 38 N 127.5 E at (1 000 000, 2 000 000); scale 0.9996 on the middle meridian.
    """
    n = FLATTENING / (2 - FLATTENING)
    # The length of a meridian over 2 pi, and the coefficients of the two series.
    rectifying = GRS80_M / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    beta = (
        n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96 - n**4 / 360,
        n**2 / 48 + n**3 / 15 - 437 * n**4 / 1440,
        17 * n**3 / 480 - 37 * n**4 / 840,
        4397 * n**4 / 161_280,
    )
    alpha = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49_561 * n**4 / 161_280,
    )
    e = math.sqrt(FLATTENING * (2 - FLATTENING))

    def conformal(latitude: float) -> float:
        sine = math.sin(latitude)
        return math.asin(math.tanh(math.atanh(sine) - e * math.atanh(e * sine)))

    at_origin = conformal(math.radians(38))
    origin = at_origin + sum(a * math.sin(2 * j * at_origin) for j, a in enumerate(alpha, 1))
    xi = (north - 2_000_000) / (0.9996 * rectifying) + origin
    eta = (east - 1_000_000) / (0.9996 * rectifying)
    x = xi - sum(b * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, b in enumerate(beta, 1))
    y = eta - sum(b * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, b in enumerate(beta, 1))
    wanted = math.asin(math.sin(x) / math.cosh(y))
    latitude = wanted
    for _ in range(8):  # from the conformal latitude back to the geographic one
        latitude += wanted - conformal(latitude)
    longitude = 127.5 + math.degrees(math.atan2(math.sinh(y), math.cos(x)))
    return longitude, math.degrees(latitude)


@pytest.fixture(scope="module")
def square(sample: Path) -> Square:
    line = (sample / "cells.csv").read_text("utf-8-sig").splitlines()[ROW - 1]
    assert line == TEXT, "the sample city changed: choose another ordinary row"
    return square_of(line)


@pytest.fixture(scope="module")
def number(outcome: Outcome, square: Square) -> int:
    """The row's place in the library's arrays."""
    (index,) = np.flatnonzero(outcome.study.cells.rows == ROW)
    return int(index)


def test_step_1_the_code_is_a_square(outcome: Outcome, square: Square, number: int) -> None:
    # 다 is the third letter, 사 the seventh: 200 km east and 600 km north of the grid's origin.
    assert square.corner == (987_400, 1_905_700)
    cells = outcome.study.cells
    assert cells.ids[number] == square.code
    assert cells.people[number] == square.people == 10
    assert tuple(cells.shapes.corner[number].tolist()) == square.corner
    assert cells.lonlat[number] == pytest.approx(square.centre, abs=1e-9)  # a tenth of a mm


# Step 2: the district whose polygon holds the centre.


def inside(point: tuple[float, float], polygon: dict) -> bool:
    """Say whether a ray from the point to the east crosses the rings an odd number of times."""
    lon, lat = point
    parts = polygon["coordinates"]
    parts = [parts] if polygon["type"] == "Polygon" else parts
    crossings = 0
    for ring in (np.array(ring) for part in parts for ring in part):
        a, b = ring[:-1], ring[1:]
        over = (a[:, 1] > lat) != (b[:, 1] > lat)
        a, b = a[over], b[over]
        at = a[:, 0] + (lat - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
        crossings += int((at > lon).sum())
    return crossings % 2 == 1


@pytest.fixture(scope="module")
def district(sample: Path, square: Square) -> dict:
    features = json.loads((sample / "districts.geojson").read_text("utf-8"))["features"]
    (found,) = [f for f in features if inside(square.centre, f["geometry"])]
    return found


def test_step_2_the_centre_lies_in_a_district(
    outcome: Outcome, district: dict, number: int
) -> None:
    study = outcome.study
    home = int(study.cell_district[number])
    assert study.districts.codes[home] == district["properties"]["adm_cd2"]
    assert study.districts.names[home] == district["properties"]["adm_nm"].split()[-1] == "솔뫼면"


# Step 3: the cell's share of the district's elderly.


@pytest.fixture(scope="module")
def shares(sample: Path, district: dict) -> dict[str, float]:
    """The elderly of every cell of the district, by grid code."""
    code = district["properties"]["adm_cd2"]
    text = (sample / "residents.csv").read_bytes().decode("cp949")
    (counted,) = [r for r in csv.DictReader(io.StringIO(text)) if f"({code})" in r["행정구역"]]
    ages = {h: re.fullmatch(r"2025년06월_계_(\d+)세( 이상)?", h) for h in counted}
    elderly = sum(
        int(counted[header].replace(",", ""))
        for header, age in ages.items()
        if age and int(age[1]) >= 65
    )
    assert elderly == 2141
    lines = (sample / "cells.csv").read_text("utf-8-sig").splitlines()[1:]
    every = [square_of(line) for line in lines]
    lived_in = {s.code: s.people for s in every if inside(s.centre, district["geometry"])}
    total = sum(lived_in.values())
    return {code: elderly * people / total for code, people in lived_in.items()}


def test_step_3_the_cell_gets_its_share(
    outcome: Outcome, square: Square, shares: dict[str, float], number: int
) -> None:
    assert shares[square.code] == pytest.approx(4.0898, abs=5e-5)
    assert outcome.people[number] == pytest.approx(shares[square.code], rel=1e-12)


# Step 4: what the streets around cost. Whoever walks for 15 minutes gets no farther than 15 min x
# 0.9 m/s = 810 m as the crow flies, or 965 m where it goes down by 5 in 100 all the way (1.19 times
# as fast), so the streets within 1.5 km say all there is to say.

AROUND_M = 1_500.0


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle metres between two points in degrees (haversine)."""
    (lon1, lat1), (lon2, lat2) = ([math.radians(v) for v in p] for p in (a, b))
    h = math.sin((lat2 - lat1) / 2) ** 2
    h += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(h))


def half_up(value: float) -> int:
    return math.floor(value + 0.5)


@dataclass(frozen=True)
class Around:
    network: Network
    costs: Costs

    def ends(self, segment: int) -> tuple[tuple[float, float], tuple[float, float]]:
        lonlat = self.network.lonlat
        tail, head = self.network.tail[segment], self.network.head[segment]
        return tuple(lonlat[tail].tolist()), tuple(lonlat[head].tolist())


@pytest.fixture(scope="module")
def around(outcome: Outcome, square: Square) -> Around:
    study = outcome.study
    whole = study.network
    costs = weigh(whole, study.mode("walk", "senior"), study.urban)
    near = np.array([metres(square.centre, tuple(p)) < AROUND_M for p in whole.lonlat.tolist()])
    keep = np.flatnonzero(near[whole.tail] & near[whole.head] & costs.usable)
    cut = {f: getattr(whole, f)[keep] for f in ("tail", "head", "length", "way")}
    arrays = ("forward", "backward", "local_forward", "local_backward", "snap")
    kept = {f: getattr(costs, f)[keep] for f in arrays}
    return Around(replace(whole, **cut), replace(costs, **kept))


def test_step_4_the_streets_lie_on_the_ground(sample: Path, around: Around) -> None:
    """Between the middles of four cells of the relief; the library smooths along the streets."""
    lines = (sample / "relief.asc").read_text("ascii").splitlines()
    head = {key: float(value) for key, value in (line.split() for line in lines[:6])}
    rows = [[float(word) for word in line.split()] for line in lines[6:]]
    network, cell = around.network, head["cellsize"]
    for node in np.unique(network.tail).tolist():
        east, north = network.xy[node].tolist()
        right = (east - head["xllcorner"]) / cell - 0.5
        down = len(rows) - (north - head["yllcorner"]) / cell - 0.5
        i, j = math.floor(down), math.floor(right)
        upper = rows[i][j] + (right - j) * (rows[i][j + 1] - rows[i][j])
        lower = rows[i + 1][j] + (right - j) * (rows[i + 1][j + 1] - rows[i + 1][j])
        ground = upper + (down - i) * (lower - upper)
        assert network.height[node] == pytest.approx(ground, abs=6)


def test_step_4_every_segment_costs_its_length_and_its_slope(around: Around) -> None:
    assert len(around.network) > 200
    height = around.network.height.astype(float)
    slower = 0
    for segment in range(len(around.network)):
        length = metres(*around.ends(segment))
        tail, head = around.network.tail[segment], around.network.head[segment]
        slope = (height[head] - height[tail]) / length
        assert abs(slope) < 0.4
        costs = around.costs
        for tenths, rise in ((costs.forward[segment], slope), (costs.backward[segment], -slope)):
            # Tobler (1993): a walker is fastest where it goes down by 5 in 100.
            times = math.exp(-3.5 * 0.05) / math.exp(-3.5 * abs(rise + 0.05))
            slower += times > 1.01
            assert tenths in (CLOSED, half_up(length / WALK_MS * times * 10))
    assert slower > 100


# Step 5: the nearest segment, and how far along it. By brute force over all segments around.


@dataclass(frozen=True)
class Snap:
    segment: int
    fraction: float
    metres: float


def nearest(point: tuple[float, float], around: Around) -> Snap:
    """Drop a perpendicular on every segment, in the plane that touches the ellipsoid at the point.

    A degree is longer in a plane of the ellipsoid than on the sphere, and not alike both ways:
    the radii of curvature say by how much. Metres are then great-circle metres to the foot.
    """
    sine = math.sin(math.radians(point[1]))
    squared = FLATTENING * (2 - FLATTENING)
    across = GRS80_M / math.sqrt(1 - squared * sine**2)
    along_meridian = across * (1 - squared) / (1 - squared * sine**2)
    east = math.radians(1) * across * math.cos(math.radians(point[1]))
    north = math.radians(1) * along_meridian
    best, least = Snap(-1, 0.0, math.inf), math.inf
    for segment in np.flatnonzero(around.costs.snap).tolist():
        tail, head = (np.array(end) for end in around.ends(segment))
        a, b = ((end - point) * (east, north) for end in (tail, head))
        along = b - a
        fraction = min(max(float(-a @ along / (along @ along)), 0.0), 1.0)
        far = float(np.hypot(*(a + fraction * along)))
        if far < least:
            lon, lat = (tail + fraction * (head - tail)).tolist()
            best, least = Snap(segment, fraction, metres(point, (lon, lat))), far
    return best


@pytest.fixture(scope="module")
def snap(square: Square, around: Around) -> Snap:
    found = nearest(square.centre, around)
    # Not on a scrap of way: the streets that hang together here are longer than 1 km.
    graph = nx.Graph(zip(around.network.tail, around.network.head, strict=True))
    town = nx.node_connected_component(graph, around.network.tail[found.segment])
    held = [s for s, tail in enumerate(around.network.tail) if tail in town]
    assert sum(metres(*around.ends(s)) for s in held) > 1_000
    return found


def test_step_5_the_cell_joins_the_nearest_street(
    outcome: Outcome, square: Square, around: Around, snap: Snap, number: int
) -> None:
    from access.travel.linkage import link

    theirs = link(outcome.study, outcome.question).cell_snaps
    segment = theirs.segment[number]
    whole = outcome.study.network
    assert (whole.tail[segment], whole.head[segment]) == (
        around.network.tail[snap.segment],
        around.network.head[snap.segment],
    )
    assert theirs.fraction[number] == pytest.approx(snap.fraction, abs=1e-4)
    assert theirs.metres[number] == pytest.approx(snap.metres, abs=0.01)
    assert snap.metres == pytest.approx(41.93, abs=0.01)


# Step 6: the walk: to the street, along the streets (networkx on the graph around), from the
# street to the door of every centre that is near enough to matter.


@dataclass(frozen=True)
class Walk:
    tenths: int
    place: str


@pytest.fixture(scope="module")
def walk(sample: Path, square: Square, around: Around, snap: Snap) -> Walk:
    rows = csv.DictReader(io.StringIO((sample / "centres.csv").read_text("utf-8-sig")))
    near = {}
    for row in rows:
        name = next(value for header, value in row.items() if header.endswith("시설명"))
        if row["위도"] and row["경도"]:
            point = (float(row["경도"]), float(row["위도"]))
            if metres(square.centre, point) < 970:  # 15 minutes are at most 965 m
                near[name] = nearest(point, around)
    assert near

    def snaps(found: list[Snap]) -> Snaps:
        return Snaps(
            np.array([s.segment for s in found], np.int32),
            np.array([s.fraction for s in found]),
            np.array([s.metres for s in found]),
            np.zeros(len(found), np.int32),
        )

    streets = forward_times(around.network, around.costs, snaps([snap]), snaps([*near.values()]))
    assert (streets >= 0).all()
    to_the_street = half_up(snap.metres / WALK_MS * 10)
    walks = [
        Walk(to_the_street + int(tenths) + half_up(place.metres / WALK_MS * 10), name)
        for (name, place), tenths in zip(near.items(), streets[0], strict=True)
    ]
    return min(walks, key=lambda w: w.tenths)


def test_step_6_the_walk_takes_its_time(outcome: Outcome, walk: Walk, number: int) -> None:
    assert walk == Walk(6633, "솔뫼면 행정복지센터")
    column = outcome.nearest_place[number]
    assert outcome.times.tenths[number, column] == walk.tenths


# Step 7: the least of all centres, in minutes.


def test_step_7_the_outcome_says_it_in_minutes(outcome: Outcome, walk: Walk, number: int) -> None:
    assert walk.tenths / 600 < 15  # so none farther than 965 m was forgotten in step 6
    assert outcome.minutes[number] == walk.tenths / 600 == 11.055
    place = outcome.place_index[outcome.nearest_place[number]]
    assert outcome.study.places.names[place] == walk.place


# Step 8: the table counts the cell's people.


def test_step_8_the_table_counts_them(
    outcome: Outcome, results: Path, district: dict, square: Square, shares: dict[str, float]
) -> None:
    minutes = dict(zip(outcome.study.cells.ids.tolist(), outcome.minutes.tolist(), strict=True))
    within = {
        limit: [people for code, people in shares.items() if minutes[code] <= limit]
        for limit in (5, 10, 15)
    }
    assert 10 < minutes[square.code] <= 15

    text = (results / "districts.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["name"] == "계"
    (row,) = [r for r in rows if r["code"] == district["properties"]["adm_cd2"]]
    assert (row["name"], row["group"]) == ("솔뫼면", GROUP)
    assert int(row["people"]) == 2141
    for limit, people in within.items():
        assert abs(int(row[f"within_{limit}"]) - sum(people)) < 1  # whole people
        assert float(row[f"share_{limit}"]) == round(100 * sum(people) / 2141, 1)
    assert int(row["underserved"]) == 2141 - int(row["within_15"])
    # Without the row the district would have four fewer within 15 minutes.
    assert abs(int(row["within_15"]) - (sum(within[15]) - shares[square.code])) > 3


# Step 9: the page carries the minutes rounded up to tenths; the class of that value has a colour.


def unpacked(packed: dict[str, str]) -> bytes:
    raw = base64.b64decode(packed["data"])
    return zlib.decompress(raw) if packed["codec"] == "deflate" else raw


def whole_numbers(raw: bytes) -> list[int]:
    """Read varints: seven bits to a byte, low bits first; odd ones are negative."""
    numbers, value, shift = [], 0, 0
    for byte in raw:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(-(value + 1) // 2 if value & 1 else value // 2)
            value = shift = 0
    return numbers


def polynomial(factors: list[list[float]], s: float, t: float) -> float:
    return sum(c * s**i * t**j for i, row in enumerate(factors) for j, c in enumerate(row))


def test_step_9_the_map_paints_the_square(
    results: Path, square: Square, walk: Walk, district: dict
) -> None:
    html = (results / "map.html").read_text("utf-8")
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    page = json.loads(text)
    cells, (question,) = page["cells"], page["questions"]
    assert cells["kind"] == "squares"

    # Where one points at the square's centre, the page finds its column and row in the grid ...
    (lon, half_lon), (lat, half_lat) = cells["fit"]["lon"], cells["fit"]["lat"]
    s, t = (square.centre[0] - lon) / half_lon, (square.centre[1] - lat) / half_lat
    column = math.floor(polynomial(cells["fit"]["column"], s, t))
    row = math.floor(polynomial(cells["fit"]["row"], s, t))
    # ... and with them the number of the cell, counting row by row.
    listed = np.cumsum(whole_numbers(unpacked(cells["at"]))).tolist()
    number = listed.index(row * cells["columns"] + column)
    assert unpacked(cells["ids"]).decode().split("\n")[number] == square.code

    def plane(packed: dict[str, str]) -> int:
        return int(np.frombuffer(unpacked(packed), "<u2")[number])

    # 663.3 s are 11.055 minutes: in tenths of a minute, rounded up, 111.
    assert plane(question["values"]) == math.ceil(walk.tenths / 60) == 111
    assert question["places"][plane(question["nearest"])] == walk.place
    home = page["districts"]["names"][plane(cells["district"])]
    assert district["properties"]["adm_nm"].endswith(home)

    # 11.1 minutes are more than 10 and no more than 15: the third class, a green.
    bounds = question["breaks"]
    assert bounds[:3] == [5, 10, 15]
    colour = page["palette"][sum(plane(question["values"]) > 10 * bound for bound in bounds)]
    assert colour == "#22a884"
