"""The figures of a plan on one sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aumaq.instances import OptionError
from aumaq.results.language import Language
from aumaq.results.plots.curves import draw_access, draw_budget, draw_convergence
from aumaq.results.plots.figure import INK, MM, Figure, styled
from aumaq.results.plots.map import draw_map

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

PARTS = 2
"""Figures beside and below each other."""


def draw_sheet(plan: Plan, words: Language, width_mm: float = 174.0) -> Figure:
    """Draw map, access, budget and convergence together; what a plan has no data for
    is said in its place.
    """
    part_mm = max(width_mm / PARTS, 60.0)
    with styled():
        from matplotlib.figure import Figure as Sheet

        figure = Sheet(figsize=(width_mm / MM, 0.85 * width_mm / MM))
        places: Any = figure.subfigures(PARTS, PARTS, hspace=0.03, wspace=0.03)
        usual: dict[str, Any] = {"words": words, "width_mm": part_mm}
        draws: tuple[Callable[..., Figure], ...] = (
            draw_map, draw_access, draw_budget, draw_convergence,
        )  # fmt: skip
        for place, draw in zip(places.flat, draws, strict=True):
            try:
                draw(plan, on=place, **usual)
            except OptionError as error:
                place.text(0.5, 0.5, words.tell(error), ha="center", color=INK)
    return Figure(figure)
