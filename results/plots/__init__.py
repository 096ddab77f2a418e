"""Figures for papers, as vectors, in colours that colour-blind readers tell apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from aumaq.instances.arguments import checked
from aumaq.results.language import Language
from aumaq.results.plots.curves import draw_access, draw_budget, draw_convergence
from aumaq.results.plots.figure import ENDINGS, WIDTH_MM, Figure
from aumaq.results.plots.map import draw_map
from aumaq.results.plots.pareto import plot_pareto, plot_sensitivity
from aumaq.results.plots.together import draw_sheet

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


@dataclass(frozen=True)
class Plots:
    """The figures of a plan; each is a :class:`Figure` with ``save(path)``.

    *lang* is en, kk or ru, *width_mm* the width on paper (a column of a journal is 85,
    a page 174); ``plan.plot(lang="ru", width_mm=85)`` chooses both.
    """

    plan: Plan
    lang: str = "en"
    width_mm: float = WIDTH_MM

    @checked
    def __call__(self, lang: str = "en", width_mm: float = 174.0) -> Figure:
        """Draw the figures of the plan on one sheet."""
        return draw_sheet(self.plan, Language(lang), width_mm)

    @checked
    def sized(self, lang: str = "en", width_mm: float = WIDTH_MM) -> Plots:
        """Return figures in another language or width."""
        return Plots(self.plan, lang, width_mm)

    @cached_property
    def _words(self) -> Language:
        return Language(self.lang)

    @checked
    def map(self, service: str = "", period: str = "") -> Figure:
        """Draw what is done by a period (default: the last) for a service (default: the
        first that serves people), with roads and lines that are built.
        """
        return draw_map(self.plan, service, period, self._words, self.width_mm)

    @checked
    def access_curve(self, period: str = "") -> Figure:
        """Draw the share of demand served within so many minutes, a line a service."""
        return draw_access(self.plan, period, self._words, self.width_mm)

    def budget(self) -> Figure:
        """Draw spending by period against the budgets."""
        return draw_budget(self.plan, self._words, self.width_mm)

    def convergence(self) -> Figure:
        """Draw incumbent and bound over the seconds of the solve."""
        return draw_convergence(self.plan, self._words, self.width_mm)

    def sheet(self) -> Figure:
        """Draw the figures of the plan on one sheet."""
        return draw_sheet(self.plan, self._words, self.width_mm)


KINDS: dict[str, Callable[[Plots], Figure]] = {
    "sheet": Plots.sheet,
    "map": Plots.map,
    "access": Plots.access_curve,
    "budget": Plots.budget,
    "convergence": Plots.convergence,
}
"""Figures of one plan by the names of the command line."""
OF_SEVERAL = {"pareto": plot_pareto, "sensitivity": plot_sensitivity}
"""Figures of several plans."""

__all__ = [
    "ENDINGS",
    "KINDS",
    "OF_SEVERAL",
    "Figure",
    "Plots",
    "plot_pareto",
    "plot_sensitivity",
]
