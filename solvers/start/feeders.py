"""Who goes on where in a first plan: where most go already, others stay unserved.

It is no good plan that leaves them; but there is one at once. Shapes: I settlements,
J and K sites of the two services, T periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.services import ServiceData
from aumaq.model.table import positions
from aumaq.solvers.solution.decisions import ServiceDecisions

ROUNDS = 4
"""How often the patterns are gone through: one may lead on from another."""
DUST = 1e-9
"""A share that is no more than rounding."""
LOOSE = -2
"""A site without a follow-on, so that who goes there is free; -1: nobody is there."""
Services = dict[str, ServiceDecisions]


def followed(
    data: ModelData, services: Mapping[str, ServiceDecisions]
) -> tuple[Services, Ints]:
    """Return decisions that keep the patterns, and ``Decisions.follows``.

    Where neither service may leave anybody unserved, who goes elsewhere still does: the
    audit is the judge.
    """
    found, rules = dict(services), list(data.instance.tables["feeders"].itertuples())
    follows = np.zeros((0, 4), dtype=np.int64)
    for _ in range(ROUNDS if rules else 0):
        chosen, before = [], dict(found)
        for number, rule in enumerate(rules):
            to = _follow_ons(data, rule, found)
            is_chosen = _given(data, rule) == -1
            for j, t in np.argwhere((to >= 0) & is_chosen[:, None]).tolist():
                chosen.append((number, j, int(to[j, t]), t))
            _keep(data, rule, to, found)
        follows = np.array(chosen, dtype=np.int64).reshape(-1, 4)
        if all(found[name] is before[name] for name in found):
            break
    return found, follows


def _given(data: ModelData, rule: Any) -> Ints:
    """Return the follow-on of each site, -1: to be chosen, LOOSE: none, (J,)."""
    own, other = data.services[rule.service], data.services[rule.to_service]
    to = np.full(len(own.sites), -1 if rule.is_chosen else LOOSE, dtype=np.int64)
    rows = data.instance.tables["feeder_sites"]
    rows = rows[rows["feeder"] == rule.feeder]
    to[positions(rows["site"], own.sites)] = positions(rows["to_site"], other.sites)
    return to


def _first(data: ModelData, rule: Any) -> int:
    return data.periods.index(rule.first_period) if rule.first_period else 0


def _by_site(d: ServiceData, plan: ServiceDecisions, t: int) -> Floats:
    """Return the share of each settlement that goes to each site, (I, J)."""
    found = np.zeros((len(d.demand), len(d.sites)))
    np.add.at(found, (d.option_settlement, d.option_site), plan.share[:, t])
    return found


def _follow_ons(data: ModelData, rule: Any, plans: Services) -> Ints:
    """Return where most of each site go on to, or what is given, (J, T)."""
    own, other = data.services[rule.service], data.services[rule.to_service]
    to = np.repeat(_given(data, rule)[:, None], len(data.periods), axis=1)
    asked = np.flatnonzero(to[:, 0] == -1)
    for t in range(_first(data, rule), len(data.periods)):
        leaves = _by_site(own, plans[rule.service], t)
        comes = _by_site(other, plans[rule.to_service], t)
        for j in asked[leaves[:, asked].any(axis=0)].tolist():
            both = np.minimum(leaves[:, [j]], comes) * other.demand[:, [t]]
            if both.any():
                to[j, t] = both.sum(axis=0).argmax()
    return to


def _keep(data: ModelData, rule: Any, to: Ints, plans: Services) -> None:
    """Leave unserved who goes on elsewhere; or, if none may be, who would go there."""
    own, other = data.services[rule.service], data.services[rule.to_service]
    for t in range(_first(data, rule), len(data.periods)):
        first, second = plans[rule.service], plans[rule.to_service]
        leaves, comes = _by_site(own, first, t), _by_site(other, second, t)
        brought = np.zeros_like(comes)
        for j in np.flatnonzero(to[:, t] >= 0).tolist():
            brought[:, to[j, t]] += leaves[:, j]
        free = first.unserved[:, t] + leaves[:, to[:, t] == LOOSE].sum(axis=1)
        beyond = np.maximum(comes - brought, 0.0)
        excess = beyond.sum(axis=1) - free
        excess[(own.demand[:, t] <= 0) | (other.demand[:, t] <= 0)] = 0.0
        lost = excess > DUST
        if not lost.any():
            continue
        if other.may_be_unserved:
            part = excess / np.maximum(beyond.sum(axis=1), DUST)
            kept = np.where(
                beyond > 0.0,
                1.0 - part[:, None] * beyond / np.maximum(comes, DUST),
                1.0,
            )
            plans[rule.to_service] = _fewer(other, second, kept, lost, t)
        elif own.may_be_unserved:
            kept = np.ones_like(leaves)
            for j in np.flatnonzero(to[:, t] >= 0).tolist():
                k = to[j, t]
                kept[:, j] = np.minimum(
                    1.0, comes[:, k] / np.maximum(brought[:, k], DUST)
                )
            kept[:, to[:, t] == -1] = 0.0
            plans[rule.service] = _fewer(own, first, kept, lost, t)


def _fewer(
    d: ServiceData, plan: ServiceDecisions, kept: Floats, lost: Flags, t: int
) -> ServiceDecisions:
    """Return the plan with parts of what settlements that are *lost* send to sites."""
    share, unserved = plan.share.copy(), plan.unserved.copy()
    if d.allocation == "whole":
        kept = np.zeros_like(kept)
    kept = np.where(d.together[:, None], 0.0, kept) if d.together.any() else kept
    mine = lost[d.option_settlement]
    part = np.clip(kept[d.option_settlement, d.option_site], 0.0, 1.0)
    share[mine, t] *= part[mine]
    left = np.zeros(len(d.demand))
    np.add.at(left, d.option_settlement, share[:, t])
    unserved[lost, t] = np.clip(1.0 - left[lost], 0.0, 1.0)
    return replace(plan, share=share, unserved=unserved)
