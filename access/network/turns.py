"""Turns: what a driver may not do at the corners of a network, all in forbidden runs of segments.

What a restriction forbids, and what it demands by forbidding all else, are runs of directed
segments that no trip may contain. So are attempts to get round it: whoever has come by the
restricted way may not drive into the next street, turn round where that ends, and come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from access._frozen import Record, frozen
from access.network.modes import Permit
from access.network.restrictions import Ints, Steps

if TYPE_CHECKING:
    from access.network.graph import Network

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Turns(Record):
    """Forbidden turns of one mode; nothing in it where all are allowed.

    first   (n + 1,) where each forbidden run begins in `step`
    step    (k,) directed segments, one after the other: the segment times two, plus one against
            its drawing
    corner  (N,) the nodes where a driver may choose, or turn round: all but those where just two
            segments meet and the road only goes on
    """

    first: Ints
    step: Ints
    corner: Flags

    def __len__(self) -> int:
        return len(self.first) - 1

    def __iter__(self) -> Iterator[Steps]:
        step, first = self.step.tolist(), self.first.tolist()
        for begin, end in pairwise(first):
            yield tuple(step[begin:end])


NO_TURNS = Turns(frozen([0], np.int64), frozen([], np.int64), frozen([], np.bool_))


def forbid(
    network: Network,
    open_: Flags,
    private: Flags,
    gates: npt.NDArray[np.int8],
    mapped: Flags,
) -> Turns:
    """Return the turns that the restrictions of a network forbid to a mode.

    `open_` and `private` (M, 2) tell it of each segment, as drawn and against that; `gates` (N,)
    is the `Permit` of each node. `mapped` (M, 2) are also open where a plan has closed streets: a
    junction stays one, and a place to turn, when one of its streets is closed.

    >>> from access.network.build import build
    >>> from access.network.costs import weigh
    >>> from access.network.modes import mode
    >>> from access.testing import draw_town
    >>> ways = {"ab": {}, "bc": {}, "bd": {}}
    >>> town = draw_town("abc\\n d", ways, restrictions={"ab b bd": "no_right_turn"})
    >>> list(weigh(build(town), mode("drive")).turns)
    [(0, 4)]
    """
    if not len(network.restrictions):
        return NO_TURNS
    around = _Around(network, open_, private, gates, mapped)
    banned: set[Steps] = set()
    stems: set[Steps] = set()
    known = [
        (path, only)
        for path, only in network.restrictions
        # Who cannot come that way needs no rule; who could not go on gets none.
        if around.open[list(path if only else path[:-1])].all()
    ]
    for path, _ in known:
        around.corner[[around.end(path[0]), around.end(path[-2])]] = True
    for path, only in known:
        stems |= {path[:i] for i in range(1, len(path))}
        if only:
            banned |= set(around.astray(path))
        else:
            banned.add(path)
    if not banned:
        return NO_TURNS
    detours = {run for stem in stems for run in around.detours(stem, banned)}
    runs = sorted(banned | detours)
    return Turns(
        frozen(np.cumsum([0, *map(len, runs)]), np.int64),
        frozen([step for run in runs for step in run], np.int64),
        frozen(around.corner),
    )


class _Around:
    """What lies around a node, for one mode."""

    def __init__(
        self,
        network: Network,
        open_: Flags,
        private: Flags,
        gates: npt.NDArray[np.int8],
        mapped: Flags,
    ) -> None:
        from scipy.sparse import csc_array

        n = len(network.node_id)
        begins = np.column_stack([network.tail, network.head])
        self.open, self.public = open_.ravel(), ~private.ravel()
        self.passable = gates == Permit.OPEN
        self.ends = begins[:, ::-1].ravel()
        steps = np.flatnonzero(self.open)
        shape = (n, len(steps))
        # Steps by the node they begin at: rows of a matrix given by columns, faster than sorting.
        by_node = csc_array(
            (steps, begins.ravel()[steps], np.arange(len(steps) + 1)), shape
        ).tocsr()
        self.steps, self.first = by_node.data, by_node.indptr
        meet = np.bincount(begins[mapped[:, 0] | mapped[:, 1]].ravel(), minlength=n)
        self.corner = (meet != 2) | ~self.passable
        self.corner[begins[private[:, 0] | private[:, 1]]] = True

    def end(self, step: int) -> int:
        return int(self.ends[step])

    def out(self, node: int) -> list[int]:
        found: list[int] = self.steps[self.first[node] : self.first[node + 1]].tolist()
        return found

    def astray(self, path: Steps) -> Iterator[Steps]:
        """Yield the runs that leave a path at one of its corners."""
        for i in range(1, len(path)):
            node = self.end(path[i - 1])
            if self.corner[node]:
                yield from ((*path[:i], step) for step in self.out(node) if step != path[i])

    def detours(self, stem: Steps, banned: set[Steps]) -> Iterator[Steps]:
        """Yield the runs by which one gets round a restriction that one is on the way through.

        From the end of `stem` along every street to the first junction, where one could turn.
        Where the street ends, or goes on for residents only, everybody has to turn and may.
        """
        if not self.corner[self.end(stem[-1])]:
            return
        for step in self.out(self.end(stem[-1])):
            if stem == (step ^ 1,) or not self.public[step]:
                continue
            if any((*stem[i:], step) in banned for i in range(len(stem))):
                continue
            run = [*stem, step]
            while self.passable[self.end(step)] and self.open[step ^ 1]:
                others = [o for o in self.out(self.end(step)) if o != step ^ 1 and self.public[o]]
                if self.corner[self.end(step)] and others:
                    yield (*run, step ^ 1)
                if len(others) != 1 or others[0] in run:
                    break
                step = others[0]
                run.append(step)
