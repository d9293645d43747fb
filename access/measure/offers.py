"""Offers: the classes of a study that meet at the places a question counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access.errors import InputError, Problem
from access.inputs.programmes import BANDS, ONLINE, Programmes
from access.measure.outcome import Outcome
from access.measure.pairs import Floats, Pairs, pairs_within, weigh
from access.travel.times import TravelTimes

if TYPE_CHECKING:
    import pandas as pd

Bits = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]
ALL = "all"
"""Every field or every band together, in the tables of classes."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The classes of an outcome's study that meet at one of the outcome's places.

    classes      (k,) position of each among the study's programmes
    place        (k,) position of its place among `outcome.times.places`
    field        (k,) code of its field, "" unclassified
    bands        (k, 4) bits in the order of BANDS, none where its time is unknown
    institution  (k,) text: who runs it, else the name of its place
    seats        (k,) 0 where unknown
    hours        (k,) seat-hours of the whole class, 0 where seats, times or weeks are unknown
    ages         (k, 2) youngest and oldest
    left_out     how many classes are not here or only in part, by reason
    """

    outcome: Outcome
    classes: Index
    place: Index
    field: npt.NDArray[np.str_]
    bands: Bits
    institution: npt.NDArray[np.str_]
    seats: Floats
    hours: Floats
    ages: npt.NDArray[np.int16]
    left_out: dict[str, int]

    @property
    def programmes(self) -> Programmes:
        """All classes of the study."""
        found = self.outcome.study.programmes
        assert found is not None, "offers are of a study with classes"
        return found

    @property
    def fields(self) -> list[str]:
        """Codes of the fields that are offered, in the order of the alphabet."""
        return sorted({*self.field.tolist()} - {""})

    def when(self, band: str) -> Bits:
        """Return (k,) which classes meet in a band of the week, or at all for "all"."""
        if band == ALL:
            return np.ones(len(self.classes), dtype=bool)
        return np.asarray(self.bands[:, BANDS.index(band)], dtype=bool)

    def of(self, field: str, band: str) -> Bits:
        """Return (k,) which classes are of a field and meet in a band ("all" for any)."""
        ours: Bits = self.field == field
        return self.when(band) & (ours | (field == ALL))

    def at_places(self, amounts: Any) -> Floats:
        """Return the sum over the classes of each place, (p,)."""
        p = len(self.outcome.times.places)
        return np.bincount(self.place, weights=amounts, minlength=p).astype(np.float64)

    def pairs(self) -> Pairs:
        """Return the cells and places within the limit of the question."""
        return pairs_within(self.outcome.times, self.outcome.question.limit)

    def reached(self, pairs: Pairs, field: str, band: str = ALL) -> Bits:
        """Return (n,) which cells have such a class within the limit; `pairs` as of `pairs()`."""
        held = self.at_places(self.of(field, band)) > 0
        _, reach, _ = weigh(pairs, self.outcome.question.limit, None)
        return np.asarray((reach @ held.astype(float)) > 0, dtype=bool)


def has_offers(outcome: Outcome) -> bool:
    """Say whether any class of the study meets at a place the question counts."""
    programmes = outcome.study.programmes
    return programmes is not None and bool((programmes.at(outcome.times.places) >= 0).any())


def offers_of(outcome: Outcome, *, none: bool = False) -> Offers:
    """Return the classes at the places of an outcome, and count those that are elsewhere.

    `left_out` counts classes `online` only, `elsewhere` (at no known place, or at one that the
    question does not count), `untimed` (their days or times are unknown: they count in no band),
    `unseated` (their seats are unknown: they count as no seats) and `unclassified`.

    Raises InputError (E918) where the study has no classes at any of the places, unless there may
    be `none`; a study has to name a list of classes in any case.
    """
    programmes = outcome.study.programmes
    if programmes is None or not (none or has_offers(outcome)):
        raise InputError([Problem("E918", column="programmes", value=outcome.name)])
    at = programmes.at(outcome.times.places)
    kept = np.flatnonzero(at >= 0)
    names = outcome.study.places.names[outcome.place_index]
    place = at[kept].astype(np.int64)
    runs = programmes.institution[kept]
    seats = np.nan_to_num(programmes.seats[kept])
    hours = programmes.hours_a_week[kept] * programmes.weeks[kept]
    bands = programmes.bands[kept]
    elsewhere = at < 0
    online = elsewhere & (programmes.online == ONLINE)
    return Offers(
        outcome=outcome,
        classes=kept,
        place=place,
        field=programmes.field[kept],
        bands=bands,
        institution=np.where(runs == "", names[place], runs),
        seats=seats,
        hours=np.nan_to_num(seats * hours),
        ages=programmes.ages[kept],
        left_out={
            "online": int(online.sum()),
            "elsewhere": int((elsewhere & ~online).sum()),
            "untimed": int((~bands.any(axis=1)).sum()),
            "unseated": int(np.isnan(programmes.seats[kept]).sum()),
            "unclassified": int((programmes.field[kept] == "").sum()),
        },
    )


def institution_times(offers: Offers) -> TravelTimes:
    """Return the times to institutions: to the nearest place where each holds a class."""
    tenths = offers.outcome.times.tenths
    names = sorted(set(offers.institution.tolist()))
    seconds = np.full((len(tenths), len(names)), np.nan)
    for k, name in enumerate(names):
        places = np.unique(offers.place[offers.institution == name])
        times = tenths[:, places].astype(np.float64)
        times[times < 0] = np.inf
        nearest = times.min(axis=1) / 10
        seconds[:, k] = np.where(np.isinf(nearest), np.nan, nearest)
    return TravelTimes.from_matrix(seconds, cells=offers.outcome.times.cells, places=names)


def institution_offers(offers: Offers) -> pd.DataFrame:
    """Return which institution (as `place`) offers which field in which band, a row each."""
    import pandas as pd

    rows = {
        (name, field, band)
        for name, field, when in zip(
            offers.institution.tolist(), offers.field.tolist(), offers.bands, strict=True
        )
        for band, on in zip(BANDS, when.tolist(), strict=True)
        if on and field
    }
    return pd.DataFrame(sorted(rows), columns=["place", "field", "band"])
