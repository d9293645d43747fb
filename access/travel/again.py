"""Again: the travel times after a change, of which only what the change can touch is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from access.network.costs import Costs, tenths
from access.network.graph import Network
from access.network.snap import Snaps
from access.travel.asked import Asked
from access.travel.street import engine_for, search, spread, unreached

if TYPE_CHECKING:
    from access.engine.change import Ends
    from access.engine.roads import Roads

Table = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


def search_afresh(
    asked: Asked,
    engine: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Table:
    """Return the times, searched from the beginning; see `street.search`."""
    points = asked.cells, asked.places
    return search(asked.network, asked.costs, *points, asked.limit, progress, engine)


def search_again(now: Asked, before: Asked, times: Table, engine: str | None = None) -> Table:
    """Return what a search finds now, given the `times` it found before.

    Between the two costs may have changed, points may have moved, and streets may have been added
    to the end of the network; there must be as many points as before.
    """
    found = None
    if (engine or engine_for(now.network, len(now.places.segment))) == "engine":
        found = _told_from(now, before, times)
    return search_afresh(now, engine) if found is None else found


def _told_from(now: Asked, before: Asked, times: Table) -> Table | None:
    """Return the times told from earlier ones; None where that cannot be done or does not pay."""
    if now.costs.walk_ms != before.costs.walk_ms or now.limit != before.limit:
        return None
    if _same_streets(now.network, before.network):
        found = _after_change(now.costs, before, times)
    else:
        found = _after_addition(now, before, times)
    if found is None:
        return None
    moved = _moved(before.cells, now.cells), _moved(before.places, now.places)
    _ask(now, *moved, found)
    if now.limit is not None:  # streets that were one may be two now, or the other way round
        cells, places = now.cells.take(now.cells.on), now.places.take(now.places.on)
        part = np.ix_(now.cells.on, now.places.on)
        found[part] = np.where(found[part] < 0, unreached(cells, places, now.limit), found[part])
    return found


def _after_change(costs: Costs, before: Asked, times: Table) -> Table | None:
    """Return the times of the points where they were, under other costs."""
    from access.engine.change import repair
    from access.engine.recent import prepared

    old, new = prepared(before.network, before.costs), prepared(before.network, costs)
    table = _on_streets(times, before)
    hits = repair(old, new, *_ends(new, before), table, before.limit)
    if hits is None:
        return None
    found = spread(table, before.cells, before.places)
    again = np.zeros(len(before.cells.on), dtype=bool), np.zeros(len(before.places.on), dtype=bool)
    again[0][before.cells.on], again[1][before.places.on] = hits
    _ask(Asked(before.network, costs, before.cells, before.places, before.limit), *again, found)
    return found


def _after_addition(now: Asked, before: Asked, times: Table) -> Table | None:
    """Return the times of the points where they were, over added streets too."""
    from access.engine.bridge import bridge, old_part
    from access.engine.recent import prepared

    part = old_part(before.network, before.costs, now.network, now.costs)
    found = None if part is None else _after_change(part, before, times)
    if part is None or found is None:
        return None
    roads = prepared(before.network, part)
    table = _on_streets(found, before)
    bridge(roads, before.network, now.network, now.costs, *_ends(roads, before), table, now.limit)
    return spread(table, before.cells, before.places)


def _ask(asked: Asked, cells: Flags, places: Flags, times: Table) -> None:
    """Search afresh for some cells and to some places, and write what is found into `times`."""
    whole = asked.network, asked.costs
    hit, some = np.flatnonzero(places), np.flatnonzero(cells)
    if len(hit):
        times[:, hit] = search(
            *whole, asked.cells, asked.places.take(hit), asked.limit, engine="engine"
        )
    if len(some):
        times[some] = search(
            *whole, asked.cells.take(some), asked.places, asked.limit, engine="engine"
        )


def _ends(roads: Roads, asked: Asked) -> tuple[Ends, Ends]:
    from access.engine.change import Ends

    cells, places = asked.cells.take(asked.cells.on), asked.places.take(asked.places.on)
    walk_ms = roads.costs.walk_ms
    return (
        Ends(roads.points(cells), tenths(cells.metres / walk_ms)),
        Ends(roads.points(places), tenths(places.metres / walk_ms)),
    )


def _on_streets(times: Table, asked: Asked) -> Table:
    """Return a copy of the times of points that are on the streets."""
    if asked.cells.on.all() and asked.places.on.all():
        return times.copy()
    return times[np.ix_(asked.cells.on, asked.places.on)]


def _same_streets(one: Network, other: Network) -> bool:
    return one is other or (
        len(one.node_id) == len(other.node_id)
        and np.array_equal(one.tail, other.tail)
        and np.array_equal(one.head, other.head)
    )


def _moved(before: Snaps, after: Snaps) -> Flags:
    """Return (n,) which points join the streets elsewhere now, or no longer, or not before."""
    metres = (before.metres == after.metres) | (after.segment < 0)
    moved: Flags = (before.segment != after.segment) | (before.fraction != after.fraction)
    moved |= ~metres
    return moved
