"""Classes by hand, and a town where they meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from access import Question, evaluate
from access._frozen import frozen, texts
from access.inputs.hours import week
from access.inputs.programmes import ONLINE, Programmes
from access.measure.outcome import Outcome
from access.study.study import Study
from access.testing import toy_study

DAYS = "월화수목금토일"
OPEN = [("9:00", "21:00")] * 5 + [("", "")] * 2
MORNINGS = [("9:00", "12:00")] * 5 + [("", "")] * 2


@dataclass(frozen=True)
class Class:
    """One class; a time of -1 is unknown."""

    place: str
    field: str = "arts"
    days: str = "월"
    hours: tuple[float, float] = (10, 12)
    institution: str = ""
    site: str = ""
    seats: float = 10
    weeks: float = 10
    dates: tuple[str, str] = ("2025-03-03", "2025-05-09")
    ages: tuple[int, int] = (0, 999)
    online: int = 0


def programmes(classes: Sequence[Class]) -> Programmes:
    """Return classes as a study holds them."""
    n = len(classes)

    def column(name: str) -> np.ndarray:
        return texts([getattr(c, name) for c in classes])

    return Programmes(
        ids=texts([f"class-{i}" for i in range(n)]),
        names=texts([f"class {i}" for i in range(n)]),
        place=column("place"),
        site=texts([c.site or c.place for c in classes]),
        institution=texts([c.institution or c.place.upper() for c in classes]),
        field=column("field"),
        days=frozen([[d in c.days for d in DAYS] for c in classes], bool),
        start=frozen([60 * c.hours[0] if c.hours[0] >= 0 else -1 for c in classes], np.int16),
        end=frozen([60 * c.hours[1] if c.hours[0] >= 0 else -1 for c in classes], np.int16),
        first=frozen([np.datetime64(c.dates[0], "D") for c in classes]),
        last=frozen([np.datetime64(c.dates[1], "D") for c in classes]),
        weeks=frozen([c.weeks for c in classes], float),
        seats=frozen([c.seats for c in classes], float),
        fee=frozen(np.zeros(n)),
        audience=texts([""] * n),
        ages=frozen([c.ages for c in classes], np.int16),
        online=frozen([c.online for c in classes], np.int8),
    )


def town(classes: Sequence[Class], hours=None, people=None) -> Study:
    """Four houses in a row, 300 m apart, with centres at the first, second and last.

    Within 6 minutes at 0.83 m/s (300 m) lie one's own house and the next.
    """
    study = toy_study(
        "abcd",
        {"abcd": {}},
        people=people or {"a": 100, "b": 50, "c": 30, "d": 8},
        centres="abd",
        districts={"가동": "ab", "나면": "cd"},
        spacing_m=300,
    )
    places = study.places
    if hours is not None:
        told = tuple(week(hours[i])[0] if i in hours else None for i in places.ids.tolist())
        places = replace(places, hours=told)
    return replace(study, places=places, programmes=programmes(classes))


def asked(study: Study, **changes: object) -> Outcome:
    """Return who reaches the centres within six minutes and a half."""
    question = Question(mode="walk", profile="policy", minutes=(6.5,), name="도보")
    return evaluate(study, question.but(**changes))


__all__ = ["MORNINGS", "ONLINE", "OPEN", "Class", "asked", "programmes", "town"]
