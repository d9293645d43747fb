"""The sections of a report, each from the same tables as the files beside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from access._privacy import HIDDEN, LEAST, count, suppress, told
from access._rounding import percent
from access.errors import Lang
from access.show import classes
from access.show.charts import bars, key, still_map
from access.show.map import headline
from access.show.markup import bullets, ranked, shown, table, tag
from access.show.tables import column_name, district_table, whole_ledger
from access.show.words import credits, day, describe, group, number, title, words

if TYPE_CHECKING:
    from access.ledger import Entry
    from access.measure.outcome import Outcome
    from access.study.study import Study

LISTED = 300
"""How many remarks the report lists one by one; ledger.csv lists all."""


def summary(outcomes: Sequence[Outcome], lang: Lang) -> str:
    """Return the headline of every question, in words and as a small table."""
    said = words(lang)
    lines = bullets(headline(outcome, lang) for outcome in outcomes)
    rows = []
    for outcome in outcomes:
        city = district_table([outcome]).iloc[0]
        limit = number(outcome.question.limit)
        rows.append(
            [
                title(outcome.question, lang),
                describe(outcome.question, lang),
                shown(city["people"]),
                shown(city[f"within_{limit}"]),
                shown(city[f"share_{limit}"], 1),
                shown(city["median_min"], 1),
                shown(city["mean_min"], 1),
                shown(city["underserved"]),
            ]
        )
    heads = [said["question"], said["what_is_asked"], said["column_people"]]
    heads += [said[k] for k in ("reached_people", "share_percent", "column_median_min")]
    heads += [said["column_mean_min"], said["column_underserved"]]
    notes = [f"{said['note']}: {said['underserved_note']}", f"{said['note']}: {said['means_note']}"]
    whole = table(said["summary_table"], said["units"], heads, rows, notes, left=2, name="summary")
    return f"<section><h2>{escape(said['summary'])}</h2>{lines}{whole}</section>"


def answer(outcome: Outcome, order: int, lang: Lang) -> str:
    """Return one question: its map, its table by district, and who is left out."""
    said, asked = words(lang), outcome.question
    data = district_table([outcome])
    colours = [
        classes.COLOURS[classes.class_of(m, classes.breaks(asked.minutes))] for m in asked.minutes
    ]
    labels = [said["within"].format(minutes=number(m)) for m in asked.minutes]
    parts = [
        f"<section><h2>{order}. {escape(title(asked, lang))}</h2>",
        tag("p", describe(asked, lang), **{"class": "asked"}),
        figure(outcome, lang),
        _by_district(outcome, data, order, lang),
        f"<figure><figcaption>{escape(said['bars_caption'])}</figcaption>",
        key([*labels, said["beyond"]], [*colours, "url(#beyond)"]),
        _bars(data, asked.minutes, colours),
        "</figure>",
        _underserved(data, lang),
        _reasons(outcome, data, lang),
        _groups(outcome, lang),
        _districts_and_groups(outcome, lang),
        f"<h3>{escape(said['assumptions'])}</h3>",
        bullets(pair[0 if lang == "ko" else 1] for pair in outcome.assumptions),
        "</section>",
    ]
    return "".join(parts)


def figure(outcome: Outcome, lang: Lang) -> str:
    """Return the still map of an outcome with its key."""
    said = words(lang)
    bounds = [number(b) for b in classes.breaks(outcome.question.minutes)]
    labels = [said["class_first"].format(to=bounds[0])]
    labels += [said["class_middle"].format(**{"from": a, "to": b}) for a, b in pairwise(bounds)]
    labels += [said["class_last"].format(**{"from": bounds[-1]}), said["no_way"]]
    alt = f"{said['legend']}: {title(outcome.question, lang)}"
    return (
        f"<figure><figcaption>{escape(said['legend'])}</figcaption>{still_map(outcome, alt)}"
        f"{key(labels, [*classes.COLOURS, classes.NONE])}</figure>"
    )


def _by_district(outcome: Outcome, data: Any, order: int, lang: Lang) -> str:
    said = words(lang)
    minutes = [number(m) for m in outcome.question.minutes]
    columns = ["name", "people", "centres"]
    columns += [c for m in minutes for c in (f"within_{m}", f"share_{m}")]
    columns += ["mean_min", "median_min", "plain_mean_min", "underserved"]
    rows = [
        [
            shown(value, 1 if c.startswith("share_") or c.endswith("_min") else 0)
            for value, c in zip(row, columns, strict=True)
        ]
        for row in data[columns].itertuples(index=False)
    ]
    caption = said["caption"].format(number=order, question=title(outcome.question, lang))
    notes = [
        f"{said['note']}: {said['means_note']}",
        _source(outcome.study, lang),
    ]
    heads = [column_name(c, lang) for c in columns]
    return table(caption, said["units"], heads, rows, notes, name=f"districts-{order}")


def _source(study: Study, lang: Lang) -> str:
    said = words(lang)
    files = ", ".join(dict.fromkeys(s.file for s in study.sources if s.file))
    return f"{said['source']}: {files} ({said['as_of']} {day(study.as_of, lang)})"


def _bars(data: Any, minutes: Sequence[float], colours: Sequence[str]) -> str:
    shares = [
        [0.0 if v == HIDDEN else ranked(v) for v in row]
        for row in data[[f"share_{number(m)}" for m in minutes]].itertuples(index=False)
    ]
    return bars(data["name"].tolist(), shares, colours)


def _underserved(data: Any, lang: Lang) -> str:
    """Return where the underserved live: districts ranked, then their sum."""
    said = words(lang)
    city, rows = data.iloc[0], data.iloc[1:]
    order = sorted(range(len(rows)), key=lambda i: -ranked(rows["underserved"].iloc[i]))
    total, running, hidden = ranked(city["underserved"]), 0, isinstance(city["underserved"], str)
    lines = [
        [
            "-",
            said["total"],
            shown(city["underserved"]),
            _part(city),
            "100.0" if total >= 1 else "-",
        ]
    ]
    for place, i in enumerate(order, 1):
        row = rows.iloc[i]
        if row["underserved"] in (0, None):
            continue
        hidden = hidden or isinstance(row["underserved"], str)
        running += 0 if hidden else row["underserved"]
        part = "-" if hidden else f"{percent(100 * running / total, running == total):.1f}"
        lines.append([str(place), row["name"], shown(row["underserved"]), _part(row), part])
    heads = [said["rank"], said["district"], said["column_underserved"]]
    heads += [said["of_residents"], said["running_share"]]
    return table(
        said["where_underserved"],
        said["units_people"],
        heads,
        lines,
        [f"{said['note']}: {said['underserved_note']}"],
        left=2,
        name="underserved",
    )


def _part(row: Any) -> str:
    some, people = row["underserved"], row["people"]
    if isinstance(some, str) or isinstance(people, str) or not people:
        return "-"
    return f"{percent(100 * some / people, some == people):.1f}"


def _reasons(outcome: Outcome, data: Any, lang: Lang) -> str:
    """Return why people are not reached; whole people that add up to the underserved."""
    said = words(lang)
    reasons = outcome.reasons()
    city = outcome.districts().iloc[0]
    within = int(city[f"within_{number(outcome.question.limit)}"])
    ends = np.floor(within + np.cumsum(reasons["people"].to_numpy(float)) + 0.5).astype(int)
    ends[-1:] = int(city["people"])
    whole = np.diff(np.concatenate([[within], np.clip(ends, within, int(city["people"]))]))
    column = "why" if lang == "ko" else "why_en"
    total = data["underserved"].iloc[0]
    texts = told([whole.sum(), *whole]).texts()[1:]
    if isinstance(total, str):  # a total that is hidden must not follow from its parts
        texts = [HIDDEN if 0 < n < LEAST else n and f">{LEAST - 1}" for n in whole.tolist()]
    rows = [[said["total"], shown(total), count(int(reasons["cells"].sum()))]]
    rows += [
        [why, shown(n), f"{cells:,}"]
        for why, n, cells in zip(reasons[column], texts, reasons["cells"], strict=True)
    ]
    heads = [said["reason"], said["column_underserved"], said["cells_count"]]
    return table(said["why_not"], said["units_cells"], heads, rows, name="reasons")


def _groups(outcome: Outcome, lang: Lang) -> str:
    """Return the city's row for every age group, where there are several."""
    import pandas as pd

    study, said = outcome.study, words(lang)
    if len(study.groups) < 2:
        return ""
    data = pd.concat([suppress(outcome.districts(name)).iloc[[0]] for name in study.groups])
    minutes = [number(m) for m in outcome.question.minutes]
    columns = ["people", *(f"share_{m}" for m in minutes), "mean_min", "median_min", "underserved"]
    rows = [
        [group(row["group"], lang)]
        + [shown(row[c], 1 if c.startswith("share") or c.endswith("_min") else 0) for c in columns]
        for _, row in data.iterrows()
    ]
    heads = [said["column_group"], *(column_name(c, lang) for c in columns)]
    return table(
        said["by_group"],
        said["units_people"],
        heads,
        rows,
        [f"{said['note']}: {said['pace_note']}"],
    )


def _districts_and_groups(outcome: Outcome, lang: Lang) -> str:
    """Return the underserved of every district and age group, where there are any groups.

    People and not shares: ages are known by district only, so that the shares of its groups are
    equal by the assumption that spreads them over its cells.
    """
    study, said = outcome.study, words(lang)
    if len(study.groups) < 2:
        return ""
    tables = [suppress(outcome.districts(name)) for name in study.groups]
    rows = [
        [tables[0]["name"][i], *(shown(table["underserved"][i]) for table in tables)]
        for i in range(len(tables[0]))
    ]
    heads = [column_name("name", lang), *(group(name, lang) for name in study.groups)]
    caption = said["by_district_and_group"].format(minutes=number(outcome.question.limit))
    notes = [f"{said['note']}: {said['equal_shares']}"]
    return table(caption, said["units_head"], heads, rows, notes, name="groups")


def ledger(outcomes: Sequence[Outcome], lang: Lang) -> str:
    """Return the account: rows read, used, repaired and left out, and every remark."""
    said, whole = words(lang), whole_ledger(outcomes)
    tallies = table(
        said["tallies"],
        said["units_rows"],
        [said[f"tally_{c}"] for c in ("file", "read", "used", "repaired", "excluded")],
        [
            [t.place, shown(t.read), shown(t.used), shown(t.repaired), shown(t.excluded)]
            for t in whole.tallies
        ],
        [f"{said['note']}: {said['tally_note']}"],
        name="tallies",
    )

    return (
        f"<section><h2>{escape(said['ledger'])}</h2>{tallies}"
        f"{_remarks(whole.entries, lang)}{_every(whole.entries, lang)}</section>"
    )


def _remarks(entries: Sequence[Entry], lang: Lang) -> str:
    """Return the remarks by kind: one row for all rows of a file with the same remark."""
    said = words(lang)

    def same(entry: Entry) -> tuple[str, ...]:
        facts = entry.problem.facts
        return entry.problem.file, entry.problem.code, entry.action, str(facts.get("question", ""))

    rows = []
    for (file, code, action, _), found in groupby(sorted(entries, key=same), key=same):
        members = list(found)
        known = [e.people for e in members if e.people is not None]
        rows.append(
            [
                file,
                members[0].problem.reason(lang),
                said[f"action_{action}"],
                _rows(members),
                f"{len(members):,}",
                count(round(sum(known))) if known else "-",
                code,
            ]
        )
    names = ("ledger_file", "content", "ledger_action", "ledger_row", "cases", "ledger_people")
    heads = [*(said[name] for name in names), said["ledger_code"]]
    if not rows:
        return tag("p", f"{said['remarks']}: {said['no_remarks']}")
    return table(said["remarks"], said["units_remarks"], heads, rows, left=4, name="remarks")


def _rows(entries: Sequence[Entry]) -> str:
    known = [f"{e.problem.row:,}" for e in entries if e.problem.row is not None]
    return ", ".join(known[:3]) + (" …" if len(known) > 3 else "") or "-"


def _every(entries: Sequence[Entry], lang: Lang) -> str:
    said = words(lang)
    rows = [
        [
            e.problem.file,
            "-" if e.problem.row is None else f"{e.problem.row:,}",
            e.problem.column or "-",
            "-" if e.problem.value is None else e.problem.value,
            e.problem.reason(lang),
            said[f"action_{e.action}"],
            "-" if e.people is None else count(round(e.people)),
        ]
        for e in entries[:LISTED]
    ]
    names = "ledger_file ledger_row ledger_column ledger_value content ledger_action ledger_people"
    heads = [said[name] for name in names.split()]
    more = len(entries) - LISTED
    notes = [said["more_remarks"].format(number=f"{more:,}")] if more > 0 else []
    title = said["every_remark"].format(number=f"{len(entries):,}")
    inner = table(title, said["units_people"], heads, rows, notes, left=6, name="ledger")
    return f"<details><summary>{escape(title)}</summary>{inner}</details>" if rows else ""


def sources(study: Study, lang: Lang) -> str:
    """Return where the data came from: file, date, and the start of its hash."""
    said = words(lang)
    rows = [
        [
            s.file,
            said.get(f"role_{s.role}", s.role),
            s.as_of[:10] or "-",
            s.sha256[:12] or "-",
            s.attribution or "-",
        ]
        for s in study.sources
    ]
    heads = [said[k] for k in ("ledger_file", "role", "data_date", "hash", "licence")]
    whole = table(
        said["sources_table"], "", heads, rows, [f"{said['note']}: {said['hash_note']}"], left=5
    )
    lines = [*credits(study), said["made_by"]]
    return f"<section><h2>{escape(said['sources'])}</h2>{whole}{bullets(lines)}</section>"
