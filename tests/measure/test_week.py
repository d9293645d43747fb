"""When somebody has a class within reach, by hour and weekday."""

from __future__ import annotations

import numpy as np

from access import Question, Study, evaluate, measure
from tests.measure.classes import Class, asked, town


def test_hours_of_classes_by_hand():
    timed = [Class("a", days="월수", hours=(10, 11.5)), Class("d", days="월")]
    classes = [*timed, Class("b", hours=(-1, 0))]
    table = measure.class_week(measure.offers_of(asked(town(classes))))
    assert table.shape == (24, 7)
    # a is reached by a and b (150 people), d by c and d (38); half an hour begun counts.
    assert table.loc[10].tolist() == [188, 0, 150, 0, 0, 0, 0]
    assert table.loc[11].tolist() == [188, 0, 150, 0, 0, 0, 0]
    assert table.to_numpy().sum() == 2 * (188 + 150)


def test_nobody_reaches_more_hours_than_classes(sample):
    study = Study.from_folder(sample)
    offers = measure.offers_of(evaluate(study, Question(mode="walk", profile="policy")))
    table = measure.class_week(offers).to_numpy()
    found = measure.seat_table(offers)
    city = found[(found["code"] == "") & (found["field"] == "all")].set_index("band")["within"]
    assert 0 < table[:, 5:].max() <= city["weekend"] + 1e-6
    assert table.max() <= city["all"] + 1e-6
    assert (table[10, :5] > 0).all()
    assert np.count_nonzero(table[:6]) == 0
