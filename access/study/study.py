"""Study: the inputs in one record, checked against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from access import _notebook
from access._frozen import Record, aside, frozen
from access.errors import Lang
from access.inputs.catalogue import Source
from access.inputs.cells import Cells
from access.inputs.districts import Districts
from access.inputs.places import Places
from access.inputs.programmes import Programmes
from access.ledger import Ledger
from access.network.graph import Network
from access.network.modes import Mode, mode
from access.study.extras import Extras
from access.study.question import Question
from access.study.standard import Standard


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """Where the study of a plan came from.

    base       the study before any scenario
    scenarios  those applied, in their order: see `study.scenario`
    changes    what they did, a sentence each in Korean and in English
    """

    base: Study
    scenarios: tuple[Any, ...]
    changes: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The names of the scenarios."""
        return " + ".join(scenario.name for scenario in self.scenarios)


@dataclass(frozen=True, slots=True, eq=False)
class Study(Record):
    """A city as the planner's files give it: the world that questions are put to.

    groups          group -> (n,) people of that group in each cell, e.g. {"all": ..., "65+": ...}
    cell_district   (n,) index of each cell's district, -1 outside all of them
    place_district  (p,) the same for places
    urban           (M,) which segments of the network are in town (default speeds differ)
    programmes      the classes held at the places, None where the study names no list of them
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
    programmes: Programmes | None = None
    lang: Lang = "ko"
    as_of: date | None = None
    modes: tuple[Mode, ...] = ()  # ways of moving whose parameters differ from the defaults
    synthetic: bool = False  # a fictional city: every map, table and page says so
    questions: tuple[Question, ...] = aside(())
    standards: tuple[Standard, ...] = aside(())
    extras: Extras = aside(factory=Extras)
    sources: tuple[Source, ...] = aside(())
    ledger: Ledger = aside(factory=Ledger)
    planned: Planned | None = aside(None)  # the scenarios that made this study of another

    @property
    def title(self) -> str:
        """The name of the city, and of the scenarios applied to it."""
        return self.name if self.planned is None else f"{self.name} · {self.planned.name}"

    def mode(self, name: str, profile: str) -> Mode:
        """Return a way of moving with the parameters it has in this study."""
        for changed in self.modes:
            if (changed.name, changed.profile) == (name, profile):
                return changed
        return mode(name, profile)

    def with_network(self, network: Network) -> Self:
        """Return the study with the streets of a plan: see `network.edits`.

        >>> from access.network.edits import close_ways
        >>> from access.testing import toy_study
        >>> town = toy_study("a b c", {"ab": {}, "bc": {}}, people={"a": 1}, centres="c")
        >>> plan = town.with_network(close_ways(town.network, [2]))
        >>> plan.network.shut.tolist()
        [False, True]
        """
        from access.study.join import find_urban

        old = len(self.network)
        follows = len(network) >= old and all(
            np.array_equal(getattr(self.network, end), getattr(network, end)[:old])
            for end in ("tail", "head")
        )
        begin = old if follows else 0
        added = replace(network, tail=network.tail[begin:], head=network.head[begin:])
        urban = np.concatenate([self.urban[:begin], find_urban(added, self.cells, self.districts)])
        return replace(self, network=network, urban=frozen(urban))

    def with_origins(self, cells: Cells) -> Self:
        """Return the study with other origins than homes: schools, work places, villages.

        The people of `cells` (students, workers) are then the only group, "all".

        >>> from access.testing import toy_study
        >>> town = toy_study("a b", {"ab": {}}, people={"a": 1}, centres="b")
        >>> school = replace(town.cells, ids=np.array(["school"]), people=np.array([300.0]))
        >>> town.with_origins(school).groups["all"].tolist()
        [300.0]
        """
        from access.study.join import locate

        return replace(
            self,
            cells=cells,
            groups={"all": cells.people},
            cell_district=frozen(locate(cells.lonlat, self.districts)),
        )

    @classmethod
    def from_folder(
        cls,
        folder: str | Path,
        *,
        strict: bool = False,
        progress: Callable[[str], None] | None = None,
    ) -> Self:
        """Read the study that a folder with a `study.toml` describes.

        Every file is read and checked first: raises one InputError with all the problems of all
        files. `strict` makes every warning such a problem. `progress(file)` is called before each
        file.

        >>> from access import sample_folder
        >>> Study.from_folder(sample_folder()).name
        '가람시'
        """
        from access.study.folder import read_parts

        return cls(**read_parts(folder, strict=strict, progress=progress))

    def __repr__(self) -> str:
        return (
            f"<Study {self.title}: {len(self.districts)} districts, {len(self.cells):,} cells, "
            f"{self.groups['all'].sum():,.0f} people, {len(self.places)} places, "
            f"{len(self.network):,} street segments>"
        )

    def _repr_html_(self) -> str:
        """Show what the study holds, in a notebook."""
        ko = self.lang == "ko"
        kinds, numbers = np.unique(self.places.kind, return_counts=True)
        places = ", ".join(f"{k} {n:,}" for k, n in zip(kinds, numbers, strict=True))
        rows = [
            ("읍·면·동", "Districts", f"{len(self.districts):,}"),
            ("인구", "People", f"{self.groups['all'].sum():,.0f}"),
            ("집단", "Groups", ", ".join(self.groups)),
            ("인구 격자", "Cells", f"{len(self.cells):,}"),
            ("시설", "Places", places),
            ("강좌", "Classes", "-" if self.programmes is None else f"{len(self.programmes):,}"),
            ("도로", "Streets", f"{self.network.length.sum() / 1000:,.0f} km"),
            ("기준일", "Data of", str(self.as_of or "-")),
            ("질문", "Questions", ", ".join(q.name or q.mode for q in self.questions) or "-"),
            ("주의", "Warnings", f"{len(self.ledger.warnings):,} (.ledger)"),
        ]
        fiction = "합성 자료 · 실재하지 않는 도시" if ko else "Synthetic data, no real city"
        body = [(row[0 if ko else 1], row[2]) for row in rows]
        return _notebook.lines(self.title, fiction * self.synthetic) + _notebook.table(
            (), body, texts=2
        )
