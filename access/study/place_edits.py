"""Edits of places: open, close, move, and their hours and seats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field

from access._frozen import frozen, texts
from access.errors import InputError, Problem
from access.inputs.hours import Hours, read_week
from access.inputs.places import NO, UNKNOWN, YES, Places
from access.study.edit import (
    Change,
    Edit,
    LonLat,
    Text,
    check_near,
    find_place,
    place_name,
    shown_point,
)
from access.study.join import locate

if TYPE_CHECKING:
    from access.study.study import Study

OPEN, CLOSED = "centre", "closed"
"""The kinds of a place that opens, unless said otherwise, and of one that closes."""


def _readable(text: str) -> str:
    if read_week(text) is None:
        raise ValueError("hours")
    return text


Seats = Annotated[float, Field(ge=0, le=1_000_000)]
Week = Annotated[Text, AfterValidator(_readable)]


class OpenPlace(Edit):
    """Open a place there is (an idle room, or one that was closed): it becomes a centre."""

    do: Literal["open_place"] = "open_place"
    place: Text
    kind: Text = OPEN
    seats: Seats | None = None
    hours: Week | None = None

    def change(self, study: Study) -> Change:
        i = find_place(study, "place", self.place)
        places = _put(study.places, i, kind=self.kind)
        if self.seats is not None:
            places = _put(places, i, seats=self.seats)
        if self.hours is not None:
            places = replace(places, hours=_hours(places, i, self.hours))
        name = place_name(study, i)
        told = f"문을 엶: {name}", f"Open {name}"
        also = [part for part in ("seats", "hours") if getattr(self, part) is not None]
        return Change(replace(study, places=places), told, _decides(study, i, "open", *also))


class AddPlace(Edit):
    """Open a place that is not there yet."""

    do: Literal["add_place"] = "add_place"
    id: Text
    name: Text | None = None
    at: LonLat
    kind: Text = OPEN
    seats: Seats | None = None
    hours: Week | None = None
    step_free: bool | None = None

    def change(self, study: Study) -> Change:
        ids = study.places.ids.tolist()
        if self.id in ids:
            taken = place_name(study, ids.index(self.id))
            raise InputError.of("E680", column="id", value=self.id, facts={"taken": taken})
        at = np.array([self.at])
        check_near(study, "at", at)
        home = locate(at, study.districts)
        after = replace(
            study,
            places=_appended(study.places, self),
            place_district=frozen(np.append(study.place_district, home), np.int32),
        )
        name, lonlat = place_name(after, len(ids)), shown_point(at[0])
        told = f"새로 엶: {name}, {lonlat}", f"Open a new place: {name}, {lonlat}"
        return Change(after, told, _decides(after, len(ids)), _outside("at", name, home[0]))


class ClosePlace(Edit):
    """Close a place: it stays in the lists and no question counts it."""

    do: Literal["close_place"] = "close_place"
    place: Text

    def change(self, study: Study) -> Change:
        i = find_place(study, "place", self.place)
        name = place_name(study, i)
        after = replace(study, places=_put(study.places, i, kind=CLOSED))
        # Whatever else were changed of a place that closes would be for nothing.
        return Change(after, (f"문을 닫음: {name}", f"Close {name}"), _decides(study, i, *_PARTS))


class MovePlace(Edit):
    """Move a place."""

    do: Literal["move_place"] = "move_place"
    place: Text
    to: LonLat

    def change(self, study: Study) -> Change:
        i = find_place(study, "place", self.place)
        check_near(study, "to", np.array([self.to]))
        lonlat, district = study.places.lonlat.copy(), study.place_district.copy()
        lonlat[i] = self.to
        district[i] = locate(lonlat[i : i + 1], study.districts)[0]
        after = replace(
            study,
            places=replace(study.places, lonlat=frozen(lonlat)),
            place_district=frozen(district),
        )
        name, to = place_name(study, i), shown_point(lonlat[i])
        told = f"옮김: {name}, {to}", f"Move {name} to {to}"
        decides = _decides(study, i, "where")
        return Change(after, told, decides, _outside("to", name, district[i]))


class ChangeHours(Edit):
    """Change the opening hours of a place: "월~금 09:00-21:00, 토 10:00-17:00"."""

    do: Literal["change_hours"] = "change_hours"
    place: Text
    hours: Week

    def change(self, study: Study) -> Change:
        i = find_place(study, "place", self.place)
        places = replace(study.places, hours=_hours(study.places, i, self.hours))
        name = place_name(study, i)
        told = f"여는 시간을 바꿈: {name}, {self.hours}", f"Change hours: {name}, {self.hours}"
        return Change(replace(study, places=places), told, _decides(study, i, "hours"))


class ChangeSeats(Edit):
    """Change the seats of a place."""

    do: Literal["change_seats"] = "change_seats"
    place: Text
    seats: Seats

    def change(self, study: Study) -> Change:
        i = find_place(study, "place", self.place)
        name, seats = place_name(study, i), f"{self.seats:,g}"
        told = f"좌석을 바꿈: {name}, {seats}석", f"Change seats: {name}, {seats}"
        places = _put(study.places, i, seats=self.seats)
        return Change(replace(study, places=places), told, _decides(study, i, "seats"))


_PARTS = ("open", "where", "hours", "seats")


def _decides(study: Study, i: int, *parts: str) -> tuple[tuple[str, ...], ...]:
    return tuple(("place", str(study.places.ids[i]), part) for part in parts or ("open",))


def _outside(column: str, name: str, district: int) -> tuple[Problem, ...]:
    return () if district >= 0 else (Problem("W683", column=column, value=name),)


def _put(places: Places, i: int, **values: Any) -> Places:
    """Return places one of which has other values."""
    changed: dict[str, Any] = {}
    for field, value in values.items():
        column = getattr(places, field).tolist()
        column[i] = value
        old = getattr(places, field)
        changed[field] = texts(column) if old.dtype.kind == "U" else frozen(column, old.dtype)
    return replace(places, **changed)


def _hours(places: Places, i: int, text: str) -> tuple[Hours | None, ...]:
    hours = list(places.hours) or [None] * len(places)
    hours[i] = read_week(text)
    return tuple(hours)


def _appended(places: Places, new: AddPlace) -> Places:
    """Return places with one more at the end; what is not said of it is unknown."""
    known: Mapping[str, Any] = {
        "ids": new.id,
        "names": new.name or new.id,
        "kind": new.kind,
        "seats": np.nan if new.seats is None else new.seats,
        "step_free": UNKNOWN if new.step_free is None else YES if new.step_free else NO,
        **dict.fromkeys(("area_m2", "building_m2", "yearly_cost"), np.nan),
        **dict.fromkeys(("category", "owner"), ""),
    }
    grown: dict[str, Any] = {
        field: texts([*old.tolist(), value])
        if (old := getattr(places, field)).dtype.kind == "U"
        else frozen(np.append(old, value), old.dtype)
        for field, value in known.items()
    }
    hours = None if new.hours is None else read_week(new.hours)
    return replace(
        places,
        **grown,
        lonlat=frozen(np.vstack([places.lonlat, new.at])),
        hours=(*(places.hours or (None,) * len(places)), hours),
        attributes={name: texts([*old.tolist(), ""]) for name, old in places.attributes.items()},
        rows=None if places.rows is None else frozen(np.append(places.rows, 0)),
        files=None if places.files is None else texts([*places.files.tolist(), ""]),
        sheets=None if places.sheets is None else texts([*places.sheets.tolist(), ""]),
    )
