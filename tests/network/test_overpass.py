"""Overpass answers, as different queries give them."""

from __future__ import annotations

import json

import pytest

from access.ledger import Findings
from access.network.build import build
from access.network.overpass import from_overpass
from access.network.read import read_ways


def test_a_node_told_twice_keeps_its_tags(town):
    answer = town.answer()
    answer["elements"].append({"type": "node", "id": 2, "lat": 37.0, "lon": 127.0012345})
    ways = from_overpass(answer, Findings("a.json"))
    assert ways.node_tags == {1: {"barrier": "gate", "locked": "yes"}}


def test_geom_clipped_at_a_box_leaves_gaps(town):
    answer = town.answer(geom=True)
    way = next(e for e in answer["elements"] if e["id"] == 101)
    way["geometry"][2] = None
    # the node is known from another way, then from none
    assert from_overpass(answer, Findings("a")).refs[:3].tolist() == [0, 1, 2]
    other = next(e for e in answer["elements"] if e["id"] == 103)
    other["geometry"][0] = None
    ways = from_overpass(answer, Findings("a"))
    assert 3 not in ways.node_id
    assert ways.ledger.entries[0].problem.facts["missing"] == 1


def test_more_digits_than_osm_has_are_rounded_to_its_own(town):
    plain = from_overpass(town.answer(), Findings("a"))
    answer = town.answer()
    for element in answer["elements"]:
        if element["type"] == "node":
            element["lat"] += 3e-9
    assert from_overpass(answer, Findings("a")).fingerprint == plain.fingerprint


def test_a_file_with_a_byte_order_mark(town, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(town.answer()), "utf-8-sig")
    assert read_ways(tmp_path / "a.json").fingerprint == (
        from_overpass(town.answer(), Findings("a")).fingerprint
    )


@pytest.mark.parametrize("tags", [{"natural": "water"}, {"highway": "pedestrian"}, {}])
def test_a_damaged_relation_costs_no_street(town, tags):
    plain = from_overpass(town.answer(), Findings("a"))
    answer = town.answer()
    relation = {"type": "relation", "tags": {"type": "multipolygon", **tags}}
    answer["elements"] += [
        relation | {"id": 901},
        relation | {"id": 902, "members": None},
        relation | {"id": 903, "members": [None, {}, {"type": "way"}, {"ref": 101}]},
        relation
        | {"id": 904, "members": [{"type": None, "ref": 101}, {"type": "way", "ref": None}]},
        relation | {"id": 905, "members": [{"type": "way", "ref": 1, "role": None}]},
        relation | {"id": 906, "members": [{"type": "way", "ref": 101}], "tags": None},
        {"type": "way", "id": 907, "nodes": [1, 2], "tags": None},
    ]
    assert from_overpass(answer, Findings("a")).fingerprint == plain.fingerprint


def test_a_restriction_whose_member_is_damaged_is_counted(town):
    answer = town.answer()
    members = [
        {"type": "way", "ref": 101, "role": "from"},
        {"type": "node", "role": "via"},
        {"type": "way", "ref": 103, "role": "to"},
    ]
    tags = {"type": "restriction", "restriction": "no_left_turn"}
    answer["elements"].append({"type": "relation", "id": 9, "tags": tags, "members": members})
    ways = from_overpass(answer, Findings("a"))
    assert "W541" in [e.problem.code for e in ways.ledger.entries]


@pytest.mark.data
@pytest.mark.parametrize(
    ("mode", "streets", "timestamp"),
    [("walk", 1057, "2026-04-08T06:39:59Z"), ("bike", 731, "2026-04-08T06:41:00Z")],
)
def test_gangnam_as_overpass_gave_it(real_data, mode, streets, timestamp):
    path = real_data / "korea_osm" / f"sinnonhyeon_{mode}_overpass.json"
    elements = json.loads(path.read_text())["elements"]
    mapped = {e["id"]: e for e in elements if e["type"] == "way" and "highway" in e["tags"]}
    assert len(mapped) == streets
    ways = read_ways(path)
    assert ways.way_id.tolist() == sorted(mapped)
    refs = [n for i in sorted(mapped) for n in mapped[i]["nodes"]]
    assert ways.node_id[ways.refs].tolist() == refs
    assert ways.timestamp == timestamp
    gates = {e["id"] for e in elements if "barrier" in e.get("tags", {}) and e["id"] in refs}
    found = {int(ways.node_id[i]) for i, tags in ways.node_tags.items() if "barrier" in tags}
    assert found == gates
    assert len(build(ways)) == len(refs) - len(mapped)
