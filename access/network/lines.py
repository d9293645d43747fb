"""Raw lines of nodes in compact arrays, and the stretches of them whose nodes are known."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class Lines:
    """Lines of nodes in compact arrays: an id, a version, a label and node ids for each."""

    def __init__(self) -> None:
        self.id = array("q")
        self.version = array("q")
        self.label = array("q")
        self.first = array("q", [0])
        self.refs = array("q")

    def __len__(self) -> int:
        return len(self.id)

    def add(self, id: int, refs: Iterable[int], label: int = 0, version: int = 0) -> None:
        """Append a line."""
        self.id.append(id)
        self.version.append(version)
        self.label.append(label)
        self.refs.extend(refs)
        self.first.append(len(self.refs))


@dataclass(frozen=True, slots=True)
class Nodes:
    """Where nodes are: ids ascending, `x` and `y` in steps of 1e-7 degrees, tags by id."""

    id: Ints
    x: Ints
    y: Ints
    tags: Mapping[int, Mapping[str, str]]


class SortedLines:
    """Lines as numpy arrays, in the order of their ids, then of their versions."""

    def __init__(self, lines: Lines) -> None:
        self.id, self.label = ints(lines.id), ints(lines.label)
        self.version = ints(lines.version)
        self.first, self.refs = ints(lines.first), ints(lines.refs)
        order = np.lexsort((self.version, self.id))
        if (np.diff(order) != 1).any():
            self._keep(order)

    def __len__(self) -> int:
        return len(self.id)

    def _keep(self, order: Ints) -> None:
        count = np.diff(self.first)[order]
        start = self.first[:-1][order]
        first = np.concatenate([[0], np.cumsum(count)])
        at = np.arange(first[-1]) - np.repeat(first[:-1] - start, count)
        self.id, self.label = self.id[order], self.label[order]
        self.version = self.version[order]
        self.first, self.refs = first, self.refs[at]

    def drop_repeats(self) -> int | None:
        """Keep each id once; return how many were dropped, or None where versions differ."""
        same = self.id[1:] == self.id[:-1]
        if not same.any():
            return 0
        if (same & (self.version[1:] != self.version[:-1])).any():
            return None
        self._keep(np.flatnonzero(np.concatenate([[True], ~same])))
        return int(np.count_nonzero(same))


class Runs:
    """The stretches of lines whose nodes are all known; a gap is never bridged.

    line   the line each run belongs to, ascending
    first  where the nodes of each run begin in `node`
    node   indices into Nodes
    """

    def __init__(self, lines: SortedLines, nodes: Nodes) -> None:
        count = np.diff(lines.first)
        owner = np.repeat(np.arange(len(lines)), count)
        at = np.searchsorted(nodes.id, lines.refs)
        known = np.zeros(len(at), np.bool_)
        inside = at < len(nodes.id)
        known[inside] = nodes.id[at[inside]] == lines.refs[inside]
        starts = known.copy()
        starts[1:] &= ~known[:-1] | (owner[1:] != owner[:-1])
        run = np.cumsum(starts) - 1
        size = np.bincount(run[known], minlength=int(starts.sum()))
        keep = known.copy()
        keep[known] = size[run[known]] > 1
        self.node = at[keep]
        self.line: Ints = owner[starts][size > 1]
        self.first = np.concatenate([[0], np.cumsum(size[size > 1])])
        self.missing = len(distinct(lines.refs[~known]))
        whole = np.ones(len(lines), np.bool_)
        whole[owner[~known]] = False
        left = np.zeros(len(lines), np.bool_)
        left[self.line] = True
        self.lost_lines = np.flatnonzero(~left)
        self.broken_lines = np.flatnonzero(left & ~whole)

    def coordinates(self, nodes: Nodes) -> dict[int, list[npt.NDArray[np.float64]]]:
        """Return the runs of each line as arrays of degrees."""
        lonlat = np.column_stack([nodes.x[self.node], nodes.y[self.node]]) / 1e7
        pieces: dict[int, list[npt.NDArray[np.float64]]] = {}
        for at, line in enumerate(self.line.tolist()):
            pieces.setdefault(line, []).append(lonlat[self.first[at] : self.first[at + 1]])
        return pieces


def distinct(ids: Ints) -> Ints:
    """Return each id once, ascending: what `numpy.unique` gives, by sorting, which is faster."""
    ids = np.sort(ids)
    return ids[np.concatenate([[True], ids[1:] != ids[:-1]])] if len(ids) else ids


def ints(values: array[int]) -> Ints:
    """Return the values as numpy sees them, without a copy."""
    return np.frombuffer(values, dtype=np.int64) if values else np.empty(0, np.int64)
