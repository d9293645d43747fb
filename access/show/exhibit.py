"""Exhibits: tables of a report that are files as well, so that the numbers are the same in both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from access.errors import Lang
from access.show.markup import shown, table, tag
from access.show.tables import Sheet, csv_bytes
from access.show.words import day, words

if TYPE_CHECKING:
    from access.study.study import Study

SHADES = 5
"""How many tints tell shares apart in a matrix; the lightest is 1."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the CSV, what it is called, and its decimals (None: words).

    One that is `aside` stands in the files only.
    """

    name: str
    head: str
    decimals: int | None = None
    aside: bool = False


class Figure(float):
    """A number written with decimals of its own, whatever its column has.

    >>> Figure(10.0512, 1).decimals
    1
    """

    decimals: int

    def __new__(cls, value: float, decimals: int) -> Figure:
        made = super().__new__(cls, value)
        made.decimals = decimals
        return made


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A table that stands in the report, in a CSV of its own and in a sheet of tables.xlsx.

    name      of its CSV, without the ending
    rows      values in the order of the columns: text, numbers, None; small groups are text by now
    listed    so many of the first rows stand on the page, all of them in the files
    shares    in percent, for each number of the page's rows: a matrix is tinted by them
    """

    name: str
    sheet: str
    caption: str
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()
    listed: int | None = None
    shares: tuple[tuple[float, ...], ...] = ()

    def html(self, lang: Lang) -> str:
        """Return the table as it stands on the page."""
        said = words(lang)
        told = [c for c in self.columns if not c.aside]
        left = sum(c.decimals is None for c in told)
        page = self.rows[: self.listed]
        cells = [
            [
                ("-" if value is None else str(value))
                if c.decimals is None
                else shown(value, getattr(value, "decimals", c.decimals))
                for value, c in zip(row, self.columns, strict=True)
                if not c.aside
            ]
            for row in page
        ]
        notes = [f"{said['note']}: {note}" for note in self.notes]
        if not page:
            notes.insert(0, said["nothing"])
        if len(page) < len(self.rows):
            whole, file = f"{len(self.rows):,}", f"{self.name}.csv"
            notes.append(said["listed"].format(shown=len(page), whole=whole, file=file))
        heads = [c.head for c in told]
        tints = [[_tint(share) for share in row] for row in self.shares]
        return table(self.caption, self.unit, heads, cells, notes, left, self.name, tints)

    def csv(self) -> bytes:
        """Return the table as CSV."""
        return csv_bytes([c.name for c in self.columns], (self._tidy(row) for row in self.rows))

    def to_sheet(self) -> Sheet:
        """Return the table as a sheet of tables.xlsx."""
        heads = [c.head for c in self.columns]
        names = [c.name for c in self.columns]
        decimals = [c.decimals for c in self.columns]
        return Sheet(self.sheet, heads, [self._tidy(row) for row in self.rows], names, decimals)

    def _tidy(self, row: Sequence[Any]) -> list[Any]:
        """Return a row with the decimals that the page shows; what is not known is None."""
        return [
            value
            if isinstance(value, str) or value is None
            else None
            if value != value
            else round(float(value), getattr(value, "decimals", c.decimals)) + 0.0  # no -0.0
            if c.decimals
            else round(value)
            for value, c in zip(row, self.columns, strict=True)
        ]


def _tint(share: float) -> str:
    """Return the class that tints a cell of a matrix, "" for nothing."""
    return f"tint{min(SHADES, int(share * SHADES // 100) + 1)}" if share > 0 else ""


@dataclass(frozen=True, slots=True, repr=False)
class Chapter:
    """A part of the report: what it is about, a few sentences, its tables."""

    name: str
    title: str
    lead: tuple[str, ...]
    exhibits: tuple[Exhibit, ...]
    lang: Lang = "ko"

    @property
    def html(self) -> str:
        """The section of the page."""
        lead = "".join(tag("p", line, **{"class": "lead"}) for line in self.lead)
        tables = "".join(exhibit.html(self.lang) for exhibit in self.exhibits)
        mark = f' data-chapter="{escape(self.name, quote=True)}"'
        return f"<section{mark}><h2>{escape(self.title)}</h2>{lead}{tables}</section>"

    def __repr__(self) -> str:
        return f"<Chapter {self.title}: {', '.join(e.name for e in self.exhibits)}>"

    def _repr_html_(self) -> str:
        return self.html


def columns(
    lang: Lang, names: Iterable[str], aside: Collection[str] = ("code",)
) -> tuple[Column, ...]:
    """Return columns called by the words `head_NAME`; those not among DECIMALS are text."""
    said = words(lang)
    return tuple(Column(n, said[f"head_{n}"], DECIMALS.get(n), n in aside) for n in names)


_BY_DECIMALS = {
    0: """people other_people classes other_classes week_classes seats within learners unmet
          no_field shared alike institutions reached missing rooms fit kept gained lost part alone
          last lacking units unreached_place neither students teachers""",
    1: """share share_smaller seats_1000 near_1000 no_field_share unmet_share missing_share
          lost_share gap_share reached_share neither_share rate open used outside use free hours
          mean_access points balance mean_min most_min""",
    2: "fields seat_hours",
    3: "value gini between within_part",
}
DECIMALS = {name: number for number, names in _BY_DECIMALS.items() for name in names.split()}
"""What a column counts has the same decimals in every table."""


def source(study: Study, lang: Lang) -> str:
    """Return the line that names the files and the date."""
    said = words(lang)
    files = ", ".join(dict.fromkeys(s.file for s in study.sources if s.file))
    return f"{said['source']}: {files} ({said['as_of']} {day(study.as_of, lang)})"
