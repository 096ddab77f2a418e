"""What must hold of a classic problem before it is solved; all wrong is told."""

from __future__ import annotations

import numpy as np

from aumaq.classic.distances import Dense, Sparse
from aumaq.classic.problems import (
    BY_BUDGET,
    BY_COUNT,
    BY_RADIUS,
    CAPACITATED,
    KINDS,
    Problem,
    Sites,
)
from aumaq.instances.errors import InstanceError, UnknownNameError
from aumaq.instances.errors import Problem as Wrong
from aumaq.instances.language.texts import Text, say

PUBLISHED = {
    "capa": (8000, 10000, 12000, 14000),
    "capb": (5000, 6000, 7000, 8000),
    "capc": (5000, 5750, 6500, 7250),
}
"""Capacities that OR-Library has optima for."""


def check_problem(problem: Problem) -> None:
    """Raise InstanceError that lists everything that keeps a problem from a plan."""
    if problem.kind not in KINDS:
        raise UnknownNameError(say("problem"), problem.kind, KINDS)
    found = [*_sites(problem), *_clients(problem), *_question(problem)]
    if found:
        where = problem.name or problem.kind
        raise InstanceError([Wrong(where, text) for text in found])


def _sites(problem: Problem) -> list[Text]:
    sites, found = problem.sites, []
    if problem.shape[1] == 0:
        found.append(say("there are no sites"))
    both = int((problem.stays & sites.forbidden).sum())
    if both:
        found.append(say("{n} sites are required and forbidden", n=both))
    if not np.isfinite(sites.fixed_costs).all():
        found.append(say("fixed costs must be finite numbers"))
    if problem.kind in CAPACITATED:
        found += _capacities(sites)
    if problem.kind in BY_BUDGET:
        found += _changes(problem)
    return found


def _changes(problem: Problem) -> list[Text]:
    """Return what is wrong with prices of changes and the budget."""
    sites, budget, found = problem.sites, problem.budget, []
    closing = sites.closing_costs
    prices = sites.fixed_costs[~sites.existing]
    if closing is not None:
        prices = np.concatenate([prices, closing[sites.existing]])
    if not (np.isfinite(prices) & (prices >= 0)).all():
        told = say("costs of opening and closing must be finite numbers, not negative")
        found.append(told)
    is_number = isinstance(budget, (int, float, np.number)) and 0 <= budget < np.inf
    if budget is None:
        found.append(say("a budget is needed (--budget)"))
    elif isinstance(budget, bool) or not is_number:
        told = say("the budget must be a number, not negative, not {value}",
                   value=repr(budget))  # fmt: skip
        found.append(told)
    return found


def _capacities(sites: Sites) -> list[Text]:
    found = []
    is_open = np.isnan(sites.capacities)
    if (sites.capacities < 0).any():
        found.append(say("capacities must be numbers, not negative"))
    if is_open.any():
        known = "; ".join(
            f"{name}: {', '.join(map(str, values))}"
            for name, values in PUBLISHED.items()
        )
        told = say(
            "the capacity of {n} sites is left open: choose it, as in --capacity 8000"
            " (published: {known}), or leave it out with --problem uflp",
            n=int(is_open.sum()), known=known,
        )  # fmt: skip
        found.append(told)
    return found


def _clients(problem: Problem) -> list[Text]:
    found = []
    if problem.shape[0] == 0:
        found.append(say("there are no clients"))
    weights = problem.clients.weights
    if not (np.isfinite(weights) & (weights >= 0)).all():
        found.append(say("weights must be finite numbers, not negative"))
    demands = problem.clients.demands
    if not (np.isfinite(demands) & (demands >= 0)).all():
        found.append(say("demands must be finite numbers, not negative"))
    if len(weights) != problem.shape[0]:
        told = say("{n} weights are given for {clients} clients", n=len(weights),
                   clients=problem.shape[0])  # fmt: skip
        found.append(told)
    distances = problem.distances
    known = distances.matrix if isinstance(distances, Dense) else np.empty(0)
    if isinstance(distances, Sparse):
        known = distances.length
    if np.isnan(known).any() or (known < 0).any():
        found.append(say("distances must be numbers, not negative"))
    return found


def _question(problem: Problem) -> list[Text]:
    found: list[Text] = []
    sites, p = problem.sites, problem.p
    radius = problem.radius
    is_length = isinstance(radius, (int, float, np.number)) and 0 < radius < np.inf
    if problem.kind in BY_RADIUS and not is_length:
        found.append(say("a radius greater than 0 is needed (--radius)"))
    if problem.kind == "p-dispersion" and not _is_among_sites(problem):
        told = say(
            "distances from site to site are needed: as many rows as columns, with the"
            " same names in the same order"
        )
        found.append(told)
    is_optional = problem.kind in BY_BUDGET
    if problem.kind not in BY_COUNT and not (is_optional and p is not None):
        return found
    free = int((~sites.forbidden).sum())
    least = max(1, int(problem.stays.sum()))
    if p is None:
        found.append(say("the number of sites p is needed (--p)"))
    elif isinstance(p, bool) or not isinstance(p, (int, np.integer)):
        found.append(say("p must be a whole number, not {p}", p=repr(p)))
    elif not least <= p <= free:
        found.append(
            say(
                "p must be from {least} to {most}, not {p}", least=least, most=free, p=p
            )
        )
    return found


def _is_among_sites(problem: Problem) -> bool:
    """Whether clients are the sites themselves."""
    n, m = problem.shape
    return n == m and problem.clients.names == problem.sites.names
