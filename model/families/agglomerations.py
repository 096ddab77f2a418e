r"""Agglomerations: growth points bring no more people into one than it may hold.

Constraints
    ``holds[a,t]``
        :math:`\sum_{i \in a} (people_{it} + \sum_k change_{kit}\, chosen_{kt}) \le
        max\_persons_{at}`
        always hard; a row where a choice changes it, and where nothing can help

``change`` are the people who move to *i*, or from there, if candidate *k* is chosen.
Rows are divided by the limit. What a projection brings is no decision: computed ones
keep to the limit by themselves. Demand inside an agglomeration that is more than
elsewhere (``agglomeration_demand``) is in the demand of its settlements.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.people.agglomerations import limited
from aumaq.model.algebra import Rows
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Table, where_true

ROUNDING = 1e-9
"""Relative; computed projections meet a limit but for this."""


@family(needs=("growth",))
def agglomerations(c: Context) -> None:
    """Build one row for each agglomeration with a limit and period."""
    block = c.block("agglomerations")
    codes, inside, most = limited(c.data.instance.tables)
    if not codes:
        return
    people = c.data.growth.people
    names = {**c.tables.names, "agglomeration": codes}
    base, change = inside @ people.base, np.einsum("ai,kit->akt", inside, people.change)
    size = np.maximum(most, 1.0)
    a, t = np.nonzero(np.isfinite(most))
    where = Table({"agglomeration": a, "period": t}, names)
    terms = where_true(change, ("agglomeration", "thing", "period"), names)
    at = terms["agglomeration"], terms["thing"], terms["period"]
    terms = terms.plus(change=change[at] / size[at[0], at[2]])
    terms = terms.join(c.chosen.only("thing", "period", "var"), ("thing", "period"))
    by = ("agglomeration", "period")
    rows = Rows(block, "holds", where, by, "agglomeration:{agglomeration}")
    left = (most * (1.0 + ROUNDING) - base)[a, t] / size[a, t]
    rows.add(terms, terms["change"]).write(-np.inf, left)
