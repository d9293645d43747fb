"""Backup: who has a second place within reach when one is closed, full or gone.

Hogan and ReVelle 1986. A cell counts as backed only if two open places are within the limit of it:
a cell that one candidate alone reaches never does, however the model is written.
"""

from __future__ import annotations

from math import fsum

import numpy as np
import numpy.typing as npt

from access.decide._highs import Program
from access.decide.elements import Elements, merge
from access.decide.exchange import search
from access.decide.plan import Plan
from access.decide.proof import Model, prove
from access.decide.rules import Chosen
from access.decide.sets import cover_rule
from access.decide.siting import Siting

Floats = npt.NDArray[np.float64]


def most_backed(
    siting: Siting,
    limit: float,
    *,
    once: float = 0.0,
    open_within: npt.ArrayLike | None = None,
    everybody: bool = False,
    seconds: float = 60.0,
    ties: bool = True,
) -> Plan:
    """Return the plan with the most people within `limit` of two open places or more.

    once         what a person with only one place counts, of what one with two does
    open_within  (n,) how many places open already are within the limit (default: one where
                 `siting.today` is)
    everybody    everybody a candidate can cover has at least one place (BACOP1)
    """
    from scipy.sparse import csr_array, vstack

    people = siting.people
    given = siting.today <= limit if open_within is None else np.asarray(open_within)
    already = np.minimum(given.astype(np.int64), 2)
    table = siting.cost <= limit
    parts = [merge(table, np.where(already == count, people, 0.0)) for count in (0, 1)]
    rules = siting.rules
    if everybody:
        said = (
            "닿을 수 있는 모든 사람이 한계 안에 있음",
            "everybody reachable is within the limit",
        )
        needy = (already == 0) & table.any(axis=1) & (people > 0)
        rules = (*rules, cover_rule(table[needy], said))

    def score(chosen: Chosen) -> float:
        number = already + table[:, chosen].sum(axis=1)
        first = fsum(people[number >= 1].tolist())
        return once * first + (1 - once) * fsum(people[number >= 2].tolist())

    both = Elements(
        csr_array(vstack([part.who for part in parts])),
        np.concatenate([part.weight for part in parts]),
    )
    siting = siting.but(rules=rules)
    nobody = score(np.zeros(0, dtype=np.int64))
    model = Model(
        name="backup",
        unit="people",
        sense=1,
        program=_program(both, len(parts[0]), once),
        rules=rules,
        score=score,
        offset=nobody,
        start=search(both, siting.rows, np.zeros(len(siting)), moves=0, seconds=0.2 * seconds),
        before=nobody,
        unserved=np.flatnonzero((people > 0) & (already == 0) & ~table.any(axis=1)),
    )
    return prove(siting, model, seconds=seconds, ties=ties)


def _program(elements: Elements, bare: int, once: float) -> Program:
    """Return the program: sites, then for each element whether one covers it, and whether two do.

    The first `bare` elements have no place today, the others one.
    """
    from scipy.sparse import block_array, csr_array, eye_array

    e, m = elements.who.shape
    one = eye_array(e)
    # first + second <= number open, and the second only after the first.
    rows = block_array([[-elements.who, one, one], [csr_array((e, m)), -one, one]])
    has = np.concatenate([np.zeros(bare), np.ones(e - bare)])
    weight = elements.weight
    whole = np.arange(m + 2 * e) < m
    if once < 0.5:  # a second place is worth more than a first: half a second place must not pay
        whole[m + e :] = True
    return Program(
        value=np.concatenate([np.zeros(m), once * weight * (1 - has), (1 - once) * weight]),
        rows=csr_array(rows),
        low=np.full(2 * e, -np.inf),
        high=np.concatenate([has, np.zeros(e)]),
        lower=np.concatenate([np.zeros(m), has, np.zeros(e)]),
        upper=np.ones(m + 2 * e),
        whole=whole,
    )
