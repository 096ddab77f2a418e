"""Limits on impacts: what one of each thing adds to each, where and when it is on.

Shapes: J sites, L levels (0: empty places), N nodes, O local options, S sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.land.forbidden import lies_in, zone_distances
from aumaq.instances.rows import rows_with
from aumaq.model.data.impacts import ImpactRates, impact_rates
from aumaq.model.data.networks import NetworkData

if TYPE_CHECKING:
    from aumaq.model.data.gathered import ModelData


@dataclass(frozen=True)
class ImpactLimit:
    """A limit that binds or has a price; all rates are 0 where it is not on."""

    period: int
    most: float
    price: float  # of a unit above it, mln a year; infinite where it is hard
    facility: Mapping[str, Floats]  # by service: (J, L) of one that runs
    networks: Mapping[str, NetworkRates]

    def used(self, units: Mapping[str, Ints]) -> float:
        """Return what facilities add to it; *units* are (J, L, T) by service."""
        return float(sum(self.at_sites(name, units[name]).sum() for name in units))

    def at_sites(self, service: str, units: Ints) -> Floats:
        """Return what each site of a service adds to it, (J,)."""
        rate = self.facility[service][:, : units.shape[1]]
        return np.asarray((units[:, :, self.period] * rate).sum(axis=1))


@dataclass(frozen=True)
class NetworkRates:
    """What a network adds to a limit."""

    source: Floats  # (S, L) of a unit that sources feed in
    local: Floats  # (O,) of a unit supplied
    capacity: Floats  # (O,) of a unit installed

    @property
    def is_any(self) -> bool:
        """Whether it adds anything."""
        return any(own.any() for own in (self.source, self.local, self.capacity))


def impact_limits(data: ModelData) -> Iterator[ImpactLimit]:
    """Yield the limits that bind or have a price, in the order of the table."""
    known: dict[str, ImpactRates] = {}
    for rule in data.instance.tables["impact_limits"].itertuples():
        if not rule.is_hard and rule.excess_mln_per_unit_year == 0.0:
            continue
        if rule.impact not in known:
            known[rule.impact] = impact_rates(data.instance, rule.impact)
        rates = known[rule.impact]
        is_on = {name: _is_on(data, rule, name) for name in data.services}
        own = zip(data.services, rates.facility, strict=True)
        yield ImpactLimit(
            data.periods.index(rule.period),
            rule.most,
            np.inf if rule.is_hard else float(rule.excess_mln_per_unit_year),
            {name: np.where(is_on[name][:, None], rate, 0.0) for name, rate in own},
            {
                name: _network_rates(data, n, rule, rates, is_on)
                for name, n in data.networks.items()
            },
        )


def _network_rates(
    data: ModelData,
    n: NetworkData,
    rule: Any,
    rates: ImpactRates,
    is_on: Mapping[str, Flags],
) -> NetworkRates:
    nodes = rows_with(data.instance.tables["network_nodes"], "network", n.name)
    homes = nodes["settlement"].to_numpy(dtype=object)[n.local_node]
    options = list(zip(n.local_option, homes, strict=True))
    there = _nodes_on(data, n, rule, nodes)[n.local_node]
    local = {
        of: there * np.array([rate(*key) for key in options], dtype=float)
        for of in ("local_supply", "local_capacity")
        for rate in (rates.local(data.instance, n.name, of),)
    }
    names = list(data.services)
    source = [rates.supply[names.index(name)] * is_on[name][j] for name, j in n.source]
    table = np.array(source).reshape(len(source), rates.supply.shape[1])
    return NetworkRates(table, local["local_supply"], local["local_capacity"])


def _is_on(data: ModelData, rule: Any, service: str) -> Flags:
    """Return which sites of a service a limit is on, (J,)."""
    d, tables = data.services[service], data.instance.tables
    here = np.array([rule.region in ("", region) for region in d.site_region])
    if rule.zone or rule.kind:
        sites, zones = data.instance.service_sites(service), tables["zones"]
        degrees = (sites[name].to_numpy(dtype=float) for name in ("lat", "lon"))
        lies = lies_in(tables, service, sites, zone_distances(zones, *degrees))
        here &= lies[meant_zones(zones, rule)].any(axis=0)
    return here


def _nodes_on(data: ModelData, n: NetworkData, rule: Any, nodes: Any) -> Flags:
    """Return which nodes of a network a limit is on, (N,)."""
    here = np.array([rule.region in ("", region) for region in n.node_region])
    if rule.zone or rule.kind:
        zones = data.instance.tables["zones"]
        degrees = (nodes[name].to_numpy(dtype=float) for name in ("lat", "lon"))
        lies = within(zone_distances(zones, *degrees), 0.0)
        here &= lies[meant_zones(zones, rule)].any(axis=0)
    return here


def meant_zones(zones: pd.DataFrame, rule: Any) -> Flags:
    """Return which zones a limit names, itself or by their kind."""
    is_meant = zones["zone"] == rule.zone if rule.zone else zones["kind"] == rule.kind
    return np.asarray(is_meant, dtype=bool)
