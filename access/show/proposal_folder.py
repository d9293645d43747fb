"""The folder of a proposal: report, map, tables, and the plan as a scenario to edit."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from access._frozen import frozen
from access.decide.card import COLUMNS, cards_frame
from access.errors import Lang
from access.measure.evaluation import evaluate
from access.show.assumptions import assumptions
from access.show.folder import Making, deliver, run
from access.show.map import draw, language
from access.show.proposal import proposal_html
from access.show.proposal_tables import (
    WORLDS,
    all_columns,
    all_heads,
    all_rows,
    district_heads,
    district_rows,
    front_heads,
    front_rows,
    plan_heads,
    plan_rows,
    sure_rows,
    world_rows,
)
from access.show.tables import Sheet, csv_bytes, workbook
from access.show.words import number, words

if TYPE_CHECKING:
    from access.decide.proposal import Proposal
    from access.measure.outcome import Outcome

MARK = "choice.json"
CHOSEN = "chosen"
"""The kind of the proposed sites on the map."""

SHEET_NAME = 31
"""Excel takes no longer name of a sheet."""

_TOLD = (
    ("map.html", "file_map"),
    ("tables.xlsx", "file_xlsx"),
    ("sites.csv", "file_sites"),
    ("cards.csv", "file_cards"),
    ("plan.toml", "file_plan"),
    (MARK, "file_run"),
)
PROPOSAL = Making(MARK, frozenset({"report.html", *(name for name, _ in _TOLD)}))


def write_proposal(proposal: Proposal, out: str | Path, lang: Lang = "ko") -> Path:
    """Write report, map, tables and plan of a proposal into the folder `out`; return its path.

    All files are written or none, as by `write_folder`. Raises OutputError where `out` holds
    something else or cannot be written.
    """
    tongue = language(lang)
    deliver(out, lambda part: _write(proposal, part, tongue), PROPOSAL)
    return Path(out)


def _write(proposal: Proposal, folder: Path, lang: Lang) -> None:
    today, then = on_one_map(proposal, lang)
    beside = [(name, words(lang)[key]) for name, key in _TOLD]
    (folder / "map.html").write_bytes(draw([then, today], lang).html.encode())
    report = proposal_html(proposal, today, then, lang, beside)
    (folder / "report.html").write_bytes(report.encode())
    candidates = csv_bytes(all_columns(proposal), all_rows(proposal, lang))
    (folder / "sites.csv").write_bytes(candidates)
    (folder / "cards.csv").write_bytes(csv_bytes(COLUMNS, _card_rows(proposal)))
    (folder / "tables.xlsx").write_bytes(workbook([today, then], lang, sheets(proposal, lang)))
    (folder / "plan.toml").write_bytes(proposal.scenario().to_toml().encode())
    record = run([today, then], lang) | {"choice": told(proposal)}
    text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / MARK).write_bytes(f"{text}\n".encode())


def on_one_map(proposal: Proposal, lang: Lang) -> tuple[Outcome, Outcome]:
    """Return the question without and with the plan's sites, both of one study.

    The sites have a kind of their own there, so that the map tells them from centres that stand.
    """
    study, asked, said = proposal.study, proposal.question, words(lang)
    places = study.places
    kinds = places.kind.astype(object)
    kinds[np.isin(places.ids, proposal.plan.sites)] = CHOSEN
    marked = replace(study, places=replace(places, kind=frozen(kinds.astype(np.str_))))
    name = f"{asked.name} · " if asked.name else ""
    then = f"{name}{said['proposal_then'].format(number=len(proposal.plan.sites))}"
    now = f"{name}{said['proposal_now']}"
    today = evaluate(marked, asked.but(name=now), reuse=proposal.before)
    more = (CHOSEN,) if proposal.plan.sites else ()
    open_ = asked.but(name=then, to=(*asked.to, *more))
    return today, evaluate(marked, open_, reuse=proposal.after[proposal.aim])


def _card_rows(proposal: Proposal) -> list[list[Any]]:
    table = cards_frame([card.shown() for card in proposal.cards])
    return [
        [*row[:5], round(row[5], 1) if isinstance(row[5], float) else row[5], row[6]]
        for row in table.itertuples(index=False, name=None)
    ]


def sheets(proposal: Proposal, lang: Lang) -> list[Sheet]:
    """Return the sheets of tables.xlsx that a proposal adds."""
    said, minutes = words(lang), number(proposal.question.limit)
    draws = said["proposal_often"].format(draws=proposal.robustness.uncertainty.draws)
    worlds = proposal.robustness.worlds()
    drawn = [
        [v.item() if isinstance(v, np.generic) else v for v in row]
        for row in worlds.itertuples(index=False, name=None)
    ]
    columns = [*worlds.columns]
    plain = ["aim", "names", "people", "gained", "share_worst", "cost", "regret", "status"]
    areas = ["name", "today", *proposal.plans]
    several = [
        Sheet(said["proposal_plan"], plan_heads(lang, minutes), plan_rows(proposal, lang), plain),
        Sheet(
            said["proposal_by_district"],
            district_heads(proposal, lang),
            district_rows(proposal, lang),
            areas,
        ),
        Sheet(
            said["proposal_front_table"],
            front_heads(lang, minutes),
            front_rows(proposal),
            ["names", "people", "share_worst", "given", "share_won", "price", "beaten"],
        ),
        Sheet(
            said["proposal_sites_table"],
            [said["proposal_site"], said["district"], draws],
            sure_rows(proposal),
            ["site", "name", "times"],
        ),
        Sheet(
            said["proposal_plans_table"],
            [said[f"proposal_{key}"] for key in WORLDS],
            world_rows(proposal, lang),
            list(WORLDS),
        ),
        Sheet(said["proposal_drawn"], columns, drawn, columns),
        Sheet(said["proposal_cards"], list(COLUMNS), _card_rows(proposal), list(COLUMNS)),
        Sheet(
            said["proposal_all"],
            all_heads(proposal, lang),
            list(all_rows(proposal, lang)),
            all_columns(proposal),
        ),
    ]
    return [replace(sheet, name=sheet.name[:SHEET_NAME]) for sheet in several]


def told(proposal: Proposal) -> dict[str, Any]:
    """Return what was asked and chosen, for making it again."""
    return {
        "candidates": proposal.kind,
        "aim": proposal.aim,
        "give_up": proposal.give_up,
        "rules": [{"ko": ko, "en": en} for ko, en in proposal.rules],
        "assumptions": {
            "ko": assumptions(proposal, "ko"),
            "en": assumptions(proposal, "en"),
        },
        "plans": {aim: list(plan.sites) for aim, plan in proposal.plans.items()},
        "uncertainty": asdict(proposal.robustness.uncertainty),
    }
