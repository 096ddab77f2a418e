"""For each rule family of the model an instance in which it binds.

A family binds if the optimum without its rows is another one, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import golden_cases
import numpy as np
from contingency_case import contingent
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from road_instances import road_instances
from tiny_instances import Row, tiny

from aumaq.instances import Instance
from aumaq.solvers.compiled import Compiled, compiled
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given

MOST_DRAWN = 100
"""Instances that are drawn until one is found."""
OPTIONS = SolveOptions(gap=0.0, threads=1, time_limit=20.0)


class _FoundError(Exception):
    """An instance is what was looked for."""


def drawn(family: str, strategy: st.SearchStrategy[Instance]) -> Instance:
    """Return the first drawn instance in which a family binds, else the last one."""
    last: list[Instance] = []

    @settings(examples(1), max_examples=MOST_DRAWN)
    @given(strategy)
    def look(instance: Instance) -> None:
        last[:] = [instance]
        if binds(instance, family):
            raise _FoundError

    with suppress(_FoundError):
        look()
    return last[0]


POLICIES: Row = {"discount_rate": 0.0, "value_of_time_per_hour": 0.0,
                 "count_residual_value": False, "allow_closing": True}  # fmt: skip


def villages(**tables: Any) -> Instance:
    """Return the two villages without rates and what is left at the end."""
    return tiny(**{"policies": [POLICIES], **tables})


def standing(opex: float = 0.0, price: float = 1.0, **tables: Any) -> Instance:
    """Return the two villages with a facility in each, which may close."""
    stock = tables.pop("facilities", None) or [
        {"service": "s", "site": x, "level": 1} for x in "ab"
    ]
    stands = {row["site"] for row in stock}
    sites = [{"site": x, "service": "s", "settlement": x,
              "status": "existing" if x in stands else "candidate"}
             for x in "ab"]  # fmt: skip
    level = {"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 10.0,
             "opex_mln_per_year": opex}  # fmt: skip
    return villages(**{
        "services": [{"service": "s", "unserved_mln_per_unit_year": price}],
        "levels": [level],
        "sites": sites,
        "facilities": stock,
        **tables,
    })  # fmt: skip


def unlike() -> Instance:
    """Return a village whose people cost less unserved than a facility for them."""
    return villages(
        settlements=[{"settlement": "a", "region": "R"},
                     {"settlement": "b", "region": "Q", "population": 10.0}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 0.5,
                   "cutoff_minutes": 20.0}],
        gaps=[{"gap": "even", "service": "s", "minutes": 20.0, "most": 0.1,
               "is_hard": True}],
    )  # fmt: skip


def nearest() -> Instance:
    """Return a village whose facility holds half of it; the other holds all."""
    levels = [
        {"service": "s", "level": k, "capacity": size, "capex_mln": 10.0 * size}
        for k, size in ((1, 50.0), (2, 200.0))
    ]
    return standing(
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0,
                   "allocation": "nearest"}],
        levels=levels,
        policies=[{**POLICIES, "allow_closing": False}],
        facilities=[{"service": "s", "site": "a", "level": 1},
                    {"service": "s", "site": "b", "level": 2}],
    )  # fmt: skip


def two_services(price: float = 0.0, **tables: Any) -> Instance:
    """Return a school in a, where hospitals may stand, or do, in a and in b."""
    sites = [{"site": x, "service": s, "settlement": x} for s in "sh" for x in "ab"]
    return tiny(
        policies=[{**POLICIES, "value_of_time_per_hour": 1e5}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0,
                   "trips_per_year": 1.0},
                  {"service": "h", "unserved_mln_per_unit_year": price,
                   "trips_per_year": 1.0}],
        levels=[{"service": s, "level": 1, "capacity": 300.0, "capex_mln": 10.0}
                for s in "sh"],
        **{"sites": sites, **tables},
    )  # fmt: skip


def followed() -> Instance:
    """Return hospitals in a and b; whose school is in a must go to that of b."""
    return two_services(
        1.0,
        facilities=[{"service": s, "site": x, "level": 1}
                    for s, x in ("sa", "sb", "ha", "hb")],
        sites=[{"site": x, "service": s, "settlement": x, "status": "existing"}
               for s in "sh" for x in "ab"],
        feeders=[{"feeder": "on", "service": "s", "to_service": "h",
                  "is_chosen": False}],
        feeder_sites=[{"feeder": "on", "site": "a", "to_site": "b"}],
    )  # fmt: skip


def upgraded(length_km: float, *connections: Row) -> Instance:
    """Return two villages 12 km apart, whose way may become a quicker one so long."""
    return standing(
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0,
                   "trips_per_year": 100.0, "transport_cost_per_km": 100.0}],
        levels=[{"service": "s", "level": 1, "capacity": 300.0, "capex_mln": 900.0}],
        facilities=[{"service": "s", "site": "a", "level": 1}],
        travel=[],
        road_classes=[{"road_class": "earth", "speed_kmh": 15.0},
                      {"road_class": "asphalt", "speed_kmh": 120.0}],
        road_nodes=[{"node": f"n{x}", "lat": 50.0 + 0.1 * k, "lon": 70.0}
                    for k, x in enumerate("ab")],
        road_links=[{"from_node": "na", "to_node": "nb", "road_class": "earth",
                     "length_km": 12.0}],
        road_upgrades=[{"upgrade": "g", "capex_mln": 1.0}],
        road_upgrade_links=[{"upgrade": "g", "from_node": "na", "to_node": "nb",
                             "road_class": "asphalt", "length_km": length_km}],
        connections=list(connections),
    )  # fmt: skip


def full() -> Instance:
    """Return a growth point that costs nothing but has no room, and a dear one."""
    return villages(
        settlements=[{"settlement": "a", "agglomeration": "A"}, {"settlement": "b"}],
        agglomerations=[{"agglomeration": "A", "max_persons": 100.0}],
        growth_tiers=[{"tier": "top", "min_count": 1, "max_count": 1}],
        growth_candidates=[
            {"settlement": x, "tier": "top", "gain_share": 0.1, "donors": "total",
             "capex_mln": cost}
            for x, cost in (("a", 0.0), ("b", 7.0))
        ],
    )  # fmt: skip


S = {"service": "s"}
APART: Row = {**S, "unserved_mln_per_unit_year": 1.0, "cutoff_minutes": 20.0}
"""The two villages share no site: rules that tie them tie blocks."""
MADE: dict[str, Callable[[], Instance]] = {
    **dict.fromkeys(("siting", "allocation"), villages),
    **dict.fromkeys(("networks", "balances", "loads"), golden_cases.power),
    **dict.fromkeys(("growth", "concentration"), golden_cases.growth),
    **dict.fromkeys(("shifts", "staff", "visits"), golden_cases.running),
    **dict.fromkeys(("funding", "partnerships"), golden_cases.money),
    "connections": golden_cases.roads,
    "impacts": golden_cases.land,
    "renewal": lambda: standing(facilities=[
        {**S, "site": "a", "level": 1, "renew_by_year": 2026}]),
    "locks": lambda: standing(50.0, 0.1, facilities=[
        {**S, "site": "a", "level": 1, "is_locked": True}]),
    "standards": lambda: villages(
        services=[{**APART, "unserved_mln_per_unit_year": 0.01}],
        standards=[{"standard": "near", **S, "minutes": 10.0, "share": 1.0,
                    "scope": "total", "is_hard": False,
                    "shortfall_mln_per_unit_year": 1.0}]),
    "buses": lambda: villages(
        services=[{**S, "unserved_mln_per_unit_year": 0.01}],
        buses=[{**S, "within_minutes": 40.0, "cost_mln_per_unit_year": 0.01}],
        standards=[{"standard": "near", **S, "minutes": 10.0, "share": 1.0,
                    "scope": "settlement", "is_hard": False,
                    "shortfall_mln_per_unit_year": 1.0}]),
    "budgets": lambda: villages(services=[APART], budgets=[
        {"budget": "purse", "period": "p1", "amount_mln": 10.0, "is_hard": True}]),
    "counts": lambda: villages(
        services=[APART], counts=[{"count": "few", **S, "most": 1}]),
    "building_capacity": lambda: villages(services=[APART], building_capacity=[
        {"building_capacity": "few", "period": "p1", "most_changes": 1.0}]),
    "gaps": unlike,
    "closings": lambda: standing(50.0, 0.1, closing_rules=[{"closing": "stay", **S}]),
    "together": lambda: villages(
        settlements=[{"settlement": "a"}, {"settlement": "b", "population": 1.0}],
        levels=[{**S, "level": 1, "capacity": 60.0, "capex_mln": 10.0}],
        together_rules=[{"together": "class", **S, "settlement": "a"}]),
    "mergers": lambda: standing(services=[APART], mergers=[
        {"merger": "pair", **S, "site": "a", "other_site": "b"}]),
    "possible_mergers": lambda: standing(10.0, possible_mergers=[
        {"possible_merger": "pair", **S, "site": "a", "other_site": "b",
         "saving_mln_per_year": 5.0, "least_level": 1}]),
    "relocations": lambda: standing(relocations=[
        {"relocation": "away", **S, "site": "a", "to_site": "b", "cost_mln": 3.0,
         "is_forced": True}], facilities=[{**S, "site": "a", "level": 1}]),
    "referral": lambda: two_services(referrals=[
        {"referral": "up", **S, "from_level": 1, "to_service": "h", "to_level": 1,
         "minutes": 20.0}]),
    "feeders": followed,
    "nearest": nearest,
    "fastest": lambda: upgraded(36.0, {
        "connection": "c", "from_settlement": "a", "to_settlement": "b",
        "minutes": 30.0, "is_hard": True}),
    "agglomerations": full,
    "angles": partial(drawn, "angles", coupled_instances("angles")),
    "contingencies": partial(
        drawn, "contingencies", contingent(coupled_instances("power"))),
    "roads": partial(drawn, "roads", road_instances("free")),
    "passable": lambda: upgraded(4.0),
}  # fmt: skip
"""Family -> an instance in which it binds."""


def binds(instance: Instance, family: str) -> bool:
    """Return whether the optimum without the rows of a family is another one."""
    c = compiled(instance, OPTIONS, Silent(), Given())
    best = optimum(c, c.matrices)
    if best is None or not (c.matrices.row_family == family).any():
        return False
    free = optimum(c, without(c.matrices, family))
    return free is None or free < best - 1e-4 * (1.0 + abs(best))


def without(m: Matrices, family: str) -> Matrices:
    """Return a model whose rows of a family ask for nothing."""
    is_out = m.row_family == family
    low = np.where(is_out, -np.inf, m.row_lower)
    return replace(m, row_lower=low, row_upper=np.where(is_out, np.inf, m.row_upper))


def optimum(c: Compiled, m: Matrices) -> float | None:
    """Return the optimum of a model, None where there is no plan."""
    found = Solver(m, OPTIONS).run(OPTIONS.time_limit, Silent(), c.started)
    return None if found.values is None else found.objective
