"""What a first plan changes at once beyond what may: taken back, as long as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.services import ServiceData
from aumaq.solvers.start.site_units import moves_at, renewals

ENOUGH = 1e-9
"""Relative to a limit, what passes it by this is rounding."""


def calmed(
    data: ModelData,
    units: Mapping[str, Ints],
    allowed: Mapping[str, Flags],
    used: Mapping[str, Floats],
) -> dict[str, Ints]:
    """Return units of which no more change at once than may, by service, (J, L+1, T).

    *used* is what each site serves, (J, T): where too much changes, the sites that
    serve least stay as in the period before. What must change does: the audit is the
    judge.
    """
    units = dict(units)
    rules = list(data.instance.tables["building_capacity"].itertuples())
    for rule in sorted(rules, key=lambda rule: data.periods.index(rule.period)):
        t = data.periods.index(rule.period)
        sites = [
            (float(used[name][j, t]), name, j)
            for name, d in data.services.items()
            if rule.service in ("", name)
            for j, region in enumerate(d.site_region)
            if rule.region in ("", region)
        ]
        done = {
            (name, j): _done(data.services[name], units[name], allowed[name], j, t)
            for _, name, j in sites
        }
        for _, name, j in sorted(sites):
            if _fits(rule, done):
                break
            d, trial = data.services[name], units[name].copy()
            before = d.stock[j] if t == 0 else trial[j, :, t - 1]
            if (before == trial[j, :, t]).all():
                continue
            trial[j, :, t:] = before[:, None]
            now = _done(d, trial, allowed[name], j, t)
            if now is not None:
                units[name], done[name, j] = trial, now
    return units


def _done(
    d: ServiceData, units: Ints, allowed: Flags, j: int, t: int
) -> tuple[float, float] | None:
    """Return mln and facilities of what changes at a site; None where it may not be."""
    moves = moves_at(d, j, units[j], allowed[j])
    if moves is None:
        return None
    renewed = renewals(d.due[j : j + 1], moves[None])[0, :, t]
    own = moves[:, :, t]
    off = own * (1 - np.eye(len(own), dtype=np.int64))
    mln = float((off * d.transition_mln).sum() + renewed @ d.renewal_mln)
    return mln, float(off.sum() + renewed.sum())


def _fits(rule: Any, done: Mapping[Any, tuple[float, float] | None]) -> bool:
    """Return whether a rule holds."""
    for k, most in enumerate((rule.most_mln, rule.most_changes)):
        total = sum(one[k] for one in done.values() if one is not None)
        if total > most * (1.0 + ENOUGH) + ENOUGH:
            return False
    return True
