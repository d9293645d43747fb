"""Nearest: which segment of many lies nearest to a point of the plane, by a uniform grid.

Segments are cut into pieces no longer than a square of the grid, and each piece is filed under the
square its middle lies in. What comes within some reach of a point then has its piece in the squares
within that reach and half a piece, and in a row of squares the pieces follow each other. A point
looks as far as half a square, then twice as far, until nothing nearer can lie outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from access.network.graph import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TIE_M = 1e-9
"""Segments whose distances differ by less are equally near: rounding does not choose."""

HALF = 0.51
"""Half a piece, in squares, with room for rounding."""

SQUARES = 4
"""Squares to a piece at most: the grid of an island far out does not outgrow its streets."""

POINTS = 4_096
PAIRS = 200_000
"""Points looked at together, and pairs of point and piece, so that they fit in the cache."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Segments of a network in the plane, filed by where they lie.

    number  (s,) of each segment for the caller, ascending
    ends    (4, s) metres: x and y of its one end, x and y of its other
    filed   (k,) the segment of each piece, an index into `number`, square by square
    first   (rows * columns + 1,) where the pieces of each square begin
    """

    number: Ints
    ends: Floats
    filed: Ints
    first: Ints
    corner: Floats
    edge: float
    rows: int
    columns: int

    @classmethod
    def of(cls, network: Network, chosen: Ints, points: Floats, limit: float) -> Grid:
        """File the chosen segments that lie within `limit` metres of any of (n, 2) points.

        Pieces are as long as the segments are on average, so there are at most two a segment.
        """
        low = points.min(axis=0, initial=np.inf)[:, None] - limit
        high = points.max(axis=0, initial=-np.inf)[:, None] + limit
        xy = np.ascontiguousarray(network.xy.T)
        # Both ends beyond one side of the box: out of reach (outcodes of Cohen and Sutherland).
        side = np.packbits(np.concatenate([xy < low, xy > high]), axis=0)[0]
        beyond = side[network.tail[chosen]] & side[network.head[chosen]]
        number = chosen[beyond == 0]
        a, b = (xy.take(end[number], axis=1) for end in (network.tail, network.head))
        length = np.sqrt(((b - a) ** 2).sum(axis=0))
        longest = max(1.0, float(length.mean())) if len(length) else 1.0

        cuts = (length / longest).astype(np.int64) + 1
        filed, count = _spread(cuts)
        middle = a.take(filed, axis=1) + ((b - a) / cuts).take(filed, axis=1) * (count + 0.5)
        middle.clip(low - longest, high + longest, out=middle)  # no point looks farther

        corner = middle.min(axis=1, keepdims=True, initial=np.inf)
        size = (middle - corner).max(axis=1, initial=0.0)
        most = max(1, SQUARES * len(filed))
        edge = max(longest, float(np.sqrt(size.prod() / most)), float(size.max()) / most)
        columns, rows = ((size / edge).astype(np.int64) + 1).tolist()
        column, row = ((middle - corner) / edge).astype(np.int64)
        square = row * columns + column
        first = np.zeros(rows * columns + 1, dtype=np.int64)
        np.cumsum(np.bincount(square, minlength=rows * columns), out=first[1:])
        return cls(
            number=number,
            ends=np.concatenate([a, b]),
            filed=filed[np.argsort(square)],
            first=first,
            corner=corner,
            edge=edge,
            rows=rows,
            columns=columns,
        )

    def nearest(self, points: Floats, among: npt.NDArray[np.bool_], limit: float) -> Ints:
        """Return the nearest segment to each of (n, 2) points, -1 where none is within `limit`.

        `among` says which of all segments count; `limit` is at most that of the filing. Of equally
        near segments the lowest is taken, whatever the order of the points.
        """
        found = np.full(len(points), -1, dtype=np.int64)
        counts = among[self.number]
        if len(self.filed) == 0:
            return found
        xy = np.ascontiguousarray(points.T)
        order = np.lexsort(np.floor((xy - self.corner) / self.edge))  # neighbours share pieces
        for some in np.array_split(order, len(order) // POINTS + 1):
            found[some] = self._search(xy.take(some, axis=1), counts, limit)
        return np.where(found >= 0, self.number[found], -1)

    def _search(self, xy: Floats, counts: npt.NDArray[np.bool_], limit: float) -> Ints:
        found = np.full(xy.shape[1], -1, dtype=np.int64)
        who = np.arange(xy.shape[1])
        reach = np.full(xy.shape[1], min(self.edge / 2, limit))
        while len(who):
            least, lowest = self._within(xy.take(who, axis=1), reach, counts)
            sure = (least + TIE_M <= reach) | (reach >= limit)
            near = sure & (least <= limit)
            found[who[near]] = lowest[near]
            further = np.where(np.isinf(least), 2 * reach, least + 2 * TIE_M)
            who, reach = who[~sure], np.minimum(further, limit)[~sure]
        return found

    def _within(
        self, xy: Floats, reach: Floats, counts: npt.NDArray[np.bool_]
    ) -> tuple[Floats, Ints]:
        """Return metres to the nearest segment with a piece in reach, and the lowest so near."""
        low, high = (
            np.floor((xy + sign * (reach + HALF * self.edge) - self.corner) / self.edge)
            for sign in (-1, 1)
        )
        size = np.array([[self.columns], [self.rows]])
        (left, bottom), (right, top) = (
            np.clip(to, 0, size).astype(np.int64) for to in (low, high + 1)
        )
        rows = np.where(left < right, top - bottom, 0)
        if rows.sum() > PAIRS and xy.shape[1] > 1:
            return self._halves(xy, reach, counts)
        who, row = _spread(rows)
        row = (row + bottom[who]) * self.columns
        start = self.first[row + left[who]]
        count = self.first[row + right[who]] - start
        if count.sum() > PAIRS and xy.shape[1] > 1:
            return self._halves(xy, reach, counts)

        least = np.full(xy.shape[1], np.inf)
        lowest = np.full(xy.shape[1], -1, dtype=np.int64)
        run, step = _spread(count)
        segment, who = self.filed[start[run] + step], who[run]
        apart = np.where(
            counts[segment],
            _square(*xy.take(who, axis=1), *self.ends.take(segment, axis=1)),
            np.inf,
        )
        if len(who):
            begin = np.flatnonzero(np.append(True, who[1:] != who[:-1]))
            least[who[begin]] = np.sqrt(np.minimum.reduceat(apart, begin))
            tied = apart <= ((least + TIE_M) ** 2)[who]
            lowest[who[begin]] = np.minimum.reduceat(
                np.where(tied, segment, len(self.number)), begin
            )
        return least, lowest

    def _halves(
        self, xy: Floats, reach: Floats, counts: npt.NDArray[np.bool_]
    ) -> tuple[Floats, Ints]:
        half = xy.shape[1] // 2
        one = self._within(xy[:, :half], reach[:half], counts)
        other = self._within(xy[:, half:], reach[half:], counts)
        return np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])


def _spread(counts: Ints) -> tuple[Ints, Ints]:
    """Return the index of each count as often as it says, and 0, 1, 2, ... beside each.

    >>> [part.tolist() for part in _spread(np.array([2, 0, 3]))]
    [[0, 0, 2, 2, 2], [0, 1, 0, 1, 2]]
    """
    index = np.repeat(np.arange(len(counts)), counts)
    begin = np.cumsum(counts) - counts
    return index, np.arange(len(index)) - begin[index]


def _square(x: Floats, y: Floats, ax: Floats, ay: Floats, bx: Floats, by: Floats) -> Floats:
    """Return the squared distance of points from the segments from a to b.

    Beyond an end it is the distance from that end, to the last bit: all segments that meet at a
    node are equally far from a point whose nearest point the node is.
    """
    dx, dy, ex, ey, fx, fy = bx - ax, by - ay, x - ax, y - ay, x - bx, y - by
    square = dx * dx + dy * dy
    shadow = ex * dx + ey * dy
    with np.errstate(all="ignore"):  # a segment of no length is all end
        beside = (ex * dy - ey * dx) ** 2 / square
    apart: Floats = np.where(shadow >= square, fx * fx + fy * fy, beside)
    return np.where(shadow <= 0, ex * ex + ey * ey, apart)
