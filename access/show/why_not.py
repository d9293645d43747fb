"""Why not, in the report: which barrier is how much of the gap, in the city and each 읍·면·동."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from access._privacy import told_alone
from access.errors import Lang
from access.measure.barriers import REST
from access.measure.counterfactuals import Need, usual_need, why_not
from access.measure.outcome import Outcome
from access.show.counts import whole_people
from access.show.exhibit import Chapter, Column, Exhibit, columns
from access.show.overlap import band_name, field_name
from access.show.words import describe, number, title, words

if TYPE_CHECKING:
    import pandas as pd


def barriers(
    outcome: Outcome,
    need: Need | None,
    lang: Lang,
    progress: Callable[[int, int], None] | None = None,
) -> Chapter:
    """Return the chapter on barriers for a need (default: `usual_need`)."""
    said, asked = words(lang), outcome.question
    wanted = usual_need(outcome) if need is None else need
    table = why_not(outcome, wanted, progress=progress)
    named = f"{band_name(wanted.band, lang)} {field_name(wanted.field, lang)}"
    lead = said["barriers_lead"].format(
        question=title(asked, lang), asked=describe(asked, lang), need=named
    )
    rate = said["barriers_even"]
    if wanted.rate is not None:
        rate = said["barriers_rate"].format(rate=f"{100 * wanted.rate:g}")
    parts = (_city(table, named, outcome, lang), _districts(table, lang))
    lines = (lead, rate) if "seat" in set(table["barrier"]) else (lead,)
    return Chapter("barriers", said["barriers_title"], lines, parts, lang)


def _city(table: pd.DataFrame, need: str, outcome: Outcome, lang: Lang) -> Exhibit:
    said = words(lang)
    city = table[table["code"] == ""]
    gap, everyone = float(city["gap"].iloc[0]), float(city["people"].iloc[0])
    rows: list[tuple[Any, ...]] = [
        (
            said["barrier_gap"],
            said["means_gap"].format(need=need, minutes=number(outcome.question.limit)),
            told_alone(gap, everyone),
            100.0 if gap > 0 else None,
            None,
            None,
        )
    ]
    for row in city.to_dict("records"):
        name = row["barrier"]
        part = _signed(row["share"])
        hidden = isinstance(part, str) or gap <= 0
        rows.append(
            (
                said[f"barrier_{name}"],
                said[f"means_{name}"],
                part,
                None if hidden else 100 * row["share"] / gap,
                None if name == REST else _signed(row["alone"]),
                None if name == REST else _signed(row["last"]),
            )
        )
    names = ("barrier", "barrier_means", "part", "gap_share", "alone", "last")
    heads = columns(lang, names, {"part": 0, "gap_share": 1, "alone": 0, "last": 0})
    return Exhibit(
        name="barriers",
        sheet=said["barriers_sheet"],
        caption=said["barriers_caption"].format(need=need),
        unit=said["units_people_share"],
        columns=heads,
        rows=tuple(rows),
        notes=(said["barriers_note"], said["barriers_order"], said["barriers_below"]),
    )


def _signed(people: float) -> int | str:
    """Return a number of people that may be below zero, one to four of either sign hidden."""
    told = told_alone(abs(people))
    return told if isinstance(told, str) or people >= 0 else -told


def _districts(table: pd.DataFrame, lang: Lang) -> Exhibit:
    """Return each district's gap and the percent of it that each barrier is."""
    said = words(lang)
    parts = dict(iter(table.groupby("code", sort=False)))
    first = [part.iloc[0] for part in parts.values()]
    gaps = np.array([float(row["gap"]) for row in first])
    everyone = np.array([float(row["people"]) for row in first])
    gap, people = whole_people(gaps, everyone)
    names = parts[""]["barrier"].tolist()
    rows = []
    for k, part in enumerate(parts.values()):
        hidden = isinstance(gap[k], str) or not gaps[k] > 0
        shares = [
            None if hidden or isinstance(_signed(who), str) else 100 * who / gaps[k]
            for who in part["share"].tolist()
        ]
        rows.append((part["code"].iloc[0], part["name"].iloc[0], people[k], gap[k], *shares))
    heads = columns(lang, ("code", "name", "people", "unreached"), {"people": 0, "unreached": 0})
    more = tuple(Column(name, f"{said[f'barrier_{name}']}(%)", 1) for name in names)
    return Exhibit(
        name="barrier_districts",
        sheet=said["barrier_districts_sheet"],
        caption=said["barrier_districts_caption"],
        unit=said["units_people_share"],
        columns=(*heads, *more),
        rows=tuple(rows),
        notes=(said["barrier_districts_note"],),
    )
