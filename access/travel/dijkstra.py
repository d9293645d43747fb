"""Dijkstra: one search after another over the plain streets, by SciPy.

What runs where the engine cannot, and what the engine is held against. Times are whole tenths of a
second, hence exact (Dijkstra 1959).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from access.engine.chains import (
    FAR,
    Ints,
    merge,
    place_points,
    runs,
    single,
    touched_by_private,
    weigh_chains,
)
from access.engine.phases import NOWHERE, doors_of, entries, exits, join, phases_of
from access.engine.turns import positions
from access.network.costs import Costs, tenths
from access.network.graph import Network
from access.network.snap import Snaps

BATCH_BYTES = 256 * 2**20
"""Labels of one batch of places stay below this."""


def fill_table(
    network: Network,
    costs: Costs,
    cells: Snaps,
    places: Snaps,
    table: npt.NDArray[np.int32],
    limit: int | None,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Write tenths from each cell to each place, where there is a way (within the limit)."""
    # Where turns are forbidden nobody may turn round in the middle of a street.
    chains = merge(network, costs) if len(costs.turns) else single(network)
    links, running = weigh_chains(chains, costs)
    private = touched_by_private(network, costs)
    phases = phases_of(positions(chains, costs.turns, private), costs.gates, private)
    doors = doors_of(phases, links)
    arcs = join(phases, links, costs.gates)
    open_ = arcs.time < FAR
    ways = (arcs.source[open_], arcs.target[open_], arcs.time[open_])
    rows, columns = np.flatnonzero(cells.on), np.flatnonzero(places.on)
    on = cells.take(rows), places.take(columns)
    cell_points, place_points_ = (place_points(chains, costs, running, s) for s in on)
    cell_legs, place_legs = (tenths(s.metres / costs.walk_ms) for s in on)
    out, rest = exits(phases, doors, links, cell_points)
    into, start = entries(phases, doors, links, place_points_)
    near_cell, near_place, along = runs(cell_points, place_points_)

    p = len(columns)
    batch = max(1, int(BATCH_BYTES // (8 * (phases.states + 1))))
    for begin in range(0, p, batch):
        chosen = np.arange(begin, min(begin + batch, p))
        labels = _labels(phases.states, ways, into[chosen], start[chosen], limit)
        for row, place in enumerate(chosen.tolist()):
            found = (labels[row][out] + rest).min(axis=1)  # NOWHERE: the last column, FAR
            same = near_place == place
            found[near_cell[same]] = np.minimum(found[near_cell[same]], along[same])
            found += cell_legs + place_legs[place]
            reached = found < FAR if limit is None else found <= limit
            table[rows[reached], columns[place]] = found[reached]
        if progress:
            progress(int(columns[chosen[-1]]) + 1, table.shape[1])


def _labels(
    states: int, ways: tuple[Ints, Ints, Ints], into: Ints, start: Ints, limit: int | None
) -> Ints:
    """Return the tenths from every state to each chosen place; the last column is never reached."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    # One extra state per place, from which the search begins inside the place's segment.
    place, column = np.nonzero(into != NOWHERE)
    source = np.concatenate([ways[0], states + place])
    target = np.concatenate([ways[1], into[place, column]])
    time = np.concatenate([ways[2], start[place, column]])
    order = np.argsort(source, kind="stable")
    size = states + len(into)
    first = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=size))])
    # Parallel arcs and arcs of no length are kept: not every way to make a sparse array does.
    graph: Any = csr_array(
        (time[order].astype(np.float64), target[order], first), shape=(size, size)
    )
    reach = np.inf if limit is None else float(limit)
    found = dijkstra(graph, indices=states + np.arange(len(into)), limit=reach)
    labels = np.full((len(into), states + 1), FAR)
    known = np.isfinite(found[:, :states])
    labels[:, :states][known] = found[:, :states][known].astype(np.int64)
    return labels
