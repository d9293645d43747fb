"""Reading doors that need several rooms: cells of the national grid, streets with their relief."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from access.inputs import cells as _cells
from access.inputs.cells import Cells
from access.korea.grid import squares
from access.network.build import build
from access.network.graph import Network
from access.network.rasters import read_relief
from access.network.read import read_ways
from access.network.relief import lift


def read_cells(path: str | Path, *, size_m: int | None = None, **how: Any) -> Cells:
    """Read populated cells; ids that are national grid codes become squares.

    `size_m` is the side of the squares where the code leaves it open (eight digits: 10 or 250 m).
    `how` are the options of `access.inputs.cells.read_cells`.
    """
    return _cells.read_cells(Path(path), **{"squares": partial(squares, size_m=size_m)} | how)


def read_network(
    path: str | Path, crs: int | None = None, relief: str | Path | None = None
) -> Network:
    """Read streets from .osm.pbf, .osm(.gz, .bz2), Overpass JSON or GraphML into a network.

    `crs` is the EPSG code of the metres used for snapping (default: 5179 in Korea, else UTM).
    `relief` is a file of heights that says its own coordinate system: slopes then take their time.
    """
    network = build(read_ways(Path(path)), crs)
    return network if relief is None else lift(network, read_relief(relief))
