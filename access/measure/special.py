"""Special origins and groups: schools and work places, groups each in their own way, those whom
neither a place nor a screen serves, and citizens who could teach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from access.errors import InputError, Problem
from access.measure.outcome import Outcome
from access.measure.pairs import tenths_of
from access.measure.seats import by_district, district_rows
from access.study.extras import refuse_rates

if TYPE_CHECKING:
    import pandas as pd


def origin_matrix(outcome: Outcome) -> pd.DataFrame:
    """Return the minutes from each origin (row) to each place (column), infinite without a way.

    For few origins, such as schools: see `Study.with_origins`. Rows by id, columns by place id.
    """
    import pandas as pd

    tenths = outcome.times.tenths
    return pd.DataFrame(
        np.where(tenths >= 0, tenths / 600, np.inf),
        index=pd.Index(outcome.times.cells, name="origin"),
        columns=pd.Index(outcome.times.places, name="place"),
    )


def who_reaches(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return what each question finds, by 읍·면·동: groups each with their own mode and limit.

    Columns `code, name, question, group, mode, profile, walk_ms, minutes, people, reached`: pace
    in metres a second, minutes the question's limit.

    >>> from access import Question, evaluate
    >>> from access.testing import toy_study
    >>> town = toy_study("abc", {"abc": {}}, people={"a": 10, "c": 5}, centres="b")
    >>> walk = Question(minutes=(1, 2))
    >>> who_reaches([evaluate(town, walk), evaluate(town, walk.but(minutes=(1,)))]).reached.tolist()
    [15.0, 15.0, 0.0, 0.0]
    """
    import pandas as pd

    rows = []
    for outcome in outcomes:
        asked, study = outcome.question, outcome.study
        pace = study.mode(asked.mode, asked.profile).walk_ms
        told = (outcome.name, asked.group, asked.mode, asked.profile, pace, asked.limit)
        people = by_district(study, outcome.people)
        reached = by_district(study, np.where(outcome.reached(), outcome.people, 0.0))
        for place, whole, part in zip(district_rows(study), people, reached, strict=True):
            rows.append((*place, *told, whole, part))
    columns = ["code", "name", "question", "group", "mode", "profile", "walk_ms", "minutes"]
    return pd.DataFrame(rows, columns=[*columns, "people", "reached"])


def neither_served(outcome: Outcome, rates: Mapping[str, float]) -> pd.DataFrame:
    """Return, by 읍·면·동 and age group, who has no place within the limit nor is served online.

    `rates` are the shares of each group that online classes are likely to serve, from 0 to 1, by
    the planner's own survey. Columns `code, name, group, people, unreached`, `online` (of these,
    likely served so) and `neither`; "all" sums the groups given.

    Raises InputError for a group that the study does not have (E604), groups of which one is part
    of another (E923), and a rate that is not from 0 to 1 (E924).
    """
    import pandas as pd

    study = outcome.study
    refuse_rates(study.groups, rates)
    far = outcome.underserved()
    parts = []
    for name, rate in rates.items():
        people = study.groups[name]
        all_, out = by_district(study, people), by_district(study, np.where(far, people, 0.0))
        codes, names = zip(*district_rows(study), strict=True)
        columns = {"code": codes, "name": names, "group": name, "people": all_, "unreached": out}
        parts.append(pd.DataFrame({**columns, "online": rate * out, "neither": (1 - rate) * out}))
    whole = parts[0].copy()
    counts = ["people", "unreached", "online", "neither"]
    whole[counts] = sum(part[counts] for part in parts)
    whole["group"] = "all"
    return pd.concat([whole, *parts], ignore_index=True)


def staffing(outcome: Outcome, teachers: pd.DataFrame) -> pd.DataFrame:
    """Return how many citizens who could teach each field are within the limit of each place.

    `teachers` has columns `district` (code), `field` and `people`. They are taken to live as the
    people of their district do. A row a place, field and district from which any reach it: columns
    `place, name, field, district, district_name, share` (of the district's people within the
    limit, percent) and `teachers` (that share of its teachers).

    Raises InputError for a district that the study does not have (E925).
    """
    import pandas as pd

    study, limit = outcome.study, tenths_of(outcome.question.limit)
    known = {code: d for d, code in enumerate(study.districts.codes.tolist())}
    absent = [code for code in teachers["district"].astype(str) if code not in known]
    if absent:
        raise InputError([Problem("E925", column="district", value=absent[0])])
    near = (outcome.times.tenths >= 0) & (outcome.times.tenths <= limit)
    share = np.zeros((len(known), near.shape[1]))
    for d in range(len(known)):
        inside = study.cell_district == d
        people = outcome.people[inside]
        if people.sum() > 0:
            share[d] = people @ near[inside] / people.sum()
    names = study.places.names[outcome.place_index].tolist()
    rows = []
    for row in teachers.to_dict("records"):
        d = known[str(row["district"])]
        for j in np.flatnonzero(share[d] > 0).tolist():
            if row["people"] > 0:
                place = (str(outcome.times.places[j]), names[j], row["field"])
                home = (str(row["district"]), str(study.districts.names[d]))
                rows.append((*place, *home, 100 * share[d, j], share[d, j] * row["people"]))
    columns = ["place", "name", "field", "district", "district_name", "share", "teachers"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["place", "field", "district"], ignore_index=True)
