"""The field of a class by its title, and how often the words are right."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.korea.fields import classify, classify_all, field_name, fields, fold_to_six

SAMPLE = Path(__file__).with_name("course_titles.csv")
"""Titles written for this test in the manner of real lists, with the field they belong to."""


def labelled():
    with SAMPLE.open(encoding="utf-8") as file:
        return [(row["title"], row["field"]) for row in csv.DictReader(file)]


def held_out(title):
    """Say whether a title is of the part the words were never tuned on."""
    return hashlib.sha256(title.encode()).digest()[0] % 2 == 1


def accuracy(titles):
    right = [field_name(classify(title)[0]) == field for title, field in titles]
    return sum(right) / len(right)


def test_the_words_are_right_nine_times_in_ten_on_titles_they_were_not_tuned_on(capsys):
    held = [pair for pair in labelled() if held_out(pair[0])]
    tuned = [pair for pair in labelled() if not held_out(pair[0])]
    assert len(labelled()) >= 250
    assert len(held) >= 100
    wrong = Counter(
        (field, field_name(classify(title)[0]))
        for title, field in held
        if field_name(classify(title)[0]) != field
    )
    with capsys.disabled():
        print(f"\nfields: {accuracy(held):.1%} of {len(held)} titles held out, "
              f"{accuracy(tuned):.1%} of {len(tuned)} tuned on; wrong: {dict(wrong)}")  # fmt: skip
    assert accuracy(held) > 0.90
    assert accuracy(tuned) > 0.95


def test_the_sample_has_every_field_and_some_of_none():
    counts = Counter(field for _, field in labelled())
    assert set(counts) == {*(field.ko for field in fields().values()), "미분류"}
    assert min(counts.values()) >= 5
    assert len({title for title, _ in labelled()}) == len(labelled())


def test_the_accuracy_the_docs_state_is_the_accuracy():
    page = (Path(__file__).parents[2] / "docs" / "opendata.md").read_text("utf-8")
    held = [pair for pair in labelled() if held_out(pair[0])]
    tuned = [pair for pair in labelled() if not held_out(pair[0])]
    assert f"{accuracy(held):.1%} of {len(held)} titles" in page
    assert f"{accuracy(tuned):.1%} of the {len(tuned)}" in page


def test_a_certificate_decides_whatever_is_taught():
    assert classify("캘리그라피 지도사 2급 자격증")[0] == "vocational"
    assert classify("캘리그라피 초급")[0] == "arts"


def test_the_content_tells_what_the_title_does_not():
    assert classify("하반기 특별반") == ("", "")
    assert classify("하반기 특별반", "수채화를 그립니다") == ("arts", "수채화")


@pytest.mark.parametrize(
    ("given", "code"),
    [("문화예술", "arts"), ("인문교양교육(건강심성)", "humanities"), ("arts", "arts"),
     ("성인 진로개발역량 향상교육", "career"), ("취미", "literacy")],
)  # fmt: skip
def test_the_field_that_the_file_names_is_taken(given, code):
    assert classify("한글교실", given=given)[0] == code


def test_the_six_fold():
    assert set(fold_to_six(fields())) == set(fields()) - {"career"}
    codes, _ = classify_all(["진로탐색", "요가"], ["", ""], ["", ""])
    assert fold_to_six(codes).tolist() == ["vocational", "arts"]


def test_no_word_is_of_two_fields():
    held = [(word, f.code) for f in fields().values() for word in {*f.words, *f.sure}]
    twice = [word for word, n in Counter(word for word, _ in held).items() if n > 1]
    assert not twice
    assert all(word == word.casefold().replace(" ", "") for word, _ in held)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
@settings(derandomize=True, deadline=None)
def test_any_text_has_a_field_or_none(title, content, given):
    code, word = classify(title, content, given)
    assert code in (*fields(), "")
    assert (code == "") == (word == "")


def test_a_national_table_takes_seconds():
    titles = np.array([f"{title} {i}기" for i in range(40) for title, _ in labelled()])
    codes, _ = classify_all(titles, titles, [""] * len(titles))
    assert len(codes) > 10_000
