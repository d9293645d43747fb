"""Asked: what a search for travel times was asked."""

from __future__ import annotations

from dataclasses import dataclass

from access.network.costs import Costs
from access.network.graph import Network
from access.network.snap import Snaps


@dataclass(frozen=True, slots=True)
class Asked:
    """Streets and what they cost, the points on them, and the limit in tenths."""

    network: Network
    costs: Costs
    cells: Snaps
    places: Snaps
    limit: int | None = None
