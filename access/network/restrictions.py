"""Turn restrictions: which turns the relations of a map forbid to cars, as steps along its ways.

Read by the rules of wiki.openstreetmap.org/wiki/Relation:restriction; what we make of unclear ones
stands in docs/openstreetmap.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import numpy.typing as npt

from access._frozen import Record, frozen
from access.ledger import Findings

Ints = npt.NDArray[np.int64]
Steps = tuple[int, ...]

CARS = ("vehicle", "motor_vehicle", "motorcar")
"""The words for what a car is, the most particular last."""
KEYS = ("restriction", *(f"restriction:{kind}" for kind in CARS))
CONDITIONAL = tuple(f"{key}:conditional" for key in KEYS)
_HOURS = frozenset({"day_on", "day_off", "hour_on", "hour_off"})
_SEVERAL = {"no_entry": "from", "no_exit": "to"}
"""Words with which a relation may have more than one member of a role."""


@dataclass(frozen=True, slots=True, eq=False)
class Restrictions(Record):
    """Turns that cars must not, or must, make.

    first  (n + 1,) where each begins in `step`
    step   (k,) the way through it: the last step of the way it comes from, all steps of the ways
           it leads over, the first step of the way it leads to. A step is a place in `Ways.refs`
           (of a Network: a segment), times two, plus one if it is taken against the drawing
    only   (n,) whether the last step must be taken; else it must not
    """

    first: Ints
    step: Ints
    only: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.only)

    def __iter__(self) -> Iterator[tuple[Steps, bool]]:
        step, first = self.step.tolist(), self.first.tolist()
        for i, only in enumerate(self.only.tolist()):
            yield tuple(step[first[i] : first[i + 1]]), only

    @classmethod
    def of(cls, turns: Iterable[tuple[Steps, bool]] = ()) -> Restrictions:
        """Return restrictions in order, each once.

        >>> list(Restrictions.of([((4, 7), False), ((2, 5), True), ((4, 7), False)]))
        [((2, 5), True), ((4, 7), False)]
        """
        ordered = sorted(set(turns))
        return cls(
            frozen(np.cumsum([0, *(len(steps) for steps, _ in ordered)]), np.int64),
            frozen([step for steps, _ in ordered for step in steps], np.int64),
            frozen([only for _, only in ordered], np.bool_),
        )

    def along(self, segment: Ints) -> Restrictions:
        """Return the same turns over segments, given the segment of each place in `refs`."""
        return Restrictions.of(
            (tuple(int(segment[s >> 1]) * 2 + (s & 1) for s in steps), only) for steps, only in self
        )


def car_word(tags: Mapping[str, str]) -> str | None:
    """Return the word by which a relation restricts cars, None where it does not.

    The word is "" where it is empty or missing.

    >>> car_word({"restriction": "no_left_turn", "except": "psv; bicycle"})
    'no_left_turn'
    >>> car_word({"restriction": "no_left_turn", "except": "bus,motorcar"})
    >>> car_word({"restriction": "no_left_turn", "restriction:motorcar": "none"})
    >>> car_word({"restriction:hgv": "no_left_turn"})
    >>> car_word({"type": "restriction"})
    ''
    """
    spared = {kind.strip() for kind in re.split("[;,]", tags.get("except", ""))}
    if spared & set(CARS):
        return None
    told = [tags[key].strip() for key in KEYS if key in tags]
    if not told:
        return None if any(key.startswith("restriction:") for key in tags) else ""
    return None if told[-1] == "none" or told[-1].endswith("_on_red") else told[-1]


@dataclass
class Told:
    """Collects the restrictions of one file, and why some of them are of no use."""

    turns: list[tuple[int, str, int, tuple[int, ...], bool, int]] = field(default_factory=list)
    unused: dict[str, list[int]] = field(default_factory=dict)

    def add(
        self, id: int, tags: Mapping[str, str], members: Iterable[tuple[str, int, str]]
    ) -> None:
        """Keep what a relation of type restriction says; `members` are (kind, id, role)."""
        word = car_word(tags)
        if any(key in tags for key in CONDITIONAL) or (word and _HOURS & set(tags)):
            self._skip("F542", id)
            word = None if _HOURS & set(tags) else word
        if word is None:
            return
        if not word.startswith(("no_", "only_")):
            self._skip("W543", id)
            return
        roles: dict[tuple[str, str], list[int]] = {}
        for kind, ref, role in dict.fromkeys(members):
            roles.setdefault((role, kind), []).append(ref)
        starts, ends = roles.get(("from", "w"), []), roles.get(("to", "w"), [])
        nodes, ways = roles.get(("via", "n"), []), roles.get(("via", "w"), [])
        one_each = all(
            len(found) == 1 or (len(found) > 1 and _SEVERAL.get(word) == role)
            for role, found in (("from", starts), ("to", ends))
        )
        if not one_each or len(nodes) + bool(ways) != 1:
            self._skip("W541", id)
            return
        for start, end in product(starts, ends):
            self.turns.append((id, word, start, tuple(nodes or ways), bool(ways), end))

    def resolve(
        self, way_id: Ints, first: Ints, refs: Ints, node_id: Ints, findings: Findings
    ) -> Restrictions:
        """Return the restrictions over the ways of `Ways`; notes how many are of no use, and why.

        A way that is not in the file: F540. One that does not begin or end at the via member, so
        that the turn is not clear: W541. Restrictions at certain times: F542. Unknown words, and
        none at all: W543.
        """
        ways = _Ways(way_id, first, refs)
        found: list[tuple[Steps, bool]] = []
        for id, word, start, via, over_ways, end in self.turns:
            node = -1 if over_ways else _at(node_id, via[0])
            if not all(map(ways.has, (start, end, *(via if over_ways else ())))) or (
                not over_ways and node < 0
            ):
                self._skip("F540", id)
                continue
            paths = ways.over(start, via, end) if over_ways else ways.at(start, node, end)
            if start == end:
                paths = [p for p in paths if "u_turn" in word and p[0] ^ 1 == p[-1]]
            if not paths:
                self._skip("W541", id)
            found += [(path, word.startswith("only_")) for path in paths]
        for code, ids in sorted(self.unused.items()):
            some = ", ".join(map(str, sorted(set(ids))[:3]))
            findings.note(code, count=len(ids), ids=some)
        return Restrictions.of(found)

    def _skip(self, code: str, id: int) -> None:
        self.unused.setdefault(code, []).append(id)


class _Ways:
    """Ways as steps: where they begin and end, and how one comes to a node by them."""

    def __init__(self, way_id: Ints, first: Ints, refs: Ints) -> None:
        self.way_id, self.first, self.refs = way_id, first, refs

    def has(self, way: int) -> bool:
        return _at(self.way_id, way) >= 0

    def along(self, way: int) -> Iterator[tuple[int, list[int], int]]:
        """Yield node, steps and node of every run of a way, as drawn and against it."""
        low, high = (
            np.searchsorted(self.way_id, way, "left"),
            np.searchsorted(self.way_id, way, "right"),
        )
        for run in range(int(low), int(high)):
            places = range(int(self.first[run]), int(self.first[run + 1]) - 1)
            steps = [2 * p for p in places if self.refs[p] != self.refs[p + 1]]
            if steps:
                begin, end = int(self.refs[places[0]]), int(self.refs[places[-1] + 1])
                yield begin, steps, end
                yield end, [step + 1 for step in reversed(steps)], begin

    def at(self, start: int, node: int, end: int) -> list[Steps]:
        """Return the turns at a node from one way into another."""
        coming = [steps[-1] for _, steps, at in self.along(start) if at == node]
        going = [steps[0] for at, steps, _ in self.along(end) if at == node]
        return list(product(coming, going))

    def over(self, start: int, via: tuple[int, ...], end: int) -> list[Steps]:
        """Return the way from one way over others, in any order, to another; none if several."""
        middles: list[tuple[int, Steps, int]] = []

        def go_on(begin: int, steps: Steps, at: int, left: Counter[int]) -> None:
            if not left.total():
                middles.append((begin, steps, at))
            for way in [way for way in left if left[way]]:
                for node, more, beyond in self.along(way):
                    if node == at and len(middles) < 99:
                        go_on(begin, (*steps, *more), beyond, left - Counter([way]))

        for begin in {at for _, _, at in self.along(start)}:
            go_on(begin, (), begin, Counter(via))
        through = [
            [(coming[-1], *steps, going[0])]
            for begin, steps, at in middles
            for _, coming, arrived in self.along(start)
            for left, going, _ in self.along(end)
            if arrived == begin and left == at
        ]
        return through[0] if len(through) == 1 else []


def _at(ids: Ints, id: int) -> int:
    """Return where an id stands among ascending ids, or -1."""
    at = int(np.searchsorted(ids, id))
    return at if at < len(ids) and ids[at] == id else -1
