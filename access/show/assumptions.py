"""Assumptions of a proposal: what was taken for granted, and which numbers nobody has given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from access.decide.proposal import GIVE_UP
from access.decide.worlds import Uncertainty
from access.errors import Lang
from access.show.words import group, words

if TYPE_CHECKING:
    from access.decide.proposal import Proposal

UNCERTAIN = ("speed", "closed_ways", "closed_places", "demand", "survey")
"""What is drawn, by the names of `Uncertainty`."""


def assumptions(proposal: Proposal, lang: Lang) -> list[str]:
    """Return, a sentence each, what a proposal takes for granted beside its rules."""
    said, at = words(lang), 0 if lang == "ko" else 1
    drawn = uncertain(proposal, lang)
    facts = {
        "aim": said[f"aim_{proposal.aim}"],
        "part": f"{100 * proposal.give_up:g}",
        "whence": _whence(proposal.give_up, GIVE_UP, lang),
        "parts": ", ".join(f"{name} {amount} ({whence})" for name, amount, whence in drawn),
        "group": group(proposal.question.group, lang),
    }
    keys = ("aim", "give_up", "uncertain", "drawn", "again", "hours", "cells", "worst", "cost")
    told = [said[f"assumed_{key}"].format(**facts) for key in keys]
    return told + [pair[at] for pair in proposal.before.assumptions]


def uncertain(proposal: Proposal, lang: Lang) -> list[list[str]]:
    """Return what is drawn, how much, and whether anybody has said so: a row each."""
    said, asked, usual = words(lang), proposal.robustness.uncertainty, Uncertainty()
    return [
        [
            said[f"proposal_{key}"],
            f"{100 * getattr(asked, key):g}%",
            _whence(getattr(asked, key), getattr(usual, key), lang),
        ]
        for key in UNCERTAIN
    ]


def _whence(value: Any, usual: Any, lang: Lang) -> str:
    return words(lang)["assumed_default" if value == usual else "assumed_given"]
