"""Classes in the report: seats a person has, fields to choose from, learners without a seat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from access._privacy import told_alone
from access.errors import Lang
from access.inputs.programmes import BANDS
from access.measure.offers import ALL, Offers
from access.measure.outcome import Outcome
from access.measure.seats import choice_table, open_week, seat_table, unmet_learners
from access.measure.week import class_week
from access.show.counts import percent_of, whole_people
from access.show.exhibit import Chapter, Column, Exhibit, columns
from access.show.overlap import band_name, field_name, left_out
from access.show.words import describe, number, title, words

if TYPE_CHECKING:
    import pandas as pd

_DAYS = ("월화수목금토일", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


def programmes(offers: Offers, rate: float | None, lang: Lang) -> Chapter:
    """Return the chapter on seats and programmes; `rate` as in `unmet_learners`."""
    said, asked = words(lang), offers.outcome.question
    table = seat_table(offers)
    parts = [
        _fields(table, offers, lang),
        _by_district(table, offers, lang),
        _choice(offers, lang),
        _unmet(offers, rate, lang),
    ]
    if any(hours is not None for hours in offers.outcome.study.places.hours):
        told = ("open_sheet", "open_caption", "open_note")
        parts.append(_week("open_week", told, open_week(offers.outcome), offers.outcome, lang))
    if offers.bands.any():
        told = ("class_week_sheet", "class_week_caption", "class_week_note")
        parts.append(_week("class_week", told, class_week(offers), offers.outcome, lang))
    lead = said["programmes_lead"].format(question=title(asked, lang), asked=describe(asked, lang))
    return Chapter(
        "programmes",
        said["programmes_title"],
        (lead, left_out(offers, lang)),
        tuple(parts),
        lang,
    )


def _fields(table: Any, offers: Offers, lang: Lang) -> Exhibit:
    """Return the city's row of every field, with who reaches it in each band."""
    said = words(lang)
    city = table[table["code"] == ""].set_index(["field", "band"])
    known = _timed(offers)
    rows = []
    for field in (ALL, *offers.fields):
        row = city.loc[(field, ALL)]
        everyone = float(row["people"])

        def share(within: float, everyone: float = everyone) -> float | None:
            part = told_alone(within, everyone)
            return percent_of(part, round(everyone), within, everyone)

        within, timed = told_alone(row["within"], everyone), field in known
        rows.append(
            (
                field_name(field, lang),
                int(row["classes"]),
                row["seats"],
                within,
                share(row["within"]),
                *(share(city.loc[(field, b)]["within"]) if timed else None for b in BANDS),
                row["seats_1000"],
                row["near_1000"],
                row["seat_hours"] if timed else None,
            )
        )
    bands = tuple(
        Column(f"share_{band}", said["head_share_band"].format(band=band_name(band, lang)), 1)
        for band in BANDS
    )
    first = columns(lang, ("field", "classes", "seats", "within", "share"))
    last = columns(lang, ("seats_1000", "near_1000", "seat_hours"))
    limit = number(offers.outcome.question.limit)
    return Exhibit(
        name="fields",
        sheet=said["fields_sheet"],
        caption=said["fields_caption"].format(minutes=limit),
        unit=said["units_seats"],
        columns=(*first, *bands, *last),
        rows=tuple(rows),
        notes=(said["seats_note"], said["near_note"], said["bands_note"]),
    )


def _by_district(table: Any, offers: Offers, lang: Lang) -> Exhibit:
    """Return seats by district, field and band: everything together first."""
    said = words(lang)
    rows: list[tuple[Any, ...]] = []
    order = [(f, b) for f in (ALL, *offers.fields) for b in (ALL, *BANDS)]
    parts = dict(iter(table.groupby(["field", "band"], sort=False)))
    known = _timed(offers)
    for field, band in order:
        part = parts[field, band]
        exact, everyone = part["within"].to_numpy(), part["people"].to_numpy()
        within, people = whole_people(exact, everyone)
        for k, row in enumerate(part.to_dict("records")):
            hidden = isinstance(people[k], str)
            rows.append(
                (
                    row["code"],
                    row["name"],
                    field_name(field, lang),
                    band_name(band, lang),
                    people[k],
                    row["classes"],
                    row["seats"],
                    within[k],
                    percent_of(within[k], people[k], exact[k], everyone[k]),
                    *(None if hidden else row[n] for n in ("seats_1000", "near_1000")),
                    None if hidden or field not in known else row["seat_hours"],
                )
            )
    names = ("code", "name", "field", "band", "people", "classes", "seats", "within", "share")
    heads = columns(
        lang, (*names, "seats_1000", "near_1000", "seat_hours"), aside=("code", "field", "band")
    )
    limit = number(offers.outcome.question.limit)
    return Exhibit(
        name="programmes",
        sheet=said["programmes_sheet"],
        caption=said["programmes_caption"].format(minutes=limit),
        unit=said["units_seats"],
        columns=heads,
        rows=tuple(rows),
        notes=(said["programmes_note"], said["small_note"]),
        listed=1 + len(offers.outcome.study.districts),
    )


def _choice(offers: Offers, lang: Lang) -> Exhibit:
    said = words(lang)
    table = choice_table(offers)
    exact, everyone = table["no_field"].to_numpy(), table["people"].to_numpy()
    none, people = whole_people(exact, everyone)
    timed = bool(offers.bands.any())
    rows = []
    for k, row in enumerate(table.to_dict("records")):
        hidden = isinstance(people[k], str)
        asked = ("fields", *BANDS)
        means = (None if hidden or (n in BANDS and not timed) else row[n] for n in asked)
        share = percent_of(none[k], people[k], exact[k], everyone[k])
        rows.append((row["code"], row["name"], people[k], *means, none[k], share))
    bands = tuple(Column(band, band_name(band, lang), 2) for band in BANDS)
    first = columns(lang, ("code", "name", "people", "fields"))
    last = columns(lang, ("no_field", "no_field_share"))
    return Exhibit(
        name="choice",
        sheet=said["choice_sheet"],
        caption=said["choice_caption"].format(minutes=number(offers.outcome.question.limit)),
        unit=said["units_choice"],
        columns=(*first, *bands, *last),
        rows=tuple(rows),
        notes=(said["choice_note"].format(count=len(offers.fields)),),
    )


def _unmet(offers: Offers, rate: float | None, lang: Lang) -> Exhibit:
    """Return the learners without a seat, by district: all together, and the share by field."""
    said = words(lang)
    table = unmet_learners(offers, rate)
    parts = dict(iter(table.groupby("field", sort=False)))
    whole = parts[ALL]
    exact, everyone = whole["unmet"].to_numpy(), whole["learners"].to_numpy()
    lacking, learners = whole_people(exact, everyone)
    rows = []
    for k, row in enumerate(whole.to_dict("records")):
        hidden = isinstance(learners[k], str) or not learners[k]
        shares = (None if hidden else float(parts[f]["share"].iloc[k]) for f in offers.fields)
        share = percent_of(lacking[k], learners[k], exact[k], everyone[k])
        rows.append((row["code"], row["name"], learners[k], lacking[k], share, *shares))
    first = columns(lang, ("code", "name", "learners", "unmet", "unmet_share"))
    fields = tuple(
        Column(f"unmet_{f}", said["head_unmet_field"].format(field=field_name(f, lang)), 1)
        for f in offers.fields
    )
    how = said["unmet_even"] if rate is None else said["unmet_rate"].format(rate=f"{100 * rate:g}")
    return Exhibit(
        name="unmet",
        sheet=said["unmet_sheet"],
        caption=said["unmet_caption"].format(minutes=number(offers.outcome.question.limit)),
        unit=said["units_people_share"],
        columns=(*first, *fields),
        rows=tuple(rows),
        notes=(how, said["unmet_note"]),
    )


def _timed(offers: Offers) -> set[str]:
    """Return the fields of which any class tells its time: of the others no band is known."""
    told = offers.bands.any(axis=1)
    return {*offers.field[told].tolist(), ALL} if told.any() else set()


def _week(
    name: str, told: tuple[str, str, str], table: pd.DataFrame, outcome: Outcome, lang: Lang
) -> Exhibit:
    """Return who reaches an open place, or a class, by hour and weekday."""
    said = words(lang)
    sheet, caption, note = (said[key] for key in told)
    everyone = float(outcome.people.sum())
    rows, shares = [], []
    counts = table.to_numpy(dtype=np.float64).tolist()
    some = [hour for hour, reached in enumerate(counts) if any(reached)]
    for hour in range(min(some, default=9), max(some, default=17) + 1):
        found = counts[hour]
        rows.append((f"{hour:02d}~{hour + 1:02d}", *(told_alone(n, everyone) for n in found)))
        shares.append(tuple(100 * n / everyone if everyone > 0 else 0.0 for n in found))
    days = _DAYS[0 if lang == "ko" else 1]
    heads = (
        Column("hour", said["head_hour"]),
        *(Column(f"day_{k}", name, 0) for k, name in enumerate(days, 1)),
    )
    return Exhibit(
        name=name,
        sheet=sheet,
        caption=caption.format(minutes=number(outcome.question.limit)),
        unit=said["units_head"],
        columns=heads,
        rows=tuple(rows),
        notes=(note, said["week_tint"]),
        shares=tuple(shares),
    )
