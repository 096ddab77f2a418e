"""Numbers that the rule families share, gathered once from the instance.

Families look numbers up here and write algebra; nothing here knows variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.checks.closing import about
from aumaq.instances.rows import rows_with
from aumaq.model.data.barred import barred_ways
from aumaq.model.data.financing import (
    FundData,
    PartnerData,
    fund_data,
    partner_data,
    regions_of,
    sectors_of,
)
from aumaq.model.data.growth import GrowthData, growth_data
from aumaq.model.data.impact_limits import ImpactLimit, impact_limits
from aumaq.model.data.levels import (
    fitting_levels,
    is_concentrated,
    useful_levels,
    useful_places,
)
from aumaq.model.data.networks import (
    LOAD_COLUMN,
    NetworkData,
    network_data,
    residual_factor,
)
from aumaq.model.data.roads import RoadData, needed, road_data
from aumaq.model.data.services import ServiceData


@dataclass(frozen=True)
class ModelData:
    """All services and what they share. ``df``, ``ann``: docs/mathematics.md."""

    instance: Instance
    periods: tuple[str, ...]
    years: Floats  # (T,)
    df: Floats  # (T,) paid once at the start of the period
    ann: Floats  # (T,) paid every year of the period
    settlements: tuple[str, ...]
    services: dict[str, ServiceData]
    networks: dict[str, NetworkData]
    roads: RoadData
    growth: GrowthData
    funds: FundData
    partners: PartnerData

    @cached_property
    def impact_limits(self) -> tuple[ImpactLimit, ...]:
        """Limits on impacts that bind or have a price."""
        return tuple(impact_limits(self))

    @property
    def regions(self) -> tuple[str, ...]:
        """Who may pay: none, and the regions of settlements and roads."""
        # Not all settlements need be in the table of regions.
        return regions_of(self.instance)

    @property
    def sectors(self) -> tuple[str, ...]:
        """What is paid for: services first, then networks, roads, growth points."""
        return sectors_of(self.instance)


def gather(instance: Instance, *, all_levels: bool = False) -> ModelData:
    """Gather the numbers of the active scenario.

    *all_levels*: with levels that no plan of least cost needs, too.
    """
    rate = instance.policies.discount_rate
    start = np.array(instance.first_years, dtype=float) - instance.base_year
    years = np.array(instance.period_years, dtype=float)
    ann = [
        sum((1.0 + rate) ** -(s + k) for k in range(int(n)))
        for s, n in zip(start, years, strict=True)
    ]
    sites = {
        name: tuple(instance.service_sites(name)["site"])
        for name in instance.service_names
    }
    networks = {
        name: network_data(instance, name, sites) for name in instance.network_names
    }
    growth = growth_data(instance, {name: n.base_load for name, n in networks.items()})
    return ModelData(
        instance=instance,
        periods=instance.period_names,
        years=years,
        df=(1.0 + rate) ** -start,
        ann=np.array(ann),
        settlements=instance.settlement_ids,
        services={
            name: _service(instance, name, growth.demand[name].most, all_levels)
            for name in instance.service_names
        },
        networks=networks,
        roads=road_data(instance),
        growth=growth,
        funds=fund_data(instance),
        partners=partner_data(instance),
    )


def _service(
    instance: Instance, name: str, demand: Floats, all_levels: bool
) -> ServiceData:
    row, levels = instance.service(name), instance.levels(name)
    sites, options = instance.service_sites(name), instance.access(name)
    prices = _prices(instance, name)
    stock, locked, due = _existing(instance, name, sites, len(levels))
    capacity, min_use = _with_none(levels["capacity"]), _with_none(levels["min_use"])
    usable = capacity * float(row["max_use_share"])
    ways = _ways(instance, options)
    is_first = ways["option_way"] == 0
    ends = ways["option_settlement"][is_first], ways["option_site"][is_first]
    most = _most_at_site(demand, *ends, len(sites))
    places = sites["max_units"].to_numpy()
    if row["role"] == "serve" and not is_concentrated(instance, name):
        stands = stock[:, 1:].sum(axis=1)
        found = useful_places(usable, most, stands, demand.shape[1])
        places = np.minimum(places, found).astype(np.int64)
    stock[:, 0] = places - stock[:, 1:].sum(axis=1)
    first = pd.Index(instance.period_names).get_indexer(sites["first_period"])
    data = ServiceData(
        name=name,
        sites=tuple(sites["site"]),
        site_region=tuple(sites["region"]),
        status=sites["status"].to_numpy(dtype=str),
        max_units=sites["max_units"].to_numpy(),
        places=places,
        first_period=np.maximum(first, 0).astype(np.int64),
        may_enter=np.insert(instance.enterable_levels(name), 0, True, axis=1),
        stock=stock,
        locked=locked,
        due=due,
        is_built=np.zeros_like(stock, dtype=bool),
        capacity=capacity,
        usable=usable,
        min_use=min_use,
        room=np.minimum(usable, np.where(most > 0, most, np.inf)[:, None]),
        least=np.minimum(min_use, np.where(most > 0, 2.0 * most, np.inf)[:, None]),
        serves=row["role"] == "serve",
        load={
            network: _with_none(levels[LOAD_COLUMN[network]])
            for network in instance.network_names
        },
        demand=demand,
        allocation=str(row["allocation"]),
        may_be_unserved=bool(row["may_be_unserved"]),
        together=_together(instance, name),
        barred=barred_ways(
            instance, name, ways["option_settlement"], ways["option_site"]
        ),
        **prices,
        **ways,
    )
    if data.serves and not all_levels:
        data.is_built[:] = useful_levels(instance, data, most, *_capex(instance, name))
    else:
        data.is_built[:] = fitting_levels(data)
    return data


def _together(instance: Instance, name: str) -> Flags:
    """Return the settlements whose people rules keep together, (I,)."""
    settlements = instance.tables["settlements"]
    found = np.zeros(len(settlements), dtype=bool)
    for rule in rows_with(
        instance.tables["together_rules"], "service", name
    ).itertuples():
        found |= about(settlements, rule)
    return found


def _capex(instance: Instance, name: str) -> tuple[Floats, Floats]:
    """Return what building and closing cost by level, (L+1,)."""
    levels, factor = instance.levels(name), instance.active_scenario.capex_factor
    capex = _with_none(levels["capex_mln"]) * factor
    return capex, _with_none(levels["closing_mln"]) * factor


def _prices(instance: Instance, name: str) -> dict[str, Any]:
    """Return the prices of a service, as fields of its data."""
    row, levels = instance.service(name), instance.levels(name)
    scenario, hour = instance.active_scenario, instance.policies.value_of_time_per_hour
    capex, closing = _capex(instance, name)
    cost, allowed = _transitions(
        instance, name, capex, closing, float(row["enlarge_credit_share"])
    )
    # Whoever comes along travels and pays as well.
    trips = float(row["trips_per_year"]) * (1.0 + float(row["companions_per_trip"]))
    fare = float(row["transport_cost_per_km"]) * scenario.opex_factor
    return {
        "opex_mln_per_year": _with_none(levels["opex_mln_per_year"])
        * scenario.opex_factor,
        "renewal_mln": capex * float(row["renewal_share"]),
        "transition_mln": cost,
        "is_transition_allowed": allowed,
        "residual_factor": residual_factor(instance, float(row["lifetime_years"])),
        "travel_mln_per_unit_minute": trips / 60.0 * hour / 1e6,
        "transport_mln_per_unit_km": trips * fare / 1e6,
        "unserved_mln_per_unit_year": float(row["unserved_mln_per_unit_year"]),
        "aversion_per_minute": float(row["aversion_per_minute"]),
    }


def _ways(instance: Instance, options: pd.DataFrame) -> dict[str, Any]:
    """Return who may go where on which upgrades, as fields of a service's data."""
    need_option, need_upgrade = _needs(instance, options)
    return {
        "option_settlement": options["i"].to_numpy(),
        "option_site": options["j"].to_numpy(),
        "option_minutes": options["minutes"].to_numpy(),
        "option_km": options["length_km"].to_numpy(),
        "option_way": options.groupby(["i", "j"]).cumcount().to_numpy(),
        "need_option": need_option,
        "need_upgrade": need_upgrade,
    }


def _most_at_site(demand: Floats, i: Ints, j: Ints, sites: int) -> Floats:
    """Return the most that may come to each site in any period, (J,).

    *demand* is (I, T); settlement ``i[k]`` may come to site ``j[k]``.
    """
    reachable = np.zeros((sites, demand.shape[1]))
    np.add.at(reachable, j, demand[i])
    return np.asarray(reachable.max(axis=1))


def _needs(instance: Instance, options: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return (option, upgrade) for each upgrade that an option needs."""
    rows = np.flatnonzero(options["needs"].to_numpy() != "")
    lists = needed(instance, options["needs"].iloc[rows])
    if not lists:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.repeat(rows, [len(found) for found in lists]), np.concatenate(lists)


def _with_none(column: pd.Series[float]) -> Floats:
    """Return the numbers of levels 0..L, with 0 for level 0."""
    return np.concatenate([[0.0], column.to_numpy(dtype=float)])


def _transitions(
    instance: Instance, name: str, capex: Floats, closing: Floats, credit: float
) -> tuple[Floats, Flags]:
    """Return costs (mln) and permissions, (L+1, L+1), from and to."""
    size = len(capex)
    before, after = np.arange(size)[:, None], np.arange(size)[None, :]
    build = np.maximum(0.0, capex[None, :] - credit * capex[:, None])
    shrink = np.maximum(0.0, closing[:, None] - closing[None, :])
    cost = np.where(after > before, build, np.where(after < before, shrink, 0.0))
    allowed = np.ones((size, size), dtype=bool)
    if not instance.policies.allow_closing:
        allowed[1:, 0] = False
    if not instance.policies.allow_reducing:
        allowed[(after < before) & (after > 0)] = False
    rows = rows_with(instance.tables["transitions"], "service", name)
    factor = instance.active_scenario.capex_factor
    for own in rows.itertuples():
        if not own.is_allowed:
            allowed[own.from_level, own.to_level] = False
        if own.cost_mln == own.cost_mln:  # not NaN
            cost[own.from_level, own.to_level] = own.cost_mln * factor
    return cost, allowed


def _existing(
    instance: Instance, name: str, sites: pd.DataFrame, num_levels: int
) -> tuple[Ints, Ints, Ints]:
    """Return stock and locked (J, L+1), and facilities due for renewal (J, L+1, T).

    The empty places, column 0 of the stock, are left to the caller.
    """
    rows = rows_with(instance.tables["facilities"], "service", name)
    j = pd.Index(sites["site"]).get_indexer(rows["site"])
    level, units = rows["level"].to_numpy(), rows["units"].to_numpy()
    shape = (len(sites), num_levels + 1)
    stock, locked = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    np.add.at(stock, (j, level), units)
    np.add.at(locked, (j, level), units * rows["is_locked"].to_numpy())
    starts = np.array(instance.first_years)
    end = starts[-1] + instance.period_years[-1]
    year = rows["renew_by_year"].to_numpy()
    period = np.clip(np.searchsorted(starts, year, side="right") - 1, 0, None)
    due = np.zeros((*shape, len(starts)), dtype=np.int64)
    is_due = (year > 0) & (year < end)
    np.add.at(due, (j[is_due], level[is_due], period[is_due]), units[is_due])
    return stock, locked, due
