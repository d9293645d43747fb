"""Candidates: the places that could open, the times to them, and whom filters leave out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from access.inputs.places import UNKNOWN, YES, Places
from access.ledger import Entry
from access.measure.outcome import Outcome
from access.study.question import Question
from access.study.study import Study
from access.travel.compute import travel_times
from access.travel.linkage import link
from access.travel.times import TravelTimes

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates and open places with the times to them, as unsigned tenths of a second."""

    places: Indices
    cost: npt.NDArray[np.uint32]
    open: Indices
    open_cost: npt.NDArray[np.uint32]
    entries: tuple[Entry, ...]

    def without(self, left_out: npt.NDArray[np.bool_]) -> Found:
        """Return what is left of the candidates."""
        if not left_out.any():
            return self
        return replace(self, places=self.places[~left_out], cost=self.cost[:, ~left_out])


def find_candidates(
    study: Study, question: Question, kind: str, reuse: Outcome | TravelTimes | None
) -> Found:
    """Return the times to the candidates and to the places that the question counts."""
    both = question.but(to=(*question.to, kind))
    ready = link(study, both)
    earlier = reuse.times if isinstance(reuse, Outcome) else reuse
    times = travel_times(study, both, linkage=ready, reuse=earlier)
    tenths = times.tenths.view(np.uint32)  # read without a sign, a reason is beyond every time
    new = study.places.kind[ready.places] == kind
    entries: list[Entry] = []
    for i in ready.unknown[study.places.kind[ready.unknown] == kind].tolist():
        entries += _note(study.places, i, "W943")
    off = new & ~ready.place_snaps.on
    for i in ready.places[off].tolist():
        entries += _note(study.places, i, "W944")
    new &= ~off
    old = study.places.kind[ready.places] != kind
    return Found(
        ready.places[new], tenths[:, new], ready.places[old], tenths[:, old], tuple(entries)
    )


def _note(places: Places, i: int, code: str) -> list[Entry]:
    found = places.findings(i)
    found.note(code, row=places.row(i), value=places.names[i], action="excluded")
    return found.entries


def filter_candidates(
    study: Study,
    which: Indices,
    *,
    min_area_m2: float | None,
    step_free: bool,
    cost: bool,
    seats: bool,
    district: bool,
) -> tuple[npt.NDArray[np.bool_], list[Entry]]:
    """Return which candidates hard filters leave out, and a remark on each, the first reason."""
    places = study.places
    area, access = places.area_m2[which], places.step_free[which]
    reasons = [("W940", places.building_m2[which] == 0)]
    if min_area_m2 is not None:
        reasons += [("W941", area < min_area_m2), ("W942", np.isnan(area))]
    if step_free:
        reasons += [("W943", access == UNKNOWN), ("W945", (access != YES) & (access != UNKNOWN))]
    if cost:
        reasons.append(("W946", np.isnan(places.yearly_cost[which])))
    if seats:
        reasons.append(("W947", np.isnan(places.seats[which])))
    if district:
        reasons.append(("W948", study.place_district[which] < 0))
    out = np.zeros(len(which), dtype=bool)
    entries: list[Entry] = []
    for code, fails in reasons:
        for i in which[fails & ~out].tolist():
            entries += _note(places, i, code)
        out |= fails
    return out, entries
