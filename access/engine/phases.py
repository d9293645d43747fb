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
from access.engine.turns import Positions
from access.network.modes import Permit

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs between states, running as the search does: against the trip. FAR where closed.

    source, target, time  (m,) by source;  first  (n + 1,) where those of each state begin
    """

    source: Ints
    target: Ints
    time: Ints
    first: Ints


@dataclass(frozen=True, slots=True)
class Phases:
    """The copies of each position: (P,) the state in each phase, NOWHERE where there is none."""

    positions: Positions
    a: Ints
    b: Ints
    c: Ints
    states: int

    @property
    def leave(self) -> Ints:
        """(P,) the state a trip is in after a public arc has brought it somewhere."""
        return np.where(self.b == NOWHERE, self.a, self.b)

    @property
    def arrive(self) -> Ints:
        """(P,) the state a trip must be in to take a public arc from somewhere."""
        return np.where(self.b == NOWHERE, self.c, self.b)

    def first(self, position: Ints) -> Ints:
        """Return the states of trips in their first part, free to take private arcs too."""
        return np.where(self.c[position] == NOWHERE, self.b[position], self.c[position])

    def last(self, position: Ints) -> Ints:
        """Return the states of trips in their last part, whatever arc brought them there."""
        return np.where(self.a[position] == NOWHERE, self.b[position], self.a[position])


@dataclass(frozen=True, slots=True)
class Doors:
    """(C,) the states in which trips leave each link at its ends, and in which they come in."""

    exit_head: Ints
    exit_tail: Ints
    entry_tail: Ints
    entry_head: Ints


def phases_of(positions: Positions, gates: npt.NDArray[np.int8], touched: Flags) -> Phases:
    """Give every position the phases a legal trip can be in there."""
    node = positions.node
    present = positions.used & (gates[node] != Permit.CLOSED)
    middle = present & (gates[node] != Permit.LOCAL)
    copied = present & touched[node]
    nb, nc = int(middle.sum()), int(copied.sum())

    def numbers(which: Flags, begin: int) -> Ints:
        states = np.full(len(node), NOWHERE, dtype=np.int64)
        states[which] = begin + np.arange(int(which.sum()))
        return states

    return Phases(
        positions,
        a=numbers(copied, nb),
        b=numbers(middle, 0),
        c=numbers(copied, nb + nc),
        states=nb + 2 * nc,
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
    for time, local, start, end in directions(links, phases.positions):
        public = ~local
        add(phases.leave[end[public]], phases.arrive[start[public]], time[public])
        add(a[end[local]], a[start[local]], time[local])
        add(c[end[local]], c[start[local]], time[local])
    node, door, inner = phases.positions.node, phases.positions.door, phases.positions.inner
    nothing = np.zeros(len(node), dtype=np.int64)
    gated = gates[node] == Permit.LOCAL
    add(a, b, nothing)
    add(b, c, nothing)
    add(np.where(gated, a, NOWHERE), np.where(gated, c, NOWHERE), nothing)
    for copies in (a, b, c):
        add(copies[door], copies[inner], nothing[door])
    source, target, time = (np.concatenate(parts) for parts in (sources, targets, times))
    order = np.argsort(source, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=phases.states))])
    return Arcs(source[order], target[order], time[order], first)


def directions(links: Links, positions: Positions) -> tuple[tuple[Ints, Flags, Ints, Ints], ...]:
    """Return (time, private, from, to) of all moves, along links and against them."""
    forward = np.where(links.forward_shut > 0, FAR, links.forward)
    backward = np.where(links.backward_shut > 0, FAR, links.backward)
    ahead, back = positions.forward, positions.backward
    return (
        (forward[ahead.link], links.local_forward[ahead.link], ahead.start, ahead.end),
        (backward[back.link], links.local_backward[back.link], back.start, back.end),
    )


def doors_of(phases: Phases, links: Links) -> Doors:
    """Return the states at the ends of each link, as the way out or in is public or private."""
    at = phases.positions
    leave, arrive = phases.leave, phases.arrive
    return Doors(
        exit_head=np.where(links.local_forward, phases.first(at.head), leave[at.head]),
        exit_tail=np.where(links.local_backward, phases.first(at.tail), leave[at.tail]),
        entry_tail=np.where(links.local_forward, phases.a[at.enter_tail], arrive[at.enter_tail]),
        entry_head=np.where(links.local_backward, phases.a[at.enter_head], arrive[at.enter_head]),
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
        phases.last(phases.positions.end[points.node]),
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
