"""Join: cells, residents, places and streets find the 읍·면·동 they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access._geo import great_circle, project
from access.errors import InputError, Problem
from access.inputs.cells import Cells
from access.inputs.districts import Districts
from access.inputs.places import Places
from access.inputs.population import (
    GROUPS,
    Residents,
    group_counts,
    possible_groups,
    spread,
)
from access.korea.codes import systems
from access.korea.crosswalk import Crosswalk
from access.ledger import Findings, Ledger
from access.network.graph import Network
from access.study.vintages import align

URBAN_PEOPLE_HA = 20.0
URBAN_WITHIN_M = 500.0
MOST_OUTSIDE = 0.2
"""A larger share of people outside all districts means that the files do not belong together."""
PEOPLE_DIFFER = 0.02
FAR_APART = 2.0
"""Two counts of the people of a district that differ this many times are listed."""
MOST_IN_ONE = 0.5
EDGE_M = 1_000.0
MOST_STRETCH = 0.02
"""A plane whose metres differ more than this from those on the ground is another country's."""
WIDEST_KM = 1_000.0

Index = npt.NDArray[np.int32]


def locate(lonlat: npt.NDArray[np.float64], districts: Districts) -> Index:
    """Return the district each point lies in, -1 for none; where several do, the first.

    >>> import shapely
    >>> from access._frozen import texts
    >>> area = Districts(texts(["1"]), texts(["가동"]), np.array([shapely.box(0, 0, 2, 2)]))
    >>> locate(np.array([[1.0, 1.0], [3.0, 1.0]]), area).tolist()
    [0, -1]
    """
    import shapely

    found = np.full(len(lonlat), len(districts), dtype=np.int32)
    tree = shapely.STRtree(districts.shapes)
    point, area = tree.query(shapely.points(lonlat), predicate="intersects")
    np.minimum.at(found, point, area.astype(np.int32))
    found[found == len(districts)] = -1
    return found


def place_cells(
    cells: Cells, districts: Districts, crosswalk: Crosswalk | None = None
) -> tuple[Index, Ledger]:
    """Return the district of each cell, by its code where given, else by position.

    Codes of 법정동 or 리 belong to the 읍·면·동 that the crosswalk names; where it names several,
    the cell's position decides. Raises InputError where more than a fifth of the people lie
    outside all districts.
    """
    found = Findings(cells.file, cells.sheet)
    if cells.district is None:
        index = locate(cells.lonlat, districts)
    else:
        order = {code: i for i, code in enumerate(districts.codes.tolist())}
        index = np.array([order.get(c, -1) for c in cells.district.tolist()], dtype=np.int32)
        if crosswalk is not None:
            _by_crosswalk(index, cells, districts, crosswalk, found)
    outside = np.flatnonzero(index < 0)
    total = cells.people.sum()
    if total > 0 and cells.people[outside].sum() > MOST_OUTSIDE * total:
        if cells.district is not None and not (index >= 0).any():
            told = systems(cells.district.tolist(), districts.codes.tolist())
            found.note("E397", value=cells.district[0], systems=told, districts=districts.file)
        else:
            share = f"{100 * cells.people[outside].sum() / total:.0f}"
            found.note("E352", share=share, districts=districts.file)
    if len(cells) > 1 and total > 0 and cells.people.max() > MOST_IN_ONE * total:
        i = int(cells.people.argmax())
        found.note(
            "W362",
            row=None if cells.rows is None else int(cells.rows[i]),
            value=cells.people[i],
            percent=f"{100 * cells.people[i] / total:.0f}",
        )
    for i in outside.tolist():
        found.note(
            "W350",
            row=None if cells.rows is None else int(cells.rows[i]),
            value=cells.ids[i],
            action="excluded",
            people=float(cells.people[i]),
        )
    if found.errors:
        raise InputError(found.errors)
    return frozen(index), Ledger(tuple(found.entries))


def _by_crosswalk(
    index: Index, cells: Cells, districts: Districts, crosswalk: Crosswalk, found: Findings
) -> None:
    """Find the districts of cells whose codes are none of theirs, and say how many were found."""
    assert cells.district is not None
    order = {code: i for i, code in enumerate(districts.codes.tolist())}
    partners = crosswalk.partners()
    open_ones = []
    told = np.flatnonzero(index < 0).tolist()
    for i in told:
        named = {order[c] for c in partners.get(str(cells.district[i]), ()) if c in order}
        if len(named) == 1:
            index[i] = named.pop()
        elif named:
            open_ones.append(i)
    index[open_ones] = locate(cells.lonlat[open_ones], districts)
    if told:
        facts: dict[str, Any] = {
            "table": crosswalk.file,
            "count": f"{int((index[told] >= 0).sum()):,}",
        }
        found.note("F398", places=f"{len(open_ones):,}", **facts)


def place_places(places: Places, districts: Districts, refuse: bool = True) -> tuple[Index, Ledger]:
    """Return the district of each place; those outside still serve and are listed.

    Raises InputError where more than a fifth of the places of a kind lie outside all districts,
    unless `refuse` is off (where the study names no districts of its own).
    """
    index = locate(places.lonlat, districts)
    problems = []
    for kind in dict.fromkeys(places.kind.tolist()):
        of_kind = places.kind == kind
        outside = int((of_kind & (index < 0)).sum())
        if refuse and outside > MOST_OUTSIDE * of_kind.sum():
            facts = {"kind": kind, "outside": outside, "places": int(of_kind.sum())}
            files = set() if places.files is None else set(places.files[of_kind].tolist())
            problems.append(
                Problem(
                    "E364",
                    file=", ".join(sorted(files)),
                    facts=facts | {"districts": districts.file},
                )
            )
    if problems:
        raise InputError(problems)
    entries = []
    for i in np.flatnonzero(index < 0).tolist():
        found = places.findings(i)
        found.note("W351", row=places.row(i), value=places.names[i])
        entries += found.entries
    return frozen(index), Ledger(tuple(entries))


def count_groups(
    cells: Cells,
    districts: Districts,
    cell_district: Index,
    residents: Residents | None,
    asked: tuple[str, ...],
    crosswalk: Crosswalk | None = None,
) -> tuple[Mapping[str, npt.NDArray[np.float64]], Ledger]:
    """Return the people of each group in each cell.

    Residents of a district are the authority; each group is spread over its cells in proportion
    to the cells' people. Without counted residents there is only "all", as the cells give it.
    Raises InputError where districts and residents do not match, or a group cannot be formed.
    """
    if residents is None:
        found = Findings(cells.file, cells.sheet)
        found.note("W357")
        inside = np.where(cell_district >= 0, cells.people, 0.0)
        return {"all": frozen(inside)}, Ledger(tuple(found.entries))
    inside = cell_district >= 0
    in_cells = np.bincount(
        cell_district[inside], weights=cells.people[inside], minlength=len(districts)
    )
    residents, found = align(residents, districts, in_cells.astype(np.float64), crosswalk)
    formed = possible_groups(residents)
    wanted = dict.fromkeys([*(g for g in GROUPS if g in formed), *asked])
    everyone = group_counts(residents, "all")
    if everyone.sum() > 0 and in_cells.sum() <= 0:
        raise InputError.of("E365", file=cells.file, facts={"people": f"{everyone.sum():,.0f}"})
    groups: dict[str, npt.NDArray[np.float64]] = {}
    for group in wanted:
        counts = group_counts(residents, group)
        people, homeless = spread(counts, cells.people, cell_district)
        groups[group] = frozen(people)
        if group == "all":
            for i in np.flatnonzero(homeless > 0).tolist():
                found.note(
                    "W355",
                    value=f"{districts.names[i]} {districts.codes[i]}",
                    action="excluded",
                    people=float(homeless[i]),
                )
    for i in np.flatnonzero(_apart(in_cells, everyone)).tolist():
        found.note(
            "W363",
            district=districts.names[i],
            gridded=f"{in_cells[i]:,.0f}",
            registered=f"{everyone[i]:,.0f}",
        )
    registered, gridded = everyone.sum(), in_cells.sum()
    if registered > 0 and abs(gridded - registered) > PEOPLE_DIFFER * registered:
        found.note(
            "W356",
            registered=f"{registered:,.0f}",
            gridded=f"{gridded:,.0f}",
            percent=f"{100 * (gridded / registered - 1):+.1f}",
        )
    return groups, Ledger(tuple(found.entries))


def _apart(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return where two counts of the same people differ by more than FAR_APART times."""
    both = (one > 0) & (other > 0)
    apart: npt.NDArray[np.bool_] = both & (
        np.maximum(one, other) > FAR_APART * np.minimum(one, other)
    )
    return apart


def find_urban(network: Network, cells: Cells, districts: Districts) -> npt.NDArray[np.bool_]:
    """Return which segments are in town: inside a 동, or 20 people a hectare within 500 m."""
    from scipy.spatial import cKDTree

    middle = (network.lonlat[network.tail] + network.lonlat[network.head]) / 2
    town = np.array([name.endswith("동") for name in districts.names.tolist()] + [False])
    urban = town[locate(middle, districts)]
    tree = cKDTree(project(cells.lonlat, network.crs))
    rest = np.flatnonzero(~urban)
    near: Any = tree.query_ball_point(
        (network.xy[network.tail[rest]] + network.xy[network.head[rest]]) / 2, URBAN_WITHIN_M
    )
    enough = URBAN_PEOPLE_HA * np.pi * URBAN_WITHIN_M**2 / 10_000
    urban[rest] = [cells.people[who].sum() >= enough for who in near]
    return frozen(urban)


def _stretch(crs: int, cells: Cells) -> float:
    """Return how far a plane's metres are from those on the ground, in the middle of the cells."""
    lon, lat = np.median(cells.lonlat, axis=0)
    corners = np.array([[lon, lat], [lon + 0.01, lat], [lon, lat + 0.01]])
    plane = project(corners, crs)
    ground = great_circle(lon, lat, corners[1:, 0], corners[1:, 1])
    return float(np.abs(np.hypot(*(plane[1:] - plane[0]).T) / ground - 1).max())


def check_extent(network: Network, cells: Cells) -> Ledger:
    """List cells beyond the streets' extent, and warn where the streets end close to the cells.

    Somebody at the edge may have a shorter way through streets that the file leaves out. Raises
    InputError for streets wider than WIDEST_KM (no plane measures so far well), and where more
    than a fifth of the people live beyond them.
    """
    found = Findings(network.file)
    widest = float(np.ptp(network.xy, axis=0).max()) / 1000
    if widest > WIDEST_KM:
        raise InputError.of(
            "E361", file=network.file, facts={"km": f"{widest:,.0f}", "most": f"{WIDEST_KM:,.0f}"}
        )
    at = project(cells.lonlat, network.crs)
    low, high = network.xy.min(axis=0), network.xy.max(axis=0)
    stretch = _stretch(network.crs, cells)
    if stretch > MOST_STRETCH:
        facts = {"percent": f"{100 * stretch:.1f}", "most": f"{100 * MOST_STRETCH:.0f}"}
        raise InputError.of("E367", column="crs", value=str(network.crs), facts=facts)
    beyond = ((at < low) | (at > high)).any(axis=1)
    outside, total = int(beyond.sum()), cells.people.sum()
    if total > 0 and cells.people[beyond].sum() > MOST_OUTSIDE * total:
        share = f"{100 * cells.people[beyond].sum() / total:.0f}"
        raise InputError.of("E366", file=network.file, facts={"share": share})
    margin = float(min((at.min(axis=0) - low).min(), (high - at.max(axis=0)).min()))
    if outside:
        found.note("W359", cells=outside)
    elif margin < EDGE_M:
        found.note("W360", metres=f"{margin:.0f}")
    return Ledger(tuple(found.entries))
