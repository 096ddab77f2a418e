"""What goes in: the schema, reading, validation, demand, access."""

from aumaq.instances.describing import describe
from aumaq.instances.errors import (
    AumaqError,
    ExportError,
    InstanceError,
    NoPlanError,
    OptionError,
    Problem,
    UnknownNameError,
    did_you_mean,
)
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.policies import Policies
from aumaq.instances.reading import SHIPPED_FOLDER, find, read, shipped, write
from aumaq.instances.scenarios import Scenario

__all__ = [
    "SHIPPED_FOLDER",
    "AumaqError",
    "ExportError",
    "Instance",
    "InstanceError",
    "NoPlanError",
    "OptionError",
    "Policies",
    "Problem",
    "Scenario",
    "UnknownNameError",
    "describe",
    "did_you_mean",
    "find",
    "from_tables",
    "read",
    "shipped",
    "write",
]
