"""Classes from course tables, and the places they meet at."""

from __future__ import annotations

import numpy as np
import pytest

from access.errors import InputError
from access.inputs.places import read_places
from access.inputs.programmes import BANDS, EITHER, IN_A_ROOM, ONLINE, join_lists, read_programmes
from access.inputs.venues import join_programmes

HEADER = ("강좌명,강사명,교육시작일자,교육종료일자,교육시작시각,교육종료시각,강좌내용,"
          "교육대상구분,교육방법구분,운영요일,교육장소,강좌정원수,수강료,교육장도로명주소,"
          "운영기관명")  # fmt: skip
ROW = ("수채화 초급,홍길동,2025-03-04,2025-05-20,10:00,12:00,홍길동 작가와 그리기,성인,"
       '오프라인,"화,목",가람도서관 2층 강의실,20,"30,000",가람로 1,가람도서관')  # fmt: skip


@pytest.fixture
def write(tmp_path):
    def write(*lines, header=HEADER, name="강좌.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
        return path

    return write


@pytest.fixture
def read(write):
    return lambda *lines, header=HEADER, name="강좌.csv", **how: read_programmes(
        write(*lines, header=header, name=name), **how
    )


def row(**changed):
    """Return ROW with some of its cells changed."""
    names = HEADER.split(",")
    cells = dict.fromkeys(names, "")
    cells |= {"강좌명": "요가", "운영요일": "화", "교육시작시각": "10:00", "교육종료시각": "12:00"}
    cells |= changed
    return ",".join(f'"{cells[name]}"' for name in names)


def test_every_column_has_its_field(read):
    classes = read(ROW)
    assert classes.ids.tolist() == ["class-0001"]
    assert classes.names.tolist() == ["수채화 초급"]
    assert classes.site.tolist() == ["가람도서관 2층 강의실"]
    assert classes.institution.tolist() == ["가람도서관"]
    assert classes.days.tolist() == [[False, True, False, True, False, False, False]]
    assert (classes.start.tolist(), classes.end.tolist()) == ([600], [720])
    assert [str(classes.first[0]), str(classes.last[0])] == ["2025-03-04", "2025-05-20"]
    assert classes.weeks.tolist() == [12]
    assert classes.seats.tolist() == [20]
    assert classes.fee.tolist() == [30_000]
    assert classes.ages.tolist() == [[19, 999]]
    assert classes.online.tolist() == [IN_A_ROOM]
    assert classes.hours_a_week.tolist() == [4]
    assert classes.ledger.tallies[0].used == 1
    assert classes.rows.tolist() == [2]
    assert not classes.days.flags.writeable


def test_teachers_are_not_read_wherever_they_stand(read, told):
    classes = read(
        ROW,
        row(강좌명="이몽룡 선생님의 서예", 강사명="이몽룡 강사", 강좌내용="강사: 이몽룡"),
        row(강좌명="김밥 만들기", 강사명="김밥", 강좌내용="김밥 선생님과"),
        row(강사명="Hong Gildong", 강좌내용="with Hong Gildong"),
        row(강사명="외부강사", 강좌내용="외부강사 초빙"),
    )
    told(classes.ledger, "F453", column="강사명")
    said = repr(classes) + "".join(e.problem.text("ko") for e in classes.ledger.entries)
    for name in ("홍길동", "이몽룡", "Gildong"):
        assert name not in said
    assert classes.names.tolist()[1:3] == ["○○○ 선생님의 서예", "김밥 만들기"]
    assert classes.attributes["강좌내용"].tolist() == [
        "○○○ 작가와 그리기", "강사: ○○○", "○○○ 선생님과", "with ○○○", "외부강사 초빙",
    ]  # fmt: skip
    assert "강사명" not in classes.attributes


def test_no_message_of_an_error_names_a_teacher(write):
    damaged = write(ROW.replace("홍길동,", "홍길동\x00,"), row(강사명="성춘향", 운영요일="?"))
    with pytest.raises(InputError) as error:
        read_programmes(damaged, columns={"names": "강사명"})
    classes = read_programmes(damaged)
    said = error.value.text("ko") + "".join(e.problem.text("ko") for e in classes.ledger.entries)
    assert "홍길동" not in said
    assert "성춘향" not in said


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [("1000", "1200", ""), ("오후 2시", "오후 4시", ""), ("19:00", "09:00", "W435"),
     ("00:00", "00:00", "W435"), ("아침", "12:00", "W434"), ("10:00", "", "W434"), ("", "", "")],
)  # fmt: skip
def test_times_are_known_both_or_neither(read, told, start, end, code):
    classes = read(row(교육시작시각=start, 교육종료시각=end))
    known = code == "" and start != ""
    assert (classes.start[0] >= 0, classes.end[0] >= 0) == (known, known)
    codes = {e.problem.code for e in classes.ledger.entries} - {"F453"}
    assert codes == ({code} if code else set())
    assert classes.slots.any() == known


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [("10:00~12:00", (600, 720)), ("14:00-16:00", (840, 960)), ("오후 2시~4시", (840, 960)),
     ("10시 30분~12시", (630, 720)), ("19:00 ~ 21:00(2시간)", (1140, 1260)), ("2시간", (-1, -1))],
)  # fmt: skip
def test_one_column_may_hold_both_times(read, cell, minutes):
    classes = read(f"요가,화,{cell}", header="강좌명,운영요일,교육시간")
    assert (classes.start[0], classes.end[0]) == minutes


def test_dates_that_cannot_be_are_unknown_and_listed(read, told):
    classes = read(
        row(교육시작일자="2025-05-20", 교육종료일자="2025-03-04"),
        row(교육시작일자="봄", 교육종료일자="2025-03-04"),
        row(교육시작일자="2025-03-04", 교육종료일자="9999-12-31"),
    )
    told(classes.ledger, "W439", row=2)
    told(classes.ledger, "W438", row=3, value="봄")
    assert np.isnat(classes.last).tolist() == [True, False, True]
    assert np.isnan(classes.weeks).all()
    assert classes.running("2026-01-01", "2026-01-31").tolist() == [True, False, True]
    assert classes.running("2025-01-01", "2025-01-31").tolist() == [True, True, False]


def test_a_fortnightly_class_counts_every_other_week(read, told):
    both = {"교육시작일자": "2025-03-01", "교육종료일자": "2025-05-17"}
    classes = read(row(운영요일="토", **both), row(운영요일="격주 토", **both))
    assert classes.weeks.tolist() == [12, 6]
    told(classes.ledger, "F449", row=3)


@pytest.mark.parametrize(
    ("cell", "won", "code"),
    [("무료", 0, ""), ("0", 0, ""), ("30000", 30_000, ""), ("30,000원", 30_000, ""),
     ("3만원", 30_000, ""), ("20,000원(재료비 별도)", 20_000, "F443"), ("", None, ""),
     ("유료", None, ""), ("문의", None, "W443")],
)  # fmt: skip
def test_fees(read, cell, won, code):
    classes = read(row(수강료=cell))
    assert (None if np.isnan(classes.fee[0]) else classes.fee[0]) == won
    assert {e.problem.code for e in classes.ledger.entries} - {"F453"} == ({code} - {""})


def test_bands_are_of_weekdays_by_their_start_and_of_weekends(read):
    classes = read(
        row(), row(교육시작시각="14:00", 교육종료시각="16:00"),
        row(교육시작시각="19:00", 교육종료시각="21:00", 운영요일="월~토"),
        row(운영요일="토"), row(교육시작시각="", 교육종료시각=""),
    )  # fmt: skip
    assert BANDS == ("morning", "afternoon", "evening", "weekend")
    assert classes.bands.astype(int).tolist() == [
        [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0],
    ]  # fmt: skip


def test_slots_are_the_quarter_hours_a_class_touches(read):
    slots = read(row(교육시작시각="10:05", 교육종료시각="11:00", 운영요일="월")).slots
    assert np.flatnonzero(slots[0, 0]).tolist() == [40, 41, 42, 43]
    assert slots.sum() == 4


def test_online_needs_no_place_and_methods_are_told_apart(read):
    classes = read(*(row(교육방법구분=m) for m in ("온라인", "대면+비대면", "집합교육", "")))
    assert classes.online.tolist() == [ONLINE, EITHER, IN_A_ROOM, -1]


def test_equal_rows_and_rows_without_a_name_stay_and_are_listed(read, told):
    classes = read(ROW, ROW, row(강좌명="", 강좌정원수="0"))
    told(classes.ledger, "W446", row=3)
    told(classes.ledger, "W440", row=4)
    told(classes.ledger, "W331", row=4)
    assert len(classes) == 3


def test_a_list_of_places_is_no_list_of_classes(read, told):
    with pytest.raises(InputError) as error:
        read("가람도서관,10", header="name,seats")
    told(error.value, "E444")
    with pytest.raises(InputError) as error:
        read("가람도서관,10", header="도서관명,열람좌석수")
    told(error.value, "E112", column="강좌명")


def test_two_lists_are_one_in_their_order(read, told):
    first = read(ROW)
    second = read(row(), header=HEADER, name="둘째.csv", start=2)
    both = join_lists([first, second])
    assert both.ids.tolist() == ["class-0001", "class-0002"]
    assert both.ledger.tallies == first.ledger.tallies + second.ledger.tallies
    with pytest.raises(InputError) as error:
        join_lists([first, first])
    told(error.value, "E452", value="class-0001")


PLACES = ("시설ID,시설명,위도,경도", "p1,가람도서관,37.1001,127.5001",
          "p2,누리센터,37.1002,127.5002", "p3,별관,37.1003,127.5003",
          "p4,별관,37.1004,127.5004", "p5,가람,37.1005,127.5005",
          "p6,쌍둥이,37.1006,127.5006", "p7,쌍둥이,37.1006,127.5006")  # fmt: skip


@pytest.fixture
def places(write):
    return read_places(write(*PLACES[1:], header=PLACES[0], name="시설.csv"), kind="centre")


@pytest.mark.parametrize(
    ("site", "institution", "place", "code"),
    [
        ("가람도서관", "", "p1", ""), ("가람 도서관", "", "p1", ""),
        ("가람도서관 2층 강의실", "", "p1", ""),
        ("가람도서관 301호", "", "p1", ""), ("가람도서관앞 공원", "", "p1", "F441"),
        ("2층 강의실", "누리센터", "p2", "F442"), ("시청각실", "누리센터", "p2", "F442"),
        ("", "누리센터", "p2", "F442"), ("솔뫼초등학교", "누리센터", "", "W441"),
        ("별관", "", "", "W447"), ("쌍둥이", "", "p6", ""), ("", "", "", "W441"),
        ("가람초등학교 도서실", "", "", "W441"),
    ],
)  # fmt: skip
def test_the_place_of_a_class(read, places, told, site, institution, place, code):
    classes = read(row(교육장소=site, 운영기관명=institution))
    joined, ledger = join_programmes(classes, places)
    assert joined.place.tolist() == [place]
    assert [e.problem.code for e in ledger.entries] == ([code] if code else [])
    assert joined.at(places.ids).tolist() == [places.ids.tolist().index(place) if place else -1]


def test_an_id_of_a_place_goes_before_names(read, places):
    lines = [f"요가,화,{id},누리센터" for id in ("p1", "nowhere")]
    classes = read(*lines, header="강좌명,운영요일,시설ID,교육장소")
    joined, _ = join_programmes(classes, places)
    assert joined.place.tolist() == ["p1", "p2"]


def test_a_record_is_its_contents(read):
    one, other = read(ROW), read(ROW, name="다른 이름.csv")
    assert one == other
    assert one != read(ROW.replace("20,", "21,"))


def test_days_and_times_that_a_spreadsheet_turned_into_numbers_are_turned_back(read, told):
    classes = read(
        row(교육시작일자="45720", 교육종료일자="45797", 교육시작시각="0.375", 교육종료시각="0.5")
    )
    assert (str(classes.first[0]), str(classes.last[0])) == ("2025-03-04", "2025-05-20")
    assert (classes.start[0], classes.end[0]) == (540, 720)
    told(classes.ledger, "F153", column="교육시작일자", value="45720")
    told(classes.ledger, "F187", column="교육시작시각", value="0.375")


def test_both_times_are_told_where_one_cannot_be_read(read):
    classes = read(row(교육시작시각="10:00", 교육종료시각="25:00"))
    (said,) = (e.problem.text("ko") for e in classes.ledger.entries if e.problem.code == "W434")
    assert "시작 10:00, 끝 25:00" in said
