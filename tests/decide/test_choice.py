"""choose_sites on drawn towns, counted by hand, and on the sample city."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import access as ac
from access._frozen import frozen
from access.errors import InputError
from access.testing import toy_study

# One letter is 200 m, or 167 s at 1.2 m/s; within 3 minutes is one letter away.
TOWN = "a b c d e f g h i j k l"
WAYS = {"abcdefghijkl": {"highway": "residential"}}
PEOPLE = {"a": 10, "c": 20, "e": 30, "g": 5, "j": 8, "l": 40}
NEAR = ac.Question(minutes=(1, 3))


@pytest.fixture
def town():
    made = toy_study(
        TOWN,
        WAYS,
        people=PEOPLE,
        centres="a",
        idle="bdfjk",
        districts={"서면": "abcdef", "동면": "ghijkl"},
    )
    rooms = len(made.places)
    places = replace(
        made.places,
        seats=frozen(np.array([5.0, 10, 10, 10, 10, 10])),
        yearly_cost=frozen(np.array([0.0, 5, 6, 7, 8, 9])),
        area_m2=frozen(np.array([50.0, 50, 60, 70, np.nan, 90])),
        building_m2=frozen(np.full(rooms, np.nan)),
        step_free=frozen(np.array([1, 1, 0, 1, -1, 1]), np.int8),
    )
    groups = {"all": made.groups["all"], "65+": frozen(made.groups["all"] / 2)}
    return replace(made, places=places, groups=groups)


def test_the_best_two(town):
    plan = ac.choose_sites(town, NEAR, sites=2)
    assert (plan.status, plan.sites) == ("optimal", ("d", "k"))
    assert (plan.before, plan.objective) == (10, 10 + 20 + 30 + 40 + 8)
    assert plan.gains == {"all": 98, "65+": 49}
    assert plan.by_district == {"9900000001": 50, "9900000002": 48}
    assert "proven optimal, d, k: 108 people" in repr(plan)
    assert "최적임이 증명됨" in plan._repr_html_()


def test_the_plan_says_what_the_tables_will_say(town):
    plan = ac.choose_sites(town, NEAR, sites=3)
    kind = town.places.kind.copy()
    kind[np.isin(town.places.ids, plan.sites)] = "centre"
    after = ac.evaluate(replace(town, places=replace(town.places, kind=frozen(kind))), NEAR)
    assert after.districts().within_3.iloc[0] == plan.objective
    assert ac.evaluate(town, NEAR).districts().within_3.iloc[0] == plan.before


def test_nothing_opened_is_today(town):
    plan = ac.choose_sites(town, NEAR, sites=0)
    assert (plan.sites, plan.objective, plan.gains) == ((), plan.before, {"all": 0, "65+": 0})


def test_one_in_each_district(town):
    assert ac.choose_sites(town, NEAR, sites=2, must=["b"]).sites == ("b", "k")
    three = ac.choose_sites(town, NEAR, sites=2, one_per="district")
    assert three.sites == ("d", "k")
    plan = ac.choose_sites(town, NEAR, sites=3, one_per="district")
    assert plan.status == "infeasible"
    told = {korean for korean, _ in plan.conflict}
    assert told == {"정확히 3곳을 엶", "'서면'에는 많아야 1곳", "'동면'에는 많아야 1곳"}
    zones = dict.fromkeys("bdf", "서") | {"j": "동", "k": "동"}
    assert ac.choose_sites(town, NEAR, sites=2, one_per=zones).sites == ("d", "k")


def test_rules_in_a_planners_words(town):
    def sites(**asked):
        return ac.choose_sites(town, NEAR, **{"sites": 2} | asked).sites

    assert sites(must=["j"]) == ("d", "j")
    assert sites(must_not="k") == ("d", "j")
    assert sites(either=[("d", "k")], sites=1) == ("d",)
    assert sites(at_least={"동면": 2}) == ("j", "k")
    assert sites(at_least={"9900000002": 2}) == ("j", "k")
    assert sites(spacing_m=1500) == ("b", "k")
    assert sites(sites=None, budget=13) == ("b", "f")
    assert sites(sites=None, budget=15) == ("d", "k")
    assert sites(sites=None, budget=4) == ()


def test_filters_are_apart_from_aims_and_listed(town, told):
    plan = ac.choose_sites(town, NEAR, sites=2, min_area_m2=60, step_free=True)
    assert plan.sites == ("f", "k")
    codes = {e.problem.value[0]: e.problem.code for e in plan.ledger.entries}
    assert codes == {"b": "W941", "d": "W945", "j": "W942"}
    found = told(plan.ledger, "W942", value="j 학습관", row=6)
    assert found.file == "places.csv"
    ruin = replace(town.places, building_m2=frozen(np.array([1.0, 1, 0, 1, 1, 1])))
    plan = ac.choose_sites(replace(town, places=ruin), NEAR, sites=1)
    assert plan.sites == ("k",)
    told(plan.ledger, "W940", value="d 학습관")


def test_no_candidate_left_is_no_accident(town):
    plan = ac.choose_sites(town, NEAR, sites=0, min_area_m2=999)
    assert (plan.status, plan.sites, plan.objective) == ("optimal", (), plan.before)
    assert len(plan.ledger.entries) == 5
    for model in ("p-median", "p-center", "backup", "equity", "lscp"):
        again = ac.choose_sites(town, NEAR, sites=0, min_area_m2=999, model=model)
        assert again.sites == ()
    with pytest.raises(InputError) as raised:
        ac.choose_sites(town, NEAR, sites=1, min_area_m2=999)
    assert raised.value.code == "E941"


def test_wheelchair_users_get_step_free_sites(town, told):
    asked = ac.Question(profile="wheelchair", minutes=(5,))
    plan = ac.choose_sites(town, asked, sites=2)
    assert "d" not in plan.sites
    assert "j" not in plan.sites
    told(plan.ledger, "W943", value="j 학습관")


@pytest.mark.parametrize(
    ("model", "sites", "objective"),
    [
        ("p-median", ("d", "k"), (60 * 0 + 50 * 1 + 5 * 3 + 48 * 1) * 200 / 72),
        ("p-center", None, None),
        ("backup", None, None),
        ("equity", ("d", "k"), 48 / 53),
        ("p-dispersion", ("b", "k"), None),
    ],
)
def test_other_models(town, model, sites, objective):
    plan = ac.choose_sites(town, NEAR, sites=2, model=model)
    assert plan.status == "optimal"
    assert plan.model == model
    if sites is not None:
        assert plan.sites == sites
    if objective is not None:
        assert plan.objective == pytest.approx(objective, rel=1e-3)


def test_the_share_of_the_worst_off(town):
    plan = ac.choose_sites(town, NEAR, sites=2, model="equity")
    assert plan.objective == pytest.approx(48 / 53)  # 동면: j and l, not g
    groups = ac.choose_sites(town, NEAR, sites=2, model="equity", fair_to="groups")
    assert groups.objective == pytest.approx(108 / 113)


def test_fewest_for_everybody(town):
    plan = ac.choose_sites(town, NEAR, model="lscp")
    assert (plan.status, plan.sites, plan.ties) == ("optimal", ("b", "f", "k"), (("d", "f", "k"),))
    assert len(plan.unserved) == 0


def test_seats(town):
    plan = ac.choose_sites(town, NEAR, sites=2, people_per_seat=2)
    # The centre seats the 10 of a; b seats the 20 of c, d 20 of e. So would k, but b is before it.
    assert (plan.sites, plan.objective) == (("b", "d"), 50)
    assert ("d", "k") in plan.ties
    assert plan.loads.tolist() == pytest.approx([20, 20])
    unknown = replace(town.places, seats=frozen(np.full(len(town.places), np.nan)))
    with pytest.raises(InputError) as raised:
        ac.choose_sites(replace(town, places=unknown), NEAR, sites=0, people_per_seat=2)
    assert raised.value.code == "E948"


def test_groups_and_weights(town):
    old = ac.choose_sites(town, NEAR.but(group="65+"), sites=2)
    assert (old.sites, old.objective) == (("d", "k"), 54)
    both = ac.choose_sites(town, NEAR, sites=2, weights={"all": 1, "65+": 2})
    assert both.objective == 216


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"candidates": "idel"}, "E605"),
        ({"candidates": "centre"}, "E950"),
        ({"model": "mcpl"}, "E600"),
        ({"sites": 6}, "E941"),
        ({"sites": -1}, "E941"),
        ({"sites": 2.5}, "E941"),
        ({"weights": {"75+": 1}}, "E604"),
        ({"must": ["z"]}, "E949"),
        ({"at_least": {"남면": 1}}, "E949"),
        ({"one_per": "distrct"}, "E600"),
        ({"model": "backup", "people_per_seat": 2}, "E600"),
    ],
)
def test_what_cannot_be_asked(town, asked, code):
    with pytest.raises(InputError) as raised:
        ac.choose_sites(town, NEAR, **({"sites": 2} | asked))
    assert raised.value.code == code


def test_times_are_taken_over(town):
    both = NEAR.but(to=("centre", "idle"))
    earlier = ac.evaluate(town, both)
    assert ac.choose_sites(town, NEAR, sites=2, reuse=earlier) == ac.choose_sites(
        town, NEAR, sites=2
    )


def test_the_sample_city(sample_study):
    """People first, 읍·면·동 first and the worst-off first, on 가람시."""
    city = sample_study
    walk = ac.Question(mode="walk", profile="policy", minutes=(5, 10, 15))
    asked = {"people": {}, "districts": {"one_per": "district"}, "equity": {"model": "equity"}}
    made = {name: ac.choose_sites(city, walk, sites=5, **more) for name, more in asked.items()}
    assert {plan.status for plan in made.values()} == {"optimal"}
    gains = {name: plan.gains["all"] for name, plan in made.items()}
    assert gains["people"] >= gains["districts"] > 0
    assert gains["people"] >= gains["equity"] > 0
    area = city.place_district[np.isin(city.places.ids, made["districts"].sites)]
    assert len(set(area.tolist())) == 5
    plan = made["people"]
    kind = city.places.kind.copy()
    kind[np.isin(city.places.ids, plan.sites)] = "centre"
    after = ac.evaluate(replace(city, places=replace(city.places, kind=frozen(kind))), walk)
    assert after.districts().within_15.iloc[0] == round(plan.objective)
