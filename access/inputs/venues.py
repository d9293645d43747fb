"""Where classes meet: which of the study's places the words of a course table mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import Any

import numpy as np

from access._frozen import texts
from access._tables import fold
from access.inputs.places import Places
from access.inputs.programmes import ONLINE, Programmes
from access.ledger import Ledger

_ROOM = re.compile(
    r"(?:본관|별관|신관|지하|지상|제|[A-Z])?[\d층호\s,·-]*"
    r"(?:[가-힣A-Z]{0,6}(?:실|강당|홀|교실|방|강의장))?[\d\s호()]*"
)
"""A room that does not say of which building: 301호, 2층 제1강의실, 시청각실."""


def join_programmes(programmes: Programmes, places: Places) -> tuple[Programmes, Ledger]:
    """Find the place of each class by its id, else by its name; list those it is not sure of.

    A class that names a place stays with it. Else the site is looked up among the names of
    places: the whole of it, then its beginning (listed F441 unless the rest is a room); a site
    that only names a room is that of the institution, where a place is called so (F442). Several
    places of one name (W447) and none at all (W441) leave a class without a place; one that is
    online only needs none.
    """
    find = cache(_Known.of(places).find)  # many classes meet at one site
    found, entries = [], []
    for i in range(len(programmes)):
        id, code, facts = find(
            str(programmes.place[i]), str(programmes.site[i]), str(programmes.institution[i])
        )
        if not id and programmes.online[i] == ONLINE:
            code = ""
        if code:
            note = programmes.findings(i)
            value = programmes.site[i] or programmes.place[i] or programmes.names[i]
            note.note(code, row=programmes.row(i), value=value, **facts)
            entries += note.entries
        found.append(id)
    return replace(programmes, place=texts(found)), Ledger(tuple(entries))


@dataclass(frozen=True, slots=True)
class _Known:
    """The places of a study by what they are called."""

    ids: frozenset[str]
    named: dict[str, list[int]]
    places: Places

    @classmethod
    def of(cls, places: Places) -> _Known:
        named: dict[str, list[int]] = {}
        for i, name in enumerate(places.names.tolist()):
            named.setdefault(fold(name), []).append(i)
        return cls(frozenset(places.ids.tolist()), named, places)

    def find(self, id: str, site: str, institution: str) -> tuple[str, str, dict[str, Any]]:
        """Return the id of the place, and what is to be noted."""
        if id in self.ids:
            return id, "", {}
        plain, house = fold(site), fold(institution)
        if plain in self.named:
            return self._only(plain, "")
        begins = [name for name in self.named if len(name) > 2 and plain.startswith(name)]
        if begins:
            longest = max(begins, key=len)
            sure = _ROOM.fullmatch(plain[len(longest) :].upper())
            return self._only(longest, "" if sure else "F441")
        if house in self.named and _ROOM.fullmatch(site.strip()):
            return self._only(house, "F442")
        near = get_close_matches(plain or house, list(self.named), n=1, cutoff=0.6)
        names = [str(self.places.names[self.named[n][0]]) for n in near]
        told = ", ".join(names)
        nearest = (f" 가장 비슷한 이름: {told}.", f" Nearest name: {told}.") if told else ""
        return "", "W441", {"nearest": nearest}

    def _only(self, name: str, code: str) -> tuple[str, str, dict[str, Any]]:
        """Return the place of a name, unless several that stand apart are called so."""
        which = self.named[name]
        ids = self.places.ids[which].tolist()
        if len(np.unique(self.places.lonlat[which], axis=0)) > 1:
            return "", "W447", {"ids": ", ".join(ids)}
        return ids[0], code, {"place": f"{self.places.names[which[0]]} ({ids[0]})"}
