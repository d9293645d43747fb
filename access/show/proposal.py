"""The report of a proposal: plans side by side, the front, how sure it is, and a card a site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from access._privacy import count, suppress, suppress_changes, told
from access.decide.card import whole
from access.decide.comparison import compare
from access.decide.plan import STATUSES
from access.errors import Lang
from access.show import offline, page, sections
from access.show.assumptions import assumptions, uncertain
from access.show.markup import bullets, shown, table, tag
from access.show.words import describe, group, number, words

if TYPE_CHECKING:
    import pandas as pd

    from access.decide.card import Card
    from access.decide.proposal import Proposal
    from access.measure.outcome import Outcome


def proposal_html(
    proposal: Proposal, today: Outcome, then: Outcome, lang: Lang, beside: Sequence[tuple[str, str]]
) -> str:
    """Return the page. `today` and `then` are the question without and with the sites.

    `beside` are files in the same folder to point to, (name, what it is).
    """
    said = words(lang)
    heading = title(proposal, lang)
    links = "".join(
        f'<li><a href="{escape(name, quote=True)}">{escape(name)}</a> {escape(what)}</li>'
        for name, what in beside
    )
    body = "".join(
        [
            page.header(proposal.study, lang, heading),
            "<main>",
            f'<nav><ul class="beside">{links}</ul></nav>' if links else "",
            _summary(proposal, lang),
            _plans(proposal, lang),
            _maps(today, then, len(proposal.plan.sites), lang),
            _front(proposal, lang),
            _sure(proposal, lang),
            f"<section><h2>{escape(said['proposal_cards'])}</h2></section>",
            *(_card(proposal, card, i, lang) for i, card in enumerate(proposal.cards, 1)),
            _all(proposal, lang),
            _conditions(proposal, lang),
            sections.ledger([today], lang),
            sections.sources(proposal.study, lang),
            "</main>",
        ]
    )
    return offline.sealed(
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(heading)}</title>\n<style>{page.asset('report.css')}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def title(proposal: Proposal, lang: Lang) -> str:
    """Return what the report is called."""
    sites = len(proposal.plan.sites)
    return words(lang)["proposal_title"].format(name=proposal.study.name, number=sites)


def headline(proposal: Proposal, lang: Lang, aim: str | None = None) -> str:
    """Return a plan in one line: which sites, and how many people they bring within the limit."""
    chosen = aim or proposal.aim
    limit = number(proposal.question.limit)
    city = _changes(proposal, chosen).iloc[0]
    ids = proposal.study.places.ids.tolist()
    names = [str(proposal.study.places.names[ids.index(id)]) for id in proposal.plans[chosen].sites]
    return words(lang)["proposal_headline"].format(
        aim=words(lang)[f"aim_{chosen}"],
        sites=", ".join(names) or words(lang)["proposal_nowhere"],
        minutes=limit,
        group=group(proposal.question.group, lang),
        before=_counted(city["before"]),
        after=_counted(city["after"]),
        gained=_counted(city["gained"]),
    )


def _counted(people: Any) -> str:
    """Return a number of people as a sentence says it: nobody is 0."""
    said = count(people)
    return "0" if said == "-" else said


def needless_line(proposal: Proposal, lang: Lang) -> str:
    """Return which sites of the plan proposed bring nobody within the limit, "" for none."""
    needless = proposal.needless
    if not needless:
        return ""
    ids, places = proposal.study.places.ids.tolist(), proposal.study.places.names
    return words(lang)["proposal_needless"].format(
        sites=", ".join(str(places[ids.index(id)]) for id in needless),
        count=len(needless),
        kept=len(proposal.plan.sites) - len(needless),
        minutes=number(proposal.question.limit),
    )


def missing_lines(proposal: Proposal, lang: Lang) -> list[str]:
    """Return, for each aim without a plan, why there is none."""
    said, at = words(lang), 0 if lang == "ko" else 1
    lines = []
    for aim, plan in proposal.missing.items():
        clash = "; ".join(pair[at] for pair in plan.conflict)
        why = said["proposal_clash"].format(rules=clash) if clash else STATUSES[plan.status][at]
        lines.append(said["proposal_missing"].format(aim=said[f"aim_{aim}"], why=why))
    return lines


def _changes(proposal: Proposal, aim: str) -> pd.DataFrame:
    """Return what a plan changes at the limit, 계 first, as a comparison with today tells it."""
    found = compare(proposal.before, proposal.after[aim]).districts()
    return suppress_changes(found[found["minutes"] == proposal.question.limit])


def _summary(proposal: Proposal, lang: Lang) -> str:
    said = words(lang)
    needless = needless_line(proposal, lang)
    lines = []
    for card in proposal.cards:
        lines.append(
            said["proposal_site_line"].format(
                name=card.name,
                district=card.district,
                gained=_counted(card.shown().value("gain", "all")),
                times=_times(card, lang),
            )
        )
    asked = tag("p", describe(proposal.question, lang), **{"class": "asked"})
    return (
        f"<section><h2>{escape(said['summary'])}</h2>{asked}"
        f"{tag('p', headline(proposal, lang))}{bullets(lines)}"
        f"{tag('p', needless) if needless else ''}</section>"
    )


def _times(card: Card, lang: Lang) -> str:
    times, draws = card.value("robust", "times"), card.value("robust", "draws")
    return words(lang)["card_times_value"].format(times=times, draws=draws)


def plan_heads(lang: Lang, minutes: str) -> list[str]:
    """Return the heads of the table of plans."""
    said = words(lang)
    keys = "sites reached gained worst_share cost regret_most status"
    heads = [said[f"proposal_{key}"].format(minutes=minutes) for key in keys.split()]
    return [said["proposal_plan"], *heads]


def plan_rows(proposal: Proposal, lang: Lang) -> list[list[Any]]:
    """Return a row for each plan, as `plan_heads` names them; small groups hidden."""
    said = words(lang)
    names = _names(proposal)
    return [
        [
            said[f"aim_{row['aim']}"],
            ", ".join(names[id] for id in row["sites"].split(", ") if id) or "-",
            _hidden(row["people"]),
            _hidden(row["gained"]),
            round(row["share"], 1),
            None if np.isnan(row["cost"]) else round(row["cost"] / 1000),
            _hidden(round(row["regret"])),
            STATUSES[row["status"]][0 if lang == "ko" else 1],
        ]
        for row in proposal.side_by_side().to_dict("records")
    ]


def _names(proposal: Proposal) -> dict[str, str]:
    places = proposal.study.places
    return dict(zip(places.ids.tolist(), places.names.tolist(), strict=True))


def _hidden(people: int) -> Any:
    """Return a number of people as a table may hold it."""
    return told([people, people]).texts()[0]


def district_rows(proposal: Proposal, lang: Lang) -> list[list[Any]]:
    """Return a row for each 읍·면·동: people within today, and gained by each plan; 계 first."""
    today = suppress(proposal.before.districts())
    columns = [today[f"within_{number(proposal.question.limit)}"].tolist()]
    columns += [_changes(proposal, aim)["gained"].tolist() for aim in proposal.after]
    names = [words(lang)["total"], *today["name"].tolist()[1:]]
    return [[name, *row] for name, row in zip(names, zip(*columns, strict=True), strict=True)]


def district_heads(proposal: Proposal, lang: Lang) -> list[str]:
    """Return the heads of the table by 읍·면·동."""
    said = words(lang)
    today = said["proposal_today"].format(minutes=number(proposal.question.limit))
    return [said["district"], today, *(said[f"aim_{aim}"] for aim in proposal.plans)]


def _plans(proposal: Proposal, lang: Lang) -> str:
    said = words(lang)
    note, minutes = said["note"], number(proposal.question.limit)
    part = f"{100 * proposal.give_up:g}"
    notes = [
        f"{note}: {said['proposal_plans_note'].format(part=part)}",
        f"{note}: {said['proposal_regret_note']}",
    ]
    rows = [
        [name, sites, shown(p), shown(g), shown(s, 1), shown(c), shown(r), status]
        for name, sites, p, g, s, c, r, status in plan_rows(proposal, lang)
    ]
    plans = table(
        said["proposal_plans"],
        said["proposal_units"],
        plan_heads(lang, minutes),
        rows,
        notes,
        left=2,
        name="plans",
    )
    areas = table(
        said["proposal_by_district"],
        said["proposal_people_units"],
        district_heads(proposal, lang),
        [[row[0], *(shown(v) for v in row[1:])] for row in district_rows(proposal, lang)],
        [f"{note}: {said['proposal_district_note']}"],
        name="districts-gained",
    )
    data = proposal.candidates()
    some = data[data[list(proposal.plans)].any(axis=1)]
    marks = [
        [row["name"], row["district"], *("○" if row[aim] else "" for aim in proposal.plans)]
        for row in some.to_dict("records")
    ]
    heads = [said["proposal_site"], said["district"], *(said[f"aim_{a}"] for a in proposal.plans)]
    which = table(said["proposal_which"], "", heads, marks, left=2, name="which")
    heading = f"<section><h2>{escape(said['proposal_plans'])}</h2>"
    told = [headline(proposal, lang, aim) for aim in proposal.plans]
    lines = bullets([*told, *missing_lines(proposal, lang)])
    return f"{heading}{lines}{plans}{which}{areas}</section>"


def _maps(today: Outcome, then: Outcome, sites: int, lang: Lang) -> str:
    said = words(lang)
    parts = []
    for name, outcome in (
        (said["proposal_now"], today),
        (said["proposal_then"].format(number=sites), then),
    ):
        parts.append(f"<h3>{escape(name)}</h3>{sections.figure(outcome, lang)}")
    return f"<section>{''.join(parts)}</section>"


def front_rows(proposal: Proposal) -> list[list[Any]]:
    """Return a row for each plan of the front, and after them those that are beaten."""
    names = _names(proposal)
    rows: list[list[Any]] = []
    for row in proposal.front.to_frame().to_dict("records"):
        sites, by = (
            ", ".join(names[id] for id in row[key].split(", ") if id)
            for key in ("sites", "dominated_by")
        )
        people, won = whole(row["people"]), row["share_won"]
        given = None if np.isnan(won) else rows[-1][1] - people
        rows.append(
            [
                sites,
                people,
                round(row["share"], 1),
                given,
                None if given is None else round(won, 1),
                None if given is None else round(row["people_per_point"]),
                by,
            ]
        )
    return rows


def front_heads(lang: Lang, minutes: str) -> list[str]:
    """Return the heads of the front."""
    keys = "sites reached worst_share given won price beaten"
    return [words(lang)[f"proposal_{key}"].format(minutes=minutes) for key in keys.split()]


def _front(proposal: Proposal, lang: Lang) -> str:
    said = words(lang)
    rows = [
        [r[0], shown(r[1]), shown(r[2], 1), shown(r[3]), shown(r[4], 1), shown(r[5]), r[6] or "-"]
        for r in front_rows(proposal)
    ]
    notes = [f"{said['note']}: {said['proposal_front_note']}"]
    if not proposal.front.complete:
        notes.append(f"{said['note']}: {said['proposal_front_open']}")
    heads = front_heads(lang, number(proposal.question.limit))
    found = table(
        said["proposal_front_table"], said["proposal_units"], heads, rows, notes, name="front"
    )
    return f"<section><h2>{escape(said['proposal_front'])}</h2>{found}</section>"


def sure_rows(proposal: Proposal) -> list[list[Any]]:
    """Return a row for each candidate that is ever chosen: name, 읍·면·동, times."""
    often = proposal.robustness.sites().to_dict("records")
    return [[row["name"], row["district"], row["times"]] for row in often]


def world_rows(proposal: Proposal, lang: Lang) -> list[list[Any]]:
    """Return a row for each plan: mean and least gain, mean and largest regret, times best."""
    said, names = words(lang), _names(proposal)
    return [
        [
            said[f"aim_{row['plan']}"],
            ", ".join(names[id] for id in row["sites"].split(", ") if id) or "-",
            *(_hidden(round(row[k])) for k in ("gain_mean", "gain_least")),
            *(_hidden(round(row[k])) for k in ("regret_mean", "regret_most")),
            row["best_in"],
        ]
        for row in proposal.robustness.outcomes().to_dict("records")
    ]


WORLDS = ("plan", "sites", "gain_mean", "gain_least", "regret_mean", "regret_most", "best_in")


def _sure(proposal: Proposal, lang: Lang) -> str:
    said, asked = words(lang), proposal.robustness.uncertainty
    draws = said["proposal_often"].format(draws=asked.draws)
    often = table(
        said["proposal_sites_table"],
        "",
        [said["proposal_site"], said["district"], draws],
        [[name, where, shown(n)] for name, where, n in sure_rows(proposal)],
        left=2,
        name="often",
    )
    plans = table(
        said["proposal_plans_table"],
        said["proposal_people_units"],
        [said[f"proposal_{key}"] for key in WORLDS],
        [[a, sites, *(shown(v) for v in rest)] for a, sites, *rest in world_rows(proposal, lang)],
        [f"{said['note']}: {said['proposal_regret_note']}"],
        left=2,
        name="worlds",
    )
    drawn = [[said["proposal_draws"].format(streets=asked.streets), f"{asked.draws:,}", ""]]
    drawn += [[said["proposal_seed"], str(asked.seed), ""], *uncertain(proposal, lang)]
    heads = [said[f"proposal_{key}"] for key in ("parameter", "amount", "whence")]
    parameters = table(said["proposal_drawn"], "", heads, drawn, name="drawn")
    text = tag("p", said["proposal_sure_text"].format(draws=asked.draws))
    head = f"<section><h2>{escape(said['proposal_sure'])}</h2>{text}"
    return f"{head}{often}{plans}{parameters}</section>"


def _card(proposal: Proposal, card: Card, order: int, lang: Lang) -> str:
    said = words(lang)
    minutes = number(proposal.question.limit)
    told_card = card.shown()
    caption = said["card_caption"].format(order=order, name=card.name, district=card.district)
    lead = said["card_lead"].format(
        gained=_counted(told_card.value("gain", "all")),
        minutes=minutes,
        times=_times(card, lang),
    )
    missing = ", ".join(said[f"card_{name}"].partition("(")[0] for name in card.unknown)
    unknown = [said["card_unknown"].format(what=missing)] if missing else []
    notes = [*unknown, said["card_assumption"].format(asked=describe(proposal.question, lang))]
    if not card.of("runner_up"):
        notes.insert(0, said["card_none"])
    heads = [said["card_item"], said["card_value"]]
    rows, unit = card_rows(told_card, lang), said["proposal_people_units"]
    body = table(said["proposal_cards"], unit, heads, rows, notes, name=f"card-{card.id}")
    return f'<section class="card"><h3>{escape(caption)}</h3>{tag("p", lead)}{body}</section>'


def card_rows(card: Card, lang: Lang) -> list[list[str]]:
    """Return a card as rows of what and how much."""
    said = words(lang)
    rows = []
    for row in card.rows:
        value = _written(row.value, row.unit)
        if row.topic == "group":
            if row.item == "all":
                continue
            label = said["card_group"].format(group=group(row.item, lang))
        elif row.topic in ("district", "overlap"):
            label = said[f"card_{row.topic}"].format(name=row.label)
        elif row.topic == "limit":
            label = said["card_limit"].format(minutes=row.item)
            value = said["card_chosen" if row.value else "card_not_chosen"]
        elif row.topic == "robust":
            if row.item == "draws":
                continue
            label, value = said["card_times"], _times(card, lang)
        elif (row.topic, row.item) == ("runner_up", "margin") and card.comes_in:
            label = said["card_margin_of"].format(names=", ".join(card.comes_in))
        elif (row.topic, row.item) == ("reach", "gained"):
            continue
        else:
            label = said["card_gain" if row.topic == "gain" else f"card_{row.item}"]
        rows.append([label, value])
    return rows


def _written(value: float | int | str, unit: str) -> str:
    if unit == "people":
        return count(value)
    decimals = 1 if unit in ("minutes", "percent", "m2") else 0
    return value if isinstance(value, str) else shown(float(value), decimals)


def all_rows(proposal: Proposal, lang: Lang) -> Iterable[list[Any]]:
    """Yield a row for every candidate, those left out with the reason."""
    for row in proposal.candidates().to_dict("records"):
        cost, alone, times = row["yearly_cost"], row["alone"], row["times"]
        yield [
            row["id"],
            row["name"],
            row["district"],
            None if np.isnan(cost) else round(cost / 1000),
            None if np.isnan(alone) else _hidden(int(alone)),
            None if np.isnan(times) else int(times),
            *(row[aim] for aim in proposal.plans),
            row[f"left_out_{lang}"],
        ]


def all_heads(proposal: Proposal, lang: Lang) -> list[str]:
    """Return the heads of the table of all candidates."""
    said = words(lang)
    draws = said["proposal_often"].format(draws=proposal.robustness.uncertainty.draws)
    return [
        "id",
        said["proposal_site"],
        said["district"],
        said["proposal_cost"],
        said["proposal_alone"],
        draws,
        *(said[f"aim_{aim}"] for aim in proposal.plans),
        said["proposal_left_out"],
    ]


def all_columns(proposal: Proposal) -> list[str]:
    """Return the names of those columns in a file."""
    numbers = ["cost_thousand_won", "alone", "times"]
    return ["id", "name", "district", *numbers, *proposal.plans, "left_out"]


def _all(proposal: Proposal, lang: Lang) -> str:
    said = words(lang)
    rows = []
    for id, name, where, cost, alone, times, *marks, out in all_rows(proposal, lang):
        ticks = ["○" if mark else "" for mark in marks]
        rows.append([id, name, where, shown(cost), shown(alone), shown(times), *ticks, out or "-"])
    heads, unit = all_heads(proposal, lang), said["proposal_units"]
    found = table(said["proposal_all"], unit, heads, rows, left=3, name="candidates")
    return f"<section><h2>{escape(said['proposal_all'])}</h2>{found}</section>"


def _conditions(proposal: Proposal, lang: Lang) -> str:
    said, at = words(lang), 0 if lang == "ko" else 1
    lines = [rule[at] for rule in proposal.rules]
    for aim, plan in proposal.plans.items():
        name = said[f"aim_{aim}"]
        status, gap = STATUSES[plan.status][at], f"{100 * plan.gap:.3g}"
        lines.append(said["proposal_proof"].format(aim=name, status=status, gap=gap))
        if plan.ties:
            lines.append(said["proposal_ties"].format(aim=name, number=len(plan.ties)))
    plan = proposal.plan
    if plan.unserved_people >= 1:
        people = count(round(plan.unserved_people))
        lines.append(said["proposal_unserved"].format(people=people))
    lines += [note[at] for note in plan.notes]
    assumed = f"<h3>{escape(said['assumptions'])}</h3>{bullets(assumptions(proposal, lang))}"
    heading = f"<h2>{escape(said['proposal_conditions'])}</h2>"
    return f"<section>{heading}{bullets(lines)}{assumed}</section>"
