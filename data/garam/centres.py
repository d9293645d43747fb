"""Learning centres, in a planner's own table, with the errors that such tables have."""

from __future__ import annotations

from garam import plan
from garam.osm import degrees
from garam.sites import Sites

Row = dict[str, str]

_CENTRE_HEADER = """
시설명 시설구분 소재지도로명주소 위도 경도 수용가능인원수 면적 휴관일 평일운영시작시각
평일운영종료시각 주말운영시작시각 주말운영종료시각 무단차여부 소유구분 연간비용 데이터기준일자
"""
CENTRE_COLUMNS = tuple(_CENTRE_HEADER.split())

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


def centre_rows(sites: Sites) -> list[Row]:
    """Return the learning centres, errors included."""
    rng = sites.rng
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
    named = {row["시설명"]: row for row in rows}
    swapped = named["책나루 작은도서관"]
    swapped["위도"], swapped["경도"] = swapped["경도"], swapped["위도"]
    blank = named["두레 작은도서관"]
    blank["위도"] = blank["경도"] = ""
    named["가람시 평생학습관"]["연간비용"] = "1,280,000,000"
    named["누리읍 행정복지센터"]["연간비용"] = "12,000,000"
    named["가람시립누리도서관"]["수용가능인원수"] = "1,200"
    named["하늬면 복지회관"]["면적"] = "350㎡"
    twice = named["가람3동 주민자치센터"]
    rows.insert(rows.index(twice) + 1, dict(twice))
    return rows
