"""Recent: networks prepared lately, so that a second question to the same streets is not new work.

They are found by the fingerprint of streets and costs, and never change an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

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
    for one in known:
        if one.is_of(network, costs):
            return one.roads
    streets = _streets(network, known)
    alike = [one for one in known if one.streets == streets]
    roads = next((one.roads for one in alike if one.costs == costs), None)
    if roads is None:
        shape = next((o.roads for o in alike if o.roads.shape.serves(network, costs)), None)
        roads = prepare(network, costs, shape)
    with _lock:
        _kept.insert(0, _Kept(network, costs, streets, roads))
        del _kept[KEPT:]
    return roads


def _streets(network: Network, known: list[_Kept]) -> str:
    for one in known:
        if one.network is network:
            return one.streets
    return fingerprint(len(network.node_id), network.tail, network.head)
