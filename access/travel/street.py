"""Street travel times: search backward from the places over a legal trip's three phases.

A trip may use private and destination roads only as its first or last part, so it has three
phases: out of the compound it starts in, along public streets, into the compound it ends in.
Searching backward from a place meets them in reverse. Each phase has its own copy of a node:

    A  in the last phase: only private arcs from here to the place
    B  in the middle phase: public arcs, then phase A
    C  in the first phase: private arcs, then phase B

Copies A and C exist only where a private arc or a private gate touches the node. A private gate
cannot be passed between two public arcs: public arcs into it lead on only in phase A, and public
arcs out of it start only from phase C. A closed node has no copy at all: nobody passes it.

The search itself is Dijkstra's (1959) in SciPy, in whole tenths of a second, hence exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from access.network.costs import CLOSED, Costs, tenths
from access.network.graph import Network
from access.network.modes import Permit
from access.network.snap import Snaps
from access.travel.times import Why

BATCH_BYTES = 256 * 2**20
"""Labels of one batch of places stay below this."""

NOWHERE = -1
_FAR = np.int64(2**40)


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs between states in compressed rows, running as the search does: against the trip."""

    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int64]
    weights: npt.NDArray[np.int64]

    @property
    def states(self) -> int:
        """How many states there are."""
        return len(self.indptr) - 1


@dataclass(frozen=True, slots=True)
class Phases:
    """The copies of each node: (N,) the state in each phase, NOWHERE where there is none."""

    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    c: npt.NDArray[np.int64]

    @property
    def leave(self) -> npt.NDArray[np.int64]:
        """(N,) the state a trip is in after a public arc has brought it to a node."""
        return np.where(self.b == NOWHERE, self.a, self.b)

    @property
    def arrive(self) -> npt.NDArray[np.int64]:
        """(N,) the state a trip must be in to take a public arc from a node."""
        return np.where(self.b == NOWHERE, self.c, self.b)

    @property
    def first(self) -> npt.NDArray[np.int64]:
        """(N,) the state of a trip that begins at a node, free to take any arc."""
        return np.where(self.c == NOWHERE, self.b, self.c)

    @property
    def last(self) -> npt.NDArray[np.int64]:
        """(N,) the state of a trip that ends at a node, whatever arc brought it there."""
        return np.where(self.a == NOWHERE, self.b, self.a)


def unfold(network: Network, costs: Costs) -> tuple[Phases, Arcs]:
    """Give every node the phases a legal trip can be in there, and join them by arcs."""
    n = len(network.node_id)
    shut = costs.gates == Permit.CLOSED
    gated = costs.gates == Permit.LOCAL
    local = costs.local_forward | costs.local_backward
    touched = gated.copy()
    touched[network.tail[local]] = True
    touched[network.head[local]] = True
    touched &= ~shut

    numbers = np.arange(n, dtype=np.int64)
    order = np.full(n, NOWHERE, dtype=np.int64)
    k = int(touched.sum())
    order[touched] = np.arange(k)
    b = np.where(shut | gated, NOWHERE, numbers)
    a = np.where(touched, n + order, NOWHERE)
    c = np.where(touched, n + k + order, NOWHERE)
    phases = Phases(a, b, c)

    sources, targets, weights = [], [], []

    def join(source: npt.NDArray[Any], target: npt.NDArray[Any], weight: npt.NDArray[Any]) -> None:
        keep = (source != NOWHERE) & (target != NOWHERE)
        sources.append(source[keep])
        targets.append(target[keep])
        weights.append(weight[keep])

    for time, is_local, start, end in _directions(network, costs):
        public = (time != CLOSED) & ~is_local
        join(phases.leave[end[public]], phases.arrive[start[public]], time[public])
        private = (time != CLOSED) & is_local
        join(a[end[private]], a[start[private]], time[private])
        join(c[end[private]], c[start[private]], time[private])

    nothing = np.zeros(n, dtype=np.int64)
    join(a, b, nothing)
    join(b, c, nothing)
    join(np.where(gated, a, NOWHERE), np.where(gated, c, NOWHERE), nothing)
    return phases, _rows(n + 2 * k, sources, targets, weights)


def search(
    network: Network,
    costs: Costs,
    cells: Snaps,
    places: Snaps,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> npt.NDArray[np.int32]:
    """Return tenths of a second from each cell to each place, (n, p) int32, or a negative `Why`.

    `limit` in tenths; a time equal to it is within it. Legs between a point and its segment are
    walked at `costs.walk_ms`. Two points on one segment travel along it, where that is shorter.
    `progress(done, all)` is called after each batch of places.
    """
    n, p = len(cells.segment), len(places.segment)
    times = np.full((n, p), Why.NO_WAY, dtype=np.int32)
    phases, arcs = unfold(network, costs)
    on_cells, on_places = np.flatnonzero(cells.on), np.flatnonzero(places.on)
    cell_leg = tenths(np.where(cells.on, cells.metres, 0.0) / costs.walk_ms)
    place_leg = tenths(np.where(places.on, places.metres, 0.0) / costs.walk_ms)
    exits = _cell_exits(network, costs, phases, cells, on_cells)
    same = _same_segment(costs, cells, places, on_cells)

    batch = max(1, int(BATCH_BYTES // (8 * (arcs.states + 1))))
    for begin in range(0, len(on_places), batch):
        chosen = on_places[begin : begin + batch]
        labels = _labels(network, costs, phases, arcs, places, chosen, limit)
        for row, place in enumerate(chosen.tolist()):
            found = np.full(len(on_cells), _FAR)
            for state, rest in exits:
                np.minimum(found, labels[row][state] + rest, out=found)
            for index, direct in same(place):
                found[index] = min(found[index], direct)
            found += cell_leg[on_cells] + place_leg[place]
            reached = found < _FAR if limit is None else found <= limit
            times[on_cells[reached], place] = found[reached]
        if progress:
            progress(min(begin + batch, len(on_places)), len(on_places))

    if limit is not None:
        joined = cells.component[:, None] == places.component[None, :]
        times[(times == Why.NO_WAY) & joined] = Why.OVER_LIMIT
    times[:, ~places.on] = Why.PLACE_OFF
    times[~cells.on, :] = Why.CELL_OFF
    return times


def _directions(network: Network, costs: Costs) -> tuple[tuple[Any, Any, Any, Any], ...]:
    """Return (time, private, from, to) of all segments, along and against their drawing."""
    tail, head = network.tail, network.head
    return (
        (costs.forward.astype(np.int64), costs.local_forward, tail, head),
        (costs.backward.astype(np.int64), costs.local_backward, head, tail),
    )


def _parts(
    costs: Costs, snaps: Snaps, which: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], ...]:
    """Return the tenths from the tail to each point along, and from it to the tail against.

    A snap at fraction f of a segment of weight w splits it into round(f w) and the rest.
    """
    segment, fraction = snaps.segment[which], snaps.fraction[which]
    along = np.floor(fraction * costs.forward[segment] + 0.5).astype(np.int64)
    against = np.floor(fraction * costs.backward[segment] + 0.5).astype(np.int64)
    return along, against


def _cell_exits(
    network: Network, costs: Costs, phases: Phases, cells: Snaps, which: npt.NDArray[np.int64]
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Return the states each cell can leave its segment into, and the time to get there.

    A cell exactly at an end of its segment is at that node, whichever way the segment may be used.
    """
    segment = cells.segment[which]
    along, against = _parts(costs, cells, which)
    rest = (costs.forward[segment] - along, against)
    exits = []
    for (time, is_local, _, end), left in zip(_directions(network, costs), rest, strict=True):
        node = end[segment]
        state = np.where(is_local[segment], phases.first[node], phases.leave[node])
        state = np.where(time[segment] == CLOSED, NOWHERE, state)
        exits.append((state, np.where(state == NOWHERE, _FAR, left)))
    for at, node in _at_nodes(network, cells, which):
        state = np.where(at, phases.first[node], NOWHERE)
        exits.append((state, np.where(state == NOWHERE, _FAR, 0)))
    return exits


def _at_nodes(
    network: Network, snaps: Snaps, which: npt.NDArray[np.int64]
) -> tuple[tuple[npt.NDArray[np.bool_], npt.NDArray[np.int32]], ...]:
    """Return, for tail and head, which points lie exactly there, and the node."""
    segment, fraction = snaps.segment[which], snaps.fraction[which]
    return (
        (fraction == 0.0, network.tail[segment]),
        (fraction == 1.0, network.head[segment]),
    )


def _labels(
    network: Network,
    costs: Costs,
    phases: Phases,
    arcs: Arcs,
    places: Snaps,
    chosen: npt.NDArray[np.int64],
    limit: int | None,
) -> npt.NDArray[np.int64]:
    """Return the tenths from every state to each chosen place; the last column is never reached."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    states = arcs.states
    along, against = _parts(costs, places, chosen)
    segment = places.segment[chosen]
    starts = (along, costs.backward[segment] - against)
    rows, columns, weights = [], [], []
    for (time, is_local, start, _), first in zip(_directions(network, costs), starts, strict=True):
        node = start[segment]
        state = np.where(is_local[segment], phases.a[node], phases.arrive[node])
        open_ = (time[segment] != CLOSED) & (state != NOWHERE)
        rows.append(np.flatnonzero(open_))
        columns.append(state[open_])
        weights.append(first[open_])
    for at, node in _at_nodes(network, places, chosen):
        state = np.where(at, phases.last[node], NOWHERE)
        rows.append(np.flatnonzero(state != NOWHERE))
        columns.append(state[state != NOWHERE])
        weights.append(np.zeros(int((state != NOWHERE).sum()), dtype=np.int64))
    # One extra state per place, from which the search begins inside the place's segment.
    begin = _rows(len(chosen), rows, columns, weights)
    graph = csr_array(
        (
            np.concatenate([arcs.weights, begin.weights]).astype(np.float64),
            np.concatenate([arcs.indices, begin.indices]),
            np.concatenate([arcs.indptr, arcs.indptr[-1] + begin.indptr[1:]]),
        ),
        shape=(states + len(chosen), states + len(chosen)),
    )
    reach = np.inf if limit is None else float(limit)
    found = dijkstra(graph, indices=states + np.arange(len(chosen)), limit=reach)
    labels = np.full((len(chosen), states + 1), _FAR)
    known = np.isfinite(found[:, :states])
    labels[:, :states][known] = found[:, :states][known].astype(np.int64)
    return labels


def _same_segment(
    costs: Costs, cells: Snaps, places: Snaps, which: npt.NDArray[np.int64]
) -> Callable[[int], list[tuple[int, int]]]:
    """Return a function that lists, for a place, the cells on its segment and the time along it."""
    order = np.argsort(cells.segment[which], kind="stable")
    ordered = cells.segment[which][order]
    cell_along, cell_against = _parts(costs, cells, which)

    def along_segment(place: int) -> list[tuple[int, int]]:
        segment = places.segment[place]
        begin, end = np.searchsorted(ordered, (segment, segment + 1))
        (along,), (against,) = _parts(costs, places, np.array([place]))
        found = []
        for cell in order[begin:end].tolist():
            ahead = places.fraction[place] - cells.fraction[which[cell]]
            if costs.forward[segment] != CLOSED and ahead >= 0:
                found.append((cell, int(along - cell_along[cell])))
            if costs.backward[segment] != CLOSED and ahead <= 0:
                found.append((cell, int(cell_against[cell] - against)))
        return found

    return along_segment


def _rows(size: int, sources: list[Any], targets: list[Any], weights: list[Any]) -> Arcs:
    """Return arcs as compressed rows; parallel arcs and arcs of no length are kept."""
    source, target = np.concatenate(sources), np.concatenate(targets)
    order = np.argsort(source, kind="stable")
    indptr = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=size), out=indptr[1:])
    return Arcs(
        indptr, target[order].astype(np.int64), np.concatenate(weights)[order].astype(np.int64)
    )
