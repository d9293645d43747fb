"""The account of every input row: read = used + repaired + excluded, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from access import _notebook
from access.errors import InputError, Lang, Problem

Action = Literal["used", "repaired", "excluded"]
_BY_LEVEL: dict[str, Action] = {"W": "used", "F": "repaired", "E": "excluded"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One remark on one row: what was found, what was done, and how many people it concerns."""

    problem: Problem
    action: Action
    people: float | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How the rows of one file, or of one sheet of a workbook, were treated."""

    file: str
    read: int
    used: int
    repaired: int
    excluded: int
    sheet: str = ""

    @property
    def place(self) -> str:
        """The file, and the sheet where it has any.

        >>> Tally("시설.xlsx", 2, 2, 0, 0, "도서관").place
        '시설.xlsx [도서관]'
        """
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was done with the rows of one or more files.

    Ledgers add up: rows that the later one excludes are no longer used.

    >>> read = Ledger((), (Tally("cells.csv", 5, 5, 0, 0),))
    >>> outside = Findings("cells.csv")
    >>> outside.note("W350", row=3, action="excluded")
    >>> (read + Ledger(tuple(outside.entries))).tallies
    (Tally(file='cells.csv', read=5, used=4, repaired=0, excluded=1, sheet=''),)
    """

    entries: tuple[Entry, ...] = ()
    tallies: tuple[Tally, ...] = ()

    def __add__(self, other: Ledger) -> Ledger:
        tallies = tuple(_strike(t, self.entries, other.entries) for t in self.tallies)
        return Ledger(self.entries + other.entries, tallies + other.tallies)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Problems that did not stop the work (W)."""
        return tuple(e.problem for e in self.entries if e.problem.level == "W")

    @property
    def reasons(self) -> tuple[Problem, ...]:
        """Problems for which rows were left out."""
        return tuple(e.problem for e in self.entries if e.action == "excluded")

    def _repr_html_(self) -> str:
        """Show the account of every file, and every kind of remark once, in a notebook."""
        heads = ("파일", "읽은 행", "사용", "고쳐 사용", "제외")
        files = [
            (t.place, *(f"{n:,}" for n in (t.read, t.used, t.repaired, t.excluded)))
            for t in self.tallies
        ]
        kinds: dict[tuple[str, str], list[Problem]] = {}
        for entry in self.entries:
            kinds.setdefault((entry.problem.file, entry.problem.code), []).append(entry.problem)
        remarks = [
            (file, code, str(found[0].row or "-"), found[0].reason("ko"), len(found))
            for (file, code), found in kinds.items()
        ]
        told = ("파일", "코드", "첫 행", "내용", "건수")
        return _notebook.table(heads, files) + _notebook.table(told, remarks, texts=4)


def _rows(entries: Iterable[Entry], file: str, sheet: str, action: Action) -> set[int]:
    """Return the rows of a file that entries note with an action.

    Sheets of a workbook are told apart; an entry that names none may be of any.
    """
    return {
        e.problem.row
        for e in entries
        if e.action == action
        and e.problem.row
        and e.problem.file == file
        and e.problem.sheet in ("", sheet)
    }


def _strike(tally: Tally, before: tuple[Entry, ...], after: tuple[Entry, ...]) -> Tally:
    """Count the rows that later entries exclude as excluded."""
    of = tally.file, tally.sheet
    struck = _rows(after, *of, "excluded") - _rows(before, *of, "excluded")
    if not struck:
        return tally
    repaired = len(struck & _rows(before, *of, "repaired"))
    return replace(
        tally,
        used=tally.used - len(struck) + repaired,
        repaired=tally.repaired - repaired,
        excluded=tally.excluded + len(struck),
    )


@dataclass
class Findings:
    """Collects what a reader finds in one file; `close` settles the account.

    >>> found = Findings("centres.csv")
    >>> found.note("F106", row=3, column="좌석수", value="1,200")
    >>> found.close(read=5).tallies
    (Tally(file='centres.csv', read=5, used=4, repaired=1, excluded=0, sheet=''),)
    """

    file: str
    sheet: str = ""
    entries: list[Entry] = field(default_factory=list)
    passed_over: int = 0

    def note(
        self,
        code: str,
        *,
        row: int | None = None,
        column: str = "",
        value: object = None,
        action: Action | None = None,
        people: float | None = None,
        **facts: Any,
    ) -> None:
        """Note a problem; `action` says what became of the row (default: by the code's level)."""
        shown = None if value is None else str(value)
        problem = Problem(code, self.file, row, column, shown, self.sheet, facts)
        self.entries.append(Entry(problem, action or _BY_LEVEL[problem.level], people))

    def pass_over(self, code: str, rows: int, **facts: Any) -> None:
        """Note rows that are no concern of the study, together, and count them as excluded."""
        if rows:
            self.note(code, action="excluded", rows=f"{rows:,}", **facts)
            self.passed_over += rows

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that stop the work (E)."""
        return tuple(e.problem for e in self.entries if e.problem.level == "E")

    def excluded_rows(self) -> set[int]:
        """Return the rows noted as excluded."""
        return _rows(self.entries, self.file, self.sheet, "excluded")

    def close(self, read: int) -> Ledger:
        """Return the ledger of `read` rows; raise InputError with every problem if any stops."""
        if self.errors:
            raise InputError(e.problem for e in self.entries if e.problem.level == "E")
        excluded = self.excluded_rows()
        repaired = _rows(self.entries, self.file, self.sheet, "repaired") - excluded
        left_out = len(excluded) + self.passed_over
        used = read - len(repaired) - left_out
        tally = Tally(self.file, read, used, len(repaired), left_out, self.sheet)
        assert used >= 0, f"{self.file}: more rows noted than read"
        return Ledger(tuple(self.entries), (tally,))


def gather(errors: Iterable[InputError]) -> None:
    """Raise one InputError with the problems of all of `errors`; do nothing if there are none."""
    problems = [p for e in errors for p in e.problems]
    if problems:
        raise InputError(problems)


def sentence(tally: Tally, lang: Lang = "ko") -> str:
    """Return a tally as a sentence.

    >>> sentence(Tally("a.csv", 5, 3, 1, 1))
    '5행 읽음 = 3행 사용 + 1행 고쳐 사용 + 1행 제외'
    """
    t = tally
    if lang == "ko":
        return f"{t.read}행 읽음 = {t.used}행 사용 + {t.repaired}행 고쳐 사용 + {t.excluded}행 제외"
    return f"{t.read} rows read = {t.used} used + {t.repaired} repaired + {t.excluded} excluded"
