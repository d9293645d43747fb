"""Places from the tables planners hold."""

from __future__ import annotations

import numpy as np
import pytest

from access.errors import InputError
from access.inputs.places import NO, UNKNOWN, YES, join_places, read_places

HEADER = "시설명,위도,경도,좌석수,면적,건물면적,연간비용,무단차여부,시설구분,소유구분,비고"
ROW = "가람도서관,37.1001,127.5001,30,120.5,900,1000000,Y,도서관,시유,새 건물"


@pytest.fixture
def read(tmp_path):
    def read(*lines, header=HEADER, kind="centre", name="시설.csv", **how):
        path = tmp_path / name
        path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
        return read_places(path, kind=kind, **how)

    return read


def test_every_column_has_its_field(read):
    places = read(ROW)
    assert places.ids.tolist() == ["centre-001"]
    assert places.names.tolist() == ["가람도서관"]
    assert places.lonlat.tolist() == [[127.5001, 37.1001]]
    assert places.kind.tolist() == ["centre"]
    assert places.seats.tolist() == [30]
    assert places.area_m2.tolist() == [120.5]
    assert places.building_m2.tolist() == [900]
    assert places.yearly_cost.tolist() == [1_000_000]
    assert places.step_free.tolist() == [YES]
    assert places.category.tolist() == ["도서관"]
    assert places.owner.tolist() == ["시유"]
    assert places.hours == (None,)
    assert {n: v.tolist() for n, v in places.attributes.items()} == {"비고": ["새 건물"]}
    assert places.rows.tolist() == [2]
    assert places.files.tolist() == ["시설.csv"]


def test_english_headers(read):
    places = read("L1,Library,37.1001,127.5001,30", header="id,name,lat,lon,seats", kind="library")
    assert places.ids.tolist() == ["L1"]
    assert places.seats.tolist() == [30]
    assert np.isnan(places.yearly_cost[0])
    assert places.step_free.tolist() == [UNKNOWN]


def test_ids_are_numbered_by_row_so_that_mending_one_changes_no_other(read):
    lines = ["가,37.1001,127.5001", "나,,", "다,37.1003,127.5003"]
    header = "시설명,위도,경도"
    assert read(*lines, header=header).ids.tolist() == ["centre-001", "centre-003"]
    assert read(*lines, header=header, start=61).ids.tolist() == ["centre-061", "centre-063"]
    lines[1] = "나,37.1002,127.5002"
    assert read(*lines, header=header).ids.tolist() == ["centre-001", "centre-002", "centre-003"]


def test_an_id_column_may_be_named(read, told):
    lines = ["7,가,37.1001,127.5001", "7,나,37.1002,127.5002"]
    with pytest.raises(InputError) as error:
        read(*lines, header="연번,시설명,위도,경도", id="연번")
    told(error.value, "E126", row=3, column="연번", value="7")
    assert len(read(*lines, header="연번,시설명,위도,경도")) == 2


def test_hours_of_weekdays_weekends_and_closed_days(read):
    header = "시설명,위도,경도,휴관일,평일운영시작시각,평일운영종료시각"
    header += ",주말운영시작시각,주말운영종료시각"
    places = read(
        "가,37.1001,127.5001,매주 월요일,09:00,18:00,10:00,17:00",
        "나,37.1001,127.5001,,0900,2100,00:00,00:00",
        "다,37.1001,127.5001,공휴일,,,,",
        header=header,
    )
    days = [None if h is None else (h.open.sum(axis=1) / 4).tolist() for h in places.hours]
    assert days == [[0, 9, 9, 9, 9, 7, 7], [12, 12, 12, 12, 12, 0, 0], None]
    assert places.attributes["휴관일"].tolist() == ["매주 월요일", "", "공휴일"]


def test_saturday_sunday_and_every_day(read):
    header = "시설명,위도,경도,평일운영시작시각,평일운영종료시각,토요일운영시작시각"
    header += ",토요일운영종료시각,공휴일운영시작시각,공휴일운영종료시각"
    places = read("가,37.1001,127.5001,9:00,22:00,900,1700,00:00,00:00", header=header)
    assert (places.hours[0].open.sum(axis=1) / 4).tolist() == [13] * 5 + [8, 0]
    daily = read(
        "가,37.1001,127.5001,9:00,22:00", header="시설명,위도,경도,운영시작시각,운영종료시각"
    )
    assert (daily.hours[0].open.sum(axis=1) / 4).tolist() == [13] * 7


def test_hours_that_cannot_be_read_or_pass_midnight_are_listed(read, told):
    header = "시설명,위도,경도,평일운영시작시각,평일운영종료시각"
    places = read(
        "가,37.1001,127.5001,상시,18:00", "나,37.1001,127.5001,20:00,02:00", header=header
    )
    told(places.ledger, "W321", row=2, column="평일운영시작시각", value="상시")
    told(places.ledger, "W320", row=3)
    assert places.hours[0] is None


def test_unknown_seats_are_unknown_and_zero_seats_are_listed(read, told):
    places = read(
        "가,37.1,127.5,-",
        "나,37.1,127.5,0",
        "다,37.1,127.5,열 석",
        "라,37.1,127.5,",
        header="시설명,위도,경도,좌석수",
    )
    assert np.isnan(places.seats[[0, 2, 3]]).all()
    assert places.seats[1] == 0
    told(places.ledger, "W107", row=2, column="좌석수", value="-")
    told(places.ledger, "W331", row=3, column="좌석수")
    told(places.ledger, "W108", row=4, column="좌석수", value="열 석")


def test_step_free_answers(read, told):
    lines = [f"{i},37.1001,127.5001,{w}" for i, w in enumerate(("예", "N", "", "공사중"))]
    places = read(*lines, header="시설명,위도,경도,무단차여부")
    assert places.step_free.tolist() == [YES, NO, UNKNOWN, UNKNOWN]
    told(places.ledger, "W128", row=5, column="무단차여부", value="공사중")


def test_b17_equal_rows_stay_and_are_listed(read, told):
    places = read(ROW, ROW)
    assert len(places) == 2
    assert len(set(places.ids)) == 2
    assert "2" in told(places.ledger, "W334", row=3, times=1).reason("en")
    assert places.ledger.tallies[0].used == 2


def test_rooms_of_several_sites_with_one_name_are_told_apart(read):
    lines = [
        "교실,솔뫼초,37.1001,127.5001",
        "교실,한내초,37.1002,127.5002",
        "대강당,한내초,37.1002,127.5002",
    ]
    places = read(*lines, header="개방시설명,개방장소명,위도,경도", kind="idle")
    assert places.names.tolist() == ["솔뫼초 교실", "한내초 교실", "대강당"]
    assert places.attributes["개방장소명"].tolist() == ["솔뫼초", "한내초", "한내초"]


def test_a_table_without_coordinates_says_what_it_has(read, told):
    with pytest.raises(InputError) as error:
        read("가,가로 1", header="시설명,주소")
    told(error.value, "E112", column="경도")
    assert "시설명, 주소" in told(error.value, "E112", column="위도").text("ko")


def test_ten_faults_of_one_file_come_in_one_run(read, told):
    header = "관리번호,시설명,위도,경도,좌석수"
    lines = [
        "a,가,37.1001,127.5001,30",
        "a,나,37.1002,127.5002,30",
        "1E+10,다,37.1003,127.5003,30",
        ",라,37.1004,127.5004,30",
        "e,마, 바,37.1005,127.5005,30",
        "f,사,북쪽,127.5006,30",
        "g,아,37.1007",
    ]
    with pytest.raises(InputError) as error:
        read(*lines, header=header)
    found = {(p.code, p.row) for p in error.value.problems}
    assert found == {("E126", 3), ("E110", 4), ("E127", 5), ("E111", 6), ("E223", 7), ("E111", 8)}


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "`${alert(1)}`",
    "{{7*7}}",
    "javascript:alert(1)",
    "<!--<script>",
    "줄\u2028나눔\u2029표",
    "\\u003cscript\\u003e",
    "가" * 5000,
    '=HYPERLINK("http://x","y")',
    "+cmd|'/c calc'!A1",
    "-12.5",
    "@SUM(1)",
    "\t=1+1",
    "\r=1",
    "+82-2-120",
    "a;=1+1",
    "널\x00문자",
    "\u202eoffice",
]


def test_hostile_names_are_read_as_they_stand(read):
    rows = ['"' + n.replace('"', '""') + '",37.1001,127.5001' for n in HOSTILE]
    places = read(*rows, header="시설명,위도,경도")
    assert places.names.tolist() == HOSTILE


def test_places_of_several_files_become_one_record(read, told):
    centres = read(ROW, name="a.csv")
    idle = read(
        "교실,37.2001,127.6001,메모", header="시설명,위도,경도,메모", kind="idle", name="b.csv"
    )
    both = join_places([centres, idle])
    assert both.ids.tolist() == ["centre-001", "idle-001"]
    assert both.kind.tolist() == ["centre", "idle"]
    assert {n: v.tolist() for n, v in both.attributes.items()} == {
        "비고": ["새 건물", ""],
        "메모": ["", "메모"],
    }
    assert [t.file for t in both.ledger.tallies] == ["a.csv", "b.csv"]
    with pytest.raises(InputError) as error:
        join_places([centres, read(ROW, name="c.csv")])
    assert "a.csv" in told(error.value, "E333", row=2, value="centre-001").text("ko")


@pytest.fixture
def workbook(tmp_path):
    """Write a workbook of two sheets with the same rows, without or with ids."""

    def write(*header):
        import openpyxl

        book = openpyxl.Workbook()
        book.active.title = "도서관"
        other = book.create_sheet("학교")
        for sheet in (book.active, other):
            sheet.append(["시설명", "위도", "경도", *header])
            sheet.append([f"{sheet.title}1", 37.1001, 127.5001, *(1 for _ in header)])
            sheet.append([f"{sheet.title}2", None, None, *(2 for _ in header)])
            sheet.append([f"{sheet.title}3", 37.1003, 127.5003, *(3 for _ in header)])
        book.save(tmp_path / "시설.xlsx")
        return tmp_path / "시설.xlsx"

    return write


def test_two_sheets_of_a_workbook_are_counted_apart(workbook):
    path = workbook()
    parts = [
        read_places(path, kind="centre", sheet="도서관"),
        read_places(path, kind="centre", sheet="학교", start=4),
    ]
    both = join_places(parts)
    assert both.ids.tolist() == ["centre-001", "centre-003", "centre-004", "centre-006"]
    assert both.sheets.tolist() == ["도서관", "도서관", "학교", "학교"]
    assert [(t.sheet, t.read, t.used, t.excluded) for t in both.ledger.tallies] == [
        ("도서관", 3, 2, 1),
        ("학교", 3, 2, 1),
    ]


def test_the_same_id_in_two_sheets_names_both(workbook, told):
    path = workbook("관리번호")
    parts = [read_places(path, kind="centre", sheet=sheet) for sheet in ("도서관", "학교")]
    with pytest.raises(InputError) as error:
        join_places(parts)
    for lang in ("ko", "en"):
        text = told(error.value, "E333", row=2, value="1").text(lang)
        assert "시설.xlsx [학교]" in text
        assert "시설.xlsx [도서관]" in text


def test_hours_whose_names_span_two_columns(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["시설명", "위도", "경도", "평일", None, "주말", None])
    book.active.append([None, None, None, "시작", "종료", "시작", "종료"])
    book.active.append(["가람도서관", 37.1001, 127.5001, "09:00", "18:00", "10:00", "17:00"])
    for merged in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1"):
        book.active.merge_cells(merged)
    book.save(tmp_path / "시설.xlsx")
    (hours,) = read_places(tmp_path / "시설.xlsx", kind="centre").hours
    apart = tmp_path / "시설.csv"
    names = "weekday_open,weekday_close,weekend_open,weekend_close"
    row = "가람도서관,37.1001,127.5001,09:00,18:00,10:00,17:00"
    apart.write_text(f"시설명,위도,경도,{names}\n{row}\n", "utf-8")
    assert hours == read_places(apart, kind="centre").hours[0]
    assert hours is not None


def test_no_place_left_tells_why(read, told):
    with pytest.raises(InputError) as error:
        read("가,,", "나,37.1,0", header="시설명,위도,경도")
    told(error.value, "E332")
    told(error.value, "W201", row=2)
    told(error.value, "W225", row=3)
    assert "W210" not in {p.code for p in error.value.problems}  # that left nothing out


def test_reading_twice_gives_the_same_record(read):
    assert read(ROW) == read(ROW)
    assert read(ROW) != read(ROW.replace("30", "31"))


# --- real files ---


def in_city(places, word):
    return [
        i
        for i in range(len(places))
        if any(word in str(values[i]) for values in places.attributes.values())
    ]


@pytest.mark.data
def test_public_rooms_of_the_country_and_of_anseong(real_data, told):
    path = real_data / "anseong" / "전국공공시설개방정보표준데이터_202010.csv"
    places = read_places(path, kind="idle")
    tally = places.ledger.tallies[0]
    assert (tally.read, tally.used, tally.excluded) == (6643, 6627, 16)
    assert len(in_city(places, "안성시")) == 53
    assert places.lonlat[:, 0].min() > 124
    for row in range(3101, 3107):
        told(places.ledger, "W206", row=row)  # dragged down by 1 degree a row
    for row in (1050, 3499, 3500, 3501, 3502):
        told(places.ledger, "W207", row=row)
    for row in (1255, 1256, 1257, 1722, 6490):
        told(places.ledger, "W201", row=row)
    told(places.ledger, "W108", column="면적", value="2750+2750")
    assert sum(h is not None for h in places.hours) > 6000


@pytest.mark.data
def test_libraries_of_anseong_have_no_coordinates(real_data):
    path = real_data / "anseong" / "전국도서관표준데이터_202604.csv"
    places = read_places(path, kind="centre")
    assert len(places) == 3390
    assert in_city(places, "안성시 ") == []
    left = {e.problem.row for e in places.ledger.entries if e.action == "excluded"}
    lines = path.read_bytes().decode("cp949").splitlines()
    anseong = {i for i, line in enumerate(lines, 1) if ",안성시," in line}
    assert len(anseong) == 16
    assert anseong <= left


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("anseong/전국초중등학교위치표준데이터_20260320.csv", 12011),
        ("korea_files/행정안전부_무더위쉼터_sample100.csv", 100),
        ("porto_alegre/poa_points_of_interest.csv", 15),
    ],
)
def test_other_real_tables(real_data, file, count):
    places = read_places(real_data / file, kind="centre")
    assert len(places) == count
    assert places.ledger.tallies[0].excluded == 0
    assert (places.names != "").all()


@pytest.mark.data
def test_the_shelters_have_two_lines_of_names(real_data, told):
    places = read_places(
        real_data / "korea_files" / "행정안전부_무더위쉼터_sample100.csv", kind="idle"
    )
    assert places.rows[0] == 3
    assert places.names[0] == "은행아파트"
    assert places.ids[0] == "41450030"
    assert places.seats[0] == 103
    assert places.area_m2[0] == 132
    assert (places.hours[0].open.sum(axis=1) / 4).tolist() == [9] * 7


@pytest.mark.data
def test_the_ragged_library_file_is_refused_row_by_row(real_data, told):
    with pytest.raises(InputError) as error:
        read_places(real_data / "korea_files" / "전국도서관표준데이터_2016_raw.csv", kind="centre")
    told(error.value, "E111", row=2)
    told(error.value, "E111", row=11)
    assert len(error.value.problems) == 1369
    assert "모두 1369건" in error.value.text("ko")


@pytest.mark.data
def test_closed_schools_have_addresses_only(real_data, told):
    with pytest.raises(InputError) as error:
        read_places(real_data / "anseong" / "anseong_closed_schools_candidate.csv", kind="idle")
    told(error.value, "E112", column="위도")


def test_the_sample_shows_every_kind_of_repair(sample, told):
    centres = read_places(sample / "centres.csv", kind="centre")
    for code in ("W201", "W203", "W334", "F106"):
        told(centres.ledger, code)
    assert read_places(sample / "idle.csv", kind="idle").building_m2.min() == 0
