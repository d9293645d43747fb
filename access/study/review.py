"""The review of a study: what is good, what is wrong, what is still missing, what to do next.

It serves a folder that `begin_study` has just laid out as well as a finished one: every file that
is there is read by itself, and once all are, they are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from access.errors import InputError, Lang, Problem, listing
from access.inputs.districts import read_districts
from access.korea.opendata import read_places, read_programmes
from access.korea.residents import read_residents
from access.ledger import Ledger, Tally, sentence
from access.study.document import FILE, Document
from access.study.folder import join_parts
from access.study.guide import LISTS, Entry, entries
from access.study.join import count_groups, place_cells, place_places
from access.study.layout import OUTLINE, PAGE, shell
from access.study.readers import read_cells
from access.study.reading import Progress, Reading, find_document, read_files
from access.study.study import Study

State = Literal["good", "wrong", "absent", "unused", "waiting"]
_MARKS = {"good": "○", "wrong": "×", "absent": "×", "unused": "·", "waiting": "·"}
_ABSENT = "E625"
_LARGEST = 100_000_000
"""Bytes of the largest file that is tried out unasked."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be done before a study can be run, and how it stands.

    words     what it is called, by language
    state     good; wrong or absent: to be done; unused: not asked for; waiting for other steps
    header    its part of the document, e.g. [cells]; "" for the document and for the joining
    file      the file the document names for it
    problems  what is wrong
    tallies   what became of the rows of its file
    get       what its file is and where it is published, by language
    fits      files of the folder, named nowhere, that can be read as it
    """

    words: Mapping[str, str]
    state: State
    header: str = ""
    file: str = ""
    problems: tuple[Problem, ...] = ()
    tallies: tuple[Tally, ...] = ()
    get: Mapping[str, tuple[str, ...]] | None = None
    fits: tuple[str, ...] = ()

    @property
    def due(self) -> bool:
        """Whether something is left to do."""
        return self.state in ("wrong", "absent")


@dataclass(frozen=True, slots=True)
class Review:
    """The steps to a study, in the order of the work.

    document  the name of the document, of which a folder may hold several
    remarks  what was repaired, left out or is worth knowing, of every file that could be read
    loose    files of the folder that the document does not name
    """

    folder: Path
    steps: tuple[Step, ...]
    document: str = FILE
    remarks: tuple[Problem, ...] = ()
    loose: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether the study can be run."""
        return not any(step.due for step in self.steps)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, step by step."""
        return tuple(problem for step in self.steps for problem in step.problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Remarks that may change an answer (W)."""
        return tuple(p for p in self.remarks if p.level == "W")

    def text(self, lang: Lang = "ko") -> str:
        """Return the whole review as lines, what to do next at the end."""
        ko = lang == "ko"
        lines = [_line(step, lang) for step in self.steps]
        wrong = self.problems
        if wrong:
            lines += ["", "고칠 것" if ko else "To be corrected", listing(wrong, lang)]
        if self.remarks:
            lines += ["", "알아 둘 것" if ko else "Worth knowing", listing(self.remarks, lang)]
        if self.loose:
            said = "study.toml이 쓰지 않는 파일" if ko else "Files that study.toml does not name"
            lines += ["", f"{said}: {', '.join(self.loose)}"]
        return "\n".join([*lines, "", *self._next(lang)])

    def _next(self, lang: Lang) -> list[str]:
        ko, where = (
            lang == "ko",
            shell(self.folder if self.document == FILE else self.folder / self.document),
        )
        due = [step for step in self.steps if step.due]
        if not due:
            out = "결과" if ko else "results"
            said = "계산할 수 있습니다. 다음" if ko else "The study can be run. Next"
            return [f"{said}: access run {where} --out {out}"]
        left = len(due)
        step = next((step for step in due if step.state == "wrong"), due[0])
        said = f"다음 할 일 (남은 것 {left}가지)" if ko else f"Next ({left} to do)"
        lines = [f"{said}: {step.words[lang]}"]
        key = f"{step.header} file"
        if step.state == "wrong":
            lines.append(
                "  위의 '고칠 것'대로 고치세요." if ko else "  Correct what is said above."
            )
        else:
            lines += [f"  {line}" for line in (step.get or {}).get(lang, ())]
            lines.append(
                f"  이 폴더에 '{step.file}'(으)로 넣거나, study.toml의 {key}을 고치세요."
                if ko
                else f"  Put it here as '{step.file}', or correct {key} in study.toml."
            )
        lines += [
            f"  폴더의 '{name}'을(를) 그렇게 읽을 수 있습니다. {key} = \"{name}\""
            if ko
            else f"  '{name}' in the folder can be read as that. {key} = \"{name}\""
            for name in step.fits
        ]
        again = f"access check {where}"
        return [*lines, f"  그다음: {again}" if ko else f"  Then: {again}"]


def review(folder: str | Path, *, progress: Progress | None = None) -> Review:
    """Look at a study, finished or not; nothing is computed.

    Raises DownloadError where the document asks for streets from the internet and none come.

    >>> from access import sample_folder
    >>> seen = review(sample_folder())
    >>> seen.ready, [step.file for step in seen.steps][:3]
    (True, ['study.toml', 'districts.geojson', 'residents.csv'])
    """
    path = find_document(folder)
    home, name = path.parent, path.name
    try:
        reading = read_files(folder, progress)
    except InputError as error:
        return Review(home, (Step(_SETTINGS, "wrong", file=name, problems=error.problems),), name)
    faults = tuple(p for p in reading.faults if p.code != _ABSENT)
    steps = [Step(_SETTINGS, "wrong" if faults else "good", file=name, problems=faults)]
    loose = _loose(reading)
    unclaimed = list(loose)
    for key, entry, part in _files(reading.document):
        steps.append(_file_step(reading, key, entry, part, unclaimed))
    read = sum((_ledger(found) for found in reading.found.values()), Ledger())
    together = Step(_TOGETHER, "waiting")
    try:
        if any(step.due for step in steps):
            _join_some(reading)
        else:
            read = Study(**join_parts(reading)).ledger
            together = Step(_TOGETHER, "good")
    except InputError as error:
        together = Step(_TOGETHER, "wrong", problems=error.problems)
    remarks = (*_other_city(reading), *(entry.problem for entry in read.entries))
    whole = {tally.place: tally for tally in read.tallies}
    settled = [_settled(step, whole) for step in steps]
    return Review(home, (*settled, together), name, remarks, tuple(loose))


_SETTINGS = {"ko": "연구 설정", "en": "Settings"}
_TOGETHER = {"ko": "자료를 서로 맞추기", "en": "The files together"}


def _files(document: Document) -> list[tuple[str, Entry, Any]]:
    """Return every file the document names or could: its key, its entry in the guide, its part."""
    found: list[tuple[str, Entry, Any]] = []
    kinds = {part.kind for part in document.places}
    lists = [entry for entry in entries().values() if entry.part == "places"]
    for entry in entries().values():
        if entry.part == "places":
            same = [
                (f"places[{number}]", entry, part)
                for number, part in enumerate(document.places, start=1)
                if part.kind == entry.kind
            ]
            found += same or ([("places", entry, None)] * entry.optional)
            kinds.discard(entry.kind)
        elif entry.part in LISTS and "file" in entry.keys:
            parts = enumerate(getattr(document, entry.part), start=1)
            found += [(f"{entry.part}[{number}]", entry, part) for number, part in parts] or [
                (entry.part, entry, None)
            ]
        elif "file" in entry.keys:
            found.append((entry.part, entry, getattr(document, entry.part)))
    found += [
        (f"places[{number}]", lists[0], part)
        for number, part in enumerate(document.places, start=1)
        if part.kind in kinds
    ]
    return found


def _file_step(reading: Reading, key: str, entry: Entry, part: Any, unclaimed: list[str]) -> Step:
    if part is None:
        return Step(entry.words, "unused", entry.header)
    words = entry.words
    if entry.part == "places" and part.kind != entry.kind:
        words = {"ko": f"시설({part.kind})", "en": f"Places ({part.kind})"}
    file = part.file or getattr(part, "place", None) or ""
    if key in reading.found:
        return Step(words, "good", entry.header, file, (), _ledger(reading.found[key]).tallies)
    if key in reading.failed:
        problems = reading.failed[key].problems
        if mistaken := _mistaken(reading, entry, file):  # which says it all
            problems = mistaken + tuple(p for p in problems if p.code not in _NO_COLUMNS)
        return Step(words, "wrong", entry.header, file, problems)
    fits = _fitting(reading, entry, unclaimed)
    return Step(words, "absent", entry.header, file, get=entry.get, fits=fits)


_NO_COLUMNS = frozenset({"E112", "E131", "E323", "E444", "E460", "E461"})
"""What is said of columns that are missing, whether or not the table is known."""


def _ledger(found: Any) -> Ledger:
    ledger: Ledger = getattr(found, "ledger", Ledger())
    return ledger


def _settled(step: Step, whole: Mapping[str, Tally]) -> Step:
    """Return a step with its rows as they stand once all files are joined."""
    tallies = tuple(whole.get(tally.place, tally) for tally in step.tallies)
    return replace(step, tallies=tallies)


def _join_some(reading: Reading) -> None:
    """Hold what is there against the districts, so that another city's file is told at once."""
    found = reading.found
    districts, cells = found.get("districts"), found.get("cells")
    if districts is None:
        return
    if cells is not None:
        crosswalk = found.get("crosswalk")
        cell_district, _ = place_cells(cells, districts, crosswalk)
        if residents := found.get("residents"):
            count_groups(cells, districts, cell_district, residents, (), crosswalk)
    for key, part in found.items():
        if key.startswith("places"):
            place_places(part, districts)


def _loose(reading: Reading) -> list[str]:
    """Return the files of the folder that the document does not name."""
    named = {Path(name).stem for _, name in reading.document.tables()}
    own = {FILE, OUTLINE, *PAGE.values()}
    return sorted(
        path.name
        for path in reading.folder.iterdir()
        if path.is_file()
        and path.name not in own
        and path.stem not in named  # the .dbf beside the .shp
        and path.suffix.lower() in _KINDS
        and not path.name.startswith((".", "~"))
    )


_KINDS: Mapping[str, tuple[str, ...]] = {
    ".csv": ("residents", "cells", "places", "programmes"),
    ".tsv": ("residents", "cells", "places", "programmes"),
    ".txt": ("residents", "cells", "places", "programmes"),
    ".xlsx": ("residents", "cells", "places", "programmes"),
    ".geojson": ("districts", "cells"),
    ".gpkg": ("districts", "cells"),
    ".shp": ("districts", "cells"),
    ".json": ("streets", "districts"),
    ".pbf": ("streets",),
    ".osm": ("streets",),
    ".graphml": ("streets",),
}
"""What a file of this kind may be to a study."""


def _read_streets(path: Path) -> Any:
    from access.network.read import read_ways

    return read_ways(path)


_READERS: Mapping[str, Callable[[Path], Any]] = {
    "districts": read_districts,
    "residents": read_residents,
    "cells": read_cells,
    "streets": _read_streets,
    "places": lambda path: read_places(path, kind="centre"),
    "programmes": read_programmes,
}


def _fitting(reading: Reading, entry: Entry, unclaimed: list[str]) -> tuple[str, ...]:
    """Return the files, named nowhere, that can be read as a part, and claim them for it."""
    fits = tuple(name for name in unclaimed if _reads(reading.folder / name, entry.part))
    for name in fits:
        unclaimed.remove(name)
    return fits


def _mistaken(reading: Reading, entry: Entry, file: str) -> tuple[Problem, ...]:
    """Say so where the file of one part can be read as that of another."""
    path = reading.folder / file
    for other in entries().values():
        if {other.part, entry.part} == {"origins", "places"}:
            continue  # schools may be either
        if other.part != entry.part and _reads(path, other.part):
            words = (other.words["ko"], other.words["en"])
            return (Problem("E647", path.name, facts={"what": words, "key": other.header}),)
    return ()


def _reads(path: Path, part: str) -> bool:
    """Say whether a file can be read as a part of the document, as it is."""
    if part not in _KINDS.get(path.suffix.lower(), ()):
        return False
    try:
        if path.stat().st_size > _LARGEST:
            return False
        _READERS[part](path)
    except (InputError, OSError):
        return False
    return True


def _other_city(reading: Reading) -> list[Problem]:
    """Say so where the residents are of a city that the study is not called after."""
    residents, name = reading.found.get("residents"), reading.document.name
    if residents is None or "districts" not in reading.found or name.isascii():
        return []
    above = {tuple(town.split()[:-1]) for town in residents.names.tolist()} - {()}
    own = {word for words in above for word in (words[1:] or words)}
    if not own or any(word[:2] in name for word in own):
        return []
    cities = ", ".join(sorted(" ".join(words) for words in above))
    return [Problem("W646", residents.file, facts={"city": name, "cities": cities})]


def _line(step: Step, lang: Lang) -> str:
    ko = lang == "ko"
    told = {
        "good": "",
        "wrong": f"고칠 것 {len(step.problems)}건" if ko else f"{len(step.problems)} to correct",
        "absent": "아직 없음" if ko else "not there yet",
        "unused": "쓰지 않음(없어도 됩니다)" if ko else "not used (not required)",
        "waiting": "나머지 파일을 기다립니다" if ko else "waits for the other files",
    }[step.state]
    if step.fits:
        names = ", ".join(step.fits)
        told += f" (읽을 수 있는 파일: {names})" if ko else f" (can be read as it: {names})"
    rows = " · ".join(sentence(tally, lang) for tally in step.tallies)
    place = " ".join(part for part in (step.words[lang], step.file) if part)
    said = ": ".join(part for part in (place, told or rows) if part)
    return f"{_MARKS[step.state]} {said}"
