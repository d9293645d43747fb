"""The report of a comparison: what each scenario changes, for whom, and who loses."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from access.errors import Lang
from access.measure.outcome import TOTAL
from access.show import page, sections
from access.show.changes import Failure, at_limit, heads, rows_of, share_points
from access.show.class_changes import class_section
from access.show.frame import Map, inside, links, printed
from access.show.markup import bullets, ranked, shown, table, tag
from access.show.words import describe, group, number, words
from access.show.words import title as called

if TYPE_CHECKING:
    import pandas as pd

    from access.decide.comparison import Comparison

_SUMMARY = ("scenario", "before", "after", "change", "gained", "lost")
_SHARES = ("share_before", "share_after", "share_change")
_MOVES = ("nearer", "farther")


def comparison_html(
    comparisons: Sequence[Comparison],
    changes: pd.DataFrame,
    classes: pd.DataFrame,
    lang: Lang,
    *,
    title: str = "",
    live: Map | None = None,
    failures: Sequence[Failure] = (),
    beside: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the page. `changes` and `classes` are `change_table` and `class_table` of them."""
    study, said = comparisons[0].base.study, words(lang)
    heading = title or said["comparison_title"].format(name=study.name)
    body = "".join(
        [
            page.header(study, lang, heading),
            "<main>",
            links(beside),
            failed(failures, lang),
            inside(live),
            what_changes(comparisons[0], lang),
            *(_answer(c, changes, classes, i, lang) for i, c in enumerate(comparisons, 1)),
            sections.sources(study, lang),
            "</main>",
        ]
    )
    return printed(heading, body, lang, live)


def failed(failures: Sequence[Failure], lang: Lang) -> str:
    """Return the table of scenarios that could not be computed, if there are any."""
    if not failures:
        return ""
    said = words(lang)
    rows = [[name, p.text(lang)] for name, error in failures for p in error.problems]
    whole = table(said["failures"], "", [said["scenario"], said["why_failed"]], rows, left=2,
                  name="failures")  # fmt: skip
    return f"<section><h2>{escape(said['failures'])}</h2>{whole}</section>"


def what_changes(comparison: Comparison, lang: Lang) -> str:
    """Return what each scenario does to the study, and what is to be looked at."""
    said = words(lang)
    at = 0 if lang == "ko" else 1
    parts = [f"<section><h2>{escape(said['what_changes'])}</h2>"]
    for name, outcome in zip(comparison.names[1:], comparison.outcomes[1:], strict=True):
        planned = outcome.study.planned
        changes = () if planned is None else planned.changes
        notes = () if planned is None else [s.note for s in planned.scenarios if s.note]
        parts.append(tag("h3", name))
        parts += [tag("p", note, **{"class": "asked"}) for note in notes]
        parts.append(bullets(pair[at] for pair in changes) if changes else
                     tag("p", said["nothing_changes"]))  # fmt: skip
        known = len(comparison.base.study.ledger.entries)
        remarks = [e.problem.text(lang) for e in outcome.study.ledger.entries[known:]]
        if remarks:
            parts += [tag("p", said["remarks_of_scenario"]), bullets(remarks)]
    return "".join([*parts, "</section>"])


def _answer(
    comparison: Comparison, changes: pd.DataFrame, classes: pd.DataFrame, order: int, lang: Lang
) -> str:
    """Return one question: all scenarios side by side, then each by itself."""
    said, asked = words(lang), comparison.question
    rows = at_limit(changes, comparison)
    facts = {"minutes": number(asked.limit), "group": group(asked.group, lang)}
    columns = (*_SUMMARY, *_SHARES, *_MOVES)
    whole = table(
        said["comparison_table"].format(**facts),
        said["units_people"],
        heads(columns, lang),
        [_cells(row, columns) for row in rows[rows["name"] == TOTAL].to_dict("records")],
        [f"{said['note']}: {said[key]}" for key in ("flows_note", "nearer_note", "anchored_note")],
        name=f"comparison-{order}",
    )
    parts = [
        f"<section><h2>{order}. {escape(called(asked, lang))}</h2>",
        tag("p", describe(asked, lang), **{"class": "asked"}),
        whole,
    ]
    for i, name in enumerate(comparison.names[1:], 1):
        own = rows[rows["scenario"] == name]
        parts += [
            tag("h3", name),
            _districts(own, f"{order}.{i}", name, lang),
            _losers(own, comparison, lang),
            _limits(comparison, changes, name, lang),
            _groups(comparison, changes, name, lang),
            class_section(comparison, classes, name, f"{order}.{i}", lang),
        ]
    parts += [
        f"<h3>{escape(said['assumptions'])}</h3>",
        bullets(pair[0 if lang == "ko" else 1] for pair in comparison.base.assumptions),
        "</section>",
    ]
    return "".join(parts)


def _districts(own: pd.DataFrame, order: str, name: str, lang: Lang) -> str:
    said = words(lang)
    columns = ("name", "people_after", *_SUMMARY[1:], *_SHARES, *_MOVES)
    return table(
        said["comparison_districts"].format(number=order, scenario=name),
        said["units_people"],
        heads(columns, lang),
        [
            _cells(row | ({"name": said["total"]} if row["name"] == TOTAL else {}), columns)
            for row in own.to_dict("records")
        ],
        name=f"districts-{order}",
    )


def _losers(own: pd.DataFrame, comparison: Comparison, lang: Lang) -> str:
    """Return where people live who are no longer reached, most of them first."""
    said = words(lang)
    caption = said["who_loses"].format(minutes=number(comparison.question.limit))
    rows = [r for r in own.to_dict("records") if r["lost"] and r["name"] != TOTAL]
    if not rows:
        return tag("p", f"{caption}: {said['nobody_loses']}")
    rows.sort(key=lambda row: -ranked(row["lost"]))
    columns = ("name", "lost", "gained", "change")
    return table(
        caption,
        said["units_head"],
        heads(columns, lang),
        [_cells(row, columns) for row in rows],
        name="losers",
    )


def _limits(comparison: Comparison, changes: pd.DataFrame, name: str, lang: Lang) -> str:
    """Return the city's change at every threshold of the question."""
    said, asked = words(lang), comparison.question
    rows = rows_of(changes, comparison, group=asked.group, scenario=name, name=TOTAL)
    columns = ("minutes", *_SUMMARY[1:], *_SHARES)
    cells = [
        [said["within"].format(minutes=number(row["minutes"])), *_cells(row, columns[1:])]
        for row in rows.to_dict("records")
    ]
    caption = said["comparison_minutes"].format(scenario=name)
    return table(caption, said["units_people"], heads(columns, lang), cells, name="limits")


def _groups(comparison: Comparison, changes: pd.DataFrame, name: str, lang: Lang) -> str:
    """Return the city's change at the limit for every group of the study."""
    said, asked = words(lang), comparison.question
    rows = rows_of(changes, comparison, minutes=asked.limit, scenario=name, name=TOTAL)
    if len(rows) < 2:
        return ""
    columns = ("people_after", *_SUMMARY[1:], *_SHARES, *_MOVES)
    cells = [[group(row["group"], lang), *_cells(row, columns)] for row in rows.to_dict("records")]
    notes = [f"{said['note']}: {said['equal_shares']}"]
    caption = said["comparison_groups"].format(scenario=name)
    top = [said["group_head"], *heads(columns, lang)]
    return table(caption, said["units_people"], top, cells, notes, name="groups")


def _cells(row: Any, columns: Sequence[str]) -> list[str]:
    return [_cell(column, row[column]) for column in columns]


def _cell(column: str, value: Any) -> str:
    if column in ("scenario", "name"):
        return str(value)
    if column == "share_change":
        return share_points(value)
    if column == "change" and isinstance(value, int) and value:
        return f"{value:+,}"
    return shown(value, 1 if column.startswith("share_") else 0)
