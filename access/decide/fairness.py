"""Fairness: the share that the worst-off group or 읍·면·동 has, as an aim or as a floor.

The aim is Rawls' and Hansen's: raise the least share as far as it goes, then everything else as far
as it goes (lexicographic). As a floor it is the equity axis of the front (`alternatives`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from math import fsum
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from access.decide._highs import Program
from access.decide.elements import merge
from access.decide.exchange import search
from access.decide.plan import Plan
from access.decide.proof import Model, prove
from access.decide.rules import Chosen
from access.decide.siting import Siting
from access.errors import InputError, Problem

Floats = npt.NDArray[np.float64]

_STEP = 1e-7
"""By how much a share may miss a floor: rounding inside the solver."""
_SCALE = 100.0
"""Shares are so much larger in the program, whose tolerances are absolute."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Coverage by group: (g, n) people of each group in each cell, within a limit."""

    siting: Siting
    limit: float
    groups: Floats

    @classmethod
    def of(cls, siting: Siting, limit: float, groups: npt.ArrayLike) -> Shares:
        """Check the groups; those of nobody are left out. Raises InputError (E946)."""
        given = np.atleast_2d(np.asarray(groups, dtype=np.float64))
        shaped = given.shape[1] == len(siting.people)
        if not shaped or not np.isfinite(given).all() or (given < 0).any():
            raise InputError([Problem("E946", value=str(given.shape))])
        kept = given[given.sum(axis=1) > 0]
        if len(kept) == 0:
            raise InputError([Problem("E946", value=str(given.shape))])
        return cls(siting, limit, kept)

    def covered(self, chosen: Chosen) -> float:
        """Return the people within the limit, counted with `siting.people`."""
        near = self.siting.nearest(chosen) <= self.limit
        return fsum(self.siting.people[near].tolist())

    def least(self, chosen: Chosen) -> float:
        """Return the share of the group of which the smallest share is within the limit."""
        near = self.siting.nearest(chosen) <= self.limit
        shares = [fsum(who[near].tolist()) / fsum(who.tolist()) for who in self.groups]
        return min(shares)

    def model(
        self,
        *,
        floor: float = 0.0,
        aim: Literal["people", "share", "cost"] = "people",
        people: float = 0.0,
        costs: Floats | None = None,
    ) -> Model:
        """Return the model: most people, the largest least share, or the least cost.

        floor   the least share of every group
        people  the fewest people to cover in all
        costs   (m,) of opening each candidate, for the aim "cost"
        """
        siting, limit = self.siting, self.limit
        today = siting.today <= limit
        table = (siting.cost <= limit) & ~today[:, None]
        weight = siting.people + self.groups.sum(axis=0)
        who, weights = _by_group(table, np.where(today, 0.0, weight), siting.people, self.groups)
        nobody = np.zeros(0, dtype=np.int64)
        already = self.covered(nobody)
        total = self.groups.sum(axis=1)
        has = self.groups[:, today].sum(axis=1) / total

        def score(chosen: Chosen) -> float:
            share, number = self.least(chosen), self.covered(chosen)
            kept = share >= floor - _STEP and number >= people * (1 - 1e-9)
            spent = 0.0 if costs is None else fsum(costs[chosen].tolist())
            return {"people": number, "share": share, "cost": spent}[aim] if kept else float("nan")

        from scipy.sparse import csr_array, eye_array, hstack, vstack

        e, m = who.shape
        size = max(1.0, float(weights[0].sum())) / _SCALE
        cover: list[Any] = [-who, eye_array(e), csr_array((e, 1))]
        # Every group: its share, less the least share of all, is not below zero.
        share = csr_array(_SCALE * weights[1:] / total[:, None])
        lowest = csr_array(np.full((len(total), 1), -_SCALE))
        least: list[Any] = [csr_array((len(total), m)), share, lowest]
        number: list[Any] = [csr_array((1, m)), csr_array(weights[:1] / size), csr_array((1, 1))]
        rows = csr_array(vstack([hstack(cover), hstack(least), hstack(number)]))
        fewest = (people * (1 - 1e-10) - already) / size
        value = np.zeros(m + e + 1)
        if aim == "people":
            value[m : m + e] = weights[0]
        elif aim == "share":
            value[-1] = 1.0
        elif costs is not None:
            value[:m] = -costs
        upper = np.ones(m + e + 1)
        lower = np.zeros(m + e + 1)
        lower[-1] = min(1.0, max(0.0, floor - _STEP / 2))
        program = Program(
            value=value,
            rows=rows,
            low=np.concatenate([np.full(e, -np.inf), -_SCALE * has, [fewest]]),
            high=np.concatenate([np.zeros(e), np.full(len(total), np.inf), [np.inf]]),
            lower=lower,
            upper=upper,
            whole=np.arange(m + e + 1) < m,
        )
        start = search(
            merge(table, np.where(today, 0.0, siting.people)),
            siting.rows,
            np.zeros(m),
            moves=30,
            seconds=10.0,
        )
        if start is not None and np.isnan(score(start)):
            start = None
        return Model(
            name={"people": "mclp", "share": "equity", "cost": "least cost"}[aim],
            unit=aim,
            sense=-1 if aim == "cost" else 1,
            program=program,
            rules=siting.rules,
            score=score,
            offset=already if aim == "people" else 0.0,
            size=_SCALE if aim == "share" else 0.0,
            said=(
                f"가장 낮은 집단도 {100 * floor:.4g}% 이상, 모두 {people:,.0f}명 이상",
                f"at least {100 * floor:.4g}% of every group and {people:,.0f} people in all",
            ),
            start=start,
            before={"people": already, "share": self.least(nobody), "cost": 0.0}[aim],
            unserved=np.flatnonzero((siting.people > 0) & ~today & ~table.any(axis=1)),
        )


def fairest(
    siting: Siting, limit: float, groups: npt.ArrayLike, *, seconds: float = 60.0, ties: bool = True
) -> Plan:
    """Return the plan with the largest least share within `limit`, and of those the most people.

    groups  (g, n) people of each group, or of each 읍·면·동, in each cell; at least one person

    Objective and bound are the share of the worst-off group.

    >>> from access.decide.rules import exactly
    >>> town = Siting.of([[1, 9, 9], [9, 1, 9], [9, 9, 1]], [9, 2, 2], rules=[exactly(2, 3)])
    >>> fairest(town, 2, [[9, 0, 0], [0, 2, 2]]).sites
    ('1', '2')
    """
    shares = Shares.of(siting, limit, groups)
    clock = time.monotonic() + seconds
    first = prove(siting, shares.model(aim="share"), seconds=seconds / 2, ties=False)
    if first.status not in ("optimal", "feasible"):
        return first
    model = replace(shares.model(floor=first.objective), start=first.chosen)
    left = max(0.01, clock - time.monotonic())
    second = prove(siting, model, seconds=left, ties=ties and first.status == "optimal")
    if second.status not in ("optimal", "feasible"):
        return first
    least = shares.least(second.chosen)
    proven = first.status == second.status == "optimal"
    return replace(
        second,
        model="equity",
        unit="share",
        status="optimal" if proven else "feasible",
        objective=least,
        bound=max(first.bound, least) if first.status != "optimal" else least,
        before=shares.least(np.zeros(0, dtype=np.int64)),
    )


def _by_group(
    table: npt.NDArray[np.bool_], weight: Floats, people: Floats, groups: Floats
) -> tuple[Any, Floats]:
    """Return alike rows merged, (e, m), and the weights of everybody and each group, (1 + g, e)."""
    from scipy.sparse import csr_array

    wanted = np.flatnonzero((weight > 0) & table.any(axis=1))
    rows, member = np.unique(table[wanted], axis=0, return_inverse=True)
    e = len(rows)
    weights = [
        np.bincount(member.ravel(), weights=who[wanted], minlength=e) for who in (people, *groups)
    ]
    return csr_array(rows, dtype=np.float64), np.array(weights)
