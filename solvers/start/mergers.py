"""Mergers in a first plan: one of two facilities stays, the one that serves more.

Shapes: J sites, L levels (0: empty places), T periods.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.gathered import ModelData
from aumaq.model.table import positions
from aumaq.solvers.start.site_units import moves_between


def merged(
    data: ModelData,
    units: Mapping[str, Ints],
    allowed: Mapping[str, Flags],
    used: Mapping[str, Floats],
) -> dict[str, Ints]:
    """Return units, by service, (J, L+1, T), of which mergers leave one of each pair.

    *used* is what each site serves, (J, T). What may not change stays: the audit is
    the judge.
    """
    found = dict(units)
    for rule in data.instance.tables["mergers"].itertuples():
        d = data.services[rule.service]
        pair = positions((rule.site, rule.other_site), d.sites)
        first = max(0, int(positions([rule.first_period], data.periods)[0]))
        running = found[d.name][pair, 1:, first:].sum(axis=(0, 1))
        if (running == 1).all():
            continue
        order = np.argsort(-used[d.name][pair, first:].sum(axis=1), kind="stable")
        for stays in order.tolist():
            trial = _left(found[d.name], pair[stays], pair[1 - stays], first)
            if moves_between(d, trial, allowed[d.name]) is not None:
                found[d.name] = trial
                break
    return found


def _left(units: Ints, stays: int, goes: int, first: int) -> Ints:
    """Return the units with one facility at a site and none at another, from a period.

    It keeps the largest level that it has had by then, or opens at the smallest.
    """
    trial = units.copy()
    places = units[[stays, goes], :, 0].sum(axis=1)
    before = units[stays, 1:, max(first - 1, 0) :].any(axis=1)
    level = 1 + int(np.flatnonzero(before)[-1]) if before.any() else 1
    trial[[stays, goes], :, first:] = 0
    trial[goes, 0, first:] = places[1]
    trial[stays, 0, first:] = places[0] - 1
    trial[stays, level, first:] = 1
    return trial
