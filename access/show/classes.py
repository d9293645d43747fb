"""Classes of minutes and their colours: six, safe for colour-blind readers and for grey print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

COLOURS: Final = ("#fde725", "#7ad151", "#22a884", "#2a788e", "#414487", "#440154")
"""viridis, turned round: near is bright, far is dark; the steps stay apart in grey as well."""

OVER: Final = "#8d8d8d"
"""Cells beyond the limit are hatched in this grey, so that a photocopy still tells them apart."""

NONE: Final = "#c2410c"
"""Cells from which no place can be reached at all are hatched in this orange."""


def breaks(minutes: Sequence[float]) -> tuple[float, ...]:
    """Return five upper bounds, in minutes, that part six classes; the sixth is open.

    The limits of the question are bounds, so that the colours and the table speak of the same
    people. Six limits or more keep the last five.

    >>> breaks((5, 10, 15))
    (5, 10, 15, 20, 25)
    >>> breaks((30,))
    (10, 20, 30, 40, 50)
    """
    bounds = list(minutes[-5:])
    if len(bounds) == 1:  # the limit alone: let thirds of it, or halves, lead up to it
        limit = bounds[0]
        parts = 3 if limit % 3 == 0 else 2
        bounds = [limit * part / parts for part in range(1, parts)] + [limit]
        bounds = [int(b) if b == int(b) else b for b in bounds]
    while len(bounds) < 5:
        bounds.append(bounds[-1] + (bounds[-1] - bounds[-2]))
    return tuple(bounds)


def class_of(minutes: float, bounds: Sequence[float]) -> int:
    """Return the class, 0 to 5, of a time; a bound belongs to the class below it.

    >>> [class_of(m, (5, 10, 15, 20, 25)) for m in (0, 5, 5.1, 26)]
    [0, 0, 1, 5]
    """
    return sum(minutes > bound for bound in bounds)
