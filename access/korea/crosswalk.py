"""A table of codes that belong together: 법정동·리 and 읍·면·동, or before and after a change.

The planner supplies it (`[crosswalk]` in study.toml): the ministry's table of 행정동 and 법정동
(KIKmix), a city's own list, or two columns typed by hand. It is read in either direction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside, frozen, texts
from access._tables import read_table
from access._tables.numbers import mangled
from access.inputs.aliases import aliases
from access.ledger import Findings, Ledger

ROUNDED = 0.01
"""Shares of one code may miss 1 by this much, as rounded percentages do."""


@dataclass(frozen=True, slots=True, eq=False)
class Crosswalk(Record):
    """Pairs of codes, `n` of them, in the order of their file.

    sources   (n,) codes, e.g. 법정동코드, or those before a change
    targets   (n,) the codes they belong to, e.g. 행정기관코드, or those after it
    shares    (n,) share of the source's people that is of the target, NaN where not stated
    """

    sources: npt.NDArray[np.str_]
    targets: npt.NDArray[np.str_]
    shares: npt.NDArray[np.float64]
    file: str = aside("")
    ledger: Ledger = aside(factory=Ledger)

    def __len__(self) -> int:
        return len(self.sources)

    def partners(self) -> dict[str, dict[str, float]]:
        """Return code -> the codes it belongs to -> share (NaN where not stated).

        >>> pair = Crosswalk(texts(["1"]), texts(["2"]), frozen([1.0]))
        >>> pair.partners()
        {'1': {'2': 1.0}, '2': {'1': nan}}
        """
        found: dict[str, dict[str, float]] = {}
        pairs = list(zip(self.sources.tolist(), self.targets.tolist(), strict=True))
        for (source, target), share in zip(pairs, self.shares.tolist(), strict=True):
            found.setdefault(source, {})[target] = share
        for source, target in pairs:
            found.setdefault(target, {}).setdefault(source, np.nan)
        return found


def read_crosswalk(
    path: Path | str,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Crosswalk:
    """Read pairs of codes: 법정동코드 and 행정동코드, or 이전코드 and 새코드, and a share if given.

    Shares (비율) are fractions or percentages, and add up to the whole for each source. Rows with
    a date of abolition (말소일자) are left out and listed together. Raises InputError with every
    problem of the file.
    """
    path = Path(path)
    findings = Findings(path.name)
    table = read_table(
        path,
        wanted=aliases("crosswalk"),
        required=("source", "target"),
        encoding=encoding,
        sheet=sheet,
        columns=columns,
        findings=findings,
    )
    ended = np.array([bool(cell) for cell in table.text("ended")], dtype=bool)
    findings.pass_over("F395", int(ended.sum()))
    table = table.keep(~ended)
    if not len(table):
        findings.note("E396")
    for ours in ("source", "target"):
        codes = table.text(ours)
        strange = [i for i, code in enumerate(codes) if not re.fullmatch(r"[0-9]{7,10}", code)]
        rounded = [i for i in strange if mangled(codes[i]) == "E110"]
        table.note("E110", ours, rounded)
        table.note("E394", ours, sorted(set(strange) - set(rounded)))
    shares = _shares(table.numbers("share", strict=True)) if "share" in table else None
    sources, targets = table.text("source"), table.text("target")
    if shares is None:
        shares = np.full(len(table), np.nan)
    elif len(table):
        for source in dict.fromkeys(sources):
            of = np.flatnonzero(sources == source)
            added = shares[of].sum()
            if not abs(added - 1) <= ROUNDED:
                table.note("E393", "share", of[:1], source=source, percent=f"{100 * added:.1f}")
    ledger = findings.close(table.read)
    return Crosswalk(texts(sources), texts(targets), frozen(shares), path.name, ledger)


def _shares(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return shares as fractions, also where the file has percentages."""
    return shares / 100 if np.nanmax(shares, initial=0.0) > 1 + ROUNDED else shares
