"""Change: whom a closed road or a new speed concerns, told from the times before it.

A place is not concerned where no shortest way before used an arc that is slower now, and no arc
that is faster now would have shortened one: its old times then satisfy every arc, and are each met
by a way that is as it was. Points on a changed chain itself are always concerned.
"""

from __future__ import annotations

import numpy as np

from access.engine.chains import FAR, Flags, Ints, Points
from access.engine.phases import NOWHERE
from access.engine.roads import Roads
from access.engine.table import fill_states

MANY = 4_000
"""With more changed arcs than this everybody counts as concerned."""


def concerned(
    before: Roads, after: Roads, cells: Points, places: Points, legs: Ints
) -> tuple[Flags, Flags]:
    """Return which of the points, cells and places, must be computed again.

    `legs` are those of the places, in tenths.
    """
    everybody = np.ones(len(cells), dtype=bool), np.ones(len(places), dtype=bool)
    old, new = before.arcs, after.arcs
    if before.shape is not after.shape or not (
        np.array_equal(old.source, new.source) and np.array_equal(old.target, new.target)
    ):
        return everybody
    arc = np.flatnonzero(old.time != new.time)
    if len(arc) > MANY:
        return everybody
    chains = _changed_chains(before, after)
    cell_hit, place_hit = chains[cells.chain], chains[places.chain]
    if len(arc) and len(places):
        states, which = np.unique(
            np.concatenate([old.source[arc], old.target[arc]]), return_inverse=True
        )
        alone = np.column_stack([states, np.full(len(states), NOWHERE)])
        times = np.empty((len(states), len(places)), dtype=np.int32)
        starts = np.where(alone == NOWHERE, FAR, 0)
        fill_states(before, alone, starts, places, legs, times, nowhere=FAR)
        source, target = times[which[: len(arc)]], times[which[len(arc) :]]
        was, is_ = old.time[arc, None], new.time[arc, None]
        used = (source < FAR) & (source + was == target) & (is_ > was)
        better = (source < FAR) & (source + is_ < target) & (is_ < was)
        place_hit = place_hit | (used | better).any(axis=0)
    return cell_hit, place_hit


def _changed_chains(before: Roads, after: Roads) -> Flags:
    """Return the chains with any segment whose time or privacy has changed."""
    changed = np.zeros(len(before.costs.forward), dtype=bool)
    for name in ("forward", "backward", "local_forward", "local_backward"):
        changed |= getattr(before.costs, name) != getattr(after.costs, name)
    chain = before.shape.chains.chain[changed]
    flags = np.zeros(len(before.shape.chains.tail), dtype=bool)
    flags[chain[chain >= 0]] = True
    return flags
