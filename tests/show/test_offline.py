"""No page asks anybody for anything, and what could is refused."""

from __future__ import annotations

import re

import folium
import pytest

from access.errors import OutputError
from access.show import offline
from access.show.map import draw
from access.show.report import report_html


def test_every_address_folium_names_is_known():
    """When folium changes its list, this says so before a planner sees a blank page."""
    named = {url for _, url in [*folium.Map.default_js, *folium.Map.default_css]}
    assert named == set(offline.PACKAGED) | offline.UNNEEDED


def test_an_unknown_address_is_refused():
    with pytest.raises(OutputError) as raised:
        offline.inlined('<script src="https://example.org/plugin.js"></script>')
    assert raised.value.code == "E822"
    assert "plugin.js" in raised.value.text("ko")


def test_another_leaflet_is_refused():
    with pytest.raises(OutputError) as raised:
        offline.packaged("leaflet.js", "0" * 64)
    assert raised.value.code == "E821"


def test_leaflet_names_no_file_outside_the_page():
    for name, sha256 in offline.PACKAGED.values():
        text = offline.packaged(name, sha256)
        assert "sourceMappingURL" not in text
        if name.endswith(".css"):
            assert all(u.startswith("data:") for u in re.findall(r"url\(([^)]*)\)", text))


@pytest.mark.parametrize(
    "asking",
    [
        '<img src="https://example.org/a.png">',
        '<img src="//example.org/a.png">',
        '<img src="a.png">',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<iframe src="https://example.org"></iframe>',
        '<form action="https://example.org"></form>',
        '<object data="a.swf"></object>',
        '<svg><image href="https://example.org/a.png"/></svg>',
    ],
)
def test_an_element_that_asks_is_refused(asking):
    with pytest.raises(OutputError) as raised:
        offline.sealed(f"<html><head></head><body>{asking}</body></html>")
    assert raised.value.code == "E822"


def test_a_picture_inside_the_page_is_fine():
    page = '<html><head></head><body><img src="data:image/png;base64,AA"></body></html>'
    assert "Content-Security-Policy" in offline.sealed(page)


def policy(page: str) -> dict[str, str]:
    """Return the directives of a page's policy, which comes first in its head."""
    found = re.search(
        r'<head>\s*<meta http-equiv="Content-Security-Policy" content="([^"]+)">', page
    )
    assert found
    return dict(part.strip().split(" ", 1) for part in found[1].split(";"))


def test_the_policy_of_a_map(outcomes):
    page = draw(outcomes).html
    rules = policy(page)
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'none'"
    assert rules["img-src"] == "data: blob:"
    assert rules["style-src"] == "'unsafe-inline'"
    hashes = rules["script-src"].split()
    assert hashes == offline.script_hashes(page)
    assert all(re.fullmatch(r"'sha256-[\w+/]{43}='", h) for h in hashes)
    assert len(hashes) == 4  # folium's switches, Leaflet, ours, folium's start


def test_the_policy_of_a_report_allows_no_script(outcomes):
    page = report_html("보고서", outcomes, "ko")
    assert policy(page)["script-src"] == "'none'"
    assert "<script" not in page


def test_a_map_in_a_report_may_run_under_both_policies(outcomes):
    drawn = draw(outcomes)
    page = report_html("보고서", outcomes, "ko", live=drawn)
    assert policy(page)["script-src"].split() == offline.script_hashes(drawn.html)


def test_folium_is_left_as_it_was(outcomes):
    before = [list(folium.Map.default_js), list(folium.Map.default_css)]
    draw(outcomes)
    assert [folium.Map.default_js, folium.Map.default_css] == before


def test_random_ids_are_numbered_in_order():
    a, b = "0123456789abcdef" * 2, "fedcba9876543210" * 2
    assert offline.renumbered(f"map_{b} x_{a} map_{b}") == "map_1 x_2 map_1"
    longer = "ab" * 32  # a sha256 is no id of folium's
    assert offline.renumbered(longer) == longer
