"""Appraisal: the chapters a report has beyond who reaches a place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from access.errors import Lang
from access.measure.offers import has_offers, offers_of
from access.show.equity import equity
from access.show.exhibit import Chapter
from access.show.map import language, together
from access.show.overlap import overlap
from access.show.programmes import programmes
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

    Of the outcomes of one study, the first is looked into. A chapter that the study has no data
    for is not there. `progress(ko, en)` is called before what takes long.

    Raises OutputError for no outcome, outcomes of different studies and an unknown `lang` (default:
    the language of the study).
    """
    several = together(outcomes)
    first = several[0]
    tongue = language(lang or first.study.lang)
    chapters: list[Chapter] = []
    tell = progress or (lambda *_: None)
    if has_offers(first):
        tell("강좌와 기관을 견주는 중", "Comparing classes and institutions")
        offers = offers_of(first)
        chapters += [programmes(offers, None, tongue), overlap(offers, tongue)]
    tell("닿지 못하는 까닭을 나누는 중", "Parting the gap among its barriers")
    chapters += [barriers(first, None, tongue), equity(first, tongue)]
    if len(first.study.districts) > 5:
        meet = next((o for o in several if o.question.mode == "drive"), first)
        chapters.append(zones(meet, 5, None, tongue))
    return tuple(chapters)
