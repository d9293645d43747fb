"""Phases: the states a legal trip can be in at a node, and the arcs between them.

A trip may use private and destination roads only as its first or last part, so it has three
phases: out of the compound it starts in, along public streets, into the compound it ends in.
Searching backward from a place meets them in reverse. Each phase has its own copy of a node:

    A  in the last phase: only private arcs from here to the place
    B  in the middle phase: public arcs, then phase A
    C  in the first phase: private arcs, then phase B

Copies A and C exist only where a private arc or a private gate touches the node. A private gate
cannot be passed between two public arcs: public arcs into it lead on only in phase A, and public
arcs out of it start only from phase C. A closed node has no copy at all: nobody passes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from access.engine.chains import FAR, Flags, Ints, Links, Points
from access.network.modes import Permit

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs between states, running as the search does: against the trip. FAR where closed."""

    source: Ints
    target: Ints
    time: Ints


@dataclass(frozen=True, slots=True)
class Phases:
    """The copies of each node: (N,) the state in each phase, NOWHERE where there is none."""

    a: Ints
    b: Ints
    c: Ints
    states: int

    @property
    def leave(self) -> Ints:
        """(N,) the state a trip is in after a public arc has brought it to a node."""
        return np.where(self.b == NOWHERE, self.a, self.b)

    @property
    def arrive(self) -> Ints:
        """(N,) the state a trip must be in to take a public arc from a node."""
        return np.where(self.b == NOWHERE, self.c, self.b)

    @property
    def first(self) -> Ints:
        """(N,) the state of a trip that begins at a node, free to take any arc."""
        return np.where(self.c == NOWHERE, self.b, self.c)

    @property
    def last(self) -> Ints:
        """(N,) the state of a trip that ends at a node, whatever arc brought it there."""
        return np.where(self.a == NOWHERE, self.b, self.a)


def phases_of(tail: Ints, head: Ints, gates: npt.NDArray[np.int8], touched: Flags) -> Phases:
    """Give every node at an end of a link the phases a legal trip can be in there."""
    present = np.zeros(len(gates), dtype=bool)
    present[tail] = True
    present[head] = True
    present &= gates != Permit.CLOSED
    middle = present & (gates != Permit.LOCAL)
    copied = present & touched
    nb, nc = int(middle.sum()), int(copied.sum())

    def numbers(which: Flags, begin: int) -> Ints:
        states = np.full(len(gates), NOWHERE, dtype=np.int64)
        states[which] = begin + np.arange(int(which.sum()))
        return states

    return Phases(
        a=numbers(copied, nb), b=numbers(middle, 0), c=numbers(copied, nb + nc), states=nb + 2 * nc
    )


def join(phases: Phases, links: Links, gates: npt.NDArray[np.int8]) -> Arcs:
    """Join the states by all links; closed ones too, with time FAR."""
    sources: list[Any] = []
    targets: list[Any] = []
    times: list[Any] = []

    def add(source: Any, target: Any, time: Any) -> None:
        keep = (source != NOWHERE) & (target != NOWHERE)
        sources.append(source[keep])
        targets.append(target[keep])
        times.append(time[keep])

    a, b, c = phases.a, phases.b, phases.c
    for time, local, start, end in directions(links):
        public = ~local
        add(phases.leave[end[public]], phases.arrive[start[public]], time[public])
        add(a[end[local]], a[start[local]], time[local])
        add(c[end[local]], c[start[local]], time[local])
    nothing = np.zeros(len(gates), dtype=np.int64)
    gated = gates == Permit.LOCAL
    add(a, b, nothing)
    add(b, c, nothing)
    add(np.where(gated, a, NOWHERE), np.where(gated, c, NOWHERE), nothing)
    return Arcs(np.concatenate(sources), np.concatenate(targets), np.concatenate(times))


def directions(links: Links) -> tuple[tuple[Ints, Flags, Ints, Ints], ...]:
    """Return (time, private, from, to) of all links, along and against them."""
    forward = np.where(links.forward_shut > 0, FAR, links.forward)
    backward = np.where(links.backward_shut > 0, FAR, links.backward)
    return (
        (forward, links.local_forward, links.tail, links.head),
        (backward, links.local_backward, links.head, links.tail),
    )


def exits(phases: Phases, links: Links, points: Points) -> tuple[Ints, Ints]:
    """Return (n, 2) states a trip from each point can leave its chain into, and tenths to there.

    A point at a node is there, free to take any arc of it; leaving by its own chain is one of
    them. Where there is no exit stand NOWHERE and FAR.
    """
    chain = points.chain
    head, tail = exit_pairs(phases, links)
    open_ahead = links.forward_shut[chain] == points.leave_ahead
    open_behind = points.leave_behind == 0
    return _ends(
        points,
        phases.first,
        (head[chain], np.where(open_ahead, links.forward[chain] - points.ahead, FAR)),
        (tail[chain], np.where(open_behind, points.behind, FAR)),
    )


def entries(phases: Phases, links: Links, points: Points) -> tuple[Ints, Ints]:
    """Return (n, 2) states from which a trip can enter the chain of each point, and tenths."""
    chain = points.chain
    tail = np.where(links.local_forward, phases.a[links.tail], phases.arrive[links.tail])
    head = np.where(links.local_backward, phases.a[links.head], phases.arrive[links.head])
    open_ahead = points.reach_ahead == 0
    open_behind = links.backward_shut[chain] == points.reach_behind
    return _ends(
        points,
        phases.last,
        (tail[chain], np.where(open_ahead, points.ahead, FAR)),
        (head[chain], np.where(open_behind, links.backward[chain] - points.behind, FAR)),
    )


def exit_pairs(phases: Phases, links: Links) -> tuple[Ints, Ints]:
    """Return the states at head and tail into which points on each link leave it."""
    head = np.where(links.local_forward, phases.first[links.head], phases.leave[links.head])
    tail = np.where(links.local_backward, phases.first[links.tail], phases.leave[links.tail])
    return head, tail


def _ends(
    points: Points, at_node: Ints, one: tuple[Ints, Ints], other: tuple[Ints, Ints]
) -> tuple[Ints, Ints]:
    states = np.column_stack([one[0], other[0]])
    times = np.column_stack([one[1], other[1]])
    there = np.where(points.node >= 0, at_node[points.node], NOWHERE)
    is_there = there != NOWHERE
    states[is_there, 0], times[is_there, 0] = there[is_there], 0
    states[is_there, 1] = NOWHERE
    states[times >= FAR] = NOWHERE
    times[states == NOWHERE] = FAR
    return states, times
