"""Groups and origins in the report: who reaches what in which way, online, schools, teachers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from access._privacy import told, told_alone
from access._rounding import rounded
from access.errors import Lang
from access.measure.evaluation import evaluate
from access.measure.outcome import Outcome
from access.measure.special import neither_served, origin_matrix, staffing, who_reaches
from access.show.counts import percent_of, whole_people
from access.show.exhibit import Chapter, Column, Exhibit, columns
from access.show.overlap import field_name
from access.show.words import group, means, number, title, words

if TYPE_CHECKING:
    from access.study.extras import Extras

MOST_PLACES = 18
"""So many institutions, the nearest to most students, stand in the page's table of minutes."""


def special(outcomes: Sequence[Outcome], asked: Outcome, lang: Lang) -> Chapter:
    """Return the chapter on groups, online classes, other origins and citizens who could teach."""
    said, extras = words(lang), asked.study.extras
    parts = [_ways(outcomes, lang)]
    if extras.online:
        parts.append(_online(asked, extras.online, lang))
    if extras.origins is not None:
        parts.append(_origins(asked, extras, lang))
    if extras.teachers:
        parts += _teachers(asked, extras, lang)
    return Chapter("groups", said["groups_title"], (said["groups_lead"],), tuple(parts), lang)


def _ways(outcomes: Sequence[Outcome], lang: Lang) -> Exhibit:
    """Return a row a district and a column a question."""
    said = words(lang)
    table = who_reaches(outcomes)
    heads = list(columns(lang, ("code", "name")))
    cells: list[tuple[object, ...]] = []
    size = 1 + len(outcomes[0].study.districts)
    for k, outcome in enumerate(outcomes, 1):
        part = table.iloc[(k - 1) * size : k * size]
        exact, everyone = part["reached"].to_numpy(), part["people"].to_numpy()
        reached, people = whole_people(exact, everyone)
        shares = [
            percent_of(r, p, e, w)
            for r, p, e, w in zip(reached, people, exact, everyone, strict=True)
        ]
        question = outcome.question
        pace = outcome.study.mode(question.mode, question.profile).walk_ms
        how = said["ways_head"].format(
            group=group(question.group, lang),
            means=means(question, lang),
            pace=f"{pace:.2f}",
            minutes=number(question.limit),
        )
        heads += [Column(f"reached_{k}", how, 0), Column(f"share_{k}", "%", 1)]
        cells += [tuple(reached), tuple(shares)]
    first = table.head(size)
    rows = tuple(
        (code, name, *values)
        for code, name, *values in zip(first["code"], first["name"], *cells, strict=True)
    )
    return Exhibit(
        name="ways",
        sheet=said["ways_sheet"],
        caption=said["ways_caption"],
        unit=said["units_people_share"],
        columns=tuple(heads),
        rows=rows,
        notes=(said["ways_note"],),
    )


def _online(outcome: Outcome, rates: Mapping[str, float], lang: Lang) -> Exhibit:
    said = words(lang)
    table = neither_served(outcome, rates)
    rows = []
    for name, part in table.groupby("group", sort=False):
        exact, everyone = part["unreached"].to_numpy(), part["people"].to_numpy()
        unreached, people = whole_people(exact, everyone)
        neither, _ = whole_people(part["neither"].to_numpy(), everyone)
        rate = None if name == "all" else 100 * rates[str(name)]
        for k, row in enumerate(part.to_dict("records")):
            share = percent_of(neither[k], people[k], row["neither"], everyone[k])
            called = said["groups_given"] if name == "all" else group(str(name), lang)
            start = (called, row["code"], row["name"], rate)
            rows.append((*start, people[k], unreached[k], neither[k], share))
    told_rates = ", ".join(f"{group(name, lang)} {100 * rate:g}%" for name, rate in rates.items())
    names = ("group", "code", "name", "rate", "people", "unreached_place", "neither")
    heads = columns(lang, (*names, "neither_share"), aside=("group", "code", "rate"))
    return Exhibit(
        name="online",
        sheet=said["online_sheet"],
        caption=said["online_caption"].format(minutes=number(outcome.question.limit)),
        unit=said["units_people_share"],
        columns=heads,
        rows=tuple(rows),
        notes=(said["online_note"].format(rates=told_rates), said["online_more"]),
        listed=1 + len(outcome.study.districts),
    )


def _origins(outcome: Outcome, extras: Extras, lang: Lang) -> Exhibit:
    """Return minutes from the origins: a row a place, nearest to most people first."""
    said, study = words(lang), outcome.study
    assert extras.origins is not None
    start = evaluate(study.with_origins(extras.origins), outcome.question.but(group="all"))
    minutes = origin_matrix(start)
    limit = outcome.question.limit
    none = ~np.isfinite(minutes.to_numpy()).any(axis=1)
    lost = extras.origins.ids[none].tolist()
    asked = title(outcome.question, lang)
    note = said["origins_note" if extras.origins.people.any() else "origins_uncounted"]
    notes = [note.format(minutes=number(limit), question=asked)]
    if lost:
        notes.append(said["origins_none"].format(names=", ".join(lost)))
    people = extras.origins.people
    known = bool(people.any())
    weight = people if known else np.ones(len(people))
    within = (minutes.to_numpy() <= limit + 1e-9).T @ weight
    mean = (np.where(np.isfinite(minutes), minutes, 1e6).T @ weight) / weight.sum()
    order = np.lexsort((mean, -within)).tolist()
    names = study.places.names[start.place_index]
    rows = []
    for j in order:
        cells = [m if np.isfinite(m) else None for m in minutes.iloc[:, j].tolist()]
        told = (told_alone(within[j]),) if known else ()
        rows.append((str(start.times.places[j]), str(names[j]), *told, *cells))
    counted = [
        f"{name} ({n:,.0f})" if known else name
        for name, n in zip(extras.origins.ids.tolist(), people.tolist(), strict=True)
    ]
    lead = ("place", "place_name", "students") if known else ("place", "place_name")
    heads = (
        *columns(lang, lead, aside=("place",)),
        *(Column(f"from_{k}", name, 1) for k, name in enumerate(counted, 1)),
    )
    return Exhibit(
        name="origins",
        sheet=said["origins_sheet"],
        caption=said["origins_caption"].format(count=len(counted)),
        unit=said["units_minutes"],
        columns=heads,
        rows=tuple(rows),
        notes=tuple(notes),
        listed=MOST_PLACES,
    )


def _teachers(outcome: Outcome, extras: Extras, lang: Lang) -> list[Exhibit]:
    """Return who could teach at which place: the matrix, and the districts they come from.

    The districts of a place and field sum to its number, so that none of them tells a small one.
    """
    import pandas as pd

    said = words(lang)
    known = pd.DataFrame(list(extras.teachers), columns=["district", "field", "people"])
    table = staffing(outcome, known)
    fields = sorted(set(table["field"].tolist()))
    totals: dict[tuple[str, str], dict[str, int | str]] = {}
    whole: dict[tuple[str, str], int] = {}
    rows = []
    for key, part in table.groupby(["place", "name", "field"]):
        id, name, field = (str(k) for k in key)
        counts = rounded(part["teachers"].to_numpy(dtype=np.float64))
        together, *each = told([int(counts.sum()), *counts.tolist()]).texts()
        totals.setdefault((id, name), {})[field] = together
        whole[id, name] = whole.get((id, name), 0) + int(counts.sum())
        homes = zip(part["district"], part["district_name"], each, strict=True)
        rows += [(id, name, field_name(field, lang), *home) for home in homes if home[-1] != 0]
    order = sorted(totals, key=lambda place: (-whole[place], place))
    matrix = tuple((*place, *(totals[place].get(f, 0) for f in fields)) for place in order)
    limit = number(outcome.question.limit)
    first = columns(lang, ("place", "place_name"), aside=("place",))
    places = Exhibit(
        name="teachers",
        sheet=said["teachers_sheet"],
        caption=said["teachers_caption"].format(minutes=limit),
        unit=said["units_head"],
        columns=(*first, *(Column(f or "none", field_name(f, lang), 0) for f in fields)),
        rows=matrix,
        notes=(said["teachers_note"],),
        listed=MOST_PLACES,
    )
    names = ("place", "place_name", "field", "code", "name", "teachers")
    parts = Exhibit(
        name="teacher_homes",
        sheet=said["homes_sheet"],
        caption=said["homes_caption"].format(minutes=limit),
        unit=said["units_head"],
        columns=columns(lang, names, aside=("place", "code")),
        rows=tuple(rows),
        notes=(said["homes_note"],),
        listed=MOST_PLACES,
    )
    return [places, parts]
