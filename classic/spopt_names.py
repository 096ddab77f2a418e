"""Classes with the names that users of spopt know.

Each is made by ``from_cost_matrix`` or ``from_geodataframe`` and solved by ``solve``.
They have what spopt's have, and ``bound``, ``gap``, ``proven`` and, for PMedian and
UFLP, ``k_best``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np

from aumaq.classic.distances import Dense, Distances, Points, plane
from aumaq.classic.problems import Clients, Problem, Sites, clients_of, sites_of
from aumaq.classic.solution import Solution, distances_to
from aumaq.classic.solving import k_best as solve_k_best
from aumaq.classic.solving import solve as solve_problem
from aumaq.classic.spopt_arguments import of_frames, of_matrix
from aumaq.instances.arrays import Flags, Ints
from aumaq.instances.errors import ArgumentError, OptionError
from aumaq.instances.language.texts import say


class Located:
    """A problem and, once it is solved, its solution."""

    kind: ClassVar[str] = ""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._solution: Solution | None = None

    @classmethod
    def _made(cls, distances: Distances, name: str, **given: Any) -> Self:
        """Return the problem of some distances; *given* as spopt names it."""
        n, m = distances.shape
        weights = given.get("weights")
        sites = sites_of(m, given.get("fixed_costs"))
        required = given.get("predefined_facilities_arr")
        if required is not None:
            sites = replace(sites, required=_flags(required))
            _check_length(sites.required, m, "predefined_facilities_arr")
        clients = clients_of(n, None if weights is None else np.ravel(weights))
        p, radius = given.get("p_facilities"), given.get("service_radius")
        problem = Problem(
            cls.kind, clients, sites, distances, p, radius, name or cls.__name__
        )
        return cls(problem)

    @classmethod
    def _of_matrix(cls, cost_matrix: Any, name: str, **given: Any) -> Self:
        """Return the problem of a matrix, clients by sites."""
        return cls._made(_dense(cost_matrix), name, **given)

    @classmethod
    def _of_frames(cls, gdf_fac: Any, facility_col: str, **given: Any) -> Self:
        """Return the problem of one or two GeoDataFrames; see :func:`points_of`."""
        clients = given.pop("gdf_demand", gdf_fac)
        column = given.pop("demand_col", facility_col)
        metric = given.pop("distance_metric")
        points = points_of(clients, gdf_fac, column, facility_col, metric)
        given["weights"] = _column(clients, given.pop("weights_cols", None))
        required = _column(gdf_fac, given.pop("predefined_facility_col"))
        return cls._made(points, predefined_facilities_arr=required, **given)

    def solve(self, time_limit: float = 60.0, seed: int = 0) -> Self:
        """Solve the problem; return self."""
        self._solution = solve_problem(self.problem, time_limit=time_limit, seed=seed)
        return self

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
        radius = self.problem.radius
        if radius is None:
            return [[int(j)] if j >= 0 else [] for j in self.solution.allocation]
        block = self.problem.distances.block(
            slice(0, self.problem.shape[0]), self.sites
        )
        return [[int(self.sites[k]) for k in np.flatnonzero(row <= radius)]
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
        """Mean distance to the nearest open site by weight; NaN without any weight."""
        weights = self.problem.clients.weights
        counts = weights > 0.0  # who counts nothing may be out of reach
        if not counts.any():
            return float("nan")
        least = distances_to(self.problem, self.sites)[0]
        return float(np.average(least[counts], weights=weights[counts]))


class LSCP(Located):
    """The fewest sites that cover every client."""

    kind = "lscp"
    from_cost_matrix = of_matrix("service_radius")
    from_geodataframe = of_frames("service_radius")


class LSCPB(Located):
    """With the fewest sites that cover every client, most clients covered twice.

    A client with a single site in reach is not backed up; spopt counts it.
    """

    kind = "lscp-b"
    from_cost_matrix = of_matrix("service_radius")
    from_geodataframe = of_frames("service_radius")

    @property
    def backup_perc(self) -> float:
        """Clients with two open sites or more in reach, per cent of all."""
        return 100.0 * self.objective / self.problem.shape[0]


class PMedian(Located):
    """p sites with the least sum of weight times distance."""

    kind = "p-median"
    from_cost_matrix = of_matrix("weights", "p_facilities")
    from_geodataframe = of_frames("weights_cols", "p_facilities")

    def k_best(self, k: int, time_limit: float = 60.0) -> list[Solution]:
        """Return the k best plans, the best first."""
        return solve_k_best(self.problem, k, time_limit=time_limit)


class MCLP(Located):
    """p sites that cover most weight."""

    kind = "mclp"
    from_cost_matrix = of_matrix("weights", "service_radius", "p_facilities")
    from_geodataframe = of_frames("weights_cols", "service_radius", "p_facilities")


class PCenter(Located):
    """p sites with the least greatest distance."""

    kind = "p-center"
    from_cost_matrix = of_matrix("p_facilities")
    from_geodataframe = of_frames("p_facilities")


class PDispersion(Located):
    """p sites as far apart as can be; the matrix has distances of sites to sites."""

    kind = "p-dispersion"
    from_cost_matrix = of_matrix("p_facilities")
    from_geodataframe = of_frames("p_facilities", has_clients=False)


class UFLP(Located):
    """Sites with the least sum of fixed costs, and of weight times distance."""

    kind = "uflp"
    from_cost_matrix = of_matrix("weights", "fixed_costs")

    def k_best(self, k: int, time_limit: float = 60.0) -> list[Solution]:
        """Return the k best plans, the best first."""
        return solve_k_best(self.problem, k, time_limit=time_limit)


def points_of(
    clients: Any, sites: Any, client_column: str, site_column: str, metric: str
) -> Points:
    """Return straight lines between the points of two GeoDataFrames.

    Both need the same projected reference system, as in spopt.
    """
    if metric != "euclidean":
        told = say("distance_metric must be 'euclidean', not {metric!r}", metric=metric)
        raise OptionError(told, ["distance_metric"])
    if clients.crs != sites.crs:
        raise OptionError(say("clients and sites are in two reference systems"))
    found = []
    for frame, name in ((clients, client_column), (sites, site_column)):
        places = _column(frame, name)
        if not all(place.geom_type == "Point" for place in places):
            told = say("column {name!r} must have points only", name=name)
            raise ArgumentError(told)
        found.append(np.array([[place.x, place.y] for place in places]))
    return plane(found[0], found[1])


def _column(frame: Any, name: str | None) -> Any:
    if name is None:
        return None
    if name not in frame.columns:
        known = ", ".join(map(str, frame.columns))
        told = say(
            "there is no column {name!r}; known: {known}", name=name, known=known
        )
        raise ArgumentError(told)
    return frame[name].to_numpy()


def _flags(values: Any) -> Flags:
    """Return yes and no; NaN and words are neither."""
    found = np.asarray(values)
    if found.dtype.kind not in "biuf" or not np.isin(found, (0, 1)).all():
        told = say("predefined_facilities_arr must have 0 and 1 only")
        raise ArgumentError(told, ["predefined_facilities_arr"])
    return found.astype(bool)


def _dense(cost_matrix: Any) -> Dense:
    try:
        matrix = np.ascontiguousarray(cost_matrix, dtype=float)
    except (TypeError, ValueError):
        told = say("cost_matrix must have numbers only")
        raise ArgumentError(told, ["cost_matrix"]) from None
    if matrix.ndim != 2:
        told = say("cost_matrix must have two dimensions, not {n}", n=matrix.ndim)
        raise ArgumentError(told, ["cost_matrix"])
    return Dense(matrix)


def _check_length(values: Any, count: int, name: str) -> None:
    if len(values) != count:
        told = say("{name} must have {count} values, not {found}", name=name,
                   count=count, found=len(values))  # fmt: skip
        raise ArgumentError(told, [name])


__all__ = ["LSCP", "LSCPB", "MCLP", "UFLP", "Clients", "PCenter", "PDispersion",
           "PMedian", "Sites"]  # fmt: skip
