"""The layout of a new study: a folder with a `study.toml` in which every key is explained.

What is there stays as it is, so that the same call later adds only what is missing: the streets,
say, on a computer with internet.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from access.errors import DownloadError, InputError, Lang, OutputError, Problem
from access.study.document import FILE
from access.study.guide import FILES, write_page, write_toml

if TYPE_CHECKING:
    from access.network.place import Place

STREETS, OUTLINE = "streets.json", "outline.geojson"
PAGE = {"ko": "읽어주세요.txt", "en": "READ ME.txt"}
CREDIT = "© OpenStreetMap contributors, ODbL 1.0"

_FORBIDDEN = '<>:"|?*'
_DEVICES = {"CON", "PRN", "AUX", "NUL"} | {f"{n}{i}" for n in ("COM", "LPT") for i in range(1, 10)}
_LONGEST_CITY = 100
_NO_SUCH_PLACE = "E705"


@dataclass(frozen=True, slots=True)
class City:
    """A city as a table of residents knows it.

    name   e.g. 경기도 안성시
    codes  its 시·군·구 codes, five digits each; several where it has 일반구
    towns  how many 읍·면·동 it has
    file   the table, and the month it counts
    """

    name: str
    codes: tuple[str, ...]
    towns: int
    file: str
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A laid-out folder: what was made, what was there, and what could not be had.

    called   the whole name of the place whose streets were downloaded, or ""
    city     what the table of residents says of the city, if one was given
    trouble  why nothing was downloaded, if it was tried
    """

    folder: Path
    made: tuple[str, ...]
    kept: tuple[str, ...]
    called: str = ""
    city: City | None = None
    trouble: Problem | None = None

    def text(self, lang: Lang = "ko") -> str:
        """Return what was done, and what to do next, as lines."""
        ko, lines = lang == "ko", []
        if self.made:
            lines.append(f"{'만들었습니다' if ko else 'Made'}: {', '.join(self.made)}")
        if self.kept:
            said = "이미 있어 그대로 두었습니다" if ko else "Already there and left as they are"
            lines.append(f"{said}: {', '.join(self.kept)}")
        if self.called:
            said = "도로와 경계를 받은 곳" if ko else "Streets and outline are those of"
            lines.append(f"{said}: {self.called}")
        lines += _facts(self.city, lang)
        if self.trouble is not None:
            lines.append(self.trouble.text(lang))
        said = "다음" if ko else "Next"
        return "\n".join([*lines, f"{said}: access check {shell(self.folder)}"])


def begin_study(
    folder: str | Path,
    city: str,
    *,
    lang: Lang = "ko",
    residents: str | Path | None = None,
    online: bool = True,
    progress: Callable[[str], None] | None = None,
    **how: Any,
) -> Layout:
    """Lay out a folder for the study of a city; nothing that is there is overwritten.

    city       its name, with the 시·도 where another city shares it: 강원특별자치도 고성군
    residents  the MOIS export, if at hand: copied into the folder, and asked for the city's
               code and the number of its 읍·면·동
    online     download streets and outline of the city; `how` is that of `download_place`

    Raises InputError for a name that no folder or no city can have, DownloadError for a city that
    OpenStreetMap does not know, OutputError where the folder cannot be written. Without internet
    the folder is laid out all the same, and `trouble` says why it has no streets.

    >>> import tempfile
    >>> made = begin_study(Path(tempfile.mkdtemp()) / "안성 자료", "안성시", online=False)
    >>> made.made
    ('study.toml', '읽어주세요.txt')
    """
    path = _checked(folder)
    name = _checked_city(city)
    known = None if residents is None else find_city(residents, name)
    place, trouble = None, None
    if online and not (path / STREETS).exists():
        place, trouble = _download(name, progress, how)
    made: list[str] = []
    kept: list[str] = []

    def write(file: str, put: Callable[[Path], object]) -> None:
        target = path / file
        if target.exists():
            kept.append(file)
            return
        half = target.with_name(f".{file}.part")
        try:
            put(half)
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)
        made.append(file)

    try:
        path.mkdir(parents=True, exist_ok=True)
        if place is not None:
            write(STREETS, lambda to: to.write_text(_packed(place.answer), "utf-8"))
            write(OUTLINE, lambda to: to.write_text(_outline(place, name, known), "utf-8"))
        files = dict(FILES)
        if residents is not None:
            files["residents"] = f"residents{Path(residents).suffix.lower()}"
            write(files["residents"], lambda to: shutil.copyfile(residents, to))
        if (path / STREETS).exists():
            files["streets"] = STREETS
        text = write_toml(name, lang, files=files, facts=_facts(known, lang))
        write(FILE, lambda to: to.write_text(text, "utf-8"))
        # Notepad reads it with a byte order mark and line ends of its own.
        page = write_page(name, lang, files=files).replace("\n", "\r\n")
        write(PAGE[lang], lambda to: to.write_bytes(page.encode("utf-8-sig")))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutputError.of("E642", file=str(folder), facts={"why": why}) from None
    called = "" if place is None else place.called
    return Layout(path, tuple(made), tuple(kept), called, known, trouble)


def find_city(residents: str | Path, city: str) -> City:
    """Find a city in the MOIS export of residents, by its name or its 시·도 and name.

    Raises InputError: unknown (E643, with the nearest name), the name of several (E644), no file
    (E189) or one that is no such export (E190).
    """
    from difflib import get_close_matches

    from access.korea.residents import read_residents

    file = Path(residents).name
    if not Path(residents).is_file():
        raise InputError.of("E189", value=str(residents))
    try:
        counted = read_residents(residents)
    except InputError as error:
        if error.code not in ("E112", "E323", "E386"):
            raise
        raise InputError.of("E190", file=file) from None
    wanted = city.split()
    found: dict[str, list[str]] = {}
    others: set[str] = set()
    for name, code in zip(counted.names.tolist(), counted.codes.tolist(), strict=True):
        above = name.split()[:-1]
        others.update(above)
        ends = [end for end in range(1, len(above) + 1) if above[:end][-len(wanted) :] == wanted]
        if ends:
            found.setdefault(" ".join(above[: ends[0]]), []).append(code)
    if not found:
        near = get_close_matches(wanted[-1], sorted(others), n=3, cutoff=0.3)
        facts = {"near": ", ".join(near) or "-"}
        raise InputError.of("E643", file=Path(residents).name, value=city, facts=facts)
    if len(found) > 1:
        told = ", ".join(f"{name} ({codes[0][:5]})" for name, codes in sorted(found.items()))
        raise InputError.of("E644", file=Path(residents).name, value=city, facts={"cities": told})
    ((name, codes),) = found.items()
    own = tuple(sorted({code[:5] for code in codes}))
    return City(name, own, len(codes), counted.file, counted.as_of)


def _checked(folder: str | Path) -> Path:
    """Return the folder; refuse a name that Windows or this disk cannot hold."""
    path = Path(folder)
    if not str(folder).strip():
        raise InputError.of("E640", value=str(folder), facts={"why": ("비었음", "it is empty")})
    for name in path.parts[bool(path.anchor) :]:
        if name in (".", ".."):
            continue
        strange = "".join(sorted({c for c in name if c in _FORBIDDEN or not c.isprintable()}))
        why = None
        if strange:
            why = (f"쓸 수 없는 글자 {strange}", f"it has {strange}")
        elif name[-1] in ". ":
            why = ("마침표나 빈칸으로 끝남", "it ends with a full stop or a space")
        elif name.partition(".")[0].upper() in _DEVICES:
            why = ("윈도가 쓰는 이름", "Windows keeps that name")
        elif len(os.fsencode(name)) > 255:
            why = ("너무 김", "it is too long")
        if why:
            raise InputError.of("E640", value=name, facts={"why": why})
    if path.exists() and not path.is_dir():
        raise InputError.of("E641", file=str(folder))
    return path


def _checked_city(city: str) -> str:
    name = " ".join(city.split())
    if not name or not name.isprintable() or len(name) > _LONGEST_CITY:
        raise InputError.of("E645", value=city)
    return name


def _download(
    city: str, progress: Callable[[str], None] | None, how: dict[str, Any]
) -> tuple[Place | None, Problem | None]:
    from access.network.place import download_place

    if progress is not None:
        progress(city)
    try:
        return download_place(city, **how), None
    except DownloadError as error:
        if error.code == _NO_SUCH_PLACE:  # a mistyped city is better told than laid out
            raise DownloadError.of("E710", value=city) from None
        why = tuple(error.problems[0].reason(lang) for lang in ("ko", "en"))
        return None, Problem("W711", value=city, facts={"why": why})


def _outline(place: Place, city: str, known: City | None) -> str:
    """Return the city's outline as GeoJSON, fit to be read as its one district."""
    code = known.codes[0] if known and len(known.codes) == 1 else "0"
    feature = {
        "type": "Feature",
        "properties": {"code": code.ljust(10, "0"), "name": city, "called": place.called},
        "geometry": place.outline,
    }
    return _packed({"type": "FeatureCollection", "attribution": CREDIT, "features": [feature]})


def _packed(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def shell(folder: Path) -> str:
    """Return a folder as it is typed in a terminal.

    >>> shell(Path("안성 자료(최종)"))
    '"안성 자료(최종)"'
    """
    text = str(folder)
    return f'"{text}"' if set(text) & set(" ()&;'") else text


def _facts(city: City | None, lang: Lang) -> list[str]:
    """Say what the table of residents told of the city."""
    if city is None:
        return []
    codes, when = ", ".join(city.codes), f", {city.as_of}" if city.as_of else ""
    if lang == "ko":
        return [f"{city.name}: 시군구 코드 {codes}, 읍·면·동 {city.towns}곳 ({city.file}{when})"]
    return [f"{city.name}: code {codes}, {city.towns} eup, myeon and dong ({city.file}{when})"]
