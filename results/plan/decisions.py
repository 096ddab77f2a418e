"""Decisions of a plan, read back from its tables to start another solve from it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.people.growth import chosen_of
from aumaq.model.data.networks import link_steps
from aumaq.results.plan.plan import Plan
from aumaq.solvers import Decisions
from aumaq.solvers.solution.decisions import NetworkDecisions, ServiceDecisions


def decisions_of(plan: Plan, instance: Instance) -> Decisions:
    """Return what *plan* builds, by the sites, links and periods of *instance*.

    Units, steps of links, road upgrades and growth points are read: a method completes
    the rest. Rows of what *instance* does not have are left out, for a start is an
    offer, not a claim.
    """
    services = {}
    table, periods = plan.facilities, pd.Index(instance.period_names)
    for name in instance.service_names:
        sites, levels = instance.service_sites(name), instance.levels(name)
        rows = table[table["service"] == name]
        j = pd.Index(sites["site"]).get_indexer(rows["site"])
        t = periods.get_indexer(rows["period"])
        level = rows["level"].to_numpy(dtype=np.int64)
        ok = (j >= 0) & (t >= 0) & (level >= 1) & (level <= len(levels))
        units = np.zeros((len(sites), len(levels) + 1, len(periods)), dtype=np.int64)
        np.add.at(units, (j[ok], level[ok], t[ok]), rows["units"].to_numpy()[ok])
        units[:, 0] = sites["max_units"].to_numpy()[:, None] - units.sum(axis=1)
        services[name] = ServiceDecisions.of_units(units)
    networks = {name: _network(plan, instance, name) for name in instance.network_names}
    chosen = chosen_of(instance.tables, plan.table("growth_points"))
    return Decisions(services, networks, _upgraded(plan, instance), chosen)


def _network(plan: Plan, instance: Instance, name: str) -> NetworkDecisions:
    """Return the steps of the links of a network; nothing else of it."""
    periods = pd.Index(instance.period_names)
    steps, _ = link_steps(instance, name)
    row_of = {
        key: k for k, key in enumerate(zip(steps["link"], steps["step"], strict=True))
    }
    built = np.zeros((len(row_of), len(periods)), dtype=np.int64)
    rows = plan.table("network_steps")
    rows = rows[rows["network"] == name]
    for link, step, period in zip(
        rows["link"], rows["step"], rows["period"], strict=True
    ):
        if (link, step) in row_of and period in periods:
            built[row_of[link, step], periods.get_loc(period) :] = 1
    return NetworkDecisions.of_steps(built)


def _upgraded(plan: Plan, instance: Instance) -> np.ndarray:
    """Return which road upgrades stand in which period, (G, T)."""
    periods, codes = pd.Index(instance.period_names), pd.Index(instance.upgrade_names)
    built = np.zeros((len(codes), len(periods)), dtype=np.int64)
    rows = plan.table("road_upgrades")
    for code, period in zip(rows["upgrade"], rows["period"], strict=True):
        if code in codes and period in periods:
            built[codes.get_loc(code), periods.get_loc(period) :] = 1
    return built


def start_used(plan: Plan, instance: Instance) -> dict[str, list[int]]:
    """Return how many rows of a start plan name what *instance* has, and of how many.

    By kind: facilities, steps of links, road upgrades, growth points that are chosen.
    """
    tables, periods = instance.tables, set(instance.period_names)
    sites = {
        (name, site)
        for name in instance.service_names
        for site in instance.service_sites(name)["site"]
    }
    most = {name: len(instance.levels(name)) for name in instance.service_names}
    steps = tables["link_upgrades"][["network", "link", "step"]]
    known_steps = set(steps.itertuples(index=False, name=None))
    upgrades = set(instance.upgrade_names)
    tiers = tables["growth_candidates"][["settlement", "tier"]]
    known_tiers = set(tiers.itertuples(index=False, name=None))
    points = plan.table("growth_points")
    points = points[points["is_chosen"].astype(bool)]
    fits = {
        "facilities": [
            (row.service, row.site) in sites
            and row.level <= most[row.service]
            and row.period in periods
            for row in plan.facilities.itertuples()
        ],
        "network_steps": [
            (row.network, row.link, row.step) in known_steps
            for row in plan.table("network_steps").itertuples()
        ],
        "road_upgrades": [
            row.upgrade in upgrades for row in plan.table("road_upgrades").itertuples()
        ],
        "growth_points": [
            (row.settlement, row.tier) in known_tiers for row in points.itertuples()
        ],
    }
    return {kind: [sum(flags), len(flags)] for kind, flags in fits.items() if flags}
