"""The sample city: made again to the byte, and holding what it promises."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from access._geo import great_circle, project, unproject

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "data" / "sample"
MADE = ("cells.csv", "centres.csv", "classes.csv", "districts.geojson", "idle.csv", "residents.csv",
        "relief.asc", "schools.csv", "streets.osm.pbf", "study.toml", "teachers.csv", "zones.csv",
        "scenarios/bridge.toml", "scenarios/closed_road.toml", "scenarios/two_markets.toml",
        "scenarios/two_villages.toml")  # fmt: skip
LETTERS = "가나다라마바사아"


@cache
def streets():
    """Nodes (id -> place and tags) and ways (id, nodes, tags) of the committed file."""
    return packed(FOLDER / "streets.osm.pbf")


def packed(path):
    import osmium

    nodes, ways, relations = {}, [], []
    for one in osmium.FileProcessor(str(path)):
        if one.is_node():
            nodes[one.id] = (one.location.lon, one.location.lat, dict(one.tags))
        elif one.is_way():
            ways.append((one.id, [n.ref for n in one.nodes], dict(one.tags)))
        else:
            members = [(m.type, m.ref, m.role) for m in one.members]
            relations.append((one.id, members, dict(one.tags)))
    return nodes, ways, relations


@cache
def highways():
    return [(refs, tags) for _, refs, tags in streets()[1] if "highway" in tags]


def table(name, encoding):
    with (FOLDER / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@cache
def districts():
    features = json.loads((FOLDER / "districts.geojson").read_text("utf-8"))["features"]
    codes = [f["properties"]["adm_cd2"] for f in features]
    names = [f["properties"]["adm_nm"].split()[-1] for f in features]
    return codes, names, [shapely.from_geojson(json.dumps(f["geometry"])) for f in features]


@cache
def cells():
    rows = table("cells.csv", "utf-8")
    corner = [
        (700_000 + LETTERS.index(g[0]) * 100_000 + int(g[2:5]) * 100,
         1_300_000 + LETTERS.index(g[1]) * 100_000 + int(g[5:8]) * 100)
        for g in (row["gid"] for row in rows)
    ]  # fmt: skip
    people = np.array([int(row["people"]) for row in rows])
    return [row["gid"] for row in rows], np.array(corner, dtype=float), people


@cache
def home():
    """The district of each cell's centre, -1 outside all."""
    lonlat = unproject(cells()[1] + 50, 5179)
    found = np.full(len(lonlat), -1)
    for k, shape in enumerate(districts()[2]):
        found[shapely.contains_xy(shape, lonlat)] = k
    return found


@pytest.fixture(scope="module")
def made_twice(tmp_path_factory):
    """Two fresh folders, made at once under different hash seeds, time zones and locales."""
    settings = ({"PYTHONHASHSEED": "0", "TZ": "Asia/Seoul", "LC_ALL": "C.UTF-8"},
                {"PYTHONHASHSEED": "7", "TZ": "America/Lima", "LC_ALL": "C"})  # fmt: skip
    runs = []
    for changed in settings:
        folder = tmp_path_factory.mktemp("made")
        command = [sys.executable, str(ROOT / "data" / "make_sample.py"), str(folder)]
        runs.append((folder, subprocess.Popen(command, env=os.environ | changed, cwd=folder)))
    assert [run.wait(timeout=300) for _, run in runs] == [0, 0]
    return [folder for folder, _ in runs]


@pytest.mark.slow
def test_every_run_makes_the_same_bytes(made_twice):
    first, second = made_twice
    files = [p.relative_to(first).as_posix() for p in first.rglob("*") if p.is_file()]
    assert sorted(files) == sorted(MADE)
    for name in MADE:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


@pytest.mark.slow
@pytest.mark.parametrize("name", MADE)
def test_the_committed_files_are_what_the_program_makes(made_twice, name):
    new = made_twice[0] / name
    if name.endswith(".pbf"):
        # How the file is packed may differ between releases of osmium; what it holds may not.
        assert packed(new) == streets()
    else:
        assert new.read_bytes() == (FOLDER / name).read_bytes()


def test_the_folder_stays_small():
    assert sum(p.stat().st_size for p in FOLDER.rglob("*") if p.is_file()) < 4_000_000


def test_every_file_says_that_the_city_does_not_exist():
    assert "synthetic = true" in (FOLDER / "study.toml").read_text("utf-8")
    for name in ("study.toml", "README.md", "LICENSE", "districts.geojson"):
        assert "합성 자료 · 실재하지 않는 도시" in (FOLDER / name).read_text("utf-8"), name


def test_scenarios_fit_the_city_and_change_it(sample_study):
    from access import Scenario

    for name in MADE:
        if name.startswith("scenarios/"):
            assert "합성 자료 · 실재하지 않는 도시" in (FOLDER / name).read_text("utf-8")
            assert Scenario.from_file(FOLDER / name).problems(sample_study) == [], name


def test_districts_tile_the_city():
    _, names, shapes = districts()
    assert Counter(name[-1] for name in names) == {"읍": 1, "면": 11, "동": 3}
    assert all(shape.is_valid for shape in shapes)
    metres = [shapely.transform(shape, lambda xy: project(xy, 5179)) for shape in shapes]
    city = shapely.union_all(metres)
    assert city.geom_type == "Polygon"
    assert len(city.interiors) == 0, "a gap between districts"
    assert city.area / 1e6 == pytest.approx(550, abs=15)
    # As many m2 together as apart: nothing is covered twice, and no sliver is left between.
    assert sum(shape.area for shape in metres) == pytest.approx(city.area, abs=1)


def test_codes_are_of_no_real_city():
    real = {11, 26, 27, 28, 29, 30, 31, 36, *range(41, 54)}  # 시도 codes in use, old and new
    codes = districts()[0]
    assert all(len(code) == 10 and int(code[:2]) not in real for code in codes)
    assert len({code[:5] for code in codes}) == 1
    assert codes == sorted(codes)


def residents():
    lines = (FOLDER / "residents.csv").read_bytes().decode("cp949").split("\n")
    return [line[1:-1].split('","') for line in lines if line]


def test_residents_are_laid_out_as_the_portal_exports_them():
    raw = (FOLDER / "residents.csv").read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b'"\n')
    header, *rows = residents()
    assert header[:4] == ["행정구역", "2025년06월_계_총인구수", "2025년06월_계_연령구간인구수",
                          "2025년06월_계_0세"]  # fmt: skip
    assert header[-1] == "2025년06월_여_100세 이상"
    assert len(header) == 1 + 3 * 103
    labels = [row[0] for row in rows]
    assert labels[:2] == ["가람도  (9900000000)", "가람도 가람시 (9915000000)"]
    assert labels[2] == "가람도 가람시 누리읍(9915025000)"
    assert sum("출장소" in label for label in labels) == 1
    assert len(rows) == 2 + 15 + 1


def counted():
    _, *rows = residents()
    return {row[0]: np.array([int(n.replace(",", "")) for n in row[1:]]) for row in rows}


def test_residents_add_up():
    people = counted()
    parts = [n for label, n in people.items() if not label.endswith("00000)")]
    assert len(parts) == 16
    np.testing.assert_array_equal(sum(parts), people["가람도 가람시 (9915000000)"])
    np.testing.assert_array_equal(sum(parts), people["가람도  (9900000000)"])
    for label, n in people.items():
        both, men, women = n.reshape(3, 103)
        np.testing.assert_array_equal(both, men + women, label)
        assert both[0] == both[1] == both[2:].sum()


def test_a_third_lives_in_the_town_a_third_in_the_country_and_the_country_is_old():
    people = {label: n[:103] for label, n in counted().items() if not label.endswith("00000)")}
    total = sum(n[0] for n in people.values())
    assert total == pytest.approx(190_000, rel=0.02)
    for kind in "읍면동":
        share = sum(n[0] for label, n in people.items() if kind in label[8:]) / total
        assert share == pytest.approx(1 / 3, abs=0.02), kind
    for label, n in people.items():
        older = n[62:].sum() / n[0]
        if "읍" in label[8:]:
            assert older < 0.25
        elif "마루면" in label:  # between the towns, with new flats
            assert older < 0.35
        elif "면" in label[8:]:
            assert 0.44 < older < 0.60, label


def test_cells_lie_in_four_blocks_of_the_grid():
    gid, corner, people = cells()
    assert 8_000 <= len(gid) <= 12_000
    assert len(set(gid)) == len(gid)
    assert people.min() >= 1
    blocks = Counter(g[:2] for g in gid)
    assert set(blocks) == {"다바", "다사", "라바", "라사"}
    assert min(blocks.values()) > 1_000
    # 다사551085 is a published pair of code and corner; ours must follow the same rule.
    assert (np.abs(corner - (1_000_000, 1_900_000)) < 25_000).all()


def test_cells_are_near_the_register_but_not_equal():
    register: Counter[str] = Counter()
    for label, n in counted().items():
        if not label.endswith("00000)"):
            register[label.split("(")[1][:7]] += int(n[0])  # a branch office joins its 면
    people, differ = cells()[2], 0
    for k, code in enumerate(districts()[0]):
        ratio = people[home() == k].sum() / register[code[:7]]
        assert ratio == pytest.approx(1, abs=0.03), code
        differ += abs(ratio - 1) > 0.003
    assert differ >= 10


def test_some_cells_are_there_for_the_ledger():
    assert (home() == -1).sum() == 2, "just outside the city"
    nodes, _, _ = streets()
    ways = shapely.STRtree(
        [
            shapely.LineString(project(np.array([nodes[r][:2] for r in refs]), 5179))
            for refs, _ in highways()
        ]
    )
    middle = shapely.points(cells()[1] + 50)
    _, far = ways.query_nearest(middle, return_distance=True, all_matches=False)
    assert (far > 1_000).sum() == 1, "far from every street"
    assert np.median(far) < 60


def test_streets_follow_korean_mapping_habits():
    tags = [t for _, t in highways()]
    kinds = Counter(t["highway"] for t in tags)
    assert set(kinds) >= {
        "motorway", "motorway_link", "trunk", "primary", "secondary", "tertiary", "unclassified",
        "residential", "living_street", "service", "track", "footway", "steps", "path",
        "cycleway", "pedestrian", "construction",
    }  # fmt: skip
    assert 0.02 < np.mean(["maxspeed" in t for t in tags]) < 0.08
    assert sum(t.get("oneway") in ("yes", "-1") for t in tags) > 100
    assert sum(t.get("oneway") == "-1" for t in tags) > 5
    assert sum(t.get("access") == "private" for t in tags) > 80
    assert sum(t.get("access") == "military" for t in tags) == 2
    assert all(t.get("oneway") == "yes" for t in tags if t["highway"] == "motorway")
    barriers = Counter(t["barrier"] for *_, t in streets()[0].values() if "barrier" in t)
    assert set(barriers) == {"gate", "lift_gate", "bollard", "toll_booth"}
    assert 12_000 <= len(streets()[0]) <= 30_000


def test_ids_are_beyond_those_in_use_and_in_order():
    nodes, ways, relations = streets()
    assert min(nodes) > 50_000_000_000
    assert min(way for way, *_ in ways) > 5_000_000_000
    assert list(nodes) == sorted(nodes)
    assert [way for way, *_ in ways] == sorted(way for way, *_ in ways)
    assert len(relations) == 1, "the reservoir with the island"
    used = {ref for _, refs, _ in ways for ref in refs}
    assert used == set(nodes)


def test_the_river_is_crossed_by_few_bridges():
    nodes, ways, _ = streets()
    river = next(
        shapely.Polygon([nodes[r][:2] for r in refs])
        for _, refs, t in ways
        if t.get("water") == "river"
    )
    crossing = [
        t for refs, t in highways()
        if shapely.LineString([nodes[r][:2] for r in refs]).intersects(river)
        and t["highway"] not in ("motorway", "construction")
    ]  # fmt: skip
    bridges = [t for t in crossing if t.get("bridge") == "yes"]
    assert 5 <= len(bridges) <= 12
    # What reaches the water without a bridge only touches the bank where the bridge begins.
    for refs, t in highways():
        line = shapely.LineString([nodes[r][:2] for r in refs])
        if "bridge" not in t and t["highway"] != "motorway":
            assert line.intersection(river).length < 2e-5, t


def test_streets_are_one_whole_but_for_known_islands():
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    closed = ("motorway", "motorway_link", "construction")
    index: dict[int, int] = {}
    pairs, lengths = [], []
    nodes = streets()[0]
    for refs, t in highways():
        if t["highway"] in closed or t.get("access") == "military":
            continue
        for a, b in pairwise(refs):
            pairs.append((index.setdefault(a, len(index)), index.setdefault(b, len(index))))
            lengths.append((*nodes[a][:2], *nodes[b][:2]))
    a, b = np.array(pairs).T
    metres = great_circle(*np.array(lengths).T)
    links = coo_array((np.ones(len(a)), (a, b)), shape=(len(index),) * 2)
    _, part = connected_components(links, directed=False)
    size = np.bincount(part[a], weights=metres)
    assert size.max() / size.sum() > 0.97
    apart = [int(p) for p in np.flatnonzero((size > 0) & (size < size.max()))]
    kinds = [
        {t["highway"] for refs, t in highways() if refs[0] in index and part[index[refs[0]]] == p}
        for p in apart
    ]
    assert {"footway"} in kinds, "the path in the park"
    assert {"residential", "service"} in kinds, "the island in the reservoir"


def test_centres_and_idle_rooms_hold_the_errors_of_real_tables():
    centres = table("centres.csv", "utf-8-sig")
    assert (FOLDER / "centres.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert 58 <= len(centres) <= 64
    assert sum(row["시설구분"] == "평생학습관" for row in centres) == 1
    swapped = [r for r in centres if r["위도"] and float(r["위도"]) > 90]
    assert [r["시설명"] for r in swapped] == ["책나루 작은도서관"]
    assert sum(not r["위도"] for r in centres) == 1
    assert max(Counter(tuple(r.values()) for r in centres).values()) == 2
    assert any("," in r["연간비용"] for r in centres)
    assert [r["수용가능인원수"] for r in centres if "," in r["수용가능인원수"]] == ["1,200"]
    assert [r["면적"] for r in centres if "㎡" in r["면적"]] == ["350㎡"]
    closed = [r for r in centres if r["주말운영시작시각"] == r["주말운영종료시각"] == "00:00"]
    assert len(closed) > 10
    assert {r["무단차여부"] for r in centres} == {"Y", "N", ""}

    idle = table("idle.csv", "cp949")
    assert 38 <= len(idle) <= 44
    assert list(idle[0])[-7:] == ["데이터기준일자", "제공기관코드", "제공기관명", "소유구분",
                                  "무단차여부", "연간비용", "건물면적"]  # fmt: skip
    assert sum(r["건물면적"] == "0" for r in idle) == 3
    assert sum("경로당" in r["개방장소명"] for r in idle) >= 15
    assert sum(not r["위도"] for r in idle) == 1


def test_classes_are_laid_out_as_the_national_table_with_the_errors_of_such_tables():
    classes = table("classes.csv", "cp949")
    assert 250 <= len(classes) <= 320
    assert list(classes[0])[:4] == ["강좌명", "강사명", "교육시작일자", "교육종료일자"]
    assert len(classes[0]) == 25 + 2
    days = Counter(row["운영요일"] for row in classes)
    assert all(days[w] == 1 for w in ("목용일", "금묘일", "매주 화,목", "월~금", "격주 토", "상시"))
    assert max(Counter(tuple(r.values()) for r in classes).values()) == 2
    assert sum(row["교육종료일자"] == "9999-12-31" for row in classes) == 1
    assert all(row["강사명"] for row in classes)


def test_classes_fill_days_evenings_and_saturdays_in_all_seven_fields_and_overlap(sample_study):
    from access.inputs.programmes import BANDS
    from access.korea.fields import fields

    study = sample_study
    classes = study.programmes
    assert set(classes.field) == {*fields(), ""}
    assert (classes.field == "").sum() == 3
    assert dict(zip(BANDS, classes.bands.sum(axis=0) >= 10, strict=True)) == dict.fromkeys(
        BANDS, True
    )
    where = classes.at(study.places.ids)
    assert (where < 0).sum() == 2, "one at a school on no list, one online"
    assert len(set(study.place_district[where[where >= 0]].tolist())) == 15
    outside = [
        classes.site[i]
        for i in np.flatnonzero(where >= 0)
        if (classes.slots[i] & ~study.places.hours[where[i]].open).any()
    ]
    assert len(outside) == 2
    assert all("시장" in site for site in outside)
    held = {
        (str(classes.field[i]), band, str(classes.institution[i]))
        for i in range(len(classes))
        for band in np.flatnonzero(classes.bands[i]).tolist()
    }
    houses = Counter((field, band) for field, band, _ in held if field)
    assert max(houses.values()) >= 10, "a dozen institutions hold the same field at the same hour"
    assert min(houses.values()) == 1, "and some hours only one does"


def test_no_teacher_of_the_sample_is_in_the_study(sample_study):
    study = sample_study
    teachers = {row["강사명"] for row in table("classes.csv", "cp949")}
    classes = study.programmes
    columns = [classes.names, classes.site, classes.institution, *classes.attributes.values()]
    said = "\n".join(str(text) for column in columns for text in column)
    said += "\n".join(p.text(lang) for e in study.ledger.entries
                      for p in [e.problem] for lang in ("ko", "en"))  # fmt: skip
    assert len(teachers) > 50
    assert not [name for name in teachers if name in said]


@pytest.mark.data
def test_idle_rooms_have_the_columns_of_the_national_table(real_data):
    real = next((real_data / "anseong").glob("전국공공시설개방정보표준데이터*.csv"))
    header = real.read_bytes().split(b"\n", 1)[0].decode("cp949").strip().split(",")
    ours = list(table("idle.csv", "cp949")[0])
    assert ours[: len(header)] == header


@pytest.mark.data
def test_residents_have_the_columns_of_the_portal(real_data):
    real = next((real_data / "anseong").glob("주민등록_연령별인구*.csv"))
    header = real.read_bytes().split(b"\n", 1)[0].decode("cp949").strip().strip('"').split('","')
    ours = residents()[0][: len(header)]
    assert [h.replace("2020년12월", "2025년06월") for h in header] == ours


def test_places_stand_in_the_city_beside_streets():
    shape = shapely.union_all(districts()[2])
    for name, encoding in (("centres.csv", "utf-8-sig"), ("idle.csv", "cp949")):
        for row in table(name, encoding):
            if row["위도"] and float(row["위도"]) < 90:
                assert shapely.contains_xy(shape, float(row["경도"]), float(row["위도"])), row


def test_hills_rise_in_the_empty_country_and_people_live_where_it_is_gentle():
    lines = (FOLDER / "relief.asc").read_text("ascii").splitlines()
    head = {key: float(value) for key, value in (line.split() for line in lines[:6])}
    metres = np.array([line.split() for line in lines[6:]], dtype=float)
    assert metres.shape == (head["nrows"], head["ncols"])
    assert metres.min() > 15
    assert 350 < metres.max() < 450
    cell = head["cellsize"]
    corner = np.array([head["xllcorner"], head["yllcorner"]])
    nodes = streets()[0]
    used = sorted({ref for refs, _ in highways() for ref in refs})
    on = project(np.array([nodes[ref][:2] for ref in used]), 5179) - corner
    assert on.min() > 0  # every street lies inside
    assert (on.max(axis=0) < np.array([head["ncols"], head["nrows"]]) * cell).all()

    steep = np.hypot(*np.gradient(metres, cell))
    assert np.quantile(steep, 0.9) > 0.1
    _, cells_corner, people = cells()
    column, row = ((cells_corner + 50 - corner) / cell).astype(int).T
    lived = np.average(steep[len(metres) - 1 - row, column], weights=people)
    assert 0.005 < lived < 0.03
