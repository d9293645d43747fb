"""Compiled: how the kernels are compiled, once for all of them.

A kernel is compiled when it is first called and kept on disk. Its plain Python twin is `.py_func`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile a function for arrays; it runs without Python's lock, so that threads help.

    Without numba it stays as it is: what SciPy needs of the kernels is then run slowly.
    """
    try:
        from numba import njit
    except ModuleNotFoundError:
        return function
    return cast(F, njit(cache=True, nogil=True, error_model="numpy")(function))
