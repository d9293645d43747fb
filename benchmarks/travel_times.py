"""Travel times: this project and its peers on the same streets in the same run.

    python -m benchmarks FOLDER [--quick]

FOLDER holds osm_elsewhere/porto_portugal.osm.pbf and porto_alegre/poa_osm.pbf. Times are CPU time
of the process, medians, one thread unless said; ratios are what counts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from access._frozen import frozen
from access.engine import recent
from access.engine.bounded import fill_bounded
from access.engine.closest import closest_rows
from access.engine.nodes import at_nodes, leaves, times_to_nodes
from access.engine.roads import Roads, prepare
from access.engine.table import Ends, exits_of, fill_rows, seeds_of, sweep_rows
from access.measure.coverage import count_within
from access.measure.evaluation import evaluate
from access.network.costs import Costs, weigh
from access.network.edits import add_way, close_ways
from access.network.graph import Network
from access.network.modes import mode
from access.network.snap import SNAP_M, snap
from access.study.question import Question
from access.study.study import Study
from access.travel.again import search_afresh, search_again
from access.travel.asked import Asked
from access.travel.compute import travel_times
from access.travel.street import search
from benchmarks import peers, reading
from benchmarks.peers import measured
from benchmarks.streets import (
    Graph,
    corners,
    extract,
    generated,
    lived_in,
    scattered,
    walked,
)

EXTRACTS = {
    "Porto": "osm_elsewhere/porto_portugal.osm.pbf",
    "Porto Alegre": "porto_alegre/poa_osm.pbf",
}
HALF_HOUR = 18_000
ROUNDS = 5


def main() -> None:
    """Print all tables."""
    folder = Path(sys.argv[1])
    quick = "--quick" in sys.argv
    for name, file in EXTRACTS.items():
        reading.compare(name, folder / file, quick)
    porto = extract(folder / EXTRACTS["Porto"])
    graphs = [("Porto, on foot", porto, "walk"), ("Porto, by car", porto, "drive")]
    if not quick:
        poa = extract(folder / EXTRACTS["Porto Alegre"])
        graphs += [("Porto Alegre, on foot", poa, "walk"), ("Porto Alegre, by car", poa, "drive")]
    for name, network, means in graphs:
        one_city(name, network, walked(network, means), means, slow=not quick)
    planner(porto)
    scenario(porto)
    crossover(porto)
    if not quick:
        million()


def heading(text: str) -> None:
    print(f"\n## {text}\n", flush=True)


def preparation(network: Network, costs: Costs) -> Roads:
    roads = prepare(network, costs)
    again = measured(lambda: prepare(network, costs), 3)
    longer = {
        way: frozen(
            np.where(getattr(costs, way) > 0, getattr(costs, way) * 2 + 1, getattr(costs, way))
        )
        for way in ("forward", "backward")
    }
    weights = measured(partial(prepare, network, replace(costs, **longer), roads), 3)
    hierarchy = roads.shape.hierarchy
    print(
        f"{len(network.node_id):,} nodes, {len(network):,} segments; "
        f"states {len(hierarchy.number):,}, arcs {len(hierarchy.upper):,}, "
        f"of these needed {len(roads.weighted.down_time):,}; longest path {hierarchy.deepest}. "
        f"Prepared in {again:.0f} ms, all weights new {weights:.0f} ms."
    )
    return roads


def one_city(name: str, network: Network, costs: Costs, means: str, slow: bool) -> None:
    heading(name)
    roads = preparation(network, costs)
    mapped, merged = (Graph.of(network, costs, merged=m) for m in (False, True))
    nodes = corners(network, costs, 512, 7)
    sources = [graph.phases.b[nodes] for graph in (mapped, merged)]
    print(
        f"Peers' graph as mapped: {mapped.phases.states:,} nodes, {len(mapped.arcs.time):,} arcs; "
        f"chains merged: {merged.phases.states:,} and {len(merged.arcs.time):,}.\n"
    )
    full = [peers.scipy_ms(g, s) for g, s in zip((mapped, merged), sources, strict=True)]
    rest = [
        dict(peers.others(g, s, lonlat_of(g, network), slow))
        for g, s in zip((mapped, merged), sources, strict=True)
    ]
    print("| engine | ms a place, as mapped | ms a place, merged |\n|---|---|---|")
    print(f"| SciPy | {full[0]:.2f} | {full[1]:.2f} |")
    for peer in rest[0]:
        print(f"| {peer} | {rest[0][peer]:.1f} | {rest[1][peer]:.1f} |")

    print("\n| sweep | ms | us a place | x SciPy | x networkx | write alone, ms |")
    print("|---|---|---|---|---|---|")
    checked = peers.scipy_distances(mapped, sources[0][:4])
    ends = np.flatnonzero((merged.phases.b >= 0) | (merged.phases.c >= 0))
    for count in (64, 512):
        places = Ends.of(roads, at_nodes(network, costs, nodes[:count])[0])
        for graph, only in ((0, None), (1, ends)):
            for label, limit in (("int32", None), ("uint16, limit 108 min", 65_000)):
                to = leaves(network, roads, limit, only)
                made = times_to_nodes(roads, to, places, limit)
                if limit is None and only is None:
                    same(made, mapped, to, checked)
                for threads in (1, 2):
                    ask = partial(times_to_nodes, roads, to, places, limit)
                    ms = measured(partial(ask, threads, made.times))
                    write = measured(partial(made.times.fill, 7))
                    each = ms / count
                    nx = rest[graph].get("networkx")
                    print(
                        f"| {count} places, {('all nodes', 'ends of chains')[graph]}, {label}, "
                        f"{threads} thread(s) | {ms:.1f} | {each * 1e3:.0f} "
                        f"| {full[graph] / each:.0f} | {f'{nx / each:,.0f}' if nx else '-'} "
                        f"| {write:.1f} |",
                        flush=True,
                    )
    if means == "walk":
        limited(roads, network, costs, nodes, (mapped, merged), sources)
    nearest(roads, network, costs, nodes[:100], mapped, sources[0][:100])


def lonlat_of(graph: Graph, network: Network) -> np.ndarray:
    """Return the degrees of all states."""
    lonlat = np.zeros((graph.phases.states, 2))
    for states in (graph.phases.a, graph.phases.b, graph.phases.c):
        lonlat[states[states >= 0]] = network.lonlat[states >= 0]
    return lonlat


def same(made: object, graph: Graph, to: object, want: np.ndarray) -> None:
    """Stop unless the engine's times are SciPy's."""
    states = graph.phases.b[to.node]  # type: ignore[attr-defined]
    known = states >= 0
    lanes = made.times.shape[2]  # type: ignore[attr-defined]
    for place in range(len(want)):
        at = int(np.flatnonzero(made.order == place)[0])  # type: ignore[attr-defined]
        mine = made.times[at // lanes, :, at % lanes][known]  # type: ignore[attr-defined]
        theirs = want[place][
            np.where(graph.phases.c[to.node] >= 0, graph.phases.c[to.node], states)
        ]  # type: ignore[attr-defined]
        theirs = theirs[known]
        assert (np.where(np.isinf(theirs), 2**29, theirs) == mine).all()


def limited(roads, network, costs, nodes, graphs, sources) -> None:  # type: ignore[no-untyped-def]
    print("\n| 30 minutes' limit, sparse output | us a place | SciPy | ratio |\n|---|---|---|---|")
    ends = np.flatnonzero((graphs[1].phases.b >= 0) | (graphs[1].phases.c >= 0))
    for name, graph, mine, only in zip(
        ("all nodes", "ends of chains"), graphs, sources, (None, ends), strict=True
    ):
        scipy = peers.scipy_ms(graph, mine, HALF_HOUR)
        to = leaves(network, roads, HALF_HOUR, only)
        for count in (64, 512):
            places = Ends.of(roads, at_nodes(network, costs, nodes[:count])[0])
            made = times_to_nodes(roads, to, places, HALF_HOUR)
            ask = partial(times_to_nodes, roads, to, places, HALF_HOUR, 1)
            ms = measured(partial(ask, made.times)) / count
            print(
                f"| {count} places, {name} | {ms * 1e3:.0f} | {scipy * 1e3:.0f} "
                f"| {scipy / ms:.1f} |"
            )


def nearest(roads, network, costs, nodes, graph, sources) -> None:  # type: ignore[no-untyped-def]
    to = leaves(network, roads)
    places = Ends.of(roads, at_nodes(network, costs, nodes)[0])
    best = np.empty(len(to.node), dtype=np.int64)
    ms = measured(lambda: closest_rows(roads, to.selection, places, best))
    lonlat = lonlat_of(graph, network)
    scipy = peers.scipy_nearest_ms(graph, sources)
    pandana = peers.pandana_nearest_ms(graph, sources, lonlat)
    told = "not installed" if pandana is None else f"{pandana:.0f} ms, {pandana / ms:.0f} times"
    print(
        f"\nNearest of 100 places for all nodes: {ms:.1f} ms; SciPy min_only {scipy:.0f} ms, "
        f"{scipy / ms:.0f} times; pandana nearest_pois {told}."
    )


def planner(network: Network) -> None:
    heading("300 places to 50,000 cells in Porto, all a planner waits for (wall milliseconds)")
    for means in ("walk", "drive"):
        study, question = lived_in(network, means, 50_000, 300), Question(mode=means)
        costs = weigh(network, study.mode(means, question.profile), study.urban)
        ready = [prepared_ms(network, costs) for _ in range(ROUNDS + 1)]
        rounds = [waited(study, question) for _ in range(ROUNDS + 1)]
        ms = {name: float(np.median([r[name] for r in rounds[1:]])) for name in rounds[0]}
        whole = ms.pop("travel_times, and the reduction")
        other = {name: ms.pop(name) for name in ("travel_times alone", "evaluate alone")}
        print(f"{means}: preparation, once: {np.median(ready[1:]):.0f}\n")
        print("| step | ms | share |\n|---|---|---|")
        for name, each in (*ms.items(), ("all of it", whole)):
            print(f"| {name} | {each:.0f} | {each / whole:.0%} |")
        print("\n" + ", ".join(f"{name}: {each:.0f}" for name, each in other.items()) + "\n")


def prepared_ms(network: Network, costs: Costs) -> float:
    begin = time.perf_counter()
    prepare(network, costs)
    return (time.perf_counter() - begin) * 1000


def waited(study: Study, question: Question) -> dict[str, float]:
    """Return the milliseconds of each step by itself, and of the functions that take them all."""
    clock = Clock()
    costs = weigh(study.network, study.mode(question.mode, question.profile), study.urban)
    clock.lap("weigh")
    at = (study.cells.lonlat, study.places.lonlat)
    cells, places, _ = snap(study.network, costs, *at, SNAP_M[question.mode])
    clock.lap("snap cells and places")
    search(study.network, costs, cells, places)
    clock.lap("times (search)")
    steps = sum(clock.ms.values())
    times = travel_times(study, question)
    clock.lap("travel_times alone")
    clock.ms["fingerprints and copies of the table"] = clock.ms["travel_times alone"] - steps
    clock.begin = time.perf_counter()
    nearest, _ = times.nearest()
    clock.lap("nearest place")
    areas = len(study.districts)
    minutes = np.array(question.minutes)
    count_within(nearest, study.groups["all"], study.cell_district, areas, minutes)
    clock.lap("coverage")
    clock.ms["travel_times, and the reduction"] = sum(
        clock.ms[name] for name in ("travel_times alone", "nearest place", "coverage")
    )
    clock.begin = time.perf_counter()
    evaluate(study, question)
    clock.lap("evaluate alone")
    return clock.ms


class Clock:
    """Milliseconds by name, of what was done since the last name."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self.begin = time.perf_counter()

    def lap(self, name: str) -> None:
        self.ms[name] = (time.perf_counter() - self.begin) * 1000
        self.begin = time.perf_counter()


def scenario(network: Network) -> None:
    heading("A road closed, a bridge: 300 places to 50,000 cells in Porto (wall milliseconds)")
    print("| | told from the times before: median (least, most) | afresh | of this, prepared |")
    print("|---|---|---|---|")
    random = np.random.default_rng(3)
    for means in ("walk", "drive"):
        profile = mode(means)
        costs = weigh(network, profile)
        where = [
            network.lonlat[network.tail[scattered(costs, count, seed).segment]]
            + random.normal(0, 5e-4, (count, 2))
            for count, seed in ((50_000, 1), (300, 2))
        ]
        before = asked(network, costs, where, means)
        times = search_afresh(before)
        for kind, plan_of in (("road closed", one_closed), ("bridge", one_bridge)):
            told, whole, ready = [], [], []
            for _ in range(9):
                plan = plan_of(network, costs, random)
                now = asked(plan, weigh(plan, profile), where, means)
                found = timed(partial(search_again, now, before, times), told)
                recent.forget()
                timed(partial(recent.prepared, now.network, now.costs), ready)
                fresh = timed(partial(search_afresh, now), whole)
                assert np.array_equal(found, fresh)
                search_afresh(before)  # prepared again, as it was
            middle = [float(np.median(ms[1:])) for ms in (told, whole, ready)]
            print(
                f"| {kind}, {means} | {middle[0]:.0f} ({min(told):.0f}, {max(told[1:]):.0f}) "
                f"| {middle[1] + middle[2]:.0f} | {middle[2]:.0f} |",
                flush=True,
            )


def asked(network: Network, costs: Costs, where: list[np.ndarray], means: str) -> Asked:
    cells, places, _ = snap(network, costs, *where, SNAP_M[means])
    return Asked(network, costs, cells, places)


def timed(function: Callable[[], object], ms: list[float]) -> object:
    begin = time.perf_counter()
    found = function()
    ms.append((time.perf_counter() - begin) * 1000)
    return found


def one_closed(network: Network, costs: Costs, random: np.random.Generator) -> Network:
    open_ = np.flatnonzero(costs.usable & ~costs.local_forward)
    return close_ways(network, [network.way_id[network.way[random.choice(open_)]]])


def one_bridge(network: Network, costs: Costs, random: np.random.Generator) -> Network:
    nodes = np.unique(network.tail[costs.usable & ~costs.local_forward & ~costs.local_backward])
    start = random.choice(nodes)
    metres = np.hypot(*(network.xy[nodes] - network.xy[start]).T)
    end = random.choice(nodes[(metres > 100) & (metres < 300)])
    tags = {"highway": "residential", "bridge": "yes"}
    return add_way(network, [network.node_id[start], network.node_id[end]], tags)


def crossover(network: Network) -> None:
    heading("Searching within a limit: to 50,000 cells in Porto (CPU milliseconds, one thread)")
    print("| | chosen | bounded search alone | sweep alone |\n|---|---|---|---|")
    for means in ("walk", "drive"):
        costs = walked(network, means)
        roads = prepare(network, costs)
        cells = Ends.of(roads, scattered(costs, 50_000, 1))
        rows = exits_of(roads, cells, 50_000)
        for count in (4, 64, 300):
            seeds = seeds_of(roads, Ends.of(roads, scattered(costs, count, 2)))
            for minutes in (5, 15, 30, 60):
                limit, table = minutes * 600, np.full((50_000, count), -3, dtype=np.int32)

                question = (roads, *rows, seeds, table, limit)
                ways = (
                    partial(fill_rows, *question, -3, 1),
                    lambda q=question: list(fill_bounded(*q, 1, True) or ()),
                    lambda q=question: list(sweep_rows(*q, -3, 1)),
                )
                ms = [measured(way, 3) for way in ways]
                print(
                    f"| {means}, {count} places, {minutes} min "
                    f"| {ms[0]:.1f} | {ms[1]:.1f} | {ms[2]:.1f} |",
                    flush=True,
                )


def million() -> None:
    heading("A generated city of about a million nodes")
    network, costs = generated(1000)
    begin = time.process_time()
    roads = preparation(network, costs)
    print(f"(with repeats {time.process_time() - begin:.0f} s)")
    nodes = corners(network, costs, 500, 7)
    places = Ends.of(roads, at_nodes(network, costs, nodes)[0])
    graph = Graph.of(network, costs, merged=False)
    scipy = peers.scipy_ms(graph, graph.phases.b[nodes][:4])
    for label, limit in (("int32", None), ("uint16, limit 108 min", 65_000)):
        to = leaves(network, roads, limit)
        made = times_to_nodes(roads, to, places, limit)
        for threads in (1, 2):
            begin = time.perf_counter()
            ask = partial(times_to_nodes, roads, to, places, limit)
            ms = measured(partial(ask, threads, made.times), 3)
            wall = (time.perf_counter() - begin) / 4
            print(
                f"500 places, {label}, {threads} thread(s): {ms:.0f} ms CPU, {wall * 1e3:.0f} ms "
                f"wall; {scipy / ms * 500:.0f} times SciPy ({scipy:.0f} ms a place)"
            )


if __name__ == "__main__":
    main()
