"""What institutions do twice and leave out, against a town counted by hand and the sample by brute
force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from access import Question, measure
from access.errors import InputError
from access.inputs.programmes import BANDS
from access.measure.duplication import busiest_week
from access.measure.offers import institution_times
from tests.measure.classes import MORNINGS, ONLINE, OPEN, Class, asked, town

HOURS = {"a": OPEN, "b": MORNINGS, "d": OPEN}


def offers(*classes, hours=HOURS, **changes):
    return measure.offers_of(asked(town(classes, hours), **changes))


def test_what_is_left_out_is_counted():
    found = offers(
        Class("a"),
        Class("", online=ONLINE),
        Class("nowhere"),
        Class("b", hours=(-1, -1)),
        Class("b", field="", seats=np.nan),
    )
    assert found.classes.tolist() == [0, 3, 4]
    assert found.left_out == {
        "online": 1, "elsewhere": 1, "untimed": 1, "unseated": 1, "unclassified": 1
    }  # fmt: skip
    assert found.seats.tolist() == [10, 10, 0]
    assert found.hours.tolist() == [10 * 2 * 10, 0, 0]


@pytest.mark.parametrize("classes", [None, [Class("nowhere")]])
def test_a_study_without_classes_is_told(classes, told):
    study = town(classes or [Class("a")])
    if classes is None:
        from dataclasses import replace

        study = replace(study, programmes=None)
    with pytest.raises(InputError) as error:
        measure.offers_of(asked(study))
    told(error.value, "E918")


def test_catchments_of_institutions():
    found = offers(Class("a", institution="하나"), Class("b", institution="둘"),
                   Class("d", institution="하나"))  # fmt: skip
    table = measure.shared_catchments(found).set_index(["institution", "other"])
    # 하나 is at both ends and reaches everybody; 둘 reaches a, b and c, none of them alone.
    assert table.loc[("하나", "하나"), ["people", "shared"]].tolist() == [188, 8]
    assert table.loc[("둘", "하나"), ["people", "other_people", "shared"]].tolist() == [
        180, 188, 180
    ]  # fmt: skip
    assert table.loc[("둘", "하나"), "share"] == 100
    assert table.loc[("둘", "둘"), "shared"] == 0


def test_a_duplicate_needs_field_time_place_and_ages():
    same = [Class("a"), Class("b")]
    (row,) = measure.duplicate_classes(offers(*same)).to_dict("records")
    assert (row["field"], row["band"], row["institution"], row["other"]) == (
        "arts", "morning", "A", "B"
    )  # fmt: skip
    assert (row["classes"], row["other_classes"], row["alike"], row["shared"]) == (1, 1, 1, 150)
    assert row["share"] == 100  # everybody who reaches A
    for other in (
        Class("b", field="civic"),
        Class("b", hours=(14, 16)),
        Class("d"),
        Class("b", institution="A"),
    ):
        assert not len(measure.duplicate_classes(offers(Class("a"), other)))
    young, old = Class("a", ages=(0, 64)), Class("b", ages=(65, 999))
    assert not len(measure.duplicate_classes(offers(young, old)))
    assert len(measure.duplicate_classes(offers(young, Class("b", ages=(64, 999)))))


def test_gaps_of_every_field_in_every_band():
    table = measure.missing_classes(offers(Class("a"), Class("d", days="토", field="civic")))
    assert len(table) == 2 * len(BANDS)
    rows = table.set_index(["field", "band"])
    assert rows.loc[("arts", "morning"), ["reached", "missing"]].tolist() == [150, 38]
    assert rows.loc[("civic", "weekend"), ["reached", "missing"]].tolist() == [38, 150]
    assert rows.loc[("civic", "evening"), ["institutions", "missing", "share"]].tolist() == [
        0, 188, 100
    ]  # fmt: skip
    assert table["missing"].is_monotonic_decreasing


def test_hours_of_rooms():
    found = offers(
        Class("a", site="a 1", days="월수", hours=(10, 12)),
        Class("a", site="a 2", days="월", hours=(10, 12)),
        Class("a", site="a 2", days="월", hours=(11, 13)),  # in part at the same time
        Class("b", days="월", hours=(11, 14)),  # closes at noon
        Class("d", days="월"),
        hours={"a": OPEN, "b": MORNINGS},
    )
    rows = measure.room_hours(found).set_index("place")
    assert rows.loc["a", ["rooms", "classes", "open", "used", "outside", "free"]].tolist() == [
        2, 3, 2 * 60, 4 + 3, 0, 113
    ]  # fmt: skip
    assert rows.loc["a", "use"] == pytest.approx(100 * 7 / 120)
    assert rows.loc["b", ["open", "used", "outside"]].tolist() == [15 + 2, 3, 2]
    assert rows.loc["d", "used"] == 2
    assert rows.loc["d", ["open", "use", "free", "outside"]].isna().all()


def test_the_busiest_week_counts():
    early, late = ("2025-03-03", "2025-03-28"), ("2025-06-04", "2025-06-20")
    found = offers(Class("a", dates=early), Class("a", dates=late), Class("b", dates=late))
    assert str(busiest_week(found)) == "2025-06-02"  # a Monday
    assert measure.room_hours(found)["classes"].tolist() == [1, 1]


def test_rooms_to_share():
    found = offers(
        Class("a"),
        Class("b", days="월", hours=(10, 12)),
        Class("b", days="화", hours=(9, 11)),
    )
    table = measure.shared_rooms(found).set_index(["guest", "host"])
    assert table.index.tolist() == [("b", "a")]  # b's room is taken when a's class meets
    row = table.loc[("b", "a")]  # a's only room is taken on Monday, free on Tuesday
    assert row[["classes", "fit", "hours"]].tolist() == [2, 1, 2]
    assert row[["kept", "gained", "lost"]].tolist() == [150, 0, 30]
    assert row["lost_share"] == pytest.approx(100 * 30 / 180)


def test_two_classes_do_not_share_one_free_room():
    found = offers(
        Class("a", days="금"),
        Class("b", site="b 1", days="월"),
        Class("b", site="b 2", days="월"),
    )
    table = measure.shared_rooms(found).set_index(["guest", "host"])
    assert table.loc[("b", "a"), ["classes", "fit", "hours"]].tolist() == [2, 1, 2]


@pytest.fixture(scope="module")
def garam(sample_answer):
    outcome = sample_answer(Question(mode="bicycle", minutes=(5, 10, 15)))
    return measure.offers_of(outcome)


def reached_by(found):
    """Return the set of cells that each institution reaches, the slow way."""
    outcome, sets = found.outcome, {}
    limit = outcome.question.limit * 600
    for name in set(found.institution.tolist()):
        places = set(found.place[found.institution == name].tolist())
        times = outcome.times.tenths
        sets[name] = {
            i for i in range(len(times)) if any(0 <= times[i, p] <= limit for p in places)
        }
    return sets


def test_the_sample_against_brute_force(garam):
    people, sets = garam.outcome.people, reached_by(garam)
    table = measure.shared_catchments(garam).set_index(["institution", "other"])["shared"]
    assert len(table) == len(sets) * (len(sets) + 1) // 2

    def count(cells):
        return sum(people[i] for i in cells)

    for one, other in combinations(sorted(sets), 2):
        assert table[one, other] == pytest.approx(count(sets[one] & sets[other]))
    for one in sets:
        others = set().union(*(cells for name, cells in sets.items() if name != one))
        assert table[one, one] == pytest.approx(count(sets[one] - others))
    # Laws: nobody is shared who is not reached, and those reached are all told.
    everybody = set().union(*sets.values())
    alone = sum(table[one, one] for one in sets)
    assert alone <= count(everybody) + 1e-6


def test_institution_times_are_the_nearest_of_their_places(garam):
    times = institution_times(garam)
    whole = garam.outcome.times.tenths
    for k, name in enumerate(times.places.tolist()):
        places = np.unique(garam.place[garam.institution == name])
        own = np.where(whole[:, places] < 0, 2**30, whole[:, places]).min(axis=1)
        found = times.tenths[:, k]
        assert np.array_equal(found >= 0, own < 2**30)
        assert np.array_equal(found[found >= 0], own[found >= 0])


def test_room_hours_of_the_sample_are_laws(garam):
    table = measure.room_hours(garam)
    assert (table["used"] <= table["open"].fillna(np.inf)).all()
    assert np.allclose(table["open"] - table["used"], table["free"], equal_nan=True)
    assert (table["outside"].dropna() <= table["used"][table["outside"].notna()]).all()
