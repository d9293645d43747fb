"""Meeting: 읍·면·동 as units to be grouped into zones, by the times of their people to places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from access.errors import InputError, Problem
from access.measure.outcome import Outcome
from access.measure.zones import group_zones, zone_table
from access.travel.times import TravelTimes

if TYPE_CHECKING:
    import pandas as pd


def district_times(outcome: Outcome) -> TravelTimes:
    """Return the time of the average person of each 읍·면·동 to each place, NaN without a way.

    Those of its people who have no way to a place do not count in the time to it.

    >>> from access import Question, evaluate
    >>> from access.testing import toy_study
    >>> town = toy_study("abc", {"abc": {}}, people={"a": 10, "c": 5}, centres="b")
    >>> district_times(evaluate(town, Question())).tenths.tolist()
    [[833]]
    """
    study, tenths = outcome.study, outcome.times.tenths
    seconds = np.full((len(study.districts), tenths.shape[1]), np.nan)
    for d in range(len(study.districts)):
        inside = (study.cell_district == d) & (outcome.people > 0)
        times, people = tenths[inside], outcome.people[inside]
        weight = people[:, None] * (times >= 0)
        whole = weight.sum(axis=0)
        some = whole > 0
        seconds[d, some] = (weight * np.maximum(times, 0)).sum(axis=0)[some] / whole[some] / 10
    return TravelTimes.from_matrix(
        seconds, cells=study.districts.codes, places=outcome.times.places
    )


def meeting_zones(
    outcome: Outcome, zones: int, given: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return 읍·면·동 grouped into zones and a grouping that exists, scored alike: a row a zone.

    Columns `grouping` ("proposed" or "given"), `zone`, `districts` (names), `units`, `people`,
    `balance`, `place`, `place_name`, `mean_min`, `most_min` as in `zone_table`. `given` is the zone
    of each 읍·면·동 by its code. Every 읍·면·동 must be in it (E922). With 0 zones nothing is
    proposed, and only the grouping given is scored.
    """
    import pandas as pd

    study = outcome.study
    times = district_times(outcome)
    inside = study.cell_district >= 0
    people = np.bincount(
        study.cell_district[inside], weights=outcome.people[inside], minlength=len(study.districts)
    )
    groupings = {}
    if zones or given is None:
        groupings["proposed"] = group_zones(times, people=people, zones=zones).astype(str)
    if given is not None:
        absent = [c for c in study.districts.codes.tolist() if c not in given]
        if absent:
            facts = {"count": len(absent)}
            raise InputError([Problem("E922", column="zone", value=absent[0], facts=facts)])
        told = [given[c] for c in study.districts.codes.tolist()]
        groupings["given"] = pd.Series(told, index=pd.Index(times.cells, name="cell"))
    names = dict(zip(study.places.ids.tolist(), study.places.names.tolist(), strict=True))
    parts = []
    for grouping, by in groupings.items():
        table = zone_table(times, people=people, by=by).reset_index()
        labels, called = by.to_numpy().astype(str), study.districts.names
        members = [", ".join(called[labels == zone].tolist()) for zone in table["zone"].astype(str)]
        table.insert(0, "grouping", grouping)
        table.insert(2, "districts", members)
        table.insert(7, "place_name", [names[p] for p in table["place"]])
        parts.append(table)
    return pd.concat(parts, ignore_index=True)
