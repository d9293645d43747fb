"""Relief: the height of the ground, and of every node of a network that lies on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside, frozen
from access._geo import Floats, great_circle, project, unproject
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

    Heights are smoothed along the streets over the width of a cell. A street that runs along a
    hillside would else climb and fall wherever the relief is a little aside: main roads of Andorra
    on 90 m cells came out with a tenth of their length steeper than 23 per cent, and with 11 when
    smoothed. Bridges, tunnels, ferries and everything on another layer do not follow the ground
    beneath: between their ends heights change evenly.

    Segments outside the relief, or beside its voids, are taken as flat, and their share is noted
    (W598). Raises InputError (E597) where the relief covers none of the streets.

    >>> from access.network.build import build
    >>> from access.testing import draw_town
    >>> flat = Relief(np.full((2, 2), 50, np.float32), 127.4, 37.1, (0.2, 0.2), 4326)
    >>> lift(build(draw_town("a b", {"ab": {}})), flat).height.tolist()
    [50.0, 50.0]
    """
    ground = heights(relief, network.lonlat)
    level = _settle(network, ground, _cell_m(relief)).astype(np.float32)
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


def _cell_m(relief: Relief) -> float:
    """Return the metres from one row of the relief to the next, in its middle."""
    rows, columns = relief.metres.shape
    x = relief.west + relief.step[0] * (columns - 1) / 2
    y = relief.north - relief.step[1] * (rows - 1) / 2
    here, below = unproject(np.array([[x, y], [x, y - relief.step[1]]]), relief.crs)
    return float(great_circle(*here[:, None], *below[:, None])[0])


def _settle(network: Network, ground: Floats, reach_m: float) -> Floats:
    """Return heights that keep to the ground and change little along the streets.

    They make the least of: squares of the distance from the ground, summed along the streets that
    lie on it, plus `reach_m` squared times squares of the slope, summed along all (a smoothing
    spline of the first order; along a lone street its kernel is exp(-|x| / reach_m)). What does
    not lie on the ground has no part in the first sum and so hangs straight between its ends.
    """
    from scipy.sparse import coo_array, diags_array
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import splu

    n = len(ground)
    if n == 0:
        return ground
    off = np.array([off_the_ground(tags) for tags in network.tagsets], dtype=bool)
    hanging = off[network.tags[network.way]]
    length = np.maximum(network.length, LEAST_M)
    resting = np.zeros(n)
    for end in (network.tail, network.head):
        resting += np.bincount(end, weights=np.where(hanging, 0.0, length / 2), minlength=n)
    seen = np.isfinite(ground)
    taking_part = seen | (resting == 0)  # a bridge may lead over a void
    joined = taking_part[network.tail] & taking_part[network.head]
    tail, head = network.tail[joined], network.head[joined]
    stiff = reach_m**2 / length[joined]
    ends = (np.concatenate([tail, head]), np.concatenate([head, tail]))
    links = coo_array((np.concatenate([stiff, stiff]), ends), shape=(n, n)).tocsr()

    part = connected_components(links, directed=False)[1]
    hold = np.where(seen, resting, 0.0)
    loose = np.bincount(part, weights=hold)[part] == 0  # all of it hangs: it keeps to the ground
    hold = np.where(loose & seen, 1.0, hold)
    lost = np.bincount(part, weights=hold)[part] == 0
    middle = float(ground[seen].mean()) if seen.any() else 0.0
    pull = hold * np.where(seen, ground - middle, 0.0)
    system: Any = diags_array(hold + lost + links.sum(axis=1)) - links
    solver = splu(
        system.tocsc(),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    level: Floats = middle + solver.solve(pull)
    level[lost] = np.nan
    return level
