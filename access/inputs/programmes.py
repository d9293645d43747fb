"""Classes: what is taught, where, on which days and at what time, for how many and for whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import aside, frozen, texts
from access._tables import Table, read_table
from access.errors import InputError
from access.inputs.aliases import aliases, persons
from access.inputs.audiences import read_ages
from access.inputs.dates import NEVER_ENDS, UNKNOWN_DAY, read_day
from access.inputs.fees import read_fee
from access.inputs.hours import SLOTS_A_DAY, is_fraction, minutes
from access.inputs.lists import Listed, join
from access.inputs.weekdays import read_weekdays
from access.ledger import Findings, Ledger

Bits = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.object_]
Classify = Callable[[Cells, Cells, Cells], tuple[Cells, Cells]]
"""Titles, contents and fields as the file names them -> codes of fields, and what told them."""

IN_A_ROOM, ONLINE, EITHER = 0, 1, 2
BANDS = ("morning", "afternoon", "evening", "weekend")
"""When a class meets: on a weekday from before 12, from before 18, later; on Saturday or Sunday."""


@dataclass(frozen=True, slots=True, eq=False)
class Programmes(Listed):
    """Classes, `n` of them, in the order of their files; a class may meet several days a week.

    ids          (n,) text, unique
    names        (n,) text
    place        (n,) text, the id of the place where it meets; "" where none of the study's is
                 known to be it (see `join_programmes`)
    site         (n,) text, the room and place as the file says
    institution  (n,) text, who runs it
    field        (n,) text, the code of its field of learning; "" unclassified
    days         (n, 7) bits, Monday first; none where unknown
    start, end   (n,) minutes after midnight, -1 unknown (both or neither)
    first, last  (n,) days, NaT unknown or, for the last, without an end
    weeks        (n,) weeks in which it meets, NaN unknown; a fortnightly class counts every other
    seats        (n,) NaN unknown
    fee          (n,) won for the whole class, 0 free, NaN unknown
    audience     (n,) text, for whom, as the file says
    ages         (n, 2) youngest and oldest it is for, both included; (0, 999) for anyone
    online       (n,) 0 in a room, 1 online only, 2 either, -1 unknown
    attributes   further columns of the files, as text, by column name; never names of teachers
    """

    ids: npt.NDArray[np.str_]
    names: npt.NDArray[np.str_]
    place: npt.NDArray[np.str_]
    site: npt.NDArray[np.str_]
    institution: npt.NDArray[np.str_]
    field: npt.NDArray[np.str_]
    days: Bits
    start: npt.NDArray[np.int16]
    end: npt.NDArray[np.int16]
    first: npt.NDArray[np.datetime64]
    last: npt.NDArray[np.datetime64]
    weeks: npt.NDArray[np.float64]
    seats: npt.NDArray[np.float64]
    fee: npt.NDArray[np.float64]
    audience: npt.NDArray[np.str_]
    ages: npt.NDArray[np.int16]
    online: npt.NDArray[np.int8]
    attributes: Mapping[str, npt.NDArray[np.str_]] = made(default_factory=dict)
    rows: npt.NDArray[np.int64] | None = aside(None)
    files: npt.NDArray[np.str_] | None = aside(None)
    sheets: npt.NDArray[np.str_] | None = aside(None)
    ledger: Ledger = aside(factory=Ledger)

    def at(self, ids: npt.NDArray[np.str_]) -> npt.NDArray[np.int32]:
        """Return the position of each class's place among the ids of places, -1 where it has none.

        `ids` is `Places.ids`, so that arrays by place line up with classes.
        """
        order = {id: i for i, id in enumerate(ids.tolist())}
        return frozen(np.array([order.get(p, -1) for p in self.place.tolist()], dtype=np.int32))

    @property
    def bands(self) -> Bits:
        """When each class meets, (n, 4) bits in the order of BANDS; none where unknown."""
        week, known = self.days[:, :5].any(axis=1), self.start >= 0
        noon, six = self.start < 12 * 60, self.start < 18 * 60
        return frozen(
            np.column_stack(
                [
                    week & known & noon,
                    week & known & ~noon & six,
                    week & known & ~six,
                    self.days[:, 5:].any(axis=1),
                ]
            )
        )

    @property
    def hours_a_week(self) -> npt.NDArray[np.float64]:
        """Hours each class meets in a week of its own, NaN where days or times are unknown."""
        known = (self.start >= 0) & self.days.any(axis=1)
        hours = self.days.sum(axis=1) * (self.end.astype(float) - self.start) / 60
        return frozen(np.where(known, hours, np.nan))

    @property
    def slots(self) -> Bits:
        """The week of each class, (n, 7, 96) bits: every quarter hour it touches, Monday first.

        The counterpart of `Hours.open`, where a quarter hour counts only if wholly open.
        """
        begin = np.arange(SLOTS_A_DAY) * 15
        during = (begin < self.end[:, None]) & (begin + 15 > self.start[:, None])
        during &= (self.start >= 0)[:, None]
        return frozen(self.days[:, :, None] & during[:, None, :])

    def running(self, since: Any, until: Any) -> Bits:
        """Return which classes run on some day from `since` to `until`, both dates included.

        One whose days are unknown, or that has no end, counts as running.
        """
        since, until = np.datetime64(since, "D"), np.datetime64(until, "D")
        return frozen(~(self.first > until) & ~(self.last < since))


def read_programmes(
    path: Path | str,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    id: str | None = None,
    start: int = 1,
    classify: Classify | None = None,
) -> Programmes:
    """Read classes from a table, such as 전국평생학습강좌표준데이터.

    columns   our name -> the file's own header, as in study.toml
    id        the file's own column of ids; without one, and without any we know, classes are
              numbered in the order of the file from `start`: class-0001, class-0002 ...
    classify  finds the field of each class; without it fields stay as the file says

    Names of teachers are not read. Whatever cannot be read counts as unknown and is listed; the
    class stays. Places are found afterwards, by `join_programmes`. Raises InputError with every
    problem of the file.

    >>> from access import sample_folder
    >>> classes = read_programmes(sample_folder() / "classes.csv")
    >>> classes.names[:1].tolist(), classes.seats[:1].tolist()
    (['한글 받아쓰기반'], [15.0])
    """
    path = Path(path)
    findings = Findings(path.name)
    table = read_table(
        path,
        wanted=aliases("programmes"),
        required=("name",),
        encoding=encoding,
        sheet=sheet,
        columns=dict(columns or {}) | ({"id": id} if id else {}),
        persons=persons(),
        findings=findings,
    )
    if not any(ours in table for ours in ("weekdays", "start", "time", "first", "site", "place")):
        findings.note("E444", present=", ".join(n for n in table.header if n))
        raise InputError(findings.errors)
    width = max(4, len(str(start + table.read - 1)))
    ids = (
        table.ids("id")
        if "id" in table
        else np.array([f"class-{start + i:0{width}}" for i in range(len(table))], dtype=object)
    )
    table.note("W440", "name", np.flatnonzero(table.text("name") == ""))
    table.note_doubles("W446", "name")
    days, share = _weekdays(table)
    begin, end = _times(table)
    first, last = _dates(table)
    fields = table.text("field")
    if classify is not None:
        fields, told = classify(table.text("name"), table.text("content"), fields)
        unknown = int(sum(code == "" for code in fields))
        if unknown:
            findings.note("F450", action="used", count=unknown, whole=len(table))
    seats = table.numbers("seats")
    table.note("W331", "seats", np.flatnonzero(seats == 0))
    attributes = table.others()
    for ours in ("address", "content", "method", "weekdays"):
        if ours in table:
            attributes[table.names[ours]] = table.text(ours)
    if classify is not None:
        attributes[TOLD_BY] = told
    fee = _fees(table)
    weeks = _weeks(table, first, last, share)
    ledger = findings.close(table.read)
    return Programmes(
        ids=texts(ids),
        names=texts(table.text("name")),
        place=texts(table.text("place")),
        site=texts(table.text("site")),
        institution=texts(table.text("institution")),
        field=texts(fields),
        days=frozen(days),
        start=frozen(begin),
        end=frozen(end),
        first=frozen(first),
        last=frozen(last),
        weeks=frozen(weeks),
        seats=frozen(seats),
        fee=frozen(fee),
        audience=texts(table.text("audience")),
        ages=frozen(np.array([read_ages(a) for a in table.text("audience")], dtype=np.int16)),
        online=frozen(np.array([_online(m) for m in table.text("method")], dtype=np.int8)),
        attributes={n: texts(attributes[n]) for n in (*table.header, TOLD_BY) if n in attributes},
        rows=frozen(table.rows),
        files=texts([path.name] * len(table)),
        sheets=texts([findings.sheet] * len(table)),
        ledger=ledger,
    )


TOLD_BY = "영역 근거"
"""The attribute that says which word told the field of a class."""


def _weekdays(table: Table) -> tuple[Bits, npt.NDArray[np.float64]]:
    read = [read_weekdays(words) for words in table.text("weekdays")]
    for code in ("F437", "F449", "W436"):
        which = [i for i, day in enumerate(read) if day.code == code]
        for i in which:
            table.note(code, "weekdays", [i], days=read[i].letters)
    share = np.array([day.share for day in read])
    return np.array([day.days for day in read], dtype=bool).reshape(-1, 7), share


_SPAN = re.compile(r"\s*(?:부터|[~∼〜\-–])\s*")


def _times(table: Table) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
    """Return when classes begin and end; one column may hold both (`10:00~12:00`)."""
    column = "start" if "start" in table else "time"
    pairs = [
        (a, b) if a.strip() or b.strip() else _apart(both)
        for a, b, both in zip(
            table.text("start"), table.text("end"), table.text("time"), strict=True
        )
    ]
    begin, end = (np.full(len(table), -1, dtype=np.int16) for _ in range(2))
    strange, backward = [], []
    for i, (a, b) in enumerate(pairs):
        if not a.strip() and not b.strip():
            continue
        since, until = minutes(a), minutes(b)
        if since is None or until is None:
            strange.append(i)
        elif until <= since:
            backward.append(i)
        else:
            begin[i], end[i] = since, until
    eaten = [i for i, pair in enumerate(pairs) if begin[i] >= 0 and any(map(is_fraction, pair))]
    table.note("F187", column, eaten)
    for i in strange:
        table.note("W434", column, [i], start=pairs[i][0] or "-", end=pairs[i][1] or "-")
    for i in backward:
        table.note("W435", column, [i], start=pairs[i][0], end=pairs[i][1])
    return begin, end


def _apart(words: str) -> tuple[str, str]:
    """Take the times of one cell apart: `오후 2시~4시`, `19:00-21:00(2시간)`."""
    parts = _SPAN.split(re.sub(r"\(.*?\)", "", words).strip().removesuffix("까지"), maxsplit=1)
    if len(parts) != 2 or not parts[0]:
        return words, ""
    if "시" in parts[1] and re.search(r"(?<!\d)\d{1,2}$", parts[0]):  # 오전 10~12시
        parts[0] += "시"
    since, until = minutes(parts[0]), minutes(parts[1])
    if since is not None and until is not None and until <= since:  # 오후 2시~4시
        return parts[0], f"오후 {parts[1]}"
    return parts[0], parts[1]


def _dates(table: Table) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]:
    found = {}
    for ours in ("first", "last"):
        read = [read_day(cell) for cell in table.text(ours)]
        for code in ("F153", "W438"):
            table.note(code, ours, [i for i, (_, told) in enumerate(read) if told == code])
        kept = [UNKNOWN_DAY if day == NEVER_ENDS else day for day, _ in read]
        found[ours] = np.array(kept, dtype="datetime64[D]")
    first, last = found["first"], found["last"]
    backward = np.flatnonzero(last < first)
    for i in backward.tolist():
        table.note("W439", "last", [i], first=first[i])
    first[backward] = last[backward] = UNKNOWN_DAY
    return first, last


def _weeks(table: Table, first: Any, last: Any, share: Any) -> npt.NDArray[np.float64]:
    """Return the weeks in which a class meets: as told, else from its first day to its last."""
    spans = (last - first) / np.timedelta64(1, "D")
    counted = np.ceil((np.floor(spans / 7) + 1) * share)
    told = table.numbers("weeks")
    return np.where(np.isfinite(told), told, counted)


def _fees(table: Table) -> npt.NDArray[np.float64]:
    """Return fees in won: 무료 is 0, the first amount of a longer text is listed."""
    read = [read_fee(cell) for cell in table.text("fee")]
    for i, (won, code) in enumerate(read):
        if code == "F443":
            table.note(code, "fee", [i], won=f"{won:,.0f}")
    table.note("W443", "fee", [i for i, (_, code) in enumerate(read) if code == "W443"])
    return np.array([won for won, _ in read], dtype=np.float64)


_REMOTE = re.compile(r"온라인|원격|비대면|화상|줌|인터넷|사이버|동영상|zoom|online|remote", re.I)
_THERE = re.compile(r"오프라인|대면|집합|방문|현장|강의실|혼합|병행|offline|room|both", re.I)


def _online(method: str) -> int:
    """Return where a class meets by its 교육방법.

    >>> [_online(m) for m in ("오프라인", "비대면(zoom)", "온라인+오프라인", "", "대면")]
    [0, 1, 2, -1, 0]
    """
    there = bool(_THERE.search(method.replace("비대면", "")))
    remote = bool(_REMOTE.search(re.sub("오프라인|offline", "", method)))
    if there and remote:
        return EITHER
    return ONLINE if remote else IN_A_ROOM if there else -1


def join_lists(parts: Sequence[Programmes]) -> Programmes:
    """Return the classes of several files as one record, in their order.

    Attributes a file does not have are blank for its classes. Raises InputError (E452) for an id
    that two files give.
    """
    return join(parts, _ARRAYS, "E452")


_ARRAYS = (
    *("ids", "names", "place", "site", "institution", "field", "days", "start", "end"),
    *("first", "last", "weeks", "seats", "fee", "audience", "ages", "online"),
)
