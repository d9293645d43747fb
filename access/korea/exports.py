"""How the ministry lays out residents by age: which column counts which sex and which ages.

Four layouts are in use, all from 행정안전부:

    CSV of jumin.mois.go.kr       2025년06월_계_0~9세, 2025년06월_남_100세 이상, 2020년_계_0세
    the same, of residents only   2026년04월_거주자_0세
    workbook of jumin.mois.go.kr  months in a row above; the blocks 총 인구수, 남 인구수, 여 인구수,
                                  each followed by 연령구간인구수 and its ages
    data.go.kr, and one's own     0세남자, 110세이상 여자; 0~9, a0~9, 100+
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from access._tables import fold
from access._tables.dates import made_date
from access.inputs.population import OLDEST

SUM = "총인구수"
CHOSEN = "연령구간인구수"
"""Everybody, and those of the ages that were chosen when the file was made."""
HOUSEHOLDS = "세대수"

Band = tuple[int, int]

_MOIS = re.compile(r"(?:(\d{4})년\s?(?:(\d{1,2})월)?)?_(?:(거주자)_)?(?:(계|남|여)_)?(.+)")
_OWN = re.compile(r"(?:(계|남|여)(?:자|성)?[_ ]+)?(.*?\d.*?)(?:[_ ]*(남|여)(?:자|성)?)?")
_SUMS = frozenset(fold(name) for name in ("total", "총인구수", "총인구", "계", "합계", "인구수"))
_SINGLE = re.compile(r"a?(\d{1,3})(?:세)?")
_RANGE = re.compile(r"a?(\d{1,3})\s*[~\-]\s*(\d{1,3})(?:세)?")
_OPEN = re.compile(r"a?(\d{1,3})(?:세\s*이상|세?\+)")
_MONTH = re.compile(r"(\d{4})년\s*(?:(\d{1,2})월)?")
_BLOCKS = {"총인구수": "계", "남인구수": "남", "여인구수": "여"}
_PLACES = frozenset({"행정기관코드", "행정기관", "행정구역", "행정동코드"})
_SEARCHED = 12


@dataclass
class Layout:
    """The columns of ages: sex -> label -> header, the ages of each label, and the months."""

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    bands: dict[Band, str] = field(default_factory=dict)
    months: set[str] = field(default_factory=set)
    mended: list[tuple[str, Band]] = field(default_factory=list)
    present_only: bool = False  # without 거주불명자 and 재외국민

    @property
    def sexes(self) -> tuple[str, ...]:
        """The columns to add up for everybody: 계, or 남 and 여."""
        return ("계",) if self._ages("계") else ("남", "여")

    @property
    def complete(self) -> bool:
        """Whether there are ages, the same for every sex that is added up."""
        first, *others = (self._ages(sex) for sex in self.sexes)
        return bool(first) and all(ages == first for ages in others)

    def _ages(self, sex: str) -> set[str]:
        return set(self.columns.get(sex, {})) & set(self.bands.values())


def layout(header: Sequence[str], mois: bool) -> Layout:
    """Return what the columns of a header count.

    >>> found = layout(["행정구역", "2025년06월_남_0~9세", "2025년06월_여_0~9세"], mois=True)
    >>> found.sexes, sorted(found.bands), found.months
    (('남', '여'), [(0, 9)], {'2025-06'})
    """
    found = Layout()
    told: dict[str, dict[tuple[str, str], str]] = {"": {}, "거주자": {}}
    for name in header:
        plain = " ".join(name.split())
        if mois:
            parts = _MOIS.fullmatch(plain)
            if parts is None:
                continue
            year, month, who, sex, label = parts.groups()
            if year:
                found.months.add(f"{year}-{int(month):02}" if month else year)
            told[who or ""][sex or "계", label] = name
        else:
            parts = _OWN.fullmatch(plain)
            if fold(plain) in _SUMS:
                told[""]["계", SUM] = name
            elif parts and (band_of(parts[2]) or made_date(parts[2])):
                told[""][parts[1] or parts[3] or "계", parts[2]] = name
    everybody = any(band_of(label) for _, label in told[""])
    found.present_only = not everybody and bool(told["거주자"])
    for (sex, label), name in told["거주자" if found.present_only else ""].items():
        found.columns.setdefault(sex, {})[label] = name
    counted = found.columns.get("계", {})
    if not any(band_of(label) or made_date(label) for label in counted):
        counted = found.columns.get("남", {}) | found.columns.get("여", {})
    labels = list(counted)
    for label in labels:
        if ages := band_of(label):
            found.bands[ages] = label
    _mend(found, [label for label in labels if made_date(label)])
    return found


def _mend(found: Layout, dates: Sequence[str]) -> None:
    """Read headers of ages that a spreadsheet made dates (5-9 is 5월 9일) where they fit."""
    made = {ages: label for label in dates if (ages := made_date(label))}
    for first, last in sorted(made):
        follows = first == 0 or any(end + 1 == first for _, end in found.bands)
        if follows and not any(first <= start <= last for start, _ in found.bands):
            found.bands[first, last] = label = made[first, last]
            found.mended += [
                (columns[label], (first, last))
                for columns in found.columns.values()
                if label in columns
            ]


def band_of(label: str) -> Band | None:
    """Return the ages a label names, both included.

    >>> band_of("0세"), band_of("0~9세"), band_of("100세 이상"), band_of("세대수")
    ((0, 0), (0, 9), (100, 999), None)
    """
    label = label.strip()
    if found := _RANGE.fullmatch(label):
        return int(found[1]), int(found[2])
    if found := _OPEN.fullmatch(label):
        return int(found[1]), OLDEST
    if found := _SINGLE.fullmatch(label):
        return int(found[1]), int(found[1])
    return None


def with_full_names(grid: list[list[str]]) -> list[list[str]]:
    """Return the rows of a workbook with the headers its CSV would have: month, sex and ages.

    The workbook repeats the names of its ages under each sex, and has the month in a row above.
    Any other table comes back as it is; every row stays where it was.

    >>> rows = [["", "", "2022년 12월"], ["행정기관코드", "행정기관", "남 인구수", "0~4세"]]
    >>> with_full_names(rows)[1]
    ['행정기관코드', '행정기관', '2022년12월_남_총인구수', '2022년12월_남_0~4세']
    """
    rows = [[fold(cell) for cell in row] for row in grid[:_SEARCHED]]
    heads = [i for i, row in enumerate(rows) if _PLACES & {*row} and {CHOSEN, *_BLOCKS} & {*row}]
    if not heads:
        return grid
    at, sex = heads[0], ""
    full = list(grid[at])
    months = _months(grid[:at], len(full))
    for j, name in enumerate(rows[at]):
        label = SUM if name in _BLOCKS else CHOSEN if name == CHOSEN else full[j].strip()
        sex = _BLOCKS.get(name, sex)
        if (
            name in _BLOCKS
            or name == CHOSEN
            or (name and name not in _PLACES and (sex or band_of(label)))
        ):
            full[j] = f"{months[j]}_{sex or '계'}_{label}"
    return [*grid[:at], full, *grid[at + 1 :]]


def _months(above: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the month above each column: of its merged cell, or of the title."""
    for row in reversed(above):
        found = [_MONTH.search(cell) for cell in row] + [None] * (width - len(row))
        if any(found):
            months, last = [], next(match for match in found if match)
            for match in found[:width]:
                last = match or last
                months.append(f"{last[1]}년" + (f"{int(last[2]):02}월" if last[2] else ""))
            return months
    return [""] * width
