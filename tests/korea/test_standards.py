"""Official standards: the published numbers, their status, and nothing that was not found."""

from __future__ import annotations

import re

import pytest

from access.errors import InputError
from access.korea.standards import preset, presets, text
from access.study.standard import Standard

# 국가도시재생기본방침 2018-12-18 (minutes at 3 and 25 km/h; of a range the longer end), and the
# distances of the national monitoring.
METRES = {
    "KR_NMS_2018_village": {
        "kindergarten": 500,
        "primary_school": 750,
        "small_library": 750,
        "senior_room": 500,
        "sports": 500,
        "park": 750,
        "daycare": 250,
        "clinic": 500,
        "shop": 500,
        "parking": 250,
        "home_service": 250,
    },
    "KR_NMS_2018_regional": {
        "public_library": 4_170,
        "welfare_centre": 12_500,
        "health_centre": 8_330,
        "er": 12_500,
        "culture_hall": 8_330,
        "sports_hall": 12_500,
        "regional_park": 4_170,
    },
    "KR_NGII_monitor": {
        "library": 1_500,
        "neighbourhood_park": 750,
        "daycare": 750,
        "er": 10_000,
    },
    "KR_LEARN_ANALOGY": {"centre_walk": 750, "centre_car": 4_170, "hub_car": 8_330},
}


@pytest.mark.parametrize(
    ("key", "item", "metres"),
    [(key, item, metres) for key, items in METRES.items() for item, metres in items.items()],
)
def test_a_published_threshold_is_that_many_metres(key, item, metres):
    (standard,) = Standard.from_preset(key, item)
    # published to ten metres
    assert standard.limit_m == pytest.approx(metres, abs=5)


def test_these_are_all_items():
    for key, items in METRES.items():
        assert {item.key for item in preset(key).items} == set(items)


def test_unverified_numbers_are_marked_and_no_others():
    marked = {(p.key, i.key) for p in presets().values() for i in p.items if i.unverified}
    unseen = ("daycare", "clinic", "shop", "parking", "home_service")
    assert marked == {("KR_NMS_2018_village", key) for key in unseen}
    (daycare,) = Standard.from_preset("KR_NMS_2018_village", "daycare")
    assert "미확인" in daycare.force("ko")
    assert "unverified" in daycare.force("en")


def test_what_was_not_found_is_not_asserted():
    lifelong = Standard.from_preset("KR_RURAL_2021", "lifelong_programme")[0]
    assert (lifelong.per_district, lifelong.target) == (1, None)
    assert all(s.target is None for key in METRES for s in Standard.from_preset(key))
    for item in preset("KR_PROTECT_WALK").items:
        assert not item.minutes
        with pytest.raises(InputError) as raised:
            Standard.from_preset("KR_PROTECT_WALK", item.key)
        assert raised.value.code == "E986"


def test_protected_walkers_have_their_own_clock():
    zone, cane = Standard.from_preset("KR_PROTECT_WALK", minutes=10)
    assert (zone.limit_m, cane.limit_m) == (pytest.approx(480), pytest.approx(420))
    assert zone.changed == cane.changed == ()


def test_the_rural_standard_is_for_eup_and_myeon_only():
    assert {s.scope for s in Standard.from_preset("KR_RURAL_2021")} == {"eupmyeon"}
    assert {p.scope for p in presets().values() if p.key != "KR_RURAL_2021"} == {"all"}


def test_status_is_said_as_it_is():
    assert "준용" in preset("KR_LEARN_ANALOGY").status["ko"]
    assert "법정기준 아님" in preset("KR_LEARN_ANALOGY").status["ko"]
    for key in ("KR_NMS_2018_village", "KR_NMS_2018_regional"):
        assert preset(key).status == {"ko": "구속력 없음", "en": "not binding"}


@pytest.mark.parametrize("key", list(presets()))
def test_every_text_is_there_in_both_languages(key):
    found = presets()[key]
    assert found.vintage
    for spoken in (found.words, found.status, found.source, found.note):
        assert spoken["ko"]
        assert re.search("[가-힣]", spoken["ko"])
        assert spoken["en"]
    for item in found.items:
        assert item.words["ko"]
        assert item.words["en"]
        assert item.minutes or item.metres or item.per_district or key == "KR_PROTECT_WALK"
        assert tuple(sorted(item.minutes)) == item.minutes


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_list_tells_every_preset_and_item(lang):
    told = text(lang)
    for found in presets().values():
        assert found.key in told
        assert found.source[lang] in told
        assert all(f"  {item.key} " in told for item in found.items)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("KR_NMS_2018_vilage", "KR_NMS_2018_village"),
        ("kr_rural", "KR_RURAL_2021"),
        ("KR_LEARN", "KR_LEARN_ANALOGY"),
    ],
)
def test_an_unknown_preset_is_answered_with_the_nearest(wrong, nearest):
    with pytest.raises(InputError, match="E980") as raised:
        preset(wrong)
    assert f"'{nearest}'" in raised.value.text("ko")
    assert f"'{nearest}'" in raised.value.text("en")


def test_an_unknown_item_is_answered_with_the_nearest():
    with pytest.raises(InputError, match=r"E981.*'small_library'"):
        Standard.from_preset("KR_NMS_2018_village", "smal_library")
