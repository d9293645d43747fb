"""The guide: what a planner is told about every part and key of `study.toml`.

Its words stand in `guide.toml`, beside the keys themselves (`document`); a test compares the two.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from access.errors import Lang

LISTS = ("addresses", "places", "programmes", "question", "standard")
"""Parts that a document may have several of."""
FILES = {"streets": "streets.osm.pbf", "residents": "residents.csv"}
"""The files that come in several kinds, and what a new study calls them."""
_WITHOUT = {"ko": " (없어도 됩니다)", "en": " (not required)"}
_QUESTION = {"ko": "도보 15분", "en": "15 minutes on foot"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One part of the document, as it is explained.

    part      its table in the document; "" for the keys at the top
    optional  a study does without it
    words     what it is called, by language
    get       what its file is and where it is published, a line each, by language
    keys      its keys: the line to write, and what it means by language
    """

    part: str
    optional: bool
    words: Mapping[str, str]
    get: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, Mapping[str, str]]

    @property
    def header(self) -> str:
        """The line that opens it: `[cells]`, `[[places]]`."""
        name = f"[{self.part}]" if self.part else ""
        return f"[{name}]" if self.part in LISTS else name

    @property
    def kind(self) -> str:
        """The kind of places it is about, or ""."""
        return _value(self.keys["kind"]["write"]) if "kind" in self.keys else ""


@cache
def entries() -> Mapping[str, Entry]:
    """Return the parts by their name in the guide, in the order of the work.

    >>> list(entries())[:4]
    ['top', 'districts', 'residents', 'crosswalk']
    >>> entries()["idle"].header, entries()["idle"].kind
    ('[[places]]', 'idle')
    """
    return {name: _entry(told) for name, told in _words().items() if "keys" in told}


def write_toml(
    city: str,
    lang: Lang = "ko",
    *,
    files: Mapping[str, str] = FILES,
    facts: Sequence[str] = (),
) -> str:
    """Return a `study.toml` for a city in which every key is explained.

    `files` names the files that may come in several kinds, as FILES does; `facts` are lines known
    of the city, written under the opening.

    >>> "name = \\"안성시\\"" in write_toml("안성시")
    True
    """
    holes = {**files, "city": city, "lang": lang, "question": _QUESTION[lang]}
    lines = [f"# {line}" for line in (*_told("opening", city, lang), *facts)]
    for entry in entries().values():
        lines += ["", f"# === {entry.words[lang]} ==="]
        lines += [f"# {line}" for line in entry.get[lang]]
        if entry.part:
            lines.append("#" * entry.optional + entry.header)
        for told in entry.keys.values():
            lines += [f"# {told[lang]}", _filled(told["write"], holes)]
    return "\n".join(lines) + "\n"


def write_page(city: str, lang: Lang = "ko", *, files: Mapping[str, str] = FILES) -> str:
    """Return the page that lies in a new folder: what goes where, and what to run."""
    lines = _told("page", city, lang)
    for entry in entries().values():
        if "file" in entry.keys:
            file = _value(_filled(entry.keys["file"]["write"], files))
            without = _WITHOUT[lang] * entry.optional
            lines += ["", f"{file}: {entry.words[lang]}{without}"]
            lines += [f"    {line}" for line in entry.get[lang]]
    return "\n".join(lines) + "\n"


def _told(name: str, city: str, lang: Lang) -> list[str]:
    text: str = _words()[name][lang]
    return text.strip().replace("{city}", city).splitlines()


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("access").joinpath("study/guide.toml").read_text("utf-8"))


def _entry(told: Mapping[str, Any]) -> Entry:
    return Entry(
        part=told["part"],
        optional=told.get("off", False),
        words={lang: told[lang] for lang in ("ko", "en")},
        get={
            lang: tuple(told.get(f"get_{lang}", "").strip().splitlines()) for lang in ("ko", "en")
        },
        keys=told["keys"],
    )


def _filled(line: str, holes: Mapping[str, str]) -> str:
    """Fill the holes of a line in one go, so that a city called {lang} stays one."""
    return re.sub(r"\{(\w+)\}", lambda hole: _quoted(holes[hole[1]]), line)


def _value(line: str) -> str:
    """Return the text that a line such as `#kind = "idle"` gives."""
    (value,) = tomllib.loads(line.lstrip("#")).values()
    return str(value)


def _quoted(text: str) -> str:
    """Return a text as TOML writes it (printable characters only: JSON's strings are TOML's)."""
    return json.dumps(text, ensure_ascii=False)
