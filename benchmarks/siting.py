"""Siting: this project and spopt with CBC on the same table of times in the same run.

    python -m benchmarks.siting [FOLDER] [--spopt PYTHON] [--cells N]

FOLDER holds osm_elsewhere/porto_portugal.osm.pbf; without it only the drawn instance is solved.
PYTHON is one where spopt and PuLP are installed (BSD-3; never needed to run or test the program).
Seconds are CPU time of the process and its children (CBC is one), as on a machine that is shared:
build and solve, from the table in memory to the checked plan.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from access._frozen import frozen
from access.decide.gains import most_covered
from access.decide.plan import Plan
from access.decide.rules import exactly
from access.decide.siting import Siting
from access.study.question import Question
from access.travel.compute import travel_times
from benchmarks.streets import extract, lived_in

PORTO = "osm_elsewhere/porto_portugal.osm.pbf"
CANDIDATES, SITES = 300, 5
MINUTES = 15

SPOPT = """
import os, sys
import numpy as np, pulp
from spopt.locate import MCLP
given = np.load(sys.argv[1])
cost, people = given["cost"], given["people"]
limit, p = float(given["limit"]), int(given["p"])
def cpu():
    return sum(os.times()[:4])
begin = cpu()
model = MCLP.from_cost_matrix(cost, people, limit, p)
built = cpu()
model.solve(pulp.PULP_CBC_CMD(msg=False))
done = cpu()
sites = [j for j, x in enumerate(model.fac_vars) if x.value() > 0.5]
print(built - begin, done - built, pulp.value(model.problem.objective), *sites)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--spopt", metavar="PYTHON")
    parser.add_argument("--cells", type=int, default=100_000)
    asked = parser.parse_args()
    for radius in (0.05, 0.12):
        drawn(radius)
    if asked.folder is not None:
        city(asked.folder / PORTO, asked.cells, asked.spopt)


def told(name: str, plan: Plan, seconds: float) -> None:
    print(
        f"{name:32} {seconds:8.2f} s  {plan.objective:12,.0f} of at most {plan.bound:12,.0f} "
        f"(gap {100 * plan.gap:.2f} %), {plan.status}"
    )


def drawn(radius: float) -> None:
    """Solve the hard instance: 20,000 points, 600 candidates, 25 sites."""
    random = np.random.default_rng(0)
    demand = random.random((20_000, 2))
    candidates = random.random((600, 2))
    people = random.integers(1, 101, 20_000)
    metres = np.hypot(*(demand[:, None] - candidates[None]).transpose(2, 0, 1))
    begin = time.process_time()
    siting = Siting.of(metres, people, rules=[exactly(25, 600)])
    plan = most_covered(siting, radius, seconds=60)
    told(f"20,000 x 600, p = 25, r = {radius}", plan, time.process_time() - begin)


def city(path: Path, cells: int, spopt: str | None) -> None:
    """Choose five of 300 places in Porto from real walking times, here and with spopt."""
    study = lived_in(extract(path), "walk", cells, CANDIDATES)
    people = np.random.default_rng(7).integers(1, 101, cells).astype(float)
    study = replace(study, groups={"all": frozen(people)})
    begin = time.process_time()
    times = travel_times(study, Question(mode="walk"))
    print(f"{cells:,} x {CANDIDATES} walking times in {time.process_time() - begin:.2f} s")

    begin = time.process_time()
    siting = Siting(
        candidates=times.places,
        people=people,
        cost=times.tenths.view(np.uint32),
        today=np.full(cells, 2**31, dtype=np.uint32),
        rules=(exactly(SITES, CANDIDATES),),
    )
    plan = most_covered(siting, MINUTES * 600)
    ours = time.process_time() - begin
    told(f"{cells:,} x {CANDIDATES}, p = {SITES}", plan, ours)
    if spopt is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "given.npz"
        cost = np.where(times.tenths >= 0, times.tenths, 10**8).astype(float)
        np.savez(file, cost=cost, people=people, limit=MINUTES * 600, p=SITES)
        done = subprocess.run(
            [spopt, "-c", SPOPT, str(file)], stdout=subprocess.PIPE, text=True, check=True
        )
    built, solved, objective, *sites = map(float, done.stdout.split())
    print(
        f"{'spopt with CBC':32} {built + solved:8.2f} s  {objective:12,.0f} "
        f"(build {built:.2f} s, solve {solved:.2f} s)"
    )
    same = sorted(map(int, sites)) == plan.chosen.tolist()
    print(f"{'ratio':32} {(built + solved) / ours:8.1f}    the same sites: {same}")
    if abs(objective - plan.objective) > 0.5:
        sys.exit("the two do not agree")


if __name__ == "__main__":
    main()
