"""Kazakhstan planned for its two futures at once, and what that is worth.

``python -m benchmarks futures SECONDS [SERVICE ...]``: the services that are named,
without networks and road upgrades; the whole instance if none is.
"""

from __future__ import annotations

import sys

import aumaq
from aumaq.instances import Instance, from_tables

NETWORKS = (
    "networks", "network_nodes", "network_links", "link_upgrades", "load_rates",
    "industrial_loads", "local_supplies", "road_upgrades", "road_upgrade_links",
    "connections",
)  # fmt: skip
INDICATORS = ("indicators", "indicator_targets", "indicator_baselines")


def services_only(instance: Instance, services: list[str]) -> Instance:
    """Return the instance with some services, on the roads of today."""
    tables = {}
    for name, rows in instance.base.items():
        if name in NETWORKS:
            continue
        if name in INDICATORS:
            continue
        if name == "referrals":
            rows = rows[rows["to_service"].isin(services)]
        if "service" in rows:
            rows = rows[rows["service"].isin(["", *services])]
        tables[name] = rows
    return from_tables(tables)


def run(*arguments: str) -> None:
    """Print the figures of docs/futures.md."""
    if not arguments:
        sys.exit("futures needs the seconds to take, and may have names of services")
    seconds, services = float(arguments[0]), list(arguments[1:])
    instance = aumaq.read("kazakhstan")
    if services:
        instance = services_only(instance, services)
    found = aumaq.value_of_stochastic_solution(instance, time_limit=seconds, gap=1e-4)
    print(found.futures)
    print(found.futures.regret_table.to_string())
    print(found.policies.to_string())
    for name in ("recourse", "wait_and_see", "reference_cost"):
        print(name, *(f"{mln:,.1f}" for mln in getattr(found, name)))
    for name in ("stochastic_solution", "perfect_information"):
        low, high = getattr(found, name)
        share = high / found.recourse[1]
        print(f"{name} {low:,.1f} to {high:,.1f} mln (at most {share:.2%})")
    print("reference", found.reference, dict(found.futures.seconds))
