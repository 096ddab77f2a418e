"""What many tests read or solve, once a process: instances and plans do not change."""

from __future__ import annotations

from functools import cache

import aumaq
from aumaq.instances import Instance


@cache
def shipped(name: str = "tiny") -> Instance:
    """Return a shipped instance."""
    return aumaq.read(name)


@cache
def best_plan(name: str = "tiny") -> aumaq.Plan:
    """Return the optimal plan of a shipped instance."""
    return aumaq.solve(shipped(name), gap=0.0)
