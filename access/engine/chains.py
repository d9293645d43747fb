"""Chains: segments one after the other with nothing to choose between, taken as one.

A node where just two public segments meet, without gate or wall, offers no choice: whoever comes
by one leaves by the other. All segments between two nodes that do offer one make a chain. A chain
takes the sum of its segments' times, each rounded by itself, so nothing changes; and a point
inside a chain is told by how far it is from the chain's two ends, and by its order along it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from access.network.costs import CLOSED, Costs
from access.network.graph import Network
from access.network.modes import Permit
from access.network.snap import Snaps

FAR = 2**29
"""No way: more tenths than any trip takes (621 days); the sum of two still fits in 32 bits."""

START = -2.0
"""The share of a point that lies where its piece begins; shares run from -1 to 1 inside."""

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Chains:
    """How the segments of a network make chains.

    chain   (M,) the chain of each segment, -1 for segments nobody may use
    piece   (M,) its place in the chain, from 0
    turned  (M,) whether the chain runs against the drawing of the segment
    tail, head  (C,) the nodes where each chain begins and ends
    first   (C + 1,) where the pieces of each chain begin, with room for one end after the last
    """

    chain: Ints
    piece: Ints
    turned: Flags
    tail: Ints
    head: Ints
    first: Ints


@dataclass(frozen=True, slots=True)
class Points:
    """Points on chains, and how far they are from the ends, in tenths.

    chain         (n,)
    piece, share  (n,) their order along the chain
    node          (n,) the node they lie exactly at, if it is an end of the chain; else -1
    ahead         (n,) tenths from the chain's tail to the point, over the pieces open that way
    behind        (n,) tenths from the point back to the chain's tail, likewise
    leave_ahead, reach_ahead    (n,) pieces closed along the chain before the first piece that a
                  trip onward from the point takes, and up to the last one of a trip to the point
    leave_behind, reach_behind  (n,) the same against the chain, counted from its tail too
    """

    chain: Ints
    piece: Ints
    share: npt.NDArray[np.float64]
    node: Ints
    ahead: Ints
    behind: Ints
    leave_ahead: Ints
    reach_ahead: Ints
    leave_behind: Ints
    reach_behind: Ints

    def __len__(self) -> int:
        return len(self.chain)

    def take(self, which: Ints) -> Points:
        """Return some of the points."""
        return Points(*(getattr(self, name)[which] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class ByChain:
    """Points in the order of their chains: (k,) which they are, and on which chain."""

    order: Ints
    chain: Ints

    @classmethod
    def of(cls, points: Points, which: Ints) -> ByChain:
        """Sort some of the points."""
        chain = points.chain[which]
        by = np.argsort(chain, kind="stable")
        return cls(which[by], chain[by])


@dataclass(frozen=True, slots=True)
class Links:
    """Chains as one mode meets them; the arrays of `Costs`, with how they came to be.

    tail, head                      (C,) nodes
    forward, backward               (C,) tenths of the pieces that are open
    forward_shut, backward_shut     (C,) how many pieces are closed; 0: the chain is open
    local_forward, local_backward   (C,) private: first or last part of a trip only
    """

    tail: Ints
    head: Ints
    forward: Ints
    backward: Ints
    forward_shut: Ints
    backward_shut: Ints
    local_forward: Flags
    local_backward: Flags

    @property
    def sums(self) -> tuple[Ints, Ints, Ints, Ints]:
        """What `weigh_chains` sums, in the order of its running sums."""
        return self.forward, self.backward, self.forward_shut, self.backward_shut


def touched_by_private(network: Network, costs: Costs) -> Flags:
    """Return (N,) where a private segment or a private gate touches a node one may pass."""
    touched: Flags = costs.gates == Permit.LOCAL
    local = costs.local_forward | costs.local_backward
    touched[network.tail[local]] = True
    touched[network.head[local]] = True
    touched &= costs.gates != Permit.CLOSED
    return touched


def single(network: Network) -> Chains:
    """Return each segment as a chain of its own: the plain reading, where no turn is forbidden."""
    m = len(network)
    nothing = np.zeros(m, dtype=np.int64)
    ends = (network.tail.astype(np.int64), network.head.astype(np.int64))
    return Chains(np.arange(m), nothing, nothing.astype(bool), *ends, np.arange(m + 1) * 2)


def merge(network: Network, costs: Costs) -> Chains:
    """Merge segments where there is nothing to choose."""
    from access.engine.walk import walk

    choice = touched_by_private(network, costs) | (costs.gates != Permit.OPEN)
    if len(costs.turns):
        choice |= costs.turns.corner
    chain, piece, turned, tail, head = walk(network.tail, network.head, costs.usable, choice)
    ends = np.bincount(chain[chain >= 0], minlength=len(tail)) + 1
    first = np.concatenate([[0], np.cumsum(ends)])
    return Chains(chain, piece, turned, tail, head, first)


def weigh_chains(chains: Chains, costs: Costs) -> tuple[Links, Any]:
    """Sum costs along chains; returns also the running sums that `place_points` needs."""
    all_used = bool((chains.chain >= 0).all())
    used: Any = slice(None) if all_used else np.flatnonzero(chains.chain >= 0)
    chain, turned = chains.chain[used], chains.turned[used]
    first = chains.first
    slot = first[chain] + chains.piece[used] + 1

    def along(name: str, other: str) -> Any:
        return np.where(turned, getattr(costs, other)[used], getattr(costs, name)[used])

    def summed(values: npt.NDArray[Any]) -> Any:
        at = np.zeros(int(first[-1]) + 1, dtype=np.int64)
        at[slot] = values
        return np.cumsum(at, out=at)

    forward, backward = along("forward", "backward"), along("backward", "forward")
    running = [
        summed(np.maximum(forward, 0)),
        summed(np.maximum(backward, 0)),
        summed(forward == CLOSED),
        summed(backward == CLOSED),
    ]
    wholes: list[Any] = [sums[first[1:] - 1] - sums[first[:-1]] for sums in running]
    local: list[Any] = []
    for name, other in (("local_forward", "local_backward"), ("local_backward", "local_forward")):
        flags = np.zeros(len(chains.tail), dtype=bool)
        private = along(name, other)  # a private segment is a chain of its own
        flags[chain[private]] = True
        local.append(flags)
    return Links(chains.tail, chains.head, *wholes, *local), running


def changed_segments(before: Costs, after: Costs) -> Ints:
    """Return the segments whose times or privacy are not what they were."""
    changed = np.zeros(len(before.forward), dtype=bool)
    for name in ("forward", "backward", "local_forward", "local_backward"):
        changed |= getattr(before, name) != getattr(after, name)
    return np.flatnonzero(changed)


def weigh_again(
    chains: Chains, links: Links, running: Any, before: Costs, after: Costs, changed: Ints
) -> tuple[Links, Any] | None:
    """Return what `weigh_chains` does, where only a few segments cost other than `before`.

    Whether a closed street is private stays as it was. None where that changes of an open one.
    """
    chain, turned = chains.chain[changed], chains.turned[changed]
    if (chain < 0).any():
        return None
    longer: list[Ints] = []
    shut: list[Ints] = []
    for along, against in (("forward", "backward"), ("backward", "forward")):
        was, now = (
            np.where(turned, getattr(c, against)[changed], getattr(c, along)[changed])
            for c in (before, after)
        )
        private = np.where(
            turned,
            getattr(after, f"local_{against}")[changed],
            getattr(after, f"local_{along}")[changed],
        )
        if ((now != CLOSED) & (private != getattr(links, f"local_{along}")[chain])).any():
            return None
        longer.append(np.maximum(now, 0).astype(np.int64) - np.maximum(was, 0))
        shut.append((now == CLOSED).astype(np.int64) - (was == CLOSED))

    begin, end = chains.first[chain], chains.first[chain + 1]
    slot = begin + chains.piece[changed] + 1
    again: list[Ints] = []
    wholes: list[Ints] = []
    for sums, whole, more in zip(running, links.sums, longer + shut, strict=True):
        new = sums.copy()
        for s in range(len(changed)):
            new[slot[s] : end[s]] += more[s]
        again.append(new)
        wholes.append(whole.copy())
        wholes[-1][chain] = new[end - 1] - new[begin]
    return (
        replace(
            links,
            forward=wholes[0],
            backward=wholes[1],
            forward_shut=wholes[2],
            backward_shut=wholes[3],
        ),
        again,
    )


def place_points(chains: Chains, costs: Costs, running: Any, snaps: Snaps) -> Points:
    """Return snaps, all of them on segments, as points on chains.

    A snap at fraction f of a segment of weight w splits it into round(f w) and the rest.
    """
    segment, fraction = snaps.segment, snaps.fraction
    chain, turned = chains.chain[segment], chains.turned[segment]
    begin = chains.first[chain]
    at_begin = np.where(turned, fraction == 1.0, fraction == 0.0)
    at_end = np.where(turned, fraction == 0.0, fraction == 1.0)
    exact = at_begin | at_end
    piece = chains.piece[segment] + at_end
    first = chains.first
    slot = first[chain] + piece
    pieces = np.diff(first)[chain] - 1
    inside = (~exact).astype(np.int64)

    forward = np.maximum(costs.forward[segment].astype(np.int64), 0)
    backward = np.maximum(costs.backward[segment].astype(np.int64), 0)
    along = np.floor(fraction * forward + 0.5).astype(np.int64)
    against = np.floor(fraction * backward + 0.5).astype(np.int64)
    ahead = np.where(turned, backward - against, along)
    behind = np.where(turned, forward - along, against)
    node = np.where(piece == 0, chains.tail[chain], chains.head[chain])
    at_node = exact & ((piece == 0) | (piece == pieces))

    def since(which: int, at: Ints) -> Any:
        return running[which][at] - running[which][begin]

    return Points(
        chain=chain,
        piece=piece,
        share=np.where(exact, START, np.where(turned, -fraction, fraction)),
        node=np.where(at_node, node, -1),
        ahead=since(0, slot) + ahead * inside,
        behind=since(1, slot) + behind * inside,
        leave_ahead=since(2, slot),
        reach_ahead=since(2, slot + inside),
        leave_behind=since(3, slot + inside),
        reach_behind=since(3, slot),
    )


def runs(cells: Points, places: Points, by_chain: ByChain | None = None) -> tuple[Ints, Ints, Ints]:
    """Return cell, place and tenths of all trips along one chain that go round no end of it.

    `by_chain` are the cells in that order, where they are asked for more than once.
    """
    if by_chain is None:
        shared = np.zeros(
            max(cells.chain.max(initial=-1), places.chain.max(initial=-1)) + 1, dtype=bool
        )
        shared[places.chain] = True
        by_chain = ByChain.of(cells, np.flatnonzero(shared[cells.chain]))
    order = by_chain.order
    begin = np.searchsorted(by_chain.chain, places.chain, side="left")
    count = np.searchsorted(by_chain.chain, places.chain, side="right") - begin
    place = np.repeat(np.arange(len(places)), count)
    offset = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    cell = order[begin[place] + offset]

    ranks = places.piece[place] - cells.piece[cell]
    shares = places.share[place] - cells.share[cell]
    order_along = np.where(ranks != 0, ranks, np.sign(shares))
    onward = (order_along >= 0) & (places.reach_ahead[place] <= cells.leave_ahead[cell])
    back = (order_along <= 0) & (cells.leave_behind[cell] <= places.reach_behind[place])
    time = np.minimum(
        np.where(onward, places.ahead[place] - cells.ahead[cell], FAR),
        np.where(back, cells.behind[cell] - places.behind[place], FAR),
    )
    known = time < FAR
    return cell[known], place[known], time[known]
