"""What is built, changed where it breaks locks: a start for the plan that keeps them.

Whether the whole can be had is not looked at: what follows is the judge.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from aumaq.instances.arrays import Ints
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.services import ServiceData
from aumaq.solvers.solution.decisions import (
    Decisions,
    NetworkDecisions,
    ServiceDecisions,
)
from aumaq.solvers.solution.locks import Limits, Locks


def within_locks(data: ModelData, built: Decisions, locks: Locks) -> Decisions:
    """Return what is built as near as may be to what it was, under locks."""
    services = {
        name: ServiceDecisions.of_units(
            _units(d, built.services[name].units, locks.units[name],
                   locks.running[name])
        )
        for name, d in data.services.items()
    }  # fmt: skip
    networks = {
        name: NetworkDecisions.of_steps(_lasting(own.steps, locks.steps[name]))
        for name, own in built.networks.items()
    }
    return replace(
        built,
        services=services,
        networks=networks,
        upgraded=_lasting(built.upgraded, locks.upgraded),
        chosen=_lasting(built.chosen, locks.chosen),
    )


def _lasting(stands: Ints, limits: Limits) -> Ints:
    """Return what stays once it is built, (G, T), within limits."""
    stands = np.maximum(stands.reshape(limits.least.shape), limits.least)
    most = np.minimum.accumulate(limits.most[:, ::-1], axis=1)[:, ::-1]
    return np.minimum(np.maximum.accumulate(stands, axis=1), most)


def _units(d: ServiceData, units: Ints, levels: Limits, running: Limits) -> Ints:
    """Return units of sites, (J, L+1, T), within limits on levels and on all of them.

    What a lock adds stays afterwards; what has no room goes, small levels first.
    """
    found = units.copy()
    runs = units[:, 1:].sum(axis=1)
    broken = ((units < levels.least) | (units > levels.most))[:, 1:].any(axis=(1, 2))
    broken |= ((runs < running.least) | (runs > running.most)).any(axis=1)
    is_free = ~(levels.is_limited[:, 1:].any(axis=1) | running.is_limited)
    for j in np.flatnonzero(broken).tolist():
        for t in range(units.shape[2]):
            if t and is_free[j, t] and found[j, 0, t - 1] < units[j, 0, t - 1]:
                found[j, :, t] = found[j, :, t - 1]
                continue
            least, most = levels.least[j, 1:, t], levels.most[j, 1:, t]
            own = np.clip(units[j, 1:, t], least, most)
            over = own.sum() - min(int(d.places[j]), int(running.most[j, t]))
            for level in range(len(own)):
                fewer = min(max(over, 0), own[level] - least[level])
                own[level] -= fewer
                over -= fewer
            lack = running.least[j, t] - own.sum()
            for level in np.flatnonzero(d.is_built[j, 1:]).tolist():
                more = min(max(lack, 0), most[level] - own[level])
                own[level] += more
                lack -= more
            found[j, :, t] = d.places[j] - own.sum(), *own
    return found
