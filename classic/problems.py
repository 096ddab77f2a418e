"""Classic location problems: clients, sites, distances, and what is asked.

One record fits all of them; a reader fills in what a file has, and ``replace`` of
:mod:`dataclasses` asks another question of the same data.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from aumaq.classic.distances import Distances
from aumaq.instances.arrays import Flags, Floats, Ints

KINDS = {
    "lscp": "fewest sites that cover all clients",
    "lscp-b": "the fewest sites that cover all clients, most clients covered twice",
    "mclp": "p sites that cover most weight",
    "p-median": "p sites with the least weighted distance",
    "p-center": "p sites with the least greatest distance",
    "p-dispersion": "p sites with the greatest least distance between any two",
    "uflp": "sites with the least fixed costs and costs of service",
    "cflp": "the same with capacities; a client may be shared out",
    "sscflp": "the same with capacities; a client has one site",
    "cpmp": "p sites with capacities; a client has one site",
    "relocation": "sites that close and open within a budget, with the least weighted"
    " distance",
}
"""What each problem asks for."""

BY_COUNT = ("p-median", "p-center", "p-dispersion", "mclp", "cpmp")
BY_RADIUS = ("lscp", "lscp-b", "mclp")
CAPACITATED = ("cflp", "sscflp", "cpmp")
"""Problems that a number of sites, how far a site covers, or what it holds, makes
another."""
BY_BUDGET = ("relocation",)
COUNTED = (*BY_COUNT, "lscp-b", *CAPACITATED, *BY_BUDGET)
"""Problems to which a number of sites means something; to others it means nothing."""


ROUNDING = 1e-9
"""Relative, of sums of costs."""


@dataclass(frozen=True)
class Clients:
    """Who is served. I clients."""

    weights: Floats  # (I,) what a unit of distance of the client counts
    demands: Floats  # (I,) what the client takes of a capacity
    names: tuple[str, ...] = ()  # empty: numbers from 0 on


@dataclass(frozen=True)
class Sites:
    """Where facilities may stand. J sites."""

    fixed_costs: Floats  # (J,)
    capacities: Floats  # (J,) infinite: no limit; NaN: a file leaves it to the user
    required: Flags  # (J,) must be open
    forbidden: Flags  # (J,) must stay closed
    existing: Flags  # (J,) is open today; stays so, but where sites may close
    names: tuple[str, ...] = ()  # empty: numbers from 0 on
    closing_costs: Floats | None = None  # (J,) of existing sites; None: nothing

    @property
    def stays(self) -> Flags:
        """Which sites must be open, (J,)."""
        return np.asarray(self.required | self.existing)


@dataclass(frozen=True)
class Problem:
    """One question. The cost of a client at a site is weight times distance."""

    kind: str  # of KINDS
    clients: Clients
    sites: Sites
    distances: Distances
    p: int | None = None  # number of sites, those required among them; of COUNTED
    radius: float | None = None  # how far a site covers, in units of the distances
    name: str = ""
    notes: tuple[str, ...] = field(default=())  # what a reader had to decide
    budget: float | None = None  # for opening and closing, of BY_BUDGET

    @property
    def shape(self) -> tuple[int, int]:
        """Number of clients and of sites."""
        return self.distances.shape

    @property
    def stays(self) -> Flags:
        """Which sites must be open, (J,)."""
        return self.sites.required if self.kind in BY_BUDGET else self.sites.stays


def prices_of_changes(problem: Problem) -> Floats:
    """Return what it costs to open each site, or to close it if it is open today, (J,).

    In the unit of the budget.
    """
    sites = problem.sites
    closing = sites.closing_costs
    closing = np.zeros(problem.shape[1]) if closing is None else closing
    return np.where(sites.existing, closing, sites.fixed_costs)


def cost_of_changes(problem: Problem, sites: Ints) -> float:
    """Return what opening and closing cost until *sites* are open, and no others."""
    changes = problem.sites.existing.copy()
    changes[sites] ^= True
    return float(prices_of_changes(problem)[changes].sum())


def is_paid_for(problem: Problem, sites: Ints) -> bool:
    """Return whether the budget pays for opening and closing, but for rounding."""
    spent, budget = cost_of_changes(problem, sites), float(problem.budget or 0.0)
    return spent <= budget + ROUNDING * max(abs(spent), budget)


def with_capacity(problem: Problem, capacity: float) -> Problem:
    """Return the problem with a capacity where it is left open, else everywhere."""
    given = problem.sites.capacities
    is_open = np.isnan(given)
    room = np.where(is_open | ~is_open.any(), capacity, given)
    return replace(problem, sites=replace(problem.sites, capacities=room))


def clients_of(
    count: int,
    weights: Floats | None = None,
    demands: Floats | None = None,
    names: tuple[str, ...] = (),
) -> Clients:
    """Return clients; of weight and demand 1 where none is given."""
    one = np.ones(count)
    return Clients(
        one if weights is None else np.asarray(weights, float),
        one if demands is None else np.asarray(demands, float),
        names,
    )


def sites_of(
    count: int,
    fixed_costs: Floats | None = None,
    capacities: Floats | None = None,
    names: tuple[str, ...] = (),
) -> Sites:
    """Return sites that are free to open; without costs or limits if none is given."""
    none = np.zeros(count, bool)
    return Sites(
        np.zeros(count) if fixed_costs is None else np.asarray(fixed_costs, float),
        np.full(count, np.inf) if capacities is None else np.asarray(capacities, float),
        none,
        none,
        none,
        names,
    )
