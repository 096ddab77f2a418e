"""Several futures planned together: from their instances to verified plans."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from aumaq.instances import Instance, NoPlanError, OptionError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Floats
from aumaq.instances.formats.targets import safe_names
from aumaq.instances.interruption import finishing
from aumaq.instances.language.texts import Text, say
from aumaq.model.data.futures import gather_alike
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.unavoidable import unavoidable_mln
from aumaq.results.audit.first_period import first_period_differences
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.evidence import is_kept
from aumaq.results.studies.futures import Futures
from aumaq.results.studies.futures_first_plan import Unjudged, common_first_plans
from aumaq.results.studies.solve import why
from aumaq.solvers import Decisions, Progress, Silent, Solution, SolveOptions, Status
from aumaq.solvers.futures.method import solve_futures as solve_model
from aumaq.solvers.futures.state import (
    OBJECTIVES,
    FuturesSolution,
    Score,
    nothing_found,
)
from aumaq.solvers.methods import ON_MODEL
from aumaq.solvers.out_of_time import out_of_time
from aumaq.solvers.proof import bound_below, proven
from aumaq.solvers.solution.decisions import Weighed

ROUNDING = 1e-9
"""By so much, relatively, a plan must be better to take the place of another."""


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
    evidence: Path | None = None,
) -> Futures:
    """Plan for several futures at once: their first periods are the same.

    *scenarios* are names, with variants or without (``managed+dear``); all scenarios
    without variants if left out. *objective* is ``expected`` cost by the scenarios'
    probabilities, cost in the ``worst`` future, or largest ``regret``. *time_limit* is
    in seconds for everything, *gap* relative. Ctrl-C returns the best so far. The
    answer is at least as good as today's stock carried on, where that is a plan;
    *evidence* is the folder for the models of a run that contradicts itself.

    Raises NoPlanError (it names a future that has no plan), OptionError and
    UnknownNameError for options that make no sense, InstanceError for scenarios that
    cannot be used or that start from different facilities.
    """
    futures = chosen_futures(instance, scenarios)
    options = SolveOptions(method, time_limit, gap, threads, seed, formulation)
    return planned_together(
        instance, futures, (), objective, options, progress, evidence
    )


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
    evidence: Path | None = None,
) -> Futures:
    """Solve; *others* are futures whose own first periods are tried as well.

    The answer is at least as good as today's stock carried on in every future, where
    that is a plan. If a run contradicts itself, the models of the futures are written
    to the folder *evidence*, which the record names, if there is one.
    """
    if objective not in OBJECTIVES:
        raise UnknownNameError(say("objective"), objective, OBJECTIVES)
    if options.method not in ON_MODEL:
        what = say("method for several futures")
        raise UnknownNameError(what, options.method, ON_MODEL)
    score = Score(objective, normalised(futures, objective))
    begun = time.monotonic()
    with finishing() as heard:  # asked to stop, we stop with the first plans
        data = gather_alike([*futures, *others])
        own = data[: len(futures)]
        first = common_first_plans(futures, own, options.time_limit)
    gone = time.monotonic() - begun
    left = options.time_limit - gone
    if heard or left <= 0.0:
        why = Status.INTERRUPTED if heard else Status.TIME_LIMIT
        nothing = np.full(len(futures), -np.inf)
        found = nothing_found(out_of_time({"total": gone}, why), nothing)
    else:
        within = replace(options, time_limit=left)
        found = solve_model(
            futures,
            score,
            within,
            Silent() if progress is None else progress,
            others,
            data,
        )
    with finishing():  # what was found is verified, and not thrown away
        best = _Judge(instance, futures, own, score, options, found).best(first)
        if best is None:
            raise NoPlanError(_reason(found), str(found.status))
        if best.status == Status.CONTRADICTED and evidence is not None:
            best = replace(best, evidence=_evidence(found, evidence))
    return best


@dataclass(frozen=True)
class _Judge:
    """Says how good plans of W futures are: what was found, what there was before."""

    instance: Instance
    futures: Sequence[Instance]
    data: Sequence[ModelData]
    score: Score
    options: SolveOptions
    found: FuturesSolution

    @property
    def bounds(self) -> Floats:
        """(W,) What no plan of a future alone can cost less than, mln."""
        least = np.array([unavoidable_mln(own) for own in self.data])
        return np.fmax(self.found.own_bounds, least)

    def best(self, first: Sequence[Unjudged] | None) -> Futures | None:
        """Return the better of both, verified; None if there is neither."""
        found = None
        if self.found.why is None:
            plans, own = (
                self._plans(self._audited(parts))
                for parts in (self.found.found, self.found.own_found)
            )
            found = self._together(plans, own)
        if first is None:
            return found
        costs = np.array([plan.found.objective_mln for plan in first])
        value = self.score.value(costs, self.bounds)
        if found is not None and value >= found.objective_mln * (1.0 - ROUNDING):
            return found
        before = self._plans(first)
        if not all(plan.is_verified for plan in before.values()):
            return found
        return self._together(before, before if found is None else found.own_plans)

    def _audited(self, parts: Sequence[tuple[Decisions, Weighed]]) -> list[Unjudged]:
        known = zip(self.futures, self.data, parts, strict=True)
        return [Unjudged.of(future, data, *part) for future, data, part in known]

    def _plans(self, parts: Sequence[Unjudged]) -> dict[str, Plan]:
        """Return the plan of each future; its bound is that of the future alone."""
        found, names = self.found, [future.scenario for future in self.futures]
        known = zip(self.futures, self.data, parts, self.bounds.tolist(), strict=True)
        return {
            future.scenario: Plan.judged(
                future,
                part.found.tables,
                Solution(
                    found.status,
                    float("nan"),
                    bound,
                    part.decisions,
                    dict(found.seconds),
                    dict(found.size),
                    extra={"planned_with": names},
                ),
                self.options,
                data,
            ).held_against(part.weighed, part.found)
            for future, data, part, bound in known
        }

    def _together(self, plans: Mapping[str, Plan], own: Mapping[str, Plan]) -> Futures:
        """Return what is known of plans with a common first period."""
        found, names = self.found, list(plans)
        costs = np.array([plan.objective_mln for plan in plans.values()])
        value = self.score.value(costs, self.bounds)
        bound = np.fmax(self.score.simple_bound(self.bounds), found.bound_mln)
        own = {
            name: min(plan, own[name], key=lambda one: one.objective_mln)
            for name, plan in plans.items()
        }
        tables = {name: plan.tables for name, plan in plans.items()}
        period = self.futures[0].period_names[0]
        return Futures(
            instance=self.instance,
            objective=self.score.objective,
            plans=plans,
            own_plans=own,
            probabilities=dict(
                zip(names, self.score.probabilities.tolist(), strict=True)
            ),
            objective_mln=value,
            bound_mln=bound_below(value, float(bound)),
            status=str(self._status([*plans.values(), *own.values()], value, bound)),
            policies=tuple(found.policies),
            differences=tuple(first_period_differences(tables, period)),
            seconds=found.seconds,
            size=found.size,
            trace=found.trace,
            options=self.options,
        )

    def _status(self, plans: Sequence[Plan], value: float, bound: float) -> Status:
        """Return what is proven; a plan where there can be none is a contradiction."""
        is_wrong = any(plan.status == Status.CONTRADICTED for plan in plans)
        if is_wrong or self.found.status in (Status.INFEASIBLE, Status.CONTRADICTED):
            return Status.CONTRADICTED
        size = max(abs(plan.objective_mln) for plan in plans)
        return proven(value, bound, self.options.gap, self.found.status, size)


def _evidence(found: FuturesSolution, folder: Path) -> str:
    """Keep the models of a run that contradicts itself; return the folder, if any."""
    files = safe_names(list(found.save_lp), ())
    kept = [is_kept(save, folder / f"{files[name]}.lp")
            for name, save in found.save_lp.items()]  # fmt: skip
    return str(folder) if any(kept) else ""


def _reason(found: FuturesSolution) -> Text:
    assert found.why is not None
    if found.failed:
        return say("future {name!r}: {why}", name=found.failed, why=why(found.why))
    if found.status is Status.INFEASIBLE:
        return say(
            "infeasible: each future has a plan, but no first period suits them all;"
            " make a standard or budget priced, or plan for fewer futures"
        )
    return say("all futures together: {why}", why=why(found.why))
