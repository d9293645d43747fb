"""The same extract gives the same streets, whatever file it came in."""

from __future__ import annotations

import resource
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from access.errors import InputError
from access.network.build import build
from access.network.extract import is_street
from access.network.kinds import ACROSS, NO_WAY, WAYS, kind_of
from access.network.read import read_ways
from access.network.ways import NODE_TAGS, WAY_TAGS, Ways


def routes(ways: Ways) -> list[tuple[int, list[int], dict[str, str]]]:
    """Return each mapped way's id, the ids of its nodes and its tags."""
    return [
        (
            int(ways.way_id[at]),
            ways.node_id[ways.refs[ways.first[at] : ways.first[at + 1]]].tolist(),
            dict(ways.tagsets[ways.tags[at]]),
        )
        for at in range(len(ways))
        if ways.tagsets[ways.tags[at]].get("area") != ACROSS
    ]


def test_t20_one_town_is_the_same_in_every_file(town, tmp_path):
    read = {name: read_ways(path) for name, path in town.everywhere(tmp_path).items()}
    first = read["pbf"]
    for name, ways in read.items():
        assert ways.fingerprint == first.fingerprint, name
        assert [w.wkt for w in ways.water] == [w.wkt for w in first.water], name
    assert {n: w.timestamp for n, w in read.items() if n in ("pbf", "overpass")} == {
        "pbf": town.timestamp,
        "overpass": town.timestamp,
    }


def test_streets_are_kept_and_the_rest_is_not(town, tmp_path):
    ways = read_ways(town.osm(tmp_path / "w.osm.pbf", "pbf"))
    assert routes(ways) == [
        (101, [1, 2, 3], {"highway": "residential", "name": "한길 </script>"}),
        (102, [4, 5, 6, 7, 4], {"highway": "pedestrian", "area": "yes"}),
        (103, [3, 8], {"route": "ferry", "duration": "00:10"}),
        (104, [8, 9], {"man_made": "pier"}),
        (105, [5, 6], {"railway": "platform"}),
        (106, [6, 7], {"public_transport": "platform"}),
        (107, [4, 7, 6, 4], {"amenity": "parking"}),
        (108, [1, 4], {"indoor": "corridor", "level": "-1"}),
        (209, [1, 4, 5, 1], {"highway": "pedestrian", "area": "yes"}),
        (9007199254740995, [4, 9007199254740993], {"highway": "service", "oneway": "-1"}),
    ]
    assert ways.node_id.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9007199254740993]
    assert ways.node_tags == {1: {"barrier": "gate", "locked": "yes"}}
    assert ways.lonlat[1].tolist() == [127.0012345, 37.0]
    assert ways.lonlat[-1].tolist() == [127.030303, 37.0]
    assert ways.tagsets == tuple(sorted(ways.tagsets, key=lambda t: sorted(t.items())))
    assert ways.ledger.tallies[0].read == ways.ledger.tallies[0].used == 10
    assert ways.ledger.entries == ()


def test_water_is_drawn_and_military_water_is_not(town, tmp_path):
    water = read_ways(town.osm(tmp_path / "w.osm.pbf", "pbf")).water
    assert [shape.geom_type for shape in water] == [
        "Polygon",
        "Polygon",
        "LineString",
        "LineString",
    ]
    pond, lake, river, coast = water
    assert set(pond.exterior.coords) == {(127.003, 37.0), (127.003, 37.001), (127.004, 37.001)}
    assert len(lake.interiors) == 1  # the island
    assert lake.area == pytest.approx(0.01 * 0.01 - 0.002 * 0.002 / 2)
    assert list(river.coords) == [(127.01, 37.0), (127.01, 37.01), (127.02, 37.01)]
    assert list(coast.coords) == [(127.02, 37.01), (127.02, 37.0)]


def test_water_cut_open_by_the_extract_is_drawn_as_its_banks(town, tmp_path):
    del town.ways[207]
    del town.ways[208]
    water = read_ways(town.osm(tmp_path / "w.osm.pbf", "pbf")).water
    assert [shape.geom_type for shape in water] == ["Polygon", *["LineString"] * 3]
    assert len(water[-1].coords) == 4


@pytest.mark.parametrize("format", ["pbf", "osm"])
def test_t19_the_order_of_objects_does_not_matter(town, tmp_path, format):
    forward = read_ways(town.osm(tmp_path / f"a.{format}", format))
    backward = read_ways(town.osm(tmp_path / f"b.{format}", format, reverse=True))
    assert forward.fingerprint == backward.fingerprint
    assert len(forward.water) == len(backward.water) == 4


def test_a_folder_with_a_korean_name_is_read(town, tmp_path):
    folder = tmp_path / "가람시 길 자료"
    folder.mkdir()
    names = town.everywhere(folder)
    assert len({read_ways(path).fingerprint for path in names.values()}) == 1
    cut = names["pbf"].read_bytes()[:-50]
    names["pbf"].write_bytes(cut)
    with pytest.raises(InputError) as stopped:
        read_ways(names["pbf"])
    assert stopped.value.code == "E407"


def test_libosmium_is_not_asked_to_spell_korean(town, tmp_path, monkeypatch):
    import osmium

    path = town.osm(tmp_path / "w.osm.pbf", "pbf").rename(tmp_path / "길.osm.pbf")
    monkeypatch.setattr(osmium.io, "File", None)
    assert len(routes(read_ways(path))) == 10


def test_t7_a_gap_is_not_bridged(draw, tmp_path):
    world = draw(
        {
            1: ({"highway": "path"}, range(1, 11)),
            2: ({"highway": "path"}, [11, 12, 13]),
            3: ({"highway": "path"}, [14, 15]),
        }
    )
    for node in (4, 7, 11, 14):
        del world.nodes[node]
    for path in world.everywhere(tmp_path).values():
        ways = read_ways(path)
        assert [(way, nodes) for way, nodes, _ in routes(ways)] == [
            (1, [1, 2, 3]),
            (1, [5, 6]),
            (1, [8, 9, 10]),
            (2, [12, 13]),
        ]
        warning = ways.ledger.entries[0].problem
        assert (warning.code, warning.facts["missing"], warning.facts["lost"]) == ("W502", 4, 1)
        tally = ways.ledger.tallies[0]
        assert (tally.read, tally.used, tally.repaired, tally.excluded) == (3, 0, 2, 1)
    assert build(ways).length.max() < 1000  # nothing spans a gap


def test_t8_the_part_after_a_missing_first_node_keeps_its_own_length(draw, tmp_path):
    world = draw({1: ({"highway": "path"}, [1, 2, 3])})
    whole = build(read_ways(world.osm(tmp_path / "a.osm", "osm")))
    del world.nodes[1]
    part = build(read_ways(world.osm(tmp_path / "b.osm", "osm")))
    assert part.length.tolist() == whole.length[1:].tolist()


def test_t7_one_missing_node_in_many_is_listed_without_a_warning(draw, tmp_path):
    world = draw({1: ({"highway": "path"}, range(1, 202))})
    del world.nodes[100]
    ways = read_ways(world.osm(tmp_path / "a.osm", "osm"))
    assert [e.problem.code for e in ways.ledger.entries] == ["F503"]
    assert ways.ledger.warnings == ()


def test_t6_ways_of_no_or_one_node_are_left_out_and_counted(draw, tmp_path):
    world = draw({i: ({"highway": "path"}, refs) for i, refs in ((1, []), (2, [5]), (3, [5, 6]))})
    for path in world.everywhere(tmp_path).values():
        ways = read_ways(path)
        assert ways.way_id.tolist() == [3]
        assert [(e.problem.code, e.problem.facts["count"]) for e in ways.ledger.entries] == [
            ("W501", 2)
        ]
        assert ways.ledger.tallies[0].excluded == 2


def test_t1_a_node_twice_in_a_row_is_left_to_build(draw, tmp_path):
    ways = read_ways(draw({1: ({"highway": "path"}, [1, 2, 2, 3])}).osm(tmp_path / "a.osm", "osm"))
    assert routes(ways)[0][1] == [1, 2, 2, 3]
    assert len(build(ways)) == 2


def test_a_way_given_twice_counts_once(draw, tmp_path):
    text = draw({1: ({"highway": "path"}, [1, 2])}).osm(tmp_path / "a.osm", "osm").read_text()
    way = text[text.index("<way") : text.index("</osm>")]
    (tmp_path / "b.osm").write_text(text.replace("</osm>", way + "</osm>"))
    ways = read_ways(tmp_path / "b.osm")
    assert ways.way_id.tolist() == [1]
    assert [e.problem.code for e in ways.ledger.entries] == ["W505"]
    tally = ways.ledger.tallies[0]
    assert (tally.read, tally.used, tally.excluded) == (2, 1, 1)


def test_t19_deleted_objects_are_gone(draw, tmp_path):
    world = draw({1: ({"highway": "path"}, [1, 2, 3]), 2: ({"highway": "path"}, [2, 3])})
    text = world.osm(tmp_path / "a.osm", "osm").read_text()
    gone = text.replace('<way id="2"', '<way id="2" visible="false"')
    at = gone.index("<node")
    first = gone[at : gone.index("/>", at)]
    (tmp_path / "b.osm").write_text(gone.replace(first, '<node id="1" visible="false"'))
    assert [(w, nodes) for w, nodes, _ in routes(read_ways(tmp_path / "b.osm"))] == [(1, [2, 3])]


def test_t17_odd_text_in_tags_survives(draw, tmp_path):
    name = "역삼로 \U0001f6b6 &amp; <b> \u202e" + "길" * 240
    world = draw({1: ({"highway": "path", "name": name}, [1, 2])})
    for path in world.everywhere(tmp_path).values():
        assert read_ways(path).tagsets[0]["name"] == name


def test_readers_keep_whatever_the_modes_know():
    tagged = [{"highway": kind} for kind in WAYS]
    tagged += [{"route": "ferry"}, {"man_made": "pier"}, {"railway": "platform"}]
    tagged += [{"indoor": "corridor"}, {"amenity": "parking"}, {"building": "yes"}, {}]
    assert [is_street(t) for t in tagged] == [kind_of(t) != NO_WAY for t in tagged]


# Real extracts, counted again by other means


@pytest.mark.data
@pytest.mark.parametrize("name", ["gunsan_map", "seoul_mapo_gongdeok_map", "suwon_ajou_map"])
def test_korean_extracts_hold_what_their_xml_holds(real_data, name):
    path = real_data / "korea_osm" / f"{name}.osm"
    root = ET.parse(path).getroot()
    tags = {w.get("id"): {t.get("k"): t.get("v") for t in w.iter("tag")} for w in root.iter("way")}
    streets = {
        int(way)
        for way, t in tags.items()
        if "highway" in t or "platform" in (t.get("railway"), t.get("public_transport"))
        or t.get("man_made") == "pier" or t.get("route") == "ferry"
        or t.get("amenity") == "parking" or t.get("indoor") == "corridor"
    }  # fmt: skip
    for relation in root.iter("relation"):
        t = {x.get("k"): x.get("v") for x in relation.iter("tag")}
        if t.get("type") == "multipolygon" and ("highway" in t or t.get("amenity") == "parking"):
            streets |= {int(m.get("ref")) for m in relation.iter("member")} & set(map(int, tags))
    refs = {
        int(n.get("ref"))
        for w in root.iter("way")
        if int(w.get("id")) in streets
        for n in w.iter("nd")
    }
    ways = read_ways(path)
    assert [way for way, _, _ in routes(ways)] == sorted(streets)
    assert ways.node_id.tolist() == sorted(refs)
    across = len(ways) - len(streets)  # lines over plazas and parking areas, of two nodes each
    assert across == {"suwon_ajou_map": 8}.get(name, 0)
    assert sum(len(nodes) for _, nodes, _ in routes(ways)) == len(ways.refs) - 2 * across
    assert len(build(ways)) > len(ways)
    places = {
        int(n.get("id")): (float(n.get("lon")), float(n.get("lat"))) for n in root.iter("node")
    }
    assert [places[n] for n in ways.node_id.tolist()] == list(map(tuple, ways.lonlat.tolist()))


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "highways", "timestamp"),
    [
        ("osm_elsewhere/monaco.osm.pbf", 2927, "2016-03-05T00:26:02Z"),
        ("osm_elsewhere/liechtenstein-latest.osm.pbf", 4660, "2015-07-27T21:14:01Z"),
        ("osm_elsewhere/andorra.osm.pbf", 1615, "2013-05-28T18:59:04Z"),
        ("osm_elsewhere/porto_portugal.osm.pbf", 51349, "2015-06-06T00:23:02Z"),
        ("porto_alegre/poa_osm.pbf", 15886, ""),
    ],
)
def test_extracts_hold_every_highway(real_data, file, highways, timestamp):
    import osmium

    tagged: dict[int, list[int]] = {}
    for way in osmium.FileProcessor(str(real_data / file), osmium.osm.WAY):
        if "highway" in way.tags:
            tagged[way.id] = [n.ref for n in way.nodes]
    assert len(tagged) == highways  # as the data's own description says
    there = {n.id for n in osmium.FileProcessor(str(real_data / file), osmium.osm.NODE)}
    ways = read_ways(real_data / file)
    kept = Counter(ways.way_id.tolist())
    usable = {w for w, refs in tagged.items() if len([n for n in refs if n in there]) > 1}
    assert usable <= set(kept)
    assert ways.timestamp == timestamp
    tally = ways.ledger.tallies[0]
    assert tally.read == tally.used + tally.repaired + tally.excluded
    assert set().union(*ways.tagsets) <= WAY_TAGS
    assert all(set(tags) <= NODE_TAGS for tags in ways.node_tags.values())
    assert np.array_equal(np.unique(ways.refs), np.arange(len(ways.node_id)))


@pytest.mark.data
def test_the_sea_and_lakes_of_real_extracts_are_there(real_data):
    water = read_ways(real_data / "osm_elsewhere/monaco.osm.pbf").water
    kinds = [shape.geom_type for shape in water]
    assert kinds == sorted(kinds, reverse=True)  # areas below, lines above
    assert Counter(kinds)["LineString"] >= 28  # of coastline alone
    assert all(shape.is_valid for shape in water)


@pytest.mark.data
@pytest.mark.slow
def test_a_city_is_read_in_bounded_memory(real_data):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read_ways(real_data / "osm_elsewhere/porto_portugal.osm.pbf")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < 600e6


def test_reading_twice_gives_the_same(town, tmp_path):
    path: Path = town.osm(tmp_path / "w.osm.pbf", "pbf")
    assert read_ways(path) == read_ways(str(path))
