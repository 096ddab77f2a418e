r"""Renewal: old facilities are renewed by their year, or have left their level.

Variables
    ``renewed[s,j,l,t]``
        facilities of level *l* renewed at the start of *t*; whole numbers, else a
        budget would pay for half a renewal

Constraints
    ``due[s,j,l,t]``
        :math:`\sum_{\tau \le t} renewed_{sjl\tau} + \sum_{\tau \le t} \sum_{l' \ne l}
        moves_{sjll'\tau} \ge due_{sjlt}`
    ``once[s,j,l]``
        :math:`\sum_t renewed_{sjlt} \le due_{sjlT}`

Cost
    ``renewal``
        :math:`df_t\, renewal\_share_s\, capex_{sl}\, renewed_{sjlt}`
    ``residual``
        :math:`-res_{st}\, renewal\_share_s\, capex_{sl}\, renewed_{sjlt}`

Due by *t* are the facilities whose ``renew_by_year`` lies before the end of *t*: they
are renewed by the start of the period that holds the year (of the first period, if the
year is earlier; never, if it is after the end). Enlarging, reducing and closing are
reconstructions: who has left the level owes nothing. Nothing is renewed more often than
it is due: else money would be spent only to change who pays which share of it.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Rows, variable
from aumaq.model.context import FACILITY, Context
from aumaq.model.family import family


@family(needs=("siting",), adds_to=("spending",))
def renewal(c: Context) -> None:
    """Build renewals where something is due, and their cost."""
    block, t, due = c.block("renewal"), c.tables, c.tables.due
    c.renewed = renewed = variable(
        block, "renewed", due, FACILITY, is_whole=True, is_early=True
    )
    leaving = c.moves.where(c.moves["before"] != c.moves["after"])
    rows = Rows(block, "due", due, FACILITY, "renewal:{service}")
    rows.add(renewed.from_then_on(t.periods))
    rows.add(leaving.plus(level=leaving["before"]).from_then_on(t.periods))
    rows.write(due["due"], np.inf)
    ever = due.where(due["period"] == len(c.data.periods) - 1)
    once = Rows(block, "once", ever, FACILITY[:-1], "renewal:{service}")
    once.add(renewed)
    once.write(-np.inf, ever["due"])
    price = renewed["renewal_mln"]
    c.pay("renewal", t.periods["df"][renewed["period"]] * price, renewed)
    c.pay("residual", -renewed["credit_mln"] * price, renewed)
    c.spend("investment", None, price, renewed)
