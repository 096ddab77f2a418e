"""Plans against each other in two figures that one wants small."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances import OptionError, UnknownNameError
from aumaq.instances.texts import say
from aumaq.results.coordinating import figures
from aumaq.results.growth_tables import demand_of
from aumaq.results.plots.figure import COLOURS, SOFT, Figure, sheet, with_commas

if TYPE_CHECKING:
    from aumaq.results.plan import Plan


def plot_pareto(
    plans: Sequence[Plan],
    x: str = "investment_mln",
    y: str = "unserved_share",
    names: Sequence[str] = (),
) -> Figure:
    """Draw a point for each plan; filled where no other is as good in both and better
    in one, and a staircase through those.

    *x*, *y*: ``investment_mln`` (not discounted), ``objective_mln``, ``unserved_share``
    (all services, all periods), ``mean_minutes`` (weighted by demand). *names* stand
    beside the points (default: the scenarios). Raises UnknownNameError, OptionError.
    """
    for axis in (x, y):
        if axis not in MEASURES:
            raise UnknownNameError(say("measure"), axis, MEASURES)
    if not plans:
        raise OptionError(say("give at least one plan"))
    names = names or [plan.instance.scenario for plan in plans]
    points = np.array([[MEASURES[axis](plan) for axis in (x, y)] for plan in plans])
    best = efficient(points)
    front = points[best][np.argsort(points[best][:, 0], kind="stable")]
    with sheet() as (figure, axes):
        axes.step(*front.T, where="post", color=SOFT, linewidth=1.0, zorder=1)
        axes.scatter(*points[best].T, color=COLOURS[0], zorder=2,
                     label="none better in both")  # fmt: skip
        if not best.all():
            axes.scatter(*points[~best].T, facecolor="white", edgecolor=COLOURS[1],
                         marker="s", zorder=2, label="another is better")  # fmt: skip
        for point, name in zip(points, names, strict=True):
            axes.annotate(name, point, xytext=(4, 4), textcoords="offset points")
        axes.set(xlabel=x.replace("_", " "), ylabel=y.replace("_", " "))
        axes.margins(0.12)
        with_commas(axes.xaxis)
        with_commas(axes.yaxis)
        axes.legend()
    return Figure(figure)


def efficient(points: np.ndarray) -> np.ndarray:
    """Return which points (N, 2) no other dominates; small is good, (N,)."""
    no_worse = (points[:, None, :] <= points[None, :, :]).all(axis=2)
    better = (points[:, None, :] < points[None, :, :]).any(axis=2)
    return np.logical_not((no_worse & better).any(axis=0))


def _investment(plan: Plan) -> float:
    return float(sum(figures(plan)["investment_mln"].values()))


def _unserved_share(plan: Plan) -> float:
    instance = plan.instance
    services = filter(instance.serves, instance.service_names)
    whole = sum(float(demand_of(plan, service).sum()) for service in services)
    return float(plan.unserved["demand"].sum()) / whole if whole else 0.0


def _mean_minutes(plan: Plan) -> float:
    rows = plan.allocation
    served = float(rows["demand"].sum())
    return float((rows["demand"] * rows["minutes"]).sum()) / served if served else 0.0


MEASURES: dict[str, Callable[[Plan], float]] = {
    "investment_mln": _investment,
    "objective_mln": lambda plan: plan.objective_mln,
    "unserved_share": _unserved_share,
    "mean_minutes": _mean_minutes,
}
