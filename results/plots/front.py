"""A front of two or three goals as a picture: points, bounds, and what is between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from aumaq.instances.arguments import checked
from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.plots.figure import COLOURS, SOFT, Figure, sheet, with_numbers

Axis = tuple[str, str]
"""Column of the table, and the title of the axis with its unit."""


@checked
def plot_front(
    rows: pd.DataFrame, axes: Sequence[Axis], lang: str = "en", width_mm: float = 150.0
) -> Figure:
    """Draw the points of a front: the first goal over the second, the third as colour.

    *rows* has a column for each goal, and ``bound`` of the first: a bar leads down to
    it. *axes*: column and title of each goal, in the order of the front.
    """
    words = Language(lang)
    first, second = axes[0], axes[1]
    x, y = rows[second[0]].to_numpy(float), rows[first[0]].to_numpy(float)
    below = (rows["bound"].to_numpy(float) - y).clip(max=0.0)
    with sheet(width_mm) as (figure, plot):
        plot.errorbar(x, y, yerr=[-below, 0.0 * below], fmt="none", ecolor=SOFT,
                      capsize=2.5, zorder=2)  # fmt: skip
        if len(axes) == 2:
            order = x.argsort(kind="stable")
            plot.step(x[order], y[order], where="post", color=SOFT, linewidth=1.0)
            told = words.tell(say("plan, with the bar to its bound"))
            plot.scatter(x, y, color=COLOURS[0], zorder=3, label=told)
            figure.legend(loc="outside lower center")
        else:
            _coloured(figure, plot, (x, y), rows, axes[2], words)
        plot.set(xlabel=second[1], ylabel=first[1])
        plot.margins(0.12)
        for axis in (plot.xaxis, plot.yaxis):
            with_numbers(axis, words)
    return Figure(figure)


def _coloured(
    figure: Any,
    plot: Any,
    points: tuple[Any, Any],
    rows: pd.DataFrame,
    third: Axis,
    words: Language,
) -> None:
    """Draw points with the third goal as their colour."""
    drawn = plot.scatter(*points, c=rows[third[0]].to_numpy(float), cmap="cividis",
                         zorder=3)  # fmt: skip
    bar = figure.colorbar(drawn, ax=plot, label=third[1])
    with_numbers(bar.ax.yaxis, words)
