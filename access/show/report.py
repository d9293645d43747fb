"""The report: one page with the numbers, who is left out and why, and how it was computed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from access.errors import Lang
from access.show import offline, page, sections
from access.show.map import Map, language, together, written

if TYPE_CHECKING:
    from access.measure.outcome import Outcome
    from access.show.exhibit import Chapter


def write_report(
    title: str,
    outcomes: Outcome | Sequence[Outcome],
    map: Map | None = None,
    to: str | Path = "report.html",
    lang: Lang = "ko",
    *,
    chapters: Sequence[Chapter] = (),
) -> Path:
    """Write a report of outcomes of one study as a single page; return its path.

    The page asks no server for anything and prints on A4. `map` puts a live map inside; a still
    one is there anyway. `chapters` (`appraise`) are parts of their own after the questions.

    Raises OutputError for no outcome, for outcomes of different studies, for an unknown `lang`,
    and where the file cannot be written.
    """
    page = report_html(title, together(outcomes), language(lang), live=map, chapters=chapters)
    return written(Path(to), page)


def report_html(
    title: str,
    outcomes: Sequence[Outcome],
    lang: Lang,
    live: Map | None = None,
    beside: Sequence[tuple[str, str]] = (),
    chapters: Sequence[Chapter] = (),
) -> str:
    """Return the page. `beside` are files in the same folder to point to, (name, what it is)."""
    study = outcomes[0].study
    links = "".join(
        f'<li><a href="{escape(name, quote=True)}">{escape(name)}</a> {escape(what)}</li>'
        for name, what in beside
    )
    frame = ""
    if live is not None:
        frame = (
            f'<section class="live"><iframe sandbox="allow-scripts" '
            f'title="{escape(live.heading, quote=True)}" '
            f'srcdoc="{escape(live.html, quote=True)}"></iframe></section>'
        )
    body = "".join(
        [
            page.header(study, lang, title),
            "<main>",
            f'<nav><ul class="beside">{links}</ul></nav>' if links else "",
            sections.summary(outcomes, lang),
            frame,
            *(sections.answer(outcome, i, lang) for i, outcome in enumerate(outcomes, 1)),
            *(chapter.html for chapter in chapters),
            sections.ledger(outcomes, lang),
            sections.sources(study, lang),
            "</main>",
        ]
    )
    # a page inside this one obeys the policies of both
    inner = offline.script_hashes(live.html) if live is not None else []
    return offline.sealed(
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{page.asset('report.css')}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n",
        also=inner,
    )
