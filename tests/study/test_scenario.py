"""Scenarios: checked as a whole, told in a planner's words, and never a change of what was."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import Scenario, Study, read_programmes
from access._frozen import texts
from access.errors import InputError
from access.study.edits import EDITS, parse, written
from access.testing import toy_study

TOWN = """
    a--b--c--d--e
    |           |
    f           g
"""


CLASSES = """강좌ID,강좌명,장소,영역,운영요일,교육시작시각,교육종료시각,강좌정원수,비고
k1,한글 첫걸음,b,기초문해,월수,10:00,12:00,15,
k2,저녁 기타,d,문화예술,화,19:00,21:00,20,악기 없음
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Study:
    study = toy_study(
        TOWN,
        {
            "abc": {"highway": "residential", "name": "윗길"},
            "cde": {"highway": "residential", "name": "아랫길"},
            "af": {"highway": "primary", "name": "큰길"},
            "eg": {"highway": "footway"},
        },
        people={"a": 40, "c": 30, "f": 20, "g": 10},
        centres="bd",
        idle="fg",
        districts={"서면": "abf", "동면": "cdeg"},
        spacing_m=200,
    )
    old = np.array([10.0, 10.0, 5.0, 5.0])
    groups = {"all": study.groups["all"], "65+": old, "75+": old / 2, "0-18": old * 1.5}
    table = tmp_path_factory.mktemp("classes") / "classes.csv"
    table.write_text(CLASSES, "utf-8")
    held = replace(read_programmes(table), place=texts(["b", "d"]))
    return replace(study, groups=groups, programmes=held)


def middle(study: Study, letters: str) -> list[float]:
    at = [study.network.lonlat[np.searchsorted(study.network.node_id, ord(c))] for c in letters]
    return [float(v) for v in np.mean(at, axis=0)]


EXAMPLES = {
    "open_place": {"place": "f", "seats": 20, "hours": "월~금 09:00-21:00"},
    "add_place": {"id": "new", "name": "새 배움터", "at": [127.501, 36.999], "seats": 12},
    "close_place": {"place": "b"},
    "move_place": {"place": "b", "to": [127.5025, 37.0]},
    "change_hours": {"place": "b", "hours": "매일 10:00-18:00"},
    "change_seats": {"place": "d", "seats": 99},
    "add_class": {
        "id": "k3",
        "name": "민주시민 교실",
        "place": "b",
        "field": "시민참여",
        "weekdays": "목",
        "start": "14:00",
        "end": "16:00",
        "seats": 12,
    },
    "cancel_class": {"id": "k1"},
    "change_class": {"id": "k2", "place": "b", "weekdays": "토", "start": "18:30", "seats": 25},
    "close_road": {"name": "아랫길"},
    "add_road": {"nodes": [ord("f"), ord("g")], "tags": {"highway": "footway", "bridge": "yes"}},
    "change_speeds": {"class_kmh": {"primary": [10, 11]}},
    "scale_people": {"district": "서면", "group": "65+", "factor": 2},
    "move_people": {"from": "서면", "to": "동면", "group": "all", "people": 6},
}
"""One of every kind of edit, none of which needs another."""

every_edit = pytest.mark.parametrize("do", EXAMPLES)


def plan(do: str, **other: object) -> Scenario:
    return Scenario(do, [{"do": do, **EXAMPLES[do], **other}])


def problems(study: Study, *edits: dict) -> list[str]:
    return [p.code for p in Scenario("x", edits).problems(study)]


def contents(study: Study) -> str:
    """Return the sha256 of what a study holds now, whatever was remembered of it."""
    digest = sha256()
    for record in (study, study.places, study.network, study.cells):
        for field in fields(record):
            value = getattr(record, field.name)
            for part in value.values() if isinstance(value, dict) else (value,):
                digest.update(part.tobytes() if isinstance(part, np.ndarray) else b"")
    digest.update(repr((study.modes, study.network.tagsets)).encode())
    return digest.hexdigest()


def test_classes_are_added_cancelled_and_changed(town: Study) -> None:
    held = plan("add_class").apply(town).programmes
    assert held.ids.tolist() == ["k1", "k2", "k3"]
    assert (held.names[2], held.place[2]) == ("민주시민 교실", "b")
    assert held.field[2] != ""
    assert held.days[2].tolist() == [day == 3 for day in range(7)]
    assert (held.start[2], held.end[2], held.seats[2]) == (840, 960, 12)
    assert np.isnan(held.fee[2])
    assert np.isnat(held.first[2])
    assert plan("cancel_class").apply(town).programmes.ids.tolist() == ["k2"]
    held = plan("change_class").apply(town).programmes
    assert held.names.tolist() == town.programmes.names.tolist()
    assert held.place.tolist() == ["b", "b"]
    assert (held.start[1], held.end[1], held.seats[1]) == (1110, 1260, 25)
    assert held.days[1].tolist() == [day == 5 for day in range(7)]
    assert held.days[0].tolist() == town.programmes.days[0].tolist()


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({"do": "cancel_class", "id": "k9"}, "E679"),
        ({"do": "change_class", "id": "k1"}, "E699"),
        ({"do": "change_class", "id": "k1", "end": "09:00"}, "E684"),
        ({"do": "change_class", "id": "k1", "start": "언제나"}, "E633"),
        ({"do": "change_class", "id": "k1", "weekdays": "아무 때"}, "E633"),
        ({"do": "change_class", "id": "k1", "place": "q"}, "E634"),
        ({"do": "add_class", **EXAMPLES["add_class"], "id": "k1"}, "E680"),
        ({"do": "add_class", **EXAMPLES["add_class"], "field": "운동"}, "E698"),
    ],
)
def test_what_is_wrong_with_an_edit_of_a_class_is_told(town: Study, edit: dict, code: str) -> None:
    with pytest.raises(InputError) as error:
        Scenario("x", [edit]).apply(town)
    assert [p.code for p in error.value.problems] == [code]
    with pytest.raises(InputError) as error:
        Scenario("x", [edit]).apply(replace(town, programmes=None))
    assert error.value.problems[0].code == ("E633" if code == "E633" else "E690")


def test_two_edits_of_one_class_contradict(town: Study) -> None:
    both = [{"do": "change_class", "id": "k1", "seats": 3}, {"do": "cancel_class", "id": "k1"}]
    assert problems(town, *both) == ["E638"]
    assert problems(town, *both[::-1]) == ["E679"]


def test_there_is_an_example_of_every_kind() -> None:
    assert set(EXAMPLES) == set(EDITS)


@every_edit
def test_an_edit_makes_another_study_and_leaves_its_own(town: Study, do: str) -> None:
    before = contents(town)
    after = plan(do).apply(town)
    assert after != town
    assert contents(town) == before
    assert after.planned.base is town
    assert after.planned.name == do
    (told,) = after.planned.changes
    assert all(told)
    assert after.title == f"그림마을 · {do}"


@every_edit
def test_applied_and_undone_gives_the_same_bytes(town: Study, do: str) -> None:
    one, other = plan(do), plan("close_place" if do != "close_place" else "change_seats")
    assert one.undo(one.apply(town)) == town
    both = other.apply(one.apply(town))
    assert one.undo(both) == other.apply(town)
    assert other.undo(both) == one.apply(town)
    with pytest.raises(InputError, match="E692"):
        one.undo(other.apply(town))
    with pytest.raises(InputError, match="E692"):
        one.undo(town)


def test_closing_what_is_open_and_opening_it_again_is_nothing(town: Study) -> None:
    shut = Scenario("닫기", [{"do": "close_place", "place": "b"}]).apply(town)
    assert Scenario("열기", [{"do": "open_place", "place": "b"}]).apply(shut) == town


@every_edit
def test_saved_and_read_it_is_the_same(tmp_path, do: str) -> None:
    scenario = Scenario('이름 "둘"\t\x7f', plan(do).edits, "왜\n그런가")
    read = Scenario.from_file(scenario.save(tmp_path / "다리.toml"))
    assert read == scenario
    assert read.id == scenario.id
    assert [s.number for s in read.stands] == [1]


@given(st.text(min_size=1).filter(str.strip), st.text(), st.floats(0, 1e6), st.floats(-180, 180))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_any_text_and_number_is_read_as_it_was_written(tmp_path_factory, name, note, seats, lon):
    edit = {"do": "add_place", "id": name, "at": [lon, 37.5], "seats": seats, "step_free": True}
    scenario = Scenario(name, [edit], note)
    path = tmp_path_factory.getbasetemp() / "any.toml"
    assert Scenario.from_file(scenario.save(path)) == scenario


def test_the_id_is_of_the_edits_alone() -> None:
    edits = [{"do": "open_place", "place": "f"}, {"do": "scale_people", "factor": 2}]
    scenario = Scenario("가", edits, "메모")
    told = json.dumps(
        [
            {"do": "open_place", "kind": "centre", "place": "f"},
            {"do": "scale_people", "factor": 2.0, "group": "all"},
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    assert scenario.id == sha256(told.encode()).hexdigest()[:12]
    assert Scenario("나", edits).id == scenario.id
    assert Scenario("가", edits[::-1]).id != scenario.id
    assert scenario == Scenario("가", edits, "메모") != Scenario("가", edits)


def test_hangul_in_letters_is_the_same_as_in_syllables(town: Study) -> None:
    from unicodedata import normalize

    apart = {"do": "close_road", "name": normalize("NFD", "윗길")}
    assert parse(apart) == parse({"do": "close_road", "name": "윗길"})


# What each edit does.


def test_an_idle_room_opens(town: Study) -> None:
    places = plan("open_place").apply(town).places
    assert places.kind.tolist() == ["centre", "centre", "centre", "idle"]
    assert places.seats[2] == 20
    assert places.hours[2].open.sum() == 5 * 12 * 4
    assert places.hours[3] is None


def test_a_new_place_stands_where_it_is_put(town: Study) -> None:
    after = plan("add_place").apply(town)
    assert after.places.ids.tolist() == [*"bdfg", "new"]
    assert after.places.lonlat[-1].tolist() == [127.501, 36.999]
    assert after.districts.names[after.place_district[-1]] == "서면"
    assert after.places.row(4) is None
    assert after.places.row(0) == 2


def test_a_place_moves_with_its_district(town: Study) -> None:
    to = middle(town, "cd")
    after = Scenario("x", [{"do": "move_place", "place": "b", "to": to}]).apply(town)
    assert after.places.lonlat[0].tolist() == to
    assert after.districts.names[after.place_district[0]] == "동면"
    far = {"do": "move_place", "place": "b", "to": [127.6, 37.0]}
    assert problems(town, far) == ["W683"]


def test_a_road_closes_by_name_and_by_number(town: Study) -> None:
    named = plan("close_road").apply(town)
    assert named.network.shut.sum() == 2
    numbered = Scenario("x", [{"do": "close_road", "ways": [2]}]).apply(town)
    assert numbered == named


def test_a_bridge_given_by_where_it_runs_joins_the_nearest_nodes(town: Study) -> None:
    ends = [middle(town, "f"), middle(town, "g")]
    edit = {"do": "add_road", "tags": EXAMPLES["add_road"]["tags"], "line": ends}
    assert Scenario("x", [edit]).apply(town) == plan("add_road").apply(town)
    beside = [[lon + 0.001, lat] for lon, lat in ends]
    assert problems(town, edit | {"line": beside}) == ["W684"]
    told = Scenario("x", [edit | {"line": beside}]).apply(town).planned.changes[0]
    assert "89, 89 m" in told[0]
    away = [[lon, lat - 0.1] for lon, lat in ends]
    assert problems(town, edit | {"line": away}) == ["E686"]


def test_people_are_scaled_with_all_groups_that_hold_them_or_lie_within(town: Study) -> None:
    after = plan("scale_people").apply(town).groups
    west = town.cell_district == 0
    more = np.where(west, town.groups["65+"], 0)
    np.testing.assert_allclose(after["65+"], town.groups["65+"] + more)
    np.testing.assert_allclose(after["all"], town.groups["all"] + more)
    np.testing.assert_allclose(after["75+"], town.groups["75+"] * np.where(west, 2, 1))
    assert after["0-18"] is town.groups["0-18"]


def test_people_who_move_are_kept(town: Study) -> None:
    edit = {"do": "move_people", "from": "동면", "to": "서면", "group": "65+", "people": 6}
    after = Scenario("x", [edit]).apply(town).groups
    for group, people in town.groups.items():
        assert after[group].sum() == pytest.approx(people.sum())
    east = town.cell_district == 1
    assert after["65+"][east].sum() == pytest.approx(town.groups["65+"][east].sum() - 6)
    assert after["all"][east].sum() == pytest.approx(town.groups["all"][east].sum() - 6)
    assert after["75+"][east].sum() == pytest.approx(town.groups["75+"][east].sum() * 9 / 15)
    assert after["0-18"] is town.groups["0-18"]


def test_speeds_change_on_their_classes_only(town: Study) -> None:
    before, after = (s.mode("drive", "general") for s in (town, plan("change_speeds").apply(town)))
    changed = [a for a, b in zip(after.class_kmh, before.class_kmh, strict=True) if a != b]
    assert changed == [("primary", 10.0, 11.0)]
    back = {"primary": [32, 50]}
    assert plan("change_speeds", class_kmh=back).apply(plan("change_speeds").apply(town)) == town


# What cannot be.


@pytest.mark.parametrize(
    ("edit", "code", "near"),
    [
        ({"do": "open_plce", "place": "f"}, "E630", "open_place"),
        ({"place": "f"}, "E631", "open_place"),
        ({"do": "open_place"}, "E631", "place"),
        ({"do": "open_place", "place": "f", "seat": 3}, "E632", "seats"),
        ({"do": "change_seats", "place": "f", "seats": -1}, "E633", "0"),
        ({"do": "change_seats", "place": "f", "seats": float("nan")}, "E633", ""),
        ({"do": "change_hours", "place": "f", "hours": "아침"}, "E633", "월~금"),
        ({"do": "move_place", "place": "f", "to": [127.5]}, "E633", "경도"),
        ({"do": "move_place", "place": "f", "to": [37.5, 127.5]}, "E633", "90"),
        ({"do": "close_road"}, "E633", "name"),
        ({"do": "close_road", "name": "윗길", "ways": [1]}, "E633", "name"),
        ({"do": "add_road", "line": [[127.5, 37.0]]}, "E633", "개수"),
        ({"do": "add_road", "nodes": [1, 2], "tags": {}}, "E633", "태그"),
        ({"do": "change_speeds", "class_kmh": {"primary": [0, 3]}}, "E633", ""),
        ({"do": "scale_people", "factor": "많이"}, "E633", "수"),
        ("open_place", "E633", "edit"),
    ],
)
def test_an_edit_that_cannot_be_understood(edit, code, near) -> None:
    with pytest.raises(InputError) as caught:
        Scenario("x", [edit])
    (problem,) = caught.value.problems
    assert problem.code == code
    assert near in problem.reason("ko")
    assert "edit[1]" in problem.text("en")


@pytest.mark.parametrize(
    ("edit", "code", "near"),
    [
        ({"do": "open_place", "place": "bb"}, "E634", "b 학습관 (b)"),
        ({"do": "close_place", "place": "b 학습"}, "E634", "b 학습관"),
        ({"do": "scale_people", "district": "서변", "factor": 2}, "E636", "서면"),
        ({"do": "scale_people", "group": "66+", "factor": 2}, "E637", "65+"),
        ({"do": "scale_people", "group": "어르신", "factor": 2}, "E637", "65+"),
        ({"do": "add_place", "id": "b", "at": [127.5, 37.0]}, "E680", "b 학습관"),
        ({"do": "add_place", "id": "z", "at": [17.5, 37.0]}, "E682", "km"),
        ({"do": "close_road", "name": "위길"}, "E681", "윗길"),
        ({"do": "close_road", "ways": [77]}, "E554", "77"),
        ({"do": "add_road", "nodes": [1, 2]}, "E555", "1, 2"),
        ({"do": "add_road", "nodes": [97, 97]}, "E556", ""),
        ({"do": "add_road", "nodes": [97, 98], "tags": {"highway": "footwy"}}, "E685", ""),
        ({"do": "add_road", "nodes": [97, 98], "tags": {"higway": "footway"}}, "E632", "highway"),
        ({"do": "change_speeds", "class_kmh": {"primry": [9, 9]}}, "E632", "primary"),
        ({"do": "move_people", "from": "서면", "to": "동면", "people": 999}, "E687", "60"),
        ({"do": "move_people", "from": "서면", "to": "서면", "people": 9}, "E633", "떠나는"),
    ],
)
def test_an_edit_that_does_not_fit_the_study(town: Study, edit, code, near) -> None:
    (problem,) = Scenario("x", [edit]).problems(town)
    assert problem.code == code
    assert near in problem.reason("ko")
    with pytest.raises(InputError, match=code):
        Scenario("x", [edit]).apply(town)


def test_ages_that_overlap_in_part_are_refused(town: Study) -> None:
    groups = dict(town.groups) | {"60-69": town.groups["65+"]}
    assert problems(replace(town, groups=groups), EXAMPLES["scale_people"] | {"do": "scale_people"}
                    ) == ["E689"]  # fmt: skip


def test_nobody_can_move_to_where_nobody_lives(town: Study) -> None:
    west = np.where(town.cell_district == 0, town.groups["all"], 0.0)
    study = replace(town, groups={"all": west})
    assert problems(study, {"do": "move_people", "from": "서면", "to": "동면", "people": 5}) == [
        "E688"
    ]


def test_a_name_of_several_is_told_apart_by_id(town: Study) -> None:
    from access._frozen import texts

    places = replace(town.places, names=texts(["배움터"] * 4))
    study = replace(town, places=places)
    (problem,) = Scenario("x", [{"do": "close_place", "place": "배움터"}]).problems(study)
    assert problem.code == "E635"
    assert "b, d, f, g" in problem.reason("en")


def test_two_edits_that_decide_the_same_are_refused(town: Study) -> None:
    opens = {"do": "open_place", "place": "f"}
    assert problems(town, opens, opens) == ["E693"]
    assert problems(town, opens, {"do": "close_place", "place": "f"}) == ["E638"]
    assert problems(town, opens, opens | {"seats": 3}) == ["E638"]
    seats = {"do": "change_seats", "place": "b", "seats": 3}
    assert problems(town, seats, {"do": "close_place", "place": "b"}) == ["E638"]
    assert problems(
        town, {"do": "close_road", "ways": [1]}, {"do": "close_road", "name": "윗길"}
    ) == ["E638"]
    assert problems(town, opens, seats) == []
    with pytest.raises(InputError, match="E638"):
        Scenario("x", [opens, opens | {"seats": 3}]).apply(town)


def test_edits_follow_each_other(town: Study) -> None:
    new = EXAMPLES["add_place"] | {"do": "add_place"}
    assert problems(town, new, {"do": "change_seats", "place": "new", "seats": 30}) == []
    assert problems(town, {"do": "change_seats", "place": "new", "seats": 30}, new) == ["E634"]


def test_an_edit_without_effect_is_pointed_out(town: Study) -> None:
    assert problems(town, {"do": "open_place", "place": "b"}) == ["W639", "W690"]
    assert problems(town, {"do": "scale_people", "factor": 1}) == ["W639", "W690"]
    assert problems(town, {"do": "change_speeds", "class_kmh": {"primary": [32, 50]}}) == [
        "W639",
        "W690",
    ]
    useful = {"do": "close_place", "place": "d"}
    assert problems(town, {"do": "open_place", "place": "b"}, useful) == ["W639"]
    shut = Scenario("x", [{"do": "close_road", "ways": [1]}])
    assert [p.code for p in shut.problems(shut.apply(town))] == ["W639", "W690"]


def test_a_scenario_of_nothing_is_the_study_with_a_warning(town: Study) -> None:
    empty = Scenario("그대로")
    after = empty.apply(town)
    assert after == town
    assert [p.code for p in after.ledger.warnings] == ["W690"]
    assert empty.undo(after) is town


def test_everything_is_told_at_once_with_its_line(town: Study, tmp_path, told) -> None:
    path = tmp_path / "계획.toml"
    path.write_text(
        """name = "계획"
nte = "메모"

[[edit]]
do = "open_place"
plce = "f"

[[edit]]
do = "close_place"
place = "h"

[[edit]]
do = "close_road"
name = "위길"
""",
        "utf-8",
    )
    with pytest.raises(InputError) as caught:
        Scenario.from_file(path, town)
    error = caught.value
    assert [p.code for p in error.problems] == ["E632", "E631", "E632", "E634", "E681"]
    told(error, "E632", row=2, column="nte")
    told(error, "E631", row=4, column="edit[1].place")
    told(error, "E632", row=6, column="edit[1].plce")
    told(error, "E634", row=10, column="edit[2].place", value="h")
    told(error, "E681", row=14, column="edit[3].name", value="위길")
    with pytest.raises(InputError) as caught:
        Scenario.from_file(path)
    assert [p.code for p in caught.value.problems] == ["E632", "E631", "E632"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name = ", "E691"),
        ('name = 3\n[[edit]]\ndo = "close_place"\nplace = "b"', "E633"),
        ('name = "x"\nedit = 3', "E633"),
        ('name = "x"\nnote = [1]', "E633"),
    ],
)
def test_a_file_that_is_no_scenario(tmp_path, text, code) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=code):
        Scenario.from_file(path)


def test_a_file_that_is_not_there_or_not_text(tmp_path) -> None:
    (tmp_path / "bridge.toml").write_bytes("name = '다리'".encode("cp949"))
    with pytest.raises(InputError, match=r"E694.*bridge\.toml"):
        Scenario.from_file(tmp_path / "brige.toml")
    with pytest.raises(InputError, match="E691"):
        Scenario.from_file(tmp_path / "bridge.toml")


def test_a_scenario_needs_a_name() -> None:
    with pytest.raises(InputError, match="E631"):
        Scenario("  ")


def test_a_file_without_a_name_is_called_as_the_file(tmp_path) -> None:
    path = tmp_path / "다리.toml"
    path.write_text('[[edit]]\ndo = "scale_people"\nfactor = 2\n', "utf-8")
    scenario = Scenario.from_file(path)
    assert scenario.name == "다리"
    assert written(scenario.edits[0]) == {"do": "scale_people", "group": "all", "factor": 2.0}
