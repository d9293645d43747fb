"""Columns that name private persons are not read, and their names are blanked beside them.

Course lists carry teachers' names, lists of village halls those of their keepers. No answer needs
them, so they go before anything is noted: no message, record or output can repeat them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from access._tables.delimited import Grid
from access._tables.header import bare, fold

BLANKED = "○○○"

# Whose name a column holds, however it is worded (주강사, 강사1, 담당 강사명), and what else it may
# tell of them (강사 약력, 강사 연락처). What teachers are paid, or how many there are, is of
# nobody, and 교사 alone is a school building.
_WHO = re.compile(
    r".*(?:강사|교수|선생님?|튜터|멘토)(?:님|진)?(?:명|이름|성명|성함)?\d*"
    r"|.*(?:지도|담당|보조|훈련|전담)교사(?:명|이름|성명)?\d*|교사(?:명|이름|성명)"
    r"|(?:신청자|수강자|수강생|참여자|학습자|보호자)(?:명|이름|성명)|성명|성함"
    r"|.*(?:instructor|instrctr|strctr|teacher|lecturer|tutor)(?:_?(?:nm|name))?s?\d*"
)
_ABOUT = re.compile(
    r".*(?:강사|교수|지도교사)(?:의)?(?:소개|약력|경력|이력|프로필|연락처|전화|휴대폰|휴대전화|이메일|"
    r"메일|사진|소속|생년월일|주소|자격|학력|전공|계좌).*"
    r"|주민등록번호|생년월일|핸드폰|핸드폰번호|휴대폰|휴대전화"
)

_SPLIT = re.compile(r"[\s,/·・;&+()\[\]]+|및|외\s*\d+\s*[명인]")
_TITLE = r"(?:강사|선생|교수|작가|박사|원장|대표|회장|관장|시인|님|씨)"
_ANY_TITLE = re.compile(_TITLE)
_TITLED = re.compile(
    rf"(?:{_TITLE}명?\s*)+[:：]?\s*(?P<after>[가-힣]{{2,4}})"
    rf"|(?<![가-힣])(?P<before>[가-힣]{{2,4}}?)(?=\s*{_TITLE})"
)
_KOREAN = re.compile(r"[가-힣]{2,4}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z.' -]{3,}")
_NO_NAME = re.compile(
    r"도서관|복지관|학습관|센터|강사|담당|사서|미정|추후|직원|봉사|기부|교육|공방|협회|학교|원어민|외부|내부|전문|예정|없음"
)


def veil(
    names: Sequence[str], rows: Grid, persons: Iterable[str]
) -> tuple[tuple[str, ...], Grid, tuple[str, ...]]:
    """Return the header and rows without the columns of persons, and what these were called.

    A name of three letters or more is blanked wherever its own row repeats it; one of two, and
    that of another row, only beside a title (선생님, 강사 ...), since names are also plain words.

    >>> header, rows = ("강좌명", "강사명"), [["홍길동의 글쓰기", "홍길동 강사"]]
    >>> veil(header, rows, ["강사명"])
    (('강좌명', ''), [['○○○의 글쓰기', '']], ('강사명',))
    """
    which, who = persons_in(names, persons)
    if not which:
        return tuple(names), rows, ()
    everybody = frozenset(n for row in rows for j in who if j < len(row) for n in _names(row[j]))
    veiled = []
    for row in rows:
        spoken = _spoken([row[j] for j in who if j < len(row)])
        cells = [spoken.sub(BLANKED, cell) for cell in row] if spoken else list(row)
        if everybody and _ANY_TITLE.search("\n".join(cells)):
            cells = [_blank(cell, everybody) for cell in cells]
        for j in which:
            if j < len(cells):
                cells[j] = ""
        veiled.append(cells)
    kept = tuple("" if j in which else name for j, name in enumerate(names))
    return kept, veiled, tuple(names[j] for j in which)


def persons_in(names: Sequence[str], persons: Iterable[str]) -> tuple[list[int], list[int]]:
    """Return which columns tell of private persons, and which of them hold their names.

    `persons` are headers that do; without any, a table has no such columns.

    >>> persons_in(["강좌명", "담당 강사명", "강사료", "강사 약력"], ["강사명"])
    ([1, 3], [1])
    """
    told = {fold(person) for person in persons}
    who, about = [], []
    for j, name in enumerate(names):
        forms = {fold(name), bare(name)} if told and name else set()
        if forms & told or any(map(_WHO.fullmatch, forms)):
            who.append(j)
        elif any(map(_ABOUT.fullmatch, forms)):
            about.append(j)
    return sorted(who + about), who


def _blank(text: str, names: Collection[str]) -> str:
    """Return a text with these names blanked where they stand beside a title.

    >>> _blank("강사 홍길동의 사정으로 휴강, 홍길동 선생님", {"홍길동"})
    '강사 ○○○의 사정으로 휴강, ○○○ 선생님'
    """

    def veiled(found: re.Match[str]) -> str:
        part = "after" if found["after"] else "before"
        at, word = found.start(part) - found.start(), found[part]
        for end in range(len(word), 1, -1):  # 홍길동의
            if word[:end] in names:
                return found[0][:at] + BLANKED + found[0][at + end :]
        return found[0]

    return _TITLED.sub(veiled, text)


def _names(cell: str) -> list[str]:
    """Return the Korean names of a cell: 김하나, 이두리 외 1명."""
    words = (
        re.sub(_TITLE + "+$", "", word) if len(word) > 3 else word for word in _SPLIT.split(cell)
    )
    return [word for word in words if _KOREAN.fullmatch(word) and not _NO_NAME.search(word)]


def _spoken(cells: Sequence[str]) -> re.Pattern[str] | None:
    """Return what finds the names of some cells in a text."""
    found = []
    for cell in cells:
        if _LATIN.fullmatch(cell.strip()):
            found.append(re.escape(cell.strip()))
        for name in _names(cell):
            close = rf"(?=\s*{_TITLE})" if len(name) == 2 else ""
            found.append(rf"(?<![가-힣]){re.escape(name)}{close}")
    return re.compile("|".join(found)) if found else None
