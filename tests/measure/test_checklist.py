"""One list that every public function of `access.measure` must pass; none can escape it.

A measure is put in `CELL`, `PLACE`, `PAIR` or `TABLE` by what it gives, an index in `INDEX`, and
what is neither in `OTHER`: a new public name that stands in none fails the last test.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from access import TravelTimes, measure
from access.errors import InputError
from access.measure import Decay

NONE = np.nan
SECONDS = np.array(
    [
        [60, 300, NONE, NONE, 600],
        [120, 60, 900, NONE, 540],
        [NONE, NONE, 240, NONE, NONE],
        [NONE, NONE, NONE, NONE, NONE],  # reaches nothing
        [300, 600, 120, NONE, 60],
        [60, 660, 300, NONE, 420],  # nobody lives here
    ]
)
CELLS, PLACES = list("가나다라마바"), list("ABCDE")  # nobody reaches D, and E has no supply
PEOPLE = pd.Series([10.0, 20, 7, 3, 12, 0], index=CELLS)
SUPPLY = pd.Series([4.0, 5, 6, 7, 0], index=PLACES)
TIMES = TravelTimes.from_matrix(SECONDS, cells=CELLS, places=PLACES)
FIELDS = [("A", "IT"), ("A", "art"), ("B", "IT"), ("C", "IT"), ("D", "art")]
OFFERS = pd.DataFrame(FIELDS, columns=["place", "field"])
MIN = {"minutes": 10}
SOFT = {"decay": Decay.gaussian(6), "minutes": 12}

# name -> options; people, supply, used and open are added where the function takes them.
CELL = {
    "nearest": {},
    "dual": {"need": 8},
    "balancing": {},
    "cumulative": MIN,
    "interval": {"minutes": (3, 10)},
    "gravity": SOFT,
    "two_step": SOFT,
    "modified_two_step": SOFT,
    "three_step": SOFT,
    "huff_three_step": SOFT,
    "balanced": SOFT,
    "spatial_availability": SOFT,
    "totally_constrained": SOFT,
    "raam": {},
    "unmet": MIN,
    "choice": {**MIN, "offers": OFFERS},
}
PLACE = {"passive": MIN, "unique": MIN, "room_use": {}}
PAIR = {"assigned": MIN, "doubly_constrained": {"decay": Decay.exponential(0.2)}}
TABLE = {
    "shared": MIN,
    "duplicates": {**MIN, "offers": OFFERS},
    "missing": {**MIN, "offers": OFFERS},
    "room_sharing": MIN,
}
INDEX = {
    "mean": {},
    "gini": {},
    "theil": {},
    "atkinson": {},
    "palma": {"rank": True},
    "concentration": {"rank": True},
    "fgt": {"line": 4},
}
OTHER = {
    "Decay", "Pairs", "pairs_within",  # what measures take: test_decay, here
    "lorenz", "theil_parts", "gaps", "grouped",  # tables of indices: test_equity
    "barrier_shares", "group_zones", "zone_table",  # test_barriers, test_zones
    "offers_of", "shared_catchments", "duplicate_classes", "missing_classes",  # test_duplication
    "room_hours", "shared_rooms",  # test_duplication
    "Need", "why_not", "district_times", "meeting_zones",  # test_why_not, test_meeting
    "equity_table", "equity_districts", "group_gaps",  # test_fairness
    "origin_matrix", "who_reaches", "neither_served", "staffing",  # test_special
    "seat_table", "unmet_learners", "choice_table", "open_week",  # test_seats
    "class_week",  # test_week
}  # fmt: skip
MEASURES = CELL | PLACE | PAIR | TABLE
FAR = {"nearest", "dual", "balancing", "raam"}
"""Here no way is infinite; everywhere else it is 0."""


def asked(name, times, **given):
    function = getattr(measure, name)
    wanted = inspect.signature(function).parameters
    options = {"people": PEOPLE, "supply": SUPPLY, "used": SUPPLY, "open": SUPPLY * 3}
    options |= given
    if name == "doubly_constrained":  # both sides must add up to the same, within reach
        options["people"] = PEOPLE * (PEOPLE.index != "라")
        seats = SUPPLY * [1, 1, 1, 0, 0]
        options["supply"] = seats * (options["people"].sum() / seats.sum())
        options |= {k: v for k, v in given.items() if k in ("people", "supply")}
    chosen = {key: value for key, value in options.items() if key in wanted}
    return function(times, **chosen, **MEASURES[name])


def alike(one, other):
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other.loc[one.index, one.columns], rtol=1e-6)
    else:
        pd.testing.assert_series_equal(
            one, other.reindex(one.index), rtol=1e-6, atol=1e-6, check_dtype=False
        )


every = pytest.mark.parametrize("name", MEASURES)
by_cell = pytest.mark.parametrize("name", CELL)
index = pytest.mark.parametrize("name", INDEX)


@every
def test_index_is_kept(name):
    value = asked(name, TIMES)
    if name in CELL:
        assert value.index.tolist() == CELLS
        assert value.index.name == "cell"
    elif name in PLACE:
        assert value.index.tolist() == PLACES
        assert value.index.name == "place"
    elif name in PAIR:
        assert value.index.names == ["cell", "place"]
    if isinstance(value, pd.Series):
        assert value.name == name


@every
def test_inputs_are_left_as_they_were(name):
    people, supply, offers = PEOPLE.copy(), SUPPLY.copy(), OFFERS.copy()
    before = TIMES.tenths.copy()
    first = asked(name, TIMES)
    alike(first, asked(name, TIMES))
    assert np.array_equal(TIMES.tenths, before)
    pd.testing.assert_series_equal(PEOPLE, people)
    pd.testing.assert_series_equal(SUPPLY, supply)
    pd.testing.assert_frame_equal(OFFERS, offers)


@every
@pytest.mark.parametrize("axis", [0, 1])
def test_the_order_of_cells_and_places_does_not_matter(name, axis):
    order = [3, 1, 4, 0, 2] + ([5] if axis == 0 else [])
    matrix, ids = np.take(SECONDS, order, axis), [CELLS, PLACES]
    ids[axis] = [ids[axis][i] for i in order]
    turned = TravelTimes.from_matrix(matrix, cells=ids[0], places=ids[1])
    one, other = asked(name, TIMES), asked(name, turned)
    if name == "duplicates":  # which of two places stands first is a matter of order
        one, other = (t.assign(place=t[["place", "other"]].min(axis=1)) for t in (one, other))
        one, other = one.drop(columns="other"), other.drop(columns="other")
    alike(one, other)


@every
def test_arrays_series_mappings_and_tables_made_elsewhere_say_the_same(name):
    one = asked(name, TIMES)
    arrays = {"people": PEOPLE.to_numpy(), "supply": SUPPLY.to_numpy()}
    if name != "doubly_constrained":
        alike(one, asked(name, TIMES, **arrays))
        turned = {"people": dict(PEOPLE[::-1]), "supply": SUPPLY[::-1]}
        alike(one, asked(name, TIMES, **turned))
    alike(one, asked(name, measure.pairs_within(TIMES)))
    long = TIMES.to_frame().assign(minutes=lambda t: t["seconds"] / 60).drop(columns="seconds")
    made = TravelTimes.from_frame(long, minutes="minutes", cells=CELLS, places=PLACES)
    alike(one, asked(name, made))


@every
def test_no_places_and_no_cells(name):
    nowhere = TravelTimes.from_matrix(np.empty((6, 0)), cells=CELLS, places=[])
    nothing = {"supply": [], "used": [], "open": [], "offers": OFFERS.iloc[:0]}
    if "offers" in MEASURES[name]:
        nothing.pop("offers")
        with pytest.raises(InputError, match="E905"):
            asked(name, nowhere, **nothing)
        return
    if name == "doubly_constrained":
        with pytest.raises(InputError, match="E908"):
            asked(name, nowhere, **nothing)
        return
    value = asked(name, nowhere, **nothing)
    if name in FAR:
        assert np.isinf(value[PEOPLE > 0]).all()
    elif name == "unmet":
        assert value.tolist() == PEOPLE.tolist()
    elif name in CELL:
        assert (value == 0).all()
    else:
        assert not len(value)
    nobody = TravelTimes.from_matrix(np.empty((0, 5)), cells=[], places=PLACES)
    value = asked(name, nobody, people=[]) if name != "doubly_constrained" else value
    if name in CELL:
        assert not len(value)


@by_cell
def test_a_cell_that_reaches_nothing(name):
    value = asked(name, TIMES)["라"]
    assert value == (np.inf if name in FAR else PEOPLE["라"] if name == "unmet" else 0)


@every
def test_nobody_and_no_supply_are_no_error(name):
    for given in ({"people": PEOPLE * 0}, {"supply": SUPPLY * 0}, {"used": SUPPLY * 0}):
        if name == "doubly_constrained" and "used" not in given:
            given = {"people": PEOPLE * 0, "supply": SUPPLY * 0}
        value = asked(name, TIMES, **given)
        assert isinstance(value, pd.Series | pd.DataFrame)
        numbers = value.select_dtypes("number") if isinstance(value, pd.DataFrame) else value
        if name not in ("duplicates", "room_use"):  # shares of nothing
            assert not np.isnan(numbers.to_numpy(dtype=float)).any()


SCALES = {  # by how much a value grows with people, and with supply
    "two_step": (-1, 1), "modified_two_step": (-1, 1), "three_step": (-1, 1),
    "huff_three_step": (-1, 1), "balanced": (-1, 1), "spatial_availability": (0, 1),
    "totally_constrained": (0, 1), "cumulative": (0, 1), "interval": (0, 1), "gravity": (0, 1),
    "raam": (0, 0), "nearest": (0, 0), "choice": (0, 0), "passive": (1, 0), "unique": (1, 0),
    "shared": (1, 0), "room_use": (0, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", SCALES)
def test_twice_the_people_and_twice_the_supply(name):
    """M36."""
    one = asked(name, TIMES)
    for given, power in (({"people": PEOPLE * 2}, 0), ({"supply": SUPPLY * 2}, 1)):
        alike(one * 2.0 ** SCALES[name][power], asked(name, TIMES, **given))


@pytest.mark.parametrize("name", ["dual", "balancing", "unmet", "assigned", "doubly_constrained"])
def test_twice_the_people_and_the_supply_at_once(name):
    one = asked(name, TIMES)
    if name == "dual":
        other = measure.dual(TIMES, supply=SUPPLY * 2, need=16)
    elif name == "doubly_constrained":
        both = {"people": PEOPLE * (PEOPLE.index != "라") * 2, "supply": SUPPLY * [1, 1, 1, 0, 0]}
        both["supply"] *= both["people"].sum() / both["supply"].sum()
        other = asked(name, TIMES, **both)
    else:
        other = asked(name, TIMES, people=PEOPLE * 2, supply=SUPPLY * 2)
    alike(one * (2 if name in ("unmet", *PAIR) else 1), other)


@by_cell
def test_splitting_a_cell_changes_nothing_for_the_others(name):
    """M33: two halves at the same spot. What is the cell's own is halved with it."""
    own = name in ("spatial_availability", "unmet")
    halved = TravelTimes.from_matrix(
        np.vstack([SECONDS, SECONDS[0]]), cells=[*CELLS, "가2"], places=PLACES
    )
    people = PEOPLE.copy()
    people["가"] /= 2
    people["가2"] = people["가"]
    one, other = asked(name, TIMES), asked(name, halved, people=people)
    if name in ("balanced", "totally_constrained"):  # parts by cell, not by person
        return
    if name == "balancing":  # half the people want half the supply
        one, other = one.drop("가"), other.drop("가")
        alike(one, other)
        return
    assert other["가2"] == pytest.approx(other["가"], abs=1e-6)
    if own:
        one = one.where(one.index != "가", one / 2)
    alike(one, other)


@pytest.mark.parametrize("name", [n for n, o in MEASURES.items() if "minutes" in o])
def test_times_searched_less_far_are_refused(name):
    short = replace(TIMES, limit_s=60.0)
    with pytest.raises(InputError, match="E901"):
        asked(name, short)


@every
@pytest.mark.parametrize("wrong", ["people", "supply"])
def test_wrong_numbers_are_refused(name, wrong):
    if wrong not in inspect.signature(getattr(measure, name)).parameters:
        return
    given = PEOPLE if wrong == "people" else SUPPLY
    for bad, code in (
        (given * -1, "E906"),
        (given * NONE, "E906"),
        (given * np.inf, "E906"),
        (given.iloc[:-1], "E904"),
        (pd.concat([given, pd.Series([1.0], index=["여분"])]), "E905"),
        (given.to_numpy()[1:], "E907"),
        (["많음"] * len(given), "E906"),
        (pd.concat([given, given]), "E613"),
    ):
        with pytest.raises(InputError, match=code):
            asked(name, TIMES, **{wrong: bad})


@every
def test_what_are_no_times_is_refused(name):
    with pytest.raises(TypeError, match="TravelTimes"):
        getattr(measure, name)(
            [[1.0]],
            **{
                key: None
                for key, p in inspect.signature(getattr(measure, name)).parameters.items()
                if p.default is p.empty and key not in ("times", *MEASURES[name])
            },
            **MEASURES[name],
        )


# Indices: a value and people in, a number out.

VALUE = pd.Series([1.0, 4, 0, 0, 9, 5], index=CELLS)
RANK = pd.Series([3.0, 1, 2, 5, 4, 6], index=CELLS)


def index_of(name, value=VALUE, people=PEOPLE, rank=RANK):
    options = dict(INDEX[name])
    if options.pop("rank", None):
        options["rank"] = rank
    return getattr(measure, name)(value, people, **options)


@index
def test_an_index_is_a_number_and_leaves_its_inputs(name):
    value, people = VALUE.copy(), PEOPLE.copy()
    assert isinstance(index_of(name), float)
    pd.testing.assert_series_equal(VALUE, value)
    pd.testing.assert_series_equal(PEOPLE, people)


@index
def test_an_index_does_not_depend_on_order_or_form(name):
    one = index_of(name)
    assert index_of(name, VALUE[::-1]) == pytest.approx(one, abs=1e-12)
    arrays = (VALUE.to_numpy(), PEOPLE.to_numpy(), RANK.to_numpy())
    assert index_of(name, *arrays) == pytest.approx(one, abs=1e-12)
    turned = [list(a[::-1]) for a in arrays]
    assert index_of(name, *turned) == pytest.approx(one, abs=1e-12)


@index
def test_an_index_of_nobody_is_not_a_number(name):
    assert np.isnan(index_of(name, people=PEOPLE * 0))
    assert np.isnan(index_of(name, [], [], []))


@index
def test_cells_without_people_do_not_count(name):
    """M38."""
    changed = VALUE.where(PEOPLE > 0, 99.0)
    assert index_of(name, changed) == index_of(name)
    assert index_of(name, VALUE.where(PEOPLE > 0, np.inf)) == index_of(name)


@index
def test_an_index_refuses_what_it_cannot_use(name):
    for wrong in (VALUE - 5, VALUE * NONE, VALUE + np.inf):
        with pytest.raises(InputError, match="E910"):
            index_of(name, wrong)
    with pytest.raises(InputError, match="E906"):
        index_of(name, people=-PEOPLE)
    with pytest.raises(InputError, match="E904"):
        index_of(name, people=PEOPLE.iloc[1:])


def test_no_public_function_escapes_the_list():
    listed = [*CELL, *PLACE, *PAIR, *TABLE, *INDEX, *OTHER]
    assert sorted(listed) == sorted(measure.__all__)
    for name in measure.__all__:
        assert callable(getattr(measure, name))
    for name in MEASURES:
        assert next(iter(inspect.signature(getattr(measure, name)).parameters)) == "times"
    for name in INDEX:
        assert list(inspect.signature(getattr(measure, name)).parameters)[:2] == ["value", "people"]


def test_the_documents_tell_every_function():
    page = Path(__file__).resolve().parents[2] / "docs" / "measures.md"
    text = re.sub(r"(?ms)^```.*?^```$", "", page.read_text("utf-8"))  # examples are no tables
    told = set(re.findall(r"\b[A-Za-z_]+\b", " ".join(re.findall("`[^`]+`", text))))
    assert set(measure.__all__) - told <= {"Pairs"}
