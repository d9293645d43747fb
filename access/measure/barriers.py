"""Barriers: why people are not reached, and how much of the gap is whose doing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

from access.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

MOST = 12
"""2^12 counterfactuals are the most that are asked."""
REST = "rest"


def barrier_shares(
    barriers: Collection[str], unreached: Callable[[frozenset[str]], float]
) -> pd.DataFrame:
    """Return how much of a gap each barrier is, by taking barriers away in every combination.

    `unreached` says how many people are not reached once some barriers (a frozenset of names) are
    taken away; it is asked once for each of the 2^k sets. A row a barrier, columns `alone` (what
    taking it away first gains), `last` (what it gains once all others are away) and `share`: its
    Shapley value, the average gain over all orders (Shapley 1953; Shorrocks 2013). The shares,
    with the row `rest` for what remains when all barriers are away, sum to the whole gap.

    Raises InputError for names that stand twice, the name "rest", none, or more than 12.

    >>> def unreached(away):  # 60 live too far; 40 are near, but there it is closed in the evening
    ...     return 100 - 40 * ("closed" in away) - 60 * ({"closed", "distance"} <= away)
    >>> table = barrier_shares(["distance", "closed"], unreached)
    >>> table["share"].to_dict()
    {'distance': 30.0, 'closed': 70.0, 'rest': 0.0}
    """
    import pandas as pd

    names = list(barriers)
    if not 0 < len(set(names)) == len(names) <= MOST or REST in names:
        raise InputError([Problem("E916", value=", ".join(names), facts={"most": MOST})])
    gap = {
        frozenset(away): float(unreached(frozenset(away)))
        for size in range(len(names) + 1)
        for away in combinations(names, size)
    }
    every = frozenset(names)
    orders = factorial(len(names))
    rows = []
    for name in names:
        total = 0.0
        for away, before in gap.items():
            if name not in away:
                weight = factorial(len(away)) * factorial(len(names) - len(away) - 1)
                total += weight * (before - gap[away | {name}])
        alone = gap[frozenset()] - gap[frozenset([name])]
        rows.append((name, alone, gap[every - {name}] - gap[every], total / orders))
    rows.append((REST, gap[every], gap[every], gap[every]))
    table = pd.DataFrame(rows, columns=["barrier", "alone", "last", "share"])
    return table.set_index("barrier")
