"""Classes, in the columns of the national table of lifelong-learning classes, with its errors.

A dozen institutions plan each for itself, so that the same class is held in several places at the
same hour; villages have few. Teachers are invented, and there so that reading can drop them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from garam import plan

Row = dict[str, str]

_HEADER = """
강좌명 강사명 교육시작일자 교육종료일자 교육시작시각 교육종료시각 강좌내용 교육대상구분
교육방법구분 운영요일 교육장소 강좌정원수 수강료 교육장도로명주소 운영기관명 운영기관전화번호
접수시작일자 접수종료일자 접수방법구분 선정방법구분 홈페이지주소 직업능력개발훈련비지원강좌여부
학점은행제평가(학점)인정여부 평생학습계좌제평가인정여부 데이터기준일자 제공기관코드 제공기관명
"""
CLASS_COLUMNS = tuple(_HEADER.split())

# The titles of each field; the first few are what everybody offers.
_TITLES = {
    "기초문해": "어르신 한글교실 초급|성인문해 소망반|초등 2단계 문해교실|이주민 한국어 초급"
    "|한글 받아쓰기반",
    "학력보완": "고졸 검정고시 대비반|중졸 검정고시 수학|초졸 검정고시 종합",
    "직업능력": "바리스타 2급 자격증|컴퓨터활용능력 2급|정리수납전문가 2급|한식조리기능사 실기"
    "|스마트스토어 창업 실무|전산회계 2급|그림책지도사 양성과정|지게차운전기능사 필기",
    "진로개발역량": "신중년 생애설계|은퇴설계 학교|경력단절여성 커리어 교실|청소년 진로탐색",
    "문화예술": "요가|노래교실|수채화 초급|라인댄스|캘리그라피|통기타 초급|생활도예|민화|우쿨렐레"
    "|건강체조|손뜨개|난타|색소폰|필라테스",
    "인문교양": "스마트폰 활용|생활영어 회화|컴퓨터 기초|독서토론|중국어 첫걸음|치매예방 뇌건강"
    "|인문학 산책|수필 글쓰기|부모교육|생활법률과 경제|명상과 마음돌봄",
    "시민참여": "주민자치 학교|기후위기와 탄소중립 실천|자원봉사 기초교육|마을활동가 학교"
    "|다문화이해 교실",
}
_UNTOLD = ("열린 수요 모임", "하반기 특별반", "함께하는 오후")
"""Titles that say no field, as in life."""

_SLOTS = {"오전": ("10:00", "12:00"), "오후": ("14:00", "16:00")}
_SLOTS |= {"저녁": ("19:00", "21:00"), "토": ("10:00", "12:00")}
_DAYS = (("월", "화", "수", "목", "금"), ("월,수", "화,목", "수,금"), ("월,수,금",))
_FAMILY, _GIVEN = "김이박최정강조윤장임", "가온 나래 다솜 라온 마루 바름 새롬 아람"


@dataclass(frozen=True)
class House:
    """An institution: how many classes it holds, in which fields and when, where and for whom.

    Lists are words apart by spaces; a field or slot named twice is held twice as often.
    """

    name: str
    classes: int
    fields: str
    slots: str
    rooms: tuple[str, ...]
    audience: str = "성인"
    fee: tuple[int, ...] = (0, 20_000, 30_000)
    sites: tuple[str, ...] = ()  # other places where it holds classes


_ALL = " ".join(_TITLES)
_LIBRARY = "인문교양 인문교양 문화예술 시민참여"
_SENIOR = "문화예술 인문교양 인문교양 기초문해"
_WELFARE = "문화예술 기초문해 인문교양 직업능력"
_CENTRE = "문화예술 문화예술 인문교양 시민참여"
_DAY, _WEEK, _FULL = "오전 오후", "오전 오후 저녁", "오전 오후 저녁 토"
_EVERYONE, _FREE, _SMALL = "성인 누구나 초등", (0,), (0, 10_000)
_READING = ("문화강좌실", "시청각실")
_MARKET = ("가람중앙시장 2층 배움방", "가람중앙시장 상인교육장 배움방")

HOUSES = (
    House("가람시 평생학습관", 46, _ALL, f"{_FULL} 저녁", ("201호", "202호", "301호", "전산실"),
          "성인 누구나 직장인", sites=_MARKET),
    House("가람시립중앙도서관", 16, _LIBRARY, _FULL, _READING, _EVERYONE),
    House("가람시립옛터도서관", 8, _LIBRARY, _FULL, _READING[:1], _EVERYONE),
    House("가람시립강남도서관", 12, _LIBRARY, _FULL, _READING, _EVERYONE),
    House("가람시립누리도서관", 16, _LIBRARY, _FULL, _READING, _EVERYONE),
    House("가람시립새별도서관", 5, _LIBRARY, _DAY, ("강의실",)),
    House("가람시립온새도서관", 5, _LIBRARY, _DAY, ("강의실",)),
    House("가람시노인복지관", 20, _SENIOR, _DAY, ("교육실", "강당", "전산실"), "60세이상", _FREE),
    House("누리노인복지관", 13, _SENIOR, _DAY, ("교육실", "강당"), "60세이상", _FREE),
    House("가람종합사회복지관", 8, _WELFARE, _DAY, ("교육실",), "성인 어르신", _SMALL),
    House("누리종합사회복지관", 8, _WELFARE, _DAY, ("교육실",), "성인 어르신", _SMALL),
    House("가람시가족센터", 10, "기초문해 인문교양 진로개발역량", f"{_DAY} 토", ("교육실",),
          "결혼이민자 학부모 누구나", _FREE),
    House("가람문화원", 12, "문화예술", _WEEK, ("연습실", "강의실"), fee=(30_000, 50_000)),
    House("가람여성회관", 18, "직업능력 직업능력 문화예술 진로개발역량", _WEEK,
          ("201호", "202호", "조리실")),
    House("가람시청소년수련관", 8, "진로개발역량 문화예술 인문교양", "오후 저녁 토",
          ("동아리실", "강의실"), "청소년"),
    *(House(f"{name} 주민자치센터", 12, _CENTRE, _WEEK, ("2층 강의실", "3층 강당"))
      for name in ("가람1동", "가람2동", "가람3동", "누리읍")),
    House("마루생활문화센터", 8, _CENTRE, _WEEK, ("강의실",)),
    *(House(f"{d.name} 행정복지센터", 1 + k % 2, _CENTRE, _DAY, ("회의실",), "성인 어르신", _FREE)
      for k, d in enumerate(plan.DISTRICTS) if d.kind == "면" and d.name != "두레면"),
)  # fmt: skip


def class_rows(centres: list[Row], idle: list[Row]) -> list[Row]:
    """Return the classes, errors included."""
    rng = np.random.default_rng([plan.SEED, 9])
    homes = {row["시설명"]: row["소재지도로명주소"] for row in centres}
    homes |= {f"{row['개방장소명']} {row['개방시설명']}": row["소재지도로명주소"] for row in idle}
    shut = {row["시설명"] for row in centres if row["휴관일"] == "매주 월요일"}
    houses = (*HOUSES, _visits(idle))
    return _spoilt([row for house in houses for row in _held(rng, house, homes, shut)])


def _visits(idle: list[Row]) -> House:
    """Return the literacy classes that the 평생학습관 holds in village rooms."""
    halls = [
        f"{row['개방장소명']} {row['개방시설명']}"
        for row in idle
        if "경로당" in row["개방장소명"] and row["위도"]
    ]
    return House(HOUSES[0].name, 4, "기초문해", _DAY, (), "어르신", _FREE, tuple(halls[:4]))


def _held(
    rng: np.random.Generator, house: House, homes: dict[str, str], shut: set[str]
) -> list[Row]:
    """Return the classes of one institution: no room is used twice at once, or on a closed day."""
    taken: set[tuple[str, str, str]] = set()
    rows: list[Row] = []
    for _ in range(house.classes * 20):
        if len(rows) == house.classes:
            break
        field, slot = str(rng.choice(house.fields.split())), str(rng.choice(house.slots.split()))
        often = int(rng.choice(3, p=[0.55, 0.4, 0.05]))
        days = "토" if slot == "토" else str(rng.choice(_DAYS[often]))
        titles = _TITLES[field].split("|")
        title = titles[min(int(rng.exponential(3.0)), len(titles) - 1)]  # most offer the same few
        site = _site(rng, house, len(rows))
        hours = {(site, slot, day) for day in days.split(",")}
        if hours & taken or (house.name in shut and "월" in days):
            continue
        taken |= hours
        rows.append(_row(rng, house, title, slot, days, site, homes))
    return rows


def _site(rng: np.random.Generator, house: House, k: int) -> str:
    if house.sites and (not house.rooms or rng.random() < 0.1):
        return house.sites[k % len(house.sites)]
    return f"{house.name} {rng.choice(house.rooms)}"


def _row(rng: np.random.Generator, house: House, title: str, slot: str, days: str, site: str,
         homes: dict[str, str]) -> Row:  # fmt: skip
    start, end = _SLOTS[slot]
    first = np.datetime64("2025-03-03") + 7 * int(rng.integers(0, 3))
    last = first + 7 * int(rng.choice([10, 12, 15])) - 3
    fee = int(rng.choice(house.fee))
    group = f"({slot}반)" if rng.random() < 0.3 and slot != "토" else ""
    teacher = str(rng.choice(list(_FAMILY))) + str(rng.choice(_GIVEN.split()))
    home = next(h for name, h in homes.items() if site.startswith(name))
    return {
        "강좌명": f"{title}{group}", "강사명": teacher,
        "교육시작일자": str(first), "교육종료일자": str(last),
        "교육시작시각": start, "교육종료시각": end,
        "강좌내용": f"{title} 과정입니다. 강사 {teacher}",
        "교육대상구분": str(rng.choice(house.audience.split())).replace("세이상", "세 이상"),
        "교육방법구분": "오프라인", "운영요일": days, "교육장소": site,
        "강좌정원수": str(int(rng.choice([12, 15, 20, 25], p=[0.25, 0.35, 0.3, 0.1]))),
        "수강료": str(fee) if fee else str(rng.choice(["무료", "0"])),
        "교육장도로명주소": home, "운영기관명": house.name,
        "접수시작일자": str(first - 21), "접수종료일자": str(first - 7),
        "접수방법구분": "온라인+방문", "선정방법구분": "선착순",
        "직업능력개발훈련비지원강좌여부": "N", "학점은행제평가(학점)인정여부": "N",
        "평생학습계좌제평가인정여부": "N", "데이터기준일자": plan.DATE,
        "제공기관코드": "9990000", "제공기관명": f"{plan.PROVINCE} {plan.CITY}",
    }  # fmt: skip


def _spoilt(rows: list[Row]) -> list[Row]:
    """Add what goes wrong in such tables: the reader's ledger must show each of these."""
    rows[3] |= {"교육시작시각": "19:00", "교육종료시각": "09:00", "운영요일": "월~금"}
    rows[5] |= {"교육시작시각": "1000", "교육종료시각": "1200"}
    rows[7] |= {"교육방법구분": "온라인", "교육장소": "온라인(ZOOM)", "교육장도로명주소": "",
                "운영요일": "상시", "교육시작시각": "00:00", "교육종료시각": "00:00",
                "교육종료일자": "9999-12-31"}  # fmt: skip
    rows[9]["교육장소"] = "가람초등학교 도서실"
    rows[50]["교육장소"] = "시청각실"
    rows[60] |= {"운영요일": "격주 토", "교육시작시각": "10:00", "교육종료시각": "13:00"}
    rows[70]["강좌정원수"] = ""
    rows[72]["수강료"] = "20,000원(재료비 별도)"
    for k, title in zip((11, 52, 80), _UNTOLD, strict=True):
        rows[k] |= {"강좌명": title, "강좌내용": ""}
    written = {
        "목": "목용일",
        "금": "금묘일",
        "화,목": "매주 화,목",
        "월,수": "월/수",
        "수": "수요일",
    }
    for row in rows:  # each once
        row["운영요일"] = written.pop(row["운영요일"], row["운영요일"])
    rows.insert(91, dict(rows[90]))
    return rows
