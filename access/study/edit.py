"""Edit: one change of a study, a small plain value; what all kinds of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from access._geo import great_circle
from access.errors import InputError, Problem

if TYPE_CHECKING:
    from access.study.study import Study

FARTHEST_M = 50_000.0
"""A point so far from every cell is a slip of the pen: longitude for latitude, another city."""

Target = tuple[str, ...]
Text = Annotated[str, AfterValidator(lambda text: normalize("NFC", text)), Field(min_length=1)]
"""Text as a keyboard makes it: Hangul as whole syllables."""
LonLat = tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]]


@dataclass(frozen=True, slots=True)
class Change:
    """What one edit does to one study.

    study    the study after it
    told     what was done, in Korean and in English
    sets     what it decides; two edits of a scenario must not decide the same
    remarks  problems that do not stop it (W)
    """

    study: Study
    told: tuple[str, str]
    sets: tuple[Target, ...] = ()
    remarks: tuple[Problem, ...] = ()


class Edit(BaseModel):
    """One edit: frozen, equal to another with the same values. Kinds are listed in `edits`."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        allow_inf_nan=False,
        populate_by_name=True,
    )
    do: str

    def change(self, study: Study) -> Change:
        """Return what it does to a study; raise InputError with everything that stops it."""
        raise NotImplementedError


def nearest(text: str, known: Sequence[str], n: int = 3) -> str:
    """Return the names closest to a text, for a message.

    >>> nearest("idle-0004", ["idle-004", "centre-001"], 1)
    'idle-004'
    """
    return ", ".join(get_close_matches(text[:200], known, n=n, cutoff=0.0)) or "-"


def find_place(study: Study, column: str, wanted: str) -> int:
    """Return the index of a place by its id, or by a name that only one place has.

    Raises InputError where none is so called (E634), or several are (E635).
    """
    return _find(column, wanted, study.places.ids.tolist(), study.places.names.tolist(), "E634")


def find_class(study: Study, column: str, wanted: str) -> int:
    """Return the index of a class by its id, or by a name that only one has (E679, E635)."""
    classes = study.programmes
    ids, names = ([], []) if classes is None else (classes.ids.tolist(), classes.names.tolist())
    return _find(column, wanted, ids, names, "E679")


def find_district(study: Study, column: str, wanted: str) -> int:
    """Return the index of a 읍·면·동 by its code, or by a name that only one has (E636, E635)."""
    districts = study.districts
    return _find(column, wanted, districts.codes.tolist(), districts.names.tolist(), "E636")


def _find(column: str, wanted: str, ids: list[str], names: list[str], code: str) -> int:
    if wanted in ids:
        return ids.index(wanted)
    names = [normalize("NFC", name) for name in names]
    called = [i for i, name in enumerate(names) if name == wanted]
    if len(called) == 1:
        return called[0]
    if called:
        facts = {"several": ", ".join(ids[i] for i in called[:5])}
        raise InputError.of("E635", column=column, value=wanted, facts=facts)
    close = get_close_matches(wanted[:200], [*ids, *names], n=3, cutoff=0.0)
    near = [ids.index(c) if c in ids else names.index(c) for c in close]
    listed = ", ".join(dict.fromkeys(f"{names[i]} ({ids[i]})" for i in near))
    raise InputError.of(code, column=column, value=wanted, facts={"nearest": listed or "-"})


def check_near(study: Study, column: str, lonlat: npt.NDArray[np.float64]) -> None:
    """Raise InputError (E682) where one of (n, 2) points is far from every cell."""
    east, north = study.cells.lonlat.T
    for point in lonlat:
        away = great_circle(east, north, point[:1], point[1:]).min()
        if away > FARTHEST_M:
            facts = {"km": f"{away / 1000:,.0f}"}
            raise InputError.of("E682", column=column, value=shown_point(point), facts=facts)


def place_name(study: Study, i: int) -> str:
    """Return how a sentence calls a place."""
    return f"{study.places.names[i]} ({study.places.ids[i]})"


def shown_point(point: npt.NDArray[np.float64]) -> str:
    """Return longitude and latitude as a sentence has them."""
    return f"{point[0]:g}, {point[1]:g}"
