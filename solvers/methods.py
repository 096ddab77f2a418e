"""The registry of methods: name -> function."""

from __future__ import annotations

from collections.abc import Callable

from aumaq.instances import Instance
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress
from aumaq.solvers.solution.decisions import Given, Solution

Method = Callable[[Instance, SolveOptions, Progress, Given], Solution]
"""(instance, options, progress, given) -> solution with a valid lower bound."""

METHODS: dict[str, Method] = {}
