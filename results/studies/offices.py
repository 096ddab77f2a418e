"""Instances as an office sees them that plans services alone, or networks alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances import Instance, from_tables
from aumaq.instances.parts import OF_NETWORKS, part
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.money import MONEY_TABLES
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.schema.tables import TABLES
from aumaq.instances.terms import COVERED
from aumaq.model.data.networks import LOAD_COLUMN
from aumaq.results.plan.plan import Plan

Tables = dict[str, pd.DataFrame]
OF_SERVICES = tuple(
    table.name
    for table in TABLES
    if table.rule and table.name not in (*OF_NETWORKS, "budgets")
)
"""What one of the offices decides alone; the rest of it names these."""


def services_alone(instance: Instance, joint: Plan) -> Instance:
    """Return the instance without networks and upgrades: roads stay as they are.

    Of budgets for everything, what *joint* spends on networks is set aside.
    """
    tables = dict(instance.tables)
    services = tables["services"]
    tables |= {name: tables[name].iloc[:0] for name in OF_NETWORKS}
    tables["services"] = services[services["role"] == "serve"]
    own = {*tables["services"]["service"], GROWTH_POINTS}
    tables["budgets"] = _budgets(instance, joint, own)
    tables |= _without_payers(instance)
    return _made(instance, tables)


def networks_alone(instance: Instance, joint: Plan) -> Instance:
    """Return the instance with the load of today's facilities, and nobody to serve.

    Of budgets for everything, what *joint* spends on services is set aside.
    """
    tables = dict(instance.tables)
    services = tables["services"]
    serve = services["role"] == "serve"
    names = set(services.loc[serve, "service"])
    tables["industrial_loads"] = pd.concat(
        [tables["industrial_loads"], _todays_load(instance, names)], ignore_index=True
    )
    demand = np.where(serve, 0.0, services["demand_per_person"])
    tables["services"] = services.assign(demand_per_person=demand)
    stands = tables["facilities"]["service"].isin(names)
    tables["facilities"] = tables["facilities"][~stands]
    sites = tables["sites"]
    is_kept = (~sites["service"].isin(names)) | (sites["status"] == "forbidden")
    tables["sites"] = sites.assign(status=sites["status"].where(is_kept, "candidate"))
    tables |= {name: tables[name].iloc[:0] for name in OF_SERVICES}
    others = set(services["service"]) - names
    tables["budgets"] = _budgets(instance, joint, {*others, *_not_services(instance)})
    tables |= _without_payers(instance)
    return _made(instance, tables)


def _without_payers(instance: Instance) -> Tables:
    """Return the tables of who pays, empty: an office alone cannot share sources."""
    return {table.name: instance.tables[table.name].iloc[:0] for table in MONEY_TABLES}


def _not_services(instance: Instance) -> tuple[str, ...]:
    """Return what stands in the table of money where it is no service."""
    return (*instance.network_names, ROADS)


def _made(instance: Instance, tables: Mapping[str, pd.DataFrame]) -> Instance:
    return from_tables(part(instance.tables, tables), outlines=instance.outlines)


def _todays_load(instance: Instance, services: set[str]) -> pd.DataFrame:
    """Return loads of today's facilities at the nodes of their settlements."""
    stock = instance.tables["facilities"]
    stock = stock[stock["service"].isin(services)]
    sites = instance.tables["sites"][["service", "site", "settlement"]]
    rows = stock.merge(sites, on=["service", "site"])
    rows = rows.merge(instance.tables["levels"], on=["service", "level"])
    parts = []
    for network in instance.network_names:
        nodes = instance.tables["network_nodes"]
        nodes = nodes[(nodes["network"] == network) & (nodes["settlement"] != "")]
        own = rows.merge(nodes[["settlement", "node"]], on="settlement")
        own = own.assign(load=own["units"] * own[LOAD_COLUMN[network]])
        load = own.groupby("node", as_index=False)["load"].sum()
        load = load[load["load"] > 0]
        parts.append(load.assign(network=network, title="facilities of today"))
    if not parts:
        return instance.tables["industrial_loads"].iloc[:0]
    return pd.concat(parts, ignore_index=True)


def _budgets(instance: Instance, joint: Plan, own: set[str]) -> pd.DataFrame:
    """Return budgets without those of others, less what others spend in *joint*."""
    factor = instance.active_scenario.budget_factor
    money, rows = joint.money, []
    for row in instance.tables["budgets"].to_dict("records"):
        if row["service"] and row["service"] not in own:
            continue
        spent = money[(money["period"] == row["period"])]
        spent = spent[spent["item"].isin(COVERED[row["covers"]])]
        spent = spent[~spent["service"].isin(own)]
        if row["region"]:
            spent = spent[spent["region"] == row["region"]]
        aside = 0.0 if row["service"] else float(spent["amount_mln"].sum())
        left = row["amount_mln"] - aside / max(factor, 1e-12)
        rows.append({**row, "amount_mln": max(0.0, left)})
    columns = instance.tables["budgets"].columns
    return pd.DataFrame(rows, columns=columns)
