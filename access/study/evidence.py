"""Evidence: where the numbers of a file land, among the districts and the streets of the study."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from access._geo import Floats, in_korea, project
from access._tables import Table
from access.inputs.coordinates import Trial, Verdict
from access.inputs.districts import Districts
from access.inputs.positions import Index
from access.korea import datum
from access.network.graph import Network
from access.network.nearest import Grid
from access.study.join import locate

TRIED = 1_000
"""Of so many rows and more, only some are tried: evenly spread, so that no part is left out."""


def trial(
    network: Network | None, districts: Districts | None, *, gridded: bool = False
) -> Trial | None:
    """Return what tries the coordinates of a file in Korea's systems; None for a city elsewhere.

    `gridded` says that the file may hold squares of the national grid. Without districts a point
    is in the city where it is within the extent of the streets; without streets nothing can be
    said.
    """
    if network is None or not len(network):
        return None
    if not in_korea(np.median(network.lonlat, axis=0)[None, :])[0]:
        return None
    return partial(_try, network, districts, gridded)


def _try(
    network: Network,
    districts: Districts | None,
    gridded: bool,
    table: Table,
    rows: Index,
    xy: Floats,
    crs: int,
) -> Verdict | None:
    some = np.arange(0, len(rows), 1 + (len(rows) - 1) // TRIED)

    def where(lonlat: Floats) -> npt.NDArray[np.int32]:
        return _within(network, lonlat) if districts is None else locate(lonlat, districts)

    return datum.judge(
        xy[some],
        crs,
        where,
        partial(to_street, network),
        _own(table, rows[some], districts),
        columns=(table.names["lat"], table.names["lon"]),
        gridded=gridded,
    )


def _own(table: Table, rows: Index, districts: Districts | None) -> npt.NDArray[np.int32]:
    """Return the district that the rows themselves name: by code, address or name."""
    if districts is None:
        return np.full(len(rows), -1, dtype=np.int32)
    if "district" in table:
        order = {code: i for i, code in enumerate(districts.codes.tolist())}
        codes = table.text("district")[rows]
        return np.array([order.get(code, -1) for code in codes], dtype=np.int32)
    names = districts.names.tolist()
    by_address = datum.named_districts(table.text("address")[rows].tolist(), names)
    by_name = datum.named_districts(table.text("name")[rows].tolist(), names)
    return np.where(by_address >= 0, by_address, by_name).astype(np.int32)


def _within(network: Network, lonlat: Floats) -> npt.NDArray[np.int32]:
    """Return 0 for points within the extent of the streets, else -1."""
    low, high = network.lonlat.min(axis=0), network.lonlat.max(axis=0)
    inside = ((lonlat >= low) & (lonlat <= high)).all(axis=1)
    return np.where(inside, 0, -1).astype(np.int32)


def to_street(network: Network, lonlat: Floats) -> Floats:
    """Return (n,) metres to the nearest street of any kind, infinite beyond `datum.FAR_M`.

    >>> from access.testing import toy_study
    >>> town = toy_study("a b", {"ab": {}}, people={"a": 1}, centres="b").network
    >>> to_street(town, town.lonlat + [[0.0, 0.001]] * 2).round().tolist()
    [111.0, 111.0]
    """
    xy = project(lonlat, network.crs)
    grid = Grid.of(network, np.arange(len(network)), xy, datum.FAR_M)
    segment = grid.nearest(xy, np.ones(len(network), dtype=bool), datum.FAR_M)
    a, b = network.xy[network.tail[segment]], network.xy[network.head[segment]]
    along = b - a
    square = (along**2).sum(axis=1)
    shadow = ((xy - a) * along).sum(axis=1)
    share = np.divide(shadow, square, out=np.zeros(len(xy)), where=square > 0).clip(0, 1)
    metres = np.hypot(*(xy - a - share[:, None] * along).T)
    return np.where(segment >= 0, metres, np.inf)
