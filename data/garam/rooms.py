"""Learning centres and idle rooms, with the errors that real tables have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from garam import plan
from garam.curves import Line
from garam.land import Land
from garam.osm import degrees
from garam.people import People
from garam.streets import Street
from garam.villages import Village

Row = dict[str, str]

_CENTRE_HEADER = """
시설명 시설구분 소재지도로명주소 위도 경도 수용가능인원수 면적 휴관일 평일운영시작시각 평일운영종료시각
주말운영시작시각 주말운영종료시각 무단차여부 소유구분 연간비용 데이터기준일자
"""
_IDLE_HEADER = """
개방시설명 개방장소명 개방시설유형구분 휴관일 평일운영시작시각 평일운영종료시각 주말운영시작시각
주말운영종료시각 유료사용여부 사용기준시간 사용료 초과사용단위시간 초과사용료 수용가능인원수 면적
부대시설정보 신청방법구분 시설사진정보 소재지도로명주소 소재지지번주소 관리기관명 담당부서명
사용안내전화번호 홈페이지주소 위도 경도 데이터기준일자 제공기관코드 제공기관명
소유구분 무단차여부 연간비용 건물면적
"""
CENTRE_COLUMNS = tuple(_CENTRE_HEADER.split())
IDLE_COLUMNS = tuple(_IDLE_HEADER.split())

# kind: seats, square metres, closed on, weekday and weekend hours, won a year (millions)
_KINDS: dict[str, tuple[tuple[int, int], tuple[int, int], str, str, str, tuple[int, int]]] = {
    "평생학습관": ((420, 421), (5_180, 5_181), "공휴일", "09:00 22:00", "09:00 18:00", (980, 981)),
    "공공도서관": ((120, 380), (1_400, 4_200), "매주 월요일", "09:00 22:00", "09:00 18:00",
              (310, 720)),
    "작은도서관": ((16, 45), (66, 190), "매주 일요일", "10:00 18:00", "10:00 14:00", (12, 38)),
    "사회복지관": ((80, 220), (900, 2_600), "일요일+공휴일", "09:00 18:00", "09:00 13:00",
              (180, 460)),
    "노인복지관": ((90, 260), (1_100, 3_000), "일요일+공휴일", "09:00 18:00", "00:00 00:00",
              (190, 480)),
    "주민자치센터": ((30, 120), (160, 680), "매주 토,일요일,공휴일", "09:00 21:00", "00:00 00:00",
               (18, 62)),
    "행정복지센터": ((20, 90), (90, 420), "매주 토,일요일,공휴일", "09:00 18:00", "00:00 00:00",
               (8, 30)),
    "문화시설": ((60, 300), (420, 2_400), "매주 월요일", "09:00 21:00", "10:00 17:00", (90, 340)),
    "복지회관": ((24, 60), (110, 300), "연중무휴", "09:00 18:00", "00:00 00:00", (9, 24)),
}  # fmt: skip

# district, kind, name; a 면 has at least its own office, most else is in town
_CENTRES: tuple[tuple[str, str, str], ...] = (
    ("가람2동", "평생학습관", "가람시 평생학습관"),
    ("가람2동", "공공도서관", "가람시립중앙도서관"),
    ("가람1동", "공공도서관", "가람시립옛터도서관"),
    ("가람3동", "공공도서관", "가람시립강남도서관"),
    ("누리읍", "공공도서관", "가람시립누리도서관"),
    ("새별면", "공공도서관", "가람시립새별도서관"),
    ("온새면", "공공도서관", "가람시립온새도서관"),
    ("가람1동", "노인복지관", "가람시노인복지관"),
    ("가람3동", "사회복지관", "가람종합사회복지관"),
    ("가람3동", "사회복지관", "가람시장애인복지관"),
    ("가람2동", "사회복지관", "가람시가족센터"),
    ("누리읍", "사회복지관", "누리종합사회복지관"),
    ("누리읍", "노인복지관", "누리노인복지관"),
    ("가람1동", "문화시설", "가람문화원"),
    ("가람2동", "문화시설", "가람시청소년수련관"),
    ("가람2동", "문화시설", "가람여성회관"),
    ("누리읍", "문화시설", "누리청소년문화의집"),
    ("마루면", "문화시설", "마루생활문화센터"),
    *((f"가람{n}동", "행정복지센터", f"가람{n}동 행정복지센터") for n in (1, 2, 3)),
    *((f"가람{n}동", "주민자치센터", f"가람{n}동 주민자치센터") for n in (1, 2, 3)),
    ("누리읍", "행정복지센터", "누리읍 행정복지센터"),
    ("누리읍", "주민자치센터", "누리읍 주민자치센터"),
    *((d.name, "행정복지센터", f"{d.name} 행정복지센터")
      for d in plan.DISTRICTS if d.kind == "면"),
    *((name, "복지회관", f"{name} 복지회관") for name in ("너울면", "다솜면", "하늬면")),
    *(("누리읍", "작은도서관", f"{w} 작은도서관")
      for w in ("누리햇살", "새터마을", "푸른숲", "무지개", "한빛", "책나루", "별밭")),
    *(("가람1동", "작은도서관", f"{w} 작은도서관") for w in ("옛터", "향교골")),
    *(("가람2동", "작은도서관", f"{w} 작은도서관") for w in ("느티나무", "꿈샘", "도란도란")),
    *(("가람3동", "작은도서관", f"{w} 작은도서관") for w in ("강나루", "다온", "온누리")),
    *((name, "작은도서관", f"{name[:-1]} 작은도서관")
      for name in ("솔뫼면", "가온면", "마루면", "미리내면", "두레면")),
)  # fmt: skip


@dataclass(frozen=True)
class Sites:
    """Finds places beside streets, in a district, where people live."""

    land: Land
    streets: list[Street]
    people: People
    rng: np.random.Generator

    def beside(self, district: str, highways: tuple[str, ...], near: Line | None,
               within: float) -> tuple[Line, str]:  # fmt: skip
        """Return a point some metres beside a street of the kinds, and the street's name."""
        k = [d.name for d in plan.DISTRICTS].index(district)
        shape = self.land.districts[k].buffer(-60)
        centre = np.array(plan.DISTRICTS[k].centre) if near is None else near
        around = shapely.Point(centre).buffer(within)
        found = [
            s for s in self.streets
            if s.highway in highways and s.level == 0 and s.shape.length > 60
            and s.shape.intersects(around) and shape.covers(s.shape)
        ]  # fmt: skip
        street = found[int(self.rng.integers(len(found)))]
        for _ in range(200):
            at = float(self.rng.uniform(15, street.shape.length - 15))
            p, q = (shapely.get_coordinates(street.shape.interpolate(at + e))[0] for e in (0, 2))
            step = (q - p) / np.hypot(*(q - p))
            off = np.array([-step[1], step[0]]) * self.rng.choice([-1, 1])
            point = p + off * self.rng.uniform(14, 32)
            if around.contains(shapely.Point(point)) and not self.land.water.contains(
                shapely.Point(point)
            ):
                break
        return point, street.tags.get("name", "")

    def crowd(self, district: str) -> Line:
        """Return the middle of a cell of the district, drawn in proportion to its people."""
        k = [d.name for d in plan.DISTRICTS].index(district)
        middle = self.people.corner + 50.0
        inside = shapely.contains_xy(self.land.districts[k].buffer(-150), middle)
        share = np.where(inside, self.people.people, 0)
        cell: Line = middle[int(self.rng.choice(len(share), p=share / share.sum()))]
        return cell

    def address(self, district: str, street: str) -> str:
        """Return a street address that does not exist."""
        street = street or f"{district[:-1]}중앙길"
        area = f" {district}" if district[-1] != "동" else ""
        tail = f" ({district})" if district[-1] == "동" else ""
        return f"{plan.PROVINCE} {plan.CITY}{area} {street} {int(self.rng.integers(3, 240))}{tail}"


def centre_rows(land: Land, streets: list[Street], people: People) -> list[Row]:
    """Return the learning centres, errors included."""
    rng = np.random.default_rng([plan.SEED, 8])
    sites = Sites(land, streets, people, rng)
    rows = []
    for district, kind, name in _CENTRES:
        seats, area, closed, week, weekend, cost = _KINDS[kind]
        if kind == "작은도서관" and district[-1] != "면":
            near, within = sites.crowd(district), 420.0
            highways = ("residential", "tertiary", "living_street")
        else:
            near = sites.crowd(district) if district[-1] != "면" else None
            within = 420.0 if near is None else 520.0
            highways = ("tertiary", "secondary", "residential")
        point, street = sites.beside(district, highways, near, within)
        lon, lat = degrees(point)[0]
        start, end = week.split()
        from_, to = weekend.split()
        large = kind in ("평생학습관", "공공도서관", "사회복지관", "노인복지관", "문화시설")
        step_free = "Y" if large else str(rng.choice(["Y", "N", ""], p=[0.4, 0.25, 0.35]))
        private = kind == "작은도서관" and rng.random() < 0.4
        rows.append({
            "시설명": name, "시설구분": kind, "소재지도로명주소": sites.address(district, street),
            "위도": f"{lat:.6f}", "경도": f"{lon:.6f}",
            "수용가능인원수": str(int(rng.integers(*seats))), "면적": str(int(rng.integers(*area))),
            "휴관일": closed, "평일운영시작시각": start, "평일운영종료시각": end,
            "주말운영시작시각": from_, "주말운영종료시각": to, "무단차여부": step_free,
            "소유구분": "민간" if private else "시유",
            "연간비용": str(int(rng.integers(*cost)) * 1_000_000), "데이터기준일자": plan.DATE,
        })  # fmt: skip
    return _spoilt_centres(rows)


def _spoilt_centres(rows: list[Row]) -> list[Row]:
    """Add what goes wrong in such tables: the reader's ledger must show each of these."""
    by_name: Callable[[str], Row] = lambda name: next(r for r in rows if r["시설명"] == name)  # noqa: E731
    swapped = by_name("책나루 작은도서관")
    swapped["위도"], swapped["경도"] = swapped["경도"], swapped["위도"]
    blank = by_name("두레 작은도서관")
    blank["위도"] = blank["경도"] = ""
    by_name("가람시 평생학습관")["연간비용"] = "1,280,000,000"
    by_name("누리읍 행정복지센터")["연간비용"] = "12,000,000"
    by_name("가람시립누리도서관")["수용가능인원수"] = "1,200"
    by_name("하늬면 복지회관")["면적"] = "350㎡"
    twice = by_name("가람3동 주민자치센터")
    rows.insert(rows.index(twice) + 1, dict(twice))
    return rows


def idle_rows(
    land: Land, streets: list[Street], people: People, villages: list[Village]
) -> list[Row]:
    """Return the idle rooms, errors included."""
    rng = np.random.default_rng([plan.SEED, 9])
    sites = Sites(land, streets, people, rng)
    lanes = ("residential", "unclassified", "service", "tertiary")
    rows: list[Row] = []
    country = [k for k, d in enumerate(plan.DISTRICTS) if d.kind == "면"]

    def add(district: str, name: str, room: str, kind: str, near: Line | None, *, seats: int,
            area: str, owner: str, step: str, cost: int, building: str, free: bool,
            hours: tuple[str, str, str, str], within: float) -> None:  # fmt: skip
        point, street = sites.beside(district, lanes, near, within)
        lon, lat = degrees(point)[0]
        keeper = {"교육청": "가람교육지원청", "민간": "가람중앙시장상인회"}.get(
            owner, f"{plan.CITY} {district}"
        )
        rows.append({
            "개방시설명": room, "개방장소명": name, "개방시설유형구분": kind, "휴관일": "연중무휴",
            "평일운영시작시각": hours[0], "평일운영종료시각": hours[1],
            "주말운영시작시각": hours[2], "주말운영종료시각": hours[3],
            "유료사용여부": "N" if free else "Y", "사용기준시간": "" if free else "2",
            "사용료": "" if free else "10000", "수용가능인원수": str(seats), "면적": area,
            "신청방법구분": "방문+전화", "소재지도로명주소": sites.address(district, street),
            "관리기관명": keeper, "담당부서명": "총무팀",
            "위도": f"{lat:.6f}", "경도": f"{lon:.6f}",
            "데이터기준일자": plan.DATE, "제공기관코드": "9990000",
            "제공기관명": f"{plan.PROVINCE} {plan.CITY}", "소유구분": owner, "무단차여부": step,
            "연간비용": str(cost), "건물면적": building,
        })  # fmt: skip

    chosen = [
        villages[k] for k in rng.permutation(len(villages)) if villages[k].district in country
    ]
    for n in range(9):  # closed schools: large grounds, some with nothing left standing
        village = chosen[n]
        d = plan.DISTRICTS[village.district].name
        gone = n in (2, 5, 8)
        built = "0" if gone else str(int(rng.integers(640, 2_300)))
        add(d, f"(폐교){village.name}초등학교", "운동장" if gone else "교실",
            "기타" if gone else "강의실", village.at, seats=0 if gone else int(rng.integers(20, 60)),
            area="" if gone else str(int(rng.integers(63, 140))), owner="교육청",
            step="N" if rng.random() < 0.6 else "", cost=int(rng.integers(6, 26)) * 1_000_000,
            building=built, free=True, hours=("09:00", "18:00", "09:00", "18:00"),
            within=260)  # fmt: skip
    for n in range(18):
        village = chosen[9 + n]
        d = plan.DISTRICTS[village.district].name
        area = f"{rng.uniform(88, 128):.2f}"
        add(d, f"{village.name}경로당", "거실", "기타", village.at, seats=int(rng.integers(10, 18)),
            area=area, owner="마을", step=str(rng.choice(["Y", "N", ""])),
            cost=int(rng.integers(24, 60)) * 100_000, building=area, free=True,
            hours=("09:00", "18:00", "09:00", "18:00"), within=260)  # fmt: skip
    for n in range(5):
        village = chosen[27 + n]
        d = plan.DISTRICTS[village.district].name
        add(d, f"{village.name}마을회관", "회의실", "회의실", village.at,
            seats=int(rng.integers(20, 40)), area=str(int(rng.integers(60, 150))), owner="마을",
            step=str(rng.choice(["Y", "N", ""])), cost=int(rng.integers(30, 80)) * 100_000,
            building=str(int(rng.integers(150, 260))), free=True,
            hours=("09:00", "21:00", "09:00", "18:00"), within=260)  # fmt: skip
    for d, name in (("가람1동", "가람중앙시장 2층"), ("가람1동", "가람중앙시장 상인교육장"),
                    ("누리읍", "누리전통시장 카페"), ("가람3동", "강남골목시장 공방")):  # fmt: skip
        add(d, name, "배움방", "강의실", sites.crowd(d), seats=int(rng.integers(12, 30)),
            area=str(int(rng.integers(36, 90))), owner="민간", step="N",
            cost=int(rng.integers(6, 15)) * 1_000_000, building="", free=False,
            hours=("10:00", "20:00", "10:00", "17:00"), within=420)  # fmt: skip
    for d in ("새별면", "하늬면", "다솜면", "가온면"):
        add(d, f"(구){d}사무소", "2층 회의실", "회의실", None, seats=int(rng.integers(30, 60)),
            area=str(int(rng.integers(80, 160))), owner="시유",
            step=str(rng.choice(["Y", "N"])), cost=int(rng.integers(8, 20)) * 1_000_000,
            building=str(int(rng.integers(300, 700))), free=True,
            hours=("09:00", "18:00", "00:00", "00:00"), within=420)  # fmt: skip
    return _spoilt_idle(rows)


def _spoilt_idle(rows: list[Row]) -> list[Row]:
    rows[11]["위도"] = rows[11]["경도"] = ""
    rows[15]["면적"] = f"{rows[15]['면적']}㎡"
    rows[0]["연간비용"] = "12,000,000"
    rows.insert(30, dict(rows[29]))
    return rows
