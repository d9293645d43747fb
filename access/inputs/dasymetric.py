"""Dasymetric mapping: people counted by district, spread over squares by what is built there.

Where nothing is known of a district but its outline, its people are spread by area (areal
weighting). Buildings, or a raster of anything that goes with people, say better where they live
(Wright 1936, Geographical Review 26: 103-110; Mennis 2003, The Professional Geographer 55: 31-42;
that it errs less than areal weighting: Eicher and Brewer 2001, Cartography and Geographic
Information Science 28: 125-138). Whatever the weights, the people of every district stay its own,
to the last person (Tobler 1979: the pycnophylactic condition).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from access._geo import Floats, project

Index = npt.NDArray[np.int64]

SLIVER = 1e-4
"""Less of a square than this is how boundaries are drawn, and belongs to no district."""


def apportion(people: Floats, zone: Index, weight: Floats) -> tuple[Floats, Floats]:
    """Spread the people of zones over parts of them, in proportion to weights.

    people  (z,) people of each zone
    zone    (k,) the zone of each part
    weight  (k,) of each part, 0 or more

    Returns (k,) people of the parts and (z,) people of zones none of whose parts has any weight.
    Whole people become whole people, by largest remainder; ties go to the first. Other numbers
    become floats whose exact sum, rounded once (math.fsum), is that of the zone.

    >>> apportion(np.array([10.0]), np.array([0, 0, 0]), np.array([1.0, 1.0, 1.0]))[0].tolist()
    [4.0, 3.0, 3.0]
    """
    count = len(people)
    peak = np.zeros(count)
    np.maximum.at(peak, zone, weight)
    # Weights of any size, as parts of the largest: their sum can neither overflow nor vanish.
    part = np.divide(weight, peak[zone], out=np.zeros(len(zone)), where=peak[zone] > 0)
    total = np.bincount(zone, weights=part, minlength=count)
    raw = people[zone] * np.divide(part, total[zone], out=np.zeros(len(zone)), where=part > 0)
    whole = people == np.floor(people)
    given = np.where(whole[zone], np.floor(raw), raw)
    short = np.where(whole & (peak > 0), people - np.bincount(zone, given, count), 0.0)
    order = np.lexsort((-(raw - given), zone))
    begin = np.searchsorted(zone[order], np.arange(count))
    rank = np.arange(len(zone)) - begin[zone[order]]
    given[order] += rank < short[zone[order]]
    for z in np.flatnonzero(~whole & (peak > 0)).tolist():
        _meet(given, np.flatnonzero((zone == z) & (part > 0)), float(people[z]))
    return given, np.where(peak > 0, 0.0, people)


def _meet(given: Floats, parts: npt.NDArray[np.intp], people: float) -> None:
    """Add what rounding left over, until the exact sum of the parts is that of the zone.

    To the largest part first; where it is too coarse to take so little, to the next.
    """
    for i in parts[np.argsort(-given[parts], kind="stable")].tolist():
        rest = math.fsum([people, *(-given[parts]).tolist()])  # exact: rounded only once
        if rest == 0:
            return
        given[i] = max(given[i] + rest, 0.0)


@dataclass(frozen=True, slots=True)
class Pieces:
    """What of each zone lies in each square of a grid.

    corner  (k, 2) south-west corners of the squares, metres
    zone    (k,) the zone
    weight  (k,) how much of it
    centre  (k, 2) where it lies on average, metres
    """

    corner: Index
    zone: Index
    weight: Floats
    centre: Floats


def areas(shapes: npt.NDArray[np.object_], size_m: int, crs: int) -> Pieces:
    """Cut zones, polygons in degrees, by a grid of squares; the weight is the area in m2."""
    import shapely

    corners, zones, weights = [], [], []
    for number, shape in enumerate(shapes):
        plane: Any = shapely.transform(shape, lambda points: project(points, crs))
        west, south, east, north = plane.bounds
        columns, rows = (
            np.arange(int(first // size_m) * size_m, last, size_m)
            for first, last in ((west, east), (south, north))
        )
        corner = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2).astype(np.int64)
        boxes: Any = shapely.box(*corner.T, *(corner + size_m).T)
        shapely.prepare(plane)
        area = np.where(shapely.contains(plane, boxes), float(size_m) ** 2, 0.0)
        edge = np.flatnonzero((area == 0) & shapely.intersects(plane, boxes))
        area[edge] = shapely.area(shapely.intersection(boxes[edge], plane))
        inside = area > SLIVER * size_m**2
        corners.append(corner[inside])
        zones.append(np.full(int(inside.sum()), number))
        weights.append(area[inside])
    corner, zone = np.concatenate(corners), np.concatenate(zones).astype(np.int64)
    centre = (corner + size_m / 2).astype(np.float64)
    return Pieces(corner, zone, np.concatenate(weights).astype(np.float64), centre)


def points(lonlat: Floats, weight: Floats, zone: Index, size_m: int, crs: int) -> Pieces:
    """File points, (n, 2) degrees, by the square and the zone they lie in.

    Those in no zone (-1) and those without weight say nothing.
    """
    inside = (zone >= 0) & (weight > 0)
    xy, weight, zone = project(lonlat[inside], crs), weight[inside], zone[inside].astype(np.int64)
    corner = (np.floor(xy / size_m) * size_m).astype(np.int64)
    key, part = np.unique(np.column_stack([zone, corner]), axis=0, return_inverse=True)
    part = part.reshape(-1)
    total = np.zeros(len(key))
    np.add.at(total, part, weight)
    middle = [np.bincount(part, weights=weight * axis, minlength=len(key)) / total for axis in xy.T]
    return Pieces(key[:, 1:], key[:, 0], total, np.column_stack(middle))


def fill(pieces: Pieces, by_area: Pieces, people: Floats) -> tuple[Pieces, Index]:
    """Give zones with people but without weight their areas for weights; return which they are."""
    total = np.bincount(pieces.zone, weights=pieces.weight, minlength=len(people))
    empty = np.flatnonzero((total <= 0) & (people > 0))
    kept, added = ~np.isin(pieces.zone, empty), np.isin(by_area.zone, empty)
    joined = (
        np.concatenate([getattr(pieces, name)[kept], getattr(by_area, name)[added]])
        for name in Pieces.__slots__
    )
    return Pieces(*joined), empty


def settle(pieces: Pieces) -> Pieces:
    """Let each square belong to one zone: the one with most weight in it, ties to the first.

    What other zones have there is left out of their weights, so that their people live in their
    other squares. A zone that would be left without any keeps the square with most of it, unless
    all its squares are the only ones of others: it is then not among the zones returned.
    """
    squares, number = np.unique(pieces.corner, axis=0, return_inverse=True)
    number = number.reshape(-1)
    order = np.lexsort((pieces.zone, -pieces.weight, number))
    first = order[np.searchsorted(number[order], np.arange(len(squares)))]
    owner = pieces.zone[first]
    held = np.bincount(owner, minlength=int(pieces.zone.max()) + 1)
    for zone in np.flatnonzero(np.bincount(pieces.zone, minlength=len(held)) > 0).tolist():
        if held[zone]:
            continue
        own = np.flatnonzero(pieces.zone == zone)
        for k in own[np.argsort(-pieces.weight[own], kind="stable")].tolist():
            if held[owner[number[k]]] > 1:
                held[owner[number[k]]] -= 1
                owner[number[k]] = zone
                held[zone] = 1
                break
    kept = owner[number] == pieces.zone
    return Pieces(*(getattr(pieces, name)[kept] for name in Pieces.__slots__))


def moved(one: Floats, other: Floats) -> float:
    """Return the share of people that two ways of spreading them put into different squares.

    Duncan's index of dissimilarity (Duncan and Duncan 1955).

    >>> moved(np.array([5.0, 5.0]), np.array([10.0, 0.0]))
    0.5
    """
    total = max(float(one.sum()), float(other.sum()))
    return 0.0 if total <= 0 else float(np.abs(one - other).sum()) / 2 / total
