"""Growth points in a plan: the choice, and demand under it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

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


def demand_of(plan: Plan, service: str) -> Any:
    """Return demand for a service under the plan's choice, (settlements, periods)."""
    instance, demand = plan.instance, plan.instance.demand(service)
    chosen = chosen_of(instance, plan.table("growth_points"))
    if not len(chosen):
        return demand
    found = moves(instance.tables, instance.active_scenario.projection)
    return demand + np.einsum("kit,kt->it", found.effect(demand), chosen)
