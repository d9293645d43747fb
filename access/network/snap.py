"""Snap: where a point joins the network, on a segment and not at a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, frozen
from access._geo import Floats, great_circle, project
from access.network.costs import Costs, components
from access.network.graph import Network
from access.network.modes import Permit
from access.network.nearest import Grid

SMALL_M = 1_000.0
"""Components with less way than this hold no snaps, unless a place stands on them."""

FAR_M = 200.0
"""Snaps farther than this are listed; within it a place prefers the connected streets."""

AT_NODE_M = 0.01
"""A point this close to a node is at the node, and may take any street that meets there."""

STRETCH = 1.01
"""The plane is searched this much farther than the limit, which speaks of metres on the ground."""

SNAP_M = {"walk": 500.0, "bicycle": 500.0, "drive": 1_000.0}
"""How far a point may lie from a way of the mode."""


@dataclass(frozen=True, slots=True, eq=False)
class Snaps(Record):
    """Where points join the network.

    segment    (n,) the segment, -1 where none lies within the limit
    fraction   (n,) how far along it, 0 at its tail and 1 at its head
    metres     (n,) from the point to it, on the great circle
    component  (n,) the connected component it belongs to, -1 where there is none
    """

    segment: npt.NDArray[np.int32]
    fraction: npt.NDArray[np.float64]
    metres: npt.NDArray[np.float64]
    component: npt.NDArray[np.int32]

    @property
    def on(self) -> npt.NDArray[np.bool_]:
        """(n,) whether the point joins the network at all."""
        return self.segment >= 0

    def take(self, which: npt.NDArray[Any]) -> Snaps:
        """Return the snaps of some of the points, by index or by truth."""
        return Snaps(*(frozen(getattr(self, name)[which]) for name in Snaps.__slots__))


def snap(
    network: Network,
    costs: Costs,
    cells: npt.NDArray[np.float64],
    places: npt.NDArray[np.float64],
    limit_m: float,
) -> tuple[Snaps, Snaps, int]:
    """Snap cells and places, (n, 2) and (p, 2) degrees, to the nearest segment the mode may use.

    Ties go to the lowest segment. Components with less than 1 km of way are skipped, unless a
    place stands on them: it lies nearest to them and no longer component is within 200 m of it.
    Returns the snaps of the cells, those of the places, and the number of the main component.

    >>> from access.network.build import build
    >>> from access.network.costs import weigh
    >>> from access.network.modes import mode
    >>> from access.testing import draw_town
    >>> town = build(draw_town("a b", {"ab": {"highway": "path"}}))
    >>> at = town.lonlat.mean(axis=0, keepdims=True)
    >>> snap(town, weigh(town, mode("walk")), at, at, 500)[0].fraction.round(3).tolist()
    [0.5]
    """
    component = components(network, costs.usable, costs.gates == Permit.CLOSED)
    usable = component >= 0
    number = int(component.max()) + 1 if len(component) else 0
    metres = np.bincount(component[usable], weights=network.mapped_m[usable], minlength=number)
    main = int(np.argmax(metres)) if number else -1
    may = usable & costs.snap
    large = may & (np.append(metres, 0.0)[component] >= SMALL_M)  # -1: no component

    at, stand = project(cells, network.crs), project(places, network.crs)
    grid = Grid.of(network, np.flatnonzero(may), np.concatenate([at, stand]), limit_m * STRETCH)

    def nearest(points: Floats, xy: Floats, among: npt.NDArray[np.bool_], limit: float) -> Snaps:
        segment = grid.nearest(xy, among, limit * STRETCH)
        return _join(network, component, segment, points, xy, limit)

    anywhere = nearest(places, stand, may, limit_m)
    connected = nearest(places, stand, large, min(FAR_M, limit_m))
    stands = np.where(connected.on, connected.component, anywhere.component)
    held = np.zeros(number + 1, dtype=bool)
    held[stands] = True
    held[-1] = False
    held[:-1] |= metres >= SMALL_M
    place_snaps = _choose(connected.on, connected, anywhere)
    return nearest(cells, at, may & held[component], limit_m), place_snaps, main


def _choose(which: npt.NDArray[np.bool_], first: Snaps, other: Snaps) -> Snaps:
    return Snaps(
        *(
            frozen(np.where(which, getattr(first, name), getattr(other, name)))
            for name in Snaps.__slots__
        )
    )


def _join(
    network: Network,
    component: npt.NDArray[np.int32],
    segment: npt.NDArray[np.int64],
    points: Floats,
    xy: Floats,
    limit_m: float,
) -> Snaps:
    """Join points to the segments nearest to them, within the limit on the great circle."""
    n = len(points)
    joined = np.full(n, -1, dtype=np.int32)
    fraction = np.zeros(n)
    metres = np.full(n, np.nan)
    who = np.flatnonzero(segment >= 0)
    line = segment[who]
    tail, head = network.tail[line], network.head[line]
    a = network.xy[tail]
    along = network.xy[head] - a
    square = (along**2).sum(axis=1)
    shadow = ((xy[who] - a) * along).sum(axis=1)
    share = np.divide(shadow, square, out=np.zeros(len(who)), where=square > 0).clip(0, 1)
    length = np.sqrt(square)
    share = np.where(share * length < AT_NODE_M, 0.0, share)
    share = np.where((1 - share) * length < AT_NODE_M, 1.0, share)
    start = network.lonlat[tail]
    foot = start + (network.lonlat[head] - start) * share[:, None]
    far = great_circle(*points[who].T, *foot.T)
    near = far <= limit_m
    who = who[near]
    joined[who], fraction[who], metres[who] = line[near], share[near], far[near]
    return Snaps(
        segment=frozen(joined),
        fraction=frozen(fraction),
        metres=frozen(metres),
        component=frozen(np.where(joined >= 0, component[joined], -1), np.int32),
    )
