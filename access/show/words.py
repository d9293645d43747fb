"""What maps, reports and tables call things, in Korean and in English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from access.errors import Lang

if TYPE_CHECKING:
    from access.study.question import Question
    from access.study.study import Study


@cache
def words(lang: Lang) -> Mapping[str, str]:
    """Return every word of the show in one language.

    >>> words("ko")["district"], words("en")["district"]
    ('읍·면·동', 'District')
    """
    found: dict[str, str] = {}
    for file in ("words.toml", "chapters.toml"):
        table = tomllib.loads(files("access.show").joinpath(file).read_text("utf-8"))
        found |= {key: entry[lang] for key, entry in table.items()}
    return found


def number(value: float) -> str:
    """Return minutes without a needless point.

    >>> number(15.0), number(7.5)
    ('15', '7.5')
    """
    return f"{value:g}"


def day(when: date | None, lang: Lang) -> str:
    """Return a date as offices write it.

    >>> from datetime import date
    >>> day(date(2025, 6, 30), "ko"), day(date(2025, 6, 30), "en"), day(None, "ko")
    ('2025. 6. 30.', '2025-06-30', '적지 않음')
    """
    if when is None:
        return words(lang)["no_date"]
    return f"{when.year}. {when.month}. {when.day}." if lang == "ko" else when.isoformat()


def means(question: Question, lang: Lang) -> str:
    """Return the means of a question: mode, and the profile where it is not the usual one."""
    said = words(lang)
    mode = said[f"mode_{question.mode}"]
    if question.profile == "general":
        return mode
    return f"{mode} ({said[f'profile_{question.profile}_{question.mode}']})"


def group(name: str, lang: Lang) -> str:
    """Return the name of a group of people.

    >>> group("65+", "ko"), group("0-18", "en"), group("all", "ko")
    ('65세 이상', 'aged 0–18', '전체 주민')
    """
    if name == "all":
        return words(lang)["everyone"]
    if name.endswith("+"):
        return words(lang)["aged_from"].format(first=name[:-1])
    first, dash, last = name.partition("-")
    return words(lang)["aged"].format(first=first, last=last) if dash else name


def kind(name: str, lang: Lang) -> str:
    """Return the name of a kind of places; other kinds are called as the study calls them."""
    return words(lang).get(f"kind_{name}", name)


def describe(question: Question, lang: Lang) -> str:
    """Return a question as one line: means, limit, for whom, to what."""
    said = words(lang)
    limit = said["within"].format(minutes=number(question.limit))
    kinds = "·".join(kind(k, lang) for k in question.to)
    return " · ".join([means(question, lang), limit, group(question.group, lang), kinds])


def title(question: Question, lang: Lang) -> str:
    """Return what a question is called: its name, else how it would describe itself."""
    return question.name or describe(question, lang)


def standing_lines(study: Study, lang: Lang) -> list[str]:
    """Return what stands under every title: date, what is not counted, and if it is fictional."""
    said = words(lang)
    lines = [f"{said['as_of']} {day(study.as_of, lang)}", said["no_bus"]]
    return [*lines, said["synthetic"]] if study.synthetic else lines


def credits(study: Study) -> list[str]:
    """Return the licence lines of the data, each once, in the order of the sources."""
    return list(dict.fromkeys(s.attribution for s in study.sources if s.attribution))
