"""An oracle for street travel times: every snap becomes a node, and networkx walks forward."""

from __future__ import annotations

import math
from itertools import pairwise

import networkx as nx
import numpy as np

from access.network.costs import CLOSED, Costs
from access.network.graph import Network
from access.network.modes import Permit
from access.network.snap import Snaps


def forward_times(network: Network, costs: Costs, cells: Snaps, places: Snaps) -> np.ndarray:
    """Return tenths from each cell to each place, -3 for no way; all snapped, legs of no length.

    A trip is private arcs, then public arcs, then private arcs: phases 0, 1 and 2. Whoever comes
    to a private gate over a public arc is in the last phase from there on.
    """
    graph = inserted(network, costs, cells, places)
    result = np.full((len(cells.segment), len(places.segment)), -3, dtype=np.int64)
    for i in range(len(cells.segment)):
        starts = {(name, 0) for name in _names(network, costs, cells, i)}
        for start in starts:
            graph.add_node(start)
        found = nx.multi_source_dijkstra_path_length(graph, starts, weight="weight")
        for j in range(len(places.segment)):
            ends = {
                (name, phase) for name in _names(network, costs, places, j) for phase in range(3)
            }
            times = [found[end] for end in ends if end in found]
            if times:
                result[i, j] = min(times)
    return result


def _names(network: Network, costs: Costs, snaps: Snaps, i: int) -> set[object]:
    """Return the nodes a snap stands for: itself, and the end of its segment it lies exactly at."""
    segment, fraction = int(snaps.segment[i]), float(snaps.fraction[i])
    names: set[object] = {("snap", segment, fraction)}
    for at, node in ((0.0, int(network.tail[segment])), (1.0, int(network.head[segment]))):
        if fraction == at and costs.gates[node] != Permit.CLOSED:
            names.add(node)
    return names


def inserted(network: Network, costs: Costs, cells: Snaps, places: Snaps) -> nx.DiGraph:
    """Return the graph of (node, phase) with all snaps inserted as nodes of their segments."""
    graph = nx.DiGraph()

    def arc(a: object, b: object, weight: int, private: bool) -> None:
        moves = [(0, 0), (1, 2), (2, 2)] if private else [(0, 1), (1, 1)]
        for before, after in moves:
            source, target = (a, before), (b, after)
            gate = isinstance(b, int) and costs.gates[b] == Permit.LOCAL
            if gate and not private:
                target = (b, 2)
            known = graph.get_edge_data(source, target)
            if known is None or known["weight"] > weight:
                graph.add_edge(source, target, weight=weight)

    on: dict[int, set[float]] = {}
    for snaps in (cells, places):
        for segment, fraction in zip(snaps.segment.tolist(), snaps.fraction.tolist(), strict=True):
            on.setdefault(segment, set()).add(fraction)
            for phase in (0, 1, 2):
                graph.add_node((("snap", segment, fraction), phase))

    for segment in range(len(network)):
        ends = []
        for side, node in enumerate((int(network.tail[segment]), int(network.head[segment]))):
            shut = costs.gates[node] == Permit.CLOSED
            ends.append(("shut", segment, side) if shut else node)
        stops = [(0.0, ends[0])]
        stops += [(f, ("snap", segment, f)) for f in sorted(on.get(segment, ()))]
        stops += [(1.0, ends[1])]
        for weight, private, ahead in (
            (int(costs.forward[segment]), bool(costs.local_forward[segment]), True),
            (int(costs.backward[segment]), bool(costs.local_backward[segment]), False),
        ):
            if weight == CLOSED:
                continue
            for (f, a), (g, b) in pairwise(stops):
                piece = math.floor(g * weight + 0.5) - math.floor(f * weight + 0.5)
                arc(*((a, b) if ahead else (b, a)), piece, private)
    return graph
