"""The methods by name: what solves a compiled model, of one future or of several."""

from __future__ import annotations

from collections.abc import Callable

from aumaq.solvers.blocks.method import solve_apart, solve_by_size
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.decomposed.method import solve_decomposed
from aumaq.solvers.direct import solve_whole
from aumaq.solvers.model_methods import Method, on_model
from aumaq.solvers.solution.decisions import Solution

ON_MODEL: dict[str, Callable[[Compiled], Solution]] = {
    "auto": solve_by_size,
    "direct": solve_whole,
    "blocks": solve_apart,
    "decomposed": solve_decomposed,
}
"""Name -> what solves a model that is there, with a valid lower bound."""
METHODS: dict[str, Method] = {name: on_model(solve) for name, solve in ON_MODEL.items()}
"""The same from the instance on."""
