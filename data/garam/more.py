"""Zones of today, citizens who could teach, and high schools, for the chapters of the report."""

from __future__ import annotations

import numpy as np

from garam import plan
from garam.osm import degrees
from garam.sites import Sites

Row = dict[str, str]

ZONE_COLUMNS = ("행정기관코드", "읍면동명", "권역")
TEACHER_COLUMNS = ("행정기관코드", "읍면동명", "영역", "인원")
SCHOOL_COLUMNS = ("학교명", "위도", "경도", "학생수", "데이터기준일자")

_FIELDS = ("기초문해", "학력보완", "직업능력", "진로개발역량", "문화예술", "인문교양", "시민참여")
_LIKELY = (0.3, 0.2, 0.8, 0.4, 1.6, 1.3, 0.5)
"""Citizens in a thousand who could teach each field."""
_ZONES = {"동부": "누리읍", "남부": "솔뫼면 한내면 너울면", "서부": "미리내면 새별면 온새면 가온면",
          "북부": "다솜면 두레면 하늬면 마루면", "중부": "가람1동 가람2동 가람3동"}  # fmt: skip
_SCHOOLS = (
    ("가람공업고등학교", "가람1동", 540),
    ("가람여자상업고등학교", "가람2동", 420),
    ("누리마이스터고등학교", "누리읍", 380),
    ("마루농생명고등학교", "마루면", 290),
    ("온새디자인고등학교", "온새면", 240),
    ("강남정보고등학교", "가람3동", 460),
)


def zone_rows() -> list[Row]:
    """Return the zone of each district."""
    zone = {name: zone for zone, names in _ZONES.items() for name in names.split()}
    return [dict(zip(ZONE_COLUMNS, (d.code, d.name, zone[d.name]), strict=True))
            for d in plan.DISTRICTS]  # fmt: skip


def teacher_rows(residents: list[int]) -> list[Row]:
    """Return how many of a district's residents could teach each field."""
    rng = np.random.default_rng([plan.SEED, 21])
    rows = []
    for d, people in zip(plan.DISTRICTS, residents, strict=True):
        for field, likely in zip(_FIELDS, _LIKELY, strict=True):
            count = int(rng.poisson(likely * people / 1000))
            if count:
                told = (d.code, d.name, field, str(count))
                rows.append(dict(zip(TEACHER_COLUMNS, told, strict=True)))
    return rows


def school_rows(sites: Sites) -> list[Row]:
    """Return six vocational high schools beside streets of their districts."""
    rows = []
    for name, district, students in _SCHOOLS:
        point, _ = sites.beside(district, ("residential", "tertiary"), None, 2500)
        lon, lat = degrees(point)[0]
        told = (name, f"{lat:.6f}", f"{lon:.6f}", str(students), plan.DATE)
        rows.append(dict(zip(SCHOOL_COLUMNS, told, strict=True)))
    return rows
