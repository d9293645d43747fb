"""Slope: how much longer a climb takes than the same way on the flat.

Walking: W. Tobler (1993), Three presentations on geographical analysis and modeling, NCGIA
Technical Report 93-1: speed falls with exp(-3.5 |slope + 0.05|), so that a walker is fastest
going gently downhill. Only the form is taken: on the flat everyone keeps the speed of the
profile, which the report gives for one healthy hiker.

Cycling: J. Parkin and J. Rotheram (2010), Design speeds and acceleration characteristics of
bicycle traffic for use in planning, design and appraisal, Transport Policy 17(5), 335-341: riders
who make 6.01 m/s on the flat lose 0.4002 m/s for each per cent uphill and gain 0.2379 m/s for
each per cent downhill, and nobody is to be expected to ride faster than 35 km/h. Taken as shares
of the speed on the flat. Where pushing the bicycle is faster than riding it, it is pushed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from access._geo import Floats
from access.network.graph import Network
from access.network.kinds import FERRY, kind_of
from access.network.modes import Mode

STEEPEST = 0.4
"""Steeper than this no relief is believed: cells of 30 to 200 m cannot tell cliffs from streets."""

SHORTEST_M = 1.0
"""The least length a height difference is divided by.

Heights are smoothed along the streets, so that short segments get the slope of the ground and not
of single cells; only below this length rounding could make a slope of nothing.
"""

LONG_M = 10.0
"""Shorter segments are never too steep for anybody: the relief does not see kerbs and ramps."""

FLAT_MS = 6.01
UPHILL_MS = 40.02  # for each unit of slope, 100 per cent
DOWNHILL_MS = 23.79
FASTEST_MS = 35 / 3.6
SLOWEST = 0.05  # of the speed on the flat; the bicycle is pushed long before


def slopes(network: Network) -> Floats | None:
    """Return the rise of each segment (M,) in metres per metre, drawn from tail to head.

    None for a network without heights. 0 where a height is unknown, and where one is carried:
    on ferries, in lifts, on escalators. Never beyond `STEEPEST` either way.
    """
    if network.height is None:
        return None
    height = network.height.astype(np.float64)
    rise = height[network.head] - height[network.tail]
    slope = np.nan_to_num(rise / np.maximum(network.length, SHORTEST_M))
    carried = np.array(
        [
            kind_of(tags) in (FERRY, "elevator") or tags.get("conveying", "no") != "no"
            for tags in network.tagsets
        ],
        dtype=bool,
    )
    slope[carried[network.tags[network.way]]] = 0.0
    return slope.clip(-STEEPEST, STEEPEST)


def walking_pace(slope: npt.ArrayLike) -> Floats:
    """Return how many times longer walking takes on a slope than on the flat (Tobler 1993).

    >>> walking_pace([-0.05, 0, 0.1]).round(3).tolist()
    [0.839, 1.0, 1.419]
    """
    pace: Floats = np.exp(3.5 * (np.abs(np.asarray(slope, dtype=np.float64) + 0.05) - 0.05))
    return pace


def cycling_pace(slope: npt.ArrayLike) -> Floats:
    """Return how many times longer riding takes than on the flat (Parkin and Rotheram 2010).

    >>> cycling_pace([-0.03, 0, 0.03]).round(3).tolist()
    [0.894, 1.0, 1.25]
    """
    slope = np.asarray(slope, dtype=np.float64)
    change = np.where(slope > 0, -UPHILL_MS * slope, -DOWNHILL_MS * slope)
    pace: Floats = 1 / (1 + change / FLAT_MS).clip(SLOWEST, FASTEST_MS / FLAT_MS)
    return pace


def climb(seconds: Floats, length: Floats, speed: Floats, slope: Floats, mode: Mode) -> Floats:
    """Return the time that segments take on their slope, from the seconds they take on the flat.

    Cars do not mind. Steps, and the wheels of a wheelchair, follow Tobler's function as walkers do:
    nothing better is published for a whole city.
    """
    if mode.name == "drive":
        return seconds
    walked: Floats = seconds * walking_pace(slope)
    if mode.name == "walk":
        return walked
    ridden = seconds * cycling_pace(slope)
    pushed = length / mode.walk_ms * walking_pace(slope)
    return np.where(speed > mode.walk_ms, np.minimum(ridden, pushed), walked)


def too_steep(network: Network, slope: Floats, mode: Mode) -> npt.NDArray[np.bool_] | None:
    """Return the segments (M,) that walkers of this mode do not take, None where there are none."""
    if mode.name != "walk" or mode.max_slope is None:
        return None
    steep: npt.NDArray[np.bool_] = (np.abs(slope) > mode.max_slope) & (network.length >= LONG_M)
    return steep
