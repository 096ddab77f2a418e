"""What is known of several futures while they are solved, and in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.solvers.solution.decisions import Decisions, Solution, Status, Weighed

OBJECTIVES = ("expected", "worst", "regret")
"""Expected cost, cost in the worst future, largest regret: to be minimised."""


@dataclass(frozen=True)
class Policy:
    """A first period, completed in each of W futures for that future.

    ``source`` is the future whose own plan it comes from, "" for the common solve.
    Costs are inf where there is no completion (or none was found: then the bound is
    finite); no completion costs less than ``bounds``. ``source_gap`` is the gap of the
    own plan: far from its optimum, its first period says little of that future.
    """

    source: str
    first: Floats
    costs: Floats
    bounds: Floats
    values: list[Floats | None]
    source_gap: float = 0.0

    @property
    def is_plan(self) -> bool:
        """Whether there is a completion in every future."""
        return bool(np.isfinite(self.costs).all())


@dataclass(frozen=True)
class FuturesSolution:
    """The outcome: decisions in each future, with a first period in common.

    ``found`` are decisions and what the model of the future weighs under them.
    Shapes: W futures. Money in discounted mln. ``own_costs`` and ``own_bounds`` are of
    each future planned for alone. ``failed`` names the future without any plan, "" if
    it is all of them together; ``why`` is its outcome.
    """

    status: Status
    objective_mln: float
    bound_mln: float
    costs: Floats
    found: list[tuple[Decisions, Weighed]] = field(default_factory=list)
    own_costs: Floats = field(default_factory=lambda: np.zeros(0))
    own_bounds: Floats = field(default_factory=lambda: np.zeros(0))
    own_found: list[tuple[Decisions, Weighed]] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    size: dict[str, int] = field(default_factory=dict)
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    failed: str = ""
    why: Solution | None = None
    save_lp: dict[str, Callable[[Path], None]] = field(default_factory=dict)
    """By future: writes its model as an LP file."""


def nothing_found(why: Solution, own_bounds: Floats, name: str = "") -> FuturesSolution:
    """Return the outcome without a plan: of future *name*, or of all of them."""
    nan = float("nan")
    return FuturesSolution(
        why.status,
        nan,
        nan,
        np.full(len(own_bounds), nan),
        own_bounds=own_bounds,
        seconds=dict(why.seconds),
        failed=name,
        why=why,
    )


@dataclass(frozen=True)
class Score:
    """How a plan for several futures is judged; bounds are those of one future each.

    ``probabilities`` (W,) sum to 1.
    """

    objective: str
    probabilities: Floats

    def value(self, costs: Floats, references: Floats) -> float:
        """Return expected, largest cost, or largest cost less the references, mln."""
        if self.objective == "expected":
            return float(self.probabilities @ costs)
        if self.objective == "worst":
            return float(costs.max())
        return float((costs - references).max())

    def simple_bound(self, own_bounds: Floats) -> float:
        """Return what no plan can be better than: each future on its own."""
        if self.objective == "regret":
            return 0.0
        return self.value(own_bounds, np.zeros_like(own_bounds))
