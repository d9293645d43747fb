"""Why not: for those who do not get what they ask for, how much of the gap is which barrier.

Each barrier is a switch of the study that is taken away and the question asked again: see
`barriers.barrier_shares`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from access.errors import InputError, Problem
from access.inputs.programmes import BANDS
from access.measure.barriers import barrier_shares
from access.measure.offers import ALL, Bits, Offers, has_offers, offers_of
from access.measure.outcome import Outcome
from access.measure.pairs import Floats, tenths_of
from access.measure.rationing import seated_shares
from access.measure.seats import by_district, district_rows
from access.travel.compute import travel_times

if TYPE_CHECKING:
    import pandas as pd

BARRIERS = ("distance", "slope", "private", "closed", "time", "field", "seat")
"""Too far; uphill; private roads; closed; no class then, in that field, with a seat."""

_LEAST_OPEN = 4
"""A place is open in a band if it is for an hour of it, on any day."""
_BAND_SLOTS = {"morning": (0, 48), "afternoon": (48, 72), "evening": (72, 96), "weekend": (0, 96)}


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody asks for: a class of a field ("all": any) in a band, or an open place.

    rate   the share of people who want a seat in it; None: as many as there are seats
    """

    field: str = ALL
    band: str = "evening"
    rate: float | None = None


def usual_need(outcome: Outcome, band: str = "evening") -> Need:
    """Return the need for a class in the evening, of the field with most seats then."""
    if not has_offers(outcome) or band not in BANDS:  # whoever asks is told of a wrong one
        return Need(ALL, band)
    offers = offers_of(outcome)
    seats = {f: float(offers.seats[offers.of(f, band)].sum()) for f in offers.fields}
    return Need(max(seats, key=lambda f: (seats[f], f)) if any(seats.values()) else ALL, band)


def why_not(
    outcome: Outcome,
    need: Need | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Return how much of the gap each barrier is, by 읍·면·동: a row a district and barrier.

    In need are all people of the question. Somebody is reached who has, within the limit, a place
    with a class of the need's field, in its band, with a seat: learners (`rate` of the people) are
    given seats, as many as there are; who is left counts as many people as that learner stands
    for. Taken away one barrier, the question is computed again: `distance` any place with a way;
    `slope` level ground; `private` roads open to all; `time` classes may move to the band where
    the place is open then, and `closed` where it is not; `field` a class of any field; `seat`
    no limit of seats. A barrier that the study does not have (no relief, by car; no hours; no
    classes) is not there.

    계 first, columns `code, name, barrier, people, gap` (people not reached), `alone` (gained by
    taking away this barrier first), `last` (gained once all others are away) and `share`, its
    Shapley value, which with the row `rest` (no way at all) sum to the gap. Slopes help
    downhill, so that theirs may be below 0.

    Raises InputError (E920, E921) for a band or field that there is not, and for a rate that is
    not between 0 and 1 (E919).
    """
    import pandas as pd

    asked = usual_need(outcome) if need is None else need
    world = _World.of(outcome, asked, progress)
    found: dict[frozenset[str], Floats] = {}

    def unreached(away: frozenset[str]) -> Floats:
        if away not in found:
            found[away] = by_district(outcome.study, world.unreached(away))
        return found[away]

    everyone = by_district(outcome.study, outcome.people)
    parts = []
    for k, (code, name) in enumerate(district_rows(outcome.study)):
        here = partial(_at, unreached, k)
        shares = barrier_shares(world.barriers, here).reset_index()
        shares.insert(0, "code", code)
        shares.insert(1, "name", name)
        shares.insert(3, "people", everyone[k])
        shares.insert(4, "gap", float(unreached(frozenset())[k]))
        parts.append(shares)
    return pd.concat(parts, ignore_index=True)


def _at(unreached: Callable[[frozenset[str]], Floats], k: int, away: frozenset[str]) -> float:
    return float(unreached(away)[k])


@dataclass(frozen=True, slots=True)
class _World:
    """The people of an outcome, whom they reach and what is taught, under every switch.

    tables   minutes by (slope away, private roads away), tenths (n, p)
    taught   the classes, None where only open places are asked for
    opened   (p,) which places are open in the band, or not known
    known    people without a seat, by who is near and the seats there are
    """

    outcome: Outcome
    need: Need
    barriers: tuple[str, ...]
    tables: dict[tuple[bool, bool], npt.NDArray[np.int32]]
    taught: Offers | None
    opened: Bits
    rate: float
    known: dict[tuple[bytes, bytes], Floats] = field(default_factory=dict)

    @classmethod
    def of(
        cls, outcome: Outcome, need: Need, progress: Callable[[int, int], None] | None
    ) -> _World:
        taught = offers_of(outcome) if has_offers(outcome) else None
        _refuse(need, taught)
        means = outcome.study.mode(outcome.question.mode, outcome.question.profile)
        uphill = (
            means.name != "drive" and bool(means.slope) and outcome.study.network.height is not None
        )
        here = {"distance", "private"} | ({"slope"} if uphill else set())
        opened, told = _opened(outcome, need.band)
        here |= {"closed"} if told else set()
        rate = 0.0
        if taught is not None:
            here |= {"time"} | ({"field"} if need.field != ALL else set())
            seats = float(taught.seats[taught.of(need.field, need.band)].sum())
            people = float(outcome.people.sum())
            rate = need.rate or (seats / people if people > 0 else 0.0)
            here |= {"seat"} if rate > 0 else set()
        return cls(
            outcome=outcome,
            need=need,
            barriers=tuple(b for b in BARRIERS if b in here),
            tables=_tables(outcome, uphill, progress),
            taught=taught,
            opened=opened,
            rate=rate,
        )

    def unreached(self, away: frozenset[str]) -> Floats:
        """Return the people of each cell who are not reached, (n,)."""
        from scipy.sparse import csr_array

        people = self.outcome.people
        table = self.tables["slope" in away, "private" in away]
        near = table >= 0
        if "distance" not in away:
            near &= table <= tenths_of(self.outcome.question.limit)
        fit, seats = self._offered(away)
        near &= fit
        if self.rate <= 0 or "seat" in away:
            return np.where(near.any(axis=1), 0.0, people)
        near &= seats > 0
        same = np.packbits(near).tobytes(), seats.tobytes()
        if same not in self.known:  # many switches change nothing once others are away
            share = seated_shares(csr_array(near), self.rate * people, seats)
            self.known[same] = people * (1 - share)
        return self.known[same]

    def _offered(self, away: frozenset[str]) -> tuple[Bits, Floats]:
        """Return which places have what is needed, and their seats of it."""
        here = self.opened | ("closed" in away)
        if self.taught is None:
            return here, np.zeros(len(here))
        offers = self.taught
        subject = self.need.field if "field" not in away else ALL
        when = offers.when(self.need.band)
        if "time" in away:
            when = when | here[offers.place]
        ours = offers.of(subject, ALL) & when
        held = offers.at_places(ours) > 0
        return held, offers.at_places(np.where(ours, offers.seats, 0.0))


def _refuse(need: Need, taught: Offers | None) -> None:
    problems = []
    if need.band not in BANDS:
        problems.append(
            Problem("E920", column="band", value=need.band, facts={"bands": ", ".join(BANDS)})
        )
    known = [ALL] if taught is None else [*taught.fields, ALL]
    if need.field not in known:
        facts = {"fields": ", ".join(known)}
        problems.append(Problem("E921", column="field", value=need.field, facts=facts))
    if need.rate is not None and not 0 < need.rate <= 1:
        problems.append(Problem("E919", column="rate", value=str(need.rate)))
    if problems:
        raise InputError(problems)


def _opened(outcome: Outcome, band: str) -> tuple[Bits, bool]:
    """Return which places are open in a band, (p,), and whether any tells its hours."""
    told = outcome.study.places.hours
    days = slice(5, 7) if band == "weekend" else slice(0, 5)
    begin, end = _BAND_SLOTS[band]
    opened = np.ones(len(outcome.place_index), dtype=bool)
    known = False
    for k, i in enumerate(outcome.place_index.tolist()):
        hours = told[i] if told else None
        if hours is not None:
            known = True
            opened[k] = bool((hours.open[days, begin:end].sum(axis=1) >= _LEAST_OPEN).any())
    return opened, known


def _tables(
    outcome: Outcome, uphill: bool, progress: Callable[[int, int], None] | None
) -> dict[tuple[bool, bool], npt.NDArray[np.int32]]:
    """Return the times with and without slopes and private roads, searched by the engine."""
    study, question = outcome.study, outcome.question
    means = study.mode(question.mode, question.profile)
    found: dict[tuple[bool, bool], npt.NDArray[np.int32]] = {}
    for level, open_ in product((False, True), repeat=2):
        if not level and not open_:
            found[level, open_] = outcome.times.tenths
        elif level and not uphill:
            found[level, open_] = found[False, open_]
        else:
            changed = replace(means, slope=means.slope and not level)
            changed = replace(changed, private="open") if open_ else changed
            others = [m for m in study.modes if (m.name, m.profile) != (means.name, means.profile)]
            elsewhere = replace(study, modes=(*others, changed))
            times = travel_times(elsewhere, question, reuse=outcome.times, progress=progress)
            found[level, open_] = times.tenths
    return found
