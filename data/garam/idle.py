"""Idle rooms, in the columns of the national table of public rooms, with its errors."""

from __future__ import annotations

from dataclasses import dataclass

from garam import plan
from garam.curves import Line
from garam.osm import degrees
from garam.sites import Sites
from garam.villages import Village

Row = dict[str, str]

_IDLE_HEADER = """
개방시설명 개방장소명 개방시설유형구분 휴관일 평일운영시작시각 평일운영종료시각 주말운영시작시각
주말운영종료시각 유료사용여부 사용기준시간 사용료 초과사용단위시간 초과사용료 수용가능인원수 면적
부대시설정보 신청방법구분 시설사진정보 소재지도로명주소 소재지지번주소 관리기관명 담당부서명
사용안내전화번호 홈페이지주소 위도 경도 데이터기준일자 제공기관코드 제공기관명
소유구분 무단차여부 연간비용 건물면적
"""
IDLE_COLUMNS = tuple(_IDLE_HEADER.split())

LANES = ("residential", "unclassified", "service", "tertiary")


@dataclass(frozen=True)
class Kind:
    """A kind of idle room; pairs are the least and the most."""

    title: str
    room: str
    group: str
    owner: str
    keeper: str
    seats: tuple[int, int]
    room_m2: tuple[int, int]
    building_m2: tuple[int, int] | None  # None: the room is the building
    cost: tuple[int, int]  # hundred thousand won a year
    hours: str
    step_free: tuple[str, ...]
    fee: str = ""


SCHOOL = Kind("(폐교){}초등학교", "교실", "강의실", "교육청", "가람교육지원청", (20, 60), (63, 140),
              (640, 2_300), (60, 260), "09:00 18:00 09:00 18:00", ("N", "N", ""))  # fmt: skip
SENIORS = Kind("{}경로당", "거실", "기타", "마을", "{}", (10, 18), (88, 128),
               None, (24, 60), "09:00 18:00 09:00 18:00", ("Y", "N", ""))  # fmt: skip
HALL = Kind("{}마을회관", "회의실", "회의실", "마을", "{}", (20, 40), (60, 150),
            (150, 260), (30, 80), "09:00 21:00 09:00 18:00", ("Y", "N", ""))  # fmt: skip
MARKET = Kind("{}", "배움방", "강의실", "민간", "가람중앙시장상인회", (12, 30), (36, 90),
              None, (60, 150), "10:00 20:00 10:00 17:00", ("N",), "10000")  # fmt: skip
OFFICE = Kind("(구){}사무소", "2층 회의실", "회의실", "시유", "{}", (30, 60), (80, 160),
              (300, 700), (80, 200), "09:00 18:00 00:00 00:00", ("Y", "N"))  # fmt: skip

IN_VILLAGES = (*[SCHOOL] * 9, *[SENIORS] * 18, *[HALL] * 5)
MARKETS = (("가람1동", "가람중앙시장 2층"), ("가람1동", "가람중앙시장 상인교육장"),
           ("누리읍", "누리전통시장 카페"), ("가람3동", "강남골목시장 공방"))  # fmt: skip
OFFICES = ("새별면", "하늬면", "다솜면", "가온면")


def idle_rows(sites: Sites, villages: list[Village]) -> list[Row]:
    """Return the idle rooms, errors included."""
    country = [v for v in villages if plan.DISTRICTS[v.district].kind == "면"]
    order = sites.rng.permutation(len(country))[: len(IN_VILLAGES)]
    rows = []
    for kind, k in zip(IN_VILLAGES, order, strict=True):
        village = country[k]
        district = plan.DISTRICTS[village.district].name
        rows.append(_row(sites, kind, district, village.name, village.at, 260))
    for district, name in MARKETS:
        rows.append(_row(sites, MARKET, district, name, sites.crowd(district), 420))
    for district in OFFICES:
        rows.append(_row(sites, OFFICE, district, district, None, 420))
    return _spoilt(rows)


def _row(
    sites: Sites, kind: Kind, district: str, name: str, near: Line | None, within: float
) -> Row:
    rng = sites.rng
    point, street = sites.beside(district, LANES, near, within)
    lon, lat = degrees(point)[0]
    hours = kind.hours.split()
    area = f"{rng.uniform(*kind.room_m2):.2f}"
    return {
        "개방시설명": kind.room, "개방장소명": kind.title.format(name),
        "개방시설유형구분": kind.group, "휴관일": "연중무휴",
        "평일운영시작시각": hours[0], "평일운영종료시각": hours[1],
        "주말운영시작시각": hours[2], "주말운영종료시각": hours[3],
        "유료사용여부": "Y" if kind.fee else "N",
        "사용기준시간": "2" if kind.fee else "", "사용료": kind.fee,
        "수용가능인원수": str(int(rng.integers(*kind.seats))), "면적": area,
        "신청방법구분": "방문+전화", "소재지도로명주소": sites.address(district, street),
        "관리기관명": kind.keeper.format(f"{plan.CITY} {district}"), "담당부서명": "총무팀",
        "위도": f"{lat:.6f}", "경도": f"{lon:.6f}", "데이터기준일자": plan.DATE,
        "제공기관코드": "9990000", "제공기관명": f"{plan.PROVINCE} {plan.CITY}",
        "소유구분": kind.owner, "무단차여부": str(rng.choice(kind.step_free)),
        "연간비용": str(int(rng.integers(*kind.cost)) * 100_000),
        "건물면적": str(int(rng.integers(*kind.building_m2))) if kind.building_m2 else area,
    }  # fmt: skip


def _spoilt(rows: list[Row]) -> list[Row]:
    """Empty some schools, and add what goes wrong in such tables."""
    for school in rows[2:9:3]:  # nothing is left standing there
        school |= {"개방시설명": "운동장", "개방시설유형구분": "기타", "수용가능인원수": "",
                   "면적": "", "건물면적": "0"}  # fmt: skip
    rows[11]["위도"] = rows[11]["경도"] = ""
    rows[15]["면적"] += "㎡"
    rows[0]["연간비용"] = "12,000,000"
    rows.insert(30, dict(rows[29]))
    return rows
