"""Linkage: how the cells and places of a study join its streets for one question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access.inputs.places import YES
from access.network.costs import Costs, weigh
from access.network.modes import Mode
from access.network.snap import SNAP_M, Snaps, snap
from access.study.question import Question
from access.study.study import Study


@dataclass(frozen=True, slots=True)
class Linkage:
    """A question made ready for the search.

    places   (p,) indices into the study's places: those the question counts
    unknown  (u,) indices of places left out because nobody said whether they are step-free
    main     the number of the main component of the streets
    """

    mode: Mode
    costs: Costs
    places: npt.NDArray[np.int64]
    unknown: npt.NDArray[np.int64]
    cell_snaps: Snaps
    place_snaps: Snaps
    main: int


def link(study: Study, question: Question) -> Linkage:
    """Weigh the streets for a question's mode and snap cells and places to them.

    For wheelchair users only places marked step-free count; those of unknown access are told apart.
    """
    means = study.mode(question.mode, question.profile)
    costs = weigh(study.network, means, study.urban)
    wanted = np.isin(study.places.kind, question.to)
    unknown = np.zeros(len(wanted), dtype=bool)
    if question.profile == "wheelchair":
        unknown = wanted & (study.places.step_free < 0)
        wanted = wanted & (study.places.step_free == YES)
    places = np.flatnonzero(wanted)
    cell_snaps, place_snaps, main = snap(
        study.network,
        costs,
        study.cells.lonlat,
        study.places.lonlat[places],
        SNAP_M[question.mode] if question.snap_m is None else question.snap_m,
    )
    return Linkage(
        means, costs, frozen(places), frozen(np.flatnonzero(unknown)), cell_snaps, place_snaps, main
    )
