"""Codes of 읍·면·동: systems told apart, and what changed between two dates named."""

from __future__ import annotations

import numpy as np
import pytest

from access.korea.codes import Units, compare, plain, same_places, system, systems
from access.korea.residents import read_residents


def units(*rows):
    codes, names, people = zip(*rows, strict=True)
    return Units(codes, names, np.array(people, dtype=float))


def said(before, after):
    return [(c.kind, c.text, c.sure) for c in compare(units(*before), units(*after))]


A = ("4139059200", "시흥시 정왕2동", 100)
B = ("4139064000", "시흥시 능곡동", 50)
C = ("4139059500", "시흥시 배곧동", 80)


def test_nothing_changed():
    assert said([A, B], [B, A]) == []
    assert said([("4139061000", "종로1·2가동", 3)], [("4139061000", "종로1.2가동", 3)]) == []


def test_another_name_or_another_code():
    assert said([A], [("4139059200", "새이름동", 90)]) == [("renamed", "정왕2동 → 새이름동", True)]
    ((kind, text, sure),) = said([A, B], [("4139059900", "정왕2동", 100), B])
    assert (kind, sure) == ("recoded", True)
    assert "4139059900" in text


def test_names_with_numbers_say_what_was_parted_or_joined():
    one, two = ("4139059600", "배곧1동", 30), ("4139059700", "배곧2동", 50)
    assert said([A, C], [A, one, two]) == [("split", "배곧동 → 배곧1동, 배곧2동", True)]
    assert said([A, one, two], [A, C]) == [("merged", "배곧1동, 배곧2동 → 배곧동", True)]
    # Where another of the name stays, the numbers do not say which was parted.
    three = ("4139059800", "배곧3동", 9)
    assert not any(sure for _, _, sure in said([A, C, three], [A, one, two, three]))


def test_people_say_which_was_parted():
    new = ("4139065000", "거북섬동", 30)
    after = [("4139059200", "정왕2동", 75), ("4139064000", "능곡동", 60), new]
    assert said([A, B], after) == [("split", "정왕2동 → 정왕2동, 거북섬동", False)]
    assert said(after, [A, B]) == [("merged", "정왕2동, 거북섬동 → 정왕2동", False)]
    nearer = [("4139059200", "정왕2동", 75), ("4139064000", "능곡동", 45), new]
    assert said([A, B], nearer) == [("split", "능곡동 → 능곡동, 거북섬동", False)]


def test_nobody_knows_where_it_came_from():
    grown = [("4139059200", "정왕2동", 175), ("4139065000", "거북섬동", 30)]
    assert said([A], grown) == [("born", "- → 거북섬동", False)]
    assert said(grown, [A]) == [("gone", "거북섬동 → -", False)]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("4155025000", "admin"),
        ("4155025021", "legal"),
        ("1111010100", "legal"),
        ("3122011", "sgis7"),
        ("32010110", "sgis8"),
        ("11680640", "eight"),
        ("4155025", "sgis7"),
        ("", "other"),
        ("１１１１０５１５００", "other"),
    ],
)
def test_systems(code, kind):
    assert system(code) == kind


def test_systems_of_files_are_named_once():
    assert systems(["4155025000", "4155025021"], ["4155025000"])[0] == (
        "법정동코드(10자리); 행정기관코드(10자리)"
    )
    assert systems(["4155025000"], ["4155031000"])[0] == "행정기관코드(10자리)"


def test_plain_names():
    assert plain("서울특별시 종로구 창신제1동") == plain("창신1동")
    assert plain("제기동") == "제기동"
    assert plain("") == ""


GANGWON = [(f"42110{n}000", f"강원도 춘천시 {name}", 9) for n, name in
           (("25", "신북읍"), ("31", "동면"), ("51", "교동"))]  # fmt: skip


def test_a_province_with_new_digits():
    after = [("51" + code[2:], name.replace("도", "특별자치도"), n) for code, name, n in GANGWON]
    pairs, how = same_places(units(*GANGWON), units(*after, A, B))
    assert how == "renumbered"
    assert pairs == {"51" + code[2:]: code for code, _, _ in GANGWON}


def test_a_county_that_moved_to_another_province():
    after = [("27720" + code[5:], name, n) for code, name, n in GANGWON]
    assert same_places(units(*GANGWON), units(*after))[1] == "renumbered"


def test_codes_of_the_statistics_office_go_by_all_names_of_a_city():
    census = [(f"320101{i}", name.split()[-1], 9) for i, (_, name, _) in enumerate(GANGWON)]
    pairs, how = same_places(units(*census), units(*GANGWON, A, B))
    assert how == "names"
    assert pairs == {g[0]: c[0] for g, c in zip(GANGWON, census, strict=True)}
    twice = [("43" + code[2:], name, n) for code, name, n in GANGWON]
    assert same_places(units(*census), units(*GANGWON, *twice)) == ({}, "")
    assert same_places(units(*census[:2]), units(*GANGWON[:2])) == ({}, "")
    assert same_places(units(*census), units(*GANGWON[:2], A)) == ({}, "")


# --- real files ---


@pytest.mark.data
def test_five_cities_from_2020_to_2025(real_data):
    folder = real_data / "anseong"
    cities = ["36110", "41271", "41273", "41390", "41550", "44250"]
    old = read_residents(folder / "주민등록_연령별인구_202012_cp949.csv", within=cities)
    new = read_residents(folder / "emd_pop_202506_5cities.csv", "table", within=cities)
    found = compare(*(Units(r.codes, r.names, r.counts.sum(axis=1)) for r in (old, new)))
    assert [(c.kind, c.text, c.sure) for c in found] == [
        ("split", "새롬동 → 새롬동, 나성동", False),
        ("split", "도담동 → 도담동, 어진동, 해밀동", False),
        ("split", "소담동 → 소담동, 반곡동", False),
        ("split", "정왕2동 → 정왕2동, 거북섬동", False),
        ("split", "배곧동 → 배곧1동, 배곧2동", True),
    ]


@pytest.mark.data
def test_no_code_of_the_ministry_looks_like_another(real_data):
    path = real_data / "anseong" / "주민등록_연령별인구_202012_cp949.csv"
    codes = read_residents(path).codes.tolist()
    assert {system(code) for code in codes} == {"admin"}
