"""Compiled: how the kernels are compiled, once for all of them.

A kernel is compiled when it is first called and kept on disk. Its plain Python twin is `.py_func`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile a function for arrays; it runs without Python's lock, so that threads help."""
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
