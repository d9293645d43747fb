"""What is only at times, or not yet, or no more (section 2.12), row by row for every mode."""

from __future__ import annotations

import datetime
import time

import pytest

from access import Question, evaluate
from access.network.modes import MODES, mode, way_passage
from access.network.ways import WAY_TAGS
from access.testing import toy_study
from tests.network.test_modes import expect

PRIMARY = {"highway": "primary"}
RUSH = "no @ (Mo-Fr 07:00-09:00)"
NIGHT = "yes @ (21:00-09:00)"
SEASONS = "no @ (Nov-Mar); no @ (Mo-Fr 07:00-09:00,17:00-19:00)"
WEIGHT = "no @ (weight>3.5)"
BAD = "no @ Mo-Fr 7 to nine"

# tags, what walk, bicycle and drive may do, which modes count the condition
CONDITIONS = [
    ({"access:conditional": RUSH}, "<>", "<>", "<>", "walk bicycle drive"),
    ({"access:conditional": SEASONS}, "<>", "<>", "<>", "walk bicycle drive"),
    ({"access:conditional": BAD}, "<>", "<>", "<>", "walk bicycle drive"),
    ({"access:conditional": "no"}, "<>", "<>", "<>", "walk bicycle drive"),
    ({"access": "no", "access:conditional": NIGHT}, "x", "x", "x", "walk bicycle drive"),
    ({"access:conditional": RUSH, "foot": "yes"}, "<>", "<>", "<>", "bicycle drive"),
    ({"foot:conditional": RUSH}, "<>", "<>", "<>", "walk"),
    ({"bicycle:conditional": RUSH}, "<>", "<>", "<>", "bicycle"),
    ({"vehicle:conditional": RUSH}, "<>", "<>", "<>", "bicycle drive"),
    ({"motor_vehicle:conditional": RUSH}, "<>", "<>", "<>", "drive"),
    ({"motor_vehicle:conditional": WEIGHT}, "<>", "<>", "<>", "drive"),
    ({"motor_vehicle": "no", "motor_vehicle:conditional": NIGHT}, "<>", "<>", "x", "drive"),
    ({"motorcar": "yes", "motor_vehicle:conditional": RUSH}, "<>", "<>", "<>", ""),
    ({"motorcar:conditional": RUSH}, "<>", "<>", "<>", "drive"),
    ({"oneway:conditional": "yes @ (07:00-09:00)"}, "<>", "<>", "<>", "bicycle drive"),
    ({"oneway": "yes", "oneway:conditional": "no @ (Su)"}, "<>", ">", ">", "bicycle drive"),
    ({"maxspeed:conditional": "30 @ (Mo-Fr 08:00-20:00)"}, "<>", "<>", "<>", "drive"),
    ({"highway": "proposed", "access:conditional": NIGHT}, "x", "x", "x", ""),
]


def cases(table):
    for tags, *symbols in table:
        for name, symbol in zip(MODES, symbols, strict=False):
            text = " ".join(f"{k}={v}" for k, v in tags.items())
            yield pytest.param({**PRIMARY, **tags}, name, symbol, id=f"{text} {name}")


@pytest.mark.parametrize(("tags", "name", "symbol"), [*cases(CONDITIONS)])
def test_conditions_are_not_heeded(tags, name, symbol):
    """A question has no date: as Valhalla, which ignores conditions where none is given."""
    expect(tags, name, symbol)


@pytest.mark.parametrize("row", CONDITIONS, ids=lambda row: str(row[0]))
@pytest.mark.parametrize("name", MODES)
def test_conditions_are_counted_by_whom_they_concern(row, name):
    tags, *_, concerned = row
    told = [(k, v) for k, v in tags.items() if k.endswith(":conditional")]
    anomalies = list(way_passage({**PRIMARY, **tags}, mode(name), True).anomalies)
    if tags.get("highway") != "proposed":
        assert anomalies == (told if name in concerned.split() else [])
    assert set(tags) <= WAY_TAGS


@pytest.mark.parametrize("name", MODES)
def test_a_condition_changes_no_speed(name):
    plain = way_passage({**PRIMARY, "maxspeed": "50"}, mode(name), True)
    school = {"maxspeed:conditional": "30 @ (Mo-Fr 08:00-20:00)"}
    zone = way_passage({**PRIMARY, "maxspeed": "50", **school}, mode(name), True)
    assert (zone.forward_ms, zone.backward_ms) == (plain.forward_ms, plain.backward_ms)


LIFECYCLE = [
    ({"construction": "yes"}, "<>", "<>", "x"),
    ({"construction": "minor"}, "<>", "<>", "<>"),
    ({"construction": "widening"}, "<>", "<>", "<>"),
    ({"construction": "no"}, "<>", "<>", "<>"),
    ({"construction": "primary"}, "<>", "<>", "x"),
    ({"proposed": "yes"}, "<>", "<>", "<>"),
    ({"proposed": "motorway"}, "<>", "<>", "<>"),
    ({"proposed:highway": "trunk"}, "<>", "<>", "<>"),
    ({"highway": "proposed"}, "x", "x", "x"),
    ({"highway": "proposed", "proposed": "primary"}, "x", "x", "x"),
    ({"highway": "proposed", "foot": "yes", "bicycle": "yes", "motorcar": "yes"}, "x", "x", "x"),
    ({"highway": "construction"}, "x", "x", "x"),
    ({"highway": "construction", "construction": "minor", "foot": "yes"}, "x", "x", "x"),
    ({"highway": "planned"}, "x", "x", "x"),
    ({"highway": "abandoned", "foot": "yes"}, "x", "x", "x"),
    ({"highway": "disused", "foot": "yes"}, "x", "x", "x"),
    ({"route": "ferry", "disused": "yes"}, "x", "x", "x"),
]


@pytest.mark.parametrize(("tags", "name", "symbol"), [*cases(LIFECYCLE)])
def test_what_is_not_there_yet_or_no_more(tags, name, symbol):
    expect(tags, name, symbol)


@pytest.mark.parametrize("name", MODES)
def test_the_clock_of_the_machine_changes_nothing(name, monkeypatch):
    def answer():
        rush = {"highway": "residential", "access:conditional": RUSH, "maxspeed": "30"}
        town = toy_study("a b c", {"abc": rush}, people={"a": 9}, centres="c")
        outcome = evaluate(town, Question(mode=name, minutes=(5, 15)))
        return outcome.fingerprint, outcome.times.tenths.tolist(), str(outcome.ledger)

    real = time.time
    today = answer()
    for shift in (-20 * 365 * 86400, 8 * 3600, 30 * 365 * 86400):

        class Shifted(datetime.datetime):
            @classmethod
            def now(cls, tz=None, shift=shift):
                return cls.fromtimestamp(real() + shift, tz)

        monkeypatch.setattr(time, "time", lambda shift=shift: real() + shift)
        monkeypatch.setattr(time, "time_ns", lambda shift=shift: int((real() + shift) * 1e9))
        monkeypatch.setattr(datetime, "datetime", Shifted)
        assert answer() == today
