"""Equity: how evenly access is spread over people. Zeros stay, and every person counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from access.errors import InputError, Problem
from access.measure.pairs import Floats
from access.measure.weighted import known, labels_of, line_up

if TYPE_CHECKING:
    import pandas as pd


def mean(value: Any, people: Any) -> float:
    """Return the value of the average person, NaN for nobody.

    Of True and False (within reach or not) it is the share of people.

    >>> mean([10, 20], [3, 1])
    12.5
    """
    x, w = known(value, people)
    return float(w @ x) if len(x) else float("nan")


def lorenz(value: Any, people: Any) -> pd.DataFrame:
    """Return the Lorenz curve: from (0, 0) to (1, 1), the share of people and of what they have.

    Those with least come first. Where nobody has anything, the line of equality.

    >>> lorenz([1, 3], [1, 1]).values.tolist()
    [[0.0, 0.0], [0.5, 0.25], [1.0, 1.0]]
    """
    import pandas as pd

    x, w = known(value, people)
    order = np.argsort(x, kind="stable")
    have = np.cumsum((x * w)[order])
    reached = np.cumsum(w[order])
    if len(x):
        reached /= reached[-1]
        have = have / have[-1] if have[-1] > 0 else reached
    return pd.DataFrame({"people": np.append(0.0, reached), "value": np.append(0.0, have)})


def gini(value: Any, people: Any) -> float:
    """Return the Gini coefficient: 0 where all have the same, towards 1 where one has all.

    G = 1 - sum W_i (L_(i-1) + L_i) over the Lorenz curve; half the mean difference between two
    people, divided by the mean. 0 where nobody has anything, NaN for nobody.

    >>> round(gini([10, 20, 30, 40, 50], [1, 1, 1, 1, 1]), 7)
    0.2666667
    """
    curve = lorenz(value, people).to_numpy()
    if len(curve) == 1:
        return float("nan")
    steps = np.diff(curve[:, 0])
    return float(max(0.0, 1 - steps @ (curve[:-1, 1] + curve[1:, 1])))


def theil(value: Any, people: Any) -> float:
    """Return Theil's T: 0 where all have the same, ln(people) where one has all.

    sum W_i (x_i / mean) ln(x_i / mean) with 0 ln 0 = 0; those who have nothing stay among the
    people. 0 where nobody has anything, NaN for nobody. (Theil 1967.)

    >>> round(theil([0, 0, 0, 10, 10, 10], [1] * 6), 7)
    0.6931472
    """
    x, w = known(value, people)
    return _theil(x, w) if len(x) else float("nan")


def _theil(x: Floats, w: Floats) -> float:
    average = w @ x / w.sum()
    if average == 0:
        return 0.0
    ratio = x / average
    some = ratio > 0
    return float(np.sum(w[some] * ratio[some] * np.log(ratio[some])) / w.sum())


def theil_parts(value: Any, people: Any, by: Any) -> pd.DataFrame:
    """Return Theil's T in parts: what lies between groups and what within each.

    A row a group, columns `people` (share), `value` (share), `between` s_g ln(s_g / w_g) and
    `within` s_g T_g. Both columns together sum to `theil`. `by` gives each cell its group.

    >>> parts = theil_parts([0, 0, 10, 10], [1, 1, 1, 1], by=["a", "a", "b", "b"])
    >>> parts[["between", "within"]].sum().round(4).tolist()
    [0.6931, 0.0]
    """
    import pandas as pd

    x, w = known(value, people)
    some = line_up(value, people)[1] > 0
    label = labels_of(value, by)[some]
    groups, which = np.unique(label, return_inverse=True)
    size = np.bincount(which, weights=w, minlength=len(groups))
    held = np.bincount(which, weights=w * x, minlength=len(groups))
    total = held.sum()
    part = held / total if total > 0 else np.zeros(len(groups))
    positive = part > 0
    between = np.zeros(len(groups))
    between[positive] = part[positive] * np.log(part[positive] / size[positive])
    within = [part[g] * _theil(x[which == g], w[which == g]) for g in range(len(groups))]
    return pd.DataFrame(
        {"people": size, "value": part, "between": between, "within": np.array(within, float)},
        index=pd.Index(groups, name="group"),
    )


def atkinson(value: Any, people: Any, epsilon: float = 0.5) -> float:
    """Return Atkinson's index: the share of access that equality could do without.

    1 - (sum W_i x_i^(1 - epsilon))^(1 / (1 - epsilon)) / mean; the larger epsilon is, the more
    those with least count, and from 1 on anybody without any access makes it 1. (Atkinson 1970.)

    >>> round(atkinson([10, 20, 30, 40, 50], [1] * 5), 5)
    0.06315
    """
    if not 0 < epsilon < np.inf:
        _refuse("epsilon", epsilon)
    x, w = known(value, people)
    if not len(x):
        return float("nan")
    average = w @ x
    if average == 0:
        return 0.0
    if epsilon >= 1 and (x == 0).any():
        return 1.0
    ratio = x / average
    if epsilon == 1:
        equal = np.exp(w @ np.log(ratio))
    else:
        equal = (w @ ratio ** (1 - epsilon)) ** (1 / (1 - epsilon))
    return max(0.0, 1 - float(equal))


def palma(
    value: Any,
    people: Any,
    rank: Any,
    *,
    limits: tuple[float, float] | None = None,
) -> float:
    """Return the mean access of the richest tenth over that of the poorest four tenths.

    `rank` is income a head, or any rank from worst to best off (say which it was). The tenths are
    exact: cells of equal rank, and the cell that a bound runs through, are taken in part. With
    `limits` they are instead those with a rank up to the first and above the second limit, such
    as the quantiles of the whole city for one of its districts. NaN where either group is empty
    or the poorest have no access at all. (Palma 2011; as means: Pereira and Herszenhut 2023.)

    >>> palma([1, 2, 3], [40, 50, 10], rank=[100, 200, 300])
    3.0
    """
    x, w = known(value, people)
    r = _ranks(value, people, rank)
    if not len(x):
        return float("nan")
    if limits is not None:
        poor, rich = w * (r <= limits[0]), w * (r > limits[1])
    else:
        _, tie = np.unique(r, return_inverse=True)
        size = np.bincount(tie, weights=w)
        below = np.cumsum(size) - size
        poor = w * (np.clip((0.4 - below) / size, 0, 1))[tie]
        rich = w * (np.clip((below + size - 0.9) / size, 0, 1))[tie]
    if not poor.sum() > 0 or not rich.sum() > 0 or not poor @ x > 0:
        return float("nan")
    return float((rich @ x / rich.sum()) / (poor @ x / poor.sum()))


def concentration(
    value: Any, people: Any, rank: Any, *, bounds: tuple[float, float] | None = None
) -> float:
    """Return the concentration index: below 0 where the worse off have more access, above 0 less.

    (2 / mean) sum W_i (r_i - 1/2)(x_i - mean), r_i the share of people ranked below plus half of
    those of the same rank. With `bounds`, the least and most that access can be at all, it is
    Erreygers's (2009) corrected index, 4 mean / (b - a) times that. 0 where nobody has any access.

    >>> round(concentration([0, 10], [1, 1], rank=[1, 2]), 9)
    0.5
    """
    x, w = known(value, people)
    r = _ranks(value, people, rank)
    if not len(x):
        return float("nan")
    _, tie = np.unique(r, return_inverse=True)
    size = np.bincount(tie, weights=w)
    place = (np.cumsum(size) - size / 2)[tie]
    average = float(w @ x)
    spread = 2 * float(w @ ((place - 0.5) * (x - average)))
    if bounds is not None:
        least, most = bounds
        if not least < most or x.min() < least or x.max() > most:
            _refuse("bounds", bounds)
        return 4 * spread / (most - least)
    return spread / average if average > 0 else 0.0


def _ranks(value: Any, people: Any, rank: Any) -> Floats:
    """Return the rank of each cell with people."""
    some = line_up(value, people)[1] > 0
    if hasattr(value, "index") and hasattr(rank, "reindex"):
        rank = rank.reindex(value.index)
    ranks = np.asarray(rank, dtype=np.float64)
    if ranks.shape != some.shape:
        facts = {"shape": str(ranks.shape), "wanted": len(some)}
        raise InputError([Problem("E907", column="rank", facts=facts)])
    if np.isnan(ranks[some]).any():
        facts = {"count": int(np.isnan(ranks[some]).sum())}
        raise InputError([Problem("E911", column="rank", facts=facts)])
    return ranks[some]


def _refuse(name: str, value: object) -> None:
    raise InputError([Problem("E900", column=name, value=str(value))])
