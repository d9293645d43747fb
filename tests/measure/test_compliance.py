"""Compliance: distances are those of the streets, people are counted by hand, laws hold."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import Standard, Study, evaluate, judge
from access._frozen import frozen, texts
from access._geo import great_circle
from access.errors import InputError
from access.korea.standards import presets
from access.measure import compliance
from access.measure.compliance import threshold
from access.network.costs import weigh
from access.network.modes import mode
from access.study.question import Question
from access.testing import positions, toy_study

law = settings(max_examples=40, derandomize=True, deadline=None)
LETTERS = "abcdefghijklmnop"
GRID = "\n".join(LETTERS[i : i + 4] for i in range(0, 16, 4))
SPACING = 1100  # every street alone is a component long enough to count
EDGES = [LETTERS[i] + LETTERS[i + 1] for i in range(16) if i % 4 < 3]
EDGES += [LETTERS[i] + LETTERS[i + 4] for i in range(12)]


@st.composite
def towns(draw):
    """Draw streets between neighbours, some one-way for cars, and people and centres on them."""
    chosen = draw(st.lists(st.sampled_from(EDGES), min_size=2, max_size=20, unique=True))
    tags = st.sampled_from([{}, {}, {"oneway": "yes"}, {"oneway": "-1"}])
    ways = {edge: {"highway": "residential", **draw(tags)} for edge in chosen}
    used = sorted(set("".join(chosen)))
    homes = draw(st.dictionaries(st.sampled_from(used), st.integers(1, 50), min_size=1))
    centres = draw(st.lists(st.sampled_from(used), min_size=1, max_size=4, unique=True))
    study = toy_study(GRID, ways, people=homes, centres="".join(centres), spacing_m=SPACING)
    return study, ways, homes, centres


def walked(ways, means):
    """Return the streets as a graph of metres, one-way for cars only."""
    at, graph = positions(GRID, spacing_m=SPACING), nx.DiGraph()
    for (a, b), tags in ways.items():
        (lon1, lat1), (lon2, lat2) = at[a], at[b]
        metres = float(great_circle(lon1, lat1, np.array([lon2]), np.array([lat2]))[0])
        oneway = tags.get("oneway") if means == "drive" else None
        if oneway != "-1":
            graph.add_edge(a, b, metres=metres)
        if oneway != "yes":
            graph.add_edge(b, a, metres=metres)
    return graph


@pytest.mark.parametrize("means", ["walk", "drive"])
@given(towns())
@law
def test_distances_and_people_are_those_found_by_hand(means, drawn):
    study, ways, homes, centres = drawn
    graph = walked(ways, means)
    limits = tuple(SPACING * k + 50 for k in (1, 2, 4))
    (verdict,) = judge(study, [Standard("가", means, metres=limits[0], compare=limits)])
    row = verdict.districts().iloc[0]
    far = {}
    for home in homes:
        ways_there = nx.single_source_dijkstra_path_length(graph, home, weight="metres")
        far[home] = min((ways_there[c] for c in centres if c in ways_there), default=np.nan)
    assert verdict.metres == pytest.approx(
        [far[home] for home in study.cells.ids.tolist()], abs=0.05 * 20, nan_ok=True
    )
    for k, limit in enumerate(limits):
        assert row[f"within_{k}"] == sum(n for home, n in homes.items() if far[home] <= limit)
    assert row["people"] == sum(homes.values())
    reached = [home for home in homes if not np.isnan(far[home])]
    if reached:
        assert row["plain_mean_m"] == pytest.approx(np.mean([far[h] for h in reached]), abs=1)
        weighted = np.average([far[h] for h in reached], weights=[homes[h] for h in reached])
        assert row["mean_m"] == pytest.approx(weighted, abs=1)


@given(towns(), st.lists(st.floats(1, 9000), min_size=2, max_size=5, unique=True))
@law
def test_more_metres_never_hold_fewer(drawn, limits):
    limits = tuple(sorted(limits))
    (verdict,) = judge(drawn[0], [Standard("가", metres=limits[0], compare=limits)])
    for row in verdict.districts().to_dict("records"):
        within = [row[f"within_{k}"] for k in range(len(limits))]
        assert within == sorted(within)
        assert 0 <= within[0] <= within[-1] <= row["people"]


@given(towns(), st.floats(100, 6000), st.floats(1, 100))
@law
def test_the_city_is_the_sum_of_its_districts(drawn, metres, target):
    study = halves(drawn[0])
    for one in judge(study, [Standard("가", metres=metres, target=target)]):
        table = one.districts()
        city, rows = table.iloc[0], table.iloc[1:]
        for column in ("people", "places", "within_0", "within_real", "underserved"):
            assert city[column] == rows[column].sum()
        assert (table["people"] == table["within_0"] + table["underserved"]).all()
        for row in table.to_dict("records"):
            if row["people"]:
                enough = 100 * row["within_0"] >= target * row["people"] - 1e-9
                assert row["met"] == enough
                assert (row["short"] == 0) == enough
                more = row["within_0"] + row["short"]
                assert 100 * more >= target * row["people"] - 1e-6


def halves(study: Study) -> Study:
    """Return the study with fractions of people in two districts, a 면 and a 동."""
    west = study.cells.lonlat[:, 0] < 127.518
    places = study.places.lonlat[:, 0] < 127.518
    people = frozen(study.cells.people * 0.37)
    return replace(
        study,
        districts=replace(
            study.districts,
            codes=texts(["9900000001", "9900000002"]),
            names=texts(["가온면", "나래동"]),
            shapes=frozen(np.repeat(study.districts.shapes, 2)),
        ),
        groups={"all": people},
        cell_district=frozen(np.where(west, 0, 1).astype(np.int32)),
        place_district=frozen(np.where(places, 0, 1).astype(np.int32)),
    )


TOWN = {"abcdef": {}}


def town(**changes):
    people = {"a": 100, "c": 40, "f": 60}
    return toy_study("abcdef", TOWN, people=people, centres="b", **changes)


def test_exactly_at_the_threshold_is_within():
    assert judge(town(), [Standard("가", metres=100)]).verdicts[0].districts().within_0[0] == 140
    assert judge(town(), [Standard("가", minutes=2)]).verdicts[0].districts().within_0[0] == 140
    assert judge(town(), [Standard("가", metres=99)]).verdicts[0].districts().within_0[0] == 0


def test_the_clock_makes_minutes_metres():
    found = judge(
        town(),
        [
            Standard("보행", minutes=8),  # 400 m
            Standard("느린 보행", minutes=8, kmh=2.88),  # 384 m
            Standard("승용차", "drive", minutes=1),  # 417 m
        ],
    )
    assert found.overview()["within"].tolist() == [200, 140, 200]


def test_the_way_to_the_street_counts_as_its_metres_by_car_too():
    # x lives 100 m off the street on which the centre stands 200 m further
    map = "x\n\na b c"
    study = toy_study(map, {"abc": {}}, people={"x": 10}, centres="c", spacing_m=50)
    for means in ("walk", "drive"):
        (verdict,) = judge(study, [Standard("가", means, metres=300)])
        assert verdict.metres.tolist() == [pytest.approx(300, abs=0.5)]


def test_the_real_pace_stands_beside_the_official_one():
    row = judge(town(), [Standard("가", minutes=7)]).verdicts[0].districts().iloc[0]
    assert row["within_0"] == 140  # 350 m at 3 km/h
    assert row["within_real"] == 200  # 504 m at 1.2 m/s
    senior = judge(town(), [Standard("가", minutes=7, profile="senior")]).verdicts[0]
    assert senior.districts()["within_real"][0] == 140  # 378 m at 0.9 m/s


def test_a_target_is_held_against_whole_people():
    (verdict,) = judge(town(), [Standard("가", metres=100, target=75)])
    city = verdict.districts().iloc[0]
    assert (city["met"], city["short"]) == (False, 10)
    (verdict,) = judge(town(), [Standard("가", metres=100, target=70)])
    city = verdict.districts().iloc[0]
    assert (city["met"], city["short"]) == (True, 0)


def test_only_eup_and_myeon_where_the_standard_says_so():
    study = toy_study(
        "abcdef",
        TOWN,
        people={"a": 100, "c": 40, "f": 60},
        centres="b",
        districts={"가온읍": "abc", "나래동": "def"},
    )
    (verdict,) = judge(study, [Standard("가", metres=100, scope="eupmyeon")])
    assert verdict.districts()[["name", "people"]].values.tolist() == [["계", 140], ["가온읍", 140]]
    only_dong = replace(study, districts=replace(study.districts, names=texts(["가동", "나동"])))
    (verdict,) = judge(only_dong, [Standard("가", metres=100, scope="eupmyeon")])
    assert not verdict.judged


def test_places_are_counted_by_district_where_that_is_asked():
    study = toy_study(
        "abcdef",
        TOWN,
        people={"a": 100, "c": 40, "f": 60},
        centres="b",
        districts={"가온읍": "abc", "나래면": "def"},
    )
    (verdict,) = judge(study, [Standard("가", per_district=1, target=50)])
    table = verdict.districts()
    assert table["within_0"].tolist() == [140, 140, 0]
    assert table["met"].tolist() == [True, True, False]
    assert verdict.met_districts() == (1, 2)
    (verdict,) = judge(study, [Standard("가", per_district=1)])
    assert verdict.districts()["met"].tolist() == [None, True, False]
    (verdict,) = judge(study, [Standard("가", per_district=2, target=50)])
    assert verdict.districts()["met"].tolist() == [False, False, False]


def test_only_places_of_the_category_count():
    study = town()
    study = replace(study, places=replace(study.places, category=texts(["작은도서관"])))
    both = [Standard(word, metres=100, category=(word,)) for word in ("작은도서관", "도서관")]
    small, large = judge(study, both)
    assert (small.judged, large.judged) == (True, False)
    assert judge(study, both).overview()["within"].tolist()[0] == 140


def test_each_standard_measures_to_its_own_facilities():
    study = toy_study("abcdef", TOWN, people={"a": 100}, centres="bf")
    study = replace(study, places=replace(study.places, category=texts(["작은도서관", "학습관"])))
    found = judge(study, [Standard(c, metres=100, category=(c,)) for c in ("작은도서관", "학습관")])
    assert [v.metres.tolist() for v in found] == [
        [pytest.approx(100, abs=0.5)],
        [pytest.approx(500, abs=0.5)],
    ]
    assert [v.real.tolist() for v in found] == [
        [pytest.approx(833, abs=3)],
        [pytest.approx(4167, abs=3)],
    ]


def test_a_planner_who_changes_speeds_changes_the_real_pace_and_no_distance():
    slow = (mode("walk", "policy", walk_ms=0.4), mode("walk", "general", walk_ms=0.6))
    asked = [Standard("가", minutes=7)]
    (usual,), (slower,) = judge(town(), asked), judge(replace(town(), modes=slow), asked)
    assert usual.near.tolist() == slower.near.tolist()
    assert [v.districts()["within_real"][0] for v in (usual, slower)] == [200, 140]


def test_small_groups_are_hidden_and_do_not_follow():
    study = toy_study(
        "abcdef",
        TOWN,
        people={"a": 100, "c": 40, "f": 3},
        centres="b",
        districts={"가온읍": "abc", "나래면": "def"},
    )
    (verdict,) = judge(study, [Standard("가", metres=100, compare=(100, 400), target=99)])
    shown = verdict.shown()
    assert shown["people"].tolist()[2] == "<5"
    assert shown["median_m"].tolist()[2] == "<5"
    assert shown["within_0"].tolist() == [">138", ">4", 0]
    assert shown["underserved"].tolist()[0] == "<5"
    assert shown["met"].tolist()[0] is None  # 138 of 143 would miss it, 142 would not
    assert shown["short"].tolist()[0] is None
    (sure,) = judge(study, [Standard("가", metres=100, target=50)])
    assert sure.shown()["met"].tolist()[0] is True


def test_thresholds_of_one_mode_share_one_search(monkeypatch):
    asked = []

    def counted(study, question, **more):
        asked.append((question.mode, question.profile))
        return travel_times(study, question, **more)

    travel_times = compliance.travel_times
    monkeypatch.setattr(compliance, "travel_times", counted)
    several = [Standard(str(m), metres=m) for m in (500, 750, 1500)]
    several += [Standard(str(m), minutes=m, kmh=2.52) for m in (10, 15, 20, 30)]
    several += [Standard("차", "drive", minutes=10), Standard("차로", "drive", metres=900)]
    judge(town(), several)
    assert sorted(asked) == [(m, p) for m in ("drive", "walk") for p in ("general", "policy")]


def test_standards_that_count_places_search_nothing(monkeypatch):
    monkeypatch.setattr(compliance, "travel_times", None)
    judge(town(), [Standard("가", per_district=1)])


def test_what_was_computed_for_a_question_is_taken_over():
    study = town()
    outcome = evaluate(study, Question(mode="walk", profile="general"))
    several = [Standard("가", minutes=10)]
    afresh, again = judge(study, several), judge(study, several, reuse=[outcome])
    assert afresh.verdicts == again.verdicts


def test_unknown_groups_and_kinds_are_refused():
    with pytest.raises(InputError) as raised:
        judge(town(), [Standard("가", metres=1, group="65+", to=("school",))])
    assert {p.code for p in raised.value.problems} == {"E604", "E605"}


def test_a_threshold_in_words():
    assert threshold(Standard("가", "drive", minutes=10)) == "4,167 m (승용차 10분, 25 km/h)"
    assert threshold(Standard("가", metres=750), "en") == "750 m (on foot 15 min, 3 km/h)"
    assert threshold(Standard("가", per_district=1)) == "읍·면·동마다 1개소"


# On the sample.


@pytest.fixture(scope="module")
def city(sample_study) -> Study:
    return sample_study


@pytest.mark.parametrize("means", ["walk", "drive"])
def test_on_the_level_clock_every_segment_takes_its_length(city, means):
    """Hills, classes of street and limits say nothing: a tenth of a second is 1/12 metre."""
    assert city.network.height is not None
    costs = weigh(city.network, compliance._level(city, means), city.urban)
    for tenths in (costs.forward, costs.backward):
        usable = tenths >= 0
        wanted = 12 * city.network.length[usable]
        assert usable.sum() > 1000
        assert np.abs(tenths[usable] - wanted).max() <= 0.5 + 1e-6


@pytest.fixture(scope="module")
def every(city):
    held = []
    for key in presets():
        more = {"minutes": 15, "group": "65+"} if key == "KR_PROTECT_WALK" else {}
        held += Standard.from_preset(key, **more)
    return judge(city, held)


def test_every_preset_is_judged_once_on_the_sample(every):
    judged = {(v.standard.preset, v.standard.item) for v in every if v.judged}
    assert {key for key, _ in judged} == set(presets())
    assert ("KR_NMS_2018_village", "small_library") in judged
    assert ("KR_NMS_2018_village", "kindergarten") not in judged
    for verdict in every:
        if verdict.judged:
            table = verdict.districts()
            city, rows = table.iloc[0], table.iloc[1:]
            assert city["people"] == rows["people"].sum()
            assert city["within_0"] == rows["within_0"].sum()
            assert 0 < city["within_0"] <= city["people"]


def test_the_overview_is_the_first_row_of_every_verdict(every):
    table = every.overview()
    assert len(table) == len(every)
    for row, verdict in zip(table.to_dict("records"), every, strict=True):
        city = verdict.districts().iloc[0]
        assert row["people"] == city["people"]
        assert (row["within"] == city["within_0"]) if verdict.judged else np.isnan(row["within"])


def test_the_plain_mean_of_the_country_is_the_longer(every):
    """Far villages have few people: why the published mean misleads."""
    row = every.overview().set_index("standard").loc["국토지표(도로 이동거리): 도서관"]
    assert row["plain_mean_m"] > row["mean_m"] > row["median_m"]


def test_the_same_again(city, every):
    (one,) = judge(city, [every.verdicts[2].standard])
    assert one == every.verdicts[2]


def test_a_notebook_shows_status_and_hides_the_unjudged(every):
    html = every._repr_html_()
    assert "법정기준 아님, 준용" in html
    assert "구속력 없음" in html
    assert "3 km/h" in html
    assert "25 km/h" in html
    assert repr(every) == f"<Compliance 가람시: {len(every)} standards>"
