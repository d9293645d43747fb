"""Compute: travel times of a study for a question, reusing what did not change."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import fingerprint, frozen, texts
from access.errors import CapacityError, InputError
from access.study.question import Question
from access.study.study import Study
from access.travel.again import search_afresh, search_again
from access.travel.asked import Asked
from access.travel.linkage import Linkage, link
from access.travel.times import TravelTimes

LONGEST_MINUTES = 40_000
"""Four weeks: no trip is longer, and what stands for no way is far beyond it."""

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
    columns computed from the same streets, costs, cells and place are taken over; where streets
    were closed, added or weighed anew, or points have moved, only what that can touch is computed
    (`travel.again`). The answer is the same to the last tenth.

    Raises CapacityError before the work where the table would not fit in memory, InputError where
    the limit is no number of minutes from 0 to 40,000.

    >>> from access.testing import toy_study
    >>> town = toy_study("abc  d", {"abc": {}}, people={"a": 10, "c": 5, "d": 2}, centres="b")
    >>> travel_times(town, Question()).tenths.tolist()
    [[833], [833], [3333]]
    """
    ready = link(study, question) if linkage is None else linkage
    limit = None if limit_minutes is None else _tenths(limit_minutes)
    _refuse_too_large(len(study.cells), len(ready.places))
    asked = Asked(study.network, ready.costs, ready.cell_snaps, ready.place_snaps, limit)
    ids = study.places.ids[ready.places]
    columns = _columns(study, asked)
    if reuse is not None and columns and reuse.columns.tolist() == columns:
        tenths = reuse.tenths
    else:
        tenths = _answer(study, asked, ids, columns, reuse, progress)
        tenths.flags.writeable = False
    return TravelTimes(
        cells=study.cells.ids,
        places=frozen(ids),
        tenths=tenths,
        limit_s=None if limit is None else limit / 10.0,
        columns=texts(columns),
        asked=asked,
    )


def _tenths(minutes: Any) -> int:
    """Return a limit in tenths of a second; a trip of just so long is within it."""
    fits = isinstance(minutes, int | float | np.number) and 0 <= float(minutes) <= LONGEST_MINUTES
    if not fits or isinstance(minutes, bool):
        facts = {"most": f"{LONGEST_MINUTES:,}"}
        raise InputError.of("E607", column="limit_minutes", value=str(minutes), facts=facts)
    return int(np.floor(float(minutes) * 600 + 1e-9))


def _answer(
    study: Study,
    asked: Asked,
    ids: npt.NDArray[np.str_],
    columns: list[str],
    reuse: TravelTimes | None,
    progress: Callable[[int, int], None] | None,
) -> npt.NDArray[np.int32]:
    """Return the table, of whose columns as many as can be are told from an earlier answer."""
    if reuse is None:
        return search_afresh(asked, progress=progress)
    before = _comparable(study, reuse, asked)
    if before is not None and np.array_equal(ids, reuse.places):
        return search_again(asked, before, reuse.tenths)
    tenths = np.empty((len(study.cells), len(ids)), dtype=np.int32)
    known = {column: at for at, column in enumerate(reuse.columns.tolist())}
    same = np.array([column in known for column in columns], dtype=bool)
    if same.any():
        kept = [known[column] for column in columns if column in known]
        tenths[:, same] = reuse.tenths[:, kept]
    place = {name: at for at, name in enumerate(reuse.places.tolist())}
    there = np.array([before is not None and name in place for name in ids.tolist()], dtype=bool)
    told, new = np.flatnonzero(~same & there), np.flatnonzero(~same & ~there)
    if before is not None and len(told):
        at = np.array([place[name] for name in ids[told].tolist()])
        then = replace(before, places=before.places.take(at))
        now = replace(asked, places=asked.places.take(told))
        tenths[:, told] = search_again(now, then, reuse.tenths[:, at])
    if len(new):
        now = replace(asked, places=asked.places.take(new))
        tenths[:, new] = search_afresh(now, progress=progress)
    return tenths


def _comparable(study: Study, reuse: TravelTimes, asked: Asked) -> Asked | None:
    """Return what earlier times were asked, if they speak of the same cells and limit."""
    before = reuse.asked
    if before is None or before.limit != asked.limit:
        return None
    return before if np.array_equal(reuse.cells, study.cells.ids) else None


def _columns(study: Study, asked: Asked) -> list[str]:
    """Return, per place, the fingerprint of all that its column depends on."""
    streets = asked.network.tail, asked.network.head, asked.costs
    world = fingerprint(*streets, study.cells.ids, asked.cells, asked.limit)
    snaps = asked.places
    parts = (snaps.segment, snaps.fraction, snaps.metres, snaps.component)
    return [fingerprint(world, *(part[i : i + 1] for part in parts)) for i in range(len(snaps.on))]


def memory_needed(cells: int, places: int) -> int:
    """Return about how many bytes travel times take while they are computed and counted.

    The table of 4 bytes a pair, and at most two copies of it. Whatever else the search needs does
    not grow with the table: it is filled 64 places at a time.

    >>> memory_needed(50_000, 300)
    180000000
    """
    return cells * places * 4 * 3


def _refuse_too_large(cells: int, places: int) -> None:
    needed = memory_needed(cells, places)
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
