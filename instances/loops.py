"""Loops that numba compiles: once on a machine, and kept for the next process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def loop(function: Callable[..., Any]) -> Any:
    """Return the compiled *function*; other threads run while it does.

    What is compiled is kept beside the source, or in the cache of the user. Where
    neither can be written to, numba refuses to keep it: it is compiled again in each
    process.
    """
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no place to keep it
        return njit(nogil=True)(function)
