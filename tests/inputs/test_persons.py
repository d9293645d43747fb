"""No name of a private person goes further than the table it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from access._tables.persons import persons_in, veil
from access.inputs.aliases import persons
from access.inputs.programmes import read_programmes

HEADERS = (
    *(
        "강사명",
        "강 사 명",
        "강사\n성명",
        "강사(소속)",
        "강사1",
        "강사명2",
        "주강사",
        "담당 강사명",
    ),
    *("강사진", "외부강사", "지도교사", "교수명", "선생님", "수강생명", "성명", "INSTRUCTOR_NM"),
)


@pytest.mark.parametrize("header", HEADERS)
def test_names_are_blanked_however_their_column_is_called(header: str) -> None:
    names, rows, veiled = veil(
        ("강좌명", header), [["기초 한글 (김하나 강사)", "김하나"]], persons()
    )
    assert veiled == (header,)
    assert names == ("강좌명", "")
    assert rows == [["기초 한글 (○○○ 강사)", ""]]


def test_what_is_told_of_persons_goes_and_what_is_of_nobody_stays() -> None:
    header = (
        "강사 소개",
        "강사연락처",
        "생년월일",
        "강사료",
        "강사수",
        "강사 구분",
        "교사(㎡)",
        "수강생수",
    )
    assert persons_in(header, persons()) == ([0, 1, 2], [])
    # a career is no name: its words are not blanked beside it
    _, rows, _ = veil(("강좌명", "강사 약력"), [["한국화 교실", "한국화 전문"]], persons())
    assert rows == [["한국화 교실", ""]]


def test_a_name_of_another_row_is_blanked_beside_a_title() -> None:
    rows = [
        ["요가", "김하나"],
        ["강사 김하나의 그림", ""],
        ["김하나 선생님과", ""],
        ["김하나로 읽기", ""],
    ]
    _, veiled, _ = veil(("강좌명", "강사명"), rows, persons())
    assert [row[0] for row in veiled] == [
        *("요가", "강사 ○○○의 그림", "○○○ 선생님과", "김하나로 읽기")
    ]


def test_a_footnote_beside_names_is_not_repeated(tmp_path: Path) -> None:
    rows = ["강좌명,강사명,운영요일", "요가,김하나,월", "※ 김하나 사정으로 휴강,,"]
    (tmp_path / "classes.csv").write_text("\n".join(rows), encoding="utf-8")
    entries = read_programmes(tmp_path / "classes.csv").ledger.entries
    assert [(e.problem.row, e.problem.value) for e in entries if e.problem.code == "W136"] == [
        (3, None)
    ]
    assert "김하나" not in str(entries)


def test_a_header_that_comes_again_is_no_class(tmp_path: Path) -> None:
    rows = ["강좌명,운영요일", "요가,월", "강좌명, 운영요일", "서예,화"]
    (tmp_path / "classes.csv").write_text("\n".join(rows), encoding="utf-8")
    classes = read_programmes(tmp_path / "classes.csv")
    assert classes.names.tolist() == ["요가", "서예"]
    assert classes.rows is not None
    assert classes.rows.tolist() == [2, 4]
    assert [(e.problem.code, e.problem.row) for e in classes.ledger.entries] == [("W186", 3)]
    tally = classes.ledger.tallies[0]
    assert (tally.read, tally.used, tally.excluded) == (3, 2, 1)
