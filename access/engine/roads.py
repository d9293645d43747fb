"""Roads: a network as one mode meets it, prepared for any number of questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from access.engine.chains import (
    Chains,
    Flags,
    Ints,
    Links,
    Points,
    merge,
    place_points,
    touched_by_private,
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


@dataclass(frozen=True, slots=True)
class Shape:
    """What preparing costs most, and what closing roads or changing speeds leaves as it is.

    usable, touched, gates, turns  for which costs it was made
    """

    chains: Chains
    phases: Phases
    hierarchy: Hierarchy
    slots: Slots
    doors: Doors
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
        roads = _weigh(earlier.shape, costs)
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
    arcs = join(phases, links, costs.gates)
    doors = doors_of(phases, links)  # the exits of a link must be neighbours: see `sweep`
    hierarchy = build_hierarchy(
        phases.states,
        np.concatenate([arcs.source, doors.exit_head]),
        np.concatenate([arcs.target, doors.exit_tail]),
    )
    slots = slots_of(hierarchy, arcs)
    made_for = (costs.usable, touched, costs.gates, costs.turns)
    return Shape(chains, phases, hierarchy, slots, doors, *made_for)


def _weigh(shape: Shape, costs: Costs) -> Roads | None:
    links, running = weigh_chains(shape.chains, costs)
    arcs = join(shape.phases, links, costs.gates)
    weighted = weigh_hierarchy(shape.hierarchy, shape.slots, arcs)
    doors = doors_of(shape.phases, links)
    if weighted is None or not _hang_together(shape, doors):
        return None
    return Roads(shape, costs, links, doors, running, arcs, weighted)


def _hang_together(shape: Shape, doors: Doors) -> bool:
    """Say whether the two exits of every link are neighbours, as the leaves of a sweep must be."""
    head, tail = doors.exit_head, doors.exit_tail
    if np.array_equal(head, shape.doors.exit_head) and np.array_equal(tail, shape.doors.exit_tail):
        return True
    apart = (head != tail) & (head != NOWHERE) & (tail != NOWHERE)
    pairs = Arcs(head[apart], tail[apart], np.zeros(int(apart.sum()), dtype=np.int64))
    return bool((slots_of(shape.hierarchy, pairs).slot >= 0).all())
