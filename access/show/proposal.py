"""The report of a proposal: plans side by side, the front, how sure it is, and a card a site."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from access._privacy import count
from access.decide.plan import STATUSES
from access.errors import Lang
from access.show import page, sections
from access.show.assumptions import assumptions, uncertain
from access.show.frame import links, printed
from access.show.markup import bullets, shown, table, tag
from access.show.proposal_tables import (
    WORLDS,
    all_heads,
    all_rows,
    card_rows,
    changes,
    district_heads,
    district_rows,
    front_heads,
    front_rows,
    how_often,
    plan_heads,
    plan_rows,
    sure_rows,
    world_rows,
)
from access.show.words import describe, group, number, words

if TYPE_CHECKING:
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
    body = "".join(
        [
            page.header(proposal.study, lang, heading),
            "<main>",
            links(beside),
            _summary(proposal, lang),
            _plans(proposal, lang),
            _maps(today, then, len(proposal.plan.sites), lang),
            _front(proposal, lang),
            _sure(proposal, lang),
            f"<section><h2>{escape(said['proposal_cards'])}</h2>"
            f"<p>{escape(said['proposal_cards_note'])}</p></section>",
            *(_card(proposal, card, i, lang) for i, card in enumerate(proposal.cards, 1)),
            _all(proposal, lang),
            _conditions(proposal, lang),
            sections.ledger([today], lang),
            sections.sources(proposal.study, lang),
            "</main>",
        ]
    )
    return printed(heading, body, lang)


def title(proposal: Proposal, lang: Lang) -> str:
    """Return what the report is called."""
    sites = len(proposal.plan.sites)
    return words(lang)["proposal_title"].format(name=proposal.study.name, number=sites)


def headline(proposal: Proposal, lang: Lang, aim: str | None = None) -> str:
    """Return a plan in one line: which sites, and how many people they bring within the limit."""
    chosen = aim or proposal.aim
    limit = number(proposal.question.limit)
    city = changes(proposal, chosen).iloc[0]
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
                times=how_often(card, lang),
            )
        )
    asked = tag("p", describe(proposal.question, lang), **{"class": "asked"})
    return (
        f"<section><h2>{escape(said['summary'])}</h2>{asked}"
        f"{tag('p', headline(proposal, lang))}{bullets(lines)}"
        f"{tag('p', needless) if needless else ''}</section>"
    )


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


def _front(proposal: Proposal, lang: Lang) -> str:
    said = words(lang)
    rows = [
        [r[0], shown(r[1]), shown(r[2], 1), shown(r[3]), shown(r[4], 1), shown(r[5]), r[6] or "-"]
        for r in front_rows(proposal)
    ]
    found_all = "whole" if proposal.front.complete else "open"
    told = said[f"proposal_front_{found_all}"], said["proposal_front_note"]
    notes = [f"{said['note']}: {note}" for note in told]
    heads = front_heads(lang, number(proposal.question.limit))
    found = table(
        said["proposal_front_table"], said["proposal_units"], heads, rows, notes, name="front"
    )
    return f"<section><h2>{escape(said['proposal_front'])}</h2>{found}</section>"


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
        times=how_often(card, lang),
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
