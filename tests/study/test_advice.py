"""Mistakes in a planner's folder, and advice that helps."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest

from access import Study
from access._geo import project
from access.errors import InputError


@pytest.fixture
def folder(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "연구 자료")


def problems(folder):
    with pytest.raises(InputError) as caught:
        Study.from_folder(folder)
    return caught.value.problems


def rewrite(path, *changes):
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def test_districts_in_cp949_are_read(folder, told):
    path = folder / "districts.geojson"
    path.write_bytes(path.read_text("utf-8").encode("cp949"))
    told(Study.from_folder(folder).ledger, "F101")
    rewrite(
        folder / "study.toml", ('"districts.geojson"', '"districts.geojson"\nencoding = "utf-8"')
    )
    assert {p.code for p in problems(folder)} == {"E104"}


def test_residents_need_districts(folder, told):
    text = (folder / "study.toml").read_text("utf-8")
    head, _, rest = text.partition("[districts]")
    (folder / "study.toml").write_text(head + rest[rest.index("[residents]") :], "utf-8")
    (problem,) = problems(folder)
    assert (problem.code, problem.file, problem.column) == ("E326", "study.toml", "districts.file")


def with_codes(folder, towns):
    """Give the districts codes of the statistics office, turn by turn of several cities."""
    path = folder / "districts.geojson"
    geo = json.loads(path.read_text("utf-8"))
    for i, feature in enumerate(geo["features"]):
        feature["properties"]["adm_cd"] = str(int(towns[i % len(towns)]) + i)
    path.write_text(json.dumps(geo, ensure_ascii=False), "utf-8")
    rewrite(folder / "study.toml", ('code = "adm_cd2"', 'code = "adm_cd"'))


def test_another_system_of_codes_is_told(folder):
    """The names of one city are shared out over two: nothing says which is which."""
    with_codes(folder, ["11010530", "21010510"])
    (problem,) = problems(folder)
    assert (problem.code, problem.file) == ("E327", "residents.csv")
    for lang in ("ko", "en"):
        assert "11010" in problem.text(lang)
        assert "99150" in problem.text(lang)
    assert "통계청 코드(8자리)" in problem.text("ko")


def test_another_system_of_codes_is_joined_by_the_names_of_the_whole_city(folder, sample_study):
    with_codes(folder, ["11010530"])
    study, same = Study.from_folder(folder), sample_study
    told = [e.problem for e in study.ledger.entries if e.problem.code == "F388"]
    assert len(told) == 1
    assert "15" in told[0].text("ko")
    for group, people in same.groups.items():
        assert study.groups[group].tolist() == people.tolist()


@pytest.mark.parametrize(
    ("month", "warned"), [("2025-06", False), ("2024-06", False), ("2024-05", True)]
)
def test_residents_of_another_year_are_told(folder, month, warned):
    path = folder / "residents.csv"
    text = path.read_bytes().decode("cp949")
    year, number = month.split("-")
    path.write_bytes(text.replace("2025년06월", f"{year}년{number}월").encode("cp949"))
    text = (folder / "study.toml").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("as_of")]
    lines.insert(1, "as_of = 2025-06-30")
    (folder / "study.toml").write_text("\n".join(lines), "utf-8")
    found = {p.code: p for p in Study.from_folder(folder).ledger.warnings}
    assert ("W328" in found) is warned
    if warned:
        assert month in found["W328"].text("ko")
        assert "2025-06-30" in found["W328"].text("ko")


@pytest.mark.parametrize("kind", ["centre", "school"])
def test_two_sheets_of_one_workbook_are_two_lists(folder, sample_study, kind):
    book = openpyxl.Workbook()
    book.active.title = "도서관"
    other = book.create_sheet("학교")
    at = sample_study.cells.lonlat[sample_study.cell_district >= 0][:6].tolist()
    for sheet, places in ((book.active, at[:3]), (other, at[3:])):
        sheet.append(["시설명", "위도", "경도"])
        for i, (lon, lat) in enumerate(places):
            sheet.append([f"{sheet.title}{i}", lat, lon])
    book.save(folder / "시설.xlsx")
    added = "".join(
        f'[[places]]\nkind = "{k}"\nfile = "시설.xlsx"\nsheet = "{s}"\n\n'
        for k, s in (("hall", "도서관"), ("hall" if kind == "centre" else kind, "학교"))
    )
    text = (folder / "study.toml").read_text("utf-8")
    cut = text.index("[[places]]")
    (folder / "study.toml").write_text(text[:cut] + added + text[cut:], "utf-8")
    study = Study.from_folder(folder)
    assert len(set(study.places.ids.tolist())) == len(study.places)
    told = [t for t in study.ledger.tallies if t.file == "시설.xlsx"]
    assert [(t.sheet, t.read, t.used) for t in told] == [("도서관", 3, 3), ("학교", 3, 3)]


def test_the_districts_tell_systems_of_metres_apart(folder, sample_study):
    lines = ["시설명,위도,경도"]
    for i, (x, y) in enumerate(project(sample_study.places.lonlat[:5], 5186)):
        lines.append(f"곳{i},{y:.1f},{x:.1f}")
    (folder / "centres.csv").write_text("\n".join(lines), "utf-8")
    (problem,) = problems(folder)
    assert problem.code == "E240"
    assert "crs = 5186" in problem.text("ko")


def test_a_system_of_zero_is_not_passed_over(folder):
    rewrite(folder / "study.toml", ('file = "centres.csv"', 'file = "centres.csv"\ncrs = 0'))
    assert [p.code for p in problems(folder)] == ["E227"]
