"""Map: one page that opens without internet and shows who reaches a place in how many minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from access.decide.comparison import compare
from access.errors import Lang
from access.show import page
from access.show.frame import Map, framed, language, together, written
from access.show.picture import picture
from access.show.swipe import draw_changes
from access.show.words import standing_lines, title, words

if TYPE_CHECKING:
    from access.measure.outcome import Outcome

__all__ = ["Map", "draw", "headline", "language", "together", "written"]


def draw(
    outcomes: Outcome | Sequence[Outcome],
    lang: Lang | None = None,
    *,
    against: Outcome | None = None,
) -> Map:
    """Draw one outcome, or several of the same study to choose from in the map.

    Cells are coloured by minutes to the nearest place; the page has a slider for the limit with
    the people reached, by district, and asks no server for anything.

    With `against`, the outcomes are of scenarios: a line parts the map into what `against` says on
    its left and the chosen scenario on its right.

    Raises OutputError for no outcome, for outcomes of different studies and for an unknown `lang`
    (default: the language of the study).

    >>> from access import Question, evaluate
    >>> from access.testing import toy_study
    >>> town = toy_study("abc", {"abc": {}}, people={"a": 10, "c": 5}, centres="b")
    >>> draw(evaluate(town, Question())).heading
    '그림마을 학습공간 접근성'
    """
    if against is not None:
        plans = outcomes if isinstance(outcomes, list | tuple) else (outcomes,)
        return draw_changes([compare(against, *plans)], lang)
    several = together(outcomes)
    study = several[0].study
    tongue = language(lang or study.lang)
    heading = words(tongue)["map_title"].format(name=study.name)
    lines = (
        " · ".join(standing_lines(study, tongue)),
        *(headline(outcome, tongue) for outcome in several),
    )
    return Map(
        html=framed(
            study,
            tongue,
            heading,
            page.skeleton(study, tongue, heading),
            page.data(several, tongue),
            page.script(),
            page.asset("page.css"),
        ),
        heading=heading,
        lines=lines,
        png=picture(several[0], width=560).png,
    )


def headline(outcome: Outcome, lang: Lang) -> str:
    """Return an outcome in one line: who reaches a place within the limit."""
    from access._privacy import suppress
    from access.show.words import number

    limit = number(outcome.question.limit)
    city = suppress(outcome.districts()).iloc[0]
    share = city[f"share_{limit}"]
    return words(lang)["headline"].format(
        question=title(outcome.question, lang),
        minutes=limit,
        reached=_count(city[f"within_{limit}"]),
        people=_count(city["people"]),
        share=share if isinstance(share, str) else f"{share:.1f}" if share == share else "-",
    )


def _count(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:,}"
