"""From instance to verified plan: the one entry that everybody uses."""

from __future__ import annotations

from pathlib import Path

from aumaq.instances import Instance, NoPlanError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.texts import Text, say
from aumaq.results.plan import Plan
from aumaq.results.start import decisions_of
from aumaq.solvers import (
    METHODS,
    Given,
    Progress,
    Silent,
    Solution,
    SolveOptions,
    Status,
)

ADVICE = {
    Status.INFEASIBLE: say(
        "no plan obeys all hard rules; make a standard or budget priced,"
        " or allow demand to stay unserved"
    ),
    Status.TIME_LIMIT: say("no plan was found in time; give more time or a start plan"),
    Status.INTERRUPTED: say("stopped before a plan was found"),
    Status.UNBOUNDED: say("the cost has no lower limit; look for negative prices"),
    Status.ERROR: say("the solver failed"),
}


@checked
def solve(
    instance: Instance,
    *,
    method: str = "auto",
    time_limit: float = 120.0,
    gap: float = 0.01,
    threads: int | None = None,
    seed: int = 0,
    formulation: str = "strong",
    start: Plan | None = None,
    progress: Progress | None = None,
    save_lp: str | Path | None = None,
    services_of: Plan | None = None,
    networks_of: Plan | None = None,
) -> Plan:
    """Solve the active scenario of an instance; return a verified plan with a bound.

    *time_limit* is in seconds, *gap* relative; *start* is a plan of the same sites and
    levels to begin from. *services_of*, *networks_of* are plans of the same sites and
    links whose facilities that people come to, or whose roads, links, plants and
    stations, are settled; the rest is decided. Ctrl-C returns the best plan so far.

    Raises NoPlanError if there is no plan (infeasible, limit too short), OptionError
    and UnknownNameError for options that make no sense.
    """
    options = SolveOptions(
        method=method,
        time_limit=time_limit,
        gap=gap,
        threads=threads,
        seed=seed,
        formulation=formulation,
        save_lp=save_lp,
    )
    if method not in METHODS:
        raise UnknownNameError(say("method"), method, METHODS)
    given = Given(
        start=None if start is None else decisions_of(start, instance),
        services=None if services_of is None else decisions_of(services_of, instance),
        networks=None if networks_of is None else decisions_of(networks_of, instance),
    )
    solution = METHODS[method](instance, options, progress or Silent(), given)
    if solution.decisions is None:
        raise NoPlanError(why(solution), str(solution.status))
    return Plan.from_solution(instance, solution, options)


def why(solution: Solution) -> Text:
    """Return why there is no plan, and what to try."""
    return say(
        "{status}: {advice} (the solver says: {message})",
        status=Text(str(solution.status)),  # catalogues know the names
        advice=ADVICE.get(solution.status, ""),
        message=solution.message,
    )
