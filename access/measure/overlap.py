"""Overlap: whom institutions share, what they offer twice, what nobody offers, rooms to share.

`offers` is a table with columns `place` and `field`, and optionally `band` (the time of the week:
"day", "evening", "Saturday"), a row for whatever a place offers then.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access.errors import InputError, Problem
from access.measure.pairs import Floats, Pairs, Sparse, Times, amounts, by_cell, by_place, weigh
from access.measure.weighted import labels_of

if TYPE_CHECKING:
    import pandas as pd


def shared(times: Times, *, people: Any, minutes: float, by: Any = None) -> pd.DataFrame:
    """Return the people within reach of both, for every two places; of each, on the diagonal.

    `by` gives each place its institution, whose places then count as one.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 60], [np.nan, 60]], cells="ab", places="AB")
    >>> shared(times, people=[3, 4], minutes=5).values.tolist()
    [[3.0, 3.0], [3.0, 7.0]]
    """
    import pandas as pd

    names, reach, who = _catchments(times, people, minutes, by)
    table = (reach.T @ reach.multiply(who[:, None])).toarray()
    ids = pd.Index(names, name="place" if by is None else "institution")
    return pd.DataFrame(table, index=ids, columns=ids.rename("with"))


def unique(times: Times, *, people: Any, minutes: float, by: Any = None) -> pd.Series:
    """Return, by place id, the people whom no other place reaches: who would lose everything.

    `by` gives each place its institution, whose places then count as one.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 60], [np.nan, 60]], cells="ab", places="AB")
    >>> unique(times, people=[3, 4], minutes=5).tolist()
    [0.0, 4.0]
    """
    import pandas as pd

    names, reach, who = _catchments(times, people, minutes, by)
    alone = who * (reach.sum(axis=1) == 1)
    ids = pd.Index(names, name="place" if by is None else "institution")
    return pd.Series(alone @ reach, index=ids, name="unique")


def choice(times: Times, *, offers: pd.DataFrame, minutes: float) -> pd.Series:
    """Return the number of different fields that each cell has within reach.

    >>> import pandas as pd
    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 60], [np.nan, 60]], cells="ab", places="AB")
    >>> offers = pd.DataFrame({"place": ["A", "A", "B"], "field": ["art", "IT", "IT"]})
    >>> choice(times, offers=offers, minutes=5).tolist()
    [2, 1]
    """
    pairs, reach, _ = weigh(times, minutes, None)
    _, given = _offers(offers, pairs, ["field"])
    return by_cell(((reach @ given) > 0).sum(axis=1), pairs, "choice")


def duplicates(times: Times, *, people: Any, offers: pd.DataFrame, minutes: float) -> pd.DataFrame:
    """Return every two places that offer the same field at the same time, worst overlap first.

    Columns `field, band, place, other, shared` (people within reach of both) and `share` (of the
    smaller catchment of the two; NaN where that is empty).

    >>> import pandas as pd
    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 60], [np.nan, 60]], cells="ab", places="AB")
    >>> offers = pd.DataFrame({"place": ["A", "A", "B"], "field": ["art", "IT", "IT"]})
    >>> duplicates(times, people=[3, 4], offers=offers, minutes=5).values.tolist()
    [['IT', '', 'A', 'B', 3.0, 1.0]]
    """
    import pandas as pd

    pairs, _, _ = weigh(times, minutes, None)
    both = shared(pairs, people=people, minutes=minutes).to_numpy()
    keys, given = _offers(offers, pairs, ["field", "band"])
    rows = []
    for k, key in enumerate(keys):
        for a, b in combinations(np.flatnonzero(given[:, k]).tolist(), 2):
            least = min(both[a, a], both[b, b])
            ids = str(pairs.places[a]), str(pairs.places[b])
            rows.append((*key, *ids, both[a, b], both[a, b] / least if least > 0 else np.nan))
    columns = ["field", "band", "place", "other", "shared", "share"]
    table = pd.DataFrame(rows, columns=columns)
    order = ["shared", "share", "field", "band", "place", "other"]
    down = [False, False, True, True, True, True]
    return table.sort_values(order, ascending=down, ignore_index=True)


def missing(times: Times, *, people: Any, offers: pd.DataFrame, minutes: float) -> pd.DataFrame:
    """Return the people who have no place within reach, by field and time, most missing first.

    Every field is asked for in every band that `offers` has: columns `field, band, places,
    reached, missing`.

    >>> import pandas as pd
    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 60], [np.nan, 60]], cells="ab", places="AB")
    >>> offers = pd.DataFrame({"place": ["A", "A", "B"], "field": ["art", "IT", "IT"]})
    >>> missing(times, people=[3, 4], offers=offers, minutes=5).values.tolist()
    [['art', '', 1, 3.0, 4.0], ['IT', '', 2, 7.0, 0.0]]
    """
    import pandas as pd

    pairs, reach, _ = weigh(times, minutes, None)
    who = amounts(people, pairs.cells, "people")
    keys, given = _offers(offers, pairs, ["field", "band"])
    reached = who @ ((reach @ given) > 0)
    column = {key: k for k, key in enumerate(keys)}
    rows = []
    for field in sorted({f for f, _ in keys}):
        for band in sorted({b for _, b in keys}):
            k = column.get((field, band))
            served = 0.0 if k is None else float(reached[k])
            places = 0 if k is None else int(given[:, k].sum())
            rows.append((field, band, places, served, float(who.sum() - served)))
    table = pd.DataFrame(rows, columns=["field", "band", "places", "reached", "missing"])
    order = ["missing", "field", "band"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def room_sharing(
    times: Times, *, people: Any, minutes: float, used: Any, open: Any
) -> pd.DataFrame:
    """Return which places could teach in another's room, and whom each move gains and loses.

    `used` and `open` are the hours a week that the room of each place is taught in and could be. A
    row for every guest with hours and every host with as many free: columns `guest, host, hours,
    free, kept` (people within reach of both), `gained` (of the host only), `lost` (of the guest
    only), best net gain first.

    Raises InputError where more hours are used than open.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 60], [np.nan, 60]], cells="ab", places="AB")
    >>> room_sharing(
    ...     times, people=[3, 4], minutes=5, used=[2, 1], open=[2, 40]
    ... ).values.tolist()
    [['A', 'B', 2.0, 39.0, 3.0, 4.0, 0.0]]
    """
    import pandas as pd

    pairs, _, _ = weigh(times, minutes, None)
    both = shared(pairs, people=people, minutes=minutes).to_numpy()
    busy, hours = amounts(used, pairs.places, "used"), amounts(open, pairs.places, "open")
    if (busy > hours).any():
        worst = str(pairs.places[int(np.argmax(busy - hours))])
        raise InputError([Problem("E914", column="used", value=worst)])
    free = hours - busy
    guest, host = np.nonzero((busy[:, None] > 0) & (busy[:, None] <= free[None]))
    guest, host = guest[guest != host], host[guest != host]
    kept = both[guest, host]
    table = pd.DataFrame(
        {
            "guest": pairs.places[guest],
            "host": pairs.places[host],
            "hours": busy[guest],
            "free": free[host],
            "kept": kept,
            "gained": both[host, host] - kept,
            "lost": both[guest, guest] - kept,
        }
    )
    net = table["gained"] - table["lost"]
    table = table.assign(net=net).sort_values(
        ["net", "guest", "host"], ascending=[False, True, True], ignore_index=True
    )
    return table.drop(columns="net")


def room_use(times: Times, *, used: Any, open: Any) -> pd.Series:
    """Return, by place id, the share of its open room-hours that are taught in; NaN if never open.

    >>> from access import TravelTimes
    >>> times = TravelTimes.from_matrix([[60, 60]], cells="a", places="AB")
    >>> room_use(times, used=[10, 0], open=[40, 0]).tolist()
    [0.25, nan]
    """
    pairs, _, _ = weigh(times, 0, None)
    busy, hours = amounts(used, pairs.places, "used"), amounts(open, pairs.places, "open")
    ratio = np.divide(busy, hours, out=np.full(len(hours), np.nan), where=hours > 0)
    return by_place(ratio, pairs, "room_use")


def _catchments(
    times: Times, people: Any, minutes: float, by: Any
) -> tuple[npt.NDArray[np.str_], Sparse, Floats]:
    """Return places or institutions, whom they reach (cells x them, 0 or 1), and the people."""
    from scipy.sparse import csr_array

    pairs, reach, _ = weigh(times, minutes, None)
    who = amounts(people, pairs.cells, "people")
    if by is None:
        return pairs.places, reach, who
    import pandas as pd

    places = pd.Series(pairs.places, index=pairs.places)
    names, which = np.unique(labels_of(places, by), return_inverse=True)
    p = len(pairs.places)
    belongs = csr_array((np.ones(p), (np.arange(p), which)), shape=(p, len(names)))
    joined: Sparse = reach @ belongs
    joined.data[:] = 1.0
    return names, joined, who


def _offers(
    offers: pd.DataFrame, pairs: Pairs, keys: list[str]
) -> tuple[list[tuple[str, ...]], npt.NDArray[np.float64]]:
    """Return the different keys, and which place offers which: (p, k), 0 or 1."""
    absent = [c for c in ("place", "field") if c not in offers.columns]
    if absent:
        facts = {"columns": ", ".join(map(str, offers.columns))}
        raise InputError([Problem("E915", column=c, facts=facts) for c in absent])
    table = offers.assign(band="") if "band" not in offers.columns else offers
    position = {name: j for j, name in enumerate(pairs.places.tolist())}
    rows = [tuple(map(str, row)) for row in table[["place", *keys]].itertuples(index=False)]
    unknown = [row[0] for row in rows if row[0] not in position]
    if unknown:
        count = {"count": len(set(unknown))}
        raise InputError([Problem("E905", column="place", value=unknown[0], facts=count)])
    names = sorted({row[1:] for row in rows})
    column = {key: k for k, key in enumerate(names)}
    given = np.zeros((len(position), len(names)))
    for row in rows:
        given[position[row[0]], column[row[1:]]] = 1.0
    return names, given
