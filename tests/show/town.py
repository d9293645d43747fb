"""A small made-up town whose answers are known, and names that would like to be code."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from access._frozen import frozen, texts
from access._geo import project, unproject
from access.inputs.catalogue import Source
from access.inputs.cells import Cells, Squares
from access.inputs.districts import Districts
from access.inputs.places import Places
from access.ledger import Findings
from access.measure.outcome import Outcome
from access.network.build import build
from access.network.ways import Ways
from access.study.question import Question
from access.study.study import Study
from access.travel.times import TravelTimes, Why

CORNER = (999_000, 1_899_500)
COLUMNS, ROWS, SIZE = 40, 24, 100

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "`${alert(1)}`",
    "{{7*7}}",
    "javascript:alert(1)",
    "<!--<script>",
    "줄\u2028나눔\u2029끝",
    "\\u003cscript\\u003ealert(1)",
    "가" * 300,
)
FORMULAS = (
    '=HYPERLINK("http://x","y")',
    "+cmd|'/c calc'!A1",
    "@SUM(A1)",
    "-2+3+cmd",
    "\t=1",
    "\r=1",
)
HARMLESS = ("-12.5", "+3.1", "+82-2-123-4567", "02-123-4567", "가람;=1+1", '"=1+1"')


def make_study(
    district_names: tuple[str, ...] = ("가온읍", "나래면", "다솜동"),
    place_names: tuple[str, ...] = ("가온 평생학습관", "나래 도서관", "옛 다솜초등학교"),
    shapes: str = "squares",
    **changes: Any,
) -> Study:
    """Make a town of three strips on a square grid, a lattice of streets and a few places."""
    rng = np.random.default_rng(7)
    column, row = (a.ravel() for a in np.meshgrid(np.arange(COLUMNS), np.arange(ROWS)))
    lived = rng.random(len(column)) < 0.6
    corner = np.column_stack([column, row])[lived] * SIZE + np.array(CORNER)
    centre = unproject(corner + SIZE / 2.0, 5179)
    n = len(corner)
    ids = texts(f"다사{c:04d}{r:04d}" for c, r in zip(column[lived], row[lived], strict=True))
    people = np.round(rng.gamma(1.2, 12.0, n), 1)
    drawn: Any = None
    if shapes == "squares":
        drawn = Squares(SIZE, frozen(corner, np.int64), 5179)
    elif shapes == "polygons":
        drawn = frozen(shapely.buffer(shapely.points(centre), 6e-4, quad_segs=2))
    cells = Cells(ids, frozen(centre), frozen(people), drawn, file="cells.csv")

    cuts = np.array(CORNER)[0] + np.array([0, 12, 26, COLUMNS]) * SIZE
    top = CORNER[1] + ROWS * SIZE
    boxes = [
        shapely.Polygon(
            unproject(np.array([(a, CORNER[1]), (b, CORNER[1]), (b, top), (a, top)]), 5179)
        )
        for a, b in pairwise(cuts)
    ]
    districts = Districts(
        texts(["4199925000", "4199931000", "4199951000"]),
        texts(district_names),
        frozen(np.array(boxes, dtype=object)),
    )
    spots = (
        np.array(CORNER)
        + np.array([(8, 12), (22, 6), (33, 18), (30, 4)][: len(place_names)]) * SIZE
    )
    extra = len(place_names) - len(spots)
    if extra > 0:
        spots = np.concatenate([spots, np.array(CORNER) + rng.integers(0, 2300, (extra, 2))])
    kind = ["centre", "centre", "idle"] + ["centre"] * (len(place_names) - 3)
    p = len(place_names)
    places = Places(
        ids=texts(f"place{i}" for i in range(p)),
        names=texts(place_names),
        lonlat=frozen(unproject(spots.astype(float), 5179)),
        kind=texts(kind[:p]),
        seats=frozen(np.array([40.0, np.nan, 20.0] + [np.nan] * p)[:p]),
        area_m2=frozen(np.full(p, np.nan)),
        building_m2=frozen(np.full(p, np.nan)),
        yearly_cost=frozen(np.full(p, np.nan)),
        step_free=frozen(np.full(p, 1, np.int8)),
        category=texts(["도서관"] * p),
        owner=texts(["시"] * p),
        hours=(None,) * p,
        rows=frozen(np.arange(2, p + 2)),
        files=texts(["centres.csv"] * p),
    )
    which = np.searchsorted(cuts, corner[:, 0] + SIZE / 2) - 1
    found = Findings("centres.csv")
    found.note("F106", row=3, column="좌석수", value="=1,200")
    old = np.floor(people * 0.31)
    fields: dict[str, Any] = {
        "name": "가람시",
        "cells": cells,
        "districts": districts,
        "places": places,
        "network": build(_lattice(), 5179),
        "groups": {"all": frozen(people), "65+": frozen(old)},
        "cell_district": frozen(which.astype(np.int32)),
        "place_district": frozen((np.searchsorted(cuts, spots[:, 0]) - 1).astype(np.int32)),
        "crs": 5179,
        "as_of": date(2025, 6, 30),
        "synthetic": True,
        "sources": (
            Source(
                "streets",
                "streets.osm.pbf",
                "ab" * 32,
                "2025-06-01",
                "합성 자료 · 실재하지 않는 도시",
            ),
            Source("cells", "cells.csv", "cd" * 32, "", "합성 자료 · 실재하지 않는 도시"),
        ),
        "ledger": found.close(read=5),
    }
    network = fields["network"]
    return Study(**{"urban": frozen(np.zeros(len(network), bool)), **fields, **changes})


def _lattice() -> Ways:
    """Streets every 400 m, and one a barracks keeps to itself."""
    across, down = np.meshgrid(np.arange(0, COLUMNS + 1, 4), np.arange(0, ROWS + 1, 4))
    at = np.column_stack([across.ravel(), down.ravel()]) * SIZE + np.array(CORNER)
    number = np.arange(len(at)).reshape(across.shape)
    routes = [*number, *number.T]
    kinds = (
        {"highway": "primary"},
        {"highway": "residential"},
        {"access": "military", "highway": "service"},
    )
    tags = [i % 2 for i in range(len(routes))]
    tags[-1] = 2
    water = shapely.LineString(
        unproject(np.array([CORNER, (CORNER[0] + 4000, CORNER[1] + 2400)], float), 5179)
    )
    return Ways(
        node_id=frozen(np.arange(1, len(at) + 1), np.int64),
        lonlat=frozen(unproject(at.astype(float), 5179)),
        node_tags={},
        way_id=frozen(np.arange(1, len(routes) + 1), np.int64),
        first=frozen(np.cumsum([0, *map(len, routes)]), np.int64),
        refs=frozen(np.concatenate(routes), np.int64),
        tags=frozen(tags, np.int32),
        tagsets=kinds,
        water=(water, shapely.buffer(water, 4e-4)),
        file="streets.osm.pbf",
    )


def answer(study: Study, question: Question, pace_ms: float = 0.8) -> Outcome:
    """Answer a question as the crow flies; some cells have no way at all."""
    counted = np.flatnonzero(np.isin(study.places.kind, question.to))
    start, end = project(study.cells.lonlat, 5179), project(study.places.lonlat[counted], 5179)
    metres = np.hypot(*(start[:, None, :] - end[None, :, :]).transpose(2, 0, 1))
    seconds = metres / pace_ms
    seconds[::37] = np.nan
    times = TravelTimes.from_matrix(
        seconds, cells=study.cells.ids, places=study.places.ids[counted]
    )
    nearest, place = times.nearest()
    nearest = np.where(nearest == Why.NOT_GIVEN, Why.NO_WAY, nearest).astype(np.int32)
    return Outcome(
        study=study,
        question=question,
        times=times,
        nearest_tenths=frozen(nearest),
        nearest_place=frozen(place),
        place_index=frozen(counted),
        assumptions=(("걷는 속도 0.8 m/s.", "Walking at 0.8 m/s."),),
    )


WALK = Question(mode="walk", profile="policy", minutes=(5, 10, 15), name="도보 15분")
OLD = Question(mode="walk", profile="senior", minutes=(7.5, 20), group="65+", name="어르신 도보")
