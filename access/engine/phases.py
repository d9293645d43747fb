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

    def first(self, node: Ints) -> Ints:
        """Return the states of trips that begin at nodes, free to take any arc."""
        return np.where(self.c[node] == NOWHERE, self.b[node], self.c[node])

    def last(self, node: Ints) -> Ints:
        """Return the states of trips that end at nodes, whatever arc brought them there."""
        return np.where(self.a[node] == NOWHERE, self.b[node], self.a[node])


@dataclass(frozen=True, slots=True)
class Doors:
    """(C,) the states in which trips leave each link at its ends, and in which they come in."""

    exit_head: Ints
    exit_tail: Ints
    entry_tail: Ints
    entry_head: Ints


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


def doors_of(phases: Phases, links: Links) -> Doors:
    """Return the states at the ends of each link, as the way out or in is public or private."""
    tail, head = links.tail, links.head
    leave, arrive = phases.leave, phases.arrive
    return Doors(
        exit_head=np.where(links.local_forward, phases.first(head), leave[head]),
        exit_tail=np.where(links.local_backward, phases.first(tail), leave[tail]),
        entry_tail=np.where(links.local_forward, phases.a[tail], arrive[tail]),
        entry_head=np.where(links.local_backward, phases.a[head], arrive[head]),
    )


def exits(phases: Phases, doors: Doors, links: Links, points: Points) -> tuple[Ints, Ints]:
    """Return (n, 2) states a trip from each point can leave its chain into, and tenths to there.

    A point at a node is there, free to take any arc of it; leaving by its own chain is one of
    them. Where there is no exit stand NOWHERE and FAR.
    """
    chain = points.chain
    open_ahead = links.forward_shut[chain] == points.leave_ahead
    open_behind = points.leave_behind == 0
    return _ends(
        points,
        phases.first(points.node),
        (doors.exit_head[chain], np.where(open_ahead, links.forward[chain] - points.ahead, FAR)),
        (doors.exit_tail[chain], np.where(open_behind, points.behind, FAR)),
    )


def entries(phases: Phases, doors: Doors, links: Links, points: Points) -> tuple[Ints, Ints]:
    """Return (n, 2) states from which a trip can enter the chain of each point, and tenths."""
    chain = points.chain
    open_ahead = points.reach_ahead == 0
    open_behind = links.backward_shut[chain] == points.reach_behind
    ahead = np.where(open_ahead, points.ahead, FAR)
    behind = np.where(open_behind, links.backward[chain] - points.behind, FAR)
    return _ends(
        points,
        phases.last(points.node),
        (doors.entry_tail[chain], ahead),
        (doors.entry_head[chain], behind),
    )


def _ends(
    points: Points, at_node: Ints, one: tuple[Ints, Ints], other: tuple[Ints, Ints]
) -> tuple[Ints, Ints]:
    states = np.column_stack([one[0], other[0]])
    times = np.column_stack([one[1], other[1]])
    there = np.where(points.node >= 0, at_node, NOWHERE)
    is_there = there != NOWHERE
    states[is_there, 0], times[is_there, 0] = there[is_there], 0
    states[is_there, 1] = NOWHERE
    states[times >= FAR] = NOWHERE
    times[states == NOWHERE] = FAR
    return states, times
