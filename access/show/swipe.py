"""Swipe: a map of before and after, parted by a line that the planner moves."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access._privacy import told_changes
from access.errors import Lang, OutputError
from access.show import page
from access.show.frame import Map, framed, language
from access.show.grid import picture_order
from access.show.picture import picture
from access.show.words import kind, standing_lines, title, words
from access.study.place_edits import CLOSED

if TYPE_CHECKING:
    from access.decide.comparison import Comparison
    from access.measure.outcome import Outcome
    from access.network.graph import Network
    from access.study.study import Study

_WORDS = ("gained", "lost", "swipe", "layer_places")


def draw_changes(comparisons: Sequence[Comparison], lang: Lang | None = None) -> Map:
    """Draw scenarios over what is there today: one map, a line between before and after.

    The comparisons are of the same scenarios in the same order, a question each; question and
    scenario are chosen in the page. The page asks no server for anything.
    """
    if not comparisons:
        raise OutputError.of("E825")
    base = comparisons[0].base
    tongue = language(lang or base.study.lang)
    said = words(tongue)
    heading = said["swipe_title"].format(name=base.study.name)
    names = ", ".join(comparisons[0].names[1:])
    return Map(
        html=framed(
            base.study,
            tongue,
            heading,
            _skeleton(base.study, tongue, heading),
            _data(comparisons, tongue),
            page.script("swipe.js", start="startSwipe"),
            page.asset("page.css") + page.asset("swipe.css"),
        ),
        heading=heading,
        lines=(
            " · ".join(standing_lines(base.study, tongue)),
            *(f"{title(c.question, tongue)}: {c.names[0]} · {names}" for c in comparisons),
        ),
        png=picture(comparisons[0].outcomes[1], width=560).png,
    )


def _data(comparisons: Sequence[Comparison], lang: Lang) -> dict[str, Any]:
    first = comparisons[0]
    data = page.data([c.base for c in comparisons], lang)
    data["words"] |= {key: words(lang)[key] for key in _WORDS}
    data["today"] = first.names[0]
    order = picture_order(first.base.study.cells)
    data["plans"] = [
        {
            "name": first.names[i],
            "changes": _sentences(first.outcomes[i], lang),
            "answers": [_answer(c, i, order) for c in comparisons],
            "places": _moved_places(first.base.study, first.outcomes[i].study, lang),
            "roads": _changed_roads(first.base.study.network, first.outcomes[i].study.network),
        }
        for i in range(1, len(first.outcomes))
    ]
    return data


def _sentences(outcome: Outcome, lang: Lang) -> list[str]:
    planned = outcome.study.planned
    return [] if planned is None else [pair[0 if lang == "ko" else 1] for pair in planned.changes]


def _answer(comparison: Comparison, i: int, order: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return a scenario's answer to a question, and what may be told of the change.

    By row, the city first, and by stop of the slider.
    """
    flows = comparison.flows(i)

    def city(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return np.concatenate([values.sum(axis=0, keepdims=True), values])

    people = city(flows.people_before), city(flows.people_after)
    counts = [city(values) for values in (flows.before, flows.gained, flows.lost)]
    stops = [
        told_changes(*people, *(values[:, k] for values in counts)).texts()
        for k in range(len(flows.minutes))
    ]
    numbers = {
        name: [list(row) for row in zip(*(stop[name] for stop in stops), strict=True)]
        for name in ("before", "after", "change", "gained", "lost")
    }
    return page.by_cell(comparison.outcomes[i], order) | numbers


def _moved_places(before: Study, after: Study, lang: Lang) -> dict[str, Any]:
    """Return the places that a scenario opens, closes or moves: as they were, and as they are."""
    old, new = before.places, after.places
    at = {id: i for i, id in enumerate(old.ids.tolist())}
    pairs = [(at.get(id), j) for j, id in enumerate(new.ids.tolist())]
    changed = [
        (i, j)
        for i, j in pairs
        if i is None or old.kind[i] != new.kind[j] or (old.lonlat[i] != new.lonlat[j]).any()
    ]

    def told(study: Study, i: int) -> dict[str, Any]:
        places, what = study.places, str(study.places.kind[i])
        lon, lat = np.round(places.lonlat[i], 6).tolist()
        mark = what if what in ("centre", "idle", CLOSED) else "other"
        named = words(lang)["kind_closed"] if what == CLOSED else kind(what, lang)
        return {"name": str(places.names[i]), "kind": named, "mark": mark, "lon": lon, "lat": lat}

    return {
        "gone": [i for i, _ in changed if i is not None],
        "before": [told(before, i) for i, _ in changed if i is not None],
        "after": [told(after, j) for _, j in changed],
    }


def _changed_roads(before: Network, after: Network) -> list[dict[str, Any]]:
    """Return the lines of the streets that a scenario closes, and of those it adds."""
    old = len(before)
    if len(after) < old or not np.array_equal(before.tail, after.tail[:old]):
        return []
    shut = np.zeros(len(after), bool) if after.shut is None else after.shut.copy()
    if before.shut is not None:
        shut[:old] &= ~before.shut
    added = np.arange(len(after)) >= old
    return [
        {"kind": name, "lines": _lines(after, np.flatnonzero(which))}
        for name, which in (("closed", shut & ~added), ("new", added))
        if which.any()
    ]


def _lines(network: Network, segments: npt.NDArray[np.int64]) -> list[list[list[float]]]:
    """Return segments as lines of latitude and longitude, those of a way in one."""
    lines: list[list[list[float]]] = []
    last = -1, -1
    for s in segments.tolist():
        tail, head, way = int(network.tail[s]), int(network.head[s]), int(network.way[s])
        ends = [np.round(network.lonlat[n][::-1], 6).tolist() for n in (tail, head)]
        if last == (way, tail):
            lines[-1].append(ends[1])
        else:
            lines.append(ends)
        last = way, head
    return lines


def _skeleton(study: Study, lang: Lang, heading: str) -> str:
    """Return what stands around the map; the scripts fill it."""
    say = {key: escape(text) for key, text in words(lang).items()}
    return f"""{page.header(study, lang, heading)}
<details id="panel" open><summary>{say["panel"]}</summary>
<section><label class="field" for="plan">{say["scenario"]}
<select id="plan"></select></label><ul id="changes"></ul></section>
{page.asking(say)}<section aria-live="polite"><h2>{say["reached_people"]}</h2>
<div class="total"><b id="total-before"></b><span>→</span><b id="total-after"></b>
<span class="share" id="total-change"></span></div><p id="total-flows"></p></section>
<section><h2>{say["legend"]}</h2><ul id="classes"></ul></section>
<section><h2>{say["by_district"]}</h2><table><thead><tr><th scope="col">{say["district"]}</th>
<th scope="col">{say["before"]}</th><th scope="col">{say["after"]}</th>
<th scope="col">{say["change"]}</th></tr></thead><tbody id="districts"></tbody></table></section>
<section id="layers-section"><h2>{say["show_layers"]}</h2><div id="layers"></div></section>
<section id="notes"><p>{say["rounding_note"]}</p><p>{say["flows_note"]}</p>
{page.sources(study, lang)}</section></details>
<div id="loading" role="status">{say["loading"]}</div>
<div id="spoken" class="away" role="status"></div>
"""
