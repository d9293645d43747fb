"""Pages that ask nobody for anything: everything inside, and a policy that says so.

An office network often has no internet. folium's pages fetch ten files from four servers; here
Leaflet is taken from an installed package, the rest is left out, an address that is not known
stops the work, and a Content-Security-Policy makes the browser enforce the same.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from typing import Final

from access.errors import OutputError

_JSDELIVR = "https://cdn.jsdelivr.net/npm/"

PACKAGED: Final = {
    _JSDELIVR + "leaflet@1.9.3/dist/leaflet.js": (
        "leaflet.js",
        "5819285cec137b229c94e1ee5ad73e8b6b84345a4367d60f75fe477fe0fb7b03",
    ),
    _JSDELIVR + "leaflet@1.9.3/dist/leaflet.css": (
        "leaflet.css",
        "90b693d86392a4779c861b28cf307e7e59c3fb35328c4d8b95f58f814d38c722",
    ),
}
"""Addresses folium names -> the file of XStatic-Leaflet that stands in, and its sha256."""

UNNEEDED: Final = frozenset(
    {
        "https://code.jquery.com/jquery-3.7.1.min.js",
        _JSDELIVR + "bootstrap@5.2.2/dist/js/bootstrap.bundle.min.js",
        _JSDELIVR + "bootstrap@5.2.2/dist/css/bootstrap.min.css",
        _JSDELIVR + "@fortawesome/fontawesome-free@6.2.0/css/all.min.css",
        "https://netdna.bootstrapcdn.com/bootstrap/3.0.0/css/bootstrap-glyphicons.css",
        "https://cdnjs.cloudflare.com/ajax/libs/Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.js",
        "https://cdnjs.cloudflare.com/ajax/libs/Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.css",
        "https://cdn.jsdelivr.net/gh/python-visualization/folium/folium/templates/leaflet.awesome.rotate.min.css",
    }
)
"""Addresses folium names that our maps have no use for."""

_SCRIPT = re.compile(r'<script src="([^"]+)"></script>\s*')
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"\s*/?>\s*')
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


@cache
def packaged(name: str, sha256: str) -> str:
    """Return a file of XStatic-Leaflet, checked. Raises OutputError if it is another."""
    raw = files("xstatic.pkg.leaflet").joinpath("data", name).read_bytes()
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise OutputError.of("E821", file=name)
    text = raw.decode("utf-8")
    if name.endswith(".js"):  # a source map is one more file to ask for
        return re.sub(r"\n//# sourceMappingURL=.*", "", text)
    return _without_files(text)


def _without_files(css: str) -> str:
    """Take pictures into the style sheet; what names no file (VML for old browsers) is left out."""

    def inside(match: re.Match[str]) -> str:
        name = match[1]
        if not name.endswith(".png"):
            return "none"
        raw = files("xstatic.pkg.leaflet").joinpath("data", *name.split("/")).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(raw).decode('ascii')})"

    return re.sub(r"url\(([^)]+)\)", inside, css)


def inlined(page: str) -> str:
    """Return a folium page with Leaflet inside and without the rest.

    Raises OutputError for an address that is not known: what stands behind it cannot be in an
    offline map.
    """

    def known(url: str) -> str | None:
        if url in PACKAGED:
            return packaged(*PACKAGED[url])
        if url in UNNEEDED:
            return None
        raise OutputError.of("E822", value=url)

    def script(match: re.Match[str]) -> str:
        text = known(match[1])
        return f"<script>{text}</script>\n" if text else ""

    def style(match: re.Match[str]) -> str:
        text = known(match[1])
        return f"<style>{text}</style>\n" if text else ""

    return _STYLE.sub(style, _SCRIPT.sub(script, page))


def renumbered(page: str) -> str:
    """Return a page with folium's random ids numbered in order, so that the same map is the same.

    >>> renumbered('<div id="map_0123456789abcdef0123456789abcdef">')
    '<div id="map_1">'
    """
    numbers: dict[str, str] = {}
    return _ID.sub(lambda m: numbers.setdefault(m[0], str(len(numbers) + 1)), page)


class _Reader(HTMLParser):
    """Finds inline scripts, and elements that would ask for something."""

    ASKING = ("src", "srcset", "href", "data", "poster", "action", "background", "xlink:href")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.outside: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        executable = given.get("type", "") != "application/json"
        if tag == "script" and executable and "src" not in given:
            self._inside = True
            self.scripts.append("")
        for name in self.ASKING:
            asks = tag != "a" and not given.get(name, "").startswith(("data:", "blob:", "#"))
            if name in given and asks:
                self.outside.append(given[name])

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader


def script_hashes(page: str) -> list[str]:
    """Return the sha256 of every inline script, as a policy names them."""
    digests = (hashlib.sha256(s.encode("utf-8")).digest() for s in _read(page).scripts)
    return [f"'sha256-{base64.b64encode(d).decode('ascii')}'" for d in digests]


def sealed(page: str, also: Iterable[str] = ()) -> str:
    """Return a whole page with its Content-Security-Policy as the first thing in its head.

    `also` are hashes of scripts in pages that stand inside this one: those obey both policies.
    Raises OutputError if any element would ask for a file.
    """
    reader = _read(page)
    if reader.outside:
        raise OutputError.of("E822", value=reader.outside[0])
    hashes = " ".join(dict.fromkeys([*script_hashes(page), *also])) or "'none'"
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    head, found, rest = page.partition("<head>")
    assert found, "a page has a head"
    return f"{head}<head>\n{meta}{rest}"
