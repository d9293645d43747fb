"""Conflict: which few rules cannot be kept together, so that no choice keeps them all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb

import numpy as np

from access.decide._highs import Program, solve
from access.decide.rules import Rule, Said, rows_of

_LOOKS = 500
"""How many sets of rules are tried in looking for one smaller than the deletion filter's."""
_SECONDS = 10.0


def smallest_conflict(
    program: Program, rules: Sequence[Rule], sites: int, said: Said | None
) -> tuple[Said, ...]:
    """Return rules of which no choice keeps all, in the words of each; none can be spared.

    By the deletion filter (Chinneck and Dravnieks 1991): leave out a rule, and if there is still no
    choice, it does not belong. Where few enough sets are smaller, they are tried too. `said` are
    the words of what the program asks by itself.
    """
    items: list[Rule | None] = list(rules)
    if said is not None:
        items.append(None)

    def clash(some: Sequence[Rule | None]) -> bool:
        base = program if None in some else _sites_only(program, sites)
        rows = rows_of([rule for rule in some if rule is not None], sites)
        tried = base.with_rows(rows.matrix, rows.low, rows.high)
        return solve(tried, seconds=_SECONDS).status == "infeasible"

    if not clash(items):
        return ()
    kept = list(items)
    for item in items:
        rest = [other for other in kept if other is not item]
        if clash(rest):
            kept = rest
    for size in range(1, len(kept)):
        if comb(len(items), size) > _LOOKS:
            break
        smaller = next((some for some in combinations(items, size) if clash(some)), None)
        if smaller is not None:
            kept = list(smaller)
            break
    words = said or ("", "")
    return tuple(words if rule is None else rule.said for rule in kept)


def _sites_only(program: Program, sites: int) -> Program:
    """Return the program without all that it asks: sites that may open or not."""
    from scipy.sparse import csr_array

    return Program(
        value=np.zeros(sites),
        rows=csr_array((0, sites), dtype=np.float64),
        low=np.zeros(0),
        high=np.zeros(0),
        lower=program.lower[:sites],
        upper=program.upper[:sites],
        whole=program.whole[:sites],
    )
