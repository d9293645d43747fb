"""Tables as planners hold them: encodings, headers, numbers, and files that are none."""

from __future__ import annotations

import zipfile

import numpy as np
import openpyxl
import pytest

from access._tables import filetype, read_table
from access._tables.numbers import flag, mangled, number
from access.errors import InputError
from access.ledger import Findings

WANTED = {
    "name": ("시설명", "name"),
    "lat": ("위도", "lat", "y"),
    "lon": ("경도", "lon", "x"),
    "seats": ("좌석수", "seats"),
    "id": ("관리번호", "id"),
    "yes": ("무단차여부",),
}
ROWS = "시설명,위도,경도\n가람도서관,37.1001,127.5001\n나루도서관,37.2002,127.6002\n"


class Read:
    """A table read from bytes or rows, with what was found."""

    def __init__(self, path, **how):
        self.findings = Findings(path.name)
        self.table = read_table(path, wanted=WANTED, findings=self.findings, **how)

    @property
    def entries(self):
        return self.findings.entries

    def codes(self):
        return [e.problem.code for e in self.entries]


@pytest.fixture
def csv(tmp_path):
    """Write text or bytes as a file and read it."""

    def read(content, name="시설.csv", stored="utf-8", **how):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(stored))
        return Read(path, **how)

    return read


@pytest.fixture
def xlsx(tmp_path):
    """Write rows as a workbook and read it."""

    def read(*rows, name="시설.xlsx", change=None, **how):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        if change:
            change(book)
        book.save(tmp_path / name)
        return Read(tmp_path / name, **how)

    return read


# --- B1 to B5: encodings ---


def test_b1_cp949_is_read_and_said(csv, told):
    read = csv(ROWS, stored="cp949")
    assert read.table.text("name").tolist() == ["가람도서관", "나루도서관"]
    told(read, "F101", times=1)


def test_b1_utf8_is_tried_first(csv):
    # These words are valid CP949 too, read as other letters.
    assert csv("시설명\n학교\n").table.text("name").tolist() == ["학교"]


@pytest.mark.parametrize("label", [None, "cp949", "euc-kr"])
def test_b2_syllables_that_euc_kr_lacks(csv, label):
    read = csv("시설명\n뷁똠방각하\n", stored="cp949", encoding=label)
    assert read.table.text("name").tolist() == ["뷁똠방각하"]
    with pytest.raises(UnicodeDecodeError):
        "뷁똠방각하".encode("cp949").decode("euc-kr")


def test_b3_bom_is_no_part_of_the_header(csv, told):
    read = csv(ROWS, stored="utf-8-sig")
    assert read.table.header[0] == "시설명"
    told(read, "F102")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_b4_utf16_with_tabs_as_excel_saves_unicode_text(csv, told, encoding):
    text = ROWS.replace(",", "\t")
    raw = text.encode(encoding)
    read = csv(raw if encoding == "utf-16" else b"\xfe\xff" + raw, name="시설.txt")
    assert read.table.text("lat").tolist() == ["37.1001", "37.2002"]
    told(read, "F103")


def test_b1_neither_encoding_fits(csv, told):
    with pytest.raises(InputError) as error:
        csv(b"\xec\x8b\x9c\xff\xff\n")
    told(error.value, "E104")


def test_an_unknown_encoding_is_named(csv, told):
    with pytest.raises(InputError) as error:
        csv(ROWS, encoding="hangul")
    assert "hangul" in told(error.value, "E132").text("ko")


@pytest.mark.parametrize(
    "broken", ["가\ufffd", "占쏙옙", "ê°€ëžŒ", "강남".encode().decode("cp949")]
)
def test_b5_broken_characters_are_listed(csv, told, broken):
    read = csv(f"시설명\n가람\n{broken}\n")
    assert read.table.text("name")[1] == broken
    told(read, "W105", row=3, column="시설명", times=1)


def test_b5_hanja_and_accents_are_no_defect(csv):
    assert csv("시설명\n大學路 문화관\nCafé ìsola\n").codes() == []


# --- B6 to B8, B18, B21: numbers and flags ---


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("12", 12, ""),
        (" 12.5 ", 12.5, ""),
        ("1,234", 1234, "F106"),
        ("12,345,678.9", 12345678.9, "F106"),
        ("350㎡", 350, "F109"),
        ("102.70 m²", 102.7, "F109"),
        ("약 20명", 20, "F109"),
        ("１２", 12, "F109"),
        ("1,200석", 1200, "F109"),
        ("(5)", -5, "F109"),
        ("1.2E+03", 1200, ""),
    ],
)
def test_b6_b8_numbers_as_people_write_them(cell, value, code):
    assert number(cell) == (value, code)


@pytest.mark.parametrize("cell", ["-", "X", "N/A", "…", "*", "미상", "n/a", "비공개"])
def test_b7_words_for_unknown_are_never_zero(cell):
    value, code = number(cell)
    assert np.isnan(value)
    assert code == "W107"


def test_b7_a_blank_is_unknown_without_remark():
    value, code = number("  ")
    assert np.isnan(value)
    assert code == ""


@pytest.mark.parametrize(
    "cell", ["2750+2750", "3천원", "30평", "12,34", "스무 명", "1.2.3", "0x1F", "1_000"]
)
def test_b8_what_is_no_plain_number_is_not_guessed(cell):
    value, code = number(cell)
    assert np.isnan(value)
    assert code == "E108"


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999", "∞"])
def test_b18_infinite(cell):
    assert number(cell)[1] == "E125"


def test_b6_b7_b8_are_listed_with_row_column_and_value(csv, told):
    read = csv('시설명,좌석수\n가,"1,234"\n나,미상\n다,20명\n라,둘\n마,-3\n')
    values = read.table.numbers("seats")
    assert values[:1].tolist() == [1234.0]
    assert values[2] == 20
    assert np.isnan(values[[1, 3, 4]]).all()
    told(read, "F106", row=2, column="좌석수", value="1,234")
    told(read, "W107", row=3, column="좌석수", value="미상")
    told(read, "F109", row=4, column="좌석수", value="20명")
    told(read, "W108", row=5, column="좌석수", value="둘")
    told(read, "W124", row=6, column="좌석수", value="-3")


def test_b18_strict_columns_stop(csv, told):
    read = csv("시설명,좌석수\n가,-1\n나,inf\n다,둘\n")
    read.table.numbers("seats", strict=True)
    for code, row in (("E124", 2), ("E125", 3), ("E108", 4)):
        told(read, code, row=row, column="좌석수")


def test_b21_yes_and_no_in_both_languages(csv, told):
    read = csv(
        "시설명,무단차여부\n"
        + "\n".join(f"가,{c}" for c in ["Y", "n", "예", "아니오", "O", "X", "1", "0"])
        + "\n가,\n가,글쎄\n"
    )
    assert read.table.flags("yes").tolist() == [1, 0, 1, 0, 1, 0, 1, 0, -1, -1]
    told(read, "W128", row=11, column="무단차여부", value="글쎄", times=1)
    assert flag("TRUE") == 1


def test_many_repairs_are_counted_not_listed(csv, told):
    read = csv("시설명,좌석수\n" + "".join('가,"1,000"\n' for _ in range(1500)))
    read.table.numbers("seats")
    assert read.codes().count("F106") == 1000
    told(read, "F119", column="좌석수")
    assert "500" in told(read, "F119").text("en")


# --- B9: ids ---


def test_b9_codes_keep_their_zeros(csv, xlsx):
    assert csv("관리번호,시설명\n0111053000,가\n").table.ids("id").tolist() == ["0111053000"]
    assert xlsx(["관리번호"], ["0111053000"]).table.ids("id").tolist() == ["0111053000"]


@pytest.mark.parametrize("cell", ["1.11054E+09", "1.11E+18", "4E+10"])
def test_b9_scientific_notation_in_an_id_stops(csv, told, cell):
    read = csv(f"관리번호\n1\n{cell}\n")
    read.table.ids("id")
    told(read, "E110", row=3, column="관리번호", value=cell)


def test_b9_a_19_digit_number_of_excel_has_lost_its_end(xlsx, told):
    read = xlsx(["관리번호"], ["1111010100100010001"], [4155025021100010001])
    read.table.ids("id")
    told(read, "E110", row=3, times=1)


@pytest.mark.parametrize("cell", ["03월 02일", "Mar-02", "2-Mar", "2026-03-02"])
def test_b9_dates_in_an_id_are_listed(csv, told, cell):
    read = csv(f"관리번호\n3-1\n{cell}\n")
    read.table.ids("id")
    told(read, "W133", row=3, column="관리번호", value=cell)
    assert mangled("3-1") == ""


def test_b9_a_lost_leading_zero_is_listed(csv, told):
    read = csv("관리번호\n0111053000\n0111054000\n111055000\n")
    read.table.ids("id")
    told(read, "W134", row=4, column="관리번호", value="111055000", times=1)


def test_b16_duplicate_and_blank_ids_name_both_rows(csv, told):
    read = csv("관리번호,시설명\na,가\nb,나\na,다\n,라\n")
    read.table.ids("id")
    assert "2" in told(read, "E126", row=4, column="관리번호", value="a").reason("en")
    told(read, "E127", row=5, column="관리번호")


# --- B10 to B15: the shape of the table ---


def test_b10_ragged_rows_stop_and_are_all_listed(csv, told):
    read = csv("시설명,위도,경도\n가,1,2\n나, 다,1,2\n라,1\n마,1,2\n")
    told(read, "E111", row=3)
    told(read, "E111", row=4)
    assert read.table.text("name").tolist() == ["가", "마"]  # never shifted
    with pytest.raises(InputError):
        read.findings.close(read.table.read)


def test_b10_a_shifted_row_that_ends_in_blanks_is_still_ragged(csv, told):
    read = csv("시설명,위도,경도\n가,1,2\n길 1, 2층,1,2\n나,1,2,\n")
    assert {p.row for p in read.findings.errors} == {3, 4}


def test_b10_a_quote_that_never_closes(csv, told):
    read = csv('시설명,위도,경도\n가,1,"2\n나,1,2\n다,1,2\n')
    told(read, "E123", row=2)


def test_row_numbers_are_excels_where_cells_hold_line_breaks_and_rows_are_blank(csv):
    read = csv('시설명,위도,경도\n"가\n나",1,2\n\n,,\n다,1,2\n')
    assert read.table.rows.tolist() == [2, 5]
    assert read.table.text("name")[0] == "가\n나"


def test_b11_title_rows_above_the_header(csv, told):
    read = csv("가람시 시설 현황,,\n(2025. 6. 30. 기준),,\n시설명,위도,경도\n가,1,2\n")
    assert read.table.rows.tolist() == [4]
    assert "1, 2" in told(read, "F137").text("ko")


def test_b11_two_header_rows_merged(xlsx, told):
    read = xlsx(
        ["시설명", "위치", None, "좌석수"], [None, "위도", "경도", None], ["가", 37.1, 127.1, 30]
    )
    assert read.table.text("lat").tolist() == ["37.1"]
    assert read.table.text("seats").tolist() == ["30"]
    assert read.table.rows.tolist() == [3]
    told(read, "F138")


SPANS = (
    ["시설명", "위도", "경도", "평일", None, "주말", None, "좌석수"],
    [None, None, None, "시작", "종료", "시작", "종료", None],
    ["가", 37.1, 127.1, "09:00", "18:00", "10:00", "17:00", 30],
)


def test_b11_some_names_span_two_columns(xlsx, csv, told):
    """Most names stand in the first row; 평일 and 주말 span the columns the second row names."""
    read = xlsx(*SPANS)
    parted = ("평일 시작", "평일 종료", "주말 시작", "주말 종료")
    assert read.table.header == ("시설명", "위도", "경도", *parted, "좌석수")
    assert read.table.rows.tolist() == [3]
    assert read.table.columns["주말 종료"].tolist() == ["17:00"]
    assert "2" in told(read, "F138", times=1).text("ko")
    told(csv("\n".join(",".join(str(c or "") for c in row) for row in SPANS)), "F138")


def test_b11_spanning_names_may_be_repeated(csv, told):
    read = csv("시설명,위도,경도,평일,평일,비고\n,,,시작,종료,\n가,1,2,9,18,x\n")
    assert read.table.header == ("시설명", "위도", "경도", "평일 시작", "평일 종료", "비고")
    assert read.table.rows.tolist() == [3]


def test_b11_parts_that_are_names_by_themselves_stay_apart(csv):
    """`seats` under both spans is one of our names, and still two columns."""
    read = csv("시설명,위도,경도,본관,,별관,\n,,,좌석수,면적,좌석수,면적\n가,1,2,3,4,5,6\n")
    assert read.table.header[3:] == ("본관 좌석수", "본관 면적", "별관 좌석수", "별관 면적")


@pytest.mark.parametrize(
    "row",
    [
        ",,,09:00,18:00,10:00,17:00,30",  # something beneath a name that spans nothing
        "나,,,시작,종료,시작,종료,",
        ",,,9,18,10,17,",  # numbers
        ",,,시작,,시작,,",  # nothing to part
    ],
)
def test_b11_a_row_of_data_is_no_second_header(csv, row):
    read = csv(f"시설명,위도,경도,평일,,주말,,좌석수\n{row}\n가,1,2,9,18,10,17,30\n")
    assert read.table.rows.tolist() == [2, 3]


@pytest.mark.parametrize("second", ["name,lat,lon", "시설명,위도,경도"])
def test_b11_a_second_line_of_names(csv, second):
    read = csv(f"name,lat,lon\n{second}\n가,1,2\n")
    assert read.table.text("name").tolist() == ["가"]
    assert read.table.rows.tolist() == [3]


def test_b11_answers_of_one_letter_are_no_header(csv):
    read = csv("시설명,무단차여부,x,y\n가,Y,X,1\nY,X,id,\n나,N,O,2\n")
    assert read.table.rows.tolist() == [2, 3, 4]
    assert csv("시설명,무단차여부\nX,Y\n나,N\n").table.rows.tolist() == [2, 3]


@pytest.mark.parametrize("word", ["합계", "소 계", "계", "총계", "Total", "[합계]"])
def test_b11_totals_are_left_out_and_listed(csv, told, word):
    read = csv(f"시설명,좌석수\n가,10\n{word},10\n나,5\n")
    assert read.table.text("name").tolist() == ["가", "나"]
    told(read, "W135", row=3, value=word)
    tally = read.findings.close(read.table.read).tallies[0]
    assert (tally.read, tally.used, tally.excluded) == (3, 2, 1)


def test_b11_footnotes_are_left_out_and_listed(csv, told):
    read = csv("시설명,좌석수\n가,10\n※ 자료: 가람시,\n")
    assert len(read.table) == 1
    told(read, "W136", row=3)


def test_b12_formula_errors_and_unsaved_results(xlsx, told):
    read = xlsx(["시설명", "좌석수"], ["가", "#REF!"], ["나", "=1+1"], ["다", 3])
    told(read, "E115", row=2, column="B", value="#REF!")
    told(read, "E116", row=3, column="B", value="=1+1")


def test_b12_hidden_rows_and_other_sheets(xlsx, told):
    def change(book):
        book.active.row_dimensions[3].hidden = True
        book.create_sheet("지난해").append(["시설명"])

    read = xlsx(["시설명"], ["가"], ["나"], change=change)
    assert read.table.text("name").tolist() == ["가", "나"]
    told(read, "W117")
    assert "지난해" in told(read, "W141").text("ko")


def test_b12_a_hidden_first_sheet_is_not_read(xlsx):
    def change(book):
        book.active.sheet_state = "hidden"
        sheet = book.create_sheet("올해")
        sheet.append(["시설명"])
        sheet.append(["보이는 곳"])

    read = xlsx(["시설명"], ["숨은 곳"], change=change)
    assert read.table.text("name").tolist() == ["보이는 곳"]
    assert read.findings.sheet == "올해"


def test_a_sheet_of_a_file_without_sheets(csv, told):
    read = csv(ROWS, sheet="안성")
    assert len(read.table) == 2
    told(read, "W142", value="안성", times=1)


def test_an_encoding_of_a_workbook(xlsx, told):
    told(xlsx(["시설명"], ["가"], encoding="cp949"), "W142", value="cp949", times=1)


def test_a_sheet_that_is_not_there(xlsx, told):
    with pytest.raises(InputError) as error:
        xlsx(["시설명"], ["가"], sheet="없음")
    assert "Sheet" in told(error.value, "E118").text("en")


@pytest.mark.parametrize(
    ("content", "code"),
    [("", "E420"), ("\n\n,,\n", "E113"), ("시설명,위도\n", "E114"), ("시설명,위도\n,\n", "E114")],
)
def test_b13_empty_files(csv, told, content, code):
    with pytest.raises(InputError) as error:
        csv(content)
    told(error.value, code)


def test_b13_an_empty_workbook(xlsx, told):
    with pytest.raises(InputError) as error:
        xlsx()
    told(error.value, "E113")


def test_b14_a_missing_column_names_the_closest(csv, told):
    with pytest.raises(InputError) as error:
        csv("시설명,위도값,경도\n가,1,2\n", required=("name", "lat", "lon"))
    told(error.value, "E112", column="위도")
    assert "위도값" in told(error.value, "E112").text("ko")


@pytest.mark.parametrize("header", ["위도 ", " 위 도", "LAT", "ｌａｔ", "위도(WGS84)"])
def test_b14_small_differences_do_not_matter(csv, header):
    assert csv(f"시설명,{header}\n가,37.1\n").table.text("lat").tolist() == ["37.1"]


def test_b14_columns_of_study_toml(csv, told):
    read = csv("곳,위도\n가,1\n", columns={"name": "곳"})
    assert read.table.text("name").tolist() == ["가"]
    with pytest.raises(InputError) as error:
        csv("곳,위도\n가,1\n", columns={"name": "곧", "nmae": "곳"})
    assert "곳" in told(error.value, "E131", column="곧").text("ko")
    assert "'name'" in told(error.value, "E130", column="nmae").text("ko")


def test_b15_duplicate_column_names(csv, told):
    with pytest.raises(InputError) as error:
        csv("시설명,위도,위도\n가,1,2\n")
    told(error.value, "E120", column="위도")


def test_blank_column_names(csv, told):
    assert csv("시설명,,위도\n가,,1\n").codes() == []
    told(csv("시설명,,위도\n가,메모,1\n"), "W139", column="2")


# --- B22, B23 ---


def test_b22_limits_are_announced(csv, told, monkeypatch):
    with pytest.raises(InputError) as error:
        csv("시설명," + ",".join(f"c{i}" for i in range(600)) + "\n가," + "," * 599 + "\n")
    assert "500" in told(error.value, "E121").text("ko")
    monkeypatch.setattr("access._tables.delimited.MOST_ROWS", 5)
    with pytest.raises(InputError) as error:
        csv("시설명\n" + "가\n" * 9)
    told(error.value, "E121")
    monkeypatch.setattr(filetype, "MOST_BYTES", 10)
    with pytest.raises(InputError) as error:
        csv(ROWS)
    told(error.value, "E121")


def test_b22_one_enormous_cell(csv, told):
    with pytest.raises(InputError) as error:
        csv("시설명\n" + "가" * 200_000 + "\n")
    told(error.value, "E122")


def test_b23_control_characters_stay(csv, told):
    names = ["a\tb", "줄\n바꿈", "널\x00문자", "\u202e거꾸로", "가" * 5000]
    read = csv("시설명,위도\n" + "".join(f'"{n}",1\n' for n in names))
    assert read.table.text("name").tolist() == names
    assert {e.problem.row for e in read.entries if e.problem.code == "W140"} == {4, 5}
    assert "\u202e" not in told(read, "W140", row=5).text("ko")


@pytest.mark.parametrize("cell", ["=1+1", "+82-2-1", "-12.5", "@SUM(A1)", "\t=1"])
def test_our_own_guard_against_formulas_is_taken_off(csv, cell):
    assert csv(f"시설명,id\n'{cell},1\n{cell},2\n").table.text("name").tolist() == [cell, cell]


def test_an_apostrophe_before_anything_else_stays(csv):
    assert csv("시설명\n'가람' 도서관\n''=1\n").table.text("name").tolist() == [
        "'가람' 도서관",
        "''=1",
    ]


# --- 3.3: what the file is ---


def refused(tmp_path, content, name="시설.xlsx"):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        Read(path)
    return error.value


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"", "E420", "0"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "E421", "44"),
        (b"  \r\n<HTML><head>", "E421", "HTML"),
        (b"<table border=1><tr><td>1</td></tr></table>", "E421", "HTML"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n",
            "E422",
            "12345",
        ),
        (b"PK\x03\x04" + bytes(500), "E423", "504"),
        (b"%PDF-1.7 ...", "E424", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "E424", "PNG"),
        (b"\x1f\x8b\x08....", "E424", "gzip"),
        (b"SQLite format 3\x00....", "E424", "SQLite"),
        (b'{"type": "FeatureCollection"}', "E424", "GeoJSON"),
        (b"<?xml version='1.0'?><a/>", "E424", "XML"),
        (bytes(range(256)) * 4 + bytes(400), "E424", "binary"),
    ],
)
def test_z1_z2_the_true_type_is_named(tmp_path, told, content, code, says):
    for name in ("시설.xlsx", "시설.csv"):
        error = refused(tmp_path, content, name)
        assert says in told(error, code).text("ko")


@pytest.mark.parametrize(
    ("stream", "code", "says"),
    [
        ("Workbook", "E424", "XLS"),
        ("HwpSummaryInformation", "E424", "HWP"),
        ("WordDocument", "E424", "DOC"),
        ("EncryptedPackage", "E425", "암호"),
    ],
)
def test_z2_z3_old_office_files_and_passwords(tmp_path, told, stream, code, says):
    content = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(50)
    )
    assert says in told(refused(tmp_path, content), code).text("ko")


def archive(tmp_path, members, name="a.zip", **how):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for member, content in members.items():
            file.writestr(member, content, **how)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"a.txt": "x"}, "ZIP"),
        ({"mimetype": "application/hwp+zip"}, "HWPX"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "ODS"),
        ({"word/document.xml": "x"}, "DOCX"),
        ({"xl/workbook.bin": "x"}, "XLSB"),
    ],
)
def test_z2_other_packages(tmp_path, told, members, says):
    assert says in told(refused(tmp_path, archive(tmp_path, members)), "E424").text("ko")


def test_z1_a_truncated_workbook(tmp_path, told):
    book = openpyxl.Workbook()
    book.active.append(["시설명"])
    book.save(tmp_path / "a.xlsx")
    whole = (tmp_path / "a.xlsx").read_bytes()
    told(refused(tmp_path, whole[: len(whole) // 2]), "E423")
    broken = bytearray(whole)
    broken[60:90] = bytes(30)
    told(refused(tmp_path, bytes(broken)), "E423")


def test_z4_a_bomb_is_not_unpacked(tmp_path, told):
    bomb = archive(
        tmp_path, {"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": bytes(30_000_000)}
    )
    assert len(bomb) < 40_000
    assert "250" in told(refused(tmp_path, bomb), "E426").text("ko")


def test_z4_too_many_members(tmp_path, told, monkeypatch):
    monkeypatch.setattr(filetype, "MOST_MEMBERS", 3)
    members = {f"m{i}": "x" for i in range(4)} | {"xl/workbook.xml": "<a/>"}
    told(refused(tmp_path, archive(tmp_path, members)), "E426")


def test_z5_members_that_point_outside_are_not_written(tmp_path, told):
    inside = tmp_path / "in"
    inside.mkdir()
    content = archive(inside, {"xl/workbook.xml": "<a/>", "../../evil.txt": "x"})
    told(refused(inside, content), "E423")
    assert not list(tmp_path.rglob("evil.txt"))


def test_z7_a_document_type_is_refused(tmp_path, told):
    xml = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    told(refused(tmp_path, archive(tmp_path, {"xl/workbook.xml": xml})), "E433")


@pytest.mark.parametrize("name", ["시설.csv", "시설.xls", "시설", "시설.txt"])
def test_z2_a_workbook_by_another_name_is_read_as_what_it_is(xlsx, told, name):
    read = xlsx(["시설명", "좌석수"], ["가", "=1+2"], name=name)
    assert read.table.text("name").tolist() == ["가"]
    assert "XLSX" in told(read, "F431").text("ko")
    told(read, "E116", row=2)


def test_z2_a_csv_called_xls_is_read_as_what_it_is(csv, told):
    read = csv(ROWS, name="시설.xls")
    assert len(read.table) == 2
    assert ".xls" in told(read, "F431").text("ko")


def test_z9_missing_folder_and_locked_files(tmp_path, told, monkeypatch):
    (tmp_path / "시설 목록.csv").write_text(ROWS, "utf-8")
    with pytest.raises(InputError) as error:
        Read(tmp_path / "시설목록.csv")
    assert "시설 목록.csv" in told(error.value, "E427").text("ko")
    with pytest.raises(InputError) as error:
        Read(tmp_path)
    told(error.value, "E429")

    def locked(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", locked)
    with pytest.raises(InputError) as error:
        Read(tmp_path / "시설 목록.csv")
    assert "Permission denied" in told(error.value, "E428").text("en")


def test_z9_paths_with_korean_and_spaces(tmp_path):
    folder = tmp_path / "가람시 (최종) 자료"
    folder.mkdir()
    (folder / "시설 목록 v2.csv").write_text(ROWS, "utf-8")
    assert len(Read(folder / "시설 목록 v2.csv").table) == 2


# --- workbooks ---


def test_values_of_a_workbook_as_text(xlsx):
    import datetime as dt

    values = [
        1,
        2.5,
        3.0,
        True,
        dt.date(2025, 6, 30),
        dt.time(9, 0),
        dt.timedelta(hours=24),
        "다",
        None,
    ]
    read = xlsx(["시설명", *"abcdefghi"], ["가", *values])
    row = [read.table.columns[c][0] for c in "abcdefghi"]
    assert row == ["1", "2.5", "3", "Y", "2025-06-30", "09:00", "24:00", "다", ""]


def test_all_problems_of_a_file_come_at_once(csv):
    read = csv("시설명,좌석수,관리번호\n가,-1,1E+10\n나,둘,\n다,3\n")
    read.table.numbers("seats", strict=True)
    read.table.ids("id")
    with pytest.raises(InputError) as error:
        read.findings.close(read.table.read)
    assert {p.code for p in error.value.problems} == {"E124", "E108", "E110", "E127", "E111"}
