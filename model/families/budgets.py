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
year's cost for all years of the period; ``all`` is both.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.context import Context, Rows, add_variables
from aumaq.model.family import family

ENDLESS = 1e4
"""A limit of so many of its largest decisions binds like one without an end."""
COVERED = {
    "investment": ("investment",),
    "operation": ("operation",),
    "all": ("investment", "operation"),
}


@family(needs=("siting", "renewal", "networks", "roads", "growth"), couples=True)
def budgets(c: Context) -> None:
    """Build one row for each budget and period that has one."""
    block = c.block("budgets")
    rows = Rows(block, "limit")
    upper: list[float] = []
    priced: list[tuple[int, float, float]] = []
    book = c.spending
    kind, service = np.array(book.kind, dtype=str), np.array(book.service, dtype=str)
    region, period = np.array(book.region, dtype=str), np.array(book.period, dtype=int)
    amount = np.array(book.amount_mln)
    variable = np.empty(len(book.variable), dtype=object)
    variable[:] = book.variable
    factor = c.data.instance.active_scenario.budget_factor
    for row in c.data.instance.tables["budgets"].itertuples():
        t = c.data.periods.index(row.period)
        inside = (period == t) & np.isin(kind, COVERED[row.covers])
        if row.service:
            inside &= service == row.service
        if row.region:
            inside &= region == row.region
        # Rows are divided by the limit: one size for all budgets. Of one that nobody
        # reaches, by so much that its coefficients do not vanish.
        largest = float(np.abs(amount[inside]).max(initial=0.0))
        scale = max(min(row.amount_mln * factor, ENDLESS * largest), 1.0)
        here = np.full(int(inside.sum()), len(rows.index))
        rows.add(here, amount[inside] / scale, variable[inside])
        if not row.is_hard:
            priced.append((len(rows.index), c.data.df[t] * row.overrun_price, scale))
        rows.index.append((row.budget, row.period))
        rows.ids.append(f"budget:{row.budget}")
        upper.append(row.amount_mln * factor / scale)
    names = [rows.index[number] for number, _, _ in priced]
    overrun = add_variables(block, "overrun", names, bounds=(0.0, None))
    for (number, price, scale), member in zip(priced, overrun, strict=True):
        one = np.array([member], dtype=object)
        rows.add(np.array([number]), -1.0 / scale, one)
        c.pay("overrun", np.array([price]), one)
    rows.write(None, upper)
