"""Limits on impacts in a first plan: what they take out, what they leave to networks.

Who travels is not looked at, nor what other networks add: the audit is the judge.
Shapes: J sites, L levels (0: empty places), T periods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.impact_limits import ImpactLimit, NetworkRates
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
    for limit in data.impact_limits:
        if np.isfinite(limit.price):
            continue
        for name, j in _order(found, limit, used):
            if limit.used(found) <= limit.most * (1.0 + NOTHING):
                break
            alone = np.zeros(used[name].shape, dtype=bool)
            alone[j, limit.period] = True
            d = data.services[name]
            found[name] = lowered(d, found[name], allowed[name], alone, 1)
    return found


def _order(
    units: Mapping[str, Ints], limit: ImpactLimit, used: Mapping[str, Floats]
) -> list[tuple[str, int]]:
    """Return the sites that add to an impact, who serves least for it first."""
    found = []
    for name, own in units.items():
        added = limit.at_sites(name, own)
        found += [
            (float(used[name][j, limit.period] / added[j]), name, int(j))
            for j in np.flatnonzero(added > 0.0)
        ]
    return [(name, j) for _, name, j in sorted(found)]


def network_limits(
    data: ModelData, network: str, units: Mapping[str, Ints]
) -> Iterator[tuple[ImpactLimit, NetworkRates, float]]:
    """Yield the limits that a network adds to, and what *units* leave of each."""
    for limit in data.impact_limits:
        rates = limit.networks[network]
        if rates.is_any:
            yield limit, rates, max(limit.most - limit.used(units), 0.0)
