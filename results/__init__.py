"""What comes out: plans, verification, comparisons, exports, the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.lazy import on_first_use

if TYPE_CHECKING:
    from aumaq.results.analysis import Analysis, analyse
    from aumaq.results.audit import Finding, Verification, verify
    from aumaq.results.plan.plan import Plan
    from aumaq.results.studies.choosing.alternatives import Alternatives, alternatives
    from aumaq.results.studies.choosing.budget_curve import BudgetCurve, budget_curve
    from aumaq.results.studies.choosing.front import Front, best_by, pareto
    from aumaq.results.studies.choosing.lock_rows import lock_rows
    from aumaq.results.studies.choosing.what_if import Scored, WhatIf, score, what_if
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
    "Alternatives": "aumaq.results.studies.choosing.alternatives",
    "Analysis": "aumaq.results.analysis",
    "BudgetCurve": "aumaq.results.studies.choosing.budget_curve",
    "ClosedLoop": "aumaq.results.studies.closed_loop",
    "Coordination": "aumaq.results.studies.coordination",
    "Finding": "aumaq.results.audit",
    "Fairest": "aumaq.results.studies.fairest",
    "Front": "aumaq.results.studies.choosing.front",
    "Futures": "aumaq.results.studies.futures",
    "Plan": "aumaq.results.plan.plan",
    "Scored": "aumaq.results.studies.choosing.what_if",
    "StochasticValue": "aumaq.results.studies.futures_value",
    "Sweep": "aumaq.results.studies.sweep",
    "Verification": "aumaq.results.audit",
    "WhatIf": "aumaq.results.studies.choosing.what_if",
    "alternatives": "aumaq.results.studies.choosing.alternatives",
    "analyse": "aumaq.results.analysis",
    "best_by": "aumaq.results.studies.choosing.front",
    "budget_curve": "aumaq.results.studies.choosing.budget_curve",
    "close_loop": "aumaq.results.studies.closed_loop",
    "coordination": "aumaq.results.studies.coordination",
    "fairest": "aumaq.results.studies.fairest",
    "lock_rows": "aumaq.results.studies.choosing.lock_rows",
    "pareto": "aumaq.results.studies.choosing.front",
    "score": "aumaq.results.studies.choosing.what_if",
    "solve": "aumaq.results.studies.solve",
    "solve_futures": "aumaq.results.studies.futures_plan",
    "sweep": "aumaq.results.studies.sweep",
    "value_of_stochastic_solution": "aumaq.results.studies.futures_value",
    "verify": "aumaq.results.audit",
    "what_if": "aumaq.results.studies.choosing.what_if",
}

__all__ = [
    "Alternatives",
    "Analysis",
    "BudgetCurve",
    "ClosedLoop",
    "Coordination",
    "Fairest",
    "Finding",
    "Front",
    "Futures",
    "Plan",
    "Scored",
    "StochasticValue",
    "Sweep",
    "Verification",
    "WhatIf",
    "alternatives",
    "analyse",
    "best_by",
    "budget_curve",
    "close_loop",
    "coordination",
    "fairest",
    "lock_rows",
    "pareto",
    "score",
    "solve",
    "solve_futures",
    "sweep",
    "value_of_stochastic_solution",
    "verify",
    "what_if",
]


__getattr__ = on_first_use(__name__, _HOME)
"""A part of the results does not load all the others."""
