"""Assignment: learners given seats, as many as there is room for: the nearest, or evenly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from access.errors import InputError, Problem
from access.measure.pairs import Pairs, Times, amounts, by_cell, pairs_within
from access.measure.rationing import seated_shares
from access.measure.transport import Rows, seats, settle

if TYPE_CHECKING:
    import pandas as pd


_DUST = 1e-9
"""A share so small is what rounding leaves, no learner."""


def assigned(
    times: Times, *, people: Any, supply: Any, minutes: float | None = None, gap: float = 1e-6
) -> pd.Series:
    """Return how many learners of each cell get a seat at each place, a Series by cell and place.

    As many as possible get a seat within reach, and of all ways to do so the one with the least
    travel in all, whoever is left (`unmet` shares seats out evenly instead): the capacitated
    transportation problem (Hitchcock 1941), to a `gap` relative to all people travelling as far as
    the farthest pair.
    Where several are least, learners spread as evenly as they can, so that the order of rows does
    not matter. Learners are people in parts: 0.5 is half a chance.

    Raises CapacityError where rounding keeps the gap from being reached.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[90, 120], [60, np.nan]], cells="ab", places="AB")
    >>> seat = assigned(times, people=[5, 5], supply=[6, 3])
    >>> seat.round(4).to_dict()
    {('a', 'A'): 1.0, ('a', 'B'): 3.0, ('b', 'A'): 5.0}
    """
    import pandas as pd

    pairs, flow = _assign(times, people, supply, minutes, gap)
    some = flow > _DUST * max(float(flow.max(initial=0.0)), 1.0)
    index = pd.MultiIndex.from_arrays(
        [pairs.cells[pairs.cell[some]], pairs.places[pairs.place[some]]], names=["cell", "place"]
    )
    return pd.Series(flow[some], index=index, name="assigned")


def unmet(times: Times, *, people: Any, supply: Any, minutes: float | None = None) -> pd.Series:
    """Return the learners of each cell left without a seat, a Series by cell id.

    As many as possible get a seat within reach (as in `assigned`), near or far, and each cell as
    even a share of its learners as can be: nobody comes first (`rationing`). Learners are people
    in parts: 0.5 is half a chance.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[90, 120], [60, np.nan]], cells="ab", places="AB")
    >>> unmet(times, people=[5, 5], supply=[6, 3]).round(4).tolist()
    [0.5, 0.5]
    """
    from scipy.sparse import csr_array

    pairs = pairs_within(times, minutes)
    learners = amounts(people, pairs.cells, "people")
    room = amounts(supply, pairs.places, "supply")
    shape = len(pairs.cells), len(pairs.places)
    reach = csr_array((np.ones(len(pairs), np.int8), pairs.place, pairs.first), shape=shape)
    return by_cell(learners * (1 - seated_shares(reach, learners, room)), pairs, "unmet")


def _assign(
    times: Times, people: Any, supply: Any, minutes: float | None, gap: float
) -> tuple[Pairs, Any]:
    if not 0 < gap < 1:
        raise InputError([Problem("E900", column="gap", value=str(gap))])
    pairs = pairs_within(times, minutes)
    learners = amounts(people, pairs.cells, "people")
    room = amounts(supply, pairs.places, "supply")
    flow = np.zeros(len(pairs))
    open_ = np.flatnonzero(room[pairs.place] > 0)
    first = np.searchsorted(open_, pairs.first)
    lives = np.flatnonzero((np.diff(first) > 0) & (learners > 0))
    if len(lives):
        tenths = pairs.tenths[open_]
        scale = max(float(tenths.max()), 1.0)
        rows = Rows(tenths / scale, first, pairs.place[open_], learners, open_).some(lives)
        # One seat more is worth any chain of moves that frees it, however long.
        most = float(np.count_nonzero(room) + 1)
        found = settle(rows, seats(np.maximum(room, 1e-300)), len(room), outside=most, gap=gap)
        flow[rows.pair] = found.flow
    return pairs, flow
