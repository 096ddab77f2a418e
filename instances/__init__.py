"""What goes in: the schema, reading, validation, demand, access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.lazy import on_first_use

if TYPE_CHECKING:
    from aumaq.instances.checks.deep import check_deeply
    from aumaq.instances.cutting import cut
    from aumaq.instances.description import describe
    from aumaq.instances.errors import (
        ArgumentError,
        AumaqError,
        ExportError,
        InstanceError,
        NoPlanError,
        OptionError,
        Problem,
        SolverError,
        UnknownNameError,
        did_you_mean,
        grouped,
    )
    from aumaq.instances.instance import Instance, from_tables
    from aumaq.instances.parts import services_only
    from aumaq.instances.policies import Policies
    from aumaq.instances.reading import SHIPPED_FOLDER, find, read, shipped, write
    from aumaq.instances.scenarios.scenario import Scenario

_HOME = {
    "ArgumentError": "aumaq.instances.errors",
    "AumaqError": "aumaq.instances.errors",
    "ExportError": "aumaq.instances.errors",
    "Instance": "aumaq.instances.instance",
    "InstanceError": "aumaq.instances.errors",
    "NoPlanError": "aumaq.instances.errors",
    "SolverError": "aumaq.instances.errors",
    "OptionError": "aumaq.instances.errors",
    "Policies": "aumaq.instances.policies",
    "Problem": "aumaq.instances.errors",
    "SHIPPED_FOLDER": "aumaq.instances.reading",
    "Scenario": "aumaq.instances.scenarios.scenario",
    "UnknownNameError": "aumaq.instances.errors",
    "check_deeply": "aumaq.instances.checks.deep",
    "cut": "aumaq.instances.cutting",
    "describe": "aumaq.instances.description",
    "did_you_mean": "aumaq.instances.errors",
    "find": "aumaq.instances.reading",
    "from_tables": "aumaq.instances.instance",
    "grouped": "aumaq.instances.errors",
    "read": "aumaq.instances.reading",
    "services_only": "aumaq.instances.parts",
    "shipped": "aumaq.instances.reading",
    "write": "aumaq.instances.reading",
}

__all__ = [
    "SHIPPED_FOLDER",
    "ArgumentError",
    "AumaqError",
    "ExportError",
    "Instance",
    "InstanceError",
    "NoPlanError",
    "OptionError",
    "Policies",
    "Problem",
    "Scenario",
    "SolverError",
    "UnknownNameError",
    "check_deeply",
    "cut",
    "describe",
    "did_you_mean",
    "find",
    "from_tables",
    "grouped",
    "read",
    "services_only",
    "shipped",
    "write",
]


__getattr__ = on_first_use(__name__, _HOME)
"""Words and errors do not load what reads instances."""


def __dir__() -> list[str]:
    """List what there is, imported or not yet."""
    return sorted({*globals(), *__all__})
