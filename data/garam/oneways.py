"""One-way streets as a road office leaves them: nobody is trapped behind one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from garam.streets import Woven

FOR_CARS = (
    "motorway",
    "motorway_link",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
)


def free_traps(woven: Woven) -> Woven:
    """Make small streets two-way again where cars could not leave them, or not get in."""
    ways = list(woven.ways)
    while True:
        trapped = _trapped(len(woven.xy), ways)
        stuck = [
            i
            for i, (refs, tags) in enumerate(ways)
            if tags.get("highway") == "residential"
            and "oneway" in tags
            and trapped[list(refs)].any()
        ]
        if not stuck:
            return replace(woven, ways=tuple(ways))
        for i in stuck:
            refs, tags = ways[i]
            ways[i] = (refs, {key: value for key, value in tags.items() if key != "oneway"})


def _trapped(nodes: int, ways: list[tuple[tuple[int, ...], dict[str, str]]]) -> np.ndarray:
    """Return which nodes hang together with the city's streets, but not in both directions."""
    arcs: list[tuple[int, int]] = []
    for refs, tags in ways:
        if tags.get("highway") not in FOR_CARS:
            continue
        pairs = list(pairwise(refs))
        oneway = tags.get("oneway")
        if oneway != "-1":
            arcs += pairs
        if oneway != "yes":
            arcs += [(b, a) for a, b in pairs]
    a, b = np.array(arcs).T
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(nodes, nodes))
    _, weak = connected_components(graph, connection="weak")
    _, strong = connected_components(graph, connection="strong")
    main = np.bincount(strong[a]).argmax()
    city = weak[a[strong[a] == main][0]]
    return (weak == city) & (strong != main)
