r"""Roads: which upgrades are built, and what may be used only once they are.

Variables
    ``upgraded[g,t]``
        binary: 1 once upgrade *g* is built; never undone; 0 before ``first_period``

Constraints
    ``stays[g,t]``
        :math:`upgraded_{gt} \ge upgraded_{g,t-1}`
    ``passable[s,i,g,t]``
        :math:`\sum_{j,o:\ o\ needs\ g} \sum_l share_{sijolt} \le upgraded_{gt}`

Cost
    ``building``
        :math:`df_t\, capex_g\, (upgraded_{gt} - upgraded_{g,t-1})`
    ``residual``
        :math:`-res_{gt}\, capex_g\, (upgraded_{gt} - upgraded_{g,t-1})`
    ``operation``
        :math:`ann_t\, opex_g\, upgraded_{gt}`

Shares of a settlement sum to 1 at most, so one row holds for all its options that need
an upgrade: fewer rows than one for each option, and a tighter relaxation.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.schema.roads import ROADS
from aumaq.model.algebra import Rows, variable
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.lasting import pay_lasting, stays, things

BY = ("upgrade", "period")


@family(adds_to=("spending",))
def roads(c: Context) -> None:
    """Build the upgrades, and pay for them."""
    block, r = c.block("roads"), c.data.roads
    where = things(c, r)
    where = where.plus(upgrade=where["thing"])
    c.upgraded = variable(
        block, "upgraded", where, BY, upper=1.0, is_whole=True,
        fixed=where["period"] < where["first_period"], is_early=True,
    )  # fmt: skip
    stays(block, "stays", c.upgraded, BY, "roads:upgrades")
    pay_lasting(c, ROADS, c.upgraded, r.residual_factor)


@family(needs=("roads", "allocation"), couples=True)
def passable(c: Context) -> None:
    """Build one row for each settlement, service, upgrade that it may use, period."""
    by = ("service", "settlement", "upgrade", "period")
    share = c.share.only("service", "settlement", "option", "period", "var")
    share = share.join(c.tables.needs, ("service", "option"))
    where = share.total(by)
    rows = Rows(c.block("passable"), "passable", where, by, "roads:access")
    rows.add(share)
    rows.add(where.join(c.upgraded.only(*BY, "var"), BY), -1.0).write(-np.inf, 0.0)
