"""Public cases of other projects: the value we find beside the one they published.

Each folder that is there is checked; where the published value is known to be wrong the
verdict says so if ours is the right one. Distances, weights and capacities are those of
the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd

from aumaq.classic.distances import Dense, plane
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.solution import times_covered
from aumaq.classic.solving import solve
from aumaq.instances.errors import InstanceError
from aumaq.instances.errors import Problem as Wrong
from aumaq.instances.formats.tnep import read_corridors, read_matpower
from aumaq.instances.instance import Instance
from aumaq.instances.language.texts import say
from aumaq.results.studies.bench.public_chains import relog
from aumaq.results.studies.bench.published import (
    Check,
    Found,
    Question,
    reason_of,
    row_of,
)
from aumaq.results.studies.solve import solve as solve_instance

SECONDS = 120.0


def checked(folder: Path) -> pd.DataFrame:
    """Return value, published value, tolerance and verdict of all cases in a folder.

    A case that fails has the reason as its verdict, and the others go on. Raises
    InstanceError if none of the folders that are known is there.
    """
    there = {name: read for name, read in CASES.items() if (folder / name).is_dir()}
    if not there:
        raise InstanceError([Wrong(str(folder), say("holds no public case"))])
    checks = (
        (name, check)
        for name, cases in there.items()
        for check in _checks(cases, folder / name)
    )
    return pd.DataFrame([row_of(name, check) for name, check in checks])


def _checks(cases: Cases, folder: Path) -> Iterator[Check]:
    """Yield the checks of a folder; a last one says why there are no more."""
    try:
        for question in cases(folder):
            yield question.check()
    except Exception as error:  # its data cannot be read: other folders go on
        yield Check("", nan, nan, nan, failure=reason_of(error))


def solved(problem: Problem, case: str, published: float, tolerance: float) -> Question:
    """Return the question what a problem's value is, beside the published one."""

    def find() -> Found:
        found = solve(problem, time_limit=SECONDS)
        return found.objective, found.bound

    return Question(case, published, tolerance, find)


MCLP = (448255, 671938, 791499, 875247, 927402, 941462, 950428, 955113)
MEDIAN = (5731159103.675, 4009098972.135, 3385565397.532, 2848268129.715,
          2554123350.188, 2347055166.677, 2176547158.282, 2054687610.638)  # fmt: skip
CENTER = (11577.279, 9130.759, 7529.986, 7403.064, 5985.5, 5903.667, 5150.253,
          4644.846)  # fmt: skip
"""San Francisco, p = 1 ... 8."""


def san_francisco(folder: Path) -> Iterator[Question]:
    """Yield 205 census tracts and 16 shops, metres on the road network."""
    problem = shops(folder)
    reach = replace(problem, kind="lscp", radius=5000.0)
    yield solved(reach, "LSCP, 5 km: shops", 8, 0)
    wide = replace(reach, radius=8000.0)
    yield solved(wide, "LSCP, 8 km: shops", 3, 0)
    required = np.isin(problem.sites.names, ("Store_3", "Store_7"))
    forced = replace(wide, sites=replace(wide.sites, required=required))
    yield solved(forced, "LSCP, 8 km, Store_3 and Store_7 open: shops", 4, 0)
    for p in range(1, 9):
        asked = replace(problem, p=p)
        cover = replace(asked, kind="mclp", radius=5000.0)
        yield solved(cover, f"MCLP, 5 km, p = {p}: people", MCLP[p - 1], 0)
        told = f"p-median, p = {p}: people x m"
        digits = 2848268129.7145 if p == 4 else MEDIAN[p - 1]
        yield solved(asked, told, digits, 5e-5 if p == 4 else 5e-4)
        center = replace(asked, kind="p-center")
        yield solved(center, f"p-center, p = {p}: m", CENTER[p - 1], 5e-4)
    for asked, published, right, told in (
        (wide, 0.69756, 140, "LSCP-B, 8 km"),
        (forced, 0.87805, 177, "LSCP-B, 8 km, Store_3 and Store_7 open"),
    ):
        yield backup(asked, published, right, told)


def backup(problem: Problem, published: float, right: int, told: str) -> Question:
    """Return the question what share of tracts two shops reach, each counted once.

    spopt counts a tract that has a single shop in reach as backed up: its figures are
    the right ones and three tracts more.
    """
    n = problem.shape[0]
    each = replace(problem, kind="lscp-b", clients=clients_of(n))

    def find() -> Found:
        found = solve(each, time_limit=SECONDS)
        return int((times_covered(each, found.sites) >= 2).sum()) / n, None

    case = f"{told}: share of tracts with backup"
    return Question(case, published, 5e-6, find, right / n)


def shops(folder: Path) -> Problem:
    """Return the p-median problem of the shops, tracts and shops sorted by name."""
    tracts = pd.read_csv(
        folder / "SF_demand_205_centroid_uniform_weight.csv", dtype={"NAME": str}
    ).sort_values("NAME")
    stores = pd.read_csv(folder / "SF_store_site_16_longlat.csv").sort_values("NAME")
    roads = pd.read_csv(
        folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv",
        dtype={"DestinationName": str},
    )
    table = roads.pivot(index="DestinationName", columns="name", values="distance")
    metres = table.loc[tracts["NAME"], stores["NAME"]].to_numpy(float)
    clients = clients_of(len(tracts), tracts["POP2000"].to_numpy(float),
                         names=tuple(tracts["NAME"]))  # fmt: skip
    sites = sites_of(len(stores), names=tuple(stores["NAME"]))
    return Problem("p-median", clients, sites, Dense(metres))


def simulated(folder: Path) -> Iterator[Question]:
    """Yield 100 clients and 100 sites in a square; a client's weight is its demand."""
    clients = pd.read_csv(folder / "clients.csv")
    sites = pd.read_csv(folder / "facilities.csv")
    weight = clients["weight"].to_numpy(float)
    room = sites["capacity"].to_numpy(float)
    away = plane(clients[["x", "y"]].to_numpy(float), sites[["x", "y"]].to_numpy(float))
    who = clients_of(len(clients), weight, weight)
    free = Problem("p-median", who, sites_of(len(sites)), away, 8)
    yield solved(free, "p-median, p = 8", 668.880, 5e-4)
    held = sites_of(len(sites), None, room)
    whole = Problem("cpmp", who, held, away, 8)
    yield solved(whole, "p-median with capacities, one site each", 675.964, 5e-4)
    shared = replace(whole, kind="cflp")
    yield solved(shared, "p-median with capacities, shared out", 675.964, 5e-4)


def depots(folder: Path) -> Iterator[Question]:
    """Yield 12 customers and 12 depots, some pairs forbidden, k$."""
    customers = pd.read_csv(folder / "customers.csv")
    places = pd.read_csv(folder / "depots.csv")
    cost = pd.read_csv(folder / "delivery_cost_full_demand_k.csv", index_col=0)
    lengths = np.where(cost.isna(), np.inf, cost).T.astype(float)
    who = clients_of(len(customers), None, customers["demand_t"].to_numpy(float))
    sites = sites_of(
        len(places),
        places["fixed_cost_k"].to_numpy(float),
        places["capacity_t"].to_numpy(float),
    )
    shared = Problem("cflp", who, sites, Dense(np.ascontiguousarray(lengths)))
    yield solved(shared, "depots, shared out: k$", 18103.0417, 5e-5)
    whole = replace(shared, kind="sscflp")
    yield solved(whole, "depots, one for each customer: k$", 18135, 0.5)


def expansion(folder: Path) -> Iterator[Question]:
    """Yield circuits to add to grids, direct current; costs in the papers' units."""
    tables = folder / "garver_buses.csv", folder / "garver_corridors.csv"
    if all(path.is_file() for path in tables):
        fixed = partial(read_corridors, *tables, is_fixed=True)
        yield planned(fixed, "Garver, generation fixed: k$1000", 200)
        free = partial(read_corridors, *tables)
        yield planned(free, "Garver, generation free: k$1000", 110)
    for name, published in (("case3", 2), ("case5", 1)):
        file = folder / f"powermodels_{name}_tnep.m"
        if file.is_file():
            told = f"PowerModels {name}_tnep, DC"
            yield planned(partial(read_matpower, file), told, published)


def planned(read: Callable[[], Instance], case: str, published: float) -> Question:
    """Return the question of a plan of our own model; unverified it has no value."""

    def find() -> Found:
        plan = solve_instance(read(), time_limit=SECONDS, gap=0.0)
        return plan.objective_mln if plan.is_verified else nan, plan.bound_mln

    return Question(case, published, 1e-6, find)


def chains(folder: Path) -> Iterator[Question]:
    """Yield plants in chains over years."""
    return relog(folder, SECONDS)


Cases = Callable[[Path], Iterator[Question]]
CASES: dict[str, Cases] = {
    "sf_spopt": san_francisco,
    "spopt_simulated": simulated,
    "depot12": depots,
    "tnep": expansion,
    "relog": chains,
}
"""Folders, and what is asked of each."""
