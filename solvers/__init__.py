"""How it is solved: one interface, several methods."""

from aumaq.solvers.blocks.method import solve_auto, solve_blocks
from aumaq.solvers.direct import solve_direct
from aumaq.solvers.methods import METHODS
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress, ProgressEvent, Silent
from aumaq.solvers.solution.decisions import Decisions, Given, Solution, Status

METHODS["auto"] = solve_auto
METHODS["direct"] = solve_direct
METHODS["blocks"] = solve_blocks

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
