"""Indicators of a plan: formulas, baselines of today, the table against targets.

To add a formula: a function in a file here, and its description in
``aumaq.instances.schema.formulas``.
"""

from aumaq.results.indicators import (
    environment,
    equity,
    expressions,
    money,
    networks,
    people,
    roads,
    services,
)
from aumaq.results.indicators.registry import COMPUTED
from aumaq.results.indicators.table import indicator_table, indicators

# Importing them registers their formulas.
assert environment
assert equity
assert expressions
assert money
assert networks
assert people
assert roads
assert services

__all__ = ["COMPUTED", "indicator_table", "indicators"]
