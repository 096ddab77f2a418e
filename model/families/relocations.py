r"""Relocations: a facility moves to another site at a cost of its own.

Variables
    ``moved[relocation,l,t]``
        binary: 1 if a facility of level *l* moves at the start of *t*, from *j* to *j'*

Constraints
    ``leave[s,j,l,t]``
        :math:`\sum_{relocation\ from\ j} moved_{relocation,lt} \le moves_{sjl0t}`
    ``arrive[s,j',l,t]``
        :math:`\sum_{relocation\ to\ j'} moved_{relocation,lt} \le moves_{sj'0lt}`
    ``once[relocation]``
        :math:`\sum_{l,t} moved_{relocation,lt} \le 1`
        and 1 at least where it is forced

Cost
    ``building``
        :math:`df_t\, (cost_{relocation} - cost_{s0l})\, moved_{relocation,lt}`
    ``residual``
        :math:`-res_{st}\, (cost_{relocation} - cost_{s0l})\, moved_{relocation,lt}`
    ``closing``
        :math:`-df_t\, cost_{sl0}\, moved_{relocation,lt}`

What closing at *j* and opening at *j'* cost in ``siting`` is paid back, and the
relocation paid instead: its cost is an investment at *j'* in every budget. For all
other rules it is a closure and an opening. The clock of renewal starts anew: the
facility has left its level at *j*, and at *j'* nothing is due; as of all that is built,
the rest of its life is worth something at the end.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import FACILITY, Context
from aumaq.model.data.relocations import relocations_of
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked, where_true

BY = ("relocation", "level", "period")


@family(needs=("siting",), adds_to=("spending",), couples=True)
def relocations(c: Context) -> None:
    """Build relocations, the moves that they are, and their cost."""
    block, r, t = c.block("relocations"), relocations_of(c.data), c.tables
    names = {**t.names, "relocation": r.codes}
    where = where_true(r.may, BY, names)
    c.relocated = moved = variable(
        block, "moved", where, BY, upper=1.0, is_whole=True, is_early=True
    )
    first = np.array([t.first_site[name] for name in r.service], dtype=np.int64)
    service = positions(r.service, t.names["service"])
    at = moved["relocation"]
    moved = moved.plus(service=service[at])
    leaves = moved.plus(site=(r.site + first)[at])
    arrives = moved.plus(site=(r.to_site + first)[at])
    goes = c.moves.where(c.moves["after"] == 0)
    comes = c.moves.where(c.moves["before"] == 0)
    _tie(block, "leave", leaves, goes.plus(level=goes["before"]))
    _tie(block, "arrive", arrives, comes.plus(level=comes["after"]))
    each = Table({"relocation": np.arange(len(r.codes))}, names)
    rows = Rows(block, "once", each, BY[:1], "relocation:{relocation}")
    rows.add(moved).write(r.is_forced.astype(float), 1.0)

    key = at, moved["level"]
    region = t.sites["region"]
    arrives = arrives.plus(mln=r.opening_mln[key], region=region[arrives["site"]])
    leaves = leaves.plus(mln=r.closing_mln[key], region=region[leaves["site"]])
    df = t.periods["df"][moved["period"]]
    c.pay("building", df * arrives["mln"], moved)
    credit = np.array([c.data.services[name].residual_factor for name in r.service])
    worth = credit.reshape(-1, len(t.periods))[at, moved["period"]]
    c.pay("residual", -worth * arrives["mln"], moved)
    c.pay("closing", df * leaves["mln"], moved)
    columns = ("service", "region", "period", "mln", "var")
    c.replaced = stacked([arrives, leaves], t.names, columns)
    c.spend("investment", None, c.replaced["mln"], c.replaced)


def _tie(block: Block, name: str, moved: Table, moves: Table) -> None:
    """Write that no more facilities are relocated than close, or open."""
    where = moved.distinct(FACILITY)
    rows = Rows(block, name, where, FACILITY, "siting:{service}")
    rows.add(moved).add(moves, -1.0).write(-np.inf, 0.0)
