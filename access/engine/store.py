"""Store: elimination orders of large cities, kept on disk beside their streets.

To find a good order is nearly all the work of preparing a network. Only the order is kept: its arcs
are found from the streets each time, any order gives the same times, and so a wrong file can never
give a wrong answer. One that is damaged, or was made by another version, is made anew.
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import warnings
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any, cast

import numpy as np

from access.engine.elimination import Int, eliminate, eliminate_along
from access.errors import AccessWarning, Problem

FOLDER = ".access"
LARGE = 100_000
"""Below so many states to find the order takes a fraction of a second."""

KEPT = 16
"""So many files stay in a folder, those used last; one takes four bytes a state."""

MOST = 32
"""Arcs for each pair of neighbours, and likewise the square of the depth, beyond which an order is
neither kept nor believed. Streets have four or five, and two."""

VERSION = 1
_HEAD = struct.Struct("<8sI32s")  # magic, version, checksum of graph and order
_MAGIC = b"\x89access\n"
_ORDER, _PART = ".order", ".part"

Elimination = tuple[Int, Any, Int]


class _Unfit(Exception):
    """A file that cannot be used: the code and facts of why."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts = code, facts


def ordered(first: Any, head: Any, home: str = "") -> Elimination:
    """Return what `eliminate` returns, with the order kept in the folder `home` if there is one.

    `home` is the folder of the streets; "" keeps nothing. Warns, and goes on, where a file was
    damaged (W580) or of another version (W581), or the order cannot be kept (W582).
    """
    states = len(first) - 1
    if not home or states < LARGE:
        return cast(Elimination, eliminate(first, head))
    graph = hashlib.sha256(first.tobytes() + head.tobytes()).digest()
    path = Path(home, FOLDER, graph.hex()[:16] + _ORDER)
    remarks = []
    try:
        order = _read(path, graph, states)
        return order, *_follow(order, first, head)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except _Unfit as unfit:
        remarks.append(Problem(unfit.code, f"{FOLDER}/{path.name}", facts=unfit.facts))
    except OSError as error:
        facts = {"why": error.strerror or str(error)}
        remarks.append(Problem("W580", f"{FOLDER}/{path.name}", facts=facts))
    made = cast(Elimination, eliminate(first, head))
    with suppress(_Unfit):  # what would not be believed is not kept
        _follow(made[0], first, head)
        try:
            _write(path, graph, made[0])
        except OSError as error:
            facts = {"why": error.strerror or str(error)}
            remarks.append(Problem("W582", FOLDER, facts=facts))
    for remark in remarks:
        warnings.warn(AccessWarning(remark), stacklevel=2)
    return made


def _follow(order: Int, first: Any, head: Any) -> tuple[Any, Int]:
    """Return the arcs an order leads to; raise _Unfit where it is none, or a bad one."""
    most = MOST * len(head) // 2
    rows, fill, deepest = eliminate_along(order, first, head, most)
    if deepest < 0 or deepest**2 > most:
        raise _Unfit("W580", why=("순서가 아님", "it holds no order"))
    return rows, fill


def _read(path: Path, graph: bytes, states: int) -> Int:
    """Return the order in a file; raise OSError or _Unfit where there is none for this graph."""
    if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe would be to wait
        raise _Unfit("W580", why=("파일이 아님", "it is no file"))
    with path.open("rb") as file:
        raw = file.read(_HEAD.size + 4 * states + 1)
    if len(raw) < _HEAD.size:
        raise _Unfit("W580", why=("중간에 잘림", "it is cut short"))
    magic, version, checksum = _HEAD.unpack_from(raw)
    order = raw[_HEAD.size :]
    if magic == _MAGIC and version != VERSION:
        raise _Unfit("W581", found=version, wanted=VERSION)
    if magic != _MAGIC or checksum != _checksum(graph, order) or len(order) != 4 * states:
        raise _Unfit("W580", why=("검사합이 맞지 않음", "its checksum does not match"))
    with suppress(OSError):  # used last; not told in folders that are read only
        os.utime(path)
    return np.frombuffer(order, dtype="<i4").astype(np.int32)


def _checksum(graph: bytes, order: bytes) -> bytes:
    return hashlib.sha256(graph + order).digest()


def _write(path: Path, graph: bytes, order: Int) -> None:
    """Write an order, whole or not at all, and remove what was not used for longest."""
    raw = order.astype("<i4").tobytes()
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.stem}-{token_hex(4)}{_PART}")
    try:
        with part.open("xb") as file:
            file.write(_HEAD.pack(_MAGIC, VERSION, _checksum(graph, raw)) + raw)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    with suppress(OSError):  # of two processes either may remove them
        ours = [p for p in path.parent.iterdir() if p.suffix in (_ORDER, _PART) and p.is_file()]
        ours.sort(key=lambda p: p.stat().st_mtime_ns)
        for old in ours[:-KEPT]:
            old.unlink()
