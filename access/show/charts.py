"""Simple bars and the still map of a report, as SVG of our own."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from access._geo import project
from access.show import classes
from access.show.backdrop import MAIN, street_class, street_lines
from access.show.picture import picture

if TYPE_CHECKING:
    from access.measure.outcome import Outcome
    from access.study.study import Study

_ROW, _LEFT, _WIDE = 22, 92, 720

HATCH = (
    '<defs><pattern id="beyond" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/>'
    f'<rect width="1.6" height="5" fill="{classes.OVER}"/></pattern></defs>'
)


def _text(x: float, y: float, text: str, **attributes: str) -> str:
    given = "".join(f' {k.replace("_", "-")}="{escape(v)}"' for k, v in attributes.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{given}>{escape(text)}</text>'


def _short(name: str) -> str:
    """Return a name that has room beside a bar or on a picture.

    >>> _short("가람1동"), _short("아주 긴 이름을 가진 행정동")
    ('가람1동', '아주 긴 이름…')
    """
    return name if len(name) <= 8 else f"{name[:7]}…"


def bars(names: Sequence[str], shares: Sequence[Sequence[float]], colours: Sequence[str]) -> str:
    """Return a stacked bar for each name: percent within the first limit, the next, and so on.

    `shares` are cumulative; the rest up to 100 is hatched, as the map hatches it.
    """
    scale = (_WIDE - _LEFT - 60) / 100
    parts = []
    for i, (name, row) in enumerate(zip(names, shares, strict=True)):
        y, x = i * _ROW + 4, 0.0
        parts.append(_text(_LEFT - 8, y + 12, _short(name), text_anchor="end"))
        for share, colour in zip(row, colours, strict=True):
            width = max(0.0, share - x)
            parts.append(_rect(_LEFT + x * scale, y, width * scale, colour))
            x = max(x, share)
        parts.append(_rect(_LEFT + x * scale, y, (100 - x) * scale, "url(#beyond)"))
        parts.append(_text(_LEFT + 100 * scale + 8, y + 12, f"{x:.1f}%"))
    for percent in range(0, 101, 25):
        x = _LEFT + percent * scale
        parts.append(f'<path d="M{x:.1f} 0V{len(names) * _ROW}" stroke="#0003"/>')
        parts.append(_text(x, len(names) * _ROW + 14, f"{percent}%", text_anchor="middle"))
    height = len(names) * _ROW + 20
    return (
        f'<svg class="bars" viewBox="0 0 {_WIDE} {height}" role="img" width="{_WIDE}" '
        f'height="{height}">{HATCH}{"".join(parts)}</svg>'
    )


def _rect(x: float, y: float, width: float, fill: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="15" fill="{fill}" '
        'stroke="#0006" stroke-width=".5"/>'
    )


def key(labels: Sequence[str], colours: Sequence[str]) -> str:
    """Return the key of colours as a line of HTML."""
    items = []
    for label, colour in zip(labels, colours, strict=True):
        items.append(
            f'<span><svg width="18" height="12">{HATCH if colour.startswith("url") else ""}'
            f'<rect width="18" height="12" fill="{colour}" stroke="#0008"/></svg> '
            f"{escape(label)}</span>"
        )
    return f'<p class="key">{"".join(items)}</p>'


def still_map(outcome: Outcome, alt: str) -> str:
    """Return the cells of an outcome as a picture with the names of the districts on it."""
    import shapely

    study = outcome.study
    drawn = picture(outcome, width=900, clear=True)
    west, _, east, north = drawn.frame
    scale = drawn.width / (east - west)
    points = shapely.get_coordinates(shapely.point_on_surface(study.districts.shapes))
    places = (project(points, study.crs) - np.array([west, north])) * np.array([scale, -scale])
    labels = [
        _text(x, y, _short(name), text_anchor="middle")
        for (x, y), name in zip(places.tolist(), study.districts.names.tolist(), strict=True)
    ]
    ground = _ground(study, np.array([west, north]), scale)
    data = base64.b64encode(drawn.png).decode("ascii")
    return (
        f'<svg class="still" viewBox="0 0 {drawn.width} {drawn.height}" role="img" '
        f'aria-label="{escape(alt, quote=True)}">{ground}<image width="{drawn.width}" '
        f'height="{drawn.height}" href="data:image/png;base64,{data}"/>{"".join(labels)}'
        f"{_scale_bar(scale, drawn.height)}</svg>"
    )


def _ground(study: Study, corner: Any, scale: float) -> str:
    """Return water and main roads, to see where one is."""
    import shapely

    def path(shapes: Any, style: str) -> str:
        placed = shapely.transform(
            np.asarray(shapes, dtype=object),
            lambda xy: (project(xy, study.crs) - corner) * np.array([scale, -scale]),
        )
        parts = shapely.get_parts(shapely.simplify(placed, 0.7))
        areas = shapely.get_type_id(parts) == 3
        steps = []
        for line in [*parts[~areas], *shapely.get_rings(parts[areas])]:
            points = np.rint(shapely.get_coordinates(line)).astype(int).tolist()
            steps.append("M" + " ".join(f"{x} {y}" for x, y in points))
        return f'<path d="{"".join(steps)}" {style}/>'

    water = np.array([*study.network.water, None], dtype=object)[:-1]
    areas = np.isin(shapely.get_type_id(water), (3, 6))
    lines, ways = street_lines(study.network)
    main = np.array([street_class(study.network, way) == MAIN for way in ways.tolist()], bool)
    return (
        path(water[areas], 'fill="#cfe1ef" fill-rule="evenodd"')
        + path(water[~areas], 'fill="none" stroke="#cfe1ef" stroke-width="1.5"')
        + path(lines[main], 'fill="none" stroke="#b9b4aa" stroke-width="1.2"')
    )


def _scale_bar(scale: float, height: int) -> str:
    """Return a bar of a round number of kilometres, about a sixth of the picture wide."""
    wanted = 150 / scale / 1000
    km: Any = min((0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100), key=lambda k: abs(k - wanted))
    width, y = km * 1000 * scale, height - 12
    return (
        f'<path d="M12 {y - 5}v5h{width:.1f}v-5" fill="none" stroke="#111" stroke-width="1.5"/>'
        + _text(16, y - 5, f"{km:g} km")
    )
