"""A study's places, rooms, hours, classes and districts as rows with codes, for other systems.

Which columns each table has, and what they mean, stands in `dictionary.toml`.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from access._geo import project
from access._tables import find_column, fold
from access.inputs.aliases import aliases
from access.inputs.hours import SLOTS_A_DAY, Hours, closed_days, week
from access.inputs.places import NO, YES
from access.inputs.population import OLDEST
from access.inputs.programmes import EITHER, IN_A_ROOM, ONLINE
from access.korea.fields import field_name

if TYPE_CHECKING:
    from access.study.study import Study

Row = dict[str, Any]
WEEK = "월화수목금토일"
_METHODS = {IN_A_ROOM: "오프라인", ONLINE: "온라인", EITHER: "온라인+오프라인"}
_CLOSED = ("00:00", "00:00")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that is handed on, as the dictionary tells it."""

    name: str
    ko: str
    type: str
    unit: str
    codes: str
    source: str
    note: str


@cache
def dictionary() -> Mapping[str, tuple[str, tuple[Column, ...]]]:
    """Return table -> its Korean name and its columns, in order.

    >>> dictionary()["places"][1][0].ko
    '시설ID'
    """
    told = tomllib.loads(files("access.show").joinpath("dictionary.toml").read_text("utf-8"))
    return {t: (p["ko"], tuple(Column(**c) for c in p["columns"])) for t, p in told.items()}


def records(study: Study) -> dict[str, list[Row]]:
    """Return the rows of every table, by the names of their columns; None where unknown."""
    rooms, at = _rooms(study)
    return {
        "places": _places(study),
        "rooms": rooms,
        "hours": _hours(study),
        "classes": _classes(study, at),
        "districts": _districts(study),
    }


def _number(value: float) -> float | int | None:
    """Return a number as it is written: whole ones without a point, unknown ones not at all."""
    if not np.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _places(study: Study) -> list[Row]:
    places = study.places
    headers = (find_column(list(places.attributes), [a]) for a in aliases("places")["address"])
    addresses = [places.attributes[h] for h in dict.fromkeys(headers) if h is not None]
    rows = []
    for i in range(len(places)):
        district = int(study.place_district[i])
        row: Row = {
            "id": str(places.ids[i]),
            "name": str(places.names[i]),
            "kind": str(places.kind[i]),
            "category": str(places.category[i]),
            "owner": str(places.owner[i]),
            "address": next((str(a[i]) for a in addresses if a[i]), ""),
            "district_code": str(study.districts.codes[district]) if district >= 0 else "",
            "district_name": str(study.districts.names[district]) if district >= 0 else "",
            "lon": float(places.lonlat[i, 0]),
            "lat": float(places.lonlat[i, 1]),
            "seats": _number(places.seats[i]),
            "area_m2": _number(places.area_m2[i]),
            "building_m2": _number(places.building_m2[i]),
            "yearly_cost": _number(places.yearly_cost[i]),
            "step_free": {YES: "Y", NO: "N"}.get(int(places.step_free[i]), ""),
            "source_file": places.findings(i).file,
            "source_row": places.row(i),
        }
        rows.append(row | (hours_in_columns(places.hours[i]) or _NO_HOURS))
    return rows


_DAYS = ("weekday", "saturday", "sunday")
_NO_HOURS: Row = {f"{day}_{end}": "" for day in _DAYS for end in ("open", "close")}
_NO_HOURS |= {"closed_days": ""}


def hours_in_columns(hours: Hours | None) -> Row | None:
    """Return opening hours as the columns of a place, None where these cannot hold them.

    They can where every weekday on which it opens has the same one span of time, and Saturday and
    Sunday have one at most.

    >>> from access.inputs.hours import week
    >>> hours, _ = week([("9:00", "18:00")] * 5 + [("", "")] * 2, closed_days("매주 월요일"))
    >>> row = hours_in_columns(hours)
    >>> row["weekday_open"], row["weekday_close"], row["saturday_open"], row["closed_days"]
    ('09:00', '18:00', '00:00', '매주 월')
    """
    if hours is None:
        return _NO_HOURS
    shut = [d for d in range(7) if not hours.open[d].any()]
    first = next((d for d in range(5) if d not in shut), 0)
    days = dict(zip(_DAYS, (first, 5, 6), strict=True))
    closed = ",".join(WEEK[d] for d in range(5) if d in shut and first not in shut)
    told = {day: _span(hours, d) for day, d in days.items()}
    words = f"매주 {closed}" if closed else ""
    again, _ = week([told["weekday"]] * 5 + [told["saturday"], told["sunday"]], closed_days(words))
    if again != hours:
        return None
    row: Row = {}
    for day, (opens, closes) in told.items():
        row |= {f"{day}_open": opens, f"{day}_close": closes}
    return row | {"closed_days": words}


def _span(hours: Hours, day: int) -> tuple[str, str]:
    """Return when a day opens and last closes; past midnight at an hour of the next day."""
    slots = np.flatnonzero(hours.open[day])
    if not len(slots):
        return _CLOSED
    begin, end = int(slots[0]), int(slots[-1]) + 1
    if begin == 0 and hours.open[day - 1, -1]:  # the first hours are the day before's
        gap = np.flatnonzero(~hours.open[day])
        if not len(gap):
            return "00:00", "24:00"
        later = slots[slots > gap[0]]
        if not len(later):
            return _CLOSED
        begin = int(later[0])
    if end == SLOTS_A_DAY:
        over = np.flatnonzero(~hours.open[(day + 1) % 7])
        if len(over) and over[0] > 0:
            return _clock(begin * 15), _clock(int(over[0]) * 15)
    return _clock(begin * 15), _clock(end * 15)


def _hours(study: Study) -> list[Row]:
    rows = []
    for id, hours in zip(study.places.ids.tolist(), study.places.hours, strict=True):
        if hours is None:
            continue
        for day in range(7):
            edges = np.flatnonzero(np.diff(np.r_[0, hours.open[day].astype(np.int8), 0]))
            for begin, end in edges.reshape(-1, 2).tolist():
                rows.append(
                    {
                        "place_id": id,
                        "weekday": WEEK[day],
                        "open": _clock(begin * 15),
                        "close": _clock(end * 15),
                    }
                )
    return rows


def _rooms(study: Study) -> tuple[list[Row], list[str]]:
    """Return the rooms, each place as a whole first, and the room of each class."""
    places, programmes = study.places, study.programmes
    named: dict[int, dict[str, str]] = {i: {} for i in range(len(places))}
    at: list[str] = []
    taught: dict[str, list[float]] = {}
    if programmes is not None:
        for k, i in enumerate(programmes.at(places.ids).tolist()):
            if i < 0:
                at.append("")
                continue
            room = _room_name(str(programmes.site[k]), str(places.names[i]))
            id = f"{places.ids[i]}-{_digest(fold(room)) if room else 0}"
            named[i].setdefault(id, room)
            at.append(id)
            taught.setdefault(id, []).append(float(np.nan_to_num(programmes.hours_a_week[k])))
    rows = []
    for i, rooms in named.items():
        whole = {f"{places.ids[i]}-0": ""}
        for id, room in (whole | dict(sorted(rooms.items(), key=lambda r: r[1]))).items():
            rows.append(
                {
                    "room_id": id,
                    "place_id": str(places.ids[i]),
                    "room_name": room,
                    "kind": str(places.kind[i]),
                    "seats": _number(places.seats[i]),
                    "area_m2": _number(places.area_m2[i]),
                    "classes": len(taught.get(id, ())),
                    "class_hours_week": _number(sum(taught.get(id, ()))),
                }
            )
    return rows, at


def _room_name(site: str, place: str) -> str:
    """Return what of a site is not the name of its place: its room."""
    return site[len(place) :].strip(" ,-") if site.startswith(place) else site.strip()


def institution_codes(study: Study, names: Sequence[str]) -> list[str]:
    """Return a code for each institution: the id of the place of its name, else from its name."""
    first: dict[str, str] = {}
    for id, name in zip(study.places.ids.tolist(), study.places.names.tolist(), strict=True):
        first.setdefault(fold(name), id)
    return [first.get(fold(n), f"org-{_digest(fold(n))}") if n else "" for n in names]


def _classes(study: Study, at: Sequence[str]) -> list[Row]:
    classes = study.programmes
    if classes is None:
        return []
    codes = institution_codes(study, classes.institution.tolist())
    rows = []
    for i in range(len(classes)):
        timed = classes.start[i] >= 0
        oldest = int(classes.ages[i, 1])
        rows.append(
            {
                "class_id": str(classes.ids[i]),
                "class": str(classes.names[i]),
                "place_id": str(classes.place[i]),
                "room_id": at[i],
                "site": str(classes.site[i]),
                "institution_code": codes[i],
                "institution": str(classes.institution[i]),
                "field": str(classes.field[i]),
                "field_name": field_name(str(classes.field[i])),
                "weekdays": ",".join(WEEK[d] for d in np.flatnonzero(classes.days[i])),
                "start": _clock(int(classes.start[i])) if timed else "",
                "end": _clock(int(classes.end[i])) if timed else "",
                "first": "" if np.isnat(classes.first[i]) else str(classes.first[i]),
                "last": "" if np.isnat(classes.last[i]) else str(classes.last[i]),
                "weeks": _number(classes.weeks[i]),
                "seats": _number(classes.seats[i]),
                "fee": _number(classes.fee[i]),
                "audience": str(classes.audience[i]),
                "age_from": int(classes.ages[i, 0]),
                "age_to": None if oldest >= OLDEST else oldest,
                "method": _METHODS.get(int(classes.online[i]), ""),
                "source_file": classes.findings(i).file,
                "source_row": classes.row(i),
            }
        )
    return rows


def _districts(study: Study) -> list[Row]:
    import shapely

    areas = shapely.area(
        shapely.transform(np.asarray(study.districts.shapes), lambda xy: project(xy, study.crs))
    )
    points = shapely.get_coordinates(shapely.point_on_surface(study.districts.shapes))
    places = np.bincount(study.place_district + 1, minlength=len(study.districts) + 1)[1:]
    held = np.zeros(len(study.districts), dtype=int)
    if study.programmes is not None:
        where = study.programmes.at(study.places.ids)
        index = study.place_district[where[where >= 0]]
        np.add.at(held, index[index >= 0], 1)
    return [
        {
            "code": str(study.districts.codes[i]),
            "name": str(study.districts.names[i]),
            "area_km2": round(float(areas[i]) / 1e6, 4),
            "lon": round(float(points[i, 0]), 6),
            "lat": round(float(points[i, 1]), 6),
            "places": int(places[i]),
            "classes": int(held[i]),
        }
        for i in range(len(study.districts))
    ]
