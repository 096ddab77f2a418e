"""Growth points in a plan: the choice, and demand under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.people.growth import moves
from aumaq.model.data.gathered import ModelData
from aumaq.solvers import Decisions

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def under_choice(data: ModelData, decisions: Decisions) -> ModelData:
    """Return the data with demand and load as they are under the plan's choice."""
    chosen, growth = decisions.chosen, data.growth
    if not len(growth.tier):
        return data
    services = {
        name: replace(d, demand=growth.demand[name].under(chosen))
        for name, d in data.services.items()
    }
    networks = {
        name: replace(n, base_load=growth.load[name].under(chosen))
        for name, n in data.networks.items()
    }
    return replace(data, services=services, networks=networks)


def chosen_of(instance: Instance, table: pd.DataFrame) -> np.ndarray:
    """Return the choice that a table ``growth_points`` tells, (K, T)."""
    rows, key = instance.tables["growth_candidates"], ["settlement", "tier"]
    chosen = np.zeros((len(rows), len(instance.period_names)), dtype=np.int64)
    own = table[table["is_chosen"].astype(bool)]
    k = pd.MultiIndex.from_frame(rows[key]).get_indexer(
        pd.MultiIndex.from_frame(own[key])
    )
    t = pd.Index(instance.period_names).get_indexer(own["period"])
    known = (k >= 0) & (t >= 0)
    chosen[k[known], t[known]] = 1
    return chosen


def demand_of(plan: Plan, service: str) -> np.ndarray:
    """Return demand for a service under the plan's choice, (settlements, periods)."""
    instance = plan.instance
    return after_moves(
        instance.tables,
        instance.active_scenario.projection,
        instance.demand(service),
        chosen_of(instance, plan.table("growth_points")),
    )


def after_moves(
    tables: Mapping[str, pd.DataFrame],
    projection: str,
    members: np.ndarray,
    chosen: np.ndarray,
) -> np.ndarray:
    """Return members of a group, or their demand, once people have moved, (S, T).

    They move to the growth points that are *chosen*, (K, T).
    """
    if not len(chosen):
        return members
    change = moves(tables, projection).effect(members)
    return np.asarray(members + np.einsum("kit,kt->it", change, chosen))
