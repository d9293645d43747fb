"""The streets that are timed: extracts of OpenStreetMap, and a generated city of any size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from shapely import box

from access._frozen import frozen, texts
from access.engine.chains import FAR, Chains, merge, single, touched_by_private, weigh_chains
from access.engine.phases import Arcs, Phases, join, phases_of
from access.engine.turns import positions
from access.inputs.cells import Cells
from access.inputs.districts import Districts
from access.inputs.places import Places
from access.network.build import build
from access.network.costs import CLOSED, Costs, weigh
from access.network.graph import Network
from access.network.modes import mode
from access.network.read import read_ways
from access.network.snap import Snaps
from access.network.turns import NO_TURNS
from access.study.study import Study


def extract(path: Path) -> Network:
    """Read a network from an extract."""
    return build(read_ways(path))


def generated(side: int, seed: int = 1) -> tuple[Network, Costs]:
    """Draw a city of side x side crossings: shaken, with holes, one-ways and arterials.

    As many street ends meet at a crossing as in OpenStreetMap, two and a half; every tenth line is
    three times as fast.
    """
    random = np.random.default_rng(seed)
    n = side * side
    number = np.arange(n).reshape(side, side)
    xy = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(n, 2) * 100.0
    xy = xy + random.normal(0, 25, xy.shape)
    right = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    up = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    line = np.concatenate([right[:, 0] // side, up[:, 0] % side])
    ends = np.concatenate([right, up])
    kept = random.random(len(ends)) > 0.37
    ends, line = ends[kept], line[kept]
    m = len(ends)
    length = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    tenths = np.maximum(1, length / np.where(line % 10 == 0, 12.0, 4.0) * 10).astype(np.int32)
    nothing = np.zeros(m, dtype=bool)
    network = Network(
        node_id=frozen(np.arange(n)),
        lonlat=frozen(xy / 1e5),
        xy=frozen(xy),
        node_tags={},
        tail=frozen(ends[:, 0], np.int32),
        head=frozen(ends[:, 1], np.int32),
        length=frozen(length),
        way=frozen(np.arange(m), np.int32),
        way_id=frozen(np.arange(m)),
        tags=frozen(np.zeros(m), np.int32),
        tagsets=({"highway": "residential"},),
        crs=5179,
    )
    oneway = random.random(m) < 0.1
    costs = Costs(
        forward=frozen(tenths),
        backward=frozen(np.where(oneway, CLOSED, tenths), np.int32),
        local_forward=frozen(nothing),
        local_backward=frozen(nothing),
        gates=frozen(np.full(n, 2), np.int8),
        snap=frozen(~nothing),
        walk_ms=1.2,
    )
    return network, costs


@dataclass(frozen=True)
class Graph:
    """The states of a network and the arcs between them, for engines that know no more."""

    phases: Phases
    arcs: Arcs

    @classmethod
    def of(cls, network: Network, costs: Costs, merged: bool) -> Graph:
        chains: Chains = merge(network, costs) if merged else single(network)
        touched = touched_by_private(network, costs)
        links, _ = weigh_chains(chains, costs)
        phases = phases_of(positions(chains, NO_TURNS, touched), costs.gates, touched)
        arcs = join(phases, links, costs.gates)
        # A matrix cannot hold parallel arcs, and arcs of no time only as explicit zeros.
        open_ = (arcs.time < FAR) & (arcs.source != arcs.target)
        key = arcs.source[open_] * phases.states + arcs.target[open_]
        order = np.lexsort((arcs.time[open_], key))
        key, time = key[order], arcs.time[open_][order]
        least = np.unique(key, return_index=True)[1]
        source, target = np.divmod(key[least], phases.states)
        first = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=phases.states))])
        return cls(phases, Arcs(source, target, time[least], first))


def walked(network: Network, means: str) -> Costs:
    """Weigh a network for a mode; without forbidden turns, of which the other engines know none."""
    return replace(weigh(network, mode(means)), turns=NO_TURNS)


def corners(network: Network, costs: Costs, count: int, seed: int) -> np.ndarray:
    """Return nodes in the open streets where chains end: states in all engines' graphs."""
    merged = Graph.of(network, costs, merged=True).phases
    nodes = np.flatnonzero((merged.a == -1) & (merged.b >= 0))
    return np.random.default_rng(seed).choice(nodes, count, replace=False)


def scattered(costs: Costs, count: int, seed: int) -> Snaps:
    """Return points anywhere on the streets of a mode."""
    random = np.random.default_rng(seed)
    segment = random.choice(np.flatnonzero(costs.usable & costs.snap), count).astype(np.int32)
    nothing = np.zeros(count)
    return Snaps(segment, random.random(count), nothing, nothing.astype(np.int32))


def lived_in(network: Network, means: str, cells: int, places: int) -> Study:
    """Return a study of one town with cells and places beside the streets of a mode."""
    random = np.random.default_rng(5)
    costs = walked(network, means)
    home, centre = (
        network.lonlat[network.tail[scattered(costs, count, seed).segment]]
        + random.normal(0, 5e-4, (count, 2))
        for count, seed in ((cells, 1), (places, 2))
    )
    around = box(*home.min(axis=0), *home.max(axis=0))
    inside, unknown = np.zeros(cells, np.int32), frozen(np.full(places, np.nan))
    nowhere = texts([""] * places)
    return Study(
        name="benchmark",
        cells=Cells(texts(range(cells)), frozen(home), frozen(np.ones(cells))),
        districts=Districts(texts(["9900000001"]), texts(["town"]), frozen(np.array([around]))),
        places=Places(
            ids=texts(range(places)),
            names=texts(range(places)),
            lonlat=frozen(centre),
            kind=texts(["centre"] * places),
            seats=unknown,
            area_m2=unknown,
            building_m2=unknown,
            yearly_cost=unknown,
            step_free=frozen(np.full(places, -1), np.int8),
            category=nowhere,
            owner=nowhere,
        ),
        network=network,
        groups={"all": frozen(np.ones(cells))},
        cell_district=frozen(inside),
        place_district=frozen(inside[:places]),
        urban=frozen(np.ones(len(network), dtype=bool)),
        crs=network.crs,
    )
