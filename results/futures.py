"""One plan for several futures: its plans, bound, gap and regrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aumaq.instances import Instance, NoPlanError, OptionError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.texts import Text, chained, say
from aumaq.results.plan import Plan
from aumaq.results.solving import why
from aumaq.results.verification import Finding
from aumaq.results.verification.common import first_period_differences
from aumaq.solvers import Decisions, Progress, Silent, Solution, SolveOptions, Status
from aumaq.solvers.futures import solve_futures as solve_model
from aumaq.solvers.futures_state import OBJECTIVES, FuturesSolution, Policy, Score
from aumaq.solvers.progress import relative_gap

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Futures:
    """Plans for several futures whose first periods are the same.

    ``plans`` has the plan of each future, ``own_plans`` the best one known if that
    future were certain. ``objective_mln`` is what was minimised (see ``objective``):
    expected cost, cost in the worst future, or largest regret; no plan with a common
    first period is better than ``bound_mln``. Regret is claimed against proven bounds
    of the futures alone, so that the true one is no larger; both in discounted mln.
    ``probabilities`` sum to 1. ``differences`` lists where first periods differ: none
    in a plan that is verified.
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

    @property
    def gap(self) -> float:
        """(objective - bound) / |objective|."""
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
        columns = ["first_period_of", "at_least_mln", "at_most_mln", "own_gap"]
        return pd.DataFrame(rows, columns=columns)

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
            "problems": [finding.text for finding in self.differences]
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
        }

    @checked
    def to_folder(self, path: str | Path) -> Path:
        """Write futures.json, regret.csv, policies.csv, and a plan folder a future.

        Return where: another place if *path* cannot be written, so that nothing is
        lost.
        """
        from aumaq.results.exports.futures_folder import write_futures

        return write_futures(self, Path(path)).folder

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
            f" {self.objective} {self.objective_mln:,.1f} mln, gap {self.gap:.2%},"
            f" {self.status}, {word}>"
        )


@checked
def solve_futures(
    instance: Instance,
    scenarios: Sequence[str] | None = None,
    *,
    objective: str = "expected",
    method: str = "auto",
    time_limit: float = 600.0,
    gap: float = 0.01,
    threads: int | None = None,
    seed: int = 0,
    formulation: str = "strong",
    progress: Progress | None = None,
) -> Futures:
    """Plan for several futures at once: their first periods are the same.

    *scenarios* are names, with variants or without (``managed+dear``); all scenarios
    without variants if left out. *objective* is ``expected`` cost by the scenarios'
    probabilities, cost in the ``worst`` future, or largest ``regret``. *time_limit* is
    in seconds for everything, *gap* relative. Ctrl-C returns the best so far.

    Raises NoPlanError (it names a future that has no plan), OptionError and
    UnknownNameError for options that make no sense, InstanceError for scenarios that
    cannot be used or that start from different facilities.
    """
    futures = chosen_futures(instance, scenarios)
    options = SolveOptions(method, time_limit, gap, threads, seed, formulation)
    return planned_together(instance, futures, (), objective, options, progress)


def chosen_futures(
    instance: Instance, scenarios: Sequence[str] | None
) -> list[Instance]:
    """Return the instance under each scenario that is asked for."""
    if scenarios is not None and not len(scenarios):
        raise OptionError(say("name at least one scenario"))
    found = [instance.with_scenario(name) for name in
             scenarios or instance.scenario_names]  # fmt: skip
    names = [future.scenario for future in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise OptionError(say("scenarios named twice: {twice}", twice=", ".join(twice)))
    return found


def normalised(futures: Sequence[Instance], objective: str) -> Floats:
    """Return the probabilities of the futures, summing to 1.

    Raises OptionError where an expectation would not count a future.
    """
    weights = np.array([f.active_scenario.probability for f in futures], dtype=float)
    never = [f.scenario for f, p in zip(futures, weights, strict=True) if p <= 0.0]
    if never and objective == "expected":
        raise OptionError(
            say(
                "probability 0: {never}; leave them out, give them a"
                " probability, or plan for the worst case or the regret",
                never=", ".join(never),
            )
        )
    if weights.sum() <= 0.0:
        return np.full(len(futures), 1.0 / len(futures))
    return weights / weights.sum()


def planned_together(
    instance: Instance,
    futures: Sequence[Instance],
    others: Sequence[Instance],
    objective: str,
    options: SolveOptions,
    progress: Progress | None,
) -> Futures:
    """Solve; *others* are futures whose own first periods are tried as well."""
    if objective not in OBJECTIVES:
        raise UnknownNameError(say("objective"), objective, OBJECTIVES)
    score = Score(objective, normalised(futures, objective))
    found = solve_model(futures, score, options, progress or Silent(), others)
    if found.why is not None:
        raise NoPlanError(_reason(found, found.why), str(found.why.status))
    bounds = found.own_bounds.tolist()
    plans = _plans(futures, found, found.decisions, bounds, options)
    own = _plans(futures, found, found.own_decisions, bounds, options)
    costs = np.array([plan.objective_mln for plan in plans.values()])
    value = score.value(costs, found.own_bounds)
    tables = {name: plan.tables for name, plan in plans.items()}
    names = [future.scenario for future in futures]
    return Futures(
        instance=instance,
        objective=objective,
        plans=plans,
        own_plans=own,
        probabilities=dict(zip(names, score.probabilities.tolist(), strict=True)),
        objective_mln=value,
        bound_mln=min(found.bound_mln, value),
        status=str(found.status),
        policies=tuple(found.policies),
        differences=tuple(first_period_differences(tables, futures[0].period_names[0])),
        seconds=found.seconds,
        size=found.size,
        trace=found.trace,
        options=options,
    )


def _plans(
    futures: Sequence[Instance],
    found: FuturesSolution,
    decisions: Sequence[Decisions],
    bounds: Sequence[float],
    options: SolveOptions,
) -> dict[str, Plan]:
    """Return the plan of each future; its bound is that of the future alone."""
    names = [future.scenario for future in futures]
    return {
        future.scenario: Plan.from_solution(
            future,
            Solution(
                found.status,
                float("nan"),
                bound,
                own,
                dict(found.seconds),
                dict(found.size),
                extra={"planned_with": names},
            ),
            options,
        )
        for future, own, bound in zip(futures, decisions, bounds, strict=True)
    }


def _reason(found: FuturesSolution, outcome: Solution) -> Text:
    if found.failed:
        return say("future {name!r}: {why}", name=found.failed, why=why(outcome))
    if found.status is Status.INFEASIBLE:
        return say(
            "infeasible: each future has a plan, but no first period suits them all;"
            " make a standard or budget priced, or plan for fewer futures"
        )
    return say("all futures together: {why}", why=why(outcome))
