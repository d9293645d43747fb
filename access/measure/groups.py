"""Groups: the same index for each district or age, and how far groups lie apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from access.errors import InputError, Problem
from access.measure.equity import mean
from access.measure.weighted import labels_of, line_up

if TYPE_CHECKING:
    import pandas as pd


def gaps(
    value: Any, groups: Mapping[str, Any], *, reference: Any = None, high: bool = False
) -> pd.DataFrame:
    """Return how far the mean of each group lies from that of the reference, and for how many.

    `groups` gives the people of each group by cell (they may overlap); `reference` the people to
    compare with (default: the first group). A row a group, columns `people`, `mean`, `gap` (mean
    less that of the reference), `ratio` (of the two) and `missing`: the gap times the people of a
    group worse off, else 0; where the value is covered or not, so many more people of the group
    would have to be covered. With `high` much is bad, as of minutes.

    >>> gaps([1, 0], {"all": [10, 10], "65+": [2, 6]})["missing"].tolist()
    [0.0, 2.0]
    """
    import pandas as pd

    if not groups:
        raise InputError([Problem("E912")])
    base = mean(value, next(iter(groups.values())) if reference is None else reference)
    rows = []
    for name, people in groups.items():
        size, average = float(line_up(value, people)[1].sum()), mean(value, people)
        gap = average - base
        worse = (gap > 0) if high else (gap < 0)
        ratio = average / base if base > 0 else np.nan
        rows.append((name, size, average, gap, ratio, abs(gap) * size if worse else 0.0))
    columns = ["group", "people", "mean", "gap", "ratio", "missing"]
    return pd.DataFrame(rows, columns=columns).set_index("group")


def grouped(
    index: Callable[..., float], value: Any, people: Any, by: Any, **options: Any
) -> pd.Series:
    """Return an index for each group: by district, urban and rural, or age.

    `by` gives each cell its label, in the order of the values or as a Series by id; options go to
    the index, those with one value a cell (`rank=`) in parts. `people` may be a mapping of groups
    (ages) instead, and then the result is a Series by label and group; `by=None` takes the city
    as a whole.

    >>> grouped(mean, [1, 0, 1], [5, 5, 2], by=["가동", "가동", "나동"]).to_dict()
    {'가동': 0.5, '나동': 1.0}
    >>> grouped(mean, [1, 0], {"0-18": [1, 1], "65+": [1, 3]}, by=None).to_dict()
    {'0-18': 0.5, '65+': 0.25}
    """
    import pandas as pd

    if isinstance(people, Mapping) and np.ndim(next(iter(people.values()), 0)):
        parts = {name: grouped(index, value, who, by, **options) for name, who in people.items()}
        if by is None:
            return pd.Series({name: part.iloc[0] for name, part in parts.items()}, dtype=float)
        both: pd.Series = pd.concat(parts, names=["group", "by"])
        return both.swaplevel()
    values, weights = line_up(value, people)
    label = np.full(len(values), "") if by is None else labels_of(value, by)
    found: dict[str, float] = {}
    for name in dict.fromkeys(label.tolist()):
        inside = label == name
        each = {key: _part(option, value, inside) for key, option in options.items()}
        found[name] = index(values[inside], weights[inside], **each)
    return pd.Series(found, dtype=float, index=pd.Index(list(found), name="by"))


def _part(option: Any, value: Any, inside: Any) -> Any:
    """Return what of an option belongs to some cells: all of it unless it has a value for each."""
    if hasattr(value, "index") and hasattr(option, "reindex"):
        option = option.reindex(value.index)
    if np.ndim(option) == 1 and len(option) == len(inside) and not isinstance(option, tuple):
        return np.asarray(option)[inside]
    return option
