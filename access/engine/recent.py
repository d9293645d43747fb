"""Recent: networks prepared lately, so that a second question to the same streets is not new work.

They are found by the fingerprint of streets and costs, and never change an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from threading import Lock

import numpy as np

from access._frozen import fingerprint
from access.engine.roads import Roads, prepare
from access.network.costs import Costs
from access.network.graph import Network

KEPT = 3
"""So many prepared networks are kept: as many as there are modes."""


@dataclass(frozen=True, slots=True)
class _Kept:
    network: Network
    costs: Costs
    streets: str
    roads: Roads

    def is_of(self, network: Network, costs: Costs) -> bool:
        """Say whether it is of these very records; they are read-only, so nothing has changed."""
        return self.network is network and self.costs is costs


_kept: list[_Kept] = []
_lock = Lock()


def prepared(network: Network, costs: Costs) -> Roads:
    """Return a network prepared for these costs, from memory where it is there.

    Where other costs of the same streets were prepared, only the customisation is new work.
    """
    with _lock:
        known = list(_kept)
    found = next((one for one in known if one.is_of(network, costs)), None)
    if found is None:
        streets = _streets(network, known)
        alike = [one for one in known if one.streets == streets]
        roads = next((one.roads for one in alike if _equal(one.costs, costs)), None)
        if roads is None:
            earlier = next((o.roads for o in alike if o.roads.shape.serves(network, costs)), None)
            roads = prepare(network, costs, earlier)
        found = _Kept(network, costs, streets, roads)
    with _lock:  # what was used last stands first
        _kept[:] = [found, *(one for one in _kept if one is not found)][:KEPT]
    return found.roads


def forget() -> None:
    """Forget all that was prepared."""
    with _lock:
        _kept.clear()


def _equal(one: Costs, other: Costs) -> bool:
    """Compare what records hold; to look is faster than to take fingerprints."""
    parts = [f.name for f in fields(Costs) if not f.metadata.get("aside")]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in parts)


def _streets(network: Network, known: list[_Kept]) -> str:
    for one in known:
        if one.network is network:
            return one.streets
    return fingerprint(len(network.node_id), network.tail, network.head)
