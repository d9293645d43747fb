"""Standards in the report and as tables: who is within, under which number, by whose word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from access._privacy import HIDDEN, LEAST
from access.errors import Lang
from access.measure.compliance import threshold
from access.measure.verdict import MEANS
from access.show.markup import shown, table, tag
from access.show.tables import Sheet, csv_bytes
from access.show.words import day, group, words

if TYPE_CHECKING:
    from access.measure.compliance import Compliance
    from access.measure.verdict import Verdict
    from access.study.standard import Standard

COLUMNS = {
    "standard": "standard",
    "status": "standard_status",
    "mode": "standards_mode",
    "kmh": "standards_kmh",
    "group": "column_group",
    "scope": "standards_scope",
    "threshold": "standards_role",
    "limit_m": "standards_limit_m",
    "limit_min": "standards_limit_min",
    "code": "column_code",
    "name": "column_name",
    "people": "standard_people",
    "places": "standard_places",
    "within": "standard_within",
    "share_percent": "standard_share",
    "beyond": "standard_beyond",
    "plain_mean_m": "standard_plain_mean_m",
    "mean_m": "standard_mean_m",
    "median_m": "standard_median_m",
    "share_target": "standard_target",
    "met": "standard_met",
    "short": "standard_short",
    "share_real": "standard_real",
    "source": "standard_source",
}
"""Columns of standards.csv, and the word for each."""


def section(held: Compliance, lang: Lang) -> str:
    """Return what the report says of the standards; "" where there are none."""
    if not len(held):
        return ""
    said = words(lang)
    judged = [(i, v) for i, v in enumerate(held, 1) if v.judged]
    parts = [
        f"<section><h2>{escape(said['standards'])}</h2>",
        tag("p", said["standards_clock"], **{"class": "asked"}),
        _overview(held, judged, lang),
        _distances(judged, lang),
        _steps(judged, lang),
        _by_district(held, judged, lang),
        _basis(held, lang),
        "</section>",
    ]
    return "".join(parts)


Judged = Sequence[tuple[int, "Verdict"]]


def _overview(held: Compliance, judged: Judged, lang: Lang) -> str:
    said = words(lang)
    rows = []
    for i, verdict in judged:
        one, city = verdict.standard, verdict.shown().iloc[0]
        counted = one.per_district is not None
        rows.append(
            [
                f"{i}. {_called(one, lang)}",
                one.force(lang),
                threshold(one, lang),
                shown(int(city["places"])),
                shown(city["people"]),
                shown(city[f"within_{verdict.own}"]),
                shown(city[f"share_{verdict.own}"], 1),
                "-" if counted else shown(city["share_real"], 1),
                "-" if one.target is None else f"{one.target:g}",
                _met_districts(verdict, lang) if counted else _met(city["met"], lang),
                "-" if city["short"] is None else f"{city['short']:,}",
            ]
        )
    keys = "threshold places people within share real target met short"
    heads = [said["standard"], *(said[f"standard_{k}"] for k in ("status", *keys.split()))]
    walk = held.study.mode("walk", "general").walk_ms * 3.6
    slopes = said["standards_slopes" if held.study.network.relief else "standards_level"]
    real = said["standards_note_real"].format(walk=f"{walk:.1f}", slopes=slopes)
    notes = [
        f"{said['note']}: {said['standards_note_people']}",
        f"{said['note']}: {real}",
    ]
    absent = ", ".join(v.standard.title(lang) for v in held if not v.judged)
    if absent:
        notes.append(f"{said['note']}: {said['standards_note_absent'].format(names=absent)}")
    notes.append(_source(held, lang))
    return table(
        said["standards_table"], said["standards_units"], heads, rows, notes, 3, name="standards"
    )


def _distances(judged: Judged, lang: Lang) -> str:
    """Return the kind of number that is published, and the one about people beside it."""
    said = words(lang)
    rows = []
    for i, verdict in judged:
        if verdict.near is None:
            continue
        city = verdict.shown().iloc[0]
        rows.append([f"{i}. {_called(verdict.standard, lang)}", *(shown(city[c]) for c in MEANS)])
    heads = [said["standard"], *(said[f"standard_{c}"] for c in MEANS)]
    notes = [f"{said['note']}: {said['standards_note_means']}"]
    caption, unit = said["standards_distance"], said["standards_metres"]
    return table(caption, unit, heads, rows, notes, name="standards-distance") if rows else ""


def _steps(judged: Judged, lang: Lang) -> str:
    """Return several thresholds side by side, and the people each step costs."""
    said = words(lang)
    rows = []
    for i, verdict in judged:
        if len(verdict.limits) > 1:
            rows += [
                [f"{i}. {verdict.standard.label(lang)}", *cells]
                for cells in _step_rows(verdict, lang)
            ]
    keys = "threshold within share beyond tightened met short"
    heads = [said["standard"], *(said[f"standard_{k}"] for k in keys.split())]
    caption, unit = said["standards_steps"], said["standards_step_units"]
    return table(caption, unit, heads, rows, left=2, name="standards-steps") if rows else ""


def _step_rows(verdict: Verdict, lang: Lang) -> Iterator[list[str]]:
    one, before = verdict.standard, None
    for k, _ in enumerate(verdict.limits):
        city = verdict.shown(k).iloc[0]
        own = f" [{words(lang)['standards_own']}]" if k == verdict.own else ""
        within = city[f"within_{k}"]
        lost: Any = None
        if not isinstance(within, str) and before is not None and not isinstance(before, str):
            lost = within - before
        yield [
            threshold(one, lang, verdict.limits[k]) + own,
            shown(within),
            shown(city[f"share_{k}"], 1),
            shown(city["underserved"]),
            "-" if lost is None else HIDDEN if 0 < lost < LEAST else f"{lost:,}",
            _met(city["met"], lang),
            "-" if city["short"] is None else f"{city['short']:,}",
        ]
        before = within


def _by_district(held: Compliance, judged: Judged, lang: Lang) -> str:
    said, districts = words(lang), held.study.districts
    names = [said["total"], *districts.names.tolist()]
    columns = []
    for _, verdict in judged:
        found = verdict.shown()
        counted = verdict.standard.per_district is not None
        share = found["met" if counted else f"share_{verdict.own}"].tolist()
        cells = [_met(v, lang) if counted else shown(v, 1) for v in share]
        by_code = dict(zip(found["code"], cells, strict=True))
        columns.append([by_code.get(code, "-") for code in ["", *districts.codes.tolist()]])
    rows = [[name, *cells] for name, cells in zip(names, zip(*columns, strict=True), strict=False)]
    heads = [said["district"], *(f"{i}. {_brief(v.standard, lang)}" for i, v in judged)]
    caption, unit = said["standards_districts"], said["standards_percent"]
    notes = [f"{said['note']}: {said['standards_note_districts']}", _source(held, lang)]
    return table(caption, unit, heads, rows, notes, name="standards-districts") if columns else ""


def _basis(held: Compliance, lang: Lang) -> str:
    """Return who says so and with what force: one row for all items of a preset alike."""
    said = words(lang)
    rows: dict[tuple[str, str, str], list[str]] = {}
    for i, verdict in enumerate(held, 1):
        one = verdict.standard
        key = (one.force(lang), one.origin(lang), one.note(lang) or "-")
        rows.setdefault(key, []).append(f"{i}. {one.title(lang)}")
    heads = [said[f"standard{k}"] for k in ("", "_status", "_source", "_note")]
    told = [["; ".join(names), *key] for key, names in rows.items()]
    return table(said["standards_basis"], "", heads, told, left=4, name="standards-basis")


def _called(one: Standard, lang: Lang) -> str:
    """Return a standard with whom it is for, where that is not everybody everywhere."""
    limits = [group(one.group, lang)] if one.group != "all" else []
    limits += [words(lang)["standard_eupmyeon"]] if one.scope == "eupmyeon" else []
    return f"{one.title(lang)} ({', '.join(limits)})" if limits else one.title(lang)


def _brief(one: Standard, lang: Lang) -> str:
    far = "" if one.per_district is not None else f" {one.limit_m:,.0f} m"
    return f"{one.label(lang)}{far}"


def _met(value: bool | None, lang: Lang) -> str:
    return "-" if value is None else words(lang)["standard_yes" if value else "standard_no"]


def _met_districts(verdict: Verdict, lang: Lang) -> str:
    met, whole = verdict.met_districts()
    return words(lang)["standard_met_districts"].format(met=met, whole=whole)


def _source(held: Compliance, lang: Lang) -> str:
    said, study = words(lang), held.study
    files = ", ".join(dict.fromkeys(s.file for s in study.sources if s.file))
    return f"{said['source']}: {files} ({said['as_of']} {day(study.as_of, lang)})"


def headline(verdict: Verdict, lang: Lang) -> str:
    """Return a verdict in one line, as the command line prints it."""
    one, said = verdict.standard, words(lang)
    start = f"{_called(one, lang)}, {threshold(one, lang)} [{one.force(lang)}]"
    if not verdict.judged:
        return said["standards_note_absent"].format(names=start)
    if one.per_district is not None:
        return f"{start}: {_met_districts(verdict, lang)}"
    city = verdict.shown().iloc[0]
    within, share = city[f"within_{verdict.own}"], city[f"share_{verdict.own}"]
    line = f"{start}: {shown(within)} / {shown(city['people'])} ({shown(share, 1)}%)"
    if one.target is None or city["short"] is None:
        return line
    told = said["standard_target_met" if city["met"] else "standard_target_missed"]
    short = f"{city['short']:,}"
    return f"{line}, {told.format(target=f'{one.target:g}', short=short)}"


def rows(held: Compliance, lang: Lang) -> Iterator[list[Any]]:
    """Yield the rows of standards.csv: every standard, every threshold of it, every district."""
    said = words(lang)
    for verdict in held:
        if not verdict.judged:
            continue
        one = verdict.standard
        for k, limit in enumerate(verdict.limits):
            counted = one.per_district is not None
            start = [
                one.title(lang),
                one.force(lang),
                one.mode,
                None if counted else one.kmh,
                one.group,
                one.scope,
                said["standards_own" if k == verdict.own else "standards_compared"],
                None if counted else round(limit),
                None if counted else round(limit / one.metres_a_minute, 1),
            ]
            for row in verdict.shown(k).to_dict("records"):
                own = k == verdict.own and not counted
                yield [
                    *start,
                    row["code"],
                    row["name"],
                    _plain(row["people"]),
                    int(row["places"]),
                    _plain(row[f"within_{k}"]),
                    _plain(row[f"share_{k}"], 1),
                    _plain(row["underserved"]),
                    *(_plain(row[name]) for name in MEANS),
                    one.target,
                    None if row["met"] is None else _met(row["met"], lang),
                    row["short"],
                    _plain(row["share_real"], 1) if own else None,
                    one.origin(lang),
                ]


def _plain(value: Any, decimals: int = 0) -> Any:
    if isinstance(value, str) or value is None:
        return value
    if value != value:
        return None
    return round(float(value), decimals) if decimals else round(value)


def standards_csv(held: Compliance, lang: Lang) -> bytes:
    """Return standards.csv."""
    return csv_bytes(list(COLUMNS), rows(held, lang))


def sheet(held: Compliance, lang: Lang) -> Sheet:
    """Return the sheet of standards of tables.xlsx."""
    said = words(lang)
    heads = [said[key] for key in COLUMNS.values()]
    return Sheet(said["standards"], heads, rows(held, lang), [*COLUMNS])
