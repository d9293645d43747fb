"""Official service standards: presets with their source, legal status and vintage.

The numbers stand in `standards.toml`. None of them is law for places to learn.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from access.errors import InputError, Lang


@dataclass(frozen=True, slots=True)
class Item:
    """One facility of a preset and its threshold.

    key           what a study.toml calls it
    words         what it is called, by language
    mode          walk or drive
    kmh           the clock by which minutes become metres
    minutes       the threshold as published, of a range both ends; () where it is none
    metres        the threshold in metres along the streets, None where it is none
    per_district  how many places each district needs, instead of a distance
    profile       the profile of the mode that is nearest to how these people really move
    category      the words by which lists of places call the facility; () for all of the kind
    unverified    the number was not seen in a source
    """

    key: str
    words: Mapping[str, str]
    mode: str
    kmh: float
    minutes: tuple[float, ...] = ()
    metres: float | None = None
    per_district: int | None = None
    profile: str = "general"
    category: tuple[str, ...] = ()
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    """An official standard, or one by analogy; texts by language.

    vintage  the date its numbers are of
    scope    "all", or "eupmyeon" where it speaks of 읍 and 면 only
    """

    key: str
    words: Mapping[str, str]
    status: Mapping[str, str]
    source: Mapping[str, str]
    note: Mapping[str, str]
    vintage: str
    scope: str
    items: tuple[Item, ...]

    def item(self, key: str) -> Item:
        """Return one of its items; raise InputError (E981) with the nearest for another key."""
        found = {item.key: item for item in self.items}
        if key not in found:
            nearest = get_close_matches(key, found, n=1, cutoff=0.0)[0]
            facts = {"nearest": nearest, "valid": ", ".join(found), "preset": self.key}
            raise InputError.of("E981", column="item", value=key, facts=facts)
        return found[key]


@cache
def presets() -> Mapping[str, Preset]:
    """Return every preset by its key.

    >>> [key for key in presets()][:2]
    ['KR_NMS_2018_village', 'KR_NMS_2018_regional']
    """
    told = tomllib.loads(files("access").joinpath("korea/standards.toml").read_text("utf-8"))
    return MappingProxyType({key: _preset(key, entry) for key, entry in told.items()})


def preset(key: str) -> Preset:
    """Return a preset; raise InputError (E980) with the nearest key for one that is not there.

    >>> preset("KR_NMS_2018_village").item("small_library").minutes
    (10.0, 15.0)
    """
    if key not in presets():
        alike = {name.lower(): name for name in presets()}
        nearest = alike[get_close_matches(str(key).lower(), alike, n=1, cutoff=0.0)[0]]
        facts = {"nearest": nearest, "valid": ", ".join(presets())}
        raise InputError.of("E980", column="preset", value=str(key), facts=facts)
    return presets()[key]


def text(lang: Lang = "ko") -> str:
    """Return all presets as lines to read: items, thresholds, status and source."""
    ko = lang == "ko"
    lines: list[str] = []
    for found in presets().values():
        lines += ["", f"{found.key}  {found.words[lang]}"]
        said = ("법적 성격", "시점", "출처", "주의") if ko else ("Status", "Of", "Source", "Note")
        told = (found.status[lang], found.vintage, found.source[lang], found.note[lang])
        lines += [f"  {i.key:20} {i.words[lang]}: {_value(i, lang)}" for i in found.items]
        lines += [f"  {name}: {value}" for name, value in zip(said, told, strict=True)]
    return "\n".join(lines[1:])


def _value(item: Item, lang: Lang) -> str:
    ko = lang == "ko"
    unseen = (" (미확인)" if ko else " (unverified)") if item.unverified else ""
    if item.per_district is not None:
        n = item.per_district
        return f"읍·면마다 {n}개소 이상" if ko else f"at least {n} in each 읍 and 면"
    if item.metres is not None:
        return f"{item.metres:,.0f} m{unseen}"
    if not item.minutes:
        return f"{item.kmh:g} km/h, " + ("분을 적어야 함" if ko else "minutes to be typed")
    metres = item.minutes[-1] * item.kmh * 1000 / 60
    span = "–".join(f"{m:g}" for m in item.minutes)
    return f"{span}{'분' if ko else ' min'} ({item.kmh:g} km/h, {metres:,.0f} m){unseen}"


def _preset(key: str, told: Mapping[str, Any]) -> Preset:
    return Preset(
        key=key,
        words=_spoken(told),
        status=_spoken(told, "status_"),
        source=_spoken(told, "source_"),
        note=_spoken(told, "note_"),
        vintage=told["vintage"],
        scope=told.get("scope", "all"),
        items=tuple(_item(item) for item in told["items"]),
    )


def _item(told: Mapping[str, Any]) -> Item:
    rest = {name: value for name, value in told.items() if name not in ("ko", "en")}
    rest["minutes"] = tuple(float(m) for m in told.get("minutes", ()))
    rest["category"] = tuple(told.get("category", ()))
    return Item(words=_spoken(told), **rest)


def _spoken(told: Mapping[str, Any], stem: str = "") -> Mapping[str, str]:
    return MappingProxyType({lang: told[f"{stem}{lang}"] for lang in ("ko", "en")})
