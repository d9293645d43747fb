"""Standard: how near a facility ought to be, who says so, and with what force."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from access.errors import InputError, Lang, Problem
from access.inputs.districts import Districts
from access.inputs.places import Places
from access.inputs.population import is_group
from access.korea.standards import Item, Preset, preset
from access.ledger import Findings, Ledger

OFFICIAL_KMH = {"walk": 3.0, "drive": 25.0}
"""The clocks of official standards: minutes become metres along the streets by these."""

SCOPES = ("all", "eupmyeon")
LONGEST_M = 500_000.0


@dataclass(frozen=True, slots=True)
class Standard:
    """A threshold, a facility, and where the number comes from.

    name          what tables call it
    mode          "walk" or "drive"
    metres        the threshold along the streets, or
    minutes       the threshold in minutes on the clock `kmh`, or
    per_district  how many places each district needs: exactly one of the three
    kmh           the clock (default: 3 on foot, 25 by car)
    compare       further thresholds, in the unit of the first, to be seen beside it
    to            kinds of places that count; `category` keeps those called by one of its words
    group         whom it is for
    scope         "all", or "eupmyeon": only 읍 and 면 are judged
    target        percent of the people (of the districts, with `per_district`) to be within
    source        who says so; `status`: with what force
    profile       the profile of the mode that is shown beside it, at its real pace
    preset, item  the official one it was taken from; `changed`: what the planner set otherwise
    unverified    its number was not seen in a source

    Raises InputError (E600, E602, E606, E982 to E985) for what cannot be asked.

    >>> Standard("작은도서관", minutes=15).limit_m
    750.0
    """

    name: str
    mode: str = "walk"
    metres: float | None = None
    minutes: float | None = None
    per_district: int | None = None
    kmh: float | None = None
    compare: tuple[float, ...] = ()
    to: tuple[str, ...] = ("centre",)
    category: tuple[str, ...] = ()
    group: str = "all"
    scope: str = "all"
    target: float | None = None
    source: str = ""
    status: str = ""
    profile: str = "general"
    preset: str = ""
    item: str = ""
    changed: tuple[str, ...] = ()
    unverified: bool = False

    def __post_init__(self) -> None:
        problems = [
            _nearest(key, value, valid)
            for key, value, valid in (
                ("mode", self.mode, tuple(OFFICIAL_KMH)),
                ("scope", self.scope, SCOPES),
            )
            if value not in valid
        ]
        kmh = OFFICIAL_KMH.get(self.mode, 3.0) if self.kmh is None else self.kmh
        object.__setattr__(self, "kmh", kmh)
        for key in ("compare", "to", "category", "changed"):
            value = getattr(self, key)
            several = (value,) if isinstance(value, str | int | float) else tuple(value)
            object.__setattr__(self, key, several)
        problems += self._wrong_numbers()
        if not self.to or not all(isinstance(kind, str) for kind in self.to):
            problems.append(Problem("E602", column="to", value=str(self.to)))
        if not isinstance(self.group, str) or not is_group(self.group):
            problems.append(Problem("E606", column="group", value=str(self.group)))
        if problems:
            raise InputError(problems)

    def _wrong_numbers(self) -> list[Problem]:
        given = {k: getattr(self, k) for k in ("metres", "minutes", "per_district")}
        given = {key: value for key, value in given.items() if value is not None}
        if len(given) != 1:
            facts = {"name": self.name}
            return [Problem("E982", column="metres", value=", ".join(given) or None, facts=facts)]
        ((key, value),) = given.items()
        problems = [
            Problem("E983", column=name, value=str(number))
            for name, number in ((key, value), ("kmh", self.kmh))
            if not _positive(number)
        ]
        if not problems and key != "per_district" and not self.limit_m <= LONGEST_M:
            problems.append(Problem("E983", column=key, value=str(value)))
        if key == "per_district" and not float(value).is_integer():
            problems.append(Problem("E983", column=key, value=str(value)))
        ascending = all(a < b for a, b in pairwise(self.compare)) if not problems else True
        if not all(_positive(c) for c in self.compare) or not ascending:
            problems.append(Problem("E984", column="compare", value=str(list(self.compare))))
        if self.compare and key == "per_district":
            problems.append(Problem("E984", column="compare", value=str(list(self.compare))))
        if self.target is not None and not (_positive(self.target) and self.target <= 100):
            problems.append(Problem("E985", column="target", value=str(self.target)))
        return problems

    @classmethod
    def from_preset(cls, key: str, item: str = "", **changes: Any) -> tuple[Self, ...]:
        """Return the standards of an official preset, or of one of its items, with changes.

        Raises InputError for a preset (E980) or item (E981) that does not exist, for an item
        whose threshold was not found and is not given (E986), and where several items would be
        given one `category` or `name` (E987).

        >>> [s.limit_m for s in Standard.from_preset("KR_NMS_2018_village", "small_library")]
        [750.0]
        """
        found = preset(key)
        items = (found.item(item),) if item else found.items
        for key_of_one in ("category", "name"):
            if len(items) > 1 and key_of_one in changes:
                facts = {"items": ", ".join(i.key for i in items), "key": key_of_one}
                raise InputError.of("E987", column="item", value=found.key, facts=facts)
        return tuple(cls(**_filled(found, one, changes)) for one in items)

    @property
    def metres_a_minute(self) -> float:
        """How many metres its clock makes of a minute."""
        return (self.kmh or 0.0) * 1000 / 60

    @property
    def limit_m(self) -> float:
        """The threshold in metres along the streets; NaN where places are counted."""
        if self.per_district is not None:
            return math.nan
        return self._metres(self.metres if self.minutes is None else self.minutes)

    @property
    def limits_m(self) -> tuple[float, ...]:
        """All thresholds in metres, ascending: its own among those to compare."""
        if self.per_district is not None:
            return ()
        return tuple(sorted({self.limit_m, *(self._metres(c) for c in self.compare)}))

    def _metres(self, value: float | None) -> float:
        return float(value or 0) * (1.0 if self.minutes is None else self.metres_a_minute)

    def title(self, lang: Lang = "ko") -> str:
        """Return what it is called: its own name, else that of the preset and item."""
        if self.name or not self.preset:
            return self.name
        return f"{preset(self.preset).words[lang]}: {self.label(lang)}"

    def label(self, lang: Lang = "ko") -> str:
        """Return a short name: its own, else that of the facility."""
        if self.name or not self.preset:
            return self.name
        return preset(self.preset).item(self.item).words[lang]

    def force(self, lang: Lang = "ko") -> str:
        """Return its legal status in words, and that its number was changed or not seen."""
        ko = lang == "ko"
        told = self.status or (preset(self.preset).status[lang] if self.preset else "")
        parts = [told or ("계획가의 기준" if ko else "the planner's own")]
        if self.unverified:
            parts.append("값 미확인" if ko else "number unverified")
        if "number" in self.changed:
            parts.append("공식 값을 바꿈" if ko else "official number changed")
        return ", ".join(parts)

    def origin(self, lang: Lang = "ko") -> str:
        """Return who says so, and of when."""
        if self.preset:
            found = preset(self.preset)
            return f"{self.source or found.source[lang]} [{found.vintage}]"
        return self.source or ("출처를 적지 않음" if lang == "ko" else "no source given")

    def note(self, lang: Lang = "ko") -> str:
        """Return what a reader of an official one must know, "" for the planner's own."""
        return preset(self.preset).note[lang] if self.preset else ""

    def counted(self, places: Places) -> npt.NDArray[np.bool_]:
        """Return (p,) which places of a study are such facilities."""
        which: npt.NDArray[np.bool_] = np.isin(places.kind, self.to)
        if self.category:
            which = which & np.isin(places.category, self.category)
        return which

    def covers(self, districts: Districts) -> npt.NDArray[np.bool_]:
        """Return (d,) which districts it is for."""
        if self.scope == "all":
            return np.ones(len(districts), dtype=bool)
        return np.array([str(n).endswith(("읍", "면")) for n in districts.names.tolist()], bool)


def check(standards: Iterable[Standard], places: Places, file: str) -> Ledger:
    """Hold standards against the places of a study.

    Raises InputError for kinds that no place is of (E605) and for categories of the planner's that
    none has (E988). Official facilities that the study has no places of, as a preset calls them,
    are noted (W989) and not judged.
    """
    kinds = sorted(set(places.kind.tolist()))
    problems: list[Problem] = []
    absent: dict[str, list[str]] = {}
    for standard in standards:
        unknown = [kind for kind in standard.to if kind not in kinds]
        facts = {"kinds": ", ".join(kinds)}
        problems += [Problem("E605", file, column="to", value=k, facts=facts) for k in unknown]
        if unknown or standard.counted(places).any() or not standard.category:
            continue
        if standard.preset and "category" not in standard.changed:
            absent.setdefault(standard.preset, []).append(
                f"{preset(standard.preset).item(standard.item).words['ko']}({standard.item})"
            )
            continue
        there = sorted(set(places.category[np.isin(places.kind, standard.to)].tolist()) - {""})
        facts = {"name": standard.title(), "valid": ", ".join(there) or "-"}
        value = ", ".join(standard.category)
        problems.append(Problem("E988", file, column="category", value=value, facts=facts))
    if problems:
        raise InputError(problems)
    found = Findings(file)
    for key, items in absent.items():
        found.note("W989", column="standard", value=key, items=", ".join(items))
    return Ledger(tuple(found.entries))


def _filled(found: Preset, item: Item, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a preset's item, with what the planner sets otherwise."""
    own: dict[str, Any] = {
        "name": "",
        "mode": item.mode,
        "kmh": item.kmh,
        "category": item.category,
        "scope": found.scope,
        "profile": item.profile,
        "preset": found.key,
        "item": item.key,
        "unverified": item.unverified,
    }
    threshold = {
        "metres": item.metres,
        "minutes": item.minutes[-1] if item.minutes else None,
        "per_district": item.per_district,
    }
    numbers = {key: value for key, value in changes.items() if key in threshold}
    if not numbers and all(value is None for value in threshold.values()):
        facts = {"item": (item.words["ko"], item.words["en"]), "preset": found.key}
        raise InputError.of("E986", column="minutes", value=item.key, facts=facts)
    known = {**own, **threshold}
    changed = [k for k, v in changes.items() if k in own and _plain(v) != _plain(own[k])]
    if numbers and any(known.get(key) != value for key, value in numbers.items()):
        official = any(value is not None for value in threshold.values())
        changed += ["number"] if official else []
        known |= dict.fromkeys(threshold)
        known["unverified"] = False
    if "kmh" in changed:
        changed.append("number")
    return {**known, **changes, "changed": tuple(dict.fromkeys(changed))}


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _positive(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and value > 0


def _nearest(key: str, value: Any, valid: tuple[str, ...]) -> Problem:
    close = get_close_matches(str(value), valid, n=1, cutoff=0.0)
    facts = {"key": key, "nearest": close[0], "valid": ", ".join(valid)}
    return Problem("E600", column=key, value=str(value), facts=facts)
