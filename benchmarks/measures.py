"""Measures of a large city: this project and PySAL's `access` on the same table in the same run.

    python -m benchmarks.measures --pysal PYTHON [--cells 100000] [--places 300] [--minutes 15]

PySAL's package has the same import name, so it runs in a Python of its own. Both get the same
pairs, people and supply from one .npz file and give the same file back; CPU seconds of the process,
medians of three for us, of one for PySAL. Times of both are without reading the file: ours from
TravelTimes, PySAL's from its data frames.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SIDE = 40.0
"""Cells and places lie at random in a square of so many minutes."""
STEPS = {10: 1.0, 20: 0.68, 30: 0.22}
RUNS = 3

CHILD = """
import json, sys, time
import numpy as np, pandas as pd
import access, access.fca, access.weights
given = np.load(sys.argv[1])
demand = pd.DataFrame({"demand": given["people"]}, index=given["cells"])
demand.index.name = "geoid"
supply = pd.DataFrame({"supply": given["supply"]}, index=given["places"])
supply.index.name = "geoid"
costs = pd.DataFrame({"origin": given["cells"][given["cell"]],
                      "dest": given["places"][given["place"]], "cost": given["minutes"]})
steps = access.weights.step_fn({10: 1.0, 20: 0.68, 30: 0.22})
begin = time.process_time()
value = access.fca.two_stage_fca(demand, supply, costs, max_cost=None, demand_index=True,
    demand_name="demand", supply_index=True, supply_name="supply", cost_origin="origin",
    cost_dest="dest", cost_name="cost", weight_fn=steps)
e2sfca = time.process_time() - begin
begin = time.process_time()
available = value * demand["demand"].reindex(value.index)
print(json.dumps({"e2sfca": e2sfca, "times": time.process_time() - begin}))
np.savez(sys.argv[2], e2sfca=value.reindex(demand.index).fillna(0).to_numpy())
"""


def city(cells: int, places: int, minutes: float) -> Any:
    """Return travel times of at most some minutes, people and supply, drawn with a seed."""
    from access import TravelTimes

    rng = np.random.default_rng(1)
    at, to = rng.random((cells, 2)) * SIDE, rng.random((places, 2)) * SIDE
    seconds = np.empty((cells, places))
    for j in range(places):
        seconds[:, j] = np.round(np.hypot(*(at - to[j]).T) * 600) / 10
    seconds[seconds > minutes * 60] = np.nan
    times = TravelTimes.from_matrix(seconds, cells=range(cells), places=range(places))
    return times, rng.integers(1, 50, cells).astype(float), rng.integers(1, 60, places) * 10.0


def clocked(work: Callable[[], Any], runs: int = RUNS) -> tuple[float, Any]:
    """Return the median of the CPU seconds of some runs, and what the last one gave."""
    seconds = []
    for _ in range(runs):
        begin = time.process_time()
        value = work()
        seconds.append(time.process_time() - begin)
    return float(np.median(seconds)), value


def peer(python: str, times: Any, people: Any, supply: Any) -> tuple[dict[str, float], Any]:
    """Run PySAL on the same pairs; return its seconds and its E2SFCA."""
    from access import measure

    pairs = measure.pairs_within(times)
    with tempfile.TemporaryDirectory() as folder:
        there, back = Path(folder, "there.npz"), Path(folder, "back.npz")
        np.savez(
            there,
            people=people,
            supply=supply,
            cells=np.arange(len(people)),
            places=np.arange(len(supply)),
            cell=pairs.cell,
            place=pairs.place,
            minutes=pairs.tenths / 600,
        )
        run = [python, "-I", "-c", CHILD, str(there), str(back)]
        done = subprocess.run(run, capture_output=True, text=True, check=True)
        return json.loads(done.stdout), np.load(back)["e2sfca"]


def compare(python: str | None, cells: int, places: int, minutes: float) -> None:
    from access import measure
    from access.measure import Decay

    times, people, supply = city(cells, places, minutes)
    asked = {"people": people, "supply": supply, "decay": Decay.stepped(STEPS)}
    pairs = int((times.tenths >= 0).sum())
    print(f"{cells:,} cells, {places} places, {pairs:,} pairs within {minutes:g} minutes")
    measure.two_step(times, **asked)  # imports SciPy
    ours, enhanced = clocked(lambda: measure.two_step(times, **asked))
    spatial, available = clocked(lambda: measure.spatial_availability(times, **asked))
    print(f"ours: E2SFCA {ours:.3f} s, spatial availability {spatial:.3f} s")
    ready = measure.pairs_within(times, max(STEPS))
    again, _ = clocked(lambda: measure.two_step(ready, **asked))
    print(f"ours, once the pairs are sorted out: E2SFCA {again:.3f} s")
    if python is not None:
        taken, theirs = peer(python, times, people, supply)
        off = max(
            np.abs(theirs / enhanced - 1).max(), np.abs(theirs * people / available - 1).max()
        )
        both = taken["e2sfca"] + taken["times"]
        print(f"PySAL: E2SFCA {taken['e2sfca']:.1f} s: {taken['e2sfca'] / ours:.0f} times ours")
        print(f"PySAL: E2SFCA x people {both:.1f} s: {both / spatial:.0f} times ours")
        print(f"largest relative difference of both: {off:.1e}")
        assert off < 1e-9
    seconds, _ = clocked(lambda: measure.raam(times, people=people, supply=supply), 1)
    print(f"ours: RAAM to a relative gap of 1e-8: {seconds:.1f} s")
    room = supply * people.sum() / supply.sum()  # just enough seats
    seconds, left = clocked(lambda: measure.unmet(times, people=people, supply=room))
    print(f"ours: unmet learners {seconds:.2f} s ({left.sum():,.0f} of {people.sum():,.0f})")


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wanted.add_argument("--pysal", metavar="PYTHON", help="a Python that has PySAL's access")
    wanted.add_argument("--cells", type=int, default=100_000)
    wanted.add_argument("--places", type=int, default=300)
    wanted.add_argument("--minutes", type=float, default=15)
    chosen = wanted.parse_args()
    compare(chosen.pysal, chosen.cells, chosen.places, chosen.minutes)


if __name__ == "__main__":
    main()
