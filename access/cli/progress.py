"""Progress: what is said of long work, before it and on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from access.cli.manner import Manner

if TYPE_CHECKING:
    from access.study.question import Question
    from access.study.study import Study

PATIENCE = 5.0
"""Seconds: of work that takes longer, how long is told."""


def announce(manner: Manner, study: Study, question: Question) -> None:
    """Say what is computed, and how much memory it takes, before the work."""
    from access.travel.compute import memory_needed

    cells, places = len(study.cells), sum(kind in question.to for kind in study.places.kind)
    size = f"{memory_needed(cells, places) / 1e6:,.0f} MB"
    name = question.name or question.mode
    manner.say(
        f"계산 중: {name} (격자 {cells:,}개 × 시설 {places:,}곳, 메모리 약 {size})",
        f"Computing {name} ({cells:,} cells x {places:,} places, about {size} of memory)",
    )


def counter(manner: Manner) -> Callable[[int, int], None]:
    """Return a teller of long work: nothing is said of work that is done at one stroke."""

    def tell(done: int, whole: int) -> None:
        if done < whole:
            manner.say(f"  시설 {whole}곳 중 {done}곳", f"  {done} of {whole} places")

    return tell


def draws_counter(manner: Manner) -> Callable[[int, int], None]:
    """Return a teller of every quarter of the draws, and early of how long they will take."""
    begun = time.monotonic()
    told = False

    def tell(done: int, whole: int) -> None:
        nonlocal begun, told
        if done == 0:
            begun = time.monotonic()
            return
        passed = time.monotonic() - begun
        left = passed / done * (whole - done)
        quarter = done % max(1, whole // 4) == 0
        if quarter or (not told and passed > PATIENCE and left > PATIENCE):
            told = True
            ko, en = f"  {whole}번 가운데 {done}번 뽑음", f"  {done} of {whole} draws"
            if left > PATIENCE:
                ko, en = f"{ko}, 앞으로 약 {left:,.0f}초", f"{en}, about {left:,.0f} s to go"
            manner.say(ko, en)

    return tell
