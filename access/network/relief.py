"""Relief: the height of the ground, and of every node of a network that lies on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside, frozen
from access._geo import Floats, project
from access.errors import InputError
from access.ledger import Findings, Ledger
from access.network.graph import Network
from access.network.kinds import FERRY, kind_of

Heights = npt.NDArray[np.float32]
LEAST_M = 0.1
"""Shorter segments of a bridge count as this long, so that none weighs without bound."""


@dataclass(frozen=True, slots=True, eq=False)
class Relief(Record):
    """Heights of the ground on a regular grid.

    metres       (rows, columns) above sea level, the northernmost row first; NaN where unknown
    west, north  the middle of the first cell, in the units of `crs`
    step         the width and height of a cell, in the units of `crs`
    crs          EPSG code
    """

    metres: Heights
    west: float
    north: float
    step: tuple[float, float]
    crs: int
    file: str = aside("")
    ledger: Ledger = aside(factory=Ledger)


def heights(relief: Relief, lonlat: Floats) -> Floats:
    """Return metres above sea level at (n, 2) degrees; NaN outside the relief and beside voids.

    Between the middles of four cells heights are interpolated bilinearly; in the outer half of
    the cells at the edge they stay what they are at the middle.

    >>> hill = Relief(np.float32([[10, 20], [30, 40]]), 127.0, 37.0, (0.1, 0.1), 4326)
    >>> heights(hill, np.array([[127.0, 37.0], [127.05, 36.95], [127.3, 37.0]])).round(6).tolist()
    [10.0, 25.0, nan]
    """
    x, y = project(lonlat, relief.crs).T
    at = ((relief.north - y) / relief.step[1], (x - relief.west) / relief.step[0])
    inside = np.ones(len(x), dtype=bool)
    low, share = [], []
    for place, count in zip(at, relief.metres.shape, strict=True):
        inside &= (place >= -0.5) & (place <= count - 0.5)
        within = np.where(inside, place, 0.0).clip(0, count - 1)
        first = np.minimum(within.astype(np.int64), max(count - 2, 0))
        low.append(first)
        share.append(within - first)
    found = np.where(inside, 0.0, np.nan)
    for down in (0, 1):
        for right in (0, 1):
            weight = np.abs(1 - down - share[0]) * np.abs(1 - right - share[1])
            row = np.minimum(low[0] + down, relief.metres.shape[0] - 1)
            column = np.minimum(low[1] + right, relief.metres.shape[1] - 1)
            value = relief.metres[row, column].astype(np.float64)
            found += weight * np.where(weight > 0, value, 0.0)  # a void beside is no void here
    return found


def lift(network: Network, relief: Relief) -> Network:
    """Return the network with the height of every node, so that modes know its slopes.

    Bridges, tunnels, ferries and everything on another layer do not follow the ground beneath:
    between their ends heights change evenly with the way. Segments outside the relief, or beside
    its voids, are taken as flat, and their share is noted (W598). Raises InputError (E597) where
    the relief covers none of the streets.

    >>> from access.network.build import build
    >>> from access.testing import draw_town
    >>> ramp = Relief(np.float32([[0, 100], [0, 100]]), 127.4, 37.1, (0.2, 0.2), 4326)
    >>> lift(build(draw_town("a b", {"ab": {}})), ramp).height.round().tolist()
    [50.0, 51.0]
    """
    level = _span(network, heights(relief, network.lonlat).astype(np.float32))
    known = np.isfinite(level)
    covered = known[network.tail] & known[network.head]
    whole = float(network.length.sum())
    missing = float(network.length[~covered].sum())
    found = Findings(relief.file)
    if whole > 0 and not covered.any():
        raise InputError.of("E597", file=relief.file, facts={"streets": network.file})
    if missing > 0:
        found.note("W598", percent=f"{100 * missing / whole:.2g}", km=f"{missing / 1000:,.1f}")
    return replace(
        network,
        height=frozen(level, np.float32),
        relief=relief.file,
        ledger=network.ledger + relief.ledger + Ledger(tuple(found.entries)),
    )


def off_the_ground(tags: Mapping[str, str]) -> bool:
    """Return whether a way leaves the ground: bridges, tunnels, other layers, ferries.

    >>> off_the_ground({"highway": "path", "bridge": "yes"}), off_the_ground({"layer": "0"})
    (True, False)
    """
    built = any(tags.get(key, "no") != "no" for key in ("bridge", "tunnel"))
    return built or tags.get("layer", "0") != "0" or kind_of(tags) == FERRY


def _span(network: Network, ground: Heights) -> Heights:
    """Return the heights of nodes where those inside bridges and the like hang between their ends.

    The heights inside are such that each is the mean of its neighbours, the nearer ones counting
    for more; along a simple bridge that is a straight line. A structure that touches no ground of
    known height keeps the ground beneath it.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import spsolve

    off = np.array([off_the_ground(tags) for tags in network.tagsets], dtype=bool)
    hanging = off[network.tags[network.way]]
    n = len(ground)
    tail, head = network.tail[hanging], network.head[hanging]
    times = np.bincount(tail, minlength=n) + np.bincount(head, minlength=n)
    grounded = np.zeros(n, dtype=bool)
    grounded[network.tail[~hanging]] = True
    grounded[network.head[~hanging]] = True
    free = (times > 1) & ~grounded
    support = (times > 0) & ~free & np.isfinite(ground)
    joined = (free | support)[tail] & (free | support)[head]
    tail, head = tail[joined], head[joined]
    weight = 1 / np.maximum(network.length[hanging][joined], LEAST_M)
    ends = (np.concatenate([tail, head]), np.concatenate([head, tail]))
    links: Any = coo_array((np.concatenate([weight, weight]), ends), shape=(n, n)).tocsr()
    part = connected_components(links, directed=False)[1]
    held = np.zeros(n, dtype=bool)
    held[part[support]] = True
    inner = np.flatnonzero(free & held[part])
    if len(inner) == 0:
        return ground
    level = ground.copy()
    rim = np.flatnonzero(support)
    total = coo_array((links.sum(axis=1)[inner], (np.arange(len(inner)),) * 2)).tocsr()
    rows = links[inner]
    level[inner] = spsolve(total - rows[:, inner], rows[:, rim] @ ground[rim].astype(np.float64))
    return level
