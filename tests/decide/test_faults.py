"""What a solver may do wrong, and what is said where nothing can be done (F9, F10, C5 to C10)."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from access.decide import _highs
from access.decide._highs import Program, SolverMissingError, solve
from access.decide.backup import most_backed
from access.decide.conflict import smallest_conflict
from access.decide.gains import least_travel, most_covered
from access.decide.rules import at_least, at_most, budget, exactly, must, must_not, rows_of, spacing
from access.decide.seats import least_travel_seated, most_seated
from access.decide.sets import cover_all, least_farthest, most_apart, sites_program
from access.decide.siting import Siting
from access.errors import CapacityError, InputError
from tests.decide.test_laws import hard

TOWN = Siting.of([[1, 9, 9], [9, 1, 9], [9, 9, 1]], [10, 8, 7], rules=[exactly(1, 3)])


def picking(value) -> Program:
    rows = rows_of([exactly(1, len(value))], len(value))
    program = sites_program(np.array(value, dtype=float))
    return program.with_rows(rows.matrix, rows.low, rows.high)


def test_another_number_of_threads_in_the_process_does_not_matter():
    code = """
import highspy, numpy as np
one = highspy.Highs(); one.setOptionValue('output_flag', False); one.setOptionValue('threads', 1)
one.addVariable(0, 1, -1.0); one.run()
two = highspy.Highs(); two.setOptionValue('output_flag', False); two.setOptionValue('threads', 2)
two.addVariable(0, 1, -1.0)
assert two.run() == highspy.HighsStatus.kError, 'the trap is gone'
from tests.decide.test_faults import picking
from access.decide._highs import solve
answer = solve(picking([1, 3, 2]))
print(answer.status, answer.x.tolist(), answer.bound)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "optimal [0.0, 1.0, 0.0] 3.0"


class Fake:
    """A highspy whose run goes wrong in one way."""

    def __init__(self, **wrong):
        import highspy

        self.__dict__.update({n: getattr(highspy, n) for n in dir(highspy) if n[0] != "_"})
        real = highspy.Highs

        class Highs(real):
            def run(self):
                status = real.run(self)
                return wrong.get("run", status)

            def getInfo(self):
                info = real.getInfo(self)
                told = {"mip_dual_bound": info.mip_dual_bound}
                told["objective_function_value"] = info.objective_function_value
                told["primal_solution_status"] = info.primal_solution_status
                return SimpleNamespace(**(told | wrong.get("info", {})))

            def getModelStatus(self):
                return wrong.get("model", real.getModelStatus(self))

            def getSolution(self):
                solution = real.getSolution(self)
                value = wrong.get("x", list(solution.col_value))
                return SimpleNamespace(col_value=value, row_dual=list(solution.row_dual))

        self.Highs = Highs


def fakes():
    import highspy

    none = highspy.SolutionStatus.kSolutionStatusNone
    late = highspy.HighsModelStatus.kTimeLimit
    return {
        "error": {"run": highspy.HighsStatus.kError},
        "no point": {"info": {"primal_solution_status": none}},
        "zeros as a point": {"x": [0.0, 0.0, 0.0], "model": late},
        "NaN": {"x": [float("nan")] * 3},
        "too short": {"x": [0.0, 1.0]},
        "fractions": {"x": [0.5, 0.5, 0.0]},
        "out of bounds": {"x": [-1.0, 2.0, 0.0]},
    }


@pytest.mark.parametrize("how", fakes())
def test_a_point_that_is_none_is_not_used(how, monkeypatch):
    monkeypatch.setattr(_highs, "_load", lambda: Fake(**fakes()[how]))
    answer = solve(picking([1, 3, 2]))
    assert (answer.status, answer.x) == ("no_solution", None)


def test_optimal_is_what_the_bound_says_not_the_solver(monkeypatch):
    """HiGHS calls "optimal" what is within the gap asked for."""
    fake = Fake(info={"mip_dual_bound": 4.0 * 2.0**8})
    monkeypatch.setattr(_highs, "_load", lambda: fake)
    answer = solve(picking([1, 3, 2]))
    assert (answer.status, answer.bound) == ("feasible", 4.0)


def test_a_bound_that_is_no_number_proves_nothing(monkeypatch):
    fake = Fake(info={"mip_dual_bound": float("nan")})
    monkeypatch.setattr(_highs, "_load", lambda: fake)
    assert solve(picking([1, 3, 2])).status == "feasible"


def test_a_hard_choice_in_no_time_is_feasible_with_its_gap():
    """F9."""
    siting = hard(8000, 400)
    plan = most_covered(siting, 0.12, seconds=0.05)
    assert plan.status == "feasible"
    assert siting.rows.hold(plan.chosen)
    assert 0 < plan.gap < 1
    assert plan.ties is None


def test_without_a_point_there_is_no_plan():
    """A model that has no choice to begin from, and no time."""
    random = np.random.default_rng(0)
    cost = random.random((300, 40))
    siting = Siting.of(cost, np.ones(300), rules=[exactly(8, 40)])
    plan = least_travel_seated(siting, np.full(40, 40.0), seconds=0.01)
    assert plan.status in ("no_solution", "feasible")
    if plan.status == "no_solution":
        assert plan.sites == ()
        assert np.isnan(plan.objective)


@pytest.fixture
def missing(monkeypatch):
    def absent():
        raise SolverMissingError.of("E947", value="no highspy")

    monkeypatch.setattr(_highs, "_load", absent)


def test_without_a_solver_there_is_a_heuristic_and_it_says_so(missing):
    """F10."""
    siting = hard(4000, 300)
    plan = most_covered(siting, 0.15, seconds=2)
    assert (plan.status, plan.method) == ("feasible", "heuristic")
    assert plan.bound > plan.objective
    assert siting.rows.hold(plan.chosen)


def test_what_bounds_alone_prove_is_proven_without_a_solver(missing):
    plan = most_covered(TOWN, 2)
    assert (plan.status, plan.method, plan.sites) == ("optimal", "bounds", ("1",))
    assert plan.ties is None  # nobody could look


def test_without_a_solver_a_model_with_no_other_way_is_an_error(missing):
    with pytest.raises(CapacityError) as raised:
        most_seated(TOWN, 2, [5, 5, 5])
    assert raised.value.code == "E947"
    with pytest.raises(CapacityError):
        least_farthest(TOWN)


def words(plan):
    assert plan.status == "infeasible"
    assert plan.sites == ()
    assert np.isnan(plan.objective)
    return {english for _, english in plan.conflict}


def test_the_fewest_rules_that_clash_are_named():
    """C7: among many rules, the two that cannot be kept together."""
    rules = (
        exactly(2, 3),
        at_most([0, 1], 1, "가면"),
        budget([5, 5, 5], 20),
        must(0, "학교"),
        must_not(0, "학교"),
        at_least([2], 1, "나읍"),
    )
    told = words(most_covered(TOWN.but(rules=rules), 2))
    assert told == {"'학교' must open", "'학교' must not open"}


def test_a_conflict_of_three():
    rules = (exactly(3, 3), budget([5, 6, 7], 17), at_most([0, 1, 2], 3, "가면"))
    assert len(words(most_covered(TOWN.but(rules=rules), 2))) == 2
    apart = np.array([[0, 5, 50], [5, 0, 50], [50, 50, 0]])
    rules = (must(0, "A"), must(1, "B"), spacing(apart, 10), up := at_least([2], 1, "나읍"))
    told = words(least_travel(TOWN.but(rules=rules)))
    assert told == {"'A' must open", "'B' must open", "at least 10 m apart"}
    assert up.said[1] not in told


def test_seats_that_do_not_suffice_are_named():
    plan = least_travel_seated(TOWN.but(cost=np.ones((3, 3))), [12, 12, 12])
    assert "everybody has a seat" in words(plan)
    assert "exactly 1 sites open" in words(plan)


def test_everybody_cannot_be_served():
    far = Siting.of([[1, np.inf], [np.inf, 1]], [1, 1], rules=[exactly(1, 2)])
    told = {"exactly 1 sites open", "everybody who has a way has a place"}
    assert words(least_travel(far)) == told
    assert words(least_farthest(far)) == told
    assert words(cover_all(far, 2)) == {"exactly 1 sites open", "everybody is within the limit"}


def test_no_conflict_is_told_where_there_is_none():
    assert smallest_conflict(sites_program(np.zeros(2)), [exactly(1, 2)], 2, None) == ()


def test_nothing_to_spend_opens_nothing():
    """C6."""
    plan = most_covered(TOWN.but(rules=(budget([5, 5, 5], 0),)), 2)
    assert (plan.status, plan.sites, plan.objective) == ("optimal", (), 0.0)


def test_nobody_is_no_error():
    """C10: no people, one cell, one candidate."""
    empty = TOWN.but(people=np.zeros(3))
    for plan in (most_covered(empty, 2), least_travel(empty), least_farthest(empty)):
        assert (plan.status, plan.objective, plan.sites, plan.gap) == ("optimal", 0.0, ("1",), 0.0)
    assert cover_all(empty.but(rules=()), 2).sites == ()
    assert most_backed(empty, 2).objective == 0
    one = Siting.of([[1]], [3], rules=[exactly(1, 1)])
    assert most_covered(one, 1).objective == 3
    nowhere = Siting.of(np.zeros((0, 2)), [], rules=[exactly(1, 2)])
    assert most_covered(nowhere, 1).objective == 0


def test_a_cost_of_just_the_limit_is_within_it():
    """T7."""
    assert most_covered(Siting.of([[5]], [3], rules=[exactly(1, 1)]), 5).objective == 3
    assert most_covered(Siting.of([[5]], [3], rules=[exactly(1, 1)]), 4.999).objective == 0


@pytest.mark.parametrize(
    ("cost", "people"),
    [([[1, 2]], [1, 2]), ([[-1]], [1]), ([[1]], [-1]), ([[1]], [float("nan")]), ([1], [1])],
)
def test_tables_that_do_not_fit(cost, people):
    with pytest.raises(InputError) as raised:
        Siting.of(cost, people)
    assert raised.value.code == "E940"


def test_distances_between_candidates_are_just_that():
    """T9: a table of cells by candidates is none."""
    two = TOWN.but(rules=(exactly(2, 3),))
    for wrong in (np.ones((5, 3)), [[0, 1, 2], [2, 0, 1], [2, 1, 0]], np.full((3, 3), np.nan)):
        with pytest.raises(InputError) as raised:
            most_apart(two, wrong)
        assert raised.value.code == "E943"
    with pytest.raises(InputError) as raised:
        most_apart(TOWN, np.ones((3, 3)))
    assert raised.value.code == "E944"


def test_seats_are_numbers():
    for seats in ([1, 2], [1, 2, np.nan], [1, 2, -3]):
        with pytest.raises(InputError) as raised:
            most_seated(TOWN, 2, seats)
        assert raised.value.code == "E942"
