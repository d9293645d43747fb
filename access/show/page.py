"""The page of a map: its skeleton in HTML, its data as JSON, its scripts and style."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access.errors import Lang
from access.inputs.places import NO, YES
from access.show import classes
from access.show.backdrop import backdrop
from access.show.grid import NONE, packed_cells, picture_order, shown
from access.show.packed import pack
from access.show.totals import totals
from access.show.words import credits, describe, kind, standing_lines, title, words
from access.travel.times import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from access.measure.outcome import Outcome
    from access.study.study import Study

SCRIPTS = ("decode.js", "tiles.js", "cells.js", "panel.js", "map.js")

_PAGE_WORDS = [
    "minutes_unit",
    "people_unit",
    "within",
    "of_people",
    "zoom_to",
    "class_first",
    "class_middle",
    "class_last",
    "beyond",
    "no_way",
    "layer_cells",
    "layer_streets",
    "layer_districts",
    "cell",
    "nearest",
    "outside",
    "not_found",
    "too_old",
    "map_label",
]


@cache
def asset(name: str) -> str:
    """Return a script or style of our own that stands in the package."""
    return files("access.show").joinpath("assets", name).read_text("utf-8")


def script(*more: str, start: str = "start") -> str:
    """Return our scripts as one, which leaves a single name, `accessMap`, in the page.

    `more` are files beside those of every map; `start` is the function that begins.
    """
    body = "\n".join(asset(name) for name in (*SCRIPTS, *more))
    return f'window.accessMap = (function () {{\n"use strict";\n{body}\nreturn {start};\n}})();'


def data(outcomes: Sequence[Outcome], lang: Lang) -> dict[str, Any]:
    """Return all that the page shows. How many live in a cell is no part of it."""
    study = outcomes[0].study
    said = words(lang)
    order = picture_order(study.cells)
    cells = packed_cells(study.cells, order)
    home = np.where(study.cell_district >= 0, study.cell_district, NONE)[order]
    return {
        "words": {key: said[key] for key in _PAGE_WORDS},
        "palette": [*classes.COLOURS, classes.OVER, classes.NONE],
        "reasons": {str(-why): text[0 if lang == "ko" else 1] for why, text in REASONS.items()},
        "credits": credits(study),
        "bounds": bounds(study),
        "cells": cells | {"district": pack(home.astype("<u2").tobytes())},
        "backdrop": backdrop(study.network),
        "districts": _districts(study),
        "places": _places(study, lang),
        "questions": [_question(outcome, order, lang) for outcome in outcomes],
    }


def bounds(study: Study) -> list[float]:
    """Return west, south, east and north of what the study is about."""
    import shapely

    boxes = [shapely.bounds(study.districts.shapes)] if len(study.districts) else []
    if len(study.cells):
        boxes.append(np.concatenate([study.cells.lonlat, study.cells.lonlat], axis=1))
    every = np.concatenate(boxes)
    low, high = every[:, :2].min(axis=0), every[:, 2:].max(axis=0)
    return [round(float(v), 6) for v in (*low, *high)]


def _question(outcome: Outcome, order: npt.NDArray[np.int64], lang: Lang) -> dict[str, Any]:
    asked = outcome.question
    numbers = [int(m) if m == int(m) else m for m in asked.minutes]
    return {
        "title": title(asked, lang),
        "described": describe(asked, lang),
        "minutes": numbers,
        "breaks": classes.breaks(numbers),
        **by_cell(outcome, order),
        **totals(outcome),
    }


def by_cell(outcome: Outcome, order: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return minutes, nearest place and reason of every cell, packed, in the order of the page."""
    near = np.where(outcome.nearest_place >= 0, outcome.nearest_place, NONE)
    # only the places that are the nearest of some cell need a name
    used, place = np.unique(near, return_inverse=True)
    named = used[used != NONE]
    place = np.where(near == NONE, NONE, place)
    return {
        "values": pack(shown(outcome.nearest_tenths)[order].astype("<u2").tobytes()),
        "nearest": pack(place[order].astype("<u2").tobytes()),
        "why": pack((-outcome.why()[order]).astype(np.uint8).tobytes()),
        "places": outcome.study.places.names[outcome.place_index[named]].tolist(),
    }


def _districts(study: Study) -> dict[str, Any]:
    import shapely
    from shapely.geometry import mapping

    # rounded alike on both sides, so that neighbours keep their common line
    shapes = shapely.transform(study.districts.shapes, lambda xy: np.round(xy, 5))
    points = shapely.get_coordinates(shapely.point_on_surface(study.districts.shapes))
    features = [
        {"type": "Feature", "properties": {}, "geometry": mapping(shape)} for shape in shapes
    ]
    return {
        "names": study.districts.names.tolist(),
        "labels": np.round(points, 5).tolist(),
        "outlines": {"type": "FeatureCollection", "features": features},
    }


def _places(study: Study, lang: Lang) -> dict[str, Any]:
    said, places = words(lang), study.places
    found = set(places.kind.tolist())
    kinds = [k for k in ("centre", "idle") if k in found] + sorted(found - {"centre", "idle"})
    notes = []
    for i in range(len(places)):
        parts = [str(places.category[i])]
        if not np.isnan(places.seats[i]):
            parts.append(f"{said['seats']} {places.seats[i]:,.0f}")
        if places.step_free[i] in (YES, NO):
            parts.append(said["step_free_yes" if places.step_free[i] == YES else "step_free_no"])
        notes.append(" · ".join(p for p in parts if p))
    return {
        "names": places.names.tolist(),
        "notes": notes,
        "lon": np.round(places.lonlat[:, 0], 6).tolist(),
        "lat": np.round(places.lonlat[:, 1], 6).tolist(),
        "kind": [kinds.index(k) for k in places.kind.tolist()],
        "kinds": [kind(k, lang) for k in kinds],
    }


def header(study: Study, lang: Lang, heading: str) -> str:
    """Return the title with the line that stands under every title."""
    lines = " · ".join(escape(line) for line in standing_lines(study, lang))
    marked = escape(words(lang)["synthetic"])
    lines = lines.replace(marked, f'<span class="fiction">{marked}</span>')
    return f'<header id="head"><h1>{escape(heading)}</h1><p>{lines}</p></header>'


def skeleton(study: Study, lang: Lang, heading: str) -> str:
    """Return what stands around the map; the scripts fill it."""
    say = {key: escape(text) for key, text in words(lang).items()}
    return f"""{header(study, lang, heading)}
<details id="panel" open><summary>{say["panel"]}</summary>
{asking(say)}<section aria-live="polite"><h2>{say["reached_people"]}</h2>
<div class="total"><b id="total-reached"></b><span class="share" id="total-share"></span></div>
<div class="track"><div id="total-bar"></div></div><p id="total-people"></p></section>
<section><h2>{say["legend"]}</h2><ul id="classes"></ul></section>
<section><h2>{say["by_district"]}</h2><table><thead><tr><th scope="col">{say["district"]}</th>
<th scope="col">{say["people_count"]}</th><th scope="col">%</th></tr></thead>
<tbody id="districts"></tbody></table></section>
<section id="find-section"><label for="find"><b>{say["find_place"]}</b></label>
<form id="find-form"><input id="find" type="search" list="place-names" autocomplete="off">
<datalist id="place-names"></datalist><button>{say["find_button"]}</button></form>
<p id="find-answer" role="status"></p></section>
<section id="layers-section"><h2>{say["show_layers"]}</h2><div id="layers"></div></section>
<section id="notes"><p>{say["rounding_note"]}</p>{sources(study, lang)}</section></details>
<div id="loading" role="status">{say["loading"]}</div>
<div id="spoken" class="away" role="status"></div>
"""


def asking(say: Mapping[str, str]) -> str:
    """Return where the planner says which question, and within how many minutes."""
    return f"""<section><label class="field" for="question">{say["question"]}
<select id="question"></select></label><p id="described"></p></section>
<section><div class="limit-line"><label for="limit"><b>{say["limit"]}</b></label>
<output id="limit-shown" for="limit"></output></div>
<input id="limit" type="range" min="0" max="1" step="1" value="0"><div id="presets"></div></section>
"""


def sources(study: Study, lang: Lang) -> str:
    """Return the line that names the files of a study, with their dates."""
    files = [s for s in study.sources if s.file]
    if not files:
        return ""
    listed = ", ".join(escape(f"{s.file} ({s.as_of[:10]})" if s.as_of else s.file) for s in files)
    return f"<p>{escape(words(lang)['sources'])}: {listed}</p>"
