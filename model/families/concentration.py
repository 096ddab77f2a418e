r"""Concentration: a share of the capacity of higher levels stands in growth points.

Variables
    ``counted[rule,j,t]``
        capacity at a site in a candidate that counts as concentrated, units

Constraints
    ``concentrated[rule,t]``
        :math:`\sum_{j\ flagged} C_{jt} + \sum_{j\ candidate} counted_{jt} \ge
        share \sum_j C_{jt}`
        from ``first_period`` on; always hard
    ``stands[rule,j,t]``
        :math:`counted_{jt} \le C_{jt}`
    ``in_point[rule,j,t]``
        :math:`counted_{jt} \le \bar C_j \sum_k chosen_{ikt}`
        *i* the settlement of *j*

:math:`C_{jt} = \sum_{l \ge min\_level} cap_{sl}\, units_{sjlt}` over the sites of the
rule's region, and :math:`\bar C_j` is the most that it may be. ``counted`` is the
product of capacity and choice, exact because the choice is 0 or 1 (McCormick 1976).
Settlements flagged as growth points count only for rules without a ``tier``. Rows are
divided by the capacity of the largest level.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.access.limits import share_at_least
from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Rows, add_variables, exists
from aumaq.model.data.services import ServiceData
from aumaq.model.family import family


@family(needs=("siting", "growth"), couples=True)
def concentration(c: Context) -> None:
    """Build the rows of every rule, from its first period on."""
    block = c.block("concentration")
    names = ("concentrated", "stands", "in_point")
    total, stands, inside = (Rows(block, name) for name in names)
    counted: list[tuple[str, str, str]] = []
    places: list[tuple[int, int, int]] = []  # rows of total, stands and in_point
    for rule in c.data.instance.tables["concentrations"].itertuples():
        d, code = c.data.services[rule.service], f"concentration:{rule.concentration}"
        size = np.where(np.arange(d.num_levels + 1) >= rule.min_level, d.capacity, 0.0)
        size = size / max(float(size.max()), 1e-9)
        home = sites_counted(c, rule, d)
        is_point, share = flagged(c, rule), share_at_least(rule.share)
        units = c.variables[rule.service].units
        first = c.data.periods.index(rule.first_period) if rule.first_period else 0
        for t in range(first, len(c.data.periods)):
            period = c.data.periods[t]
            whole = len(total.index)
            total.index.append((rule.concentration, period))
            total.ids.append(code)
            for j in np.flatnonzero(home > -2).tolist():
                level = np.flatnonzero(exists(units[j, :, t]) & (size > 0))
                here, weight = units[j, level, t], size[level]
                at = np.full(len(level), whole)
                if home[j] >= 0 and is_point[home[j]]:
                    total.add(at, (1.0 - share) * weight, here)
                    continue
                total.add(at, -share * weight, here)
                chosen = _chosen(c, rule, int(home[j]), t)
                if not len(level) or not len(chosen):
                    continue
                row = len(stands.index)
                stands.add(np.full(len(level), row), -weight, here)
                most = float(weight.max()) * float(d.places[j])
                inside.add(np.full(len(chosen), row), -most, chosen)
                for rows in (stands, inside):
                    rows.index.append((rule.concentration, d.sites[j], period))
                    rows.ids.append(code)
                counted.append((rule.concentration, d.sites[j], period))
                places.append((whole, row, row))
    members = add_variables(block, "counted", counted, domain=pyo.NonNegativeReals)
    at_rows = np.array(places, dtype=np.int64).reshape(-1, 3)
    for rows, column in zip((total, stands, inside), at_rows.T, strict=True):
        rows.add(column, 1.0, members)
    total.write(0.0, None)
    stands.write(None, 0.0)
    inside.write(None, 0.0)


def sites_counted(c: Context, rule: Any, d: ServiceData) -> np.ndarray:
    """Return the settlement of each site, -1: none, -2: the rule does not count it."""
    rows = c.data.instance.service_sites(d.name)
    order = {code: i for i, code in enumerate(c.data.settlements)}
    home = np.array([order.get(code, -1) for code in rows["settlement"]], dtype=int)
    if rule.region:
        home[np.array(d.site_region, dtype=object) != rule.region] = -2
    return home


def flagged(c: Context, rule: Any) -> np.ndarray:
    """Return which settlements are growth points whatever is chosen, (I,)."""
    rows = c.data.instance.tables["settlements"]["is_growth_point"].to_numpy(bool)
    return rows & (rule.tier == "")


def _chosen(c: Context, rule: Any, i: int, t: int) -> np.ndarray:
    """Return the variables that make settlement *i* a point that counts."""
    g = c.data.growth
    mine = g.settlement == i
    if rule.tier:
        mine = mine & (np.array(g.tier, dtype=object) == rule.tier)
    return c.chosen[mine, t]
