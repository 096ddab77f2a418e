"""Growth points in a plan: the choice, its people and money, and concentration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.people.growth import moves
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.model.data.gathered import ModelData
from aumaq.results.plan.frames import typed
from aumaq.results.plan.money import Rows, of_lasting
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


def growth_tables(data: ModelData, decisions: Decisions) -> dict[str, pd.DataFrame]:
    """Return ``growth_points`` and ``concentrations`` of a plan."""
    return {
        "growth_points": _points(data, decisions),
        "concentrations": _concentrations(data, decisions),
    }


def _points(data: ModelData, decisions: Decisions) -> pd.DataFrame:
    """Return a row for each candidate and period, chosen or not.

    ``persons`` is the population of the settlement under the plan, ``persons_gained``
    what the choice adds to it.
    """
    g, chosen = data.growth, decisions.chosen
    starts = np.diff(chosen, axis=1, prepend=0)
    names = data.instance.tables["settlements"]["name"].to_numpy(dtype=object)
    people = g.people.under(chosen)
    k, t = (x.ravel() for x in np.indices(chosen.shape))
    i = g.settlement[k]
    is_chosen = chosen[k, t] > 0
    columns = {
        "settlement": np.array(data.settlements, dtype=object)[i],
        "name": names[i],
        "region": np.array(g.region, dtype=object)[k],
        "tier": np.array(g.tier, dtype=object)[k],
        "period": np.array(data.periods, dtype=object)[t],
        "is_chosen": is_chosen,
        "persons": people[i, t],
        "persons_gained": np.where(is_chosen, g.people.change[k, i, t], 0.0),
        "capex_mln": np.where(starts[k, t] > 0, g.capex_mln[k], 0.0),
        "opex_mln_per_year": np.where(is_chosen, g.opex_mln_per_year[k], 0.0),
    }
    texts = dict.fromkeys(("settlement", "name", "region", "tier", "period"), "str")
    return typed(pd.DataFrame(columns), texts)


def _concentrations(data: ModelData, decisions: Decisions) -> pd.DataFrame:
    """Return what each rule counts, and how much of it stands in growth points."""
    parts = []
    for rule in data.instance.tables["concentrations"].itertuples():
        d, units = data.services[rule.service], decisions.services[rule.service].units
        size = np.where(np.arange(d.num_levels + 1) >= rule.min_level, d.capacity, 0.0)
        capacity = np.einsum("jlt,l->jt", units, size)
        sites = data.instance.service_sites(rule.service)
        home = pd.Index(data.settlements).get_indexer(sites["settlement"])
        mine = np.full(len(home), True)
        if rule.region:
            mine = np.array(d.site_region, dtype=object) == rule.region
        points = _is_point(data, decisions, rule)[home] & (home >= 0)[:, None]
        inside = (capacity * points)[mine].sum(axis=0)
        whole = capacity[mine].sum(axis=0)
        first = data.periods.index(rule.first_period) if rule.first_period else 0
        share = np.divide(inside, whole, out=np.ones_like(whole), where=whole > 0)
        parts += [
            (rule.concentration, rule.service, period, whole[t], inside[t], share[t],
             rule.share)
            for t, period in enumerate(data.periods)
            if t >= first
        ]  # fmt: skip
    kinds = dict.fromkeys(("concentration", "service", "period"), "str")
    numbers = ("capacity", "in_growth_points", "share", "required_share")
    kinds |= dict.fromkeys(numbers, "float64")
    return typed(pd.DataFrame(parts, columns=list(kinds)), kinds)


def _is_point(data: ModelData, decisions: Decisions, rule: Any) -> np.ndarray:
    """Return where a growth point counts for a rule, (I, T)."""
    rows, g = data.instance.tables["settlements"], data.growth
    flagged = rows["is_growth_point"].to_numpy(bool) & (rule.tier == "")
    found = np.repeat(flagged[:, None], len(data.periods), axis=1)
    for k, i in enumerate(g.settlement.tolist()):
        if rule.tier in ("", g.tier[k]):
            found[i] |= decisions.chosen[k] > 0
    return found


def growth_money(data: ModelData, decisions: Decisions) -> list[Rows]:
    """Return money of growth points by period, region and item."""
    return of_lasting(data, GROWTH_POINTS, data.growth, decisions.chosen)
