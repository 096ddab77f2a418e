"""Facilities of a first plan that lost the higher tier to which they refer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.model.data.gathered import ModelData
from aumaq.solvers.start.site_units import Flags, Ints, lowered


def referred(
    data: ModelData, units: Mapping[str, Ints], allowed: Mapping[str, Flags]
) -> dict[str, Ints]:
    """Return units of which none lacks its higher tier, by service, (J, L+1, T).

    From the period on in which the higher tier is missing, what refers to it goes to
    the largest level that does not, or closes; what refers to that in turn as well.
    What may not change stays: the verifier is the judge.
    """
    found = dict(units)
    rules = list(data.instance.tables["referrals"].itertuples())
    for _ in range(sum(own.shape[0] for own in units.values()) + 1):
        before = dict(found)
        for rule in rules:
            d = data.services[rule.service]
            pairs = data.instance.site_minutes(rule.service, rule.to_service)
            pairs = pairs[within(pairs["minutes"], rule.minutes)]
            near = np.zeros((len(d.sites), found[rule.to_service].shape[0]), dtype=bool)
            near[pairs["j"].to_numpy(), pairs["k"].to_numpy()] = True
            has_upper = found[rule.to_service][:, rule.to_level :].sum(axis=1) > 0
            alone = ~(near.astype(np.int64) @ has_upper > 0)
            found[rule.service] = lowered(
                d, found[rule.service], allowed[rule.service], alone, rule.from_level
            )
        if all((found[name] == before[name]).all() for name in found):
            break
    return found
