"""Classic location problems: files, methods with bounds, recomputed values."""

from aumaq.classic.problems import Clients, Problem, Sites
from aumaq.classic.readers import read
from aumaq.classic.solution import Check, Solution, check
from aumaq.classic.solve import k_best, solve
from aumaq.classic.spopt_names import (
    LSCP,
    LSCPB,
    MCLP,
    UFLP,
    PCenter,
    PDispersion,
    PMedian,
)

__all__ = [
    "LSCP",
    "LSCPB",
    "MCLP",
    "UFLP",
    "Check",
    "Clients",
    "PCenter",
    "PDispersion",
    "PMedian",
    "Problem",
    "Sites",
    "Solution",
    "check",
    "k_best",
    "read",
    "solve",
]
