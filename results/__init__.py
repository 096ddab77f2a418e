"""What comes out: plans, verification, comparisons, exports, the report."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aumaq.results.analysis import Analysis, analyse
    from aumaq.results.audit import Finding, Verification, verify
    from aumaq.results.plan.plan import Plan
    from aumaq.results.studies.closed_loop import ClosedLoop, close_loop
    from aumaq.results.studies.coordination import Coordination, coordination
    from aumaq.results.studies.fairest import Fairest, fairest
    from aumaq.results.studies.futures import Futures
    from aumaq.results.studies.futures_plan import solve_futures
    from aumaq.results.studies.futures_value import (
        StochasticValue,
        value_of_stochastic_solution,
    )
    from aumaq.results.studies.solve import solve
    from aumaq.results.studies.sweep import Sweep, sweep

_HOME = {
    "Analysis": "aumaq.results.analysis",
    "ClosedLoop": "aumaq.results.studies.closed_loop",
    "Coordination": "aumaq.results.studies.coordination",
    "Finding": "aumaq.results.audit",
    "Fairest": "aumaq.results.studies.fairest",
    "Futures": "aumaq.results.studies.futures",
    "Plan": "aumaq.results.plan.plan",
    "StochasticValue": "aumaq.results.studies.futures_value",
    "Sweep": "aumaq.results.studies.sweep",
    "Verification": "aumaq.results.audit",
    "analyse": "aumaq.results.analysis",
    "close_loop": "aumaq.results.studies.closed_loop",
    "coordination": "aumaq.results.studies.coordination",
    "fairest": "aumaq.results.studies.fairest",
    "solve": "aumaq.results.studies.solve",
    "solve_futures": "aumaq.results.studies.futures_plan",
    "sweep": "aumaq.results.studies.sweep",
    "value_of_stochastic_solution": "aumaq.results.studies.futures_value",
    "verify": "aumaq.results.audit",
}

__all__ = [
    "Analysis",
    "ClosedLoop",
    "Coordination",
    "Fairest",
    "Finding",
    "Futures",
    "Plan",
    "StochasticValue",
    "Sweep",
    "Verification",
    "analyse",
    "close_loop",
    "coordination",
    "fairest",
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
