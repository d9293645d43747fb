"""Tables and figures of a report as HTML. Every text is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from access._privacy import HIDDEN, count

Cell = Any


def tag(name: str, text: str, **attributes: str) -> str:
    """Return an element with text in it.

    >>> tag("p", "1 < 2", id="a")
    '<p id="a">1 &lt; 2</p>'
    """
    given = "".join(f' {key}="{escape(value, quote=True)}"' for key, value in attributes.items())
    return f"<{name}{given}>{escape(text)}</{name}>"


def shown(value: Cell, decimals: int = 0) -> str:
    """Return a number as a table writes it: thousands apart, `-` for none.

    Small groups of people have become text before: see `suppress` and `count`.

    >>> [shown(1234), shown(0), shown(None), shown(12.34, 1), shown("<5"), shown(-0.01, 1)]
    ['1,234', '-', '-', '12.3', '<5', '0.0']
    """
    if value is None or (isinstance(value, float) and value != value):
        return "-"
    if isinstance(value, str):
        return count(value)
    return f"{value:z,.{decimals}f}" if decimals or value else "-"


def table(
    caption: str,
    unit: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    notes: Iterable[str] = (),
    left: int = 1,
    name: str = "",
    tints: Sequence[Sequence[str]] = (),
) -> str:
    """Return a table in the planner's manner: caption, unit at the right, notes below.

    The first `left` columns are text; a first cell that begins a row is its heading. `tints` are
    classes of the cells that are numbers, row by row.
    """
    head = "".join(tag("th", h, scope="col") for h in heads)
    body = []
    for r, row in enumerate(rows):
        cells = [tag("th", row[0], scope="row")]
        cells += [tag("td", value, **{"class": "text"}) for value in row[1:left]]
        looks = [{"class": tint} if tint else {} for tint in tints[r]] if tints else []
        for k, value in enumerate(row[max(left, 1) :]):
            cells.append(tag("td", value, **(looks[k] if looks else {})))
        body.append(f"<tr>{''.join(cells)}</tr>")
    under = "".join(tag("p", note, **{"class": "note"}) for note in notes)
    mark = f' data-table="{escape(name, quote=True)}"' if name else ""
    return (
        f'<div class="table"{mark}><div class="over">{tag("b", caption)}{tag("span", unit)}</div>'
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody>'
        f"</table></div>{under}</div>"
    )


def bullets(lines: Iterable[str]) -> str:
    """Return lines as a list."""
    return f"<ul>{''.join(tag('li', line) for line in lines)}</ul>"


def ranked(value: Cell) -> float:
    """Return a number to order or draw by; a hidden small group comes after every shown one."""
    if isinstance(value, str):
        return 0.5 if value == HIDDEN else float(value[1:])
    return float(value or 0)
