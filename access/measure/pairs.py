"""Pairs: the cells and places that reach each other, row by row; what every measure runs over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import numpy.typing as npt

from access._frozen import Record, frozen
from access.errors import InputError, Problem
from access.measure.decay import Decay
from access.travel.times import TravelTimes

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Tenths = npt.NDArray[np.int32]
Times = Any
"""TravelTimes, Pairs, or a long table with columns `cell, place` and `minutes` or `seconds`."""

Sparse = Any
"""A sparse matrix of SciPy, cells x places."""

PER_MINUTE = 600
_BLOCK = 2**17
"""So many pairs are worked on at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs(Record):
    """The pairs of cell and place within reach of each other, as compressed rows.

    cells    (n,) cell ids
    places   (p,) place ids
    first    (n + 1,) where the pairs of each cell begin
    place    (m,) index of the place of each pair, ascending within a cell
    tenths   (m,) tenths of a second
    minutes  the limit that all pairs are within, or None for every pair that has a time
    """

    cells: npt.NDArray[np.str_]
    places: npt.NDArray[np.str_]
    first: npt.NDArray[np.int64]
    place: Tenths
    tenths: Tenths
    minutes: float | None

    def __len__(self) -> int:
        return len(self.place)

    @property
    def cell(self) -> npt.NDArray[np.int64]:
        """(m,) index of the cell of each pair."""
        return np.repeat(np.arange(len(self.cells)), np.diff(self.first))


def pairs_within(times: Times, minutes: float | None = None) -> Pairs:
    """Return the pairs that have a time of at most `minutes` (default: that have a time).

    Every measure takes the result in place of times, so that several measures over one table
    sort its pairs out only once.

    Raises InputError for minutes that are no number from 0 on, for a limit beyond that of the
    pairs given, and for what `TravelTimes.from_frame` refuses; TypeError for anything else.

    >>> times = TravelTimes.from_matrix([[60, 600], [np.nan, 60]], cells="ab", places="AB")
    >>> pairs = pairs_within(times, 5)
    >>> pairs.cell.tolist(), pairs.place.tolist()
    ([0, 1], [0, 1])
    """
    limit = None if minutes is None else tenths_of(minutes)
    if isinstance(times, Pairs):
        return _closer(times, minutes, limit)
    table = _times(times)
    if table.limit_s is not None and minutes is not None and minutes * 60 > table.limit_s:
        _refuse("E901", value=f"{minutes:g}", limit=f"{table.limit_s / 60:g}")
    first, place, tenths = _sorted_out(table.tenths, 2**31 - 1 if limit is None else limit)
    return Pairs(table.cells, table.places, first, place, tenths, minutes)


def _sorted_out(tenths: Tenths, most: int) -> tuple[npt.NDArray[np.int64], Tenths, Tenths]:
    """Return (n, p) times of at most so many tenths as compressed rows.

    Block by block, so that what is made in between stays in the processor's cache.
    """
    n, p = tenths.shape
    # Read without a sign, a reason for having no time is larger than every time.
    times, bound = tenths.view(np.uint32), np.uint32(most)
    rows = max(1, _BLOCK // max(p, 1))
    counts = np.zeros(n, np.int64)
    for begin in range(0, n, rows):
        some = slice(begin, begin + rows)
        counts[some] = np.count_nonzero(times[some] <= bound, axis=1)
    first = np.concatenate([[0], np.cumsum(counts)])
    place, kept = np.empty(first[-1], np.int32), np.empty(first[-1], np.int32)
    for begin in range(0, n, rows):
        some = slice(begin, begin + rows)
        flat = np.flatnonzero(times[some] <= bound)
        out = slice(first[begin], first[min(begin + rows, n)])
        tenths[some].ravel().take(flat, out=kept[out], mode="clip")
        flat -= np.repeat(np.arange(len(counts[some])) * p, counts[some])
        place[out] = flat
    for made in (first, place, kept):
        made.flags.writeable = False
    return first, place, kept


def _closer(pairs: Pairs, minutes: float | None, limit: int | None) -> Pairs:
    """Return those of `pairs` that are within the limit."""
    if limit is None or minutes is None:
        return pairs
    if pairs.minutes is not None and minutes > pairs.minutes:
        _refuse("E901", value=f"{minutes:g}", limit=f"{pairs.minutes:g}")
    if pairs.tenths.max(initial=0) <= limit:
        return pairs
    within = pairs.tenths <= limit
    before = np.concatenate([[0], np.cumsum(within)])
    return Pairs(
        cells=pairs.cells,
        places=pairs.places,
        first=frozen(before[pairs.first], np.int64),
        place=frozen(pairs.place[within]),
        tenths=frozen(pairs.tenths[within]),
        minutes=minutes,
    )


def _times(given: Times) -> TravelTimes:
    if isinstance(given, TravelTimes):
        return given
    if hasattr(given, "columns") and hasattr(given, "iloc"):
        column = "minutes" if "minutes" in given.columns else "seconds"
        return TravelTimes.from_frame(given, **{column: column})
    raise TypeError(f"a measure takes TravelTimes or a table, not {type(given).__name__}")


def tenths_of(minutes: float) -> int:
    """Return minutes as tenths of a second; a time equal to the limit is within it."""
    if not isinstance(minutes, int | float | np.number) or not 0 <= minutes <= 1e6:
        _refuse("E902", column="minutes", value=str(minutes))
    return int(np.floor(minutes * PER_MINUTE + 1e-6))


def weigh(times: Times, minutes: float | None, decay: Decay | None) -> tuple[Pairs, Sparse, Floats]:
    """Return the pairs, their weights as an (n, p) sparse matrix, and the weights alone.

    `minutes` alone weighs every pair within them 1; `decay` alone goes as far as it reaches; both
    together cut the decay off at the minutes.
    """
    from scipy.sparse import csr_array

    if minutes is None and decay is None:
        _refuse("E903")
    if decay is not None and not isinstance(decay, Decay):
        raise TypeError(f"decay= takes a Decay, not {type(decay).__name__}")
    reach = None if decay is None or np.isinf(decay.reach) else decay.reach
    limits = [m for m in (minutes, reach) if m is not None]
    pairs = pairs_within(times, min(limits, default=None))
    weights = _weights(pairs.tenths, decay)
    shape = (len(pairs.cells), len(pairs.places))
    # SciPy copies indices whose width differs.
    first = pairs.first.astype(np.int32) if len(pairs) < 2**31 else pairs.first
    return pairs, csr_array((weights, pairs.place, first), shape=shape), weights


def _weights(tenths: Tenths, decay: Decay | None) -> Floats:
    if decay is None:
        return np.ones(len(tenths))
    most = int(tenths.max(initial=0)) + 1
    if most >= len(tenths):
        return decay(tenths / PER_MINUTE)
    # Times are whole tenths: fewer different ones than pairs, so each is worked out once.
    each = decay(np.arange(most) / PER_MINUTE)
    weights = np.empty(len(tenths))
    for begin in range(0, len(tenths), _BLOCK):
        some = slice(begin, begin + _BLOCK)
        each.take(tenths[some], out=weights[some], mode="clip")
    return weights


def amounts(given: Any, ids: npt.NDArray[np.str_], what: str) -> Floats:
    """Return people or supply as (k,) numbers in the order of `ids`.

    `given` is an array in that order, or a Series or mapping by id that has every id and no other;
    None is one each. Raises InputError for lengths, ids and numbers that do not fit.
    """
    if given is None:
        return np.ones(len(ids))
    if hasattr(given, "index") and hasattr(given, "to_numpy"):  # a Series
        names = np.array(given.index.astype(str), dtype=np.str_)
        values = given.to_numpy()
        if not np.array_equal(names, ids):
            twice = given.index[given.index.duplicated()]
            if len(twice):
                _refuse("E613", column=what, value=str(twice[0]))
            given = dict(zip(names.tolist(), values, strict=True))
        else:
            given = values
    if isinstance(given, Mapping):
        named = {str(k): v for k, v in given.items()}
        missing = [i for i in ids.tolist() if i not in named]
        if missing:
            _refuse("E904", column=what, value=missing[0], count=len(missing))
        spare = sorted(set(named) - set(ids.tolist()))
        if spare:
            _refuse("E905", column=what, value=spare[0], count=len(spare))
        given = [named[i] for i in ids.tolist()]
    return numbers(given, len(ids), what)


def numbers(given: Any, length: int, what: str) -> Floats:
    """Return `given` as (length,) finite numbers from 0 on; raises InputError otherwise."""
    try:
        values = np.asarray(given)
        if values.dtype.kind not in "biuf" and values.dtype != object:
            raise TypeError
        values = values.astype(np.float64)
    except (TypeError, ValueError):
        _refuse("E906", column=what, value=str(given)[:40])
    if values.shape != (length,):
        _refuse("E907", column=what, shape=str(values.shape), wanted=length)
    wrong = np.flatnonzero(~(values >= 0) | np.isinf(values))
    if len(wrong):
        _refuse("E906", column=what, value=str(values[wrong[0]]))
    return values


def by_cell(values: npt.NDArray[Any], pairs: Pairs, name: str) -> pd.Series:
    """Return (n,) values as a Series by cell id."""
    return _series(values, pairs.cells, "cell", name)


def by_place(values: npt.NDArray[Any], pairs: Pairs, name: str) -> pd.Series:
    """Return (p,) values as a Series by place id."""
    return _series(values, pairs.places, "place", name)


def _series(values: npt.NDArray[Any], ids: npt.NDArray[np.str_], what: str, name: str) -> pd.Series:
    import pandas as pd

    return pd.Series(values, index=pd.Index(ids, name=what), name=name)


def _refuse(code: str, *, column: str = "", value: str | None = None, **facts: Any) -> NoReturn:
    raise InputError([Problem(code, column=column, value=value, facts=facts)])
