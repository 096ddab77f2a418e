"""From instance to verified plan: the one entry that everybody uses."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from aumaq.instances import Instance, NoPlanError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.interruption import finishing, is_asked
from aumaq.instances.language.texts import Text, say
from aumaq.model.data.gathered import ModelData, gather
from aumaq.results.plan.decisions import decisions_of, start_used
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.evidence import with_evidence
from aumaq.results.studies.first_plan import FirstPlans, Floored, first_plans
from aumaq.results.studies.goal_options import is_other_goal
from aumaq.solvers import (
    METHODS,
    Given,
    Progress,
    Silent,
    Solution,
    SolveOptions,
    Status,
)
from aumaq.solvers.checkpoint import checkpoint_target, read_checkpoint
from aumaq.solvers.options import seconds_for
from aumaq.solvers.out_of_time import out_of_time
from aumaq.solvers.proof import PROVEN
from aumaq.solvers.solution.locks import Locks

ADVICE = {
    Status.INFEASIBLE: say(
        "no plan obeys all hard rules; make a standard or budget priced,"
        " or allow demand to stay unserved"
    ),
    Status.TIME_LIMIT: say("no plan was found in time; give more time or a start plan"),
    Status.WORK_LIMIT: say("no plan was found; allow more work or give a start plan"),
    Status.INTERRUPTED: say("stopped before a plan was found"),
    Status.UNBOUNDED: say("the cost has no lower limit; look for negative prices"),
    Status.ERROR: say("the solver failed"),
}
OF_NETWORKS = say(
    "no plan obeys all hard rules; allow more supply or wider links, or allow load to"
    " stay unmet"
)
"""What to try where people come to no service."""


@checked
def solve(
    instance: Instance,
    *,
    scenario: str = "",
    goal: str = "cost",
    minutes: float | None = None,
    method: str = "auto",
    time_limit: float | None = None,
    work_limit: float | None = None,
    gap: float = 0.01,
    threads: int | None = None,
    workers: int | None = None,
    cluster: str = "",
    cluster_security: str | Path | None = None,
    seed: int = 0,
    formulation: str = "strong",
    start: Plan | None = None,
    progress: Progress | None = None,
    save_lp: str | Path | None = None,
    checkpoint: str | Path | None = None,
    resume: str | Path | None = None,
    services_of: Plan | None = None,
    networks_of: Plan | None = None,
    locks: Locks | None = None,
    evidence: Path | None = None,
) -> Plan:
    """Solve a scenario of an instance; return a verified plan with a bound.

    *scenario*: default is the active one. *goal*: ``cost``; or ``cover`` (the most
    people within *minutes*), ``mean_minutes``, ``worst_minutes``, and of the plans that
    are best at it the cheapest (``aumaq.instances.goals``): the method is ``direct``,
    and ``plan.record["goal"]`` tells value and bounds.

    *time_limit* is in seconds (default: 120), *gap* relative. With a *work_limit*, in
    units of about a second of one core, the clock decides nothing: the same plan on any
    machine and any number of threads, and no time limit unless one is given; its tasks
    may go to so many *workers*, processes of this machine, or to a Dask *cluster* by
    its address (*cluster_security*: a TOML file with what its TLS needs). *start* is a
    plan of the same sites and levels to begin from. *services_of*, *networks_of* are
    plans of the same sites and links whose facilities that people come to, or whose
    roads, links, plants and stations, are settled; the rest is decided. *locks* limit
    single decisions (``aumaq.results.studies.choosing.locks``). Ctrl-C returns
    the best plan so far. What is known is kept in the file *checkpoint* meanwhile;
    *resume* goes on from one of the same instance and options, limits and threads
    excepted, and keeps it up to date. The answer is at least as good as *start* and as
    today's stock carried on, where these obey all hard rules. If a run contradicts
    itself (status ``contradicted``) its model is written to the file *evidence*,
    which the record names; without one it is not kept.

    Raises NoPlanError if there is no plan (infeasible, limit too short), OptionError
    and UnknownNameError for options that make no sense.
    """
    options = SolveOptions(
        method=method,
        time_limit=seconds_for(time_limit, work_limit),
        work_limit=work_limit,
        gap=gap,
        threads=threads,
        workers=workers,
        cluster=cluster,
        cluster_security=cluster_security,
        seed=seed,
        formulation=formulation,
        save_lp=save_lp,
        checkpoint=checkpoint_target(checkpoint, resume),
    )
    if method not in METHODS:
        raise UnknownNameError(say("method"), method, METHODS)
    instance = instance.with_scenario(scenario) if scenario else instance
    others = {
        "work_limit": work_limit, "workers": workers, "cluster": cluster,
        "start": start, "save_lp": save_lp, "checkpoint": checkpoint, "resume": resume,
        "services_of": services_of, "networks_of": networks_of, "locks": locks,
        "formulation": formulation != "strong",
    }  # fmt: skip
    if is_other_goal(goal, minutes, method, others):
        from aumaq.results.studies.goal_plan import plan_for_goal

        return plan_for_goal(instance, goal, minutes, options, progress, evidence)
    given = Given(
        start=None if start is None else decisions_of(start, instance),
        services=None if services_of is None else decisions_of(services_of, instance),
        networks=None if networks_of is None else decisions_of(networks_of, instance),
        locks=locks,
        resumed=None if resume is None else read_checkpoint(Path(resume)),
    )
    plan = _planned(instance, options, given, start, progress, evidence)
    return _with_settled(plan, given)


def _has_start(given: Given) -> bool:
    """Return whether there is a start that keeps what is locked."""
    start, locks = given.start, given.locks
    return start is not None and (locks is None or locks.allow(start))


def _planned(
    instance: Instance,
    options: SolveOptions,
    given: Given,
    start: Plan | None,
    progress: Progress | None,
    evidence: Path | None,
) -> Plan:
    """Return the best of a first plan, a start and what the method finds."""
    begun, tell = time.monotonic(), Silent() if progress is None else progress
    with finishing() as heard:  # asked to stop, we stop with the first plan
        data = _gathered(instance, given)
        plans = first_plans(instance, data, start, given, options)
        is_large = plans.are_made
        # Nobody watches a silent solve: then it is verified only if it is needed.
        first = plans.best() if is_large or progress is not None else None
        if is_large and first is not None and not _has_start(given):
            given = replace(given, start=first.decisions)
    since = time.monotonic() - begun
    try:
        if first is not None and progress is not None:
            tell = Floored(tell, first, since)
        if heard or is_asked():
            raise KeyboardInterrupt
        solution = _solved(instance, options, tell, replace(given, data=data), begun)
    except KeyboardInterrupt:  # where no method waits for it: the first plan stays
        gone = time.monotonic() - begun
        solution = out_of_time({"total": gone}, Status.INTERRUPTED)
    except MemoryError:  # for the model; the first plan needs less
        if first is None and plans.best() is None:
            raise
        gone = time.monotonic() - begun
        solution = out_of_time({"total": gone}, Status.ERROR)
    with finishing():  # what was found is verified, and not thrown away
        plan = _better(instance, solution, plans, options, data)
        if plan.status == Status.CONTRADICTED and solution.save_lp is not None:
            plan = with_evidence(plan, solution.save_lp, evidence)
        if start is not None:
            plan = plan.with_record(start_used=start_used(start, instance))
    return plan


def _with_settled(plan: Plan, given: Given) -> Plan:
    """Return a plan whose record names, as its conditions, what was not decided."""
    found = []
    if given.services is not None:
        found.append(say("services as in another plan"))
    if given.networks is not None:
        found.append(say("networks as in another plan"))
    return plan.with_record(locks=found) if found else plan


def _gathered(instance: Instance, given: Given) -> ModelData:
    """Return the numbers of an instance; what is locked or settled may be of no use."""
    is_told = given.locks is not None or given.services is not None
    return gather(instance, all_levels=is_told)


def _solved(
    instance: Instance,
    options: SolveOptions,
    progress: Progress,
    given: Given,
    begun: float,
) -> Solution:
    """Return what the method finds in the time that is left."""
    gone = time.monotonic() - begun
    left = options.time_limit - gone
    if left <= 0.0:
        return out_of_time({"first plan": gone, "total": gone})
    found = METHODS[options.method](
        instance, replace(options, time_limit=left), progress, given
    )
    seconds = {**found.seconds, "first plan": gone}
    seconds["total"] = time.monotonic() - begun
    if given.resumed is not None:
        seconds["earlier"] = given.resumed.seconds
        seconds["total"] += seconds["earlier"]
    trace = [(gone + then, best, bound) for then, best, bound in found.trace]
    return replace(found, seconds=seconds, trace=trace)


def _better(
    instance: Instance,
    solution: Solution,
    plans: FirstPlans,
    options: SolveOptions,
    data: ModelData,
) -> Plan:
    """Return the better of what was found and what there was before.

    Raises NoPlanError if there is neither. That there is a plan where there can be
    none, or one below the bound, is a contradiction, and is said: an optimum is held
    against a plan that is there anyway.
    """
    found, below = None, float("inf")
    if solution.decisions is not None:
        found = Plan.from_solution(instance, solution, options, data)
        if found.status == Status.CONTRADICTED:
            return found
        if found.is_verified:
            below = found.objective_mln
            if found.status == Status.OPTIMAL:
                if not plans.are_made:
                    return found
                below = found.bound_mln - PROVEN * (1.0 + abs(found.bound_mln))
    first = plans.best(below)
    if first is None:
        if found is None:
            told = why(solution, instance)
            raise NoPlanError(told, str(solution.status))
        return found
    if solution.status is Status.INFEASIBLE:
        solution = replace(solution, status=Status.CONTRADICTED)
    solution = replace(solution, decisions=first.decisions)
    plan = Plan.judged(instance, first.tables, solution, options, data)
    if plan.status == Status.CONTRADICTED:
        return plan.verified()
    judged = ("verified", "problems", "warnings")
    plan = plan.with_record(**{key: first.record[key] for key in judged})
    if found is None or found.is_verified:
        return plan
    return plan.with_record(rejected=found.record["problems"])


def why(solution: Solution, instance: Instance | None = None) -> Text:
    """Return why there is no plan, and what to try: of networks alone other things."""
    advice = ADVICE.get(solution.status, "")
    serves = instance is None or any(map(instance.serves, instance.service_names))
    if solution.status is Status.INFEASIBLE and not serves:
        advice = OF_NETWORKS
    return say(
        "{status}: {advice} (the solver says: {message})",
        status=Text(str(solution.status)),  # catalogues know the names
        advice=advice,
        message=solution.message,
    )
