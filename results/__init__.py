"""What comes out: plans, verification, comparisons, exports, the report."""

from aumaq.results.coordinating import Coordination, coordination
from aumaq.results.futures import Futures, solve_futures
from aumaq.results.plan import Plan
from aumaq.results.solving import solve
from aumaq.results.stochastic import StochasticValue, value_of_stochastic_solution
from aumaq.results.verification import Finding, Verification, verify

__all__ = [
    "Coordination",
    "Finding",
    "Futures",
    "Plan",
    "StochasticValue",
    "Verification",
    "coordination",
    "solve",
    "solve_futures",
    "value_of_stochastic_solution",
    "verify",
]
