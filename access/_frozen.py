"""Read-only arrays and records that compare by what they hold."""

from __future__ import annotations

import dataclasses
import hashlib
import struct
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt


def frozen(values: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> npt.NDArray[Any]:
    """Return `values` as a contiguous array that nobody can write to.

    A writable array is copied, so that the caller's own array stays writable.

    >>> frozen([1, 2]).flags.writeable
    False
    """
    array = np.ascontiguousarray(values, dtype=dtype)
    if array.flags.writeable:
        array = array.copy() if array is values or array.base is not None else array
        array.flags.writeable = False
    return array


def texts(values: Any) -> npt.NDArray[np.str_]:
    """Return `values` as a read-only array of text.

    >>> texts(["가", "나"]).tolist()
    ['가', '나']
    """
    return frozen(np.array([str(v) for v in values], dtype=np.str_))


def aside(default: Any = dataclasses.MISSING, factory: Any = dataclasses.MISSING) -> Any:
    """Declare a field that tells where a record came from and is no part of what it says.

    Such a field does not enter the fingerprint.
    """
    if factory is not dataclasses.MISSING:
        return dataclasses.field(default_factory=factory, metadata={"aside": True})
    return dataclasses.field(default=default, metadata={"aside": True})


class Record:
    """A frozen dataclass over arrays: equal when the contents are equal.

    Subclasses are declared with `@dataclass(frozen=True, slots=True, eq=False)`.
    """

    __slots__ = ("_fingerprint",)

    @property
    def fingerprint(self) -> str:
        """sha256 of the contents, in hex; the same on every machine and run."""
        known: str = getattr(self, "_fingerprint", "")
        if not known:  # taken once: the contents are read-only
            digest = hashlib.sha256()
            _feed_fields(digest, self)
            known = digest.hexdigest()
            object.__setattr__(self, "_fingerprint", known)
        return known

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self is other or self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)


def fingerprint(*parts: Any) -> str:
    """Return the sha256, in hex, of any values a record may hold.

    >>> fingerprint("a", 1) == fingerprint("a", 1) != fingerprint("a1")
    True
    """
    digest = hashlib.sha256()
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()


def _feed_fields(digest: Any, value: Any) -> None:
    """Feed the fields of a dataclass that say something."""
    digest.update(b"R" + type(value).__name__.encode())
    for spec in dataclasses.fields(value):
        if not spec.metadata.get("aside"):
            digest.update(spec.name.encode())
            _feed(digest, getattr(value, spec.name))


def _feed(digest: Any, value: Any) -> None:
    """Feed one value, marked with its type and length, so that no two contents run together."""
    if isinstance(value, Record):
        digest.update(b"F" + value.fingerprint.encode())
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        _feed_fields(digest, value)
    elif isinstance(value, np.ndarray):
        if value.dtype.kind == "U":  # the width of the widest text is no content
            digest.update(b"U" + str(value.shape).encode())
            _feed(digest, "\x00".join(value.ravel().tolist()))
        elif value.dtype.kind == "O":
            digest.update(b"O" + str(value.shape).encode())
            for item in value.ravel():
                _feed(digest, item)
        else:
            digest.update(b"A" + value.dtype.str.encode() + str(value.shape).encode())
            digest.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, Mapping):
        digest.update(b"M" + struct.pack("<q", len(value)))
        for key in sorted(value, key=repr):
            _feed(digest, key)
            _feed(digest, value[key])
    elif isinstance(value, tuple | list):
        digest.update(b"T" + struct.pack("<q", len(value)))
        for item in value:
            _feed(digest, item)
    elif isinstance(value, str):
        raw = value.encode()
        digest.update(b"S" + struct.pack("<q", len(raw)) + raw)
    elif value is None or isinstance(value, bool | int | float | date | Enum):
        digest.update(b"V" + type(value).__name__.encode() + repr(value).encode())
    elif hasattr(value, "wkb"):  # a shapely geometry
        digest.update(b"G" + value.wkb)
    else:
        raise TypeError(f"a record cannot hold {type(value).__name__}")
