"""Proposals on the sample city: plans, front, robustness and cards agree with the tables."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import access as ac
from access import Question, Study, choose_sites, evaluate
from access.decide.card import Card, Row, cards_frame, gained
from access.decide.choice import pose
from access.decide.gains import most_covered
from access.decide.proposal import AIMS, open_sites
from access.decide.robustness import REGRET, robustness
from access.decide.worlds import Uncertainty, draw
from access.errors import InputError
from access.show.proposal import needless_line
from access.study.scenario import Scenario
from access.testing import toy_study

FEW = Uncertainty(draws=12, streets=4, seed=3)


@pytest.fixture(scope="module")
def city(sample_study) -> Study:
    return sample_study


@pytest.fixture(scope="module", params=AIMS)
def proposal(request, city):
    return ac.propose_sites(city, city.questions[0], aim=request.param, uncertainty=FEW)


def test_every_number_of_a_plan_is_that_of_the_study_with_its_sites_open(city, proposal):
    limit = proposal.question.limit
    before = evaluate(city, proposal.question).districts()
    told = proposal.side_by_side().set_index("aim")
    for aim, plan in proposal.plans.items():
        after = evaluate(open_sites(city, plan.sites, "centre"), proposal.question)
        table = after.districts()
        assert told.loc[aim, "people"] == table[f"within_{limit:g}"].iloc[0]
        difference = table[f"within_{limit:g}"] - before[f"within_{limit:g}"]
        assert told.loc[aim, "gained"] == difference.iloc[0]
        more = gained(proposal.before, after)
        assert more.sum() == difference.iloc[0]
        assert (np.abs(more - difference.to_numpy()[1:]) <= 1).all()
        exact = after.people[after.reached() & (city.cell_district >= 0)].sum()
        assert exact == pytest.approx(plan.objective, abs=1e-6)
        assert told.loc[aim, "share"] == pytest.approx(table[f"share_{limit:g}"][1:].min())


def test_the_cards_add_up_to_the_tables(proposal):
    after = proposal.after[proposal.aim]
    column = f"within_{proposal.question.limit:g}"
    difference = after.districts()[column].iloc[0] - proposal.before.districts()[column].iloc[0]
    assert [card.id for card in proposal.cards] == list(proposal.plan.sites)
    assert sum(card.value("gain", "all") for card in proposal.cards) == difference
    by_district = dict(
        zip(proposal.study.districts.codes, gained(proposal.before, after), strict=True)
    )
    told = dict.fromkeys(by_district, 0)
    for card in proposal.cards:
        assert sum(row.value for row in card.of("district")) == card.value("gain", "all")
        assert card.value("group", "all") == card.value("gain", "all")
        for row in card.of("district"):
            told[row.item] += row.value
        reach = [card.value("reach", item) for item in ("gained", "other_site", "already")]
        assert card.value("reach", "within") == sum(reach)
        assert card.value("only", "only") <= card.value("gain", "all")
        assert card.value("minutes", "after") <= proposal.question.limit
    assert told == by_district
    for group in proposal.study.groups:
        table = [o.districts(group)[column].iloc[0] for o in (proposal.before, after)]
        assert sum(card.value("group", group) for card in proposal.cards) == table[1] - table[0]


def test_the_runner_up_is_the_best_without_the_site(city, proposal):
    column = f"within_{proposal.question.limit:g}"
    after = proposal.after[proposal.aim].districts()[column].iloc[0]
    for card in proposal.cards:
        (margin, _) = card.of("runner_up")
        other = open_sites(city, tuple(margin.label.split(", ")), "centre")
        reached = evaluate(other, proposal.question).districts()[column].iloc[0]
        assert card.id not in margin.label
        assert card.value("runner_up", "reached") == reached
        assert margin.value == after - reached
        if proposal.aim == "people":
            without = choose_sites(city, proposal.question, must_not=[card.id])
            assert without.sites == tuple(margin.label.split(", "))
            assert margin.value >= 0


def test_the_front_and_the_compromise(proposal):
    points = proposal.front.points
    assert proposal.front.complete
    plans = [p.plan.sites for p in points]
    assert proposal.plans["compromise"].sites in plans
    most = points[0].people - points[0].plan.before
    chosen = points[plans.index(proposal.plans["compromise"].sites)]
    assert chosen.people - points[0].plan.before >= 0.95 * most
    for point in points:
        if point.share > chosen.share:
            assert point.people - points[0].plan.before < 0.95 * most


def test_a_plan_is_a_scenario(city, proposal, tmp_path):
    path = proposal.scenario().save(tmp_path / "plan.toml")
    after = evaluate(Scenario.from_file(path, city).apply(city), proposal.question)
    assert after.districts().equals(proposal.after[proposal.aim].districts())


def test_sites_that_bring_nobody_are_said_to_be_needless():
    town, asked = small()
    asked = asked.but(minutes=(15,))
    few = Uncertainty(draws=1, streets=1)
    offered = ac.propose_sites(town, asked, sites=5, uncertainty=few)
    spare = offered.needless
    kept = [place for place in offered.plan.sites if place not in spare]
    reached = evaluate(open_sites(town, kept, "centre"), asked).reached()
    assert np.array_equal(reached, offered.after[offered.aim].reached())
    for one in kept:  # none of those kept can be spared
        fewer = [place for place in kept if place != one]
        again = evaluate(open_sites(town, fewer, "centre"), asked).reached()
        assert again.sum() < reached.sum()
    assert spare
    assert f"{len(spare)}곳" in needless_line(offered, "ko")
    assert f"{len(kept)} bring the same people" in needless_line(offered, "en")
    enough = ac.propose_sites(town, asked, sites=len(kept), uncertainty=few)
    assert enough.needless == ()
    assert needless_line(enough, "ko") == ""


# Robustness.


def small() -> tuple[Study, Question]:
    people = dict(zip("abcdefgh", (9, 40, 7, 12, 33, 8, 25, 18), strict=True))
    town = toy_study(
        "abcd\nefgh",
        {"abcd": {}, "efgh": {}, "ae": {}, "dh": {}},
        people=people,
        centres="b",
        idle="acdefgh",
        districts={"하나면": "abef", "두리면": "cdgh"},
        spacing_m=300,
    )
    return town, Question(minutes=(5,))


def test_least_regret_is_that_of_every_choice_tried():
    town, asked = small()
    plans = {"people": choose_sites(town, asked, sites=2)}
    for seed in range(5):
        drawn = Uncertainty(20, 5, seed, 0.3, 0.2, 0.5, 0.5, 0.5)
        sure = robustness(town, asked, plans, sites=2, uncertainty=drawn)
        posed = pose(town, asked, sites=2)
        worlds = draw(town, asked, "idle", posed, drawn, 60.0, None)
        every = [np.array(c) for c in combinations(range(len(posed.siting)), 2)]
        best = [max(w.reached(c) for c in every) for w in worlds]
        assert [w.best for w in worlds] == pytest.approx(best)
        worst = min(max(b - w.reached(c) for b, w in zip(best, worlds, strict=True)) for c in every)
        assert sure.least.objective == pytest.approx(worst)
        assert sure.least.status == "optimal"
        table = sure.outcomes().set_index("plan")
        assert table.loc[REGRET, "regret_most"] == pytest.approx(worst)
        assert table.loc["people", "regret_most"] >= worst - 1e-9
        assert sure.often.sum() == 2 * 20
        assert (sure.regret >= 0).all()


def test_the_same_seed_draws_the_same_and_another_does_not():
    town, asked = small()
    one, two = (robustness(town, asked, {}, sites=2, uncertainty=FEW) for _ in range(2))
    assert one.worlds().to_csv() == two.worlds().to_csv()
    assert one.sites().to_csv() == two.sites().to_csv()
    other = robustness(town, asked, {}, sites=2, uncertainty=Uncertainty(12, 4, seed=4))
    assert other.worlds().to_csv() != one.worlds().to_csv()


def test_where_nothing_is_uncertain_the_plan_is_chosen_every_time():
    town, asked = small()
    sure = Uncertainty(5, 1, 0, 0, 0, 0, 0, 0)
    plan = choose_sites(town, asked, sites=2)
    found = robustness(town, asked, {"people": plan}, sites=2, uncertainty=sure)
    assert all(found.sentence(id)[0] == "5번 가운데 5번 뽑힘" for id in plan.sites)
    assert found.regret.max() == pytest.approx(0)
    posed = pose(town, asked, sites=2)
    assert found.worlds()["best"].tolist() == pytest.approx(
        [most_covered(posed.siting, posed.limit).objective] * 5
    )


def test_what_cannot_be_drawn_is_refused_with_every_problem():
    with pytest.raises(InputError) as found:
        Uncertainty(draws=0, speed=-1, survey=float("nan"))
    assert [p.column for p in found.value.problems] == ["draws", "speed", "survey"]


def test_rules_that_clash_are_named(city):
    with pytest.raises(InputError, match="함께 지키는 선택이 없습니다") as found:
        ac.propose_sites(
            city,
            city.questions[0],
            sites=2,
            must=["idle-025", "idle-032"],
            one_per="district",
            uncertainty=FEW,
        )
    (problem,) = found.value.problems
    assert problem.code == "E952"
    text = problem.reason("ko")
    for part in ("앞고개경로당", "돌실마을회관", "새별면"):
        assert part in text
    assert "정확히" not in text  # how many open has no part in it


def test_small_groups_are_hidden_on_a_card():
    rows = (
        Row("gain", "all", "", 12, "people"),
        Row("group", "65+", "", 3, "people"),
        Row("district", "1", "가면", 9, "people"),
        Row("district", "2", "나면", 3, "people"),
        Row("minutes", "after", "", 4.2, "minutes"),
    )
    shown = Card("a", "가", "가면", rows).shown()
    assert shown.value("group", "65+") == "<5"
    assert shown.value("district", "2") == "<5"
    assert isinstance(shown.value("district", "1"), str)  # or it would follow from the whole
    assert shown.value("gain", "all") == 12
    few = Card("a", "가", "가면", (Row("gain", "all", "", 3, "people"), *rows[4:])).shown()
    assert cards_frame([few])["value"].tolist() == ["<5", "<5"]
