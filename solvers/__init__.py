"""How it is solved: one interface, several methods."""

from aumaq.solvers.methods import METHODS
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress, ProgressEvent, Silent
from aumaq.solvers.solution.decisions import Decisions, Given, Solution, Status

__all__ = [
    "METHODS",
    "Decisions",
    "Given",
    "Progress",
    "ProgressEvent",
    "Silent",
    "Solution",
    "SolveOptions",
    "Status",
]
