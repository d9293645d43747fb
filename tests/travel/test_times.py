"""Tables of travel times, ours and made elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import TravelTimes
from access.errors import InputError
from access.travel.times import Why

LONG = pd.DataFrame(
    {"cell": ["가", "가", "나"], "place": ["A", "B", "B"], "seconds": [60.0, 90.04, np.nan]}
)


def codes(**how):
    with pytest.raises(InputError) as caught:
        TravelTimes.from_frame(**how)
    return [p.code for p in caught.value.problems]


def test_a_long_table_becomes_a_matrix():
    times = TravelTimes.from_frame(LONG)
    assert times.cells.tolist() == ["가", "나"]
    assert times.tenths.tolist() == [[600, 900], [Why.NOT_GIVEN, Why.NOT_GIVEN]]
    assert np.isnan(times.seconds[1]).all()
    assert times.why.tolist() == [[0, 0], [Why.NOT_GIVEN] * 2]


def test_minutes_and_other_names():
    table = LONG.rename(columns={"cell": "from_id", "place": "to_id", "seconds": "travel_time_p50"})
    times = TravelTimes.from_frame(
        table, cell="from_id", place="to_id", minutes="travel_time_p50", cells=["나", "가", "다"]
    )
    assert times.cells.tolist() == ["나", "가", "다"]
    assert times.tenths[1].tolist() == [36000, 54024]


def test_there_and_back():
    times = TravelTimes.from_frame(LONG)
    again = TravelTimes.from_frame(times.to_frame(), cells=times.cells, places=times.places)
    assert again == times


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=50, derandomize=True, deadline=None)
def test_tenths_survive_every_round_trip(rows):
    seconds = np.array([[np.nan if v is None else v / 10 for v in row] for row in rows])
    cells, places = [f"c{i}" for i in range(len(rows))], ["p", "q", "r"]
    times = TravelTimes.from_matrix(seconds, cells=cells, places=places)
    back = TravelTimes.from_frame(times.to_frame(), cells=cells, places=places)
    assert back == times
    assert np.array_equal(times.seconds, seconds, equal_nan=True)


def test_bad_tables_name_what_is_wrong():
    assert codes(table=LONG.drop(columns="cell")) == ["E610"]
    assert codes(table=pd.concat([LONG, LONG.iloc[:1]])) == ["E611"]
    assert codes(table=LONG, cells=["가"]) == ["E615"]
    assert codes(table=LONG.assign(seconds=-1.0)) == ["E614"] * 3
    assert codes(table=LONG.assign(seconds=np.inf)) == ["E614"] * 3
    with pytest.raises(InputError, match="E612"):
        TravelTimes.from_matrix([[1.0]], cells=["a"], places=["p", "q"])
    with pytest.raises(InputError, match="E613"):
        TravelTimes.from_matrix([[1.0], [2.0]], cells=["a", "a"], places=["p"])


def test_the_nearest_says_why_there_is_none():
    times = TravelTimes(
        cells=np.array(list("abcde")),
        places=np.array(["p", "q"]),
        tenths=np.array(
            [
                [50, 40],
                [Why.NO_WAY, 70],
                [Why.NO_WAY, Why.OVER_LIMIT],
                [Why.CELL_OFF, Why.CELL_OFF],
                [Why.PLACE_OFF, Why.NO_WAY],
            ],
            dtype=np.int32,
        ),
        limit_s=None,
        columns=np.array(["", ""]),
    )
    tenths, place = times.nearest()
    assert tenths.tolist() == [40, 70, Why.OVER_LIMIT, Why.CELL_OFF, Why.NO_WAY]
    assert place.tolist() == [1, 1, -1, -1, -1]
    none = TravelTimes(times.cells, np.array([], str), times.tenths[:, :0], None, np.array([], str))
    assert set(none.nearest()[0].tolist()) == {Why.NO_PLACE}


def test_of_equally_near_places_the_first():
    times = TravelTimes.from_matrix([[5.0, 5.0]], cells=["a"], places=["p", "q"])
    assert times.nearest()[1].tolist() == [0]


def test_nobody_can_write_to_a_record():
    times = TravelTimes.from_frame(LONG)
    with pytest.raises(ValueError, match="read-only"):
        times.tenths[0, 0] = 1


@pytest.mark.parametrize("seconds", [["a", "b"], [1j, 2j], [["a"], ["b"]], [[1.0], [1.0, 2.0]]])
def test_what_is_no_number_is_refused(seconds):
    with pytest.raises(InputError, match=r"E616|E612"):
        TravelTimes.from_matrix(seconds, cells=["a", "b"], places=["p"])


def test_text_among_seconds_is_refused():
    assert codes(table=LONG.assign(seconds="한 시간")) == ["E616"]


@pytest.mark.parametrize("limit", [-1, float("nan"), 0.5])
def test_a_limit_that_cannot_be_is_refused(limit):
    with pytest.raises(InputError, match="E617"):
        TravelTimes.from_matrix([[1.0]], cells=["a"], places=["p"], limit_s=limit)
