"""What anchors bring: people who move in for their jobs, and load.

Both stand on top of projection and industry from the first period of the anchor on.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats

Tables = Mapping[str, pd.DataFrame]

LOAD = {"power": "power_kw", "water": "water_m3_per_day"}
"""Network -> column of ``anchors`` with the load on it."""


def arrivals(tables: Tables) -> Floats:
    """Return the people whom anchors bring, (settlements, periods), persons."""
    rows = tables["anchors"]
    people = rows["jobs"].to_numpy(float) * rows["persons_per_job"].to_numpy(float)
    return _at(tables, tables["settlements"]["settlement"], people)


def anchor_load(tables: Tables, network: str, homes: pd.Series[str]) -> Floats:
    """Return the load of anchors at nodes that feed *homes*, (nodes, periods)."""
    return _at(tables, homes, tables["anchors"][LOAD[network]].to_numpy(float))


def _at(tables: Tables, settlements: pd.Series[str], amounts: Floats) -> Floats:
    """Return sums of amounts of anchors by settlement, from their period on."""
    rows, periods = tables["anchors"], pd.Index(tables["periods"]["period"])
    total = np.zeros((len(settlements), len(periods)))
    if rows.empty:
        return total
    place = {code: k for k, code in enumerate(settlements) if code}
    at = np.array([place.get(code, -1) for code in rows["settlement"]])
    first = np.maximum(periods.get_indexer(rows["first_period"]), 0)
    is_open = np.arange(len(periods)) >= first[:, None]
    known = at >= 0
    np.add.at(total, at[known], (amounts[:, None] * is_open)[known])
    return total
