"""Curves and bars of one plan: access, budget, convergence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances import OptionError, UnknownNameError
from aumaq.instances.language.texts import say
from aumaq.results.language import ENGLISH, Language
from aumaq.results.plan.figures import investment, share_within
from aumaq.results.plan.growth import demand_of
from aumaq.results.plan.titles import titles_by_code, titles_of
from aumaq.results.plots.figure import (
    COLOURS,
    DASHES,
    INK,
    WIDTH_MM,
    Figure,
    columns,
    label_text,
    sheet,
    title_text,
    with_numbers,
)

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def period_of(plan: Plan, period: str) -> str:
    """Return a period, the last one for ``""`` (UnknownNameError if there is none)."""
    names = plan.instance.period_names
    if period and period not in names:
        raise UnknownNameError(say("period"), period, names)
    return period or names[-1]


def draw_access(
    plan: Plan, period: str = "", words: Language = ENGLISH,
    width_mm: float = WIDTH_MM, on: Any = None,
) -> Figure:  # fmt: skip
    """Draw the share of demand served within so many minutes, a line a service.

    A line levels off at the share that is served at all.
    """
    period = period_of(plan, period)
    t = plan.instance.period_names.index(period)
    rows = plan.ways
    rows = rows[rows["period"] == period]
    services = list(filter(plan.instance.serves, plan.instance.service_names))
    right = 1.05 * max(float(rows["minutes"].max()), 1.0) if len(rows) else 1.0
    with sheet(width_mm, on=on) as (figure, axes):
        for k, service in enumerate(services):
            minutes, share = access_curve(
                rows[rows["service"] == service],
                float(demand_of(plan, service)[:, t].sum()),
            )
            axes.step(
                [*minutes, right],
                [*share, share[-1]],
                where="post",
                color=COLOURS[k % len(COLOURS)],
                linestyle=DASHES[k % len(DASHES)],
                label=label_text(
                    words.title(plan.instance.service(service)["title"], service),
                    width_mm,
                ),
            )
        title = words.tell(say("Demand served by minutes, {period}", period=period))
        axes.set(
            xlabel=words.tell(say("minutes")),
            ylabel=words.tell(say("share of demand")),
            ylim=(0, 1.03),
            title=title_text(title, width_mm),
        )
        axes.set_xlim(0, right)
        with_numbers(axes.xaxis, words)
        with_numbers(axes.yaxis, words)
        figure.legend(loc="outside lower center", ncols=columns(width_mm))
    return Figure(figure)


def access_curve(rows: pd.DataFrame, demand: float) -> tuple[np.ndarray, np.ndarray]:
    """Return minutes, and the share of *demand* served within them; from (0, 0)."""
    minutes = np.unique([0.0, *rows["minutes"]])
    share = share_within(rows, minutes, demand)
    return np.concatenate([[0.0], minutes]), np.concatenate([[0.0], share])


def draw_budget(
    plan: Plan, words: Language = ENGLISH, width_mm: float = WIDTH_MM, on: Any = None
) -> Figure:
    """Draw spending by period: a bar a budget with its limit as a line above it.

    Without budgets: investment by service.
    """
    periods = list(plan.instance.period_names)
    if len(plan.budgets):
        rows = plan.budgets.set_index(["budget", "period"])
        bars = rows["spent_mln"].unstack("period")
        limits = rows["limit_mln"].unstack("period").reindex(columns=periods)
        title = words.tell(say("Spent (bars) of the budgets (lines)"))
        rules = plan.instance.tables["budgets"].drop_duplicates("budget")
        titles = titles_by_code(rules, "budget", words)
    else:
        bars = investment(plan, ["service", "period"]).unstack("period")
        limits = None
        title = words.tell(say("Investment by service"))
        titles = titles_of(plan.instance, words)
    bars = bars.reindex(columns=periods).fillna(0.0)
    width, middle = 0.8 / max(len(bars), 1), np.arange(len(periods), dtype=float)
    with sheet(width_mm, on=on) as (figure, axes):
        for k, (name, values) in enumerate(bars.iterrows()):
            x = middle + (k - (len(bars) - 1) / 2) * width
            colour = COLOURS[k % len(COLOURS)]
            label = label_text(titles.get(str(name), str(name)), width_mm)
            axes.bar(x, values, 0.92 * width, color=colour, hatch=hatch(k),
                     edgecolor="white", linewidth=0.0, label=label)  # fmt: skip
            if limits is not None:
                ends = (x - width / 2, x + width / 2)
                axes.hlines(limits.loc[name], *ends, color=INK, linewidth=1.6)
        axes.set_xticks(middle, periods)
        unit = words.tell(say("mln {currency}", currency=plan.instance.currency))
        axes.set(ylabel=unit, title=title_text(title, width_mm))
        axes.grid(visible=False, axis="x")
        with_numbers(axes.yaxis, words)
        if len(bars):
            figure.legend(loc="outside lower center", ncols=columns(width_mm))
    return Figure(figure)


def hatch(k: int) -> str:
    """Return the hatch of a bar: colours that come again differ by it."""
    return ("", "///", "...", "xxx")[k // len(COLOURS) % 4]


def draw_convergence(
    plan: Plan, words: Language = ENGLISH, width_mm: float = WIDTH_MM, on: Any = None
) -> Figure:
    """Draw incumbent and bound over the seconds of the solve.

    Raises OptionError if the plan's record has no trace.
    """
    columns = ["seconds", "plan", "bound"]
    trace = pd.DataFrame(plan.record.get("trace") or [], columns=columns, dtype=float)
    trace = trace.where(trace.abs() < np.inf)
    if trace[["plan", "bound"]].isna().all(axis=None):
        raise OptionError(say("the plan's record has no bounds over time"))
    with sheet(width_mm, on=on) as (figure, axes):
        styles = {
            "plan": (COLOURS[0], "-", words.tell(say("best plan"))),
            "bound": (COLOURS[1], "--", words.tell(say("lower bound"))),
        }
        for column, (colour, dash, label) in styles.items():
            axes.step(
                trace["seconds"], trace[column], where="post", color=colour,
                linestyle=dash, label=label,
            )  # fmt: skip
        axes.set(
            xlabel=words.tell(say("seconds")),
            ylabel=words.tell(say("discounted mln {currency}",
                           currency=plan.instance.currency)),
            title=words.tell(say("Convergence to a gap of {gap}",
                          gap=words.at_most(plan.gap))),
        )  # fmt: skip
        with_numbers(axes.xaxis, words)
        with_numbers(axes.yaxis, words)
        axes.legend()
    return Figure(figure)
