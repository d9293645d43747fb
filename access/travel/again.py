"""Again: the travel times after a change, of which only what the change can touch is computed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from access.network.graph import Network
from access.network.snap import Snaps
from access.travel.asked import Asked
from access.travel.street import engine_for, search, unreached
from access.travel.times import Why

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
    tell = _after_change if _same_streets(now.network, before.network) else _after_addition
    found = tell(now, before, times)
    if found is not None and now.limit is not None:
        # Streets that were one may be two now, or the other way round.
        blank = unreached(now.cells, now.places, now.limit)
        here = (found < 0) & now.cells.on[:, None] & now.places.on
        found[here] = blank[here]
    return found


def _after_change(now: Asked, before: Asked, times: Table) -> Table | None:
    """Return the times on the same streets, under other costs."""
    from access.engine.change import repair
    from access.engine.recent import prepared
    from access.engine.table import Ends

    old, new = prepared(before.network, before.costs), prepared(before.network, now.costs)
    if old.shape is not new.shape:  # points may stand where the new one has no street
        return None
    found = _copied(times)
    cells, places = Ends.of(new, before.cells), Ends.of(new, before.places)
    hits = repair(old, new, cells, places, found, before.limit)
    if hits is None:
        return None
    moved, displaced = _moved(before.cells, now.cells), _moved(before.places, now.places)
    _ask(now, hits[0] | moved, hits[1] | displaced, found)
    return found


def _after_addition(now: Asked, before: Asked, times: Table) -> Table | None:
    """Return the times over added streets too."""
    from access.engine.bridge import bridge, old_part, rows_on_new
    from access.engine.recent import prepared
    from access.engine.table import Ends, reach_of

    part = old_part(before.network, before.costs, now.network, now.costs)
    if part is None:
        return None
    # First everything on the old streets; who stands on a new one stays where it was.
    old = len(before.network)
    on_new = now.cells.segment >= old
    displaced = _moved(before.places, now.places)
    old_cells = _choose(on_new, before.cells, now.cells)
    on_old = Asked(before.network, part, old_cells, before.places, now.limit)
    found = _after_change(on_old, before, times)
    if found is None:
        return None
    roads = prepared(before.network, part)
    streets = before.network, now.network, now.costs
    cells, places = Ends.of(roads, old_cells), Ends.of(roads, before.places)
    onward = bridge(roads, *streets, cells, places, found, now.limit)
    if on_new.any():
        rows = rows_on_new(now.network, now.costs, old, now.cells.take(on_new), onward)
        reach = rows <= reach_of(now.limit)
        found[on_new] = np.where(reach, rows, Why.NO_WAY)
        found[np.ix_(on_new, ~before.places.on)] = Why.PLACE_OFF
    _ask(now, np.zeros(len(on_new), dtype=bool), displaced, found)
    return found


def _ask(asked: Asked, cells: Flags, places: Flags, times: Table) -> None:
    """Search afresh for some cells and to some places, and write what is found into `times`."""
    streets = asked.network, asked.costs
    hit, some = np.flatnonzero(places), np.flatnonzero(cells)
    if len(hit):
        to = asked.places.take(hit)
        times[:, hit] = search(*streets, asked.cells, to, asked.limit, engine="engine")
    if len(some):
        of = asked.cells.take(some)
        times[some] = search(*streets, of, asked.places, asked.limit, engine="engine")


def _choose(which: Flags, ours: Snaps, theirs: Snaps) -> Snaps:
    """Return some of our points, and theirs for the rest."""
    names = Snaps.__slots__
    return Snaps(*(np.where(which, getattr(ours, n), getattr(theirs, n)) for n in names))


def _copied(times: Table) -> Table:
    """Copy a table, in parts side by side: a large one takes longer than answering from it."""
    copy = np.empty_like(times)
    bounds = np.linspace(0, len(times), 9).astype(int).tolist()
    with ThreadPoolExecutor(max_workers=2) as pool:
        parts = [slice(a, b) for a, b in pairwise(bounds)]
        list(pool.map(lambda rows: np.copyto(copy[rows], times[rows]), parts))
    return copy


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
