r"""Budgets: what may be spent in a period.

Variables
    ``overrun[budget,t]``
        mln above a priced budget; none where it is hard

Constraints
    ``limit[budget,t]``
        :math:`spending_t \le amount_t \cdot budget\_factor + overrun_t`

Cost
    ``overrun``
        :math:`df_t\, overrun\_price \cdot overrun_t`

Spending is what the other families record with ``Context.spend``, undiscounted: on
``investment`` once in the period of building, closing and renewal, on ``operation`` a
year's cost for all years of the period; ``all`` is both. What partners pay is not
spent, what they are paid back is (partnerships).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.terms import COVERED
from aumaq.model.algebra import Rows, variable
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked

BY = ("budget", "period")
SPENT = ("is_operation", "service", "region", "period", "mln", "var")
ENDLESS = 1e4
"""A limit of so many of its largest decisions binds like one without an end."""


@family(reads=("spending", "partner money"), couples=True)
def budgets(c: Context) -> None:
    """Build one row for each budget and period that has one."""
    block, (rules, given) = c.block("budgets"), c.rules("budgets")
    factor = c.data.instance.active_scenario.budget_factor
    codes = tuple(dict.fromkeys(given["budget"]))
    names = {**c.tables.names, "budget": codes}
    columns = {
        "budget": positions(given["budget"], codes),
        "period": positions(given["period"], c.data.periods),
        "limit_mln": given["amount_mln"] * factor,
        "is_hard": given["is_hard"] > 0,
        "price": given["overrun_price"],
    }
    where = Table(columns, names)
    book, spent = stacked(c.spending, names, SPENT), []
    for k, rule in enumerate(rules):
        found = _covered(c, book, rule, where["period"][k])
        spent.append(found.plus(row=k, budget=where["budget"][k]))
    spending = stacked(spent, names, ("row", *BY, "mln", "var"))
    # Rows are divided by the limit: one size for all budgets. Of one that nobody
    # reaches, by so much that its coefficients do not vanish.
    largest = np.zeros(len(where))
    np.maximum.at(largest, spending["row"], np.abs(spending["mln"]))
    scale = np.maximum(np.minimum(where["limit_mln"], ENDLESS * largest), 1.0)
    where = where.plus(scale=scale, row=np.arange(len(where)))
    priced = where.where(~where["is_hard"])
    overrun = variable(block, "overrun", priced, BY)
    df = c.data.df[overrun["period"]]
    c.pay("overrun", df * overrun["price"], overrun)
    rows = Rows(block, "limit", where, BY, "budget:{budget}")
    rows.add(spending, spending["mln"] / scale[spending["row"]])
    rows.add(overrun, -1.0 / overrun["scale"])
    rows.write(-np.inf, where["limit_mln"] / scale)


def _covered(c: Context, book: Table, rule: Any, period: int) -> Table:
    """Return the spending that a budget covers in a period."""
    found = book.where(book["period"] == period)
    kinds = ("building", "operation")
    covered = [term == "operation" for term in kinds if term in COVERED[rule.covers]]
    inside = np.isin(found["is_operation"], covered)
    for key, name in (("service", rule.service), ("region", rule.region)):
        if name:
            inside &= found[key] == c.tables.names[key].index(name)
    return found.where(inside)
