"""What comes out: plans, verification, comparisons, exports, the report."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aumaq.results.analysis import Analysis, analyse
    from aumaq.results.closing_loop import ClosedLoop, close_loop
    from aumaq.results.coordinating import Coordination, coordination
    from aumaq.results.futures import Futures
    from aumaq.results.plan import Plan
    from aumaq.results.planning_together import solve_futures
    from aumaq.results.solving import solve
    from aumaq.results.stochastic import StochasticValue, value_of_stochastic_solution
    from aumaq.results.sweeping import Sweep, sweep
    from aumaq.results.verification import Finding, Verification, verify

_HOME = {
    "Analysis": "aumaq.results.analysis",
    "ClosedLoop": "aumaq.results.closing_loop",
    "Coordination": "aumaq.results.coordinating",
    "Finding": "aumaq.results.verification",
    "Futures": "aumaq.results.futures",
    "Plan": "aumaq.results.plan",
    "StochasticValue": "aumaq.results.stochastic",
    "Sweep": "aumaq.results.sweeping",
    "Verification": "aumaq.results.verification",
    "analyse": "aumaq.results.analysis",
    "close_loop": "aumaq.results.closing_loop",
    "coordination": "aumaq.results.coordinating",
    "solve": "aumaq.results.solving",
    "solve_futures": "aumaq.results.planning_together",
    "sweep": "aumaq.results.sweeping",
    "value_of_stochastic_solution": "aumaq.results.stochastic",
    "verify": "aumaq.results.verification",
}

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


def __getattr__(name: str) -> Any:
    """Import on first use: a part of the results does not load all the others."""
    if name not in _HOME:
        raise AttributeError(f"module 'aumaq.results' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
