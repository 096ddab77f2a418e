"""A small classic problem as an instance of the integrated model, same optimum.

Clients are villages of as many inhabitants as their weight, each of whom makes one trip
in the only year; a unit of distance is a minute and a kilometre that costs a million.
With capacities the inhabitants are the demand, and the cost of a client is shared out
over them. Capacities are levels, each site's is the highest that fits there; a smaller
one costs as much. A site without a price of its own among others stands already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from aumaq.classic.checks import check_problem
from aumaq.classic.problems import CAPACITATED, Problem
from aumaq.instances import Instance, from_tables
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.errors import OptionError
from aumaq.instances.language.texts import say

MOST_PAIRS = 300_000
"""Pairs of client and site for the integrated model."""
Rows = list[dict[str, Any]]
PRICED = ("uflp", "cflp", "sscflp")
"""Problems whose sites have fixed costs."""
KINDS = ("p-median", "lscp", "mclp", *PRICED, "cpmp")
CURRENCY = 1e6
"""Of a trip for a unit of distance: the objective is in millions."""


def to_instance(problem: Problem) -> Instance:
    """Return an instance whose optimum is that of the problem.

    For MCLP it is the weight that is not covered. Raises OptionError for problems that
    the integrated model does not have, or that are too large for it.
    """
    check_problem(problem)
    n, m = problem.shape
    if problem.kind not in KINDS:
        raise OptionError(
            say("{kind} has no instance of the integrated model; known: {known}",
                kind=problem.kind, known=", ".join(KINDS))
        )  # fmt: skip
    if n * m > MOST_PAIRS:
        told = say("{n:,} pairs are too many for an instance, at most {most:,}",
                   n=n * m, most=MOST_PAIRS)  # fmt: skip
        raise OptionError(told)
    costs = problem.sites.fixed_costs
    if problem.kind in PRICED and len(np.unique(costs[costs > 0.0])) > 1:
        told = say("an instance has one price of a facility, the sites have several")
        raise OptionError(told)
    if problem.kind in CAPACITATED and (problem.clients.demands <= 0.0).any():
        raise OptionError(say("a client without demand has no place in an instance"))
    tables = {name: make(problem) for name, make in _TABLES.items()}
    return from_tables({name: pd.DataFrame(rows) for name, rows in tables.items()})


def _names(given: tuple[str, ...], letter: str, count: int) -> list[str]:
    return list(given) if given else [f"{letter}{k}" for k in range(count)]


def _clients(problem: Problem) -> list[str]:
    return _names(problem.clients.names, "c", problem.shape[0])


def _sites(problem: Problem) -> list[str]:
    return _names(problem.sites.names, "s", problem.shape[1])


def _instance(problem: Problem) -> Rows:
    name = problem.name or problem.kind
    return [{"name": name, "title": f"{name}: {problem.kind}", "base_year": 2026}]


def _policies(problem: Problem) -> Rows:
    del problem
    return [{"discount_rate": 0.0, "count_residual_value": False,
             "value_of_time_per_hour": 0.0}]  # fmt: skip


def _services(problem: Problem) -> Rows:
    is_cover = problem.kind in ("lscp", "mclp")
    far = 1e9 if problem.radius is None or not is_cover else problem.radius
    return [
        {
            "service": "service", "group": "all", "cutoff_minutes": far,
            "served_within_minutes": far, "nearest_sites": 0,
            "trips_per_year": 0.0 if is_cover else 1.0,
            "transport_cost_per_km": 0.0 if is_cover else CURRENCY,
            "may_be_unserved": problem.kind == "mclp",
            "unserved_mln_per_unit_year": 1.0 if problem.kind == "mclp" else 0.0,
            "allocation": "whole" if problem.kind in ("sscflp", "cpmp") else "free",
        }
    ]  # fmt: skip


def _inhabitants(problem: Problem) -> Floats:
    if problem.kind in CAPACITATED:
        return problem.clients.demands
    # LSCP has no weights: one inhabitant each, so that everybody is served.
    one = problem.kind == "lscp"
    return np.ones(problem.shape[0]) if one else problem.clients.weights


def _capacities(problem: Problem) -> Floats:
    """Return what each site holds, (J,): no more than all there is."""
    most = max(1.0, float(_inhabitants(problem).sum()))
    if problem.kind not in CAPACITATED:
        return np.full(problem.shape[1], most)
    return np.minimum(problem.sites.capacities, most)


def _price(problem: Problem) -> float:
    """Return the price of a facility."""
    if problem.kind in PRICED:
        return float(problem.sites.fixed_costs.max(initial=0.0))
    return 1.0 if problem.kind == "lscp" else 0.0


def _is_free(problem: Problem) -> Flags:
    """Return which sites cost nothing though others do, (J,)."""
    costs = problem.sites.fixed_costs
    return (problem.kind in PRICED) & (costs <= 0.0) & (costs.max(initial=0.0) > 0.0)


def _levels(problem: Problem) -> Rows:
    return [
        {
            "service": "service", "level": k + 1, "capacity": float(capacity),
            "capex_mln": _price(problem), "opex_mln_per_year": 0.0,
        }
        for k, capacity in enumerate(np.unique(_capacities(problem)))
    ]  # fmt: skip


def _level_of(problem: Problem) -> Ints:
    """Return the level of each site, (J,)."""
    return np.unique(_capacities(problem), return_inverse=True)[1] + 1


def _facilities(problem: Problem) -> Rows:
    return [
        {"service": "service", "site": site, "level": int(level)}
        for site, level, stands in zip(
            _sites(problem), _level_of(problem), _is_free(problem), strict=True
        )
        if stands
    ]


def _settlements(problem: Problem) -> Rows:
    return [
        {
            "settlement": name, "name": name, "kind": "village", "region": "R",
            "lat": 0.0, "lon": 0.0, "population": float(count),
        }
        for name, count in zip(_clients(problem), _inhabitants(problem), strict=True)
    ]  # fmt: skip


def _site_rows(problem: Problem) -> Rows:
    sites = problem.sites
    status = np.where(_is_free(problem), "existing", "candidate")
    status = np.where(sites.required, "required", status)
    status = np.where(sites.forbidden, "forbidden", status)
    return [
        {"site": name, "service": "service", "lat": 0.0, "lon": 0.0,
         "status": str(how), "max_level": int(level)}
        for name, how, level in zip(
            _sites(problem), status, _level_of(problem), strict=True
        )
    ]  # fmt: skip


def _travel(problem: Problem) -> Rows:
    n, m = problem.shape
    matrix = problem.distances.block(slice(0, n), np.arange(m))
    if problem.kind in CAPACITATED:  # of a unit of demand
        matrix = matrix * (problem.clients.weights / problem.clients.demands)[:, None]
    clients, sites = _clients(problem), _sites(problem)
    return [
        {"settlement": clients[i], "site": sites[j], "minutes": float(matrix[i, j]),
         "length_km": float(matrix[i, j])}
        for i, j in zip(*np.nonzero(np.isfinite(matrix)), strict=True)
    ]  # fmt: skip


def _counts(problem: Problem) -> Rows:
    if problem.p is None:
        return []
    return [{"count": "p", "service": "service", "least": float(problem.p),
             "most": float(problem.p)}]  # fmt: skip


def _fixed(**row: Any) -> Callable[[Problem], Rows]:
    return lambda _: [dict(row)]


_TABLES: dict[str, Callable[[Problem], Rows]] = {
    "instance": _instance,
    "policies": _policies,
    "periods": _fixed(period="year", first_year=2026, years=1),
    "scenarios": _fixed(scenario="base"),
    "groups": _fixed(group="all", share_urban=1.0, share_rural=1.0),
    "regions": _fixed(region="R", name="R"),
    "services": _services,
    "levels": _levels,
    "settlements": _settlements,
    "sites": _site_rows,
    "facilities": _facilities,
    "travel": _travel,
    "counts": _counts,
}
