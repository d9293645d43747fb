"""Places without coordinates: only equal addresses are used; everything else is listed."""

from __future__ import annotations

import csv
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import Study
from access._geo import great_circle, project
from access.cli import command
from access.errors import InputError
from access.inputs.places import read_places
from access.korea.addresses import parse
from access.korea.confirm import COLUMNS, rows_to_confirm, write_to_confirm
from access.korea.gazetteer import Entry, Gazetteer, locate
from access.korea.juso import join, read_addresses

AT = (127.5, 37.1)
ROAD = "경기도 안성시 공도읍 진사길"


def line(number, at=AT, *, sub=0, town="공도읍", name="", under=0):
    """Return a line of 위치정보요약DB, on 진사길."""
    road, code = "진사길", "415504000001"
    x, y = project(np.array([at]), 5179)[0]
    fields = ["41550", "1", "4155025000", "경기도", "안성시", town, code, road, under, number, sub]
    fields += [name, "17571", "", "0", "4155025000", f"{x:.6f}", f"{y:.6f}"]
    return "|".join(map(str, fields))


@pytest.fixture
def book(tmp_path):
    def write(*lines, file="entrc_gyunggi.txt", encoding="cp949", **how):
        path = tmp_path / file
        path.write_bytes("\r\n".join(lines).encode(encoding))
        return read_addresses(path, **how)

    return write


@pytest.fixture
def places(tmp_path):
    def read(gazetteer, *rows, header="시설명,소재지도로명주소,소재지지번주소", **how):
        path = tmp_path / "시설.csv"
        path.write_text("\n".join([header, *rows]), "utf-8")
        find = None if gazetteer is None else lambda *given: locate(gazetteer, *given)
        return read_places(path, kind="centre", by_address=find, **how)

    return read


def away(places, at=AT):
    return great_circle(*np.array([at]).T, *places.lonlat.T)


def test_the_layout_of_juso(book, told):
    found = book(line(3), line(12, sub=3, name="가나회관"), line(5, under=1))
    assert [str(e.address) for e in found.gazetteer.entries] == [
        f"{ROAD} 3",
        f"{ROAD} 12-3",
        f"{ROAD} 지하 5",
    ]
    at = np.array([e.lonlat for e in found.gazetteer.entries])
    assert great_circle(*np.array([AT]).T, *at.T).max() < 0.01
    assert found.ledger.tallies[0].used == 3
    told(found.ledger, "F101")


def test_the_layout_of_entrances_and_of_lots(book, places, told):
    x, y = project(np.array([AT]), 5179)[0]
    id = "4155025024400000100003000000"[:26]
    entrance = [id, "4155025024", "경기도", "안성시", "공도읍", "진사리", "415504000001", "진사길"]
    entrance += ["0", "3", "0", "17571", "20110729", "", "1", "RM", "01", f"{x}", f"{y}"]
    lot = [id, "4155025024", "경기도", "안성시", "공도읍", "진사리", "1", "34", "2", "415504000001"]
    lot += ["진사길", "0", "3", "0", "4155025000", "공도읍", "17571", "", "20110729", "0", ""]
    lot += ["", "진사회관", ""]
    other = [*lot[:12], "99", *lot[13:]]
    one = book("|".join(entrance), file="rnadr.txt")
    two = book("|".join(lot), "|".join(other), file="rnaddrkor.txt")
    known = join([two, one])
    assert [str(e.address) for e in known.entries] == [
        "경기도 안성시 공도읍 진사리 산 34-2",
        f"{ROAD} 3",
        f"{ROAD} 3",
    ]
    found = places(known, "가,,경기 안성시 공도읍 진사리 산34-2번지")
    assert away(found).max() < 0.01
    assert "34-2" in told(found.ledger, "F250", row=2).text("ko")


def test_addresses_written_otherwise_are_found(book, places, told):
    known = join([book(line(3), line(12, sub=3))])
    found = places(
        known,
        '가,"경기 안성시 공도읍 진사길12-3 (진사리, 가동)",',
        "나,안성시 진사길 3,",
        "다,경기도 안성시 진사길 3번 2층,",
    )
    assert len(found) == 3
    assert away(found).max() < 0.01
    problem = told(found.ledger, "F250", row=2)
    assert "entrc_gyunggi.txt" in problem.text("ko")
    assert found.ledger.tallies[0].repaired == 3


@pytest.mark.parametrize(
    ("address", "near", "confidence"),
    [
        (f"{ROAD} 12", "진사길 12-3", "0.7"),
        (f"{ROAD} 13", "진사길 12-3", "0.5"),
        (f"{ROAD} 99", "진사길 12-3", "0.3"),
        ("진사길 3", "진사길 3", "0.9"),
        (f"{ROAD} 지하 3", "-", "0.0"),
        ("경기도 평택시 진사길 3", "-", "0.0"),
        (f"{ROAD}", "-", "0.0"),
    ],
)
def test_what_is_not_equal_is_listed(book, places, told, address, near, confidence):
    known = join([book(line(3), line(12, sub=3))])
    with pytest.raises(InputError) as error:
        places(known, f"가,{address},")
    told(error.value, "E332")
    problem = told(error.value, "W843" if near == "-" else "W251", row=2, value=address)
    assert problem.facts["near"].endswith(near)
    assert problem.facts["confidence"] == confidence
    assert "to_confirm.csv" in problem.text("ko")


def test_one_address_in_two_places_is_asked_about(book, places, told):
    apart, door = (AT[0] + 0.01, AT[1]), (AT[0] + 0.0002, AT[1])
    known = join([book(line(3), line(3, apart), line(4), line(4, door))])
    found = places(known, f"가,{ROAD} 3,", f"나,{ROAD} 4,")
    assert told(found.ledger, "W252", row=2).facts["several"] == 2
    assert away(found).max() < 0.01  # two doors of one building are one place


def test_a_road_of_two_towns_needs_the_town(book, places, told):
    apart = (AT[0] + 0.05, AT[1])
    known = join([book(line(3), line(3, apart, town="대덕면"))])
    found = places(known, f"가,{ROAD} 3,", "나,안성시 진사길 3,")
    assert away(found).max() < 0.01
    told(found.ledger, "W252", row=3)


def test_names_alone_are_proposed_and_never_taken(book, places, told):
    known = join([book(line(3, name="공도도서관"), line(5, name="진사경로당"))])
    with pytest.raises(InputError) as error:
        places(known, "공도 도서관,,", "진사경로당회관,,", "서울역,,")
    assert told(error.value, "W251", row=2).facts["confidence"] == "0.8"
    assert told(error.value, "W251", row=3).facts["near"] == f"{ROAD} 5"
    told(error.value, "W201", row=4)


def test_own_coordinates_come_first(book, places):
    known = join([book(line(3))])
    header = "시설명,주소,경도,위도"
    found = places(known, f"가,{ROAD} 3,127.234512,37.223311", f"나,{ROAD} 3,,", header=header)
    assert found.lonlat[0].tolist() == [127.234512, 37.223311]
    assert away(found)[1] < 0.01


def test_a_table_of_two_columns_and_coordinates(tmp_path, places, told):
    path = tmp_path / "학교.csv"
    path.write_text(f"주소,x,y\n{ROAD} 3,127.5,37.1\n,127.6,37.1\n{ROAD} 9,,\n", "utf-8")
    book = read_addresses(path)
    told(book.ledger, "W201", row=4)
    assert away(places(join([book]), f"가,{ROAD} 3,")).max() < 0.01
    path.write_text("a,x,y\n1,127.5,37.1\n", "utf-8")
    with pytest.raises(InputError) as error:
        read_addresses(path)
    assert "a, x, y" in told(error.value, "E253").text("ko")


def test_lines_that_are_none_and_addresses_elsewhere_are_told(book, told):
    far = (129.0, 35.1)
    nowhere = line(5).rpartition("|")[0] + "|nan"
    lines = [line(3), "41550|x|3", line(4, far), line("넷"), nowhere]
    found = book(*lines, around=(127.3, 37.0, 127.7, 37.2))
    assert len(found.gazetteer) == 1
    told(found.ledger, "W254", row=2)
    told(found.ledger, "W254", row=4)
    assert told(found.ledger, "F255").facts["rows"] == "1"
    tally = found.ledger.tallies[0]
    assert (tally.read, tally.used, tally.excluded) == (5, 1, 4)


@pytest.mark.parametrize(("told_so", "code"), [("cp9x9", "E132"), ("utf-8", "E104")])
def test_an_encoding_that_will_not_do(tmp_path, told, told_so, code):
    path = tmp_path / "entrc.txt"
    path.write_bytes(line(3, name="가나").encode("cp949"))
    with pytest.raises(InputError) as error:
        read_addresses(path, encoding=told_so)
    told(error.value, code)
    path.write_bytes(line(3, name="가나").encode("utf-8"))
    assert read_addresses(path).ledger.entries == ()


def test_the_list_is_filled_in_and_given_back(book, places, tmp_path, told):
    known = join([book(line(3), line(12, sub=3))])
    rows = [f"가회관,{ROAD} 12,", "나경로당,안성시 공도읍 진사리 마을회관,", "=다,안성시 없는길 1,"]
    with pytest.raises(InputError) as error:
        places(known, *rows)
    path = write_to_confirm(error.value.problems, tmp_path)
    assert path.name == "to_confirm.csv"
    assert write_to_confirm(error.value.problems, tmp_path) == path
    text = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert [r["시설명"] for r in text] == ["가회관", "나경로당", "'=다"]
    assert text[0]["제안주소"] == f"{ROAD} 12-3"
    text[0]["확인"] = "Y"
    text[1]["경도"], text[1]["위도"] = "127.6", "37.2"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, COLUMNS)
        out.writeheader()
        out.writerows(text)
    back = read_addresses(path)
    assert len(back.gazetteer) == 2
    found = places(join([book(line(3)), back]), *rows)
    assert found.names.tolist() == ["가회관", "나경로당"]
    assert away(found)[0] < 0.2
    assert found.lonlat[1].tolist() == [127.6, 37.2]
    told(found.ledger, "W843", row=4)
    again = write_to_confirm(found.ledger.reasons, tmp_path)
    assert again.name == "to_confirm_2.csv"  # what was filled in is never overwritten


def test_nothing_to_confirm_writes_nothing(tmp_path):
    assert write_to_confirm([], tmp_path) is None
    assert rows_to_confirm([]) == []
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def city(sample, sample_study, tmp_path):
    """The sample city, three of whose centres have lost their coordinates."""
    folder = shutil.copytree(sample, tmp_path / "study")
    rows = list(csv.DictReader((folder / "centres.csv").read_text("utf-8-sig").splitlines()))
    for row in rows[:3]:
        row["위도"] = row["경도"] = ""
    with (folder / "centres.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        out.writerows(rows)
    return folder, sample_study, rows[:3]


def test_a_study_finds_its_places_by_address(city, told):
    folder, study, lost = city
    x, y = project(study.places.lonlat[:3], 5179).T
    lines = [f"{r['소재지도로명주소']},{a:.2f},{b:.2f}" for r, a, b in zip(lost, x, y, strict=True)]
    (folder / "주소.csv").write_text("주소,X좌표,Y좌표\n" + "\n".join(lines[:2]), "utf-8")
    toml = (folder / "study.toml").read_text("utf-8")
    table = '\n[addresses]\nfile = "주소.csv"\ncrs = 5179\ncrs_sure = true\n'
    (folder / "study.toml").write_text(toml + table, "utf-8")
    found = Study.from_folder(folder)
    assert found.places.ids[:2].tolist() == study.places.ids[:2].tolist()
    assert great_circle(*found.places.lonlat[:2].T, *study.places.lonlat[:2].T).max() < 0.02
    told(found.ledger, "F250", row=2)
    told(found.ledger, "F250", row=3)
    told(found.ledger, "W843", row=4)
    assert "addresses" in {source.role for source in found.sources}
    for tally in found.ledger.tallies:
        assert tally.read == tally.used + tally.repaired + tally.excluded


def test_the_command_writes_the_list_beside_the_study(city):
    from click.testing import CliRunner

    folder, _, _ = city
    (folder / "주소.csv").write_text("주소,경도,위도\n가람도 가람시 없는길 1,127.5,37.1\n", "utf-8")
    toml = (folder / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(toml + '\n[[addresses]]\nfile = "주소.csv"\n', "utf-8")
    done = CliRunner().invoke(command, ["check", str(folder)])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader((folder / "to_confirm.csv").read_text("utf-8-sig").splitlines()))
    assert [r["행"] for r in rows if r["파일"] == "centres.csv"][:3] == ["2", "3", "4"]
    assert "to_confirm.csv" in done.output


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 3), st.booleans()), max_size=12),
    st.tuples(st.integers(1, 40), st.integers(0, 3), st.booleans()),
)
def test_a_number_the_tables_do_not_have_is_never_found(known, asked):
    def spelt(main, sub, under):
        mark = "지하 " if under else ""
        return f"{ROAD} {mark}{main}" + (f"-{sub}" if sub else "")

    here = Gazetteer()
    for k, number in enumerate(known):
        here.add(Entry(parse(spelt(*number)), "", f"회관{k}", (127 + k / 10, 37.0)))
    match = here.find("회관", [spelt(*asked)])
    times = known.count(asked)
    assert match.exact == (times == 1)
    if match.exact:
        assert match.entry.address == parse(spelt(*asked))
    assert match.confidence < 1 or match.exact


TABLES = {
    "entrc.txt": "\r\n".join(line(n, sub=n % 2, name="회관") for n in range(1, 5)).encode("cp949"),
    "주소.csv": f"주소,지번주소,이름,x,y\n{ROAD} 3,안성시 봉남동 3,가,127.51,37.12\n".encode(),
    "to_confirm.csv": ",".join(COLUMNS).encode("utf-8-sig")
    + f"\r\na.csv,2,가,{ROAD} 3,-,127.51,37.12,0.5,까닭,Y,,\r\n".encode(),
}


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(TABLES)),
    st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), min_size=1, max_size=6),
)
def test_spoilt_bytes_raise_nothing_of_their_own(tmp_path_factory, name, changes):
    raw = TABLES[name]
    for at, put in changes:
        raw = raw[: at % len(raw)] + put + raw[at % len(raw) + len(put) :]
    path = tmp_path_factory.mktemp("spoilt") / name
    path.write_bytes(raw)
    try:
        book = read_addresses(path, around=(127.0, 36.9, 127.9, 37.4))
    except InputError:
        return
    (tally,) = book.ledger.tallies
    assert tally.read == tally.used + tally.repaired + tally.excluded
    assert np.isfinite([entry.lonlat for entry in book.gazetteer.entries]).all()
