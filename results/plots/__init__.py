"""Figures for papers, as vectors, in colours that colour-blind readers tell apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aumaq.results.plots.curves import draw_access, draw_budget, draw_convergence
from aumaq.results.plots.figure import Figure
from aumaq.results.plots.map import draw_map
from aumaq.results.plots.pareto import plot_pareto

if TYPE_CHECKING:
    from aumaq.results.plan import Plan


@dataclass(frozen=True)
class Plots:
    """The figures of a plan; each is a :class:`Figure` with ``save(path)``."""

    plan: Plan

    def map(self, service: str = "", period: str = "") -> Figure:
        """Draw what is done by a period (default: the last) for a service (default: the
        first that serves people), with roads and lines that are built.
        """
        return draw_map(self.plan, service, period)

    def access_curve(self, period: str = "") -> Figure:
        """Draw the share of demand served within so many minutes, a line a service."""
        return draw_access(self.plan, period)

    def budget(self) -> Figure:
        """Draw spending by period against the budgets."""
        return draw_budget(self.plan)

    def convergence(self) -> Figure:
        """Draw incumbent and bound over the seconds of the solve."""
        return draw_convergence(self.plan)


KINDS: dict[str, Callable[[Plots], Figure]] = {
    "map": Plots.map,
    "access": Plots.access_curve,
    "budget": Plots.budget,
    "convergence": Plots.convergence,
}
"""Figures of one plan by the names of the command line."""

__all__ = ["KINDS", "Figure", "Plots", "plot_pareto"]
