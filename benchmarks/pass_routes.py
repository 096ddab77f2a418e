"""Which route takes a model to HiGHS quickest.

Four routes up to the point where HiGHS holds the model: the arrays that families write
(what aumaq does), and the same model of Pyomo by its standard form, by
pyomo.contrib.solver and by pyomo.contrib.appsi.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pyomo.contrib.appsi.solvers import Highs as Appsi
from pyomo.contrib.solver.solvers.highs import Highs as Contrib
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

import aumaq
from aumaq.model import BuiltModel, build
from aumaq.solvers.highs.matrices import compile_matrices
from aumaq.solvers.highs.program import loaded
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions

INSTANCE = "west-kazakhstan"


def arrays(built: BuiltModel) -> None:
    """Pass the arrays of the programme in one call."""
    loaded(Solver(compile_matrices(built.program), SolveOptions()).task())


def standard_form(built: BuiltModel) -> None:
    """Let Pyomo compile its standard form, which is as far as it goes."""
    LinearStandardFormCompiler().write(built.model, mixed_form=True)


def contrib(built: BuiltModel) -> None:
    """Pass through pyomo.contrib.solver."""
    Contrib().set_instance(built.model)


def appsi(built: BuiltModel) -> None:
    """Pass through pyomo.contrib.appsi."""
    Appsi().set_instance(built.model)


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
    showing, _ = seconds(lambda: built.model)
    print(f"{INSTANCE}: building {building:.1f} s, as a model of Pyomo {showing:.1f} s")
    first = 0.0
    for route in (arrays, standard_form, contrib, appsi):
        taken, _ = seconds(lambda route=route: route(built))  # type: ignore[misc]
        first = first or taken
        print(f"{route.__name__:15} {taken:6.1f} s   x {taken / first:.1f}")
