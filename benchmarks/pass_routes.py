"""Which route takes a Pyomo model to HiGHS quickest.

Three routes up to the point where HiGHS holds the model: the standard form passed as
arrays (what aumaq does), pyomo.contrib.solver and pyomo.contrib.appsi.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pyomo.contrib.appsi.solvers import Highs as Appsi
from pyomo.contrib.solver.solvers.highs import Highs as Contrib

import aumaq
from aumaq.model import build
from aumaq.solvers.highs.matrices import compile_matrices
from aumaq.solvers.highs.program import loaded
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions

INSTANCE = "west-kazakhstan"


def standard_form(model: Any) -> None:
    """Compile to arrays and pass them in one call."""
    loaded(Solver(compile_matrices(model), SolveOptions()).task())


def contrib(model: Any) -> None:
    """Pass through pyomo.contrib.solver."""
    Contrib().set_instance(model)


def appsi(model: Any) -> None:
    """Pass through pyomo.contrib.appsi."""
    Appsi().set_instance(model)


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long a piece of work takes, and its result."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def run() -> None:
    """Print seconds of each route and the ratio to the first."""
    instance = aumaq.read(INSTANCE)
    for service in instance.service_names:
        instance.access(service)
    building, built = seconds(lambda: build(instance))
    print(f"{INSTANCE}: building the Pyomo model {building:.1f} s")
    first = 0.0
    for route in (standard_form, contrib, appsi):
        taken, _ = seconds(lambda route=route: route(built.model))  # type: ignore[misc]
        first = first or taken
        print(f"{route.__name__:15} {taken:6.1f} s   x {taken / first:.1f}")
