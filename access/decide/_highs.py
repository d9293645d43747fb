"""The one door to the solver, HiGHS by `highspy` (https://highs.dev, MIT).

Nothing a solver says is believed unseen. An answer is used only if the run ended without an error,
the solver calls its point feasible, and the point keeps every bound, every row and whole numbers
when they are computed again here. "Optimal" is what has no gap left when the gap is computed here.

HiGHS keeps one set of threads per process: a second `Highs()` that asks for another number of them
does not run, and says so only in the status of the run. So none is ever asked for here, which
always runs, whatever else in the process has started.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from access.errors import CapacityError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Status = Literal["optimal", "feasible", "infeasible", "no_solution"]

_LARGE = 100_000
"""With so many entries the interior point method takes seconds where the simplex takes minutes."""
TOLERANCE = 1e-6
"""By how much a point may miss a bound, a row or a whole number, relative to the row's terms."""


class SolverMissingError(CapacityError):
    """`highspy` is not installed, or cannot be loaded on this machine (E947)."""


@dataclass(frozen=True, slots=True)
class Program:
    """Maximise `value @ x` where `low <= rows @ x <= high` and `lower <= x <= upper`.

    value   (c,) what a unit of each column is worth
    rows    (r, c) sparse
    low     (r,), high (r,) limits of the rows, infinite for none
    lower   (c,), upper (c,) finite limits of the columns
    whole   (c,) which columns are whole numbers
    """

    value: Floats
    rows: csr_array
    low: Floats
    high: Floats
    lower: Floats
    upper: Floats
    whole: npt.NDArray[np.bool_]

    def with_rows(self, rows: Any, low: npt.ArrayLike, high: npt.ArrayLike) -> Program:
        """Return the program with more rows, given for the first columns; the rest get zeros."""
        from scipy.sparse import csr_array, vstack

        more = csr_array(rows, dtype=np.float64)
        more = csr_array(
            (more.data, more.indices, more.indptr), shape=(more.shape[0], len(self.value))
        )
        return replace(
            self,
            rows=csr_array(vstack([self.rows, more])),
            low=np.concatenate([self.low, np.atleast_1d(np.asarray(low, dtype=np.float64))]),
            high=np.concatenate([self.high, np.atleast_1d(np.asarray(high, dtype=np.float64))]),
        )

    def holds(self, x: Floats, tolerance: float = TOLERANCE) -> bool:
        """Say whether a point keeps every bound, row and whole number."""
        if not np.isfinite(x).all():
            return False
        if (x < self.lower - tolerance).any() or (x > self.upper + tolerance).any():
            return False
        if (np.abs(x - np.round(x)) > tolerance)[self.whole].any():
            return False
        total = self.rows @ x
        slack = tolerance * np.maximum(1.0, abs(self.rows) @ np.abs(x))
        return bool((total >= self.low - slack).all() and (total <= self.high + slack).all())


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a program: a point that was checked, or None; and how much more there can be.

    status  optimal: no better point exists; feasible: a better one may; infeasible: there is no
            point at all; no_solution: none was found, which proves nothing
    bound   no point is worth more
    prices  (r,) of a program without whole numbers: what one more of each row's limit is worth
    """

    status: Status
    x: Floats | None
    bound: float
    prices: Floats | None = None


def solve(program: Program, *, seconds: float = 60.0, start: npt.ArrayLike | None = None) -> Answer:
    """Solve a program; `start` are values of its first columns to begin from.

    Raises SolverMissingError where highspy cannot be loaded.
    """
    highspy = _load()
    columns = len(program.value)
    if (program.lower > program.upper).any():
        return Answer("infeasible", None, -np.inf)
    # Tolerances are absolute, so values are brought to one size; by a power of two, which is exact.
    largest = float(np.abs(program.value).max(initial=0.0))
    scale = 2.0 ** (10 - np.ceil(np.log2(largest))) if largest > 0 else 1.0

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, len(program.low)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = program.value * scale
    lp.col_lower_, lp.col_upper_ = program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.low, program.high
    kinds = highspy.HighsVarType
    if program.whole.any():
        lp.integrality_ = [kinds.kInteger if w else kinds.kContinuous for w in program.whole]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = program.rows.indptr
    lp.a_matrix_.index_ = program.rows.indices
    lp.a_matrix_.value_ = program.rows.data

    solver = highspy.Highs()
    options = {
        "output_flag": False,
        "time_limit": max(0.01, float(seconds)),
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-9,
        "random_seed": 0,
    }
    for name, setting in options.items():
        solver.setOptionValue(name, setting)
    solver.passModel(lp)
    large = program.rows.nnz > _LARGE
    if (
        large
    ):  # the simplex method takes minutes over what the interior point method does in seconds
        solver.setOptionValue("mip_lp_solver" if program.whole.any() else "solver", "ipm")
        solver.setOptionValue("run_crossover", "off" if not program.whole.any() else "on")
    if start is not None:
        given = np.asarray(start, dtype=np.float64)
        solver.setSolution(len(given), np.arange(len(given), dtype=np.int32), given)
    failed = solver.run() == highspy.HighsStatus.kError
    if failed:  # its own check found fault with what came back from presolving
        solver.clearSolver()
        solver.setOptionValue("presolve", "off")
        failed = solver.run() == highspy.HighsStatus.kError
    status, info = solver.getModelStatus(), solver.getInfo()
    statuses = highspy.HighsModelStatus
    if not failed and status in (statuses.kInfeasible, statuses.kUnboundedOrInfeasible):
        return Answer("infeasible", None, -np.inf)  # every column is bounded
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    bound = np.inf
    if not failed and program.whole.any():
        bound = info.mip_dual_bound / scale
    elif not failed and status == statuses.kOptimal:
        bound = info.objective_function_value / scale
    bound = bound if not np.isnan(bound) else np.inf
    if failed or not feasible:
        return Answer("no_solution", None, bound)
    x = np.array(solver.getSolution().col_value, dtype=np.float64)
    if len(x) != columns or not program.holds(x):
        return Answer("no_solution", None, bound)
    if not program.whole.any():
        prices = np.array(solver.getSolution().row_dual, dtype=np.float64) / scale
        return Answer("optimal" if status == statuses.kOptimal else "feasible", x, bound, prices)
    x = np.clip(np.where(program.whole, np.round(x), x), program.lower, program.upper)
    if not program.holds(x):
        return Answer("no_solution", None, bound)
    worth = program.value * x
    proven = closed(float(worth.sum()), bound, float(np.abs(worth).sum()))
    return Answer("optimal" if proven else "feasible", x, bound)


def closed(value: float, bound: float, size: float = 0.0) -> bool:
    """Say whether nothing is left between a value and its bound, but for rounding.

    `size` is that of the numbers whose difference the value is.

    >>> closed(100.0, 100.00001), closed(100.0, 100.1), closed(100.0, np.inf)
    (True, False, False)
    """
    if not np.isfinite(bound):
        return False
    return bool(bound - value <= max(TOLERANCE * max(abs(value), abs(bound)), 1e-9 * size))


def _load() -> Any:
    try:
        import highspy
    except (ImportError, OSError) as error:
        raise SolverMissingError.of("E947", value=str(error)) from error
    return highspy
