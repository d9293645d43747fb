"""An oracle for turns: a search over directed segments that remembers what it came by.

Forward, with networkx. A state is the directed segment a trip has just driven (the segment times
two, plus one against its drawing), as much of what it drove before as matters to a rule, and the
phase of the trip: private arcs, then public arcs, then private arcs.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import networkx as nx
import numpy as np

from access.network.costs import CLOSED, Costs
from access.network.graph import Network
from access.network.modes import Permit
from access.network.snap import Snaps


class Rules:
    """What a driver may do, read from the restrictions of a network."""

    def __init__(self, network: Network, costs: Costs) -> None:
        self.network, self.costs = network, costs
        self.steps = [d for d in range(2 * len(network)) if self.weight(d) != CLOSED]
        self.usable = set(self.steps)
        self.leaving: dict[int, list[int]] = {}
        for d in self.steps:
            self.leaving.setdefault(self.begin(d), []).append(d)
        self.meet = np.bincount(
            np.concatenate([network.tail[costs.usable], network.head[costs.usable]]),
            minlength=len(network.node_id),
        )
        private = costs.local_forward | costs.local_backward
        self.residents = {*network.tail[private].tolist(), *network.head[private].tolist()}
        self.demands = [
            (path[:-1], path[-1], only)
            for path, only in network.restrictions
            if all(d in self.usable for d in (path if only else path[:-1]))
        ]
        self.junctions = {self.end(stem[0]) for stem, _, _ in self.demands}
        self.junctions |= {self.end(stem[-1]) for stem, _, _ in self.demands}
        self.stems = {stem[:i] for stem, _, _ in self.demands for i in range(1, len(stem) + 1)}
        # The same is asked again for every cell that a trip starts from.
        self.may, self.rest = cache(self.allows), cache(self.kept)

    def weight(self, d: int) -> int:
        return int((self.costs.backward if d & 1 else self.costs.forward)[d >> 1])

    def private(self, d: int) -> bool:
        return bool((self.costs.local_backward if d & 1 else self.costs.local_forward)[d >> 1])

    def begin(self, d: int) -> int:
        return int((self.network.head if d & 1 else self.network.tail)[d >> 1])

    def end(self, d: int) -> int:
        return self.begin(d ^ 1)

    def ways_on(self, d: int) -> list[int]:
        """Return where the public can drive on from the end of a segment, but for turning."""
        return [e for e in self.out(self.end(d)) if e != d ^ 1 and not self.private(e)]

    def out(self, node: int) -> list[int]:
        """Return the segments that can be driven from a node."""
        return self.leaving.get(node, [])

    def turning_place(self, node: int) -> bool:
        """Say whether it is more than a point where two segments of one road meet."""
        gate = self.costs.gates[node] != Permit.OPEN
        return self.meet[node] != 2 or gate or node in self.residents or node in self.junctions

    def allows(self, came: tuple[int, ...], d: int) -> bool:
        """Say whether one may go on by `d`, having come by the segments `came`."""
        if not came:
            return True
        for stem, last, only in self.demands:
            if not only and (*came, d)[-len(stem) - 1 :] == (*stem, last):
                return False
            for i in range(1, len(stem) + 1) if only else ():
                if came[-i:] == stem[:i] and d != (*stem, last)[i]:
                    return False
        if d != came[-1] ^ 1:
            return True
        if not self.turning_place(self.end(came[-1])):
            return False
        return not (self.ways_on(came[-1]) and self.under_way(came))

    def under_way(self, came: tuple[int, ...]) -> bool:
        """Say whether one has come straight from the middle of a restriction, by one street."""
        return any(
            came[:-k][-len(stem) :] == stem and self.one_street(stem, came[-k:])
            for k in range(1, len(came))
            for stem in self.stems
        )

    def one_street(self, stem: tuple[int, ...], street: tuple[int, ...]) -> bool:
        """Say whether a street was driven without any choice, and could be driven back."""
        return (
            self.turning_place(self.end(stem[-1]))
            and stem != (street[0] ^ 1,)
            and len(set(stem + street[1:])) == len(stem + street[1:])
            and all(not self.private(street[0]) and d ^ 1 in self.usable for d in street)
            and all(
                self.ways_on(d) == [e] and self.costs.gates[self.end(d)] == Permit.OPEN
                for d, e in pairwise(street)
            )
            and self.costs.gates[self.end(street[-1])] == Permit.OPEN
        )

    def kept(self, came: tuple[int, ...]) -> tuple[int, ...]:
        """Return what of the way so far any rule may ask for."""
        for i in range(len(came) - 1):
            rest = came[i:]
            begun = any(rest == stem[: len(rest)] for stem, _, _ in self.demands)
            onward = any(
                rest[: len(stem)] == stem and self.one_street(stem, rest[len(stem) :])
                for stem in self.stems
                if len(stem) < len(rest)
            )
            if begun or onward:
                return rest
        return came[-1:]


def turning_times(network: Network, costs: Costs, cells: Snaps, places: Snaps) -> np.ndarray:
    """Return tenths from each cell to each place, -3 for no way; all snapped, legs of no length."""
    rules = Rules(network, costs)
    result = np.full((len(cells.segment), len(places.segment)), -3, dtype=np.int64)
    for i in range(len(cells.segment)):
        graph = _reached(rules, cells, i)
        found = nx.single_source_dijkstra_path_length(graph, "start", weight="weight")
        by_node: dict[int, list] = {}
        for state, time in found.items():
            by_node.setdefault(state[0], []).append((state, time))
        for j in range(len(places.segment)):
            doors = {rules.begin(2 * int(places.segment[j]) + side) for side in (0, 1)}
            times = [
                time + more
                for node in doors
                for state, time in by_node.get(node, [])
                for more in _to_place(rules, places, j, state)
            ] + _along(rules, cells, i, places, j)
            if times:
                result[i, j] = min(times)
    return result


def _at_node(rules: Rules, snaps: Snaps, i: int) -> int | None:
    segment, fraction = int(snaps.segment[i]), float(snaps.fraction[i])
    for at, node in ((0.0, rules.begin(2 * segment)), (1.0, rules.end(2 * segment))):
        if fraction == at and rules.costs.gates[node] != Permit.CLOSED:
            return node
    return None


def _part(rules: Rules, d: int, fraction: float) -> int:
    """Return the tenths from the beginning of a directed segment to a point of the segment."""
    weight = rules.weight(d)
    split = math.floor(fraction * weight + 0.5)
    return weight - split if d & 1 else split


def _after(rules: Rules, phase: int, d: int) -> int | None:
    """Return the phase after driving a segment, None where it may not be driven in this phase."""
    if rules.private(d):
        return 2 if phase else 0
    if phase == 2:
        return None
    return 2 if rules.costs.gates[rules.end(d)] == Permit.LOCAL else 1


def _reached(rules: Rules, cells: Snaps, i: int) -> nx.DiGraph:
    """Return the graph of all that can be reached from a cell."""
    graph = nx.DiGraph()
    graph.add_node("start")
    todo = []

    def arc(source: object, target: object, weight: int) -> None:
        known = graph.get_edge_data(source, target)
        if target not in graph:
            todo.append(target)
        if known is None or known["weight"] > weight:
            graph.add_edge(source, target, weight=weight)

    def drive(source: object, d: int, came: tuple[int, ...], phase: int, weight: int) -> None:
        after = _after(rules, phase, d)
        node = rules.end(d)
        if after is not None and rules.costs.gates[node] != Permit.CLOSED:
            arc(source, (node, rules.rest((*came, d)), after), weight)

    segment, fraction = int(cells.segment[i]), float(cells.fraction[i])
    node = _at_node(rules, cells, i)
    if node is not None:
        arc("start", (node, (), 0), 0)
    else:
        for d in (2 * segment, 2 * segment + 1):
            if d in rules.usable:
                drive("start", d, (), 0, rules.weight(d) - _part(rules, d, fraction))
    while todo:
        state = todo.pop()
        node, came, phase = state
        for d in rules.out(node):
            if rules.may(came, d):
                drive(state, d, came, phase, rules.weight(d))
    return graph


def _to_place(rules: Rules, places: Snaps, j: int, state: tuple) -> list[int]:
    node, came, phase = state
    if _at_node(rules, places, j) is not None:
        return [0] if node == _at_node(rules, places, j) else []
    segment, fraction = int(places.segment[j]), float(places.fraction[j])
    return [
        _part(rules, d, fraction)
        for d in (2 * segment, 2 * segment + 1)
        if d in rules.usable and rules.begin(d) == node and rules.may(came, d)
        if rules.private(d) or phase < 2
    ]


def _along(rules: Rules, cells: Snaps, i: int, places: Snaps, j: int) -> list[int]:
    """Return the tenths of trips that never leave their segment."""
    segment, f = int(cells.segment[i]), float(cells.fraction[i])
    g = float(places.fraction[j])
    if segment != places.segment[j]:
        return []
    ways = [2 * segment] * (f <= g) + [2 * segment + 1] * (f >= g)
    return [_part(rules, d, g) - _part(rules, d, f) for d in ways if d in rules.usable]
