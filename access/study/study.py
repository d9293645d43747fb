"""Study: the inputs in one record, checked against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside
from access.inputs.cells import Cells
from access.inputs.districts import Districts
from access.inputs.places import Places
from access.ledger import Ledger
from access.network.graph import Network
from access.study.question import Question


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Where one input came from: file name, sha256, rows, data date, licence line."""

    role: str  # streets, districts, residents, cells, centre, idle ...
    file: str
    sha256: str
    as_of: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Study(Record):
    """A city as the planner's files give it: the world that questions are put to.

    groups          group -> (n,) people of that group in each cell, e.g. {"all": ..., "65+": ...}
    cell_district   (n,) index of each cell's district, -1 outside all of them
    place_district  (p,) the same for places
    urban           (M,) which segments of the network are in town (default speeds differ)
    """

    name: str
    cells: Cells
    districts: Districts
    places: Places
    network: Network
    groups: Mapping[str, npt.NDArray[np.float64]]
    cell_district: npt.NDArray[np.int32]
    place_district: npt.NDArray[np.int32]
    urban: npt.NDArray[np.bool_]
    crs: int
    lang: str = "ko"
    as_of: date | None = None
    synthetic: bool = False  # a fictional city: every map, table and page says so
    questions: tuple[Question, ...] = aside(())
    sources: tuple[Source, ...] = aside(())
    ledger: Ledger = aside(factory=Ledger)
