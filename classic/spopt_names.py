"""Classes with the names that users of spopt know.

Each is made by ``from_cost_matrix`` or ``from_geodataframe`` and solved by ``solve``,
with the arguments of spopt 0.7 in its order. They have what spopt's have, and
``bound``, ``gap``, ``proven`` and, for PMedian and UFLP, ``k_best``. A solver of
PuLP is taken and not used, but for its time limit; there are no variables of a program
but ``fac_vars``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import numpy as np

from aumaq.classic.checks import check_problem
from aumaq.classic.distances import Dense, Distances
from aumaq.classic.problems import Clients, Sites, clients_of
from aumaq.classic.solving import Ranked
from aumaq.classic.solving import k_best as solve_k_best
from aumaq.classic.spopt_arguments import (
    PREDEFINED,
    numbers,
    of_frames,
    of_matrix,
    predefined,
)
from aumaq.classic.spopt_base import Located
from aumaq.instances.errors import ArgumentError, OptionError
from aumaq.instances.language.texts import say


class LSCP(Located):
    """The fewest sites that cover every client, within their capacities if given.

    With capacities a client may be shared out over sites in reach: ``solution.shares``.
    """

    kind = "lscp"
    title = "lscp"
    from_cost_matrix = of_matrix(
        "service_radius",
        may=(PREDEFINED, "demand_quantity_arr", "facility_capacity_arr"),
    )
    from_geodataframe = of_frames(
        "service_radius",
        may=("predefined_facility_col", "demand_quantity_col", "facility_capacity_col"),
    )

    @classmethod
    def _made(
        cls,
        distances: Distances,
        name: str,
        demand_quantity_arr: Any = None,
        facility_capacity_arr: Any = None,
        **given: Any,
    ) -> Self:
        made = super()._made(distances, name, **given)
        if facility_capacity_arr is None:
            if demand_quantity_arr is not None:
                told = say("demands are given without capacities of sites")
                raise ArgumentError(told, ["facility_capacity_arr"])
            return made
        check_problem(made.problem)
        n, m = distances.shape
        room = numbers(facility_capacity_arr, m, "facility_capacity_arr")
        demands = None
        if demand_quantity_arr is not None:
            demands = numbers(demand_quantity_arr, n, "demand_quantity_arr")
        away = distances.block(slice(0, n), np.arange(m))
        radius = made.radius or 0.0
        within = np.where(away <= radius, 0.0, np.inf)
        sites = replace(made.problem.sites, fixed_costs=np.ones(m), capacities=room)
        found = cls(
            replace(
                made.problem, kind="cflp", clients=clients_of(n, None, demands),
                sites=sites, distances=Dense(within), radius=None,
                name=name or "capacitated-lscp",
            )
        )  # fmt: skip
        found.radius, found.reach = made.radius, distances
        return found


class LSCPB(Located):
    """With the fewest sites that cover every client, most clients covered twice.

    A client with a single site in reach is not backed up; spopt counts it. The fewest
    sites are found by ``solve``, not before it.
    """

    kind = "lscp-b"
    title = "lscp-b"
    from_cost_matrix = of_matrix("service_radius", may=("solver", PREDEFINED))
    from_geodataframe = of_frames(
        "service_radius", may=("solver", "predefined_facility_col")
    )
    solver: Any = None

    @classmethod
    def _made(
        cls, distances: Distances, name: str, solver: Any = None, **given: Any
    ) -> Self:
        made = super()._made(distances, name, **given)
        made.solver = solver
        return made

    def solve(  # type: ignore[override]
        self,
        results: bool = True,
        *,
        time_limit: float | None = None,
        seed: int = 0,
    ) -> Self:
        """Solve the problem within seconds; return self. *results* are always there."""
        return super().solve(self.solver, results, time_limit=time_limit, seed=seed)

    @property
    def lscp_obj_value(self) -> float:
        """The fewest sites."""
        return float(len(self.sites))

    @property
    def backup_perc(self) -> float:
        """Clients with two open sites or more in reach, per cent of all."""
        return 100.0 * self.objective / self.problem.shape[0]


class PMedian(Located):
    """p sites with the least sum of weight times distance.

    With capacities, which weights use up, each client goes to one site.
    """

    kind = "p-median"
    title = "p-median"
    from_cost_matrix = of_matrix(
        "weights",
        "p_facilities",
        may=(PREDEFINED, "facility_capacities", "fulfill_predefined_fac"),
    )
    from_geodataframe = of_frames(
        "weights_cols",
        "p_facilities",
        may=(
            "facility_capacity_col",
            "predefined_facility_col",
            "fulfill_predefined_fac",
        ),
    )

    @classmethod
    def _made(
        cls,
        distances: Distances,
        name: str,
        facility_capacities: Any = None,
        facility_capacity_arr: Any = None,
        fulfill_predefined_fac: bool = False,
        **given: Any,
    ) -> Self:
        made = super()._made(distances, name, **given)
        room = facility_capacity_arr
        room = facility_capacities if room is None else room
        if fulfill_predefined_fac:
            told = say("sites that must be filled to the brim are not solved here:"
                       " fulfill_predefined_fac must be False")  # fmt: skip
            raise OptionError(told, ["fulfill_predefined_fac"])
        if room is None:
            return made
        problem = made.problem
        room = numbers(room, problem.shape[1], "facility_capacities")
        return cls(
            replace(
                problem, kind="cpmp", sites=replace(problem.sites, capacities=room),
                clients=replace(problem.clients, demands=problem.clients.weights),
                name=name or f"capacitated-{cls.title}",
            )
        )  # fmt: skip

    def k_best(self, k: int, time_limit: float = 60.0) -> Ranked:
        """Return the k best plans, the best first; ``bound``: of any other plan."""
        return solve_k_best(self.problem, k, time_limit=time_limit)


class KNearestPMedian(PMedian):
    """The same; its numbers of nearest sites are not needed here.

    spopt tries the *k_array* nearest sites of each client first and takes more where
    they do not serve. Here all sites count, so that the plan is the best of all.
    """

    title = "k-nearest-p-median"
    from_geodataframe = of_frames(
        "weights_cols", "p_facilities", may=("facility_capacity_col", "k_array")
    )

    @classmethod
    def from_cost_matrix(cls, *_: Any, **__: Any) -> Self:
        """Raise: spopt does not have it either."""
        told = say(
            "KNearestPMedian has from_geodataframe alone; PMedian takes a matrix"
        )
        raise OptionError(told)

    @classmethod
    def _of_frames(
        cls, gdf_fac: Any, facility_col: str, k_array: Any = None, **given: Any
    ) -> Self:
        made = super()._of_frames(gdf_fac, facility_col, **given)
        if k_array is not None:
            n, m = made.problem.shape
            nearest = numbers(k_array, n, "k_array")
            if not np.isin(nearest, np.arange(1, m + 1)).all():
                told = say("k_array must have whole numbers from 1 to {most}, the"
                           " number of sites", most=m)  # fmt: skip
                raise ArgumentError(told, ["k_array"])
        return made


class MCLP(Located):
    """p sites that cover most weight."""

    kind = "mclp"
    title = "mclp"
    from_cost_matrix = of_matrix("weights", "service_radius", "p_facilities")
    from_geodataframe = of_frames("weights_cols", "service_radius", "p_facilities")


class PCenter(Located):
    """p sites with the least greatest distance."""

    kind = "p-center"
    title = "p-center"
    from_cost_matrix = of_matrix("p_facilities")
    from_geodataframe = of_frames("p_facilities")


class PDispersion(Located):
    """p sites as far apart as can be; the matrix has distances of sites to sites."""

    kind = "p-dispersion"
    title = "p-dispersion"
    from_cost_matrix = of_matrix("p_facilities")
    from_geodataframe = of_frames("p_facilities", has_clients=False)

    @property
    def p_facilities(self) -> int | None:
        """How many sites are asked for."""
        return self.problem.p


class UFLP(Located):
    """Sites with the least sum of fixed costs, and of weight times distance."""

    kind = "uflp"
    title = "uflp"
    from_cost_matrix = of_matrix("weights", "fixed_costs")

    def k_best(self, k: int, time_limit: float = 60.0) -> Ranked:
        """Return the k best plans, the best first; ``bound``: of any other plan."""
        return solve_k_best(self.problem, k, time_limit=time_limit)


class Relocation(Located):
    """Sites that close and open within a budget, with the least weighted distance.

    ``existing``: sites open today, as flags or numbers. ``p_facilities``: so many are
    open in the end; any number if it is left out. spopt has no such problem.
    """

    kind = "relocation"
    title = "relocation"
    from_cost_matrix = of_matrix(
        "weights",
        "budget",
        "existing",
        may=("opening_costs", "closing_costs", "p_facilities", PREDEFINED),
    )

    @classmethod
    def _made(
        cls,
        distances: Distances,
        name: str,
        budget: float | None = None,
        existing: Any = (),
        opening_costs: Any = None,
        closing_costs: Any = None,
        **given: Any,
    ) -> Self:
        problem, m = super()._made(distances, name, **given).problem, distances.shape[1]
        opening, closing = (
            np.zeros(m) if costs is None else numbers(costs, m, called)
            for costs, called in (
                (opening_costs, "opening_costs"), (closing_costs, "closing_costs")
            )
        )  # fmt: skip
        today = predefined(existing, m, "existing")
        sites = replace(
            problem.sites, existing=today, fixed_costs=opening, closing_costs=closing
        )
        return cls(replace(problem, sites=sites, budget=budget))


__all__ = ["LSCP", "LSCPB", "MCLP", "UFLP", "Clients", "KNearestPMedian", "PCenter",
           "PDispersion", "PMedian", "Relocation", "Sites"]  # fmt: skip
