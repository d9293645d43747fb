"""Equity in the report: each index with a sentence on how to read it, districts and groups."""

from __future__ import annotations

from access._privacy import told_alone
from access.errors import Lang
from access.measure.fairness import access_value, equity_districts, equity_table, group_gaps
from access.measure.outcome import Outcome
from access.show.exhibit import Chapter, Exhibit, Figure, columns
from access.show.words import describe, group, number, title, words

_FINE = {"gini", "theil", "atkinson", "palma", "concentration"}
"""Indices of three decimals; the others have one."""


def equity(outcome: Outcome, lang: Lang) -> Chapter:
    """Return the chapter on equity."""
    said, asked = words(lang), outcome.question
    kind, _ = access_value(outcome)
    value = said[f"value_{kind}"].format(minutes=number(asked.limit))
    lead = said["equity_lead"].format(
        question=title(asked, lang), asked=describe(asked, lang), value=value
    )
    parts = (_indices(outcome, lang), _districts(outcome, lang), _gaps(outcome, lang))
    return Chapter("equity", said["equity_title"], (lead,), parts, lang)


def _indices(outcome: Outcome, lang: Lang) -> Exhibit:
    said = words(lang)
    limit = number(outcome.question.limit)
    rows, ranked = [], False
    for row in equity_table(outcome).to_dict("records"):
        name, value = row["index"], row["value"]
        decimals = 3 if name in _FINE else 1
        ranked = ranked or name == "palma"
        read, told = "-", None
        if value == value:
            told = Figure(value, decimals)
            facts = {"value": f"{value:z.{decimals}f}", "even": f"{100 * (1 - value):.0f}"}
            read = said[f"read_{name}"].format(minutes=limit, **facts)
        rows.append((said[f"index_{name}"], read, told))
    return Exhibit(
        name="equity",
        sheet=said["equity_sheet"],
        caption=said["equity_caption"],
        unit="",
        columns=columns(lang, ("index", "read", "value")),
        rows=tuple(rows),
        notes=(said["equity_note"],) if ranked else (),
    )


def _districts(outcome: Outcome, lang: Lang) -> Exhibit:
    said = words(lang)
    rows = []
    for row in equity_districts(outcome).to_dict("records"):
        people = told_alone(row["people"])
        values = (row[name] for name in ("mean", "gini", "between", "within"))
        hidden = isinstance(people, str)
        rows.append((row["code"], row["name"], people, *(None if hidden else v for v in values)))
    heads = columns(
        lang, ("code", "name", "people", "mean_access", "gini", "between", "within_part")
    )
    return Exhibit(
        name="equity_districts",
        sheet=said["equity_districts_sheet"],
        caption=said["equity_districts_caption"],
        unit=said["units_head"],
        columns=heads,
        rows=tuple(rows),
        notes=(said["theil_note"],),
    )


def _gaps(outcome: Outcome, lang: Lang) -> Exhibit:
    said = words(lang)
    rows = []
    for row in group_gaps(outcome).to_dict("records"):
        name = row["group"]
        called = group(name, lang) if row["kind"] == "age" else said[f"area_{_ROMAN[name]}"]
        people, lacking = told_alone(row["people"]), told_alone(row["missing"])
        hidden = isinstance(people, str)
        share, points, mean, gini = (
            None if hidden else row[name] for name in ("reached", "gap", "mean", "gini")
        )
        rows.append(
            (said[f"kind_{row['kind']}"], called, people, share, points, lacking, mean, gini)
        )
    heads = columns(
        lang,
        ("kind", "group", "people", "reached_share", "points", "lacking", "mean_access", "gini"),
    )
    notes = [said["gaps_read"], said["groups_access"]]
    if any(name != "all" for name in outcome.study.groups):
        notes.append(said["equal_shares"])
    return Exhibit(
        name="equity_groups",
        sheet=said["equity_groups_sheet"],
        caption=said["equity_groups_caption"].format(minutes=number(outcome.question.limit)),
        unit=said["units_points"],
        columns=heads,
        rows=tuple(rows),
        notes=tuple(notes),
    )


_ROMAN = {"동": "dong", "읍": "eup", "면": "myeon"}
