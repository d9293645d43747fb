"""Recent: networks prepared lately, so that a second question to the same streets is not new work.

They are found by the fingerprint of streets and costs, and never change an answer.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from access._frozen import fingerprint
from access.engine.roads import Roads, prepare
from access.network.costs import Costs
from access.network.graph import Network

KEPT = 3
"""So many prepared networks are kept: as many as there are modes."""

_kept: OrderedDict[tuple[str, str], Roads] = OrderedDict()
_lock = Lock()


def prepared(network: Network, costs: Costs) -> Roads:
    """Return a network prepared for these costs, from memory where it is there.

    Where other costs of the same streets were prepared, only the customisation is new work.
    """
    streets = fingerprint(len(network.node_id), network.tail, network.head)
    key = (streets, costs.fingerprint)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
        others = [roads for (where, _), roads in reversed(_kept.items()) if where == streets]
    alike = next((o for o in others if o.shape.serves(network, costs)), None)
    roads = prepare(network, costs, alike)
    with _lock:
        _kept[key] = roads
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return roads
