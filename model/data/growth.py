"""Numbers of the choice of growth points, gathered once from the instance.

Shapes: K candidates, I settlements, N nodes, T periods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.people.growth import first_periods, moves
from aumaq.instances.people.loads import everyone, load_rates
from aumaq.model.data.networks import residual_factor

DUST = 1e-9
"""Relative to the most that there may be, what is left up to this counts as none."""


@dataclass(frozen=True)
class Effect:
    """An amount at each place (settlement or node) that follows the choice."""

    base: Floats  # (places, T) if nobody is chosen
    change: Floats  # (K, places, T) by each choice
    most: Floats  # (places, T) under any choice

    def under(self, chosen: Ints) -> Floats:
        """Return the amounts under a choice (K, T)."""
        if not len(chosen):
            return self.base
        amount = self.base + np.einsum("kpt,kt->pt", self.change, chosen)
        return np.where(amount > DUST * self.most, amount, 0.0)


@dataclass(frozen=True)
class GrowthData:
    """Candidates, and what follows them. Money in mln, scenario's factors applied."""

    settlement: Ints  # (K,)
    tier: tuple[str, ...]
    region: tuple[str, ...]  # of the settlement: pays
    first_period: Ints  # (K,)
    capex_mln: Floats  # (K,)
    opex_mln_per_year: Floats  # (K,)
    residual_factor: Floats  # (K, T) credit for a mln spent, discounted
    people: Effect  # persons
    demand: dict[str, Effect]  # by service, units of demand
    load: dict[str, Effect]  # by network, of people and industry, units of the network


def growth_data(instance: Instance, base_load: dict[str, Floats]) -> GrowthData:
    """Gather the candidates of the active scenario; *base_load* is by network."""
    tables, scenario = instance.tables, instance.active_scenario
    rows, periods = tables["growth_candidates"], instance.period_names
    found = moves(tables, scenario.projection)
    regions = tables["settlements"]["region"].to_numpy(dtype=object)

    def effect(members: Floats) -> Effect:
        return Effect(members, found.effect(members), found.most(members))

    life = rows["lifetime_years"].to_numpy(dtype=float)
    factors = [residual_factor(instance, years) for years in life]
    people = effect(everyone(tables, scenario.projection))
    return GrowthData(
        settlement=found.settlement,
        tier=tuple(rows["tier"]),
        region=tuple(str(regions[i]) for i in found.settlement.tolist()),
        first_period=first_periods(tables),
        capex_mln=rows["capex_mln"].to_numpy(dtype=float) * scenario.capex_factor,
        opex_mln_per_year=rows["opex_mln_per_year"].to_numpy(dtype=float)
        * scenario.opex_factor,
        residual_factor=np.array(factors).reshape(len(rows), len(periods)),
        people=people,
        demand={name: effect(instance.demand(name)) for name in instance.service_names},
        load={
            name: _load(instance, name, people, load)
            for name, load in base_load.items()
        },
    )


def _load(instance: Instance, network: str, people: Effect, base: Floats) -> Effect:
    """Return the load of the nodes: whoever moves draws what is usual where he is."""
    nodes = instance.tables["network_nodes"]
    nodes = nodes[nodes["network"] == network]
    home = pd.Index(instance.settlement_ids).get_indexer(nodes["settlement"])
    at, i = np.flatnonzero(home >= 0), home[home >= 0]
    projection = instance.active_scenario.projection
    rate = load_rates(instance.tables, projection, network)[i]
    change, most = np.zeros((len(people.change), *base.shape)), base.copy()
    change[:, at] = rate * people.change[:, i]
    most[at] += rate * (people.most - people.base)[i]
    return Effect(base, change, most)
