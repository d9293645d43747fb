"""Nodes: times from many places to every node of the network, in the order of the sweep.

What a table is for cells, blocks are for nodes: for each batch of places one block with a row a
node and a column a place. Rows follow the sweep, so that memory is written from front to back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from access.engine.chains import FAR, ByChain, Ints, Points, runs
from access.engine.roads import Roads
from access.engine.selection import Selection, select
from access.engine.table import SHORT, Ends, Target, aligned, by_neighbourhood, each_batch, seeds_of
from access.network.costs import Costs
from access.network.graph import Network
from access.network.modes import Permit
from access.network.snap import Snaps


@dataclass(frozen=True, slots=True)
class Leaves:
    """Every node one may stand on, hung into the elimination tree; made once for many searches.

    node    (n,) the node of each row
    points  (n,) the nodes as points on chains
    inside  those of them a trip along one chain may lead to without a state on the way
    hung    how many rows the sweep comes to; they are the first
    kind    uint16 or int32: the number type of the times
    """

    node: Ints
    points: Points
    inside: ByChain
    hung: int
    selection: Selection
    kind: Any


def leaves(
    network: Network, roads: Roads, limit: int | None = None, only: Ints | None = None
) -> Leaves:
    """Hang nodes into the tree, for searches with this limit in tenths (None: without).

    `only` some nodes; default: all that the mode comes to.
    """
    kind = np.uint16 if limit is not None and limit <= SHORT else np.int32
    snaps, nodes = at_nodes(network, roads.costs, only)
    points = roads.points(snaps)
    states, times = roads.exits(points)
    made = select(
        roads.shape.hierarchy,
        roads.weighted,
        states,
        times,
        kind,
        limit is not None,
    )
    in_order = made.row[made.row >= 0]
    alone = np.setdiff1d(np.arange(len(nodes)), in_order)  # no way out: only along their chain
    order = np.concatenate([in_order, alone])
    is_leaf = made.row >= 0
    row = np.where(is_leaf, np.cumsum(is_leaf) - 1, -1).astype(np.int32)
    points = points.take(order)
    hung = np.arange(len(order)) < len(in_order)
    inside = ByChain.of(points, np.flatnonzero((points.node < 0) | ~hung))
    return Leaves(nodes[order], points, inside, len(in_order), replace(made, row=row), kind)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Times from batches of places to nodes.

    order  (p,) the place of each lane, batch after batch
    times  (batches, n, lanes) tenths; FAR, or 65,535 in 16 bits, where there is no way. With a
           limit only the first rows of a block are filled, and so it is beyond the limit
    rows   for each batch the rows of the nodes its block goes to, or None: to all in order
    """

    order: Ints
    times: npt.NDArray[Any]
    rows: list[npt.NDArray[np.int32]] | None


def times_to_nodes(
    roads: Roads,
    to: Leaves,
    places: Ends,
    limit: int | None = None,
    threads: int | None = None,
    out: npt.NDArray[Any] | None = None,
) -> Blocks:
    """Sweep from places to all nodes; with a limit, only to those near one of a batch.

    `out` takes the times of an earlier answer to write over.
    """
    from access.engine.lanes import LANES

    far = FAR if to.kind == np.int32 else np.iinfo(to.kind).max
    n, p = len(to.node), len(places.index)
    shape = (-(-p // LANES), n, LANES)
    times = aligned(int(np.prod(shape)), to.kind).reshape(shape) if out is None else out
    times[:, to.hung :] = far  # rows the sweep does not come to
    order, seeds = by_neighbourhood(roads, seeds_of(roads, places), p)
    everything = np.arange(LANES)
    targets = [
        Target(
            block.reshape(-1),
            LANES,
            everything,
            far,
            visited=None if limit is None else np.empty(n, dtype=np.int32),
        )
        for block in times
    ]
    batches = each_batch(
        roads, to.selection, seeds, p, to.kind, limit, lambda b: targets[b // LANES], threads
    )
    for _ in batches:
        pass
    counts = [n if limit is None else t.count[0] for t in targets]
    _take_shortcuts(to, places, order, targets, counts, far if limit is None else limit)
    if limit is None:
        return Blocks(order, times, None)
    rows = [t.visited[:c] for t, c in zip(targets, counts, strict=True) if t.visited is not None]
    return Blocks(order, times, rows)


def _take_shortcuts(
    to: Leaves,
    places: Ends,
    order: Ints,
    targets: list[Target],
    counts: list[int],
    reach: int,
) -> None:
    """Trips along one chain need not go round its ends."""
    if not len(to.inside.order):
        return
    row, place, time = runs(to.points, places.points, to.inside)
    time = time + places.legs[place]
    lanes = targets[0].stride if targets else 1
    batch, lane = np.divmod(np.argsort(order)[place], lanes)
    for b, target in enumerate(targets):
        mine = (batch == b) & (time <= reach)
        at = row[mine]
        if target.visited is not None:
            at, counts[b] = _visit(at, target, counts[b])
        np.minimum.at(target.out, at * lanes + lane[mine], time[mine].astype(target.out.dtype))


def _visit(rows: Ints, target: Target, count: int) -> tuple[Ints, int]:
    """Return where rows stand among those visited; those the sweep did not come to are added."""
    assert target.visited is not None
    visited, lanes = target.visited[:count], target.stride  # ascending, as the sweep goes
    at = np.searchsorted(visited, rows)
    there = np.zeros(len(rows), dtype=bool)
    there[at < count] = visited[at[at < count]] == rows[at < count]
    new = np.unique(rows[~there])
    target.visited[count : count + len(new)] = new
    target.out[count * lanes : (count + len(new)) * lanes] = np.iinfo(target.out.dtype).max
    return np.where(there, at, count + np.searchsorted(new, rows)), count + len(new)


def at_nodes(network: Network, costs: Costs, only: Ints | None = None) -> tuple[Snaps, Ints]:
    """Return points at nodes of usable segments that are not walled off, and the nodes."""
    wanted = costs.usable
    if only is not None:
        near = np.zeros(len(network.node_id), dtype=bool)
        near[only] = True
        wanted = wanted & (near[network.tail] | near[network.head])
    usable = np.flatnonzero(wanted).astype(np.int32)
    segment = np.full(len(network.node_id), -1, dtype=np.int32)
    fraction = np.zeros(len(segment))
    segment[network.head[usable]] = usable
    fraction[network.head[usable]] = 1.0
    segment[network.tail[usable]] = usable
    fraction[network.tail[usable]] = 0.0
    nodes = np.arange(len(segment)) if only is None else only
    nodes = nodes[(segment[nodes] >= 0) & (costs.gates[nodes] != Permit.CLOSED)]
    nothing = np.zeros(len(nodes))
    return Snaps(segment[nodes], fraction[nodes], nothing, nothing.astype(np.int32)), nodes
