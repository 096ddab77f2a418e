r"""Locks: what must stay, what must be, what must not be.

Constraints
    ``locked[s,j,l,t]``
        :math:`moves_{sjllt} \ge locked_{sjl}`
        so ``units`` too are never fewer
    ``required[s,j,t]``
        :math:`\sum_{l \ge 1} units_{sjlt} \ge 1`
        from ``first_period`` on
    ``forbidden[s,j,t]``
        :math:`\sum_{l \ge 1} units_{sjlt} \le 0`
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Rows
from aumaq.model.context import FACILITY, SITE, Context
from aumaq.model.family import family


@family(needs=("siting",))
def locks(c: Context) -> None:
    """Build the rows of locked, required and forbidden."""
    block, moves, sites = c.block("locks"), c.moves, c.tables.sites
    stays = moves.where((moves["before"] == moves["after"]) & (moves["before"] > 0))
    stays = stays.plus(level=stays["before"])
    locked = c.tables.facilities.where(c.tables.facilities["locked"] > 0)
    where = stays.join(locked.only(*FACILITY[:3], "locked"), FACILITY[:3])
    rows = Rows(block, "locked", where, FACILITY, "lock:{service}")
    rows.add(where).write(where["locked"], np.inf)
    running = c.units.where(c.units["level"] > 0)
    for status, lower, upper in (
        ("required", 1.0, np.inf),
        ("forbidden", -np.inf, 0.0),
    ):
        where = sites.where(sites["status"] == status).cross(c.tables.periods)
        if status == "required":
            where = where.where(where["period"] >= where["first_period"])
        rows = Rows(block, status, where, SITE, status + ":{service}")
        rows.add(running).write(lower, upper)
