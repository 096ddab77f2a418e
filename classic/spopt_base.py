"""What all classes with the names of spopt have: how they are made and what they tell.

The attributes are those of spopt 0.7, and ``objective``, ``bound``, ``gap``,
``proven``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from aumaq.classic.distances import Distances
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.solution import Solution, distances_to
from aumaq.classic.solving import solve as solve_problem
from aumaq.classic.spopt_arguments import (
    PREDEFINED,
    dense,
    numbers,
    predefined,
)
from aumaq.classic.spopt_frames import column_of, distances_of
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.errors import OptionError
from aumaq.instances.language.texts import say

FRAMES = {
    "demand_quantity_col": "demand_quantity_arr",
    "facility_capacity_col": "facility_capacity_arr",
    "weights_cols": "weights",
}
"""Columns, and the array that each becomes."""


@dataclass(frozen=True)
class Value:
    """A value as PuLP has them."""

    number: float | None
    name: str = "objective"

    def value(self) -> float | None:
        """The number, None before ``solve``."""
        return self.number

    varValue = property(value)  # noqa: N815 as in PuLP


class Asked(Problem):
    """A problem with what scripts ask of a program of PuLP: ``objective.value()``."""

    solved: Solution | None = None

    @property
    def objective(self) -> Value:
        """The value of the plan."""
        return Value(None if self.solved is None else self.solved.objective)

    @property
    def status(self) -> int:
        """1 with a plan, else 0."""
        return int(self.solved is not None)


class Located:
    """A problem and, once it is solved, its solution."""

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    """The name where none is given."""

    def __init__(self, problem: Problem) -> None:
        fields = {name: getattr(problem, name) for name in Problem.__annotations__}
        self.problem = Asked(**fields)
        self.radius = problem.radius  # what covers, also where capacities decide
        self.reach = problem.distances
        self._solution: Solution | None = None

    @property
    def name(self) -> str:
        """The name of the problem."""
        return self.problem.name

    @classmethod
    def _made(cls, distances: Distances, name: str, **given: Any) -> Self:
        """Return the problem of some distances; *given* as spopt names it."""
        n, m = distances.shape
        weights, costs = given.get("weights"), given.get("fixed_costs")
        costs = None if costs is None else numbers(costs, m, "fixed_costs")
        weights = None if weights is None else numbers(weights, n, "weights")
        sites = sites_of(m, costs)
        required = given.get(PREDEFINED)
        if required is not None:
            sites = replace(sites, required=predefined(required, m))
        clients = clients_of(n, weights)
        p, radius = given.get("p_facilities"), given.get("service_radius")
        problem = Problem(
            cls.kind, clients, sites, distances, p, radius, name or cls.title
        )
        return cls(problem)

    @classmethod
    def _of_matrix(cls, cost_matrix: Any, name: str, **given: Any) -> Self:
        """Return the problem of a matrix, clients by sites."""
        return cls._made(dense(cost_matrix), name, **given)

    @classmethod
    def _of_frames(cls, gdf_fac: Any, facility_col: str, **given: Any) -> Self:
        """Return the problem of one or two GeoDataFrames.

        Distances are those of a projected system in its units; of latitudes and
        longitudes ``distance_metric="great_circle"`` in metres.
        """
        clients = given.pop("gdf_demand", gdf_fac)
        column = given.pop("demand_col", facility_col)
        metric = given.pop("distance_metric")
        away = distances_of(clients, gdf_fac, column, facility_col, metric)
        required = column_of(gdf_fac, given.pop("predefined_facility_col", None))
        for key in FRAMES.keys() & given.keys():
            frame = gdf_fac if key.startswith("facility") else clients
            given[FRAMES[key]] = column_of(frame, given.pop(key))
        if required is not None:
            given[PREDEFINED] = required
        return cls._made(away, **given)

    def solve(
        self,
        solver: Any = None,
        results: bool = True,
        *,
        time_limit: float | None = None,
        seed: int = 0,
    ) -> Self:
        """Solve the problem within seconds; return self.

        Of a *solver* of PuLP its time limit counts, 60 s without any; the methods are
        our own. *results* are there in any case.
        """
        del results
        if isinstance(solver, (bool, int, float)):
            told = say("solver is one of PuLP, or None; seconds are time_limit={value}",
                       value=solver)  # fmt: skip
            raise OptionError(told, ["solver"])
        seconds = (
            getattr(solver, "timeLimit", None) if time_limit is None else time_limit
        )
        seconds = 60.0 if seconds is None else seconds
        self._solution = solve_problem(self.problem, time_limit=seconds, seed=seed)
        object.__setattr__(self.problem, "solved", self._solution)
        return self

    def check_status(self) -> None:
        """Raise OptionError before ``solve``; spopt has it for other programs' ends."""
        assert self.solution is not None

    def known(self) -> None:
        """Do nothing: what spopt computes on demand is always there."""

    facility_client_array = client_facility_array = known
    uncovered_clients = get_percentage = get_mean_distance = known

    @property
    def fac_vars(self) -> list[Value]:
        """For each site 1 if it is open, else 0, as variables of PuLP."""
        is_open = np.isin(np.arange(self.problem.shape[1]), self.sites)
        return [Value(float(k), f"y_{j}_") for j, k in enumerate(is_open)]

    @property
    def aij(self) -> Floats:
        """Who is covered where as 0 and 1, or weight times distance, (I, J)."""
        n, m = self.problem.shape
        away = self.reach.block(slice(0, n), np.arange(m))
        if self.radius is not None:
            return (away <= self.radius).astype(float)
        return away * self.problem.clients.weights[:, None]

    @property
    def ai_sum(self) -> float:
        """The sum of all weights."""
        return float(self.problem.clients.weights.sum())

    @property
    def solution(self) -> Solution:
        """The solution; OptionError before ``solve``."""
        if self._solution is None:
            raise OptionError(say("there is no solution yet: call solve() first"))
        return self._solution

    @property
    def objective(self) -> float:
        """The value, recomputed from the data."""
        return self.solution.objective

    @property
    def bound(self) -> float:
        """What no plan can be better than."""
        return self.solution.bound

    @property
    def gap(self) -> float:
        """Distance of value and bound relative to the value."""
        return self.solution.gap

    @property
    def proven(self) -> bool:
        """Whether nothing can be better."""
        return self.solution.proven

    @property
    def sites(self) -> Ints:
        """Open sites, ascending."""
        return self.solution.sites

    @property
    def cli2fac(self) -> list[list[int]]:
        """The sites of each client: those within the radius, or the nearest one."""
        if self.radius is None:
            return [[int(j)] if j >= 0 else [] for j in self.solution.allocation]
        block = self.reach.block(slice(0, self.problem.shape[0]), self.sites)
        return [[int(self.sites[k]) for k in np.flatnonzero(row <= self.radius)]
                for row in block]  # fmt: skip

    @property
    def fac2cli(self) -> list[list[int]]:
        """The clients of each site; none for closed ones."""
        found: list[list[int]] = [[] for _ in range(self.problem.shape[1])]
        for i, sites in enumerate(self.cli2fac):
            for j in sites:
                found[j].append(i)
        return found

    @property
    def n_cli_uncov(self) -> int:
        """Clients without a site."""
        return sum(not sites for sites in self.cli2fac)

    @property
    def perc_cov(self) -> float:
        """Clients with a site, per cent of all."""
        n = self.problem.shape[0]
        return 100.0 * (n - self.n_cli_uncov) / n

    @property
    def mean_dist(self) -> float:
        """Mean distance by weight to the client's site; NaN without any weight."""
        weights = self.problem.clients.weights
        if self.problem.kind == "cpmp":  # not always the nearest
            return self.objective / self.ai_sum if self.ai_sum else float("nan")
        counts = weights > 0.0  # who counts nothing may be out of reach
        if not counts.any():
            return float("nan")
        least = distances_to(replace(self.problem, distances=self.reach), self.sites)[0]
        return float(np.average(least[counts], weights=weights[counts]))
