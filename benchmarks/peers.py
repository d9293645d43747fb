"""The other engines, each on the same arcs and sources: milliseconds of CPU for one source."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np

from benchmarks.streets import Graph

REPEATS = 5


def measured(function: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median of the CPU milliseconds of some calls, after one that does not count."""
    function()
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        function()
        times.append(time.process_time() - begin)
    return float(np.median(times)) * 1000


def matrix(graph: Graph) -> object:
    from scipy.sparse import csr_array

    arcs, n = graph.arcs, graph.phases.states
    first = np.concatenate([[0], np.cumsum(np.bincount(arcs.source, minlength=n))])
    return csr_array((arcs.time.astype(float), arcs.target, first), shape=(n, n))


def scipy_ms(graph: Graph, sources: np.ndarray, limit: float = np.inf) -> float:
    """SciPy's dijkstra, many sources in one call: 16, or with a limit, where places differ, 64."""
    from scipy.sparse.csgraph import dijkstra

    made = matrix(graph)
    some = sources[:16] if np.isinf(limit) else sources[:64]
    return measured(lambda: dijkstra(made, indices=some, limit=limit), 3) / len(some)


def scipy_distances(graph: Graph, sources: np.ndarray, limit: float = np.inf) -> np.ndarray:
    from scipy.sparse.csgraph import dijkstra

    return np.asarray(dijkstra(matrix(graph), indices=sources, limit=limit))


def scipy_nearest_ms(graph: Graph, sources: np.ndarray) -> float:
    from scipy.sparse.csgraph import dijkstra

    made = matrix(graph)
    return measured(lambda: dijkstra(made, indices=sources, min_only=True), 3)


def scipy_nearest(graph: Graph, sources: np.ndarray) -> np.ndarray:
    from scipy.sparse.csgraph import dijkstra

    return np.asarray(dijkstra(matrix(graph), indices=sources, min_only=True))


def others(
    graph: Graph, sources: np.ndarray, lonlat: np.ndarray, slow: bool = True
) -> Iterator[tuple[str, float]]:
    """Yield name and milliseconds a source of every peer that is installed."""
    arcs, n = graph.arcs, graph.phases.states
    pairs = list(zip(arcs.source.tolist(), arcs.target.tolist(), strict=True))
    source = int(sources[0])
    if find_spec("igraph"):
        import igraph

        ig = igraph.Graph(n, pairs, directed=True)
        weights = arcs.time.tolist()
        yield "igraph", measured(lambda: ig.distances([source], weights=weights), 3)
    if find_spec("networkit"):
        import networkit

        nk = networkit.GraphFromCoo(
            (arcs.time.astype(float), (arcs.source, arcs.target)), n=n, weighted=True, directed=True
        )

        def one() -> None:
            search = networkit.distance.Dijkstra(nk, source, storePaths=False)
            search.run()

        yield "networkit", measured(one, 3)
    if find_spec("rustworkx"):
        import rustworkx

        rx = rustworkx.PyDiGraph()
        rx.add_nodes_from(range(n))
        rx.add_edges_from([(a, b, w) for (a, b), w in zip(pairs, arcs.time.tolist(), strict=True)])
        yield (
            "rustworkx",
            measured(lambda: rustworkx.dijkstra_shortest_path_lengths(rx, source, float), 3),
        )
    if find_spec("routingkit_cch"):
        yield "RoutingKit (routingkit-cch)", routingkit_ms(graph, source, lonlat)
    if slow and find_spec("networkx"):
        import networkx

        nx = networkx.DiGraph()
        nx.add_weighted_edges_from(
            (a, b, w) for (a, b), w in zip(pairs, arcs.time.tolist(), strict=True)
        )
        yield (
            "networkx",
            measured(lambda: networkx.single_source_dijkstra_path_length(nx, source), 1),
        )


def routingkit_ms(graph: Graph, source: int, lonlat: np.ndarray) -> float:
    """RoutingKit's sweep to all states; the binding makes a Python number of each time."""
    import routingkit_cch as rk

    arcs, n = graph.arcs, graph.phases.states
    tail, head = arcs.source.tolist(), arcs.target.tolist()
    order = rk.compute_order_inertial(n, tail, head, lonlat[:, 1].tolist(), lonlat[:, 0].tolist())
    metric = rk.CCHMetric(rk.CCH(order, tail, head, False), arcs.time.tolist())
    sweep = rk.CCHOneToMany(metric, list(range(n)))
    made = np.array([np.inf if t is None else t for t in sweep.distances_from(source)])
    assert np.array_equal(made, scipy_distances(graph, np.array([source]))[0])
    return measured(lambda: sweep.distances_from(source))


def pandana_nearest_ms(graph: Graph, sources: np.ndarray, lonlat: np.ndarray) -> float | None:
    """Return milliseconds of pandana's nearest_pois for all nodes; its one-ways are ours."""
    if not find_spec("pandana"):
        return None
    import pandana
    import pandas as pd

    arcs, n = graph.arcs, graph.phases.states
    net = pandana.Network(
        pd.Series(lonlat[:, 0], index=np.arange(n)),
        pd.Series(lonlat[:, 1], index=np.arange(n)),
        pd.Series(arcs.target),
        pd.Series(arcs.source),
        pd.DataFrame({"time": arcs.time.astype(float)}),
        twoway=False,
    )
    reached = scipy_nearest(graph, sources)
    far = float(reached[np.isfinite(reached)].max()) + 1  # it slows down with the distance allowed
    net.set_pois("place", far, 1, pd.Series(lonlat[sources, 0]), pd.Series(lonlat[sources, 1]))
    return measured(lambda: net.nearest_pois(far, "place", num_pois=1), 3)
