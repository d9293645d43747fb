"""Numbers as a page carries them: small, exact, and never run as code."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

DEGREE = 1_000_000
"""Outlines are written in millionths of a degree, about 0.1 m."""

_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def script_json(value: Any) -> str:
    r"""Return JSON that may stand inside <script>: no character of it can end the element.

    >>> script_json("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


def pack(raw: bytes) -> dict[str, str]:
    """Return bytes as base64 text, compressed where that makes them smaller.

    >>> pack(b"abc")
    {'codec': 'none', 'data': 'YWJj'}
    """
    small = zlib.compress(raw, 6)
    codec, kept = ("deflate", small) if len(small) < len(raw) else ("none", raw)
    return {"codec": codec, "data": base64.b64encode(kept).decode("ascii")}


def unpack(packed: dict[str, str]) -> bytes:
    """Return the bytes that `pack` was given (for tests; the page does it in the browser)."""
    raw = base64.b64decode(packed["data"])
    return zlib.decompress(raw) if packed["codec"] == "deflate" else raw


def varints(values: npt.ArrayLike) -> bytes:
    """Return whole numbers as bytes: zigzag, then seven bits to a byte, low bits first.

    >>> list(varints([0, -1, 1, 64]))
    [0, 1, 2, 128, 1]
    """
    signed = np.asarray(values, dtype=np.int64).ravel()
    rest: Any = ((signed << 1) ^ (signed >> 63)).view(np.uint64)
    columns, used = [], [np.ones(len(rest), bool)]  # the n-th byte of each, and who has one
    while True:
        more = rest >= 128
        columns.append(((rest & 127) | (more.astype(np.uint64) << 7)).astype(np.uint8))
        if not more.any():
            return bytes(np.stack(columns, axis=1)[np.stack(used, axis=1)].tobytes())
        used.append(more)
        rest = rest >> 7


def outlines(shapes: Any, tags: Any) -> bytes:
    """Return lines and polygons as one stream of whole numbers.

    Each shape is its tag, its number of parts, and for each part the number of points and the
    steps from point to point in millionths of a degree; the first step of a shape leads on from
    the last point of the one before. A polygon's outer and inner rings are parts alike, filled
    by the even-odd rule.
    """
    import shapely

    geoms = np.asarray(shapes, dtype=object)
    if len(geoms) == 0:
        return b""
    parts, owner = shapely.get_parts(geoms, return_index=True)
    polygons = shapely.get_type_id(parts) == 3
    rings, ring_of = shapely.get_rings(parts[polygons], return_index=True)
    lines = np.concatenate([parts[~polygons], rings])
    owners = np.concatenate([owner[~polygons], owner[polygons][ring_of]])
    order = np.argsort(owners, kind="stable")
    lines, owners = lines[order], owners[order]
    points, line_of = shapely.get_coordinates(lines, return_index=True)
    whole = np.rint(points * DEGREE).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int64))
    return _stream(steps, line_of, owners, np.asarray(tags, dtype=np.int64), len(geoms))


def _stream(steps: Ints, line_of: Ints, owners: Ints, tags: Ints, shapes: int) -> bytes:
    """Interleave heads and steps without a loop over points."""
    sizes = np.bincount(line_of, minlength=len(owners))
    counts = np.bincount(owners, minlength=shapes)
    first_line = np.concatenate([[0], np.cumsum(counts)])
    # two numbers before each shape's first line, one before every line, two a point
    lead = np.ones(len(owners), np.int64)
    filled = counts > 0
    lead[first_line[:-1][filled]] += 2
    start = np.cumsum(lead + 2 * sizes) - 2 * sizes
    out = np.zeros(int(lead.sum() + 2 * sizes.sum()), np.int64)
    out[start - 1] = sizes
    heads = start[first_line[:-1][filled]]
    out[heads - 3], out[heads - 2] = tags[filled], counts[filled]
    within = np.arange(len(line_of)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    at = start[line_of] + 2 * within
    out[at], out[at + 1] = steps[:, 0], steps[:, 1]
    return varints(out)
