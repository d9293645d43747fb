"""Roads: a network as one mode meets it, prepared for any number of questions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from access.engine.chains import (
    FAR,
    Chains,
    Flags,
    Ints,
    Links,
    Points,
    changed_segments,
    merge,
    place_points,
    touched_by_private,
    weigh_again,
    weigh_chains,
)
from access.engine.hierarchy import (
    Hierarchy,
    Slots,
    Weighted,
    build_hierarchy,
    slots_of,
    weigh_hierarchy,
)
from access.engine.phases import (
    NOWHERE,
    Arcs,
    Doors,
    Phases,
    doors_of,
    entries,
    exits,
    join,
    phases_of,
)
from access.engine.turns import positions
from access.network.costs import Costs
from access.network.graph import Network
from access.network.snap import Snaps
from access.network.turns import Turns

SOME = 500
"""Up to so many changed segments are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What preparing costs most, and what closing roads or changing speeds leaves as it is.

    numbered  the arcs, with numbers for times: 0 between phases, else which of all times along
              the links, then against them, + 1
    links, usable, touched, gates, turns  what it was made for
    """

    chains: Chains
    phases: Phases
    hierarchy: Hierarchy
    numbered: Arcs
    slots: Slots
    doors: Doors
    links: Links
    usable: Flags
    touched: Flags
    gates: Any
    turns: Turns

    def serves(self, network: Network, costs: Costs) -> bool:
        """Say whether other costs of the same network may use it: nothing is newly open."""
        touched = touched_by_private(network, costs)
        return (
            len(self.usable) == len(costs.usable)
            and not (costs.usable & ~self.usable).any()
            and not (touched & ~self.touched).any()
            and bool((self.gates == costs.gates).all())
            and self.turns == costs.turns
            and not (len(self.turns) and (touched != self.touched).any())  # more places to turn
        )


@dataclass(frozen=True, slots=True)
class Roads:
    """A weighed network, prepared."""

    shape: Shape
    costs: Costs
    links: Links
    doors: Doors
    running: Any
    arcs: Arcs
    weighted: Weighted

    def points(self, snaps: Snaps) -> Points:
        """Return snaps, all of them on the streets, as points on chains."""
        return place_points(self.shape.chains, self.costs, self.running, snaps)

    def exits(self, points: Points) -> tuple[Ints, Ints]:
        """Return (n, 2) the states trips from points leave their chains into, and tenths."""
        return exits(self.shape.phases, self.doors, self.links, points)

    def entries(self, points: Points) -> tuple[Ints, Ints]:
        """Return (n, 2) the states from which trips to points enter their chains, and tenths."""
        return entries(self.shape.phases, self.doors, self.links, points)


def prepare(network: Network, costs: Costs, earlier: Roads | None = None) -> Roads:
    """Prepare a network for a mode.

    `earlier`, prepared for other costs of the same network, saves everything but the
    customisation where its shape serves these costs too.
    """
    if earlier is not None and earlier.shape.serves(network, costs):
        roads = _weigh(earlier.shape, costs, earlier)
        if roads is not None:
            return roads
    roads = _weigh(_shape(network, costs), costs)
    assert roads is not None
    return roads


def _shape(network: Network, costs: Costs) -> Shape:
    chains = merge(network, costs)
    touched = touched_by_private(network, costs)
    links, _ = weigh_chains(chains, costs)
    phases = phases_of(positions(chains, costs.turns, touched), costs.gates, touched)
    numbered = join(phases, _numbered(links), costs.gates)
    doors = doors_of(phases, links)  # the exits of a link must be neighbours: see `sweep`
    hierarchy = build_hierarchy(
        phases.states,
        np.concatenate([numbered.source, doors.exit_head]),
        np.concatenate([numbered.target, doors.exit_tail]),
        network.home,
    )
    slots = slots_of(hierarchy, numbered)
    made_for = (links, costs.usable, touched, costs.gates, costs.turns)
    return Shape(chains, phases, hierarchy, numbered, slots, doors, *made_for)


def _numbered(links: Links) -> Links:
    """Return links, all of them open, whose times are their numbers."""
    count = len(links.tail)
    numbers, nothing = np.arange(1, count + 1), np.zeros(count, dtype=np.int64)
    return replace(
        links,
        forward=numbers,
        backward=numbers + count,
        forward_shut=nothing,
        backward_shut=nothing,
    )


def _weigh(shape: Shape, costs: Costs, earlier: Roads | None = None) -> Roads | None:
    """Return the roads for costs; None where the shape does not do for them after all."""
    links, running = _weigh_links(shape, costs, earlier)
    if _same_privacy(shape.links, links):
        forward = np.where(links.forward_shut > 0, FAR, links.forward)
        backward = np.where(links.backward_shut > 0, FAR, links.backward)
        times = np.concatenate([[0], forward, backward])
        arcs = replace(shape.numbered, time=times[shape.numbered.time])
        slots, doors = shape.slots, shape.doors
    else:
        arcs, doors = join(shape.phases, links, costs.gates), doors_of(shape.phases, links)
        slots = slots_of(shape.hierarchy, arcs)
        if not _hang_together(shape, doors):
            return None
    before = None if earlier is None else earlier.weighted
    weighted = weigh_hierarchy(shape.hierarchy, slots, arcs, before)
    if weighted is None:
        return None
    return Roads(shape, costs, links, doors, running, arcs, weighted)


def _weigh_links(shape: Shape, costs: Costs, earlier: Roads | None) -> tuple[Links, Any]:
    """Sum costs along the chains, only the changed ones where `earlier` costs differ in a few."""
    if earlier is not None:
        changed = changed_segments(earlier.costs, costs)
        if len(changed) <= SOME:
            again = weigh_again(
                shape.chains, earlier.links, earlier.running, earlier.costs, costs, changed
            )
            if again is not None:
                return again
    return weigh_chains(shape.chains, costs)


def _same_privacy(one: Links, other: Links) -> bool:
    """Say whether the same links are private, among those that are open now."""
    forward = (one.local_forward != other.local_forward) & (other.forward_shut == 0)
    backward = (one.local_backward != other.local_backward) & (other.backward_shut == 0)
    return not (forward.any() or backward.any())


def _hang_together(shape: Shape, doors: Doors) -> bool:
    """Say whether the two exits of every link are neighbours, as the leaves of a sweep must be."""
    head, tail = doors.exit_head, doors.exit_tail
    apart = np.flatnonzero((head != tail) & (head != NOWHERE) & (tail != NOWHERE))
    pairs = Arcs(head[apart], tail[apart], np.zeros_like(apart), np.zeros_like(apart))
    return bool((slots_of(shape.hierarchy, pairs).slot >= 0).all())
