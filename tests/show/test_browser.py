"""What we write, opened in a browser that reaches nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from access.inputs.cells import Squares
from access.show.map import draw
from access.show.report import write_report
from access.show.tables import districts_csv
from tests.show.town import HOSTILE, OLD, WALK, answer, make_study

pytestmark = pytest.mark.browser


class Opened:
    """A page, with everything it asked for and complained about."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        self.said: list[str] = []
        page.route("http://**", lambda route: route.abort())
        page.route("https://**", lambda route: route.abort())
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append("dialog") or dialog.dismiss())
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => console.error(e.blockedURI))"
        )

    def open(self, path: Path, ready: str = "body[data-ready]") -> Any:
        self.page.goto(path.as_uri())
        self.page.wait_for_selector(ready, state="attached")
        return self.page

    def was_silent(self, path: Path) -> None:
        self.page.wait_for_timeout(150)
        assert self.asked == [path.as_uri()]
        assert self.said == []


@pytest.fixture
def browse(chromium) -> Iterator[Callable[..., Opened]]:
    pages = []

    def opened(**options: Any) -> Opened:
        pages.append(chromium.new_page(**{"viewport": {"width": 1200, "height": 800}, **options}))
        return Opened(pages[-1])

    yield opened
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def map_file(tmp_path_factory, outcomes):
    return draw(outcomes).save(tmp_path_factory.mktemp("map") / "지도.html")


def text(page: Any, selector: str) -> str:
    return page.locator(selector).inner_text()


def set_slider(page: Any, minutes: float) -> None:
    page.evaluate(
        """minutes => {
          const slider = document.getElementById("limit");
          const data = JSON.parse(document.getElementById("data").textContent);
          const question = data.questions[document.getElementById("question").value];
          slider.value = question.stops.indexOf(minutes);
          slider.dispatchEvent(new Event("input"));
        }""",
        minutes,
    )


def test_a_map_asks_nobody_and_says_nothing(browse, map_file):
    seen = browse()
    page = seen.open(map_file)
    assert page.title() == "가람시 학습공간 접근성"
    assert page.locator(".leaflet-control-attribution").inner_text().startswith("Leaflet")
    assert page.locator(".leaflet-control-attribution svg").count() == 0  # no flag
    page.mouse.move(400, 400)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(400)
    seen.was_silent(map_file)


def test_the_slider_tells_the_numbers_of_the_csv(browse, map_file, outcomes):
    seen = browse()
    page = seen.open(map_file)
    lines = io.StringIO(districts_csv(outcomes).decode("utf-8-sig"), newline="")
    table = list(csv.DictReader(lines))
    for number, outcome in enumerate(outcomes):
        page.select_option("#question", str(number))
        rows = [r for r in table if r["question"] == outcome.name]
        for minutes in outcome.question.minutes:
            set_slider(page, minutes)
            within, share = (f"{k}_{minutes:g}" for k in ("within", "share"))
            shown = [text(page, "#total-reached").removesuffix("명")]
            shown += page.locator("#districts tr td:nth-child(2)").all_inner_texts()
            percents = [text(page, "#total-share").removesuffix("%")]
            percents += page.locator("#districts .figure").all_inner_texts()
            assert [s.replace(",", "").replace("-", "0") for s in shown] == [
                r[within] for r in rows
            ]
            assert percents == [r[share] for r in rows]
            assert text(page, "#limit-shown") == f"{minutes:g}분 이내"
        people = int(rows[0]["people"])
        assert f"{people:,}명" in text(page, "#total-people")
    seen.was_silent(map_file)


def test_the_slider_moves_with_the_keyboard_in_whole_minutes(browse, map_file):
    page = browse().open(map_file)
    page.focus("#limit")
    page.keyboard.press("ArrowRight")
    assert text(page, "#limit-shown") == "16분 이내"
    assert page.get_attribute("#limit", "aria-valuetext") == "16분 이내"
    page.locator("#presets button").first.press("Enter")
    assert text(page, "#limit-shown") == "5분 이내"
    assert page.get_attribute("#presets button >> nth=0", "aria-pressed") == "true"


def screen(page: Any, lonlat: Any) -> tuple[float, float]:
    """Return where on the screen a place is, from the centre and zoom of folium's own map."""
    x, y = page.evaluate(
        """([lon, lat]) => {
          const point = map_1.latLngToContainerPoint([lat, lon]);
          const box = map_1.getContainer().getBoundingClientRect();
          return [point.x + box.left, point.y + box.top];
        }""",
        [float(v) for v in lonlat],
    )
    return x, y


@pytest.mark.parametrize("shapes", ["squares", "polygons", "none"])
def test_hover_tells_the_minutes_of_a_cell(browse, tmp_path, shapes):
    study = make_study(shapes=shapes)
    outcome = answer(study, WALK)
    path = draw(outcome).save(tmp_path / "map.html")
    seen = browse()
    page = seen.open(path)
    known = [3, 200, 37, len(study.cells) - 2]  # the 37th has no way at all
    for cell in known:
        x, y = screen(page, study.cells.lonlat[cell])
        page.mouse.move(x, y)
        said = text(page, ".cell-card")
        assert f"격자 {study.cells.ids[cell]}" in said
        assert study.districts.names[study.cell_district[cell]] in said
        minutes = outcome.minutes[cell]
        if np.isnan(minutes):
            assert "갈 수 없음" in said
            assert "이어진 길이 없음" in said
            continue
        assert f"{np.ceil(outcome.nearest_tenths[cell] / 60) / 10:.1f}분" in said.split("\n")[0]
        place = outcome.place_index[outcome.nearest_place[cell]]
        assert study.places.names[place] in said
    seen.was_silent(path)


def test_hover_is_right_to_the_edge_of_a_square(browse, map_file, outcomes):
    """A metre inside each corner of a cell, the page still names that cell."""
    from access._geo import unproject

    study = outcomes[0].study
    assert isinstance(study.cells.shapes, Squares)
    page = browse().open(map_file)
    rng = np.random.default_rng(3)
    for cell in rng.integers(0, len(study.cells), 6).tolist():
        corner = study.cells.shapes.corner[cell]
        for inward in ((1, 1), (99, 1), (1, 99), (99, 99)):
            lon, lat = unproject((corner + np.array(inward)).astype(float), 5179)[0]
            page.evaluate(
                "([lat, lon]) => map_1.fire('mousemove', {latlng: L.latLng(lat, lon)})", [lat, lon]
            )
            assert f"격자 {study.cells.ids[cell]}" in text(page, ".cell-card")


def painted(page: Any, lonlat: Any) -> list[int]:
    """Return the colour (red, green, blue, alpha) of the cells' canvas at a place."""
    return page.evaluate(
        """([lon, lat]) => {
          const point = map_1.latLngToContainerPoint([lat, lon]);
          const box = map_1.getContainer().getBoundingClientRect();
          for (const tile of document.querySelectorAll(".leaflet-cells-pane canvas")) {
            const own = tile.getBoundingClientRect();
            const x = point.x + box.left - own.left, y = point.y + box.top - own.top;
            if (x < 0 || y < 0 || x >= own.width || y >= own.height) continue;
            const scale = tile.width / own.width;
            return [...tile.getContext("2d").getImageData(x * scale, y * scale, 1, 1).data];
          }
          return null;
        }""",
        [float(v) for v in lonlat],
    )


def alike(seen: list[int], colour: str) -> bool:
    """Say whether a pixel has a colour; half clear ones come back from a canvas a little off."""
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return seen[3] > 0 and bool(np.abs(np.array(seen[:3]) - wanted).max() <= 4)


@pytest.mark.parametrize("shapes", ["squares", "polygons", "none"])
def test_a_cell_has_the_colour_of_its_class_until_the_limit(browse, tmp_path, shapes):
    from access.show import classes

    outcome = answer(make_study(shapes=shapes), WALK)
    page = browse().open(draw(outcome).save(tmp_path / "map.html"))
    bounds = classes.breaks(outcome.question.minutes)
    set_slider(page, 60)
    page.wait_for_timeout(200)
    for cell in range(1, len(outcome.study.cells), 53):
        minutes = outcome.minutes[cell]
        if np.isnan(minutes):
            continue
        colour = classes.COLOURS[classes.class_of(np.ceil(minutes * 10 - 1e-6) / 10, bounds)]
        assert alike(painted(page, outcome.study.cells.lonlat[cell]), colour)
    near = int(np.nanargmin(outcome.minutes))
    far = int(np.nanargmax(outcome.minutes))
    set_slider(page, 10)
    page.wait_for_timeout(200)
    lonlat = outcome.study.cells.lonlat
    assert alike(painted(page, lonlat[far]), classes.OVER)
    assert alike(painted(page, lonlat[near]), classes.COLOURS[0])


def test_a_time_on_a_limit_is_within_it(browse, tmp_path, outcomes):
    """Times on a limit and a tenth of a second beyond it, painted and spoken alike."""
    from access.show import classes

    tenths = np.array([3000, 3001, 6000, 6001, 9000, 9001, 0, 1])
    known = outcomes[0]
    count = len(known.study.cells)
    outcome = replace(
        known,
        nearest_tenths=np.resize(tenths, count).astype(np.int32),
        nearest_place=np.zeros(count, np.int32),
    )
    page = browse().open(draw(outcome).save(tmp_path / "map.html"))
    colours = [*classes.COLOURS, classes.OVER]
    lonlat = known.study.cells.lonlat
    for limit, expected in ((15, [0, 1, 1, 2, 2, 6, 0, 0]), (10, [0, 1, 1, 6, 6, 6, 0, 0])):
        set_slider(page, limit)
        page.wait_for_timeout(200)
        for cell, kind in enumerate(expected):
            assert alike(painted(page, lonlat[cell]), colours[kind])
    table = outcome.districts().iloc[0]
    set_slider(page, 10)
    assert text(page, "#total-reached") == f"{table['within_10']:,}명"


def test_hostile_names_are_shown_and_do_nothing(browse, tmp_path):
    study = make_study(district_names=HOSTILE[:3], place_names=HOSTILE, name=HOSTILE[0])
    outcomes = [answer(study, WALK.but(name=HOSTILE[1])), answer(study, OLD.but(name=HOSTILE[3]))]
    drawn = draw(outcomes)
    path = drawn.save(tmp_path / "map.html")
    seen = browse()
    page = seen.open(path)
    assert text(page, "h1") == f"{HOSTILE[0]} 학습공간 접근성"
    assert page.locator("#question option").all_inner_texts() == [HOSTILE[1], HOSTILE[3]]
    assert page.locator("#districts button").all_inner_texts() == list(HOSTILE[:3])
    assert page.locator(".district-name").all_inner_texts() == list(HOSTILE[:3])
    for name in HOSTILE:
        page.fill("#find", name)
        page.press("#find", "Enter")
        kept = page.locator(".leaflet-popup-content b").last.text_content()
        assert kept == name
    report = write_report(HOSTILE[2], outcomes, drawn, to=tmp_path / "report.html")
    seen.was_silent(path)
    other = browse()
    other.open(report, "main")
    assert other.page.locator("h1").inner_text() == HOSTILE[2]
    other.was_silent(report)


def test_a_report_with_a_live_map_asks_nobody(browse, outcomes, tmp_path):
    report = write_report("보고서", outcomes, draw(outcomes), to=tmp_path / "report.html")
    seen = browse()
    page = seen.open(report, "main")
    page.frame_locator("iframe").locator("body[data-ready]").wait_for(state="attached")
    page.emulate_media(media="print")
    page.wait_for_timeout(150)
    assert [url for url in seen.asked if not url.startswith("about:")] == [report.as_uri()]
    assert seen.said == []


def test_a_notebook_shows_the_map(browse, outcomes, tmp_path):
    path = tmp_path / "notebook.html"
    path.write_text(
        f"<!DOCTYPE html><meta charset=utf-8><body>{draw(outcomes)._repr_html_()}", "utf-8"
    )
    seen = browse()
    page = seen.open(path, "iframe")
    frame = page.frame_locator("iframe")
    frame.locator("body[data-ready]").wait_for(state="attached")
    assert frame.locator("h1").inner_text() == "가람시 학습공간 접근성"
    assert [url for url in seen.asked if url.startswith("http")] == []
    assert seen.said == []


def test_a_map_that_is_hidden_at_first_is_drawn_when_seen(browse, outcomes, tmp_path):
    from html import escape

    page_of_map = escape(draw(outcomes).html, quote=True)
    path = tmp_path / "tabs.html"
    path.write_text(
        "<!DOCTYPE html><meta charset=utf-8><body>"
        f'<iframe style="display:none;width:900px;height:600px" srcdoc="{page_of_map}"></iframe>',
        "utf-8",
    )
    seen = browse()
    page = seen.open(path, "iframe")
    page.wait_for_timeout(500)
    page.evaluate("document.querySelector('iframe').style.display = 'block'")
    frame = page.frame_locator("iframe")
    frame.locator("body[data-ready]").wait_for(state="attached")
    assert frame.locator(".leaflet-cells-pane canvas").count() > 0
    assert seen.said == []


def test_tables_of_a_report_fit_a_sheet_of_paper(browse, outcomes, tmp_path):
    report = write_report("보고서", outcomes, to=tmp_path / "report.html")
    seen = browse(viewport={"width": 690, "height": 1000})  # A4 without its margins
    page = seen.open(report, "main")
    page.emulate_media(media="print")
    wide = page.evaluate(
        "() => [...document.querySelectorAll('table')].map(t => t.getBoundingClientRect().right)"
    )
    assert max(wide) <= 690


def test_the_panel_folds_on_a_narrow_screen(browse, map_file):
    page = browse(viewport={"width": 390, "height": 800}).open(map_file)
    assert page.get_attribute("#panel", "open") is None
    assert page.locator("#map_1").bounding_box()["height"] > 500
    page.locator("#panel summary").click()
    assert page.locator("#limit").is_visible()
    page.set_viewport_size({"width": 1200, "height": 800})
    assert page.locator("#limit").is_visible()


def test_every_input_has_a_name_and_the_keyboard_reaches_it(browse, map_file):
    page = browse().open(map_file)
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("input, select, button")]
          .filter(e => !(e.labels && e.labels.length) && !e.textContent.trim() && !e.ariaLabel)
          .map(e => e.outerHTML)"""
    )
    assert unnamed == []
    reached = set()
    page.focus("body")
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    assert {"question", "limit", "find", "map_1"} <= reached


def test_the_cell_in_the_middle_speaks_to_the_keyboard(browse, map_file, outcomes):
    page = browse().open(map_file)
    lonlat = outcomes[0].study.cells.lonlat[200]
    page.evaluate(
        "([lon, lat]) => map_1.setView([lat, lon], 16, {animate: false})", lonlat.tolist()
    )
    page.focus("#map_1")
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(600)
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(600)
    assert page.evaluate("document.getElementById('spoken').textContent") != ""


def test_layers_are_switched_off_and_on(browse, map_file):
    seen = browse()
    page = seen.open(map_file)
    boxes = page.locator("#layers input")
    names = page.locator("#layers label").all_inner_texts()
    assert names == ["격자", "도로·물길", "읍·면·동 경계", "학습공간", "유휴공간"]
    for i in range(boxes.count()):
        boxes.nth(i).uncheck()
    assert page.locator(".mark-box").count() == 0
    assert page.locator(".leaflet-cells-pane canvas").count() == 0
    set_slider(page, 10)
    for i in range(boxes.count()):
        boxes.nth(i).check()
    assert page.locator(".mark-box").count() == len(make_study().places)
    assert page.locator(".leaflet-cells-pane canvas").count() > 0
    seen.was_silent(map_file)


def test_english(browse, outcomes, tmp_path):
    path = draw(outcomes, lang="en").save(tmp_path / "map.html")
    page = browse().open(path)
    assert text(page, "#limit-shown") == "within 15 min"
    assert page.locator("#classes li").all_inner_texts()[:2] == ["up to 5 min", "5–10 min"]


def sees_the_city(page: Any, study: Any) -> bool:
    """Say whether every cell of a study lies in the part of the map that shows."""
    west, south = study.cells.lonlat.min(axis=0).tolist()
    east, north = study.cells.lonlat.max(axis=0).tolist()
    return page.evaluate(
        """([west, south, east, north]) => {
          const size = map_1.getSize(), box = map_1.getContainer();
          return size.x === box.clientWidth && size.y === box.clientHeight
            && map_1.getBounds().contains([[south, west], [north, east]]);
        }""",
        [west, south, east, north],
    )


def test_the_city_stays_in_view_when_the_panel_opens(browse, map_file, outcomes):
    page = browse(viewport={"width": 390, "height": 844}).open(map_file)
    study = outcomes[0].study
    for _ in range(2):
        page.locator("#panel summary").click()
        page.wait_for_timeout(300)
        assert sees_the_city(page, study)
    page.set_viewport_size({"width": 844, "height": 390})
    page.wait_for_timeout(300)
    assert sees_the_city(page, study)


def test_a_map_that_was_moved_keeps_its_place(browse, map_file, outcomes):
    page = browse(viewport={"width": 390, "height": 844}).open(map_file)
    lonlat = outcomes[0].study.cells.lonlat[10]
    page.evaluate(
        "([lon, lat]) => map_1.setView([lat, lon], 15, {animate: false})", lonlat.tolist()
    )
    page.locator("#panel summary").click()
    page.wait_for_timeout(300)
    seen = page.evaluate("[map_1.getCenter().lng, map_1.getCenter().lat, map_1.getZoom()]")
    np.testing.assert_allclose(seen, [*lonlat, 15], atol=1e-3)


def test_the_card_follows_the_question(browse, map_file, outcomes):
    study = outcomes[0].study
    page = browse().open(map_file)
    cell = 200
    page.mouse.move(*screen(page, study.cells.lonlat[cell]))
    minutes = [f"{np.ceil(o.nearest_tenths[cell] / 60) / 10:.1f}분" for o in outcomes]
    assert minutes[0] != minutes[1]
    assert text(page, ".cell-card").startswith(minutes[0])
    page.focus("#question")
    page.keyboard.press("ArrowDown")
    assert text(page, ".cell-card").startswith(minutes[1])


def test_a_place_and_a_cell_are_not_explained_at_once(browse, map_file, outcomes):
    study = outcomes[0].study
    page = browse().open(map_file)
    page.mouse.move(*screen(page, study.cells.lonlat[200]))
    assert page.locator(".cell-card").count() == 1
    page.locator(".mark-box").first.focus()  # the mouse rests
    page.wait_for_timeout(500)  # Leaflet fades
    (said,) = page.locator(".leaflet-tooltip").all_inner_texts()
    assert said.startswith("가온 평생학습관")


@pytest.mark.parametrize("width", [390, 1200])
def test_long_names_squeeze_nothing(browse, tmp_path, width):
    long = "아주긴이름" * 1000
    study = make_study(district_names=(long, "나래면", "다솜동"), place_names=(long, "나래"))
    outcomes = [answer(study, WALK.but(name=long)), answer(study, OLD)]
    seen = browse(viewport={"width": width, "height": 844})
    page = seen.open(write_report(long, outcomes, to=tmp_path / "report.html"), "main")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page = seen.open(draw(outcomes).save(tmp_path / "map.html"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 600:
        page.locator("#panel summary").click()
    figures = page.locator("#districts td:nth-child(2)")
    assert figures.first.bounding_box()["height"] < 60
    assert page.locator(".district-name span").first.bounding_box()["width"] < 250


def test_the_report_is_readable_on_a_phone(browse, outcomes, tmp_path):
    path = write_report("보고서", outcomes, to=tmp_path / "report.html")
    page = browse(viewport={"width": 390, "height": 844}).open(path, "main")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    words = page.locator("[data-table=summary] tbody td.text")
    assert words.first.bounding_box()["width"] > 140
    assert words.first.bounding_box()["height"] < 100


def test_a_map_prints_whole(browse, map_file, outcomes):
    page = browse().open(map_file)
    page.emulate_media(media="print")
    page.wait_for_timeout(300)
    assert sees_the_city(page, outcomes[0].study)
    assert not page.locator("#limit").is_visible()


def test_printing_fits_the_map_to_the_paper_before_the_page_is_taken(browse, map_file):
    page = browse().open(map_file)
    page.evaluate("seen = []; map_1.on('resize', event => seen.push(event.newSize.x))")
    page.pdf(format="A4")
    page.wait_for_timeout(300)
    on_paper, *back = page.evaluate("seen")
    assert on_paper <= 794  # A4 at 96 dots an inch
    assert back[-1] == page.evaluate("map_1.getContainer().clientWidth")
