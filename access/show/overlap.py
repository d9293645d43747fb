"""Institutions in the report: whom they share, what they do twice, what is missing, rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from access._privacy import told_alone
from access.errors import Lang
from access.korea.fields import fields
from access.measure.duplication import (
    busiest_week,
    duplicate_classes,
    missing_classes,
    room_hours,
    shared_catchments,
    shared_rooms,
)
from access.measure.offers import Offers
from access.show.exhibit import Chapter, Column, Exhibit, columns
from access.show.words import day, describe, number, title, words

if TYPE_CHECKING:
    import pandas as pd

MOST_IN_MATRIX = 12
"""So many institutions, those with most classes, stand in the matrix of the page."""
LISTED = 15
"""So many rows of a ranking stand on the page."""


def overlap(offers: Offers, lang: Lang) -> Chapter:
    """Return the chapter on duplication between institutions."""
    said, asked = words(lang), offers.outcome.question
    pairs = shared_catchments(offers)
    parts = (
        _matrix(offers, pairs, lang),
        _pairs(pairs, lang),
        _duplicates(offers, lang),
        _gaps(offers, lang),
        _rooms(offers, lang),
        _sharing(offers, lang),
    )
    lead = said["overlap_lead"].format(question=title(asked, lang), asked=describe(asked, lang))
    return Chapter("overlap", said["overlap_title"], (lead, left_out(offers, lang)), parts, lang)


def left_out(offers: Offers, lang: Lang) -> str:
    """Return in words how many classes of the list are counted, and which are not."""
    said = words(lang)
    told = [
        said[f"left_{why}"].format(count=f"{n:,}") for why, n in offers.left_out.items() if n > 0
    ]
    whole, used = f"{len(offers.programmes):,}", f"{len(offers.classes):,}"
    return " ".join([said["classes_used"].format(whole=whole, used=used), *told])


def field_name(code: str, lang: Lang) -> str:
    """Return what a field of learning is called.

    >>> field_name("arts", "ko"), field_name("all", "ko")
    ('문화예술', '전체 영역')
    """
    if code not in fields():
        return words(lang)["field_all" if code == "all" else "field_none"]
    return fields()[code].ko if lang == "ko" else fields()[code].en


def band_name(code: str, lang: Lang) -> str:
    """Return what a band of the week is called.

    >>> band_name("evening", "ko")
    '저녁'
    """
    return words(lang)[f"band_{code}"]


def _matrix(offers: Offers, pairs: pd.DataFrame, lang: Lang) -> Exhibit:
    """Return the people shared by every two of the institutions with most classes."""
    said = words(lang)
    counts = {
        n: int((offers.institution == n).sum()) for n in sorted({*offers.institution.tolist()})
    }
    names = sorted(counts, key=lambda n: (-counts[n], n))[:MOST_IN_MATRIX]
    found: dict[tuple[str, str], Any] = {}
    for row in pairs.to_dict("records"):
        one, other = row["institution"], row["other"]
        found[one, other] = row
        found[other, one] = row | {"people": row["other_people"], "other_people": row["people"]}
    rows, shares = [], []
    for i, one in enumerate(names, 1):
        cells, tints = [], []
        for other in names:
            row = found[one, other]
            wholes = (row["people"], row["other_people"])
            cells.append(told_alone(row["shared"], *wholes))
            share = 100 * row["shared"] / row["people"] if row["people"] > 0 else 0.0
            tints.append(share if one != other else 0.0)
        rows.append((f"{i}. {one}", told_alone(found[one, one]["people"]), *cells))
        shares.append((0.0, *tints))
    heads = (
        Column("institution", said["head_institution"]),
        Column("people", said["head_catchment"], 0),
        *(Column(f"with_{i}", str(i), 0) for i in range(1, len(names) + 1)),
    )
    notes = (
        said["matrix_note"].format(minutes=number(offers.outcome.question.limit)),
        said["matrix_tint"],
    )
    caption = said["matrix_caption"].format(count=len(names))
    return Exhibit(
        name="overlap_matrix",
        sheet=said["matrix_sheet"],
        caption=caption,
        unit=said["units_head"],
        columns=heads,
        rows=tuple(rows),
        notes=notes,
        shares=tuple(shares),
    )


def _pairs(pairs: pd.DataFrame, lang: Lang) -> Exhibit:
    """Return every pair of institutions, most shared people first, and each alone at the end."""
    said = words(lang)
    alone = pairs["institution"] == pairs["other"]
    order = ["shared", "share", "institution", "other"]
    several = pairs[~alone & (pairs["shared"] > 0)].sort_values(
        order, ascending=[False, False, True, True]
    )
    rows = []
    for row in [*several.to_dict("records"), *pairs[alone].to_dict("records")]:
        wholes = (row["people"], row["other_people"])
        common = told_alone(row["shared"], *wholes)
        itself = row["institution"] == row["other"]
        rows.append(
            (
                row["institution"],
                said["alone"] if itself else row["other"],
                *(told_alone(people) for people in wholes),
                common,
                None if isinstance(common, str) else row["share"],
            )
        )
    names = ("institution", "other", "people", "other_people", "shared", "share_smaller")
    heads = columns(lang, names)
    notes = (said["pairs_note"], said["small_note"])
    return Exhibit(
        name="overlap",
        sheet=said["pairs_sheet"],
        caption=said["pairs_caption"],
        unit=said["units_people_share"],
        columns=heads,
        rows=tuple(rows),
        notes=notes,
        listed=min(LISTED, max(1, len(several))),
    )


def _duplicates(offers: Offers, lang: Lang) -> Exhibit:
    said = words(lang)
    rows = []
    for i, row in enumerate(duplicate_classes(offers).to_dict("records"), 1):
        common = told_alone(row["shared"])
        rows.append(
            (
                str(i),
                field_name(row["field"], lang),
                band_name(row["band"], lang),
                row["institution"],
                row["other"],
                row["classes"],
                row["other_classes"],
                row["alike"],
                common,
                None if isinstance(common, str) else row["share"],
            )
        )
    names = ("rank", "field", "band", "institution", "other", "classes", "other_classes", "alike")
    heads = columns(lang, (*names, "shared", "share_smaller"))
    return Exhibit(
        name="duplicates",
        sheet=said["duplicates_sheet"],
        caption=said["duplicates_caption"],
        unit=said["units_classes"],
        columns=heads,
        rows=tuple(rows),
        notes=(said["duplicates_note"],),
        listed=LISTED,
    )


def _gaps(offers: Offers, lang: Lang) -> Exhibit:
    said = words(lang)
    everyone = float(offers.outcome.people.sum())
    rows = []
    for i, row in enumerate(missing_classes(offers).to_dict("records"), 1):
        reached = told_alone(row["reached"], everyone)
        lacking = told_alone(row["missing"], everyone)
        hidden = isinstance(reached, str) or isinstance(lacking, str)
        rows.append(
            (
                str(i),
                field_name(row["field"], lang),
                band_name(row["band"], lang),
                row["institutions"],
                row["classes"],
                reached,
                lacking,
                None if hidden else row["share"],
            )
        )
    names = ("rank", "field", "band", "institutions", "classes", "reached", "missing")
    heads = columns(lang, (*names, "missing_share"))
    return Exhibit(
        name="gaps",
        sheet=said["gaps_sheet"],
        caption=said["gaps_caption"].format(minutes=number(offers.outcome.question.limit)),
        unit=said["units_classes"],
        columns=heads,
        rows=tuple(rows),
        notes=(said["gaps_note"],),
    )


def _rooms(offers: Offers, lang: Lang) -> Exhibit:
    said = words(lang)
    found = room_hours(offers).sort_values(["use", "place"], ascending=[True, True])
    names = ("name", "rooms", "classes", "open", "used", "outside", "use", "free")
    rows = tuple((str(row["place"]), *(row[n] for n in names)) for row in found.to_dict("records"))
    heads = columns(
        lang,
        ("place", "place_name", "rooms", "week_classes", "open", "used", "outside", "use", "free"),
    )
    monday = busiest_week(offers)
    when = day(monday.astype(object), lang)
    return Exhibit(
        name="rooms",
        sheet=said["rooms_sheet"],
        caption=said["rooms_caption"],
        unit=said["units_rooms"],
        columns=heads,
        rows=rows,
        notes=(said["rooms_note"].format(day=when), said["rooms_open"]),
        listed=LISTED,
    )


def _sharing(offers: Offers, lang: Lang) -> Exhibit:
    said = words(lang)
    rows = []
    for i, row in enumerate(shared_rooms(offers).to_dict("records"), 1):
        now = row["kept"] + row["lost"]
        kept, lost = told_alone(row["kept"], now), told_alone(row["lost"], now)
        gained = told_alone(row["gained"], row["kept"] + row["gained"])
        hidden = isinstance(lost, str) or isinstance(kept, str)
        rows.append(
            (
                str(i),
                row["guest_name"],
                row["host_name"],
                row["classes"],
                row["fit"],
                row["hours"],
                kept,
                gained,
                lost,
                None if hidden else row["lost_share"],
            )
        )
    names = ("rank", "guest", "host", "week_classes", "fit", "hours", "kept", "gained", "lost")
    heads = columns(lang, (*names, "lost_share"))
    return Exhibit(
        name="sharing",
        sheet=said["sharing_sheet"],
        caption=said["sharing_caption"],
        unit=said["units_rooms_people"],
        columns=heads,
        rows=tuple(rows),
        notes=(said["sharing_note"],),
        listed=LISTED,
    )
