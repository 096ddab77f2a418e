"""What stands today as a plan of one period: the computed baselines.

People are those of the base year, roads and facilities those of today. People go where
capacities let as many as possible be served, and then in the fewest minutes; networks
meet as much load as they can. Both are linear programmes. Rules that bind a plan alone
(whole or nearest catchments, voltage angles, least use) are left out: a baseline is a
picture, not a plan. The period bears the name of the first one, whose unit loads count.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array

from aumaq.instances import Instance
from aumaq.instances.access.limits import within
from aumaq.instances.access.upgrades import connection_minutes
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.people.loads import industrial_load, people_load
from aumaq.instances.schema.dtypes import DTYPES
from aumaq.instances.schema.plan import PLAN_TABLES
from aumaq.model.data.networks import LOAD_COLUMN, NetworkData, network_data
from aumaq.results.audit.frames import without_rows
from aumaq.results.audit.impacts import impact_table
from aumaq.results.indicators.delivery import deliver
from aumaq.results.indicators.state import State, with_population
from aumaq.solvers.highs.linear import least

SERVED_FIRST = 1e3
"""A unit that is not served weighs so many longest ways."""
DUST = 1e-7
"""Shares of a demand up to this are numerical dust."""


@lru_cache(maxsize=1)  # a page and its indicators ask for the same
def of_today(instance: Instance) -> State:
    """Return the state of today; decisions (actions, money, ...) have no rows."""
    state, stock = networks_of_today(instance), _stock(instance)
    tables: dict[str, list[pd.DataFrame]] = {
        name: [] for name in ("allocation", "unserved", "facilities")
    }
    for service in instance.service_names:
        rows = stock[stock["service"] == service]
        if instance.serves(service):
            ways, lost = _allocation(state, service, rows)
            tables["allocation"].append(ways)
            tables["unserved"].append(lost)
            used = ways.groupby("site")["demand"].sum()
            rows = _with_use(rows, used)
        tables["facilities"].append(rows)
    tables["connections"] = [_connections(instance)]
    period = state.periods[0]
    done = {name: _stack(name, parts, period) for name, parts in tables.items()}
    tables_of_today = {**state.tables, **done}
    tables_of_today["impacts"] = impact_table(instance.tables, tables_of_today)
    return with_population(replace(state, tables=tables_of_today))


@lru_cache(maxsize=1)
def networks_of_today(instance: Instance) -> State:
    """Return people, roads and networks of today; services have no rows."""
    world = {
        **instance.tables,
        "periods": instance.tables["periods"].iloc[:1],
        "growth": instance.tables["growth"].iloc[:0],
        "population": instance.tables["population"].iloc[:0],
        "growth_candidates": instance.tables["growth_candidates"].iloc[:0],
        "anchors": instance.tables["anchors"].iloc[:0],
    }
    period, stock = instance.period_names[0], _stock(instance)
    nothing = np.zeros((len(instance.upgrade_names), 1), dtype=bool)
    bare = State(instance, (period,), world, {}, nothing)
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in PLAN_TABLES}
    for network in instance.network_names:
        for name, rows in _network(bare, network, stock).items():
            tables[name].append(rows)
    done = {name: _stack(name, parts, period) for name, parts in tables.items()}
    return replace(bare, tables=done)


def _stack(name: str, parts: list[pd.DataFrame], period: str) -> pd.DataFrame:
    """Return a table with the columns of the plan's; what is not known is blank."""
    words = PLAN_TABLES[name]
    if not parts:
        return without_rows(name)
    frame = pd.concat(parts, ignore_index=True)
    if "period" in words:
        frame["period"] = period
    frame = frame.reindex(columns=list(words))
    blank: dict[str, Any] = {"text": "", "number": 0.0, "flag": False}
    for column, kind in words.items():
        cells = frame[column].astype(object).where(frame[column].notna(), blank[kind])
        frame[column] = cells.astype(DTYPES[kind])
    return frame


def _stock(instance: Instance) -> pd.DataFrame:
    """Return today's facilities by service, site and level."""
    rows = instance.tables["facilities"]
    keys = ["service", "site", "level"]
    rows = rows.groupby(keys, as_index=False, sort=False).agg(
        units=("units", "sum"), is_synthetic=("is_synthetic", "any")
    )
    levels = instance.tables["levels"].set_index(["service", "level"])
    rows = rows.join(
        levels[["title", "capacity", "opex_mln_per_year", *LOAD_COLUMN.values()]],
        on=["service", "level"],
    )
    for column in ("capacity", "opex_mln_per_year", *LOAD_COLUMN.values()):
        rows[column] = rows[column].to_numpy(dtype=float) * rows["units"].to_numpy()
    places = [
        instance.service_sites(service)[
            ["service", "site", "settlement", "name", "region"]
        ]
        for service in instance.service_names
    ]
    return rows.merge(pd.concat(places), on=["service", "site"], how="left")


def _with_use(rows: pd.DataFrame, used: pd.Series[float]) -> pd.DataFrame:
    """Return facilities with what is used of them, shared out by capacity."""
    whole = rows.groupby("site")["capacity"].transform("sum")
    load = pd.to_numeric(rows["site"].map(used)).fillna(0.0)
    share = (load / whole.where(whole > 0, np.inf)).astype(float)
    return rows.assign(capacity_use_share=share, used=share * rows["capacity"])


def _allocation(
    state: State, service: str, stock: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return who goes where and who is not served, on today's roads."""
    instance, demand = state.instance, state.demand(service)[:, 0]
    capacity = stock.groupby("site")["capacity"].sum()
    options = instance.access(service)
    room = options["site"].map(capacity).fillna(0.0)
    wanted = demand[options["i"].to_numpy()]
    keep = (options["needs"] == "").to_numpy() & (room > 0).to_numpy() & (wanted > 0)
    options = options[keep].reset_index(drop=True)
    amount = transport(
        demand, options["i"].to_numpy(), options["j"].to_numpy(),
        options["minutes"].to_numpy(),
        instance.service_sites(service)["site"].map(capacity).fillna(0.0).to_numpy(),
    )  # fmt: skip
    i = options["i"].to_numpy()
    goes = amount > DUST * demand[i]
    ways = options.loc[goes, ["settlement", "site", "minutes", "length_km"]].assign(
        service=service, demand=amount[goes], share=(amount / demand[i])[goes]
    )
    lost = demand - np.bincount(i, amount, minlength=len(demand))
    missed = np.flatnonzero(lost > DUST * demand)
    unserved = pd.DataFrame(
        {
            "service": service,
            "settlement": state.ids.to_numpy(dtype=object)[missed],
            "share": lost[missed] / demand[missed],
            "demand": lost[missed],
        }
    )
    return ways, unserved


def transport(
    demand: Floats, i: Ints, j: Ints, minutes: Floats, capacity: Floats
) -> Floats:
    """Return the amount on each option (i, j): most are served, then least minutes."""
    if not len(i):
        return np.zeros(0)
    count, k = len(i), np.arange(len(i))
    lost = count + np.arange(len(demand))
    price = np.full(len(demand), SERVED_FIRST * max(1.0, float(minutes.max())))
    everybody = coo_array(
        (np.ones(count + len(demand)),
         (np.append(i, np.arange(len(demand))), np.append(k, lost))),
        shape=(len(demand), count + len(demand)),
    )  # fmt: skip
    rooms = coo_array(
        (np.ones(count), (j, k)), shape=(len(capacity), count + len(demand))
    )
    nothing = np.zeros(count + len(demand))
    found = least(
        np.append(minutes, price), nothing, nothing + np.inf,
        (csr_array(everybody), demand), (csr_array(rooms), capacity),
    )  # fmt: skip
    assert found.x is not None, found.message  # unserved demand makes it feasible
    return np.asarray(found.x[:count])


def _connections(instance: Instance) -> pd.DataFrame:
    rules = instance.tables["connections"]
    if not len(rules):
        return pd.DataFrame()
    nothing = np.zeros(len(instance.upgrade_names), dtype=bool)
    minutes, limit = connection_minutes(instance, nothing), rules["minutes"].to_numpy()
    return rules[["connection", "from_settlement", "to_settlement"]].assign(
        minutes=np.where(np.isfinite(minutes), minutes, np.nan),
        limit_minutes=limit,
        is_met=within(minutes, limit),
    )


def _network(state: State, name: str, stock: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return flows, sources and loads of a network today."""
    instance = state.instance
    sites = {
        s: tuple(instance.service_sites(s)["site"]) for s in instance.service_names
    }
    n = network_data(instance, name, sites)
    held = stock.groupby(["service", "site"])["capacity"].sum()
    base, facility = _loads_today(state, n, stock)
    room = n.link_capacity.copy()
    for e, station in enumerate(n.link_station):
        if station is not None:
            room[e] += held.get((station[0], sites[station[0]][station[1]]), 0.0)
    codes = [(service, sites[service][j]) for service, j in n.source]
    most = np.array([held.get(code, 0.0) for code in codes])
    most = np.minimum(most, n.source_max)
    flow, supply, shed = deliver(n, base + facility, room, most)
    nodes = instance.tables["network_nodes"]
    home = nodes.loc[nodes["network"] == name, "settlement"].to_numpy(dtype=object)
    of_node, stands = np.array(n.nodes, dtype=object), room > 0
    forward, backward = flow
    return {
        "flows": pd.DataFrame(
            {
                "network": name,
                "link": np.array(n.links, dtype=object)[stands],
                "from_node": of_node[n.link_from[stands]],
                "to_node": of_node[n.link_to[stands]],
                "forward": forward[stands],
                "backward": backward[stands],
                "capacity": room[stands],
                "use_share": (np.maximum(forward, backward)[stands] / room[stands]),
                "lost": ((forward + backward) * n.link_loss)[stands],
            }
        ),
        "sources": _sources(n, stock, codes, supply),
        "loads": pd.DataFrame(
            {
                "network": name,
                "node": of_node,
                "settlement": home,
                "base_load": base,
                "facility_load": facility,
                "shed": shed,
                "from_network": base + facility - shed,
            }
        ),
    }


def _loads_today(
    state: State, n: NetworkData, stock: pd.DataFrame
) -> tuple[Floats, Floats]:
    """Return the load of people and industry, and of facilities, at each node."""
    codes, nodes = pd.Index(n.nodes), state.world["network_nodes"]
    home = nodes.loc[nodes["network"] == n.name, "settlement"]
    i = state.ids.get_indexer(home)
    base = industrial_load(state.world, n.name, codes)[:, 0]
    people = people_load(state.world, state.projection, n.name)[:, 0]
    base[i >= 0] += people[i[i >= 0]]
    load = stock.groupby("settlement")[LOAD_COLUMN[n.name]].sum()
    facility = home.map(load.drop("", errors="ignore")).fillna(0.0).to_numpy()
    return base, facility.astype(float)


def _sources(
    n: NetworkData, stock: pd.DataFrame, codes: list[tuple[str, str]], supply: Floats
) -> pd.DataFrame:
    """Return what each source supplies, shared out by the capacity of its levels."""
    given = pd.DataFrame(codes, columns=["service", "site"]).assign(
        node=np.array(n.nodes, dtype=object)[n.source_node], amount=supply
    )
    rows = given.merge(
        stock[["service", "site", "level", "capacity"]], on=["service", "site"]
    )
    whole = rows.groupby(["service", "site"])["capacity"].transform("sum")
    share = rows["capacity"] / whole.where(whole > 0, np.inf)
    return rows.assign(network=n.name, supply=rows["amount"] * share)
