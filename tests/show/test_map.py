"""A map as an object: how it shows itself, and what it carries."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from access.errors import OutputError
from access.show.map import draw
from access.show.packed import unpack
from tests.show.town import WALK, answer, make_study


def carried(page: str) -> dict:
    """Return the data inside a map's page."""
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page)[1]
    )


def test_it_shows_itself(outcomes):
    drawn = draw(outcomes)
    assert re.fullmatch(r"<Map 가람시 학습공간 접근성: \d\.\d MB>", repr(drawn))
    shown = drawn._repr_html_()
    picture, frame = shown.index("data:image/png;base64,"), shown.index("<iframe")
    assert picture < frame  # the picture stays where a notebook is not trusted
    assert 'sandbox="allow-scripts"' in shown
    assert "<script" not in shown  # all of it escaped inside srcdoc


def test_a_map_too_large_for_a_notebook_shows_its_picture(outcomes, monkeypatch):
    monkeypatch.setattr("access.show.frame.NOTEBOOK_BYTES", 1000)
    shown = draw(outcomes[0])._repr_html_()
    assert "<iframe" not in shown
    assert "data:image/png" in shown


def test_it_saves_where_it_is_told(outcomes, tmp_path):
    drawn = draw(outcomes[0])
    path = drawn.save(tmp_path / "안성 자료(최종)" / "지도.html")
    assert path.read_bytes() == drawn.html.encode()
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError) as raised:
        drawn.save(tmp_path / "file" / "map.html")
    assert raised.value.code == "E823"


def test_one_outcome_or_several(outcomes):
    assert len(carried(draw(outcomes[0]).html)["questions"]) == 1
    assert len(carried(draw(outcomes).html)["questions"]) == 2
    with pytest.raises(OutputError):
        draw([])
    with pytest.raises(OutputError):
        draw(outcomes[0], lang="de")


def test_values_are_the_answers(outcomes):
    data = carried(draw(outcomes).html)
    ids = unpack(data["cells"]["ids"]).decode().split("\n")
    index = {name: i for i, name in enumerate(ids)}
    for question, outcome in zip(data["questions"], outcomes, strict=True):
        values = np.frombuffer(unpack(question["values"]), "<u2")
        near = np.frombuffer(unpack(question["nearest"]), "<u2")
        for cell in range(0, len(ids), 11):
            at = index[str(outcome.study.cells.ids[cell])]
            minutes = outcome.minutes[cell]
            if np.isnan(minutes):
                assert values[at] == near[at] == 65535
                continue
            assert 0 <= values[at] / 10 - minutes < 0.1 + 1e-9
            place = outcome.place_index[outcome.nearest_place[cell]]
            assert question["places"][near[at]] == outcome.study.places.names[place]


def test_how_many_live_in_a_cell_is_nowhere(outcomes):
    """Two planted numbers of people, in one district and one minute: only their sum may appear."""
    known = outcomes[0]
    spot = list(zip(known.study.cell_district, np.ceil(known.minutes), strict=True))
    pair = next([i, j] for i in range(len(spot)) for j in range(i) if spot[i] == spot[j])
    people = np.zeros(len(spot))
    people[pair] = planted = [31_415_926, 27_182_818]
    page = draw(answer(make_study(groups={"all": people}), WALK)).html
    data = carried(page)
    numbers = {n for row in data["questions"][0]["reached"] for n in row}
    assert sum(planted) in numbers
    assert not numbers & set(planted)
    assert not any(str(n) in page for n in planted)
    assert set(data["cells"]) == {
        *("kind", "count", "ids", "district", "size", "columns", "rows", "at", "fit"),
    }
    assert set(data["questions"][0]) == {
        *("title", "described", "minutes", "breaks", "values", "nearest", "why", "places"),
        *("stops", "people", "reached", "share"),
    }


@pytest.mark.parametrize("shapes", ["polygons", "none"])
def test_cells_that_are_no_squares(shapes):
    data = carried(draw(answer(make_study(shapes=shapes), WALK)).html)
    assert data["cells"]["kind"] == {"polygons": "shapes", "none": "dots"}[shapes]


def test_streets_of_the_military_are_not_drawn(town):
    from access.show.backdrop import backdrop, street_lines
    from tests.show.test_packed import shapes_of

    lines, ways = street_lines(town.network)
    assert len(lines) == len(set(town.network.way_id)) - 1
    assert all(town.network.tagsets[t].get("access") != "military" for t in town.network.tags[ways])
    drawn = shapes_of(unpack(backdrop(town.network)))
    tags = [tag for tag, _ in drawn]
    assert tags.count(5) == tags.count(4) == 1  # the river as a line and as an area
    assert len(tags) == len(lines) + 2


def test_leaflet_names_nobodys_country(outcomes):
    assert 'setPrefix("Leaflet")' in draw(outcomes).html
