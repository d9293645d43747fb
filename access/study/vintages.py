"""Residents and districts of different dates: brought together, and what changed named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access._rounding import rounded
from access.errors import InputError
from access.inputs.districts import Districts
from access.inputs.population import Residents
from access.korea.codes import Change, Units, compare, plain
from access.korea.crosswalk import Crosswalk
from access.ledger import Findings

MERGED = 4
"""More towns than these are not thought to have been joined to one of them."""

Floats = npt.NDArray[np.float64]
Shares = dict[str, dict[int, float]]
"""Code of the residents -> the districts its people belong to -> share, NaN where not stated."""


def align(
    residents: Residents,
    districts: Districts,
    gridded: Floats,
    crosswalk: Crosswalk | None = None,
) -> tuple[Residents, Findings]:
    """Return the residents of each district, in the order of the districts.

    gridded    (d,) people of the districts' cells: where the people of one code belong to several
               districts and no share is stated, they are parted in this proportion

    A code that is in both files stays. A code of one file only is looked up in the crosswalk, else
    told from codes and names (`codes.compare`); what is not sure stops with E390, which names the
    likely change and the line that would say it. Nobody is lost: the people of every age add up.
    """
    found = Findings(residents.file)
    parted = _by_crosswalk(residents, districts, crosswalk)
    changes = _changes(residents, districts, gridded)
    for change in changes:
        if change.sure and change.kind != "renamed":
            _apply(change, districts, parted, found)
    _check(residents, districts, parted, changes, found)
    if found.errors:
        raise InputError(found.errors)
    counts = np.zeros((len(districts), len(residents.ages)))
    female = None if residents.female is None else np.zeros_like(counts)
    for i, code in enumerate(residents.codes.tolist()):
        if code in parted:
            where = list(parted[code])
            shares = _shares(parted[code], gridded, code, districts, found)
            counts[where] += _divide(residents.counts[i], shares)
            if female is not None and residents.female is not None:
                female[where] += _divide(residents.female[i], shares)
    aligned = replace(
        residents,
        codes=districts.codes,
        names=districts.names,
        counts=frozen(counts),
        female=None if female is None else frozen(np.minimum(female, counts)),
    )
    return aligned, found


def _by_crosswalk(
    residents: Residents, districts: Districts, crosswalk: Crosswalk | None
) -> Shares:
    """Return where the people of each code belong: to its own district, and to its partners'."""
    order = {code: i for i, code in enumerate(districts.codes.tolist())}
    partners: Mapping[str, Mapping[str, float]] = {} if crosswalk is None else crosswalk.partners()
    parted: Shares = {}
    for code in residents.codes.tolist():
        named = {order[c]: share for c, share in partners.get(code, {}).items() if c in order}
        if code in order and not np.isfinite(list(named.values())).any():
            named.setdefault(order[code], np.nan)
        if named:
            parted[code] = dict(sorted(named.items()))
    return parted


def _changes(residents: Residents, districts: Districts, gridded: Floats) -> tuple[Change, ...]:
    """Return what is another way in the residents than in the districts, taken as the earlier."""
    cities = {code[:5] for code in districts.codes.tolist()}
    here = np.array([code[:5] in cities for code in residents.codes.tolist()], dtype=bool)
    people = np.concatenate([residents.counts[here].sum(axis=1), np.zeros(len(residents.empty))])
    codes = [*residents.codes[here].tolist(), *residents.empty.tolist()]
    known = dict(zip(districts.codes.tolist(), districts.names.tolist(), strict=True))
    names = [*residents.names[here].tolist(), *(known.get(c, "") for c in residents.empty)]
    kept = [i for i, name in enumerate(names) if name]  # an abolished row of nobody is no news
    after = Units([codes[i] for i in kept], [names[i] for i in kept], people[kept])
    return compare(Units(districts.codes.tolist(), districts.names.tolist(), gridded), after)


def _apply(change: Change, districts: Districts, parted: Shares, found: Findings) -> None:
    """Let codes that a sure change names take part in the districts of the change."""
    order = {code: i for i, code in enumerate(districts.codes.tolist())}
    where = [order[code] for code in change.before]
    taken = {i for shares in parted.values() for i in shares}
    if taken & set(where) or any(code in parted for code in change.after):
        return  # the crosswalk has said it
    for code in change.after:
        parted[code] = dict.fromkeys(where, np.nan)
    found.note("W389", change=change.text, districts=districts.file)


def _check(
    residents: Residents,
    districts: Districts,
    parted: Shares,
    changes: tuple[Change, ...],
    found: Findings,
) -> None:
    """Note districts without residents and residents without a district, and the likely change."""
    cities = {code[:5] for code in districts.codes.tolist()}
    taken = {i for shares in parted.values() for i in shares}
    empty = set(residents.empty.tolist())
    without = []
    for i, code in enumerate(districts.codes.tolist()):
        if i not in taken and code not in empty:
            without.append(code)
            found.note("E353", value=f"{districts.names[i]} {code}", districts=districts.file)
    for code, name in zip(residents.codes.tolist(), residents.names.tolist(), strict=True):
        if code[:5] in cities and code not in parted:
            without.append(code)
            found.note("E354", value=f"{name} {code}", districts=districts.file)
    for change in changes:
        known = change.kind in ("split", "merged") and not change.sure
        if set(change.after) <= set(change.before) and len(change.before) > MERGED:
            continue  # rows are missing, rather than so many towns joined to one that was
        if known and set(without) & {*change.before, *change.after}:
            pairs = [(a, b) for a in change.before for b in change.after if a != b]
            lines = " / ".join(f"{a},{b}" for a, b in pairs)
            month = residents.as_of
            date = (f"{month} " if month else "", f" of {month}" if month else "")
            found.note("E390", change=change.text, lines=lines, date=date)


def _shares(
    stated: Mapping[int, float], gridded: Floats, code: str, districts: Districts, found: Findings
) -> Floats:
    """Return the share of each district: as stated, else by the people of its cells."""
    if len(stated) == 1:
        return np.ones(1)
    where = list(stated)
    shares = np.array(list(stated.values()))
    if not np.isfinite(shares).all():
        weight = gridded[where]
        shares = weight / weight.sum() if weight.sum() > 0 else np.full(len(where), 1 / len(where))
        named = ", ".join(
            f"{plain(str(districts.names[i]))} {100 * share:.0f}%"
            for i, share in zip(where, shares, strict=True)
        )
        found.note("W392", value=code, shares=named)
    parts: Floats = shares / shares.sum()
    return parts


def _divide(counts: Floats, shares: Floats) -> Floats:
    """Return (districts, ages) whole people: those of each age by share, none lost."""
    if len(shares) == 1 or (counts != np.floor(counts)).any():
        return np.outer(shares, counts)
    parts = [rounded(shares * people) for people in counts]
    return np.array(parts, dtype=np.float64).T
