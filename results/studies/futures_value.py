"""What it is worth to plan for several futures at once, and to know which one comes.

With RP the expected cost of the best plan with a common first period, WS the expected
cost if the future were known in time, and EEV the expected cost of the first period
that is best for one future (their mean, say), completed in each:

    EVPI = RP - WS    the expected value of perfect information
    VSS  = EEV - RP   the value of the stochastic solution

(Birge and Louveaux, Introduction to Stochastic Programming, chapter 4). Each of them is
known as an interval only: a plan on one side, a proven bound on the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.arguments import checked
from aumaq.instances.scenarios.mean import MEAN, mean_instance
from aumaq.results.studies.futures import Futures
from aumaq.results.studies.futures_plan import (
    chosen_futures,
    normalised,
    planned_together,
)
from aumaq.solvers import Progress, SolveOptions

Interval = tuple[float, float]
"""At least, at most; discounted mln."""


@dataclass(frozen=True, eq=False)
class StochasticValue:
    """Intervals of the two values, and of what they are made of; discounted mln.

    ``reference`` is the future whose first period EEV is about: ``mean``, or where the
    futures have no mean (they differ in more than numbers) or its first period has no
    completion, the cheapest of the futures' own. Without any
    completion ``reference`` is empty and nothing is known of EEV from above.
    """

    futures: Futures
    reference: str
    recourse: Interval
    wait_and_see: Interval
    reference_cost: Interval

    @property
    def perfect_information(self) -> Interval:
        """EVPI."""
        return _difference(self.recourse, self.wait_and_see)

    @property
    def stochastic_solution(self) -> Interval:
        """VSS."""
        return _difference(self.reference_cost, self.recourse)

    @property
    def policies(self) -> pd.DataFrame:
        """The policy table of the futures, with what each costs more than the best."""
        table = self.futures.policy_table
        low, high = self.recourse
        more = (table["at_least_mln"] - high).clip(lower=0.0)
        table["dearer_at_least_mln"] = more
        table["dearer_at_most_mln"] = (table["at_most_mln"] - low).clip(lower=more)
        return table

    def record(self) -> dict[str, Any]:
        """Return all figures as plain values."""
        return {
            **self.futures.record(),
            "policies": self.policies.to_dict("records"),
            "reference": self.reference,
            "recourse_mln": list(self.recourse),
            "wait_and_see_mln": list(self.wait_and_see),
            "reference_cost_mln": list(self.reference_cost),
            "perfect_information_mln": list(self.perfect_information),
            "stochastic_solution_mln": list(self.stochastic_solution),
        }

    @checked
    def keep(self, store: str | Path) -> str:
        """Keep all plans in a file of runs, with both values; return the batch id."""
        return self.futures.keep(store, self.record())


@checked
def value_of_stochastic_solution(
    instance: Instance,
    scenarios: Sequence[str] | None = None,
    *,
    method: str = "auto",
    time_limit: float = 900.0,
    gap: float = 0.01,
    threads: int | None = None,
    seed: int = 0,
    formulation: str = "strong",
    progress: Progress | None = None,
    evidence: Path | None = None,
) -> StochasticValue:
    """Plan for the expected cost, and say what that is worth; see the module.

    Arguments and errors are those of :func:`solve_futures`.
    """
    futures = chosen_futures(instance, scenarios)
    options = SolveOptions(method, time_limit, gap, threads, seed, formulation)
    weights = normalised(futures, "expected")
    mean = mean_instance(futures, weights) if len(futures) > 1 else None
    others = [] if mean is None else [mean]
    found = planned_together(
        instance, futures, others, "expected", options, progress, evidence
    )
    table = found.policy_table.set_index("first_period_of")
    possible = table[np.isfinite(table["at_most_mln"])]
    reference = MEAN
    if mean is None or MEAN not in possible.index:
        reference = str(table["at_most_mln"].idxmin()) if len(possible) else ""
    # Without any completion it is as dear as what is proven, or as the best plan.
    cost = (
        float(table["at_least_mln"].min()) if len(table) else found.bound_mln,
        np.inf,
    )
    if reference:
        low, high = table.loc[reference, ["at_least_mln", "at_most_mln"]]
        cost = (float(low), float(high))
    regrets = found.regret_table
    p = regrets["probability"]
    return StochasticValue(
        futures=found,
        reference=reference,
        recourse=(found.bound_mln, found.objective_mln),
        wait_and_see=(
            float(p @ regrets["best_bound_mln"]),
            float(p @ regrets["best_objective_mln"]),
        ),
        reference_cost=cost,
    )


def _difference(more: Interval, less: Interval) -> Interval:
    """Return the interval of a difference that is never negative."""
    low = max(0.0, more[0] - less[1])
    return low, max(low, more[1] - less[0])
