"""How it is solved: one interface, several methods."""

from aumaq.solvers.direct import direct
from aumaq.solvers.methods import METHODS
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress, ProgressEvent, Silent
from aumaq.solvers.solution import Decisions, Solution, Status

METHODS["direct"] = direct

__all__ = [
    "METHODS",
    "Decisions",
    "Progress",
    "ProgressEvent",
    "Silent",
    "Solution",
    "SolveOptions",
    "Status",
]
