"""What more money brings, as a picture: cost over the amount, alone and nested."""

from __future__ import annotations

import pandas as pd

from aumaq.instances import OptionError
from aumaq.instances.arguments import checked
from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.plots.figure import COLOURS, DASHES, Figure, sheet, with_numbers


@checked
def plot_budgets(
    rows: pd.DataFrame, currency: str, lang: str = "en", width_mm: float = 150.0
) -> Figure:
    """Draw the cost of the best plan over the amount, with the band to its bound.

    *rows* are those of a ``BudgetCurve``. Raises OptionError where no amount has a
    plan.
    """
    words = Language(lang)
    if "objective_mln" not in rows or not rows["objective_mln"].notna().any():
        raise OptionError(say("there is no plan to draw"))
    known = rows[rows["objective_mln"].notna()]
    x = known["amount_mln"].to_numpy(float)
    with sheet(width_mm) as (figure, axes):
        cost, bound = (known[c].to_numpy(float) for c in ("objective_mln", "bound_mln"))
        axes.fill_between(x, bound, cost, color=COLOURS[0], alpha=0.18, linewidth=0,
                          label=words.tell(say("between bound and plan")))  # fmt: skip
        axes.plot(x, cost, color=COLOURS[0], marker="o",
                  label=words.tell(say("best plan for the amount")))  # fmt: skip
        if "nested_mln" in known:
            axes.plot(x, known["nested_mln"].to_numpy(float), color=COLOURS[1],
                      linestyle=DASHES[1], marker="s",
                      label=words.tell(say("nested plan")))  # fmt: skip
        heads = say("investment at most, mln {currency}"), say("cost, mln {currency}")
        axes.set(xlabel=words.tell(heads[0], currency=currency),
                 ylabel=words.tell(heads[1], currency=currency))  # fmt: skip
        axes.margins(0.08)
        for axis in (axes.xaxis, axes.yaxis):
            with_numbers(axis, words)
        figure.legend(loc="outside lower center", ncols=3)
    return Figure(figure)
