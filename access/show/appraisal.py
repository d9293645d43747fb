"""Appraisal: the chapters a report has beyond who reaches a place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from access.errors import Lang
from access.measure.counterfactuals import Need, usual_need
from access.measure.offers import has_offers, offers_of
from access.show.equity import equity
from access.show.exhibit import Chapter
from access.show.map import language, together
from access.show.overlap import overlap
from access.show.programmes import programmes
from access.show.special import special
from access.show.why_not import barriers
from access.show.zones import zones

if TYPE_CHECKING:
    from access.measure.outcome import Outcome


def appraise(
    outcomes: Outcome | Sequence[Outcome],
    lang: Lang | None = None,
    *,
    progress: Callable[[str, str], None] | None = None,
) -> tuple[Chapter, ...]:
    """Return the chapters on classes, institutions, barriers, equity, zones and groups.

    Of the outcomes of one study, the one that `[measures]` of the study names is looked into, else
    the first; zones are by car where a question is. A chapter that the study has no data for is not
    there. `progress(ko, en)` is called before what takes long.

    Raises OutputError for no outcome, outcomes of different studies and an unknown `lang` (default:
    the language of the study).
    """
    several = together(outcomes)
    study = several[0].study
    extras, tongue = study.extras, language(lang or study.lang)
    chosen = next((o for o in several if extras.question == o.question.name != ""), several[0])
    tell = progress or (lambda *_: None)
    chapters: list[Chapter] = []
    if has_offers(chosen):
        tell("강좌와 기관을 견주는 중", "Comparing classes and institutions")
        offers = offers_of(chosen)
        chapters.append(programmes(offers, extras.participation, tongue))
        chapters.append(overlap(offers, tongue))
    tell("닿지 못하는 까닭을 나누는 중", "Parting the gap among its barriers")
    chapters.append(barriers(chosen, _need(chosen), tongue))
    chapters.append(equity(chosen, tongue))
    count = extras.zones if extras.zones < len(study.districts) else 0
    if count or extras.zoning:
        meet = next((o for o in several if o.question.mode == "drive"), chosen)
        chapters.append(zones(meet, count, extras.zoning or None, tongue))
    chapters.append(special(several, chosen, tongue))
    return tuple(chapters)


def _need(outcome: Outcome) -> Need:
    """Return what the chapter on barriers asks for: as the planner says, else the usual."""
    extras = outcome.study.extras
    usual = usual_need(outcome, extras.band or "evening")
    return Need(extras.field or usual.field, usual.band, extras.participation)
