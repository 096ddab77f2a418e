"""Classic location problems: files, methods with bounds, recomputed values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.lazy import on_first_use

if TYPE_CHECKING:
    from aumaq.classic.problems import Clients, Problem, Sites
    from aumaq.classic.readers import read
    from aumaq.classic.solution import Check, Solution, check
    from aumaq.classic.solving import k_best, solve
    from aumaq.classic.spopt_names import (
        LSCP,
        LSCPB,
        MCLP,
        UFLP,
        KNearestPMedian,
        PCenter,
        PDispersion,
        PMedian,
        Relocation,
    )

_HOME = {
    "Check": "aumaq.classic.solution",
    "Clients": "aumaq.classic.problems",
    "KNearestPMedian": "aumaq.classic.spopt_names",
    "LSCP": "aumaq.classic.spopt_names",
    "LSCPB": "aumaq.classic.spopt_names",
    "MCLP": "aumaq.classic.spopt_names",
    "PCenter": "aumaq.classic.spopt_names",
    "PDispersion": "aumaq.classic.spopt_names",
    "PMedian": "aumaq.classic.spopt_names",
    "Problem": "aumaq.classic.problems",
    "Relocation": "aumaq.classic.spopt_names",
    "Sites": "aumaq.classic.problems",
    "Solution": "aumaq.classic.solution",
    "UFLP": "aumaq.classic.spopt_names",
    "check": "aumaq.classic.solution",
    "k_best": "aumaq.classic.solving",
    "read": "aumaq.classic.readers",
    "solve": "aumaq.classic.solving",
}

__all__ = [
    "LSCP",
    "LSCPB",
    "MCLP",
    "UFLP",
    "Check",
    "Clients",
    "KNearestPMedian",
    "PCenter",
    "PDispersion",
    "PMedian",
    "Problem",
    "Relocation",
    "Sites",
    "Solution",
    "check",
    "k_best",
    "read",
    "solve",
]


__getattr__ = on_first_use(__name__, _HOME)
"""A question of an instance does not load all readers."""
