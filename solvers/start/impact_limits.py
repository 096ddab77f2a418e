"""Limits on impacts in a first plan: what they take out, what they leave to networks.

Who travels is not looked at, nor what other networks add: the audit is the judge.
Shapes: J sites, L levels (0: empty places), O local options, S sources, T periods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.land.forbidden import lies_in, zone_distances
from aumaq.instances.rows import rows_with
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.impacts import impact_rates
from aumaq.model.data.networks import NetworkData
from aumaq.solvers.start.site_units import lowered

NOTHING = 1e-9
"""Relative to a limit, an excess up to this is rounding."""


def limited(
    data: ModelData,
    units: Mapping[str, Ints],
    allowed: Mapping[str, Flags],
    used: Mapping[str, Floats],
) -> dict[str, Ints]:
    """Return units whose impacts keep hard limits, by service, (J, L+1, T).

    *used* is what each site serves, (J, T): the sites that serve least for what they
    add to an impact close first, from the period of the limit on.
    """
    found = dict(units)
    for rule in data.instance.tables["impact_limits"].itertuples():
        if not rule.is_hard:
            continue
        t = data.periods.index(rule.period)
        rates = impact_rates(data.instance, rule.impact)
        rate = {
            name: np.where(_is_on(data, rule, name)[:, None], own[None, :], 0.0)
            for name, own in zip(data.services, rates.facility, strict=True)
        }
        for name, j in _order(found, rate, used, t):
            total = sum(float(_impact(found[n], rate[n], t).sum()) for n in found)
            if total <= rule.most * (1.0 + NOTHING):
                break
            alone = np.zeros(used[name].shape, dtype=bool)
            alone[j, t] = True
            d = data.services[name]
            found[name] = lowered(d, found[name], allowed[name], alone, 1)
    return found


def _impact(units: Ints, rate: Floats, t: int) -> Floats:
    """Return what each site adds to an impact, (J,)."""
    return np.asarray((units[:, :, t] * rate[:, : units.shape[1]]).sum(axis=1))


def _order(
    units: Mapping[str, Ints],
    rate: Mapping[str, Floats],
    used: Mapping[str, Floats],
    t: int,
) -> list[tuple[str, int]]:
    """Return the sites that add to an impact, who serves least for it first."""
    found = []
    for name, own in units.items():
        added = _impact(own, rate[name], t)
        found += [
            (float(used[name][j, t] / added[j]), name, int(j))
            for j in np.flatnonzero(added > 0.0)
        ]
    return [(name, j) for _, name, j in sorted(found)]


def _is_on(data: ModelData, rule: Any, service: str) -> Flags:
    """Return which sites of a service a limit is on, (J,)."""
    d, tables = data.services[service], data.instance.tables
    here = np.array([rule.region in ("", region) for region in d.site_region])
    if rule.zone or rule.kind:
        sites, zones = data.instance.service_sites(service), tables["zones"]
        degrees = (sites[name].to_numpy(dtype=float) for name in ("lat", "lon"))
        lies = lies_in(tables, service, sites, zone_distances(zones, *degrees))
        meant = zones["zone"] == rule.zone if rule.zone else zones["kind"] == rule.kind
        here &= lies[meant.to_numpy()].any(axis=0)
    return here


@dataclass(frozen=True)
class NetworkLimit:
    """What a limit on an impact leaves to a network in a period."""

    period: int
    left: float
    price: float  # of a unit above it, mln a year; infinite where it is hard
    source: Floats  # (S, L) of a unit that sources feed in
    local: Floats  # (O,) of a unit supplied
    capacity: Floats  # (O,) of a unit installed


def network_limits(
    data: ModelData, n: NetworkData, units: Mapping[str, Ints]
) -> Iterator[NetworkLimit]:
    """Yield the limits that a network adds to; *units* add to them first."""
    instance, names = data.instance, list(data.services)
    nodes = rows_with(instance.tables["network_nodes"], "network", n.name)
    homes = nodes["settlement"].to_numpy(dtype=object)[n.local_node]
    options = list(zip(n.local_option, homes, strict=True))
    for rule in instance.tables["impact_limits"].itertuples():
        if not rule.is_hard and rule.excess_mln_per_unit_year == 0.0:
            continue
        rates, t = impact_rates(instance, rule.impact), data.periods.index(rule.period)
        is_on = {name: _is_on(data, rule, name) for name in names}
        used = sum(
            float(_impact(units[name][is_on[name]], rates.facility[[s]], t).sum())
            for s, name in enumerate(names)
        )
        there = _nodes_on(data, n, rule, nodes)[n.local_node]
        given = {
            of: there * np.array([rate(*key) for key in options], dtype=float)
            for of in ("local_supply", "local_capacity")
            for rate in (rates.local(instance, n.name, of),)
        }
        source = [
            rates.supply[names.index(name)] * is_on[name][j] for name, j in n.source
        ]
        table = np.array(source).reshape(len(source), rates.supply.shape[1])
        price = np.inf if rule.is_hard else float(rule.excess_mln_per_unit_year)
        if table.any() or any(own.any() for own in given.values()):
            left, local = max(rule.most - used, 0.0), given["local_supply"]
            yield NetworkLimit(t, left, price, table, local, given["local_capacity"])


def _nodes_on(data: ModelData, n: NetworkData, rule: Any, nodes: Any) -> Flags:
    """Return which nodes of a network a limit is on, (N,)."""
    here = np.array([rule.region in ("", region) for region in n.node_region])
    if rule.zone or rule.kind:
        zones = data.instance.tables["zones"]
        degrees = (nodes[name].to_numpy(dtype=float) for name in ("lat", "lon"))
        meant = zones["zone"] == rule.zone if rule.zone else zones["kind"] == rule.kind
        lies = within(zone_distances(zones, *degrees), 0.0)
        here &= lies[meant.to_numpy()].any(axis=0)
    return here
