"""Turns: where a trip can be, when what it came by decides where it may go on.

A search from node to node does not know how it came to one. Where turns are forbidden it must:
forbidden runs of links make an automaton (Aho & Corasick 1975) whose states are their proper
prefixes, and each prefix makes a copy of the node where it ends, from which the links that would
complete a run are missing. Elsewhere a node is one position, as without any turns. Doors stand
before links and nodes with copies: searching back from a place, they lead to all copies at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from access.engine.chains import Chains, Flags, Ints
from access.network.turns import Turns

Links = tuple[int, ...]
"""Directed links, one after the other: a link times two, plus one against it."""


@dataclass(frozen=True, slots=True)
class Moves:
    """(k,) moves along links: the link, and the positions before and after it."""

    link: Any
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Positions:
    """Where a trip can be: (N,) nodes, then copies of them, then doors.

    node                    (P,) the node of each position
    used                    (P,) whether any trip comes there
    forward, backward       the moves along the links, and against them
    tail, head              (C,) where a trip is that started on a link and left it
    enter_tail, enter_head  (C,) from where a trip may come that ends on a link
    end                     (N,) from where it may come if it ends at a node
    door, inner             (k,) doors, and the positions they open to
    """

    node: Ints
    used: Flags
    forward: Moves
    backward: Moves
    tail: Ints
    head: Ints
    enter_tail: Ints
    enter_head: Ints
    end: Ints
    door: Ints
    inner: Ints


def positions(chains: Chains, turns: Turns, touched: Flags) -> Positions:
    """Return where trips over chains can be, under forbidden turns.

    Where a street ends only because its rest was closed nobody comes and turns round: so a shape
    also serves costs with closed roads, in which such a node lies inside a chain.
    """
    tail, head = chains.tail, chains.head
    meet = np.bincount(np.concatenate([tail, head]), minlength=len(touched))
    used = meet > 0
    if len(turns):
        used &= turns.corner | touched | (meet > 1)
    every: Any = slice(None)
    node, none = np.arange(len(touched)), np.zeros(0, dtype=np.int64)
    moves = Moves(every, tail, head), Moves(every, head, tail)
    plain = Positions(node, used, *moves, tail, head, tail, head, node, none, none)
    automaton = _Automaton(chains, turns)
    return automaton.applied_to(plain) if automaton.prefixes else plain


class _Automaton:
    """Prefixes of forbidden runs of links, and where each leads."""

    def __init__(self, chains: Chains, turns: Turns) -> None:
        self.ends = np.column_stack([chains.head, chains.tail]).ravel()
        self.begins = np.column_stack([chains.tail, chains.head]).ravel()
        self.runs = set(_over_links(chains, turns)) if len(turns) else set()
        prefixes = sorted({run[:i] for run in self.runs for i in range(1, len(run))})
        first = len(turns.corner)
        self.prefixes = {prefix: first + i for i, prefix in enumerate(prefixes)}

    def forbids(self, prefix: Links, link: int) -> bool:
        run = (*prefix, link)
        return any(run[i:] in self.runs for i in range(len(prefix)))

    def goto(self, prefix: Links, link: int) -> int:
        """Return the position of a trip that has come by a prefix and then takes a link."""
        run = (*prefix, link)
        known = (self.prefixes.get(run[i:]) for i in range(len(run)))
        return next((at for at in known if at is not None), int(self.ends[link]))

    def copied(self) -> list[tuple[int, list[int], list[tuple[Links, int]]]]:
        """Return each node with copies, the links that leave it, and the copies with prefixes."""
        copies: dict[int, list[tuple[Links, int]]] = {}
        for prefix, at in self.prefixes.items():
            copies.setdefault(int(self.ends[prefix[-1]]), []).append((prefix, at))
        links: dict[int, list[int]] = {node: [] for node in copies}
        for link in np.flatnonzero(np.isin(self.begins, list(copies))).tolist():
            links[int(self.begins[link])].append(link)
        return [(node, links[node], here) for node, here in copies.items()]

    def applied_to(self, plain: Positions) -> Positions:
        """Return the positions of all nodes, copies and doors."""
        tail, head = plain.tail.copy(), plain.head.copy()
        for prefix, at in self.prefixes.items():
            if len(prefix) == 1:
                (tail if prefix[0] & 1 else head)[prefix[0] >> 1] = at

        moves: tuple[list[tuple[int, int, int]], ...] = ([], [])
        doors: dict[tuple[int, ...], int] = {}
        first = len(plain.node) + len(self.prefixes)
        enter_tail, enter_head, end = plain.tail.copy(), plain.head.copy(), plain.end.copy()

        def door(inner: list[int]) -> int:
            return doors.setdefault(tuple(inner), first + len(doors))

        for node, links, here in self.copied():
            end[node] = door([node, *(at for _, at in here)])
            for link in links:
                open_ = [(prefix, at) for prefix, at in here if not self.forbids(prefix, link)]
                moves[link & 1].extend((link >> 1, at, self.goto(by, link)) for by, at in open_)
                if open_:
                    enter = enter_head if link & 1 else enter_tail
                    enter[link >> 1] = door([node, *(at for _, at in open_)])

        copies = [int(self.ends[prefix[-1]]) for prefix in self.prefixes]
        node_of = np.concatenate([plain.node, copies, [inner[0] for inner in doors]])
        return Positions(
            node=node_of.astype(np.int64),
            used=plain.used[node_of],
            forward=_more(plain.forward, head, moves[0]),
            backward=_more(plain.backward, tail, moves[1]),
            tail=tail,
            head=head,
            enter_tail=enter_tail,
            enter_head=enter_head,
            end=end,
            door=np.repeat(list(doors.values()), [len(inner) for inner in doors]),
            inner=np.array([at for inner in doors for at in inner], dtype=np.int64),
        )


def _more(plain: Moves, end: Ints, moves: list[tuple[int, int, int]]) -> Moves:
    """Return the moves from nodes, with their new ends, and those from copies."""
    link, start, beyond = np.array(moves, dtype=np.int64).reshape(-1, 3).T
    return Moves(
        np.concatenate([np.arange(len(end)), link]),
        np.concatenate([plain.start, start]),
        np.concatenate([end, beyond]),
    )


def _over_links(chains: Chains, turns: Turns) -> Iterator[Links]:
    """Yield forbidden runs over chains; one over a segment that is closed cannot be driven."""
    for run in turns:
        segment = np.array([step >> 1 for step in run])
        chain = chains.chain[segment]
        if (chain < 0).any():
            continue
        against = chains.turned[segment] ^ np.array([step & 1 for step in run], dtype=bool)
        link = chain * 2 + against
        onward = np.where(against[1:], -1, 1)
        same = (link[1:] == link[:-1]) & (np.diff(chains.piece[segment]) == onward)
        yield tuple(link[np.concatenate([[True], ~same])].tolist())
