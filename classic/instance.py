"""A small classic problem as an instance of the integrated model, same optimum.

Clients are villages of as many inhabitants as their weight, each of whom makes one trip
in the only year; a unit of distance is a minute and a kilometre that costs a million.
Where distances are far from those of an instance, a minute and a kilometre are a power
of ten of them, which the title tells. With capacities the inhabitants are the demand,
and the cost of a client is shared out over them. Capacities are levels, each site's is
the highest that fits there; a smaller one costs as much. Nobody can go to a site of
capacity 0. A site without a price of its own among others stands already. Where sites
have several prices all of them stand, each at a level of its own that nothing else can
become, and its price is what it costs to run in the year: it stays or closes. A client
without weight that decides which sites may do is an inhabitant whose way is no length.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from aumaq.classic.checks import check_problem
from aumaq.classic.problems import CAPACITATED, Problem
from aumaq.instances import Instance, from_tables
from aumaq.instances.access.limits import TOLERANCE
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.errors import InstanceError, NoPlanError, OptionError
from aumaq.instances.errors import Problem as Wrong
from aumaq.instances.language.texts import say

MOST_PAIRS = 300_000
"""Pairs of client and site for the integrated model."""
Rows = list[dict[str, Any]]
PRICED = ("uflp", "cflp", "sscflp")
"""Problems whose sites have fixed costs."""
KINDS = ("p-median", "lscp", "mclp", *PRICED, "cpmp")
CURRENCY = 1e6
"""Of a trip for a unit of distance: the objective is in millions."""
LONGEST, SHORTEST = 1e6, 1e-2
"""The longest way is between these, km and minutes: below, roundings would count."""
DEAREST = 1e9
"""Of a kilometre; what is beyond is told by more trips."""
ROUNDING = 1e-9
"""Relative, of sums of demands."""
APART = 1e-12
"""Of a capacity: levels that hold the same must each hold a little more."""


def to_instance(problem: Problem) -> Instance:
    """Return an instance whose optimum is that of the problem.

    For MCLP it is the weight that is not covered. Raises OptionError for problems that
    the integrated model does not have, or that are too large for it; NoPlanError where
    all sites together hold too little.
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
    _check_costs(problem)
    if problem.kind in CAPACITATED and (problem.clients.demands <= 0.0).any():
        raise OptionError(say("a client without demand has no place in an instance"))
    if not np.isfinite(_lengths(problem)).any():
        raise OptionError(say("no client can go to any site"))
    if not _is_room(problem):
        raise NoPlanError(say("no plan keeps all capacities"), "infeasible")
    tables = {name: make(problem) for name, make in _TABLES.items()}
    try:
        return from_tables({name: pd.DataFrame(rows) for name, rows in tables.items()})
    except InstanceError as error:  # its tables are none that the user has
        where = problem.name or problem.kind
        told_of = [Wrong(where, one.said, value=one.value) for one in error.problems]
        raise InstanceError(told_of) from None


def _check_costs(problem: Problem) -> None:
    """Raise OptionError if a site that may open brings money."""
    costs = problem.sites.fixed_costs[~problem.sites.forbidden]
    if problem.kind in PRICED and (costs < 0.0).any():
        raise OptionError(say("an instance has no fixed costs below 0"))


def _is_room(problem: Problem) -> bool:
    """Return whether all sites that may open hold what clients take."""
    if problem.kind not in CAPACITATED:
        return True
    room = problem.sites.capacities[~problem.sites.forbidden].sum()
    return bool(problem.clients.demands.sum() <= room * (1.0 + ROUNDING))


def _names(given: tuple[str, ...], letter: str, count: int) -> list[str]:
    return list(given) if given else [f"{letter}{k}" for k in range(count)]


def _clients(problem: Problem) -> list[str]:
    return _names(problem.clients.names, "c", problem.shape[0])


def _sites(problem: Problem) -> list[str]:
    return _names(problem.sites.names, "s", problem.shape[1])


def _instance(problem: Problem) -> Rows:
    name, unit = problem.name or problem.kind, _unit(problem)
    title = f"{name}: {problem.kind}"
    if unit != 1.0:
        title += f"; 1 km and 1 minute are {unit:g} units of distance"
    return [{"name": name, "title": title, "base_year": 2026}]


def _policies(problem: Problem) -> Rows:
    del problem
    return [{"discount_rate": 0.0, "count_residual_value": False,
             "value_of_time_per_hour": 0.0}]  # fmt: skip


def _services(problem: Problem) -> Rows:
    is_cover = problem.kind in ("lscp", "mclp")
    far, unit = 1e9, _unit(problem)
    if problem.radius is not None and is_cover:
        far = min(far, problem.radius / unit)
    price = min(CURRENCY * unit, DEAREST)
    return [
        {
            "service": "service", "group": "all", "cutoff_minutes": far,
            "served_within_minutes": far, "nearest_sites": 0,
            "trips_per_year": 0.0 if is_cover else CURRENCY * unit / price,
            "transport_cost_per_km": 0.0 if is_cover else price,
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
    who = np.ones(problem.shape[0]) if one else problem.clients.weights
    return np.where(_decides(problem), 1.0, who)


def _matrix(problem: Problem) -> Floats:
    """Return the distances of all pairs, (I, J)."""
    n, m = problem.shape
    return problem.distances.block(slice(0, n), np.arange(m))


def _decides(problem: Problem) -> Flags:
    """Return which clients without weight decide what may be chosen, (I,).

    One that not every site serves, and all of them where nobody has any weight.
    """
    weights, sites = problem.clients.weights, problem.sites
    if problem.kind not in ("p-median", "uflp"):
        return np.zeros(problem.shape[0], bool)
    is_near = np.isfinite(_matrix(problem))
    is_sure = is_near[:, ~sites.forbidden].all(axis=1)
    is_sure |= is_near[:, sites.stays].any(axis=1)
    is_sure &= problem.kind != "uflp" or bool((weights > 0.0).any())
    return np.asarray((weights <= 0.0) & ~is_sure)


def _lengths(problem: Problem) -> Floats:
    """Return what a way costs an inhabitant, or how long it is, (I, J).

    Infinite where nobody can go.
    """
    matrix = _matrix(problem)
    is_open = np.isfinite(matrix)
    if problem.kind in CAPACITATED:  # of a unit of demand
        is_open &= problem.sites.capacities > 0.0
        share = problem.clients.weights / problem.clients.demands
        matrix = np.where(is_open, matrix, 0.0) * share[:, None]
    matrix = np.where(_decides(problem)[:, None], 0.0, matrix)
    return np.where(is_open, matrix, np.inf)


def _unit(problem: Problem) -> float:
    """Return how many units of distance a kilometre and a minute are."""
    lengths = _lengths(problem)
    most = float(lengths[np.isfinite(lengths)].max(initial=0.0))
    if most > LONGEST:
        return 10.0 ** math.ceil(math.log10(most / LONGEST))
    return 10.0 ** math.floor(math.log10(most)) if 0.0 < most < SHORTEST else 1.0


def _capacities(problem: Problem) -> Floats:
    """Return what each site holds, (J,): no more than all there is.

    One that holds nothing, to which nobody can go, holds as much as any other.
    """
    most = max(1.0, float(_inhabitants(problem).sum()))
    if problem.kind not in CAPACITATED:
        return np.full(problem.shape[1], most)
    room = np.minimum(problem.sites.capacities, most)
    least = float(room[room > 0.0].min(initial=most))
    return np.where(room > 0.0, room, least)


def _prices(problem: Problem) -> Floats:
    """Return the prices of sites that may open, each once, without 0."""
    if problem.kind in PRICED:
        costs = problem.sites.fixed_costs[~problem.sites.forbidden]
        return np.unique(costs[costs > 0.0])
    return np.ones(1) if problem.kind == "lscp" else np.empty(0)


def _running_costs(problem: Problem) -> Floats:
    """Return what sites cost in the year, (J,): their prices, where these differ."""
    is_dear = (len(_prices(problem)) > 1) & ~problem.sites.forbidden
    return np.where(is_dear, problem.sites.fixed_costs, 0.0)


def _stands(problem: Problem) -> Flags:
    """Return where a facility stands today, (J,): where opening one is no price."""
    count = len(_prices(problem))
    is_free = (problem.sites.fixed_costs <= 0.0) & (problem.kind in PRICED)
    return ((count > 1) | (is_free & (count == 1))) & ~problem.sites.forbidden


def _kinds(problem: Problem) -> tuple[Floats, Ints]:
    """Return capacity and running cost of each level, (L, 2), and which sites have."""
    both = np.column_stack([_capacities(problem), _running_costs(problem)])
    found, level = np.unique(both, axis=0, return_inverse=True)
    capacity = found[:, 0]
    before = np.arange(len(found)) - np.searchsorted(capacity, capacity)
    found[:, 0] *= 1.0 + APART * before
    return found, level.ravel() + 1


def _levels(problem: Problem) -> Rows:
    prices = _prices(problem)
    return [
        {
            "service": "service", "level": k + 1, "capacity": float(capacity),
            "capex_mln": float(prices[0]) if len(prices) == 1 else 0.0,
            "opex_mln_per_year": float(running),
        }
        for k, (capacity, running) in enumerate(_kinds(problem)[0])
    ]  # fmt: skip


def _transitions(problem: Problem) -> Rows:
    """Return that nothing opens or changes, where what stands has its price."""
    if len(_prices(problem)) < 2:
        return []
    count = len(_kinds(problem)[0])
    return [
        {"service": "service", "from_level": a, "to_level": b, "is_allowed": False}
        for a in range(count + 1)
        for b in range(1, count + 1)
        if a != b
    ]


def _facilities(problem: Problem) -> Rows:
    return [
        {"service": "service", "site": site, "level": int(level)}
        for site, level, stands in zip(
            _sites(problem), _kinds(problem)[1], _stands(problem), strict=True
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
    status = np.where(_stands(problem), "existing", "candidate")
    status = np.where(sites.stays, "required", status)
    status = np.where(sites.forbidden, "forbidden", status)
    return [
        {"site": name, "service": "service", "lat": 0.0, "lon": 0.0,
         "status": str(how), "max_level": int(level)}
        for name, how, level in zip(
            _sites(problem), status, _kinds(problem)[1], strict=True
        )
    ]  # fmt: skip


def _travel(problem: Problem) -> Rows:
    matrix, unit = _lengths(problem), _unit(problem)
    if problem.kind in ("lscp", "mclp"):  # what an instance may pass its limits by
        radius = float(problem.radius or np.inf)
        beyond = np.maximum(matrix, radius + 2.0 * TOLERANCE * unit)
        matrix = np.where(matrix > radius, beyond, matrix)
    matrix = matrix / unit
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
    "transitions": _transitions,
    "settlements": _settlements,
    "sites": _site_rows,
    "facilities": _facilities,
    "travel": _travel,
    "counts": _counts,
}
