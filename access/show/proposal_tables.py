"""What the tables of a proposal hold, the same on the page, in the workbook and in files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from access._privacy import count, suppress, suppress_changes, told
from access.decide.card import whole
from access.decide.comparison import compare
from access.decide.plan import STATUSES
from access.errors import Lang
from access.show.markup import shown
from access.show.words import group, number, words

if TYPE_CHECKING:
    import pandas as pd

    from access.decide.card import Card
    from access.decide.proposal import Proposal


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


def district_heads(proposal: Proposal, lang: Lang) -> list[str]:
    """Return the heads of the table by 읍·면·동."""
    said = words(lang)
    today = said["proposal_today"].format(minutes=number(proposal.question.limit))
    return [said["district"], today, *(said[f"aim_{aim}"] for aim in proposal.plans)]


def district_rows(proposal: Proposal, lang: Lang) -> list[list[Any]]:
    """Return a row for each 읍·면·동: people within today, and gained by each plan; 계 first."""
    today = suppress(proposal.before.districts())
    columns = [today[f"within_{number(proposal.question.limit)}"].tolist()]
    columns += [changes(proposal, aim)["gained"].tolist() for aim in proposal.after]
    names = [words(lang)["total"], *today["name"].tolist()[1:]]
    return [[name, *row] for name, row in zip(names, zip(*columns, strict=True), strict=True)]


def front_heads(lang: Lang, minutes: str) -> list[str]:
    """Return the heads of the front."""
    keys = "sites reached worst_share given won price beaten"
    return [words(lang)[f"proposal_{key}"].format(minutes=minutes) for key in keys.split()]


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


def sure_rows(proposal: Proposal) -> list[list[Any]]:
    """Return a row for each candidate that is ever chosen: name, 읍·면·동, times."""
    often = proposal.robustness.sites().to_dict("records")
    return [[row["name"], row["district"], row["times"]] for row in often]


WORLDS = ("plan", "sites", "gain_mean", "gain_least", "regret_mean", "regret_most", "best_in")


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
            label, value = said["card_times"], how_often(card, lang)
        elif (row.topic, row.item) == ("runner_up", "margin") and card.comes_in:
            label = said["card_margin_of"].format(names=", ".join(card.comes_in))
        elif (row.topic, row.item) == ("reach", "gained"):
            continue
        else:
            label = said["card_gain" if row.topic == "gain" else f"card_{row.item}"]
        rows.append([label, value])
    return rows


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


def all_columns(proposal: Proposal) -> list[str]:
    """Return the names of those columns in a file."""
    numbers = ["cost_thousand_won", "alone", "times"]
    return ["id", "name", "district", *numbers, *proposal.plans, "left_out"]


def changes(proposal: Proposal, aim: str) -> pd.DataFrame:
    """Return what a plan changes at the limit, 계 first, as a comparison with today tells it."""
    found = compare(proposal.before, proposal.after[aim]).districts()
    return suppress_changes(found[found["minutes"] == proposal.question.limit])


def how_often(card: Card, lang: Lang) -> str:
    """Return in words how often a site was chosen in the drawn worlds."""
    times, draws = card.value("robust", "times"), card.value("robust", "draws")
    return words(lang)["card_times_value"].format(times=times, draws=draws)


def _names(proposal: Proposal) -> dict[str, str]:
    places = proposal.study.places
    return dict(zip(places.ids.tolist(), places.names.tolist(), strict=True))


def _hidden(people: int) -> Any:
    """Return a number of people as a table may hold it."""
    return told([people, people]).texts()[0]


def _written(value: float | int | str, unit: str) -> str:
    if unit == "people":
        return count(value)
    decimals = 1 if unit in ("minutes", "percent", "m2") else 0
    return value if isinstance(value, str) else shown(float(value), decimals)
