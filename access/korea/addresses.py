"""Korean addresses, road-name and lot, in one spelling, so that equal ones are equal text.

    경기 안성시 공도읍 진사길12-3(진사리)     경기도 안성시 공도읍 진사길 12-3
    경기도 안성시 죽산면 죽산리 산12번지       경기도 안성시 죽산면 죽산리 산 12
    서울 중구 세종대로 지하 101, 지하1층       서울특별시 중구 세종대로 지하 101

Nothing is guessed: what does not read as an address of one building or lot stays the text it is.
Source: 도로명주소법 and its 시행령 (how road-name addresses are written), and the numbers of
lots in the cadastre (산, 본번-부번).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

PROVINCES = {
    "서울특별시": ("서울", "서울시"),
    "부산광역시": ("부산", "부산시"),
    "대구광역시": ("대구", "대구시"),
    "인천광역시": ("인천", "인천시"),
    "대전광역시": ("대전", "대전시"),
    "울산광역시": ("울산", "울산시"),
    "세종특별자치시": ("세종", "세종시"),
    "경기도": ("경기",),
    "강원특별자치도": ("강원", "강원도"),
    "충청북도": ("충북",),
    "충청남도": ("충남",),
    "전북특별자치도": ("전북", "전라북도"),
    "전남광주통합특별시": ("전남", "전라남도", "광주광역시"),
    "경상북도": ("경북",),
    "경상남도": ("경남",),
    "제주특별자치도": ("제주", "제주도"),
}
"""Today's names of the 시·도, and those they had or are written with.

전라남도 and 광주광역시 became one; no 시·군·구 of the two share a name.
광주 alone is a city of 경기도.
"""

GWANGJU = {"동구", "서구", "남구", "북구", "광산구"}
"""The 구 that tell 광주 the metropolis from 광주 in 경기도."""

_PROVINCE = {name: full for full, names in PROVINCES.items() for name in (full, *names)}

_DASHES = re.compile(r"\s*[-‐‑‒–—―−ー]\s*(?=\d)")
_INNER = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LONE = re.compile(r"[()\[\]].*")
_ZIP = re.compile(r"(?:우\s*)?\d{5}\s+(?=[가-힣])|(?:우\s*)?\d{3}-\d{3}\s+(?=[가-힣])")
_END = r"(?=$|[\s,])"
_ROAD = re.compile(
    r"(?P<base>(?:[가-힣A-Za-z0-9·.]*?[가-힣A-Za-z](?:\s?\d+(?:[·.]\d+)?)?|\d+[·.]\d+|\d{3,4})"
    r"(?:로|길))"
    r"(?P<branch>\s*\d+(?:-\d+)?번?[가-힣]?길)?"
    r"(?P<under>\s*지하)?\s*(?P<main>\d+)(?:-(?P<sub>\d+))?(?:번지|번)?" + _END
)
_LOT = re.compile(
    r"(?P<hill>산\s*)?(?P<main>\d+)(?:-(?P<sub>\d+))?(?:번지)?" + _END + r"(?!\s*\d+호)"
)
_OTHER_PROVINCE = re.compile(r"[가-힣]{2,}(?:도|특별시|광역시|특별자치시)")
_CITY = re.compile(r"[가-힣]+[시군구]")
_TOWN = re.compile(r"[가-힣][가-힣0-9·.]*[읍면동리가]")
_GLUED = re.compile(r"([가-힣][가-힣0-9·.]*[동리])(산?\d+(?:-\d+)?(?:번지)?)")
_COUNTRY_TOWN = re.compile(r"[가-힣][가-힣0-9]*[읍면]")


@dataclass(frozen=True, slots=True)
class Address:
    """One building on a road, or one lot of land.

    province  시·도 by its full name, "" where the text does not say
    city      시·군·구, both words where a 시 has 구; of 세종 the 시·도
    town      읍·면 of a road; 읍·면 and 리, or 동, of a lot
    road      the road's name without spaces, "" for a lot
    special   whether the building is underground (road), or the lot on a hill (산)
    main, sub the numbers; sub is 0 where there is none
    """

    province: str
    city: str
    town: str
    road: str
    special: bool
    main: int
    sub: int

    def __str__(self) -> str:
        """Spell the address as the law does."""
        mark = ("지하" if self.road else "산") if self.special else ""
        number = f"{self.main}-{self.sub}" if self.sub else f"{self.main}"
        city = "" if self.city == self.province else self.city
        return " ".join(p for p in (self.province, city, self.town, self.road, mark, number) if p)

    @property
    def key(self) -> tuple[str, str, bool, int, int]:
        """What two addresses of one place cannot differ in; 시·도 and 읍·면 may be left out."""
        street = self.road or self.town
        return self.city, street, self.special, self.main, self.sub

    def agrees(self, other: Address) -> bool:
        """Say whether two addresses may be of one place: none says what the other denies.

        >>> one = parse("경기도 안성시 공도읍 진사길 3")
        >>> one.agrees(parse("안성시 진사길 3")), one.agrees(parse("안성시 대덕면 진사길 3"))
        (True, False)
        """
        same_province = not (self.province and other.province) or self.province == other.province
        same_town = not (self.town and other.town) or self.town == other.town
        return self.key == other.key and same_province and same_town


def clean(text: str) -> str:
    """Return a text without brackets, postcode, odd spaces, dashes and full-width forms.

    >>> clean("(17571) 경기 안성시  공도읍 진사길 １２–３ (진사리, 가동)")
    '경기 안성시 공도읍 진사길 12-3'
    """
    text = unicodedata.normalize("NFKC", text)
    before = None
    while text != before:  # brackets within brackets, and what taking them off brings together
        before = text
        text = _INNER.sub(" ", text)
        text = _DASHES.sub("-", text)
        text = re.sub(r"\s+", " ", text).strip(" ,")
        text = _ZIP.sub("", text, count=1) if _ZIP.match(text) else text
        text = unicodedata.normalize("NFKC", text)
    return _LONE.sub("", text).strip(" ,")


def parse(text: str) -> Address | None:
    """Return the address that a text gives, None where it gives none for certain.

    What follows the number (floor, room, building) is left out; a range of numbers is no address.

    >>> parse("경기 안성시 공도읍 진사길12-3").key
    ('안성시', '진사길', False, 12, 3)
    >>> str(parse("경기도 파주시 가람로 116번길 170(와동동)"))
    '경기도 파주시 가람로116번길 170'
    >>> str(parse("과천시 문원동 산31-7번지")), parse("안성시청 옆")
    ('과천시 문원동 산 31-7', None)
    """
    words = clean(text).split(" ")
    province, words = _province(words)
    city: list[str] = []
    while words and len(city) < 2 and _CITY.fullmatch(words[0]):
        if city and words[0][-1] != "구":
            break
        city.append(words.pop(0))
    named = province if province == "세종특별자치시" else " ".join(city)
    road = _on_road(province, named, words)
    return road or _on_lot(province, named, words)


def province(name: str) -> str:
    """Return a 시·도 by today's full name; a name nobody knows, as it is.

    >>> province("전라북도"), province("가람도")
    ('전북특별자치도', '가람도')
    """
    return _PROVINCE.get(name, name)


def _province(words: list[str]) -> tuple[str, list[str]]:
    first, second = [*words, "", ""][:2]
    if first in ("광주", "광주시") and second in GWANGJU:
        return province("광주광역시"), words[1:]
    known = first in _PROVINCE or (_OTHER_PROVINCE.fullmatch(first) and _CITY.fullmatch(second))
    return (province(first), words[1:]) if known else ("", words)


def _on_road(province: str, city: str, words: list[str]) -> Address | None:
    """Read a road and number; a 법정동 in front of the road is passed over."""
    town = words[0] if words and _COUNTRY_TOWN.fullmatch(words[0]) else ""
    rest = words[1:] if town else words
    found = _ROAD.match(" ".join(rest))
    if found is None and rest and _TOWN.fullmatch(rest[0]):
        found = _ROAD.match(" ".join(rest[1:]))
    if found is None:
        return None
    road = re.sub(r"\s", "", found["base"] + (found["branch"] or ""))
    number = int(found["main"]), int(found["sub"] or 0)
    return Address(province, city, town, road, bool(found["under"]), *number)


def _on_lot(province: str, city: str, words: list[str]) -> Address | None:
    towns: list[str] = []
    rest = list(words)
    while rest and _TOWN.fullmatch(rest[0]):
        towns.append(rest.pop(0))
    if rest and (glued := _GLUED.fullmatch(rest[0])):
        towns.append(glued[1])
        rest[0] = glued[2]
    found = _LOT.match(" ".join(rest))
    if not towns or found is None:
        return None
    number = int(found["main"]), int(found["sub"] or 0)
    return Address(province, city, " ".join(towns), "", bool(found["hill"]), *number)


def normalise_name(text: str) -> str:
    """Return the name of a place without spaces, brackets, marks and letter case.

    >>> normalise_name("(재)가람시 평생 학습관"), normalise_name("가람시평생학습관 [본관]")
    ('가람시평생학습관', '가람시평생학습관')
    """
    text = _INNER.sub("", unicodedata.normalize("NFKC", text))
    return re.sub(r"[^0-9a-z가-힣]", "", text.casefold())
