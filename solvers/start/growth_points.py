"""Growth points of a first plan: as many as rules ask for, the cheapest ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.arrays import Flags, Ints
from aumaq.model.data.gathered import ModelData


def asked_for(data: ModelData) -> Ints:
    """Return a choice of growth points with as many as tiers need, (K, T).

    Each is chosen as late as its rule allows. A settlement has one tier, no tier more
    than it may; what cannot be had so is left: the audit is the judge.
    """
    g, count = data.growth, len(data.periods)
    found = np.zeros((len(g.tier), count), dtype=np.int64)
    rules = list(data.instance.tables["growth_tiers"].itertuples())
    dear = np.argsort(g.capex_mln + g.opex_mln_per_year * sum(data.years))
    for rule in rules:
        by = data.periods.index(rule.by_period) if rule.by_period else count - 1
        own = _members(data, rule)
        for k in dear[own[dear] & (g.first_period[dear] <= by)].tolist():
            if found[own, by].sum() >= rule.min_count:
                break
            has_tier = found[g.settlement == g.settlement[k]].any()
            if not found[k].any() and not has_tier and _may(data, rules, found, k):
                found[k, by:] = 1
    return found


def _members(data: ModelData, rule: Any) -> Flags:
    """Return the candidates that a limit of a tier counts, (K,)."""
    g = data.growth
    here = np.array([rule.region in ("", region) for region in g.region], dtype=bool)
    return here & np.array([tier == rule.tier for tier in g.tier], dtype=bool)


def _may(data: ModelData, rules: list[Any], found: Ints, k: int) -> bool:
    """Return whether no limit on the number stands against one candidate more."""
    full = (
        _members(data, rule)[k]
        and found[_members(data, rule), -1].sum() >= rule.max_count
        for rule in rules
    )
    return not any(full)
