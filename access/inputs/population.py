"""Counted residents by district and age, and how they spread over cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from access._frozen import Record, aside, texts
from access.errors import InputError
from access.ledger import Ledger

OLDEST = 999
"""The upper bound of an open age band, such as 100세 이상."""


@dataclass(frozen=True, slots=True, eq=False)
class Residents(Record):
    """Residents counted by district and age.

    codes   (n,) district codes
    names   (n,) district names as the file gives them
    ages    (k, 2) first and last age of each band, both included; the last may be OLDEST
    counts  (n, k) people
    female  (n, k) of them women, or None where the file does not split by sex
    as_of   the month the file counts, e.g. "2025-06", or ""
    empty   codes of rows that count nobody
    """

    codes: npt.NDArray[np.str_]
    names: npt.NDArray[np.str_]
    ages: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float64]
    female: npt.NDArray[np.float64] | None = None
    as_of: str = ""
    empty: npt.NDArray[np.str_] = aside(factory=lambda: texts([]))
    file: str = aside("")
    ledger: Ledger = aside(factory=Ledger)

    def __len__(self) -> int:
        return len(self.codes)


GROUPS = ("all", "0-18", "19-39", "40-64", "65+", "75+")
"""The groups reports offer, where the ages allow them."""

_GROUP = re.compile(r"(\d{1,3})(?:\+|-(\d{1,3}))")


def group_counts(residents: Residents, group: str) -> npt.NDArray[np.float64]:
    """Return the (n,) people of a group in each district.

    `group` is "all", "a-b" (both ages included) or "a+". Raises InputError (E340) for a group
    that the ages of the file cannot form, naming those they can.

    >>> ages = np.array([[0, 9], [10, 19], [20, OLDEST]])
    >>> towns = Residents(np.array(["1"]), np.array(["읍"]), ages, np.array([[5.0, 7.0, 90.0]]))
    >>> group_counts(towns, "10+").tolist(), group_counts(towns, "all").tolist()
    ([97.0], [102.0])
    """
    bounds = age_span(group)
    if bounds is None:
        raise InputError.of("E341", value=group, facts={"valid": ", ".join(GROUPS)})
    first, last = bounds
    inside = (residents.ages[:, 0] >= first) & (residents.ages[:, 1] <= last)
    if not _fills(residents.ages[inside], first, last):
        possible = ", ".join(possible_groups(residents))
        facts = {"group": group, "possible": possible or "-"}
        raise InputError.of("E340", file=residents.file, value=group, facts=facts)
    counts: npt.NDArray[np.float64] = residents.counts[:, inside].sum(axis=1)
    return counts


def possible_groups(residents: Residents) -> list[str]:
    """Return the usual groups that the ages can form, and the open ones that come nearest."""
    ages = residents.ages
    found = [g for g in GROUPS if (b := age_span(g)) and _fills_any(ages, *b)]
    open_ended = ages[:, 1].max() == OLDEST
    starts = sorted(int(a) for a in ages[:, 0] if 50 <= a <= 90)
    if open_ended:
        found += [g for g in (f"{a}+" for a in starts if a % 5 == 0) if g not in found]
    return found


def is_group(name: str) -> bool:
    """Say whether a name has the form of a group: "all", "0-18", "65+".

    >>> [is_group(name) for name in ("all", "65+", "어르신")]
    [True, True, False]
    """
    return age_span(name) is not None


def age_span(group: str) -> tuple[int, int] | None:
    """Return the first and last age of a group, both included, None for what is no group.

    >>> age_span("0-18"), age_span("65+"), age_span("어르신")
    ((0, 18), (65, 999), None)
    """
    if group == "all":
        return 0, OLDEST
    found = _GROUP.fullmatch(group)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2]) if found[2] else OLDEST
    return (first, last) if first <= last else None


def _fills_any(ages: npt.NDArray[np.int64], first: int, last: int) -> bool:
    return _fills(ages[(ages[:, 0] >= first) & (ages[:, 1] <= last)], first, last)


def _fills(bands: npt.NDArray[np.int64], first: int, last: int) -> bool:
    """Say whether bands cover every age from first to last, each once."""
    bands = bands[np.argsort(bands[:, 0])]
    if not len(bands) or bands[0, 0] != first or bands[-1, 1] != last:
        return False
    return bool((bands[1:, 0] == bands[:-1, 1] + 1).all())


def spread(
    residents: npt.NDArray[np.float64],
    cell_people: npt.NDArray[np.float64],
    cell_district: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Spread the residents of districts over their cells, in proportion to the cells' people.

    residents      (d,) people counted in each district
    cell_people    (n,) people of each cell, used as a weight
    cell_district  (n,) index of each cell's district, -1 for none

    Returns (n,) people per cell and (d,) residents that no cell could take: those of a district
    without any populated cell. The two add up to `residents`, district by district. That people
    of every group live where the cell file has people is an assumption: print it.

    >>> cells, left = spread(np.array([30.0, 7.0]), np.array([1.0, 2.0]), np.array([0, 0]))
    >>> cells.tolist(), left.tolist()
    ([10.0, 20.0], [0.0, 7.0])
    """
    inside = cell_district >= 0
    weight = np.bincount(
        cell_district[inside], weights=cell_people[inside], minlength=len(residents)
    )
    share = np.divide(residents, weight, out=np.zeros(len(residents)), where=weight > 0)
    people = np.zeros(len(cell_people))
    people[inside] = cell_people[inside] * share[cell_district[inside]]
    return people, np.where(weight > 0, 0.0, residents)
