"""Numbers of pairs that may merge: what they save at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model.table import positions

if TYPE_CHECKING:
    from aumaq.model.data.gathered import ModelData


def merging_mln(data: ModelData, service: str, merged: Ints) -> tuple[Floats, Floats]:
    """Return what merging costs at sites, mln, and what it saves a year, (J, T).

    *merged* is (possible mergers, T), or empty.
    """
    d, rows = data.services[service], data.instance.tables["possible_mergers"]
    cost, saved = np.zeros((2, len(d.sites), len(data.periods)))
    scenario = data.instance.active_scenario
    own = zip(rows.itertuples(), merged, strict=True) if merged.size else ()
    for rule, is_one in own:
        if rule.service == service:
            j = positions([rule.site], d.sites)[0]
            starts = np.diff(is_one, prepend=0)
            cost[j] += starts * rule.cost_mln * scenario.capex_factor
            saved[j] += is_one * rule.saving_mln_per_year * scenario.opex_factor
    return cost, saved


def most_saved_mln(data: ModelData, service: str) -> float:
    """Return what all pairs of a service save if they merge at once, discounted mln."""
    rows = data.instance.tables["possible_mergers"]
    rows = rows[rows["service"] == service]
    if rows.empty:
        return 0.0
    first = np.maximum(positions(rows["first_period"], data.periods), 0)
    years = np.array([data.ann[t:].sum() for t in first])
    factor = data.instance.active_scenario.opex_factor
    return float(years @ rows["saving_mln_per_year"].to_numpy(dtype=float) * factor)
