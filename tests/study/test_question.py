"""Questions: what can be asked, and what is answered to the rest."""

from __future__ import annotations

import numpy as np
import pytest

from access import Question
from access.errors import InputError


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"mode": "wlak"}, "E600"),
        ({"mode": None}, "E600"),
        ({"profile": "kid"}, "E600"),
        ({"minutes": ()}, "E601"),
        ({"minutes": None}, "E601"),
        ({"minutes": "15"}, "E601"),
        ({"minutes": (True,)}, "E601"),
        ({"minutes": (float("nan"),)}, "E601"),
        ({"minutes": (5, 5)}, "E601"),
        ({"minutes": (0.05,)}, "E601"),
        ({"minutes": (5.0000001, 5.0000002)}, "E601"),
        ({"minutes": (900,)}, "E601"),
        ({"to": None}, "E602"),
        ({"to": 3}, "E602"),
        ({"to": ()}, "E602"),
        ({"snap_m": "a"}, "E603"),
        ({"snap_m": 0}, "E603"),
        ({"snap_m": float("inf")}, "E603"),
        ({"group": None}, "E606"),
        ({"group": 65}, "E606"),
        ({"group": ""}, "E606"),
        ({"group": "65-60"}, "E606"),
    ],
)
def test_what_cannot_be_asked_names_the_field(how, code):
    with pytest.raises(InputError) as caught:
        Question(**how)
    (problem,) = caught.value.problems
    assert (problem.code, problem.column) == (code, next(iter(how)))


def test_every_fault_is_told_at_once():
    with pytest.raises(InputError) as caught:
        Question(mode="fly", minutes=(), to=(), group="x", snap_m=-1)
    assert [p.code for p in caught.value.problems] == ["E600", "E601", "E602", "E606", "E603"]


def test_numbers_and_lists_of_any_kind_are_taken():
    for minutes in (15, [15], np.array([15]), (np.float64(15),)):
        assert Question(minutes=minutes).minutes == (15.0,)
    assert Question(to="idle").to == ("idle",)
    assert Question(minutes=(2.5, 7.5)).limit == 7.5
