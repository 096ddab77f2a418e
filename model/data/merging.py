"""Numbers of pairs that may merge: what they save at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aumaq.model.table import positions

if TYPE_CHECKING:
    from aumaq.model.data.gathered import ModelData


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
