"""One plan for several futures: its plans, bound, gap and regrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.arguments import checked
from aumaq.instances.language.texts import chained
from aumaq.instances.schema.dtypes import TEXT
from aumaq.results.audit import Finding
from aumaq.results.audit.findings import explained
from aumaq.results.audit.frames import typed
from aumaq.results.plan.plan import Plan
from aumaq.results.shares import at_most
from aumaq.solvers import SolveOptions
from aumaq.solvers.futures.state import Policy, Score
from aumaq.solvers.progress import relative_gap


@dataclass(frozen=True, eq=False)
class Futures:
    """Plans for several futures whose first periods are the same.

    ``plans`` has the plan of each future, ``own_plans`` the best one known if that
    future were certain. ``objective_mln`` is what was minimised (see ``objective``):
    expected cost, cost in the worst future, or largest regret; no plan with a common
    first period is better than ``bound_mln``. Regret is claimed against proven bounds
    of the futures alone, so that the true one is no larger; both in discounted mln.
    ``probabilities`` sum to 1. ``differences`` lists where first periods differ: none
    in a plan that is verified. ``evidence``: folder with the models of a run that
    contradicts itself.
    """

    instance: Instance
    objective: str
    plans: Mapping[str, Plan]
    own_plans: Mapping[str, Plan]
    probabilities: Mapping[str, float]
    objective_mln: float
    bound_mln: float
    status: str
    policies: tuple[Policy, ...]
    differences: tuple[Finding, ...]
    seconds: Mapping[str, float]
    size: Mapping[str, int]
    trace: Sequence[tuple[float, float, float]]
    options: SolveOptions
    evidence: str = ""

    @property
    def gap(self) -> float:
        """``(objective - bound) / |objective|``."""
        return relative_gap(self.objective_mln, self.bound_mln)

    @property
    def is_verified(self) -> bool:
        """Whether all plans obey all rules and agree in the first period."""
        plans = (*self.plans.values(), *self.own_plans.values())
        return not self.differences and all(plan.is_verified for plan in plans)

    @property
    def regret_table(self) -> pd.DataFrame:
        """What each future costs, against a plan made for it alone; discounted mln.

        One row a future: ``probability``, ``cost_mln`` of the common plan there,
        ``best_objective_mln`` and ``best_bound_mln`` of the future alone; the true
        regret lies between ``regret_at_least_mln`` and ``regret_at_most_mln``.
        """
        rows = [
            {
                "scenario": name,
                "probability": self.probabilities[name],
                "cost_mln": plan.objective_mln,
                "best_objective_mln": self.own_plans[name].objective_mln,
                "best_bound_mln": plan.bound_mln,
            }
            for name, plan in self.plans.items()
        ]
        table = pd.DataFrame(rows)
        cost = table["cost_mln"]
        low = (cost - table["best_objective_mln"]).clip(lower=0.0)
        table["regret_at_least_mln"] = low
        table["regret_at_most_mln"] = (cost - table["best_bound_mln"]).clip(lower=low)
        return table

    @property
    def policy_table(self) -> pd.DataFrame:
        """What other first periods cost, completed as well as possible in each future.

        One row for each future whose own first period was tried: the interval of what
        is minimised, discounted mln; infinite where it cannot be completed. Where
        ``own_gap`` (of that future's plan alone) is wide, its first period may not be
        the best one for it.
        """
        score = Score(self.objective, np.array(list(self.probabilities.values())))
        own = self.regret_table
        best = own["best_objective_mln"].to_numpy()
        bound = own["best_bound_mln"].to_numpy()
        rows = [
            {
                "first_period_of": policy.source,
                "at_least_mln": max(score.value(policy.bounds, best), self.bound_mln),
                "at_most_mln": score.value(policy.costs, bound),
                "own_gap": policy.source_gap,
            }
            for policy in self.policies
        ]
        numbers = dict.fromkeys(("at_least_mln", "at_most_mln", "own_gap"), "float64")
        kinds = {"first_period_of": TEXT, **numbers}
        return typed(pd.DataFrame(rows, columns=list(kinds)), kinds)

    def record(self) -> dict[str, Any]:
        """Return all figures as plain values."""
        return {
            "instance": self.instance.name,
            "instance_hash": self.instance.content_hash,
            "currency": self.instance.currency,
            "scenarios": list(self.plans),
            "objective": self.objective,
            "status": self.status,
            "objective_mln": self.objective_mln,
            "bound_mln": self.bound_mln,
            "gap": self.gap,
            "verified": self.is_verified,
            "problems": explained(self.differences, self.instance)
            + [
                chained([name, problem], ": ")
                for plans in (self.plans, self.own_plans)
                for name, plan in plans.items()
                for problem in plan.record["problems"]
            ],
            "regrets": self.regret_table.to_dict("records"),
            "policies": self.policy_table.to_dict("records"),
            "seconds": {k: round(v, 3) for k, v in self.seconds.items()},
            "size": dict(self.size),
            "options": self.options.as_record(),
            "trace": [list(point) for point in self.trace],
            **({"evidence": self.evidence} if self.evidence else {}),
        }

    @checked
    def to_folder(self, path: str | Path) -> Path:
        """Write futures.json, regret.csv, policies.csv, and a plan folder a future.

        Return where: another place if *path* cannot be written, so that nothing is
        lost.
        """
        from aumaq.results.exports.futures_folder import write_futures

        return write_futures(self, Path(path)).folder

    @checked
    def keep(self, store: str | Path, record: Mapping[str, Any] | None = None) -> str:
        """Keep all plans in a file of runs, and what is known of them together
        (*record*, default: all figures); return the ``batch_id``.

        The plan made for a future alone has the role ``FUTURE alone``.
        """
        from aumaq.results.store import Store

        alone = {f"{name} alone": plan for name, plan in self.own_plans.items()}
        record = self.record() if record is None else record
        return Store(store).add_all(
            "futures", self.instance, {**self.plans, **alone}, dict(record)
        )

    def __repr__(self) -> str:
        """Return a line with the essentials."""
        word = "verified" if self.is_verified else "FAILED VERIFICATION"
        return (
            f"<Futures of {self.instance.name!r}: {', '.join(self.plans)};"
            f" {self.objective} {self.objective_mln:,.1f} mln,"
            f" gap {at_most(self.gap, 2):.2%}, {self.status}, {word}>"
        )
