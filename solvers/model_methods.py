"""Methods on the compiled model: it is built and compiled first, if time allows."""

from __future__ import annotations

from collections.abc import Callable

from aumaq.instances import Instance
from aumaq.instances.interruption import listening
from aumaq.solvers.compiled import Compiled, compiled
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.out_of_time import OutOfTimeError, out_of_time
from aumaq.solvers.progress import Progress
from aumaq.solvers.solution.decisions import Given, Solution

Method = Callable[[Instance, SolveOptions, Progress, Given], Solution]
"""(instance, options, progress, given) -> solution with a valid lower bound."""


def on_model(solve: Callable[[Compiled], Solution]) -> Method:
    """Return the method that builds and compiles the model, and then does *solve*."""

    def method(
        instance: Instance, options: SolveOptions, progress: Progress, given: Given
    ) -> Solution:
        try:
            c = compiled(instance, options, progress, given, given.data)
        except OutOfTimeError as error:
            return out_of_time(error.seconds, error.status)
        with listening():  # from here on there may be a plan
            return solve(c)

    return method
