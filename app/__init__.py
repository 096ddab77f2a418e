"""aumaq: place schools, clinics and utility nodes over several periods.

>>> import aumaq
>>> plan = aumaq.solve(aumaq.read("tiny"), gap=0.0)
>>> plan.status
'optimal'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aumaq.instances import (
        AumaqError,
        Instance,
        InstanceError,
        NoPlanError,
        describe,
        from_tables,
        read,
        shipped,
        write,
    )
    from aumaq.results import (
        Coordination,
        Futures,
        Plan,
        StochasticValue,
        Verification,
        coordination,
        solve,
        solve_futures,
        value_of_stochastic_solution,
        verify,
    )

__version__ = "0.1.0"

_HOME = {
    "AumaqError": "aumaq.instances",
    "Coordination": "aumaq.results",
    "Futures": "aumaq.results",
    "Instance": "aumaq.instances",
    "InstanceError": "aumaq.instances",
    "NoPlanError": "aumaq.instances",
    "Plan": "aumaq.results",
    "StochasticValue": "aumaq.results",
    "Verification": "aumaq.results",
    "coordination": "aumaq.results",
    "describe": "aumaq.instances",
    "from_tables": "aumaq.instances",
    "read": "aumaq.instances",
    "shipped": "aumaq.instances",
    "solve": "aumaq.results",
    "solve_futures": "aumaq.results",
    "value_of_stochastic_solution": "aumaq.results",
    "verify": "aumaq.results",
    "write": "aumaq.instances",
}

__all__ = [
    "AumaqError",
    "Coordination",
    "Futures",
    "Instance",
    "InstanceError",
    "NoPlanError",
    "Plan",
    "StochasticValue",
    "Verification",
    "coordination",
    "describe",
    "from_tables",
    "read",
    "shipped",
    "solve",
    "solve_futures",
    "value_of_stochastic_solution",
    "verify",
    "write",
]


def __getattr__(name: str) -> Any:
    """Import on first use: ``import aumaq`` itself is instant."""
    if name not in _HOME:
        raise AttributeError(f"module 'aumaq' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
