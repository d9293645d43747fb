"""The report: one page with the numbers, who is left out and why, and how it was computed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from access.decide.comparison import Comparison
from access.errors import Lang, OutputError
from access.show import page, sections, standards
from access.show.changes import change_table
from access.show.class_changes import class_table
from access.show.contrast import comparison_html
from access.show.frame import Map, inside, language, links, printed, together, written

if TYPE_CHECKING:
    from access.measure.compliance import Compliance
    from access.measure.outcome import Outcome
    from access.show.exhibit import Chapter


def write_report(
    title: str,
    outcomes: Outcome | Comparison | Sequence[Outcome],
    map: Map | None = None,
    to: str | Path = "report.html",
    lang: Lang = "ko",
    *,
    held: Compliance | None = None,
    chapters: Sequence[Chapter] = (),
) -> Path:
    """Write a report of outcomes of one study, or of a comparison, as a single page.

    Returns its path. The page asks no server for anything and prints on A4. `map` puts a live map
    inside; a report of outcomes has a still one anyway. `held` adds what standards say of the study
    (`judge`) and `chapters` (`appraise`) parts of their own, to a report of outcomes.

    Raises OutputError for no outcome, for outcomes of different studies, for an unknown `lang`,
    and where the file cannot be written.
    """
    if isinstance(outcomes, Comparison):
        changes = change_table([outcomes])
        classes = class_table([outcomes])
        text = comparison_html([outcomes], changes, classes, language(lang), title=title, live=map)
    else:
        text = report_html(
            title, together(outcomes), language(lang), live=map, held=held, chapters=chapters
        )
    return written(Path(to), text)


def report_html(
    title: str,
    outcomes: Sequence[Outcome],
    lang: Lang,
    live: Map | None = None,
    beside: Sequence[tuple[str, str]] = (),
    held: Compliance | None = None,
    chapters: Sequence[Chapter] = (),
) -> str:
    """Return the page. `beside` are files in the same folder to point to, (name, what it is)."""
    study = outcomes[0].study
    if held is not None and held.study != study:
        raise OutputError.of("E826")
    body = "".join(
        [
            page.header(study, lang, title),
            "<main>",
            links(beside),
            sections.summary(outcomes, lang),
            inside(live),
            "" if held is None else standards.section(held, lang),
            *(sections.answer(outcome, i, lang) for i, outcome in enumerate(outcomes, 1)),
            *(chapter.html for chapter in chapters),
            sections.ledger(outcomes, lang),
            sections.sources(study, lang),
            "</main>",
        ]
    )
    return printed(title, body, lang, live)
