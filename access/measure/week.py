"""The week of the classes: when somebody has one within reach, by hour and weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from access.inputs.hours import SLOTS_A_DAY
from access.measure.offers import Offers
from access.measure.pairs import weigh

if TYPE_CHECKING:
    import pandas as pd


def class_week(offers: Offers) -> pd.DataFrame:
    """Return the people who have a class within the limit, by hour (row) and weekday.

    A class counts in every hour it meets in. Rows are hours 0 to 23, columns days 0 (Monday) to 6;
    all classes of the list count as of one week, those of unknown times in no hour.
    """
    import pandas as pd

    outcome = offers.outcome
    _, reach, _ = weigh(offers.pairs(), outcome.question.limit, None)
    slots = offers.programmes.slots[offers.classes]
    hourly = slots.reshape(len(slots), 7, 24, SLOTS_A_DAY // 24).any(axis=3)
    held = np.zeros((len(outcome.place_index), 7 * 24), dtype=bool)
    np.logical_or.at(held, offers.place, hourly.reshape(len(slots), -1))
    patterns, which = np.unique(held, axis=1, return_inverse=True)
    reached = outcome.people @ ((reach @ patterns.astype(np.float64)) > 0)
    return pd.DataFrame(reached[which.ravel()].reshape(7, 24).T)
