"""The guide to scenarios names every edit and every key, and its examples are such."""

from __future__ import annotations

import tomllib

from access import Scenario
from access.study.edits import EDITS
from tests.conftest import ROOT
from tests.test_docs import blocks, section, table

GUIDE = ROOT / "docs" / "scenarios.md"


def test_every_edit_and_key_is_told() -> None:
    told = {}
    for do, keys, _ in table(section(GUIDE, "## The edits")):
        words = keys.replace("(", " ").replace(")", " ").replace(" or ", " ").split()
        told[do.strip("`")] = {word.strip("`") for word in words}
    fields = {
        do: {f.alias or name for name, f in kind.model_fields.items()} - {"do"}
        for do, kind in EDITS.items()
    }
    assert told == fields


def test_what_may_be_left_out_may(sample) -> None:
    for do, keys, _ in table(section(GUIDE, "## The edits")):
        optional = keys.partition("(")[2].rstrip(")").replace("`", "").split()
        kind = EDITS[do.strip("`")]
        either = {"name", "ways", "line", "nodes"} if "or" in keys else set()
        for name, field in kind.model_fields.items():
            if name != "do" and name not in either:
                assert field.is_required() == ((field.alias or name) not in optional), (do, name)


def test_the_example_fits_the_sample(sample_study) -> None:
    (example,) = blocks(GUIDE, "toml")
    content = tomllib.loads(example)
    scenario = Scenario(content["name"], content["edit"], content["note"])
    assert scenario.problems(sample_study) == []
