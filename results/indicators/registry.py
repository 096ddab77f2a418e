"""The register of formulas: name -> function(state, indicator) -> measure."""

from __future__ import annotations

from collections.abc import Callable

from aumaq.results.indicators.state import Indicator, Measure, State

Compute = Callable[[State, Indicator], Measure]

COMPUTED: dict[str, Compute] = {}


def formula(compute: Compute) -> Compute:
    """Register a formula under the function's name."""
    COMPUTED[compute.__name__] = compute
    return compute
