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

from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Rows, exists
from aumaq.model.family import family


@family(needs=("siting",))
def locks(c: Context) -> None:
    """Build the rows of locked, required and forbidden."""
    block = c.block("locks")
    _locked(c, block)
    _status(c, block, "required")
    _status(c, block, "forbidden")


def _locked(c: Context, block: pyo.Block) -> None:
    rows = Rows(block, "locked")
    lower: list[float] = []
    for name, d in c.data.services.items():
        v = c.variables[name]
        k = np.flatnonzero((v.move_from == v.move_to) & (v.move_from > 0))
        k = k[d.locked[v.move_site[k], v.move_from[k]] > 0]
        rows.add(len(rows.index) + np.arange(len(k)), 1.0, v.move[k])
        for a in k.tolist():
            j, level = int(v.move_site[a]), int(v.move_from[a])
            rows.index.append(
                (name, d.sites[j], level, c.data.periods[v.move_period[a]])
            )
            lower.append(int(d.locked[j, level]))
            rows.ids.append(f"lock:{name}")
    rows.write(lower, None)


def _status(c: Context, block: pyo.Block, status: str) -> None:
    rows = Rows(block, status)
    for name, d in c.data.services.items():
        units = c.variables[name].units
        for j in np.flatnonzero(d.status == status).tolist():
            start = int(d.first_period[j]) if status == "required" else 0
            for t in range(start, len(c.data.periods)):
                here = units[j, 1:, t]
                here = here[exists(here)]
                rows.add(np.full(len(here), len(rows.index)), 1.0, here)
                rows.index.append((name, d.sites[j], c.data.periods[t]))
                rows.ids.append(f"{status}:{name}")
    is_required = status == "required"
    rows.write(1.0 if is_required else None, None if is_required else 0.0)
