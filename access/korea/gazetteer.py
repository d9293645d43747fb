"""Gazetteer: where addresses lie, from the tables a planner supplies; no service is asked.

Only what is spelt alike is taken for the same (`addresses.parse`). Everything else is listed
with the nearest entry there is and how well it fits, for a person to confirm. The scale of that
confidence is a rule of thumb, no probability:

    0.9  the same street and number, but 시·군·구 is not said
    0.8  the same name in a table
    0.7  the same street and 본번, another 부번
    0.5  the same street, a number at most 10 away; a name that is nearly the same
    0.3  the same street, farther
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import numpy.typing as npt

from access._geo import great_circle
from access._tables import Table, fold
from access.inputs.aliases import aliases
from access.inputs.positions import Bools, Floats, Index
from access.korea.addresses import Address, clean, normalise_name, parse

SAME_M = 50.0
"""Entries of one address this close are one place: the doors of a building."""

NEAR = 10
"""House numbers of a street this near are neighbours."""

ALIKE = 0.8
"""Names with this share of letters in common, in order, are nearly the same."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a table: an address, a name, or both, and where they are.

    text       the address as it stands, cleaned
    confirmed  a person has said where the place of this name is
    """

    address: Address | None
    text: str
    name: str
    lonlat: tuple[float, float]
    file: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """What a gazetteer knows of a place.

    entry       the entry taken, or the nearest there is; None where nothing comes near
    exact       whether it is the same and was taken
    confidence  of an entry that was not taken
    several     how many entries far from each other are spelt alike
    """

    entry: Entry | None = None
    exact: bool = False
    confidence: float = 0.0
    several: int = 1


@dataclass
class Gazetteer:
    """Entries, filed by what they can be found by.

    >>> here = Gazetteer()
    >>> here.add(Entry(parse("안성시 진사길 3"), "", "", (127.2, 37.0), "주소.csv"))
    >>> here.find("", ["경기 안성시 공도읍 진사길3"]).exact
    True
    >>> round(here.find("", ["안성시 진사길 4"]).confidence, 1)
    0.5
    """

    entries: list[Entry] = field(default_factory=list)
    _keys: dict[tuple[object, ...], list[int]] = field(default_factory=dict)
    _streets: dict[str, list[int]] = field(default_factory=dict)
    _names: dict[str, list[int]] = field(default_factory=dict)
    _texts: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.entries)

    def add(self, entry: Entry) -> None:
        """File an entry."""
        i = len(self.entries)
        self.entries.append(entry)
        if entry.address is not None:
            self._keys.setdefault(entry.address.key, []).append(i)
            self._streets.setdefault(entry.address.road or entry.address.town, []).append(i)
        if name := normalise_name(entry.name):
            self._names.setdefault(name, []).append(i)
            if entry.text or entry.confirmed:
                self._texts.setdefault((name, entry.text), []).append(i)

    def find(self, name: str, addresses: Sequence[str]) -> Match:
        """Return what is known of a place by its name and its addresses, the surest first.

        An entry is exact where its address is the same and lies at one place, or where its name
        and its text are: so it is in a list that somebody filled in and gave back.
        """
        plain = normalise_name(name)
        texts = [text for text in map(clean, addresses) if text]
        parsed = [address for text in texts if (address := parse(text)) is not None]
        tried = [
            [i for i in self._keys.get(address.key, []) if address.agrees(self._address(i))]
            for address in parsed
            if address.city
        ]
        if plain:
            tried += [self._texts.get((plain, text), []) for text in texts or [""]]
        found = [self._one_of(same) for same in tried if same]
        exact = [match for match in found if match.exact]
        return (exact or found or [self._nearest(plain, parsed)])[0]

    def _address(self, i: int) -> Address:
        address = self.entries[i].address
        assert address is not None
        return address

    def _one_of(self, same: Sequence[int]) -> Match:
        """Return the entry if all lie at one place, else how many places there are."""
        at = np.array([self.entries[i].lonlat for i in same])
        apart = great_circle(*at[:1].T, *at.T)
        several = 1 + int((apart > SAME_M).sum())
        return Match(self.entries[same[0]], several == 1, 1.0 if several == 1 else 0.5, several)

    def _nearest(self, name: str, parsed: Sequence[Address]) -> Match:
        found = [Match()]
        for address in parsed:
            for i in self._streets.get(address.road or address.town, []):
                if sure := _fits(address, self._address(i)):
                    found.append(Match(self.entries[i], confidence=sure))
        found += [Match(self.entries[i], confidence=0.8) for i in self._names.get(name, [])]
        best = max(found, key=lambda match: match.confidence)
        return self._named_alike(name, parsed) if best.entry is None and name else best

    def _named_alike(self, name: str, parsed: Sequence[Address]) -> Match:
        """Return the entry whose name is nearly the same, in the city where one is said."""
        cities = {address.city for address in parsed if address.city}
        best = Match()
        for other, which in self._names.items():
            if other[:2] != name[:2]:
                continue
            share = SequenceMatcher(None, name, other, autojunk=False).ratio()
            entry = self.entries[which[0]]
            city = "" if entry.address is None else entry.address.city
            if share >= ALIKE and (not city or not cities or city in cities):
                best = max(best, Match(entry, confidence=0.5 * share), key=lambda m: m.confidence)
        return best


def _fits(asked: Address, known: Address) -> float:
    """Return how well an entry of the same street fits an address that is not the same."""
    if asked.city and known.city and asked.city != known.city:
        return 0.0
    if asked.special != known.special:
        return 0.0
    if asked.main == known.main:
        return 0.9 if asked.sub == known.sub else 0.7
    apart = abs(asked.main - known.main)
    return (0.5 if apart <= NEAR else 0.3) - 0.0001 * min(apart, 999)


def locate(gazetteer: Gazetteer, table: Table, rows: Index) -> tuple[Floats, Bools]:
    """Find rows of a table of places by their addresses; note each in the table's findings.

    Returns (k, 2) degrees, NaN where none was taken, and (k,) whether the row has been spoken of:
    one without an address and without a name that anything resembles has not.
    """
    found = np.full((len(rows), 2), np.nan)
    told = np.zeros(len(rows), dtype=bool)
    names, columns = table.text("name"), _address_columns(table)
    for k, i in enumerate(rows.tolist()):
        addresses = [text for cells in columns.values() if (text := cells[i])]
        match = gazetteer.find(names[i], addresses)
        if not addresses and match.entry is None:
            continue
        told[k] = True
        where: dict[str, Any] = {
            "row": int(table.rows[i]),
            "column": ", ".join(columns) or table.names["name"],
        }
        where["value"] = addresses[0] if addresses else names[i]
        facts = _facts(match, names[i], addresses)
        if match.exact and match.entry is not None:
            found[k] = match.entry.lonlat
            table.findings.note("F250", **where, **facts)
        else:
            code = "W252" if match.several > 1 else "W251" if match.entry else "W843"
            table.findings.note(code, **where, action="excluded", **facts)
    return found, told


def _address_columns(table: Table) -> Mapping[str, npt.NDArray[np.object_]]:
    """Return the columns of a table that hold addresses; road-name addresses come first."""
    known = {fold(alias) for ours in ("address", "lot") for alias in aliases("addresses")[ours]}
    headers = [name for name in table.header if name and fold(name) in known]
    if "address" in table and table.names["address"] not in headers:
        headers.append(table.names["address"])
    headers.sort(key=lambda name: ("지번" in name, "도로명" not in name))
    return {name: table.columns[name] for name in headers if name in table.columns}


def _facts(match: Match, name: str, addresses: Sequence[str]) -> dict[str, Any]:
    entry = match.entry
    near = "-" if entry is None else str(entry.address or entry.text or entry.name)
    return {
        "name": name,
        "address": addresses[0] if addresses else "",
        "near": near,
        "lon": "" if entry is None else f"{entry.lonlat[0]:.6f}",
        "lat": "" if entry is None else f"{entry.lonlat[1]:.6f}",
        "confidence": f"{match.confidence:.1f}",
        "several": match.several,
        "table": "" if entry is None else entry.file,
    }
