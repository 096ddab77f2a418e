"""Relocations of a plan whose facilities are known: those that must be, and that pay.

Shapes: J sites, L levels (0: empty places), T periods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from aumaq.instances.arrays import Flags, Ints
from aumaq.instances.rows import holds
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.relocations import Relocations, relocations_of
from aumaq.solvers.solution.decisions import Decisions, ServiceDecisions
from aumaq.solvers.start.site_units import moves_between


def relocated(data: ModelData, services: Mapping[str, ServiceDecisions]) -> Ints:
    """Return which relocations the moves of facilities are, (relocations, L+1, T).

    What must move comes first, then what spares most; others are not relocations.
    """
    r = relocations_of(data)
    found = np.zeros(r.may.shape, dtype=np.int64)
    spared = -(r.opening_mln + r.closing_mln).min(axis=1, initial=0.0)
    for k in np.lexsort((-spared, ~r.is_forced)).tolist():
        for level, t in np.argwhere(r.may[k]).tolist():
            more = r.opening_mln[k, level] + r.closing_mln[k, level]
            if more >= 0.0 and not r.is_forced[k]:
                continue
            found[k, level, t] = 1
            if _is_moved(r, services, found, k, level, t):
                break
            found[k, level, t] = 0
    return found


def can_be(data: ModelData, plan: Decisions) -> bool:
    """Return whether all relocations of a plan are a closure and an opening in it."""
    r = relocations_of(data)
    return all(
        _is_moved(r, plan.services, plan.relocated, *at)
        for at in np.argwhere(plan.relocated > 0).tolist()
    )


def _is_moved(
    r: Relocations,
    services: Mapping[str, ServiceDecisions],
    found: Ints,
    k: int,
    level: int,
    t: int,
) -> bool:
    """Return whether as many facilities close, and open, as relocations say."""
    moves, name = services[r.service[k]].moves, np.array(r.service, dtype=object)
    own, count = name == r.service[k], found[:, level, t]
    leave = count[own & (r.site == r.site[k])].sum()
    arrive = count[own & (r.to_site == r.to_site[k])].sum()
    closed = moves[r.site[k], level, 0, t]
    opened = moves[r.to_site[k], 0, level, t]
    return bool(leave <= closed and arrive <= opened)


def moved(
    data: ModelData, units: Mapping[str, Ints], allowed: Mapping[str, Flags]
) -> dict[str, Ints]:
    """Return units, by service, (J, L+1, T), in which what must move does.

    It moves as early as it may; under rules on closing once another one stands where it
    leaves, if there is room: who lives there may find no place elsewhere. What
    may not change stays: the audit is the judge.
    """
    found, r = dict(units), relocations_of(data)
    for k in np.flatnonzero(r.is_forced).tolist():
        d = data.services[r.service[k]]
        if _happens(r, found[d.name], d.stock, k):
            continue
        times = np.argwhere(r.may[k].T).tolist()
        own = [_moved(data, r, found[d.name], k, level, t) for t, level in times]
        if holds(data.instance.tables["closing_rules"], "service", d.name).any():
            own = [*_replaced(own, r.site[k], times), *own]
        for trial in own:
            if moves_between(d, trial, allowed[d.name]) is not None:
                found[d.name] = trial
                break
    return found


def _replaced(trials: list[Ints], j: int, times: list[list[int]]) -> Iterator[Ints]:
    """Yield moves from a site after which one runs there that came a period before."""
    for trial, (t, level) in zip(trials, times, strict=True):
        if trial[j, 1:, t].any():
            yield trial
        elif t and trial[j, 0, t - 1 :].min() > 0:
            other = trial.copy()
            other[j, level, t - 1 :] += 1
            other[j, 0, t - 1 :] -= 1
            yield other


def _happens(r: Relocations, units: Ints, stock: Ints, k: int) -> bool:
    """Return whether one leaves a site and one comes to the other at some time."""
    change = np.diff(units, axis=2, prepend=stock[:, :, None])
    gone, come = change[r.site[k]] < 0, change[r.to_site[k]] > 0
    may = r.may[k, : units.shape[1]]  # the other levels are those of other services
    return bool((may & gone & come).any())


def _moved(
    data: ModelData, r: Relocations, units: Ints, k: int, level: int, t: int
) -> Ints:
    """Return units of which one of a level is at another site from a period on."""
    stock = data.services[r.service[k]].stock
    site, to_site = r.site[k], r.to_site[k]
    before = [units[j, :, t - 1] if t else stock[j] for j in (site, to_site)]
    trial = units.copy()
    trial[site, :, t:], trial[to_site, :, t:] = (x[:, None] for x in before)
    trial[site, level, t:] -= 1
    trial[site, 0, t:] += 1
    trial[to_site, level, t:] += 1
    trial[to_site, 0, t:] -= 1
    return trial
