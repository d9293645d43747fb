"""Zones in the report: 읍·면·동 grouped, the best place of each to meet, an existing grouping."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from access._privacy import told_alone
from access.errors import Lang
from access.measure.meeting import meeting_zones
from access.measure.outcome import Outcome
from access.show.exhibit import Chapter, Exhibit, columns
from access.show.words import describe, title, words


def zones(outcome: Outcome, count: int, given: Mapping[str, str] | None, lang: Lang) -> Chapter:
    """Return the chapter on `count` zones, beside a grouping that exists (`meeting_zones`).

    With a count of 0 there is only the grouping that exists.
    """
    said, asked = words(lang), outcome.question
    table = meeting_zones(outcome, count, given)
    lead = said["zones_lead" if count else "zones_lead_given"].format(
        question=title(asked, lang), asked=describe(asked, lang)
    )
    rows = [
        (
            said[f"grouping_{row['grouping']}"],
            str(row["zone"]),
            row["districts"],
            row["place_name"],
            row["units"],
            told_alone(row["people"]),
            100 * row["balance"],
            _minutes(row["mean_min"]),
            _minutes(row["most_min"]),
        )
        for row in table.to_dict("records")
    ]
    names = ("grouping", "zone", "districts", "meeting", "units", "people", "balance")
    heads = columns(lang, (*names, "mean_min", "most_min"))
    both = table.groupby("grouping", sort=False)
    told = []
    for name, part in both:
        whole = float(part["people"].sum())
        mean = float((part["people"] * part["mean_min"]).sum() / whole) if whole > 0 else np.nan
        if not np.isfinite([mean, *part["most_min"], *part["balance"]]).all():
            continue  # nobody there, or a district without a way: the table tells
        told.append(
            said["zones_told"].format(
                grouping=said[f"grouping_{name}"],
                zones=len(part),
                mean=f"{mean:.1f}",
                most=f"{part['most_min'].max():.1f}",
                least=f"{100 * part['balance'].min():.0f}",
                largest=f"{100 * part['balance'].max():.0f}",
            )
        )
    exhibit = Exhibit(
        name="zones",
        sheet=said["zones_sheet"],
        caption=said[_caption(count, given)].format(count=count),
        unit=said["units_zones"],
        columns=heads,
        rows=tuple(rows),
        notes=(said["zones_note"], said["zones_mean"]) if count else (said["zones_mean"],),
    )
    return Chapter("zones", said["zones_title"], (lead, *told), (exhibit,), lang)


def _caption(count: int, given: Mapping[str, str] | None) -> str:
    """Return the word for what the table compares."""
    if not count:
        return "zones_caption_given"
    return "zones_caption" if given is None else "zones_caption_both"


def _minutes(value: float) -> float | None:
    return value if np.isfinite(value) else None
