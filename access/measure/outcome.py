"""Outcome: the answer to a question, cell by cell and 읍·면·동 by 읍·면·동."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside
from access.ledger import Ledger
from access.study.question import Question
from access.study.study import Study
from access.travel.times import TravelTimes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Outcome(Record):
    """The answer to one question.

    times           cells x places (only the places the question asks for)
    nearest_tenths  (n,) int32 tenths of a second to the nearest place, or a negative `Why`
    nearest_place   (n,) index of that place among `times.places`, -1 for none
    assumptions     what was assumed, (key, value) pairs: speeds, shares of length by default speed
    ledger          who was left out and why, people attached
    """

    study: Study
    question: Question
    times: TravelTimes
    nearest_tenths: npt.NDArray[np.int32]
    nearest_place: npt.NDArray[np.int32]
    assumptions: tuple[tuple[str, str], ...] = ()
    ledger: Ledger = aside(factory=Ledger)
