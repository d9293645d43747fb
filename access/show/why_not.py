"""Why not, in the report: which barrier is how much of the gap, in the city and each 읍·면·동."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from access._privacy import told_alone
from access.errors import Lang
from access.measure.barriers import REST
from access.measure.counterfactuals import Need, usual_need, why_not
from access.measure.offers import has_offers, offers_of
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
    band = band_name(wanted.band, lang)
    facts = {"need": f"{band} {field_name(wanted.field, lang)}", "band": band}
    taught = has_offers(outcome)
    lead = said["barriers_lead" if taught else "barriers_lead_open"].format(
        question=title(asked, lang), asked=describe(asked, lang), **facts
    )
    rate = said["barriers_even"]
    if wanted.rate is not None:
        rate = said["barriers_rate"].format(rate=f"{100 * wanted.rate:g}")
    parts = (_city(table, facts, outcome, lang), _districts(table, taught, lang))
    lines = (lead, rate) if "seat" in set(table["barrier"]) else (lead,)
    untimed = offers_of(outcome).left_out["untimed"] if taught else 0
    if untimed:
        lines = (*lines, said["barriers_untimed"].format(count=f"{untimed:,}"))
    listed = outcome.study.programmes
    if not taught and listed is not None:
        lines = (said["barriers_elsewhere"].format(whole=f"{len(listed):,}"), *lines)
    return Chapter("barriers", said["barriers_title"], lines, parts, lang)


def _city(table: pd.DataFrame, facts: Mapping[str, str], outcome: Outcome, lang: Lang) -> Exhibit:
    said, taught = words(lang), has_offers(outcome)
    city = table[table["code"] == ""]
    gap, everyone = float(city["gap"].iloc[0]), float(city["people"].iloc[0])
    rows: list[tuple[Any, ...]] = [
        (
            said["barrier_gap"] if taught else said["head_unreached_open"],
            said["means_gap" if taught else "means_gap_open"].format(
                minutes=number(outcome.question.limit), **facts
            ),
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
    notes = [said["barriers_note"], said["barriers_order"]]
    if "slope" in set(city["barrier"]):
        notes.append(said["barriers_below"])
    names = ("barrier", "barrier_means", "part", "gap_share", "alone", "last")
    heads = columns(lang, names)
    return Exhibit(
        name="barriers",
        sheet=said["barriers_sheet"],
        caption=said["barriers_caption" if taught else "barriers_open_caption"].format(**facts),
        unit=said["units_people_share"],
        columns=heads,
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _signed(people: float) -> int | str:
    """Return a number of people that may be below zero, one to four of either sign hidden."""
    told = told_alone(abs(people))
    return told if isinstance(told, str) or people >= 0 else -told


def _districts(table: pd.DataFrame, taught: bool, lang: Lang) -> Exhibit:
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
    first_heads = columns(lang, ("code", "name", "people"))
    lacking = said["head_unreached" if taught else "head_unreached_open"]
    heads = (*first_heads, Column("unreached", lacking, 0))
    head = said["head_share_band"]
    more = tuple(Column(n, head.format(band=said[f"barrier_{n}"]), 1) for n in names)
    return Exhibit(
        name="barrier_districts",
        sheet=said["barrier_districts_sheet"],
        caption=said["barrier_districts_caption"],
        unit=said["units_people_share"],
        columns=(*heads, *more),
        rows=tuple(rows),
        notes=(said["barrier_districts_note"],),
    )
