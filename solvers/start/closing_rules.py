"""Rules on closing in a first plan: what stays open, and what is opened again.

Shapes: I settlements, J sites, L levels (0: empty places), K options, T periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from aumaq.instances.access.limits import beyond, within
from aumaq.instances.access.standing import todays_facilities
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.checks.closing import about
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.services import ServiceData
from aumaq.model.table import positions
from aumaq.solvers.solution.decisions import ServiceDecisions
from aumaq.solvers.start.site_units import carried_on, moves_between


def needed(data: ModelData, d: ServiceData) -> Flags:
    """Return the sites that the search for a first plan keeps open, (J,).

    One in each settlement that must keep the service; and so many that who is bound by
    extra minutes has one within them. The smallest ones are free first.
    """
    found = np.zeros(len(d.sites), dtype=bool)
    rules = _rules(data, d)
    stands = (d.stock[:, 1:].sum(axis=1) > 0) & (d.status != "forbidden")
    size = np.where(stands, d.stock @ d.capacity, -1.0)
    for rule, counts in rules:
        if rule.keep_only:
            for here in _at_home(data, d, counts):
                if stands[here].any():
                    found[here[size[here].argmax()]] = True
    limit, own = _limits(data, d, rules)
    if not np.isfinite(limit).any():
        return found
    near = within(d.option_minutes, limit[d.option_settlement])
    within_reach = np.zeros(own.shape, dtype=bool)
    within_reach[d.option_settlement[near], d.option_site[near]] = True
    bound, left = np.isfinite(limit), stands.copy()
    for j in np.argsort(size, kind="stable").tolist():
        if left[j] and not found[j]:
            left[j] = False
            lost = bound & own[:, j] & ~(own & left).any(axis=1)
            if not (within_reach[lost] & left).any(axis=1).all():
                left[j] = True
    return found | (left & own[bound].any(axis=0))


def reopened(
    data: ModelData,
    services: Mapping[str, ServiceDecisions],
    units: Mapping[str, Ints],
    allowed: Mapping[str, Flags],
) -> dict[str, Ints]:
    """Return units, by service, (J, L+1, T), with what may not close open again.

    *services* say who is served where; where a change is not allowed all stays.
    """
    found = dict(units)
    for name, d in data.services.items():
        rules = _rules(data, d)
        if not rules:
            continue
        own, now = units[name].copy(), services[name]
        for rule, counts in rules:
            if rule.keep_only:
                for here in _at_home(data, d, counts):
                    _keep(d, own, here)
        if now.share.size:
            _bring_back(data, d, rules, now, own, carried_on(d, allowed[name]))
        if moves_between(d, own, allowed[name]) is not None:
            found[name] = own
    return found


def _rules(data: ModelData, d: ServiceData) -> list[tuple[Any, Flags]]:
    """Return the rules on a service, each with the settlements that it is about."""
    settlements = data.instance.tables["settlements"]
    rows = data.instance.tables["closing_rules"]
    if rows.empty:
        return []
    rows = rows[rows["service"] == d.name]
    return [(rule, about(settlements, rule)) for rule in rows.itertuples()]


def _at_home(data: ModelData, d: ServiceData, counts: Flags) -> list[Ints]:
    """Return the sites of each settlement that counts, where it has any."""
    codes = data.instance.service_sites(d.name)["settlement"]
    home = positions(codes, data.settlements)
    order = np.argsort(home, kind="stable")
    order = order[home[order] >= 0]
    parts = np.split(order, np.flatnonzero(np.diff(home[order])) + 1)
    return [part for part in parts if len(part) and counts[home[part[0]]]]


def _limits(
    data: ModelData, d: ServiceData, rules: list[tuple[Any, Flags]]
) -> tuple[Floats, Flags]:
    """Return minutes for who loses a facility, inf: any, (I,), and today's sites."""
    limit = np.full(len(data.settlements), np.inf)
    own = np.zeros((len(limit), len(d.sites)), dtype=bool)
    if all(np.isnan(rule.extra_minutes_most) for rule, _ in rules):
        return limit, own
    today = todays_facilities(data.instance, d.name)
    i, j = today["i"].to_numpy(), today["j"].to_numpy()
    own[i, j] = True
    least = np.full(len(limit), np.inf)
    least[i] = today["minutes"]
    for rule, counts in rules:
        if not np.isnan(rule.extra_minutes_most):
            most = least + rule.extra_minutes_most
            limit = np.where(counts, np.minimum(limit, most), limit)
    return limit, own


def _keep(d: ServiceData, units: Ints, here: Ints) -> None:
    """Let the largest of the sites of a settlement go on where all would close."""
    before, may = d.stock[here], d.status[here] != "forbidden"
    for t in range(units.shape[2]):
        now = units[here, :, t]
        ran = before[:, 1:].any(axis=1) & may
        if ran.any() and not now[:, 1:].any():
            k = int(np.where(ran, before @ d.capacity, -1.0).argmax())
            units[here[k], :, t] = before[k]
            now = units[here, :, t]
        before = now


def _bring_back(
    data: ModelData,
    d: ServiceData,
    rules: list[tuple[Any, Flags]],
    now: ServiceDecisions,
    units: Ints,
    stock: Ints,
) -> None:
    """Let today's site stay as it is where people would have too far without it."""
    limit, own = _limits(data, d, rules)
    if not np.isfinite(limit).any():
        return
    far = beyond(d.option_minutes, limit[d.option_settlement])
    away = now.unserved.copy()
    np.add.at(away, d.option_settlement[far], now.share[far])
    runs = (units[:, 1:].sum(axis=1) > 0).astype(float)
    is_lost = (own.astype(float) @ runs == 0.0) & np.isfinite(limit)[:, None]
    for i in np.flatnonzero((is_lost & (away > 0.0)).any(axis=1)).tolist():
        j = int(own[i].argmax())
        units[j] = stock[j]  # on a forbidden site that is nothing
