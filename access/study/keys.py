"""The keys that each part of `study.toml` may have."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from access.errors import InputError
from access.study.question import DEFAULT_MINUTES
from access.study.standard import Standard


class Part(BaseModel):
    """A part, of which no key is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class TableOptions(Part):
    """How to read a table; `columns` maps our names to the file's.

    `as_of` is the date of its data, where the file does not say it.
    """

    as_of: date | None = None
    encoding: str | None = None
    sheet: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)


class TableFile(TableOptions):
    """A table and how to read it."""

    file: str


class StreetsPart(Part):
    """Streets: a file, or the name of a place to download.

    `keep` allows what preparing a large city takes longest to be kept beside the file.
    """

    file: str | None = None
    place: str | None = None
    keep: bool = True


class ReliefPart(Part):
    """Heights of the ground: a raster, and its coordinate system where it does not say."""

    file: str
    crs: int | None = None


class DistrictsPart(TableFile):
    """읍·면·동: a file of polygons and the fields of their code and name."""

    crs: int | None = None
    code: str | None = None
    name: str | None = None


class ResidentsPart(TableFile):
    """Counted residents and the layout of their file."""

    format: str = "mois"


class CrosswalkPart(TableFile):
    """Codes that belong together: 법정동·리 and 읍·면·동, or before and after a change."""


class CellsPart(TableOptions):
    """Populated cells: the columns of their id, people and, where given, position.

    Or how to make them of the residents of the districts: evenly (`area`), or where a file of
    buildings or a raster says that people live; `weight` and `floors` are columns of buildings.
    """

    file: str | None = None
    make: Literal["area", "buildings", "raster"] | None = None
    weight: str | None = None
    floors: str | None = None
    id: str | None = None
    people: str | None = None
    lon: str | None = None
    lat: str | None = None
    crs: int | None = None
    crs_sure: bool = False  # the planner has seen on a map that crs is right
    district: str | None = None
    size: int | None = None  # metres of a square: of a grid code that leaves it open, or to make


class PlacesPart(TableFile):
    """Places of one kind."""

    kind: Annotated[str, Field(min_length=1)]
    format: str | None = None
    id: str | None = None
    crs: int | None = None
    crs_sure: bool = False


class AddressesPart(TableFile):
    """A table that says where addresses are."""

    crs: int | None = None
    crs_sure: bool = False


class ProgrammesPart(TableFile):
    """Classes held at the places."""

    format: str | None = None
    id: str | None = None


class MeasuresPart(Part):
    """What the chapters of the report look into; the fields of `Extras`."""

    question: str = ""
    field: str = ""
    band: str = ""
    participation: float | None = None
    zones: int = 5
    online: dict[str, float] = Field(default_factory=dict)


class ZonesPart(TableFile):
    """The zone of each 읍·면·동 today."""


class TeachersPart(TableFile):
    """Citizens who could teach, by 읍·면·동 and field."""


class OriginsPart(TableFile):
    """Schools, work places or villages: where people start other than from home."""

    id: str | None = None
    people: str | None = None
    lon: str | None = None
    lat: str | None = None
    crs: int | None = None


class QuestionPart(Part):
    """A question; the fields of `Question`."""

    name: str = ""
    mode: str = "walk"
    profile: str = "general"
    minutes: list[float] = Field(default_factory=lambda: list(DEFAULT_MINUTES))
    group: str = "all"
    to: list[str] = Field(default_factory=lambda: ["centre"])
    snap_m: float | None = None


class StandardPart(Part):
    """A standard: an official preset with changes, or the planner's own fields of `Standard`."""

    preset: str | None = None
    item: str | None = None
    name: str | None = None
    mode: str | None = None
    metres: float | None = None
    minutes: float | None = None
    per_district: int | None = None
    kmh: float | None = None
    compare: list[float] | None = None
    to: list[str] | None = None
    category: list[str] | None = None
    group: str | None = None
    scope: str | None = None
    target: float | None = None
    source: str | None = None
    status: str | None = None

    def standards(self) -> tuple[Standard, ...]:
        """Return the standards it stands for; raise InputError for what cannot be."""
        given = self.model_dump(exclude_none=True)
        if self.preset is not None:
            return Standard.from_preset(given.pop("preset"), given.pop("item", ""), **given)
        if self.item is not None or not self.name:
            raise InputError.of("E623", column="preset" if self.item else "name")
        return (Standard(**given),)


PARTS: dict[str, type[BaseModel]] = {
    "streets": StreetsPart,
    "relief": ReliefPart,
    "districts": DistrictsPart,
    "residents": ResidentsPart,
    "crosswalk": CrosswalkPart,
    "cells": CellsPart,
    "addresses": AddressesPart,
    "places": PlacesPart,
    "programmes": ProgrammesPart,
    "question": QuestionPart,
    "standard": StandardPart,
    "measures": MeasuresPart,
    "zones": ZonesPart,
    "teachers": TeachersPart,
    "origins": OriginsPart,
}
