"""Standard tables told by their headers, rooms told from car parks, wrong files answered."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.errors import AccessError, InputError
from access.korea.opendata import identify, read_places, read_programmes, recognise, standards
from access.korea.rooms import rules, sort_room

HEADERS = {
    "libraries": "도서관명,시도명,시군구명,도서관유형,휴관일,열람좌석수,자료수(도서),위도,경도",
    "rooms": "개방시설명,개방장소명,개방시설유형구분,유료사용여부,사용기준시간,위도,경도",
    "courses": "강좌명,강사명,교육시작일자,교육시작시각,운영요일,교육장소,강좌정원수,수강료",
    "schools": "학교ID,학교명,학교급구분,설립일자,설립형태,본교분교구분,운영상태,위도,경도",
    "institutions": "번호,기관명,기관분류,기관소개,운영프로그램소개,등록일,위도,경도",
    "property": "재산번호,재산명,소재지,번지,호,대부가능여부,연면적,공부면적,실지목",
    "closed_schools": "시군,학교명,주소,대지면적,건물면적,담당전화,폐교연도",
    "residents": "행정구역,2025년06월_계_총인구수,2025년06월_계_연령구간인구수,2025년06월_계_0~9세",
    "stops": "정류장번호,정류장명,위도,경도,도시코드",
    "shelters": "쉼터시설번호,쉼터명칭,이용가능인원,위도,경도",
}
SENIORS = {
    "유성구": "시도명,시군구명,행정동명,법정동명,시설명,소재지도로명주소,전화번호,시설구분",
    "보령": "연번,시설명,종류,전화번호,시설소재지 주소",
    "세종": "em,vilage,bldgNm",
}


@pytest.fixture
def write(tmp_path):
    def write(header, *lines, name="표.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
        return path

    return write


@pytest.mark.parametrize("code", HEADERS)
def test_each_table_is_known_by_its_headers(code, write):
    header = HEADERS[code]
    assert recognise(header.split(",")).code == code
    blank = ",".join("x" for _ in header.split(","))
    assert identify(write(header, blank)).code == code


@pytest.mark.parametrize("layout", SENIORS)
def test_lists_of_halls_are_known_by_what_they_list(layout, write):
    names = SENIORS[layout].split(",")
    at = next(i for i, n in enumerate(names) if n in ("시설명", "bldgNm"))
    lines = [",".join(n if i == at else "x" for i in range(len(names)))
             for n in ("솔뫼경로당", "한내마을회관", "윗말경로당")]  # fmt: skip
    assert identify(write(SENIORS[layout], *lines)).code == "seniors"
    lines = [line.replace("경로당", "식당").replace("마을회관", "빵집") for line in lines]
    assert identify(write(SENIORS[layout], *lines)) is None


def test_every_standard_of_a_part_of_the_study_has_a_header_here():
    assert set(HEADERS) | {"seniors"} == set(standards())


@given(st.lists(st.text(max_size=12), max_size=12), st.lists(st.text(max_size=12), max_size=5))
@settings(derandomize=True, deadline=None)
def test_any_header_is_one_or_none(header, names):
    found = recognise(header, names)
    assert found is None or found.code in standards()


@pytest.mark.parametrize(
    ("code", "read", "goes"),
    [("courses", "places", "[[programmes]]"), ("residents", "places", "[residents]"),
     ("libraries", "programmes", "[[places]]"), ("schools", "programmes", "[[places]]"),
     ("residents", "programmes", "[residents]")],
)  # fmt: skip
def test_a_table_in_the_wrong_part_is_told_where_it_belongs(write, told, code, read, goes):
    path = write(HEADERS[code], ",".join("1" for _ in HEADERS[code].split(",")))
    reader = partial(read_places, kind="centre") if read == "places" else read_programmes
    with pytest.raises(InputError) as error:
        reader(path)
    problem = told(error.value, "E460", times=1)
    assert len(error.value.problems) == 1, "one sentence"
    assert goes in problem.text("ko")
    assert standards()[code].ko in problem.text("ko")


def test_a_table_no_part_wants_is_told_so(write, told):
    path = write("정류장번호,정류장명,모바일단축번호", "1,앞,2")
    with pytest.raises(InputError) as error:
        read_programmes(path)
    assert "쓰지 않는" in told(error.value, "E460").text("ko")


@pytest.mark.parametrize("format", ["libraries", "전국도서관표준데이터"])
def test_another_table_than_the_study_says_is_refused(write, told, format):
    path = write(HEADERS["schools"], "B1,가람초,초등학교,,공립,본교,운영,37.1001,127.5001")
    assert len(read_places(path, kind="school", format="schools")) == 1
    with pytest.raises(InputError) as error:
        read_places(path, kind="centre", format=format)
    text = told(error.value, "E445", times=1).text("ko")
    assert "전국초중등학교위치표준데이터" in text
    assert "전국도서관표준데이터" in text


NATIONAL = (
    "B1,가람초,초등학교,,공립,본교,운영,가람도 가람시 하나로 1,37.1001,127.5001",
    "B2,나래초,초등학교,,공립,본교,운영,나래도 나래시 하나로 1,35.1001,128.5001",
    "B3,나래중,중학교,,공립,본교,폐교,나래도 나래시 하나로 2,35.1002,128.5002",
    "B4,나래고,고등학교,,공립,본교,운영,나래도 나래시 하나로 3,,",
    "B5,솔뫼초,초등학교,,공립,본교,폐교,가람도 가람시 솔뫼로 2,37.1003,127.5003",
    "B6,두메초,초등학교,,공립,본교,운영,,37.1005,127.5005",
    "B7,다솜초,초등학교,,공립,본교,운영,다솜도 다솜시 하나로 1,36.1001,128.5001",
)


def test_of_a_national_table_only_the_rows_of_the_city_are_read(write, told):
    header = HEADERS["schools"].replace("위도", "소재지도로명주소,위도")
    path = write(header, *NATIONAL)
    places = read_places(path, kind="school", city="가람시")
    assert places.names.tolist() == ["가람초", "두메초"]  # whose address is blank may be ours
    assert "4" in told(places.ledger, "F842", times=1).text("ko")
    (tally,) = places.ledger.tallies
    assert (tally.read, tally.used, tally.excluded) == (7, 2, 5)
    told(places.ledger, "F458", row=6, times=1)  # nothing more is said of other cities
    assert "W201" not in {e.problem.code for e in places.ledger.entries}


@pytest.mark.parametrize(
    ("city", "how"),
    [("먼섬시", {}), ("", {}), ("나래도 가람시", {}), ("가람시", {"format": "table"})],
)
def test_a_table_stays_whole_where_nothing_says_which_rows_are_ours(write, city, how):
    header = HEADERS["schools"].replace("위도", "소재지도로명주소,위도")
    places = read_places(write(header, *NATIONAL), kind="school", city=city, **how)
    assert "F842" not in {e.problem.code for e in places.ledger.entries}
    assert "나래초" in places.names


def test_a_table_with_a_few_neighbours_keeps_them(write):
    header = HEADERS["schools"].replace("위도", "소재지도로명주소,위도")
    rows = [NATIONAL[0].replace("B1", f"A{k}") for k in range(3)]
    places = read_places(write(header, *rows, *NATIONAL[1:3]), kind="school", city="가람시")
    assert "나래초" in places.names


def test_a_format_nobody_knows_is_answered_with_those_there_are(write, told):
    with pytest.raises(InputError) as error:
        read_places(write("이름,위도,경도", "가,37.1,127.5"), kind="centre", format="도서관들")
    assert "libraries" in told(error.value, "E448").text("ko")


def test_a_known_table_without_coordinates_is_told_in_one_sentence(write, told):
    path = write("시군,학교명,주소,대지면적,건물면적,폐교연도", "안성,솔뫼초,가람로 1,100,50,2010")
    with pytest.raises(InputError) as error:
        read_places(path, kind="idle")
    assert "폐교 목록" in told(error.value, "E461", times=1).text("ko")
    assert len(error.value.problems) == 1


ROOMS = "개방시설명,개방장소명,개방시설유형구분,유료사용여부,위도,경도,회장"


def test_rooms_stay_and_car_parks_go_each_with_its_rule(write, told):
    path = write(
        ROOMS,
        "면사무소 주차장,면사무소,기타,N,37.1001,127.5001,김회장",
        "대회의실,면사무소,회의실,N,37.1001,127.5001,",
        "체육관 회의실,면사무소,체육관,N,37.1001,127.5001,",
        "운동장,솔뫼초등학교,기타,N,37.1001,127.5001,",
        "운동장,(폐교)한내초등학교,기타,N,37.1001,127.5001,",
        "별관 2층,면사무소,기타,N,37.1001,127.5001,",
    )
    rooms = read_places(path, kind="idle")
    assert rooms.ids.tolist() == ["idle-002", "idle-003", "idle-005", "idle-006"]
    assert "주차장" in told(rooms.ledger, "F456", row=2).text("ko")
    assert "회의실" in told(rooms.ledger, "F455", row=3).text("ko")
    assert "체육시설" in told(rooms.ledger, "F456", row=5).text("ko")
    assert "폐교" in told(rooms.ledger, "F455", row=6).text("ko")
    told(rooms.ledger, "W457", row=7)
    tally = rooms.ledger.tallies[0]
    assert (tally.read, tally.used, tally.excluded) == (6, 4, 2)
    assert len(rooms.ledger.warnings) == 1
    assert len(read_places(path, kind="idle", format="table")) == 6
    said = repr(rooms) + "".join(e.problem.text("ko") for e in rooms.ledger.entries)
    assert "김회장" not in said


def test_nothing_but_car_parks_leaves_nothing_and_says_why(write, told):
    path = write(ROOMS, "주차장,면사무소,기타,N,37.1001,127.5001,")
    with pytest.raises(InputError) as error:
        read_places(path, kind="idle")
    told(error.value, "E332")
    told(error.value, "F456", row=2)


def test_schools_out_of_use_and_land_without_a_building_go(write, told):
    schools = read_places(
        write(HEADERS["schools"], "B1,가람초,초등학교,,공립,본교,운영,37.1001,127.5001",
              "B2,나래초,초등학교,,공립,분교,폐교,37.1002,127.5002"),
        kind="school",
    )  # fmt: skip
    assert schools.names.tolist() == ["가람초"]
    told(schools.ledger, "F458", row=3)
    property_ = read_places(
        write("재산번호,재산명,소재지,번지,호,대부가능여부,연면적,건축면적,공부면적,위도,경도",
              "1,구 보건지소,가람리,12,3,Y,120.5,80,300,37.1001,127.5001",
              "2,가람리 임야,가람리,산 4,0,N,0,,5000,37.1002,127.5002"),
        kind="idle",
    )  # fmt: skip
    assert property_.ids.tolist() == ["1"]
    assert property_.building_m2.tolist() == [80]
    assert property_.attributes["소재지"].tolist() == ["가람리 12-3"]
    told(property_.ledger, "F459", row=3)


def test_two_header_rows_and_closed_hours(write):
    places = read_places(
        write("도서관명,도서관유형,열람좌석수,평일,,토요일,,위치,",
              ",,,운영시작시각,운영종료시각,운영시작시각,운영종료시각,위도,경도",
              "가람도서관,공공,10,0900,24:00,00:00,00:00,37.1001,127.5001"),
        kind="centre",
    )  # fmt: skip
    assert (places.hours[0].open.sum(axis=1) / 4).tolist() == [15] * 5 + [0, 0]


def test_rules_are_read_from_data_and_each_word_is_of_one():
    words = [word for rule in rules() for word in rule.words]
    assert len(words) == len(set(words))
    assert {rule.room for rule in rules()} == {True, False}


def test_a_name_decides_before_a_kind_and_a_kind_before_a_site():
    assert sort_room("회의실", "체육관", "공영주차장")[0].code == "class_room"
    assert sort_room("2층", "체육관", "공영주차장")[0].code == "sports_ground"
    assert sort_room("2층", "기타", "공영주차장")[0].code == "parking"


@pytest.mark.parametrize("code", ["courses", "rooms", "libraries"])
@given(data=st.data())
@settings(derandomize=True, deadline=None, max_examples=80)
def test_damaged_bytes_raise_nothing_but_our_errors(tmp_path_factory, code, data):
    header = HEADERS[code]
    line = ",".join(["37.1001", "127.5001", "10:00", "월~금", "2025-03-04"] * 2)
    raw = bytearray(f"{header}\n{line}\n{line}\n".encode("cp949"))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "표.csv"
    path.write_bytes(bytes(raw))
    for read in (lambda: read_places(path, kind="x"), lambda: read_programmes(path)):
        with suppress(AccessError):
            assert len(read()) > 0
