"""Loads of people and industry on the networks.

The load of a settlement is its persons times the rate of its kind, projection and
period; the row of ``load_rates`` that names most counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.people.agglomerations import demand_factor
from aumaq.instances.people.anchors import anchor_load
from aumaq.instances.people.demand import ALL, persons
from aumaq.instances.rows import holds, rows_with

Tables = Mapping[str, pd.DataFrame]


def people_load(tables: Tables, projection: str, network: str) -> Floats:
    """Return the load of people, (settlements, periods), units of the network."""
    return load_rates(tables, projection, network) * everyone(tables, projection)


def load_rates(tables: Tables, projection: str, network: str) -> Floats:
    """Return the load of one person, (settlements, periods), units of the network."""
    settlements, periods = tables["settlements"], tables["periods"]["period"]
    rate = np.zeros((len(settlements), len(periods)))
    rows = rows_with(tables["load_rates"], "network", network)
    rows = rows[rows["scenario"].isin(["", projection])]
    # Rows that name less are written first, and written over by those that name more.
    order = ["kind", "scenario", "period"]
    names = pd.DataFrame({c: rows[c] != "" for c in order})
    kinds = settlements["kind"].to_numpy(dtype=object)
    for k in names.sort_values(order, kind="stable").index:
        row = rows.loc[k]
        who = (kinds == row["kind"]) | (row["kind"] == "")
        when = (periods == row["period"]).to_numpy() | (row["period"] == "")
        rate[np.ix_(who, when)] = float(row["units_per_person"])
    return rate * demand_factor(tables, network)[:, None]


def everyone(tables: Tables, projection: str) -> Floats:
    """Return all inhabitants, (settlements, periods), persons."""
    groups = tables["groups"]
    plain = {**tables, "groups": groups[~holds(groups, "group", ALL)]}
    return persons(plain, projection, ALL)


def industrial_load(tables: Tables, network: str, nodes: pd.Index[str]) -> Floats:
    """Return the load of industry and anchors, (nodes, periods), units of the network.

    *nodes* are all nodes of the network, in order.
    """
    periods = pd.Index(tables["periods"]["period"])
    load = np.zeros((len(nodes), len(periods)))
    rows = rows_with(tables["industrial_loads"], "network", network)
    for row in rows.itertuples():
        when = (periods == row.period) | (row.period == "")
        load[nodes.get_loc(row.node), when] += float(row.load)
    homes = rows_with(tables["network_nodes"], "network", network)["settlement"]
    return load + anchor_load(tables, network, homes)
