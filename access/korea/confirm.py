"""The list of addresses to confirm by hand, as a table to fill in and give back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from access.errors import OutputError, Problem

NAME = "to_confirm"
LISTED = ("W251", "W252", "W843")
"""Places left out because no entry is spelt like their address, several are, or none comes near."""

COLUMNS = (
    *("파일", "행", "시설명", "주소", "제안주소", "제안경도", "제안위도", "신뢰도", "이유"),
    *("확인", "경도", "위도"),
)
"""The planner fills 확인 (Y takes the coordinates proposed), or 경도 and 위도."""


def rows_to_confirm(problems: Iterable[Problem]) -> list[tuple[str, ...]]:
    """Return a row for each place that somebody must confirm, the surest proposals first."""
    rows = [
        (
            problem.file,
            str(problem.row or ""),
            *(str(problem.facts[key]) for key in _FACTS),
            problem.reason("ko"),
            *("", "", ""),
        )
        for problem in problems
        if problem.code in LISTED
    ]
    return sorted(rows, key=lambda row: -float(row[COLUMNS.index("신뢰도")]))


_FACTS = ("name", "address", "near", "lon", "lat", "confidence")


def write_to_confirm(problems: Iterable[Problem], folder: Path) -> Path | None:
    """Write the list beside the study and return its path; None where nothing is to confirm.

    A list that is there already may have been filled in: it stays, and the next free name is taken
    (`to_confirm_2.csv`), unless the same list stands there. Raises OutputError where it cannot be
    written.
    """
    rows = rows_to_confirm(problems)
    if not rows:
        return None
    content = _text(rows)
    number = 1
    while True:
        path = folder / (f"{NAME}.csv" if number == 1 else f"{NAME}_{number}.csv")
        try:
            if not path.exists():
                path.write_bytes(content)
                return path
            if path.read_bytes() == content:
                return path
        except OSError as error:
            raise OutputError.of("E256", file=str(path), facts={"why": error.strerror}) from None
        number += 1


def _text(rows: Sequence[tuple[str, ...]]) -> bytes:
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\r\n")
    out.writerow(COLUMNS)
    out.writerows([_safe(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    """Return text that no spreadsheet runs as a formula; our readers take the mark off again."""
    return "'" + cell if cell[:1] in tuple("=+-@\t\r") and cell != "-" else cell
