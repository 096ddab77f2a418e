"""Draw docs/images/gallery: one small territory, planned with more and less money.

The territory is the generated one of 40 settlements, seed 3; each period's investment
is limited to a share of what the plan without limits spends. `make gallery` runs this.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import aumaq
from aumaq.instances.generators import clustered
from aumaq.results.plan.figures import investment

TARGET = Path(__file__).parent.parent / "docs" / "images" / "gallery"
SETTLEMENTS, SEED = 40, 3
SHARES = (0.1, 0.25, 0.5, 0.75)
"""Of the investment without limits."""
SHOWN = 0.5
"""The share whose plan is drawn."""
OPTIONS = {"gap": 0.005, "time_limit": 60.0}


def main() -> None:
    """Solve, and write an SVG file for each kind of figure."""
    free = aumaq.solve(clustered(SETTLEMENTS, SEED), **OPTIONS)
    plans = {share: aumaq.solve(limited(free, share), **OPTIONS) for share in SHARES}
    names = [f"{share:.0%} of the money" for share in SHARES]
    shown = plans[SHOWN]
    figures = {
        "sheet": shown.plot(),
        "map": shown.plot.map("clinic"),
        "access": shown.plot.access_curve(),
        "budget": shown.plot.budget(),
        "convergence": shown.plot.convergence(),
        "pareto": aumaq.plot_pareto(
            [*plans.values(), free], names=[*names, "no limit"]
        ),
        "sensitivity": aumaq.plot_sensitivity(list(plans.values()), names=names),
    }
    for name, figure in figures.items():
        path = figure.save(TARGET / f"{name}.svg")
        print(
            f"{path.relative_to(TARGET.parent.parent)}: {path.stat().st_size:,} bytes"
        )


def limited(plan: aumaq.Plan, share: float) -> aumaq.Instance:
    """Return the plan's instance with a share of what it invests as its budget."""
    instance, spent = plan.instance, investment(plan, "period").sum()
    periods = instance.period_names
    budgets = [
        {"budget": "investment", "period": period, "covers": "investment",
         "amount_mln": share * spent / len(periods), "is_hard": True}
        for period in periods
    ]  # fmt: skip
    return instance.replace(budgets=pd.DataFrame(budgets))


if __name__ == "__main__":
    main()
