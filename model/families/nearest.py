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

import numpy as np

from aumaq.instances.access.limits import beyond
from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import SITE, Context
from aumaq.model.data.services import ServiceData
from aumaq.model.family import family
from aumaq.model.table import Table
from aumaq.model.ways import WAY, against, going, upgrades_needed

RULE = "nearest:{service}"


@family(needs=("siting", "allocation", "roads"))
def nearest(c: Context) -> None:
    """Build the rows for services with ``allocation = "nearest"``."""
    block, farther = c.block("nearest"), against(c, _farther)
    running = c.units.where(c.units["level"] > 0).only(*SITE, "places", "var")
    is_open = _open(c, block, running)
    goes = going(c, farther)
    where = farther.distinct(WAY[:-1]).cross(c.tables.periods)
    matters = (where.find(goes, WAY) >= 0) & (where.find(running, SITE) >= 0)
    where = where.where(matters)
    built, number = upgrades_needed(c, where)
    single = running.where(running["places"] == 1)
    rows = Rows(block, "nearest", where, WAY, RULE)
    rows.add(goes).add(built)
    rows.add(where.join(single, SITE)).add(where.join(is_open, SITE))
    rows.write(-np.inf, 1.0 + number)


def _open(c: Context, block: Block, running: Table) -> Table:
    """Add whether any facility runs at the sites that hold several."""
    t = c.tables
    is_nearest = (t.services["allocation"] == "nearest")[t.sites["service"]]
    several = t.sites.where(is_nearest & (t.sites["places"] > 1)).cross(t.periods)
    is_open = variable(block, "open", several, SITE, upper=1.0, is_whole=True)
    top = Rows(block, "open_top", several, SITE, RULE)
    top.add(running).add(is_open, -is_open["places"]).write(-np.inf, 0.0)
    bottom = Rows(block, "open_bottom", several, SITE, RULE)
    bottom.add(running).add(is_open, -1.0).write(0.0, np.inf)
    return is_open.only(*SITE, "var")


def _farther(d: ServiceData) -> list[tuple[int, list[int]]]:
    """Return each option with the options of its settlement that are farther."""
    found: list[tuple[int, list[int]]] = []
    if d.allocation != "nearest":
        return found
    for i in np.unique(d.option_settlement).tolist():
        mine = np.flatnonzero(d.option_settlement == i)
        minutes = d.option_minutes[mine]
        for k, time in zip(mine.tolist(), minutes.tolist(), strict=True):
            farther = mine[beyond(minutes, time)].tolist()
            if farther:
                found.append((k, farther))
    return found
