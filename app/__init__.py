"""aumaq: place schools, clinics and utility nodes over several periods.

>>> import aumaq
>>> plan = aumaq.solve(aumaq.read("tiny"), gap=0.0)
>>> plan.status
'optimal'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.lazy import on_first_use

if TYPE_CHECKING:
    from aumaq.instances import (
        ArgumentError,
        AumaqError,
        ExportError,
        Instance,
        InstanceError,
        NoPlanError,
        OptionError,
        UnknownNameError,
        check_deeply,
        cut,
        describe,
        from_tables,
        read,
        services_only,
        shipped,
        write,
    )
    from aumaq.instances.editing import Edit
    from aumaq.results import (
        Alternatives,
        Analysis,
        BudgetCurve,
        ClosedLoop,
        Coordination,
        Fairest,
        Front,
        Futures,
        Plan,
        Scored,
        StochasticValue,
        Sweep,
        Verification,
        WhatIf,
        alternatives,
        analyse,
        best_by,
        budget_curve,
        close_loop,
        coordination,
        fairest,
        lock_rows,
        pareto,
        score,
        solve,
        solve_futures,
        sweep,
        value_of_stochastic_solution,
        verify,
        what_if,
    )
    from aumaq.results.comparison import Comparison, compare
    from aumaq.results.indicators import indicators
    from aumaq.results.location.answer import Location
    from aumaq.results.location.locate import locate
    from aumaq.results.plots import plot_pareto, plot_sensitivity
    from aumaq.results.store import Store, find_plan
    from aumaq.results.studies.conflicts import Conflicts, conflicts
    from aumaq.results.studies.sensitivity import Sensitivity, sensitivity

__version__ = "0.1.0"

_HOME = {
    "Alternatives": "aumaq.results",
    "Analysis": "aumaq.results",
    "ArgumentError": "aumaq.instances",
    "AumaqError": "aumaq.instances",
    "BudgetCurve": "aumaq.results",
    "ClosedLoop": "aumaq.results",
    "Comparison": "aumaq.results.comparison",
    "Conflicts": "aumaq.results.studies.conflicts",
    "Coordination": "aumaq.results",
    "Edit": "aumaq.instances.editing",
    "ExportError": "aumaq.instances",
    "Fairest": "aumaq.results",
    "Front": "aumaq.results",
    "Futures": "aumaq.results",
    "Instance": "aumaq.instances",
    "InstanceError": "aumaq.instances",
    "Location": "aumaq.results.location.answer",
    "NoPlanError": "aumaq.instances",
    "OptionError": "aumaq.instances",
    "Plan": "aumaq.results",
    "Scored": "aumaq.results",
    "Sweep": "aumaq.results",
    "Sensitivity": "aumaq.results.studies.sensitivity",
    "StochasticValue": "aumaq.results",
    "Store": "aumaq.results.store",
    "UnknownNameError": "aumaq.instances",
    "Verification": "aumaq.results",
    "WhatIf": "aumaq.results",
    "best_by": "aumaq.results",
    "check_deeply": "aumaq.instances",
    "budget_curve": "aumaq.results",
    "close_loop": "aumaq.results",
    "alternatives": "aumaq.results",
    "analyse": "aumaq.results",
    "compare": "aumaq.results.comparison",
    "conflicts": "aumaq.results.studies.conflicts",
    "coordination": "aumaq.results",
    "cut": "aumaq.instances",
    "describe": "aumaq.instances",
    "find_plan": "aumaq.results.store",
    "fairest": "aumaq.results",
    "from_tables": "aumaq.instances",
    "indicators": "aumaq.results.indicators",
    "locate": "aumaq.results.location.locate",
    "lock_rows": "aumaq.results",
    "pareto": "aumaq.results",
    "plot_pareto": "aumaq.results.plots",
    "plot_sensitivity": "aumaq.results.plots",
    "read": "aumaq.instances",
    "score": "aumaq.results",
    "services_only": "aumaq.instances",
    "shipped": "aumaq.instances",
    "solve": "aumaq.results",
    "sensitivity": "aumaq.results.studies.sensitivity",
    "sweep": "aumaq.results",
    "solve_futures": "aumaq.results",
    "value_of_stochastic_solution": "aumaq.results",
    "verify": "aumaq.results",
    "what_if": "aumaq.results",
    "write": "aumaq.instances",
}

__all__ = [
    "Alternatives",
    "Analysis",
    "ArgumentError",
    "AumaqError",
    "BudgetCurve",
    "ClosedLoop",
    "Comparison",
    "Conflicts",
    "Coordination",
    "Edit",
    "ExportError",
    "Fairest",
    "Front",
    "Futures",
    "Instance",
    "InstanceError",
    "Location",
    "NoPlanError",
    "OptionError",
    "Plan",
    "Scored",
    "Sensitivity",
    "StochasticValue",
    "Store",
    "Sweep",
    "UnknownNameError",
    "Verification",
    "WhatIf",
    "alternatives",
    "analyse",
    "best_by",
    "budget_curve",
    "check_deeply",
    "close_loop",
    "compare",
    "conflicts",
    "coordination",
    "cut",
    "describe",
    "fairest",
    "find_plan",
    "from_tables",
    "indicators",
    "locate",
    "lock_rows",
    "pareto",
    "plot_pareto",
    "plot_sensitivity",
    "read",
    "score",
    "sensitivity",
    "services_only",
    "shipped",
    "solve",
    "solve_futures",
    "sweep",
    "value_of_stochastic_solution",
    "verify",
    "what_if",
    "write",
]


def __dir__() -> list[str]:
    """List the public names, imported or not yet: they complete in a shell."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})


__getattr__ = on_first_use(__name__, _HOME)
"""``import aumaq`` itself is instant."""
