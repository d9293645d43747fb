"""The planner's files, written in the layouts they have in life."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from garam import plan
from garam.land import Land
from garam.people import OLDEST_AGE, People, whole


def write_districts(path: Path, land: Land) -> None:
    """Write the districts as GeoJSON: degrees to six digits, edges shared point by point."""
    from garam.osm import degrees

    features = []
    for d, shape in zip(plan.DISTRICTS, land.districts, strict=True):
        ring = np.round(degrees(shapely.get_coordinates(shapely.normalize(shape))), 6)
        properties = {
            "adm_nm": f"{plan.PROVINCE} {plan.CITY} {d.name}", "adm_cd": d.old_code,
            "adm_cd2": d.code, "sgg": plan.SGG, "sido": plan.SIDO,
            "sidonm": plan.PROVINCE, "sggnm": plan.CITY,
        }  # fmt: skip
        geometry = {"type": "MultiPolygon", "coordinates": [[ring[::-1].tolist()]]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    head = {"type": "FeatureCollection", "name": "garam_emd_2025", "notice": plan.NOTICE,
            "crs": crs}  # fmt: skip
    lines = ",\n".join(json.dumps(f, ensure_ascii=False) for f in features)
    text = json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n' + lines + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def write_residents(path: Path, people: npt.NDArray[np.int64]) -> None:
    """Write residents as the resident registration portal exports them, by sex and single age.

    The branch office counts a part of its 면 in a row of its own; the other row has the rest.
    """
    month = f"{plan.DATE[:4]}년{plan.DATE[5:7]}월"
    ages = [f"{a}세" for a in range(OLDEST_AGE)] + [f"{OLDEST_AGE}세 이상"]
    header = ["행정구역"] + [
        f"{month}_{sex}_{column}"
        for sex in ("계", "남", "여")
        for column in ("총인구수", "연령구간인구수", *ages)
    ]
    name, code, parent, share = plan.OFFICE
    rows: list[tuple[str, npt.NDArray[np.int64]]] = [
        (f"{plan.PROVINCE}  ({plan.SIDO}00000000)", people.sum(axis=0)),
        (f"{plan.PROVINCE} {plan.CITY} ({plan.SGG}00000)", people.sum(axis=0)),
    ]
    for d, counted in zip(plan.DISTRICTS, people, strict=True):
        city = f"{plan.PROVINCE} {plan.CITY}"
        if d.name == parent:
            part = np.stack([whole(c * share, round(float(c.sum()) * share)) for c in counted])
            rows.append((f"{city} {d.name}({d.code})", counted - part))
            rows.append((f"{city} {name}({code})", part))
        else:
            rows.append((f"{city} {d.name}({d.code})", counted))
    lines = [header]
    for label, counted in rows:
        blocks = (counted.sum(axis=0), counted[0], counted[1])
        lines.append([label] + [f"{n:,}" for b in blocks for n in (b.sum(), b.sum(), *b.tolist())])
    text = "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines)
    path.write_bytes(text.encode("cp949"))


def write_cells(path: Path, people: People) -> None:
    """Write the populated cells: grid code and people."""
    rows = zip(people.gid, people.people.tolist(), strict=True)
    text = "gid,people\n" + "".join(f"{gid},{count}\n" for gid, count in rows)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_table(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]],
                encoding: str) -> None:  # fmt: skip
    """Write rows under their columns, quoted only where they must be."""
    out = io.StringIO()
    table = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))


STUDY = f"""\
# {plan.NOTICE}
# 가람시는 지어낸 도시입니다. 자료를 만든 방법은 data/README.md에 있습니다.
name = "{plan.CITY}"
lang = "ko"
as_of = {plan.DATE}        # 기준일
crs = {plan.CRS}
synthetic = true

[streets]
file = "streets.osm.pbf"

[relief]
file = "relief.asc"
crs = {plan.CRS}

[districts]
file = "districts.geojson"
code = "adm_cd2"

[residents]
file = "residents.csv"
format = "mois"

[cells]
file = "cells.csv"
id = "gid"
people = "people"

[[places]]
kind = "centre"
file = "centres.csv"

[[places]]
kind = "idle"
file = "idle.csv"

[[programmes]]
file = "classes.csv"

[measures]
question = "자전거 15분"
zones = 5
online = {{ "0-18" = 0.9, "19-39" = 0.95, "40-64" = 0.75, "65+" = 0.3 }}

[zones]
file = "zones.csv"

[teachers]
file = "teachers.csv"

[origins]
file = "schools.csv"
id = "학교명"
people = "학생수"

[[question]]
name = "도보 15분"
mode = "walk"
profile = "policy"
minutes = [5, 10, 15]
group = "all"

[[question]]
name = "어르신 도보 15분"
mode = "walk"
profile = "senior"
minutes = [5, 10, 15]
group = "65+"

[[question]]
name = "자전거 15분"
mode = "bicycle"
minutes = [5, 10, 15]
group = "all"

[[question]]
name = "승용차 20분"
mode = "drive"
minutes = [5, 10, 20]
group = "all"

[[standard]]
preset = "KR_NMS_2018_village"
item = "small_library"
compare = [10, 15, 20, 30]

[[standard]]
preset = "KR_NMS_2018_regional"
item = "public_library"
compare = [10, 15, 20, 30]

[[standard]]
preset = "KR_NGII_monitor"
item = "library"
category = ["공공도서관", "작은도서관"]
compare = [500, 750, 1500]

[[standard]]
preset = "KR_RURAL_2021"

[[standard]]
preset = "KR_LEARN_ANALOGY"

[[standard]]
preset = "KR_PROTECT_WALK"
minutes = 15
group = "65+"

[[standard]]
name = "가상 조례안: 어르신 걸어서 15분"
mode = "walk"
minutes = 15
compare = [10, 15, 20, 30]
group = "65+"
target = 70
source = "가람시 평생학습 조례안(지어낸 보기)"
status = "조례안(가상)"
"""


def write_study(path: Path) -> None:
    """Write the study: which files, which questions."""
    path.write_text(STUDY, encoding="utf-8", newline="\n")
