"""Examples made of bytes that hypothesis draws at once and, where a law fails, makes smaller.

Drawn one by one, their numbers take several times as long as the law that is asked of them.
"""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st


class Dice:
    """Bytes to make an example of, one number after the other."""

    def __init__(self, raw: bytes) -> None:
        self.left = np.frombuffer(raw, dtype=np.uint8).astype(np.int64)

    def throw(self, *shape: int) -> np.ndarray:
        """Return the next bytes as an array."""
        thrown, self.left = np.split(self.left, [int(np.prod(shape))])
        return thrown.reshape(shape)

    def one(self, first: int, last: int) -> int:
        """Return the next byte as a number from first to last."""
        return first + int(self.throw(1)[0]) % (last + 1 - first)


def dice(size: int):
    """Draw so many bytes."""
    return st.binary(min_size=size, max_size=size).map(Dice)
