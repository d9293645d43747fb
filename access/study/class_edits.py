"""Edits of classes: add, cancel, and their place, times, seats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field

from access._frozen import frozen, texts
from access.errors import InputError
from access.inputs.hours import minutes
from access.inputs.programmes import Programmes
from access.inputs.weekdays import read_weekdays
from access.korea.fields import fields
from access.study.edit import Change, Edit, Text, find_class, find_place, nearest

if TYPE_CHECKING:
    from access.study.study import Study


def _told_days(text: str) -> str:
    if not any(read_weekdays(text).days):
        raise ValueError("weekdays")
    return text


def _told_time(text: str) -> str:
    if minutes(text) is None:
        raise ValueError("time")
    return text


Days = Annotated[Text, AfterValidator(_told_days)]
Time = Annotated[Text, AfterValidator(_told_time)]
Learners = Annotated[float, Field(ge=0, le=100_000)]


class AddClass(Edit):
    """Add a class at a place there is."""

    do: Literal["add_class"] = "add_class"
    id: Text
    name: Text
    place: Text
    field: Text
    weekdays: Days
    start: Time
    end: Time
    seats: Learners | None = None
    weeks: Annotated[float, Field(gt=0, le=53)] | None = None

    def change(self, study: Study) -> Change:
        held = _held(study)
        if self.id in held.ids.tolist():
            taken = str(held.names[held.ids.tolist().index(self.id)])
            raise InputError.of("E680", column="id", value=self.id, facts={"taken": taken})
        place, site = _place(study, self.place)
        values: dict[str, Any] = {
            "ids": self.id,
            "names": self.name,
            "place": place,
            "site": site,
            "field": _field(self.field),
            "days": read_weekdays(self.weekdays).days,
            **_times(self.start, self.end),
            "seats": np.nan if self.seats is None else self.seats,
            "weeks": np.nan if self.weeks is None else self.weeks,
            "online": 0,
        }
        what = f"{self.name}, {site}, {self.weekdays} {self.start}~{self.end}"
        told = f"강좌를 엶: {what}", f"Add a class: {what}"
        after = replace(study, programmes=_appended(held, values))
        return Change(after, told, (("class", self.id, "held"),))


class CancelClass(Edit):
    """Cancel a class."""

    do: Literal["cancel_class"] = "cancel_class"
    id: Text

    def change(self, study: Study) -> Change:
        held = _held(study)
        i = find_class(study, "id", self.id)
        name, id = str(held.names[i]), str(held.ids[i])
        after = replace(study, programmes=_taken(held, np.arange(len(held)) != i))
        # Whatever else were changed of a class that is cancelled would be for nothing.
        decides = tuple(("class", id, part) for part in ("held", "where", "when", "seats"))
        return Change(after, (f"강좌를 닫음: {name} ({id})", f"Cancel {name} ({id})"), decides)


class ChangeClass(Edit):
    """Change where or when a class meets, or its seats."""

    do: Literal["change_class"] = "change_class"
    id: Text
    place: Text | None = None
    weekdays: Days | None = None
    start: Time | None = None
    end: Time | None = None
    seats: Learners | None = None

    def change(self, study: Study) -> Change:
        held = _held(study)
        i = find_class(study, "id", self.id)
        values: dict[str, Any] = {}
        if self.place is not None:
            values["place"], values["site"] = _place(study, self.place)
        if self.weekdays is not None:
            values["days"] = read_weekdays(self.weekdays).days
        if self.start is not None or self.end is not None:
            values |= _times(self.start, self.end, int(held.start[i]), int(held.end[i]))
        if self.seats is not None:
            values["seats"] = self.seats
        if not values:
            raise InputError.of("E699", column="id", value=self.id)
        parts = {"place": "where", "days": "when", "start": "when", "seats": "seats"}
        decided = sorted({parts[key] for key in values if key in parts})
        id, name = str(held.ids[i]), str(held.names[i])
        told = f"강좌를 바꿈: {name} ({id})", f"Change {name} ({id})"
        after = replace(study, programmes=_put(held, i, values))
        return Change(after, told, tuple(("class", id, part) for part in decided))


def _held(study: Study) -> Programmes:
    if study.programmes is None:
        raise InputError.of("E690", column="do")
    return study.programmes


def _place(study: Study, wanted: str) -> tuple[str, str]:
    i = find_place(study, "place", wanted)
    return str(study.places.ids[i]), str(study.places.names[i])


def _field(wanted: str) -> str:
    known = fields()
    for code, field in known.items():
        if wanted in (code, field.ko, *field.names):
            return code
    near = nearest(wanted, [field.ko for field in known.values()], 1)
    raise InputError.of("E698", column="field", value=wanted, facts={"nearest": near})


def _times(start: str | None, end: str | None, was: int = -1, until: int = -1) -> dict[str, int]:
    """Return start and end; raise InputError (E684) where a class would end before it begins."""
    begins = was if start is None else minutes(start)
    ends = until if end is None else minutes(end)
    if begins is None or ends is None or not 0 <= begins < ends:
        raise InputError.of("E684", column="end", value=f"{start or ''}~{end or ''}")
    return {"start": begins, "end": ends}


def _columns(held: Programmes) -> dict[str, Any]:
    """Return the columns of a record of classes, of whatever type."""
    from dataclasses import fields as parts

    columns = {part.name: getattr(held, part.name) for part in parts(held)}
    return {name: column for name, column in columns.items() if isinstance(column, np.ndarray)}


def _as_before(values: Any, old: Any) -> Any:
    return texts(list(values)) if old.dtype.kind == "U" else frozen(values, old.dtype)


def _taken(held: Programmes, keep: Any) -> Programmes:
    columns = {n: _as_before(old[keep], old) for n, old in _columns(held).items()}
    others = {n: texts(list(old[keep])) for n, old in held.attributes.items()}
    return replace(held, **columns, attributes=others)


def _put(held: Programmes, i: int, values: dict[str, Any]) -> Programmes:
    changed = {}
    for name, value in values.items():
        old = getattr(held, name)
        column = old.astype(object) if old.dtype.kind == "U" else old.copy()
        column[i] = value
        changed[name] = _as_before(column, old)
    return replace(held, **changed)


_UNKNOWN: dict[str, Any] = {
    "first": np.datetime64("NaT"),
    "last": np.datetime64("NaT"),
    "fee": np.nan,
    "ages": (0, 999),
}


def _appended(held: Programmes, values: dict[str, Any]) -> Programmes:
    """Return classes with one more at the end; what is not said of it is unknown."""
    grown = {}
    for name, old in _columns(held).items():
        empty: Any = "" if old.dtype.kind == "U" else 0
        value = values.get(name, _UNKNOWN.get(name, empty))
        row = np.array([value], dtype=object if old.dtype.kind == "U" else old.dtype)
        grown[name] = _as_before(np.concatenate([old.astype(row.dtype), row]), old)
    others = {n: texts([*old.tolist(), ""]) for n, old in held.attributes.items()}
    return replace(held, **grown, attributes=others)
