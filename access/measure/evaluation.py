"""Evaluation: put a question to a study."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access.errors import InputError, Problem
from access.ledger import Entry, Findings, Ledger
from access.measure.outcome import Outcome
from access.network.modes import Mode
from access.network.snap import FAR_M, SNAP_M
from access.study.question import Question
from access.study.study import Study
from access.travel.compute import travel_times
from access.travel.linkage import Linkage, link
from access.travel.times import TravelTimes, Why

Tenths = npt.NDArray[np.int32]


def evaluate(
    study: Study,
    question: Question,
    reuse: Outcome | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Answer a question: the nearest place of every cell, and who has none within the minutes.

    Times are searched without a limit, so that means and medians speak of everybody who has a way.
    `reuse` takes an earlier outcome; travel times that did not change are copied from it.

    Raises InputError for a group the study does not have or kinds of places it does not know, and
    TypeError for something that is no study, question or outcome.

    >>> from access.testing import toy_study
    >>> town = toy_study("abc  d", {"abc": {}}, people={"a": 10, "c": 5, "d": 2}, centres="b")
    >>> today = evaluate(town, Question(minutes=(1, 2)))
    >>> today.minutes.round(1).tolist(), today.reached().tolist()
    ([1.4, 1.4, 5.6], [True, True, False])
    """
    _expect(study, Study)
    _expect(question, Question)
    if reuse is not None:
        _expect(reuse, Outcome)
    _refuse_unknown(study, question)
    ready = link(study, question)
    times = travel_times(
        study,
        question,
        linkage=ready,
        reuse=None if reuse is None else reuse.times,
        progress=progress,
    )
    nearest, place = times.nearest()
    return Outcome(
        study=study,
        question=question,
        times=times,
        nearest_tenths=frozen(nearest),
        nearest_place=frozen(place),
        place_index=ready.places,
        assumptions=_assumptions(study, question, ready),
        ledger=_account(study, question, ready, times, nearest),
    )


def _expect(given: object, kind: type) -> None:
    if not isinstance(given, kind):
        raise TypeError(f"evaluate() takes a {kind.__name__}, not {type(given).__name__}")


def _refuse_unknown(study: Study, question: Question) -> None:
    problems = []
    if question.group not in study.groups:
        facts = {"groups": ", ".join(study.groups)}
        problems.append(Problem("E604", column="group", value=question.group, facts=facts))
    kinds = {*study.places.kind.tolist()}
    if study.planned is not None:  # a plan may close the last of its kind
        kinds |= {*study.planned.base.places.kind.tolist()}
    problems += [
        Problem("E605", column="to", value=kind, facts={"kinds": ", ".join(sorted(kinds))})
        for kind in question.to
        if kind not in kinds
    ]
    if problems:
        raise InputError(problems)


def _account(
    study: Study, question: Question, ready: Linkage, times: TravelTimes, nearest: Tenths
) -> Ledger:
    """List who and what the answer leaves out, or joins to the streets only from afar."""
    people = study.groups[question.group]
    limit = f"{SNAP_M[question.mode] if question.snap_m is None else question.snap_m:g}"
    name = question.name or question.mode
    cells = Findings(study.cells.file, study.cells.sheet)
    why = np.minimum(nearest, 0)
    rows = study.cells.rows
    for i in np.flatnonzero(why < 0).tolist():
        code = "W801" if why[i] == Why.CELL_OFF else "W802"
        cells.note(
            code,
            row=None if rows is None else int(rows[i]),
            value=study.cells.ids[i],
            action="used",
            people=float(people[i]),
            question=name,
            limit=limit,
        )
    snaps = ready.cell_snaps
    loose = snaps.on & ((snaps.metres > FAR_M) | (snaps.component != ready.main))
    for i in np.flatnonzero(loose).tolist():
        far = snaps.metres[i] > FAR_M
        cells.note(
            "W803" if far else "W804",
            row=None if rows is None else int(rows[i]),
            value=study.cells.ids[i],
            people=float(people[i]),
            question=name,
            metres=f"{snaps.metres[i]:.0f}",
        )
    entries = list(cells.entries)

    snaps = ready.place_snaps
    latest = times.tenths.max(axis=0, initial=-1)
    for k, i in enumerate(ready.places.tolist()):
        code = ""
        if not snaps.on[k]:
            code = "W805"
        elif latest[k] < 0:
            code = "W806"
        elif snaps.component[k] != ready.main:
            code = "W804"
        elif snaps.metres[k] > FAR_M:
            code = "W803"
        if code:
            entries += _note_place(study, i, code, name, limit, float(snaps.metres[k]))
    for i in ready.unknown.tolist():
        entries += _note_place(study, i, "W807", name, limit, 0.0)
    return Ledger(tuple(entries))


def _note_place(
    study: Study, i: int, code: str, question: str, limit: str, metres: float
) -> list[Entry]:
    places = study.places
    found = places.findings(i)
    found.note(
        code,
        row=places.row(i),
        value=places.names[i],
        action="used",
        question=question,
        limit=limit,
        metres=f"{metres:.0f}",
    )
    return found.entries


def _assumptions(study: Study, question: Question, ready: Linkage) -> tuple[tuple[str, str], ...]:
    """Say, in Korean and English, what the answer takes for granted."""
    means = ready.mode
    limit = SNAP_M[question.mode] if question.snap_m is None else question.snap_m
    said = [_pace(means.walk_ms, limit)]
    if question.mode == "bicycle":
        said.append(
            (
                f"자전거 {means.bicycle_kmh:g} km/h, 걸어서만 갈 수 있는 길에서는 끌고 걸음.",
                f"Cycling at {means.bicycle_kmh:g} km/h, pushing where one may only walk.",
            )
        )
    if question.mode == "drive":
        said += _driving(question.profile, ready, len(study.network.restrictions))
    said += [
        (
            "출입 제한 도로(access=private, destination)는 출발지나 도착지에 닿을 때만 지남.",
            "Private and destination roads are passed only as first or last part of a trip.",
        ),
        (
            "읍·면·동의 연령별 주민은 격자 인구에 비례하여 나눔.",
            "Residents of a district are spread over its cells in proportion to the cells' people.",
        ),
        _slope(study, means),
    ]
    if ready.costs.anomalies:
        counts = sorted(ready.costs.anomalies.items(), key=lambda item: (-item[1], item[0]))
        number = sum(count for _, count in counts)
        listed = ", ".join(f"{tag} {count}" for tag, count in counts[:3])
        said.append(
            (
                f"뜻을 알 수 없거나 때에 따라 다르거나 의심스러운 도로 태그 {number}건은 "
                f"기본값으로 봄(많은 순: {listed}).",
                f"{number} way tags that are unknown, conditional or doubtful were taken as "
                f"defaults (most frequent: {listed}).",
            )
        )
    return tuple(said)


def _pace(walk_ms: float, limit_m: float) -> tuple[str, str]:
    return (
        f"걷는 속도 {walk_ms:.2f} m/s ({walk_ms * 3.6:.1f} km/h), "
        f"길까지의 거리는 걷는 시간으로 더함(한계 {limit_m:g} m).",
        f"Walking at {walk_ms:.2f} m/s ({walk_ms * 3.6:.1f} km/h); the way to the street counts "
        f"as walking (limit {limit_m:g} m).",
    )


def _slope(study: Study, means: Mode) -> tuple[str, str]:
    if means.name == "drive" or study.network.height is None or not means.slope:
        return "경사와 버스는 반영하지 않음.", "Slopes and buses are not included."
    source = "Tobler 1993"
    if means.name == "bicycle":
        source += "; Parkin·Rotheram 2010"
    name = study.network.relief
    closed = ("", "")
    if means.name == "walk" and means.max_slope is not None:
        limit = f"{100 * means.max_slope:.3g}%"
        closed = (
            f" 경사 {limit}를 넘는 길은 지나지 않음.",
            f" Ways steeper than {limit} are not taken.",
        )
    return (
        f"길의 경사를 반영함({source}), 표고 자료 {name}. 길까지 걷는 거리에는 반영하지 않음."
        f"{closed[0]} 버스는 반영하지 않음.",
        f"Slopes of the streets are included ({source}), by the relief {name}; not on the way to "
        f"the street.{closed[1]} Buses are not included.",
    )


def _driving(profile: str, ready: Linkage, restrictions: int) -> list[tuple[str, str]]:
    if profile == "policy":
        speed = (
            "승용차는 모든 도로에서 25 km/h(정책기준).",
            "Cars at 25 km/h on every road (policy clock).",
        )
    else:
        total = sum(ready.costs.defaults.values()) or 1.0
        shares = sorted(
            ((100 * m / total, c) for c, m in ready.costs.defaults.items() if c), reverse=True
        )
        used = sum(part for part, _ in shares)
        share = ready.mode.limit_share
        pace = {c: f"{town:g}·{land:g}" for c, town, land in ready.mode.class_kmh}
        listed = ", ".join(f"{c} {pace.get(c, '-')} km/h {part:.0f}%" for part, c in shares)
        speed = (
            f"제한속도 표시가 있으면 그 {share:g}배, 없으면 등급별 기본 속도(시가지·외곽): "
            f"길이의 {used:.0f}% ({listed}).",
            f"{share:g} of the tagged limit, else the default of the class (in town, outside): "
            f"{used:.0f}% of the length ({listed}).",
        )
    turns = (
        f"회전 제한 {restrictions:,}건을 지킴(시간대에 따라 다른 제한은 제외).",
        f"{restrictions:,} turn restrictions are obeyed, but for those at certain times.",
    )
    if not restrictions:
        turns = (
            "길 자료에 회전 제한이 없어 어디서나 돌 수 있는 것으로 봄.",
            "Turn restrictions: the streets come with none, so cars may turn everywhere.",
        )
    waiting = (
        "신호 대기와 주차 시간은 반영하지 않음.",
        "Waiting at signals and parking are not modelled.",
    )
    return [speed, turns, waiting]
