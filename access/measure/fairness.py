"""Fairness: how evenly access is spread over the people of a study, in the usual indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from access.measure.catchments import two_step
from access.measure.equity import atkinson, concentration, gini, mean, palma, theil, theil_parts
from access.measure.groups import gaps
from access.measure.offers import has_offers, offers_of
from access.measure.opportunities import cumulative
from access.measure.outcome import Outcome
from access.measure.pairs import Floats, pairs_within
from access.measure.poverty import fgt

if TYPE_CHECKING:
    import pandas as pd

OLD = "65+"
"""Where income is missing, whoever lives among more people of this age is ranked worse off."""


def access_value(outcome: Outcome) -> tuple[str, Floats]:
    """Return what access is here, and how much of it each cell has.

    "seats": seats of classes per 1,000 people (2SFCA within the limit), where the study has
    classes; else "places": the number of places within it.
    """
    limit = outcome.question.limit
    if has_offers(outcome):
        offers = offers_of(outcome)
        seats = offers.at_places(offers.seats)
        if seats.sum() > 0:
            found = two_step(offers.pairs(), people=outcome.people, supply=seats, minutes=limit)
            return "seats", 1000 * found.to_numpy(dtype=np.float64)
    found = cumulative(pairs_within(outcome.times, limit), minutes=limit)
    return "places", found.to_numpy(dtype=np.float64)


def old_share(outcome: Outcome) -> Floats | None:
    """Return the share of people aged 65 and more in each cell, None where ages are not known."""
    groups = outcome.study.groups
    if OLD not in groups:
        return None
    everyone = groups["all"]
    return np.divide(groups[OLD], everyone, out=np.zeros(len(everyone)), where=everyone > 0)


def equity_table(outcome: Outcome) -> pd.DataFrame:
    """Return the indices of the city: a row an index, columns `index` and `value`.

    `mean`, `none` (the share of people without any), `gini`, `theil`, `theil_between` (the percent
    of it that lies between 읍·면·동), `atkinson`, and where ages are known `palma` and
    `concentration`, ranked by the share of people aged 65 and more (most is worst off);
    `headcount`, `gap` and `severity` of minutes beyond the question's limit (`fgt`, no way counts
    as wholly short), in percent.

    >>> from access import Question, evaluate
    >>> from access.testing import toy_study
    >>> town = toy_study("abc  d", {"abc": {}}, people={"a": 9, "d": 3}, centres="b")
    >>> table = equity_table(evaluate(town, Question(minutes=(2,)))).set_index("index")["value"]
    >>> table[["none", "gini"]].tolist()
    [25.0, 0.25]
    """
    import pandas as pd

    study, people = outcome.study, outcome.people
    _, value = access_value(outcome)
    by = np.append(study.districts.codes, "")[study.cell_district]
    whole = theil(value, people)
    between = float(theil_parts(value, people, by)["between"].sum())
    rows = [
        ("mean", mean(value, people)),
        ("none", 100 * mean(value <= 0, people)),
        ("gini", gini(value, people)),
        ("theil", whole),
        ("theil_between", 100 * between / whole if whole > 0 else np.nan),
        ("atkinson", atkinson(value, people)),
    ]
    old = old_share(outcome)
    if old is not None:
        rows.append(("palma", palma(value, people, -old)))
        rows.append(("concentration", concentration(value, people, -old)))
    minutes = np.where(outcome.nearest_tenths >= 0, outcome.nearest_tenths / 600, np.inf)
    for name, alpha in (("headcount", 0), ("gap", 1), ("severity", 2)):
        short = fgt(minutes, people, outcome.question.limit, alpha=alpha, high=True)
        rows.append((name, 100 * short))
    return pd.DataFrame(rows, columns=["index", "value"])


def equity_districts(outcome: Outcome) -> pd.DataFrame:
    """Return, by 읍·면·동, the people, the mean, the Gini within it and its parts of Theil's T.

    Columns `code, name, people, mean, gini, between, within`; the last two over all rows sum to
    Theil's T of the city. 읍·면·동 without people have no row.

    >>> from access import Question, evaluate
    >>> from access.testing import toy_study
    >>> town = toy_study("abc  d", {"abc": {}}, people={"a": 9, "d": 3}, centres="b")
    >>> equity_districts(evaluate(town, Question(minutes=(2,)))).gini.tolist()
    [0.25]
    """
    import pandas as pd

    study, people = outcome.study, outcome.people
    _, value = access_value(outcome)
    by = np.append(study.districts.codes, "")[study.cell_district]
    parts = theil_parts(value, people, by)
    rows = []
    for code, name in zip(
        study.districts.codes.tolist(), study.districts.names.tolist(), strict=True
    ):
        if code not in parts.index:
            continue
        inside = by == code
        rows.append(
            (
                code,
                name,
                float(people[inside].sum()),
                mean(value[inside], people[inside]),
                gini(value[inside], people[inside]),
                float(parts.loc[code, "between"]),
                float(parts.loc[code, "within"]),
            )
        )
    columns = ["code", "name", "people", "mean", "gini", "between", "within"]
    return pd.DataFrame(rows, columns=columns)


def group_gaps(outcome: Outcome) -> pd.DataFrame:
    """Return who is reached less: 동, 읍 and 면, and each age group, against all residents.

    Columns `kind` ("area" or "age"), `group`, `people`, `reached` (percent of them with a place
    within the limit), `gap` (percentage points against everybody), `missing`: so many more of
    the group would have to be reached, and `mean` and `gini` of access (`access_value`) in it.
    """
    import pandas as pd

    study = outcome.study
    everyone = study.groups["all"]
    ends = np.array([n[-1:] for n in study.districts.names.tolist()] + [""])[study.cell_district]
    areas = {end: np.where(ends == end, everyone, 0.0) for end in ("동", "읍", "면")}
    ages = {name: people for name, people in study.groups.items() if name != "all"}
    reached = outcome.reached().astype(float)
    _, value = access_value(outcome)
    parts = []
    for kind, groups in (("area", areas), ("age", ages)):
        known = {name: people for name, people in groups.items() if people.sum() > 0}
        if len(known) > 1 or (kind == "age" and known):
            table = gaps(reached, known, reference=everyone).reset_index()
            table.insert(0, "kind", kind)
            table["reached"], table["gap"] = 100 * table["mean"], 100 * table["gap"]
            for index in (mean, gini):
                table[index.__name__] = [index(value, people) for people in known.values()]
            parts.append(table)
    columns = ["kind", "group", "people", "reached", "gap", "missing", "mean", "gini"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
