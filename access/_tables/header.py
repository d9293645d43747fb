"""Which row names the columns, what they are called, and which rows are no data."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from access._tables.delimited import Grid
from access._tables.numbers import number

_SEARCHED = 20
"""How many rows from the top may hold the header."""
_TOTALS = frozenset(
    {"합계", "소계", "계", "총계", "총합계", "누계", "total", "subtotal", "grandtotal", "sum"}
)
_FOOTNOTE = re.compile(r"\s*(※|\*|주\)|자료\s*:|출처\s*:|비고\s*:|source\s*:)", re.IGNORECASE)

Wanted = Mapping[str, Sequence[str]]
"""Our name for a column -> the headers it goes by, the surest first."""


def fold(name: str) -> str:
    """Return a header as it is compared: without case, width, spaces and byte order mark.

    >>> fold(" 위 도\\ufeff"), fold("ＬＡＴ")
    ('위도', 'lat')
    """
    plain = unicodedata.normalize("NFKC", name).replace("\ufeff", "").casefold()
    return re.sub(r"\s+", "", plain)


def bare(name: str) -> str:
    """Return a folded header without a remark in brackets: `면적(㎡)` is `면적`."""
    return re.sub(r"[(\[].*?[)\]]", "", fold(name)) or fold(name)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: its names, its first row and the row after its last (from 0)."""

    names: tuple[str, ...]
    first: int
    after: int


def find_header(grid: Grid, wanted: Wanted, columns: Mapping[str, str]) -> Header | None:
    """Return the header: the row, or two rows, that hold the most names we know.

    Without any, it is the first row that is not blank. None for a grid of blanks.
    """
    known = {fold(alias) for aliases in wanted.values() for alias in aliases}
    # A cell of one letter (Y, X) may be an answer or a name: it does not make a header.
    known = {name for name in known if len(name) > 1}
    known |= {fold(theirs) for theirs in columns.values()}
    filled = [i for i, row in enumerate(grid[:_SEARCHED]) if any(c.strip() for c in row)]
    if not filled:
        filled = [i for i, row in enumerate(grid) if any(c.strip() for c in row)][:1]
    if not filled:
        return None
    best = Header(_names(grid[filled[0]]), filled[0], filled[0] + 1)
    most = 0
    for i in filled:
        single = Header(_names(grid[i]), i, i + 1)
        candidates = [single]
        if i + 1 in filled:
            merged = Header(_merged(grid[i], grid[i + 1]), i, i + 2)
            if names := _spanned(grid[i], grid[i + 1], known):
                # A row that only parts columns is no row of data: it is never left alone.
                single = Header(names, i, i + 2)
                told = [name for name in merged.names if name]
                candidates = [single] if len(set(told)) < len(told) else [single, merged]
            else:
                candidates.append(merged)
        for candidate in candidates:
            score = _known(candidate.names, known)
            # Of two lines of names the lower one is the header (the upper its machine names), and
            # a line that says as much alone is not joined to the title above it.
            lower = candidate is single and (
                (i == best.after and most > 1) or (i == best.after - 1 and best.first < i)
            )
            if score > most or (score == most > 0 and lower):
                best, most = candidate, score
    if most and best.after < len(grid):
        below = [name for name in _names(grid[best.after]) if name]
        if len(below) > 1 and _known(below, known) * 2 >= len(below):
            best = Header(best.names, best.first, best.after + 1)
    return best


def _names(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.replace("\ufeff", "").strip() for cell in row)


def _merged(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Return the names of two header rows, where the upper one's cells are merged."""
    width = max(len(upper), len(lower))
    above, below = (list(_names(r)) + [""] * (width - len(r)) for r in (upper, lower))
    return tuple(b or a for a, b in zip(above, below, strict=True))


def _spanned(upper: Sequence[str], lower: Sequence[str], known: set[str]) -> tuple[str, ...] | None:
    """Return the names where some of the upper row span columns that the lower row names.

    `평일 | (blank)` above `시작 | 종료` is 평일 시작 and 평일 종료. None unless the lower row holds
    words, all of them beneath names that span columns, and nothing beneath the other names.
    """
    width = max(len(upper), len(lower))
    above, below = (list(_names(r)) + [""] * (width - len(r)) for r in (upper, lower))
    spans: list[list[int]] = []
    for j, name in enumerate(above):
        if spans and (not name or name == above[spans[-1][0]]):
            spans[-1].append(j)
        else:
            spans.append([j])
    alone = {above[span[0]] for span in spans if len(span) == 1}
    parted = [[below[j] for j in span if below[j]] for span in spans]
    stray = any(parts and len(span) == 1 for span, parts in zip(spans, parted, strict=True))
    words = [word for parts in parted for word in parts]
    told = [len(parts) == len(set(parts)) for parts in parted]
    if stray or not all(told) or max(map(len, parted), default=0) < 2 or not _known(alone, known):
        return None
    if any(math.isfinite(number(word)[0]) for word in words):
        return None
    names = list(above)
    for span in spans:
        for j in span:
            if below[j]:
                both = f"{above[span[0]]} {below[j]}".strip()
                known_alone = fold(both) not in known and fold(below[j]) in known
                names[j] = below[j] if known_alone and below.count(below[j]) == 1 else both
    return tuple(names)


def _known(names: Iterable[str], known: set[str]) -> int:
    return len({fold(n) for n in names if n} & known) + len(
        {bare(n) for n in names if n and fold(n) not in known} & known
    )


def is_total(row: Sequence[str]) -> bool:
    """Say whether a row sums others: its first filled cell says 합계, 소계, 계, total ...

    >>> is_total(["", "합 계", "1,200"]), is_total(["계룡도서관", "", "30"])
    (True, False)
    """
    first = next((c for c in row if c.strip()), "")
    return fold(first).strip("[]()<>:") in _TOTALS


def is_footnote(row: Sequence[str]) -> bool:
    """Say whether a row holds nothing but a remark, as below many official tables."""
    filled = [c for c in row if c.strip()]
    return len(filled) == 1 and len(row) > 1 and bool(_FOOTNOTE.match(filled[0]))


def find_column(names: Sequence[str], aliases: Sequence[str]) -> str | None:
    """Return the column that goes by the first alias present, exactly or but for brackets."""
    exact = {fold(n): n for n in reversed(names) if n}
    loose = {bare(n): n for n in reversed(names) if n}
    for table in (exact, loose):
        for alias in aliases:
            if fold(alias) in table:
                return table[fold(alias)]
    return None


def closest(names: Sequence[str], aliases: Sequence[str], most: int = 3) -> list[str]:
    """Return the headers most like any of `aliases`, best first."""

    def likeness(name: str) -> float:
        best = 0.0
        for alias in aliases:
            a, b = fold(name), fold(alias)
            inside = 0.7 if min(len(a), len(b)) > 1 and (a in b or b in a) else 0.0
            best = max(best, inside, SequenceMatcher(None, a, b).ratio())
        return best

    scored = [(likeness(n), -i, n) for i, n in enumerate(names) if n]
    return [n for score, _, n in sorted(scored, reverse=True) if score >= 0.5][:most]
