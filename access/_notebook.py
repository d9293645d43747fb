"""How records show themselves in a notebook: plain tables that look the same in every Jupyter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

_TEXT = "text-align:left"
_NUMBER = "text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap"


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], texts: int = 1) -> str:
    """Return rows as an HTML table: the first `texts` columns are words, the others numbers.

    Styles stand in the elements: Jupyter keeps those, and drops style sheets, in a notebook that
    it does not trust yet. Every text is escaped.

    >>> "&lt;5</td>" in table(("name", "people"), [("<b>", "<5")])
    True
    """
    head = "".join(f"<th {_style(i, texts)}>{escape(text)}</th>" for i, text in enumerate(heads))
    body = "".join(
        "<tr>"
        + "".join(f"<td {_style(i, texts)}>{escape(str(v))}</td>" for i, v in enumerate(row))
        + "</tr>"
        for row in rows
    )
    top = f"<thead><tr>{head}</tr></thead>" if heads else ""
    return f"<table>{top}<tbody>{body}</tbody></table>"


def _style(column: int, texts: int) -> str:
    return f'style="{_TEXT if column < texts else _NUMBER}"'


def lines(heading: str, *below: str) -> str:
    """Return a heading and the lines under it; empty ones are left out.

    >>> lines("가람시", "", "a < b")
    '<div><b>가람시</b></div><div>a &lt; b</div>'
    """
    rest = "".join(f"<div>{escape(line)}</div>" for line in below if line)
    return f"<div><b>{escape(heading)}</b></div>{rest}"
