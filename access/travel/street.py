"""Street travel times: from every cell to every place, over streets, in whole tenths of a second.

The engine answers (docs/engine.md); SciPy where numba is not installed, and where the question is
so small that compiling the engine would take longer. The answers are the same to the last tenth.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

from access.network.costs import Costs
from access.network.graph import Network
from access.network.snap import Snaps
from access.travel.times import Why

SMALL = 3_000_000
"""Below so many nodes times places SciPy takes less than a second."""

TANGLED = 1.6
TANGLED_NODES = 200_000
"""Segments a node, in a large network, beyond which no order of elimination stays sparse.

Mapped streets have 1.1 to 1.3; a square grid of a million crossings has 2, and its preparation did
not end in ten minutes.
"""


def engine_for(network: Network, places: int) -> str:
    """Return which of the two answers: "engine" or "scipy"."""
    nodes = len(network.node_id)
    large = nodes * places > SMALL
    tangled = nodes > TANGLED_NODES and len(network) > TANGLED * nodes
    return "engine" if large and not tangled and find_spec("numba") is not None else "scipy"


def search(
    network: Network,
    costs: Costs,
    cells: Snaps,
    places: Snaps,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: str | None = None,
) -> npt.NDArray[np.int32]:
    """Return tenths of a second from each cell to each place, (n, p) int32, or a negative `Why`.

    `limit` in tenths; a time equal to it is within it. Legs between a point and its segment are
    walked at `costs.walk_ms`. Two points on one segment travel along it, where that is shorter.
    `progress(done, all)` is called after each batch of places. `engine` is "engine" or "scipy"
    (default: whichever is faster here).
    """
    if (engine or engine_for(network, int(places.on.sum()))) == "engine":
        from access.engine.recent import prepared
        from access.engine.table import Ends, fill_table

        if limit is None:  # the engine writes all of it
            table = np.empty((len(cells.on), len(places.on)), dtype=np.int32)
        else:
            table = unreached(cells, places, limit)
        roads = prepared(network, costs)
        ends = Ends.of(roads, cells), Ends.of(roads, places)
        fill_table(roads, *ends, table, limit, Why.NO_WAY, progress=progress)
    else:
        from access.travel import dijkstra

        table = unreached(cells, places, limit)
        dijkstra.fill_table(network, costs, cells, places, table, limit, progress)
    table[:, ~places.on] = Why.PLACE_OFF
    table[~cells.on] = Why.CELL_OFF
    return table


def unreached(cells: Snaps, places: Snaps, limit: int | None) -> npt.NDArray[np.int32]:
    """Return the table before anything is reached: why, for each cell and place."""
    shape = (len(cells.segment), len(places.segment))
    if limit is None:
        return np.full(shape, Why.NO_WAY, dtype=np.int32)
    components = np.concatenate([cells.component[cells.on], places.component[places.on]])
    if len(components) and (components == components[0]).all():
        return np.full(shape, Why.OVER_LIMIT, dtype=np.int32)
    joined = cells.component[:, None] == places.component[None, :]
    return np.where(joined, np.int32(Why.OVER_LIMIT), np.int32(Why.NO_WAY))
