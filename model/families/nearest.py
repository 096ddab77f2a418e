r"""Nearest open site: nothing goes past an open site that is strictly nearer.

Variables
    ``open[s,j,t]``
        binary, only where a site holds several facilities: 1 if any runs; elsewhere
        *open* is the sum of ``units`` above level 0

Constraints
    ``nearest[s,i,j,o,t]``
        :math:`\sum_{(j',o')\ farther\ than\ (j,o)} \sum_l share_{sij'o'lt} \le 1 -
        open_{sjt} + \sum_{g\ needed\ by\ o} (1 - upgraded_{gt})`
    ``open_top[s,j,t]``
        :math:`\sum_{l \ge 1} units_{sjlt} \le M_{sj}\, open_{sjt}`
    ``open_bottom[s,j,t]``
        :math:`open_{sjt} \le \sum_{l \ge 1} units_{sjlt}`

After Wagner and Falkson (1975), for services with ``allocation = "nearest"``, where the
way stands. Farther is meant in minutes; equally near sites may share; what the nearest
cannot hold is unserved.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.access.limits import beyond
from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Rows, add_variables, exists
from aumaq.model.data.services import ServiceData
from aumaq.model.family import family


@family(needs=("siting", "allocation", "roads"))
def nearest(c: Context) -> None:
    """Build the rows for services with ``allocation = "nearest"``."""
    block = c.block("nearest")
    names = [n for n, d in c.data.services.items() if d.allocation == "nearest"]
    is_open = _open(c, block, names)
    rows = Rows(block, "nearest")
    upper: list[float] = []
    for name in names:
        d, v = c.data.services[name], c.variables[name]
        by_option: dict[tuple[int, int], list[int]] = {}
        pairs = zip(v.share_option.tolist(), v.share_period.tolist(), strict=True)
        for position, key in enumerate(pairs):
            by_option.setdefault(key, []).append(position)
        for k, farther in _farther(d):
            for t in range(len(c.data.periods)):
                beyond = [p for o in farther for p in by_option.get((o, t), [])]
                site = int(d.option_site[k])
                units = v.units[site, 1:, t]
                units = units[exists(units)]
                if not beyond or not len(units):
                    continue
                row = np.full(len(beyond), len(rows.index))
                rows.add(row, 1.0, v.share[beyond])
                needs = d.need_upgrade[d.need_option == k]
                here = np.full(len(needs), len(rows.index))
                rows.add(here, 1.0, c.upgraded[needs, t])
                upper.append(1.0 + len(needs))
                if d.places[site] == 1:
                    rows.add(np.full(len(units), len(rows.index)), 1.0, units)
                else:
                    rows.add(np.array([len(rows.index)]), 1.0, is_open[name, site, t])
                i = int(d.option_settlement[k])
                place, way = c.data.settlements[i], int(d.option_way[k])
                rows.index.append((name, place, d.sites[site], way, c.data.periods[t]))
                rows.ids.append(f"nearest:{name}")
    rows.write(None, upper)


def _farther(d: ServiceData) -> list[tuple[int, list[int]]]:
    """Return each option with the options of its settlement that are farther."""
    found = []
    for i in np.unique(d.option_settlement).tolist():
        mine = np.flatnonzero(d.option_settlement == i)
        minutes = d.option_minutes[mine]
        for k, time in zip(mine.tolist(), minutes.tolist(), strict=True):
            farther = mine[beyond(minutes, time)].tolist()
            if farther:
                found.append((k, farther))
    return found


def _open(c: Context, block: pyo.Block, names: list[str]) -> dict[Any, Any]:
    keys = [
        (name, j, t)
        for name in names
        for j in np.flatnonzero(c.data.services[name].places > 1).tolist()
        for t in range(len(c.data.periods))
    ]
    index = [
        (name, c.data.services[name].sites[j], c.data.periods[t]) for name, j, t in keys
    ]
    members = add_variables(block, "open", index, domain=pyo.Binary)
    top, bottom = Rows(block, "open_top"), Rows(block, "open_bottom")
    for row, (name, j, t) in enumerate(keys):
        units = c.variables[name].units[j, 1:, t]
        units = units[exists(units)]
        mine = members[row : row + 1]
        for rows, factor in (
            (top, -float(c.data.services[name].places[j])),
            (bottom, -1.0),
        ):
            rows.add(np.full(len(units), row), 1.0, units)
            rows.add(np.array([row]), factor, mine)
    for rows in (top, bottom):
        rows.index, rows.ids = index, [f"nearest:{name}" for name, _, _ in keys]
    top.write(None, 0.0)
    bottom.write(0.0, None)
    return {key: members[row : row + 1] for row, key in enumerate(keys)}
