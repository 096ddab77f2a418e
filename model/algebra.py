"""Pyomo, loaded when the first model is built.

Reading, checking and showing plans takes numbers of this package and no algebra: they
do not wait for a second until Pyomo and all of scipy are there.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyomo.environ as pyo
else:

    class _Later:
        def __getattr__(self, name: str) -> Any:
            return getattr(import_module("pyomo.environ"), name)

    pyo = _Later()

__all__ = ["linear", "pyo"]


def linear(coefficients: list[float], variables: list[Any]) -> Any:
    """Return the sum of coefficients times variables as an expression."""
    # Not among what pyomo.environ offers.
    from pyomo.core.expr import LinearExpression

    return LinearExpression(
        constant=0.0, linear_coefs=coefficients, linear_vars=variables
    )
