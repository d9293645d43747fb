"""Compute: travel times of a study for a question, reusing what did not change."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np

from access._frozen import fingerprint, frozen, texts
from access.errors import CapacityError
from access.study.question import Question
from access.study.study import Study
from access.travel.linkage import Linkage, link
from access.travel.street import search
from access.travel.times import TravelTimes

SHARE_OF_MEMORY = 0.6
"""The part of this machine's memory that one table of travel times may fill."""


def travel_times(
    study: Study,
    question: Question,
    *,
    limit_minutes: float | None = None,
    reuse: TravelTimes | None = None,
    linkage: Linkage | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TravelTimes:
    """Return exact travel times from every cell to every place a question counts.

    Without `limit_minutes` the search goes to the end of the streets; with it, times up to and
    including the limit are found and the rest is told apart. `reuse` takes an earlier answer:
    columns computed from the same streets, costs, cells and place are copied, not computed.

    Raises CapacityError before the work where the table would not fit in memory.
    """
    ready = link(study, question) if linkage is None else linkage
    limit = None if limit_minutes is None else int(np.floor(limit_minutes * 600 + 1e-9))
    _refuse_too_large(len(study.cells), len(ready.places))

    columns = _columns(study, ready, limit)
    tenths = np.empty((len(study.cells), len(ready.places)), dtype=np.int32)
    known = {} if reuse is None else dict(zip(reuse.columns.tolist(), reuse.tenths.T, strict=True))
    fresh = np.array([c not in known for c in columns], dtype=bool)
    for index in np.flatnonzero(~fresh).tolist():
        tenths[:, index] = known[columns[index]]
    if fresh.any():
        tenths[:, fresh] = search(
            study.network,
            ready.costs,
            ready.cell_snaps,
            ready.place_snaps.take(fresh),
            limit,
            progress,
        )
    return TravelTimes(
        cells=study.cells.ids,
        places=frozen(study.places.ids[ready.places]),
        tenths=frozen(tenths),
        limit_s=None if limit is None else limit / 10.0,
        columns=texts(columns),
    )


def _columns(study: Study, ready: Linkage, limit: int | None) -> list[str]:
    """Return, per place, the fingerprint of all that its column depends on."""
    world = fingerprint(study.network, ready.costs, study.cells.ids, ready.cell_snaps, limit)
    snaps = ready.place_snaps
    parts = (snaps.segment, snaps.fraction, snaps.metres, snaps.component)
    return [fingerprint(world, *(part[i : i + 1] for part in parts)) for i in range(len(snaps.on))]


def _refuse_too_large(cells: int, places: int) -> None:
    needed = cells * places * 4 * 3  # the table, its seconds and one working copy
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not told on Windows
        memory = 8 * 2**30
    if needed > memory * SHARE_OF_MEMORY:
        facts = {
            "cells": f"{cells:,}",
            "places": f"{places:,}",
            "needed": f"{needed / 2**30:.1f}",
            "memory": f"{memory / 2**30:.1f}",
        }
        raise CapacityError.of("E650", facts=facts)
