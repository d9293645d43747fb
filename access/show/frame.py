"""Frame: a finished map, and the page folium makes of one, with everything inside."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from access.errors import Lang, OutputError
from access.show import offline, page
from access.show.packed import script_json

if TYPE_CHECKING:
    from access.measure.outcome import Outcome
    from access.study.study import Study

NOTEBOOK_BYTES = 5_000_000
"""A larger map is not put into a notebook's output; its picture is."""

_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'


@dataclass(frozen=True, slots=True, repr=False)
class Map:
    """A finished map.

    html     the whole page
    heading  its title
    lines    what stands under the title, and a line for each question
    png      a small picture of it, for notebooks that are not trusted yet and for print
    """

    html: str
    heading: str
    lines: tuple[str, ...]
    png: bytes

    def save(self, path: str | Path) -> Path:
        """Write the page; return its path. Raises OutputError where that cannot be done."""
        return written(Path(path), self.html)

    def __repr__(self) -> str:
        return f"<Map {self.heading}: {len(self.html) / 1e6:.1f} MB>"

    def _repr_html_(self) -> str:
        """Show a summary and a picture first: those are kept where scripts are not."""
        lines = "".join(f"<div>{escape(line)}</div>" for line in self.lines)
        image = base64.b64encode(self.png).decode("ascii")
        start = (
            f"<div><b>{escape(self.heading)}</b></div>{lines}"
            f'<img alt="{escape(self.heading, quote=True)}" src="data:image/png;base64,{image}">'
        )
        if len(self.html) > NOTEBOOK_BYTES:
            return f"{start}<div>{len(self.html) / 1e6:.1f} MB: .save('map.html')</div>"
        return (
            f'{start}<iframe sandbox="allow-scripts" style="width:100%;height:620px;border:0" '
            f'title="{escape(self.heading, quote=True)}" '
            f'srcdoc="{escape(self.html, quote=True)}"></iframe>'
        )


def together(outcomes: Outcome | Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Return outcomes as a tuple, refusing none and those of different studies."""
    several = tuple(outcomes) if isinstance(outcomes, list | tuple) else (outcomes,)
    if not several:
        raise OutputError.of("E825")
    if any(o.study != several[0].study for o in several[1:]):
        raise OutputError.of("E826")
    return several


def language(lang: str) -> Lang:
    """Return a language we speak; raise OutputError for another."""
    if lang not in get_args(Lang):
        raise OutputError.of("E827", value=lang)
    return lang  # type: ignore[return-value]


def framed(
    study: Study, lang: Lang, heading: str, body: str, data: Any, script: str, style: str
) -> str:
    """Return a page with folium's map, and `body`, `data`, `script` and `style` of ours in it."""
    import folium
    from folium.template import Template

    class Start(folium.MacroElement):
        """Hands folium's map over to our scripts."""

        _template = Template(
            "{% macro script(this, kwargs) %}\naccessMap({{ this._parent.get_name() }});\n"
            "{% endmacro %}"
        )

    west, south, east, north = page.bounds(study)
    base = folium.Map([(south + north) / 2, (west + east) / 2], tiles=None, zoom_start=11)
    # new lists on the map itself: folium's own belong to every map that follows
    base.default_js = [link for link in base.default_js if link[1] in offline.PACKAGED]
    base.default_css = [link for link in base.default_css if link[1] in offline.PACKAGED]
    base.add_child(Start())  # type: ignore[no-untyped-call]
    html = offline.inlined(offline.renumbered(base.get_root().render()))

    head, found, rest = html.partition("</head>")
    before, also, after = rest.partition("</body>")
    assert found, "folium's page has a head"
    assert also, "folium's page has a body"
    opening, inside, inner = before.partition("<body>")
    head = _without_viewport(head).replace("<html>", f'<html lang="{lang}">', 1)
    return offline.sealed(
        f"{head}{_VIEWPORT}\n<title>{escape(heading)}</title>\n"
        f"<style>{style}</style>\n</head>{opening}{inside}\n"
        f"{body}{inner}\n"
        f'<script type="application/json" id="data">{script_json(data)}</script>\n'
        f"<script>{script}</script>\n</body>{after}"
    )


def _without_viewport(head: str) -> str:
    """Leave out folium's wish that nobody may zoom in."""
    before, found, rest = head.partition('<meta name="viewport"')
    return before + rest.partition("/>")[2] if found else head


def links(beside: Sequence[tuple[str, str]]) -> str:
    """Return a list of files in the same folder to point to, (name, what it is)."""
    items = "".join(
        f'<li><a href="{escape(name, quote=True)}">{escape(name)}</a> {escape(what)}</li>'
        for name, what in beside
    )
    return f'<nav><ul class="beside">{items}</ul></nav>' if items else ""


def inside(live: Map | None) -> str:
    """Return a live map as part of a report."""
    if live is None:
        return ""
    return (
        f'<section class="live"><iframe sandbox="allow-scripts" '
        f'title="{escape(live.heading, quote=True)}" '
        f'srcdoc="{escape(live.html, quote=True)}"></iframe></section>'
    )


def printed(title: str, body: str, lang: Lang, live: Map | None = None) -> str:
    """Return the whole page of a report that may hold a live map."""
    # a page inside this one obeys the policies of both
    inner = offline.script_hashes(live.html) if live is not None else []
    return offline.sealed(
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{page.asset('report.css')}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n",
        also=inner,
    )


def written(path: Path, text: str) -> Path:
    """Write a text file whole or not at all. Raises OutputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=".", delete=False
        ) as part:
            part.write(text)
        Path(part.name).chmod(0o644)
        Path(part.name).replace(path)
    except OSError as error:
        raise OutputError.of("E823", file=str(path), facts={"why": error.strerror}) from error
    return path
