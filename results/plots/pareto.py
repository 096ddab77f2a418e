"""Plans against each other in two figures, and what a larger budget brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aumaq.instances import OptionError
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.plots.figure import COLOURS, SOFT, Figure, sheet, with_numbers
from aumaq.results.plots.measures import Measure, measure

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

MOST_NAMES = 12
"""With more plans than this only those that none beats are named."""
WITH_BOUND = "objective_mln"
"""The measure of which a bound is known."""


@checked
def plot_pareto(
    plans: Sequence[Plan],
    x: str = "investment_mln",
    y: str = "unserved_share",
    names: Sequence[str] = (),
    lang: str = "en",
    width_mm: float = 150.0,
) -> Figure:
    """Draw a point for each plan; filled where no other is as good in both and better
    in one, and a staircase through those.

    *x*, *y*: names of :func:`~aumaq.results.plots.measures.measure`. A plan's cost
    has a bar down to its proven bound. *names* stand beside the points (default: the
    scenarios). Raises UnknownNameError, OptionError where no plan has both figures.
    """
    words, points, names = _points(plans, x, y, names, lang)
    measures = [measure(axis, list(plans), words) for axis in (x, y)]
    signs = np.array([1.0 if m.is_low_good else -1.0 for m in measures])
    best = efficient(points * signs)
    with sheet(width_mm) as (figure, axes):
        _front(axes, points[best], signs)
        for k, axis in enumerate((x, y)):
            if axis == WITH_BOUND:
                _bounds(axes, points, plans, k)
        axes.scatter(*points[best].T, color=COLOURS[0], zorder=3,
                     label=words.tell(say("no other plan is better")))  # fmt: skip
        if not best.all():
            axes.scatter(*points[~best].T, facecolor="white", edgecolor=COLOURS[1],
                         marker="s", zorder=3,
                         label=words.tell(say("another plan is better")))  # fmt: skip
        shown = best if len(points) > MOST_NAMES else np.ones(len(points), dtype=bool)
        _name(axes, points[shown], [n for n, s in zip(names, shown, strict=True) if s])
        _finish(figure, axes, measures, words)
    return Figure(figure)


@checked
def plot_sensitivity(
    plans: Sequence[Plan],
    x: str = "budget_mln",
    y: str = "objective_mln",
    names: Sequence[str] = (),
    lang: str = "en",
    width_mm: float = 150.0,
) -> Figure:
    """Draw a line through plans in the order of *x* (default: all their budgets);
    arguments and errors as those of :func:`plot_pareto`.

    Of the cost the band down to the proven bound is shaded: the curve of the best
    possible plans lies within it.
    """
    words, points, names = _points(plans, x, y, names, lang)
    measures = [measure(axis, list(plans), words) for axis in (x, y)]
    order = np.argsort(points[:, 0], kind="stable")
    with sheet(width_mm) as (figure, axes):
        if y == WITH_BOUND:
            bounds = np.array([plan.bound_mln for plan in plans])
            axes.fill_between(points[order, 0], bounds[order], points[order, 1],
                              color=COLOURS[0], alpha=0.18, linewidth=0,
                              label=words.tell(say("between bound and plan")),
                              )  # fmt: skip
        axes.plot(*points[order].T, color=COLOURS[0], marker="o",
                  label=words.tell(say("plan")))  # fmt: skip
        if len(points) <= MOST_NAMES:
            _name(axes, points, list(names))
        _finish(figure, axes, measures, words)
    return Figure(figure)


def _points(
    plans: Sequence[Plan], x: str, y: str, names: Sequence[str], lang: str
) -> tuple[Language, Floats, Sequence[str]]:
    """Return the language, the points (N, 2) and their names."""
    words = Language(lang)
    if not plans:
        raise OptionError(say("give at least one plan"))
    if names and len(names) != len(plans):
        text = say("give a name for each of {count} plans", count=len(plans))
        raise OptionError(text, ["names"])
    currencies = sorted({plan.instance.currency for plan in plans})
    if len(currencies) > 1:
        raise OptionError(
            say(
                "plans in different currencies: {currencies}",
                currencies=", ".join(currencies),
            )
        )
    measures = {axis: measure(axis, list(plans), words) for axis in (x, y)}
    values = [[measures[axis].value(plan) for axis in (x, y)] for plan in plans]
    points = np.array(values, dtype=float)
    for k, axis in enumerate((x, y)):
        lacks = np.isnan(points[:, k])
        lacking = [plans[i].instance.scenario for i in np.flatnonzero(lacks).tolist()]
        if lacking:
            raise OptionError(
                say(
                    "no {axis} in the plans of {names}",
                    axis=axis,
                    names=", ".join(lacking),
                )
            )
    return words, points, names or [plan.instance.scenario for plan in plans]


def efficient(points: Floats) -> NDArray[np.bool_]:
    """Return which points (N, 2) no other dominates; small is good, (N,)."""
    no_worse = (points[:, None, :] <= points[None, :, :]).all(axis=2)
    better = (points[:, None, :] < points[None, :, :]).any(axis=2)
    return np.logical_not((no_worse & better).any(axis=0))


def _front(axes: Any, points: Floats, signs: Floats) -> None:
    """Draw the staircase of what is reached, by the best first figure first."""
    front = points[np.argsort(points[:, 0] * signs[0], kind="stable")]
    axes.step(*front.T, where="post", color=SOFT, linewidth=1.0, zorder=1)


def _bounds(axes: Any, points: Floats, plans: Sequence[Plan], k: int) -> None:
    """Draw a bar from each plan's cost to its bound."""
    less = points[:, k] - np.array([plan.bound_mln for plan in plans])
    span = np.array([np.clip(less, 0.0, None), np.zeros(len(less))])
    error = {"xerr": span} if k == 0 else {"yerr": span}
    axes.errorbar(*points.T, fmt="none", ecolor=SOFT, capsize=2.5, zorder=2, **error)


def _name(axes: Any, points: Floats, names: Sequence[str]) -> None:
    """Write names beside points, to the left in the right third of the sheet."""
    right = points[:, 0].min() + 0.66 * np.ptp(points[:, 0])
    for k, (point, name) in enumerate(zip(points, names, strict=True)):
        is_right = len(points) > 1 and point[0] > right
        axes.annotate(
            name, point, xytext=(-5 if is_right else 5, 5 if k % 2 == 0 else -11),
            textcoords="offset points", ha="right" if is_right else "left", zorder=4,
        )  # fmt: skip


def _finish(
    figure: Any, axes: Any, measures: Sequence[Measure], words: Language
) -> None:
    axes.set(xlabel=measures[0].title, ylabel=measures[1].title)
    axes.margins(0.12)
    for axis in (axes.xaxis, axes.yaxis):
        with_numbers(axis, words)
    figure.legend(loc="outside lower center", ncols=2)
