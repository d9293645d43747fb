"""Seats: how many a person has within reach, of which field and when, and who gets none."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from access.errors import InputError, Problem
from access.inputs.hours import SLOTS_A_DAY
from access.inputs.programmes import BANDS
from access.measure.assignment import unmet
from access.measure.catchments import two_step
from access.measure.decay import Decay
from access.measure.offers import ALL, Offers
from access.measure.outcome import TOTAL, Outcome
from access.measure.overlap import choice
from access.measure.pairs import Floats, pairs_within, weigh
from access.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

EDGE_WEIGHT = 0.1
"""What a seat at the limit weighs against one next door, where distance counts (E2SFCA)."""


def by_district(study: Study, people: Floats) -> Floats:
    """Return people of cells (n,) summed over the city, then over each district: (1 + d,)."""
    inside = study.cell_district >= 0
    parts = np.bincount(
        study.cell_district[inside], weights=people[inside], minlength=len(study.districts)
    )
    return np.concatenate([[parts.sum()], parts])


def district_rows(study: Study) -> list[tuple[str, str]]:
    """Return code and name of 계 and of each district."""
    codes, names = study.districts.codes.tolist(), study.districts.names.tolist()
    return [("", TOTAL), *zip(codes, names, strict=True)]


def seat_table(
    offers: Offers, fields: Sequence[str] | None = None, bands: Sequence[str] = (*BANDS, ALL)
) -> pd.DataFrame:
    """Return, by 읍·면·동, field and band, the seats that a person has within reach.

    계 first, "all" for every field or any band. Columns `code, name, field, band, people`, then
    `classes` (held in the district), `seats` (theirs), `within` (people who reach such a class),
    `seats_1000` (seats per 1,000 people, each shared among all who reach it: 2SFCA), `near_1000`
    (the same with a Gaussian weight of 0.1 at the limit: E2SFCA) and `seat_hours` (per person, over
    the whole of the classes). A class that meets in two bands counts in both, and once in "all".
    `fields` (default: those offered, and "all") and `bands` say which rows.
    """
    import pandas as pd

    study, limit = offers.outcome.study, offers.outcome.question.limit
    people, pairs = offers.outcome.people, offers.pairs()
    decay = Decay.gaussian(limit / np.sqrt(-2 * np.log(EDGE_WEIGHT)))
    everyone = by_district(study, people)
    home = study.place_district[offers.outcome.place_index][offers.place]
    parts = []
    for field, band in product((*offers.fields, ALL) if fields is None else fields, bands):
        ours = offers.of(field, band)
        seats, hours = (
            offers.at_places(np.where(ours, a, 0)) for a in (offers.seats, offers.hours)
        )
        within = people * offers.reached(pairs, field, band)
        shared = [
            people
            * two_step(pairs, people=people, supply=supply, minutes=limit, decay=by).to_numpy()
            for supply, by in ((seats, None), (seats, decay), (hours, None))
        ]
        sums = [by_district(study, values) for values in (within, *shared)]
        with np.errstate(invalid="ignore", divide="ignore"):
            each = [values / everyone for values in sums[1:]]
        here = [np.bincount(home[ours & (home >= 0)], weights=w, minlength=len(study.districts))
                for w in (None, offers.seats[ours & (home >= 0)])]  # fmt: skip
        totals = [int(ours.sum()), float(offers.seats[ours].sum())]
        held_here = [np.concatenate([[t], h]) for t, h in zip(totals, here, strict=True)]
        codes, names = zip(*district_rows(study), strict=True)
        parts.append(
            pd.DataFrame(
                {
                    "code": codes,
                    "name": names,
                    "field": field,
                    "band": band,
                    "people": everyone,
                    "classes": held_here[0].astype(int),
                    "seats": held_here[1],
                    "within": sums[0],
                    "seats_1000": 1000 * each[0],
                    "near_1000": 1000 * each[1],
                    "seat_hours": each[2],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def unmet_learners(offers: Offers, rate: float | None = None) -> pd.DataFrame:
    """Return, by 읍·면·동 and field, the learners who find no seat within reach.

    Of every person `rate` want a seat in each field; without one there are just as many learners
    as seats, evenly among the people, so that whoever is left without a seat is so for where the
    seats are. As many as can be are seated, as evenly as can be (`unmet`). Columns `code, name,
    field, seats, learners, unmet` and `share` of the learners in percent. "all" takes the seats of
    all fields as one.

    Raises InputError for a rate that is not between 0 and 1.
    """
    import pandas as pd

    if rate is not None and not 0 < rate <= 1:
        raise InputError([Problem("E919", column="rate", value=str(rate))])
    study, people, pairs = offers.outcome.study, offers.outcome.people, offers.pairs()
    total = float(people.sum())
    rows = []
    for field in (*offers.fields, ALL):
        supply = offers.at_places(np.where(offers.of(field, ALL), offers.seats, 0))
        want = (supply.sum() / total if total > 0 else 0.0) if rate is None else rate
        left = unmet(
            pairs, people=want * people, supply=supply, minutes=offers.outcome.question.limit
        ).to_numpy()
        learners, lacking = by_district(study, want * people), by_district(study, left)
        for (code, name), all_, none in zip(district_rows(study), learners, lacking, strict=True):
            share = 100 * none / all_ if all_ > 0 else np.nan
            rows.append((code, name, field, float(supply.sum()), all_, none, share))
    columns = ["code", "name", "field", "seats", "learners", "unmet", "share"]
    return pd.DataFrame(rows, columns=columns)


def choice_table(offers: Offers) -> pd.DataFrame:
    """Return, by 읍·면·동, how many different fields people have to choose from within reach.

    Columns `code, name, people, fields` (of the average person), `morning, afternoon, evening,
    weekend` (the same for classes of that band), and the people with none (`no_field`), one or two
    (`few_fields`) and more (`more_fields`).
    """
    import pandas as pd

    study, people, pairs = offers.outcome.study, offers.outcome.people, offers.pairs()
    everyone = by_district(study, people)
    ids = offers.outcome.times.places

    def numbers(band: str) -> Floats:
        ours = offers.when(band) & (offers.field != "")
        taught = pd.DataFrame({"place": ids[offers.place[ours]], "field": offers.field[ours]})
        if not len(taught):
            return np.zeros(len(people))
        found = choice(pairs, offers=taught, minutes=offers.outcome.question.limit)
        return np.asarray(found.to_numpy(), dtype=np.float64)

    whole = numbers(ALL)
    codes, names = zip(*district_rows(study), strict=True)
    table = pd.DataFrame({"code": codes, "name": names, "people": everyone})
    with np.errstate(invalid="ignore", divide="ignore"):
        for name, values in (("fields", whole), *((b, numbers(b)) for b in BANDS)):
            table[name] = by_district(study, people * values) / everyone
    for name, which in (
        ("no_field", whole == 0),
        ("few_fields", (whole > 0) & (whole <= 2)),
        ("more_fields", whole > 2),
    ):
        table[name] = by_district(study, np.where(which, people, 0.0))
    return table


def open_week(outcome: Outcome) -> pd.DataFrame:
    """Return the people who have an open place within the limit, by hour (row) and weekday.

    A place counts in an hour if it is open for all of it. Rows are hours 0 to 23, columns days 0
    (Monday) to 6; places whose hours are not known count as closed.
    """
    import pandas as pd

    pairs = pairs_within(outcome.times, outcome.question.limit)
    _, reach, _ = weigh(pairs, outcome.question.limit, None)
    told = outcome.study.places.hours
    open_ = np.zeros((len(outcome.place_index), 7, SLOTS_A_DAY), dtype=bool)
    for k, i in enumerate(outcome.place_index.tolist()):
        hours = told[i] if told else None
        if hours is not None:
            open_[k] = hours.open
    hourly = open_.reshape(len(open_), 7, 24, SLOTS_A_DAY // 24).all(axis=3)
    flat = hourly.reshape(len(open_), -1)
    patterns, which = np.unique(flat, axis=1, return_inverse=True)
    reached = outcome.people @ ((reach @ patterns.astype(np.float64)) > 0)
    return pd.DataFrame(reached[which.ravel()].reshape(7, 24).T)
