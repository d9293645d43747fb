"""Costs: what a mode pays for each segment of a network, and where it may not go through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside, frozen
from access.network.graph import Network
from access.network.kinds import ACROSS
from access.network.modes import Mode, Passage, Permit, node_permit, way_passage
from access.network.permits import Tags
from access.network.slope import climb, slopes, too_steep
from access.network.turns import NO_TURNS, Turns, forbid
from access.network.values import LONGEST_S
from access.network.verdicts import verdicts

CLOSED = -1
"""Stands where a segment's time would, in a direction the mode may not take."""

ENCLOSED_M = 5_000.0
"""Public ways behind private ones, up to this length in all, are part of the compound."""


@dataclass(frozen=True, slots=True, eq=False)
class Costs(Record):
    """The segments of one network as one mode meets them.

    forward, backward  (M,) int32 tenths of a second along the whole segment, or CLOSED
    local_forward,
    local_backward     (M,) only as first or last part of a trip (private, destination)
    gates              (N,) `Permit` of each node: CLOSED cannot be passed, LOCAL as above
    snap               (M,) may a trip start or end here
    walk_ms            metres a second of the legs between a point and its segment
    turns              what is forbidden at corners; only cars obey turn restrictions
    defaults           class -> metres of way whose speed is the default of that class
    anomalies          "key=value" -> number of ways with a tag value no rule knows
    """

    forward: npt.NDArray[np.int32]
    backward: npt.NDArray[np.int32]
    local_forward: npt.NDArray[np.bool_]
    local_backward: npt.NDArray[np.bool_]
    gates: npt.NDArray[np.int8]
    snap: npt.NDArray[np.bool_]
    walk_ms: float
    turns: Turns = NO_TURNS
    defaults: Mapping[str, float] = field(default_factory=dict, metadata={"aside": True})
    anomalies: Mapping[str, int] = aside(factory=dict)

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        """(M,) open in at least one direction."""
        usable: npt.NDArray[np.bool_] = (self.forward != CLOSED) | (self.backward != CLOSED)
        return usable


def tenths(seconds: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Round seconds half up to whole tenths of a second, the unit of every time inside.

    >>> tenths([0.04, 0.05, 83.3333]).tolist()
    [0, 1, 833]
    """
    return np.floor(np.asarray(seconds, dtype=np.float64) * 10 + 0.5).astype(np.int64)


def weigh(network: Network, mode: Mode, urban: npt.NDArray[np.bool_] | None = None) -> Costs:
    """Weigh every segment of a network for a mode.

    `urban` says which segments are in town, where default driving speeds are lower (default:
    none). Tags are judged by the rules of `modes`; a ferry's duration is shared over its segments
    by length. Where the network has heights, a climb takes its time (`slope`).

    >>> from access.network.build import build
    >>> from access.network.modes import mode
    >>> from access.testing import draw_town
    >>> town = build(draw_town("a b", {"ab": {"highway": "residential", "oneway": "yes"}}))
    >>> weigh(town, mode("drive")).backward.tolist()
    [-1]
    """

    def judge(tags: Tags) -> tuple[Passage, Passage]:
        outside = way_passage(tags, mode, urban=False)
        in_town = way_passage(tags, mode, urban=True) if mode.name == "drive" else outside
        return outside, in_town

    judged, of_tags = verdicts(network.tagsets, judge)
    passages = [passage for both in judged for passage in both]
    kind = of_tags[network.tags[network.way]] * 2
    if urban is not None:
        kind += urban

    seconds = _fixed_seconds(network, passages, kind)
    slope = slopes(network) if mode.slope else None
    steep = None if slope is None else too_steep(network, slope, mode)
    permits = {}
    times = {}
    for way in ("forward", "backward"):
        permit = np.array([getattr(p, way) for p in passages], dtype=np.int8)[kind]
        speed = np.array([getattr(p, f"{way}_ms") for p in passages], dtype=np.float64)[kind]
        fixed = ~np.isnan(seconds)
        passable = (permit != Permit.CLOSED) & (fixed | (speed > 0))
        travel = np.where(fixed, seconds, network.length / np.where(speed > 0, speed, 1.0))
        if slope is not None:
            rise = slope if way == "forward" else -slope
            travel = climb(travel, network.length, speed, rise, mode)
        passable &= travel <= LONGEST_S  # slower is no movement, and sums stay within int32
        if steep is not None:
            passable &= ~steep
        times[way] = np.where(passable, tenths(np.where(passable, travel, 0.0)), CLOSED)
        permits[way] = (permit == Permit.LOCAL) & passable

    mapped = np.column_stack([times["forward"], times["backward"]]) != CLOSED
    if network.shut is not None:
        for way in times:
            times[way] = np.where(network.shut, CLOSED, times[way])
            permits[way] &= ~network.shut

    met, which = verdicts(network.node_tags.values(), partial(node_permit, mode=mode))
    gates = np.full(len(network.node_id), Permit.OPEN, dtype=np.int8)
    gates[list(network.node_tags)] = np.array(met, dtype=np.int8)[which]

    costs = Costs(
        forward=frozen(times["forward"], np.int32),
        backward=frozen(times["backward"], np.int32),
        local_forward=frozen(permits["forward"]),
        local_backward=frozen(permits["backward"]),
        gates=frozen(gates),
        snap=frozen(np.array([p.snap for p in passages], dtype=bool)[kind]),
        walk_ms=mode.walk_ms,
        defaults=_default_lengths(network, passages, kind, times),
        anomalies=_anomalies(network, [outside for outside, _ in judged], of_tags),
    )
    costs = _enclose(network, costs)
    return restricted(network, costs, mapped) if mode.name == "drive" else costs


def restricted(
    network: Network, costs: Costs, mapped: npt.NDArray[np.bool_] | None = None
) -> Costs:
    """Return the costs with the turns that the restrictions of the network forbid.

    `mapped` (M, 2) which segments were open before a plan closed some (default: those open now).
    """
    open_ = np.column_stack([costs.forward, costs.backward]) != CLOSED
    private = np.column_stack([costs.local_forward, costs.local_backward])
    mapped = open_ if mapped is None else mapped
    return replace(costs, turns=forbid(network, open_, private, costs.gates, mapped))


def components(
    network: Network, among: npt.NDArray[np.bool_], cut: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int32]:
    """Return the weakly connected component of each segment in `among`, -1 elsewhere.

    Components are numbered from 0. Segments do not join at the nodes in `cut`: there each one ends
    by itself.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    label = np.full(len(network), -1, dtype=np.int32)
    chosen = np.flatnonzero(among)
    if len(chosen) == 0:
        return label
    n = len(network.node_id)
    ends = np.stack([network.tail[chosen], network.head[chosen]])
    alone = cut[ends]
    size = n + int(alone.sum())
    ends[alone] = np.arange(n, size)
    graph = coo_array((np.ones(len(chosen)), (ends[0], ends[1])), shape=(size, size))
    number, node_label = connected_components(graph, directed=False)
    found = node_label[ends[0]]
    held = np.zeros(number, dtype=bool)  # nodes without a segment are components as well
    held[found] = True
    label[chosen] = (np.cumsum(held) - 1)[found]
    return label


def _fixed_seconds(
    network: Network, passages: list[Passage], kind: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """Share the duration of ways that have one over their segments by length; NaN elsewhere."""
    given = np.array([p.seconds for p in passages], dtype=np.float64)  # None is read as NaN
    seconds: npt.NDArray[np.float64] = given[kind]
    if np.isnan(seconds).all():
        return seconds
    whole = np.bincount(network.way, weights=network.length, minlength=len(network.way_id))
    seconds *= network.length / np.maximum(whole[network.way], 1e-9)
    return seconds


def _default_lengths(
    network: Network,
    passages: list[Passage],
    kind: npt.NDArray[Any],
    times: dict[str, npt.NDArray[Any]],
) -> dict[str, float]:
    """Return metres of usable way by the class whose default speed was used; "" where tagged."""
    usable = (times["forward"] != CLOSED) | (times["backward"] != CLOSED)
    by_kind = np.bincount(kind, weights=network.length * usable, minlength=len(passages))
    lengths: dict[str, float] = {}
    for passage, metres in zip(passages, by_kind.tolist(), strict=True):
        if metres > 0:
            lengths[passage.default] = lengths.get(passage.default, 0.0) + metres
    return dict(sorted(lengths.items()))


def _anomalies(
    network: Network, passages: list[Passage], of_tags: npt.NDArray[np.int64]
) -> dict[str, int]:
    """Return how many ways have each tag value that no rule knows."""
    # The lines across an area do not count: its outline does.
    mapped = np.array([tags.get("area") != ACROSS for tags in network.tagsets], dtype=bool)
    ways = np.bincount(of_tags[network.tags], mapped[network.tags], len(passages)).astype(int)
    counts: dict[str, int] = {}
    for passage, number in zip(passages, ways.tolist(), strict=True):
        for key, value in passage.anomalies if number else ():
            counts[f"{key}={value}"] = counts.get(f"{key}={value}", 0) + number
    return dict(sorted(counts.items()))


def _enclose(network: Network, costs: Costs) -> Costs:
    """Make public ways that only private ways or private gates lead to part of the compound.

    Footways inside an apartment compound carry no tag of their own, yet nobody gets there but
    through the gate. Without this rule a trip from there would pass "public, private, public",
    which is a through trip, and the residents would be cut off.
    """
    shut = costs.gates == Permit.CLOSED
    gated = costs.gates == Permit.LOCAL
    local = costs.local_forward | costs.local_backward
    if not gated.any() and not local.any():
        return costs
    usable = costs.usable
    public = usable & ~local
    part = components(network, public, shut | gated)
    whole = components(network, usable, shut)
    if not public.any():
        return costs
    metres = np.bincount(part[public], weights=network.mapped_m[public])
    home = np.full(len(metres), -1)
    home[part[public]] = whole[public]
    largest = np.zeros(int(whole.max()) + 1)
    np.maximum.at(largest, home, metres)
    first = np.full(len(largest), len(metres))  # of equally long parts, the first is outside
    np.minimum.at(
        first, home, np.where(metres == largest[home], np.arange(len(metres)), len(metres))
    )
    inside = (np.arange(len(metres)) != first[home]) & (metres <= ENCLOSED_M)
    enclosed = np.zeros(len(network), dtype=bool)
    enclosed[public] = inside[part[public]]
    if not enclosed.any():
        return costs
    return replace(
        costs,
        local_forward=frozen(costs.local_forward | (enclosed & (costs.forward != CLOSED))),
        local_backward=frozen(costs.local_backward | (enclosed & (costs.backward != CLOSED))),
    )
