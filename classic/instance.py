"""A small classic problem as an instance of the integrated model, same optimum.

Clients are villages of as many inhabitants as their weight, each of whom makes one trip
in the only year; a unit of distance is a minute and a kilometre that costs a million.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from aumaq.classic.checks import check_problem
from aumaq.classic.problems import Problem
from aumaq.instances import Instance, from_tables
from aumaq.instances.errors import OptionError
from aumaq.instances.language.texts import say

MOST_PAIRS = 300_000
"""Pairs of client and site for the integrated model."""
Rows = list[dict[str, Any]]
KINDS = ("p-median", "uflp", "lscp", "mclp")
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
    if problem.kind == "uflp" and len(np.unique(costs)) > 1:
        told = say("an instance has one price of a facility, the sites have several")
        raise OptionError(told)
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
        }
    ]  # fmt: skip


def _levels(problem: Problem) -> Rows:
    cost = {"uflp": float(problem.sites.fixed_costs[0]), "lscp": 1.0}
    return [
        {
            "service": "service", "level": 1,
            "capacity": max(1.0, float(problem.clients.weights.sum())),
            "capex_mln": cost.get(problem.kind, 0.0), "opex_mln_per_year": 0.0,
        }
    ]  # fmt: skip


def _settlements(problem: Problem) -> Rows:
    # LSCP has no weights: one inhabitant each, so that everybody is served.
    one = problem.kind == "lscp"
    return [
        {
            "settlement": name, "name": name, "kind": "village", "region": "R",
            "lat": 0.0, "lon": 0.0, "population": 1.0 if one else float(weight),
        }
        for name, weight in zip(_clients(problem), problem.clients.weights, strict=True)
    ]  # fmt: skip


def _site_rows(problem: Problem) -> Rows:
    sites = problem.sites
    status = np.where(sites.required, "required", "candidate")
    status = np.where(sites.forbidden, "forbidden", status)
    return [
        {"site": name, "service": "service", "lat": 0.0, "lon": 0.0,
         "status": str(how)}
        for name, how in zip(_sites(problem), status, strict=True)
    ]  # fmt: skip


def _travel(problem: Problem) -> Rows:
    n, m = problem.shape
    matrix = problem.distances.block(slice(0, n), np.arange(m))
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
    "travel": _travel,
    "counts": _counts,
}
