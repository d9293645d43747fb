"""A rule is asked once for all tags that are alike to it, and says of each what it says alone."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.network.build import build
from access.network.costs import weigh
from access.network.modes import MODES, PROFILES, mode, node_permit, way_passage
from access.network.verdicts import verdicts
from access.network.ways import NODE_TAGS, WAY_TAGS
from access.testing import draw_town

WORDS = (
    *("yes", "no", "private", "destination", "permissive", "designated", "dismount", "both"),
    *("left", "right", "lane", "opposite", "separate", "-1", "1", "50", "KR:urban", "70|100"),
    *("forward", "ferry", "0:20", "across", "roundabout", "gate", "bollard", "rising", "raised"),
    *("crossing", "elevator", "no @ (23:00-05:00)", "strange", "pier", "platform", "corridor"),
)
KINDS = ("residential", "footway", "steps", "motorway", "track", "road", "cycleway", "strange")
MEANS = [mode(name, profile) for name in MODES for profile in PROFILES[name]]
FAST = settings(derandomize=True, deadline=None, max_examples=150)


def tagsets(keys):
    tags = st.dictionaries(st.sampled_from(sorted(keys)), st.sampled_from(WORDS), max_size=6)
    streets = st.builds(lambda kind, rest: {"highway": kind} | rest, st.sampled_from(KINDS), tags)
    return st.lists(streets | tags, max_size=12)


def each_alone(some, rule):
    found, which = verdicts(some, rule)
    assert len(set(found)) == len(found)
    assert [found[i] for i in which.tolist()] == [rule(tags) for tags in some]


@FAST
@given(tagsets(WAY_TAGS), st.sampled_from(MEANS), st.booleans())
def test_ways_get_the_verdict_they_get_alone(some, means, urban):
    each_alone(some, partial(way_passage, mode=means, urban=urban))


@FAST
@given(tagsets(NODE_TAGS), st.sampled_from(MEANS))
def test_nodes_get_the_verdict_they_get_alone(some, means):
    each_alone(some, partial(node_permit, mode=means))


@pytest.mark.parametrize("ask", [lambda t: t.get("a"), lambda t: "a" in t and t["a"]])
def test_what_a_rule_does_not_ask_for_does_not_matter(ask):
    asked = []

    def rule(tags: Mapping[str, str]):
        asked.append(1)
        return ask(tags)

    some = [{"name": str(i), "a": str(i % 2)} for i in range(20)] + [{"name": "x"}]
    found, which = verdicts(some, rule)
    assert [found[i] for i in which.tolist()] == [ask(tags) for tags in some]
    assert len(asked) == 3


def test_a_later_question_tells_apart_what_was_alike_before():
    def rule(tags):
        return tags.get("b") if tags.get("a") == "1" else "unasked"

    some = [{"a": "0", "b": "x"}, {"a": "0", "b": "y"}, {"a": "1", "b": "x"}, {"a": "1", "b": "y"}]
    assert verdicts([*some, *some], rule)[0] == ["unasked", "x", "y"]
    assert verdicts([*some, *some], rule)[1].tolist() == [0, 0, 1, 2, 0, 0, 1, 2]


@pytest.mark.parametrize("look", [list, len, dict, lambda tags: "a" in set(tags)])
def test_a_rule_may_not_look_at_all_tags(look):
    with pytest.raises(TypeError, match="asks for keys"):
        verdicts([{"a": "1"}], look)


def test_no_tags_no_verdicts():
    found, which = verdicts([], len)
    assert found == []
    assert (which.dtype, len(which)) == (np.int64, 0)


def test_only_cars_mind_the_town():
    ways = {"ab": {"highway": "primary"}, "bc": {"highway": "track"}, "cd": {"highway": "track"}}
    town = build(draw_town("a b c d", ways))
    urban = np.array([True, True, False])
    for means in MEANS:
        out, within, mixed = (
            weigh(town, means, where) for where in (None, np.ones(3, dtype=bool), urban)
        )
        picked = np.where(urban, within.forward, out.forward)
        assert mixed.forward.tolist() == picked.tolist()
        assert (out == within) == (means.name != "drive")
        assert out.anomalies == within.anomalies == mixed.anomalies
