"""Growth points in a plan: the choice, and demand under it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.people.growth import after_moves, chosen_of
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


def demand_of(plan: Plan, service: str) -> np.ndarray:
    """Return demand for a service under the plan's choice, (settlements, periods)."""
    instance = plan.instance
    return after_moves(
        instance.tables,
        instance.active_scenario.projection,
        instance.demand(service),
        chosen_of(instance.tables, plan.table("growth_points")),
    )
