"""Facilities of a first plan that hard rules on what runs take out.

Shapes: J sites, L levels (0: empty places), T periods.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.gathered import ModelData
from aumaq.solvers.start.site_units import lowered


def referred(
    data: ModelData, units: Mapping[str, Ints], allowed: Mapping[str, Flags]
) -> dict[str, Ints]:
    """Return units of which none lacks its higher tier, by service, (J, L+1, T).

    From the period on in which the higher tier is missing, what refers to it goes to
    the largest level that does not, or closes; what refers to that in turn as well.
    What may not change stays: the audit is the judge.
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


def counted(
    data: ModelData,
    units: Mapping[str, Ints],
    allowed: Mapping[str, Flags],
    used: Mapping[str, Floats],
) -> dict[str, Ints]:
    """Return units of which no more run than counts allow, by service, (J, L+1, T).

    *used* is what each site serves, (J, T): the sites that serve least go first, from
    the period of the rule on.
    """
    found = dict(units)
    for rule in data.instance.tables["counts"].itertuples():
        d, name = data.services[rule.service], rule.service
        here = np.array([rule.region in ("", region) for region in d.site_region])
        for t, period in enumerate(data.periods):
            if rule.period not in ("", period):
                continue
            for j in np.argsort(used[name][:, t], kind="stable").tolist():
                running = found[name][:, rule.from_level :, t].sum(axis=1)
                if int(running[here].sum()) <= rule.most:
                    break
                if here[j] and running[j]:
                    alone = np.zeros(used[name].shape, dtype=bool)
                    alone[j, t] = True
                    found[name] = lowered(
                        d, found[name], allowed[name], alone, rule.from_level
                    )
    return found
