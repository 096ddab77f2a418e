"""What comes out: plans, verification, comparisons, exports, the report."""

from aumaq.results.analysis import Analysis, analyse
from aumaq.results.closing_loop import ClosedLoop, close_loop
from aumaq.results.coordinating import Coordination, coordination
from aumaq.results.futures import Futures, solve_futures
from aumaq.results.plan import Plan
from aumaq.results.solving import solve
from aumaq.results.stochastic import StochasticValue, value_of_stochastic_solution
from aumaq.results.sweeping import Sweep, sweep
from aumaq.results.verification import Finding, Verification, verify

__all__ = [
    "Analysis",
    "ClosedLoop",
    "Coordination",
    "Finding",
    "Futures",
    "Plan",
    "StochasticValue",
    "Sweep",
    "Verification",
    "analyse",
    "close_loop",
    "coordination",
    "solve",
    "solve_futures",
    "sweep",
    "value_of_stochastic_solution",
    "verify",
]
