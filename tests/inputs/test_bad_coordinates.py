"""Every defect of coordinates in RELIABILITY 3.2 that a table can have, with its message."""

from __future__ import annotations

import numpy as np
import pytest

from access._geo import project
from access.errors import InputError
from access.inputs.coordinates import KOREAN_CRS, degrees, fitting
from access.inputs.places import read_places

GOOD = ["37.100100,127.500100", "37.200200,127.600200", "37.300300,127.700300"]
SEOUL, BUSAN, JEJU = (126.978, 37.5666), (129.0756, 35.1798), (126.5312, 33.4996)


@pytest.fixture
def read(tmp_path):
    """Read places from lines of `위도,경도` (or from lines with a header of their own)."""

    def read(*lines, header="위도,경도", **how):
        path = tmp_path / "시설.csv"
        text = "\n".join(f"곳{i},{line}" for i, line in enumerate(lines))
        path.write_text(f"시설명,{header}\n{text}\n", "utf-8")
        return read_places(path, kind="centre", **how)

    return read


def left_out(places):
    return places.ledger.tallies[0].excluded


def test_g1_all_rows_swapped_stop_and_name_the_key(read, told):
    with pytest.raises(InputError) as error:
        read(*(",".join(reversed(g.split(","))) for g in GOOD))
    told(error.value, "E203", row=2, column="위도, 경도", value="127.500100 / 37.100100")
    text = error.value.text("ko")
    assert "[[places]]" in text
    assert 'lon = "위도", lat = "경도"' in text


def test_g1_what_the_message_says_helps(read):
    swapped = [",".join(reversed(g.split(","))) for g in GOOD]
    places = read(*swapped, columns={"lon": "위도", "lat": "경도"})
    assert places.lonlat[0].tolist() == [127.5001, 37.1001]


def test_g2_a_swapped_row_is_left_out_not_mended(read, told):
    places = read(*GOOD, "127.400400,37.400400")
    assert len(places) == 3
    told(places.ledger, "W203", row=5, value="127.400400 / 37.400400", times=1)


def test_g2_swapped_rows_abroad_show_by_their_range(read, told):
    places = read("-30.03,-120.22", "-30.04,-120.21", "-120.2,-30.05")
    told(places.ledger, "W203", row=4)


@pytest.mark.parametrize("bad", ["0,0", "0.0,127.5", "37.5,0", "0.00001,0.00002"])
def test_g3_near_zero(read, told, bad):
    places = read(*GOOD, bad)
    assert left_out(places) == 1
    told(places.ledger, "W225", row=5, column="위도, 경도")


@pytest.mark.parametrize("bad", [",", "37.5,", ",127.5", "-,-", "미상,미상", " , "])
def test_g3_blank(read, told, bad):
    places = read(*GOOD, bad)
    assert left_out(places) == 1
    told(places.ledger, "W201", row=5)


def test_all_blank_leaves_no_place(read, told):
    with pytest.raises(InputError) as error:
        read(",", ",")
    told(error.value, "E332")
    told(error.value, "W201", row=2)


@pytest.mark.parametrize(
    "bad", ["34.1234567,126.1234567", "35.999999,127.999999", "36.111111,127.222222"]
)
def test_g4_placeholders(read, told, bad):
    places = read(*GOOD, bad)
    told(places.ledger, "W226", row=5)
    assert left_out(places) == 1


def test_g4_one_coordinate_under_many_addresses_stays_and_is_listed(read, told):
    same = "37.566600,126.978400"
    places = read(f"{same},가로 1", f"{same},나로 2", f"{same},다로 3", header="위도,경도,주소")
    assert len(places) == 3
    assert "2, 3, 4" in told(places.ledger, "W208", row=2, times=1).text("en")


def test_b17_rooms_of_one_building_are_no_defect(read):
    same = "37.566600,126.978400"
    rooms = [f'{same},"가로 1 (가동), {i}층"' for i in range(5)]
    places = read(*rooms, header="위도,경도,주소")
    assert len(places) == 5
    assert places.ledger.entries == ()


def test_g5_autofill_drag(read, told):
    dragged = [f"{35 + i}.220396,{128 + i}.581073" for i in range(3)]
    places = read(dragged[0], "35.222429,128.579665", dragged[1], dragged[2], *GOOD)
    assert left_out(places) == 2
    told(places.ledger, "W206", row=4, value="36.220396 / 129.581073")
    told(places.ledger, "W206", row=5)


def test_g6_outside_korea_among_rows_inside(read, told):
    places = read(*GOOD, "37.580047,120.000807")
    assert len(places) == 3
    told(places.ledger, "W207", row=5, value="37.580047 / 120.000807")


def test_g6_a_study_abroad_is_no_defect(read):
    assert len(read("-30.027565,-51.227811", "-30.023285,-51.218856")) == 2


@pytest.mark.parametrize("crs", KOREAN_CRS)
@pytest.mark.parametrize("city", [SEOUL, BUSAN, JEJU])
def test_g7_the_true_system_is_among_those_named(crs, city):
    xy = project(np.array([city]), crs)
    named = {fit.crs: (fit.lon, fit.lat) for fit in fitting(xy) if not fit.swapped}
    assert crs in named
    assert named[crs] == pytest.approx(city, abs=1e-5)


@pytest.mark.parametrize("crs", [32652, 3857])
def test_g7_metres_in_columns_of_degrees_stop_and_name_the_system(read, told, crs):
    xy = project(np.array([SEOUL, BUSAN]), crs)
    with pytest.raises(InputError) as error:
        read(*(f"{y:.1f},{x:.1f}" for x, y in xy))
    told(error.value, "E204", row=2, column="위도, 경도")
    text = error.value.text("ko")
    assert f"crs = {crs}" in text
    assert "126.97" in text  # where the first row would land
    assert "37.56" in text
    assert "[[places]]" in text


SEOUL_BOX = (126.76, 37.42, 127.19, 37.71)
NEAR_MISSES = [{5174, 5181, 2097}, {5178, 5179}]
"""Systems of different datums that lie within 400 m of each other."""


@pytest.mark.parametrize("alike", NEAR_MISSES)
@pytest.mark.parametrize("around", [None, SEOUL_BOX])
def test_g7_near_misses_are_all_named_and_none_preferred(read, told, alike, around):
    for crs in alike:
        xy = project(np.array([SEOUL, (127.05, 37.5)]), crs)
        with pytest.raises(InputError) as error:
            read(*(f"{y:.1f},{x:.1f}" for x, y in xy), around=around)
        (problem,) = error.value.problems
        for lang in ("ko", "en"):
            text = told(error.value, "E230", row=2).text(lang)
            assert all(f"{code} (126." in text for code in alike)
            assert f"{crs} (126.9780, 37.5666)" in text  # where the first row truly is
            assert "[[places]]" in text
            assert not any(f"crs = {code}" in text for code in KOREAN_CRS)
        if around:  # belts 100 km away are none of the answer
            assert {int(part[:4]) for part in problem.facts["fits"].split(", ")[::2]} == alike


def test_g7_the_districts_decide_between_belts(read, told):
    xy = project(np.array([SEOUL, (127.05, 37.5)]), 5186)
    lines = [f"{y:.1f},{x:.1f}" for x, y in xy]
    with pytest.raises(InputError) as error:
        read(*lines)
    assert "5181 (" in told(error.value, "E230", row=2).text("en")
    with pytest.raises(InputError) as error:
        read(*lines, around=SEOUL_BOX)
    assert "crs = 5186" in told(error.value, "E204", row=2).text("en")


def test_g7_metres_of_another_city_are_still_named(read, told):
    xy = project(np.array([BUSAN]), 32652)
    with pytest.raises(InputError) as error:
        read(*(f"{y:.1f},{x:.1f}" for x, y in xy), around=SEOUL_BOX)
    assert "129.0756, 35.1798" in told(error.value, "E204", row=2).text("en")


def test_g7_thousands_separators_of_metres(read, told):
    with pytest.raises(InputError) as error:
        read('"1,952,010","953,892"')
    assert "5179 (126.9" in told(error.value, "E230", row=2).text("en")


def test_g7_metres_with_swapped_columns(read, told):
    xy = project(np.array([SEOUL, BUSAN]), 5179)
    with pytest.raises(InputError) as error:
        read(*(f"{x:.1f},{y:.1f}" for x, y in xy))  # easting in 위도
    text = told(error.value, "E232", row=2).text("ko")
    assert "5179 (126.9780, 37.5666)" in text
    assert 'lon = "위도", lat = "경도"' in text
    with pytest.raises(InputError) as error:
        read(*(f"{x:.1f},{y:.1f}" for x, y in project(np.array([SEOUL]), 32652)))
    text = told(error.value, "E209", row=2).text("ko")
    assert "crs = 32652" in text
    assert 'lon = "위도", lat = "경도"' in text


def test_g7_metres_that_fit_nothing(read, told):
    with pytest.raises(InputError) as error:
        read("50000000,70000000", "51000000,71000000")
    told(error.value, "E205", row=2)


def test_g7_a_single_row_of_metres_is_left_out(read, told):
    places = read(*GOOD, "1952010,953892")
    told(places.ledger, "W202", row=5, value="1952010 / 953892")


@pytest.mark.parametrize("crs", [5179, 5186, 5174, 5178, 2097])
def test_a_system_that_is_given_is_used(read, crs):
    points = np.array([SEOUL, BUSAN])
    places = read(
        *(f"{y:.3f},{x:.3f}" for x, y in project(points, crs)), header="Y좌표,X좌표", crs=crs
    )
    assert places.lonlat == pytest.approx(points, abs=1e-6)


@pytest.mark.parametrize(
    ("crs", "code"), [(999_999, "E227"), (-1, "E227"), (10**20, "E227"), (5703, "E228")]
)
def test_a_system_that_cannot_be(read, told, crs, code):
    with pytest.raises(InputError) as error:
        read(*GOOD, crs=crs)
    problem = told(error.value, code, column="[[places]] crs", value=str(crs), times=1)
    assert "study.toml" in problem.text("ko")


def test_degrees_of_another_datum_are_turned(read):
    assert read(*GOOD, crs=4737).lonlat == pytest.approx(read(*GOOD).lonlat, abs=1e-6)
    tokyo = read(*GOOD, crs=4162).lonlat  # the datum of 1985 lies 300 m away
    assert 1e-3 < abs(tokyo - read(*GOOD).lonlat).max() < 1e-2


@pytest.mark.parametrize("columns", [{"lat": "경도", "lon": "경도"}, {"lat": "경도"}])
def test_one_column_cannot_be_both(read, told, columns):
    with pytest.raises(InputError) as error:
        read(*GOOD, columns=columns)
    text = told(error.value, "E231", column="경도", times=1).text("ko")
    assert "시설명, 위도, 경도" in text
    assert len(error.value.problems) == 1


def test_metres_whose_x_is_north(read, told):
    xy = project(np.array([SEOUL, BUSAN]), 5179)
    with pytest.raises(InputError) as error:
        read(*(f"{x:.1f},{y:.1f}" for x, y in xy), header="Y좌표,X좌표", crs=5179)
    told(error.value, "E203", row=2, column="Y좌표, X좌표")


def test_degrees_where_metres_were_promised(read, told):
    with pytest.raises(InputError) as error:
        read(*GOOD, crs=5179)
    assert "5179" in told(error.value, "E224", row=2).text("ko")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("37°33'59\"", 37 + 33 / 60 + 59 / 3600),
        ("37도 33분 59.4초", 37 + 33 / 60 + 59.4 / 3600),
        ("37° 33′ 59″N", 37 + 33 / 60 + 59 / 3600),
        ("37.33.59", 37 + 33 / 60 + 59 / 3600),
        ("37-33-59", 37 + 33 / 60 + 59 / 3600),
        ("37,5666", 37.5666),
        ("37.5666N", 37.5666),
        ("N37.5666", 37.5666),
        ("126.978 e", 126.978),
        ("51.2W", -51.2),
        ("30.03S", -30.03),
        ("북위 37.5", 37.5),
        ("동경126.9", 126.9),
        ("３７.５", 37.5),
    ],
)
def test_g9_other_ways_to_write_degrees(cell, value):
    found, code = degrees(cell)
    assert found == pytest.approx(value, abs=1e-12)
    assert code == "F222"


def test_g9_is_listed_as_repaired(read, told):
    places = read(*GOOD, '37°33\'59","126°58\'40"""')
    assert places.lonlat[3] == pytest.approx([126 + 58 / 60 + 40 / 3600, 37 + 33 / 60 + 59 / 3600])
    told(places.ledger, "F222", row=5, column="경도", times=1)
    told(places.ledger, "F222", row=5, column="위도", times=1)


@pytest.mark.parametrize("cell", ["서울시청 앞", "37..5", "37°99'00\""])
def test_g9_what_cannot_be_read_stops(read, told, cell):
    with pytest.raises(InputError) as error:
        read(*GOOD, f"{cell},127.5")
    told(error.value, "E223", row=5, column="위도", value=cell.replace('"', ""))


def test_g10_too_few_decimals(read, told):
    places = read(*GOOD, "37.5,127.51")
    assert len(places) == 4
    told(places.ledger, "W210", row=5, value="37.5", times=1)


def test_each_row_is_left_out_once_and_counted(read):
    places = read(*GOOD, "0,0", ",", "127.5,37.5", "41.5,127.5")
    tally = places.ledger.tallies[0]
    assert (tally.read, tally.used, tally.excluded) == (7, 3, 4)
    assert len(places) == 3
    rows = [e.problem.row for e in places.ledger.entries if e.action == "excluded"]
    assert sorted(rows) == [5, 6, 7, 8]
