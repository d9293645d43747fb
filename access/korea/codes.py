"""Codes of 읍·면·동: which system they are of, and what became of them between two dates.

    행정기관코드   10 digits, 시·도 2 + 시·군·구 3 + 읍·면·동 3 + 00: residents, and offices
    법정동코드     10 digits, with 101 to 199 for a 동 and the 리 in the last two: addresses, land
    통계청 코드    7 digits, since 2022 8: statistics (SGIS); other digits for the same 시·도

Sources: 행정표준코드 (행정안전부); 통계지리정보서비스 (국가데이터처). Checked against every code
of the residents of December 2020: none of the 3,554 행정기관코드 has a 1 in its sixth place, or
digits in its last two.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FEWEST = 3
"""So many names at least must be the same for a city to be known by its names."""

_STATISTICS = frozenset(("21", "22", "23", "24", "25", "32", "33", "34", "35", "37", "38", "39"))
"""시·도 of the statistics office that are none of the ministry's; the others mean both."""
_SYSTEMS = {
    "admin": ("행정기관코드(10자리)", "administrative codes (10 digits)"),
    "legal": ("법정동코드(10자리)", "codes of legal 동 and 리 (10 digits)"),
    "sgis7": ("통계청 코드(7자리)", "codes of the statistics office (7 digits)"),
    "sgis8": ("통계청 코드(8자리)", "codes of the statistics office (8 digits)"),
    "eight": (
        "통계청 코드(8자리)나 행정기관코드의 앞 8자리",
        "codes of the statistics office (8 digits), or the first eight of administrative codes",
    ),
    "other": ("다른 체계의 코드", "codes of another kind"),
}


def system(code: str) -> str:
    """Return the system a code is of: admin, legal, sgis7, sgis8, eight (either) or other.

    >>> [system(c) for c in ("4155025000", "1111010100", "3122011", "31220110", "경기")]
    ['admin', 'legal', 'sgis7', 'eight', 'other']
    """
    if not (code.isascii() and code.isdigit()):
        return "other"
    if len(code) == 10:
        return "legal" if code[5] == "1" or code[8:] != "00" else "admin"
    if len(code) == 8:
        return "sgis8" if code[:2] in _STATISTICS else "eight"
    return "sgis7" if len(code) == 7 else "other"


def systems(*groups: Iterable[str]) -> tuple[str, str]:
    """Return the systems of groups of codes, in Korean and English, each named once.

    >>> systems(["3122011"], ["4155025000"])[1]
    'codes of the statistics office (7 digits); administrative codes (10 digits)'
    """
    usual = []
    for codes in groups:
        counted = Counter(system(str(code)) for code in codes)
        if "legal" in counted:  # of 읍 and 면 the codes are the same
            counted = Counter({"legal": 1})
        usual += [name for name, _ in counted.most_common(1)]
    named = [_SYSTEMS[name] for name in dict.fromkeys(usual)]
    return "; ".join(ko for ko, _ in named), "; ".join(en for _, en in named)


def unlike(*groups: Iterable[str]) -> tuple[str, str]:
    """Return the systems of groups of codes in brackets, blanks where all are of one.

    >>> unlike(["3122011"], ["4155025000"])[0], unlike(["4155025000"], ["4125025000"])
    (' (통계청 코드(7자리); 행정기관코드(10자리))', ('', ''))
    """
    ko, en = systems(*groups)
    return (f" ({ko})", f" ({en})") if ";" in ko else ("", "")


def plain(name: str) -> str:
    """Return the last word of a name as it is compared: 창신제1동 is 창신1동, ㆍ and · are dots.

    >>> plain("서울특별시 종로구 종로1·2·3·4가동"), plain("창신제1동")
    ('종로1.2.3.4가동', '창신1동')
    """
    words = unicodedata.normalize("NFKC", name).split()
    word = re.sub("[·ㆍᆞ‧・,]", ".", words[-1] if words else "")
    return re.sub(r"제(?=\d)", "", word)


@dataclass(frozen=True, slots=True)
class Units:
    """읍·면·동 at one date: (n,) codes, names and, where known, people (else NaN)."""

    codes: Sequence[str]
    names: Sequence[str]
    people: npt.NDArray[np.float64]

    def by_code(self) -> dict[str, tuple[str, float]]:
        """Return code -> plain name and people."""
        told = zip(self.codes, self.names, self.people, strict=True)
        return {str(code): (plain(str(name)), float(people)) for code, name, people in told}


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one or more 읍·면·동.

    kind     renamed, recoded, split, merged, born or gone
    before   their codes at the earlier date, and `after` at the later
    sure     whether codes and names say so; else it is what the people make likely
    text     the change in words: `정왕2동 → 정왕2동, 거북섬동`
    """

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    sure: bool
    text: str


def compare(before: Units, after: Units) -> tuple[Change, ...]:
    """Return what changed between two dates, city by city, in the order of the codes.

    What codes and names tell is sure: the same code under another name, the same name under
    another code, 배곧동 that became 배곧1동 and 배곧2동. A 동 that is new beside others that stay
    was parted from one of them; where people are known, it is likely the one whose code comes just
    before if that lost people, else the one that lost most.

    >>> people = lambda *numbers: np.array(numbers, dtype=float)
    >>> old = Units(["4139059200", "4139064000"], ["정왕2동", "능곡동"], people(32, 19))
    >>> new = Units(["4139059200", "4139064000", "4139065000"], ["정왕2동", "능곡동", "거북섬동"],
    ...             people(27, 26, 11))
    >>> [(c.kind, c.text, c.sure) for c in compare(old, new)]
    [('split', '정왕2동 → 정왕2동, 거북섬동', False)]
    """
    old, new = before.by_code(), after.by_code()
    changes = [
        Change("renamed", (code,), (code,), True, f"{old[code][0]} → {new[code][0]}")
        for code in old.keys() & new.keys()
        if old[code][0] != new[code][0]
    ]
    gone, born = _by_city(old.keys() - new.keys()), _by_city(new.keys() - old.keys())
    for city in sorted(gone.keys() | born.keys()):
        left, right = gone.get(city, set()), born.get(city, set())
        kept = {code for code in old.keys() & new.keys() if code[:5] == city}
        for parts in _recoded(left, right, old, new):
            changes.append(_told("recoded", *parts, old, new))
        for stem in sorted({_stem(old[c][0]) for c in left} & {_stem(new[c][0]) for c in right}):
            ours = {c for c in left if _stem(old[c][0]) == stem}
            theirs = {c for c in right if _stem(new[c][0]) == stem}
            alone = all(_stem(old[c][0]) != stem and _stem(new[c][0]) != stem for c in kept)
            if alone and 1 in (len(ours), len(theirs)):
                kind = "split" if len(theirs) > len(ours) else "merged"
                kind = "recoded" if len(theirs) == len(ours) else kind
                changes.append(_told(kind, ours, theirs, old, new))
                left -= ours
                right -= theirs
        changes += _likely("split", right, kept | left, new, old, new, kept)
        changes += _likely("merged", left, kept | right, old, old, new, kept)
    return tuple(sorted(changes, key=lambda c: (*c.before, *c.after)))


_Named = Mapping[str, tuple[str, float]]


def _by_city(codes: Iterable[str]) -> dict[str, set[str]]:
    cities = defaultdict(set)
    for code in codes:
        cities[code[:5]].add(code)
    return cities


def _stem(name: str) -> str:
    """Return a name without its number: 배곧1동, 배곧본동 and 배곧동 are 배곧.

    >>> _stem("배곧1동"), _stem("정왕본동"), _stem("거북섬동")
    ('배곧', '정왕', '거북섬')
    """
    return re.sub(r"(?:[\d.]+|본)?[동가]*$", "", name) or name


def _told(
    kind: str,
    left: Iterable[str],
    right: Iterable[str],
    old: _Named,
    new: _Named,
    sure: bool = True,
) -> Change:
    before, after = tuple(sorted(left)), tuple(sorted(right))
    text = ", ".join(old[c][0] for c in before) or "-"
    text += " → " + (", ".join(new[c][0] for c in after) or "-")
    if kind == "recoded":
        text = f"{old[before[0]][0]} {before[0]} → {new[after[0]][0]} {after[0]}"
    return Change(kind, before, after, sure, text)


def _recoded(
    left: set[str], right: set[str], old: _Named, new: _Named
) -> list[tuple[list[str], list[str]]]:
    """Take out of both sets, and return, those of one name that got another code."""
    names = Counter(old[c][0] for c in left), Counter(new[c][0] for c in right)
    pairs = []
    for code in sorted(left):
        name = old[code][0]
        if names[0][name] == names[1][name] == 1:
            other = next(c for c in right if new[c][0] == name)
            pairs.append(([code], [other]))
            left.discard(code)
            right.discard(other)
    return pairs


def _likely(
    kind: str,
    alone: set[str],
    others: set[str],
    named: _Named,
    old: _Named,
    new: _Named,
    kept: set[str],
) -> list[Change]:
    """Return the changes that explain units of one date without a partner at the other."""
    parted: dict[str, set[str]] = defaultdict(set)
    changes = []
    for code in sorted(alone):
        lost = {c: (old[c][1] - new[c][1]) * (1 if kind == "split" else -1) for c in others & kept}
        short = {c: people for c, people in lost.items() if people > 0}
        nearest = max((c for c in kept if c < code), default="")
        parent = nearest if nearest in short else max(short, key=lambda c: short[c], default="")
        if parent:
            parted[parent].add(code)
        elif kind == "split":
            changes.append(_told("born", (), (code,), old, named, sure=False))
        else:
            changes.append(_told("gone", (code,), (), named, new, sure=False))
    for parent, codes in parted.items():
        sides = ({parent}, {parent, *codes}) if kind == "split" else ({parent, *codes}, {parent})
        changes.append(_told(kind, *sides, old, new, sure=False))
    return changes


def same_places(districts: Units, residents: Units) -> tuple[dict[str, str], str]:
    """Return residents' code -> districts' code where no code is in both, and how it was found.

    "renumbered": the 시·도 or 시·군·구 got other digits (강원 42 to 51, 전북 45 to 52); all other
    digits and the names are the same. "names": every 시·군·구 of the districts has, by name,
    exactly the 읍·면·동 of one 시·군·구 of the residents and of no other, three at least.
    """
    ours, theirs = districts.by_code(), residents.by_code()
    for digits in (2, 5):
        tails: dict[tuple[str, str], list[str]] = defaultdict(list)
        for code, (name, _) in theirs.items():
            tails[code[digits:], name].append(code)
        found: dict[str, str] = {}
        for city, codes in _by_city(ours).items():
            fits = [{c[:5] for c in tails[code[digits:], ours[code][0]]} for code in codes]
            known = set.intersection(*fits)
            if len(known) == 1 and len(codes) >= FEWEST:
                there = next(iter(known))
                found |= {there + code[5:]: code for code in codes if city != there}
        if len(found) == len(ours):
            return found, "renumbered"
    cities = {
        city: {theirs[code][0]: code for code in codes} for city, codes in _by_city(theirs).items()
    }
    pairs: dict[str, str] = {}
    for codes in _by_city(ours).values():
        names = {ours[code][0]: code for code in codes}
        fitting = [city for city in cities.values() if city.keys() == names.keys()]
        if len(fitting) != 1 or not FEWEST <= len(names) == len(codes):
            return {}, ""
        pairs |= {fitting[0][name]: code for name, code in names.items()}
    return (pairs, "names") if len(pairs) == len(ours) else ({}, "")
